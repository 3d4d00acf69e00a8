//! The CPU is fully used, and no other rule says why: the load has just begun, or its parts are too small to name. A full PC always gets an answer, with the largest part.

use super::all_well::RECENT;
use crate::diagnose::finding::{Confidence, Evidence, EvidenceKind, Finding, RuleId, Severity, Subject};
use crate::diagnose::series;
use crate::knowledge::Knowledge;
use crate::model::{Held, History, ProgramSample, Sample};

/// Rules that explain a full CPU. That of a PC that catches up names the largest part itself.
const EXPLAIN: [RuleId; 12] = [
    RuleId::CatchingUp,
    RuleId::CpuHog,
    RuleId::BrowserLoad,
    RuleId::KnownBusy,
    RuleId::SecretMining,
    RuleId::WebPageLoad,
    RuleId::CameBack,
    RuleId::ManySmall,
    RuleId::UnattributedLoad,
    RuleId::DeviceLoad,
    RuleId::HostBusy,
    RuleId::PageOpened,
];

/// Reported only if none of `others` explains the load.
pub(in crate::diagnose) fn find(history: &History, knowledge: &Knowledge, others: &[Finding]) -> Option<Finding> {
    if others.iter().any(|finding| EXPLAIN.contains(&finding.rule)) {
        return None;
    }
    let full = knowledge.thresholds.cpu.full;
    // The same span that decides whether all is well: a PC that is full for a moment is not told as one, and a finding
    // that comes and goes with every burst would take the place of the others.
    let held = history.held(|sample| series::total(sample).is_some())?.last(RECENT);
    let mean = held.mean(series::total).filter(|mean| *mean >= full)?;
    // The first seconds of a full PC are everyday life.
    let lasts = held.seconds >= knowledge.thresholds.hold_seconds;
    let severity = if lasts { Severity::Warning } else { Severity::Ok };
    let mut evidence = vec![Evidence::with_threshold(EvidenceKind::TotalCpu, mean, full, held.seconds)];
    let cause = largest_part(&held, knowledge).map(|(cause, part)| {
        evidence.push(part);
        cause
    });
    let confidence = Confidence::from_duration(held.seconds);
    let found = Finding::new(RuleId::FullLoad, severity, confidence, Subject::machine(), held.since, evidence);
    Some(Finding { cause, ..found })
}

/// Share from which a part is worth naming; below it the load is spread over many.
const LEAST_PART: f64 = 0.05;

/// The program with the largest part over a stretch, and how large it is, if it is worth naming.
pub(super) fn largest_part(held: &Held, knowledge: &Knowledge) -> Option<(Subject, Evidence)> {
    let program = held.samples.iter().rev().find_map(|sample| largest(sample))?;
    let of_program = |sample: &Sample| Some(sample.program(&program.name).map_or(0.0, |found| found.cpu.get()));
    let part = Evidence::new(EvidenceKind::LargestPart, held.mean(of_program)?, held.seconds);
    Some((Subject::program(program, knowledge, |member| member.cpu.get()), part))
}

fn largest(sample: &Sample) -> Option<&ProgramSample> {
    let largest = sample.programs.iter().max_by(|a, b| a.cpu.get().total_cmp(&b.cpu.get()));
    largest.filter(|program| program.cpu.get() >= LEAST_PART)
}

#[cfg(test)]
mod tests {
    use crate::diagnose::rules::fixture::{Scene, process, rules};
    use crate::diagnose::{EvidenceKind, Limitation, RuleId, Severity};
    use crate::model::{Fraction, Reading, Why};

    #[test]
    fn a_full_pc_gets_an_answer_at_once() {
        let mut scene = Scene::windows();
        scene.run(&[process(10, r"C:\Tools\sums.exe", 0.6), process(11, r"C:\Tools\words.exe", 0.38)], 4.0);
        let found = scene.diagnose();
        assert_eq!((found[0].rule, found[0].severity), (RuleId::FullLoad, Severity::Ok));
        assert_eq!(found[0].cause.as_ref().map(|cause| cause.group.as_str()), Some("sums"));
        assert_eq!(found[0].observed(EvidenceKind::LargestPart), Some(0.6));
        scene.run(&[process(10, r"C:\Tools\sums.exe", 0.6), process(11, r"C:\Tools\words.exe", 0.38)], 8.0);
        assert!(!rules(&scene).contains(&RuleId::FullLoad), "it is explained");
    }

    #[test]
    fn where_programs_of_others_are_hidden_it_says_so() {
        let limitations = |hidden: bool| {
            let mut scene = Scene::linux();
            scene.run_with(&[process(10, "/usr/bin/bash", 0.1)], 30.0, |sample| {
                sample.cpu = Reading::Known(Fraction::new(0.99));
                sample.program_total = sample.cpu;
                if hidden {
                    sample.unattributed = Reading::Missing(Why::NoPermission);
                }
            });
            let found = scene.diagnose();
            (found[0].rule, found[0].limitations.clone())
        };
        assert_eq!(limitations(true), (RuleId::FullLoad, vec![Limitation::UnseenProcesses]));
        assert_eq!(limitations(false), (RuleId::UnattributedLoad, vec![]));
    }

    #[test]
    fn a_burst_on_a_calm_pc_is_no_full_pc() {
        let mut scene = Scene::windows();
        scene.calm(40.0);
        scene.push(6.0, |sample| sample.cpu = Reading::Known(Fraction::new(1.0)));
        assert!(!rules(&scene).contains(&RuleId::FullLoad));
    }

    #[test]
    fn a_full_pc_whose_programs_are_not_known_is_told_as_full() {
        let mut scene = Scene::windows();
        scene.push(4.0, |sample| sample.cpu = Reading::Known(Fraction::new(1.0)));
        let found = scene.diagnose();
        assert_eq!((found[0].rule, found[0].cause.is_none()), (RuleId::FullLoad, true));
    }
}
