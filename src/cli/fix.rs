//! `mimamori fix`: the remedies of the window for scripts and the helpdesk, with the same checks.

mod scan;
mod start;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::ErrorKind;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use fluent_bundle::FluentArgs;
use serde_json::{Map, Value, json};

use super::args::FixOptions;
use super::check::sample_until;
use crate::console::Output;
use crate::context::Context;
use crate::diagnose::{ProgramTable, Subject, SubjectKind};
use crate::exit::Exit;
use crate::explain::{Texts, format, name_of, system_reason};
use crate::knowledge::{Knowledge, Label};
use crate::model::{
    ActError, AutostartChange, AutostartEntry, DisplayName, Event, EventKind, LoweredProcess, Member, Pid, ProcKey,
    Reading, Refusal, Seconds,
};
use crate::monitor::{Monitor, Observation, now};
use crate::platform;
use crate::recorder::Inbox;
use crate::remedy::{
    Action, BackgroundJob, BackgroundVerdict, ClosableParts, CloseJob, CloseStatus, Loss, NotLowered, PcState, Phase,
    Verdict, launch_of,
};
use crate::report::{
    act_error_text, background_not_ended_text, background_text, close_text, not_lowered_text, refusal_text,
};
use crate::sampler::processor_wait;
use crate::scanner::{self, Scanner};
use crate::settings::{SettingsFile, recording_path};
use crate::undo_file::{By, Undo, UndoEntry, UndoFile};

/// Schema of the JSON form.
const SCHEMA: &str = "mimamori.fix/1";
/// How long the PC is sampled before a remedy begins; the verdict compares against this load.
const LOOK: Seconds = Seconds(3.0);
/// Interval between two steps of a remedy.
const STEP: Duration = Duration::from_millis(250);
/// Interval between samples.
const SAMPLE: Duration = Duration::from_secs(1);
/// Time after the end of a program during which it is watched whether it comes back.
const WATCH: Seconds = Seconds(10.0);
/// Most programs listed.
const LISTED: usize = 15;

/// How a remedy ended.
struct Outcome {
    exit: Exit,
    /// Id for scripts.
    result: &'static str,
    /// Sentence, Japanese and English.
    text: [String; 2],
    /// Figures.
    figures: Map<String, Value>,
}

impl Outcome {
    fn new(exit: Exit, result: &'static str, text: impl Fn(&Texts) -> String, context: &Context) -> Self {
        Self { exit, result, text: [text(&context.ja), text(&context.en)], figures: Map::new() }
    }

    fn with(mut self, name: &str, value: Value) -> Self {
        self.figures.insert(name.to_owned(), value);
        self
    }
}

/// Runs the command.
pub(super) fn run(options: &FixOptions, context: &Context, output: &mut Output) -> Exit {
    let texts = context.texts(options.lang.unwrap_or(context.lang));
    let knowledge = Arc::clone(&context.knowledge);
    let mut monitor = Monitor::new(Arc::clone(&knowledge));
    monitor.learn(recording_path().as_deref(), now(), SettingsFile::of_user().load().my_files(now()));
    let Some(observation) = sample_until(&mut monitor, LOOK, texts, output) else {
        output.note(&texts.get("cli-stopped"));
        return Exit::Interrupted;
    };
    let undo_file = UndoFile::of_user(monitor.machine().boot_id.known().cloned());
    let mut fix = Fix { context, texts, knowledge, monitor, observation, undo_file, scanner: scanner::installed() };
    let (Some(action), Some(target)) = (options.action, options.target.as_deref()) else {
        return fix.list(options.json, output);
    };
    let outcome = fix.act(action, target, options.yes, output);
    if options.json {
        let mut report = Map::new();
        report.insert("schema".into(), json!(SCHEMA));
        report.insert("action".into(), json!(action));
        report.insert("target".into(), json!(target));
        report.insert("result".into(), json!(outcome.result));
        report.insert("text".into(), json!({ "ja": outcome.text[0], "en": outcome.text[1] }));
        report.extend(outcome.figures);
        output.json(&format!("{:#}\n", Value::Object(report)));
    } else {
        let [ja, en] = outcome.text;
        let text = if texts.lang() == crate::explain::Lang::Ja { ja } else { en };
        match outcome.exit {
            Exit::Usage | Exit::Refused | Exit::Unavailable => output.error(&text),
            _ => output.text(&(text + "\n")),
        }
    }
    outcome.exit
}

struct Fix<'a> {
    context: &'a Context,
    texts: &'a Texts,
    knowledge: Arc<Knowledge>,
    monitor: Monitor,
    observation: Observation,
    undo_file: UndoFile,
    scanner: Option<Scanner>,
}

impl Fix<'_> {
    fn act(&mut self, action: Action, target: &str, yes: bool, output: &mut Output) -> Outcome {
        match action {
            Action::Undo | Action::Continue => return self.undo(action, target, yes, output),
            Action::StartAgain => return self.start_again(target, output),
            _ => {}
        }
        if matches!(action, Action::StartupOff | Action::StartupOn) {
            return self.switch_startup(target, action == Action::StartupOn);
        }
        let file = std::path::Path::new(target);
        if action == Action::Scan && file.is_absolute() && file.is_file() {
            let name = DisplayName::new(&file.file_name().unwrap_or_default().to_string_lossy()).as_str().to_owned();
            let (group, name) = (name.clone(), Label::same(&name));
            let subject = Subject {
                kind: SubjectKind::Program,
                group,
                name,
                path: Some(target.to_owned()),
                ..Subject::machine()
            };
            return self.scan(&subject, output);
        }
        let subject = match resolve(target, &self.observation.program_table, &self.knowledge) {
            Ok(subject) => subject,
            Err(found) => return self.not_found(target, &found),
        };
        if action == Action::Scan {
            return self.scan(&subject, output).with("program", json!(target));
        }
        let closable = self.monitor.closable(&subject.members, &self.observation.program_table);
        if let Err(refusal) = closable {
            return self.refused(&subject, refusal);
        }
        if action.loss() != Loss::Nothing && !yes {
            return self.outcome(Exit::Usage, "needs_yes", |texts| {
                let mut args = FluentArgs::new();
                args.set("name", name_of(&subject, texts));
                texts.with(&format!("fix-needs-yes-{}", action.id()), &args)
            });
        }
        match action {
            Action::Background => self.background(&subject, closable, yes, output),
            Action::Pause => self.pause(&subject, closable),
            Action::Close => self.close(subject, closable, false, output),
            Action::ForceClose => self.close(subject, closable, true, output),
            Action::NoJavascript => self.no_javascript(subject, closable, output),
            Action::StartAgain
            | Action::StartupOff
            | Action::StartupOn
            | Action::Continue
            | Action::Scan
            | Action::Undo => self.undo(action, target, yes, output),
        }
        .with("program", json!(target))
    }

    fn outcome(&self, exit: Exit, result: &'static str, text: impl Fn(&Texts) -> String) -> Outcome {
        Outcome::new(exit, result, text, self.context)
    }

    fn not_found(&self, target: &str, found: &NotFound) -> Outcome {
        let id = match found {
            NotFound::Nobody => "fix-not-found",
            NotFound::Several(_) => "fix-several",
        };
        self.outcome(Exit::Usage, "not_found", |texts| {
            let mut args = FluentArgs::new();
            args.set("target", DisplayName::new(target).as_str().to_owned());
            if let NotFound::Several(names) = found {
                args.set("names", names.join(", "));
            }
            texts.with(id, &args)
        })
    }

    fn refused(&self, subject: &Subject, refusal: Refusal) -> Outcome {
        let outcome = self.outcome(Exit::Refused, "refused", |texts| {
            let mut args = FluentArgs::new();
            args.set("name", name_of(subject, texts));
            args.set("reason", refusal_text(refusal, texts));
            texts.with("fix-refused", &args)
        });
        outcome.with("reason", json!(refusal.id()))
    }

    fn pc(&self) -> PcState<'_> {
        PcState { now: now(), sample: &self.observation.sample, programs: &self.observation.program_table }
    }

    fn close(
        &mut self,
        subject: Subject,
        closable: Result<ClosableParts, Refusal>,
        by_force: bool,
        output: &mut Output,
    ) -> Outcome {
        let group = subject.group.clone();
        // One that stands still cannot react to the request.
        if let Some(entry) = self.paused(&subject) {
            if let Err(error) = self.undo_entry(&entry) {
                log::warn!("a paused program does not go on before it is closed: {error}");
            }
            if let Err(error) = self.undo_file.remove(entry.id) {
                log::warn!("what was undone cannot be noted: {error}");
            }
        }
        let launch = launch_of(&subject, &self.observation.program_table, &self.knowledge);
        let job = self.run_close(subject, closable, by_force, Some(WATCH), output);
        let outcome = self.closed(job.status());
        let is_closed = matches!(&job.status().phase, Ok(Phase::Done { verdict, .. })
            if !matches!(verdict, Verdict::Refused | Verdict::CameBack { .. }));
        let Some(launch) = launch.ok().filter(|_| is_closed) else { return outcome };
        match self.undo_file.add(now(), &group, By::Command, Undo::Close { launch }) {
            Ok(id) => outcome.with("undo", json!(id)),
            Err(error) => {
                log::warn!("what was done cannot be noted: {error}");
                outcome
            }
        }
    }

    /// Closes a program, and watches it for `watch` after its end; `None` stops at its end.
    fn run_close(
        &mut self,
        subject: Subject,
        closable: Result<ClosableParts, Refusal>,
        by_force: bool,
        watch: Option<Seconds>,
        output: &mut Output,
    ) -> CloseJob<platform::Target> {
        let (mut job, action) = CloseJob::begin(subject, closable, self.pc(), platform::Target::open);
        if let Some(action) = &action {
            self.monitor.note_closed(&action.subject);
            record(action);
        }
        let mut sampled = Instant::now();
        let mut is_forced = false;
        loop {
            let status = job.status();
            let can_force = by_force && !is_forced && status.can_force;
            let is_over = match &status.phase {
                Ok(Phase::Done { verdict: Verdict::CameBack { .. }, .. }) => true,
                Ok(Phase::Measuring { .. } | Phase::Done { .. }) if watch.is_none() => true,
                // It may still come back.
                Ok(Phase::Done { ended, .. }) => watch.is_none_or(|watch| now().since(*ended) >= watch),
                Ok(Phase::StillOpen) | Err(ActError::NoWindow) => !can_force,
                Err(_) => true,
                Ok(_) => false,
            };
            if is_over {
                break;
            }
            if can_force && matches!(status.phase, Ok(Phase::StillOpen) | Err(ActError::NoWindow)) {
                is_forced = true;
                let update = job.force(self.pc());
                update.events.iter().for_each(record);
            }
            output.progress(&close_text(job.status(), &self.knowledge, self.texts, now()));
            std::thread::sleep(STEP);
            if sampled.elapsed() >= SAMPLE {
                sampled = Instant::now();
                self.observation = self.monitor.sample(now());
            }
            let update = job.step(self.pc());
            update.events.iter().for_each(record);
        }
        job
    }

    /// What became of closing a program.
    fn closed(&self, status: &CloseStatus) -> Outcome {
        let (exit, result) = match &status.phase {
            Ok(Phase::Done { verdict, .. }) => match verdict {
                Verdict::Worked { .. } => (Exit::Fine, "worked"),
                Verdict::NoChange { .. } => (Exit::Found, "no_change"),
                Verdict::WasSmall { .. } => (Exit::Found, "was_small"),
                Verdict::CameBack { .. } => (Exit::Found, "came_back"),
                Verdict::Refused => (Exit::Refused, "refused"),
                Verdict::CannotTell => (Exit::Unavailable, "cannot_tell"),
            },
            Ok(_) => (Exit::Found, "still_open"),
            Err(ActError::NoWindow) => (Exit::Unavailable, "no_window"),
            Err(ActError::Gone) => (Exit::Found, "gone"),
            Err(ActError::Refused) => (Exit::Refused, "refused"),
            Err(ActError::Unsupported) => (Exit::Unavailable, "not_possible"),
        };
        let outcome = self.outcome(exit, result, |texts| {
            let mut text = close_text(status, &self.knowledge, texts, now());
            if status.is_partial {
                let _ = write!(text, "\n{}", texts.get("job-partial"));
            }
            text
        });
        outcome.with("verdict", serde_json::to_value(verdict_of(status.phase.as_ref().ok())).unwrap_or_default())
    }

    fn background(
        &mut self,
        subject: &Subject,
        closable: Result<ClosableParts, Refusal>,
        yes: bool,
        output: &mut Output,
    ) -> Outcome {
        // A second entry would take the lowered values for the usual ones, and its undo would change nothing.
        let holds = |key: ProcKey| subject.members.iter().any(|member| member.key == key);
        let is_same = |entry: &UndoEntry| match &entry.undo {
            Undo::Background { parts } => parts.iter().any(|part| holds(part.key)),
            Undo::Pause { .. } | Undo::Autostart { .. } | Undo::Close { .. } | Undo::NoJavascript { .. } => false,
        };
        if let Some(entry) = self.undo_file.entries().iter().find(|entry| is_same(entry)) {
            let outcome = self
                .outcome(Exit::Found, "no_change", |texts| named("fix-in-background", &name_of(subject, texts), texts));
            return outcome.with("undo", json!(entry.id));
        }
        output.progress(&self.texts.get("fix-measuring"));
        let never = AtomicBool::new(false);
        let before = processor_wait(&never);
        let family = self.observation.program_table.pids_of(&subject.group);
        let begun = BackgroundJob::begin(subject.clone(), closable, &family, now(), yes, platform::Target::open);
        let (job, action) = match begun {
            Ok(begun) => begun,
            Err(error) => {
                let (exit, result) = match error {
                    NotLowered::Refused(_) | NotLowered::System(ActError::Refused) => (Exit::Refused, "refused"),
                    NotLowered::System(_) => (Exit::Unavailable, "not_possible"),
                    NotLowered::Lasting => (Exit::Usage, "needs_yes"),
                };
                return self.outcome(exit, result, |texts| {
                    let text = not_lowered_text(&name_of(subject, texts), error, texts);
                    if error == NotLowered::Lasting { format!("{text} {}", texts.get("fix-add-yes")) } else { text }
                });
            }
        };
        record(&action);
        let parts: Vec<LoweredProcess> = job.lowered().cloned().collect();
        let count = parts.len();
        let added = self.undo_file.add(now(), &subject.group, By::Command, Undo::Background { parts });
        if let Err(error) = &added {
            log::warn!("what was done cannot be noted: {error}");
        }
        let verdict = BackgroundVerdict::of(before, processor_wait(&never));
        record(&verdict.event(now(), &subject.group));
        let (exit, result) = match verdict {
            BackgroundVerdict::Worked { .. } => (Exit::Fine, "worked"),
            BackgroundVerdict::NoChange { .. } => (Exit::Found, "no_change"),
            BackgroundVerdict::NothingWaited => (Exit::Fine, "nothing_waited"),
        };
        let outcome = self.outcome(exit, result, |texts| background_text(&name_of(subject, texts), verdict, texts));
        let outcome = outcome.with("parts", json!(count)).with("lasting", json!(job.is_lasting()));
        match (verdict, added) {
            (BackgroundVerdict::Worked { before, after } | BackgroundVerdict::NoChange { before, after }, Ok(id)) => {
                let outcome = outcome.with("undo", json!(id));
                outcome.with("wait_before_seconds", json!(before)).with("wait_seconds", json!(after))
            }
            (_, Ok(id)) => outcome.with("undo", json!(id)),
            (_, Err(_)) => self.not_noted(outcome),
        }
    }

    /// Says that what was done cannot be undone by another run, as it could not be noted.
    fn not_noted(&self, outcome: Outcome) -> Outcome {
        let [ja, en] = outcome.text;
        let with = |text: String, texts: &Texts| format!("{text} {}", texts.get("fix-not-noted"));
        Outcome { text: [with(ja, &self.context.ja), with(en, &self.context.en)], ..outcome }
    }

    /// What was paused here of this program.
    fn paused(&self, subject: &Subject) -> Option<UndoEntry> {
        let is_member = |key: &ProcKey| subject.members.iter().any(|member| member.key == *key);
        let is_it = |entry: &UndoEntry| matches!(&entry.undo, Undo::Pause { parts } if parts.iter().any(is_member));
        self.undo_file.entries().into_iter().find(is_it)
    }

    fn pause(&self, subject: &Subject, closable: Result<ClosableParts, Refusal>) -> Outcome {
        if let Some(entry) = self.paused(subject) {
            let outcome =
                self.outcome(Exit::Found, "no_change", |texts| named("fix-is-paused", &name_of(subject, texts), texts));
            return outcome.with("undo", json!(entry.id));
        }
        let mut paused: Vec<ProcKey> = Vec::new();
        let mut error = ActError::Gone;
        for part in closable.map(|closable| closable.parts).unwrap_or_default() {
            match platform::Target::open(&part).and_then(|mut target| target.pause()) {
                Ok(()) => paused.push(part.key()),
                Err(found) => error = found,
            }
        }
        if paused.is_empty() {
            return self.failed(subject, error);
        }
        record(&Event::new(now(), EventKind::Action, &subject.group).with(json!({ "remedy": "pause" })));
        let count = paused.len();
        let added = self.undo_file.add(now(), &subject.group, By::Command, Undo::Pause { parts: paused });
        let outcome = self.outcome(Exit::Fine, "worked", |texts| named("fix-paused", &name_of(subject, texts), texts));
        let outcome = outcome.with("parts", json!(count));
        match added {
            Ok(id) => outcome.with("undo", json!(id)),
            Err(_) => self.not_noted(outcome),
        }
    }

    /// Switches an entry by its id, or by its name where only one has it.
    fn switch_startup(&self, target: &str, on: bool) -> Outcome {
        let Reading::Known(entries) = platform::autostart_entries() else {
            return self.outcome(Exit::Unavailable, "not_possible", |texts| texts.get("fix-startup-unknown"));
        };
        let by_id = entries.iter().filter(|entry| entry.id == target).collect::<Vec<_>>();
        let same = |entry: &&AutostartEntry| entry.name.to_lowercase() == target.to_lowercase();
        let found = if by_id.is_empty() { entries.iter().filter(same).collect() } else { by_id };
        let entry = match found.as_slice() {
            [entry] => *entry,
            [] => {
                return self.outcome(Exit::Usage, "not_found", |texts| {
                    texts.with_one("fix-startup-not-found", "target", DisplayName::new(target).as_str().to_owned())
                });
            }
            several => {
                let names = NotFound::Several(several.iter().map(|entry| entry.id.clone()).collect());
                return self.not_found(target, &names);
            }
        };
        let name = DisplayName::new(&entry.name).as_str().to_owned();
        let text = |id: &'static str| {
            let name = name.clone();
            move |texts: &Texts| texts.with_one(id, "name", name.clone())
        };
        if entry.on == on {
            let id = if on { "fix-startup-is-on" } else { "fix-startup-is-off" };
            return self.outcome(Exit::Found, "no_change", text(id));
        }
        match platform::autostart_switch(&entry.id, on) {
            Ok(change) => {
                let data = json!({ "remedy": if on { "startup_on" } else { "startup_off" } });
                record(&Event::new(now(), EventKind::Action, &entry.name).with(data));
                let added = self.undo_file.add(now(), &entry.name, By::Command, Undo::Autostart { change });
                let outcome =
                    self.outcome(Exit::Fine, "worked", text(if on { "fix-startup-on" } else { "fix-startup-off" }));
                match added {
                    Ok(id) => outcome.with("undo", json!(id)),
                    Err(_) => self.not_noted(outcome),
                }
            }
            Err(error) => self.startup_failed(&name, &error),
        }
    }

    fn startup_failed(&self, name: &str, error: &std::io::Error) -> Outcome {
        let (exit, result) = match error.kind() {
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => (Exit::Refused, "refused"),
            ErrorKind::AlreadyExists => (Exit::Found, "changed"),
            ErrorKind::NotFound => (Exit::Found, "gone"),
            _ => (Exit::Unavailable, "not_possible"),
        };
        self.outcome(exit, result, |texts| {
            if result == "changed" {
                return texts.with_one("fix-startup-changed", "name", name.to_owned());
            }
            let mut args = FluentArgs::new();
            args.set("name", name.to_owned());
            args.set("reason", system_reason(&error.to_string(), texts));
            texts.with("fix-failed", &args)
        })
    }

    fn failed(&self, subject: &Subject, error: ActError) -> Outcome {
        let (exit, result) = match error {
            ActError::Refused => (Exit::Refused, "refused"),
            ActError::Gone => (Exit::Found, "gone"),
            ActError::NoWindow | ActError::Unsupported => (Exit::Unavailable, "not_possible"),
        };
        self.outcome(exit, result, |texts| {
            let mut args = FluentArgs::new();
            args.set("name", name_of(subject, texts));
            args.set("reason", act_error_text(error, texts));
            texts.with("fix-failed", &args)
        })
    }

    /// Undoes the newest remedy that fits `target`: its number, or the name of the program or of a process of it.
    fn undo(&mut self, action: Action, target: &str, yes: bool, output: &mut Output) -> Outcome {
        let is_kind = |entry: &UndoEntry| action == Action::Undo || matches!(entry.undo, Undo::Pause { .. });
        let is_meant = |entry: &UndoEntry| {
            let keys: Vec<ProcKey> = match &entry.undo {
                Undo::Background { parts } => parts.iter().map(|part| part.key).collect(),
                Undo::Pause { parts } => parts.clone(),
                Undo::Autostart { .. } | Undo::Close { .. } | Undo::NoJavascript { .. } => Vec::new(),
            };
            let is_number = target.parse::<u32>().is_ok_and(|number| {
                if action == Action::Undo { entry.id == number } else { keys.iter().any(|key| key.pid == number) }
            });
            is_number || is_named(&entry.program, target, &self.knowledge)
        };
        let entries = self.undo_file.entries();
        let can_be = |entry: &&UndoEntry| is_kind(entry) && entry.is_offered(now()) && is_meant(entry);
        let Some(entry) = entries.iter().rev().find(can_be) else {
            return self.outcome(Exit::Usage, "not_found", |texts| {
                texts.with_one("fix-nothing-to-undo", "target", DisplayName::new(target).as_str().to_owned())
            });
        };
        match &entry.undo {
            Undo::Autostart { change } => return self.undo_startup(entry, change),
            Undo::Close { .. } => return self.start_again(&entry.id.to_string(), output),
            Undo::NoJavascript { launch } => return self.with_javascript(entry, launch, yes, output),
            Undo::Background { .. } | Undo::Pause { .. } => {}
        }
        let result = self.undo_entry(entry);
        if let Err(error) = self.undo_file.remove(entry.id) {
            log::warn!("what was undone cannot be noted: {error}");
        }
        let name = |texts: &Texts| crate::explain::program_name(&entry.program, &self.knowledge, texts.lang());
        let remedy = if matches!(entry.undo, Undo::Pause { .. }) { "pause" } else { "run_in_background" };
        let data = json!({ "remedy": remedy, "undone": "asked", "complete": result.is_ok() });
        record(&Event::new(now(), EventKind::Action, &entry.program).with(data));
        match result {
            Ok(()) => self.outcome(Exit::Fine, "worked", |texts| {
                let id = if remedy == "pause" { "fix-continued" } else { "background-ended" };
                named(id, &name(texts), texts)
            }),
            Err(error) => {
                let exit = if error == ActError::Refused { Exit::Refused } else { Exit::Found };
                let result = if error == ActError::Refused { "refused" } else { "gone" };
                self.outcome(exit, result, |texts| background_not_ended_text(&name(texts), error, texts))
            }
        }
    }

    fn undo_startup(&self, entry: &UndoEntry, change: &AutostartChange) -> Outcome {
        let name = DisplayName::new(&entry.program).as_str().to_owned();
        let result = platform::autostart_undo(change);
        let is_lasting = result.as_ref().is_ok_and(|()| true)
            || result
                .as_ref()
                .is_err_and(|error| matches!(error.kind(), ErrorKind::AlreadyExists | ErrorKind::NotFound));
        if is_lasting && let Err(error) = self.undo_file.remove(entry.id) {
            log::warn!("what was undone cannot be noted: {error}");
        }
        match result {
            Ok(()) => {
                let data = json!({ "remedy": "startup", "undone": "asked" });
                record(&Event::new(now(), EventKind::Action, &entry.program).with(data));
                self.outcome(Exit::Fine, "worked", |texts| texts.with_one("fix-startup-undone", "name", name.clone()))
            }
            Err(error) => self.startup_failed(&name, &error),
        }
    }

    /// Opens each process anew and checks that it is the one that was changed. One that has ended needs nothing; fails
    /// with [`ActError::Gone`] when none is left.
    fn undo_entry(&self, entry: &UndoEntry) -> Result<(), ActError> {
        let open = |key: ProcKey| {
            let closable = self.monitor.acted_on_before(key, &self.observation.program_table)?;
            platform::Target::open(&closable)
        };
        let results: Vec<Result<(), ActError>> = match &entry.undo {
            Undo::Background { parts } => {
                parts.iter().map(|part| open(part.key).and_then(|mut it| it.restore_priority(&part.before))).collect()
            }
            Undo::Pause { parts } => {
                parts.iter().map(|key| open(*key).and_then(|mut target| target.resume())).collect()
            }
            // No process: `undo` handles them.
            Undo::Autostart { .. } | Undo::Close { .. } | Undo::NoJavascript { .. } => vec![Err(ActError::Unsupported)],
        };
        let refused = results.iter().find(|result| matches!(result, Err(error) if *error != ActError::Gone));
        match refused {
            Some(refused) => *refused,
            None if results.iter().any(Result::is_ok) => Ok(()),
            None => Err(ActError::Gone),
        }
    }

    /// Returns `true` when `action` can be asked for with the name of a program that runs.
    fn is_for(&self, action: Action, subject: &Subject) -> bool {
        match action {
            Action::Background | Action::Close | Action::ForceClose | Action::Pause => true,
            Action::NoJavascript => self.knowledge.browser_places(&subject.group).is_some(),
            Action::Scan => self.scanner.is_some() && subject.path.is_some(),
            Action::Continue | Action::StartAgain | Action::StartupOff | Action::StartupOn | Action::Undo => false,
        }
    }

    /// Prints what can be done.
    fn list(&self, as_json: bool, output: &mut Output) -> Exit {
        let mut entries = self.undo_file.entries();
        entries.retain(|entry| entry.is_offered(now()));
        let offered: Vec<(Subject, Result<(), Refusal>)> = self
            .observation
            .program_table
            .programs
            .iter()
            .take(LISTED)
            .map(|program| {
                let subject = whole(program, &self.knowledge);
                let closable = self.monitor.closable(&subject.members, &self.observation.program_table);
                (subject, closable.map(drop))
            })
            .collect();
        let texts = [&self.context.ja, &self.context.en];
        let startup = platform::autostart_entries().known().cloned().unwrap_or_default();
        if as_json {
            let program = |(subject, closable): &(Subject, Result<(), Refusal>)| {
                let actions: Vec<Action> = match closable {
                    Ok(()) => Action::ALL.iter().copied().filter(|action| self.is_for(*action, subject)).collect(),
                    Err(_) => Vec::new(),
                };
                let mut value = json!({
                    "name": subject.group,
                    "pids": subject.members.iter().map(|member| member.key.pid).collect::<Vec<_>>(),
                    "actions": actions,
                });
                if let Err(refusal) = closable {
                    value["reason"] = json!(refusal.id());
                    value["text"] =
                        json!({ "ja": refusal_text(*refusal, texts[0]), "en": refusal_text(*refusal, texts[1]) });
                }
                value
            };
            let report = json!({
                "schema": SCHEMA,
                "programs": offered.iter().map(program).collect::<Vec<_>>(),
                "startup": startup,
                "undo": entries,
            });
            output.json(&format!("{report:#}\n"));
            return Exit::Fine;
        }
        let mut text = self.texts.get("fix-list-programs") + "\n";
        for (subject, closable) in &offered {
            let share = self.observation.sample.program(&subject.group).map_or(0.0, |program| program.cpu.get());
            let name = name_of(subject, self.texts);
            let actions: Vec<&str> =
                Action::ALL.iter().filter(|action| self.is_for(**action, subject)).map(|action| action.id()).collect();
            let can = match closable {
                Ok(()) => actions.join(" "),
                Err(refusal) => refusal_text(*refusal, self.texts),
            };
            let _ = writeln!(text, "  {name}  {}\n      {can}", format::percent(share));
        }
        if !startup.is_empty() {
            let _ = writeln!(text, "\n{}", self.texts.get("fix-list-startup"));
            for entry in &startup {
                let state = self.texts.get(if entry.on { "fix-list-on" } else { "fix-list-off" });
                let action = if entry.on { Action::StartupOff } else { Action::StartupOn };
                let name = DisplayName::new(&entry.name);
                let _ = writeln!(text, "  {}  {state}  {}", name.as_str(), action.id());
            }
        }
        if !entries.is_empty() {
            let _ = writeln!(text, "\n{}", self.texts.get("fix-list-undo"));
            for entry in &entries {
                let name = crate::explain::program_name(&entry.program, &self.knowledge, self.texts.lang());
                let kind = match entry.undo {
                    Undo::Background { .. } => Action::Background.id(),
                    Undo::Pause { .. } => Action::Pause.id(),
                    Undo::Autostart { .. } => "startup",
                    Undo::Close { .. } => Action::Close.id(),
                    Undo::NoJavascript { .. } => Action::NoJavascript.id(),
                };
                let at = format::date_clock(entry.at, &Context::zone());
                let _ = writeln!(text, "  {}  {kind}  {name}  {at}", entry.id);
            }
        }
        output.text(&text);
        Exit::Fine
    }
}

/// Notes it for the history; without a recording it is dropped.
fn record(event: &Event) {
    if let Some(path) = recording_path()
        && let Err(error) = Inbox::beside(&path).put(event)
    {
        log::warn!("the agent cannot be told what was done: {error}");
    }
}

fn named(id: &str, name: &str, texts: &Texts) -> String {
    texts.with_one(id, "name", name.to_owned())
}

fn verdict_of(phase: Option<&Phase>) -> Map<String, Value> {
    let mut map = Map::new();
    let Some(Phase::Done { verdict, .. }) = phase else { return map };
    match verdict {
        Verdict::Worked { before, after } => {
            map.insert("cpu_before".into(), json!(before));
            map.insert("cpu".into(), json!(after));
        }
        Verdict::NoChange { freed, before, after, .. } | Verdict::WasSmall { freed, before, after } => {
            map.insert("cpu_before".into(), json!(before));
            map.insert("cpu".into(), json!(after));
            map.insert("freed".into(), json!(freed));
        }
        Verdict::CameBack { after, by } => {
            map.insert("after_seconds".into(), json!(after));
            map.insert("by".into(), json!(by));
        }
        Verdict::Refused | Verdict::CannotTell => {}
    }
    map
}

/// Why no program was chosen.
#[derive(Debug, PartialEq)]
enum NotFound {
    /// None has this number or name.
    Nobody,
    /// These have the name.
    Several(Vec<String>),
}

/// The program that `target` names: a process by its number, with the tree below it, or a program by its name in either
/// language or that of its file.
fn resolve(target: &str, table: &ProgramTable, knowledge: &Knowledge) -> Result<Subject, NotFound> {
    if let Ok(pid) = target.parse::<Pid>() {
        let has = |program: &&crate::model::ProgramSample| program.members.iter().any(|member| member.key.pid == pid);
        let program = table.programs.iter().find(has).ok_or(NotFound::Nobody)?;
        let members = tree(pid, &program.members, table);
        return Ok(Subject { parts: members.len() as u32, members, ..whole(program, knowledge) });
    }
    let is_file = |program: &crate::model::ProgramSample| {
        let file = program.path.as_deref().and_then(|path| path.rsplit(['/', '\\']).next()).unwrap_or_default();
        let stem = file.strip_suffix(".exe").unwrap_or(file);
        !file.is_empty() && (file.eq_ignore_ascii_case(target) || stem.eq_ignore_ascii_case(target))
    };
    let by_name = table.programs.iter().filter(|program| is_named(&program.name, target, knowledge));
    let by_name: Vec<_> = by_name.collect();
    let found: Vec<_> =
        if by_name.is_empty() { table.programs.iter().filter(|one| is_file(one)).collect() } else { by_name };
    match found.as_slice() {
        [] => Err(NotFound::Nobody),
        [program] => Ok(whole(program, knowledge)),
        several => Err(NotFound::Several(several.iter().map(|program| program.name.to_string()).collect())),
    }
}

/// A process with those below it within the same program.
fn tree(pid: Pid, members: &[Member], table: &ProgramTable) -> Vec<Member> {
    let mut chosen: BTreeSet<Pid> = BTreeSet::from([pid]);
    loop {
        let count = chosen.len();
        for member in members {
            let parent = table.facts.get(&member.key).map(|facts| facts.parent);
            if parent.is_some_and(|parent| chosen.contains(&parent)) {
                chosen.insert(member.key.pid);
            }
        }
        if chosen.len() == count {
            break;
        }
    }
    let root = members.iter().find(|member| member.key.pid == pid).map(|member| member.key);
    let chosen = members.iter().filter(|member| chosen.contains(&member.key.pid));
    // Its own root: the request goes to the process that was named.
    chosen.map(|member| Member { root: root.unwrap_or(member.root), ..*member }).collect()
}

/// A program with all its processes.
fn whole(program: &crate::model::ProgramSample, knowledge: &Knowledge) -> Subject {
    let subject = Subject::program(program, knowledge, |member| member.cpu.get());
    Subject { members: program.members.to_vec(), ..subject }
}

fn is_named(program: &str, target: &str, knowledge: &Knowledge) -> bool {
    let same = |name: &str| name.to_lowercase() == target.to_lowercase();
    same(program) || knowledge.named(program).is_some_and(|known| same(&known.name.ja) || same(&known.name.en))
}
