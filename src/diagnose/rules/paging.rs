//! Memory is being swapped out, or the commit limit is nearly reached: everything slows down and programs fail to
//! start.

use crate::diagnose::finding::{Confidence, Evidence, EvidenceKind, Finding, RuleId, Severity, Subject};
use crate::knowledge::Knowledge;
use crate::model::{At, History, Os, Reading, Sample, Seconds};

pub(in crate::diagnose) fn find(history: &History, knowledge: &Knowledge) -> Option<Finding> {
    // On Windows the figure is committed memory, which can grow without any paging; on Linux it is swap in use.
    let (since, evidence) = match history.machine().os {
        Os::Windows => promised(history, knowledge)?,
        Os::Linux | Os::Unknown => moved_out(history, knowledge)?,
    };
    Some(Finding::new(RuleId::Paging, Severity::Warning, Confidence::Medium, Subject::machine(), since, evidence))
}

fn promised(history: &History, knowledge: &Knowledge) -> Option<(At, Vec<Evidence>)> {
    let limit = knowledge.thresholds.paging.commit;
    let held = history.held(|sample| used(sample).is_some_and(|used| used >= limit))?;
    let evidence =
        vec![Evidence::with_threshold(EvidenceKind::CommitUsed, used(history.latest()?)?, limit, held.seconds)];
    (held.seconds >= knowledge.thresholds.hold_seconds).then_some((held.since, evidence))
}

/// Swap that filled up long ago slows nothing down: it must be growing now, or its exhaustion must hurt now.
fn moved_out(history: &History, knowledge: &Knowledge) -> Option<(At, Vec<Evidence>)> {
    let (since, mut evidence) = match (growing(history, knowledge), missed(history, knowledge)) {
        (None, None) => return None,
        (Some((since, mut grown)), missed) => {
            grown.extend(missed.into_iter().flat_map(|(_, evidence)| evidence));
            (since, grown)
        }
        (None, Some(missed)) => missed,
    };
    if !evidence.iter().any(|evidence| evidence.kind == EvidenceKind::SwapUsed) {
        let seconds = Seconds(evidence.first()?.seconds);
        evidence.push(Evidence::new(EvidenceKind::SwapUsed, used(history.latest()?)?, seconds));
    }
    if history.machine().is_swap_in_memory == Reading::Known(true) {
        evidence.push(Evidence::new(EvidenceKind::CompressedSwap, 1.0, Seconds(evidence.first()?.seconds)));
    }
    Some((since, evidence))
}

/// Swap use grew a lot recently.
fn growing(history: &History, knowledge: &Knowledge) -> Option<(At, Vec<Evidence>)> {
    let limits = &knowledge.thresholds.paging;
    let latest = history.latest()?;
    let now = latest.swap.get().filter(|swap| swap.total.0 > 0)?.used.0;
    let recent: Vec<&Sample> = history
        .unbroken()
        .map(|sample| &**sample)
        .take_while(|sample| latest.at.since(sample.at) <= limits.swap_seconds)
        .collect();
    let before = recent.iter().filter_map(|sample| sample.swap.get()).map(|swap| swap.used.0).min()?;
    let grown = now.saturating_sub(before);
    let since = recent.last()?.at;
    let seconds = latest.at.since(since);
    let evidence = Evidence::with_threshold(EvidenceKind::SwapGrown, grown as f64, limits.swap_grown as f64, seconds);
    (grown >= limits.swap_grown).then(|| (since, vec![evidence]))
}

/// Swap is full, and programs stall on memory or hardly any is left.
fn missed(history: &History, knowledge: &Knowledge) -> Option<(At, Vec<Evidence>)> {
    let (limit, memory) = (knowledge.thresholds.paging.commit, &knowledge.thresholds.memory);
    let stall = |sample: &Sample| sample.pressure.get().map(|pressure| pressure.memory.get());
    let in_use = |sample: &Sample| {
        let memory = sample.memory.get().filter(|memory| memory.total.0 > 0)?;
        Some(memory.used.of(memory.total).get())
    };
    let short = |sample: &Sample| {
        stall(sample).is_some_and(|stall| stall >= memory.stall)
            || in_use(sample).is_some_and(|used| used >= memory.look)
    };
    let held = history.held(|sample| used(sample).is_some_and(|used| used >= limit) && short(sample))?;
    let latest = history.latest()?;
    let mut evidence = vec![Evidence::with_threshold(EvidenceKind::SwapUsed, used(latest)?, limit, held.seconds)];
    evidence.extend(in_use(latest).map(|used| Evidence::new(EvidenceKind::MemoryUsed, used, held.seconds)));
    if let Some(stall) = stall(latest).filter(|stall| *stall >= memory.stall) {
        evidence.push(Evidence::with_threshold(EvidenceKind::MemoryStall, stall, memory.stall, held.seconds));
    }
    (held.seconds >= knowledge.thresholds.hold_seconds).then_some((held.since, evidence))
}

/// Share of swap (Linux) or of the commit limit (Windows) in use.
fn used(sample: &Sample) -> Option<f64> {
    let swap = sample.swap.get().filter(|swap| swap.total.0 > 0)?;
    Some(swap.used.of(swap.total).get())
}

#[cfg(test)]
mod tests {
    use crate::diagnose::rules::fixture::{Scene, rules};
    use crate::diagnose::{EvidenceKind, RuleId};
    use crate::model::{Bytes, Fraction, Memory, Pressure, Reading, Sample, Swap};

    fn scene(os_linux: bool, from: u64, to: u64) -> Scene {
        scene_with(os_linux, from, to, |_| ())
    }

    fn scene_with(os_linux: bool, from: u64, to: u64, change: impl Fn(&mut Sample)) -> Scene {
        fill(if os_linux { Scene::linux() } else { Scene::windows() }, from, to, change)
    }

    fn fill(mut scene: Scene, from: u64, to: u64, change: impl Fn(&mut Sample)) -> Scene {
        for step in 0..30 {
            let used = Bytes((from + (to - from) * step / 29) << 20);
            scene.push(2.0, |sample| {
                sample.swap = Reading::Known(Swap { used, total: Bytes(8 << 30) });
                change(sample);
            });
        }
        scene
    }

    fn waits(sample: &mut Sample) {
        let (cpu, io) = (Fraction::ZERO, Fraction::ZERO);
        sample.pressure = Reading::Known(Pressure { cpu, memory: Fraction::new(0.3), io });
    }

    #[test]
    fn memory_that_moves_to_the_disk_and_a_limit_that_is_reached_are_reported() {
        let grown = scene(true, 0, 900).diagnose();
        assert_eq!((grown[0].rule, grown.len()), (RuleId::Paging, 1));
        assert_eq!(grown[0].evidence[0].kind, EvidenceKind::SwapGrown);
        let promised = scene(false, 7600, 7700).diagnose();
        assert_eq!((promised[0].rule, promised.len()), (RuleId::Paging, 1));
        assert_eq!(promised[0].evidence[0].kind, EvidenceKind::CommitUsed);
    }

    #[test]
    fn compressed_memory_is_told_as_that() {
        let of = |scene: Scene| fill(scene, 0, 900, |_| ()).diagnose()[0].observed(EvidenceKind::CompressedSwap);
        assert_eq!((of(Scene::linux().with_compressed_swap()), of(Scene::linux())), (Some(1.0), None));
    }

    #[test]
    fn swap_that_was_filled_long_ago_and_promises_that_grow_are_not() {
        assert_eq!(rules(&scene(true, 2000, 2000)), [RuleId::AllWell]);
        assert_eq!(rules(&scene(true, 7900, 7900)), [RuleId::AllWell], "full since yesterday, and nobody misses it");
        assert_eq!(rules(&scene(false, 0, 900)), [RuleId::AllWell]);
    }

    #[test]
    fn a_full_reserve_is_reported_where_memory_is_missed() {
        assert_eq!(rules(&scene_with(true, 7900, 7900, waits)), [RuleId::Paging]);
        assert_eq!(rules(&scene_with(true, 2000, 2000, waits)), [RuleId::AllWell], "there is a reserve left");
        let full = |sample: &mut Sample| {
            sample.memory = Reading::Known(Memory { used: Bytes(93), total: Bytes(100) });
        };
        assert!(rules(&scene_with(true, 7900, 7900, full)).contains(&RuleId::Paging));
    }

    #[test]
    fn one_sample_is_not_enough() {
        let mut scene = scene_with(true, 7900, 7900, |_| ());
        scene.push(2.0, |sample| {
            sample.swap = Reading::Known(Swap { used: Bytes(7900 << 20), total: Bytes(8 << 30) });
            waits(sample);
        });
        assert_eq!(rules(&scene), [RuleId::AllWell]);
    }
}
