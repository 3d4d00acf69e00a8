//! Scenes for the tests of the rules: builds the history of a PC in a few calls.

use std::sync::Arc;

use crate::diagnose::{Finding, Grouper, RuleId, diagnose};
use crate::knowledge::Knowledge;
use crate::model::{
    At, BrowserState, Bytes, Celsius, Condition, Fraction, Given, History, IdleBaseline, Machine, Memory, Origin,
    OriginFlag, Os, Owner, Pid, ProcFacts, ProcKey, ProcSample, ProgramKind, Reading, Rpm, Sample, Seconds, Volume,
    VolumePoint, Why, WrittenHour,
};

const MEMORY: u64 = 16 << 30;

pub(in crate::diagnose) struct Scene {
    history: History,
    grouper: Grouper,
    knowledge: Knowledge,
    now: i64,
    step: f64,
    slept: f64,
}

/// Rules of the findings, in order.
pub(in crate::diagnose) fn rules(scene: &Scene) -> Vec<RuleId> {
    scene.diagnose().iter().map(|finding| finding.rule).collect()
}

impl Scene {
    /// The baseline is not learned yet: the PC was watched for `watched`.
    pub(in crate::diagnose) fn learning(&mut self, watched: Option<Seconds>) {
        self.history.set_learning(watched);
    }

    /// A Windows PC with four processors and 16 GB.
    pub(in crate::diagnose) fn windows() -> Self {
        let machine = Machine { os: Os::Windows, cpus: 4, memory: Reading::Known(Bytes(MEMORY)), ..Machine::default() };
        Self {
            history: History::new(machine),
            grouper: Grouper::new(Os::Windows),
            knowledge: Knowledge::builtin().expect("tables"),
            now: 1_000_000,
            step: 2.0,
            slept: 0.0,
        }
    }

    /// The same with Linux.
    pub(in crate::diagnose) fn linux() -> Self {
        let machine = Machine { os: Os::Linux, cpus: 4, memory: Reading::Known(Bytes(MEMORY)), ..Machine::default() };
        Self { history: History::new(machine), grouper: Grouper::new(Os::Linux), ..Self::windows() }
    }

    pub(in crate::diagnose) fn with_cpus(mut self, cpus: u32) -> Self {
        self.history = History::new(Machine { cpus, ..self.history.machine().clone() });
        self
    }

    pub(in crate::diagnose) fn booted(mut self, at: At) -> Self {
        let machine = Machine { booted_at: Reading::Known(at), ..self.history.machine().clone() };
        self.history = History::new(machine);
        self
    }

    /// All swap is compressed memory.
    pub(in crate::diagnose) fn with_compressed_swap(mut self) -> Self {
        let machine = Machine { is_swap_in_memory: Reading::Known(true), ..self.history.machine().clone() };
        self.history = History::new(machine);
        self
    }

    /// Says whether the PC is a virtual machine.
    pub(in crate::diagnose) fn in_a_virtual_machine(mut self, is_virtual: bool) -> Self {
        let machine = Machine { is_virtual: Reading::Known(is_virtual), ..self.history.machine().clone() };
        self.history = History::new(machine);
        self
    }

    /// Sets the usual idle temperature.
    pub(in crate::diagnose) fn usually(mut self, celsius: f64) -> Self {
        self.history.set_usual_idle(IdleBaseline { temperature: Some(Celsius(celsius)), ..self.history.usual_idle() });
        self
    }

    /// Sets the usual idle fan speed in revolutions per minute.
    pub(in crate::diagnose) fn usual_fan(mut self, rpm: u32) -> Self {
        self.history.set_usual_idle(IdleBaseline { fan: Some(Rpm(rpm)), ..self.history.usual_idle() });
        self
    }

    /// Limits the history to this many seconds.
    pub(in crate::diagnose) fn keeping(mut self, seconds: f64) -> Self {
        self.history = History::short(self.history.machine().clone(), Seconds(seconds));
        self
    }

    /// Sets the time in seconds.
    /// Time of the latest sample.
    pub(in crate::diagnose) fn now(&self) -> At {
        At(self.now)
    }

    pub(in crate::diagnose) fn at(mut self, seconds: f64) -> Self {
        self.now = (seconds * 1000.0) as i64;
        self
    }

    /// Lets time pass without samples.
    pub(in crate::diagnose) fn pause(&mut self, seconds: f64) {
        self.now += (seconds * 1000.0) as i64;
    }

    /// Suspends the PC; the next sample reports it.
    pub(in crate::diagnose) fn sleep(&mut self, seconds: f64) {
        self.pause(seconds);
        self.slept = seconds;
    }

    /// Sets what was free on `volume` `days` ago, and what programs wrote since, in total and over `hours` recorded
    /// hours.
    pub(in crate::diagnose) fn days_ago(
        &mut self,
        days: f64,
        volume: &str,
        free: f64,
        hours: u32,
        writers: &[(&str, f64)],
    ) {
        let now = self.history.latest().map_or(At(self.now), |sample| sample.at);
        let at = now - Seconds::from_days(days);
        self.history.prepend_trend(vec![VolumePoint { at, name: volume.to_owned(), free: Bytes(free as u64) }]);
        let part = |(program, bytes): &(&str, f64)| {
            let kind = self.knowledge.named(program).map_or(ProgramKind::Program, |known| known.kind);
            ((*program).into(), kind, Bytes((bytes / f64::from(hours)) as u64))
        };
        let hour = |hour: u32| WrittenHour {
            at: At(at.0 + 3_600_000 * i64::from(hour)),
            seconds: Seconds(3600.0),
            programs: writers.iter().map(part).collect(),
        };
        let written = (1..=hours).map(hour).collect();
        self.history.set_written(written);
    }

    /// Reduces all samples to what a recording before schema 5 keeps.
    pub(in crate::diagnose) fn as_recorded(&mut self) {
        let mut recorded = History::new(self.history.machine().clone());
        for sample in self.history.samples() {
            let mut sample = (**sample).clone();
            for program in &mut sample.programs {
                program.disk_write = Reading::Missing(Why::Unsupported);
            }
            recorded.push(Arc::new(sample));
        }
        self.history = recorded;
    }

    pub(in crate::diagnose) fn with_step(mut self, step: f64) -> Self {
        self.step = step;
        self
    }

    pub(in crate::diagnose) fn diagnose(&self) -> Vec<Finding> {
        diagnose(&self.history, &self.knowledge)
    }

    /// Samples for `seconds`, each a calm one altered by `change`.
    pub(in crate::diagnose) fn push(&mut self, seconds: f64, change: impl Fn(&mut Sample)) {
        self.push_with(seconds, &[], change);
    }

    fn push_with(&mut self, seconds: f64, processes: &[ProcSample], change: impl Fn(&mut Sample)) {
        for _ in 0..(seconds / self.step).round() as u64 {
            self.now += (self.step * 1000.0) as i64;
            let mut sample = Sample {
                at: At(self.now),
                span: Seconds(self.step),
                slept: Reading::Known(Seconds(std::mem::take(&mut self.slept))),
                cpu: Reading::Known(Fraction::new(0.05)),
                memory: Reading::Known(Memory { used: Bytes(MEMORY / 2), total: Bytes(MEMORY) }),
                ..Sample::default()
            };
            change(&mut sample);
            self.grouper.group(&mut sample, processes.to_vec(), &self.knowledge);
            self.history.push(Arc::new(sample));
        }
    }

    /// Runs these processes for `seconds`; the total is their sum.
    pub(in crate::diagnose) fn run(&mut self, processes: &[ProcSample], seconds: f64) {
        self.run_with(processes, seconds, |_| ());
    }

    /// The same, with each sample altered by `change`.
    pub(in crate::diagnose) fn run_with(
        &mut self,
        processes: &[ProcSample],
        seconds: f64,
        change: impl Fn(&mut Sample),
    ) {
        let total = processes.iter().filter_map(|process| process.cpu.get()).map(Fraction::get).sum::<f64>() + 0.02;
        self.push_with(seconds, processes, |sample| {
            sample.cpu = Reading::Known(Fraction::new(total));
            change(sample);
        });
    }

    pub(in crate::diagnose) fn calm(&mut self, seconds: f64) {
        self.push(seconds, |_| {});
    }

    pub(in crate::diagnose) fn busy(&mut self, path: &str, cpu: f64, seconds: f64) {
        self.busy_parts(&[(path, cpu)], seconds);
    }

    pub(in crate::diagnose) fn busy_parts(&mut self, parts: &[(&str, f64)], seconds: f64) {
        let processes: Vec<ProcSample> =
            parts.iter().zip(100..).map(|((path, cpu), pid)| of(pid, path, *cpu, Bytes(1 << 20))).collect();
        let total = parts.iter().map(|(_, cpu)| cpu).sum::<f64>() + 0.02;
        self.push_with(seconds, &processes, |sample| sample.cpu = Reading::Known(Fraction::new(total)));
    }

    /// Many programs with a small load each.
    pub(in crate::diagnose) fn crowd(&mut self, total: f64, seconds: f64) {
        let processes: Vec<ProcSample> =
            (0..20).map(|n| of(200 + n, &format!("small{n}.exe"), total / 20.0, Bytes(1 << 20))).collect();
        self.push_with(seconds, &processes, |sample| sample.cpu = Reading::Known(Fraction::new(total)));
    }

    pub(in crate::diagnose) fn memory(&mut self, used: f64, program: Option<(&str, f64)>, seconds: f64) {
        let bytes = |share: f64| Bytes((MEMORY as f64 * share) as u64);
        let processes: Vec<ProcSample> =
            program.iter().map(|(name, share)| of(300, name, 0.01, bytes(*share))).collect();
        self.push_with(seconds, &processes, |sample| {
            sample.memory = Reading::Known(Memory { used: bytes(used), total: Bytes(MEMORY) });
        });
    }

    /// One sample for each value of free bytes.
    pub(in crate::diagnose) fn volume(&mut self, name: &str, total: f64, free: &[f64]) {
        for free in free {
            self.push(self.step, |sample| {
                let volume = Volume {
                    name: name.to_owned(),
                    total: Bytes(total as u64),
                    free: Bytes(*free as u64),
                    ..Volume::default()
                };
                sample.volumes = Reading::Known(vec![volume]);
            });
        }
    }

    pub(in crate::diagnose) fn heat(&mut self, cpu: f64, celsius: Option<f64>, effort: Option<f64>, seconds: f64) {
        self.push(seconds, |sample| {
            sample.cpu = Reading::Known(Fraction::new(cpu));
            sample.temperature = Reading::from_option(celsius.map(Celsius), Why::NoSensor);
            sample.fan_effort = Reading::from_option(effort.map(Fraction::new), Why::NotYet);
        });
    }

    /// Samples with this fan speed in revolutions per minute.
    pub(in crate::diagnose) fn fan(&mut self, cpu: f64, rpm: u32, celsius: Option<f64>, seconds: f64) {
        self.push(seconds, |sample| {
            sample.cpu = Reading::Known(Fraction::new(cpu));
            sample.fan = Reading::Known(Rpm(rpm));
            sample.temperature = Reading::from_option(celsius.map(Celsius), Why::NoSensor);
        });
    }
}

/// A process for [`Scene::run`].
pub(in crate::diagnose) fn process(pid: Pid, path: &str, cpu: f64) -> ProcSample {
    of(pid, path, cpu, Bytes(100 << 20))
}

impl ProcSample {
    /// The same with these origin flags, as from a recording.
    pub(in crate::diagnose) fn marked(mut self, marks: &[OriginFlag]) -> Self {
        let origin = Origin { marks: marks.to_vec(), ..Origin::default() };
        Arc::make_mut(&mut self.facts).given = Some(Box::new(Given { group: None, origin }));
        self
    }

    /// The same without a window.
    pub(in crate::diagnose) fn windowless(mut self) -> Self {
        self.window = Reading::Known(false);
        self
    }
}

/// A condition in which only this browser is known.
pub(in crate::diagnose) fn browser(state: &BrowserState) -> Arc<Condition> {
    Arc::new(Condition { browsers: Reading::Known(vec![state.clone()].into()), ..Condition::default() })
}

fn of(pid: Pid, path: &str, cpu: f64, memory: Bytes) -> ProcSample {
    let has_folder = path.contains(['\\', '/']);
    ProcSample {
        cpu: Reading::Known(Fraction::new(cpu)),
        memory: Reading::Known(memory),
        threads: 1,
        ..ProcSample::new(Arc::new(ProcFacts {
            parent: 1,
            name: path.rsplit(['\\', '/']).next().unwrap_or_default().to_owned(),
            path: Reading::from_option(has_folder.then(|| path.to_owned()), Why::NoPermission),
            args: Reading::Missing(Why::NoPermission),
            owner: Owner::Me,
            ..ProcFacts::new(ProcKey { pid, start_time: 1 })
        }))
    }
}
