//! Load of the graphics processors where no sensor reports it: read rarely and on a thread of its own, because it sums
//! the counters of all processes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::slow::Latest;
use crate::model::{Fraction, Reading, Why};
use crate::platform::GpuTotal;

/// Interval between two readings.
const EVERY: Duration = Duration::from_secs(20);
/// Consecutive failures after which reading stops for good: a driver with broken counters stays broken.
const MAX_FAILURES: u32 = 5;

/// Schedules the reads.
pub struct GpuWatcher {
    source: Latest<Reading<Fraction>>,
    requested_at: Instant,
    /// The last answer processed, so that each is counted once.
    last_answer: Option<Arc<Reading<Fraction>>>,
    answers: u32,
    failures: u32,
}

impl GpuWatcher {
    /// `None` if the sensors already report the load.
    pub fn of_system() -> Option<Self> {
        let mut total = GpuTotal::new()?;
        Some(Self::new(Instant::now(), move || total.read()))
    }

    /// Requests the first reading from `read`.
    fn new(now: Instant, mut read: impl FnMut() -> Reading<Fraction> + Send + 'static) -> Self {
        let source = Latest::start("gpu", move || Some(read()));
        Self { source, requested_at: now, last_answer: None, answers: 0, failures: 0 }
    }

    /// The newest answer; requests another one when due.
    pub fn poll(&mut self, now: Instant) -> Reading<Fraction> {
        if self.failures >= MAX_FAILURES {
            return Reading::Missing(Why::Unsupported);
        }
        let answer = match self.source.latest() {
            Ok(answer) => answer,
            // Pending, or never arriving.
            Err(why) => return Reading::Missing(why),
        };
        if !self.last_answer.as_ref().is_some_and(|last_answer| Arc::ptr_eq(last_answer, &answer)) {
            self.answers = self.answers.saturating_add(1);
            self.failures = if answer.why() == Some(Why::Stale) { self.failures + 1 } else { 0 };
            self.last_answer = Some(Arc::clone(&answer));
        }
        // The first value needs a second read at once. Later answers without a value mean an idle engine or a failure;
        // neither is urgent.
        let is_first = self.answers == 1 && answer.why() == Some(Why::NotYet);
        let every = if is_first { Duration::ZERO } else { EVERY };
        // An unsupported counter stays unsupported.
        if answer.why() != Some(Why::Unsupported) && now.saturating_duration_since(self.requested_at) >= every {
            self.requested_at = now;
            self.source.request();
        }
        *answer
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    /// Samples once per second for `seconds` from a source that answers `answer` after a first "not yet". Returns the
    /// number of reads and the last result.
    fn run_watcher(answer: Reading<Fraction>, seconds: u64) -> (u32, Reading<Fraction>) {
        let count = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&count);
        let start = Instant::now();
        let mut watcher = GpuWatcher::new(start, move || {
            let first = counted.fetch_add(1, Ordering::SeqCst) == 0;
            if first { Reading::Missing(Why::NotYet) } else { answer }
        });
        let mut last = Reading::default();
        for second in 0..seconds {
            // The last answer has arrived before the next sample.
            let end = Instant::now() + Duration::from_secs(20);
            while watcher.source.is_waiting() && Instant::now() < end {
                std::thread::sleep(Duration::from_millis(1));
            }
            last = watcher.poll(start + Duration::from_secs(second));
        }
        while watcher.source.is_waiting() {
            std::thread::sleep(Duration::from_millis(1));
        }
        (count.load(Ordering::SeqCst), last)
    }

    #[test]
    fn only_the_second_poll_follows_at_once() {
        let nothing = Reading::Missing(Why::NotYet);
        // Twice at 0, then at 20 and 40 seconds.
        assert_eq!(run_watcher(nothing, 50), (4, nothing));
        let half = Reading::Known(Fraction::new(0.5));
        assert_eq!(run_watcher(half, 50), (4, half));
    }

    #[test]
    fn failures_end_the_polling() {
        let failed = Reading::Missing(Why::Stale);
        assert_eq!(run_watcher(failed, 50), (4, failed));
        assert_eq!(
            run_watcher(failed, 1000),
            (6, Reading::Missing(Why::Unsupported)),
            "the first look and five failures"
        );
        assert_eq!(run_watcher(Reading::Missing(Why::Unsupported), 50).0, 2);
    }
}
