//! Memory is moved to the disk, or there is none left to promise: everything gets slow, programs fail to start.

use crate::diagnose::finding::{Confidence, Evidence, EvidenceKind, Finding, RuleId, Severity, Subject};
use crate::knowledge::Knowledge;
use crate::model::{History, Os, Sample};

pub(in crate::diagnose) fn find(history: &History, knowledge: &Knowledge) -> Option<Finding> {
    let limits = &knowledge.thresholds.paging;
    let latest = history.latest()?;
    let swap = latest.swap.get().filter(|swap| swap.total.0 > 0)?;
    let used = swap.used.of(swap.total).get();
    let recent: Vec<&Sample> = history
        .unbroken()
        .map(|sample| &**sample)
        .take_while(|sample| latest.at.since(sample.at).0 <= limits.swap_seconds.0)
        .collect();
    let before = recent.iter().filter_map(|sample| sample.swap.get()).map(|swap| swap.used.0).min()?;
    let grown = swap.used.0.saturating_sub(before);
    let seconds = latest.at.since(recent.last()?.at);
    // On Windows the figure is what was promised, which may grow without any paging; on Linux it is what was moved.
    let moved = history.machine().os == Os::Linux && grown >= limits.swap_grown;
    if used < limits.commit && !moved {
        return None;
    }
    let mut evidence = vec![Evidence::over(EvidenceKind::SwapUsed, used, limits.commit, seconds)];
    if moved {
        evidence.push(Evidence::over(EvidenceKind::SwapGrown, grown as f64, limits.swap_grown as f64, seconds));
    }
    let since = recent.last()?.at;
    Some(Finding::new(RuleId::Paging, Severity::Look, Confidence::Medium, Subject::machine(), since, evidence))
}

#[cfg(test)]
mod tests {
    use crate::diagnose::RuleId;
    use crate::diagnose::rules::fixture::{Scene, rules};
    use crate::model::{Bytes, Reading, Swap};

    fn scene(os_linux: bool, from: u64, to: u64) -> Scene {
        let mut scene = if os_linux { Scene::linux() } else { Scene::windows() };
        for step in 0..30 {
            let used = Bytes((from + (to - from) * step / 29) << 20);
            scene.push(2.0, |sample| sample.swap = Reading::Known(Swap { used, total: Bytes(8 << 30) }));
        }
        scene
    }

    #[test]
    fn memory_that_moves_to_the_disk_and_a_limit_that_is_reached_are_told() {
        assert_eq!(rules(&scene(true, 0, 900)), [RuleId::Paging]);
        assert_eq!(rules(&scene(false, 7600, 7700)), [RuleId::Paging]);
    }

    #[test]
    fn swap_that_was_filled_long_ago_and_promises_that_grow_are_not() {
        assert_eq!(rules(&scene(true, 2000, 2000)), [RuleId::AllWell]);
        assert_eq!(rules(&scene(false, 0, 900)), [RuleId::AllWell]);
    }
}
