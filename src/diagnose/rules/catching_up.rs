//! The PC was just started or resumed and catches up on deferred work.

use super::full_load;
use crate::diagnose::finding::{Confidence, Evidence, EvidenceKind, Finding, RuleId, Severity, Subject};
use crate::diagnose::load::Load;
use crate::knowledge::Knowledge;
use crate::model::{At, Fraction, History, Sample, Seconds};

/// Reported only if no single program is to blame; that one has its own rule.
pub(in crate::diagnose) fn find(history: &History, knowledge: &Knowledge, loads: &[Load]) -> Option<Finding> {
    let limits = &knowledge.thresholds.time;
    let latest = history.latest()?;
    let fresh = |at: At| latest.at.since(at) <= limits.fresh_seconds;
    let booted = history.machine().booted_at.get().filter(|at| fresh(*at));
    // A gap alone proves no suspend: watching may have been paused, or the loaded recording may have ended earlier.
    let woken = history
        .samples()
        .rev()
        .take_while(|sample| fresh(sample.at))
        .find_map(|sample| woke_up(sample, limits.slept_seconds));
    let begin = booted.or(woken.map(|(at, _)| at))?;
    let busy = |sample: &Sample| sample.cpu.get().map(Fraction::get);
    let held = history.held(|sample| busy(sample).is_some_and(|cpu| cpu >= limits.fresh_cpu))?;
    if held.seconds < knowledge.thresholds.hold_seconds || !loads.is_empty() {
        return None;
    }
    let mut evidence =
        vec![Evidence::with_threshold(EvidenceKind::TotalCpu, held.mean(busy)?, limits.fresh_cpu, held.seconds)];
    if let Some((at, slept)) = woken.filter(|_| booted.is_none()) {
        evidence.push(Evidence::new(EvidenceKind::SleptFor, slept.0, latest.at.since(at)));
    }
    // A full PC always names the largest part.
    let is_full = held.mean(busy)? >= knowledge.thresholds.cpu.full;
    let cause = full_load::largest_part(&held, knowledge).filter(|_| is_full).map(|(cause, part)| {
        evidence.push(part);
        cause
    });
    let subject = Subject::machine();
    let found = Finding::new(RuleId::CatchingUp, Severity::Ok, Confidence::Medium, subject, begin, evidence);
    Some(Finding { cause, ..found })
}

/// When the PC resumed and how long it was suspended, if this sample reports a suspend of at least `least`.
fn woke_up(sample: &Sample, least: Seconds) -> Option<(At, Seconds)> {
    let slept = sample.slept.get().filter(|slept| *slept >= least)?;
    // Some systems include the suspend in the span of the sample.
    let awake = if sample.span >= slept { sample.span.0 - slept.0 } else { sample.span.0 };
    Some((sample.at - Seconds(awake), slept))
}

#[cfg(test)]
mod tests {
    use crate::diagnose::rules::fixture::{Scene, rules};
    use crate::diagnose::{EvidenceKind, RuleId};
    use crate::model::{At, Reading, Seconds};

    #[test]
    fn a_pc_that_has_just_woken_up_is_allowed_to_be_busy() {
        let mut scene = Scene::windows();
        scene.calm(20.0);
        scene.sleep(3600.0);
        scene.crowd(0.7, 20.0);
        let found = scene.diagnose();
        assert_eq!((found[0].rule, found.len()), (RuleId::CatchingUp, 1));
        assert_eq!(found[0].observed(EvidenceKind::SleptFor), Some(3600.0));
    }

    #[test]
    fn a_sample_that_covers_the_sleep_says_so_too() {
        let mut scene = Scene::windows();
        scene.calm(20.0);
        scene.push(2.0, |sample| {
            sample.span = Seconds(1802.0);
            sample.slept = Reading::Known(Seconds(1800.0));
        });
        scene.crowd(0.7, 20.0);
        let found = scene.diagnose();
        assert_eq!((found[0].rule, found[0].since), (RuleId::CatchingUp, At(1_020_000)));
    }

    #[test]
    fn one_that_was_awake_all_the_time_has_no_such_excuse() {
        let mut scene = Scene::windows();
        scene.calm(400.0);
        scene.crowd(0.7, 20.0);
        assert_eq!(rules(&scene), [RuleId::AllWell]);
    }

    #[test]
    fn a_pause_of_the_watching_is_no_sleep() {
        let mut scene = Scene::windows();
        scene.calm(20.0);
        scene.pause(3600.0);
        scene.crowd(0.95, 20.0);
        assert_eq!(rules(&scene), [RuleId::ManySmall]);
    }

    #[test]
    fn a_nap_leaves_nothing_to_catch_up_with() {
        let mut scene = Scene::windows();
        scene.calm(20.0);
        scene.sleep(20.0);
        scene.crowd(0.95, 20.0);
        assert_eq!(rules(&scene), [RuleId::ManySmall]);
    }

    #[test]
    fn after_a_start_no_sleep_is_reported() {
        let mut scene = Scene::windows().booted(At(990_000));
        scene.calm(2.0);
        scene.crowd(0.7, 20.0);
        let found = scene.diagnose();
        assert_eq!((found[0].rule, found[0].observed(EvidenceKind::SleptFor)), (RuleId::CatchingUp, None));
    }
}
