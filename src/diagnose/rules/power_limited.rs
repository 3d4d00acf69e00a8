//! A power saving mode limits performance while there is work.

use std::sync::Arc;

use crate::diagnose::finding::{Confidence, Evidence, EvidenceKind, Finding, RuleId, Severity, Subject};
use crate::knowledge::Knowledge;
use crate::model::{Fraction, History, Sample};

pub(in crate::diagnose) fn find(history: &History, knowledge: &Knowledge) -> Option<Finding> {
    let limits = &knowledge.thresholds.power;
    let highest = history.machine().max_frequency.get().map(|clock| clock.0 as f64);
    let clock = |sample: &Sample| Some(sample.frequency.get()?.0 as f64 / highest?);
    let limited = |sample: &Sample| {
        let busy = sample.cpu.get().is_some_and(|cpu| cpu.get() >= limits.limited_cpu);
        let Some(power) = sample.power.get() else { return false };
        let slow = clock(sample).is_some_and(|share| share <= limits.clock);
        busy && (power.saver || power.on_battery && slow)
    };
    let held = history.held(limited).filter(|held| held.seconds >= limits.limited_seconds)?;
    let cpu = held.mean(|sample| sample.cpu.get().map(Fraction::get))?;
    let mut evidence = vec![Evidence::with_threshold(EvidenceKind::TotalCpu, cpu, limits.limited_cpu, held.seconds)];
    evidence.extend(held.mean(clock).map(|share| Evidence::new(EvidenceKind::ClockShare, share, held.seconds)));
    // Plugging in helps only on battery.
    if history.latest()?.power.get()?.on_battery {
        let battery = |sample: &&Arc<Sample>| sample.power.get().is_some_and(|power| power.on_battery);
        let seconds = held.samples.iter().rev().take_while(battery).map(|sample| sample.span.0).sum();
        evidence.push(Evidence::new(EvidenceKind::OnBattery, seconds, held.seconds));
    }
    let confidence = Confidence::from_duration(held.seconds);
    Some(Finding::new(RuleId::PowerLimited, Severity::Warning, confidence, Subject::machine(), held.since, evidence))
}

#[cfg(test)]
mod tests {
    use crate::diagnose::rules::fixture::{Scene, rules};
    use crate::diagnose::{EvidenceKind, RuleId};
    use crate::model::{Fraction, Power, Reading};

    fn scene(saver: bool, cpu: f64) -> Scene {
        scene_on(true, saver, cpu)
    }

    fn scene_on(on_battery: bool, saver: bool, cpu: f64) -> Scene {
        let mut scene = Scene::windows();
        scene.push(40.0, |sample| {
            sample.cpu = Reading::Known(Fraction::new(cpu));
            sample.power = Reading::Known(Power { on_battery, saver });
        });
        scene
    }

    #[test]
    fn saving_power_matters_while_there_is_work() {
        assert!(rules(&scene(true, 0.7)).contains(&RuleId::PowerLimited));
        assert_eq!(rules(&scene(true, 0.1)), [RuleId::AllWell]);
        assert!(!rules(&scene(false, 0.7)).contains(&RuleId::PowerLimited));
    }

    #[test]
    fn the_cable_is_spoken_of_only_on_the_battery() {
        let battery = |on_battery| {
            let found = scene_on(on_battery, true, 0.7).diagnose();
            let found = found.into_iter().find(|finding| finding.rule == RuleId::PowerLimited).expect("reported");
            found.observed(EvidenceKind::OnBattery)
        };
        assert_eq!((battery(true), battery(false)), (Some(40.0), None));
    }
}
