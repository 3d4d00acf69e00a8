//! The CPU is fully used and no single program is to blame.

use crate::diagnose::finding::{Confidence, Evidence, EvidenceKind, Finding, RuleId, Severity, Subject};
use crate::diagnose::load::Load;
use crate::diagnose::series;
use crate::knowledge::Knowledge;
use crate::model::{Fraction, History, Sample, Why};

/// Reported only if no single program explains the load, and not for unattributed load.
pub(in crate::diagnose) fn find(history: &History, knowledge: &Knowledge, loads: &[Load]) -> Option<Finding> {
    if !loads.is_empty() {
        return None;
    }
    let full = knowledge.thresholds.cpu.full;
    let crowded = |sample: &Sample| {
        series::total(sample).is_some_and(|cpu| cpu >= full) && rest(sample) < knowledge.thresholds.wait.rest
    };
    let held = history.held(crowded).filter(|held| held.seconds >= knowledge.thresholds.hold_seconds)?;
    let evidence =
        vec![Evidence::with_threshold(EvidenceKind::TotalCpu, held.mean(series::total)?, full, held.seconds)];
    let confidence = Confidence::from_duration(held.seconds);
    Some(Finding::new(RuleId::ManySmall, Severity::Warning, confidence, Subject::machine(), held.since, evidence))
}

/// Share of the processors that may belong to a single program which is not seen.
fn rest(sample: &Sample) -> f64 {
    // Where programs of others are hidden, all that no program shown accounts for may be one of theirs.
    let unseen = sample.unattributed.why() == Some(Why::NoPermission);
    let rest = if unseen { &sample.everything_else } else { &sample.unattributed };
    rest.get().map_or(0.0, Fraction::get)
}

#[cfg(test)]
mod tests {
    use crate::diagnose::RuleId;
    use crate::diagnose::rules::fixture::{Scene, rules};

    #[test]
    fn a_full_pc_without_a_culprit_is_reported_too() {
        let mut scene = Scene::windows();
        scene.crowd(0.92, 12.0);
        assert_eq!(rules(&scene), [RuleId::ManySmall]);
    }
}
