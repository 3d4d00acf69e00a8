//! Derives session events: suspend, clock changes, the user leaving and returning, foreground changes, and monitoring
//! tools that open or close. Pure; time and facts are arguments.

use std::collections::BTreeSet;

use serde_json::json;

use crate::model::{At, Event, EventKind, Pid, Seconds};
use crate::platform::Clocks;

/// Shortest suspend that becomes an event, in seconds.
const MIN_SUSPEND: f64 = 5.0;
/// Deviation from the steady clock, in seconds, from which the wall clock counts as set. Less is drift and is followed.
const MIN_CLOCK_STEP: f64 = 2.0;
/// Time without input after which the user counts as away.
const AWAY: Seconds = Seconds(300.0);

/// Monotonic clock expressed as wall-clock time, which detects changes of the wall clock.
#[derive(Clone, Debug)]
pub struct SteadyClock {
    /// Wall-clock time of the boot according to the current clock, in ms since 1970.
    base: i64,
    last: Option<Clocks>,
    newest: At,
}

/// Result of one [`SteadyClock::step`].
#[derive(Clone, Debug, PartialEq)]
pub struct ClockStep {
    /// Time for stamping records; never goes back except by `shift`.
    pub at: At,
    /// The clock was set: all earlier timestamps have to move by this many milliseconds.
    pub shift: Option<i64>,
    /// Time suspended since the last step, when worth an event.
    pub slept: Option<Seconds>,
}

impl SteadyClock {
    /// Starts from the current clocks.
    pub fn new(wall: At, clocks: Option<Clocks>) -> Self {
        let since_boot = clocks.map_or(0, |clocks| clocks.since_boot.as_millis() as i64);
        Self { base: wall.0 - since_boot, last: clocks, newest: At(i64::MIN) }
    }

    /// Advances to the current clocks. Without `clocks` (an unsupported platform) the wall clock is trusted.
    pub fn step(&mut self, wall: At, clocks: Option<Clocks>) -> ClockStep {
        let Some(clocks) = clocks else {
            self.newest = self.newest.max(wall);
            return ClockStep { at: self.newest, shift: None, slept: None };
        };
        let steady = self.base + clocks.since_boot.as_millis() as i64;
        let drift = wall.0 - steady;
        let shift = (drift.unsigned_abs() as f64 / 1000.0 >= MIN_CLOCK_STEP).then_some(drift);
        self.base += drift;
        if let Some(shift) = shift {
            self.newest.0 = self.newest.0.saturating_add(shift);
        }
        // At least 1 ms later: a clock that drifts back must not stamp two moments alike.
        self.newest = wall.max(At(self.newest.0.saturating_add(1)));
        let slept = self.last.replace(clocks).map(|last| clocks.slept_since(last));
        ClockStep { at: self.newest, shift, slept: slept.filter(|slept| slept.0 >= MIN_SUSPEND) }
    }
}

/// Facts about the session at one moment.
#[derive(Clone, Debug, Default)]
pub struct SessionFacts<'a> {
    /// Time since the last input, if known.
    pub idle: Option<Seconds>,
    /// Foreground program: process id and group, if known.
    pub foreground: Option<(Pid, &'a str)>,
    /// File names of running monitoring tools, when processes were read.
    pub monitors: Option<Vec<&'a str>>,
}

/// Detects changes between two [`SessionFacts`].
#[derive(Clone, Debug, Default)]
pub struct SessionEvents {
    away: bool,
    foreground: Option<String>,
    monitors: BTreeSet<String>,
    has_baseline: bool,
}

impl SessionEvents {
    /// Returns the events since the last call.
    pub fn step(&mut self, at: At, facts: &SessionFacts<'_>) -> Vec<Event> {
        let mut events = Vec::new();
        if let Some(idle) = facts.idle {
            let away = idle >= AWAY;
            if away != self.away {
                self.away = away;
                let (at, kind) = if away { (at - idle, EventKind::UserAway) } else { (at, EventKind::UserBack) };
                events.push(Event::new(at, kind, ""));
            }
        }
        if let Some((_, group)) = facts.foreground
            && self.foreground.as_deref() != Some(group)
        {
            self.foreground = Some(group.to_owned());
            events.push(Event::new(at, EventKind::Foreground, group));
        }
        if let Some(files) = &facts.monitors {
            let open: BTreeSet<String> = files.iter().map(|file| file.to_ascii_lowercase()).collect();
            // Tools that were open before monitoring began have no opening time.
            for name in open.difference(&self.monitors).filter(|_| self.has_baseline) {
                events.push(Event::new(at, EventKind::MonitorOpened, name));
            }
            for name in self.monitors.difference(&open) {
                events.push(Event::new(at, EventKind::MonitorClosed, name));
            }
            self.monitors = open;
            self.has_baseline = true;
        }
        events
    }
}

/// Events of the clock itself: clock changes and suspends.
pub fn clock_events(moment: &ClockStep) -> Vec<Event> {
    let mut events = Vec::new();
    if let Some(shift) = moment.shift {
        let by = json!({ "by_seconds": shift as f64 / 1000.0 });
        events.push(Event::new(moment.at, EventKind::ClockChanged, "").with(by));
    }
    if let Some(slept) = moment.slept {
        let seconds = json!({ "seconds": slept.0 });
        events.push(Event::new(moment.at, EventKind::Suspended, "").with(seconds));
    }
    events
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn clocks(since_boot: u64, awake: u64) -> Clocks {
        Clocks { since_boot: Duration::from_secs(since_boot), awake: Duration::from_secs(awake) }
    }

    #[test]
    fn sleep_is_noticed_and_is_no_change_of_the_clock() {
        let mut clock = SteadyClock::new(At(1_000_000), Some(clocks(100, 100)));
        assert_eq!(
            clock.step(At(1_002_000), Some(clocks(102, 102))),
            ClockStep { at: At(1_002_000), shift: None, slept: None }
        );
        let moment = clock.step(At(29_802_000), Some(clocks(28_902, 102)));
        assert_eq!(moment, ClockStep { at: At(29_802_000), shift: None, slept: Some(Seconds(28_800.0)) });
        assert_eq!(clock_events(&moment)[0].kind, EventKind::Suspended);
    }

    #[test]
    fn a_clock_that_is_set_moves_the_past_and_drift_does_not() {
        let mut clock = SteadyClock::new(At(1_000_000), Some(clocks(100, 100)));
        assert_eq!(clock.step(At(1_003_500), Some(clocks(102, 102))).shift, None);
        let moment = clock.step(At(1_003_500 + 86_400_000), Some(clocks(102, 102)));
        assert_eq!((moment.shift, moment.slept), (Some(86_400_000), None));
        let back = clock.step(At(1_005_500), Some(clocks(104, 104)));
        assert_eq!((back.shift, back.at), (Some(-86_400_000), At(1_005_500)));
        assert_eq!(clock_events(&back)[0].kind, EventKind::ClockChanged);
    }

    #[test]
    fn moments_never_go_back_by_themselves() {
        let mut clock = SteadyClock::new(At(10_000), Some(clocks(10, 10)));
        let first = clock.step(At(12_000), Some(clocks(12, 12))).at;
        let second = clock.step(At(11_900), Some(clocks(12, 12))).at;
        assert!(second > first);
    }

    #[test]
    fn leaving_and_coming_back_are_reported_with_their_true_times() {
        let mut session_events = SessionEvents::default();
        let mut idle = |at: i64, idle: f64| {
            session_events.step(At(at * 1000), &SessionFacts { idle: Some(Seconds(idle)), ..SessionFacts::default() })
        };
        assert!(idle(1000, 250.0).is_empty());
        assert_eq!(idle(1060, 310.0), [Event::new(At(750_000), EventKind::UserAway, "")]);
        assert!(idle(1100, 350.0).is_empty());
        assert_eq!(idle(1102, 0.5), [Event::new(At(1_102_000), EventKind::UserBack, "")]);
    }

    #[test]
    fn monitors_that_come_and_go_are_events_but_not_those_that_were_there() {
        let mut session_events = SessionEvents::default();
        let mut files = |at: i64, files: Vec<&'static str>| {
            let facts = SessionFacts { monitors: Some(files), ..SessionFacts::default() };
            session_events
                .step(At(at), &facts)
                .iter()
                .map(|event| (event.kind, event.subject.clone()))
                .collect::<Vec<_>>()
        };
        assert!(files(1, vec!["htop"]).is_empty());
        assert_eq!(files(2, vec!["htop", "Taskmgr.exe"]), [(EventKind::MonitorOpened, "taskmgr.exe".to_owned())]);
        assert_eq!(files(3, vec!["Taskmgr.exe"]), [(EventKind::MonitorClosed, "htop".to_owned())]);
        assert!(files(4, vec!["Taskmgr.exe"]).is_empty());
    }
}
