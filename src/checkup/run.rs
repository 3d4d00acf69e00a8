//! A run of the check-up: which checks wait for a measurement, which are answered.

use std::collections::BTreeMap;

use super::check::Check;
use super::check_id::CheckId;
use super::decide::{Inputs, check, unanswered};
use crate::model::{At, Seconds, SystemFacts, Why};

/// Time after which a run ends whatever is missing.
pub const LONGEST_RUN: Seconds = Seconds(20.0);
/// Longest wait for the facts that are not in a sample.
const FACTS_TIMEOUT: Seconds = Seconds(10.0);

/// State of one check.
#[derive(Clone, Debug, PartialEq)]
pub enum CheckState {
    /// Under way since then, with the answer of an earlier run.
    Pending {
        /// When it was asked for.
        since: At,
        /// The answer before.
        before: Option<Box<Check>>,
    },
    /// Answered.
    Done(Box<Check>),
}

impl CheckState {
    /// The answer, if it is one of now.
    pub fn done(&self) -> Option<&Check> {
        match self {
            Self::Done(check) => Some(check),
            Self::Pending { .. } => None,
        }
    }
}

/// All checks, none of them run at first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CheckupRun {
    states: BTreeMap<CheckId, CheckState>,
    /// When it was last asked for.
    started: Option<At>,
}

impl CheckupRun {
    /// Asks for one check again, or for all.
    pub fn start(&mut self, which: Option<CheckId>, now: At) {
        let asked = which.map_or(CheckId::ALL.to_vec(), |id| vec![id]);
        for id in asked {
            let before = match self.states.remove(&id) {
                Some(CheckState::Done(check)) => Some(check),
                Some(CheckState::Pending { before, .. }) => before,
                None => None,
            };
            self.states.insert(id, CheckState::Pending { since: now, before });
        }
        self.started = Some(now);
    }

    /// When it was last asked for.
    pub const fn started(&self) -> Option<At> {
        self.started
    }

    /// Ends what is under way; earlier answers stand again.
    pub fn cancel(&mut self) {
        let states = std::mem::take(&mut self.states).into_iter().filter_map(|(id, state)| match state {
            CheckState::Done(_) => Some((id, state)),
            CheckState::Pending { before, .. } => Some((id, CheckState::Done(before?))),
        });
        self.states = states.collect();
    }

    /// True before the first run.
    pub const fn is_new(&self) -> bool {
        self.started.is_none()
    }

    /// True while a check is under way.
    pub fn is_running(&self) -> bool {
        self.states.values().any(|state| matches!(state, CheckState::Pending { .. }))
    }

    /// Number of answered checks.
    pub fn done(&self) -> usize {
        self.states.values().filter(|state| state.done().is_some()).count()
    }

    /// State of a check; `None` if it was never run.
    pub fn state(&self, id: CheckId) -> Option<&CheckState> {
        self.states.get(&id)
    }

    /// The answers, in order.
    pub fn checks(&self) -> impl Iterator<Item = &Check> {
        self.states.values().filter_map(CheckState::done)
    }

    /// Answers what can be answered with the sample that was just taken.
    pub fn step(&mut self, now: At, facts: Option<&SystemFacts>, inputs: &Inputs<'_>) {
        let none = SystemFacts::default();
        for (id, state) in &mut self.states {
            let CheckState::Pending { since, .. } = state else { continue };
            let waited = now.since(*since);
            let has_facts = !id.needs_facts() || facts.is_some() || waited >= FACTS_TIMEOUT;
            if waited >= id.measuring_time() && has_facts {
                let inputs = Inputs { facts: facts.unwrap_or(&none), ..*inputs };
                *state = CheckState::Done(Box::new(check(*id, &inputs)));
            }
        }
    }

    /// Ends what has been under way for too long: no sample came. A clock that was set back counts, too.
    pub fn expire(&mut self, now: At) {
        for (id, state) in &mut self.states {
            let CheckState::Pending { since, .. } = state else { continue };
            if now < *since || now.since(*since) >= LONGEST_RUN {
                *state = CheckState::Done(Box::new(unanswered(*id, Why::Stale)));
            }
        }
    }
}
