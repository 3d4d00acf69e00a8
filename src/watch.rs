//! Joins the parts for a live PC: sample, fold into programs, keep the history, diagnose, plan. Used by the
//! check, by the window's worker, and by whatever else watches.

use std::sync::Arc;

use crate::diagnose::{Finding, Folded, Grouper, Subject, diagnose};
use crate::knowledge::Knowledge;
use crate::model::{At, Closable, History, Machine, Me, Member, Refusal, Sample, SelfUsage};
use crate::platform;
use crate::remedy::{Plan, plan};
use crate::sampler::Sampler;

/// The clock. Everything below this module gets time as an argument.
pub fn now() -> At {
    At(jiff::Timestamp::now().as_millisecond())
}

/// What one look at the PC gives.
#[derive(Clone, Debug)]
pub struct View {
    /// The sample as the history keeps it.
    pub sample: Arc<Sample>,
    /// Every program with all its processes.
    pub folded: Arc<Folded>,
    /// Findings, worst first, with what can be done.
    pub findings: Vec<(Finding, Plan)>,
    /// What this program costs.
    pub own: SelfUsage,
}

/// Watches this PC.
pub struct Watch {
    sampler: Sampler,
    grouper: Grouper,
    history: History,
    knowledge: Arc<Knowledge>,
    me: Me,
}

impl Watch {
    /// Begins to watch; the first [`Self::look`] gives what can be known without a second one.
    pub fn new(knowledge: Arc<Knowledge>) -> Self {
        let sampler = Sampler::new();
        let machine = sampler.machine().clone();
        Self {
            grouper: Grouper::new(machine.os),
            history: History::new(machine),
            sampler,
            knowledge,
            me: platform::me(),
        }
    }

    /// The PC.
    pub const fn machine(&self) -> &Machine {
        self.history.machine()
    }

    /// Looks at the PC once.
    pub fn look(&mut self) -> View {
        let tick = self.sampler.tick(now());
        let mut sample = tick.sample;
        let folded = self.grouper.fold(&mut sample, tick.processes, &self.knowledge);
        let sample = Arc::new(sample);
        self.history.push(Arc::clone(&sample));
        let findings = diagnose(&self.history, &self.knowledge)
            .into_iter()
            .map(|finding| {
                let refusal = finding.program().and_then(|program| self.refusal(program, &folded));
                let plan = plan(&finding, refusal);
                (finding, plan)
            })
            .collect();
        View { sample, folded: Arc::new(folded), findings, own: tick.own }
    }

    /// The processes of `members` that may be closed, or why none may.
    ///
    /// # Errors
    /// The reason of the first one that may not: a program is closed as a whole or not at all.
    pub fn closable(&self, members: &[Member], folded: &Folded) -> Result<Vec<Closable>, Refusal> {
        let checked: Result<Vec<Closable>, Refusal> = members
            .iter()
            .filter_map(|member| folded.facts.get(&member.key))
            .map(|facts| Closable::check(facts, &self.knowledge.protect, &self.me))
            .collect();
        checked.and_then(|found| if found.is_empty() { Err(Refusal::NotRunning) } else { Ok(found) })
    }

    fn refusal(&self, program: &Subject, folded: &Folded) -> Option<Refusal> {
        self.closable(&program.members, folded).err()
    }
}
