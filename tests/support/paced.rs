//! Replays a history as the agent sees it: totals with every line, programs only when its pace says so.

use std::collections::HashMap;
use std::sync::Arc;

use mimamori::agent::{KEEP, needs_full_sample};
use mimamori::diagnose::Finding;
use mimamori::knowledge::Knowledge;
use mimamori::model::{At, BytesPerSec, Fraction, ProcKey, ProcSample, Reading, Sample, Seconds};
use mimamori::report::{LineError, NoHistory, RecordedSample};
use mimamori::sampler::{Depth, Pace, Totals};

use super::replay::{Replay, Step};

/// Reads programs as rarely, and keeps as little, as the agent.
pub struct PacedReplay<'a> {
    replay: Replay<'a>,
    knowledge: &'a Knowledge,
    paced: Paced,
    findings: Vec<Finding>,
}

impl<'a> PacedReplay<'a> {
    /// As [`Replay::begin`].
    ///
    /// # Errors
    /// Why the file is not a history.
    pub fn begin(header: &str, knowledge: &'a Knowledge) -> Result<Self, NoHistory> {
        let replay = Replay::begin(header, knowledge)?.keeping(KEEP);
        let paced = Paced::new(replay.history().machine().cpus);
        Ok(Self { replay, knowledge, paced, findings: Vec::new() })
    }

    /// As [`Replay::line`]; `None` also where only totals are read.
    ///
    /// # Errors
    /// Why the line was skipped.
    pub fn line(&mut self, line: &str) -> Result<Option<Step>, LineError> {
        let Some(recorded) = self.replay.read(line)? else { return Ok(None) };
        let latest = self.replay.history().latest().map(|latest| &**latest);
        let needs_full = needs_full_sample(&self.findings, latest, &self.knowledge.thresholds.steady);
        let seen = self.paced.push(recorded, needs_full).and_then(|seen| self.replay.add(seen));
        if let Some((_, findings)) = &seen {
            self.findings.clone_from(findings);
        }
        Ok(seen)
    }
}

/// Usage of a process since the last scan, in seconds of the whole PC and in bytes.
#[derive(Default)]
struct Accumulated {
    cpu: f64,
    read: Option<f64>,
    written: Option<f64>,
}

/// Merges lines until the pace asks for a scan.
struct Paced {
    cpus: u32,
    pace: Pace,
    accumulated: HashMap<ProcKey, Accumulated>,
    elapsed: f64,
    total: f64,
    rest: f64,
    nobody: Option<f64>,
    /// Bytes received and sent over the network, read from and written to disks.
    bytes: [f64; 4],
    slept: f64,
    closed: Vec<Arc<str>>,
    watched: Option<bool>,
    last: Option<At>,
}

impl Paced {
    /// For a PC with this many logical processors.
    fn new(cpus: u32) -> Self {
        Self {
            cpus,
            pace: Pace::new(cpus),
            accumulated: HashMap::new(),
            elapsed: 0.0,
            total: 0.0,
            rest: 0.0,
            nobody: None,
            bytes: [0.0; 4],
            slept: 0.0,
            closed: Vec::new(),
            watched: None,
            last: None,
        }
    }

    /// Adds a line. Returns the merged sample if the pace asks for a scan. `needs_full`: as in [`Pace::depth`].
    fn push(&mut self, line: RecordedSample, needs_full: bool) -> Option<RecordedSample> {
        let RecordedSample { sample, processes } = line;
        let span = sample.span.0;
        let slept = sample.slept.get().unwrap_or_default().0;
        // Nobody watched in between: the program was restarted.
        if self.last.is_some_and(|last| sample.at.since(last).0 > span + slept + 10.0) {
            *self = Self::new(self.cpus);
        }
        self.last = Some(sample.at);
        self.add(&sample, &processes);
        self.slept += slept;
        self.closed.extend(sample.closed.iter().cloned());
        // A monitoring tool opens with its window in front.
        let other_window = sample.watched.get() == Some(true) && self.watched == Some(false);
        self.watched = sample.watched.get().or(self.watched);
        let totals = Totals { span: sample.span, cpu: sample.cpu, memory: sample.memory, other_window };
        let depth = self.pace.depth(&totals, needs_full);
        (depth == Depth::Everything).then(|| self.join(sample, processes))
    }

    fn add(&mut self, sample: &Sample, processes: &[ProcSample]) {
        let span = sample.span.0;
        let share = |value: Reading<Fraction>| value.get().map_or(0.0, Fraction::get) * span;
        self.elapsed += span;
        self.total += share(sample.cpu);
        self.rest += share(sample.everything_else);
        if let Some(nobody) = sample.unattributed.get() {
            *self.nobody.get_or_insert(0.0) += nobody.get() * span;
        }
        let rates = [sample.net_rx, sample.net_tx, sample.disk_read, sample.disk_write];
        for (sum, rate) in self.bytes.iter_mut().zip(rates) {
            *sum += rate.get().unwrap_or_default().0 * span;
        }
        for process in processes {
            let accumulated = self.accumulated.entry(process.facts.key).or_default();
            accumulated.cpu += share(process.cpu);
            for (sum, rate) in
                [(&mut accumulated.read, process.disk_read), (&mut accumulated.written, process.disk_write)]
            {
                if let Some(BytesPerSec(rate)) = rate.get() {
                    *sum.get_or_insert(0.0) += rate * span;
                }
            }
        }
    }

    /// The scan: every living process with all its usage since the last one; the usage of those that have ended goes
    /// into the rest.
    fn join(&mut self, mut sample: Sample, mut processes: Vec<ProcSample>) -> RecordedSample {
        let elapsed = self.elapsed.max(1e-9);
        let known = |sum: f64| Reading::Known(Fraction::new((sum / elapsed).min(1.0)));
        for process in &mut processes {
            let accumulated = self.accumulated.remove(&process.facts.key).unwrap_or_default();
            process.cpu = known(accumulated.cpu);
            for (rate, sum) in
                [(&mut process.disk_read, accumulated.read), (&mut process.disk_write, accumulated.written)]
            {
                if let Some(sum) = sum {
                    *rate = Reading::Known(BytesPerSec(sum / elapsed));
                }
            }
        }
        let ended: f64 = self.accumulated.values().map(|accumulated| accumulated.cpu).sum();
        if sample.cpu.get().is_some() {
            sample.cpu = known(self.total);
            sample.program_total = sample.cpu;
        }
        if sample.everything_else.get().is_some() {
            sample.everything_else = known(self.rest + ended);
        }
        if let Some(nobody) = self.nobody {
            sample.unattributed = known(nobody + ended);
        }
        let rates = [&mut sample.net_rx, &mut sample.net_tx, &mut sample.disk_read, &mut sample.disk_write];
        for (sum, rate) in self.bytes.iter().zip(rates) {
            if rate.get().is_some() {
                *rate = Reading::Known(BytesPerSec(sum / elapsed));
            }
        }
        sample.span = Seconds(self.elapsed);
        sample.program_span = sample.span;
        if self.slept > 0.0 {
            sample.slept = Reading::Known(Seconds(self.slept));
        }
        sample.closed = std::mem::take(&mut self.closed);
        (self.elapsed, self.total, self.rest, self.nobody, self.slept) = (0.0, 0.0, 0.0, None, 0.0);
        self.bytes = [0.0; 4];
        self.accumulated.clear();
        RecordedSample { sample, processes }
    }
}
