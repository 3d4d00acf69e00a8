//! The checklist: steps the program can observe, and steps the user ticks.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};

use super::after::{AfterRestart, AfterVerdict, BrowserReturn, Restarted};
use crate::model::{Reading, Seconds};

/// A step of the checklist, in display order.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, IntoStaticStr, VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Step {
    /// Save the work in programs that have windows.
    SaveWork,
    /// Close the browser from here, so that the system does not reopen its pages.
    CloseBrowser,
    /// Check whether the browser is set to restore its pages.
    RestoreSetting,
    /// Other signed-in users lose their work.
    OthersSignedIn,
    /// An update is waiting for the restart and makes it take longer.
    PendingUpdate,
    /// Programs that start by themselves after it.
    StartsAgain,
    /// Restart rather than shut down.
    Restart,
    /// Afterwards: the PC really did restart.
    Restarted,
    /// Afterwards: the browser did not reopen its pages by itself.
    BrowserStayedAway,
    /// Afterwards: what was found before is gone.
    Fixed,
}

impl Step {
    /// All steps in order.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// Returns `true` for a step that comes after the restart.
    pub const fn is_after(self) -> bool {
        matches!(self, Self::Restarted | Self::BrowserStayedAway | Self::Fixed)
    }

    /// The id used in texts.
    pub fn id(self) -> &'static str {
        self.into()
    }
}

/// Facts that decide the observable steps.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RestartFacts {
    /// Time since boot.
    pub uptime: Reading<Seconds>,
    /// Identity of the current boot.
    pub boot_id: Reading<String>,
    /// Running browsers, by English name.
    pub browsers: Vec<String>,
    /// Programs with windows, by English name.
    pub with_windows: Reading<Vec<String>>,
    /// Those among them whose titles look as if something is not saved.
    pub unsaved: Vec<String>,
    /// Browsers that bring their pages back when they start, by English name. Missing if that is not known of each.
    pub restoring: Reading<Vec<String>>,
    /// Another user is signed in.
    pub others: Reading<bool>,
    /// An update is waiting for a restart.
    pub pending: Reading<bool>,
    /// What starts by itself, as the system calls it.
    pub starting: Reading<Vec<String>>,
    /// What the restart has changed, once there was one.
    pub after: Option<AfterRestart>,
}

/// Progress that survives restarts of the program and of the PC.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Ticks {
    /// Boot in which the checklist was started.
    pub boot_id: Option<String>,
    /// Steps ticked by hand.
    pub done: BTreeSet<Step>,
}

/// State of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StepState {
    /// Observed to be fine; nothing to do.
    Seen,
    /// Observed not to be fine yet.
    NotYet,
    /// Only the user knows: ticked or not.
    ByHand(bool),
    /// Comes after the restart.
    Later,
}

/// Returns the state of `step`.
pub fn state(step: Step, facts: &RestartFacts, ticks: &Ticks) -> StepState {
    if let Some(after) = &facts.after {
        return after_state(step, after, facts, ticks);
    }
    let restarted = match (&ticks.boot_id, &facts.boot_id) {
        (Some(before), Reading::Known(now)) => before != now,
        _ => false,
    };
    let ticked = StepState::ByHand(ticks.done.contains(&step));
    let seen = |fine: bool| if fine { StepState::Seen } else { StepState::NotYet };
    match step {
        Step::RestoreSetting => facts.restoring.known().map_or(ticked, |restoring| seen(restoring.is_empty())),
        Step::StartsAgain if facts.starting.known().is_some_and(Vec::is_empty) => StepState::Seen,
        // Most of what starts is wanted, and that no window is open says nothing about what was saved: only the user
        // ticks.
        Step::SaveWork | Step::StartsAgain => ticked,
        Step::CloseBrowser => seen(restarted || facts.browsers.is_empty()),
        Step::OthersSignedIn => facts.others.get().map_or(ticked, |others| seen(!others)),
        Step::PendingUpdate => facts.pending.get().map_or(ticked, |pending| seen(!pending)),
        Step::Restart => seen(restarted),
        Step::Restarted if restarted => StepState::Seen,
        Step::BrowserStayedAway if restarted => seen(facts.browsers.is_empty()),
        Step::Restarted | Step::BrowserStayedAway | Step::Fixed => StepState::Later,
    }
}

/// State of a step after a restart that was begun here.
fn after_state(step: Step, after: &AfterRestart, facts: &RestartFacts, ticks: &Ticks) -> StepState {
    match step {
        Step::Restart | Step::Restarted => match after.restarted {
            Restarted::Yes => StepState::Seen,
            Restarted::No => StepState::NotYet,
            Restarted::CannotTell => StepState::ByHand(ticks.done.contains(&step)),
        },
        Step::BrowserStayedAway => match &after.browser {
            BrowserReturn::StayedAway | BrowserReturn::OpenedLater(_) => StepState::Seen,
            BrowserReturn::CameBack(_) => StepState::NotYet,
            BrowserReturn::CannotTell(_) => StepState::ByHand(ticks.done.contains(&step)),
        },
        Step::Fixed => match &after.verdict {
            AfterVerdict::Measuring { .. } => StepState::Later,
            AfterVerdict::Fixed => StepState::Seen,
            AfterVerdict::NotFixed(_) => StepState::NotYet,
            AfterVerdict::NothingBefore | AfterVerdict::NotRestarted | AfterVerdict::CannotTell => {
                StepState::ByHand(ticks.done.contains(&step))
            }
        },
        _ => state(step, &RestartFacts { after: None, ..facts.clone() }, &Ticks { boot_id: None, ..ticks.clone() }),
    }
}

/// Ticks or unticks a step by hand. The first tick stores the current boot, from which a restart is recognized.
pub fn toggle(step: Step, facts: &RestartFacts, ticks: &mut Ticks) {
    if !ticks.done.remove(&step) {
        ticks.done.insert(step);
    }
    if ticks.boot_id.is_none() {
        ticks.boot_id = facts.boot_id.known().cloned();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(boot: &str) -> RestartFacts {
        RestartFacts { boot_id: Reading::Known(boot.into()), others: Reading::Known(false), ..RestartFacts::default() }
    }

    #[test]
    fn what_can_be_seen_is_seen_and_the_rest_is_ticked_by_hand() {
        let mut ticks = Ticks::default();
        assert_eq!(state(Step::OthersSignedIn, &facts("a"), &ticks), StepState::Seen);
        assert_eq!(state(Step::SaveWork, &facts("a"), &ticks), StepState::ByHand(false));
        toggle(Step::SaveWork, &facts("a"), &mut ticks);
        assert_eq!(state(Step::SaveWork, &facts("a"), &ticks), StepState::ByHand(true));
        let open = RestartFacts { browsers: vec!["Firefox".into()], ..facts("a") };
        assert_eq!(state(Step::CloseBrowser, &open, &ticks), StepState::NotYet);
    }

    #[test]
    fn what_is_not_known_is_ticked_by_hand() {
        let known =
            RestartFacts { restoring: Reading::Known(Vec::new()), starting: Reading::Known(Vec::new()), ..facts("a") };
        for step in [Step::RestoreSetting, Step::StartsAgain] {
            assert_eq!(state(step, &facts("a"), &Ticks::default()), StepState::ByHand(false));
            assert_eq!(state(step, &known, &Ticks::default()), StepState::Seen);
        }
        let listed = || Reading::Known(vec!["Chrome".to_owned()]);
        let listed = RestartFacts { restoring: listed(), starting: listed(), ..facts("a") };
        assert_eq!(state(Step::RestoreSetting, &listed, &Ticks::default()), StepState::NotYet);
        assert_eq!(state(Step::StartsAgain, &listed, &Ticks::default()), StepState::ByHand(false), "most are wanted");
    }

    #[test]
    fn after_a_restart_that_was_begun_here_the_steps_follow_what_was_measured() {
        let after = |restarted, verdict| AfterRestart {
            at: crate::model::At(0),
            restarted,
            browser: BrowserReturn::StayedAway,
            load: None,
            heat: None,
            before: Vec::new(),
            verdict,
        };
        let of = |after: AfterRestart, step| {
            // Ticks of before must not count as the restart.
            let ticks = Ticks { boot_id: Some("long ago".into()), done: BTreeSet::new() };
            state(step, &RestartFacts { after: Some(after), ..facts("b") }, &ticks)
        };
        let until = crate::model::At(9);
        for (restarted, verdict, step, expected) in [
            (Restarted::Yes, AfterVerdict::Fixed, Step::Restarted, StepState::Seen),
            (Restarted::Yes, AfterVerdict::Fixed, Step::Fixed, StepState::Seen),
            (Restarted::Yes, AfterVerdict::Fixed, Step::BrowserStayedAway, StepState::Seen),
            (Restarted::Yes, AfterVerdict::Measuring { until }, Step::Fixed, StepState::Later),
            (Restarted::Yes, AfterVerdict::NotFixed(Vec::new()), Step::Fixed, StepState::NotYet),
            (Restarted::Yes, AfterVerdict::NothingBefore, Step::Fixed, StepState::ByHand(false)),
            (Restarted::No, AfterVerdict::NotRestarted, Step::Restarted, StepState::NotYet),
            (Restarted::CannotTell, AfterVerdict::CannotTell, Step::Restarted, StepState::ByHand(false)),
        ] {
            assert_eq!(of(after(restarted, verdict), step), expected, "{step:?}");
        }
        let mut back = after(Restarted::Yes, AfterVerdict::Fixed);
        back.browser = BrowserReturn::CameBack(Vec::new());
        assert_eq!(of(back, Step::BrowserStayedAway), StepState::NotYet);
    }

    #[test]
    fn without_a_window_nobody_is_told_that_work_was_saved() {
        let nothing_open = RestartFacts { with_windows: Reading::Known(Vec::new()), ..facts("a") };
        assert_eq!(state(Step::SaveWork, &nothing_open, &Ticks::default()), StepState::ByHand(false));
    }

    #[test]
    fn only_a_new_boot_counts_as_a_restart() {
        let mut ticks = Ticks::default();
        toggle(Step::SaveWork, &facts("a"), &mut ticks);
        assert_eq!(state(Step::Restart, &facts("a"), &ticks), StepState::NotYet);
        assert_eq!(state(Step::Restarted, &facts("a"), &ticks), StepState::Later);
        assert_eq!(state(Step::Restarted, &facts("b"), &ticks), StepState::Seen);
        let back = RestartFacts { browsers: vec!["Firefox".into()], ..facts("b") };
        assert_eq!(state(Step::BrowserStayedAway, &back, &ticks), StepState::NotYet);
    }
}
