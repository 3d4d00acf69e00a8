//! `mimamori check`: samples for a few seconds and prints the findings.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use fluent_bundle::FluentArgs;

use super::args::CheckOptions;
use super::print;
use crate::console::Output;
use crate::context::Context;
use crate::diagnose::{Finding, Severity};
use crate::exit::Exit;
use crate::explain::format;
use crate::knowledge::Knowledge;
use crate::model::{Seconds, Why};
use crate::monitor::{Monitor, Observation, now};
use crate::remedy::Plan;
use crate::report::CheckReport;
use crate::settings::{SettingsFile, recording_path};
use crate::signals;

/// Interval between samples.
const STEP: Duration = Duration::from_secs(1);

/// Samples taken when the time is over and no share is known yet…
const MORE_SAMPLES: u32 = 3;
/// …and the time before each: the system counts in hundredths of a second.
const SHORTEST_STEP: Duration = Duration::from_millis(250);

/// Runs the check and prints the result.
pub(super) fn run(check: &CheckOptions, context: &Context, output: &mut Output) -> Exit {
    run_captured(check, context, output).0
}

/// Runs the check and prints the result; also returns what was printed, for a message box.
pub(super) fn run_captured(check: &CheckOptions, context: &Context, output: &mut Output) -> (Exit, String) {
    let mut knowledge = Knowledge::clone(&context.knowledge);
    knowledge.thresholds = knowledge.thresholds.for_single_measurement(check.seconds);
    let knowledge = Arc::new(knowledge);
    let texts = context.texts(check.lang.unwrap_or(context.lang));
    let mut monitor = Monitor::new(Arc::clone(&knowledge));
    // Uses what the recording knows about this PC and the user's own work, so that the findings match the window's.
    monitor.learn(recording_path().as_deref(), now(), SettingsFile::of_user().load().my_files(now()));
    let Some(observation) = sample_until(&mut monitor, check.seconds, texts, output) else {
        output.note(&texts.get("cli-stopped"));
        return (Exit::Interrupted, String::new());
    };
    let text = if check.json {
        let report = CheckReport {
            machine: monitor.machine(),
            sample: &observation.sample,
            programs: &observation.program_table.programs,
            findings: &observation.findings,
            own: observation.own,
            knowledge: &knowledge,
            texts: [&context.ja, &context.en],
        };
        format!("{:#}\n", report.to_json())
    } else {
        as_text(&observation, check.seconds, &knowledge, texts, output)
    };
    if check.json {
        output.json(&text);
    } else {
        output.text(&text);
    }
    if observation.findings.is_empty() {
        output.note(&texts.get("cli-no-cpu"));
        return (Exit::Unavailable, text);
    }
    (exit_code(&observation.findings), text)
}

/// [`Exit::Found`] when there is something to do.
pub(super) fn exit_code(findings: &[(Finding, Plan)]) -> Exit {
    if findings.iter().any(|(finding, _)| finding.severity > Severity::Ok) { Exit::Found } else { Exit::Fine }
}

/// Samples repeatedly and returns the last observation; `None` when interrupted.
pub(super) fn sample_until(
    monitor: &mut Monitor,
    seconds: Seconds,
    texts: &crate::explain::Texts,
    output: &mut Output,
) -> Option<Observation> {
    sample_until_stopped(monitor, seconds, texts, output, &stop_flag())
}

/// A flag that is set once the program is asked to end.
pub(super) fn stop_flag() -> Arc<AtomicBool> {
    let stopped = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stopped);
    // Without a handler, Ctrl-C ends the program at once, which loses nothing.
    let _ = signals::on_stop(move || flag.store(true, Ordering::Relaxed), || Exit::Interrupted);
    stopped
}

/// [`sample_until`] with a flag that interrupts it.
pub(super) fn sample_until_stopped(
    monitor: &mut Monitor,
    seconds: Seconds,
    texts: &crate::explain::Texts,
    output: &mut Output,
    stopped: &AtomicBool,
) -> Option<Observation> {
    let begin = Instant::now();
    let end = begin + Duration::from_secs_f64(seconds.0);
    let mut observation = monitor.sample(now());
    let mut next = begin + STEP.min(Duration::from_secs_f64(seconds.0 / 3.0));
    while Instant::now() < end {
        let mut args = FluentArgs::new();
        args.set("done", begin.elapsed().as_secs().to_string());
        args.set("all", format::count(seconds.0));
        output.progress(&texts.with("cli-looking", &args));
        while Instant::now() < next.min(end) {
            if stopped.load(Ordering::Relaxed) {
                return None;
            }
            std::thread::sleep(Duration::from_millis(50).min(next.saturating_duration_since(Instant::now())));
        }
        next += STEP;
        observation = monitor.sample(now());
    }
    // On a full PC the first sample alone may take all of the time, and shares need two.
    for _ in 0..MORE_SAMPLES {
        if observation.sample.cpu.why() != Some(Why::NotYet) || stopped.load(Ordering::Relaxed) {
            break;
        }
        std::thread::sleep(SHORTEST_STEP);
        observation = monitor.sample(now());
    }
    Some(observation)
}

fn as_text(
    observation: &Observation,
    seconds: Seconds,
    knowledge: &Knowledge,
    texts: &crate::explain::Texts,
    output: &Output,
) -> String {
    let now = observation.sample.at;
    let mut args = FluentArgs::new();
    args.set("duration", format::duration(texts, seconds.0));
    args.set("time", format::date_clock(now, &Context::zone()));
    let mut text = format!("{}\n\n", texts.with("cli-looked", &args));
    for (finding, _) in &observation.findings {
        text += &print::finding(finding, knowledge, texts, &Context::zone(), output, now);
        text.push('\n');
    }
    text += &print::programs(&observation.sample, knowledge, texts, output);
    let mut args = FluentArgs::new();
    let unknown = || "-".to_owned();
    args.set("cpu", observation.own.cpu.get().map_or_else(unknown, |cpu| format::percent(cpu.get())));
    args.set("memory", observation.own.memory.get().map_or_else(unknown, |memory| format::bytes(memory.0 as f64)));
    text + "\n" + &texts.with("cli-own", &args) + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::{Lang, Texts};

    /// Regression: a PC with 4,300 processes and no processor to spare took seconds for the first sample, and was said to
    /// be one on which the use of the processor cannot be seen.
    #[test]
    fn a_check_that_had_time_for_one_sample_takes_another() {
        let knowledge = Arc::new(Knowledge::builtin().expect("tables"));
        let texts = Texts::new(Lang::En);
        let mut monitor = Monitor::new(knowledge);
        let observation = sample_until(&mut monitor, Seconds(0.0), &texts, &mut Output::new()).expect("not stopped");
        assert_ne!(observation.sample.cpu.why(), Some(Why::NotYet));
    }
}
