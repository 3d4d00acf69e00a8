//! Starting what was closed: again, or a browser without JavaScript and as usual again.

use serde_json::json;

use super::{Host, Thread};
use crate::diagnose::Subject;
use crate::model::{Event, EventKind, Launch};
use crate::monitor::Observation;
use crate::remedy::{Phase, Start, StartFailure, Verdict, running_without_javascript, without_javascript};
use crate::undo_file::{By, Undo};

impl<H: Host> Thread<H> {
    /// Starts the program of the job when it has ended, which may be now.
    pub(super) fn reopen(&mut self, start: Start) {
        let Some(job) = &mut self.job else { return };
        job.reopen(start);
        self.start_due();
        self.send_job();
    }

    /// Closes the browser that runs without JavaScript; it is opened as usual when it has ended.
    pub(super) fn back_to_normal(&mut self, group: &str) {
        let Some(observation) = &self.observation else { return };
        let Some(program) = observation.program_table.program(group) else { return };
        let subject = Subject::program(program, self.monitor.knowledge(), |member| member.cpu.get());
        let members = program.members.to_vec();
        self.begin_job(Subject { members, ..subject });
        self.reopen(Start::WithJavascript);
    }

    /// Starts what is due; returns whether something was.
    pub(super) fn start_due(&mut self) -> bool {
        let Some(job) = &mut self.job else { return false };
        let Some((start, usual)) = job.start_due().zip(job.status().launch.clone()) else { return false };
        let group = job.status().subject.group.clone();
        // Another instance has the profile, which must not be emptied under it.
        let is_running =
            |observation: &Observation| running_without_javascript(&observation.program_table).contains(&group);
        if start == Start::WithoutJavascript && self.observation.as_ref().is_some_and(is_running) {
            job.started(Ok(()));
            return true;
        }
        let entries = self.undo_file.entries();
        let earlier = entries.iter().rev().filter(|entry| entry.program == group);
        let launch = match start {
            Start::Again => usual.clone(),
            Start::WithoutJavascript => {
                let profile = self.host.no_script_profile();
                let profile = profile.as_deref().and_then(|profile| profile.to_str());
                let knowledge = self.monitor.knowledge();
                let without = without_javascript(&usual, &job.status().subject, knowledge, profile);
                let Ok(launch) = without else {
                    // Without a folder for the profile.
                    job.started(Err(StartFailure::NotAllowed));
                    return true;
                };
                launch
            }
            Start::WithJavascript => {
                self.host.remove_profile();
                // As it was before: Firefox runs with another profile now.
                let before = earlier.clone().find_map(|entry| match &entry.undo {
                    Undo::NoJavascript { launch } => Some(launch.clone()),
                    _ => None,
                });
                before.unwrap_or_else(|| usual.clone())
            }
        };
        // What could be undone before is done now.
        let done: Vec<u32> = earlier
            .filter(|entry| matches!(entry.undo, Undo::Close { .. } | Undo::NoJavascript { .. }))
            .map(|entry| entry.id)
            .collect();
        let result = self.host.start(&launch);
        job.started(result.clone());
        if result.is_ok() {
            self.note_started(&group, start, usual, &done);
        }
        true
    }

    fn note_started(&mut self, group: &str, start: Start, usual: Launch, done: &[u32]) {
        self.monitor.note_started(group);
        let event = Event::new(self.host.now(), EventKind::Action, group);
        self.record(&event.with(json!({ "remedy": start.id() })));
        for id in done {
            self.forget_undo(Some(*id));
        }
        if start == Start::WithoutJavascript {
            self.add_undo(group, Undo::NoJavascript { launch: usual });
        }
    }

    /// Notes how the program of the job is started again, once it has ended: for the command line, and for the next window.
    pub(super) fn note_ended(&mut self) {
        let Some(job) = &self.job else { return };
        let status = job.status();
        let is_closed = matches!(&status.phase, Ok(Phase::Done { verdict, .. })
            if !matches!(verdict, Verdict::Refused | Verdict::CameBack { .. }));
        let Some(launch) = status.launch.clone().filter(|_| is_closed && status.reopening.is_none()) else { return };
        let (group, key) = (status.subject.group.clone(), status.subject.members.first().map(|member| member.key));
        if self.noted_end == key {
            return;
        }
        self.noted_end = key;
        self.add_undo(&group, Undo::Close { launch });
    }

    pub(super) fn add_undo(&self, group: &str, undo: Undo) {
        if let Err(error) = self.undo_file.add(self.host.now(), group, By::Window, undo) {
            log::warn!("what was done cannot be noted: {error}");
        }
    }

    /// Shows the job no longer when its browser is seen to run without JavaScript: the reminder says so from then on.
    pub(super) fn leave_to_reminder(&mut self) {
        let (Some(job), Some(observation)) = (&self.job, &self.observation) else { return };
        let status = job.status();
        let is_open = status
            .reopening
            .as_ref()
            .is_some_and(|reopening| reopening.start == Start::WithoutJavascript && reopening.result == Some(Ok(())));
        if is_open && running_without_javascript(&observation.program_table).contains(&status.subject.group) {
            self.set_job_aside();
            self.send_job();
        }
    }

    /// Deletes the profile without JavaScript when its browser was closed by hand.
    pub(super) fn remove_unused_profile(&self) {
        let Some(observation) = &self.observation else { return };
        if running_without_javascript(&observation.program_table).is_empty() {
            self.host.remove_profile();
        }
    }
}
