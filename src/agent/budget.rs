//! What the agent may cost, and what it does about itself when it costs more. Pure.
//!
//! The shape is that of osquery's watchdog (a limit that must be broken for a while, a back-off between starts up to
//! ten minutes); the limits are far lower, as this is an office PC.

use std::time::Duration;

use crate::model::{Bytes, Seconds};

/// Share of one processor, over [`WINDOW`].
pub const MOST_CPU: f64 = 0.01;
/// Memory of its own.
pub const MOST_MEMORY: Bytes = Bytes(64 * Bytes::MIB);
/// Cost is measured over so long.
const WINDOW: Seconds = Seconds(60.0);
/// So many good windows in a row bring the usual rate back.
const GOOD_WINDOWS: u32 = 5;
/// What ran so long was no failed start.
const GOOD_RUN: Seconds = Seconds(3600.0);
/// First wait before a new start after giving up…
const FIRST_WAIT: Seconds = Seconds(5.0);
/// …and the longest.
const LONGEST_WAIT: Seconds = Seconds(600.0);

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Advice {
    /// Nothing.
    GoOn,
    /// Nothing: a whole window was within the budget.
    Within,
    /// Look less often.
    SlowDown,
    /// Look as often as usual again.
    Recover,
}

/// Watches its own cost.
#[derive(Clone, Debug, Default)]
pub struct Budget {
    window: Option<(f64, Duration)>,
    good: u32,
    slowed: bool,
    /// Share of one processor over the last whole window.
    cpu: Option<f64>,
}

impl Budget {
    /// Takes what it cost so far: `now` in seconds of a clock that nobody sets, processor time since its start, and
    /// its memory, asked for only at the end of a window as that is not free.
    pub fn step(&mut self, now: f64, cpu_time: Option<Duration>, memory: impl FnOnce() -> Option<Bytes>) -> Advice {
        let cpu_time = cpu_time.unwrap_or_default();
        let Some((begin, before)) = self.window else {
            self.window = Some((now, cpu_time));
            return Advice::GoOn;
        };
        let seconds = now - begin;
        if seconds < WINDOW.0 {
            return Advice::GoOn;
        }
        self.window = Some((now, cpu_time));
        let share = cpu_time.saturating_sub(before).as_secs_f64() / seconds;
        self.cpu = Some(share);
        if share > MOST_CPU || memory().is_some_and(|memory| memory > MOST_MEMORY) {
            self.good = 0;
            self.slowed = true;
            return Advice::SlowDown;
        }
        self.good += 1;
        if self.slowed && self.good >= GOOD_WINDOWS {
            self.slowed = false;
            return Advice::Recover;
        }
        Advice::Within
    }

    /// Share of one processor over the last whole minute.
    pub const fn cpu(&self) -> Option<f64> {
        self.cpu
    }
}

/// How long to wait before starting again, after having waited `before` the last time (0 the first time) and then
/// having watched for `watched`: after a good hour it is the first time again.
pub fn next_wait(before: Seconds, watched: Seconds) -> Seconds {
    if before.0 <= 0.0 || watched.0 >= GOOD_RUN.0 { FIRST_WAIT } else { Seconds((before.0 * 2.0).min(LONGEST_WAIT.0)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asks_for_something(advice: Advice) -> bool {
        !matches!(advice, Advice::GoOn | Advice::Within)
    }

    fn run(budget: &mut Budget, minutes: u32, share: f64, memory: u64) -> Vec<Advice> {
        let step = |n: u32| {
            let seconds = f64::from(n) * 2.0;
            let spent = Duration::from_secs_f64(seconds * share);
            budget.step(seconds, Some(spent), || Some(Bytes(memory * Bytes::MIB)))
        };
        (0..=minutes * 30).map(step).filter(|advice| asks_for_something(*advice)).collect()
    }

    #[test]
    fn a_cheap_agent_is_left_alone() {
        let mut budget = Budget::default();
        assert!(run(&mut budget, 60, 0.005, 8).is_empty());
        assert!((budget.cpu().expect("measured") - 0.005).abs() < 1e-9);
    }

    #[test]
    fn a_costly_one_slows_down_again_and_again_and_recovers_when_it_is_cheap() {
        let mut budget = Budget::default();
        assert_eq!(run(&mut budget, 3, 0.05, 8), vec![Advice::SlowDown; 3]);
        let mut budget = Budget::default();
        assert_eq!(run(&mut budget, 2, 0.001, 100), vec![Advice::SlowDown; 2]);
        let spent = |seconds: f64| Some(Duration::from_secs_f64(0.12 + (seconds - 120.0) * 0.001));
        let later = (61_u32..400).map(|n| f64::from(n) * 2.0);
        let answers = later.map(|now| budget.step(now, spent(now), || Some(Bytes(8 * Bytes::MIB))));
        assert_eq!(answers.filter(|advice| asks_for_something(*advice)).collect::<Vec<_>>(), [Advice::Recover]);
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
        assert_eq!(next_wait(wait, Seconds(86_400.0)), Seconds(5.0), "it was well for a day");
    }

    #[test]
    fn every_window_within_the_budget_is_told() {
        let mut budget = Budget::default();
        let step = |n: u32| {
            let seconds = f64::from(n) * 2.0;
            budget.step(seconds, Some(Duration::from_secs_f64(seconds * 0.001)), || Some(Bytes(8 * Bytes::MIB)))
        };
        assert_eq!((0..=150).map(step).filter(|advice| *advice == Advice::Within).count(), 5);
    }
}
