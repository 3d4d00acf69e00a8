//! State machine for closing a program: ask, wait, force if confirmed, measure, judge.

use crate::model::{At, Fraction, Seconds};

/// Time a program gets to close by itself. Chromium with a question on screen and slow saving need it.
pub const ASK_SECONDS: Seconds = Seconds(12.0);
/// Time the load is measured after the program has ended.
const MEASURE_SECONDS: Seconds = Seconds(5.0);
/// Time after the end within which a return counts as "came back".
const RETURN_SECONDS: Seconds = Seconds(30.0);
/// Share of the program's former load that must be gone for [`Verdict::Worked`].
const GONE: f64 = 0.5;
/// Load below which the program was never the problem.
pub(super) const NO_LOAD: f64 = 0.05;
/// Load of the whole PC from which on closing a program without a load of its own has not helped.
const BUSY: f64 = 0.5;

/// Result of an action.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// The program has ended and its load is gone. The figures are shares of the PC in use.
    Worked {
        /// Before the action.
        before: Fraction,
        /// After it.
        after: Fraction,
    },
    /// The program is running again.
    CameBack {
        /// Time from its end to its return.
        after: Seconds,
        /// The program that started it, if known.
        by: Option<String>,
    },
    /// The program has ended, but others use what it freed: the PC is as busy as before.
    NoChange {
        /// What the program itself used.
        freed: Fraction,
        /// The program whose share grew most, if one took over.
        by: Option<String>,
        /// Before the action.
        before: Fraction,
        /// After it.
        after: Fraction,
    },
    /// The program has ended, but used so little that the PC is as busy as before.
    WasSmall {
        /// What the program itself used.
        freed: Fraction,
        /// Before the action.
        before: Fraction,
        /// After it.
        after: Fraction,
    },
    /// The system refused; nothing happened.
    Refused,
    /// The load could not be measured.
    CannotTell,
}

/// Progress of an action.
#[derive(Clone, Debug, PartialEq)]
pub enum Phase {
    /// The program has been asked to close.
    Asking {
        /// End of the waiting time.
        until: At,
    },
    /// It is still running, perhaps asking to save. The user decides what happens next.
    StillOpen,
    /// It has been killed.
    Forced {
        /// End of the waiting time.
        until: At,
    },
    /// It has ended; the load is being measured.
    Measuring {
        /// When it ended.
        ended: At,
    },
    /// Finished. The verdict may still change to [`Verdict::CameBack`].
    Done {
        /// When the program ended.
        ended: At,
        /// The verdict.
        verdict: Verdict,
    },
}

/// Input of the state machine besides the observation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CloseStep {
    /// Time has passed.
    Wait,
    /// The user confirmed force, and the processes were killed.
    Force,
}

/// What the job observes at one moment.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct CloseObservation {
    /// Time of the observation.
    pub(super) now: At,
    /// Any of the processes that were asked is still running.
    pub(super) running: bool,
    /// Share of the PC in use before the action.
    pub(super) before: Option<Fraction>,
    /// Share used by the program before the action.
    pub(super) program_before: Option<Fraction>,
    /// Share of the PC in use now, from a sample that lies wholly after the end of the program.
    pub(super) after: Option<Fraction>,
    /// The other program whose share has grown most since before the action, if by a noticeable part.
    pub(super) grown: Option<String>,
    /// The program is running again in new processes.
    pub(super) back: Option<Respawn>,
}

/// A program that is running again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Respawn {
    /// The program that started it, if known.
    pub(super) by: Option<String>,
}

/// Returns the phase that follows `phase`.
#[must_use]
pub(super) fn next(phase: Phase, step: CloseStep, seen: &CloseObservation) -> Phase {
    match phase {
        Phase::Asking { .. } | Phase::StillOpen | Phase::Forced { .. } if !seen.running => {
            Phase::Measuring { ended: seen.now }
        }
        Phase::Asking { .. } | Phase::StillOpen if step == CloseStep::Force => {
            Phase::Forced { until: seen.now + Seconds(5.0) }
        }
        Phase::Asking { until } if seen.now >= until => Phase::StillOpen,
        // A process that survives being killed is stuck in the kernel, for example on a device that does not answer.
        Phase::Forced { until } if seen.now >= until => Phase::Done { ended: seen.now, verdict: Verdict::Refused },
        Phase::Measuring { ended } => measure(ended, seen),
        Phase::Done { ended, verdict } => match &seen.back {
            Some(back) if seen.now.since(ended) <= RETURN_SECONDS && verdict != Verdict::Refused => {
                let after = match verdict {
                    Verdict::CameBack { after, .. } => after,
                    _ => seen.now.since(ended),
                };
                Phase::Done { ended, verdict: Verdict::CameBack { after, by: back.by.clone() } }
            }
            _ => Phase::Done { ended, verdict },
        },
        waiting => waiting,
    }
}

fn measure(ended: At, seen: &CloseObservation) -> Phase {
    if let Some(back) = &seen.back {
        let verdict = Verdict::CameBack { after: seen.now.since(ended), by: back.by.clone() };
        return Phase::Done { ended, verdict };
    }
    if seen.now.since(ended) < MEASURE_SECONDS {
        return Phase::Measuring { ended };
    }
    let verdict = match (seen.before, seen.after, seen.program_before) {
        (Some(before), Some(after), Some(freed)) => {
            // The program has ended, so its own share is gone; what the others do decides whether that helped.
            let fell = before.get() - after.get();
            let is_small = freed.get() < NO_LOAD;
            if is_small && after.get() < BUSY || fell >= freed.get() * GONE && !is_small {
                Verdict::Worked { before, after }
            } else if is_small {
                Verdict::WasSmall { freed, before, after }
            } else {
                Verdict::NoChange { freed, by: seen.grown.clone(), before, after }
            }
        }
        _ if seen.now.since(ended).0 < MEASURE_SECONDS.0 * 3.0 => return Phase::Measuring { ended },
        _ => Verdict::CannotTell,
    };
    Phase::Done { ended, verdict }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn observation(seconds: i64, running: bool) -> CloseObservation {
        CloseObservation {
            now: At(seconds * 1000),
            running,
            before: Some(Fraction::new(0.93)),
            program_before: Some(Fraction::new(0.8)),
            after: Some(Fraction::new(0.12)),
            grown: None,
            back: None,
        }
    }

    fn asking() -> Phase {
        Phase::Asking { until: At(12_000) }
    }

    #[test]
    fn a_program_that_closes_is_measured_and_then_judged() {
        let phase = next(asking(), CloseStep::Wait, &observation(1, true));
        assert_eq!(phase, asking());
        let phase = next(phase, CloseStep::Wait, &observation(3, false));
        assert_eq!(phase, Phase::Measuring { ended: At(3000) });
        let phase = next(phase, CloseStep::Wait, &observation(5, false));
        assert_eq!(phase, Phase::Measuring { ended: At(3000) });
        let Phase::Done { verdict, .. } = next(phase, CloseStep::Wait, &observation(9, false)) else { panic!("done") };
        assert!(matches!(verdict, Verdict::Worked { .. }));
    }

    #[test]
    fn a_program_that_stays_is_left_to_the_person() {
        let phase = next(asking(), CloseStep::Wait, &observation(13, true));
        assert_eq!(phase, Phase::StillOpen);
        let phase = next(phase, CloseStep::Wait, &observation(60, true));
        assert_eq!(phase, Phase::StillOpen);
        let phase = next(phase, CloseStep::Force, &observation(61, true));
        assert!(matches!(phase, Phase::Forced { .. }));
        assert!(matches!(next(phase, CloseStep::Wait, &observation(62, false)), Phase::Measuring { .. }));
    }

    #[test]
    fn a_load_that_stays_is_no_change() {
        let grown = Some("build".to_owned());
        let busy = CloseObservation { after: Some(Fraction::new(0.9)), grown, ..observation(20, false) };
        let Phase::Done { verdict, .. } = next(Phase::Measuring { ended: At(1000) }, CloseStep::Wait, &busy) else {
            panic!("done")
        };
        let Verdict::NoChange { freed, by, .. } = verdict else { panic!("{verdict:?}") };
        assert_eq!((freed, by.as_deref()), (Fraction::new(0.8), Some("build")));
    }

    #[test]
    fn a_program_without_a_load_of_its_own_neither_worked_nor_failed_on_a_busy_pc() {
        let idle = |program, after| CloseObservation {
            program_before: Some(Fraction::new(program)),
            after: Some(Fraction::new(after)),
            ..observation(20, false)
        };
        let verdict_at =
            |program, after| match next(Phase::Measuring { ended: At(1000) }, CloseStep::Wait, &idle(program, after)) {
                Phase::Done { verdict, .. } => verdict,
                phase => panic!("{phase:?}"),
            };
        assert!(matches!(verdict_at(NO_LOAD / 2.0, 0.93), Verdict::WasSmall { .. }));
        assert!(matches!(verdict_at(NO_LOAD / 2.0, 0.2), Verdict::Worked { .. }));
        assert!(matches!(verdict_at(NO_LOAD * 2.0, 0.93), Verdict::NoChange { .. }));
    }

    #[test]
    fn a_program_that_returns_is_named_even_after_the_verdict() {
        let worked = Verdict::Worked { before: Fraction::ONE, after: Fraction::ZERO };
        let done = Phase::Done { ended: At(1000), verdict: worked };
        let back = CloseObservation { back: Some(Respawn { by: Some("launcher".into()) }), ..observation(5, false) };
        let Phase::Done { verdict, .. } = next(done, CloseStep::Wait, &back) else { panic!("done") };
        assert_eq!(verdict, Verdict::CameBack { after: Seconds(4.0), by: Some("launcher".into()) });
    }

    #[test]
    fn without_figures_nothing_is_claimed() {
        let blind = CloseObservation { before: None, after: None, ..observation(60, false) };
        let phase = next(Phase::Measuring { ended: At(1000) }, CloseStep::Wait, &blind);
        assert!(matches!(phase, Phase::Done { verdict: Verdict::CannotTell, .. }));
        // They may only be late.
        let early = CloseObservation { now: At(1000 + MEASURE_SECONDS.as_millis() * 2), ..blind };
        let phase = next(Phase::Measuring { ended: At(1000) }, CloseStep::Wait, &early);
        assert_eq!(phase, Phase::Measuring { ended: At(1000) });
    }
}
