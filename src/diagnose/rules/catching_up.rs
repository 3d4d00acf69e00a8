//! The PC has just been started or woken up, and catches up with what it missed.

use crate::diagnose::finding::{Confidence, Evidence, EvidenceKind, Finding, RuleId, Severity, Subject};
use crate::diagnose::load::Load;
use crate::knowledge::Knowledge;
use crate::model::{At, Fraction, History, Sample};

/// Said when the load belongs to nobody in particular; a program that holds the PC is told by its own rule.
pub(in crate::diagnose) fn find(history: &History, knowledge: &Knowledge, loads: &[Load]) -> Option<Finding> {
    let limits = &knowledge.thresholds.time;
    let latest = history.latest()?;
    let fresh = |at: At| latest.at.since(at).0 <= limits.fresh_seconds.0;
    let booted = history.machine().booted_at.get().filter(|at| fresh(*at));
    let woken = history.samples_with_gaps().rev().take_while(|(sample, _)| fresh(sample.at)).find(|(_, gap)| *gap);
    let begin = booted.or(woken.map(|(sample, _)| sample.at.minus(sample.span)))?;
    let busy = |sample: &Sample| sample.cpu.get().map(Fraction::get);
    let held = history.held(|sample| busy(sample).is_some_and(|cpu| cpu >= limits.fresh_cpu))?;
    if held.seconds.0 < knowledge.thresholds.hold_seconds.0 || !loads.is_empty() {
        return None;
    }
    let evidence = vec![Evidence::over(EvidenceKind::TotalCpu, held.mean(busy)?, limits.fresh_cpu, held.seconds)];
    let subject = Subject::machine();
    Some(Finding::new(RuleId::CatchingUp, Severity::Ok, Confidence::Medium, subject, begin, evidence))
}

#[cfg(test)]
mod tests {
    use crate::diagnose::RuleId;
    use crate::diagnose::rules::fixture::{Scene, rules};

    #[test]
    fn a_pc_that_has_just_woken_up_is_allowed_to_be_busy() {
        let mut scene = Scene::windows();
        scene.calm(20.0);
        scene.sleep(3600.0);
        scene.crowd(0.7, 20.0);
        assert_eq!(rules(&scene), [RuleId::CatchingUp]);
    }

    #[test]
    fn one_that_was_awake_all_the_time_has_no_such_excuse() {
        let mut scene = Scene::windows();
        scene.calm(400.0);
        scene.crowd(0.7, 20.0);
        assert_eq!(rules(&scene), [RuleId::AllWell]);
    }
}
