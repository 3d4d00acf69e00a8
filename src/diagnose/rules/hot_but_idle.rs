//! Hot although little is running: a matter of cooling, not of programs.

use crate::diagnose::finding::{Confidence, Evidence, EvidenceKind, Finding, RuleId, Severity, Subject};
use crate::knowledge::Knowledge;
use crate::model::{Celsius, Fraction, History, Reading, Sample};

/// What this PC would show at idle effort is taken from the declared model in `knowledge`; below this nothing
/// is called hot, however cool the model says the PC should be.
const NEVER_HOT_BELOW_CELSIUS: f64 = 60.0;

pub(in crate::diagnose) fn find(history: &History, knowledge: &Knowledge) -> Option<Finding> {
    let limits = &knowledge.thresholds.heat;
    let latest = history.latest()?;
    let usual = history.usual_idle().map(|Celsius(celsius)| celsius + limits.own_idle_above);
    let measured = matches!(latest.temperature, Reading::Known(_));
    let hot = |sample: &Sample| {
        if measured {
            let celsius = sample.temperature.get().map(|temperature| temperature.0);
            let above = sample.fan_effort.get().map(|effort| knowledge.expected_celsius(effort) + limits.idle_above);
            celsius.is_some_and(|celsius| {
                celsius >= limits.idle_celsius
                    || usual.is_some_and(|usual| celsius >= usual.max(NEVER_HOT_BELOW_CELSIUS))
                    || above.is_some_and(|above| celsius >= above.max(NEVER_HOT_BELOW_CELSIUS))
            })
        } else {
            sample.fan_effort.get().is_some_and(|effort| effort.get() >= limits.idle_effort)
        }
    };
    let idle_share = limits.idle_share(history.machine().cpus);
    let idle = |sample: &Sample| sample.cpu.get().is_some_and(|cpu| cpu.get() <= idle_share);
    let held = history.held(|sample| hot(sample) && idle(sample)).filter(|h| h.seconds.0 >= limits.idle_seconds.0)?;
    let cpu = held.mean(|sample| sample.cpu.get().map(Fraction::get))?;
    let mut evidence = Vec::new();
    if measured {
        let mean = held.mean(|sample| sample.temperature.get().map(|temperature| temperature.0))?;
        evidence.push(Evidence::over(EvidenceKind::Temperature, mean, limits.idle_celsius.min(mean), held.seconds));
        let expected = held.mean(|s| s.fan_effort.get().map(|effort| knowledge.expected_celsius(effort)));
        if let Some(Celsius(usual)) = history.usual_idle() {
            evidence.push(Evidence::told(EvidenceKind::UsualTemperature, usual, held.seconds));
        } else if let Some(expected) = expected {
            evidence.push(Evidence::told(EvidenceKind::ExpectedTemperature, expected, held.seconds));
        }
    } else {
        let mean = held.mean(|sample| sample.fan_effort.get().map(Fraction::get))?;
        evidence.push(Evidence::over(EvidenceKind::FanEffort, mean, limits.idle_effort, held.seconds));
    }
    evidence.push(Evidence::over(EvidenceKind::TotalCpu, cpu, idle_share, held.seconds));
    Some(Finding {
        rule: RuleId::HotButIdle,
        severity: Severity::Look,
        confidence: if measured { Confidence::from_duration(held.seconds) } else { Confidence::Low },
        subject: Subject::machine(),
        since: held.since,
        evidence,
        busy: None,
        cause: None,
        signs: Vec::new(),
        parent: None,
    })
}

#[cfg(test)]
mod tests {
    use crate::diagnose::RuleId;
    use crate::diagnose::rules::fixture::{Scene, rules};

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
    fn a_pc_that_is_much_warmer_than_it_usually_is_at_rest_is_told() {
        let mut scene = Scene::windows().usually(40.0);
        scene.heat(0.05, Some(62.0), Some(0.3), 130.0);
        let found = scene.diagnose();
        assert_eq!(found[0].rule, RuleId::HotButIdle);
        assert_eq!(found[0].observed(crate::diagnose::EvidenceKind::UsualTemperature), Some(40.0));
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
}
