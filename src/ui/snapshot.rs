//! Everything a screen can read, borrowed for one frame.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::tz::TimeZone;

use super::intent::Period;
use super::theme::Theme;
use crate::checkup::CheckupRun;
use crate::diagnose::{Finding, ProgramTable};
use crate::diagnostic_log::Crash;
use crate::explain::Texts;
pub use crate::ipc::Status as AgentStatus;
use crate::knowledge::Knowledge;
use crate::model::{
    Antivirus, At, AutostartEntry, AutostartState, Event, History, ProcKey, Reading, Refusal, Sample, Seconds,
    SelfUsage, Signatures,
};
use crate::remedy::restart::{RestartFacts, RestartPhase, Ticks};
use crate::remedy::{BackgroundPhase, BackgroundStatus, CloseStatus, Plan, ScanStatus};
use crate::settings::{Background, MyWork, ThemeChoice};

/// A period of the charts, read from the recording.
#[derive(Clone, Debug)]
pub struct Past {
    /// The period.
    pub period: Period,
    /// Its samples.
    pub history: History,
}

/// Content of the recording, and the state of the agent.
#[derive(Clone, Debug, Default)]
pub struct Recorded {
    /// Events, newest first.
    pub events: Vec<Event>,
    /// The recorded time span.
    pub span: Option<(At, At)>,
    /// How long the PC was watched in that span.
    pub watched: Seconds,
    /// Size of the file in bytes.
    pub bytes: Option<u64>,
    /// Path of the file.
    pub path: Option<String>,
    /// Status of the agent, if one runs.
    pub agent: Option<AgentStatus>,
    /// When this was read, and how far back; `None` before the first time.
    pub read: Option<(At, Seconds)>,
    /// Why the recording cannot be read, if so.
    pub unreadable: Option<Unreadable>,
}

/// Why the recording cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// This user has no folder for it.
    NoFolder,
    /// Written by a newer version.
    Newer,
    /// Written by an older version and not migrated yet.
    Older,
    /// Locked by another program.
    Locked,
    /// No permission to open it.
    NotAllowed,
    /// It is damaged.
    Damaged,
    /// Any other reason, in the system's words.
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

    /// Text id of the reason.
    pub const fn text(&self) -> &'static str {
        match self {
            // The same texts as for the agent's problem.
            Self::NoFolder => "history-trouble-no-folder",
            Self::Newer => "history-trouble-newer",
            Self::Older => "history-unread-older",
            Self::Locked => "history-unread-locked",
            Self::NotAllowed => "history-unread-not-allowed",
            Self::Damaged => "history-unread-damaged",
            Self::Other(_) => "history-unread-other",
        }
    }

    /// The system's words, where they help; otherwise empty.
    pub fn reason(&self) -> &str {
        match self {
            Self::Other(reason) => reason,
            _ => "",
        }
    }
}

/// Progress of deleting the recording.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Erasing {
    /// Not requested.
    #[default]
    No,
    /// In progress.
    UnderWay,
    /// Completed.
    Done,
    /// Failed: the system's reason, or `None` when the recording was in use.
    Failed(Option<String>),
}

/// Limits how often a screen requests data: not with every frame while an answer is pending.
#[derive(Clone, Copy, Debug, Default)]
pub struct RequestThrottle {
    at: Option<At>,
}

impl RequestThrottle {
    /// Time to wait for an answer before asking again.
    const ANSWER_TIMEOUT: Seconds = Seconds(2.0);

    /// True if the events of the last `range` should be requested now: those at hand reach less far back, or are older
    /// than `renew`.
    pub fn needs_request(&mut self, snapshot: &Snapshot<'_>, range: Seconds, renew: Seconds) -> bool {
        let is_fresh = |at: At, limit: Seconds| snapshot.now.since(at) < limit;
        let is_current = snapshot.recorded.read.is_some_and(|(at, read)| read >= range && is_fresh(at, renew));
        let is_pending = self.at.is_some_and(|at| is_fresh(at, Self::ANSWER_TIMEOUT));
        let needs_request = !is_current && !is_pending;
        if needs_request {
            self.at = Some(snapshot.now);
        }
        needs_request
    }
}

/// Everything a screen can read.
pub struct Snapshot<'a> {
    /// Texts of the chosen language.
    pub texts: &'a Texts,
    /// Texts of the other language, for two people on one screen.
    pub other_texts: &'a Texts,
    /// The name this user signs in with, which is left out while others look at the screen.
    pub user: Option<&'a str>,
    /// Known programs and thresholds.
    pub knowledge: &'a Knowledge,
    /// Name of the operating system; empty where it is not known.
    pub system: &'a str,
    /// Time zone for times of day.
    pub zone: &'a TimeZone,
    /// Colours and sizes.
    pub theme: &'a Theme,
    /// Files the user marked as their own work.
    pub my_work: &'a [MyWork],
    /// The chosen colour theme.
    pub theme_choice: ThemeChoice,
    /// The choice made here about watching in the background.
    pub background: Background,
    /// Whether the agent starts with the PC, which is also switched elsewhere.
    pub autostart: Reading<AutostartState>,
    /// Why the last switch of it failed.
    pub background_error: Option<&'a str>,
    /// Progress of deleting the recording.
    pub erasing: &'a Erasing,
    /// A recorded period of the charts, once read.
    pub past: Option<&'a Past>,
    /// Content of the recording.
    pub recorded: &'a Recorded,
    /// The time this frame is drawn for.
    pub now: At,
    /// The samples in memory, for charts.
    pub history: &'a History,
    /// The newest sample; `None` until the first one.
    pub sample: Option<&'a Arc<Sample>>,
    /// Every program with its processes.
    pub program_table: Option<&'a Arc<ProgramTable>>,
    /// Signatures of the files verified so far.
    pub signatures: Option<&'a Signatures>,
    /// Findings, worst first.
    pub findings: &'a [(Finding, Plan)],
    /// Why programs cannot be closed, by name; absent for those that can.
    pub refusals: &'a HashMap<Arc<str>, Refusal>,
    /// Start time of a process, where the system reports it.
    pub started: &'a dyn Fn(ProcKey) -> Option<At>,
    /// The action in progress or just finished.
    pub job: Option<&'a CloseStatus>,
    /// Programs in the background, or that were to be.
    pub in_background: &'a [BackgroundStatus],
    /// What starts with the PC, once it was read.
    pub startup: Option<&'a Startup>,
    /// The antivirus that can be asked about a file.
    pub antivirus: Option<Antivirus>,
    /// The scan in progress or just finished.
    pub scan: Option<&'a ScanStatus>,
    /// Detected facts for the restart list.
    pub restart: &'a RestartFacts,
    /// The restart that the user asked for.
    pub restart_phase: Option<&'a RestartPhase>,
    /// The check-up, run or not.
    pub checkup: &'a CheckupRun,
    /// Ticks of the restart list.
    pub ticks: &'a Ticks,
    /// Resource usage of this program.
    pub own: SelfUsage,
    /// The unexpected end of the previous window, until dismissed.
    pub crash: Option<&'a Crash>,
    /// Age of the newest sample in seconds, if the samples have stopped.
    pub stale_seconds: Option<f64>,
}
/// What starts with the PC and can be switched by this user.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Startup {
    /// The entries.
    pub entries: Reading<Vec<AutostartEntry>>,
    /// The entry that could not be switched, and what the system said.
    pub failure: Option<(String, String)>,
}

impl Snapshot<'_> {
    /// Returns `true` when the program of this name is in the background, or is about to be.
    pub fn is_in_background(&self, group: &str) -> bool {
        self.in_background.iter().any(|status| {
            let is_on = matches!(status.phase, BackgroundPhase::Measuring | BackgroundPhase::Running { .. });
            is_on && status.subject.group == group
        })
    }
}
