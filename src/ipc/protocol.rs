//! Requests to a running agent or window and their answers, one line of JSON each. Pure.
//!
//! No request changes the PC: only the user's own window closes programs.

use serde::{Deserialize, Serialize};

use crate::model::At;

/// Size limit of requests and answers, in bytes.
pub const FRAME: usize = 4096;

/// A request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Request {
    /// Bring the window to the front, at this finding if there is one.
    Show {
        /// `rule:group`, as written by [`finding_id`].
        #[serde(default, skip_serializing_if = "Option::is_none")]
        finding: Option<String>,
        /// Show the settings.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        settings: bool,
    },
    /// Report the status. Changes nothing.
    Status {
        /// Take and record a full sample first, because a window is about to read the recording.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        fresh: bool,
    },
    /// Pause monitoring; 0 minutes resumes.
    Pause {
        /// At most a day.
        minutes: u32,
    },
    /// Re-read the settings. Agents of older versions refuse this and re-read them with every status request.
    SettingsChanged,
}

/// Status of the agent. Missing fields get defaults, so that versions can differ.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Status {
    /// Version of the agent.
    pub version: String,
    /// Its process id.
    pub pid: u32,
    /// Start of monitoring.
    pub since: At,
    /// End of the pause, while paused.
    pub paused_until: Option<At>,
    /// Samples taken since `since`.
    pub samples: u64,
    /// Share of one processor, over the last minute.
    pub cpu: Option<f64>,
    /// Memory in bytes.
    pub memory_bytes: Option<u64>,
    /// Size of the recording in bytes; absent when it is kept in memory only.
    pub recording_bytes: Option<u64>,
    /// Why it is kept in memory only, as a text id.
    pub trouble: Option<String>,
    /// The system's message about that, where there is one.
    pub trouble_reason: String,
    /// Samples less often than usual to stay within its budget.
    pub slowed: bool,
    /// The tray icon has a place on the desktop.
    pub tray: bool,
}

/// Answer to a request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Answer {
    /// Done.
    Done,
    /// Status of the agent.
    Status(Box<Status>),
    /// Not understood.
    Refused,
}

/// Parses a request; `None` when it is malformed or out of range.
pub fn read_request(frame: &[u8]) -> Option<Request> {
    let request: Request = serde_json::from_slice(frame.get(..frame.len().min(FRAME))?).ok()?;
    match &request {
        Request::Pause { minutes } if *minutes > 24 * 60 => None,
        _ => Some(request),
    }
}

/// Serializes a request or answer to one line of JSON.
pub fn write(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}

/// Writes a finding's identity as requests and notifications use it.
pub fn finding_id(rule: &str, group: &str) -> String {
    format!("{rule}:{group}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_survive_and_others_are_refused() {
        for request in [
            Request::Show { finding: Some(finding_id("cpu_hog", "a:b \"c\"")), settings: false },
            Request::Show { finding: None, settings: true },
            Request::Status { fresh: false },
            Request::Status { fresh: true },
            Request::Pause { minutes: 60 },
            Request::SettingsChanged,
        ] {
            assert_eq!(read_request(&write(&request)), Some(request));
        }
        for text in [
            "",
            "{}",
            "[]",
            r#"{"do":"kill"}"#,
            r#"{"do":"close","pid":1}"#,
            r#"{"do":"pause","minutes":100000}"#,
            r#"{"do":"status","x":1}{}"#,
        ] {
            assert_eq!(read_request(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn a_status_of_another_version_is_still_read() {
        let answer = br#"{"answer":"status","version":"9.9","pid":7,"since":5,"new":true}"#;
        let Ok(Answer::Status(status)) = serde_json::from_slice(answer) else { panic!("status") };
        assert_eq!((status.pid, status.since), (7, At(5)));
    }

    proptest::proptest! {
        #[test]
        fn no_frame_makes_the_reader_panic(frame in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            let _ = read_request(&frame);
        }
    }
}
