//! A program that the user closed here runs and works again: somebody starts it.

use std::collections::BTreeSet;

use crate::diagnose::finding::{Confidence, Evidence, EvidenceKind, Finding, RuleId, Severity, Subject};
use crate::diagnose::series;
use crate::knowledge::Knowledge;
use crate::model::{History, ProcKey, ProgramKind, Seconds};

pub(in crate::diagnose) fn find(history: &History, knowledge: &Knowledge) -> Vec<Finding> {
    let (steady, mining) = (&knowledge.thresholds.steady, &knowledge.thresholds.mining);
    let hold = knowledge.thresholds.hold_seconds;
    let at_work = series::loaded(history, steady.program, hold, mining.recent_seconds);
    at_work
        .into_iter()
        // A browser that is opened again was opened by the user.
        .filter(|program| program.kind == ProgramKind::Program)
        .filter_map(|program| {
            let points = series::of_program(history, &program.name, mining.recent_seconds);
            let closed = points.iter().rposition(|point| point.sample.closed.contains(&program.name))?;
            let after = &points[closed..];
            // It takes a while to end; then it is away, and then it is back.
            let away = after.iter().position(|point| point.cpu < steady.program)?;
            let back = away + after[away..].iter().position(|point| point.cpu >= steady.program)?;
            let pause = after[back].at.since(after[away].at);
            let again = &after[back..];
            let held: f64 = again.iter().filter(|point| point.cpu >= steady.program).map(|point| point.span).sum();
            if pause.0 > mining.back_seconds.0 || held < hold.0 || again.last()?.cpu < steady.program {
                return None;
            }
            // The same process at work again was never away: closing it was cancelled, or it takes its time.
            let was_busy = busy_parts(&points[..=closed], steady.program);
            if busy_parts(again, steady.program).iter().any(|key| was_busy.contains(key)) {
                return None;
            }
            let (mean, _) = series::shape(again.iter().map(|point| (point.cpu, point.span)))?;
            let evidence = vec![
                Evidence::over(EvidenceKind::ProgramCpu, mean, steady.program, Seconds(held)),
                Evidence::told(EvidenceKind::BackAfter, pause.0, pause),
            ];
            let subject = Subject::program(program, knowledge, |member| member.cpu.get());
            let since = after[back].at.minus(Seconds(after[back].span));
            let parent = program.origin.parent.as_deref().map(str::to_owned);
            let found = Finding::new(RuleId::CameBack, Severity::Look, Confidence::High, subject, since, evidence);
            Some(Finding { parent, ..found })
        })
        .collect()
}

/// The processes that did at least a share of `least` in one of these looks.
fn busy_parts(points: &[series::Point<'_>], least: f64) -> BTreeSet<ProcKey> {
    let members = points.iter().filter_map(|point| point.program).flat_map(|program| &*program.members);
    members.filter(|member| member.cpu.get() >= least).map(|member| member.key).collect()
}

#[cfg(test)]
mod tests {
    use crate::diagnose::RuleId;
    use crate::diagnose::rules::fixture::{Scene, process, rules};

    #[test]
    fn a_program_that_is_started_again_after_it_was_closed_is_told() {
        let mut scene = Scene::linux();
        scene.run(&[process(10, "/home/a/loop", 0.4)], 30.0);
        scene.run_with(&[process(1, "/sbin/init", 0.0)], 4.0, |sample| sample.closed = vec!["loop".into()]);
        scene.run(&[process(20, "/home/a/loop", 0.4)], 10.0);
        assert!(rules(&scene).contains(&RuleId::CameBack));
    }

    #[test]
    fn a_program_whose_closing_was_cancelled_was_never_away() {
        let mut scene = Scene::linux();
        scene.run(&[process(10, "/home/a/loop", 0.4)], 30.0);
        scene.run_with(&[process(10, "/home/a/loop", 0.01)], 8.0, |sample| sample.closed = vec!["loop".into()]);
        scene.run(&[process(10, "/home/a/loop", 0.4)], 10.0);
        assert!(!rules(&scene).contains(&RuleId::CameBack));
    }

    #[test]
    fn a_program_that_is_used_again_an_hour_later_is_not() {
        let mut scene = Scene::linux();
        scene.run(&[process(10, "/home/a/loop", 0.4)], 30.0);
        scene.run_with(&[process(1, "/sbin/init", 0.0)], 4.0, |sample| sample.closed = vec!["loop".into()]);
        scene.run(&[process(1, "/sbin/init", 0.0)], 120.0);
        scene.run(&[process(20, "/home/a/loop", 0.4)], 20.0);
        assert!(!rules(&scene).contains(&RuleId::CameBack));
    }
}
