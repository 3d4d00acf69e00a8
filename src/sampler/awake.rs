//! The clock for spans, which stops while the PC is suspended.

use std::time::{Duration, Instant};

use crate::platform;

/// Minimum difference of the two clocks that means suspend; while awake they differ by the 16 ms steps of one of them.
const MIN_SUSPEND: Duration = Duration::from_secs(1);

/// Source of clock readings; tests supply their own.
pub type AwakeClock = Box<dyn Fn() -> AwakeInstant + Send>;

/// A reading of both clocks.
#[derive(Clone, Copy, Debug)]
pub struct AwakeInstant {
    /// Precise, but on Windows it includes suspend: a night would be one long span, and not a gap in the history.
    pub instant: Instant,
    /// Time since boot without suspend, where the system reports it.
    pub awake: Option<Duration>,
}

impl AwakeInstant {
    /// Reads both clocks.
    pub fn now() -> Self {
        Self { awake: platform::clocks().get().map(|clocks| clocks.awake), instant: Instant::now() }
    }

    /// Time since `earlier` in which the PC was awake.
    pub fn since(self, earlier: Self) -> Duration {
        let passed = self.instant.saturating_duration_since(earlier.instant);
        let awake = self.awake.zip(earlier.awake).map(|(now, then)| now.saturating_sub(then));
        awake.filter(|awake| passed.saturating_sub(*awake) >= MIN_SUSPEND).unwrap_or(passed)
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
        // A clock that stops during suspend by itself, as on Linux.
        assert_eq!(after(2_000, 2_000), Duration::from_secs(2));
        let blind = AwakeInstant { instant: begin.instant + Duration::from_secs(3), awake: None };
        assert_eq!(blind.since(begin), Duration::from_secs(3));
    }
}
