//! No updates for a long time.

use super::DAY;
use crate::diagnose::finding::{Confidence, Evidence, EvidenceKind, Finding, RuleId, Severity, Subject};
use crate::knowledge::Knowledge;
use crate::model::History;

pub(in crate::diagnose) fn find(history: &History, knowledge: &Knowledge) -> Option<Finding> {
    let latest = history.latest()?;
    let updated = latest.condition.updated_at.get()?;
    let age = latest.at.since(updated);
    let limit = knowledge.thresholds.time.updates_days;
    let days = age.0 / DAY;
    let evidence = vec![Evidence::over(EvidenceKind::UpdateAge, days, limit, age)];
    let found =
        Finding::new(RuleId::UpdatesOld, Severity::Ok, Confidence::Medium, Subject::machine(), updated, evidence);
    (days >= limit).then_some(found)
}

#[cfg(test)]
mod tests {
    use crate::diagnose::RuleId;
    use crate::diagnose::rules::fixture::Scene;
    use crate::model::{At, Condition, Reading};

    #[test]
    fn two_months_without_updates_are_told() {
        let told = |days: f64| {
            let mut scene = Scene::linux().at(days * 86_400.0);
            let condition = Condition { updated_at: Reading::Known(At(0)), ..Condition::default() };
            scene.push(10.0, |sample| sample.condition = condition.clone().into());
            scene.diagnose().iter().any(|finding| finding.rule == RuleId::UpdatesOld)
        };
        assert!(told(60.0) && !told(20.0));
    }
}
