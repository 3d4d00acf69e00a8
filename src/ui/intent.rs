//! What a screen asks for.

use strum::VariantArray;

use crate::diagnose::Subject;
use crate::explain::Lang;
use crate::model::{At, Seconds};
use crate::remedy::restart::Step;
use crate::settings::ThemeChoice;

/// A screen of the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, VariantArray)]
pub enum Screen {
    /// What is going on now.
    #[default]
    Now,
    /// What happened in the last days.
    History,
    /// The restart checklist.
    Restart,
    /// What the user chooses.
    Settings,
}

impl Screen {
    /// Every screen, in the order of the navigation.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// Text id of its name.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Now => "nav-now",
            Self::History => "nav-history",
            Self::Restart => "nav-restart",
            Self::Settings => "nav-settings",
        }
    }
}

/// How much of the past the charts show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, VariantArray)]
pub enum Range {
    /// One minute.
    #[default]
    Minute,
    /// Ten minutes.
    TenMinutes,
    /// One hour.
    Hour,
    /// A day, from the recording.
    Day,
    /// A week, from the recording.
    Week,
}

impl Range {
    /// Every range, shortest first.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// Its length.
    pub const fn seconds(self) -> Seconds {
        match self {
            Self::Minute => Seconds::from_minutes(1.0),
            Self::TenMinutes => Seconds::from_minutes(10.0),
            Self::Hour => Seconds::from_hours(1.0),
            Self::Day => Seconds::from_days(1.0),
            Self::Week => Seconds::from_days(7.0),
        }
    }

    /// Text id of its name.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Minute => "range-1m",
            Self::TenMinutes => "range-10m",
            Self::Hour => "range-1h",
            Self::Day => "range-24h",
            Self::Week => "range-7d",
        }
    }

    /// Whether it is read from the recording; the shorter ones are in memory.
    pub const fn is_recorded(self) -> bool {
        matches!(self, Self::Day | Self::Week)
    }

    /// The shortest range in which a moment so long ago can be seen well.
    pub fn for_age(age: Seconds) -> Self {
        // Not at the very edge.
        let fits = |range: &Self| range.seconds().0 * 0.95 >= age.0;
        Self::ALL.iter().copied().find(fits).unwrap_or(Self::Week)
    }
}

/// The time that the charts show: so much up to now, or up to a moment of the past.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Period {
    /// How much.
    pub range: Range,
    /// Up to when; `None` is now, and goes on.
    pub end: Option<At>,
}

impl Period {
    /// Where a moment is seen well: in the shortest range up to now while that is kept finely enough, else with as much
    /// before it as after it.
    pub fn around(at: At, now: At) -> Self {
        let age = now.since(at);
        let half = |range: Range| now.min(at + Seconds(range.seconds().0 / 2.0));
        let short = Range::for_age(age);
        let range = if short != Range::Week {
            return short.into();
        } else if age.0 + Range::Hour.seconds().0 <= Range::Week.seconds().0 {
            // Minutes are kept for a week, see `Tier`: an hour of a day is too coarse to show who it was.
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

    /// The moment `x` seconds from the right edge, negative before it.
    pub fn at(self, x: f64, now: At) -> At {
        self.edge(now) + Seconds(x)
    }

    /// Whether it is read from the recording.
    pub const fn is_recorded(self) -> bool {
        self.end.is_some() || self.range.is_recorded()
    }
}

impl From<Range> for Period {
    fn from(range: Range) -> Self {
        Self { range, end: None }
    }
}

/// What a screen asks for. Screens never act themselves.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub enum Intent {
    /// Go to another screen.
    Show(Screen),
    /// Speak another language.
    SetLang(Lang),
    /// Light or dark.
    SetTheme(ThemeChoice),
    /// Read a range from the recording.
    LoadPast(Period),
    /// Read what happened in the last time, and how the agent is.
    LoadEvents(Seconds),
    /// Show the charts of a moment.
    ShowMoment(At),
    /// Watch in the background, or no longer.
    SetBackground(bool),
    /// The notice of an unexpected end was read.
    DismissCrash,
    /// Delete all that was recorded; was confirmed.
    Erase,
    /// Ask a program to close.
    Close(Subject),
    /// End it by force; was confirmed.
    Force,
    /// Leave it running, or put the result away.
    EndJob,
    /// Find out who signed this file.
    AskSignature(String),
    /// This program is the user's own work.
    CallMine(Subject),
    /// The file of this path no longer is.
    NoLongerMine(String),
    /// Tick or untick a step of the restart list.
    Tick(Step),
    /// Begin the restart list again.
    ResetTicks,
}
