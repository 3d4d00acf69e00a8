//! The memory of one program keeps growing, step after step, without being released.

use crate::diagnose::finding::{Confidence, Evidence, EvidenceKind, Finding, RuleId, Severity, Subject};
use crate::diagnose::series;
use crate::knowledge::Knowledge;
use crate::model::{Bytes, History, ProgramKind, ProgramSample, Seconds};

/// Number of equal steps the time is divided into; their means are compared.
const STEPS: usize = 6;

pub(in crate::diagnose) fn find(history: &History, knowledge: &Knowledge) -> Vec<Finding> {
    let limits = &knowledge.thresholds.growth;
    let Some(latest) = history.latest() else { return Vec::new() };
    let Some(then) = history.unbroken().find(|sample| latest.at.since(sample.at).0 >= limits.seconds.0 - 1.0) else {
        return Vec::new();
    };
    // Compares two samples first, which rules out nearly all programs without a pass over all samples.
    let has_grown = |program: &&ProgramSample| {
        let before = then.program(&program.name).map_or(0, |before| before.memory.0);
        program.kind != ProgramKind::System && program.memory.0.saturating_sub(before) >= limits.bytes
    };
    latest.programs.iter().filter(has_grown).filter_map(|program| growing(history, knowledge, program)).collect()
}

fn growing(history: &History, knowledge: &Knowledge, program: &ProgramSample) -> Option<Finding> {
    let limits = &knowledge.thresholds.growth;
    let points = series::of_program(history, &program.name, limits.seconds);
    // A compiler that is started repeatedly is a new process each time, none of which keeps growing.
    let mut largest = points.iter().filter_map(|point| point.program?.largest);
    let one = largest.next_back();
    if largest.any(|other| Some(other) != one) {
        return None;
    }
    let first = points.first()?.at;
    let length = points.last()?.at.since(first).0 / STEPS as f64;
    let mut means = Vec::with_capacity(STEPS);
    for step in 0..STEPS {
        let inside = |at: crate::model::At| ((at.since(first).0 / length) as usize).min(STEPS - 1) == step;
        let values =
            points.iter().filter(|point| inside(point.at)).filter_map(|p| Some((p.program?.memory.0 as f64, p.span)));
        means.push(series::shape(values.collect::<Vec<_>>().into_iter())?.0);
    }
    let falls = means.windows(2).filter(|pair| pair[1] < pair[0] * 1.01).count();
    let (before, now) = (*means.first()?, *means.last()?);
    let grown = now - before;
    if falls > limits.falls || grown < limits.bytes as f64 || grown < before * limits.share {
        return None;
    }
    let seconds = Seconds(points.last()?.at.since(first).0);
    let evidence = vec![
        Evidence::with_threshold(EvidenceKind::GrownBytes, grown, limits.bytes as f64, seconds),
        Evidence::new(EvidenceKind::ProgramBytes, program.memory.0 as f64, seconds),
    ];
    let subject = Subject::program(program, knowledge, |member| {
        let Bytes(bytes) = member.memory;
        bytes as f64
    });
    Some(Finding::new(RuleId::MemoryGrowth, Severity::Warning, Confidence::Medium, subject, first, evidence))
}

#[cfg(test)]
mod tests {
    use crate::diagnose::RuleId;
    use crate::diagnose::rules::fixture::{Scene, process, rules};
    use crate::model::{Bytes, Reading};

    fn scene(megabytes: impl Fn(u64) -> u64) -> Scene {
        let mut scene = Scene::windows().with_step(10.0);
        for step in 0..130 {
            let mut leaky = process(10, r"C:\Program Files\Vendor\planner.exe", 0.01);
            leaky.memory = Reading::Known(Bytes(megabytes(step) << 20));
            scene.run(&[leaky], 10.0);
        }
        scene
    }

    #[test]
    fn a_program_that_only_grows_is_reported() {
        assert_eq!(rules(&scene(|step| 500 + step * 8)), [RuleId::MemoryGrowth]);
    }

    #[test]
    fn a_build_whose_compilers_grow_from_one_to_the_next_is_not() {
        let mut scene = Scene::windows().with_step(10.0);
        for step in 0..130_u32 {
            let mut compiler = process(10 + step / 10, r"C:\Tools\bin\translate.exe", 0.01);
            compiler.memory = Reading::Known(Bytes(u64::from(500 + step * 8) << 20));
            scene.run(&[compiler], 10.0);
        }
        assert_eq!(rules(&scene), [RuleId::AllWell]);
    }

    #[test]
    fn one_that_grows_and_gives_back_or_is_merely_large_is_not() {
        assert_eq!(rules(&scene(|step| 500 + step % 40 * 20)), [RuleId::AllWell]);
        assert_eq!(rules(&scene(|_| 3000)), [RuleId::AllWell]);
        assert_eq!(rules(&scene(|step| if step < 5 { 200 } else { 2000 })), [RuleId::AllWell]);
    }
}
