//! Gaps in the data that a finding is based on, shown with its limits.

use serde::{Deserialize, Serialize};

use crate::model::Seconds;

/// A gap in the data on this PC, in addition to the fixed limits of the rule.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Limitation {
    /// This PC has been watched for `seconds`, which is too short to know what is new or unusual on it: signs of that
    /// kind do not count yet.
    Learning {
        /// Time watched, in seconds.
        seconds: Seconds,
    },
    /// Not every process can be seen: from within a container, or where the system hides those of other users.
    UnseenProcesses,
}
