//! Severity and confidence of a finding.

use serde::{Deserialize, Serialize};

use crate::model::Seconds;

/// How urgent a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Normal; nothing to do.
    Ok,
    /// Worth attention; `look` in JSON.
    #[serde(rename = "look")]
    Warning,
    /// Needs action; `act` in JSON.
    #[serde(rename = "act")]
    Critical,
}

/// How certain the rule is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// Seen only briefly, or derived from an estimate.
    Low,
    /// Seen for long enough to rule out a coincidence.
    Medium,
    /// Seen for minutes, or a plain fact.
    High,
}

impl Confidence {
    /// Confidence in a load by its duration: 20 s outlast most program starts, two minutes nearly all.
    pub fn from_duration(seconds: Seconds) -> Self {
        match seconds.0 {
            s if s >= 120.0 => Self::High,
            s if s >= 20.0 => Self::Medium,
            _ => Self::Low,
        }
    }
}
