//! Points in time as data. The clock itself is read only at the edges of the program.

use std::ops::{Add, Sub};

use serde::{Deserialize, Serialize};

use super::Seconds;

/// A point in time: milliseconds since 1970-01-01 UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct At(pub i64);

impl At {
    /// Seconds from `earlier` to `self`; 0 if `earlier` is later (the clock was set back).
    pub fn since(self, earlier: Self) -> Seconds {
        Seconds(((self.0.saturating_sub(earlier.0)) as f64 / 1000.0).max(0.0))
    }
}

impl Add<Seconds> for At {
    type Output = Self;

    fn add(self, length: Seconds) -> Self {
        Self(self.0.saturating_add(length.as_millis()))
    }
}

impl Sub<Seconds> for At {
    type Output = Self;

    fn sub(self, length: Seconds) -> Self {
        Self(self.0.saturating_sub(length.as_millis()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_moves_by_a_length_and_stops_at_the_ends_of_time() {
        assert_eq!(At(5_000) + Seconds(1.5), At(6_500));
        assert_eq!(At(5_000) - Seconds::from_minutes(1.0), At(-55_000));
        assert_eq!(At(i64::MAX) + Seconds::from_days(1.0), At(i64::MAX));
        assert_eq!(At(0) - Seconds(f64::INFINITY), At(-i64::MAX));
    }
}
