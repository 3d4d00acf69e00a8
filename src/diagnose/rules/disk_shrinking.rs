//! Free space is falling fast, or has fallen a lot over days.

use std::sync::Arc;

use crate::diagnose::finding::{Confidence, Evidence, EvidenceKind, Finding, RuleId, Severity, Subject};
use crate::knowledge::{Disk, Knowledge};
use crate::model::{At, Bytes, History, ProgramKind, Sample, Seconds, Volume};

/// The share of the whole loss that must have happened in the newest part for it to be still going on.
const STILL_FALLING: f64 = 0.02;
/// The program that moves most is named when it moved at least this share of what was lost.
const NAMED_SHARE: f64 = 0.3;

pub(in crate::diagnose) fn find(history: &History, knowledge: &Knowledge) -> Vec<Finding> {
    let newest = history.samples().rev().take(15).find_map(|sample| sample.volumes.known());
    newest
        .into_iter()
        .flatten()
        .filter(|volume| volume.total.0 >= knowledge.thresholds.disk.smallest_bytes)
        .filter_map(|volume| fast(history, volume, knowledge).or_else(|| slow(history, volume, knowledge)))
        .collect()
}

fn free_in(sample: &Sample, volume: &str) -> Option<Bytes> {
    sample.volumes.known()?.iter().find(|found| found.name == volume).map(|found| found.free)
}

fn fast(history: &History, volume: &Volume, knowledge: &Knowledge) -> Option<Finding> {
    let limits = &knowledge.thresholds.disk;
    let now = history.latest()?.at;
    let points: Vec<(At, Bytes, &Arc<Sample>)> = history
        .samples()
        .filter(|sample| now.since(sample.at).0 <= limits.shrink_window_seconds.0)
        .filter_map(|sample| Some((sample.at, free_in(sample, &volume.name)?, sample)))
        .collect();
    // From the last moment at which most was free.
    let (start, most, _) = points.iter().max_by_key(|(at, free, _)| (*free, *at))?;
    let (_, free, _) = points.last()?;
    let seconds = now.since(*start);
    let lost = most.0.saturating_sub(free.0);
    if seconds.0 < knowledge.thresholds.hold_seconds.0 * 0.75 || lost < least_loss(volume, limits) {
        return None;
    }
    let hours = free.0 as f64 / (lost as f64 / seconds.0) / 3600.0;
    let recently = Seconds((seconds.0 / 2.0).min(30.0));
    let before = points.iter().rev().find(|(at, ..)| now.since(*at).0 >= recently.0).map(|(_, free, _)| *free)?;
    let falling = before.0.saturating_sub(free.0) as f64 >= lost as f64 * STILL_FALLING;
    if hours > limits.shrink_hours_to_full || !falling {
        return None;
    }
    let samples: Vec<&Arc<Sample>> = points.iter().filter(|(at, ..)| at >= start).map(|(.., sample)| *sample).collect();
    Some(Finding {
        rule: RuleId::DiskShrinking,
        severity: if hours < 1.0 { Severity::Act } else { Severity::Look },
        confidence: Confidence::from_duration(seconds).max(Confidence::Medium),
        subject: Subject::volume(&volume.name),
        since: *start,
        evidence: vec![
            Evidence::over(EvidenceKind::LostBytes, lost as f64, least_loss(volume, limits) as f64, seconds),
            Evidence::told(EvidenceKind::FreeBytes, free.0 as f64, seconds),
            Evidence::over(EvidenceKind::HoursToFull, hours, limits.shrink_hours_to_full, seconds),
        ],
        busy: None,
        cause: writer(&samples, lost, knowledge),
        signs: Vec::new(),
        parent: None,
    })
}

fn least_loss(volume: &Volume, limits: &Disk) -> u64 {
    let share = (volume.total.0 as f64 * limits.shrink_share) as u64;
    share.min(limits.shrink_cap_bytes).max(limits.shrink_least_bytes).min(volume.total.0 / 8)
}

/// The program that moved most bytes meanwhile, if it can account for a good part of the loss.
fn writer(samples: &[&Arc<Sample>], lost: u64, knowledge: &Knowledge) -> Option<Subject> {
    let mut moved: Vec<(&str, f64)> = Vec::new();
    for sample in samples {
        // The system writes on behalf of others (write-back threads): it is never the one to name.
        for program in sample.programs.iter().filter(|program| program.kind != ProgramKind::System) {
            let bytes = program.disk.get().map_or(0.0, |rate| rate.0) * sample.span.0;
            match moved.iter_mut().find(|(name, _)| *name == &*program.name) {
                Some((_, sum)) => *sum += bytes,
                None => moved.push((&program.name, bytes)),
            }
        }
    }
    let (name, bytes) = moved.into_iter().max_by(|a, b| a.1.total_cmp(&b.1))?;
    let newest = samples.iter().rev().find_map(|sample| sample.program(name))?;
    let enough = bytes >= lost as f64 * NAMED_SHARE;
    enough.then(|| Subject::program(newest, knowledge, |member| member.cpu.get().max(1e-6)))
}

fn slow(history: &History, volume: &Volume, knowledge: &Knowledge) -> Option<Finding> {
    let limits = &knowledge.thresholds.disk;
    let now = history.latest()?.at;
    let most = history.trend(&volume.name).max_by_key(|point| (point.free, point.at))?;
    let seconds = now.since(most.at);
    let lost = most.free.0.saturating_sub(volume.free.0);
    let least = limits.shrink_days_bytes.max((volume.total.0 as f64 * limits.shrink_days_share) as u64);
    if seconds.0 < 3600.0 || lost < least {
        return None;
    }
    Some(Finding {
        rule: RuleId::DiskShrinking,
        severity: Severity::Look,
        confidence: Confidence::Medium,
        subject: Subject::volume(&volume.name),
        since: most.at,
        evidence: vec![
            Evidence::over(EvidenceKind::LostBytes, lost as f64, least as f64, seconds),
            Evidence::told(EvidenceKind::FreeBytes, volume.free.0 as f64, seconds),
        ],
        busy: None,
        cause: None,
        signs: Vec::new(),
        parent: None,
    })
}

#[cfg(test)]
mod tests {
    use crate::diagnose::rules::fixture::{Scene, rules};
    use crate::diagnose::{RuleId, Severity};

    const GIB: f64 = (1_u64 << 30) as f64;

    fn falling(total: f64, first: f64, step: f64, count: u32) -> Vec<f64> {
        let _ = total;
        (0..count).map(|n| (first - step * f64::from(n)) * GIB).collect()
    }

    #[test]
    fn a_fast_fall_is_found_within_seconds() {
        let mut scene = Scene::windows();
        scene.volume("C:", 256.0 * GIB, &falling(256.0, 80.0, 0.4, 7));
        let found = scene.diagnose();
        assert_eq!((found[0].rule, found[0].severity), (RuleId::DiskShrinking, Severity::Act));
    }

    #[test]
    fn an_ordinary_download_is_not_a_fall() {
        let mut scene = Scene::windows();
        scene.volume("C:", 256.0 * GIB, &falling(256.0, 80.0, 0.005, 60));
        assert_eq!(rules(&scene), [RuleId::AllWell]);
    }

    #[test]
    fn a_fall_that_has_ended_is_history() {
        let mut scene = Scene::windows();
        scene.volume("C:", 256.0 * GIB, &falling(256.0, 80.0, 0.4, 7));
        scene.volume("C:", 256.0 * GIB, &[77.6 * GIB; 40]);
        assert_eq!(rules(&scene), [RuleId::AllWell]);
    }

    #[test]
    fn a_slow_loss_over_hours_is_found() {
        let mut scene = Scene::windows().with_step(60.0);
        scene.volume("C:", 256.0 * GIB, &falling(256.0, 120.0, 0.1, 200));
        assert!(rules(&scene).contains(&RuleId::DiskShrinking));
    }
}
