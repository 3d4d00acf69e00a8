//! What may be said to a running agent or window, and its answer: one line of JSON each. Pure.
//!
//! Nothing that changes the PC can be asked for: closing programs is done by the window of the same user only.

use serde::{Deserialize, Serialize};

use crate::model::At;

/// Longest request and answer, in bytes.
pub const FRAME: usize = 4096;

/// A request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Request {
    /// Come to the front, at this finding if there is one.
    Show {
        /// `rule:group`, as [`finding_id`] writes it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        finding: Option<String>,
        /// At the settings.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        settings: bool,
    },
    /// Report the status. Changes nothing.
    Status {
        /// Sample everything and write it to the recording first: a window is about to read it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        fresh: bool,
    },
    /// Stop watching for so many minutes, 0 to go on.
    Pause {
        /// At most a day.
        minutes: u32,
    },
    /// Read the settings again. Agents of older versions refuse this and read them with every request.
    SettingsChanged,
}

/// How the agent is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Status {
    /// Its version.
    pub version: String,
    /// Its process number.
    pub pid: u32,
    /// Watching since.
    pub since: At,
    /// Paused until then.
    pub paused_until: Option<At>,
    /// Samples taken since then.
    pub samples: u64,
    /// Share of one processor over the last minute.
    pub cpu: Option<f64>,
    /// Its memory in bytes.
    pub memory_bytes: Option<u64>,
    /// Size of the recording in bytes; absent when it is kept in memory only.
    pub recording_bytes: Option<u64>,
    /// Why it is kept in memory only: a text id.
    pub trouble: Option<String>,
    /// What the system says about it, where that helps.
    pub trouble_reason: String,
    /// It looks less often than usual, as it would cost too much.
    pub slowed: bool,
    /// There is a place for its icon.
    pub tray: bool,
}

/// The answer to a request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Answer {
    /// Done.
    Done,
    /// How the agent is.
    Status(Box<Status>),
    /// Not understood.
    Refused,
}

/// Reads a request.
pub fn read_request(frame: &[u8]) -> Option<Request> {
    let request: Request = serde_json::from_slice(frame.get(..frame.len().min(FRAME))?).ok()?;
    match &request {
        Request::Pause { minutes } if *minutes > 24 * 60 => None,
        _ => Some(request),
    }
}

/// One line of JSON.
pub fn write(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}

/// The form of a finding's identity in requests and notifications.
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
