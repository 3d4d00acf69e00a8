//! A saturated disk delays everything, and which program causes it.

use std::collections::BTreeMap;

use crate::diagnose::finding::{Confidence, Evidence, EvidenceKind, Finding, RuleId, Severity, Subject};
use crate::knowledge::{Knowledge, Wait};
use crate::model::{Fraction, Held, History, ProgramKind, ProgramSample, Sample};

pub(in crate::diagnose) fn find(history: &History, knowledge: &Knowledge) -> Option<Finding> {
    let limits = &knowledge.thresholds.wait;
    let share = |sample: &Sample| sample.disk_busy.get().map(Fraction::get);
    let stall = |sample: &Sample| sample.pressure.get().map(|pressure| pressure.io.get());
    let is_waiting = |sample: &Sample| {
        // A fast disk can be always active and still respond at once: where stall time is known, it decides. Where it
        // is not, a disk that moves next to nothing is not busy: some drives count time in which they do nothing.
        let waiting = match stall(sample) {
            Some(stall) => stall >= limits.disk_stall,
            None => moved(sample).is_some_and(|moved| moved >= limits.disk_moved),
        };
        share(sample).is_some_and(|share| share >= limits.disk_busy) && waiting
    };
    let held = history.held(is_waiting).filter(|held| held.seconds >= limits.disk_seconds)?;
    let mut evidence =
        vec![Evidence::with_threshold(EvidenceKind::DiskBusy, held.mean(share)?, limits.disk_busy, held.seconds)];
    if let Some(stall) = held.mean(stall) {
        evidence.push(Evidence::with_threshold(EvidenceKind::DiskStall, stall, limits.disk_stall, held.seconds));
    }
    let top_program = top_program(&held, limits);
    let cause = top_program.map(|(program, _)| Subject::program(program, knowledge, |member| member.cpu.get()));
    if let Some((_, rate)) = top_program {
        evidence.push(Evidence::with_threshold(EvidenceKind::DiskRate, rate, limits.disk_program, held.seconds));
    }
    let confidence = Confidence::from_duration(held.seconds);
    let found = Finding::new(RuleId::DiskBusy, Severity::Warning, confidence, Subject::machine(), held.since, evidence);
    Some(Finding { cause, ..found })
}

/// The program with the most disk traffic over the whole stretch, in its newest sample, with its mean in bytes per
/// second. The newest sample alone would blame whichever program saves a file at that moment. If it has since stopped,
/// no program is named, not even the next one.
fn top_program<'a>(held: &'a Held, limits: &Wait) -> Option<(&'a ProgramSample, f64)> {
    let mut moved: BTreeMap<&str, f64> = BTreeMap::new();
    let mut seconds = 0.0;
    for sample in held.samples.iter().filter(|sample| !sample.programs.is_empty()) {
        seconds += sample.span.0;
        // A program missing from a sample had no traffic worth keeping.
        for program in sample.programs.iter().filter(|program| program.kind != ProgramKind::System) {
            *moved.entry(&program.name).or_default() += rate(program) * sample.span.0;
        }
    }
    let (name, bytes) = moved.into_iter().max_by(|a, b| a.1.total_cmp(&b.1))?;
    let mean = bytes / seconds;
    let recent = held.last(limits.disk_seconds);
    let is_still_active =
        recent.samples.iter().filter_map(|sample| sample.program(name)).any(|now| rate(now) >= limits.disk_program);
    let newest = held.samples.iter().rev().find_map(|sample| sample.program(name))?;
    (is_still_active && mean >= limits.disk_program).then_some((newest, mean))
}

/// Bytes per second of all disks; where that is not known, of the programs, as far as they are.
fn moved(sample: &Sample) -> Option<f64> {
    let of_disks = sample.disk_read.get().zip(sample.disk_write.get()).map(|(read, write)| read.0 + write.0);
    let known: Vec<f64> = sample.programs.iter().filter_map(|program| program.disk.get()).map(|rate| rate.0).collect();
    of_disks.or_else(|| (!known.is_empty()).then(|| known.iter().sum()))
}

fn rate(program: &ProgramSample) -> f64 {
    program.disk.get().map_or(0.0, |rate| rate.0)
}

#[cfg(test)]
mod tests {
    use crate::diagnose::rules::fixture::{Scene, process, rules};
    use crate::diagnose::{EvidenceKind, RuleId};
    use crate::model::{BytesPerSec, Fraction, Pressure, ProcSample, Reading};

    fn disk_user(pid: u32, name: &str, rate: f64) -> ProcSample {
        let mut disk_user = process(pid, &format!("/home/a/{name}"), 0.05);
        disk_user.disk_read = Reading::Known(BytesPerSec(rate / 2.0));
        disk_user.disk_write = Reading::Known(BytesPerSec(rate / 2.0));
        disk_user
    }

    fn busy(scene: &mut Scene, processes: &[ProcSample], seconds: f64) {
        scene.run_with(processes, seconds, |sample| {
            sample.disk_busy = Reading::Known(Fraction::new(0.98));
            sample.disk_read = Reading::Known(BytesPerSec(20e6));
            sample.disk_write = Reading::Known(BytesPerSec(0.0));
        });
    }

    fn cause(scene: &Scene) -> Option<(String, f64)> {
        let found = scene.diagnose().into_iter().find(|finding| finding.rule == RuleId::DiskBusy).expect("reported");
        Some((found.cause.as_ref()?.group.clone(), found.observed(EvidenceKind::DiskRate)?))
    }

    #[test]
    fn a_file_that_is_saved_is_not_blamed_for_the_backup_before_it() {
        let mut scene = Scene::linux();
        let backup = |rate| disk_user(10, "backup", rate);
        busy(&mut scene, &[backup(60e6)], 300.0);
        busy(&mut scene, &[backup(10e6), disk_user(20, "editor", 90e6)], 2.0);
        let (name, rate) = cause(&scene).expect("a cause");
        assert!(name == "backup" && (59e6..60e6).contains(&rate), "{name} {rate}");
    }

    #[test]
    fn one_that_has_ended_is_not_named_and_nobody_in_its_place() {
        let mut scene = Scene::linux();
        busy(&mut scene, &[disk_user(10, "backup", 60e6)], 100.0);
        busy(&mut scene, &[disk_user(20, "editor", 9e6)], 20.0);
        assert_eq!(cause(&scene), None);
    }

    #[test]
    fn what_was_not_there_moved_nothing() {
        let mut scene = Scene::linux();
        busy(&mut scene, &[process(1, "/sbin/init", 0.0)], 90.0);
        busy(&mut scene, &[process(1, "/sbin/init", 0.0), disk_user(20, "editor", 20e6)], 10.0);
        assert_eq!(cause(&scene), None, "a mean of 2 MB a second");
    }

    fn scene(stall: Option<f64>) -> Scene {
        let mut scene = Scene::linux();
        let mut copy = process(10, "/home/a/copy", 0.05);
        copy.disk_read = Reading::Known(BytesPerSec(30e6));
        copy.disk_write = Reading::Known(BytesPerSec(30e6));
        scene.run_with(&[copy], 30.0, |sample| {
            sample.disk_busy = Reading::Known(Fraction::new(0.98));
            if let Some(io) = stall {
                let none = Fraction::ZERO;
                sample.pressure = Reading::Known(Pressure { cpu: none, memory: none, io: Fraction::new(io) });
            }
        });
        scene
    }

    #[test]
    fn a_disk_that_everything_waits_for_is_reported_with_the_program_that_moves_most() {
        let found = scene(Some(0.5)).diagnose();
        assert_eq!(found[0].rule, RuleId::DiskBusy);
        assert_eq!(found[0].cause.as_ref().map(|cause| cause.group.as_str()), Some("copy"));
        assert_eq!(rules(&scene(None))[0], RuleId::DiskBusy);
    }

    #[test]
    fn a_disk_that_counts_time_but_moves_nothing_is_not_busy() {
        let with_rate = |rate: f64| {
            let mut scene = Scene::linux();
            scene.run_with(&[process(10, "/usr/bin/bash", 0.02)], 30.0, |sample| {
                sample.disk_busy = Reading::Known(Fraction::new(0.97));
                sample.disk_read = Reading::Known(BytesPerSec(0.0));
                sample.disk_write = Reading::Known(BytesPerSec(rate));
            });
            rules(&scene)[0]
        };
        assert_eq!((with_rate(70e3), with_rate(2e6)), (RuleId::AllWell, RuleId::DiskBusy));
    }

    #[test]
    fn a_busy_disk_that_answers_at_once_is_no_cause() {
        assert_eq!(rules(&scene(Some(0.01))), [RuleId::AllWell]);
    }
}
