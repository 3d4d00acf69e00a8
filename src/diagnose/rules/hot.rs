//! Hot while something is running.

use crate::diagnose::finding::{Confidence, Evidence, EvidenceKind, Finding, RuleId, Severity, Subject};
use crate::knowledge::Knowledge;
use crate::model::{Fraction, History, Reading, Sample, Seconds};

pub(in crate::diagnose) fn find(history: &History, knowledge: &Knowledge) -> Option<Finding> {
    let limits = &knowledge.thresholds.heat;
    let latest = history.latest()?;
    let idle_share = limits.idle_share(history.machine().cpus);
    let (kind, value, threshold, hold): (_, fn(&Sample) -> Option<f64>, _, _) = match latest.temperature {
        Reading::Known(_) => (
            EvidenceKind::Temperature,
            |s| s.temperature.get().map(|t| t.0),
            limits.hot_celsius,
            knowledge.thresholds.hold_seconds,
        ),
        // No card from an estimate of something that is not there.
        Reading::Missing(_) if !history.machine().has_fan_effort() => return None,
        Reading::Missing(_) => {
            (EvidenceKind::FanEffort, |s| s.fan_effort.get().map(Fraction::get), limits.effort, limits.effort_seconds)
        }
    };
    let held = history.held(|sample| value(sample).is_some_and(|value| value >= threshold));
    let held = held.filter(|held| held.seconds >= hold)?;
    let mean = held.mean(value)?;
    let busy = history
        .held(|sample| sample.cpu.get().is_some_and(|cpu| cpu.get() > idle_share))
        .is_some_and(|held| held.seconds >= knowledge.thresholds.hold_seconds);
    let throttled = throttle_events(history, limits.slowed_seconds);
    let measured = kind == EvidenceKind::Temperature;
    let dangerous = measured && (mean >= limits.act_celsius || throttled > 0.0);
    if !busy && !dangerous {
        return None;
    }
    let mut evidence = vec![Evidence::with_threshold(kind, mean, threshold, held.seconds)];
    if let Some(cpu) = held.mean(|sample| sample.cpu.get().map(Fraction::get)) {
        evidence.push(Evidence::new(EvidenceKind::TotalCpu, cpu, held.seconds));
    }
    if throttled > 0.0 {
        evidence.push(Evidence::with_threshold(EvidenceKind::ThrottleEvents, throttled, 1.0, limits.slowed_seconds));
    }
    Some(Finding::new(
        RuleId::Hot,
        if dangerous { Severity::Critical } else { Severity::Warning },
        if measured { Confidence::from_duration(held.seconds).max(Confidence::Medium) } else { Confidence::Low },
        Subject::machine(),
        held.since,
        evidence,
    ))
}

/// Times the processor throttled because of heat in the last `window`.
fn throttle_events(history: &History, window: Seconds) -> f64 {
    let Some(now) = history.latest().map(|sample| sample.at) else { return 0.0 };
    let counts: Vec<u64> = history
        .unbroken()
        .take_while(|sample| now.since(sample.at) <= window)
        .filter_map(|sample| sample.throttle_events.get())
        .collect();
    match (counts.first(), counts.last()) {
        (Some(new), Some(old)) => new.saturating_sub(*old) as f64,
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnose::rules::fixture::{Scene, rules};
    use crate::diagnose::{Confidence, RuleId, Severity};

    #[test]
    fn hot_under_load_is_a_warning_and_very_hot_is_critical() {
        let mut scene = Scene::windows();
        scene.heat(0.5, Some(88.0), None, 10.0);
        assert_eq!(rules(&scene), [RuleId::Hot]);
        scene.heat(0.5, Some(99.0), None, 60.0);
        assert_eq!(scene.diagnose()[0].severity, Severity::Critical);
    }

    #[test]
    fn warm_under_load_is_normal() {
        let mut scene = Scene::windows();
        scene.heat(0.5, Some(75.0), None, 60.0);
        assert_eq!(rules(&scene), [RuleId::AllWell]);
    }

    #[test]
    fn an_estimate_is_less_sure_and_needs_longer() {
        let mut scene = Scene::windows();
        scene.heat(0.8, None, Some(0.9), 30.0);
        assert!(!rules(&scene).contains(&RuleId::Hot));
        scene.heat(0.8, None, Some(0.9), 40.0);
        let found = scene.diagnose().into_iter().find(|f| f.rule == RuleId::Hot).expect("hot");
        assert_eq!(found.confidence, Confidence::Low);
    }

    #[test]
    fn a_virtual_pc_has_no_fan_that_could_work_hard() {
        let found = |is_virtual| {
            let mut scene = Scene::linux().in_a_virtual_machine(is_virtual);
            scene.heat(0.9, None, Some(0.95), 400.0);
            rules(&scene).contains(&RuleId::Hot)
        };
        assert!(found(false) && !found(true));
    }
}
