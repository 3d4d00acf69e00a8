//! Parameters and results of the recorder.

use strum::VariantArray;

use std::path::PathBuf;

use crate::model::{At, Seconds};

/// Retention. Rows older than this are pruned first; then, while the file is too large, the oldest ones.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Size of the file with its log, in bytes. SQLite and the runs need about 100 KB in any case.
    pub max_bytes: u64,
    /// Age of raw samples.
    pub raw: Seconds,
    /// Age of means of minutes.
    pub minutes: Seconds,
    /// Age of means of hours and of free space.
    pub hours: Seconds,
    /// Age of lasting events ([`crate::model::EventKind::is_lasting`]).
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
    /// Changes at every boot.
    pub boot_id: Option<String>,
    /// Version of this program.
    pub version: String,
    /// When it began.
    pub started: At,
}

/// The previous run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviousRun {
    /// Boot during which it ran.
    pub boot_id: Option<String>,
    /// When it began.
    pub started: At,
    /// Its last flush.
    pub last_seen: At,
    /// True if it ended cleanly.
    pub clean: bool,
}

/// A run in the recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedRun {
    /// What was known when it began.
    pub run: Run,
    /// Its last flush.
    pub last_seen: At,
    /// True if it ended cleanly; false while it continues.
    pub clean: bool,
}

/// State of the recording when it was opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opened {
    /// There was no recording before, or it was quarantined.
    pub created: bool,
    /// Path of the quarantined recording.
    pub quarantined: Option<PathBuf>,
    /// The previous run, if recorded.
    pub previous: Option<PreviousRun>,
}

/// Resolution of stored samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, VariantArray)]
pub enum Tier {
    /// As the programs were read; totals in between are joined with the programs that cover them.
    Raw,
    /// Means of minutes.
    Minute,
    /// Means of hours.
    Hour,
}

impl Tier {
    /// Every tier, finest first.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The finest tier with at most a few thousand points in a range: raw up to 2 h, minutes up to 24 h, hours beyond.
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

    /// Length of a division in ms; 1 for raw samples.
    pub(super) const fn step(self) -> i64 {
        match self {
            Self::Raw => 1,
            Self::Minute => Seconds::from_minutes(1.0).as_millis(),
            Self::Hour => Seconds::from_hours(1.0).as_millis(),
        }
    }

    /// End of the division in which a span ends at `at`; a span that ends on a boundary belongs to the division before
    /// it.
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
