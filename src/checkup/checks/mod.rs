//! Answers from measured values, for questions that no finding decides. One file for each group of questions.

mod browsers;
mod disks;
mod load;
mod protection;
mod state;
mod upkeep;

use super::check::{Arg, CheckResult, Phrase, Place};
use super::check_id::CheckId;
use super::decide::Inputs;
use crate::model::{Fraction, ProgramSample, Reading, Sample, Seconds, Why};

/// Most programs named for one figure.
const MOST_PROGRAMS: usize = 3;

/// Time that shares are means of: one sample may be odd.
const RECENT: Seconds = Seconds(6.0);

/// Mean of a value over the last samples; its newest reading where that is missing.
fn recent(inputs: &Inputs<'_>, value: impl Fn(&Sample) -> Reading<Fraction>) -> Reading<f64> {
    let Some(newest) = inputs.history.latest().map(|latest| value(latest)) else {
        return Reading::Missing(Why::NotYet);
    };
    let (mut sum, mut covered) = (0.0, 0.0);
    for sample in inputs.history.unbroken().filter(|sample| sample.span.0 > 0.0) {
        if covered >= RECENT.0 {
            break;
        }
        if let Reading::Known(share) = value(sample) {
            sum += share.get() * sample.span.0;
            covered += sample.span.0;
        }
    }
    newest.map(|newest| if covered > 0.0 { sum / covered } else { newest.get() })
}

/// Mean share of the processor that a program used over the last samples.
fn recent_cpu(inputs: &Inputs<'_>, program: &ProgramSample) -> f64 {
    let share = recent(inputs, |sample| {
        // One below what a sample keeps uses next to nothing.
        Reading::Known(sample.program(&program.name).map_or(Fraction::ZERO, |program| program.cpu))
    });
    share.get().unwrap_or_default().max(0.0)
}

/// An answer from the figures alone.
pub(super) struct Own {
    pub(super) result: CheckResult,
    pub(super) sentence: Phrase,
    pub(super) saw: Vec<Phrase>,
    pub(super) figures: Vec<(&'static str, Reading<f64>)>,
    /// `None` for the usual one: nothing to do, or how to look by hand.
    pub(super) next: Option<Phrase>,
    pub(super) place: Option<Place>,
}

impl Own {
    /// An answer with this result and the text `checkup-ID-VARIANT`.
    fn new(id: CheckId, result: CheckResult, variant: &str) -> Self {
        Self {
            result,
            sentence: Phrase::new(format!("checkup-{}-{variant}", id.id())),
            saw: Vec::new(),
            figures: Vec::new(),
            next: None,
            place: None,
        }
    }

    /// Nothing to do.
    fn ok(id: CheckId, variant: &str) -> Self {
        Self::new(id, CheckResult::Ok, variant)
    }

    /// It is not known, and why.
    pub(super) fn not_known(id: CheckId, why: Why) -> Self {
        let sentence = Phrase::new("checkup-not-known").with("reason", Arg::Text(reason(why)));
        Self { sentence, ..Self::new(id, CheckResult::NotKnown, "") }
    }

    fn arg(mut self, name: &'static str, value: Arg) -> Self {
        self.sentence = self.sentence.with(name, value);
        self
    }

    fn saw(mut self, lines: impl IntoIterator<Item = Phrase>) -> Self {
        self.saw.extend(lines);
        self
    }

    fn figure(mut self, name: &'static str, value: Reading<f64>) -> Self {
        self.figures.push((name, value));
        self
    }

    fn next(mut self, id: &str) -> Self {
        self.next = Some(Phrase::new(id));
        self
    }
}

/// Text id of the reason for which nothing is known.
const fn reason(why: Why) -> &'static str {
    match why {
        Why::NoSensor => "checkup-why-no_sensor",
        Why::NoPermission => "checkup-why-no_permission",
        Why::Unsupported => "checkup-why-unsupported",
        Why::NotYet => "checkup-why-not_yet",
        Why::Stale => "checkup-why-stale",
        Why::OutOfRange => "checkup-why-out_of_range",
    }
}

/// The answer that the measured values give to this question.
pub(super) fn own(id: CheckId, inputs: &Inputs<'_>) -> Own {
    let Some(latest) = inputs.history.latest() else { return Own::not_known(id, Why::NotYet) };
    let latest: &Sample = latest;
    match id {
        CheckId::Cpu => load::cpu(inputs),
        CheckId::Memory => load::memory(latest, inputs),
        CheckId::DiskSpace => disks::space(latest, inputs),
        CheckId::DiskBusy => disks::busy(latest, inputs),
        CheckId::Heat => state::heat(latest, inputs),
        CheckId::Browser => browsers::running(latest, inputs),
        CheckId::Mining => protection::mining(latest, inputs),
        CheckId::Startup => upkeep::startup(latest, inputs),
        CheckId::Restart => upkeep::restart(latest, inputs),
        CheckId::Updates => upkeep::updates(latest, inputs),
        CheckId::Antivirus => protection::antivirus(latest, inputs),
        CheckId::AdBlocking => browsers::blocking(latest, inputs),
        CheckId::SuddenStops => upkeep::sudden_stops(latest, inputs),
        CheckId::Power => state::power(latest),
        CheckId::Windows => state::windows(inputs),
        CheckId::Network => load::network(latest),
        CheckId::Commit => load::commit(latest, inputs),
        CheckId::Graphics => load::graphics(latest, inputs),
    }
}
