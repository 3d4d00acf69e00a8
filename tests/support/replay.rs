//! Replays the lines of a history through the program's own code: reader, grouper, history, diagnosis.

use std::sync::Arc;

use mimamori::diagnose::{Finding, Grouper, diagnose};
use mimamori::knowledge::Knowledge;
use mimamori::model::{At, History, Sample, Seconds};
use mimamori::report::{HistoryReader, LineError, NoHistory, RecordedSample};

/// A sample, and the findings after it.
pub type Step = (Arc<Sample>, Vec<Finding>);

/// A history that grows line by line.
pub struct Replay<'a> {
    reader: HistoryReader,
    grouper: Grouper,
    history: History,
    knowledge: &'a Knowledge,
}

impl<'a> Replay<'a> {
    /// Starts with the header.
    ///
    /// # Errors
    /// Why the file is not a history.
    pub fn begin(header: &str, knowledge: &'a Knowledge) -> Result<Self, NoHistory> {
        let reader = HistoryReader::begin(header)?;
        let machine = reader.machine().clone();
        let mut history = History::new(machine.clone());
        history.set_usual_idle(reader.usual_idle());
        Ok(Self { grouper: Grouper::new(machine.os), history, reader, knowledge })
    }

    /// Limits how long samples are kept.
    pub fn keeping(mut self, keep: Seconds) -> Self {
        let idle = self.history.usual_idle();
        self.history = History::short(self.history.machine().clone(), keep);
        self.history.set_usual_idle(idle);
        self
    }

    /// The history so far.
    pub const fn history(&self) -> &History {
        &self.history
    }

    /// Adds a line. Returns its sample with the findings after it; `None` for an empty line.
    ///
    /// # Errors
    /// Why the line was skipped.
    pub fn line(&mut self, line: &str) -> Result<Option<Step>, LineError> {
        let Some(recorded) = self.read(line)? else { return Ok(None) };
        Ok(self.add(recorded))
    }

    /// Reads a line without adding it.
    ///
    /// # Errors
    /// As [`Self::line`].
    pub fn read(&mut self, line: &str) -> Result<Option<RecordedSample>, LineError> {
        self.reader.line(line)
    }

    /// Adds a sample that was read.
    pub fn add(&mut self, recorded: RecordedSample) -> Option<Step> {
        let mut sample = recorded.sample;
        self.grouper.group(&mut sample, recorded.processes, self.knowledge);
        self.history.push(Arc::new(sample));
        let findings = diagnose(&self.history, self.knowledge);
        self.history.latest().map(|sample| (Arc::clone(sample), findings))
    }

    /// Starts afresh for the same PC: what follows is another day.
    pub fn forget(&mut self) {
        self.history = History::new(self.history.machine().clone());
    }
}

/// Seconds between the two.
pub fn seconds(from: At, to: At) -> f64 {
    to.since(from).0
}
