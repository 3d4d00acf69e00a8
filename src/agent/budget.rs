//! What the agent may cost, and what it does about itself when it costs more. Pure.
//!
//! The shape is that of osquery's watchdog (a limit that must be broken for a while, a back-off between starts up to
//! ten minutes); the limits are far lower, as this is an office PC.

use std::time::Duration;

use crate::model::{Bytes, Seconds};
use crate::sampler::Pace;

/// Share of one processor, over [`WINDOW`].
pub const MOST_CPU: f64 = 0.01;
/// Memory of its own.
pub const MOST_MEMORY: Bytes = Bytes(64 * Bytes::MIB);
/// Cost is measured over so long.
const WINDOW: Seconds = Seconds(60.0);
/// So many good windows in a row bring the usual rate back.
const GOOD_WINDOWS: u32 = 5;
/// What ran so long was no failed start.
const GOOD_RUN: Seconds = Seconds::from_hours(1.0);
/// As slow as possible and still too costly so often in a row: give up.
const GIVE_UP_AFTER: u32 = 3;
/// First wait before a new start after giving up…
const FIRST_WAIT: Seconds = Seconds(5.0);
/// …and the longest.
const LONGEST_WAIT: Seconds = Seconds(600.0);

/// What came of a look at the own cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Nothing to tell.
    GoOn,
    /// It looks less often from now on.
    Slowed,
    /// As slow as it may be, and still too costly: it has to end, and to be started again after [`next_wait`].
    GiveUp,
}

/// Watches its own cost.
#[derive(Clone, Debug, Default)]
pub struct Budget {
    window: Option<(f64, Duration)>,
    /// Windows within the budget, in a row.
    good: u32,
    /// Windows over the budget in a row, while it could look no less often.
    over: u32,
    /// Share of one processor over the last whole window.
    cpu: Option<f64>,
}

impl Budget {
    /// Takes what it cost so far, and slows `pace` down or lets it recover: `now` in seconds of a clock that nobody
    /// sets, processor time since its start, and its memory, asked for only at the end of a window as that is not free.
    pub fn keep(
        &mut self,
        now: f64,
        cpu_time: Option<Duration>,
        memory: impl FnOnce() -> Option<Bytes>,
        pace: &mut Pace,
    ) -> Kept {
        // Whoever asked last may not have been the one who can end it.
        let given_up = if self.over < GIVE_UP_AFTER { Kept::GoOn } else { Kept::GiveUp };
        let cpu_time = cpu_time.unwrap_or_default();
        let Some((begin, before)) = self.window else {
            self.window = Some((now, cpu_time));
            return Kept::GoOn;
        };
        let seconds = now - begin;
        if seconds < WINDOW.0 || given_up == Kept::GiveUp {
            return given_up;
        }
        self.window = Some((now, cpu_time));
        let share = cpu_time.saturating_sub(before).as_secs_f64() / seconds;
        self.cpu = Some(share);
        if share > MOST_CPU || memory().is_some_and(|memory| memory > MOST_MEMORY) {
            self.good = 0;
            if pace.slow_down() {
                return Kept::Slowed;
            }
            self.over += 1;
            return if self.over < GIVE_UP_AFTER { Kept::GoOn } else { Kept::GiveUp };
        }
        self.good += 1;
        self.over = 0;
        if self.good >= GOOD_WINDOWS {
            pace.recover();
        }
        Kept::GoOn
    }

    /// Share of one processor over the last whole minute.
    pub const fn cpu(&self) -> Option<f64> {
        self.cpu
    }
}

/// How long to wait before starting again, after having waited `before` the last time (0 the first time) and then
/// having watched for `watched`: after a good hour it is the first time again.
pub fn next_wait(before: Seconds, watched: Seconds) -> Seconds {
    if before.0 <= 0.0 || watched >= GOOD_RUN { FIRST_WAIT } else { Seconds((before.0 * 2.0).min(LONGEST_WAIT.0)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An agent whose cost is known, told of it each 2 s.
    struct Watched {
        budget: Budget,
        pace: Pace,
        now: f64,
        spent: f64,
    }

    impl Watched {
        fn new() -> Self {
            let mut agent = Self { budget: Budget::default(), pace: Pace::new(4), now: 0.0, spent: 0.0 };
            // The first look only begins the first minute.
            agent.budget.keep(0.0, Some(Duration::ZERO), || None, &mut agent.pace);
            agent
        }

        /// What is told in so many minutes at this share of a processor with so many MiB, with the minute of each.
        fn run(&mut self, minutes: u32, share: f64, memory: u64) -> Vec<(u32, Kept)> {
            let mut told = Vec::new();
            for second in (2..=minutes * 60).step_by(2) {
                self.now += 2.0;
                self.spent += 2.0 * share;
                let spent = Some(Duration::from_secs_f64(self.spent));
                let memory = || Some(Bytes(memory * Bytes::MIB));
                let kept = self.budget.keep(self.now, spent, memory, &mut self.pace);
                if kept != Kept::GoOn {
                    told.push((second.div_ceil(60), kept));
                }
            }
            told
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
            let told = agent.run(6, share, memory);
            let kinds: Vec<Kept> = told.iter().map(|(_, kept)| *kept).collect();
            assert_eq!(kinds, [Kept::Slowed, Kept::Slowed, Kept::Slowed, Kept::GiveUp], "{share}, {memory} MiB");
            assert_eq!(agent.run(1, 0.0, 8)[0], (1, Kept::GiveUp), "also when it was not heard");
            let minutes: Vec<u32> = told.iter().map(|(minute, _)| *minute).collect();
            assert_eq!(minutes, [1, 2, 3, 6]);
        }
    }

    #[test]
    fn slower_is_cheap_enough_and_after_five_good_minutes_it_looks_as_often_as_before() {
        let mut agent = Watched::new();
        assert_eq!(agent.run(1, 0.05, 8), [(1, Kept::Slowed)]);
        assert!(agent.pace.is_slowed());
        assert_eq!(agent.run(4, 0.001, 8), []);
        assert!(agent.pace.is_slowed(), "not yet");
        assert_eq!(agent.run(1, 0.001, 8), []);
        assert!(!agent.pace.is_slowed());
    }

    /// Two bad minutes at the slowest, a good one, and again: that is no reason to end.
    #[test]
    fn it_gives_up_only_for_bad_minutes_in_a_row() {
        let mut agent = Watched::new();
        assert_eq!(agent.run(5, 0.05, 8).len(), 3, "as slow as it may be, and two bad minutes");
        for _ in 0..5 {
            assert_eq!(agent.run(1, 0.001, 8), []);
            assert_eq!(agent.run(2, 0.05, 8), []);
        }
        assert_eq!(agent.run(1, 0.05, 8), [(1, Kept::GiveUp)]);
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
