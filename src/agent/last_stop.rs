//! Why the PC went off before this start: asked of the system once, on a thread of its own. The answer is recorded at
//! once and told when it disturbs nobody.

use std::sync::mpsc::Sender;

use serde_json::json;

use super::Wake;
use super::hush::Hush;
use crate::explain::Texts;
use crate::model::{At, Event, EventKind, Reading, Why};
use crate::platform::{self, StopCause};
use crate::recorder::PreviousRun;

/// The run that ended suddenly: while the system is asked why, and until a person was told.
#[derive(Default)]
pub(super) struct LastStop {
    previous: Option<PreviousRun>,
    untold: Option<Event>,
}

impl LastStop {
    /// A run without its mark, and the PC was started anew since: the system is asked why, which may take seconds. The
    /// answer comes as [`Wake::Cause`]; what is known at once, as nobody can be asked, is returned.
    pub(super) fn look(
        &mut self,
        previous: PreviousRun,
        boot: Option<&String>,
        wakes: Sender<Wake>,
    ) -> Option<Reading<StopCause>> {
        if previous.clean || previous.boot_id.is_none() || previous.boot_id.as_ref() == boot {
            return None;
        }
        let (boot_id, last_seen) = (previous.boot_id.clone(), previous.last_seen);
        self.previous = Some(previous);
        let ask = move || {
            let cause = platform::sudden_stop_cause(boot_id.as_deref(), last_seen);
            // The agent may have ended meanwhile.
            let _ = wakes.send(Wake::Cause(cause));
        };
        let asked = std::thread::Builder::new().name("last stop".to_owned()).spawn(ask);
        asked.is_err().then_some(Reading::Missing(Why::Unsupported))
    }

    /// The system has answered why the PC went off: what is to be recorded.
    pub(super) fn answered(&mut self, cause: &Reading<StopCause>) -> Option<Event> {
        let previous = self.previous.take()?;
        let (name, code) = match cause.known() {
            Some(StopCause::Orderly) => ("orderly", None),
            Some(StopCause::PowerLost) => ("power_lost", None),
            Some(StopCause::PowerButton) => ("power_button", None),
            Some(StopCause::SystemError(code)) => ("system_error", Some(*code)),
            None => ("unknown", None),
        };
        let data = json!({ "cause": name, "code": code, "started": previous.started.0 });
        let event = Event::new(previous.last_seen, EventKind::SuddenStop, "").with(data);
        // When the PC was shut down in order and only the agent was ended before, there is nothing to tell.
        self.untold = (name != "orderly").then(|| event.clone());
        Some(event)
    }

    /// What a person is told now, once: not before `hush` has nothing against it.
    pub(super) fn take_told(&mut self, now: At, hush: &mut Hush, presenting: impl FnOnce() -> bool) -> Option<Event> {
        if self.untold.is_none() || !hush.may_tell(now, presenting) {
            return None;
        }
        self.untold.take()
    }

    /// The clock was wrong by so much and has been set.
    pub(super) fn shift(&mut self, milliseconds: i64) {
        if let Some(event) = &mut self.untold {
            event.shift(milliseconds);
        }
    }
}

/// The title of the notification. That the PC went off is said only where the system said so: without an answer
/// somebody may have ended the agent alone, and shut the PC down later.
pub(super) fn title(stop: &Event, texts: &Texts) -> String {
    let of_cause = stop.data["cause"].as_str().map(|cause| format!("notice-sudden-stop-{cause}"));
    texts.get(of_cause.as_deref().filter(|id| texts.has(id)).unwrap_or("notice-sudden-stop"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::Lang;
    use crate::model::Seconds;

    /// The run before ended suddenly at 900 s, and the system has answered `cause`.
    fn answered(cause: &Reading<StopCause>) -> (LastStop, Option<Event>) {
        let (started, last_seen) = (At(100_000), At(900_000));
        let previous = PreviousRun { boot_id: Some("before".to_owned()), started, last_seen, clean: false };
        let mut last = LastStop { previous: Some(previous), untold: None };
        let event = last.answered(cause);
        (last, event)
    }

    #[test]
    fn it_is_told_once_after_the_quiet_times_and_not_during_a_presentation() {
        let (mut last, recorded) = answered(&Reading::Known(StopCause::PowerLost));
        assert_eq!(recorded.as_ref().map(|event| event.at), Some(At(900_000)), "at once");
        let mut hush = Hush::default();
        hush.signed_in(At(1_000_000));
        let mut told = Vec::new();
        for second in (1002_i64..3000).step_by(2) {
            let presenting = || second < 1500;
            told.extend(last.take_told(At(second * 1000), &mut hush, presenting).map(|event| (second, event)));
        }
        assert_eq!(told, [(1510, recorded.expect("an event"))]);
    }

    #[test]
    fn a_start_by_hand_tells_it_at_once() {
        let (mut last, recorded) = answered(&Reading::Missing(Why::Unsupported));
        assert_eq!(last.take_told(At(1_002_000), &mut Hush::default(), || false), recorded);
    }

    #[test]
    fn an_orderly_shutdown_is_recorded_and_not_told() {
        let (mut last, recorded) = answered(&Reading::Known(StopCause::Orderly));
        assert_eq!(recorded.map(|event| event.data["cause"].clone()), Some("orderly".into()));
        let asked = || unreachable!("nothing to tell");
        assert_eq!(last.take_told(At(1_002_000), &mut Hush::default(), asked), None);
        assert!(last.answered(&Reading::Known(StopCause::Orderly)).is_none(), "once");
    }

    #[test]
    fn only_a_known_cause_is_called_one() {
        let title = |cause, lang| {
            let (_, event) = answered(&cause);
            title(&event.expect("an event"), &Texts::new(lang))
        };
        for (lang, off, windows) in [(Lang::En, "went off", "Windows"), (Lang::Ja, "電源が切れました", "Windows")]
        {
            for cause in [StopCause::PowerLost, StopCause::PowerButton] {
                assert!(title(Reading::Known(cause), lang).contains(off));
            }
            assert!(title(Reading::Known(StopCause::SystemError(0x7e)), lang).contains(windows));
            let unknown = title(Reading::Missing(Why::NoPermission), lang);
            assert!(!unknown.contains(off) && !unknown.contains(windows), "{unknown}");
        }
    }

    #[test]
    fn a_clock_that_is_set_meanwhile_moves_the_time_that_is_told() {
        let (mut last, _) = answered(&Reading::Known(StopCause::PowerLost));
        last.shift(60_000);
        let told = last.take_told(At(1_002_000), &mut Hush::default(), || false);
        assert_eq!(told.map(|event| event.at), Some(At(900_000).minus(Seconds(-60.0))));
    }
}
