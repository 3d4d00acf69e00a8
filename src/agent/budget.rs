//! Limits the agent's own cost: slows sampling down when over budget, and finally gives up. Pure.
//!
//! Modelled on osquery's watchdog (a limit that must be exceeded for a while, a back-off between starts of up to ten
//! minutes); the limits are far lower, as this is an office PC.

use std::time::Duration;

use crate::model::{Bytes, Seconds};
use crate::sampler::Pace;

/// Processor budget: share of one processor, averaged over [`WINDOW`].
pub const MAX_CPU: f64 = 0.01;
/// Memory budget.
pub const MAX_MEMORY: Bytes = Bytes(64 * Bytes::MIB);
/// Length of a measuring window.
const WINDOW: Seconds = Seconds(60.0);
/// Consecutive windows within budget after which sampling returns to its usual rate.
const GOOD_WINDOWS: u32 = 5;
/// Uptime after which the next back-off starts from [`FIRST_WAIT`] again.
const GOOD_RUN: Seconds = Seconds::from_hours(1.0);
/// Consecutive windows over budget at the slowest rate after which the agent gives up.
const GIVE_UP_AFTER: u32 = 3;
/// Delay before the first restart after giving up.
const FIRST_WAIT: Seconds = Seconds(5.0);
/// Longest delay before a restart.
const LONGEST_WAIT: Seconds = Seconds(600.0);

/// Result of a budget check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BudgetCheck {
    /// Nothing to do.
    WithinBudget,
    /// Sampling slows down from now on.
    Slowed,
    /// Still over budget at the slowest rate: end, and start again after [`next_wait`].
    GiveUp,
}

/// Measures the agent's own cost.
#[derive(Clone, Debug, Default)]
pub struct Budget {
    window: Option<(f64, Duration)>,
    /// Consecutive windows within budget.
    good: u32,
    /// Consecutive windows over budget at the slowest rate.
    over: u32,
    /// Share of one processor in the last complete window.
    cpu: Option<f64>,
}

impl Budget {
    /// Checks the cost so far and adjusts `pace`. `now` is in seconds of a monotonic clock; `cpu_time` counts from the
    /// start of the process; `memory` is called only at the end of a window because reading it is not free.
    pub fn check(
        &mut self,
        now: f64,
        cpu_time: Option<Duration>,
        memory: impl FnOnce() -> Option<Bytes>,
        pace: &mut Pace,
    ) -> BudgetCheck {
        // Sticky: a caller that cannot end the agent may have got this result before.
        let standing = if self.over < GIVE_UP_AFTER { BudgetCheck::WithinBudget } else { BudgetCheck::GiveUp };
        // Without a reading there is no window: the next one must not be charged with everything since the start.
        let Some(cpu_time) = cpu_time else {
            self.window = None;
            return standing;
        };
        let Some((begin, before)) = self.window else {
            self.window = Some((now, cpu_time));
            return standing;
        };
        let seconds = now - begin;
        if seconds < WINDOW.0 || standing == BudgetCheck::GiveUp {
            return standing;
        }
        self.window = Some((now, cpu_time));
        let share = cpu_time.saturating_sub(before).as_secs_f64() / seconds;
        self.cpu = Some(share);
        if share > MAX_CPU || memory().is_some_and(|memory| memory > MAX_MEMORY) {
            self.good = 0;
            if pace.slow_down() {
                return BudgetCheck::Slowed;
            }
            self.over += 1;
            return if self.over < GIVE_UP_AFTER { BudgetCheck::WithinBudget } else { BudgetCheck::GiveUp };
        }
        self.good += 1;
        self.over = 0;
        if self.good >= GOOD_WINDOWS {
            pace.recover();
        }
        BudgetCheck::WithinBudget
    }

    /// Share of one processor in the last complete window.
    pub const fn cpu(&self) -> Option<f64> {
        self.cpu
    }
}

/// Returns the delay before the next restart, given the previous delay `before` (0 at first) and the uptime `watched`
/// since: it doubles, and starts over after [`GOOD_RUN`].
pub fn next_wait(before: Seconds, watched: Seconds) -> Seconds {
    if before.0 <= 0.0 || watched >= GOOD_RUN { FIRST_WAIT } else { Seconds((before.0 * 2.0).min(LONGEST_WAIT.0)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An agent with a fixed cost, checked every 2 s.
    struct Watched {
        budget: Budget,
        pace: Pace,
        now: f64,
        spent: f64,
    }

    impl Watched {
        fn new() -> Self {
            let mut agent = Self { budget: Budget::default(), pace: Pace::new(4), now: 0.0, spent: 0.0 };
            // The first call only starts the first window.
            agent.budget.check(0.0, Some(Duration::ZERO), || None, &mut agent.pace);
            agent
        }

        /// Runs for `minutes` at this processor share and memory (MiB); returns the results other than `WithinBudget`, each
        /// with its minute.
        fn run(&mut self, minutes: u32, share: f64, memory: u64) -> Vec<(u32, BudgetCheck)> {
            let mut results = Vec::new();
            for second in (2..=minutes * 60).step_by(2) {
                self.now += 2.0;
                self.spent += 2.0 * share;
                let spent = Some(Duration::from_secs_f64(self.spent));
                let memory = || Some(Bytes(memory * Bytes::MIB));
                let result = self.budget.check(self.now, spent, memory, &mut self.pace);
                if result != BudgetCheck::WithinBudget {
                    results.push((second.div_ceil(60), result));
                }
            }
            results
        }
    }

    #[test]
    fn a_cheap_agent_is_left_alone() {
        let mut agent = Watched::new();
        assert_eq!(agent.run(60, 0.005, 8), []);
        assert!((agent.budget.cpu().expect("measured") - 0.005).abs() < 1e-9);
        assert!(!agent.pace.is_slowed());
    }

    #[test]
    fn a_costly_one_slows_down_three_times_and_gives_up_after_three_more_minutes() {
        for (share, memory) in [(0.05, 8), (0.001, 100)] {
            let mut agent = Watched::new();
            let results = agent.run(6, share, memory);
            let kinds: Vec<BudgetCheck> = results.iter().map(|(_, result)| *result).collect();
            assert_eq!(
                kinds,
                [BudgetCheck::Slowed, BudgetCheck::Slowed, BudgetCheck::Slowed, BudgetCheck::GiveUp],
                "{share}, {memory} MiB"
            );
            assert_eq!(agent.run(1, 0.0, 8)[0], (1, BudgetCheck::GiveUp), "also when it was not heard");
            let minutes: Vec<u32> = results.iter().map(|(minute, _)| *minute).collect();
            assert_eq!(minutes, [1, 2, 3, 6]);
        }
    }

    #[test]
    fn slower_is_cheap_enough_and_after_five_good_minutes_it_looks_as_often_as_before() {
        let mut agent = Watched::new();
        assert_eq!(agent.run(1, 0.05, 8), [(1, BudgetCheck::Slowed)]);
        assert!(agent.pace.is_slowed());
        assert_eq!(agent.run(4, 0.001, 8), []);
        assert!(agent.pace.is_slowed(), "not yet");
        assert_eq!(agent.run(1, 0.001, 8), []);
        assert!(!agent.pace.is_slowed());
    }

    #[test]
    fn a_missing_reading_is_no_cost() {
        let mut agent = Watched::new();
        assert_eq!(agent.run(30, 0.009, 8), []);
        for _ in 0..45 {
            agent.now += 2.0;
            assert_eq!(agent.budget.check(agent.now, None, || None, &mut agent.pace), BudgetCheck::WithinBudget);
        }
        assert_eq!(agent.run(30, 0.009, 8), [], "not charged with its first half hour again");
    }

    /// Two bad minutes at the slowest rate, then a good one, over and over: no reason to end.
    #[test]
    fn it_gives_up_only_for_bad_minutes_in_a_row() {
        let mut agent = Watched::new();
        assert_eq!(agent.run(5, 0.05, 8).len(), 3, "as slow as it may be, and two bad minutes");
        for _ in 0..5 {
            assert_eq!(agent.run(1, 0.001, 8), []);
            assert_eq!(agent.run(2, 0.05, 8), []);
        }
        assert_eq!(agent.run(1, 0.05, 8), [(1, BudgetCheck::GiveUp)]);
    }

    #[test]
    fn waits_double_up_to_ten_minutes() {
        let mut wait = Seconds(0.0);
        let waits: Vec<f64> = (0..10)
            .map(|_| {
                wait = next_wait(wait, Seconds(500.0));
                wait.0
            })
            .collect();
        assert_eq!(waits, [5.0, 10.0, 20.0, 40.0, 80.0, 160.0, 320.0, 600.0, 600.0, 600.0]);
        assert_eq!(next_wait(wait, Seconds::from_days(1.0)), Seconds(5.0), "it was well for a day");
    }
}
