//! The CPU is fully used and no single program is to blame.

use crate::diagnose::finding::{Confidence, Evidence, EvidenceKind, Finding, RuleId, Severity, Subject};
use crate::diagnose::load::Load;
use crate::diagnose::series;
use crate::knowledge::Knowledge;
use crate::model::{Fraction, History, ProgramSample, Sample, Why};

/// Reported only if no single program explains the load, and not for unattributed load.
pub(in crate::diagnose) fn find(history: &History, knowledge: &Knowledge, loads: &[Load]) -> Option<Finding> {
    if !loads.is_empty() {
        return None;
    }
    let full = knowledge.thresholds.cpu.full;
    // What would be a load of its own in a full PC stands out, also while it has not lasted or has just ended.
    let alone = knowledge.thresholds.cpu.program_when_full;
    let stands_out = |program: &ProgramSample| program.cpu.get() >= alone;
    let crowded = |sample: &Sample| {
        series::total(sample).is_some_and(|cpu| cpu >= full)
            && rest(sample) < knowledge.thresholds.wait.rest
            && !sample.programs.iter().any(stands_out)
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
    use crate::diagnose::rules::fixture::{Scene, process, rules};
    use crate::model::At;

    /// Regression: four minutes in which one program held half of the PC were told as "many programs together".
    #[test]
    fn the_time_of_one_large_program_is_none_of_many_small_ones() {
        let mut scene = Scene::windows();
        scene.crowd(0.95, 30.0);
        let sums: Vec<_> = (0..9).map(|n| process(100 + n, &format!(r"C:\a\small{n}.exe"), 0.04)).collect();
        let many = [vec![process(99, r"C:\a\simulate.exe", 0.54)], sums].concat();
        scene.run(&many, 240.0);
        assert!(!rules(&scene).contains(&RuleId::ManySmall));
        let ended = scene.now();
        scene.crowd(0.95, 14.0);
        let found = scene.diagnose();
        let crowd = found.iter().find(|finding| finding.rule == RuleId::ManySmall);
        assert!(crowd.is_none_or(|crowd| crowd.since >= At(ended.0 - 4000)), "{:?}", crowd.map(|crowd| crowd.since));
    }

    #[test]
    fn a_full_pc_without_a_culprit_is_reported_too() {
        let mut scene = Scene::windows();
        scene.crowd(0.92, 12.0);
        assert_eq!(rules(&scene), [RuleId::ManySmall]);
    }
}
