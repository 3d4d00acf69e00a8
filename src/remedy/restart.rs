//! The restart checklist: steps the program can observe, and steps the user ticks.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};

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
    /// Restart rather than shut down.
    Restart,
    /// Afterwards: the PC really did restart.
    Restarted,
    /// Afterwards: the browser did not reopen its pages by itself.
    BrowserStayedAway,
}

impl Step {
    /// All steps in order.
    pub const ALL: &[Self] = Self::VARIANTS;

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
    /// Another user is signed in.
    pub others: Reading<bool>,
    /// An update is waiting for a restart.
    pub pending: Reading<bool>,
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
    let restarted = match (&ticks.boot_id, &facts.boot_id) {
        (Some(before), Reading::Known(now)) => before != now,
        _ => false,
    };
    let ticked = StepState::ByHand(ticks.done.contains(&step));
    let seen = |fine: bool| if fine { StepState::Seen } else { StepState::NotYet };
    match step {
        // That no window is open says nothing about what was saved: the note says so, and only the user ticks.
        Step::SaveWork | Step::RestoreSetting => ticked,
        Step::CloseBrowser => seen(restarted || facts.browsers.is_empty()),
        Step::OthersSignedIn => facts.others.get().map_or(ticked, |others| seen(!others)),
        Step::PendingUpdate => facts.pending.get().map_or(ticked, |pending| seen(!pending)),
        Step::Restart => seen(restarted),
        Step::Restarted if restarted => StepState::Seen,
        Step::BrowserStayedAway if restarted => seen(facts.browsers.is_empty()),
        Step::Restarted | Step::BrowserStayedAway => StepState::Later,
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
