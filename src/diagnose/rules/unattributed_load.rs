//! Load that no named program accounts for: short-lived processes, the kernel, and what the system does not show. Where
//! no programs were recorded at all, a steady total is worth the same warning.

use crate::diagnose::finding::{Confidence, Evidence, EvidenceKind, Finding, RuleId, Severity, Subject};
use crate::diagnose::series;
use crate::diagnose::signs::{FollowUp, Signs};
use crate::knowledge::Knowledge;
use crate::model::{Fraction, Held, History, Sample, Seconds};

/// A name that no program has.
const NOBODY: &str = "";

pub(in crate::diagnose) fn find(history: &History, knowledge: &Knowledge) -> Option<Finding> {
    unattributed(history, knowledge).or_else(|| totals_only(history, knowledge))
}

fn unattributed(history: &History, knowledge: &Knowledge) -> Option<Finding> {
    let limits = &knowledge.thresholds.wait;
    let held = history
        .held(|sample| unattributed_share(sample).is_some_and(|rest| rest >= limits.rest))
        .filter(|held| held.seconds >= limits.rest_seconds)?;
    let mut evidence = vec![
        Evidence::with_threshold(EvidenceKind::Unattributed, held.mean(unattributed_share)?, limits.rest, held.seconds),
        Evidence::new(EvidenceKind::TotalCpu, held.mean(series::total)?, held.seconds),
    ];
    let mining = &knowledge.thresholds.mining;
    let points = series::of_load(history, mining.recent_seconds, |sample| unattributed_share(sample).unwrap_or(0.0));
    let mut signs = Signs::new(history, knowledge);
    signs.add_presence(&points, FollowUp::Load);
    signs.add_load(&points, NOBODY);
    // A process that hides its name can be a miner, too; without a name and a file it stays a reason to look.
    if signs.score() >= mining.look {
        let score = f64::from(signs.score());
        evidence.push(Evidence::with_threshold(EvidenceKind::Score, score, f64::from(mining.look), held.seconds));
    }
    Some(Finding { signs: signs.weightiest_first(), ..finding(&held, evidence) })
}

/// Share of the processors in no program's name, without interrupt handling.
fn unattributed_share(sample: &Sample) -> Option<f64> {
    let of_devices = sample.interrupts.get().map_or(0.0, Fraction::get);
    Some((sample.unattributed.get()?.get() - of_devices).max(0.0))
}

/// For a recording without programs, of which only the total is known.
fn totals_only(history: &History, knowledge: &Knowledge) -> Option<Finding> {
    let steady = &knowledge.thresholds.steady;
    // A live PC has programs in every sample: this avoids a pass over hours of them.
    if !history.latest()?.programs.is_empty() {
        return None;
    }
    let held = history.held(|sample| series::total(sample).is_some_and(|cpu| cpu >= steady.rest))?;
    if held.seconds < steady.seconds || held.samples.iter().any(|sample| !sample.programs.is_empty()) {
        return None;
    }
    // Covers at least `steady.seconds`: with a sample every 15 s, one that is a second late would otherwise leave too
    // few.
    let mut seconds = 0.0;
    let newest = held.samples.iter().rev().take_while(|sample| {
        let needs_more = seconds < steady.seconds.0 - 0.5;
        seconds += if needs_more { sample.span.0 } else { 0.0 };
        needs_more
    });
    let values: Vec<(f64, f64)> = newest.filter_map(|sample| Some((series::total(sample)?, sample.span.0))).collect();
    let (mean, variation) = series::shape(values.iter().copied()).filter(|_| values.len() >= steady.points)?;
    if variation > steady.variation {
        return None;
    }
    let evidence = vec![
        Evidence::with_threshold(EvidenceKind::TotalCpu, mean, steady.rest, held.seconds),
        Evidence::with_threshold(EvidenceKind::Variation, variation, steady.variation, Seconds(seconds)),
    ];
    Some(finding(&held, evidence))
}

fn finding(held: &Held, evidence: Vec<Evidence>) -> Finding {
    let confidence = Confidence::from_duration(held.seconds);
    Finding::new(RuleId::UnattributedLoad, Severity::Warning, confidence, Subject::machine(), held.since, evidence)
}

#[cfg(test)]
mod tests {
    use crate::diagnose::rules::fixture::{Scene, process, rules};
    use crate::diagnose::{EvidenceKind, RuleId, SignKind};
    use crate::model::{Fraction, Reading};

    #[test]
    fn work_in_nobodys_name_is_reported_as_such() {
        let mut scene = Scene::linux();
        scene.run_with(&[process(10, "/usr/bin/bash", 0.02)], 40.0, |sample| {
            sample.cpu = Reading::Known(Fraction::new(0.6));
            sample.program_total = sample.cpu;
        });
        assert_eq!(rules(&scene), [RuleId::UnattributedLoad]);
    }

    #[test]
    fn what_hides_in_nobodys_name_while_a_monitor_is_open_shows_that_sign() {
        let mut scene = Scene::linux();
        let mut run = |share: f64, watched: bool, seconds: f64| {
            scene.run_with(&[process(10, "/usr/bin/bash", 0.02)], seconds, |sample| {
                sample.cpu = Reading::Known(Fraction::new(share));
                sample.program_total = sample.cpu;
                sample.watched = Reading::Known(watched);
            });
        };
        for _ in 0..2 {
            run(0.6, false, 100.0);
            run(0.03, true, 30.0);
        }
        run(0.6, false, 140.0);
        let found = scene.diagnose();
        assert_eq!(found[0].rule, RuleId::UnattributedLoad);
        let fell = found[0].signs.iter().find(|sign| sign.kind == SignKind::FellWhenWatched).expect("sign");
        assert_eq!(fell.figure, Some(2.0));
        assert!(found[0].observed(EvidenceKind::Score).is_some_and(|score| score >= 40.0));
    }

    #[test]
    fn a_total_that_does_not_move_is_a_warning_and_one_that_moves_is_not() {
        let mut scene = Scene::linux();
        scene.push(130.0, |sample| sample.cpu = Reading::Known(Fraction::new(0.4)));
        assert_eq!(rules(&scene), [RuleId::UnattributedLoad]);
        // A recording with a sample about every 15 s.
        let mut scene = Scene::linux().with_step(15.5);
        scene.push(155.0, |sample| sample.cpu = Reading::Known(Fraction::new(0.4)));
        assert_eq!(rules(&scene), [RuleId::UnattributedLoad]);
        let mut scene = Scene::linux();
        for step in 0..65 {
            let cpu = 0.2 + 0.05 * f64::from(step % 7);
            scene.push(2.0, |sample| sample.cpu = Reading::Known(Fraction::new(cpu)));
        }
        assert_eq!(rules(&scene), [RuleId::AllWell]);
    }
}
