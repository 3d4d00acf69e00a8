//! Free space is falling fast, or has fallen a lot over days.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::diagnose::finding::{Confidence, Evidence, EvidenceKind, Finding, RuleId, Severity, Subject};
use crate::knowledge::{Disk, Knowledge};
use crate::model::{
    At, Bytes, BytesPerSec, History, Os, ProgramKind, ProgramSample, Reading, Sample, Seconds, Volume, VolumeKind,
};

/// Share of the total loss that must lie in the newest part for the loss to count as ongoing.
const STILL_FALLING: f64 = 0.02;
/// Minimum share of the loss a program must have written to be named.
const NAMED_SHARE: f64 = 0.3;

pub(in crate::diagnose) fn find(history: &History, knowledge: &Knowledge) -> Vec<Finding> {
    let newest = history.samples().rev().take(15).find_map(|sample| sample.volumes.known());
    newest
        .into_iter()
        .flatten()
        // Sticks and accounts are filled on purpose.
        .filter(|volume| volume.kind == VolumeKind::Disk)
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
        .filter(|sample| now.since(sample.at) <= limits.shrink_window_seconds)
        .filter_map(|sample| Some((sample.at, free_in(sample, &volume.name)?, sample)))
        .collect();
    // Starts at the last moment with the most free space.
    let (start, most, _) = points.iter().max_by_key(|(at, free, _)| (*free, *at))?;
    let (_, free, _) = points.last()?;
    let seconds = now.since(*start);
    let lost = most.0.saturating_sub(free.0);
    if seconds.0 < knowledge.thresholds.hold_seconds.0 * 0.75 || lost < least_loss(volume, limits) {
        return None;
    }
    let hours = Seconds(free.0 as f64 / (lost as f64 / seconds.0)).as_hours();
    let recently = Seconds((seconds.0 / 2.0).min(30.0));
    let before = points.iter().rev().find(|(at, ..)| now.since(*at) >= recently).map(|(_, free, _)| *free)?;
    let falling = before.0.saturating_sub(free.0) as f64 >= lost as f64 * STILL_FALLING;
    if hours > limits.shrink_hours_to_full || !falling {
        return None;
    }
    let mut evidence = vec![
        Evidence::with_threshold(EvidenceKind::LostBytes, lost as f64, least_loss(volume, limits) as f64, seconds),
        Evidence::new(EvidenceKind::FreeBytes, free.0 as f64, seconds),
        Evidence::with_threshold(EvidenceKind::HoursToFull, hours, limits.shrink_hours_to_full, seconds),
    ];
    let samples: Vec<&Arc<Sample>> = points.iter().filter(|(at, ..)| at >= start).map(|(.., sample)| *sample).collect();
    let writer = writer(&samples, lost, knowledge);
    evidence.extend(writer.as_ref().and_then(|(_, written)| *written));
    Some(Finding {
        cause: writer.map(|(program, _)| program),
        ..Finding::new(
            RuleId::DiskShrinking,
            if hours < 1.0 { Severity::Critical } else { Severity::Warning },
            Confidence::from_duration(seconds).max(Confidence::Medium),
            Subject::volume(&volume.name, volume.kind),
            *start,
            evidence,
        )
    })
}

fn least_loss(volume: &Volume, limits: &Disk) -> u64 {
    let share = (volume.total.0 as f64 * limits.shrink_share) as u64;
    share.min(limits.shrink_cap_bytes).max(limits.shrink_least_bytes).min(volume.total.0 / 8)
}

/// A program and the bytes it wrote, or moved in both directions, over `seconds`.
struct DiskUser<'a> {
    name: &'a str,
    bytes: f64,
    seconds: f64,
}

/// The program that wrote most meanwhile, with what it wrote, if it accounts for a good part of the loss. Where writes
/// alone are mostly unknown (recordings before schema 5 keep only the sum of both directions), the one that moved most.
fn writer(samples: &[&Arc<Sample>], lost: u64, knowledge: &Knowledge) -> Option<(Subject, Option<Evidence>)> {
    let moved = top_by(samples, |program| program.disk)?;
    let written = top_by(samples, |program| program.disk_write).filter(|user| user.seconds >= moved.seconds / 2.0);
    let DiskUser { name, bytes, .. } = *written.as_ref().unwrap_or(&moved);
    let newest = samples.iter().rev().find_map(|sample| sample.program(name))?;
    let evidence = written.map(|by| Evidence::new(EvidenceKind::DiskWritten, by.bytes, Seconds(by.seconds)));
    let subject = || Subject::program(newest, knowledge, |member| member.cpu.get().max(1e-6));
    (bytes >= lost as f64 * NAMED_SHARE).then(|| (subject(), evidence))
}

/// The program with the most bytes by this rate; `None` if the rate is known for no program.
fn top_by<'a>(
    samples: &[&'a Arc<Sample>],
    rate: impl Fn(&ProgramSample) -> Reading<BytesPerSec>,
) -> Option<DiskUser<'a>> {
    let mut moved: BTreeMap<&str, f64> = BTreeMap::new();
    let mut seconds = 0.0;
    for sample in samples {
        // The system writes on behalf of others (write-back threads) and is never named.
        let programs = sample.programs.iter().filter(|program| program.kind != ProgramKind::System);
        let known: Vec<(&str, f64)> =
            programs.filter_map(|program| Some((&*program.name, rate(program).get()?.0))).collect();
        seconds += if known.is_empty() { 0.0 } else { sample.span.0 };
        for (name, rate) in known {
            *moved.entry(name).or_default() += rate * sample.span.0;
        }
    }
    let (name, bytes) = moved.into_iter().max_by(|a, b| a.1.total_cmp(&b.1))?;
    Some(DiskUser { name, bytes, seconds })
}

fn slow(history: &History, volume: &Volume, knowledge: &Knowledge) -> Option<Finding> {
    let limits = &knowledge.thresholds.disk;
    let now = history.latest()?.at;
    let most = history.trend(&volume.name).max_by_key(|point| (point.free, point.at))?;
    let seconds = now.since(most.at);
    let lost = most.free.0.saturating_sub(volume.free.0);
    let least = limits.shrink_days_bytes.max((volume.total.0 as f64 * limits.shrink_days_share) as u64);
    if seconds < Seconds::from_hours(1.0) || lost < least {
        return None;
    }
    let mut evidence = vec![
        Evidence::with_threshold(EvidenceKind::LostBytes, lost as f64, least as f64, seconds),
        Evidence::new(EvidenceKind::FreeBytes, volume.free.0 as f64, seconds),
    ];
    let writer = writer_over_days(history, most.at, lost, knowledge);
    evidence.extend(writer.as_ref().map(|(_, written)| *written));
    Some(Finding {
        cause: writer.map(|(program, _)| program),
        ..Finding::new(
            RuleId::DiskShrinking,
            Severity::Warning,
            Confidence::Medium,
            Subject::volume(&volume.name, volume.kind),
            most.at,
            evidence,
        )
    })
}

/// The program that wrote most since `from` according to the recording, with what it wrote, if it accounts for a good
/// part of the loss. It may have ended long ago. `None` if less than half of the time was recorded, and always on
/// Windows: there "written" is all output of a process, and over days a browser sends more to its own processes than a
/// disk loses.
fn writer_over_days(history: &History, from: At, lost: u64, knowledge: &Knowledge) -> Option<(Subject, Evidence)> {
    if history.machine().os == Os::Windows {
        return None;
    }
    let mut sums: BTreeMap<&str, (f64, ProgramKind)> = BTreeMap::new();
    let mut known = 0.0;
    for hour in history.written().iter().filter(|hour| hour.at > from) {
        known += hour.seconds.0;
        // The system writes on behalf of others, see [`most`].
        for (name, kind, bytes) in hour.programs.iter().filter(|(_, kind, _)| *kind != ProgramKind::System) {
            sums.entry(name).or_insert((0.0, *kind)).0 += bytes.0 as f64;
        }
    }
    let (name, (bytes, kind)) = sums.into_iter().max_by(|a, b| a.1.0.total_cmp(&b.1.0))?;
    if bytes < lost as f64 * NAMED_SHARE || known < history.latest()?.at.since(from).0 / 2.0 {
        return None;
    }
    let now = history.samples().rev().take(15).find_map(|sample| sample.program(name));
    let subject = match now {
        Some(program) => Subject::program(program, knowledge, |member| member.cpu.get().max(1e-6)),
        None => Subject::ended(name, kind, knowledge),
    };
    Some((subject, Evidence::new(EvidenceKind::DiskWritten, bytes, Seconds(known))))
}

#[cfg(test)]
mod tests {
    use crate::diagnose::rules::fixture::{Scene, process, rules};
    use crate::diagnose::{EvidenceKind, Finding, RuleId, Severity};
    use crate::model::{Bytes, BytesPerSec, ProcSample, Reading, Volume};

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
        assert_eq!((found[0].rule, found[0].severity), (RuleId::DiskShrinking, Severity::Critical));
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

    #[test]
    fn a_small_loss_over_days_is_daily_life() {
        let mut scene = Scene::linux();
        scene.volume("/", 256.0 * GIB, &[100.0 * GIB; 10]);
        scene.days_ago(3.0, "/", 102.0 * GIB, 60, &[("erp", 2.0 * GIB)]);
        assert_eq!(rules(&scene), [RuleId::AllWell]);
    }

    /// A disk that lost 20 GB in three days, of which `hours` were recorded, and what wrote meanwhile.
    fn over_days(mut scene: Scene, hours: u32, writers: &[(&str, f64)]) -> Finding {
        scene.volume("/", 256.0 * GIB, &[100.0 * GIB; 10]);
        scene.days_ago(3.0, "/", 120.0 * GIB, hours, writers);
        scene.diagnose().into_iter().find(|finding| finding.rule == RuleId::DiskShrinking).expect("reported")
    }

    #[test]
    fn who_wrote_most_over_days_is_reported_even_when_it_has_ended() {
        let writers = [("erp", 15.0 * GIB), ("systemd (Linux core)", 90.0 * GIB), ("a", GIB)];
        let found = over_days(Scene::linux(), 60, &writers);
        let cause = found.cause.as_ref().expect("a cause");
        assert_eq!((cause.group.as_str(), cause.parts), ("erp", 0));
        let written =
            found.evidence.iter().find(|evidence| evidence.kind == EvidenceKind::DiskWritten).expect("reported");
        assert!((written.observed / GIB - 15.0).abs() < 0.01, "{written:?}");
        assert!((written.seconds - 60.0 * 3600.0).abs() < 1.0);
        assert_eq!(crate::remedy::plan(&found, None).remedies, [], "it may have been right, and it may have ended");
    }

    #[test]
    fn nobody_is_named_for_a_loss_over_days_that_is_not_known_well() {
        let nobody = |scene, hours, writers: &[(&str, f64)]| {
            let found = over_days(scene, hours, writers);
            found.cause.is_none() && found.observed(EvidenceKind::DiskWritten).is_none()
        };
        assert!(nobody(Scene::linux(), 60, &[("erp", 4.0 * GIB)]), "too little");
        assert!(nobody(Scene::linux(), 60, &[]));
        assert!(nobody(Scene::linux(), 30, &[("erp", 15.0 * GIB)]), "for less than half of the time");
        assert!(nobody(Scene::windows(), 60, &[("erp", 15.0 * GIB)]), "Windows counts more than disks");
    }

    /// A disk that loses 200 MB/s beside a reader and a writer; `change` limits what is known of them.
    fn beside(change: impl Fn(&mut ProcSample)) -> Finding {
        let mut scene = Scene::linux();
        let program = |pid, name: &str, read, written| {
            let mut program = process(pid, &format!("/home/a/{name}"), 0.05);
            program.disk_read = Reading::Known(BytesPerSec(read));
            program.disk_write = Reading::Known(BytesPerSec(written));
            change(&mut program);
            program
        };
        let programs = [program(10, "scan", 900e6, 1e6), program(20, "log", 0.0, 180e6)];
        for step in 0..10 {
            let free = Bytes(((80.0 - 0.4 * f64::from(step)) * GIB) as u64);
            let volume = Volume { name: "/".to_owned(), total: Bytes(256 << 30), free, ..Volume::default() };
            scene.run_with(&programs, 2.0, |sample| sample.volumes = Reading::Known(vec![volume.clone()]));
        }
        scene.diagnose().into_iter().find(|finding| finding.rule == RuleId::DiskShrinking).expect("reported")
    }

    #[test]
    fn the_program_that_writes_is_named_and_not_the_one_that_reads() {
        let found = beside(|_| ());
        assert_eq!(found.cause.as_ref().map(|cause| cause.group.as_str()), Some("log"));
        assert!(found.observed(EvidenceKind::DiskWritten).is_some_and(|bytes| bytes > 2e9));
    }

    #[test]
    fn one_that_only_reads_accounts_for_no_loss() {
        let found = beside(|program| {
            if program.facts.key.pid == 20 {
                program.disk_write = Reading::default();
            }
        });
        assert!(found.cause.is_none());
    }

    #[test]
    fn where_nothing_is_known_of_writing_alone_the_one_that_moves_most_is_named() {
        let mut scene = Scene::linux();
        let mut copy = process(10, "/home/a/copy", 0.05);
        copy.disk_read = Reading::Known(BytesPerSec(200e6));
        copy.disk_write = Reading::Known(BytesPerSec(200e6));
        for step in 0..10 {
            let free = Bytes(((80.0 - 0.4 * f64::from(step)) * GIB) as u64);
            let volume = Volume { name: "/".to_owned(), total: Bytes(256 << 30), free, ..Volume::default() };
            scene.run_with(std::slice::from_ref(&copy), 2.0, |sample| {
                sample.volumes = Reading::Known(vec![volume.clone()]);
            });
        }
        scene.as_recorded();
        let found = scene.diagnose();
        assert_eq!(found[0].cause.as_ref().map(|cause| cause.group.as_str()), Some("copy"));
        assert_eq!(found[0].observed(EvidenceKind::DiskWritten), None);
    }
}
