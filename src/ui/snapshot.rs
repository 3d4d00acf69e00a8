//! Everything a screen may see, borrowed for one frame.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::tz::TimeZone;

use super::intent::{JobView, Range};
use super::theme::Theme;
pub use crate::agent::Status as AgentStatus;
use crate::diagnose::{Finding, Folded};
use crate::explain::Texts;
use crate::knowledge::Knowledge;
use crate::model::{At, Event, History, ProcKey, Refusal, Sample, SelfUsage};
use crate::remedy::Plan;
use crate::remedy::restart::{RestartFacts, Ticks};
use crate::settings::{Background, ThemeChoice};

/// A range of the charts, read from the recording.
#[derive(Clone, Debug)]
pub struct Past {
    /// Which one.
    pub range: Range,
    /// Its samples.
    pub history: History,
}

/// What the recording tells, and how the agent is.
#[derive(Clone, Debug, Default)]
pub struct Recorded {
    /// What happened, newest first.
    pub events: Vec<Event>,
    /// The recorded time.
    pub span: Option<(At, At)>,
    /// Size of the file.
    pub bytes: Option<u64>,
    /// Where it is.
    pub path: Option<String>,
    /// The agent, if one runs.
    pub agent: Option<AgentStatus>,
    /// When this was read; `None` before the first time.
    pub read: Option<At>,
}

/// Everything a screen may see.
pub struct Snapshot<'a> {
    /// Texts of the chosen language.
    pub texts: &'a Texts,
    /// What is known about programs.
    pub knowledge: &'a Knowledge,
    /// For times of day.
    pub zone: &'a TimeZone,
    /// Colours and sizes.
    pub theme: &'a Theme,
    /// What the user chose.
    pub theme_choice: ThemeChoice,
    /// Watching in the background, as the user chose.
    pub background: Background,
    /// Why the last choice about it did not work.
    pub background_error: Option<&'a str>,
    /// A longer range of the past, once it was read.
    pub past: Option<&'a Past>,
    /// What the recording tells.
    pub recorded: &'a Recorded,
    /// The time this frame is drawn for.
    pub now: At,
    /// The recent past, for charts.
    pub history: &'a History,
    /// The newest sample; `None` until the first one.
    pub sample: Option<&'a Arc<Sample>>,
    /// Every program with its processes.
    pub folded: Option<&'a Arc<Folded>>,
    /// Findings, worst first.
    pub findings: &'a [(Finding, Plan)],
    /// Why programs cannot be closed, by name; absent when they can.
    pub refusals: &'a HashMap<Arc<str>, Refusal>,
    /// When processes were started, where the system tells.
    pub started: &'a dyn Fn(ProcKey) -> Option<At>,
    /// The action under way or just finished.
    pub job: Option<&'a JobView>,
    /// For the restart list.
    pub restart: &'a RestartFacts,
    /// Ticks of the restart list.
    pub ticks: &'a Ticks,
    /// What this program costs.
    pub own: SelfUsage,
    /// The samples stopped coming this many seconds ago.
    pub stale_seconds: Option<f64>,
}
