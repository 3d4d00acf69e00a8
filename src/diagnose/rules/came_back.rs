//! A program that the user closed here runs and works again: something restarts it.

use std::collections::BTreeSet;

use crate::diagnose::finding::{Confidence, Evidence, EvidenceKind, Finding, RuleId, Severity, Subject};
use crate::diagnose::series::{self, Point};
use crate::knowledge::{Knowledge, Thresholds};
use crate::model::{History, ProcKey, ProgramKind, Seconds};

pub(in crate::diagnose) fn find(history: &History, knowledge: &Knowledge) -> Vec<Finding> {
    let limits = &knowledge.thresholds;
    let (steady, mining, hold) = (&limits.steady, &limits.mining, limits.hold_seconds);
    let at_work = series::loaded(history, steady.program, hold, mining.recent_seconds);
    at_work
        .into_iter()
        // A browser that is open again was most likely opened by the user.
        .filter(|program| program.kind == ProgramKind::Program)
        .filter_map(|program| {
            let points = series::of_program(history, &program.name, mining.recent_seconds);
            let closed: Vec<usize> =
                (0..points.len()).filter(|index| points[*index].sample.closed.contains(&program.name)).collect();
            let newest = *closed.last()?;
            let newest_back = back(&points, newest, points.len(), limits)?;
            let again = &points[newest + newest_back.after..];
            let held: f64 = again.iter().filter(|point| point.cpu >= steady.program).map(|point| point.span).sum();
            if held < hold.0 || again.last()?.cpu < steady.program {
                return None;
            }
            let before = closed.windows(2).filter(|pair| back(&points, pair[0], pair[1], limits).is_some());
            let returns = before.count() + 1;
            // One return may be the user following our own advice to open it again.
            if returns < 2 && knowledge.is_started_by_hand(&program.origin) {
                return None;
            }
            let (mean, _) = series::shape(again.iter().map(|point| (point.cpu, point.span)))?;
            let mut evidence = vec![
                Evidence::with_threshold(EvidenceKind::ProgramCpu, mean, steady.program, Seconds(held)),
                Evidence::new(EvidenceKind::BackAfter, newest_back.pause.0, newest_back.pause),
            ];
            if returns >= 2 {
                let seconds = points.last()?.at.since(points[closed[0]].at);
                evidence.push(Evidence::new(EvidenceKind::Returns, returns as f64, seconds));
            }
            let subject = Subject::program(program, knowledge, |member| member.cpu.get());
            let since = again[0].at - Seconds(again[0].span);
            let parent = program.origin.parent.as_deref().map(str::to_owned);
            let found = Finding::new(RuleId::CameBack, Severity::Warning, Confidence::High, subject, since, evidence);
            Some(Finding { parent, ..found })
        })
        .collect()
}

/// A return: index of the sample relative to the one in which the program was closed, and how long it was away.
struct Back {
    after: usize,
    pause: Seconds,
}

/// Returns how the program closed at sample `closed` came back before sample `end`, if it did.
fn back(points: &[Point<'_>], closed: usize, end: usize, limits: &Thresholds) -> Option<Back> {
    let (after, least) = (&points[closed..end], limits.steady.program);
    // Closing takes a while; only then is it away, and only after that can it return.
    let away = after.iter().position(|point| point.cpu < least)?;
    let back = away + after[away..].iter().position(|point| point.cpu >= least)?;
    let pause = after[back].at.since(after[away].at);
    // The same process at work again was never away: the close was cancelled, or is still in progress.
    let was_busy = busy_parts(&points[..=closed], least);
    let is_same = busy_parts(&after[back..], least).iter().any(|key| was_busy.contains(key));
    (pause <= limits.mining.back_seconds && !is_same).then_some(Back { after: back, pause })
}

/// The processes with a share of at least `least` in one of these samples.
fn busy_parts(points: &[Point<'_>], least: f64) -> BTreeSet<ProcKey> {
    let members = points.iter().filter_map(|point| point.program).flat_map(|program| &*program.members);
    members.filter(|member| member.cpu.get() >= least).map(|member| member.key).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::diagnose::rules::fixture::{Scene, process, rules};
    use crate::diagnose::{EvidenceKind, RuleId};

    #[test]
    fn a_program_that_is_started_again_after_it_was_closed_is_reported() {
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

    /// A scene in which the program is closed and restarted `times` times, each time as a child of `parent`.
    fn returns(parent: &str, times: u32) -> Scene {
        let mut scene = Scene::linux();
        let parent = process(5, parent, 0.0);
        let of = |pid| {
            let mut child = process(pid, "/home/a/loop", 0.4);
            Arc::make_mut(&mut child.facts).parent = 5;
            child
        };
        for pid in 10..10 + times {
            scene.run(&[parent.clone(), of(pid)], 30.0);
            scene.run_with(std::slice::from_ref(&parent), 4.0, |sample| sample.closed = vec!["loop".into()]);
        }
        scene.run(&[parent, of(30)], 10.0);
        scene
    }

    /// Number of returns of each such finding.
    fn reported(scene: &Scene) -> Vec<Option<f64>> {
        let found = scene.diagnose();
        let reported = found.iter().filter(|finding| finding.rule == RuleId::CameBack);
        reported.map(|finding| finding.observed(EvidenceKind::Returns)).collect()
    }

    #[test]
    fn somebody_who_opens_it_again_as_advised_is_not_reported() {
        assert_eq!(reported(&returns("/usr/bin/gnome-shell", 1)), []);
        assert_eq!(reported(&returns("/usr/bin/bash", 1)), []);
        assert_eq!(reported(&returns("/usr/lib/systemd/systemd", 1)), [None]);
    }

    #[test]
    fn each_return_is_counted_from_the_second() {
        assert_eq!(reported(&returns("/usr/lib/systemd/systemd", 2)), [Some(2.0)]);
        assert_eq!(reported(&returns("/usr/bin/bash", 3)), [Some(3.0)]);
    }
}
