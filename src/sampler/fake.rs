//! A simulated PC for tests: its clocks, its processes, and samples of them as the sampler would take them.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use super::{Depth, SampleSource, Tick, Totals};
use crate::model::{
    At, Bytes, Fraction, Machine, Memory, Os, OwnProcess, Owner, Pid, ProcFacts, ProcKey, ProcSample, ProcState,
    Reading, Sample, Seconds, SelfUsage, Why,
};
use crate::platform::Clocks;

/// A simulated process.
pub struct FakeProcess {
    /// Process id and start time.
    pub key: ProcKey,
    /// Process name, and file name.
    pub name: &'static str,
    /// Share of the PC it uses.
    pub cpu: f64,
}

/// State of the PC.
pub struct State {
    /// The time of day.
    pub now: At,
    /// Time since boot without suspend…
    pub awake: Duration,
    /// …and time in suspend.
    pub asleep: Duration,
    /// Running processes.
    pub processes: Vec<FakeProcess>,
    /// The process of the window in front.
    pub foreground: Option<Pid>,
    /// Samples taken so far.
    pub sampled: Vec<(At, Depth)>,
    last_tick: Option<Duration>,
    last_scan: Option<Duration>,
}

/// The PC, shared by a test and the code under test.
#[derive(Clone)]
pub struct FakePc(pub Rc<RefCell<State>>);

impl FakePc {
    /// A PC that booted an hour ago and is nearly idle.
    pub fn calm() -> Self {
        let state = State {
            now: At(1_700_000_000_000),
            awake: Duration::from_hours(1),
            asleep: Duration::ZERO,
            processes: Vec::new(),
            foreground: None,
            sampled: Vec::new(),
            last_tick: None,
            last_scan: None,
        };
        let pc = Self(Rc::new(RefCell::new(state)));
        pc.start(ProcKey { pid: 4_000_001, start_time: 1 }, "desk", 0.02);
        pc
    }

    /// The time of day.
    pub fn now(&self) -> At {
        self.0.borrow().now
    }

    /// Advances time.
    pub fn pass(&self, time: Duration) {
        let mut state = self.0.borrow_mut();
        state.awake += time;
        state.now.0 += time.as_millis() as i64;
    }

    /// Suspends the PC.
    pub fn sleep(&self, time: Duration) {
        let mut state = self.0.borrow_mut();
        state.asleep += time;
        state.now.0 += time.as_millis() as i64;
    }

    /// Starts a process, replacing one with the same pid.
    pub fn start(&self, key: ProcKey, name: &'static str, cpu: f64) {
        self.end(key.pid);
        self.0.borrow_mut().processes.push(FakeProcess { key, name, cpu });
    }

    /// Brings the window of a process to the front.
    pub fn set_foreground(&self, pid: Option<Pid>) {
        self.0.borrow_mut().foreground = pid;
    }

    /// Ends a process.
    pub fn end(&self, pid: Pid) {
        self.0.borrow_mut().processes.retain(|process| process.key.pid != pid);
    }

    /// True if this very process runs.
    pub fn is_running(&self, key: ProcKey) -> bool {
        self.0.borrow().processes.iter().any(|process| process.key == key)
    }

    /// The process that currently has this pid.
    pub fn holder(&self, pid: Pid) -> Option<ProcKey> {
        self.0.borrow().processes.iter().map(|process| process.key).find(|key| key.pid == pid)
    }

    /// A source of its samples.
    pub fn source(&self) -> Box<dyn SampleSource> {
        let boot_id = Reading::Known("this start".to_owned());
        Box::new(Source {
            pc: self.clone(),
            machine: Machine { os: Os::Linux, cpus: 4, boot_id, ..Machine::default() },
        })
    }
}

struct Source {
    pc: FakePc,
    machine: Machine,
}

impl SampleSource for Source {
    fn machine(&self) -> &Machine {
        &self.machine
    }

    fn own_process(&self) -> OwnProcess {
        OwnProcess { pid: 4_000_000, ancestors: Vec::new(), files: Vec::new() }
    }

    fn clocks(&self) -> Reading<Clocks> {
        let state = self.pc.0.borrow();
        Reading::Known(Clocks { since_boot: state.awake + state.asleep, awake: state.awake })
    }

    fn tick(&mut self, at: At, depth: &mut dyn FnMut(&Totals) -> Depth) -> Tick {
        let mut state = self.pc.0.borrow_mut();
        let awake = state.awake;
        let since = |last: Option<Duration>| Seconds(last.map_or(0.0, |last| awake.saturating_sub(last).as_secs_f64()));
        let has_rates = state.last_tick.is_some();
        let cpu: f64 = state.processes.iter().map(|process| process.cpu).sum();
        let cpu = if has_rates { Reading::Known(Fraction::new(cpu)) } else { Reading::Missing(Why::NotYet) };
        let memory = Reading::Known(Memory { used: Bytes(2 * Bytes::GIB), total: Bytes(8 * Bytes::GIB) });
        let span = since(state.last_tick.replace(awake));
        let depth = depth(&Totals { span, cpu, memory, other_window: false });
        state.sampled.push((at, depth));
        let user_idle = Reading::Known(Seconds(1.0));
        let foreground = Reading::from_option(state.foreground, Why::Unsupported);
        let mut sample = Sample { at, span, cpu, memory, user_idle, foreground, ..Sample::default() };
        let mut processes = Vec::new();
        if depth == Depth::Everything {
            sample.program_span = since(state.last_scan.replace(awake));
            sample.program_total = cpu;
            sample.process_count = state.processes.len() as u32;
            processes = state.processes.iter().map(|process| measured(process, has_rates)).collect();
        }
        Tick { sample, processes, own: SelfUsage::default() }
    }

    fn rest(&mut self) {}

    fn when_session_ends(&self, _ended: Box<dyn FnOnce() + Send>) {}
}

fn measured(process: &FakeProcess, has_rates: bool) -> ProcSample {
    let path = format!("/opt/{0}/{0}", process.name);
    let facts = ProcFacts {
        key: process.key,
        parent: 1,
        name: process.name.to_owned(),
        path: Reading::Known(path.clone()),
        hidden: Reading::Known(false),
        args: Reading::Known(vec![path]),
        owner: Owner::Me,
        kernel: false,
        services: Vec::new(),
        given: None,
    };
    ProcSample {
        facts: Arc::new(facts),
        cpu: if has_rates { Reading::Known(Fraction::new(process.cpu)) } else { Reading::Missing(Why::NotYet) },
        memory: Reading::Known(Bytes(50 * Bytes::MIB)),
        disk_read: Reading::default(),
        disk_write: Reading::default(),
        window: Reading::Known(true),
        hung: false,
        threads: 1,
        state: ProcState::Unknown,
        lowest_priority: Reading::Known(false),
    }
}
