//! Decides how much a tick reads. Pure.
//!
//! Totals cost next to nothing and are read at every tick. A scan of all processes costs more: it is rare while the PC
//! is calm and done at every tick while it is busy. A scan charges a living process with all its processor time since
//! the last scan, so a calm PC loses nothing; processes that started and ended in between are in "everything else".

use crate::model::{Fraction, Memory, Reading, Seconds};

/// Interval between two ticks.
pub const STEP: Seconds = Seconds(2.0);
/// Longest interval between two scans while calm.
const CALM_SCAN: Seconds = Seconds(30.0);
/// Load above the floor, in processors, from which the PC is busy. A program that keeps one processor busy shows as
/// half a processor in the tick in which it starts.
const BUSY_PROCESSORS: f64 = 0.4;
/// Processor time above the floor since the last scan, in seconds of one processor, that triggers a scan: nothing
/// relevant stays unnoticed below [`BUSY_PROCESSORS`] for long.
const UNREAD: f64 = 1.5;
/// Change of memory in use since the last scan, as a share of all memory, that triggers a scan.
const MEMORY_MOVED: f64 = 0.02;
/// Time after a busy tick in which every tick scans, so that the end of a load is noticed at once.
const COOL_DOWN: Seconds = Seconds(10.0);
/// Time constant with which the floor follows the load while calm, in seconds.
const FLOOR_SECONDS: f64 = 120.0;
/// Upper bound of the floor in processors: a PC that is always busy must not count as calm.
const FLOOR_MOST: f64 = 0.3;
/// Maximum number of times the interval is doubled when the agent exceeds its own budget.
const MOST_SLOW: u32 = 3;

/// How much a tick reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// Processor time, memory, user activity.
    Totals,
    /// Also all processes, disks, networks and sensors.
    Everything,
}

/// Input of the decision.
#[derive(Clone, Copy, Debug)]
pub struct Totals {
    /// Time since the last tick.
    pub span: Seconds,
    /// Share of all processors in use in that time.
    pub cpu: Reading<Fraction>,
    /// Memory in use and in total.
    pub memory: Reading<Memory>,
    /// Another window came to the front. What the user opens must be known at once: malware hides from a monitoring
    /// tool.
    pub other_window: bool,
}

/// State of the decision between ticks.
#[derive(Clone, Debug)]
pub struct Pace {
    cpus: f64,
    /// Processors in use when nothing is going on.
    floor: f64,
    since_scan: f64,
    /// Processor seconds above the floor since the last scan.
    unread: f64,
    memory_then: Option<f64>,
    cool_down: f64,
    slow: u32,
}

impl Pace {
    /// For a PC with this many logical processors.
    pub fn new(cpus: u32) -> Self {
        let cpus = f64::from(cpus.max(1));
        Self { cpus, floor: 0.0, since_scan: f64::INFINITY, unread: 0.0, memory_then: None, cool_down: 0.0, slow: 0 }
    }

    /// Interval until the next tick: 2 s, doubled for each step of slowing down.
    pub fn step(&self) -> Seconds {
        Seconds(STEP.0 * f64::from(1_u32 << self.slow))
    }

    /// Decides how much to read now. `needs_full`: a scan was requested, or there is a finding whose end must be
    /// noticed.
    pub fn depth(&mut self, seen: &Totals, needs_full: bool) -> Depth {
        let span = seen.span.0;
        let needs_full = needs_full || seen.other_window;
        self.since_scan += span;
        self.cool_down = (self.cool_down - span).max(0.0);
        let memory = seen.memory.get().map(|memory| memory.used.of(memory.total).get());
        let moved = memory.zip(self.memory_then).is_some_and(|(now, then)| (now - then).abs() >= MEMORY_MOVED);
        let Some(cpu) = seen.cpu.get() else {
            // Without a total nothing triggers a scan: the calm pace.
            return self.decide(needs_full || self.since_scan >= CALM_SCAN.0, memory);
        };
        let processors = cpu.get() * self.cpus;
        let beyond = processors - self.floor;
        self.unread += beyond.max(0.0) * span;
        let busy = beyond >= BUSY_PROCESSORS || moved || self.unread >= UNREAD;
        if busy {
            self.cool_down = COOL_DOWN.0;
        } else {
            let weight = (span / FLOOR_SECONDS).min(1.0);
            self.floor = (self.floor * (1.0 - weight) + processors * weight).min(FLOOR_MOST);
        }
        self.decide(needs_full || busy || self.cool_down > 0.0 || self.since_scan >= CALM_SCAN.0, memory)
    }

    fn decide(&mut self, scan: bool, memory: Option<f64>) -> Depth {
        if !scan {
            return Depth::Totals;
        }
        self.since_scan = 0.0;
        self.unread = 0.0;
        self.memory_then = memory;
        Depth::Everything
    }

    /// Doubles the interval; `false` if it is already at its maximum.
    pub fn slow_down(&mut self) -> bool {
        let slower = self.slow < MOST_SLOW;
        self.slow += u32::from(slower);
        slower
    }

    /// Returns to the normal interval.
    pub fn recover(&mut self) {
        self.slow = 0;
    }

    /// True if the interval is longer than normal.
    pub const fn is_slowed(&self) -> bool {
        self.slow > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Bytes;

    fn seen(processors: f64, cpus: f64) -> Totals {
        Totals {
            span: STEP,
            cpu: Reading::Known(Fraction::new(processors / cpus)),
            memory: Reading::Known(Memory { used: Bytes(500), total: Bytes(1000) }),
            other_window: false,
        }
    }

    fn scans(pace: &mut Pace, ticks: usize, totals: &Totals) -> usize {
        (0..ticks).filter(|_| pace.depth(totals, false) == Depth::Everything).count()
    }

    #[test]
    fn a_calm_pc_is_read_seldom_and_a_busy_one_at_every_tick() {
        for cpus in [1_u32, 2, 8, 64] {
            let mut pace = Pace::new(cpus);
            let calm = seen(0.03, f64::from(cpus));
            assert_eq!(pace.depth(&calm, false), Depth::Everything, "the first look reads everything");
            scans(&mut pace, 30, &calm);
            // 10 minutes: 300 ticks, one in fifteen scans.
            let calm_scans = scans(&mut pace, 300, &calm);
            assert!((18..=24).contains(&calm_scans), "{calm_scans} with {cpus} processors");
            assert_eq!(scans(&mut pace, 30, &seen(1.0_f64.min(f64::from(cpus)), f64::from(cpus))), 30);
        }
    }

    #[test]
    fn a_burst_of_ten_seconds_is_always_read_about_while_it_lasts() {
        // For any number of processors, from a third of a processor up.
        for cpus in [1.0, 4.0, 32.0, 128.0] {
            for load in [0.3, 0.5, 1.0] {
                let mut pace = Pace::new(cpus as u32);
                scans(&mut pace, 37, &seen(0.05, cpus));
                let during = scans(&mut pace, 5, &seen(0.05 + load, cpus));
                assert!(during > 0, "{load} of {cpus}");
            }
        }
    }

    #[test]
    fn the_end_of_a_load_and_a_jump_of_memory_are_read_about() {
        let mut pace = Pace::new(4);
        scans(&mut pace, 20, &seen(0.05, 4.0));
        scans(&mut pace, 3, &seen(2.0, 4.0));
        assert!(scans(&mut pace, 5, &seen(0.05, 4.0)) >= 4, "cool down");
        scans(&mut pace, 30, &seen(0.05, 4.0));
        let grown =
            Totals { memory: Reading::Known(Memory { used: Bytes(560), total: Bytes(1000) }), ..seen(0.05, 4.0) };
        assert_eq!(pace.depth(&grown, false), Depth::Everything);
    }

    #[test]
    fn another_window_in_front_is_read_about_once() {
        let mut pace = Pace::new(4);
        scans(&mut pace, 20, &seen(0.05, 4.0));
        assert_eq!(pace.depth(&Totals { other_window: true, ..seen(0.05, 4.0) }, false), Depth::Everything);
        assert_eq!(scans(&mut pace, 10, &seen(0.05, 4.0)), 0);
    }

    #[test]
    fn a_pc_that_is_always_somewhat_busy_is_not_read_at_every_tick() {
        let mut pace = Pace::new(8);
        scans(&mut pace, 200, &seen(0.2, 8.0));
        let later = scans(&mut pace, 150, &seen(0.2, 8.0));
        assert!(later < 40, "{later} of 150");
    }

    #[test]
    fn slowing_down_ends_at_sixteen_seconds_and_can_be_taken_back() {
        let mut pace = Pace::new(2);
        assert_eq!(pace.step(), STEP);
        assert!(pace.slow_down() && pace.slow_down() && pace.slow_down());
        assert!(!pace.slow_down() && pace.is_slowed());
        assert_eq!(pace.step(), Seconds(16.0));
        pace.recover();
        assert_eq!(pace.step(), STEP);
    }

    #[test]
    fn without_a_total_the_calm_pace_holds() {
        let mut pace = Pace::new(2);
        let blind = Totals { cpu: Reading::default(), ..seen(0.0, 2.0) };
        assert_eq!(scans(&mut pace, 60, &blind), 4);
    }
}
