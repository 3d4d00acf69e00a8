//! Why the PC went off before this start. The system is asked once; the answer is recorded at once and notified when it
//! disturbs nobody.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};

use super::notification_policy::NotificationPolicy;
use crate::explain::Texts;
use crate::model::{At, Event, EventKind, Reading, Sample, Seconds};
use crate::platform::StopCause;
use crate::recorder::{PreviousRun, Reader, Tier};

/// Span before the stop over which the busiest programs are determined.
const BEFORE: Seconds = Seconds(60.0);
/// Number of programs reported.
const PROGRAMS: usize = 3;
/// Smallest mean processor share reported: less is no load.
const MIN_CPU: f64 = 0.05;

/// Programs by English name, with their mean processor share.
type Busy = Vec<(Arc<str>, f64)>;

/// A sudden stop, from the question to the system until the notification.
#[derive(Default)]
pub(super) struct LastStop {
    previous: Option<PreviousRun>,
    /// Busiest programs just before the stop.
    busy: Busy,
    to_notify: Option<Event>,
}

impl LastStop {
    /// Checks the previous run. It ended suddenly when it lacks its clean mark and the PC was restarted since; returns
    /// its boot id and the time it was last seen, with which to ask the system for the cause.
    pub(super) fn check_previous(
        &mut self,
        previous: PreviousRun,
        path: Option<&Path>,
        boot: Option<&String>,
    ) -> Option<(Option<String>, At)> {
        if previous.clean || previous.boot_id.is_none() || previous.boot_id.as_ref() == boot {
            return None;
        }
        let question = (previous.boot_id.clone(), previous.last_seen);
        self.busy = path.map(|path| busy_before(path, previous.last_seen)).unwrap_or_default();
        self.previous = Some(previous);
        Some(question)
    }

    /// Takes the system's answer and returns the event to record.
    pub(super) fn record_cause(&mut self, cause: &Reading<StopCause>) -> Option<Event> {
        let previous = self.previous.take()?;
        let (name, code) = match cause.known() {
            Some(StopCause::Orderly) => ("orderly", None),
            Some(StopCause::PowerLost) => ("power_lost", None),
            Some(StopCause::PowerButton) => ("power_button", None),
            Some(StopCause::SystemError(code)) => ("system_error", Some(*code)),
            None => ("unknown", None),
        };
        let busy = std::mem::take(&mut self.busy);
        let busy: Vec<Value> = busy.iter().map(|(name, cpu)| json!({ "program": &**name, "cpu": cpu })).collect();
        let data = json!({ "cause": name, "code": code, "started": previous.started.0, "busy": busy });
        let event = Event::new(previous.last_seen, EventKind::SuddenStop, "").with(data);
        // After an orderly shutdown only the agent was killed: recorded, but not notified.
        self.to_notify = (name != "orderly").then(|| event.clone());
        Some(event)
    }

    /// Returns the event to notify now, once, when `notification_policy` allows it.
    pub(super) fn take_due(
        &mut self,
        now: At,
        notification_policy: &mut NotificationPolicy,
        presenting: impl FnOnce() -> bool,
    ) -> Option<Event> {
        if self.to_notify.is_none() || !notification_policy.is_allowed(now, presenting) {
            return None;
        }
        self.to_notify.take()
    }
}

/// Busiest programs in the recording's last minute before `end`; none when it cannot be read, which the recording
/// writer reports.
fn busy_before(path: &Path, end: At) -> Busy {
    let Ok(Some(reader)) = Reader::open(path) else { return Busy::default() };
    busiest(&reader.samples(Tier::Raw, end - BEFORE, end).unwrap_or_default())
}

/// Busiest programs over all of `samples`.
fn busiest(samples: &[Sample]) -> Busy {
    let time: f64 = samples.iter().map(|sample| sample.program_span.0).sum();
    let mut sums: BTreeMap<&Arc<str>, f64> = BTreeMap::new();
    for sample in samples {
        for program in &sample.programs {
            *sums.entry(&program.name).or_default() += program.cpu.get() * sample.program_span.0;
        }
    }
    let means = sums.into_iter().map(|(name, sum)| (Arc::clone(name), sum / time.max(1e-6)));
    let mut busy: Busy = means.filter(|(_, mean)| *mean >= MIN_CPU).collect();
    busy.sort_by(|a, b| b.1.total_cmp(&a.1));
    busy.truncate(PROGRAMS);
    busy
}

/// Title of the notification. It claims a power-off only when the system said so: without an answer, the agent alone
/// may have been killed and the PC shut down later.
pub(super) fn title(stop: &Event, texts: &Texts) -> String {
    let of_cause = stop.data["cause"].as_str().map(|cause| format!("notice-sudden-stop-{cause}"));
    texts.get(of_cause.as_deref().filter(|id| texts.has(id)).unwrap_or("notice-sudden-stop"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::Lang;
    use crate::model::{Fraction, ProgramSample, StopReason, SuddenStop, Why};
    use crate::recorder::{Limits, Recorder, Run};

    /// A run that ended suddenly at 900 s, for which the system has answered `cause`.
    fn with_cause(cause: &Reading<StopCause>) -> (LastStop, Option<Event>) {
        let (started, last_seen) = (At(100_000), At(900_000));
        let previous = PreviousRun { boot_id: Some("before".to_owned()), started, last_seen, clean: false };
        let mut last = LastStop { previous: Some(previous), ..LastStop::default() };
        let event = last.record_cause(cause);
        (last, event)
    }

    #[test]
    fn it_is_notified_once_after_the_quiet_times_and_not_during_a_presentation() {
        let (mut last, recorded) = with_cause(&Reading::Known(StopCause::PowerLost));
        assert_eq!(recorded.as_ref().map(|event| event.at), Some(At(900_000)), "at once");
        let mut notification_policy = NotificationPolicy::default();
        notification_policy.quiet_after_sign_in(At(1_000_000), At(1_002_000));
        let mut notified = Vec::new();
        for second in (1002_i64..3000).step_by(2) {
            let presenting = || second < 1500;
            notified.extend(
                last.take_due(At(second * 1000), &mut notification_policy, presenting).map(|event| (second, event)),
            );
        }
        assert_eq!(notified, [(1510, recorded.expect("an event"))]);
    }

    #[test]
    fn a_start_by_hand_notifies_at_once() {
        let (mut last, recorded) = with_cause(&Reading::Missing(Why::Unsupported));
        assert_eq!(last.take_due(At(1_002_000), &mut NotificationPolicy::default(), || false), recorded);
    }

    /// The cause names in the recording must be those that the rule reads.
    #[test]
    fn what_is_recorded_is_what_the_rule_reads() {
        let read = |cause| SuddenStop::of(&with_cause(&cause).1.expect("an event"), At(950_000));
        for (cause, reason, code) in [
            (StopCause::PowerLost, StopReason::PowerLost, None),
            (StopCause::PowerButton, StopReason::PowerButton, None),
            (StopCause::SystemError(0x133), StopReason::SystemError, Some(0x133)),
        ] {
            let stop = SuddenStop { at: At(900_000), back: At(950_000), reason, code };
            assert_eq!(read(Reading::Known(cause)), Some(stop));
        }
        assert_eq!(read(Reading::Known(StopCause::Orderly)), None);
        assert_eq!(read(Reading::Missing(Why::Unsupported)), None);
    }

    #[test]
    fn an_orderly_shutdown_is_recorded_and_not_notified() {
        let (mut last, recorded) = with_cause(&Reading::Known(StopCause::Orderly));
        assert_eq!(recorded.map(|event| event.data["cause"].clone()), Some("orderly".into()));
        let presenting = || unreachable!("nothing to tell");
        assert_eq!(last.take_due(At(1_002_000), &mut NotificationPolicy::default(), presenting), None);
        assert!(last.record_cause(&Reading::Known(StopCause::Orderly)).is_none(), "once");
    }

    /// A sample of three programs, of which `hard` is busy.
    fn sample(second: i64, span: f64, hard: &str) -> Sample {
        let program = |name: &str| ProgramSample {
            name: name.into(),
            cpu: Fraction::new(if name == hard { 0.6 } else { 0.02 }),
            ..ProgramSample::default()
        };
        let programs = ["calm", "film", "game"].into_iter().map(program).collect();
        let span = Seconds(span);
        Sample { at: At(second * 1000), span, program_span: span, programs, ..Sample::default() }
    }

    #[test]
    fn what_was_busy_is_that_of_the_last_minute_weighted_by_time() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("recording.db");
        assert!(busy_before(&path, At(900_000)).is_empty(), "no recording");
        let run = Run { boot_id: None, version: "0".to_owned(), started: At(0) };
        let (mut recorder, _) = Recorder::open(&path, &run, Limits::default()).expect("opened");
        recorder.add(&sample(830, 30.0, "calm"));
        recorder.add(&sample(870, 20.0, "film"));
        recorder.add(&sample(890, 20.0, "game"));
        recorder.add(&sample(900, 10.0, "game"));
        recorder.flush(At(900_000)).expect("written");
        let busy = busy_before(&path, At(900_000));
        let shown: Vec<(&str, i64)> = busy.iter().map(|(name, cpu)| (&**name, (cpu * 1000.0).round() as i64)).collect();
        // (0.6 * 30 + 0.02 * 20) / 50, (0.6 * 20 + 0.02 * 30) / 50
        assert_eq!(shown, [("game", 368), ("film", 252)]);
        let (mut last, _) = with_cause(&Reading::Missing(Why::Unsupported));
        let previous = PreviousRun { boot_id: None, started: At(0), last_seen: At(900_000), clean: false };
        (last.previous, last.busy) = (Some(previous), busy);
        let event = last.record_cause(&Reading::Missing(Why::Unsupported)).expect("an event");
        assert_eq!(event.data["busy"][0]["program"], "game");
    }

    #[test]
    fn only_a_known_cause_is_called_one() {
        let title = |cause, lang| {
            let (_, event) = with_cause(&cause);
            title(&event.expect("an event"), &Texts::new(lang))
        };
        for (lang, off, windows) in [(Lang::En, "turned off", "Windows"), (Lang::Ja, "電源が切れました", "Windows")]
        {
            for cause in [StopCause::PowerLost, StopCause::PowerButton] {
                assert!(title(Reading::Known(cause), lang).contains(off));
            }
            assert!(title(Reading::Known(StopCause::SystemError(0x7e)), lang).contains(windows));
            let unknown = title(Reading::Missing(Why::NoPermission), lang);
            assert!(!unknown.contains(off) && !unknown.contains(windows), "{unknown}");
        }
    }
}
