//! The PC ended without a shutdown: it lost power, hung and was switched off, or the system stopped itself.

use crate::diagnose::finding::{Confidence, Evidence, EvidenceKind, Finding, RuleId, Severity, Subject};
use crate::knowledge::Knowledge;
use crate::model::{History, StopReason};

/// Reported for a working day after the PC was back, however long it was off: work may be lost, and it may happen
/// again. Only if the system gave a reason: otherwise someone may have ended only the agent, and shut the PC down
/// properly later.
pub(in crate::diagnose) fn find(history: &History, knowledge: &Knowledge) -> Option<Finding> {
    let latest = history.latest()?;
    let stop = latest.condition.sudden_stop?;
    let age = latest.at.since(stop.at);
    if stop.at > latest.at || latest.at.since(stop.back) > knowledge.thresholds.time.sudden_stop_seconds {
        return None;
    }
    let kind = match stop.reason {
        StopReason::PowerLost => EvidenceKind::PowerLost,
        StopReason::PowerButton => EvidenceKind::PowerButton,
        StopReason::SystemError => EvidenceKind::SystemError,
    };
    let code = stop.code.filter(|_| stop.reason == StopReason::SystemError);
    let code = code.map(|code| Evidence::new(EvidenceKind::ErrorCode, f64::from(code), age));
    let evidence = [Some(Evidence::new(kind, age.0, age)), code].into_iter().flatten().collect();
    Some(Finding::new(RuleId::SuddenStop, Severity::Warning, Confidence::High, Subject::machine(), stop.at, evidence))
}

#[cfg(test)]
mod tests {
    use crate::diagnose::rules::fixture::Scene;
    use crate::diagnose::{EvidenceKind, Finding, RuleId, Severity};
    use crate::model::{At, Condition, StopReason, SuddenStop};

    /// Findings `hours` after the PC ended, and three minutes less after it was back.
    fn reported(hours: f64, reason: StopReason, code: Option<u32>) -> Vec<Finding> {
        reported_after(hours, hours - 0.05, reason, code)
    }

    /// The same, with the PC back `back` hours ago.
    fn reported_after(hours: f64, back: f64, reason: StopReason, code: Option<u32>) -> Vec<Finding> {
        let mut scene = Scene::windows().at(100.0 * 86_400.0);
        let ago = |hours: f64| At(((100.0 * 24.0 - hours) * 3_600_000.0) as i64);
        let stop = SuddenStop { at: ago(hours), back: ago(back), reason, code };
        let condition = Condition { sudden_stop: Some(stop), ..Condition::default() };
        scene.push(10.0, |sample| sample.condition = condition.clone().into());
        scene.diagnose()
    }

    #[test]
    fn the_end_is_reported_with_its_reason() {
        for (reason, kind) in [
            (StopReason::PowerLost, EvidenceKind::PowerLost),
            (StopReason::PowerButton, EvidenceKind::PowerButton),
            (StopReason::SystemError, EvidenceKind::SystemError),
        ] {
            let found = reported(2.0, reason, Some(0x7e));
            let rules: Vec<_> = found.iter().map(|finding| (finding.rule, finding.severity)).collect();
            assert_eq!(rules, [(RuleId::SuddenStop, Severity::Warning)]);
            let stop = &found[0];
            assert!(stop.observed(kind).is_some_and(|seconds| (seconds - 7200.0).abs() < 20.0), "{stop:?}");
            let code = (reason == StopReason::SystemError).then_some(126.0);
            assert_eq!(stop.observed(EvidenceKind::ErrorCode), code);
        }
    }

    #[test]
    fn whoever_comes_back_after_a_weekend_is_reported() {
        assert_eq!(reported_after(64.0, 0.5, StopReason::SystemError, None)[0].rule, RuleId::SuddenStop);
        assert_eq!(reported_after(64.0, 9.0, StopReason::SystemError, None)[0].rule, RuleId::AllWell);
    }

    #[test]
    fn a_day_later_and_by_a_clock_that_was_wrong_nothing_is_reported() {
        for hours in [24.0, -2.0] {
            assert_eq!(reported(hours, StopReason::PowerLost, None)[0].rule, RuleId::AllWell, "{hours}");
        }
    }
}
