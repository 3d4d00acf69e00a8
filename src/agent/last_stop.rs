//! Why the PC went off before this start: asked of the system once, on a thread of its own.

use std::sync::mpsc::Sender;

use serde_json::json;

use super::Wake;
use crate::model::{Event, EventKind, Reading, Why};
use crate::platform::{self, StopCause};
use crate::recorder::PreviousRun;

/// The run that ended suddenly, while the system is asked why.
#[derive(Default)]
pub(super) struct LastStop {
    previous: Option<PreviousRun>,
}

/// A stop without notice, as it is recorded.
pub(super) struct SuddenStop {
    pub(super) event: Event,
    /// Whether a person is told: not when the PC was shut down in order and only the agent was ended before.
    pub(super) is_told: bool,
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

    /// The system has answered why the PC went off.
    pub(super) fn answered(&mut self, cause: &Reading<StopCause>) -> Option<SuddenStop> {
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
        Some(SuddenStop { event, is_told: name != "orderly" })
    }
}
