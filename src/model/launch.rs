//! A program to start.

use serde::{Deserialize, Serialize};

use super::Seconds;

/// A program to start: its file, and arguments from our own tables only. What else stood on its command line is private
/// and may be stale (a document, a page, a password), so it is neither kept nor repeated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Launch {
    /// Full path of the program file.
    pub path: String,
    /// Arguments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub args: Vec<String>,
}

impl Launch {
    /// Time after its end for which a program can be started again: later nobody remembers what was closed, and its file
    /// may be another one.
    pub const OFFERED_FOR: Seconds = Seconds::from_minutes(10.0);
}
