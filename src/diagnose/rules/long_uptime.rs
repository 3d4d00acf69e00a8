//! Not restarted for a long time. On Windows a shutdown is often not a restart (fast startup).

use crate::diagnose::finding::{Confidence, Evidence, EvidenceKind, Finding, RuleId, Severity, Subject};
use crate::knowledge::Knowledge;
use crate::model::{History, Reading};

pub(in crate::diagnose) fn find(history: &History, knowledge: &Knowledge) -> Option<Finding> {
    let latest = history.latest()?;
    let booted = history.machine().booted_at.get()?;
    let seconds = latest.at.since(booted);
    let days = seconds.as_days();
    if days < knowledge.thresholds.time.uptime_days {
        return None;
    }
    let limit = knowledge.thresholds.time.uptime_days;
    let evidence = vec![Evidence::with_threshold(EvidenceKind::Uptime, days, limit, seconds)];
    // The confidence selects the text: with fast startup a shutdown would not have helped.
    let kept = latest.condition.fast_startup == Reading::Known(true);
    let confidence = if kept { Confidence::High } else { Confidence::Medium };
    Some(Finding::new(RuleId::LongUptime, Severity::Ok, confidence, Subject::machine(), booted, evidence))
}

#[cfg(test)]
mod tests {
    use crate::diagnose::RuleId;
    use crate::diagnose::rules::fixture::Scene;
    use crate::model::At;

    #[test]
    fn weeks_without_a_restart_are_reported_as_information() {
        let mut scene = Scene::windows().booted(At(0)).at(15.0 * 86_400.0);
        scene.calm(10.0);
        let rules: Vec<RuleId> = scene.diagnose().iter().map(|finding| finding.rule).collect();
        assert_eq!(rules, [RuleId::AllWell, RuleId::LongUptime]);
        let mut scene = Scene::windows().booted(At(0)).at(3.0 * 86_400.0);
        scene.calm(10.0);
        assert_eq!(scene.diagnose().len(), 1);
    }
}
