//! A drive does not respond: a loose cable, a failing disk. Network volumes are not checked.

use crate::diagnose::finding::{Confidence, Evidence, EvidenceKind, Finding, RuleId, Severity, Subject};
use crate::knowledge::Knowledge;
use crate::model::{History, Sample, Why};

pub(in crate::diagnose) fn find(history: &History, knowledge: &Knowledge) -> Option<Finding> {
    // The sampler waits 15 s before it reports a volume as stale.
    let silent = |sample: &Sample| sample.volumes.why() == Some(Why::Stale);
    let held = history.held(silent).filter(|held| held.seconds >= knowledge.thresholds.wait.silent_seconds)?;
    let evidence = vec![Evidence::new(EvidenceKind::HungSeconds, held.seconds.0, held.seconds)];
    let confidence = Confidence::from_duration(held.seconds);
    Some(Finding::new(RuleId::SlowVolume, Severity::Warning, confidence, Subject::machine(), held.since, evidence))
}

#[cfg(test)]
mod tests {
    use crate::diagnose::RuleId;
    use crate::diagnose::rules::fixture::{Scene, rules};
    use crate::model::{Reading, Why};

    #[test]
    fn a_drive_that_does_not_answer_is_reported() {
        let mut scene = Scene::windows();
        scene.push(20.0, |sample| sample.volumes = Reading::Missing(Why::Stale));
        assert_eq!(rules(&scene), [RuleId::SlowVolume]);
        let mut scene = Scene::windows();
        scene.push(20.0, |sample| sample.volumes = Reading::Missing(Why::NotYet));
        assert_eq!(rules(&scene), [RuleId::AllWell]);
    }
}
