//! Recordings damaged at random: each is readable or quarantined in the end, never one that can neither be read nor
//! written again.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use mimamori::model::{At, Bytes, Event, EventKind, Fraction, Memory, ProgramSample, Reading, Sample, Seconds, Volume};
use mimamori::recorder::{Limits, Reader, Recorder, RecorderError, Run, Tier, erase};
use rusqlite::Connection;

/// 2026-07-01 00:00 UTC.
const DAY0: i64 = 1_782_864_000_000;
/// Rounds of the unit stage; `MIMAMORI_DAMAGES` sets another number.
const ROUNDS: u64 = 300;
/// Rounds of ten thousand that were stuck once: a format that made the file read-only, and a size beyond all memory.
const ONCE_STUCK: [u64; 10] = [1599, 3765, 4806, 5055, 5405, 6433, 7244, 8368, 8545, 9651];
/// Flushes after which every table was checked once.
const FLUSHES: i64 = 16;
/// Size of a page, and of what is swapped and spliced.
const PAGE: usize = 512;

fn at(seconds: i64) -> At {
    At(DAY0 + seconds * 1000)
}

fn run(started: At) -> Run {
    Run { boot_id: Some("boot".to_owned()), version: "0.1.0".to_owned(), started }
}

fn sample(seconds: i64) -> Sample {
    let program = |name: &str| ProgramSample {
        name: name.into(),
        cpu: Fraction::new(0.1),
        memory: Bytes(100 << 20),
        parts: 2,
        path: Some(format!("/opt/{name}").into()),
        ..ProgramSample::default()
    };
    let volume = Volume { name: "C:".to_owned(), total: Bytes(100 << 30), free: Bytes(40 << 30), ..Volume::default() };
    Sample {
        at: at(seconds),
        span: Seconds(2.0),
        cpu: Reading::Known(Fraction::new(0.25)),
        memory: Reading::Known(Memory { used: Bytes(3 << 30), total: Bytes(16 << 30) }),
        volumes: Reading::Known(vec![volume]),
        program_span: Seconds(2.0),
        program_total: Reading::Known(Fraction::new(0.25)),
        programs: vec![program("Editor"), program("Browser"), program(&format!("tool{}", seconds % 7))],
        ..Sample::default()
    }
}

/// A recording of two hours: its file, and its log when the run did not end.
fn recording(folder: &Path, ends: bool) -> (Vec<u8>, Vec<u8>) {
    let path = folder.join("recording.db");
    let (mut recorder, _) = Recorder::open(&path, &run(at(0)), Limits::default()).expect("opened");
    for minute in 0..120 {
        for step in 1..=6 {
            recorder.add(&sample(minute * 60 + step * 10));
        }
        recorder.note(&Event::new(at(minute * 60), EventKind::Action, "Editor"));
        recorder.add_autostarts(vec![format!("/etc/xdg/{}", minute % 5)]);
        recorder.flush(at(minute * 60 + 60)).expect("flushed");
    }
    let wal = folder.join("recording.db-wal");
    if ends {
        recorder.end(at(7200)).expect("ended");
        (fs::read(path).expect("the file"), Vec::new())
    } else {
        (fs::read(path).expect("the file"), fs::read(wal).expect("the log"))
    }
}

/// Numbers that are the same in every run (xorshift64*).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % end.max(1)
    }
}

/// Damages one of the files; returns what was done.
fn damage(bytes: &mut Vec<u8>, random: &mut Random) -> &'static str {
    if bytes.is_empty() {
        return "nothing";
    }
    let size = bytes.len();
    let page = |random: &mut Random| random.below(size / PAGE) * PAGE;
    match random.below(6) {
        0 => {
            bytes.truncate(random.below(size));
            "cut"
        }
        1 => {
            for _ in 0..=random.below(20) {
                bytes[random.below(size)] ^= 1 << random.below(8);
            }
            "flip"
        }
        2 => {
            // The header, where little is unused.
            bytes[random.below(size.min(100))] ^= 1 << random.below(8);
            "flip in the header"
        }
        3 => {
            let (one, other) = (page(random), page(random));
            for offset in 0..PAGE.min(size) {
                bytes.swap(one + offset, other + offset);
            }
            "swap"
        }
        4 => {
            let (from, to) = (page(random), random.below(size));
            let part: Vec<u8> = bytes[from..(from + PAGE).min(size)].to_vec();
            bytes.splice(to..to, part);
            "splice"
        }
        _ => {
            let from = page(random);
            let end = (from + PAGE).min(size);
            bytes[from..end].fill(if random.below(2) == 0 { 0 } else { 0x77 });
            "fill"
        }
    }
}

/// What people and programs do to the tables of a file that is otherwise sound.
fn alter(path: &Path, random: &mut Random) {
    let statements = [
        "DROP TABLE run",
        "DROP TABLE raw",
        "DROP TABLE hour_usage",
        "DROP TABLE event",
        "DROP TABLE autostart",
        "ALTER TABLE raw RENAME COLUMN cpu TO cpus",
        "ALTER TABLE program RENAME COLUMN name TO title",
        "PRAGMA user_version = 0",
        "PRAGMA user_version = 2",
        "PRAGMA user_version = 99",
        "PRAGMA application_id = 7",
        "DROP TABLE volume; DROP TABLE space",
        "ALTER TABLE run RENAME TO runs",
    ];
    let db = Connection::open(path).expect("opened");
    let statement = statements[random.below(statements.len())];
    db.execute_batch(statement).unwrap_or_else(|error| panic!("{statement}: {error}"));
}

/// As the agent does: damage is quarantined within the turn.
fn flush(recorder: &mut Recorder, now: At) -> Result<(), RecorderError> {
    match recorder.flush(now) {
        Err(RecorderError::Damaged(_)) => recorder.flush(now),
        flushed => flushed,
    }
}

/// Works with the recording as the next agent does, then as the one after that and as a window. Returns whether it was
/// quarantined.
fn use_it(path: &Path) -> Result<bool, RecorderError> {
    let mut quarantined = false;
    for start in [7300, 7700] {
        let (mut recorder, _) = Recorder::open(path, &run(at(start)), Limits::default())?;
        for turn in 1..=FLUSHES {
            recorder.add(&sample(start + turn * 20));
            flush(&mut recorder, at(start + turn * 20))?;
        }
        quarantined |= recorder.quarantined().is_some();
        recorder.end(at(start + 350))?;
    }
    let reader = Reader::open(path)?.expect("a recording");
    for &tier in Tier::ALL {
        let samples = reader.samples(tier, At(0), At(i64::MAX))?;
        assert!(!samples.is_empty() && samples.is_sorted_by_key(|sample| sample.at), "{tier:?}");
    }
    let newest = reader.samples(Tier::Raw, at(7701), at(9000))?;
    assert_eq!(newest.len(), FLUSHES as usize, "what was added since");
    reader.events(At(0), At(i64::MAX))?;
    reader.runs(At(0))?;
    reader.span()?;
    reader.watched()?;
    Ok(quarantined)
}

#[test]
fn what_no_sampler_can_have_written_is_not_read_as_measured() {
    let folder = tempfile::tempdir().expect("folder");
    recording(folder.path(), true);
    let path = folder.path().join("recording.db");
    let alter = |statement: &str| {
        Connection::open(&path)
            .expect("opened")
            .execute_batch(statement)
            .unwrap_or_else(|e| panic!("{statement}: {e}"));
    };
    for table in ["raw", "minute", "hour"] {
        let statement = format!(
            "UPDATE {table} SET frequency = {max}, span = {max}, program_span = {min}, memory_used = -1, fan = -5,
                 disk_read = {min}, process_count = 4294967301;
             UPDATE {table}_usage SET cpu = {min}, memory = -7, parts = 4294967298, disk = -3;
             UPDATE {table} SET at = {max} WHERE at = (SELECT max(at) FROM {table});
             UPDATE {table} SET at = {min} WHERE at = (SELECT min(at) FROM {table})",
            max = i64::MAX,
            min = i64::MIN,
        );
        alter(&statement);
    }
    alter("UPDATE space SET free = -1 WHERE at = (SELECT max(at) FROM space)");
    let reader = Reader::open(&path).expect("readable").expect("a recording");
    for &tier in Tier::ALL {
        for (from, to) in [(At(i64::MIN), At(i64::MAX)), (at(0), at(7200))] {
            for sample in reader.samples(tier, from, to).expect("readable") {
                assert!(sample.at > at(0) && sample.at < at(7300), "{tier:?} {:?}", sample.at);
                let missing = (sample.frequency.why(), sample.memory.why(), sample.fan.why(), sample.disk_read.why());
                assert!(matches!(missing, (Some(_), Some(_), Some(_), Some(_))), "{tier:?} {missing:?}");
                assert_eq!(
                    (sample.span, sample.program_span, sample.process_count),
                    (Seconds(0.0), Seconds(0.0), u32::MAX)
                );
                for program in &sample.programs {
                    assert_eq!((program.cpu, program.memory, program.disk.get()), (Fraction::ZERO, Bytes(0), None));
                }
            }
        }
    }
    assert!(reader.volume_points(At(0)).expect("readable").iter().all(|point| point.free == Bytes(40 << 30)));
    drop(reader);
    // The next agent goes on with it.
    use_it(&path).expect("written on");
}

#[test]
fn a_damaged_recording_is_readable_or_quarantined_and_never_stuck() {
    let rounds = std::env::var("MIMAMORI_DAMAGES").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(ROUNDS);
    let sources = tempfile::tempdir().expect("folder");
    let kinds: Vec<(Vec<u8>, Vec<u8>)> = [true, false]
        .map(|ends| {
            let folder = sources.path().join(ends.to_string());
            recording(&folder, ends)
        })
        .into();
    let (mut quarantined, mut readable, mut stuck) = (0, 0, Vec::new());
    for round in (0..rounds).chain(ONCE_STUCK.into_iter().filter(|round| *round >= rounds)) {
        let random = &mut Random(round.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("recording.db");
        let (mut file, mut log) = kinds[random.below(2)].clone();
        // A log of another time beside the file, too.
        if random.below(5) == 0 {
            log.clone_from(&kinds[1].1);
        }
        let mut done = Vec::new();
        let is_altered = log.is_empty() && random.below(4) == 0;
        for _ in 0..if is_altered { 0 } else { 1 + random.below(3) } {
            let is_log = !log.is_empty() && random.below(2) == 0;
            done.push((if is_log { "log" } else { "file" }, damage(if is_log { &mut log } else { &mut file }, random)));
        }
        fs::write(&path, file).expect("written");
        if !log.is_empty() {
            fs::write(folder.path().join("recording.db-wal"), log).expect("written");
        }
        if is_altered {
            alter(&path, random);
        }
        let used = catch_unwind(AssertUnwindSafe(|| use_it(&path)));
        match used {
            Ok(Ok(true)) => quarantined += 1,
            Ok(Ok(false)) => readable += 1,
            Ok(Err(error)) => stuck.push(format!("{round} {done:?} altered {is_altered}: {error}")),
            Err(_) => stuck.push(format!("{round} {done:?} altered {is_altered}: panic")),
        }
        if round % 10 == 0 {
            let erased = erase(&path, at(9000));
            let rest = Reader::open(&path).ok().flatten().map(|reader| reader.events(At(0), At(i64::MAX)));
            if erased.is_err() || rest.is_some_and(|rest| rest.is_ok_and(|events| !events.is_empty())) {
                stuck.push(format!("{round} {done:?}: not erased: {erased:?}"));
            }
        }
    }
    let rounds = quarantined + readable + stuck.len() as u64;
    println!("{rounds} damages: {quarantined} quarantined, {readable} readable, {} stuck", stuck.len());
    assert!(
        stuck.is_empty(),
        "{} stuck\n{}",
        stuck.len(),
        stuck.iter().take(40).cloned().collect::<Vec<_>>().join("\n")
    );
    assert!(quarantined * 4 > rounds && readable > 0, "the damages are none: {quarantined}, {readable}");
}

/// Regression: SQLite takes a file of an unknown format for a read-only one, and nothing was recorded any more.
#[test]
fn a_format_that_nobody_knows_is_quarantined() {
    for (byte, format) in [(18, 0), (18, 3), (19, 130)] {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("recording.db");
        let (recorder, _) = Recorder::open(&path, &run(at(0)), Limits::default()).expect("opened");
        recorder.end(at(1)).expect("ended");
        let mut bytes = fs::read(&path).expect("the file");
        bytes[byte] = format;
        fs::write(&path, bytes).expect("damaged");
        assert!(use_it(&path).is_ok());
        let names = fs::read_dir(folder.path()).expect("read").flatten().map(|entry| entry.file_name());
        assert!(names.into_iter().any(|name| name.to_string_lossy().contains(".bad-")), "{byte} {format}");
    }
}

/// Regression: a pipe in the place of a file kept the agent waiting for ever, and what was outside was changed through a
/// link.
#[test]
#[cfg(unix)]
fn whatever_has_the_place_of_a_file_is_moved_aside() {
    for suffix in ["", "-wal", "-shm", "-lock"] {
        for kind in ["folder", "link", "dangling", "pipe"] {
            let folder = tempfile::tempdir().expect("folder");
            let path = folder.path().join("data/recording.db");
            let (recorder, _) = Recorder::open(&path, &run(at(0)), Limits::default()).expect("opened");
            recorder.end(at(1)).expect("ended");
            let place = folder.path().join(format!("data/recording.db{suffix}"));
            let outside = folder.path().join("outside");
            fs::write(&outside, "precious").expect("written");
            let _ = fs::remove_file(&place);
            match kind {
                "folder" => fs::create_dir_all(place.join("deep")).expect("made"),
                "link" => std::os::unix::fs::symlink(&outside, &place).expect("a link"),
                "dangling" => std::os::unix::fs::symlink(folder.path().join("none"), &place).expect("a link"),
                _ => {
                    let made = std::process::Command::new("mkfifo").arg(&place).status();
                    assert!(made.expect("started").success());
                }
            }
            let begin = std::time::Instant::now();
            let used = use_it(&path);
            assert!(used.is_ok(), "{kind} as {suffix:?}: {used:?}");
            assert_eq!(fs::read_to_string(&outside).expect("there"), "precious");
            assert!(!folder.path().join("none").exists());
            erase(&path, at(9000)).expect("erased");
            let left = fs::read_dir(folder.path().join("data")).expect("read").flatten();
            let left: Vec<_> =
                left.map(|entry| entry.file_name()).filter(|name| name.to_string_lossy().contains("bad")).collect();
            assert!(left.is_empty(), "{kind} as {suffix:?}: {left:?}");
            assert!(begin.elapsed().as_secs() < 20);
        }
    }
}
