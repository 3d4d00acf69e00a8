//! Rows of a recording with values that no sampler writes: read, merged, rolled up and written on.

#![no_main]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use libfuzzer_sys::arbitrary::{Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use mimamori::model::{At, Bytes, Event, EventKind, Fraction, Memory, ProgramSample, Reading, Sample, Seconds, Volume};
use mimamori::recorder::{Limits, Reader, Recorder, RecorderError, Run, Tier};
use rusqlite::Connection;
use tempfile::TempDir;

/// 2026-07-01 00:00 UTC.
const DAY0: i64 = 1_782_864_000_000;
const TABLES: [&str; 12] = [
    "raw",
    "raw_usage",
    "minute",
    "minute_usage",
    "hour",
    "hour_usage",
    "program",
    "run",
    "event",
    "volume",
    "space",
    "autostart",
];

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| tempfile::tempdir_in(mimamori::memory_folder()).expect("a folder"));
/// A sound recording, and the columns of its tables.
static SOUND: LazyLock<(Vec<u8>, Vec<Vec<String>>)> = LazyLock::new(|| {
    let path = FOLDER.path().join("sound.db");
    let (mut recorder, _) = Recorder::open(&path, &run(at(0)), Limits::default()).expect("opened");
    for step in 1..=100 {
        recorder.add(&sample(step * 40));
        if step % 20 == 0 {
            recorder.note(&Event::new(at(step * 40), EventKind::Action, "Editor"));
            recorder.add_autostarts(vec![format!("/etc/xdg/{step}")]);
            recorder.flush(at(step * 40)).expect("flushed");
        }
    }
    recorder.end(at(4300)).expect("ended");
    let db = Connection::open(&path).expect("opened");
    let columns = TABLES.map(|table| {
        let mut names = db.prepare(&format!("SELECT name FROM pragma_table_info('{table}')")).expect("a table");
        names
            .query_map([], |row| row.get(0))
            .expect("columns")
            .collect::<rusqlite::Result<Vec<String>>>()
            .expect("names")
    });
    (fs::read(&path).expect("read"), columns.into())
});
static PATH: LazyLock<PathBuf> = LazyLock::new(|| FOLDER.path().join("recording.db"));

fuzz_target!(|data: &[u8]| {
    for entry in fs::read_dir(FOLDER.path()).expect("a folder").flatten() {
        if entry.file_name() != "sound.db" {
            fs::remove_file(entry.path()).expect("removed");
        }
    }
    fs::write(&*PATH, &SOUND.0).expect("written");
    let mut source = Unstructured::new(data);
    // Running out of data ends the changes.
    let _ = alter(&PATH, &mut source);
    read_all(&PATH);
    // Takes longer than all the rest.
    if data.len().is_multiple_of(4) {
        go_on(&PATH);
        read_all(&PATH);
    }
});

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
        span: Seconds(40.0),
        cpu: Reading::Known(Fraction::new(0.25)),
        memory: Reading::Known(Memory { used: Bytes(3 << 30), total: Bytes(16 << 30) }),
        volumes: Reading::Known(vec![volume]),
        program_span: Seconds(40.0),
        program_total: Reading::Known(Fraction::new(0.25)),
        programs: vec![program("Editor"), program("Browser")],
        ..Sample::default()
    }
}

/// Changes values; those that a table refuses stay as they were.
fn alter(path: &Path, source: &mut Unstructured<'_>) -> Result<()> {
    let db = Connection::open(path).expect("opened");
    db.execute_batch("PRAGMA synchronous = OFF; PRAGMA ignore_check_constraints = ON").expect("set");
    let mut done = Ok(());
    for _ in 0..8 {
        let change = change(source);
        let Ok(statement) = change else {
            done = change.map(|_| ());
            break;
        };
        let _ = db.execute_batch(&statement);
    }
    done
}

fn change(source: &mut Unstructured<'_>) -> Result<String> {
    let number = source.choose_index(TABLES.len())?;
    let (table, columns) = (TABLES[number], &SOUND.1[number]);
    let column = source.choose(columns)?;
    let row = source.int_in_range(0..=9)?;
    let value = match source.int_in_range(0..=11)? {
        0 => "NULL".to_owned(),
        1 => i64::MAX.to_string(),
        2 => i64::MIN.to_string(),
        3 => "-1".to_owned(),
        4 => "0".to_owned(),
        5 => format!("{column} + {}", source.int_in_range(-100_000_000..=100_000_000_i64)?),
        6 => source.arbitrary::<i64>()?.to_string(),
        7 => format!("{}", i64::from(u32::MAX) + 1),
        8 => "'\u{1b}[31m\u{202e}{\"marks\":[\"x\"]}'".to_owned(),
        9 => "''".to_owned(),
        10 => format!("'{}'", source.arbitrary::<&str>()?.replace(['\'', '\0'], "")),
        _ => "9223372036854775".to_owned(),
    };
    // Every tenth row, or all of them.
    let place = if source.ratio(1, 8)? { String::new() } else { format!(" WHERE rowid % 10 = {row}") };
    Ok(match table {
        "autostart" | "space" => format!("UPDATE OR REPLACE {table} SET {column} = {value}"),
        _ => format!("UPDATE OR REPLACE {table} SET {column} = {value}{place}"),
    })
}

/// As a window reads it: each answer is an error, or in order and within its bounds.
fn read_all(path: &Path) {
    let Ok(Some(reader)) = Reader::open(path) else { return };
    for (from, to) in [(At(i64::MIN), At(i64::MAX)), (at(600), at(3600))] {
        for &tier in Tier::ALL {
            let Ok(recorded) = reader.recorded(tier, from, to) else { continue };
            assert!(recorded.is_sorted_by_key(|one| one.sample.at), "{tier:?}");
            for one in recorded {
                check(&one.sample);
                assert!(one.sample.at >= from && one.sample.at <= to);
            }
        }
        let _ = reader.events(from, to);
        let _ = reader.written(from, to);
        let _ = reader.new_programs(from, to);
        let _ = reader.new_autostarts(from, to);
    }
    for sample in reader.means(Seconds(3600.0), at(0), at(7200)).unwrap_or_default() {
        check(&sample);
    }
    let _ = reader.volume_points(At(0));
    let _ = reader.sudden_stop(At(0));
    let _ = reader.watched();
    let _ = reader.runs(At(0));
    let _ = reader.idle_temperature(At(0), Fraction::ONE);
    let _ = reader.idle_fan(At(0), Fraction::ONE);
    let _ = reader.span();
}

fn check(sample: &Sample) {
    let figures = [
        sample.disk_read.get().map(|rate| rate.0),
        sample.disk_write.get().map(|rate| rate.0),
        sample.net_rx.get().map(|rate| rate.0),
        sample.net_tx.get().map(|rate| rate.0),
        sample.user_idle.get().map(|time| time.0),
        Some(sample.span.0),
        Some(sample.program_span.0),
    ];
    for figure in figures.into_iter().flatten() {
        assert!(figure.is_finite() && figure >= 0.0, "{figure}: {sample:?}");
    }
    for program in &sample.programs {
        assert!(program.disk.get().is_none_or(|rate| rate.0 >= 0.0), "{program:?}");
    }
    assert!(mimamori::report::sample_json(sample, &sample.programs).is_object());
}

/// As the next agent goes on with it: what it adds is there afterwards, in this file or in a new one.
fn go_on(path: &Path) {
    let Ok((mut recorder, _)) = Recorder::open(path, &run(at(5000)), Limits::default()) else { return };
    for turn in 1..=3 {
        recorder.add(&sample(5000 + turn * 20));
        let flushed = match recorder.flush(at(5000 + turn * 20)) {
            // Damage is quarantined within the turn.
            Err(RecorderError::Damaged(_)) => recorder.flush(at(5000 + turn * 20)),
            flushed => flushed,
        };
        flushed.expect("written");
    }
    recorder.end(at(5100)).expect("ended");
    let reader = Reader::open(path).expect("readable").expect("a recording");
    let newest = reader.samples(Tier::Raw, at(5001), at(5100)).expect("readable");
    // A row whose time was altered may lie there as well.
    let is_there = |seconds| newest.iter().any(|sample| sample.at == at(seconds));
    assert!([5020, 5040, 5060].into_iter().all(is_there), "what was added since");
}
