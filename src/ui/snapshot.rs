//! Everything a screen may see, borrowed for one frame.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::tz::TimeZone;

use super::intent::Period;
use super::theme::Theme;
use crate::diagnose::{Finding, ProgramTable};
use crate::diagnostic_log::Crash;
use crate::explain::Texts;
pub use crate::ipc::Status as AgentStatus;
use crate::knowledge::Knowledge;
use crate::model::{At, Event, History, ProcKey, Refusal, Sample, Seconds, SelfUsage, Signatures};
use crate::remedy::restart::{RestartFacts, Ticks};
use crate::remedy::{CloseStatus, Plan};
use crate::settings::{Background, MyWork, ThemeChoice};

/// A period of the charts, read from the recording.
#[derive(Clone, Debug)]
pub struct Past {
    /// Which one.
    pub period: Period,
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
    /// For how long the PC was watched in it.
    pub watched: Seconds,
    /// Size of the file.
    pub bytes: Option<u64>,
    /// Where it is.
    pub path: Option<String>,
    /// The agent, if one runs.
    pub agent: Option<AgentStatus>,
    /// When this was read, and how far back; `None` before the first time.
    pub read: Option<(At, Seconds)>,
    /// Why nothing can be read from it, if so.
    pub unreadable: Option<Unreadable>,
}

/// Why what was recorded cannot be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// This person has no folder for it.
    NoFolder,
    /// Made by a newer version.
    Newer,
    /// Made by an older version; nobody has taken it over yet.
    Older,
    /// Held by another program.
    Locked,
    /// It may not be opened.
    NotAllowed,
    /// It is damaged.
    Damaged,
    /// Anything else, as the system says it.
    Other(String),
}

impl Unreadable {
    /// Every reason, for tests of texts.
    pub const fn all() -> [Self; 7] {
        [
            Self::NoFolder,
            Self::Newer,
            Self::Older,
            Self::Locked,
            Self::NotAllowed,
            Self::Damaged,
            Self::Other(String::new()),
        ]
    }

    /// Text id.
    pub const fn text(&self) -> &'static str {
        match self {
            // The same as what the agent says of it.
            Self::NoFolder => "history-trouble-no-folder",
            Self::Newer => "history-trouble-newer",
            Self::Older => "history-unread-older",
            Self::Locked => "history-unread-locked",
            Self::NotAllowed => "history-unread-not-allowed",
            Self::Damaged => "history-unread-damaged",
            Self::Other(_) => "history-unread-other",
        }
    }

    /// What the system says, where that helps.
    pub fn reason(&self) -> &str {
        match self {
            Self::Other(reason) => reason,
            _ => "",
        }
    }
}

/// Deleting what was recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Erasing {
    /// Nobody asked for it.
    #[default]
    No,
    /// It is being done.
    UnderWay,
    /// It was done.
    Done,
    /// It did not work: what the system says, or nothing when the recording was in use.
    Failed(Option<String>),
}

/// When something that a screen needs was asked for, so that it is not asked for again with every frame.
#[derive(Clone, Copy, Debug, Default)]
pub struct RequestThrottle {
    at: Option<At>,
}

impl RequestThrottle {
    /// The answer comes within this.
    const PATIENCE: Seconds = Seconds(2.0);

    /// Whether to ask now for what happened in the last `range`: what is there reaches less far, or is older than
    /// `renew`.
    pub fn should_ask(&mut self, snapshot: &Snapshot<'_>, range: Seconds, renew: Seconds) -> bool {
        let is_fresh = |at: At, limit: Seconds| snapshot.now.since(at) < limit;
        let known = snapshot.recorded.read.is_some_and(|(at, read)| read >= range && is_fresh(at, renew));
        let waiting = self.at.is_some_and(|at| is_fresh(at, Self::PATIENCE));
        let ask = !known && !waiting;
        if ask {
            self.at = Some(snapshot.now);
        }
        ask
    }
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
    /// What the user called their own work.
    pub mine: &'a [MyWork],
    /// What the user chose.
    pub theme_choice: ThemeChoice,
    /// Watching in the background, as the user chose.
    pub background: Background,
    /// Why the last choice about it did not work.
    pub background_error: Option<&'a str>,
    /// Whether what was recorded is being deleted.
    pub erasing: &'a Erasing,
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
    pub folded: Option<&'a Arc<ProgramTable>>,
    /// Who signed the files that were checked.
    pub signatures: Option<&'a Signatures>,
    /// Findings, worst first.
    pub findings: &'a [(Finding, Plan)],
    /// Why programs cannot be closed, by name; absent when they can.
    pub refusals: &'a HashMap<Arc<str>, Refusal>,
    /// When processes were started, where the system tells.
    pub started: &'a dyn Fn(ProcKey) -> Option<At>,
    /// The action under way or just finished.
    pub job: Option<&'a CloseStatus>,
    /// For the restart list.
    pub restart: &'a RestartFacts,
    /// Ticks of the restart list.
    pub ticks: &'a Ticks,
    /// What this program costs.
    pub own: SelfUsage,
    /// The unexpected end of the window before this one, until it is dismissed.
    pub crash: Option<&'a Crash>,
    /// The samples stopped coming this many seconds ago.
    pub stale_seconds: Option<f64>,
}
