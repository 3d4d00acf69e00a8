//! Cost of one scan of all processes, as a ratio to the minimum: reading every `/proc/PID/stat` and nothing else. Both
//! are measured alternately in the same run. Prints figures, judges nothing.

#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::fs;
use std::hint::black_box;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use mimamori::knowledge::Knowledge;
use mimamori::monitor::{Monitor, now};
use mimamori::platform::ProcessReader;

const ROUNDS: usize = 25;

fn bare_loop() -> usize {
    let mut bytes = 0;
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(|c: char| c.is_ascii_digit()) {
            bytes += fs::read(entry.path().join("stat")).map_or(0, |text| text.len());
        }
    }
    bytes
}

fn time(work: impl FnOnce()) -> Duration {
    let begin = Instant::now();
    work();
    begin.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn main() {
    if !std::path::Path::new("/proc/self/stat").exists() {
        println!("NOT RUN: this benchmark compares with /proc");
        return;
    }
    let knowledge = Arc::new(Knowledge::builtin().unwrap_or_else(|error| unreachable!("{error}")));
    let mut children: Vec<Child> = Vec::new();
    println!("one look at all processes; median of {ROUNDS} rounds, each measured in turn with the bare loop");
    println!(
        "{:>9} {:>12} {:>12} {:>7} {:>12} {:>7}",
        "processes", "bare loop", "list", "ratio", "whole look", "ratio"
    );
    for count in [300_usize, 3_000, 10_000] {
        let running =
            fs::read_dir("/proc").into_iter().flatten().flatten().filter(|e| e.path().join("stat").exists()).count();
        for _ in running..count {
            match Command::new("sleep").arg("600").stdin(Stdio::null()).stdout(Stdio::null()).spawn() {
                Ok(child) => children.push(child),
                Err(error) => {
                    println!("only {} children: {error}", children.len());
                    break;
                }
            }
        }
        let mut reader = ProcessReader::new();
        let mut monitor = Monitor::new(Arc::clone(&knowledge));
        let (mut seen, mut bare, mut list, mut whole) = (0, Vec::new(), Vec::new(), Vec::new());
        // Two samples first: the facts of each process are read twice in its life.
        for _ in 0..2 {
            monitor.sample(now());
        }
        for _ in 0..ROUNDS {
            bare.push(time(|| {
                black_box(bare_loop());
            }));
            list.push(time(|| {
                seen = 0;
                let _ = reader.read(&mut |raw| {
                    seen += 1;
                    black_box(raw.memory);
                });
            }));
            whole.push(time(|| {
                black_box(monitor.sample(now()));
            }));
        }
        let (bare, list, whole) = (median(bare), median(list), median(whole));
        let ratio = |time: Duration| time.as_secs_f64() / bare.as_secs_f64();
        println!("{seen:>9} {bare:>12.1?} {list:>12.1?} {:>7.2} {whole:>12.1?} {:>7.2}", ratio(list), ratio(whole));
    }
    for mut child in children {
        let _ = child.kill();
        let _ = child.wait();
    }
}
