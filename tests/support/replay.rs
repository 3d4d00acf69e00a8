//! Replays the lines of a history through the code of the program: reader, grouper, history, diagnosis.

use std::sync::Arc;

use mimamori::agent::{KEEP, is_moving};
use mimamori::diagnose::{Finding, Grouper, diagnose};
use mimamori::knowledge::Knowledge;
use mimamori::model::{At, History, Sample};
use mimamori::report::{HistoryReader, LineError, NoHistory};

use super::paced::Paced;

/// A sample, and what was found after it.
pub type Step = (Arc<Sample>, Vec<Finding>);

/// A history that grows line by line.
pub struct Replay<'a> {
    reader: HistoryReader,
    grouper: Grouper,
    history: History,
    knowledge: &'a Knowledge,
    /// Only looks at what the program in the background would look at.
    paced: Option<Paced>,
    findings: Vec<Finding>,
}

impl<'a> Replay<'a> {
    /// Begins with the header.
    ///
    /// # Errors
    /// Why it is no history.
    pub fn begin(header: &str, knowledge: &'a Knowledge) -> Result<Self, NoHistory> {
        let reader = HistoryReader::begin(header)?;
        let machine = reader.machine().clone();
        let mut history = History::new(machine.clone());
        history.set_usual_idle(reader.usual_idle());
        Ok(Self { grouper: Grouper::new(machine.os), history, reader, knowledge, paced: None, findings: Vec::new() })
    }

    /// Sees the programs as seldom, and keeps as little, as the program in the background.
    pub fn at_the_pace_of_the_agent(mut self) -> Self {
        let machine = self.history.machine().clone();
        self.paced = Some(Paced::new(machine.cpus));
        let idle = self.history.usual_idle();
        self.history = History::short(machine, KEEP);
        self.history.set_usual_idle(idle);
        self
    }

    /// Adds a line; what is found after it, with the sample. `None` for an empty line, and where only the totals are
    /// looked at.
    ///
    /// # Errors
    /// Why the line was skipped.
    pub fn line(&mut self, line: &str) -> Result<Option<Step>, LineError> {
        let Some(mut recorded) = self.reader.line(line)? else { return Ok(None) };
        if let Some(paced) = &mut self.paced {
            let least = self.knowledge.thresholds.steady.gpu;
            let wanted = self.findings.iter().any(is_moving)
                || self.history.latest().is_some_and(|latest| latest.programs.iter().any(|program| program.hung))
                || self.history.latest().is_some_and(|latest| latest.gpu.get().is_some_and(|gpu| gpu.get() >= least));
            let Some(seen) = paced.look(recorded, wanted) else { return Ok(None) };
            recorded = seen;
        }
        let mut sample = recorded.sample;
        self.grouper.fold(&mut sample, recorded.processes, self.knowledge);
        self.history.push(Arc::new(sample));
        let findings = diagnose(&self.history, self.knowledge);
        self.findings.clone_from(&findings);
        Ok(self.history.latest().map(|sample| (Arc::clone(sample), findings)))
    }

    /// Begins anew for the same PC: what comes next is another day.
    pub fn forget(&mut self) {
        self.history = History::new(self.history.machine().clone());
    }
}

/// Seconds from one to the other.
pub fn seconds(from: At, to: At) -> f64 {
    to.since(from).0
}
