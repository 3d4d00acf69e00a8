//! Cost of a diagnosis: for each sample of a PC with 300 programs after two hours, over a day of recorded means, and
//! memory retained after 100,000 samples. Prints figures with their ratio to one pass over the same samples. Times are
//! not judged; growing memory is, with exit code 1.

#![allow(clippy::expect_used, clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::alloc::System;
use std::hint::black_box;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use mimamori::diagnose::{Grouper, diagnose};
use mimamori::knowledge::Knowledge;
use mimamori::model::{
    At, Bytes, Fraction, History, Machine, Memory, Os, Owner, ProcFacts, ProcKey, ProcSample, Reading, Sample, Seconds,
};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

/// Counts allocations and deallocations.
#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;
/// Maximum growth of memory in use over all samples, in bytes: the samples of half an hour vary in size.
const MOST_GROWTH: i64 = 16 * 1024;

/// A PC with 300 programs of which a few work, one with a third of the CPU.
struct Pc {
    processes: Vec<ProcSample>,
    grouper: Grouper,
    knowledge: Knowledge,
    random: u64,
}

impl Pc {
    fn new() -> Self {
        let process = |pid: u32| ProcSample {
            memory: Reading::Known(Bytes(u64::from(pid) << 20)),
            window: Reading::Known(pid.is_multiple_of(9)),
            threads: 8,
            ..ProcSample::new(Arc::new(ProcFacts {
                parent: 1,
                name: format!("program{pid}.exe"),
                path: Reading::Known(format!(r"C:\Program Files\Vendor {pid}\program{pid}.exe")),
                owner: Owner::Me,
                ..ProcFacts::new(ProcKey { pid, start_time: 1 })
            }))
        };
        Self {
            processes: (100..400).map(process).collect(),
            grouper: Grouper::new(Os::Windows),
            knowledge: Knowledge::builtin().expect("tables"),
            random: 7,
        }
    }

    fn noise(&mut self) -> f64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn sample(&mut self, at: i64, span: f64) -> Arc<Sample> {
        for index in 0..self.processes.len() {
            let cpu = if index == 7 { 0.30 + 0.02 * self.noise() } else { 0.001 * self.noise() };
            self.processes[index].cpu = Reading::Known(Fraction::new(cpu));
        }
        let total = Reading::Known(Fraction::new(0.5));
        let mut sample = Sample {
            at: At(at),
            span: Seconds(span),
            cpu: total,
            program_span: Seconds(span),
            program_total: total,
            memory: Reading::Known(Memory { used: Bytes(8 << 30), total: Bytes(16 << 30) }),
            ..Sample::default()
        };
        self.grouper.group(&mut sample, self.processes.clone(), &self.knowledge);
        Arc::new(sample)
    }
}

fn median(mut work: impl FnMut(), rounds: usize) -> Duration {
    let mut times: Vec<Duration> = (0..rounds)
        .map(|_| {
            let begin = Instant::now();
            work();
            begin.elapsed()
        })
        .collect();
    times.sort();
    times[times.len() / 2]
}

fn figures(title: &str, history: &History, knowledge: &Knowledge, goal: &str) {
    let diagnosis = median(|| drop(black_box(diagnose(history, knowledge))), 41);
    let pass = median(
        || {
            let programs = history.samples().flat_map(|sample| &sample.programs);
            black_box(programs.map(|program| program.cpu.get()).sum::<f64>());
        },
        41,
    );
    let findings = diagnose(history, knowledge).len();
    println!(
        "{title:<44} {diagnosis:>10.1?} {goal}; {:.1} x one pass over its {} samples; {findings} findings",
        diagnosis.as_secs_f64() / pass.as_secs_f64(),
        history.samples().len()
    );
}

/// Bytes currently allocated.
fn in_use() -> i64 {
    let stats = ALLOCATOR.stats();
    stats.bytes_allocated.cast_signed() as i64 - stats.bytes_deallocated.cast_signed() as i64
}

fn main() -> ExitCode {
    let mut pc = Pc::new();
    let knowledge = pc.knowledge.clone();
    let mut live = History::new(Machine { os: Os::Windows, cpus: 8, ..Machine::default() });
    for step in 1..=3600 {
        live.push(pc.sample(step * 2000, 2.0));
    }
    figures("a look after two hours, 300 programs", &live, &knowledge, "(goal: at most 1 ms)");
    let mut day = History::short(Machine { os: Os::Windows, cpus: 8, ..Machine::default() }, Seconds(90_000.0));
    for minute in 1..=1440 {
        day.push(pc.sample(minute * 60_000, 60.0));
    }
    figures("a day in minutes", &day, &knowledge, "(goal: at most 20 ms)");
    let mut agent = History::short(Machine { os: Os::Windows, cpus: 8, ..Machine::default() }, Seconds(1800.0));
    let mut step = 0;
    let mut step_once = |pc: &mut Pc, agent: &mut History| {
        step += 1;
        agent.push(pc.sample(step * 2000, 2.0));
        black_box(diagnose(agent, &knowledge));
    };
    let rounds: u32 = std::env::var("MIMAMORI_TICKS").ok().and_then(|count| count.parse().ok()).unwrap_or(100_000);
    for _ in 0..2000 {
        step_once(&mut pc, &mut agent);
    }
    let (before, begin) = (in_use(), Instant::now());
    for _ in 0..rounds {
        step_once(&mut pc, &mut agent);
    }
    let after = in_use();
    let megabytes = |bytes: i64| bytes as f64 / 1_048_576.0;
    println!(
        "{rounds} looks in {:.0?}: {:.2} MB in use before, {:.2} MB after (at most {:.2} MB more)",
        begin.elapsed(),
        megabytes(before),
        megabytes(after),
        megabytes(MOST_GROWTH)
    );
    if after - before > MOST_GROWTH {
        println!("MEMORY GROWS");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
