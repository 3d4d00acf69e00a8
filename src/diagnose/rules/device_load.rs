//! Interrupt handling keeps the processors busy: a faulty driver or device.

use crate::diagnose::finding::{Confidence, Evidence, EvidenceKind, Finding, RuleId, Severity, Subject};
use crate::knowledge::Knowledge;
use crate::model::{Fraction, History, Sample};

pub(in crate::diagnose) fn find(history: &History, knowledge: &Knowledge) -> Option<Finding> {
    let limits = &knowledge.thresholds.wait;
    let share = |sample: &Sample| sample.interrupts.get().map(Fraction::get);
    let held = history
        .held(|sample| share(sample).is_some_and(|share| share >= limits.interrupts))
        .filter(|held| held.seconds >= limits.interrupts_seconds)?;
    let evidence =
        vec![Evidence::with_threshold(EvidenceKind::Interrupts, held.mean(share)?, limits.interrupts, held.seconds)];
    let confidence = Confidence::from_duration(held.seconds);
    Some(Finding::new(RuleId::DeviceLoad, Severity::Warning, confidence, Subject::machine(), held.since, evidence))
}

#[cfg(test)]
mod tests {
    use crate::diagnose::RuleId;
    use crate::diagnose::rules::fixture::{Scene, rules};
    use crate::model::{Fraction, Reading};

    #[test]
    fn a_device_that_never_stops_asking_is_reported() {
        let mut scene = Scene::windows();
        scene.push(20.0, |sample| sample.interrupts = Reading::Known(Fraction::new(0.25)));
        assert_eq!(rules(&scene), [RuleId::AllWell]);
        scene.push(20.0, |sample| sample.interrupts = Reading::Known(Fraction::new(0.25)));
        assert_eq!(rules(&scene), [RuleId::DeviceLoad]);
    }
}
