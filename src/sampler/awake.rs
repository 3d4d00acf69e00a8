//! The clock for spans: it stands still while the PC sleeps.

use std::time::{Duration, Instant};

use crate::platform;

/// Difference of the two clocks from which the PC was asleep; awake they differ by the 16 ms steps of one of them.
const SLEEP_LEAST: Duration = Duration::from_secs(1);

/// Source of the clock readings; tests pass their own.
pub type AwakeClock = Box<dyn Fn() -> AwakeInstant + Send>;

/// A reading of both clocks.
#[derive(Clone, Copy, Debug)]
pub struct AwakeInstant {
    /// Fine, but on Windows it counts sleep: a night would be one long span, and no gap in the history.
    pub instant: Instant,
    /// Time since the start of the system without sleep, where the system tells it.
    pub awake: Option<Duration>,
}

impl AwakeInstant {
    /// Now.
    pub fn now() -> Self {
        Self { awake: platform::clocks().get().map(|clocks| clocks.awake), instant: Instant::now() }
    }

    /// The time since `earlier` in which the PC was awake.
    pub fn since(self, earlier: Self) -> Duration {
        let passed = self.instant.saturating_duration_since(earlier.instant);
        let awake = self.awake.zip(earlier.awake).map(|(now, then)| now.saturating_sub(then));
        awake.filter(|awake| passed.saturating_sub(*awake) >= SLEEP_LEAST).unwrap_or(passed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sleep_is_left_out_and_the_finer_clock_counts_otherwise() {
        let begin = AwakeInstant { instant: Instant::now(), awake: Some(Duration::from_secs(100)) };
        let after = |passed, awake| {
            let awake = begin.awake.map(|begin| begin + Duration::from_millis(awake));
            AwakeInstant { instant: begin.instant + Duration::from_millis(passed), awake }.since(begin)
        };
        assert_eq!(after(2_003, 1_988), Duration::from_millis(2_003));
        assert_eq!(after(8 * 3_600_000, 2_500), Duration::from_millis(2_500));
        // A clock that stops in sleep of itself, as on Linux.
        assert_eq!(after(2_000, 2_000), Duration::from_secs(2));
        let blind = AwakeInstant { instant: begin.instant + Duration::from_secs(3), awake: None };
        assert_eq!(blind.since(begin), Duration::from_secs(3));
    }
}
