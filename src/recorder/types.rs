//! Parameters and results of the recorder.

use strum::VariantArray;

use std::path::PathBuf;

use crate::model::{At, Seconds};

/// Retention. Rows beyond their age are pruned first; then, while the file is too large, the oldest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Size of the file with its log, in bytes. SQLite and the runs need about 100 KB in any case.
    pub max_bytes: u64,
    /// Age of samples as they came.
    pub raw: Seconds,
    /// Age of means of minutes.
    pub minutes: Seconds,
    /// Age of means of hours and of free space.
    pub hours: Seconds,
    /// Age of events that matter for long ([`crate::model::EventKind::is_lasting`]).
    pub lasting_events: Seconds,
    /// Age of all other events.
    pub other_events: Seconds,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_bytes: 50_000_000,
            raw: Seconds::from_hours(2.0),
            minutes: Seconds::from_days(7.0),
            hours: Seconds::from_days(90.0),
            lasting_events: Seconds::from_days(400.0),
            other_events: Seconds::from_days(90.0),
        }
    }
}

/// A run of the agent that begins now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Changes at every start of the system.
    pub boot_id: Option<String>,
    /// Version of this program.
    pub version: String,
    /// When it began.
    pub started: At,
}

/// The run before this one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviousRun {
    /// Of which start of the system it was.
    pub boot_id: Option<String>,
    /// When it began.
    pub started: At,
    /// Its last flush.
    pub last_seen: At,
    /// Whether it ended in order.
    pub clean: bool,
}

/// A run in the recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedRun {
    /// What was known at its begin.
    pub run: Run,
    /// Its last flush.
    pub last_seen: At,
    /// Whether it ended in order; `false` too while it goes on.
    pub clean: bool,
}

/// State of the recording when it was opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opened {
    /// There was no recording before, or it was set aside.
    pub created: bool,
    /// Where the damaged recording was moved to.
    pub quarantined: Option<PathBuf>,
    /// The run before, if one is recorded.
    pub previous: Option<PreviousRun>,
}

/// Resolution of stored samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, VariantArray)]
pub enum Tier {
    /// As the programs were read; looks at the totals alone are joined with the programs that cover them.
    Raw,
    /// Means of minutes.
    Minute,
    /// Means of hours.
    Hour,
}

impl Tier {
    /// Every tier, finest first.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The finest tier that gives not more than a few thousand points for a range: raw for up to 2 h, minutes
    /// for up to 24 h, hours beyond.
    pub fn for_range(range: Seconds) -> Self {
        if range <= Seconds::from_hours(2.0) {
            Self::Raw
        } else if range <= Seconds::from_days(1.0) {
            Self::Minute
        } else {
            Self::Hour
        }
    }

    pub(super) const fn finer(self) -> Option<Self> {
        match self {
            Self::Raw => None,
            Self::Minute => Some(Self::Raw),
            Self::Hour => Some(Self::Minute),
        }
    }

    pub(super) const fn coarser(self) -> Option<Self> {
        match self {
            Self::Raw => Some(Self::Minute),
            Self::Minute => Some(Self::Hour),
            Self::Hour => None,
        }
    }

    /// Milliseconds of one division; 1 for raw samples.
    pub(super) const fn step(self) -> i64 {
        match self {
            Self::Raw => 1,
            Self::Minute => Seconds::from_minutes(1.0).as_millis(),
            Self::Hour => Seconds::from_hours(1.0).as_millis(),
        }
    }

    /// The end of the division in which a span ends at `at`: a span that ends on the border belongs before it.
    pub(super) const fn end_of(self, at: i64) -> i64 {
        ((at - 1).div_euclid(self.step()) + 1) * self.step()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_belongs_to_the_division_in_which_it_ends() {
        assert_eq!(Tier::Minute.end_of(1), 60_000);
        assert_eq!(Tier::Minute.end_of(60_000), 60_000);
        assert_eq!(Tier::Minute.end_of(60_001), 120_000);
        assert_eq!(Tier::Raw.end_of(7), 7);
    }

    #[test]
    fn a_range_has_its_tier() {
        assert_eq!(Tier::for_range(Seconds(7200.0)), Tier::Raw);
        assert_eq!(Tier::for_range(Seconds(7201.0)), Tier::Minute);
        assert_eq!(Tier::for_range(Seconds(86_401.0)), Tier::Hour);
    }
}
