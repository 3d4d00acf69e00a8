//! Programs that run in the background as long as the window is open.

use std::sync::atomic::Ordering;

use super::{Host, Reply, Thread};
use crate::diagnose::{ProgramTable, Subject};
use crate::model::{ActError, LoweredProcess, Refusal};
use crate::remedy::{
    BackgroundEnd, BackgroundJob, BackgroundPhase, BackgroundStatus, BackgroundVerdict, ClosableParts, Target,
};
use crate::undo_file::{By, Undo};

/// A program in the background.
pub(super) struct Lowered<T> {
    job: BackgroundJob<T>,
    verdict: BackgroundVerdict,
    /// Its number in the file of what can be undone.
    undo: Option<u32>,
}

impl<T: Target> Lowered<T> {
    fn status(&self) -> BackgroundStatus {
        let phase = BackgroundPhase::Running { verdict: self.verdict, lasting: self.job.is_lasting() };
        BackgroundStatus { subject: self.job.subject().clone(), phase }
    }
}

impl<H: Host> Thread<H> {
    /// Lets every other program go first. Takes about a second, in which the wait of the others is measured.
    pub(super) fn run_in_background(&mut self, subject: &Subject, accept_lasting: bool) {
        let Some(observation) = self.observation.clone() else { return };
        if self.lowered.iter().any(|lowered| lowered.job.subject().group == subject.group) {
            return;
        }
        let table = &observation.program_table;
        self.tell(subject, BackgroundPhase::Measuring);
        let before = self.host.processor_wait(&self.closing);
        if self.is_closing() {
            return;
        }
        let closable = self.closable_program(&subject.group, table);
        let family = table.pids_of(&subject.group);
        let (now, host) = (self.host.now(), &self.host);
        let begun =
            BackgroundJob::begin(subject.clone(), closable, &family, now, accept_lasting, |what| host.open(what));
        let (job, action) = match begun {
            Ok(begun) => begun,
            Err(error) => return self.tell(subject, BackgroundPhase::Failed(error)),
        };
        self.record(&action);
        let added = self.undo_file.add(self.host.now(), &subject.group, By::Window, undo_of(&job));
        if let Err(error) = &added {
            log::warn!("what was done cannot be noted: {error}");
        }
        let verdict = BackgroundVerdict::of(before, self.host.processor_wait(&self.closing));
        // A measurement that was cut short says nothing.
        if !self.is_closing() {
            self.record(&verdict.event(self.host.now(), &subject.group));
        }
        self.background_notices.retain(|notice| notice.subject.group != subject.group);
        self.lowered.push(Lowered { job, verdict, undo: added.ok() });
        self.send_background();
    }

    /// Puts a program back.
    pub(super) fn end_background(&mut self, group: &str, why: BackgroundEnd) {
        let Some(index) = self.lowered.iter().position(|lowered| lowered.job.subject().group == group) else { return };
        let Lowered { job, undo, .. } = self.lowered.remove(index);
        let subject = job.subject().clone();
        let (result, event) = job.end(self.host.now(), why);
        self.record(&event);
        self.forget_undo(undo);
        self.tell(&subject, BackgroundPhase::Ended { why, result });
    }

    /// Puts every program back: the window closes.
    pub(super) fn end_all_in_background(&mut self) {
        for Lowered { job, undo, .. } in std::mem::take(&mut self.lowered) {
            let (_, event) = job.end(self.host.now(), BackgroundEnd::ToolEnds);
            self.record(&event);
            self.forget_undo(undo);
        }
    }

    /// No longer shows what became of a program.
    pub(super) fn dismiss_background(&mut self, group: &str) {
        self.background_notices.retain(|notice| notice.subject.group != group);
        self.send_background();
    }

    /// After a sample: includes new parts, forgets programs that have ended, and puts back one that is used again.
    pub(super) fn follow_background(&mut self) {
        if self.lowered.is_empty() {
            return;
        }
        let Some(observation) = self.observation.clone() else { return };
        let front = observation.sample.foreground.get();
        let used = |lowered: &&Lowered<H::Target>| front.is_some_and(|front| lowered.job.contains(front));
        let used: Vec<String> =
            self.lowered.iter().filter(used).map(|lowered| lowered.job.subject().group.clone()).collect();
        for group in used {
            self.end_background(&group, BackgroundEnd::Used);
        }
        let mut lowered = std::mem::take(&mut self.lowered);
        let count = lowered.len();
        for Lowered { job, undo, .. } in &mut lowered {
            let group = job.subject().group.clone();
            let family = observation.program_table.pids_of(&group);
            let Ok(closable) = self.closable_program(&group, &observation.program_table) else { continue };
            let host = &self.host;
            if job.include(&closable, &family, |what| host.open(what))
                && let Some(id) = *undo
                && let Err(error) = self.undo_file.set(id, &undo_of(job))
            {
                log::warn!("what was done cannot be noted: {error}");
            }
        }
        let (running, ended): (Vec<_>, Vec<_>) = lowered.into_iter().partition(|lowered| lowered.job.is_running());
        self.lowered = running;
        for Lowered { undo, .. } in ended {
            self.forget_undo(undo);
        }
        if self.lowered.len() < count {
            self.send_background();
        }
    }

    /// Puts back what a window left that did not end in order.
    pub(super) fn restore_left_over(&mut self) {
        let Some(observation) = self.observation.clone() else { return };
        for entry in self.undo_file.entries().into_iter().filter(|entry| entry.by == By::Window) {
            let Undo::Background { parts } = &entry.undo else { continue };
            for part in parts {
                // One that has ended needs nothing.
                let _ = self.restore(part, &observation.program_table);
            }
            self.forget_undo(Some(entry.id));
        }
    }

    fn restore(&self, part: &LoweredProcess, table: &ProgramTable) -> Result<(), ActError> {
        let mut target = self.host.open(&self.monitor.acted_on_before(part.key, table)?)?;
        target.restore_priority(&part.before)
    }

    fn closable_program(&self, group: &str, table: &ProgramTable) -> Result<ClosableParts, Refusal> {
        let program = table.program(group).ok_or(Refusal::NotRunning)?;
        self.monitor.closable(&program.members, table)
    }

    pub(super) fn forget_undo(&self, id: Option<u32>) {
        if let Some(Err(error)) = id.map(|id| self.undo_file.remove(id)) {
            log::warn!("what was undone cannot be noted: {error}");
        }
    }

    /// Shows what became of a program that is not in the background.
    fn tell(&mut self, subject: &Subject, phase: BackgroundPhase) {
        self.background_notices.retain(|notice| notice.subject.group != subject.group);
        self.background_notices.push(BackgroundStatus { subject: subject.clone(), phase });
        self.send_background();
    }

    fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Relaxed)
    }

    fn send_background(&self) {
        let running = self.lowered.iter().map(Lowered::status);
        let all = self.background_notices.iter().cloned().chain(running).collect();
        self.has_lowered.store(!self.lowered.is_empty(), Ordering::Relaxed);
        self.replies.send(Reply::InBackground(all));
    }
}

fn undo_of<T: Target>(job: &BackgroundJob<T>) -> Undo {
    Undo::Background { parts: job.lowered().cloned().collect() }
}
