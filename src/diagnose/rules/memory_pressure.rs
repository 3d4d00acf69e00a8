//! Memory is nearly used up, or programs already stall on it.

use crate::diagnose::finding::{Confidence, Evidence, EvidenceKind, Finding, RuleId, Severity, Subject};
use crate::knowledge::Knowledge;
use crate::model::{History, Os, Sample};

pub(in crate::diagnose) fn find(history: &History, knowledge: &Knowledge) -> Option<Finding> {
    let limits = &knowledge.thresholds.memory;
    let windows = history.machine().os == Os::Windows;
    let commit = |sample: &Sample| {
        let swap = sample.swap.get().filter(|swap| windows && swap.total.0 > 0)?;
        Some(swap.used.of(swap.total).get())
    };
    let stalled = |sample: &Sample| {
        let stall = sample.pressure.get().map_or(0.0, |pressure| pressure.memory.get());
        stall >= limits.stall && used(sample).is_some_and(|used| used >= limits.stall_used)
    };
    let short = |sample: &Sample| {
        used(sample).is_some_and(|used| used >= limits.look)
            || commit(sample).is_some_and(|commit| commit >= limits.commit_act)
            || stalled(sample)
    };
    let held = history.held(short)?;
    if held.seconds < knowledge.thresholds.hold_seconds {
        return None;
    }
    let latest = held.samples.iter().rev().find(|sample| short(sample))?;
    let in_use = used(latest)?;
    let mut evidence = vec![Evidence::with_threshold(EvidenceKind::MemoryUsed, in_use, limits.look, held.seconds)];
    if let Some(commit) = commit(latest) {
        evidence.push(Evidence::with_threshold(EvidenceKind::CommitUsed, commit, limits.commit_act, held.seconds));
    } else if let Some(swap) = latest.swap.get().filter(|swap| swap.total.0 > 0) {
        evidence.push(Evidence::new(EvidenceKind::SwapUsed, swap.used.of(swap.total).get(), held.seconds));
    }
    if let Some(pressure) = latest.pressure.get().filter(|pressure| pressure.memory.get() >= limits.stall) {
        let stall = pressure.memory.get();
        evidence.push(Evidence::with_threshold(EvidenceKind::MemoryStall, stall, limits.stall, held.seconds));
    }
    let reserved = latest.condition.reserved_memory.get().filter(|reserved| {
        latest.memory.get().is_some_and(|memory| reserved.of(memory.total).get() >= limits.main_program)
    });
    // Closing the largest program would not give back what no program can use.
    let cause = main_program(latest, knowledge).filter(|(_, share)| {
        let of_reserved = reserved.zip(latest.memory.get()).map_or(0.0, |(bytes, memory)| bytes.of(memory.total).get());
        *share >= of_reserved
    });
    if let Some(reserved) = reserved {
        evidence.push(Evidence::new(EvidenceKind::ReservedMemory, reserved.0 as f64, held.seconds));
    }
    if let Some((_, share)) = &cause {
        evidence.push(Evidence::with_threshold(EvidenceKind::ProgramMemory, *share, limits.main_program, held.seconds));
    }
    let act =
        in_use >= limits.act || commit(latest).is_some_and(|commit| commit >= limits.commit_act) || stalled(latest);
    Some(Finding::new(
        RuleId::MemoryPressure,
        if act { Severity::Critical } else { Severity::Warning },
        Confidence::from_duration(held.seconds).max(Confidence::Medium),
        cause.map_or_else(Subject::machine, |(subject, _)| subject),
        held.since,
        evidence,
    ))
}

fn used(sample: &Sample) -> Option<f64> {
    sample.memory.get().filter(|memory| memory.total.0 > 0).map(|memory| memory.used.of(memory.total).get())
}

/// The largest program with its share of all memory, if large enough to count as the cause.
fn main_program(sample: &Sample, knowledge: &Knowledge) -> Option<(Subject, f64)> {
    let total = sample.memory.get()?.total;
    let largest = sample.programs.iter().max_by_key(|program| program.memory)?;
    let share = largest.memory.of(total).get();
    let subject = Subject::program(largest, knowledge, |member| member.memory.0 as f64);
    (share >= knowledge.thresholds.memory.main_program).then_some((subject, share))
}

#[cfg(test)]
mod tests {
    use crate::diagnose::rules::fixture::{Scene, process, rules};
    use crate::diagnose::{EvidenceKind, RuleId, Severity};
    use crate::model::{Bytes, Condition, Memory, Reading};

    #[test]
    fn full_memory_names_the_largest_program() {
        let mut scene = Scene::windows();
        scene.memory(0.93, Some(("hog.exe", 0.6)), 10.0);
        let found = scene.diagnose();
        assert_eq!((found[0].rule, found[0].severity), (RuleId::MemoryPressure, Severity::Warning));
        assert_eq!(found[0].subject.group, "hog");
    }

    #[test]
    fn the_last_percents_ask_for_action_and_nobody_is_blamed_without_reason() {
        let mut scene = Scene::windows();
        scene.memory(0.97, Some(("a.exe", 0.1)), 10.0);
        let found = scene.diagnose();
        assert_eq!((found[0].severity, found[0].subject.group.as_str()), (Severity::Critical, ""));
    }

    #[test]
    fn memory_that_is_set_apart_is_nobodys_and_told_as_such() {
        let found = |reserved: f64, program: f64| {
            let bytes = |share: f64| Bytes((16e9 * share) as u64);
            let mut hog = process(300, "/usr/bin/hog", 0.01);
            hog.memory = Reading::Known(bytes(program));
            let reserved_memory = Reading::Known(bytes(reserved));
            let condition = std::sync::Arc::new(Condition { reserved_memory, ..Condition::default() });
            let mut scene = Scene::linux();
            scene.run_with(&[hog], 10.0, |sample| {
                sample.memory = Reading::Known(Memory { used: bytes(0.95), total: bytes(1.0) });
                sample.condition = std::sync::Arc::clone(&condition);
            });
            let found = scene.diagnose().remove(0);
            (found.subject.group.clone(), found.observed(EvidenceKind::ReservedMemory).is_some())
        };
        assert_eq!(found(0.5, 0.3), (String::new(), true), "the larger part");
        assert_eq!(found(0.3, 0.5), ("hog".to_owned(), true));
        assert_eq!(found(0.1, 0.3), ("hog".to_owned(), false));
    }

    #[test]
    fn a_large_program_alone_is_fine() {
        let mut scene = Scene::windows();
        scene.memory(0.7, Some(("hog.exe", 0.6)), 30.0);
        assert_eq!(rules(&scene), [RuleId::AllWell]);
    }
}
