//! Restarting the PC: the facts for the checklist, the restart, and what it has changed.

use std::sync::mpsc::{Receiver, Sender, channel};

use super::{Host, Reply, Thread};
use crate::diagnose::{OWN_PROGRAM, ProgramTable};
use crate::explain::Lang;
use crate::model::{
    At, AutostartState, Condition, DisplayName, Event, EventKind, Fraction, Pid, ProgramKind, ProgramSample, Reading,
    RestartCheck, RestartError, Seconds, Why,
};
use crate::monitor::Observation;
use crate::remedy::restart::{
    AfterFacts, AfterRestart, AfterVerdict, NoteState, RestartEnd, RestartFacts, RestartJob, RestartNote, RestartOrder,
    RestartPhase, StartedBrowser,
};

/// Readings of the facts between two of what starts by itself, which is a few dozen files: about a minute.
const STARTING_EVERY: u64 = 10;

/// Time over which the load before and after is averaged.
const LOAD_SPAN: Seconds = Seconds(60.0);

/// What the system answers; asked on a thread, as it may take seconds.
pub(super) enum RestartAnswer {
    /// Whether it can restart, and who blocks it.
    Checked(Result<RestartCheck, RestartError>),
    /// It restarts, or does not.
    Requested(Result<(), RestartError>),
}

/// The restart that the user asked for.
pub(super) struct Restarting {
    job: RestartJob,
    check: RestartCheck,
    lang: Lang,
    sender: Sender<RestartAnswer>,
    answers: Receiver<RestartAnswer>,
    /// What the window shows.
    shown: RestartPhase,
}

/// What was noted before a restart, and what it has changed.
pub(super) struct Before {
    note: RestartNote,
    /// When this window began to measure.
    begun: At,
    after: Option<AfterRestart>,
    is_recorded: bool,
}

impl<H: Host> Thread<H> {
    /// Reads what the window before a restart has noted. It is shown once.
    pub(super) fn take_restart_note(&mut self) {
        let Some(note) = self.restart_file.read() else { return };
        let now = self.host.now();
        match note.state(now, &self.monitor.machine().boot_id, self.host.signed_in_at()) {
            NoteState::Pending => return,
            NoteState::Due => self.before = Some(Before { note, begun: now, after: None, is_recorded: false }),
            NoteState::Stale => {}
        }
        self.forget_restart_note();
    }

    fn forget_restart_note(&self) {
        self.restart_file.remove();
        if let Err(error) = self.host.end_start_once() {
            log::warn!("the start after a restart cannot be removed: {error}");
        }
    }

    /// Begins a restart, unless one is under way.
    pub(super) fn begin_restart(&mut self, is_saved: bool, lang: Lang) {
        let is_over = |restarting: &Restarting| matches!(restarting.job.phase(), RestartPhase::Ended(_));
        if self.restarting.as_ref().is_none_or(is_over) {
            let (sender, answers) = channel();
            let job = RestartJob::begin(self.steady(), is_saved);
            self.host.check_restart(sender.clone());
            let shown = job.phase().clone();
            let check = RestartCheck::default();
            self.restarting = Some(Restarting { job, check, lang, sender, answers, shown });
            self.send_restart();
        }
    }

    pub(super) fn confirm_restart(&mut self) {
        let now = self.steady();
        self.change_restart(|job| job.confirm(now));
    }

    pub(super) fn cancel_restart(&mut self) {
        self.change_restart(RestartJob::cancel);
    }

    /// No longer shows how a restart ended.
    pub(super) fn dismiss_restart(&mut self) {
        match self.restarting.as_ref().map(|restarting| restarting.job.phase()) {
            // Nobody waits for it any longer.
            Some(RestartPhase::Ended(RestartEnd::NotHappened)) => self.forget_restart_note(),
            Some(RestartPhase::Ended(_)) => {}
            _ => return,
        }
        self.restarting = None;
        self.send_restart();
    }

    /// No longer shows what a restart has changed.
    pub(super) fn dismiss_after(&mut self) {
        self.record_after();
        self.before = None;
    }

    /// Takes answers of the system, and lets the countdown go on.
    pub(super) fn step_restart(&mut self) {
        let now = self.steady();
        let Some(restarting) = &mut self.restarting else { return };
        let answer = restarting.answers.try_recv().ok();
        let order = match answer {
            Some(RestartAnswer::Checked(answer)) => {
                let facts = self.observation.clone().map(|observation| self.restart_facts(&observation));
                let Some(restarting) = &mut self.restarting else { return };
                if let Ok(check) = &answer {
                    restarting.check = check.clone();
                }
                restarting.job.checked(now, answer, &facts.unwrap_or_default())
            }
            Some(RestartAnswer::Requested(answer)) => {
                restarting.job.requested(now, answer.clone());
                self.requested(answer);
                None
            }
            None => restarting.job.step(now),
        };
        match order {
            Some(RestartOrder::Check) => {
                if let Some(restarting) = &self.restarting {
                    self.host.check_restart(restarting.sender.clone());
                }
            }
            Some(RestartOrder::Restart) => self.restart(),
            None => {}
        }
        self.show_restart();
    }

    /// Notes what is known now, and tells the system to restart.
    fn restart(&mut self) {
        let Some((check, sender, lang)) = self
            .restarting
            .as_ref()
            .map(|restarting| (restarting.check.clone(), restarting.sender.clone(), restarting.lang))
        else {
            return;
        };
        let note = self.restart_note(lang);
        self.record(&note.event());
        match self.restart_file.write(&note) {
            Ok(()) => {
                // The agent opens the window where it starts with the PC.
                let is_watched = matches!(
                    self.host.autostart_state(),
                    Reading::Known(AutostartState::On | AutostartState::OnForEveryone)
                );
                if !is_watched && let Err(error) = self.host.start_once() {
                    log::warn!("the window will not open by itself after the restart: {error}");
                }
            }
            Err(error) => log::warn!("what was found before the restart cannot be noted: {error}"),
        }
        self.host.restart_pc(check, sender);
    }

    fn restart_note(&mut self, lang: Lang) -> RestartNote {
        let (at, cpu) = (self.host.now(), self.mean_load());
        let observation = self.observation.as_ref();
        let sample = observation.map(|observation| &observation.sample);
        let findings = observation.into_iter().flat_map(|observation| &observation.findings);
        let programs = observation.into_iter().flat_map(|observation| &observation.program_table.programs);
        let browsers = programs.filter(|program| program.kind == ProgramKind::Browser);
        let note = RestartNote {
            at,
            boot_id: self.monitor.machine().boot_id.known().cloned(),
            findings: Vec::new(),
            cpu,
            temperature: sample.and_then(|sample| sample.temperature.get()),
            browsers: browsers.map(|program| program.name.to_string()).collect(),
            lang: Some(lang.code().to_owned()),
        };
        note.with_findings(findings.map(|(finding, _)| finding))
    }

    /// What came of telling the system: without a restart there is nothing to come back to.
    fn requested(&mut self, answer: Result<(), RestartError>) {
        if let Err(error) = answer
            && error != RestartError::Unconfirmed
        {
            self.forget_restart_note();
            let data = serde_json::json!({ "remedy": "restart", "verdict": "refused" });
            self.record(&Event::new(self.host.now(), EventKind::Verdict, "").with(data));
        }
    }

    fn change_restart(&mut self, change: impl FnOnce(&mut RestartJob)) {
        if let Some(restarting) = &mut self.restarting {
            change(&mut restarting.job);
        }
        self.show_restart();
    }

    /// Sends the phase when it looks different: of the countdown, whole seconds.
    fn show_restart(&mut self) {
        let Some(Restarting { job, shown, .. }) = &mut self.restarting else { return };
        let is_same = match (job.phase(), &*shown) {
            (RestartPhase::CountingDown { left }, RestartPhase::CountingDown { left: before }) => {
                left.0.ceil() as u32 == before.0.ceil() as u32
            }
            (phase, before) => phase == before,
        };
        if !is_same {
            *shown = job.phase().clone();
            self.send_restart();
        }
    }

    fn send_restart(&self) {
        self.replies.send(Reply::RestartJob(self.restarting.as_ref().map(|restarting| restarting.shown.clone())));
    }

    /// A clock that nobody sets and that goes on while the PC sleeps.
    fn steady(&self) -> Seconds {
        let clocks = self.monitor.clocks().get();
        Seconds(clocks.map_or_else(|| self.started_at.elapsed(), |clocks| clocks.since_boot).as_secs_f64())
    }

    /// Share of the PC in use over the last minute.
    fn mean_load(&mut self) -> Option<Fraction> {
        let from = self.host.now() - LOAD_SPAN;
        let samples = self.monitor.history_mut().samples().rev().take_while(|sample| sample.at > from);
        let loads: Vec<f64> = samples.filter_map(|sample| Some(sample.cpu.get()?.get())).collect();
        (!loads.is_empty()).then(|| Fraction::new(loads.iter().sum::<f64>() / loads.len() as f64))
    }

    /// What the restart has changed so far.
    fn after_restart(&mut self, observation: &Observation) -> Option<AfterRestart> {
        self.before.as_ref()?;
        let (now, cpu, signed_in) = (self.host.now(), self.mean_load(), self.host.signed_in_at());
        let boot_id = self.monitor.machine().boot_id.clone();
        let table = &observation.program_table;
        let programs = table.programs.iter().filter(|program| program.kind == ProgramKind::Browser);
        let browsers = programs.map(|program| self.started_browser(program, table)).collect();
        let before = self.before.as_mut()?;
        let facts = AfterFacts {
            now,
            boot_id,
            signed_in,
            begun: before.begun,
            browsers,
            findings: observation.findings.iter().map(|(finding, _)| finding.clone()).collect(),
            cpu,
            temperature: observation.sample.temperature.get(),
        };
        let after = AfterRestart::of(&before.note, &facts).following(before.after.take());
        before.after = Some(after.clone());
        if !matches!(after.verdict, AfterVerdict::Measuring { .. }) {
            self.record_after();
        }
        Some(after)
    }

    fn started_browser(&self, program: &ProgramSample, table: &ProgramTable) -> StartedBrowser {
        let roots = program.members.iter().filter(|member| member.root == member.key);
        let first =
            roots.filter_map(|member| Some((self.host.started_at(member.key, self.monitor.machine())?, member)));
        let first = first.min_by_key(|(started, _)| *started);
        let parent = first
            .and_then(|(_, member)| table.facts.get(&member.key))
            .and_then(|facts| table.facts.values().find(|other| other.key.pid == facts.parent));
        StartedBrowser {
            name: program.name.to_string(),
            started: first.map(|(started, _)| started),
            by: parent.map(|parent| DisplayName::new(&parent.name).as_str().to_owned()),
        }
    }

    /// Records the verdict once; that there is none when the window ends before it.
    pub(super) fn record_after(&mut self) {
        let now = self.host.now();
        let Some(before) = self.before.as_mut().filter(|before| !before.is_recorded) else { return };
        before.is_recorded = true;
        let none = || {
            let data = serde_json::json!({ "remedy": "restart", "verdict": "cannot_tell" });
            Event::new(now, EventKind::Verdict, "").with(data)
        };
        let event = before.after.as_ref().and_then(|after| after.event(now)).unwrap_or_else(none);
        self.record(&event);
    }

    /// The facts for the checklist.
    pub(super) fn restart_facts(&mut self, observation: &Observation) -> RestartFacts {
        let table = &observation.program_table;
        let own = std::process::id();
        let owners = self.host.window_owners().map(|owners| {
            let others = owners.into_iter().filter(|owner| owner.pid != own);
            let named = others.filter_map(|owner| Some((owner, program_of(table, owner.pid)?)));
            named.filter(|(_, program)| *program.name != *OWN_PROGRAM).collect::<Vec<_>>()
        });
        // A page that counts its news in front of its title is nothing to save.
        let unsaved = owners.known().into_iter().flatten();
        let unsaved = unsaved.filter(|(owner, program)| owner.seems_unsaved && program.kind != ProgramKind::Browser);
        let unsaved = names(unsaved.map(|(_, program)| *program));
        let with_windows = owners.map(|owners| names(owners.into_iter().map(|(_, program)| program)));
        if self.restart_readings.is_multiple_of(STARTING_EVERY) {
            self.starting = self.host.starting();
        }
        self.restart_readings += 1;
        let after = self.after_restart(observation);
        let browsers = table.programs.iter().filter(|program| program.kind == ProgramKind::Browser);
        let browsers: Vec<String> = browsers.map(|program| program.name.to_string()).collect();
        let restoring = restoring(&browsers, &observation.sample.condition);
        let booted_at = self.monitor.machine().booted_at.get();
        RestartFacts {
            uptime: Reading::from_option(booted_at.map(|at| self.host.now().since(at)), Why::Unsupported),
            boot_id: self.monitor.machine().boot_id.clone(),
            browsers,
            with_windows,
            unsaved,
            restoring,
            others: self.host.has_other_users(),
            pending: self.host.pending_restart(),
            starting: self.starting.clone(),
            after,
        }
    }
}

/// Those of `browsers` that bring their pages back. One that does is named whatever is not known of others; that none does
/// is known only if it is known of each.
fn restoring(browsers: &[String], condition: &Condition) -> Reading<Vec<String>> {
    let reading = |name: &String| {
        condition.browser(name).map_or(Reading::Missing(Why::Unsupported), |browser| browser.restores_session)
    };
    let restoring: Vec<String> =
        browsers.iter().filter(|name| reading(name) == Reading::Known(true)).cloned().collect();
    match browsers.iter().find_map(|name| reading(name).why()) {
        _ if !restoring.is_empty() => Reading::Known(restoring),
        Some(why) => Reading::Missing(why),
        // Of one that was closed nothing is read.
        None if browsers.is_empty() => Reading::Missing(Why::Unsupported),
        None => Reading::Known(restoring),
    }
}

fn program_of(table: &ProgramTable, pid: Pid) -> Option<&ProgramSample> {
    table.programs.iter().find(|program| program.members.iter().any(|member| member.key.pid == pid))
}

/// Each name once, in order.
fn names<'p>(programs: impl Iterator<Item = &'p ProgramSample>) -> Vec<String> {
    let mut names: Vec<String> = programs.map(|program| program.name.to_string()).collect();
    names.sort();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::BrowserState;

    #[test]
    fn a_browser_that_brings_its_pages_back_is_named_and_that_none_does_is_known_of_each() {
        let (yes, no, unknown) = (Reading::Known(true), Reading::Known(false), Reading::Missing(Why::NoPermission));
        let of = |states: &[(&str, Reading<bool>)]| {
            let state = |(name, restores_session): &(&str, Reading<bool>)| BrowserState {
                name: (*name).into(),
                restores_session: *restores_session,
                ..BrowserState::default()
            };
            let condition =
                Condition { browsers: Reading::Known(states.iter().map(state).collect()), ..Condition::default() };
            let names: Vec<String> = states.iter().map(|(name, _)| (*name).to_owned()).collect();
            restoring(&names, &condition)
        };
        assert_eq!(of(&[("Chrome", no), ("Firefox", yes)]), Reading::Known(vec!["Firefox".to_owned()]));
        assert_eq!(of(&[("Chrome", unknown), ("Firefox", yes)]), Reading::Known(vec!["Firefox".to_owned()]));
        assert_eq!(of(&[("Chrome", no), ("Firefox", no)]), Reading::Known(Vec::new()));
        assert_eq!(of(&[("Chrome", no), ("Firefox", unknown)]), Reading::Missing(Why::NoPermission));
        assert_eq!(of(&[]), Reading::Missing(Why::Unsupported), "closed, so not asked");
        assert_eq!(restoring(&["Chrome".to_owned()], &Condition::default()), Reading::Missing(Why::Unsupported));
    }
}
