//! `fix start-again` and `fix no-javascript`: what starts a program.

use std::collections::BTreeSet;
use std::time::Instant;

use serde_json::json;

use super::{Fix, Outcome, SAMPLE, is_named, record};
use crate::console::Output;
use crate::diagnose::Subject;
use crate::exit::Exit;
use crate::explain::{Texts, name_of, program_name};
use crate::launcher;
use crate::model::{DisplayName, Event, EventKind, Launch, ProcKey, Refusal, Seconds};
use crate::monitor::now;
use crate::remedy::{
    ClosableParts, NoStart, Phase, Start, StartFailure, launch_of, running_without_javascript, without_javascript,
};
use crate::report::{Started, no_start_text, start_text};
use crate::undo_file::{By, Undo, UndoEntry};

/// Time in which a program that was started shows up.
const APPEARS: Seconds = Seconds(20.0);
/// Time for which it then has to run.
const STAYS: Seconds = Seconds(2.0);

impl Fix<'_> {
    /// Starts the program again that `target` names, the newest one that was closed.
    pub(super) fn start_again(&mut self, target: &str, output: &mut Output) -> Outcome {
        let is_meant = |entry: &&UndoEntry| {
            let is_number = target.parse::<u32>().is_ok_and(|number| entry.id == number);
            is_number || is_named(&entry.program, target, &self.knowledge)
        };
        let entries = self.undo_file.entries();
        let mut closed = entries.iter().rev().filter(|entry| entry.is_offered(now()));
        let found = closed.find_map(|entry| match &entry.undo {
            Undo::Close { launch } if is_meant(&entry) => Some((entry, launch)),
            _ => None,
        });
        let Some((entry, launch)) = found else {
            return self.outcome(Exit::Usage, "not_found", |texts| {
                texts.with_one("fix-nothing-to-start", "target", DisplayName::new(target).as_str().to_owned())
            });
        };
        let facts = &self.observation.program_table.facts;
        if facts.values().any(|facts| facts.path.known() == Some(&launch.path)) {
            let name = self.names(&entry.program);
            return self
                .outcome(Exit::Found, "no_change", |texts| texts.with_one("fix-is-running", "name", name(texts)));
        }
        let outcome = self.start(&entry.program, launch, Start::Again, output);
        if outcome.exit == Exit::Fine
            && let Err(error) = self.undo_file.remove(entry.id)
        {
            log::warn!("what was undone cannot be noted: {error}");
        }
        outcome
    }

    /// Closes a browser and opens it without JavaScript.
    pub(super) fn no_javascript(
        &mut self,
        subject: Subject,
        closable: Result<ClosableParts, Refusal>,
        output: &mut Output,
    ) -> Outcome {
        let table = &self.observation.program_table;
        let profile = launcher::no_script_profile();
        let profile = profile.as_deref().and_then(|profile| profile.to_str());
        let launches = launch_of(&subject, table, &self.knowledge)
            .and_then(|usual| Ok((without_javascript(&usual, &subject, &self.knowledge, profile)?, usual)));
        let (launch, usual) = match launches {
            Ok(launches) => launches,
            Err(why) => return self.not_started(&subject.group, why),
        };
        if running_without_javascript(table).contains(&subject.group) {
            return self.outcome(Exit::Found, "no_change", |texts| {
                texts.with_one("fix-without-javascript-already", "name", name_of(&subject, texts))
            });
        }
        let group = subject.group.clone();
        if let Some(stays) = self.close_for_start(subject, closable, output) {
            return stays;
        }
        let outcome = self.start(&group, &launch, Start::WithoutJavascript, output);
        if outcome.exit != Exit::Fine {
            return outcome;
        }
        match self.undo_file.add(now(), &group, By::Command, Undo::NoJavascript { launch: usual }) {
            Ok(id) => outcome.with("undo", json!(id)),
            Err(error) => {
                log::warn!("what was done cannot be noted: {error}");
                outcome
            }
        }
    }

    /// Closes the browser without JavaScript, and opens it as usual.
    pub(super) fn with_javascript(
        &mut self,
        entry: &UndoEntry,
        launch: &Launch,
        yes: bool,
        output: &mut Output,
    ) -> Outcome {
        let table = &self.observation.program_table;
        let is_running = running_without_javascript(table).contains(&entry.program);
        if let Some(program) = table.program(&entry.program).filter(|_| is_running) {
            let subject = super::whole(program, &self.knowledge);
            let closable = self.monitor.closable(&subject.members, table);
            if let Err(refusal) = closable {
                return self.refused(&subject, refusal);
            }
            if !yes {
                return self.outcome(Exit::Usage, "needs_yes", |texts| {
                    texts.with_one("fix-needs-yes-javascript", "name", name_of(&subject, texts))
                });
            }
            if let Some(stays) = self.close_for_start(subject, closable, output) {
                return stays;
            }
        }
        if let Err(error) = self.undo_file.remove(entry.id) {
            log::warn!("what was undone cannot be noted: {error}");
        }
        launcher::remove_profile();
        if is_running {
            return self.start(&entry.program, launch, Start::WithJavascript, output);
        }
        // Somebody has closed it since, so that the next one is as usual.
        let name = self.names(&entry.program);
        self.outcome(Exit::Fine, "worked", |texts| texts.with_one("fix-javascript-is-back", "name", name(texts)))
    }

    /// Closes a program that is opened again. Returns what became of it if it stays.
    fn close_for_start(
        &mut self,
        subject: Subject,
        closable: Result<ClosableParts, Refusal>,
        output: &mut Output,
    ) -> Option<Outcome> {
        let job = self.run_close(subject, closable, false, None, output);
        match job.status().phase {
            Ok(Phase::Measuring { .. } | Phase::Done { .. }) => None,
            _ => Some(self.closed(job.status())),
        }
    }

    /// Starts a program, and watches whether it runs.
    fn start(&mut self, program: &str, launch: &Launch, start: Start, output: &mut Output) -> Outcome {
        let before: BTreeSet<ProcKey> = self.observation.program_table.facts.keys().copied().collect();
        let result = launcher::start(launch).map_err(StartFailure::from);
        let started = match &result {
            Ok(()) => {
                record(&Event::new(now(), EventKind::Action, program).with(json!({ "remedy": start.id() })));
                self.monitor.note_started(program);
                output.progress(&self.texts.get("fix-starting"));
                self.watch_start(program, launch, start, &before)
            }
            Err(failure) => Started::Failed(failure),
        };
        let (exit, result) = match started {
            Started::Runs => (Exit::Fine, "worked"),
            Started::Ended | Started::NotSeen => (Exit::Found, "no_change"),
            Started::Failed(StartFailure::NotAllowed) => (Exit::Refused, "refused"),
            Started::Failed(_) => (Exit::Unavailable, "not_possible"),
        };
        let name = self.names(program);
        self.outcome(exit, result, |texts| start_text(&name(texts), start, started, texts))
    }

    fn watch_start(
        &mut self,
        program: &str,
        launch: &Launch,
        start: Start,
        before: &BTreeSet<ProcKey>,
    ) -> Started<'static> {
        let begun = Instant::now();
        let mut since: Option<Instant> = None;
        while begun.elapsed().as_secs_f64() < APPEARS.0 {
            std::thread::sleep(SAMPLE);
            self.observation = self.monitor.sample(now());
            let table = &self.observation.program_table;
            let mut new = table.facts.values().filter(|facts| !before.contains(&facts.key));
            let runs = new.any(|facts| facts.path.known() == Some(&launch.path));
            let is_as_wanted = start != Start::WithoutJavascript
                || running_without_javascript(table).iter().any(|name| name == program);
            match since {
                Some(since) if runs && since.elapsed().as_secs_f64() >= STAYS.0 => return Started::Runs,
                Some(_) if !runs => return Started::Ended,
                None if runs && is_as_wanted => since = Some(Instant::now()),
                _ => {}
            }
        }
        if since.is_some() { Started::Runs } else { Started::NotSeen }
    }

    fn not_started(&self, program: &str, why: NoStart) -> Outcome {
        let name = self.names(program);
        let outcome = self.outcome(Exit::Unavailable, "not_possible", |texts| no_start_text(&name(texts), why, texts));
        outcome.with("reason", json!(why.id()))
    }

    /// The name of a program in the language of some texts.
    fn names(&self, program: &str) -> impl Fn(&Texts) -> String + use<> {
        let (knowledge, program) = (std::sync::Arc::clone(&self.knowledge), program.to_owned());
        move |texts| program_name(&program, &knowledge, texts.lang())
    }
}
