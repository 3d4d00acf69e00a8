//! The recorder on a real file: data is read back as written, and damage costs no more than necessary.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use mimamori::model::{
    At, Bytes, BytesPerSec, Celsius, Event, EventKind, Fraction, Hertz, Member, Memory, Power, Pressure, ProcKey,
    ProgramKind, ProgramSample, Reading, Rpm, Sample, Seconds, StopReason, SuddenStop, Swap, Traffic, Use, Volume, Why,
};
use mimamori::recorder::{Limits, Opened, Reader, Recorder, RecorderError, Run, Tier};
use proptest::prelude::*;
use rusqlite::Connection;
use tempfile::TempDir;

/// 2026-07-01 00:00 UTC, a full hour.
const DAY0: i64 = 1_782_864_000_000;
const MINUTE: i64 = 60_000;
const HOUR: i64 = 3_600_000;
const EVER: At = At(i64::MAX);

fn at(seconds: i64) -> At {
    At(DAY0 + seconds * 1000)
}

fn run(started: At) -> Run {
    Run { boot_id: Some("boot".to_owned()), version: "0.1.0".to_owned(), started }
}

fn file() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("data").join("recording.db");
    (folder, path)
}

fn open(path: &Path, started: At) -> (Recorder, Opened) {
    Recorder::open(path, &run(started), Limits::default()).expect("a recorder")
}

fn reader(path: &Path) -> Reader {
    Reader::open(path).expect("readable").expect("a recording")
}

fn samples(path: &Path, tier: Tier) -> Vec<Sample> {
    reader(path).samples(tier, At(0), EVER).expect("samples")
}

fn totals(seconds: i64, cpu: f64) -> Sample {
    let cpu = Reading::Known(Fraction::new(cpu));
    Sample { at: at(seconds), span: Seconds(2.0), cpu, ..Sample::default() }
}

fn program(name: &str, cpu: f64, memory: u64) -> ProgramSample {
    let key = ProcKey { pid: 4_000_000_000, start_time: u64::MAX - 5 };
    let (share, memory) = (Fraction::new(cpu), Bytes(memory << 20));
    ProgramSample {
        name: name.into(),
        kind: ProgramKind::Browser,
        cpu: share,
        busiest_part: share,
        memory,
        disk: Reading::Known(BytesPerSec(12.0)),
        disk_write: Reading::Known(BytesPerSec(5.0)),
        parts: 3,
        path: Some(format!("/opt/{name}").into()),
        members: Arc::new([Member { key, root: key, cpu: share, memory }]),
        ..ProgramSample::default()
    }
}

fn with_programs(seconds: i64, cpu: f64, span: f64, programs: Vec<ProgramSample>) -> Sample {
    let program_total = Reading::Known(Fraction::new(cpu));
    Sample { program_span: Seconds(span), program_total, programs, ..totals(seconds, cpu) }
}

fn share(value: Reading<Fraction>) -> f64 {
    value.get().expect("known").get()
}

/// Totals every two seconds, and one program every ten.
fn record(recorder: &mut Recorder, from: i64, to: i64) {
    for seconds in (from + 2..=to).step_by(2) {
        let sample = if seconds % 10 == 0 {
            with_programs(seconds, 0.2, 10.0, vec![program("Editor", 0.1, 100)])
        } else {
            totals(seconds, 0.2)
        };
        recorder.add(&sample);
        if seconds % 60 == 0 {
            recorder.flush(at(seconds)).expect("flushed");
        }
    }
    recorder.flush(at(to)).expect("flushed");
}

fn full() -> Sample {
    let known = |value| Reading::Known(Fraction::new(value));
    let volume = Volume { name: "C:".to_owned(), total: Bytes(100 << 30), free: Bytes(40 << 30), ..Volume::default() };
    Sample {
        frequency: Reading::Known(Hertz(3_400_000_000)),
        memory: Reading::Known(Memory { used: Bytes(3 << 30), total: Bytes(16 << 30) }),
        swap: Reading::Known(Swap { used: Bytes(0), total: Bytes(1 << 30) }),
        volumes: Reading::Known(vec![volume]),
        disk_read: Reading::Known(BytesPerSec(123_456.0)),
        disk_write: Reading::Known(BytesPerSec(0.0)),
        net_rx: Reading::Known(BytesPerSec(9.0)),
        net_tx: Reading::Known(BytesPerSec(8.0)),
        temperature: Reading::Known(Celsius(63.5)),
        fan: Reading::Known(Rpm(2100)),
        fan_effort: known(0.5),
        throttle_events: Reading::Known(3),
        pressure: Reading::Known(Pressure { cpu: Fraction::new(0.01), memory: Fraction::ZERO, io: Fraction::new(0.2) }),
        gpu: known(0.07),
        gpu_users: Reading::Known(vec![Use { program: "Browser".into(), part: Fraction::new(0.06) }]),
        net_users: Reading::Known(vec![Use {
            program: "Browser".into(),
            part: Traffic { rx: BytesPerSec(7.0), tx: BytesPerSec(8.0) },
        }]),
        power: Reading::Known(Power { on_battery: true, saver: false }),
        user_idle: Reading::Known(Seconds(61.5)),
        foreground: Reading::Known(77),
        everything_else: known(0.05),
        process_count: 321,
        watched: Reading::Known(true),
        ..with_programs(2, 0.25, 2.0, vec![program("Browser", 0.2, 1500)])
    }
}

#[test]
fn a_sample_comes_back_as_it_was() {
    let (_folder, path) = file();
    let (mut recorder, opened) = open(&path, at(0));
    assert_eq!(opened, Opened { created: true, quarantined: None, previous: None });
    recorder.add(&full());
    recorder.add(&Sample { at: at(4), span: Seconds(2.0), ..Sample::default() });
    recorder.flush(at(4)).expect("flushed");
    let back = samples(&path, Tier::Raw);
    assert_eq!(back[0], full());
    assert_eq!(back[1].cpu, Reading::Missing(Why::Unsupported));
    assert_eq!((back[1].at, back[1].seq, back[1].programs.len()), (at(4), 1, 0));
    assert_eq!(reader(&path).span().expect("span"), Some((at(2), at(4))));
}

#[test]
fn who_used_the_graphics_processor_and_the_network_is_kept_however_little_it_computes() {
    let (_folder, path) = file();
    let (mut recorder, _) = open(&path, at(0));
    let busy = (0..40).map(|n| program(&format!("busy {n:02}"), 0.02 - f64::from(n) * 0.0001, 1000));
    let mut programs: Vec<ProgramSample> = busy.collect();
    for name in ["film", "download", "sync"] {
        programs.push(ProgramSample { disk: Reading::default(), ..program(name, 0.0001, 1) });
    }
    let user = |name: &str, bytes: f64| Use {
        program: name.into(),
        part: Traffic { rx: BytesPerSec(bytes), tx: BytesPerSec(1.0) },
    };
    recorder.add(&Sample {
        gpu_users: Reading::Known(vec![Use { program: "film".into(), part: Fraction::new(0.8) }]),
        net_users: Reading::Known(vec![user("download", 9e6), user("sync", 1000.0)]),
        ..with_programs(60, 0.5, 60.0, programs)
    });
    recorder.flush(at(60)).expect("flushed");
    for &tier in Tier::ALL {
        let sample = samples(&path, tier).pop().expect("a sample");
        assert_eq!(sample.gpu_users.known().map(|users| &*users[0].program), Some("film"), "{tier:?}");
        assert_eq!(sample.net_users, Reading::Known(vec![user("download", 9e6), user("sync", 1000.0)]), "{tier:?}");
    }
    // Users were not queried.
    recorder.add(&with_programs(120, 0.1, 60.0, vec![program("film", 0.1, 1)]));
    recorder.flush(at(120)).expect("flushed");
    let calm = samples(&path, Tier::Raw).pop().expect("a sample");
    assert_eq!((calm.gpu_users.why(), calm.net_users.why()), (Some(Why::Unsupported), Some(Why::Unsupported)));
}

#[test]
fn samples_of_totals_join_the_next_sample_of_programs() {
    let (_folder, path) = file();
    let (mut recorder, _) = open(&path, at(0));
    for (seconds, cpu) in [(2, 0.1), (4, 0.2), (6, 0.3)] {
        recorder.add(&totals(seconds, cpu));
    }
    recorder.add(&with_programs(8, 0.4, 8.0, vec![program("Editor", 0.15, 100)]));
    recorder.add(&totals(10, 0.9));
    recorder.flush(at(10)).expect("flushed");
    let back = reader(&path).recorded(Tier::Raw, At(0), EVER).expect("samples");
    assert_eq!(back.len(), 2);
    let first = &back[0].sample;
    assert_eq!((first.at, first.span, first.program_span), (at(8), Seconds(8.0), Seconds(8.0)));
    assert!((share(first.cpu) - 0.25).abs() < 1e-9 && (share(back[0].cpu_peak) - 0.4).abs() < 1e-9);
    assert!((first.programs[0].cpu.get() - 0.15).abs() < 1e-9);
    assert_eq!((back[1].sample.at, back[1].sample.programs.len()), (at(10), 0));
}

#[test]
fn minutes_and_hours_are_means_and_keep_a_short_burst() {
    let (_folder, path) = file();
    let (mut recorder, _) = open(&path, at(0));
    record(&mut recorder, 0, 3500);
    // A burst of two seconds in the last minute but one.
    recorder.add(&with_programs(3502, 0.98, 2.0, vec![program("Updater", 0.9, 50)]));
    for seconds in [3504, 3506, 3508] {
        recorder.add(&totals(seconds, 0.2));
    }
    recorder.add(&with_programs(3510, 0.2, 8.0, vec![program("Editor", 0.1, 100)]));
    record(&mut recorder, 3510, 7300);
    let means = reader(&path).recorded(Tier::Minute, At(0), EVER).expect("minutes");
    assert_eq!(means.len(), 122); // 7300 s: 121 full minutes and the start of one
    let quiet = &means[3].sample;
    assert_eq!((quiet.at, quiet.span, quiet.program_span), (at(240), Seconds(60.0), Seconds(60.0)));
    assert!((share(quiet.cpu) - 0.2).abs() < 1e-9 && (quiet.programs[0].cpu.get() - 0.1).abs() < 1e-9);
    let busy = &means[58];
    let burst = busy.sample.programs.iter().position(|program| &*program.name == "Updater").expect("the burst");
    assert!(busy.sample.programs[burst].cpu.get() < 0.04 && busy.program_peaks[burst].get() > 0.89);
    assert!((share(busy.cpu_peak) - 0.98).abs() < 1e-9 && share(busy.sample.cpu) < 0.3);
    let hours = reader(&path).recorded(Tier::Hour, At(0), EVER).expect("hours");
    assert_eq!(hours.iter().map(|hour| hour.sample.at).collect::<Vec<_>>(), [at(3600), at(7200), at(7300)]);
    assert_eq!(hours[0].sample.span, Seconds(3600.0));
    assert!((share(hours[0].cpu_peak) - 0.98).abs() < 1e-9);
    // (0.2 * 3598 + 0.98 * 2) / 3600, stored to the 1/10000
    assert!((share(hours[0].sample.cpu) - 0.2004).abs() < 1e-9);
}

/// The source of the week's charts: means of ten minutes with the busy programs, and hours where minutes are no longer
/// kept.
#[test]
fn a_long_range_is_read_as_means_of_its_minutes() {
    let (_folder, path) = file();
    let limits = Limits { minutes: Seconds(3.0 * 3600.0), ..Limits::default() };
    let (mut recorder, _) = Recorder::open(&path, &run(at(0)), limits).expect("a recorder");
    let burst = 4 * 3600 + 1230..4 * 3600 + 1260;
    for second in (2..=6 * 3600).step_by(2) {
        let busy = burst.contains(&second);
        let programs = vec![program("Editor", if busy { 0.6 } else { 0.1 }, 100)];
        recorder.add(&with_programs(second, if busy { 0.62 } else { 0.12 }, 2.0, programs));
        if second % 60 == 0 {
            recorder.flush(at(second)).expect("flushed");
        }
    }
    recorder.flush(at(6 * 3600)).expect("flushed");
    let means = reader(&path).means(Seconds(600.0), at(0), at(6 * 3600)).expect("means");
    let ends: Vec<i64> = means.iter().map(|mean| (mean.at.0 - DAY0) / 1000).collect();
    assert_eq!(ends[..2], [3600, 7200], "hours: their minutes have been deleted, as that is done now and then");
    assert_eq!(ends[2..], (13..=36).map(|n| n * 600).collect::<Vec<_>>()[..], "ten minutes each");
    assert!((means[3].span.0 - 600.0).abs() < 2.0, "{:?}", means[3].span);
    let busiest = means.iter().max_by(|one, other| one.cpu.get().partial_cmp(&other.cpu.get()).expect("figures"));
    let busiest = busiest.expect("a mean");
    assert_eq!(busiest.at, at(4 * 3600 + 1800), "the ten minutes with the burst");
    assert!((share(busiest.cpu) - (0.12 + 0.5 * 30.0 / 600.0)).abs() < 0.002, "{:?}", busiest.cpu);
    assert_eq!(&*busiest.programs[0].name, "Editor");
    let covered: f64 = means.iter().map(|mean| mean.span.0).sum();
    // The hour in which the minutes begin is read from the minutes alone.
    assert!((5.0 * 3600.0..6.0 * 3600.0 + 10.0).contains(&covered), "{covered}");
}

#[test]
fn who_wrote_is_kept_by_the_hour_without_small_amounts_and_what_was_hidden() {
    let (_folder, path) = file();
    let (mut recorder, _) = open(&path, at(0));
    let writes = |name: &str, rate| ProgramSample { disk_write: rate, ..program(name, 0.01, 100) };
    let rate = |rate| Reading::Known(BytesPerSec(rate));
    for seconds in (10..=11_000).step_by(10) {
        let backup = writes("Backup", rate(if seconds <= 3600 { 1e6 } else { 1e3 }));
        // For six minutes of the hour its disk traffic is readable.
        let hidden = writes("Copy", if seconds <= 360 { rate(1e8) } else { Reading::default() });
        let system = ["a", "b", "c"].map(|name| ProgramSample { kind: ProgramKind::System, ..writes(name, rate(2e8)) });
        recorder.add(&with_programs(seconds, 0.4, 10.0, [vec![backup, hidden], system.to_vec()].concat()));
        recorder.flush(at(seconds)).expect("flushed");
    }
    let written = reader(&path).written(At(0), EVER).expect("written");
    let [first, second, ..] = &written[..] else { panic!("{written:?}") };
    assert_eq!((first.at, first.seconds), (at(3600), Seconds(3600.0)));
    let programs: Vec<_> = first.programs.iter().map(|(name, _, bytes)| (&**name, bytes.0)).collect();
    assert_eq!(programs, [("Copy", 36_000_000_000), ("Backup", 3_600_000_000)]);
    assert_eq!((second.at, second.programs.len()), (at(7200), 0));
    assert_eq!(reader(&path).written(at(3600 + 1), at(7200)).expect("written").len(), 1);
}

#[test]
fn a_file_that_stands_for_another_program_now_is_not_new() {
    let (_folder, path) = file();
    let (mut recorder, _) = open(&path, at(0));
    let host = |name: &str| ProgramSample { path: Some("/opt/host".into()), ..program(name, 0.1, 10) };
    recorder.add(&with_programs(2, 0.2, 2.0, vec![host("Services")]));
    recorder.add(&with_programs(100, 0.2, 2.0, vec![host("Updates"), program("Other", 0.1, 10)]));
    recorder.flush(at(100)).expect("flushed");
    let new = reader(&path).new_programs(at(50), at(200)).expect("new");
    assert_eq!(new.into_iter().collect::<Vec<_>>(), ["/opt/Other"]);
}

#[test]
fn what_is_too_old_goes_and_the_coarser_tier_answers_for_it() {
    let (_folder, path) = file();
    let (mut recorder, _) = open(&path, at(0));
    for hour in 0..5 {
        record(&mut recorder, hour * 3600, hour * 3600 + 3600);
    }
    let back = samples(&path, Tier::Raw);
    assert!(back[0].span.0 >= 59.0 && back[back.len() - 1].span.0 <= 10.0);
    assert!(back.windows(2).all(|two| two[0].at < two[1].at));
    let covered: f64 = back.iter().map(|sample| sample.span.0).sum();
    assert!((covered - 18_000.0).abs() < 70.0, "{covered}");
    let raw: i64 = Connection::open(&path)
        .and_then(|db| db.query_row("SELECT min(at) FROM raw", [], |row| row.get(0)))
        .expect("raw");
    assert!(raw >= at(2 * 3600).0 - MINUTE);
}

#[test]
fn a_file_that_is_too_large_loses_its_oldest_samples_and_no_findings() {
    let (_folder, path) = file();
    let limits = Limits { max_bytes: 400_000, ..Limits::default() };
    let (mut recorder, _) = Recorder::open(&path, &run(at(0)), limits).expect("a recorder");
    recorder.note(&Event::new(at(1), EventKind::Finding, "cpu_hog"));
    for hour in 0..30 {
        record(&mut recorder, hour * 3600, hour * 3600 + 3600);
    }
    // It may grow a little between two prunings.
    assert!(recorder.file_bytes() <= limits.max_bytes * 11 / 10, "{} bytes", recorder.file_bytes());
    let back = samples(&path, Tier::Minute);
    assert_eq!(back.last().map(|sample| sample.at), Some(at(30 * 3600)));
    assert_eq!(reader(&path).events(At(0), EVER).expect("events").len(), 1);
}

fn pragma(path: &Path, name: &str) -> i64 {
    let value = Connection::open(path).and_then(|db| db.pragma_query_value(None, name, |row| row.get(0)));
    value.expect("a number")
}

#[test]
fn a_file_at_its_limit_is_used_again_and_not_written_anew_each_time() {
    let (_folder, path) = file();
    let limits = Limits { max_bytes: 6_000_000, raw: Seconds(1e9), minutes: Seconds(1e9), ..Limits::default() };
    let (mut recorder, _) = Recorder::open(&path, &run(at(0)), limits).expect("a recorder");
    let (mut before, mut anew, mut largest) = (0, 0, 0);
    for part in 0..120 {
        record(&mut recorder, part * 3600, part * 3600 + 3600);
        largest = largest.max(recorder.file_bytes());
        // Only compacting makes the file itself smaller.
        let size = fs::metadata(&path).expect("the file").len();
        anew += u32::from(size < before);
        before = size;
    }
    assert!(largest > 5_500_000, "never full: {largest}");
    assert!(largest <= limits.max_bytes * 11 / 10, "{largest} bytes");
    assert_eq!(anew, 0, "written anew although its pages are used again");
    let (first, last) = reader(&path).span().expect("span").expect("samples");
    assert!(first > at(2), "nothing was deleted");
    assert_eq!(last, at(120 * 3600));
}

#[test]
fn a_file_of_an_older_version_goes_on_and_a_lowered_limit_holds() {
    let (_folder, path) = file();
    fs::create_dir_all(path.parent().expect("folder")).expect("folder");
    // Settings made before the first table are permanent.
    Connection::open(&path)
        .and_then(|db| {
            db.pragma_update(None, "page_size", 512)?;
            db.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
            db.execute_batch("CREATE TABLE t (a); DROP TABLE t; PRAGMA incremental_vacuum;")
        })
        .expect("an older file");
    let keep = Limits { raw: Seconds(1e9), ..Limits::default() };
    let (mut recorder, opened) = Recorder::open(&path, &run(at(0)), keep).expect("a recorder");
    assert!(opened.quarantined.is_none());
    record(&mut recorder, 0, 20_000);
    recorder.end(at(20_000)).expect("ended");
    assert_eq!((pragma(&path, "auto_vacuum"), pragma(&path, "page_size")), (2, 512));
    let limits = Limits { max_bytes: fs::metadata(&path).expect("the file").len() / 2, ..keep };
    let (mut recorder, _) = Recorder::open(&path, &run(at(20_100)), limits).expect("a recorder");
    record(&mut recorder, 20_100, 22_200);
    assert!(recorder.file_bytes() <= limits.max_bytes * 11 / 10, "{} bytes", recorder.file_bytes());
    recorder.end(at(22_200)).expect("ended");
    assert_eq!(pragma(&path, "auto_vacuum"), 0);
    assert_eq!(samples(&path, Tier::Raw).last().map(|sample| sample.at), Some(at(22_200)));
}

#[test]
fn a_limit_that_cannot_be_met_does_not_write_the_file_anew_again_and_again() {
    let (_folder, path) = file();
    let limits = Limits { max_bytes: 10_000, ..Limits::default() };
    let (mut recorder, _) = Recorder::open(&path, &run(at(0)), limits).expect("a recorder");
    record(&mut recorder, 0, 7200);
    let count = || pragma(&path, "page_count");
    // What must be kept is kept, and the file does not grow beyond that.
    let before = count();
    record(&mut recorder, 7200, 14_400);
    assert!(count() <= before * 5 / 4, "{} pages after {before}", count());
    assert!(samples(&path, Tier::Raw).iter().any(|sample| sample.at == at(14_400 - 500)));
}

#[test]
fn runs_are_told_apart_and_a_clean_end_is_known() {
    let (_folder, path) = file();
    assert!(Reader::open(&path).expect("no file").is_none());
    let (mut recorder, _) = open(&path, at(0));
    assert!(matches!(Recorder::open(&path, &run(at(1)), Limits::default()), Err(RecorderError::Locked)));
    record(&mut recorder, 0, 60);
    drop(recorder);
    let (recorder, opened) = open(&path, at(100));
    let previous = opened.previous.expect("the first run");
    assert_eq!((previous.started, previous.last_seen, previous.clean), (at(0), at(60), false));
    recorder.end(at(200)).expect("ended");
    let (_recorder, opened) = open(&path, at(300));
    assert_eq!(opened.previous.map(|run| (run.last_seen, run.clean)), Some((at(200), true)));
    let runs = reader(&path).runs(at(150)).expect("runs");
    assert_eq!(runs.iter().map(|run| run.run.started).collect::<Vec<_>>(), [at(100), at(300)]);
}

/// Contents of all files in the folder of the recording.
fn all_bytes(path: &Path) -> Vec<u8> {
    let files = fs::read_dir(path.parent().expect("folder")).expect("folder").flatten();
    files.flat_map(|file| fs::read(file.path()).unwrap_or_default()).collect()
}

#[test]
fn all_that_was_recorded_can_be_deleted_and_nothing_of_it_stays_readable() {
    const SECRET: &str = "Secret Program";
    let holds = |path: &Path| all_bytes(path).windows(SECRET.len()).any(|bytes| bytes == SECRET.as_bytes());
    let (_folder, path) = file();
    let (mut recorder, _) = open(&path, at(0));
    recorder.note(&Event::new(at(1), EventKind::Finding, SECRET).with(serde_json::json!({ "text": SECRET })));
    for seconds in (2..=4000).step_by(2) {
        recorder.add(&with_programs(seconds, 0.5, 2.0, vec![program(SECRET, 0.4, 100)]));
        if seconds % 60 == 0 {
            recorder.flush(at(seconds)).expect("flushed");
        }
    }
    recorder.flush(at(4000)).expect("flushed");
    fs::write(path.with_file_name("recording.db.bad-20260101T000000Z"), SECRET).expect("a damaged file");
    recorder.note(&Event::new(at(4001), EventKind::Notified, SECRET));
    assert!(holds(&path));
    // With an active reader the erase cannot complete, but no row is left.
    let reading = Connection::open(&path).expect("a reader");
    reading.execute_batch("BEGIN; SELECT count(*) FROM event;").expect("a view");
    let _: i64 = reading.query_row("SELECT count(*) FROM event", [], |row| row.get(0)).expect("a view");
    assert!(matches!(recorder.erase(at(4002)), Err(RecorderError::Locked)));
    drop(reading);
    recorder.erase(at(4003)).expect("deleted");
    assert!(!holds(&path), "still readable");
    assert!(aside(&path).is_empty());
    assert!(fs::metadata(&path).expect("the file").len() < 50_000);
    assert_eq!(reader(&path).span().expect("span"), None);
    // Watching continues, as a run that began then.
    record(&mut recorder, 4010, 5000);
    recorder.end(at(5000)).expect("ended");
    assert_eq!(reader(&path).span().expect("span"), Some((at(4020), at(5000))));
    let runs = reader(&path).runs(At(0)).expect("runs");
    assert_eq!(runs.iter().map(|run| (run.run.started, run.clean)).collect::<Vec<_>>(), [(at(4003), true)]);
    assert!(!holds(&path));
}

#[test]
fn without_a_recorder_it_is_deleted_as_well_and_what_waits_beside_it() {
    let (_folder, path) = file();
    mimamori::recorder::erase(&path, at(0)).expect("nothing to delete");
    let (mut recorder, _) = open(&path, at(0));
    record(&mut recorder, 0, 600);
    assert!(matches!(mimamori::recorder::erase(&path, at(601)), Err(RecorderError::Locked)));
    drop(recorder);
    let inbox = mimamori::recorder::Inbox::beside(&path);
    inbox.put(&Event::new(at(600), EventKind::Action, "Editor")).expect("put");
    mimamori::recorder::erase(&path, at(602)).expect("deleted");
    assert!(inbox.peek().is_empty());
    assert!(!all_bytes(&path).windows(6).any(|bytes| bytes == b"Editor"));
    let (_recorder, opened) = open(&path, at(700));
    assert_eq!((opened.previous, opened.created), (None, false));
}

#[test]
fn what_a_killed_run_left_open_ends_when_it_was_seen_last() {
    let (_folder, path) = file();
    let found = |subject: &str, seconds: i64, kind| {
        let finding = serde_json::json!({ "rule": "cpu_hog", "since": at(seconds).0 - 8000 });
        Event::new(at(seconds), kind, subject).with(serde_json::json!({ "finding": finding, "seconds": 8.0 }))
    };
    let (mut recorder, _) = open(&path, at(0));
    recorder.note(&found("over", 20, EventKind::Finding));
    recorder.note(&found("over", 40, EventKind::FindingEnded));
    recorder.note(&found("burner", 30, EventKind::Finding));
    record(&mut recorder, 0, 120);
    drop(recorder);
    for start in [1000, 2000] {
        // Closed once, whatever happens to the next run.
        let (recorder, opened) = open(&path, at(start));
        assert!(!opened.previous.expect("a run").clean);
        drop(recorder);
        let events = reader(&path).events(At(0), EVER).expect("events");
        assert_eq!(events.len(), 4, "{events:?}");
        let end = &events[3];
        assert_eq!((end.kind, end.subject.as_str(), end.at), (EventKind::FindingEnded, "burner", at(120)));
        assert_eq!((&end.data["watch"], &end.data["seconds"]), (&"ended".into(), &98.0.into()));
    }
    // They belong to the earlier run: a clock set now does not move them.
    let (mut recorder, _) = open(&path, at(3000));
    recorder.shift_clock(HOUR, at(3000 + 3600)).expect("shifted");
    assert_eq!(reader(&path).events(At(0), EVER).expect("events")[3].at, at(120));
}

#[test]
fn a_reader_sees_what_was_flushed_while_the_writer_goes_on() {
    let (_folder, path) = file();
    let (mut recorder, _) = open(&path, at(0));
    record(&mut recorder, 0, 10);
    let reading = reader(&path);
    for round in 1..20_usize {
        let begin = 10 * i64::try_from(round).expect("small");
        record(&mut recorder, begin, begin + 10);
        let seen = reading.samples(Tier::Raw, At(0), EVER).expect("samples");
        assert_eq!(seen.len(), round + 1);
    }
    recorder.end(at(300)).expect("ended");
    assert_eq!(reading.samples(Tier::Raw, At(0), EVER).expect("samples").len(), 20);
    drop(reading);
    assert_eq!(samples(&path, Tier::Raw).len(), 20);
}

#[test]
fn a_clock_that_is_set_moves_this_run_and_no_other() {
    for by in [5 * HOUR, -7 * HOUR - 1, 2000, -2000] {
        let (_folder, path) = file();
        let limits = Limits { raw: Seconds(1e7), ..Limits::default() };
        let open = |started| Recorder::open(&path, &run(started), limits).expect("a recorder");
        let (mut recorder, _) = open(at(0));
        record(&mut recorder, 0, 4000);
        recorder.note(&Event::new(at(5), EventKind::Finding, "before"));
        recorder.end(at(4000)).expect("ended");
        let before = samples(&path, Tier::Raw);
        // The clock is three days ahead of (or behind) the later one.
        let wrong = 3 * 86_400;
        let (mut recorder, _) = open(at(wrong));
        record(&mut recorder, wrong, wrong + 4000);
        recorder.note(&Event::new(at(wrong + 4001), EventKind::UserAway, ""));
        // Noted by this run, with the time of the previous one.
        recorder.note(&Event::new(at(3998), EventKind::SuddenStop, ""));
        let finding = |since| serde_json::json!({ "finding": { "rule": "hot", "since": since, "name": "\"é\n" }, "seconds": 1.0 });
        recorder.note(&Event::new(at(wrong + 4002), EventKind::Finding, "").with(finding(at(wrong + 4001).0)));
        recorder.flush(at(wrong + 4002)).expect("flushed");
        recorder.note(&Event::new(at(wrong + 4003), EventKind::FindingEnded, "").with(finding(at(wrong + 4001).0)));
        recorder.note(&Event::new(at(3999), EventKind::SuddenStop, ""));
        recorder.add(&with_programs(wrong + 4010, 0.3, 10.0, Vec::new()));
        recorder.shift_clock(by, At(at(wrong + 4010).0 + by)).expect("shifted");
        let rows = reader(&path).samples(Tier::Raw, At(at(wrong).0 + by), EVER).expect("samples");
        assert_eq!(rows.len(), 401);
        assert_eq!(rows[0].at.0, at(wrong + 10).0 + by);
        assert_eq!(rows[0].programs.len(), 1);
        assert!(rows.windows(2).all(|two| two[1].at.0 - two[0].at.0 == 10_000));
        let events = reader(&path).events(At(0), EVER).expect("events");
        let mut times = vec![at(5).0, at(3998).0, at(3999).0, at(4000).0];
        times.extend([4001, 4002, 4003].map(|seconds| at(wrong + seconds).0 + by));
        assert_eq!(events.iter().map(|event| event.at.0).collect::<Vec<_>>(), times);
        // Both in the file and still pending.
        assert!(events[5..].iter().all(|event| event.data == finding(at(wrong + 4001).0 + by)), "{events:?}");
        assert_eq!(reader(&path).runs(At(0)).expect("runs")[1].run.started.0, at(wrong).0 + by);
        // The means continue: none twice, none missing.
        recorder.end(At(at(wrong + 5000).0 + by)).expect("ended");
        let minutes = reader(&path).samples(Tier::Minute, At(at(wrong).0 + by), EVER).expect("minutes");
        let covered: f64 = minutes.iter().map(|sample| sample.program_span.0).sum();
        assert!((covered - 4010.0).abs() < 0.5, "{covered} by {by}");
        let older = reader(&path).samples(Tier::Raw, At(0), at(4000)).expect("samples");
        assert_eq!(older, before);
    }
}

#[test]
fn free_space_is_recorded_when_it_changes_or_after_a_while() {
    let (_folder, path) = file();
    let (mut recorder, _) = open(&path, at(0));
    for step in 0..600 {
        let free = Bytes((50 << 30) - if step >= 100 { 1 << 30 } else { 0 });
        let volume = Volume { name: "/".to_owned(), total: Bytes(100 << 30), free, ..Volume::default() };
        recorder.add(&Sample { volumes: Reading::Known(vec![volume]), ..totals(step * 2 + 2, 0.1) });
    }
    recorder.flush(at(1200)).expect("flushed");
    let points = reader(&path).volume_points(At(0)).expect("points");
    let seen: Vec<_> = points.iter().map(|point| (point.at, point.free.0 >> 30)).collect();
    assert_eq!(seen, [(at(2), 50), (at(202), 49), (at(802), 49)]);
}

#[test]
fn the_buffer_is_bounded() {
    let (_folder, path) = file();
    let (mut recorder, _) = open(&path, at(0));
    for seconds in 1..=2000 {
        recorder.add(&totals(seconds, 0.1));
    }
    assert_eq!(recorder.dropped(), 200);
    recorder.flush(at(2000)).expect("flushed");
    assert_eq!(samples(&path, Tier::Raw).first().map(|sample| sample.at), Some(at(201)));
}

fn whole(extension: &std::ffi::OsStr) -> bool {
    let extension = extension.to_string_lossy();
    !extension.ends_with("-wal") && !extension.ends_with("-shm")
}

/// Quarantined files beside the recording.
fn aside(path: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(path.parent().expect("folder")).expect("folder").flatten().map(|entry| entry.path());
    // Excludes their log and index, which move with them.
    files.filter(|file| file.to_string_lossy().contains(".bad-") && file.extension().is_some_and(whole)).collect()
}

#[test]
fn a_damaged_file_is_set_aside_and_one_such_is_kept() {
    let (_folder, path) = file();
    let damage: [fn(&mut Vec<u8>); 5] = [
        |bytes| bytes.truncate(bytes.len() / 2),
        |bytes| {
            let (from, to) = (bytes.len() / 3, bytes.len() * 2 / 3);
            (from..to).for_each(|n| bytes[n] = (n * 7 + 13) as u8);
        },
        |bytes| *bytes = b"not a database, but long enough to be one. ".repeat(100),
        |bytes| bytes[..100].fill(0xff),
        |bytes| *bytes = b"x".repeat(600),
    ];
    for (round, damage) in (0..).zip(damage) {
        let (mut recorder, _) = open(&path, at(round * 10_000));
        record(&mut recorder, round * 10_000, round * 10_000 + 2000);
        recorder.flush(at(round * 10_000 + 2000)).expect("flushed");
        drop(recorder);
        let mut bytes = fs::read(&path).expect("the file");
        damage(&mut bytes);
        fs::write(&path, bytes).expect("damaged");
        let (mut recorder, opened) = open(&path, at(round * 10_000 + 5000));
        assert_eq!(aside(&path), opened.quarantined.into_iter().collect::<Vec<_>>(), "round {round}");
        assert_eq!((opened.created, opened.previous, aside(&path).len()), (true, None, 1), "round {round}");
        record(&mut recorder, round * 10_000 + 5000, round * 10_000 + 5010);
        assert_eq!(samples(&path, Tier::Raw).len(), 1);
        recorder.end(at(round * 10_000 + 6000)).expect("ended");
        fs::remove_file(&path).expect("removed");
    }
}

#[test]
fn damage_that_is_met_while_writing_costs_nothing_that_waits() {
    let (_folder, path) = file();
    let (mut recorder, _) = open(&path, at(0));
    record(&mut recorder, 0, 2000);
    recorder.end(at(2000)).expect("ended");
    // The root page of a table, after a clean end, when the file is not checked as a whole.
    let root: u32 = Connection::open(&path)
        .and_then(|db| db.query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'raw'", [], |row| row.get(0)))
        .expect("a root page");
    let (mut recorder, opened) = {
        let mut bytes = fs::read(&path).expect("the file");
        let begin = (root as usize - 1) * 512;
        bytes[begin..begin + 512].fill(0x77);
        fs::write(&path, bytes).expect("damaged");
        open(&path, at(3000))
    };
    let mut quarantined = opened.quarantined;
    recorder.add(&totals(3002, 0.5));
    if quarantined.is_none() {
        assert!(matches!(recorder.flush(at(3002)), Err(RecorderError::Damaged(_))));
        recorder.flush(at(3004)).expect("a new file");
        quarantined = recorder.quarantined().map(Path::to_owned);
    }
    recorder.flush(at(3006)).expect("flushed");
    assert_eq!(aside(&path), quarantined.into_iter().collect::<Vec<_>>());
    assert_eq!(samples(&path, Tier::Raw).len(), 1);
}

/// Regression: the keys of rows that lay before 1970 lost their sign, so that these rows came after the others.
#[test]
fn a_clock_that_is_set_far_away_and_back_leaves_everything_in_order() {
    let times = |path: &Path| samples(path, Tier::Raw).iter().map(|sample| sample.at).collect::<Vec<_>>();
    // The middle of the run becomes 1970, the year 2100, and the end of 9999.
    for aim in [-DAY0 - 300_000, 4_102_444_800_000 - DAY0, 253_402_300_799_000 - DAY0] {
        let (_folder, path) = file();
        let (mut recorder, _) = open(&path, at(-100));
        record(&mut recorder, -100, -50);
        recorder.end(at(-50)).expect("ended");
        let (mut recorder, _) = open(&path, at(0));
        record(&mut recorder, 0, 600);
        let before = times(&path);
        recorder.shift_clock(aim, At(at(600).0 + aim)).expect("moved");
        for step in 1..=100 {
            let sample = totals(600 + step * 2, 0.3);
            recorder.add(&Sample { at: At(sample.at.0 + aim), ..sample });
        }
        recorder.note(&Event::new(At(at(700).0 + aim), EventKind::Paused, ""));
        recorder.flush(At(at(800).0 + aim)).expect("flushed");
        recorder.shift_clock(-aim, at(800)).expect("moved back");
        record(&mut recorder, 800, 900);
        let after = times(&path);
        assert!(after.is_sorted() && after.starts_with(&before[..before.len() - 5]), "{aim}");
        assert_eq!((after.first(), after.last()), (before.first(), Some(&at(900))), "{aim}");
        let events = reader(&path).events(At(0), EVER).expect("events");
        assert_eq!(events.last().map(|event| event.at), Some(at(700)), "{aim}");
        recorder.end(at(900)).expect("ended");
        assert_eq!(reader(&path).span().expect("span").map(|span| span.1), Some(at(900)), "{aim}");
    }
}

#[test]
fn a_newer_file_is_left_as_it_is() {
    let (_folder, path) = file();
    let (recorder, _) = open(&path, at(0));
    recorder.end(at(1)).expect("ended");
    let newer = "PRAGMA user_version = 99; CREATE TABLE later (id INTEGER)";
    Connection::open(&path).and_then(|db| db.execute_batch(newer)).expect("newer");
    let before = fs::read(&path).expect("the file");
    for _ in 0..2 {
        let answer = Recorder::open(&path, &run(at(2)), Limits::default()).err();
        assert!(matches!(answer, Some(RecorderError::NewerSchema(99))), "{answer:?}");
    }
    assert!(matches!(Reader::open(&path).err(), Some(RecorderError::NewerSchema(99))));
    assert_eq!(fs::read(&path).expect("the file"), before);
    assert!(aside(&path).is_empty());
}

#[test]
#[cfg(unix)] // Windows keeps a file that is open.
fn a_file_that_is_deleted_while_it_is_written_is_begun_anew() {
    let (_folder, path) = file();
    for with_log in [false, true] {
        let (mut recorder, _) = open(&path, at(0));
        record(&mut recorder, 0, 120);
        fs::remove_file(&path).expect("removed");
        if with_log {
            for suffix in ["-wal", "-shm"] {
                fs::remove_file(path.with_extension(format!("db{suffix}"))).expect("removed");
            }
        }
        record(&mut recorder, 120, 240);
        assert_eq!(samples(&path, Tier::Raw).first().map(|sample| sample.at), Some(at(130)), "what was added since");
        recorder.end(at(240)).expect("ended");
        let (recorder, opened) = open(&path, at(300));
        assert!(opened.previous.is_some_and(|previous| previous.clean) && opened.quarantined.is_none());
        recorder.end(at(301)).expect("ended");
        fs::remove_file(&path).expect("removed");
    }
}

#[test]
fn an_empty_file_and_one_that_is_not_ours() {
    let (_folder, path) = file();
    fs::create_dir_all(path.parent().expect("folder")).expect("folder");
    fs::write(&path, b"").expect("an empty file");
    assert!(Reader::open(&path).expect("empty").is_none());
    for text in ["", "x"] {
        fs::write(&path, text).expect("a file without content");
        let (recorder, opened) = open(&path, at(0));
        // SQLite treats a file of one byte as empty, except on Windows, where it counts as a foreign file.
        assert!(opened.created && (opened.quarantined.is_none() || cfg!(windows) && !text.is_empty()));
        recorder.end(at(1)).expect("ended");
        fs::remove_file(&path).expect("removed");
    }
    Connection::open(&path).and_then(|db| db.execute_batch("CREATE TABLE theirs (a)")).expect("another program's");
    let (_recorder, opened) = open(&path, at(2));
    assert!(opened.quarantined.is_some_and(|aside| aside.exists()));
}

#[test]
#[cfg(unix)]
fn a_folder_that_cannot_be_written_is_an_error_and_not_a_panic() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, path) = file();
    let inner = path.parent().expect("folder");
    fs::create_dir_all(inner).expect("folder");
    fs::set_permissions(inner, fs::Permissions::from_mode(0o500)).expect("read-only");
    // Root may write everywhere except on a file system mounted read-only.
    let mounted = fs::write(inner.join("probe"), b"").is_ok();
    let mount = |program: &str, options: &[&str]| {
        std::process::Command::new(program).args(options).arg(inner).status().is_ok_and(|status| status.success())
    };
    if mounted && !mount("mount", &["-t", "tmpfs", "-o", "ro", "tmpfs"]) {
        crate::not_run("a folder that cannot be written: the administrator needs the right to mount");
    } else {
        let answer = Recorder::open(&path, &run(at(0)), Limits::default()).err();
        assert!(!mounted || mount("umount", &["-l"]));
        assert!(matches!(answer, Some(RecorderError::ReadOnly(_))), "{answer:?}");
    }
    fs::set_permissions(inner, fs::Permissions::from_mode(0o700)).expect("writable");
    // A file in place of the folder.
    let answer = Recorder::open(&folder.path().join("x/y/z"), &run(at(0)), Limits::default()).map(|_| ());
    assert!(answer.is_ok());
    fs::write(folder.path().join("plain"), b"").expect("a file");
    let answer = Recorder::open(&folder.path().join("plain/recording.db"), &run(at(0)), Limits::default()).err();
    assert!(matches!(answer, Some(RecorderError::Io(_) | RecorderError::ReadOnly(_))), "{answer:?}");
}

#[test]
#[cfg(unix)]
fn a_full_disk_loses_nothing_and_recording_goes_on_afterwards() {
    let folder = tempfile::tempdir().expect("a folder");
    let mount = |arguments: &[&str]| {
        let done = std::process::Command::new(arguments[0]).args(&arguments[1..]).arg(folder.path()).output();
        done.is_ok_and(|done| done.status.success())
    };
    if !mount(&["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs"]) {
        crate::not_run("a full disk: a small file system needs the right to mount one");
        return;
    }
    let path = folder.path().join("recording.db");
    let result = std::panic::catch_unwind(|| fill_and_free(&path));
    assert!(mount(&["umount"]));
    result.expect("recording on a full disk");
}

#[cfg(unix)]
fn fill_and_free(path: &Path) {
    let (mut recorder, _) = open(path, at(0));
    record(&mut recorder, 0, 600);
    let filler = path.with_file_name("filler");
    let mut size = 2_000_000;
    fs::write(&filler, vec![1; size]).unwrap_or(()); // until it is full
    let mut errors = 0;
    for round in 1..=30 {
        for seconds in 1..=30 {
            recorder.add(&with_programs(600 + round * 30 + seconds, 0.2, 1.0, vec![program("Editor", 0.1, 100)]));
        }
        match recorder.flush(at(600 + round * 30 + 30)) {
            Ok(()) => {}
            Err(RecorderError::Full | RecorderError::Io(_)) => errors += 1,
            Err(other) => panic!("{other:?}"),
        }
    }
    assert!(errors > 0, "the disk was not full");
    assert_eq!(recorder.dropped(), 0);
    size = 0;
    fs::write(&filler, vec![1; size]).expect("freed");
    recorder.flush(at(2000)).expect("flushed");
    let back = samples(path, Tier::Raw);
    assert_eq!(back.len(), 60 + 900);
    let sound: String = Connection::open(path)
        .and_then(|db| db.query_row("PRAGMA integrity_check", [], |row| row.get(0)))
        .expect("checked");
    assert_eq!(sound, "ok");
}

/// Names as an attacker or a broken program would choose them.
fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        Just("'; DROP TABLE raw; --".to_owned()),
        Just("a\0b".to_owned()),
        Just("\u{202e}\u{2066}gpj.exe\"`".to_owned()),
        "(?s).{1365}",
        Just("x".repeat(4096)),
        Just(String::new()),
    ]
}

/// Setting a clock that was ahead also moves the first-seen times it stamped.
#[test]
fn what_was_new_by_a_wrong_clock_is_new_by_the_right_one() {
    let (_folder, path) = file();
    let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let (mut recorder, _) = open(&path, at(10_000));
    recorder.add_autostarts(list(&["old"]));
    recorder.flush(at(10_060)).expect("flushed");
    recorder.add_autostarts(list(&["old", "new"]));
    recorder.flush(at(10_120)).expect("flushed");
    let new = |now: i64| reader(&path).new_autostarts(at(0), at(now)).expect("a list").into_iter().collect::<Vec<_>>();
    assert_eq!(new(200), [], "it will be seen in the future, says the clock");
    recorder.shift_clock(-10_000_000, at(180)).expect("shifted");
    recorder.flush(at(190)).expect("flushed");
    assert_eq!(new(200), [("new".to_owned(), at(120))]);
}

#[test]
fn a_year_typed_wrong_deletes_nothing_before_it_is_seen() {
    let (_folder, path) = file();
    let (mut recorder, _) = open(&path, at(0));
    record(&mut recorder, 0, 4000);
    recorder.end(at(4000)).expect("ended");
    let (mut recorder, _) = open(&path, at(5000));
    record(&mut recorder, 5000, 6000);
    let before = samples(&path, Tier::Hour).len();
    let year = 365 * 86_400;
    recorder.shift_clock(year * 1000, at(year + 6000)).expect("shifted");
    record(&mut recorder, year + 6000, year + 12_000);
    recorder.shift_clock(-year * 1000, at(12_000)).expect("shifted");
    recorder.flush(at(12_060)).expect("flushed");
    assert!(before > 0 && samples(&path, Tier::Hour).len() > before, "what was recorded before is still there");
}

/// The first list counts as always present; later entries are new from then on, whatever else happens to the list.
#[test]
fn what_starts_with_the_pc_is_new_when_it_was_not_in_the_first_list() {
    let (_folder, path) = file();
    let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let new =
        |path: &Path| reader(path).new_autostarts(at(0), At(i64::MAX)).expect("a list").into_iter().collect::<Vec<_>>();
    let (mut recorder, _) = open(&path, at(0));
    recorder.add_autostarts(list(&[]));
    recorder.flush(at(60)).expect("flushed");
    assert_eq!(new(&path), []);
    recorder.add_autostarts(list(&["a"]));
    recorder.flush(at(120)).expect("flushed");
    recorder.end(at(130)).expect("ended");
    let (mut recorder, _) = open(&path, at(200));
    recorder.add_autostarts(list(&["b"]));
    recorder.flush(at(260)).expect("flushed");
    recorder.add_autostarts(list(&["a", "b"]));
    recorder.flush(at(320)).expect("flushed");
    assert_eq!(new(&path), [("a".to_owned(), at(120)), ("b".to_owned(), at(260))]);
    assert_eq!(reader(&path).new_autostarts(at(200), At(i64::MAX)).expect("a list").len(), 1);
    recorder.erase(at(400)).expect("forgotten");
    recorder.add_autostarts(list(&["a", "c"]));
    recorder.flush(at(460)).expect("flushed");
    assert_eq!(new(&path), []);
}

/// The last one counts, and only if the system gave a reason.
#[test]
fn the_last_sudden_end_is_found_with_its_reason() {
    let (_folder, path) = file();
    let (mut recorder, _) = open(&path, at(0));
    let stop = |second: i64, cause: &str, code: Option<u32>| {
        Event::new(at(second), EventKind::SuddenStop, "").with(serde_json::json!({ "cause": cause, "code": code }))
    };
    let last = || reader(&path).sudden_stop(at(0)).expect("read");
    let of = |second, back, reason, code| Some(SuddenStop { at: at(second), back: at(back), reason, code });
    assert_eq!(last(), None);
    recorder.note(&stop(100, "system_error", Some(0x133)));
    recorder.note(&Event::new(at(150), EventKind::Suspended, ""));
    recorder.flush(at(160)).expect("flushed");
    assert_eq!(last(), of(100, 0, StopReason::SystemError, Some(0x133)));
    recorder.end(at(170)).expect("ended");
    let (mut recorder, _) = open(&path, at(250));
    recorder.note(&stop(200, "power_lost", None));
    recorder.flush(at(260)).expect("flushed");
    assert_eq!(last(), of(200, 250, StopReason::PowerLost, None));
    recorder.note(&stop(230, "orderly", None));
    recorder.flush(at(270)).expect("flushed");
    assert_eq!(last(), of(200, 250, StopReason::PowerLost, None), "that one was no sudden end");
    recorder.note(&stop(240, "unknown", None));
    recorder.flush(at(280)).expect("flushed");
    assert_eq!(last(), None, "nobody knows why");
    assert_eq!(reader(&path).sudden_stop(at(300)).expect("read"), None);
}

/// Minutes, each with its CPU share, temperature and fan speed.
fn idle_minutes(recorder: &mut Recorder, minutes: &[(f64, f64, Option<u32>)]) {
    for (minute, (cpu, celsius, rpm)) in (0..).zip(minutes) {
        for seconds in (2..=60).step_by(2) {
            let temperature = Reading::Known(Celsius(*celsius));
            let fan = Reading::from_option(rpm.map(Rpm), Why::NoSensor);
            recorder.add(&Sample { temperature, fan, ..totals(minute * 60 + seconds, *cpu) });
        }
    }
    let end = at(60 * i64::try_from(minutes.len()).expect("few"));
    recorder.flush(end).expect("flushed");
}

#[test]
fn what_is_usual_at_rest_is_the_middle_of_the_minutes_without_work() {
    let (_folder, path) = file();
    let (mut recorder, _) = open(&path, at(0));
    let rest = [1800, 1900, 2000, 1850, 2900].map(|rpm| (0.03, 40.0 + f64::from(rpm) / 1000.0, Some(rpm)));
    // Work, a minute in which the fan stood still, and one in which it was not read.
    let others = [(0.8, 85.0, Some(5000)), (0.7, 84.0, Some(4900)), (0.03, 39.0, Some(0)), (0.03, 41.0, None)];
    idle_minutes(&mut recorder, &[&rest[..], &others[..]].concat());
    let idle = Fraction::new(0.10);
    assert_eq!(reader(&path).idle_fan(at(0), idle).expect("asked"), (6, Some(Rpm(1900))));
    assert_eq!(reader(&path).idle_temperature(at(0), idle).expect("asked"), (7, Some(Celsius(41.9))));
    assert_eq!(reader(&path).idle_fan(at(4000), idle).expect("asked"), (0, None), "nothing was recorded since");
}

#[test]
fn a_fan_that_mostly_stands_still_at_rest_is_known_to() {
    let (_folder, path) = file();
    let (mut recorder, _) = open(&path, at(0));
    idle_minutes(&mut recorder, &[0, 0, 0, 2600, 2500].map(|rpm| (0.03, 40.0, Some(rpm))));
    assert_eq!(reader(&path).idle_fan(at(0), Fraction::new(0.10)).expect("asked"), (5, Some(Rpm(0))));
    let (_folder, path) = file();
    let (mut recorder, _) = open(&path, at(0));
    idle_minutes(&mut recorder, &[(0.03, 40.0, None); 5]);
    assert_eq!(
        reader(&path).idle_fan(at(0), Fraction::new(0.10)).expect("asked"),
        (0, None),
        "no sensor is no stillness"
    );
}

fn kind() -> impl Strategy<Value = EventKind> {
    proptest::sample::select(EventKind::ALL)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_text_it_comes_back(
        events in proptest::collection::vec((kind(), hostile(), hostile(), any::<i64>()), 1..20),
        names in proptest::collection::vec((hostile(), hostile()), 1..5),
    ) {
        let (_folder, path) = file();
        let (mut recorder, _) = open(&path, at(0));
        let events: Vec<Event> = (0..).zip(events).map(|(n, (kind, subject, text, number))| {
            let data = serde_json::json!({ "text": text, "list": [number, null, true] });
            Event::new(at(n), kind, &subject).with(if number % 3 == 0 { serde_json::Value::Null } else { data })
        }).collect();
        for event in &events {
            recorder.note(event);
        }
        let programs: Vec<ProgramSample> = (0_u32..).zip(&names).map(|(n, (name, path))| ProgramSample {
            name: name.as_str().into(),
            path: (!path.is_empty()).then(|| path.as_str().into()),
            kind: ProgramKind::System,
            ..program("", f64::from(9 - n) / 10.0, 10)
        }).collect();
        let sample = with_programs(2, 0.9, 2.0, programs);
        recorder.add(&sample);
        recorder.flush(at(60)).expect("flushed");
        // Not `prop_assert_eq`: its output would be unreadable.
        prop_assert!(reader(&path).events(At(0), EVER).expect("events") == events);
        prop_assert!(samples(&path, Tier::Raw)[0].programs == sample.programs);
    }
}

/// Recordings written by old versions, as SQL: frozen, so that later changes of the code cannot change them.
const OLD: [&str; 5] = [
    include_str!("recordings/schema-1.sql"),
    include_str!("recordings/schema-2.sql"),
    include_str!("recordings/schema-3.sql"),
    include_str!("recordings/schema-4.sql"),
    include_str!("recordings/schema-5.sql"),
];

#[test]
fn a_recording_of_every_earlier_version_is_read_and_goes_on() {
    for (schema, sql) in (1..).zip(OLD) {
        let (_folder, path) = file();
        fs::create_dir_all(path.parent().expect("folder")).expect("folder");
        Connection::open(&path).and_then(|db| db.execute_batch(sql)).expect("an old file");
        let (recorder, opened) = open(&path, at(7400));
        assert!(!opened.created && opened.quarantined.is_none(), "schema {schema}");
        let previous = opened.previous.expect("the run of then");
        assert_eq!((previous.started, previous.last_seen, previous.clean), (at(0), at(7300), false));
        assert_eq!(usize::try_from(pragma(&path, "user_version")), Ok(OLD.len()));
        for (tier, ends) in [
            (Tier::Raw, vec![at(7298), at(7300)]),
            (Tier::Minute, vec![at(7140), at(7200)]),
            (Tier::Hour, vec![at(3600)]),
        ] {
            let read = reader(&path).recorded(tier, At(0), EVER).expect("recorded");
            let samples: Vec<&Sample> = read.iter().map(|recorded| &recorded.sample).collect();
            // Beside them are means of older rows, and rows not rolled up yet.
            let samples: Vec<&Sample> = samples.into_iter().filter(|sample| ends.contains(&sample.at)).collect();
            assert_eq!(samples.len(), ends.len(), "schema {schema} {tier:?}");
            let sample = samples[0];
            assert_eq!((share(sample.cpu), sample.temperature), (0.45, Reading::Known(Celsius(63.5))));
            let watched = if schema == 1 { Reading::Missing(Why::Unsupported) } else { Reading::Known(false) };
            assert_eq!(sample.watched, watched, "schema {schema}");
            let names: Vec<&str> = sample.programs.iter().map(|program| &*program.name).collect();
            assert_eq!(names, ["Editor", "Browser"]);
            assert_eq!(sample.programs[1].kind, ProgramKind::Browser);
            let uses = sample.net_users.known().map_or(0, Vec::len);
            assert_eq!(uses, usize::from(schema >= 4), "schema {schema}");
        }
        let events = reader(&path).events(At(0), EVER).expect("events");
        let kinds: Vec<EventKind> = events.iter().map(|event| event.kind).collect();
        assert_eq!(kinds, [EventKind::Started, EventKind::Finding, EventKind::Action, EventKind::FindingEnded]);
        assert_eq!(events[1].data["finding"]["subject"]["group"], "Editor");
        let autostarts = reader(&path).new_autostarts(at(-1), at(7400)).expect("autostarts");
        assert_eq!(autostarts.len(), usize::from(schema >= 3), "schema {schema}");
        let mut recorder = recorder;
        record(&mut recorder, 7400, 7700);
        recorder.end(at(7700)).expect("ended");
        assert_eq!(samples(&path, Tier::Raw).last().map(|sample| sample.at), Some(at(7700)));
        assert_eq!(reader(&path).runs(At(0)).expect("runs").len(), 2);
    }
}

#[test]
fn a_schema_has_a_frozen_recording() {
    let (_folder, path) = file();
    let (recorder, _) = open(&path, at(0));
    recorder.end(at(1)).expect("ended");
    let newest = pragma(&path, "user_version");
    assert_eq!(
        usize::try_from(newest),
        Ok(OLD.len()),
        "add tests/all/recordings/schema-{newest}.sql to what must stay readable"
    );
}

/// Samples are deleted to make room, however many findings there are.
#[test]
fn findings_stay_while_samples_go() {
    let (_folder, path) = file();
    let limits = Limits { max_bytes: 400_000, ..Limits::default() };
    let (mut recorder, _) = Recorder::open(&path, &run(at(0)), limits).expect("a recorder");
    for hour in 0..30 {
        for n in 0..30 {
            recorder.note(&Event::new(at(hour * 3600 + n), EventKind::Finding, "cpu_hog"));
            recorder.note(&Event::new(at(hour * 3600 + n), EventKind::UserAway, ""));
        }
        record(&mut recorder, hour * 3600, hour * 3600 + 3600);
    }
    assert!(recorder.file_bytes() <= limits.max_bytes * 11 / 10, "{} bytes", recorder.file_bytes());
    let events = reader(&path).events(At(0), EVER).expect("events");
    let count = |kind| events.iter().filter(|event| event.kind == kind).count();
    assert_eq!(count(EventKind::Finding), 900);
    let minutes = samples(&path, Tier::Minute);
    assert!(minutes.len() < 30 * 60, "nothing had to go: this test says nothing");
}
