//! No updates for a long time.

use crate::diagnose::finding::{Confidence, Evidence, EvidenceKind, Finding, RuleId, Severity, Subject};
use crate::knowledge::Knowledge;
use crate::model::{History, Os};

pub(in crate::diagnose) fn find(history: &History, knowledge: &Knowledge) -> Option<Finding> {
    let latest = history.latest()?;
    let updated = latest.condition.updated_at.get()?;
    let age = latest.at.since(updated);
    let limit = knowledge.thresholds.time.updates_days;
    let days = age.as_days();
    let is_windows = history.machine().os == Os::Windows;
    let kind = if is_windows { EvidenceKind::UpdateInstallAge } else { EvidenceKind::UpdateAge };
    let evidence = vec![Evidence::with_threshold(kind, days, limit, age)];
    let found =
        Finding::new(RuleId::UpdatesOld, Severity::Ok, Confidence::Medium, Subject::machine(), updated, evidence);
    (days >= limit).then_some(found)
}

#[cfg(test)]
mod tests {
    use crate::diagnose::rules::fixture::Scene;
    use crate::diagnose::{EvidenceKind, Finding, RuleId};
    use crate::model::{At, Condition, Reading};

    fn reported(scene: Scene, days: f64, updated_at: Reading<At>) -> Option<Finding> {
        let mut scene = scene.at(days * 86_400.0);
        let condition = Condition { updated_at, ..Condition::default() };
        scene.push(10.0, |sample| sample.condition = condition.clone().into());
        scene.diagnose().into_iter().find(|finding| finding.rule == RuleId::UpdatesOld)
    }

    #[test]
    fn two_months_without_updates_are_reported() {
        let long_ago = Reading::Known(At(0));
        assert!(reported(Scene::linux(), 20.0, long_ago).is_none());
        let looked = reported(Scene::linux(), 60.0, long_ago).expect("reported");
        assert!(looked.observed(EvidenceKind::UpdateAge).is_some());
        assert!(reported(Scene::linux(), 60.0, Reading::default()).is_none(), "not known");
    }

    #[test]
    fn on_windows_it_is_the_installation_that_counts() {
        // Updates come monthly: a missed month is reported once the next one was due.
        assert!(reported(Scene::windows(), 40.0, Reading::Known(At(0))).is_none());
        let installed = reported(Scene::windows(), 60.0, Reading::Known(At(0))).expect("reported");
        let days = installed.observed(EvidenceKind::UpdateInstallAge).expect("measured");
        assert!((days - 60.0).abs() < 0.01);
    }
}
