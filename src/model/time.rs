//! Points in time as data. The clock itself is read only at the edges.

use serde::{Deserialize, Serialize};

use super::Seconds;

/// A point in time: milliseconds since 1970-01-01 UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct At(pub i64);

impl At {
    /// Seconds from `earlier` to `self`, 0 when `earlier` is later (a clock set back).
    pub fn since(self, earlier: Self) -> Seconds {
        Seconds(((self.0.saturating_sub(earlier.0)) as f64 / 1000.0).max(0.0))
    }

    /// This point moved back by `seconds`.
    #[must_use]
    pub fn minus(self, seconds: Seconds) -> Self {
        Self(self.0.saturating_sub((seconds.0 * 1000.0) as i64))
    }
}
