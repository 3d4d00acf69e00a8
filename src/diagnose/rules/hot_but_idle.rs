//! Hot, or with a fast fan, although little is running: a matter of cooling, not of programs.

use crate::diagnose::finding::{Confidence, Evidence, EvidenceKind, Finding, RuleId, Severity, Subject};
use crate::diagnose::series;
use crate::knowledge::Knowledge;
use crate::model::{Celsius, Fraction, Held, History, Reading, Rpm, Sample};

pub(in crate::diagnose) fn find(history: &History, knowledge: &Knowledge) -> Option<Finding> {
    let limits = &knowledge.thresholds.heat;
    let idle_share = limits.idle_share(history.machine().cpus);
    // A busy graphics processor heats the PC as well; where it cannot be read, the text says so.
    let is_stuck = series::is_gpu_stuck(history);
    let rests = |sample: &Sample| is_stuck || sample.gpu.get().is_none_or(|gpu| gpu.get() <= limits.idle_gpu);
    let idle = |sample: &Sample| sample.cpu.get().is_some_and(|cpu| cpu.get() <= idle_share) && rests(sample);
    let long = |held: &Held| held.seconds >= limits.idle_seconds;
    let measured = matches!(history.latest()?.temperature, Reading::Known(_));
    let hot = history.held(|sample| is_hot(sample, measured, history, knowledge) && idle(sample)).filter(long);
    // Only this PC's baseline tells whether a fan speed is fast. A measured fan speed takes precedence over the
    // estimated fan effort.
    let usual = history.usual_idle().fan;
    let fast = usual.and_then(|usual| {
        let limit = limits.fast_fan(usual);
        history.held(|sample| rpm(sample).is_some_and(|rpm| rpm >= limit) && idle(sample)).filter(long)
    });
    let by_fan = fast.as_ref().zip(usual).and_then(|(held, usual)| fan_evidence(held, usual, limits.fast_fan(usual)));
    let (held, mut evidence, confidence) = match (hot, fast) {
        (Some(hot), _) if measured => {
            let mut evidence = heat_evidence(&hot, history, knowledge)?;
            evidence.extend(by_fan.into_iter().flatten());
            let confidence = Confidence::from_duration(hot.seconds);
            (hot, evidence, confidence)
        }
        (_, Some(fast)) => {
            let mut evidence = by_fan?.to_vec();
            if let Some(celsius) = fast.mean(|sample| sample.temperature.get().map(|celsius| celsius.0)) {
                evidence.push(Evidence::new(EvidenceKind::Temperature, celsius, fast.seconds));
            }
            let confidence = Confidence::from_duration(fast.seconds);
            (fast, evidence, confidence)
        }
        (Some(hot), None) if history.machine().has_fan_effort() => {
            let mean = hot.mean(|sample| sample.fan_effort.get().map(Fraction::get))?;
            let evidence =
                vec![Evidence::with_threshold(EvidenceKind::FanEffort, mean, limits.idle_effort, hot.seconds)];
            (hot, evidence, Confidence::Low)
        }
        (_, None) => return None,
    };
    let cpu = held.mean(|sample| sample.cpu.get().map(Fraction::get))?;
    evidence.push(Evidence::with_threshold(EvidenceKind::TotalCpu, cpu, idle_share, held.seconds));
    Some(Finding::new(RuleId::HotButIdle, Severity::Warning, confidence, Subject::machine(), held.since, evidence))
}

fn rpm(sample: &Sample) -> Option<f64> {
    sample.fan.get().map(|Rpm(rpm)| f64::from(rpm))
}

/// True if too warm for an idle PC; where the temperature is not `measured`, by the estimated fan effort.
fn is_hot(sample: &Sample, measured: bool, history: &History, knowledge: &Knowledge) -> bool {
    let limits = &knowledge.thresholds.heat;
    if !measured {
        return sample.fan_effort.get().is_some_and(|effort| effort.get() >= limits.idle_effort);
    }
    let usual = history.usual_idle().temperature.map(|Celsius(celsius)| celsius + limits.own_idle_above);
    let above = sample.fan_effort.get().map(|effort| knowledge.expected_celsius(effort) + limits.idle_above);
    sample.temperature.get().is_some_and(|Celsius(celsius)| {
        celsius >= limits.idle_celsius
            || usual.is_some_and(|usual| celsius >= usual.max(limits.least_celsius))
            || above.is_some_and(|above| celsius >= above.max(limits.least_celsius))
    })
}

/// The temperature, and the usual or expected one.
fn heat_evidence(held: &Held, history: &History, knowledge: &Knowledge) -> Option<Vec<Evidence>> {
    let mean = held.mean(|sample| sample.temperature.get().map(|celsius| celsius.0))?;
    let limit = knowledge.thresholds.heat.idle_celsius.min(mean);
    let mut evidence = vec![Evidence::with_threshold(EvidenceKind::Temperature, mean, limit, held.seconds)];
    let expected = held.mean(|sample| sample.fan_effort.get().map(|effort| knowledge.expected_celsius(effort)));
    if let Some(Celsius(usual)) = history.usual_idle().temperature {
        evidence.push(Evidence::new(EvidenceKind::UsualTemperature, usual, held.seconds));
    } else if let Some(expected) = expected {
        evidence.push(Evidence::new(EvidenceKind::ExpectedTemperature, expected, held.seconds));
    }
    Some(evidence)
}

/// The fan speed, and the usual one.
fn fan_evidence(held: &Held, Rpm(usual): Rpm, limit: f64) -> Option<[Evidence; 2]> {
    Some([
        Evidence::with_threshold(EvidenceKind::FanSpeed, held.mean(rpm)?, limit, held.seconds),
        Evidence::new(EvidenceKind::UsualFanSpeed, f64::from(usual), held.seconds),
    ])
}

#[cfg(test)]
mod tests {
    use crate::diagnose::rules::fixture::{Scene, rules};
    use crate::diagnose::{Confidence, EvidenceKind, RuleId};
    use crate::model::{Fraction, Reading, Rpm, Why};

    #[test]
    fn hot_without_work_is_its_own_answer() {
        let mut scene = Scene::windows();
        scene.heat(0.05, Some(78.0), Some(0.05), 130.0);
        assert_eq!(rules(&scene), [RuleId::HotButIdle]);
    }

    #[test]
    fn the_heat_of_work_that_has_just_ended_is_not() {
        let mut scene = Scene::windows();
        scene.heat(0.9, Some(82.0), Some(0.8), 60.0);
        scene.heat(0.05, Some(72.0), Some(0.4), 60.0);
        assert_eq!(rules(&scene), [RuleId::AllWell]);
    }

    #[test]
    fn a_pc_that_is_much_warmer_than_it_usually_is_at_rest_is_reported() {
        let mut scene = Scene::windows().usually(40.0);
        scene.heat(0.05, Some(62.0), Some(0.3), 130.0);
        let found = scene.diagnose();
        assert_eq!(found[0].rule, RuleId::HotButIdle);
        assert_eq!(found[0].observed(EvidenceKind::UsualTemperature), Some(40.0));
        let mut scene = Scene::windows().usually(58.0);
        scene.heat(0.05, Some(62.0), Some(0.3), 130.0);
        assert_eq!(rules(&scene), [RuleId::AllWell]);
    }

    #[test]
    fn a_cool_pc_without_work_is_well() {
        let mut scene = Scene::windows();
        scene.heat(0.05, Some(48.0), Some(0.05), 130.0);
        assert_eq!(rules(&scene), [RuleId::AllWell]);
    }

    #[test]
    fn two_of_twenty_processors_at_work_are_work() {
        let mut scene = Scene::windows().with_cpus(20);
        scene.heat(0.11, Some(78.0), Some(0.1), 130.0);
        assert_eq!(rules(&scene), [RuleId::AllWell]);
        scene.heat(0.04, Some(78.0), Some(0.1), 130.0);
        assert_eq!(rules(&scene), [RuleId::HotButIdle]);
    }

    #[test]
    fn a_fan_far_above_its_own_usual_speed_is_reported_with_that_speed() {
        for celsius in [Some(48.0), None] {
            let mut scene = Scene::windows().usual_fan(1900);
            scene.fan(0.05, 4100, celsius, 110.0);
            assert_eq!(rules(&scene), [RuleId::AllWell]);
            scene.fan(0.05, 4100, celsius, 20.0);
            let found = scene.diagnose();
            assert_eq!((found[0].rule, found[0].confidence), (RuleId::HotButIdle, Confidence::High));
            let seen: Vec<_> = found[0].evidence.iter().map(|evidence| (evidence.kind, evidence.observed)).collect();
            assert_eq!(seen[..2], [(EvidenceKind::FanSpeed, 4100.0), (EvidenceKind::UsualFanSpeed, 1900.0)]);
            assert_eq!(found[0].observed(EvidenceKind::Temperature), celsius);
        }
    }

    #[test]
    fn a_fan_that_is_always_this_fast_or_that_works_is_not() {
        let mut always = Scene::windows().usual_fan(4000);
        always.fan(0.05, 4300, None, 200.0);
        assert_eq!(rules(&always), [RuleId::AllWell]);
        let mut slow = Scene::windows().usual_fan(700);
        slow.fan(0.05, 1300, None, 200.0);
        assert_eq!(rules(&slow), [RuleId::AllWell], "twice as fast, and hardly heard");
        let mut working = Scene::windows().usual_fan(1900);
        working.fan(0.4, 4100, None, 200.0);
        assert!(!rules(&working).contains(&RuleId::HotButIdle));
    }

    #[test]
    fn nothing_is_reported_of_a_fan_before_its_usual_speed_is_known() {
        let mut scene = Scene::windows();
        scene.fan(0.05, 5500, Some(48.0), 300.0);
        assert_eq!(rules(&scene), [RuleId::AllWell]);
    }

    #[test]
    fn what_the_graphics_processor_does_is_work() {
        let is_reported = |gpu: Option<f64>| {
            let mut scene = Scene::windows().usual_fan(1900);
            scene.push(130.0, |sample| {
                sample.cpu = Reading::Known(Fraction::new(0.05));
                sample.fan = Reading::Known(Rpm(4100));
                sample.gpu = Reading::from_option(gpu.map(Fraction::new), Why::Unsupported);
            });
            rules(&scene).contains(&RuleId::HotButIdle)
        };
        assert!(!is_reported(Some(0.6)) && is_reported(Some(0.02)) && is_reported(None));
    }

    #[test]
    fn a_fan_that_usually_stands_still_may_turn_a_little() {
        let mut scene = Scene::windows().usual_fan(0);
        scene.fan(0.05, 2400, None, 200.0);
        assert_eq!(rules(&scene), [RuleId::AllWell]);
        scene.fan(0.05, 3600, None, 130.0);
        assert_eq!(scene.diagnose()[0].observed(EvidenceKind::UsualFanSpeed), Some(0.0));
    }

    #[test]
    fn a_fan_that_is_measured_speaks_in_the_place_of_the_estimate() {
        let mut scene = Scene::windows().usual_fan(1900);
        scene.push(130.0, |sample| {
            sample.fan = Reading::Known(Rpm(4100));
            sample.fan_effort = Reading::Known(Fraction::new(0.7));
        });
        let found: Vec<_> = scene.diagnose().into_iter().filter(|f| f.rule == RuleId::HotButIdle).collect();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].observed(EvidenceKind::FanEffort), None);
        assert_eq!(found[0].observed(EvidenceKind::FanSpeed), Some(4100.0));
    }

    #[test]
    fn heat_comes_first_and_the_fan_is_reported_with_it() {
        let mut scene = Scene::windows().usually(40.0).usual_fan(1900);
        scene.fan(0.05, 4100, Some(78.0), 130.0);
        let found = scene.diagnose();
        let kinds: Vec<_> = found[0].evidence.iter().map(|evidence| evidence.kind).collect();
        assert_eq!(found[0].rule, RuleId::HotButIdle);
        assert_eq!((kinds[0], kinds[2]), (EvidenceKind::Temperature, EvidenceKind::FanSpeed));
        assert_eq!(found.len(), 1);
    }
}
