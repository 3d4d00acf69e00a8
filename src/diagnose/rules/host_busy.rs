//! The host of this virtual PC takes processor time: other virtual PCs are busy, or this one has used up its share.
//! Nothing on this PC is the cause.

use crate::diagnose::finding::{Confidence, Evidence, EvidenceKind, Finding, RuleId, Severity, Subject};
use crate::diagnose::series;
use crate::knowledge::Knowledge;
use crate::model::{Fraction, History, Sample};

pub(in crate::diagnose) fn find(history: &History, knowledge: &Knowledge) -> Option<Finding> {
    let limits = &knowledge.thresholds.wait;
    let share = |sample: &Sample| sample.stolen.get().map(Fraction::get);
    let held = history
        .held(|sample| share(sample).is_some_and(|share| share >= limits.stolen))
        .filter(|held| held.seconds >= limits.stolen_seconds)?;
    let evidence = vec![
        Evidence::with_threshold(EvidenceKind::Stolen, held.mean(share)?, limits.stolen, held.seconds),
        Evidence::new(EvidenceKind::TotalCpu, held.mean(series::total)?, held.seconds),
    ];
    let confidence = Confidence::from_duration(held.seconds);
    Some(Finding::new(RuleId::HostBusy, Severity::Warning, confidence, Subject::machine(), held.since, evidence))
}

#[cfg(test)]
mod tests {
    use crate::diagnose::RuleId;
    use crate::diagnose::rules::fixture::{Scene, process, rules};
    use crate::model::{Fraction, Reading};

    #[test]
    fn what_the_host_takes_is_told_as_that_and_nothing_is_called_hidden() {
        let mut scene = Scene::linux();
        let mut run = |stolen: f64, seconds: f64| {
            scene.run_with(&[process(10, "/usr/bin/bash", 0.03)], seconds, |sample| {
                sample.cpu = Reading::Known(Fraction::new(0.05 + stolen));
                sample.program_total = sample.cpu;
                sample.stolen = Reading::Known(Fraction::new(stolen));
            });
            rules(&scene)
        };
        assert_eq!(run(0.02, 40.0), [RuleId::AllWell]);
        assert_eq!(run(0.45, 40.0), [RuleId::HostBusy]);
    }
}
