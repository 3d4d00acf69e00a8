//! The restart itself: ask the system, ask the user about what stands in the way, count down, restart.
//!
//! The countdown is ours: those of the systems end programs by force when they are over. Windows then still lets programs
//! ask to save; logind ends them without asking, so what is not saved has to be named before.

use crate::model::{Inhibitor, RestartCheck, RestartError, Seconds};

use super::RestartFacts;

/// Length of the countdown.
pub const COUNTDOWN: Seconds = Seconds(30.0);
/// Longest time between two steps of the countdown. After a longer one the PC was asleep or stuck, and nobody could have
/// cancelled meanwhile.
const LONGEST_STEP: Seconds = Seconds(15.0);
/// Time after which a PC that was told to restart is still on because something keeps it.
const UNDER_WAY: Seconds = Seconds(60.0);

/// Something that a restart would cost, or that the system holds against it. The user confirms each by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Blocker {
    /// The titles of these programs' windows look as if something is not saved; by English name.
    SeemsUnsaved(Vec<String>),
    /// Nobody has ticked that the work in these programs is saved. Empty where the system does not tell what is open.
    NotTicked(Vec<String>),
    /// Other users are signed in.
    OthersSignedIn,
    /// A program asked the system not to restart for now.
    Inhibited(Inhibitor),
}

impl Blocker {
    /// Returns `true` when whoever confirmed `other` knows of this one.
    fn is_part_of(&self, other: &Self) -> bool {
        let all_of = |names: &[String], known: &[String]| names.iter().all(|name| known.contains(name));
        match (self, other) {
            (Self::SeemsUnsaved(names), Self::SeemsUnsaved(known))
            | (Self::NotTicked(names), Self::NotTicked(known)) => all_of(names, known),
            _ => self == other,
        }
    }
}

/// How the restart ended without one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RestartEnd {
    /// The user cancelled it.
    Cancelled,
    /// The PC was asleep or stuck during the countdown.
    Interrupted,
    /// The system does not do it.
    Refused(RestartError),
    /// The system agreed, and the PC is still on: a program asks to save, or the user kept it on.
    NotHappened,
}

/// How far it is.
#[derive(Clone, Debug, PartialEq)]
pub enum RestartPhase {
    /// The system is asked whether it can restart, and who blocks it.
    Checking,
    /// These stand in the way. Without a second confirmation nothing happens.
    Confirm(Vec<Blocker>),
    /// The countdown.
    CountingDown {
        /// Time left.
        left: Seconds,
    },
    /// The system was told to restart.
    Requested {
        /// It asks for a password first.
        asks_password: bool,
    },
    /// There is no restart.
    Ended(RestartEnd),
}

/// What the caller does next. Its outcome comes back through [`RestartJob::checked`] or [`RestartJob::requested`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RestartOrder {
    /// Ask the system.
    Check,
    /// Restart the PC.
    Restart,
}

/// A restart that the user asked for. Times are of a clock that nobody sets and that goes on while the PC sleeps.
#[derive(Clone, Debug)]
pub struct RestartJob {
    phase: RestartPhase,
    /// The user ticked that all work is saved.
    is_saved: bool,
    /// What the user confirmed.
    accepted: Vec<Blocker>,
    asks_password: bool,
    /// End of the countdown; `None` before it.
    ends_at: Option<Seconds>,
    /// The last step of the countdown.
    stepped_at: Seconds,
    /// When the system agreed.
    agreed_at: Option<Seconds>,
}

impl RestartJob {
    /// Begins with a question to the system, which the caller asks at once. `is_saved`: the user ticked that.
    pub const fn begin(now: Seconds, is_saved: bool) -> Self {
        Self {
            phase: RestartPhase::Checking,
            is_saved,
            accepted: Vec::new(),
            asks_password: false,
            ends_at: None,
            stepped_at: now,
            agreed_at: None,
        }
    }

    /// How far it is.
    pub const fn phase(&self) -> &RestartPhase {
        &self.phase
    }

    /// Returns `true` while the user can still stop it.
    pub const fn can_cancel(&self) -> bool {
        matches!(self.phase, RestartPhase::Checking | RestartPhase::Confirm(_) | RestartPhase::CountingDown { .. })
    }

    /// Takes the system's answer. Before the countdown it begins it, after it the caller restarts the PC; either only
    /// when the user knows of everything that stands in the way.
    #[must_use]
    pub fn checked(
        &mut self,
        now: Seconds,
        answer: Result<RestartCheck, RestartError>,
        facts: &RestartFacts,
    ) -> Option<RestartOrder> {
        if self.phase != RestartPhase::Checking {
            return None;
        }
        let check = match answer {
            Ok(check) => check,
            Err(error) => {
                self.end(RestartEnd::Refused(error));
                return None;
            }
        };
        self.asks_password = check.asks_password;
        let blockers = blockers(facts, self.is_saved, check.inhibitors);
        let is_accepted = |blocker: &Blocker| self.accepted.iter().any(|known| blocker.is_part_of(known));
        if !blockers.iter().all(is_accepted) {
            self.ends_at = None;
            self.phase = RestartPhase::Confirm(blockers);
            return None;
        }
        if self.ends_at.is_some() {
            if !self.is_in_time(now) {
                self.end(RestartEnd::Interrupted);
                return None;
            }
            self.phase = RestartPhase::Requested { asks_password: self.asks_password };
            return Some(RestartOrder::Restart);
        }
        self.count_down(now);
        None
    }

    /// The user wants it although these stand in the way. What comes up until the end of the countdown is asked again.
    pub fn confirm(&mut self, now: Seconds) {
        if let RestartPhase::Confirm(blockers) = &mut self.phase {
            self.accepted = std::mem::take(blockers);
            self.count_down(now);
        }
    }

    /// The user does not want it. Without effect once the system was told.
    pub fn cancel(&mut self) {
        if self.can_cancel() {
            self.end(RestartEnd::Cancelled);
        }
    }

    /// Time has passed.
    #[must_use]
    pub fn step(&mut self, now: Seconds) -> Option<RestartOrder> {
        match self.phase {
            RestartPhase::CountingDown { .. } => {
                if !self.is_in_time(now) {
                    self.end(RestartEnd::Interrupted);
                    return None;
                }
                self.stepped_at = now;
                let left = Seconds(self.ends_at.map_or(0.0, |ends_at| (ends_at.0 - now.0).max(0.0)));
                if left.0 > 0.0 {
                    self.phase = RestartPhase::CountingDown { left };
                    return None;
                }
                // Somebody may have signed in since, or begun to burn a disc.
                self.phase = RestartPhase::Checking;
                Some(RestartOrder::Check)
            }
            RestartPhase::Requested { .. } => {
                if self.agreed_at.is_some_and(|agreed| now.0 - agreed.0 > UNDER_WAY.0) {
                    self.end(RestartEnd::NotHappened);
                }
                None
            }
            _ => None,
        }
    }

    /// Takes what the system answered to the restart.
    pub fn requested(&mut self, now: Seconds, answer: Result<(), RestartError>) {
        if !matches!(self.phase, RestartPhase::Requested { .. }) {
            return;
        }
        match answer {
            Ok(()) => self.agreed_at = Some(now),
            Err(error) => self.end(RestartEnd::Refused(error)),
        }
    }

    fn count_down(&mut self, now: Seconds) {
        (self.ends_at, self.stepped_at) = (Some(Seconds(now.0 + COUNTDOWN.0)), now);
        self.phase = RestartPhase::CountingDown { left: COUNTDOWN };
    }

    /// Returns `true` when the last step is not long ago.
    fn is_in_time(&self, now: Seconds) -> bool {
        (0.0..=LONGEST_STEP.0).contains(&(now.0 - self.stepped_at.0))
    }

    fn end(&mut self, end: RestartEnd) {
        self.phase = RestartPhase::Ended(end);
    }
}

fn blockers(facts: &RestartFacts, is_saved: bool, mut inhibitors: Vec<Inhibitor>) -> Vec<Blocker> {
    inhibitors.sort();
    inhibitors.dedup();
    let unsaved = (!facts.unsaved.is_empty()).then(|| Blocker::SeemsUnsaved(facts.unsaved.clone()));
    let open = facts.with_windows.known().map_or(&[][..], Vec::as_slice);
    let is_open = facts.with_windows.known().is_none_or(|names| !names.is_empty());
    let not_ticked = (is_open && !is_saved).then(|| Blocker::NotTicked(open.to_vec()));
    let others = (facts.others.get() == Some(true)).then_some(Blocker::OthersSignedIn);
    unsaved.into_iter().chain(not_ticked).chain(others).chain(inhibitors.into_iter().map(Blocker::Inhibited)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Reading;

    const NOTHING: RestartCheck = RestartCheck { inhibitors: Vec::new(), asks_password: false };

    fn calm() -> RestartFacts {
        RestartFacts {
            others: Reading::Known(false),
            with_windows: Reading::Known(vec!["Editor".into(), "Mail".into()]),
            ..RestartFacts::default()
        }
    }

    /// Of a user who has saved.
    fn begin(now: f64) -> RestartJob {
        RestartJob::begin(Seconds(now), true)
    }

    /// Steps every quarter of a second from `from`, and returns when it orders something or ends.
    fn run(job: &mut RestartJob, from: f64) -> (f64, Option<RestartOrder>) {
        let mut now = from;
        loop {
            now += 0.25;
            let order = job.step(Seconds(now));
            if order.is_some() || !matches!(job.phase(), RestartPhase::CountingDown { .. }) || now > from + 300.0 {
                return (now, order);
            }
        }
    }

    #[test]
    fn it_restarts_only_after_the_whole_countdown_and_a_second_look() {
        let mut job = begin(100.0);
        assert_eq!(job.checked(Seconds(101.0), Ok(NOTHING), &calm()), None);
        assert_eq!(job.phase(), &RestartPhase::CountingDown { left: COUNTDOWN });
        assert_eq!(run(&mut job, 101.0), (131.0, Some(RestartOrder::Check)));
        assert!(job.can_cancel());
        assert_eq!(job.checked(Seconds(131.1), Ok(NOTHING), &calm()), Some(RestartOrder::Restart));
        assert!(!job.can_cancel());
        job.cancel();
        assert_eq!(job.phase(), &RestartPhase::Requested { asks_password: false });
        assert_eq!(job.step(Seconds(500.0)), None);
        assert_eq!(job.phase(), &RestartPhase::Requested { asks_password: false }, "no answer yet");
        job.requested(Seconds(500.0), Ok(()));
        assert_eq!((job.step(Seconds(559.0)), job.step(Seconds(561.0))), (None, None));
        assert_eq!(job.phase(), &RestartPhase::Ended(RestartEnd::NotHappened));
    }

    #[test]
    fn whoever_cancels_is_obeyed_at_each_point() {
        for reached in 0..4 {
            let mut job = begin(0.0);
            let disc = Inhibitor { who: "disc".into(), why: "burning".into() };
            let check = RestartCheck { inhibitors: vec![disc], ..NOTHING };
            if reached > 0 {
                assert_eq!(job.checked(Seconds(0.0), Ok(check.clone()), &calm()), None);
            }
            if reached > 1 {
                job.confirm(Seconds(0.0));
            }
            if reached > 2 {
                assert_eq!(run(&mut job, 0.0).1, Some(RestartOrder::Check));
            }
            job.cancel();
            assert_eq!(job.phase(), &RestartPhase::Ended(RestartEnd::Cancelled), "{reached}");
            // A late answer and a late click change nothing.
            assert_eq!(job.checked(Seconds(31.0), Ok(check), &calm()), None);
            job.confirm(Seconds(31.0));
            assert_eq!((job.step(Seconds(32.0)), job.can_cancel()), (None, false));
            assert_eq!(job.phase(), &RestartPhase::Ended(RestartEnd::Cancelled), "{reached}");
        }
    }

    #[test]
    fn what_stands_in_the_way_is_confirmed_by_name_and_what_comes_up_later_again() {
        let disc = |why: &str| Inhibitor { who: "disc".into(), why: why.into() };
        let facts = RestartFacts { others: Reading::Known(true), unsaved: vec!["Editor".into()], ..calm() };
        let check = |why| RestartCheck { inhibitors: vec![disc(why), disc(why)], asks_password: true };
        let mut job = begin(0.0);
        assert_eq!(job.checked(Seconds(0.0), Ok(check("burning")), &facts), None);
        let all = vec![
            Blocker::SeemsUnsaved(vec!["Editor".into()]),
            Blocker::OthersSignedIn,
            Blocker::Inhibited(disc("burning")),
        ];
        assert_eq!(job.phase(), &RestartPhase::Confirm(all));
        assert_eq!((job.step(Seconds(900.0)), job.phase() == &RestartPhase::Checking), (None, false), "it waits");
        job.confirm(Seconds(900.0));
        assert_eq!(run(&mut job, 900.0).1, Some(RestartOrder::Check));
        assert_eq!(job.checked(Seconds(931.0), Ok(check("writing")), &facts), None);
        assert!(matches!(job.phase(), RestartPhase::Confirm(blockers) if blockers.len() == 3), "another reason");
        job.confirm(Seconds(940.0));
        assert_eq!(job.phase(), &RestartPhase::CountingDown { left: COUNTDOWN }, "from the beginning");
        assert_eq!(run(&mut job, 940.0).1, Some(RestartOrder::Check));
        // What has gone meanwhile needs no confirmation.
        assert_eq!(job.checked(Seconds(971.0), Ok(check("writing")), &calm()), Some(RestartOrder::Restart));
        assert_eq!(job.phase(), &RestartPhase::Requested { asks_password: true });
    }

    #[test]
    fn work_that_nobody_ticked_as_saved_is_asked_about() {
        let open = |names: &[&str]| RestartFacts {
            with_windows: Reading::Known(names.iter().map(|name| (*name).to_owned()).collect()),
            ..calm()
        };
        let asked = |facts: &RestartFacts, is_saved| {
            let mut job = RestartJob::begin(Seconds(0.0), is_saved);
            assert_eq!(job.checked(Seconds(0.0), Ok(NOTHING), facts), None);
            job
        };
        let of = |facts: &RestartFacts, is_saved| match asked(facts, is_saved).phase() {
            RestartPhase::Confirm(blockers) => blockers.clone(),
            _ => Vec::new(),
        };
        assert_eq!(of(&open(&["Editor"]), false), [Blocker::NotTicked(vec!["Editor".into()])]);
        assert_eq!((of(&open(&["Editor"]), true), of(&open(&[]), false)), (vec![], vec![]));
        let unknown = RestartFacts { with_windows: Reading::default(), ..calm() };
        assert_eq!(of(&unknown, false), [Blocker::NotTicked(vec![])]);
        // Only what is opened meanwhile is asked about again.
        for (now, order) in [(&["Editor"][..], Some(RestartOrder::Restart)), (&["Editor", "Paint"], None)] {
            let mut job = asked(&open(&["Editor", "Mail"]), false);
            job.confirm(Seconds(0.0));
            assert_eq!(run(&mut job, 0.0).1, Some(RestartOrder::Check));
            assert_eq!(job.checked(Seconds(30.0), Ok(NOTHING), &open(now)), order);
        }
    }

    #[test]
    fn a_pc_that_slept_during_the_countdown_is_not_restarted() {
        for (gap, interrupted) in [(14.0, false), (16.0, true), (30_000.0, true), (-1.0, true)] {
            let mut job = begin(0.0);
            assert_eq!(job.checked(Seconds(50.0), Ok(NOTHING), &calm()), None);
            assert_eq!(job.step(Seconds(51.0)), None);
            assert_eq!(job.step(Seconds(51.0 + gap)), None);
            assert_eq!(job.phase() == &RestartPhase::Ended(RestartEnd::Interrupted), interrupted, "{gap}");
            // Also while the system is asked for the last time.
            let mut job = begin(0.0);
            assert_eq!(job.checked(Seconds(0.0), Ok(NOTHING), &calm()), None);
            assert_eq!(run(&mut job, 0.0), (30.0, Some(RestartOrder::Check)));
            let order = job.checked(Seconds(30.0 + gap), Ok(NOTHING), &calm());
            assert_eq!(order.is_none(), interrupted, "{gap}");
        }
    }

    #[test]
    fn a_refusal_is_the_end_before_and_after_the_countdown() {
        for error in [RestartError::NotAllowed, RestartError::OthersSignedIn, RestartError::Unconfirmed] {
            let mut job = begin(0.0);
            assert_eq!(job.checked(Seconds(0.0), Err(error.clone()), &calm()), None);
            assert_eq!(job.phase(), &RestartPhase::Ended(RestartEnd::Refused(error.clone())));
            let mut job = begin(0.0);
            assert_eq!(job.checked(Seconds(0.0), Ok(NOTHING), &calm()), None);
            assert_eq!(run(&mut job, 0.0).1, Some(RestartOrder::Check));
            assert_eq!(job.checked(Seconds(31.0), Ok(NOTHING), &calm()), Some(RestartOrder::Restart));
            job.requested(Seconds(32.0), Err(error.clone()));
            assert_eq!(job.phase(), &RestartPhase::Ended(RestartEnd::Refused(error)));
        }
    }
}
