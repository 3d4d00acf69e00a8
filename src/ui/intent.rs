//! Requests that screens return.

use strum::VariantArray;

use crate::checkup::CheckId;
use crate::diagnose::{RuleId, Subject};
use crate::explain::Lang;
use crate::model::{At, AutostartEntry, Seconds};
use crate::remedy::Start;
use crate::remedy::restart::Step;
use crate::settings::ThemeChoice;

/// A screen of the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, VariantArray)]
pub enum Screen {
    /// The current state.
    #[default]
    Now,
    /// The numbered checks.
    Checkup,
    /// Events of the last days.
    History,
    /// The restart checklist.
    Restart,
    /// The user's settings.
    Settings,
}

impl Screen {
    /// Every screen, in the order of the navigation.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// Text id of the screen's name.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Now => "nav-now",
            Self::Checkup => "nav-checkup",
            Self::History => "nav-history",
            Self::Restart => "nav-restart",
            Self::Settings => "nav-settings",
        }
    }
}

/// Length of the past that the charts show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, VariantArray)]
pub enum Range {
    /// One minute.
    #[default]
    Minute,
    /// Ten minutes.
    TenMinutes,
    /// One hour.
    Hour,
    /// A day, read from the recording.
    Day,
    /// A week, read from the recording.
    Week,
}

impl Range {
    /// Every range, shortest first.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// Length of the range.
    pub const fn seconds(self) -> Seconds {
        match self {
            Self::Minute => Seconds::from_minutes(1.0),
            Self::TenMinutes => Seconds::from_minutes(10.0),
            Self::Hour => Seconds::from_hours(1.0),
            Self::Day => Seconds::from_days(1.0),
            Self::Week => Seconds::from_days(7.0),
        }
    }

    /// Text id of the range's name.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Minute => "range-1m",
            Self::TenMinutes => "range-10m",
            Self::Hour => "range-1h",
            Self::Day => "range-24h",
            Self::Week => "range-7d",
        }
    }

    /// True if the range is read from the recording; shorter ones are in memory.
    pub const fn is_recorded(self) -> bool {
        matches!(self, Self::Day | Self::Week)
    }

    /// The shortest range that shows a moment of this age well.
    pub fn for_age(age: Seconds) -> Self {
        // Not at the very edge.
        let fits = |range: &Self| range.seconds().0 * 0.95 >= age.0;
        Self::ALL.iter().copied().find(fits).unwrap_or(Self::Week)
    }
}

/// Time shown by the charts: a range that ends now or at a past moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Period {
    /// Length of the period.
    pub range: Range,
    /// End of the period; `None` follows the present.
    pub end: Option<At>,
}

impl Period {
    /// A period that shows a moment well: the shortest range up to now while samples of that age are kept finely
    /// enough, otherwise one centred on the moment.
    pub fn around(at: At, now: At) -> Self {
        let age = now.since(at);
        let half = |range: Range| now.min(at + Seconds(range.seconds().0 / 2.0));
        let short = Range::for_age(age);
        let range = if short != Range::Week {
            return short.into();
        } else if age.0 + Range::Hour.seconds().0 <= Range::Week.seconds().0 {
            // Minutes are kept for a week, see `Tier`: an hour of a day is too coarse to show which program it was.
            Range::Hour
        } else {
            Range::Week
        };
        Self { range, end: Some(half(range)) }
    }

    /// The right edge.
    pub fn edge(self, now: At) -> At {
        self.end.unwrap_or(now)
    }

    /// The left edge.
    pub fn begin(self, now: At) -> At {
        self.edge(now) - self.range.seconds()
    }

    /// The time `x` seconds from the right edge; negative is before it.
    pub fn at(self, x: f64, now: At) -> At {
        self.edge(now) + Seconds(x)
    }

    /// True if the period is read from the recording.
    pub const fn is_recorded(self) -> bool {
        self.end.is_some() || self.range.is_recorded()
    }
}

impl From<Range> for Period {
    fn from(range: Range) -> Self {
        Self { range, end: None }
    }
}

/// A request of a screen, carried out elsewhere: screens never act themselves.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub enum Intent {
    /// Go to another screen.
    Show(Screen),
    /// Go to a finding on screen Now.
    ShowFinding(RuleId, String),
    /// Run one check of the check-up, or all.
    RunCheckup(Option<CheckId>),
    /// Stop the check-up.
    CancelCheckup,
    /// Switch the language.
    SetLang(Lang),
    /// Switch the colour theme.
    SetTheme(ThemeChoice),
    /// Read a period from the recording.
    LoadPast(Period),
    /// Read the events of this last span, and the state of the agent.
    LoadEvents(Seconds),
    /// Show the charts around a moment.
    ShowMoment(At),
    /// Switch watching in the background on or off.
    SetBackground(bool),
    /// Dismiss the notice of an unexpected end.
    DismissCrash,
    /// Delete the recording; already confirmed.
    Erase,
    /// Ask a program to close.
    Close(Subject),
    /// Put this text on the clipboard.
    Copy(String),
    /// End the program by force; already confirmed.
    Force,
    /// Start what was closed, in this way.
    Start(Start),
    /// Close the browser of this name that runs without JavaScript, and open it as usual.
    BackToNormal(String),
    /// Read what starts with the PC.
    LoadStartup,
    /// Switch an entry of that list.
    SwitchStartup {
        /// The entry.
        entry: AutostartEntry,
        /// It is to start by itself.
        on: bool,
    },
    /// Ask the antivirus about the file of a program.
    Scan(Subject),
    /// Cancel that, or dismiss its result.
    EndScan,
    /// Leave the program running, or dismiss the result.
    DismissJob,
    /// Let a program run in the background.
    RunInBackground {
        /// The program.
        subject: Subject,
        /// Also where that lasts until it is started again; already confirmed.
        accept_lasting: bool,
    },
    /// Put the program of this name back.
    EndBackground(String),
    /// Dismiss what became of the program of this name.
    DismissBackground(String),
    /// Verify the signature of this file.
    RequestSignature(String),
    /// Mark this program as the user's own work.
    MarkMyWork(Subject),
    /// Remove the file of this path from the user's own work.
    UnmarkMyWork(String),
    /// Tick or untick a step of the restart list.
    Tick(Step),
    /// Clear all ticks of the restart list, and what the last restart has changed.
    ResetTicks,
    /// Restart the PC after a countdown.
    Restart,
    /// Restart although something stands in the way; already confirmed.
    ConfirmRestart,
    /// Do not restart.
    CancelRestart,
    /// Dismiss how the restart ended.
    DismissRestart,
}
