//! Nothing is wrong, with the figures that show it.

use crate::diagnose::finding::{Confidence, Evidence, EvidenceKind, Finding, RuleId, Severity, Subject};
use crate::knowledge::Knowledge;
use crate::model::{Fraction, History, Sample, Seconds};

/// Span of the mean that stands for "right now".
pub(super) const RECENT: Seconds = Seconds(30.0);

/// Reported only if processors and memory were measured and no other rule reports anything.
pub(in crate::diagnose) fn find(history: &History, knowledge: &Knowledge, others: &[Finding]) -> Option<Finding> {
    if !others.is_empty() {
        return None;
    }
    // One sample may be missing.
    let mut newest = history.unbroken().take(2);
    let memory = newest.find_map(|sample| sample.memory.get()).filter(|memory| memory.total.0 > 0)?;
    let total = |sample: &Sample| sample.cpu.get().map(Fraction::get);
    let measured = history.held(|sample| total(sample).is_some())?;
    let recent = measured.last(RECENT);
    let full = knowledge.thresholds.cpu.full;
    let mean = recent.mean(total)?;
    // Too early for a PC that was busy in its first sample: a cause may be about to be found. A PC that was calm then
    // was already reported as well, and a load that begins meanwhile does not revoke that until its own rule reports
    // it.
    let enough = measured.seconds >= knowledge.thresholds.hold_seconds;
    let is_calm_at_start =
        || measured.samples.first().and_then(|first| total(first)) < Some(knowledge.thresholds.cpu.program);
    if mean >= full || (!enough && !is_calm_at_start()) {
        return None;
    }
    let used = memory.used.of(memory.total).get();
    Some(Finding::new(
        RuleId::AllWell,
        Severity::Ok,
        Confidence::from_duration(measured.seconds),
        Subject::machine(),
        measured.since,
        vec![
            Evidence::with_threshold(EvidenceKind::TotalCpu, mean, full, recent.seconds),
            Evidence::with_threshold(EvidenceKind::MemoryUsed, used, knowledge.thresholds.memory.look, recent.seconds),
        ],
    ))
}

#[cfg(test)]
mod tests {
    use crate::diagnose::RuleId;
    use crate::diagnose::rules::fixture::{Scene, rules};
    use crate::model::{Reading, Why};

    #[test]
    fn a_calm_pc_is_well() {
        let mut scene = Scene::windows();
        scene.calm(10.0);
        assert_eq!(rules(&scene), [RuleId::AllWell]);
    }

    #[test]
    fn a_pc_that_is_busy_in_the_first_sample_is_not_called_well_too_early() {
        let mut scene = Scene::windows();
        scene.crowd(0.8, 4.0);
        assert!(scene.diagnose().is_empty());
        scene.crowd(0.8, 6.0);
        assert_eq!(rules(&scene), [RuleId::AllWell]);
    }

    #[test]
    fn a_pc_that_was_called_well_is_not_called_unknown_when_it_becomes_busier() {
        let mut scene = Scene::windows();
        scene.crowd(0.1, 2.0);
        assert_eq!(rules(&scene), [RuleId::AllWell]);
        for _ in 0..4 {
            scene.crowd(0.5, 2.0);
            assert_eq!(rules(&scene), [RuleId::AllWell]);
        }
    }

    #[test]
    fn nothing_is_called_well_that_was_not_seen() {
        let mut scene = Scene::windows();
        assert!(scene.diagnose().is_empty());
        scene.push(10.0, |sample| sample.cpu = Reading::Missing(Why::Unsupported));
        assert!(scene.diagnose().is_empty());
    }
}
