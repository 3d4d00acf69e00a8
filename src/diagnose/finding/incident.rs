//! Findings that a person takes for one and the same incident.

use super::RuleId;

/// What findings have in common that a person takes for one and the same thing.
pub type IncidentKey = (RuleId, String);

/// The matter of a finding with that rule and that [`Subject::group`]. A program that keeps the PC busy is one matter,
/// whichever rule tells of it as more becomes known; memory that is short is one, whichever program is the largest just
/// then.
pub fn incident_key(rule: RuleId, group: &str) -> IncidentKey {
    match rule {
        RuleId::BrowserLoad | RuleId::WebPageLoad | RuleId::SecretMining => (RuleId::CpuHog, group.to_owned()),
        RuleId::MemoryPressure => (rule, String::new()),
        _ => (rule, group.to_owned()),
    }
}
