//! Everything waits for a disk, and who keeps it busy.

use crate::diagnose::finding::{Confidence, Evidence, EvidenceKind, Finding, RuleId, Severity, Subject};
use crate::knowledge::Knowledge;
use crate::model::{Fraction, History, ProgramKind, ProgramSample, Reading, Sample};

pub(in crate::diagnose) fn find(history: &History, knowledge: &Knowledge) -> Option<Finding> {
    let limits = &knowledge.thresholds.wait;
    let share = |sample: &Sample| sample.disk_busy.get().map(Fraction::get);
    let stall = |sample: &Sample| sample.pressure.get().map(|pressure| pressure.io.get());
    let waits = |sample: &Sample| {
        // A fast disk that always has something to do still answers at once: where waiting is known, it decides.
        let waiting = stall(sample).is_none_or(|stall| stall >= limits.disk_stall);
        share(sample).is_some_and(|share| share >= limits.disk_busy) && waiting
    };
    let held = history.held(waits).filter(|held| held.seconds.0 >= limits.disk_seconds.0)?;
    let mut evidence = vec![Evidence::over(EvidenceKind::DiskBusy, held.mean(share)?, limits.disk_busy, held.seconds)];
    if let Some(stall) = held.mean(stall) {
        evidence.push(Evidence::over(EvidenceKind::DiskStall, stall, limits.disk_stall, held.seconds));
    }
    let latest = history.latest()?;
    let rate = |program: &ProgramSample| program.disk.get().map_or(0.0, |rate| rate.0);
    let mover = latest
        .programs
        .iter()
        .filter(|program| program.kind != ProgramKind::System && rate(program) >= limits.disk_program)
        .max_by(|a, b| rate(a).total_cmp(&rate(b)));
    let mean = |name: &str| {
        held.mean(|sample| match sample.program(name)?.disk {
            Reading::Known(rate) => Some(rate.0),
            Reading::Missing(_) => None,
        })
    };
    let cause = mover.map(|program| Subject::program(program, knowledge, |member| member.cpu.get()));
    if let Some(rate) = mover.and_then(|program| mean(&program.name)) {
        evidence.push(Evidence::over(EvidenceKind::DiskRate, rate, limits.disk_program, held.seconds));
    }
    let confidence = Confidence::from_duration(held.seconds);
    let found = Finding::new(RuleId::DiskBusy, Severity::Look, confidence, Subject::machine(), held.since, evidence);
    Some(Finding { cause, ..found })
}

#[cfg(test)]
mod tests {
    use crate::diagnose::RuleId;
    use crate::diagnose::rules::fixture::{Scene, process, rules};
    use crate::model::{BytesPerSec, Fraction, Pressure, Reading};

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
    fn a_disk_that_everything_waits_for_is_told_with_the_program_that_moves_most() {
        let found = scene(Some(0.5)).diagnose();
        assert_eq!(found[0].rule, RuleId::DiskBusy);
        assert_eq!(found[0].cause.as_ref().map(|cause| cause.group.as_str()), Some("copy"));
        assert_eq!(rules(&scene(None))[0], RuleId::DiskBusy);
    }

    #[test]
    fn a_busy_disk_that_answers_at_once_is_no_cause() {
        assert_eq!(rules(&scene(Some(0.01))), [RuleId::AllWell]);
    }
}
