//! `mimamori checkup`: answers the numbered questions of the check-up and prints the answers.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use fluent_bundle::FluentArgs;

use super::args::CheckupOptions;
use super::check::{sample_until_stopped, stop_flag};
use crate::checkup::{Check, CheckId, CheckResult, Inputs, check, check_words};
use crate::console::{Output, Style};
use crate::context::Context;
use crate::exit::Exit;
use crate::explain::{Texts, format};
use crate::knowledge::Knowledge;
use crate::model::{At, Seconds, SystemFacts};
use crate::monitor::{Monitor, now, system_facts};
use crate::platform;
use crate::report::CheckupReport;
use crate::settings::{SettingsFile, recording_path};

/// How long to measure. With the longest wait below, a run takes less than 20 s.
const MEASURE: Seconds = Seconds(7.0);
/// Longest wait for the facts that no sample carries, after the measurement.
const FACTS_TIMEOUT: Duration = Duration::from_secs(8);

/// Runs the check-up and prints the result.
pub(super) fn run(options: &CheckupOptions, context: &Context, output: &mut Output) -> Exit {
    let mut knowledge = Knowledge::clone(&context.knowledge);
    knowledge.thresholds = knowledge.thresholds.for_single_measurement(MEASURE);
    let knowledge = Arc::new(knowledge);
    let texts = context.texts(options.lang.unwrap_or(context.lang));
    let stopped = stop_flag();
    let facts = read_facts(recording_path(), Arc::clone(&knowledge));
    let mut monitor = Monitor::new(Arc::clone(&knowledge));
    monitor.learn(recording_path().as_deref(), now(), SettingsFile::of_user().load().my_files(now()));
    let observation = sample_until_stopped(&mut monitor, MEASURE, texts, output, &stopped);
    let answer = observation.and_then(|observation| Some((observation, wait_for(&facts, &stopped)?)));
    let Some((observation, facts)) = answer else {
        output.note(&texts.get("cli-stopped"));
        return Exit::Interrupted;
    };
    let machine = monitor.machine().clone();
    let inputs = Inputs {
        history: monitor.history_mut(),
        programs: &observation.program_table.programs,
        findings: &observation.findings,
        facts: &facts,
        knowledge: &knowledge,
        started: &|key| platform::started_at(key, &machine),
    };
    let answer = |id: CheckId| {
        output.progress(&progress(id, texts));
        check(id, &inputs)
    };
    let checks: Vec<Check> = CheckId::ALL.iter().copied().map(answer).collect();
    let at = observation.sample.at;
    if options.json {
        let report = CheckupReport {
            at,
            checks: &checks,
            knowledge: &knowledge,
            texts: [&context.ja, &context.en],
            zone: &Context::zone(),
        };
        output.json(&format!("{:#}\n", report.to_json()));
    } else {
        let text = as_text(&checks, at, &knowledge, texts, output);
        output.text(&text);
    }
    if checks.iter().any(|check| check.result == CheckResult::Act) { Exit::Found } else { Exit::Fine }
}

/// Reads the facts on a thread of their own: a file may lie on a drive that does not answer.
fn read_facts(recording: Option<PathBuf>, knowledge: Arc<Knowledge>) -> Receiver<SystemFacts> {
    let (outbox, inbox) = channel();
    let read = move || {
        // Nobody waits any more when the program ends.
        let _ = outbox.send(system_facts(recording.as_deref(), &knowledge, now()));
    };
    // Without a thread the channel is closed at once, and nothing is known.
    let _ = std::thread::Builder::new().name("facts".to_owned()).spawn(read);
    inbox
}

/// The facts, or none of them when they do not come; `None` when interrupted.
fn wait_for(facts: &Receiver<SystemFacts>, stopped: &AtomicBool) -> Option<SystemFacts> {
    let end = Instant::now() + FACTS_TIMEOUT;
    loop {
        match facts.recv_timeout(Duration::from_millis(50)) {
            Ok(facts) => return Some(facts),
            Err(RecvTimeoutError::Disconnected) => return Some(SystemFacts::default()),
            Err(RecvTimeoutError::Timeout) if stopped.load(Ordering::Relaxed) => return None,
            Err(RecvTimeoutError::Timeout) if Instant::now() >= end => return Some(SystemFacts::default()),
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
}

fn progress(id: CheckId, texts: &Texts) -> String {
    let mut args = FluentArgs::new();
    args.set("check", id.code());
    args.set("title", texts.get(&id.title()));
    args.set("count", CheckId::ALL.len());
    texts.with("cli-checkup-progress", &args)
}

fn as_text(checks: &[Check], at: At, knowledge: &Knowledge, texts: &Texts, output: &Output) -> String {
    let zone = Context::zone();
    let heading = texts.with_one("cli-checkup-heading", "time", format::date_clock(at, &zone));
    let mut lines = vec![output.styled(Style::Strong, &heading), String::new()];
    for check in checks {
        let words = check_words(check, knowledge, texts, &zone, false);
        let (mark, style) = match check.result {
            CheckResult::Ok => ('○', Style::Good),
            CheckResult::NotKnown => ('?', Style::Faint),
            CheckResult::Look => ('▲', Style::Warning),
            CheckResult::Act => ('■', Style::Warning),
        };
        let result = texts.get(&format!("checkup-result-{}", check.result.id()));
        let word = output.styled(style, &format!("{mark} {result}"));
        let title = output.styled(Style::Strong, &texts.get(&check.id.title()));
        lines.push(format!("{}  {title}  {word}", check.id.code()));
        lines.push(format!("  {}", words.sentence));
        lines.extend(words.saw.iter().map(|saw| format!("  - {saw}")));
        lines.push(format!("  → {}", words.next));
        lines.push(String::new());
    }
    lines.push(output.styled(Style::Strong, &texts.get("checkup-mail-title")));
    lines.push(format!("  {}", texts.get("checkup-mail")));
    lines.push(String::new());
    lines.push(summary(checks, texts));
    lines.join("\n") + "\n"
}

/// How many checks ended in each way.
fn summary(checks: &[Check], texts: &Texts) -> String {
    let mut args = FluentArgs::new();
    for (name, result) in [
        ("ok", CheckResult::Ok),
        ("look", CheckResult::Look),
        ("act", CheckResult::Act),
        ("unknown", CheckResult::NotKnown),
    ] {
        args.set(name, checks.iter().filter(|check| check.result == result).count());
    }
    texts.with("checkup-summary", &args)
}
