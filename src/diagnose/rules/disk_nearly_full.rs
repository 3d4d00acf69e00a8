//! A volume is nearly full.

use crate::diagnose::finding::{Confidence, Evidence, EvidenceKind, Finding, RuleId, Severity, Subject};
use crate::knowledge::{Disk, Knowledge};
use crate::model::{History, Sample, Seconds, Volume, VolumeKind};

pub(in crate::diagnose) fn find(history: &History, knowledge: &Knowledge) -> Vec<Finding> {
    let limits = &knowledge.thresholds.disk;
    // Volumes are read less often than the rest: take the newest sample that has them.
    let newest = history.samples().rev().take(15).find_map(|sample| sample.volumes.known());
    newest.into_iter().flatten().filter_map(|volume| finding(history, volume, limits)).collect()
}

fn finding(history: &History, volume: &Volume, limits: &Disk) -> Option<Finding> {
    let (severity, threshold) = judge(volume, limits)?;
    let low = |sample: &Sample| {
        let then = sample.volumes.known().and_then(|all| all.iter().find(|then| then.name == volume.name));
        then.is_none_or(|then| judge(then, limits).is_some())
    };
    let since = history.held(low).map_or_else(|| history.latest().map(|s| s.at).unwrap_or_default(), |held| held.since);
    Some(Finding::new(
        RuleId::DiskNearlyFull,
        severity,
        Confidence::High,
        Subject::volume(&volume.name, volume.kind),
        since,
        vec![
            Evidence::with_threshold(EvidenceKind::FreeBytes, volume.free.0 as f64, threshold, Seconds(0.0)),
            Evidence::new(EvidenceKind::FreeShare, volume.free.of(volume.total).get(), Seconds(0.0)),
        ],
    ))
}

/// Severity, and the free bytes below which it applies.
fn judge(volume: &Volume, limits: &Disk) -> Option<(Severity, f64)> {
    let (total, free) = (volume.total.0, volume.free.0);
    // The size of a folder provided by a program is whatever that program reports.
    if volume.kind == VolumeKind::Provided {
        return None;
    }
    if total < limits.smallest_bytes {
        return None;
    }
    let share = |part: f64| (total as f64 * part) as u64;
    let critical_limit = share(limits.act).max(if total >= limits.act_of_bytes { limits.act_bytes } else { 0 });
    let warning_limit =
        share(limits.look).min(limits.look_bytes).max(if total >= limits.low_of_bytes { limits.low_bytes } else { 0 });
    let (severity, limit) = match free {
        _ if free < critical_limit => (Severity::Critical, critical_limit),
        _ if free < warning_limit => (Severity::Warning, warning_limit),
        _ => return None,
    };
    // Only a disk of this PC makes it fail; another one being full is worth knowing.
    Some((if volume.kind == VolumeKind::Disk { severity } else { Severity::Ok }, limit as f64))
}

#[cfg(test)]
mod tests {
    use crate::diagnose::rules::fixture::{Scene, rules};
    use crate::diagnose::{RuleId, Severity};
    use crate::model::{Bytes, Reading, Volume, VolumeKind};

    const GIB: f64 = (1_u64 << 30) as f64;

    fn severity(total_gib: f64, free_gib: f64) -> Option<Severity> {
        let mut scene = Scene::windows();
        scene.volume("C:", total_gib * GIB, &[free_gib * GIB; 6]);
        scene.diagnose().into_iter().find(|f| f.rule == RuleId::DiskNearlyFull).map(|f| f.severity)
    }

    #[test]
    fn limits_follow_the_size_of_the_volume() {
        assert_eq!(severity(256.0, 60.0), None);
        assert_eq!(severity(256.0, 15.0), Some(Severity::Warning));
        assert_eq!(severity(256.0, 3.0), Some(Severity::Critical));
        assert_eq!(severity(4000.0, 100.0), None, "100 GB are plenty, whatever the share");
        assert_eq!(severity(64.0, 0.5), Some(Severity::Critical));
        assert_eq!(severity(0.05, 0.0), None, "a start-up partition is filled once");
    }

    #[test]
    fn only_a_disk_of_this_pc_makes_it_fail() {
        let severity = |kind| {
            let mut scene = Scene::linux();
            let (total, free) = (Bytes(15 << 30), Bytes(300 << 20));
            let volume = Volume { name: "/mnt/x".to_owned(), kind, total, free };
            scene.push(12.0, |sample| sample.volumes = Reading::Known(vec![volume.clone()]));
            let found = scene.diagnose().into_iter().find(|found| found.rule == RuleId::DiskNearlyFull)?;
            assert_eq!(found.subject.volume, kind);
            Some(found.severity)
        };
        assert_eq!(severity(VolumeKind::Disk), Some(Severity::Critical));
        for kind in [VolumeKind::Removable, VolumeKind::Network, VolumeKind::Account] {
            assert_eq!(severity(kind), Some(Severity::Ok), "{kind:?}");
        }
        assert_eq!(severity(VolumeKind::Provided), None);
    }

    #[test]
    fn a_half_empty_volume_is_well() {
        let mut scene = Scene::windows();
        scene.volume("C:", 256.0 * GIB, &[128.0 * GIB; 6]);
        assert_eq!(rules(&scene), [RuleId::AllWell]);
    }
}
