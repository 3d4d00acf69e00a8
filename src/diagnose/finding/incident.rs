//! Findings that a person takes for one and the same incident.

use super::RuleId;

/// The rule and the group that findings of one incident share.
pub type IncidentKey = (RuleId, String);

/// The incident of a finding with this rule and this [`Subject::group`](super::Subject::group). A program that keeps the PC
/// busy is one incident, whichever rule reports it as more becomes known; memory that is short is one, whichever program is
/// the largest at the moment.
pub fn incident_key(rule: RuleId, group: &str) -> IncidentKey {
    match rule {
        RuleId::BrowserLoad | RuleId::WebPageLoad | RuleId::SecretMining => (RuleId::CpuHog, group.to_owned()),
        RuleId::MemoryPressure => (rule, String::new()),
        _ => (rule, group.to_owned()),
    }
}
