//! The graphics processor is busy. Who uses it cannot be read without a driver of its maker.

use crate::diagnose::finding::{Confidence, Evidence, EvidenceKind, Finding, RuleId, Severity, Subject};
use crate::knowledge::Knowledge;
use crate::model::{Fraction, History, Sample};

pub(in crate::diagnose) fn find(history: &History, knowledge: &Knowledge) -> Option<Finding> {
    let limits = &knowledge.thresholds.wait;
    let away = knowledge.thresholds.mining.away_seconds;
    let share = |sample: &Sample| sample.gpu.get().map(Fraction::get);
    let held = history
        .held(|sample| share(sample).is_some_and(|share| share >= limits.gpu))
        .filter(|held| held.seconds.0 >= limits.gpu_seconds.0)?;
    // Busy although nobody is there to look at pictures: worth more than a note.
    let idle = history.latest()?.user_idle.get().is_some_and(|idle| idle.0 >= away.0 + limits.gpu_seconds.0);
    let severity = if idle { Severity::Look } else { Severity::Ok };
    let evidence = vec![Evidence::over(EvidenceKind::GpuUsed, held.mean(share)?, limits.gpu, held.seconds)];
    let confidence = Confidence::from_duration(held.seconds);
    Some(Finding::new(RuleId::GpuBusy, severity, confidence, Subject::machine(), held.since, evidence))
}

#[cfg(test)]
mod tests {
    use crate::diagnose::RuleId;
    use crate::diagnose::Severity;
    use crate::diagnose::rules::fixture::Scene;
    use crate::model::{Fraction, Reading, Seconds};

    #[test]
    fn a_busy_graphics_processor_matters_when_nobody_is_there() {
        let mut scene = Scene::windows();
        let mut told = |idle| {
            scene.push(64.0, |sample| {
                sample.gpu = Reading::Known(Fraction::new(0.95));
                sample.user_idle = Reading::Known(Seconds(idle));
            });
            scene.diagnose().iter().find(|finding| finding.rule == RuleId::GpuBusy).map(|finding| finding.severity)
        };
        assert_eq!(told(5.0), Some(Severity::Ok));
        assert_eq!(told(600.0), Some(Severity::Look));
    }
}
