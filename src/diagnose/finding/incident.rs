//! Groups findings of different rules into one incident.

use super::RuleId;

/// Identity of an incident: the rule and group its findings share.
pub type IncidentKey = (RuleId, String);

/// Key of the incident of a finding with this rule and this [`Subject::group`](super::Subject::group). A program that
/// keeps the PC busy is one incident, whichever rule reports it as evidence accumulates; short memory is one, whichever
/// program is currently the largest.
pub fn incident_key(rule: RuleId, group: &str) -> IncidentKey {
    match rule {
        RuleId::BrowserLoad | RuleId::WebPageLoad | RuleId::SecretMining => (RuleId::CpuHog, group.to_owned()),
        RuleId::MemoryPressure => (rule, String::new()),
        _ => (rule, group.to_owned()),
    }
}
