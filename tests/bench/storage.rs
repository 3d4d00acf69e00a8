//! Cost of the recorder, and proof that it loses nothing: `cargo bench --bench storage -- [day|kill|fail-io]`.
//!
//! - `day` records a simulated day and prints what reached the disk, the size of the file, and how long it takes to
//!   read.
//! - `kill` ends a writer with SIGKILL at random moments (`MIMAMORI_KILLS` times) and checks for damage and loss.
//! - `fail-io` makes each call that writes fail in turn (Linux with a C compiler).
//!
//! Exit code 1 only for damage or loss; figures are printed, not judged.

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark prints its figures and stops when it cannot go on"
)]

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use mimamori::diagnose::diagnose;
use mimamori::knowledge::Knowledge;
use mimamori::model::{
    At, Bytes, BytesPerSec, Celsius, Event, EventKind, Fraction, Hertz, History, Machine, Member, Memory, Power,
    Pressure, ProcKey, ProgramKind, ProgramSample, Reading, Sample, Seconds, Swap, Volume,
};
use mimamori::recorder::{Limits, Reader, Recorder, Run, Tier};
use rusqlite::Connection;

/// 2026-07-01 00:00 UTC.
const BEGIN: i64 = 1_782_864_000_000;
const EVER: At = At(i64::MAX);
const KILLS: u32 = 2000;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let sound = match words[..] {
        ["write", path, from] => write_until_killed(Path::new(path), from.parse().expect("a number")),
        ["session", path] => session(Path::new(path)),
        ["day"] => day(),
        ["kill"] => kill(),
        ["fail-io"] => fail_io(1),
        // One call in four: all of them take minutes.
        [] => [day(), kill(), fail_io(4)].into_iter().all(|sound| sound),
        _ => {
            println!("unknown mode: {words:?}");
            false
        }
    };
    std::process::exit(i32::from(!sound));
}

fn run(started: i64) -> Run {
    Run { boot_id: Some("9f0c2c4e-bench".to_owned()), version: "0.1.0".to_owned(), started: At(started) }
}

/// xorshift64*: the same figures in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

// --- day -----------------------------------------------------------------------------------------------------

/// An office PC with 40 programs of which a few work. When busy: another one with a third of the CPU, and more noise.
struct Office {
    random: Random,
    names: Vec<Arc<str>>,
    paths: Vec<Arc<str>>,
    disk: f64,
}

impl Office {
    fn new() -> Self {
        let names = (0..40).map(|n| format!("Office program {n}").into()).collect();
        let paths = (0..40).map(|n| format!(r"C:\Program Files\Vendor {n}\Product\program{n}.exe").into()).collect();
        Self { random: Random(7), names, paths, disk: 200e9 }
    }

    fn known(&mut self, mean: f64) -> Reading<Fraction> {
        Reading::Known(Fraction::new(mean * (0.5 + self.random.next())))
    }

    fn sample(&mut self, at: i64, programs: f64, busy: bool) -> Sample {
        let load = if busy { 0.45 } else { 0.03 };
        let used = Bytes((7.5e9 + self.random.next() * 1e8) as u64);
        self.disk -= self.random.next() * 2e5;
        let rate = |value: f64| Reading::Known(BytesPerSec(value));
        let volume = |name: &str, free: f64| Volume {
            name: name.to_owned(),
            total: Bytes(512_000_000_000),
            free: Bytes(free as u64),
            ..Volume::default()
        };
        Sample {
            at: At(at),
            span: Seconds(2.0),
            cpu: self.known(load),
            frequency: Reading::Known(Hertz((2e9 + self.random.next() * 2e9) as u64)),
            memory: Reading::Known(Memory { used, total: Bytes(16 << 30) }),
            swap: Reading::Known(Swap { used, total: Bytes(20 << 30) }),
            volumes: Reading::Known(vec![volume("C:", self.disk), volume("D:", 3e11)]),
            disk_read: rate(self.random.next() * 1e5),
            disk_write: rate(self.random.next() * 1e6),
            net_rx: rate(self.random.next() * 1e5),
            net_tx: rate(self.random.next() * 1e4),
            temperature: Reading::Known(Celsius(45.0 + self.random.next() * 10.0)),
            fan_effort: self.known(load),
            pressure: Reading::Known(Pressure {
                cpu: Fraction::new(self.random.next() / 50.0),
                memory: Fraction::ZERO,
                io: Fraction::new(self.random.next() / 100.0),
            }),
            gpu: self.known(0.02),
            power: Reading::Known(Power::default()),
            user_idle: Reading::Known(Seconds(self.random.next() * 300.0)),
            foreground: Reading::Known(8124),
            process_count: 312,
            program_span: Seconds(programs),
            program_total: self.known(load),
            everything_else: self.known(load / 10.0),
            programs: if programs > 0.0 { self.programs(busy) } else { Vec::new() },
            ..Sample::default()
        }
    }

    fn programs(&mut self, busy: bool) -> Vec<ProgramSample> {
        (0..self.names.len())
            .map(|n| {
                let share = if busy { 0.12 } else { 0.02 } * self.random.next() / (n + 1) as f64;
                let cpu = Fraction::new(if busy && n == 9 { 0.33 } else { share });
                let key = ProcKey { pid: 4000 + 4 * n as u32, start_time: 134_000_000_000_000_000 + n as u64 };
                let memory = Bytes((1e9 * (0.8 + 0.2 * self.random.next()) / (n % 17 + 1) as f64) as u64);
                ProgramSample {
                    name: Arc::clone(&self.names[n]),
                    kind: if n == 0 { ProgramKind::Browser } else { ProgramKind::Program },
                    cpu,
                    busiest_part: cpu,
                    memory,
                    disk: Reading::Known(BytesPerSec((self.random.next() * 2.0 - 1.0).max(0.0) * 1e5)),
                    parts: 1 + n as u32 % 9,
                    path: Some(Arc::clone(&self.paths[n])),
                    members: Arc::new([Member { key, root: key, cpu, memory }]),
                    ..ProgramSample::default()
                }
            })
            .collect()
    }
}

/// Bytes this process wrote: passed to the system, and written to disk. Zeros without /proc.
fn written() -> (u64, u64) {
    let text = fs::read_to_string("/proc/self/io").unwrap_or_default();
    let figure = |name: &str| {
        text.lines().find_map(|line| line.strip_prefix(name)).and_then(|rest| rest.trim().parse().ok()).unwrap_or(0)
    };
    (figure("wchar:"), figure("write_bytes:"))
}

fn mb(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// Records `hours`, the last two of them busy if requested. Syncs the files after each batch, as the system would
/// within half a minute.
fn record_day(path: &Path, hours: i64, busy: bool) -> Recorder {
    let (mut recorder, _) = Recorder::open(path, &run(BEGIN), Limits::default()).expect("a recorder");
    let mut office = Office::new();
    let files = [path.to_owned(), PathBuf::from(format!("{}-wal", path.display()))];
    let files: Vec<File> = files.iter().filter_map(|file| File::open(file).ok()).collect();
    for minute in 0..hours * 60 {
        let busy = busy && minute >= (hours - 2) * 60;
        let begin = BEGIN + minute * 60_000;
        for step in 1..=30 {
            let programs = if busy { 2.0 } else { f64::from(u8::from(step % 15 == 8)) * 30.0 };
            recorder.add(&office.sample(begin + step * 2000, programs, busy));
        }
        if minute % 30 == 0 {
            recorder.note(&Event::new(At(begin), EventKind::Foreground, "Office program 3"));
        }
        recorder.flush(At(begin + 60_000)).expect("flushed");
        for file in &files {
            let _ = file.sync_data();
        }
    }
    // These handles must outlive the recorder's lock on the same file.
    std::mem::forget(files);
    recorder
}

fn day() -> bool {
    let folder = folder();
    let calm = folder.path().join("calm.db");
    let (before, begin) = (written(), Instant::now());
    let recorder = record_day(&calm, 24, false);
    let after = written();
    println!("a calm day: totals each 2 s, programs each 30 s, a batch each 60 s ({:.0?})", begin.elapsed());
    println!("  given to the system     {:>8.1} MB", mb(after.0 - before.0));
    println!("  reached the disk        {:>8.1} MB (goal: at most 20)", mb(after.1 - before.1));
    println!("  file with its log       {:>8.1} MB", mb(recorder.file_bytes()));
    drop(recorder);
    let mixed = folder.path().join("mixed.db");
    let before = written();
    let recorder = record_day(&mixed, 24, true);
    println!("a mixed day: 22 h calm, 2 h with programs each 2 s");
    println!("  reached the disk        {:>8.1} MB", mb(written().1 - before.1));
    println!("  file with its log       {:>8.1} MB (goal: at most 25)", mb(recorder.file_bytes()));
    drop(recorder);
    let reader = Reader::open(&mixed).expect("readable").expect("a recording");
    for (what, tier, hours) in [("24 h in minutes", Tier::Minute, 24), ("2 h raw, busy", Tier::Raw, 2)] {
        let begin = Instant::now();
        let end = BEGIN + 24 * 3_600_000;
        let rows = reader.recorded(tier, At(end - hours * 3_600_000), At(end)).expect("samples");
        let usages: usize = rows.iter().map(|row| row.sample.programs.len()).sum();
        println!("  read {what:<18} {:>8.1?} ({} samples, {usages} programs)", begin.elapsed(), rows.len());
    }
    open_view(&reader);
    drop(reader);
    open_week(&mixed);
    let begin = Instant::now();
    let opened = Recorder::open(&mixed, &run(BEGIN + 25 * 3_600_000), Limits::default());
    println!("  open after a crash      {:>8.1?} (whole file checked)", begin.elapsed());
    opened.is_ok_and(|(_, opened)| opened.quarantined.is_none()) && integrity(&mixed)
}

/// Reads of a window before it shows a day: the last two hours for its first diagnosis, then the day itself.
fn open_view(reader: &Reader) {
    let knowledge = Knowledge::builtin().expect("tables");
    let end = At(BEGIN + 24 * 3_600_000);
    let begin = Instant::now();
    let mut recent = History::new(Machine::default());
    for sample in reader.samples(Tier::Raw, end - Seconds(7200.0), end).expect("samples") {
        recent.push(Arc::new(sample));
    }
    let findings = diagnose(&recent, &knowledge);
    let first = begin.elapsed();
    let mut day = History::short(Machine::default(), Seconds(90_000.0));
    for sample in reader.samples(Tier::Minute, end - Seconds(86_400.0), end).expect("samples") {
        day.push(Arc::new(sample));
    }
    println!(
        "  open the 24 h view      {:>8.1?} (goal: at most 150 ms); of it the first answer {first:.1?} ({} findings)",
        begin.elapsed(),
        findings.len()
    );
}

/// The same day seven times: the widest range of the charts.
fn open_week(day: &Path) {
    let week = day.with_file_name("week.db");
    // Includes what is still in the log.
    Connection::open(day)
        .and_then(|db| db.execute("VACUUM INTO ?1", [week.to_str().expect("a path")]))
        .expect("a copy");
    let db = Connection::open(&week).expect("the copy");
    for (table, key, one) in [("minute", "at", 1), ("minute_usage", "id", 64)] {
        db.execute_batch(&format!("CREATE TEMP TABLE day_{table} AS SELECT * FROM main.{table};")).expect("a day");
        for back in (1..7).map(|days| days * 86_400_000_i64 * one) {
            let sql = format!(
                "CREATE TEMP TABLE moved AS SELECT * FROM day_{table}; UPDATE moved SET {key} = {key} - {back}; \
                 INSERT OR IGNORE INTO main.{table} SELECT * FROM moved; DROP TABLE moved;"
            );
            db.execute_batch(&sql).expect("moved");
        }
    }
    drop(db);
    let reader = Reader::open(&week).expect("readable").expect("a recording");
    let end = At(BEGIN + 24 * 3_600_000);
    let begin = Instant::now();
    let means = reader.means(Seconds(600.0), end - Seconds(7.0 * 86_400.0), end).expect("means");
    let programs: usize = means.iter().map(|mean| mean.programs.len()).sum();
    println!("  read 7 days in minutes  {:>8.1?} ({} means, {programs} programs)", begin.elapsed(), means.len());
}

// --- kill ----------------------------------------------------------------------------------------------------

/// Samples per batch, two seconds apart.
const BATCH: i64 = 10;
/// Rows per batch: the first six samples are merged into one, and the four still without programs into another.
const ROWS: u64 = 2;

/// Adds a batch: its samples, and an event with its number.
fn add_batch(recorder: &mut Recorder, number: i64) -> At {
    let begin = BEGIN + number * BATCH * 2000;
    let mut office = Office::new();
    for step in 1..=BATCH {
        recorder.add(&office.sample(begin + step * 2000, if step == 6 { 12.0 } else { 0.0 }, false));
    }
    let end = At(begin + BATCH * 2000);
    // Not a finding: the next start would close one left open by a killed run, which adds an event.
    recorder.note(&Event::new(end, EventKind::Action, "batch").with(number.into()));
    end
}

fn write_until_killed(path: &Path, from: i64) -> bool {
    let keep = Limits { raw: Seconds(1e9), ..Limits::default() };
    let begin = BEGIN + from * BATCH * 2000;
    let (mut recorder, opened) = Recorder::open(path, &run(begin), keep).expect("a recorder");
    let mut output = std::io::stdout();
    if opened.quarantined.is_some() {
        let _ = writeln!(output, "set aside");
        return false;
    }
    for number in from.. {
        let end = add_batch(&mut recorder, number);
        recorder.flush(end).expect("flushed");
        let _ = writeln!(output, "{number}").and_then(|()| output.flush());
    }
    true
}

#[derive(Default)]
struct Kills {
    count: u32,
    batches: i64,
    corrupted: u32,
    lost: u32,
    torn: u32,
    unacknowledged: i64,
}

fn kill() -> bool {
    let wanted = std::env::var("MIMAMORI_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(KILLS);
    let begin = Instant::now();
    let mut random = Random(std::process::id().into());
    let mut result = Kills::default();
    while result.count < wanted {
        // A new file at intervals: a small one is quick to check.
        let folder = folder();
        let path = folder.path().join("killed.db");
        let mut next = 0;
        for _ in 0..100.min(wanted - result.count) {
            next = kill_once(&path, next, &mut random, &mut result);
        }
        result.batches += next;
    }
    let Kills { count, batches, corrupted, lost, torn, unacknowledged } = result;
    println!("{count} writers killed in {batches} batches ({:.0?})", begin.elapsed());
    println!("  corrupted {corrupted}, acknowledged but lost {lost}, torn or doubled {torn}");
    println!("  most batches that were written and not yet acknowledged: {unacknowledged}");
    corrupted + lost + torn == 0
}

/// Kills a writer and checks the file. Returns the number of the next batch.
fn kill_once(path: &Path, next: i64, random: &mut Random, result: &mut Kills) -> i64 {
    let myself = std::env::current_exe().expect("this program");
    let mut child = Command::new(myself)
        .args(["write", &path.to_string_lossy(), &next.to_string()])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a child");
    std::thread::sleep(Duration::from_secs_f64(random.next() * 0.03));
    child.kill().expect("killed");
    let mut stdout = String::new();
    child.stdout.take().expect("a pipe").read_to_string(&mut stdout).expect("text");
    child.wait().expect("ended");
    result.count += 1;
    let whole_lines = stdout.rfind('\n').map_or("", |end| &stdout[..end]);
    let acknowledged = whole_lines.lines().last().map_or(next - 1, |line| line.parse().unwrap_or(i64::MAX));
    if !path.exists() {
        return next;
    }
    if !integrity(path) {
        result.corrupted += 1;
    }
    let (batches, torn) = batches(path, result.count.is_multiple_of(10));
    result.torn += u32::from(torn);
    result.lost += u32::from(batches <= acknowledged);
    result.unacknowledged = result.unacknowledged.max(batches - 1 - acknowledged);
    batches
}

/// Number of batches, and true if one is incomplete (in the means as well, if requested).
fn batches(path: &Path, means: bool) -> (i64, bool) {
    let Some(reader) = Reader::open(path).expect("readable") else { return (0, false) };
    let events = reader.events(At(0), EVER).expect("events");
    let count = events.len() as u64;
    let in_order = (0..).zip(&events).all(|(number, event)| event.data == serde_json::json!(number));
    let db = Connection::open(path).expect("readable");
    let rows = |sql: &str| db.query_row(sql, [], |row| row.get::<_, i64>(0)).expect("a number").unsigned_abs();
    let samples = rows("SELECT count(*) FROM raw");
    let readings = rows("SELECT count(DISTINCT id / 64) FROM raw_usage");
    let mut torn = !in_order || samples != count * ROWS || readings != count;
    if means {
        let covered: f64 =
            reader.samples(Tier::Minute, At(0), EVER).expect("means").iter().map(|sample| sample.span.0).sum();
        torn |= (covered - count as f64 * BATCH as f64 * 2.0).abs() > 0.5;
    }
    (count.cast_signed(), torn)
}

fn integrity(path: &Path) -> bool {
    let checked =
        Connection::open(path).and_then(|db| db.query_row("PRAGMA integrity_check", [], |row| row.get::<_, String>(0)));
    if checked.as_deref() != Ok("ok") {
        println!("  integrity_check of {}: {checked:?}", path.display());
    }
    checked.as_deref() == Ok("ok")
}

// --- fail-io -------------------------------------------------------------------------------------------------

/// Batches per session.
const SESSION: i64 = 40;

/// Opens, writes, rolls up, prunes and ends; prints after each flush the last batch in the file.
fn session(path: &Path) -> bool {
    // So small that pruning by size, with its vacuum and checkpoint, is included.
    let limits = Limits { max_bytes: 1, ..Limits::default() };
    let opened = (0..3).find_map(|_| Recorder::open(path, &run(BEGIN), limits).ok());
    let Some((mut recorder, _)) = opened else { return true };
    let mut end = At(BEGIN);
    for number in 0..SESSION {
        end = add_batch(&mut recorder, number);
        // Three at a time, as in a minute: enough time passes for pruning, and the calls stay few.
        if number % 3 == 2 && recorder.flush(end).is_ok() {
            println!("{number}");
        }
    }
    if recorder.end(end).is_ok() {
        println!("{}", SESSION - 1);
    }
    true
}

fn fail_io(step: u32) -> bool {
    let tools = folder();
    let shim = tools.path().join("fail_io.so");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bench/fail_io.c");
    let compiled =
        Command::new("cc").args(["-O1", "-shared", "-fPIC", "-o"]).arg(&shim).arg(source).arg("-ldl").status();
    if !Path::new("/proc/self/fd").exists() || !compiled.is_ok_and(|status| status.success()) {
        println!("NOT RUN: fail-io needs Linux and a C compiler");
        return true;
    }
    let mut sound = true;
    for (name, errno) in [("EIO", "5"), ("ENOSPC", "28")] {
        for (when, ever) in [("once", "0"), ("from then on", "1")] {
            let begin = Instant::now();
            let (mut number, mut failed, mut bad) = (1, 0, 0);
            while let Some(good) = fail_once(&shim, tools.path(), number, errno, ever) {
                bad += u32::from(!good);
                failed += 1;
                number += step;
            }
            println!("{name} {when}: {failed} calls failed in turn, {bad} bad ({:.0?})", begin.elapsed());
            sound &= bad == 0;
        }
    }
    sound
}

/// `None` if the session makes fewer calls than `number`; otherwise true if the file is sound after the failure.
fn fail_once(shim: &Path, tools: &Path, number: u32, errno: &str, ever: &str) -> Option<bool> {
    let folder = folder();
    let path = folder.path().join("failing.db");
    let count = tools.join("count");
    let done = Command::new(std::env::current_exe().expect("this program"))
        .args(["session", &path.to_string_lossy()])
        .env("LD_PRELOAD", shim)
        .env("FAIL_IO_UNDER", folder.path())
        .env("FAIL_IO_AT", number.to_string())
        .env("FAIL_IO_ERRNO", errno)
        .env("FAIL_IO_EVER", ever)
        .env("FAIL_IO_COUNT", &count)
        .output()
        .expect("a session");
    let calls: u32 = fs::read_to_string(&count).ok()?.trim().parse().ok()?;
    if calls < number {
        return None;
    }
    let stdout = String::from_utf8_lossy(&done.stdout);
    let acknowledged: i64 = stdout.lines().last().and_then(|line| line.parse().ok()).unwrap_or(-1);
    let problem = after_failure(&path, acknowledged);
    let panicked = !done.status.success();
    if panicked || problem.is_some() {
        println!("  call {number}: {problem:?} {}", String::from_utf8_lossy(&done.stderr));
    }
    Some(!panicked && problem.is_none())
}

fn after_failure(path: &Path, acknowledged: i64) -> Option<&'static str> {
    let entries = fs::read_dir(path.parent()?).ok()?.flatten();
    if entries.into_iter().any(|entry| entry.file_name().to_string_lossy().contains(".bad-")) {
        return Some("set aside in the session");
    }
    let opened = Recorder::open(path, &run(BEGIN + 86_400_000), Limits::default());
    let Ok((recorder, opened)) = opened else { return Some("cannot be opened") };
    if opened.quarantined.is_some() || !integrity(path) {
        return Some("damaged");
    }
    let reader = Reader::open(path).ok()??;
    let events = reader.events(At(0), EVER).expect("events");
    let in_order = (0..).zip(&events).all(|(number, event)| event.data == serde_json::json!(number));
    drop(recorder);
    if !in_order {
        return Some("events lost or doubled");
    }
    if (events.len() as u64).cast_signed() <= acknowledged {
        return Some("acknowledged batches lost");
    }
    // The oldest were pruned by size, but nothing of the last ten minutes may be missing.
    let end = BEGIN + (acknowledged + 1) * BATCH * 2000;
    let samples = reader.samples(Tier::Raw, At((end - 500_000).max(BEGIN + 1)), At(end)).expect("samples");
    let wanted = ((end - BEGIN) as f64 / 1000.0).min(500.0);
    let covered: f64 = samples.iter().map(|sample| sample.span.0).sum();
    (covered < wanted - 20.0).then_some("acknowledged samples lost")
}

/// Below the build folder: a temporary folder may be in memory, which would not count as writing.
fn folder() -> tempfile::TempDir {
    let base = std::env::current_exe().ok().and_then(|exe| exe.parent().map(Path::to_owned)).expect("a folder");
    tempfile::tempdir_in(base).expect("a folder")
}
