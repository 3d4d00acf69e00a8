//! How bad a finding is, and how certain.

use serde::{Deserialize, Serialize};

use crate::model::Seconds;

/// How much somebody has to care.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Normal; nothing to do.
    Ok,
    /// Worth a look. `look` in JSON.
    #[serde(rename = "look")]
    Warning,
    /// Somebody should do something. `act` in JSON.
    #[serde(rename = "act")]
    Critical,
}

/// How sure the rule is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// Seen only briefly, or from an estimate.
    Low,
    /// Seen long enough to be no accident.
    Medium,
    /// Seen for minutes, or a plain fact.
    High,
}

impl Confidence {
    /// How sure a load is that lasted so long: 20 s outlast most program starts, two minutes nearly all.
    pub fn from_duration(seconds: Seconds) -> Self {
        match seconds.0 {
            s if s >= 120.0 => Self::High,
            s if s >= 20.0 => Self::Medium,
            _ => Self::Low,
        }
    }
}
