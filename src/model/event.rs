//! Events, as the recorder stores them.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

use super::At;

/// Kind of an event. The recorder stores its serde name.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum EventKind {
    /// Watching began.
    Started,
    /// Watching ended cleanly.
    Stopped,
    /// The previous run ended without a clean stop, and the PC was booted since.
    SuddenStop,
    /// The PC was suspended; the time of the event is its resume.
    Suspended,
    /// The clock was set.
    ClockChanged,
    /// A finding began.
    Finding,
    /// A finding ended.
    FindingEnded,
    /// The user was notified of a finding.
    Notified,
    /// The user requested an action.
    Action,
    /// Outcome of an action.
    Verdict,
    /// A monitoring tool was opened, our window included: some malware hides from these.
    MonitorOpened,
    /// It was closed.
    MonitorClosed,
    /// The user has been inactive for a while; the time of the event is the last input.
    UserAway,
    /// The user is active again.
    UserBack,
    /// Another program came to the front.
    Foreground,
    /// The user paused watching.
    Paused,
    /// Watching resumed.
    Resumed,
    /// Mimamori samples less often, because it would cost too much itself.
    Slowed,
    /// A part of Mimamori itself fails (recording, tray, notifications).
    Trouble,
}

impl EventKind {
    /// Every kind, for tables and tests.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The id used in texts, JSON and the recording.
    pub fn id(self) -> &'static str {
        self.into()
    }

    /// The kind with this id; `None` for one of a newer version.
    pub fn from_id(id: &str) -> Option<Self> {
        id.parse().ok()
    }

    /// True for events that are kept when the recording has to shrink.
    pub const fn is_lasting(self) -> bool {
        matches!(self, Self::SuddenStop | Self::Finding | Self::FindingEnded | Self::Action | Self::Verdict)
    }
}

/// An event.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Time of the event.
    pub at: At,
    /// Kind of event.
    pub kind: EventKind,
    /// The program, volume or other subject; empty for the PC.
    pub subject: String,
    /// Further data, depending on the kind; `Null` if none. Never a window title or a command line.
    pub data: serde_json::Value,
}

impl Event {
    /// An event without further data.
    pub fn new(at: At, kind: EventKind, subject: &str) -> Self {
        Self { at, kind, subject: subject.to_owned(), data: serde_json::Value::Null }
    }

    /// Moves the event after a clock correction by `milliseconds`, including the start of its finding. A sudden stop
    /// has the time of the previous run, which this clock did not measure.
    pub fn shift(&mut self, milliseconds: i64) {
        if self.kind == EventKind::SuddenStop {
            return;
        }
        self.at.0 = self.at.0.saturating_add(milliseconds);
        let since = self.data.get_mut("finding").and_then(|finding| finding.get_mut("since"));
        if let Some((since, at)) = since.and_then(|since| since.as_i64().map(|at| (since, at))) {
            *since = at.saturating_add(milliseconds).into();
        }
    }

    /// Returns `true` when a program was asked to close, or closed by force.
    pub fn is_close(&self) -> bool {
        self.kind == EventKind::Action && self.data["remedy"].is_null()
    }

    /// Returns `true` when a program was started that had been closed here.
    pub fn is_start(&self) -> bool {
        let remedy = self.data["remedy"].as_str();
        self.kind == EventKind::Action && matches!(remedy, Some("again" | "without_javascript" | "with_javascript"))
    }

    /// The same event with data.
    #[must_use]
    pub fn with(self, data: serde_json::Value) -> Self {
        Self { data, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_set_moves_an_event_and_the_beginning_of_its_finding() {
        let finding = serde_json::json!({ "finding": { "rule": "hot", "since": 900 }, "seconds": 0.1 });
        let mut event = Event::new(At(1000), EventKind::Finding, "").with(finding);
        event.shift(-500);
        assert_eq!((event.at, &event.data["finding"]["since"]), (At(500), &400.into()));
        assert_eq!(event.data["seconds"], 0.1);
        let mut plain = Event::new(At(1000), EventKind::Started, "").with("since".into());
        plain.shift(7);
        assert_eq!((plain.at, plain.data), (At(1007), "since".into()));
    }

    #[test]
    fn every_kind_is_read_back_by_its_id() {
        for &kind in EventKind::ALL {
            assert_eq!(EventKind::from_id(kind.id()), Some(kind));
            assert_eq!(serde_json::to_value(kind).expect("json"), kind.id());
        }
        assert_eq!(EventKind::from_id("of a newer version"), None);
    }
}
