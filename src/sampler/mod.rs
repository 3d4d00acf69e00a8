//! Takes [`Sample`]s: reads the platform and turns counters into rates. No policy: other modules name the programs and
//! interpret the values.

mod awake;
mod browsers;
mod disks;
#[cfg(test)]
pub mod fake;
mod gpu;
mod network;
mod pace;
mod reaped_child_time;
mod signatures;
mod slow;
mod thermal;
mod threads;
mod users;
mod volumes;
mod wait;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

pub use browsers::Browsers;
pub use pace::{Depth, Pace, Totals};
pub use signatures::SignatureChecks;
pub use thermal::{SensorJudge, ThermalModel};
pub use threads::join_all;
pub use users::ResourceUsers;
pub use volumes::VolumeWatcher;
pub use wait::processor_wait;

use awake::{AwakeClock, AwakeInstant};
use gpu::GpuWatcher;
use network::Network;
use reaped_child_time::{CountedUsage, Ended, InheritedShare, InheritedTime, charge, counted_below, uncounted};
use slow::Latest;

use crate::model::{
    At, Bytes, BytesPerSec, Condition, Fraction, Machine, OwnProcess, Pid, ProcFacts, ProcKey, ProcSample, Reading,
    Sample, Seconds, SelfUsage, Why,
};
use crate::platform::{self, CpuReader, CpuTimes, Desktop, DesktopSnapshot, ProcessReader, RawProc, Sensors};

/// Interval for reading slowly changing state.
const CONDITION_EVERY: Duration = Duration::from_mins(10);

/// A process that was alive at the last tick.
struct Tracked {
    facts: Arc<ProcFacts>,
    name_hash: u64,
    /// The last one known.
    image_hash: Option<u64>,
    /// Parent at the last scan: a process that ends passes its usage on to it.
    parent: Pid,
    /// The facts were read a second time: by then a process caught between fork and exec has its final name.
    settled: bool,
    counters: Counters,
    tick: u64,
}

impl Tracked {
    /// False if the process has executed another program since.
    fn runs_the_same(&self, raw: &RawProc<'_>) -> bool {
        let is_other = self.image_hash.zip(raw.image_hash).is_some_and(|(before, now)| before != now);
        self.name_hash == raw.name_hash && !is_other
    }
}

/// Monotonic counters of a process.
#[derive(Clone, Copy, Default)]
struct Counters {
    cpu_time: Duration,
    /// Processor time of its reaped children.
    children_time: Duration,
    /// Bytes (read, written); `None` until readable.
    io: Option<(Bytes, Bytes)>,
}

/// A process whose facts must be read (again), by its index in the tick.
struct Renewal {
    index: usize,
    parent: Pid,
    name: String,
    settled: bool,
}

/// Length of an interval, and the processor time available in it.
#[derive(Clone, Copy)]
struct Interval {
    seconds: f64,
    cpu_seconds: f64,
}

/// State of the last scan of all processes.
struct Scan {
    when: AwakeInstant,
    cpu: Option<CpuTimes>,
}

/// A sample of the whole PC with every process; `diagnose::group` groups the processes into programs.
pub struct Tick {
    /// The sample; `programs`, `top` and `everything_else` are still empty.
    pub sample: Sample,
    /// Every process.
    pub processes: Vec<ProcSample>,
    /// Resource usage of this program.
    pub own: SelfUsage,
}

/// Source of samples: this PC, or a simulated one in tests.
pub trait SampleSource {
    /// What does not change between samples.
    fn machine(&self) -> &Machine;
    /// This program's own processes, which must never be closed.
    fn own_process(&self) -> OwnProcess;
    /// The monotonic clocks.
    fn clocks(&self) -> Reading<platform::Clocks>;
    /// Takes a sample, see [`Sampler::tick`].
    fn tick(&mut self, at: At, depth: &mut dyn FnMut(&Totals) -> Depth) -> Tick;
    /// Call regularly while no samples are taken.
    fn rest(&mut self);
    /// Calls `ended` when the desktop of this session has gone; never on systems that do not report that.
    fn when_session_ends(&self, ended: Box<dyn FnOnce() + Send>);
}

impl SampleSource for Sampler {
    fn machine(&self) -> &Machine {
        &self.machine
    }

    fn own_process(&self) -> OwnProcess {
        OwnProcess { files: own_files(), ..platform::own_process() }
    }

    fn clocks(&self) -> Reading<platform::Clocks> {
        platform::clocks()
    }

    fn tick(&mut self, at: At, depth: &mut dyn FnMut(&Totals) -> Depth) -> Tick {
        self.tick(at, depth)
    }

    fn rest(&mut self) {
        self.desktop.snapshot();
    }

    fn when_session_ends(&self, ended: Box<dyn FnOnce() + Send>) {
        self.desktop.when_session_ends(ended);
    }
}

/// Takes samples of this PC. Cheap to keep; one per thread.
pub struct Sampler {
    machine: Machine,
    clock: AwakeClock,
    cpu: CpuReader,
    last_cpu: Option<CpuTimes>,
    processes: ProcessReader,
    tracked: HashMap<ProcKey, Tracked>,
    sensors: Sensors,
    judge: SensorJudge,
    thermal: ThermalModel,
    desktop: Desktop,
    /// The window in front at the last tick.
    window: Option<u64>,
    volumes: VolumeWatcher,
    network: Network,
    last_tick: Option<AwakeInstant>,
    last_scan: Option<Scan>,
    scans: u64,
    seq: u64,
    condition: Latest<Condition>,
    /// When the condition was last requested.
    condition_asked: Instant,
    /// Every process of the PC can be seen.
    sees_all: bool,
    /// Used where sensors do not report the load of the graphics processor.
    gpu: Option<GpuWatcher>,
}

fn watching_desktop() -> Desktop {
    let mut desktop = Desktop::new();
    desktop.watch_hung_windows();
    desktop
}

impl Sampler {
    /// Prepares all readers; takes no sample yet.
    pub fn new() -> Self {
        Self::with_volumes(VolumeWatcher::start())
    }

    /// Like [`Self::new`] with another source of volumes (tests).
    pub fn with_volumes(volumes: VolumeWatcher) -> Self {
        Self {
            machine: platform::machine(),
            clock: Box::new(AwakeInstant::now),
            cpu: CpuReader::new(),
            last_cpu: None,
            processes: ProcessReader::new(),
            tracked: HashMap::new(),
            sensors: Sensors::new(),
            judge: SensorJudge::default(),
            thermal: ThermalModel::default(),
            desktop: watching_desktop(),
            window: None,
            volumes,
            network: Network::new(),
            last_tick: None,
            last_scan: None,
            scans: 0,
            seq: 0,
            condition: Latest::start("condition", || Some(platform::condition())),
            condition_asked: Instant::now(),
            gpu: GpuWatcher::of_system(),
            sees_all: platform::sees_all_processes(),
        }
    }

    /// Takes one sample, stamped `at`. Rates cover the time since the last call; those of processes, disks and networks
    /// the time since the last [`Depth::Everything`]. The first call has none. Suspend is excluded. `depth` decides how
    /// much is read once the totals are known.
    pub fn tick(&mut self, at: At, depth: impl FnOnce(&Totals) -> Depth) -> Tick {
        let now = (self.clock)();
        let span = seconds_since(self.last_tick.replace(now), now);
        let before = self.last_cpu.as_ref().map(|times| times.total);
        let (cpu, per_core) = self.read_cpu();
        let part = |of: fn(platform::CpuTime) -> Option<u64>| {
            let (now, before) = (self.last_cpu.as_ref()?.total, before?);
            let time = |time| Some(platform::CpuTime { busy: of(time)?, ..time });
            share(time(now)?, time(before)?)
        };
        let (interrupts, stolen) = (part(|time| Some(time.interrupts)), part(|time| time.stolen));
        let is_counted = self.last_cpu.as_ref().is_some_and(|times| times.total.stolen.is_some());
        let (memory, swap) = platform::memory();
        let interrupts = Reading::from_option(interrupts, cpu.why().unwrap_or(Why::NotYet));
        let no_share = if is_counted { cpu.why().unwrap_or(Why::NotYet) } else { Why::Unsupported };
        let stolen = Reading::from_option(stolen, no_share);
        let sample =
            Sample { seq: self.seq, at, span, cpu, per_core, interrupts, stolen, memory, swap, ..Sample::default() };
        self.seq += 1;
        let DesktopSnapshot { user_idle, window } = self.desktop.snapshot();
        let other_window =
            window.get().is_some_and(|window| self.window.replace(window).is_some_and(|old| old != window));
        match depth(&Totals { span, cpu, memory, other_window }) {
            Depth::Everything => {
                let (user_idle, foreground) = (self.desktop.user_idle(), self.desktop.foreground());
                self.everything(Sample { user_idle, foreground, ..sample }, now)
            }
            Depth::Totals => {
                let effort = self.thermal.step(cpu.get(), None, self.machine.max_frequency.get(), span);
                let fan_effort = Reading::from_option(effort, Why::NotYet);
                // The foreground program is recorded only together with the programs.
                let sample = Sample { fan_effort, user_idle, ..sample };
                Tick { sample, processes: Vec::new(), own: SelfUsage::default() }
            }
        }
    }

    fn everything(&mut self, totals: Sample, now: AwakeInstant) -> Tick {
        let last_scan = self.last_scan.replace(Scan { when: now, cpu: self.last_cpu.clone() });
        let elapsed = last_scan.as_ref().map(|scan| now.since(scan.when));
        let program_span = seconds_since(last_scan.as_ref().map(|scan| scan.when), now);
        let interval = elapsed.map(|elapsed| Interval {
            seconds: elapsed.as_secs_f64().max(1e-6),
            cpu_seconds: (elapsed.as_secs_f64() * f64::from(self.machine.cpus)).max(1e-6),
        });
        let (mut processes, inherited, process_why) = match self.read_processes(interval) {
            Ok((processes, inherited)) => (processes, inherited, None),
            Err(why) => (Vec::new(), Vec::new(), Some(why)),
        };
        self.read_windows(&mut processes);
        let measured = self.cpu_since(last_scan, totals.cpu);
        charge(&mut processes, &inherited, measured);
        let program_total = reconcile(measured, &mut processes);
        // If both cover the same time, they are the same figure.
        let cpu = if program_span == totals.span { program_total } else { totals.cpu };
        let values = self.sensors.read();
        let max = self.machine.max_frequency.get();
        let effort = self.thermal.step(cpu.get(), values.frequency.get(), max, totals.span);
        self.judge.begin(effort, program_span);
        let gpu = match &mut self.gpu {
            Some(gpu) => gpu.poll(now.instant),
            None => self.judge.gpu(&values.gpus),
        };
        let (net_rx, net_tx) = self.network.read(elapsed);
        let storage = self.volumes.latest();
        self.volumes.request();
        let own = own_usage(&processes);
        let sample = Sample {
            cpu,
            frequency: values.frequency,
            disk_read: storage.as_ref().map_or_else(|why| Reading::Missing(*why), |view| view.throughput.read),
            disk_write: storage.as_ref().map_or_else(|why| Reading::Missing(*why), |view| view.throughput.written),
            disk_busy: storage.as_ref().map_or_else(|why| Reading::Missing(*why), |view| view.throughput.busy),
            silent_volumes: storage.as_ref().map_or_else(|_| Vec::new(), |view| view.silent.clone()),
            volumes: storage.map_or_else(Reading::Missing, |view| Reading::Known(view.volumes.clone())),
            net_rx,
            net_tx,
            temperature: self.judge.temperature(&values.temperatures),
            fan: self.judge.fan(&values.fans),
            fan_effort: Reading::from_option(effort, Why::NotYet),
            throttle_events: values.throttle_events,
            pressure: values.pressure,
            gpu,
            power: values.power,
            condition: self.condition(now.instant),
            program_span,
            program_total,
            everything_else: Reading::Missing(process_why.unwrap_or(Why::NotYet)),
            // The rest of the load is nobody's only if everybody was seen.
            unattributed: Reading::Missing(if self.sees_all { Why::NotYet } else { Why::NoPermission }),
            process_count: processes.len() as u32,
            ..totals
        };
        Tick { sample, processes, own }
    }

    fn read_cpu(&mut self) -> (Reading<Fraction>, Vec<Fraction>) {
        let times = match self.cpu.read() {
            Ok(times) => times,
            Err(why) => return (Reading::Missing(why), Vec::new()),
        };
        let Some(last) = self.last_cpu.replace(times.clone()) else {
            if let Some(mean) = share(times.total, platform::CpuTime::default()) {
                self.thermal.begin(mean);
            }
            return (Reading::Missing(Why::NotYet), Vec::new());
        };
        // Processors can be switched off and on, in a virtual machine also added.
        if times.per_core.len() != last.per_core.len() {
            self.machine.cpus = times.per_core.len().max(1) as u32;
        }
        let per_core = times.per_core.iter().zip(&last.per_core).filter_map(|(new, old)| share(*new, *old)).collect();
        (Reading::from_option(share(times.total, last.total), Why::NotYet), per_core)
    }

    /// Share of all processors since a scan; `now` supplies the reason if it is missing.
    fn cpu_since(&self, scan: Option<Scan>, now: Reading<Fraction>) -> Reading<Fraction> {
        let times = scan.and_then(|scan| scan.cpu).zip(self.last_cpu.as_ref());
        let since = times.and_then(|(old, new)| share(new.total, old.total));
        Reading::from_option(since, now.why().unwrap_or(Why::NotYet))
    }

    /// Every process, and the time some inherited from children that lived for less than a scan interval, as index and
    /// share.
    fn read_processes(&mut self, interval: Option<Interval>) -> Result<(Vec<ProcSample>, Vec<InheritedShare>), Why> {
        let mut found: Vec<ProcSample> = Vec::with_capacity(self.tracked.len() + 16);
        let (mut renewals, mut inherited, mut hands_on) = (Vec::new(), Vec::new(), false);
        self.scans += 1;
        let (tracked, tick) = (&mut self.tracked, self.scans);
        self.processes.read(&mut |raw| {
            let known = tracked.entry(raw.key).or_insert_with(|| Tracked {
                facts: Arc::new(ProcFacts::new(raw.key)),
                name_hash: 0,
                image_hash: None,
                parent: raw.parent,
                settled: false,
                counters: Counters::default(),
                tick,
            });
            let is_same = known.runs_the_same(raw);
            if !is_same || !known.settled {
                let (index, parent, name) = (found.len(), raw.parent, (raw.name)());
                renewals.push(Renewal { index, parent, name, settled: is_same });
            }
            hands_on |= raw.children_time.is_some();
            let children_time = raw.children_time.unwrap_or_default();
            let time = children_time.saturating_sub(known.counters.children_time);
            if !time.is_zero() {
                inherited.push(InheritedTime { index: found.len(), pid: raw.key.pid, time });
            }
            found.push(measure(raw, known, interval));
            (known.name_hash, known.parent) = (raw.name_hash, raw.parent);
            known.image_hash = raw.image_hash.or(known.image_hash);
            known.counters = Counters { cpu_time: raw.cpu_time, children_time, io: raw.io.or(known.counters.io) };
            known.tick = tick;
        })?;
        for renewal in renewals {
            let process = &mut found[renewal.index];
            let key = process.facts.key;
            let facts = self.processes.facts(key, renewal.parent, renewal.name);
            // Equal facts keep the same allocation, which callers use to detect changes.
            if facts != *process.facts {
                process.facts = Arc::new(facts);
            }
            if let Some(known) = self.tracked.get_mut(&key) {
                known.facts = Arc::clone(&process.facts);
                known.settled = renewal.settled;
            }
        }
        let ended = self.tracked.extract_if(|_, known| known.tick != tick).map(|(key, known)| {
            let Counters { cpu_time, children_time, io } = known.counters;
            (key.pid, Ended { parent: known.parent, counted: CountedUsage { time: cpu_time + children_time, io } })
        });
        let below = counted_below(&ended.collect());
        if let Some(interval) = interval.filter(|_| hands_on) {
            correct_io(&mut found, &below, interval);
        }
        let inherited = uncounted(&inherited, &below);
        let share = |(index, time): (usize, Duration)| Some((index, time.as_secs_f64() / interval?.cpu_seconds));
        Ok((found, inherited.into_iter().filter_map(share).collect()))
    }

    fn read_windows(&mut self, processes: &mut [ProcSample]) {
        let owners = match self.desktop.window_owners() {
            Reading::Known(owners) => owners,
            Reading::Missing(why) => {
                for process in processes {
                    process.window = Reading::Missing(why);
                }
                return;
            }
        };
        for process in processes {
            let pid = process.facts.key.pid;
            // Sorted by pid, hung windows first.
            let own = &owners[owners.partition_point(|owner| owner.pid < pid)..];
            let own = own.iter().take_while(|owner| owner.pid == pid);
            process.hung = own.clone().any(|owner| owner.hung);
            process.window = Reading::Known(own.count() > 0);
        }
    }

    fn condition(&mut self, now: Instant) -> Arc<Condition> {
        if now - self.condition_asked >= CONDITION_EVERY {
            self.condition_asked = now;
            self.condition.request();
            // Services come and go in shared processes.
            for host in self.tracked.values_mut().filter(|known| !known.facts.services.is_empty()) {
                host.settled = false;
            }
        }
        self.condition.latest().unwrap_or_default()
    }
}

impl Default for Sampler {
    fn default() -> Self {
        Self::new()
    }
}

fn seconds_since(last: Option<AwakeInstant>, now: AwakeInstant) -> Seconds {
    Seconds(last.map_or(0.0, |last| now.since(last).as_secs_f64()))
}

/// Share of the processor time between two readings that was spent working.
fn share(new: platform::CpuTime, old: platform::CpuTime) -> Option<Fraction> {
    let all = new.all.saturating_sub(old.all);
    (all > 0).then(|| Fraction::new(new.busy.saturating_sub(old.busy) as f64 / all as f64))
}

/// Names of our program files: window and agent, and their twin for consoles.
const OWN_FILES: [&str; 4] = ["mimamori", "mimamori.exe", "mimamori-cli", "mimamori-cli.exe"];

/// The program file of this process and those beside it. A program of that name elsewhere is not ours.
fn own_files() -> Vec<String> {
    let Ok(own) = std::env::current_exe() else { return Vec::new() };
    let beside = OWN_FILES.iter().map(|name| own.with_file_name(name));
    beside.chain([own.clone()]).map(|path| path.to_string_lossy().into_owned()).collect()
}

/// Resource usage of this program.
fn own_usage(processes: &[ProcSample]) -> SelfUsage {
    let own = std::process::id();
    let me = processes.iter().find(|process| process.facts.key.pid == own);
    SelfUsage {
        cpu: me.map_or(Reading::Missing(Why::Unsupported), |process| process.cpu),
        memory: me.map_or(Reading::Missing(Why::Unsupported), |process| process.memory),
    }
}

/// Makes the parts fit the whole. Both are read one after the other, with clocks of 10 ms or coarser: if the parts
/// exceed the whole, the whole is raised; if they exceed the PC, the parts are scaled down.
fn reconcile(measured: Reading<Fraction>, processes: &mut [ProcSample]) -> Reading<Fraction> {
    let Some(total) = measured.get() else { return measured };
    let parts: f64 = processes.iter().filter_map(|process| process.cpu.get()).map(Fraction::get).sum();
    if parts > 1.0 {
        for process in processes {
            process.cpu = process.cpu.map(|cpu| Fraction::new(cpu.get() / parts));
        }
    }
    Reading::Known(Fraction::new(total.get().max(parts)))
}

/// Turns the counters of one process into rates. A process that did not exist at the last scan has spent all its
/// processor time since, so its burst is not lost; without a last scan the rates are unknown.
fn measure(raw: &RawProc<'_>, known: &Tracked, interval: Option<Interval>) -> ProcSample {
    let before = known.counters;
    let cpu = interval.map(|interval| {
        let used = raw.cpu_time.saturating_sub(before.cpu_time);
        Fraction::new(used.as_secs_f64() / interval.cpu_seconds)
    });
    let io = raw.io.or(before.io);
    let rate = |pick: fn((Bytes, Bytes)) -> Bytes| match (io, before.io, interval) {
        (Some(new), Some(old), Some(interval)) => {
            let bytes = pick(new).0.saturating_sub(pick(old).0);
            Reading::Known(BytesPerSec(bytes as f64 / interval.seconds))
        }
        (Some(_), ..) => Reading::Missing(Why::NotYet),
        (None, ..) => Reading::Missing(Why::NoPermission),
    };
    ProcSample {
        cpu: Reading::from_option(cpu, Why::NotYet),
        memory: Reading::Known(raw.memory),
        disk_read: rate(|io| io.0),
        disk_write: rate(|io| io.1),
        threads: raw.threads,
        state: raw.state,
        lowest_priority: raw.lowest_priority,
        ..ProcSample::new(Arc::clone(&known.facts))
    }
}

/// Removes the I/O of reaped children, which Linux adds to their parent along with their time, as far as it was already
/// counted for them. If theirs was unreadable, the parent's is unknown in this sample.
fn correct_io(processes: &mut [ProcSample], below: &HashMap<Pid, CountedUsage>, interval: Interval) {
    for process in processes.iter_mut().filter(|_| !below.is_empty()) {
        let Some(counted) = below.get(&process.facts.key.pid) else { continue };
        let less = |rate: Reading<BytesPerSec>, pick: fn((Bytes, Bytes)) -> Bytes| match counted.io {
            Some(io) => rate.map(|rate| BytesPerSec((rate.0 - pick(io).0 as f64 / interval.seconds).max(0.0))),
            None => Reading::Missing(Why::NoPermission),
        };
        process.disk_read = less(process.disk_read, |io| io.0);
        process.disk_write = less(process.disk_write, |io| io.1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{History, Os};

    fn now() -> At {
        At(jiff::Timestamp::now().as_millisecond())
    }

    #[test]
    fn a_share_is_of_the_time_between_two_readings() {
        let time = |busy, all| platform::CpuTime { busy, all, ..platform::CpuTime::default() };
        assert_eq!(share(time(35, 120), time(10, 20)).map(Fraction::get), Some(0.25));
        assert_eq!(share(time(35, 120), time(10, 120)), None, "no time has passed");
        assert_eq!(share(time(5, 120), time(10, 20)).map(Fraction::get), Some(0.0), "a counter that went back");
    }

    #[test]
    fn our_own_busy_thread_is_seen_with_its_share_and_the_parts_do_not_exceed_the_whole() {
        let mut sampler = Sampler::new();
        let first = sampler.tick(now(), |_| Depth::Everything);
        if first.sample.cpu == Reading::Missing(Why::Unsupported) {
            // A platform that can read nothing: everything is missing with a reason, nothing is 0.
            assert_eq!(first.own.cpu, Reading::Missing(Why::Unsupported));
            assert_eq!(first.sample.memory, Reading::Missing(Why::Unsupported));
            assert!(first.processes.is_empty());
            return;
        }
        assert_eq!(first.sample.cpu, Reading::Missing(Why::NotYet));
        let end = Instant::now() + Duration::from_millis(1500);
        while Instant::now() < end {
            std::hint::spin_loop();
        }
        let tick = sampler.tick(now(), |_| Depth::Everything);
        let one_core = 1.0 / f64::from(sampler.machine().cpus);
        // Other tests may share the processors: a good part of one core is enough.
        let share = tick.own.cpu.get().expect("second tick").get();
        assert!(share > one_core * 0.2, "{share} of {one_core}");
        let parts: f64 = tick.processes.iter().filter_map(|process| process.cpu.get()).map(Fraction::get).sum();
        assert!(parts <= tick.sample.cpu.get().expect("total").get() + 1e-9);
        assert!(tick.own.memory.get().is_some_and(|memory| memory.0 > 0));
    }

    #[test]
    fn the_work_of_children_that_nobody_saw_is_that_of_their_parent() {
        let mut sampler = Sampler::new();
        if sampler.machine().os != Os::Linux {
            return; // Only Linux reports it.
        }
        let child = "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done";
        let mut shell = std::process::Command::new("/bin/sh")
            .args(["-c", &format!("while :; do /bin/sh -c '{child}'; done")])
            .spawn()
            .expect("a shell");
        sampler.tick(now(), |_| Depth::Everything);
        std::thread::sleep(Duration::from_millis(1500));
        let tick = sampler.tick(now(), |_| Depth::Everything);
        let _ = shell.kill();
        let _ = shell.wait();
        let cpu = tick.processes.iter().find(|process| process.facts.key.pid == shell.id()).map(|process| process.cpu);
        let share = cpu.and_then(|cpu| cpu.get()).expect("a share").get();
        let one_core = 1.0 / f64::from(sampler.machine().cpus);
        // A child lives for some hundredths of a second; without their work the shell itself uses next to nothing.
        assert!(share > one_core * 0.2, "{share} of {one_core}");
    }

    #[test]
    fn another_program_of_the_same_name_is_read_anew() {
        let mut sampler = Sampler::new();
        if sampler.machine().os != Os::Linux {
            return; // Elsewhere a process runs one program for all its life.
        }
        let folder = tempfile::tempdir().expect("a folder");
        let copy = |from: &str, to: &str| {
            let to = folder.path().join(to).join("tool");
            std::fs::create_dir(to.parent().expect("a folder")).expect("a folder");
            std::fs::copy(from, &to).expect("a copy");
            to.to_string_lossy().into_owned()
        };
        let (before, after) = (copy("/bin/sh", "a"), copy("/bin/sleep", "b"));
        let script = "read line; exec \"$0\" 60";
        let mut child = std::process::Command::new(&before)
            .args(["-c", script, &after])
            .stdin(std::process::Stdio::piped())
            .spawn()
            .expect("a shell");
        let pid = child.id();
        let mut path = |wanted: &str| {
            let end = Instant::now() + Duration::from_secs(20);
            loop {
                let tick = sampler.tick(now(), |_| Depth::Everything);
                let found = tick.processes.iter().find(|process| process.facts.key.pid == pid);
                let path = found.and_then(|found| found.facts.path.known()).cloned().unwrap_or_default();
                if path == wanted || Instant::now() > end {
                    return path;
                }
                std::thread::sleep(Duration::from_millis(50));
            }
        };
        let first = path(&before);
        // Twice, so that the facts are settled.
        let settled = path(&before);
        drop(child.stdin.take());
        let last = path(&after);
        let _ = child.kill();
        let _ = child.wait();
        assert_eq!((first, settled, last), (before.clone(), before, after));
    }

    #[test]
    fn what_a_child_wrote_is_not_written_again_by_its_parent_when_it_ends() {
        let mut sampler = Sampler::new();
        if sampler.machine().os != Os::Linux {
            return; // Elsewhere a parent does not inherit the I/O of its children.
        }
        // On a disk: writes to an in-memory file system do not count as output.
        let folder = tempfile::tempdir_in(env!("CARGO_MANIFEST_DIR")).expect("a folder");
        let file = folder.path().join("written").to_string_lossy().into_owned();
        // The shell waits for a child that writes, is sampled, and ends.
        let script = "dd if=/dev/zero of=$0 bs=1M count=32 2>/dev/null; sleep 1.2";
        let outer = format!("/bin/sh -c '{script}' '{file}'; i=0; while :; do i=$((i+1)); done");
        let mut shell = std::process::Command::new("/bin/sh").args(["-c", &outer]).spawn().expect("a shell");
        let mut written = 0.0;
        for _ in 0..5 {
            let tick = sampler.tick(now(), |_| Depth::Everything);
            let parent = tick.processes.iter().find(|process| process.facts.key.pid == shell.id());
            written += parent.and_then(|parent| parent.disk_write.get()).map_or(0.0, |rate| rate.0)
                * tick.sample.program_span.0;
            std::thread::sleep(Duration::from_millis(600));
        }
        let _ = shell.kill();
        let _ = shell.wait();
        assert!(written < 8e6, "{written} of 32 MB are its own");
    }

    #[test]
    fn a_night_asleep_is_a_gap_and_not_one_long_span() {
        let mut sampler = Sampler::new();
        let mut history = History::new(Machine::default());
        let begin = AwakeInstant { instant: Instant::now(), awake: Some(Duration::from_secs(1000)) };
        // Seconds passed and seconds awake; `Instant` includes suspend, as on Windows.
        let mut look = |passed: u64, awake: u64, depth: Depth| {
            let awake = begin.awake.map(|begin| begin + Duration::from_secs(awake));
            let moment = AwakeInstant { instant: begin.instant + Duration::from_secs(passed), awake };
            sampler.clock = Box::new(move || moment);
            let sample = sampler.tick(At(1_000_000 + 1000 * passed.cast_signed()), |_| depth).sample;
            history.push(Arc::new(sample.clone()));
            sample
        };
        look(0, 0, Depth::Everything);
        look(2, 2, Depth::Everything);
        look(4, 4, Depth::Totals);
        let night = 8 * 3600;
        let woken = look(night, 6, Depth::Everything);
        assert_eq!((woken.span, woken.program_span), (Seconds(2.0), Seconds(4.0)));
        let after = look(night + 2, 8, Depth::Everything);
        assert_eq!((after.span, after.program_span), (Seconds(2.0), Seconds(2.0)));
        let gaps: Vec<bool> = history.samples_with_gaps().map(|(_, gap)| gap).collect();
        // Only two hours are kept.
        assert_eq!(gaps, [true, false]);
        assert_eq!(history.unbroken_seconds(), Seconds(4.0));
    }

    #[test]
    fn a_slow_volume_does_not_hold_up_a_tick() {
        let watcher = VolumeWatcher::with_source(|| {
            std::thread::sleep(Duration::from_hours(1));
            None
        });
        let mut sampler = Sampler::with_volumes(watcher);
        let (sender, receiver) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let volumes = sampler.tick(now(), |_| Depth::Everything).sample.volumes;
            let _ = sender.send(volumes);
        });
        // Far below the hour the volume takes, far above the cost of a tick.
        let volumes = receiver.recv_timeout(Duration::from_mins(1)).expect("the tick came back");
        assert_eq!(volumes, Reading::Missing(Why::NotYet));
    }
}
