//! Updates wait for a restart; until then they keep working in the background.

use crate::diagnose::finding::{Confidence, Evidence, EvidenceKind, Finding, RuleId, Severity, Subject};
use crate::knowledge::Knowledge;
use crate::model::{History, Reading};

pub(in crate::diagnose) fn find(history: &History, knowledge: &Knowledge) -> Option<Finding> {
    let latest = history.latest()?;
    if latest.condition.restart_pending != Reading::Known(true) {
        return None;
    }
    let limit = knowledge.thresholds.time.restart_days;
    let booted = history.machine().booted_at.get();
    let days = booted.map(|booted| latest.at.since(booted).as_days());
    let severity = if days.is_some_and(|days| days >= limit) { Severity::Warning } else { Severity::Ok };
    let since = booted.unwrap_or(latest.at);
    let uptime = |days: f64| Evidence::with_threshold(EvidenceKind::Uptime, days, limit, latest.at.since(since));
    let evidence = days.map(uptime).into_iter().collect();
    Some(Finding::new(RuleId::RestartPending, severity, Confidence::High, Subject::machine(), since, evidence))
}

#[cfg(test)]
mod tests {
    use crate::diagnose::RuleId;
    use crate::diagnose::Severity;
    use crate::diagnose::rules::fixture::Scene;
    use crate::model::{At, Condition, Reading};

    fn severity(days: f64, pending: bool) -> Option<Severity> {
        let mut scene = Scene::windows().booted(At(0)).at(days * 86_400.0);
        let condition = Condition { restart_pending: Reading::Known(pending), ..Condition::default() };
        scene.push(10.0, |sample| sample.condition = condition.clone().into());
        scene.diagnose().iter().find(|finding| finding.rule == RuleId::RestartPending).map(|finding| finding.severity)
    }

    #[test]
    fn updates_that_wait_matter_after_some_days() {
        assert_eq!(severity(1.0, true), Some(Severity::Ok));
        assert_eq!(severity(4.0, true), Some(Severity::Warning));
        assert_eq!(severity(4.0, false), None);
    }
}
