//! The processor throttles because of heat while there is work.

use crate::diagnose::finding::{Confidence, Evidence, EvidenceKind, Finding, RuleId, Severity, Subject};
use crate::knowledge::Knowledge;
use crate::model::{Celsius, Fraction, History, Sample, Seconds};

pub(in crate::diagnose) fn find(history: &History, knowledge: &Knowledge) -> Option<Finding> {
    let limits = &knowledge.thresholds.heat;
    let newest = history.latest()?.at;
    let recent: Vec<&Sample> = history
        .unbroken()
        .map(|sample| &**sample)
        .take_while(|sample| newest.since(sample.at) <= limits.throttle_seconds)
        .collect();
    // Newest first: increases between two samples. Some laptops count all day at a tenth of their load.
    let grew = recent.windows(2).filter_map(|pair| {
        let (now, before) = (pair[0].throttle_events.get()?, pair[1].throttle_events.get()?);
        // A falling count was reset by a reboot or a driver restart.
        now.checked_sub(before).filter(|more| *more > 0)
    });
    let counts: Vec<u64> = grew.collect();
    let (mut sum, mut seconds) = (0.0, 0.0);
    for sample in &recent {
        if let Some(cpu) = sample.cpu.get().map(Fraction::get) {
            sum += cpu * sample.span.0;
            seconds += sample.span.0;
        }
    }
    let cpu = if seconds > 0.0 { sum / seconds } else { return None };
    if counts.len() < limits.throttle_times || cpu < limits.throttle_cpu {
        return None;
    }
    let seconds = Seconds(seconds);
    let mut evidence = vec![
        Evidence::new(EvidenceKind::ThrottleEvents, counts.iter().map(|more| *more as f64).sum(), seconds),
        Evidence::new(EvidenceKind::TotalCpu, cpu, seconds),
    ];
    let celsius = recent.first()?.temperature.get().map(|Celsius(celsius)| celsius);
    evidence.extend(celsius.map(|celsius| Evidence::new(EvidenceKind::Temperature, celsius, seconds)));
    let since = newest - seconds;
    let confidence = Confidence::from_duration(seconds);
    Some(Finding::new(RuleId::SlowedByHeat, Severity::Warning, confidence, Subject::machine(), since, evidence))
}

#[cfg(test)]
mod tests {
    use crate::diagnose::rules::fixture::{Scene, rules};
    use crate::diagnose::{EvidenceKind, RuleId};
    use crate::model::{Fraction, Reading};

    fn scene(cpu: f64) -> Scene {
        let mut scene = Scene::linux();
        for count in 0..30_u64 {
            scene.push(2.0, |sample| {
                sample.cpu = Reading::Known(Fraction::new(cpu));
                sample.throttle_events = Reading::Known(100 + count);
            });
        }
        scene
    }

    #[test]
    fn a_processor_that_slows_down_at_work_is_reported() {
        assert!(rules(&scene(0.7)).contains(&RuleId::SlowedByHeat));
    }

    #[test]
    fn a_count_that_begins_anew_or_jumps_to_its_end_is_still_a_count() {
        let mut scene = scene(0.7);
        for count in [50, 0, u64::MAX, 0, u64::MAX] {
            scene.push(2.0, |sample| {
                sample.cpu = Reading::Known(Fraction::new(0.7));
                sample.throttle_events = Reading::Known(count);
            });
        }
        let found = scene.diagnose();
        let heat = found.iter().find(|finding| finding.rule == RuleId::SlowedByHeat).expect("reported");
        assert!(heat.observed(EvidenceKind::ThrottleEvents).is_some_and(|events| events >= u64::MAX as f64));
    }

    #[test]
    fn a_laptop_that_counts_all_day_while_it_does_little_is_not() {
        assert_eq!(rules(&scene(0.11)), [RuleId::AllWell]);
    }
}
