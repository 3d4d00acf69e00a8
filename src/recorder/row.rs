//! The stored form of a sample: integers, and a selection of programs.
//!
//! Units: shares in 1/10000 of the whole PC, memory in KiB, rates in bytes per second, temperature in 1/10 °C, clock in
//! MHz, times in milliseconds.

use std::sync::Arc;

use crate::model::{
    At, Bytes, BytesPerSec, Celsius, Fraction, Hertz, Member, Memory, Origin, OriginFlag, Power, Pressure, ProcKey,
    ProgramKind, ProgramSample, Reading, Rpm, Sample, Seconds, Swap, Traffic, Use, Why,
};

/// Aggregation of several values into one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aggregation {
    /// Mean weighted with `span`.
    Mean,
    /// Mean weighted with `program_span`.
    ProgramMean,
    /// The largest.
    Max,
    /// The newest.
    Last,
    /// The sum.
    Sum,
}

/// The columns of a sample, in the order of the table; the discriminant is the index into [`Row::values`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub enum Column {
    Span,
    Cpu,
    CpuPeak,
    Frequency,
    MemoryUsed,
    MemoryTotal,
    SwapUsed,
    SwapTotal,
    DiskRead,
    DiskWrite,
    NetRx,
    NetTx,
    Temperature,
    Fan,
    FanEffort,
    ThrottleEvents,
    PressureCpu,
    PressureMemory,
    PressureIo,
    Gpu,
    Power,
    UserIdle,
    Foreground,
    ProgramSpan,
    ProgramTotal,
    EverythingElse,
    ProcessCount,
    Watched,
}

/// Number of columns besides the time.
pub const COUNT: usize = 28;

/// Name of each column, and its aggregation.
pub const COLUMNS: [(&str, Aggregation); COUNT] = [
    ("span", Aggregation::Sum),
    ("cpu", Aggregation::Mean),
    ("cpu_peak", Aggregation::Max),
    ("frequency", Aggregation::Mean),
    ("memory_used", Aggregation::Mean),
    ("memory_total", Aggregation::Last),
    ("swap_used", Aggregation::Mean),
    ("swap_total", Aggregation::Last),
    ("disk_read", Aggregation::Mean),
    ("disk_write", Aggregation::Mean),
    ("net_rx", Aggregation::Mean),
    ("net_tx", Aggregation::Mean),
    ("temperature", Aggregation::Mean),
    ("fan", Aggregation::Mean),
    ("fan_effort", Aggregation::Mean),
    ("throttle_events", Aggregation::Max),
    ("pressure_cpu", Aggregation::Mean),
    ("pressure_memory", Aggregation::Mean),
    ("pressure_io", Aggregation::Mean),
    ("gpu", Aggregation::Mean),
    ("power", Aggregation::Last),
    ("user_idle", Aggregation::Last),
    ("foreground", Aggregation::Last),
    ("program_span", Aggregation::Sum),
    ("program_total", Aggregation::ProgramMean),
    ("everything_else", Aggregation::ProgramMean),
    ("process_count", Aggregation::Last),
    ("watched", Aggregation::Max),
];

/// Identity of a program, stored once.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Program {
    pub name: Arc<str>,
    /// 0 program, 1 browser, 2 system.
    pub kind: i64,
    /// File of the busiest process; empty if unknown.
    pub path: Arc<str>,
    /// What is unusual about where it comes from, as last seen.
    pub origin: Arc<Origin>,
}

/// Usage of a program in one sample.
#[derive(Clone, Debug, PartialEq)]
pub struct Usage {
    pub program: Arc<Program>,
    pub cpu: i64,
    /// The highest `cpu` within a mean; `None` in a raw sample.
    pub cpu_peak: Option<i64>,
    pub busiest_part: i64,
    pub memory: i64,
    pub disk: Option<i64>,
    /// The part of `disk` that was written.
    pub disk_write: Option<i64>,
    pub parts: i64,
    /// The busiest process.
    pub process: Option<ProcKey>,
    /// Its share of the graphics processor, and bytes per second received and sent, if it was among the heaviest users;
    /// these are read only while the resource is busy.
    pub gpu: Option<i64>,
    pub net_rx: Option<i64>,
    pub net_tx: Option<i64>,
}

impl Usage {
    pub fn peak(&self) -> i64 {
        self.cpu_peak.unwrap_or(self.cpu)
    }
}

/// One stored sample.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// End of the span, milliseconds since 1970-01-01 UTC.
    pub at: i64,
    pub values: [Option<i64>; COUNT],
    pub programs: Vec<Usage>,
}

impl Row {
    pub const fn new(at: i64) -> Self {
        Self { at, values: [None; COUNT], programs: Vec::new() }
    }

    pub fn get(&self, column: Column) -> Option<i64> {
        self.values[column as usize]
    }

    pub fn set(&mut self, column: Column, value: Option<i64>) {
        self.values[column as usize] = value;
    }

    pub fn span(&self) -> i64 {
        self.get(Column::Span).unwrap_or(0)
    }

    /// Time covered by the programs; 0 if they were not read.
    pub fn program_span(&self) -> i64 {
        self.get(Column::ProgramSpan).unwrap_or(0)
    }

    pub fn peak(&self) -> Option<i64> {
        self.get(Column::CpuPeak).or(self.get(Column::Cpu))
    }

    /// Converts the values of a sample; the caller adds programs and volumes.
    pub fn of(sample: &Sample) -> Self {
        let mut row = Self::new(sample.at.0);
        let memory = sample.memory.get();
        let swap = sample.swap.get();
        let pressure = sample.pressure.get();
        let power = |power: Power| i64::from(power.on_battery) | i64::from(power.saver) << 1;
        row.set(Column::Span, Some(millis(sample.span)));
        row.set(Column::Cpu, share(sample.cpu));
        row.set(Column::Frequency, sample.frequency.get().map(|clock| whole(clock.0 as f64 / 1e6)));
        row.set(Column::MemoryUsed, memory.map(|memory| kib(memory.used)));
        row.set(Column::MemoryTotal, memory.map(|memory| kib(memory.total)));
        row.set(Column::SwapUsed, swap.map(|swap| kib(swap.used)));
        row.set(Column::SwapTotal, swap.map(|swap| kib(swap.total)));
        row.set(Column::DiskRead, rate(sample.disk_read));
        row.set(Column::DiskWrite, rate(sample.disk_write));
        row.set(Column::NetRx, rate(sample.net_rx));
        row.set(Column::NetTx, rate(sample.net_tx));
        row.set(Column::Temperature, sample.temperature.get().map(|celsius| whole(celsius.0 * 10.0)));
        row.set(Column::Fan, sample.fan.get().map(|rpm| i64::from(rpm.0)));
        row.set(Column::FanEffort, share(sample.fan_effort));
        row.set(Column::ThrottleEvents, sample.throttle_events.get().map(u64::cast_signed));
        row.set(Column::PressureCpu, pressure.map(|pressure| of_10000(pressure.cpu)));
        row.set(Column::PressureMemory, pressure.map(|pressure| of_10000(pressure.memory)));
        row.set(Column::PressureIo, pressure.map(|pressure| of_10000(pressure.io)));
        row.set(Column::Gpu, share(sample.gpu));
        row.set(Column::Power, sample.power.get().map(power));
        row.set(Column::UserIdle, sample.user_idle.get().map(millis));
        row.set(Column::Foreground, sample.foreground.get().map(i64::from));
        row.set(Column::ProcessCount, (sample.process_count > 0).then_some(i64::from(sample.process_count)));
        row.set(Column::Watched, sample.watched.get().map(i64::from));
        if sample.program_span.0 > 0.0 {
            row.set(Column::ProgramSpan, Some(millis(sample.program_span)));
            row.set(Column::ProgramTotal, share(sample.program_total));
            row.set(Column::EverythingElse, share(sample.everything_else));
        }
        row
    }

    /// The stored sample with its stored programs, without volumes.
    pub fn sample(&self, seq: u64) -> Sample {
        let pair = |one, other| self.get(one).zip(self.get(other));
        let memory = |(used, total)| Memory { used: bytes(used), total: bytes(total) };
        let swap = |(used, total)| Swap { used: bytes(used), total: bytes(total) };
        let pressure = pair(Column::PressureCpu, Column::PressureMemory).zip(self.get(Column::PressureIo));
        let pressure =
            pressure.map(|((cpu, memory), io)| Pressure { cpu: part(cpu), memory: part(memory), io: part(io) });
        let power = |bits: i64| Power { on_battery: bits & 1 != 0, saver: bits & 2 != 0 };
        Sample {
            seq,
            at: At(self.at),
            span: seconds(self.span()),
            cpu: self.reading(Column::Cpu, part),
            per_core: Vec::new(),
            frequency: self.reading(Column::Frequency, |mhz| Hertz(mhz.unsigned_abs().saturating_mul(1_000_000))),
            memory: known(pair(Column::MemoryUsed, Column::MemoryTotal).map(memory)),
            swap: known(pair(Column::SwapUsed, Column::SwapTotal).map(swap)),
            volumes: Reading::Missing(Why::Unsupported),
            disk_read: self.reading(Column::DiskRead, |rate| BytesPerSec(rate as f64)),
            disk_write: self.reading(Column::DiskWrite, |rate| BytesPerSec(rate as f64)),
            net_rx: self.reading(Column::NetRx, |rate| BytesPerSec(rate as f64)),
            net_tx: self.reading(Column::NetTx, |rate| BytesPerSec(rate as f64)),
            temperature: self.reading(Column::Temperature, |tenths| Celsius(tenths as f64 / 10.0)),
            fan: self.reading(Column::Fan, |rpm| Rpm(small(rpm))),
            fan_effort: self.reading(Column::FanEffort, part),
            throttle_events: self.reading(Column::ThrottleEvents, i64::cast_unsigned),
            pressure: known(pressure),
            gpu: self.reading(Column::Gpu, part),
            gpu_users: self.users(|usage| usage.gpu.map(part), Fraction::get),
            net_users: self.users(Usage::traffic, Traffic::total),
            power: self.reading(Column::Power, power),
            user_idle: self.reading(Column::UserIdle, seconds),
            foreground: self.reading(Column::Foreground, small),
            program_span: seconds(self.program_span()),
            program_total: self.reading(Column::ProgramTotal, part),
            programs: self.programs.iter().map(Usage::sample).collect(),
            top: Vec::new(),
            everything_else: self.reading(Column::EverythingElse, part),
            process_count: small(self.get(Column::ProcessCount).unwrap_or(0)),
            watched: self.reading(Column::Watched, |watched| watched != 0),
            ..Sample::default()
        }
    }

    /// The programs with a stored use of a resource, heaviest first; missing if there are none.
    fn users<T: Copy>(&self, part: impl Fn(&Usage) -> Option<T>, weight: fn(T) -> f64) -> Reading<Vec<Use<T>>> {
        let user = |usage: &Usage| Some(Use { program: Arc::clone(&usage.program.name), part: part(usage)? });
        let mut users: Vec<Use<T>> = self.programs.iter().filter_map(user).collect();
        users.sort_by(|a, b| weight(b.part).total_cmp(&weight(a.part)));
        known((!users.is_empty()).then_some(users))
    }

    fn reading<T>(&self, column: Column, make: impl FnOnce(i64) -> T) -> Reading<T> {
        known(self.get(column).map(make))
    }
}

impl Usage {
    /// The usages of all programs of a sample.
    pub fn all_of(sample: &Sample) -> Vec<Self> {
        let mut usages: Vec<Self> = sample.programs.iter().map(Self::of).collect();
        let find = |usages: &mut [Self], name: &Arc<str>, put: &dyn Fn(&mut Self)| {
            usages.iter_mut().filter(|usage| usage.program.name == *name).take(1).for_each(put);
        };
        for user in sample.gpu_users.known().into_iter().flatten() {
            find(&mut usages, &user.program, &|usage| usage.gpu = Some(of_10000(user.part)));
        }
        for user in sample.net_users.known().into_iter().flatten() {
            find(&mut usages, &user.program, &|usage| {
                usage.net_rx = Some(whole(user.part.rx.0));
                usage.net_tx = Some(whole(user.part.tx.0));
            });
        }
        usages
    }

    /// Traffic received and sent.
    fn traffic(&self) -> Option<Traffic> {
        let rate = |rate: i64| BytesPerSec(rate as f64);
        self.net_rx.zip(self.net_tx).map(|(rx, tx)| Traffic { rx: rate(rx), tx: rate(tx) })
    }

    /// The usage of one program.
    fn of(program: &ProgramSample) -> Self {
        let kind = match program.kind {
            ProgramKind::Program => 0,
            ProgramKind::Browser => 1,
            ProgramKind::System => 2,
        };
        let path = program.path.clone().unwrap_or_default();
        // An ordinary program keeps no origin: its parent changes all the time and is irrelevant.
        let ordinary = [OriginFlag::Installed, OriginFlag::ToolFolder, OriginFlag::LowestPriority];
        let unusual = program.origin.marks.iter().any(|mark| !ordinary.contains(mark));
        let origin = if unusual { Arc::clone(&program.origin) } else { Arc::default() };
        Self {
            program: Arc::new(Program { name: Arc::clone(&program.name), kind, path, origin }),
            cpu: of_10000(program.cpu),
            cpu_peak: None,
            busiest_part: of_10000(program.busiest_part),
            memory: kib(program.memory),
            disk: rate(program.disk),
            disk_write: rate(program.disk_write),
            parts: i64::from(program.parts),
            process: program.members.first().map(|member| member.key),
            gpu: None,
            net_rx: None,
            net_tx: None,
        }
    }

    /// The program as read back: its only member stands for all its processes.
    fn sample(&self) -> ProgramSample {
        let member = |key| Member { key, root: key, cpu: part(self.busiest_part), memory: bytes(self.memory) };
        ProgramSample {
            name: Arc::clone(&self.program.name),
            kind: kind_of(self.program.kind),
            cpu: part(self.cpu),
            busiest_part: part(self.busiest_part),
            memory: bytes(self.memory),
            disk: known(self.disk.map(|rate| BytesPerSec(rate as f64))),
            disk_write: known(self.disk_write.map(|rate| BytesPerSec(rate as f64))),
            parts: small(self.parts),
            path: (!self.program.path.is_empty()).then(|| Arc::clone(&self.program.path)),
            members: self.process.map(member).into_iter().collect(),
            origin: Arc::clone(&self.program.origin),
            ..ProgramSample::default()
        }
    }
}

/// See [`Program::kind`].
pub const fn kind_of(kind: i64) -> ProgramKind {
    match kind {
        1 => ProgramKind::Browser,
        2 => ProgramKind::System,
        _ => ProgramKind::Program,
    }
}

/// Converts from 1/10000.
pub fn part(value: i64) -> Fraction {
    Fraction::new(value as f64 / 10_000.0)
}

/// A stored value, or [`Why::Unsupported`].
pub fn known<T>(value: Option<T>) -> Reading<T> {
    Reading::from_option(value, Why::Unsupported)
}

fn whole(value: f64) -> i64 {
    value.round() as i64
}

fn of_10000(value: Fraction) -> i64 {
    whole(value.get() * 10_000.0)
}

fn share(value: Reading<Fraction>) -> Option<i64> {
    value.get().map(of_10000)
}

fn rate(value: Reading<BytesPerSec>) -> Option<i64> {
    value.get().map(|rate| whole(rate.0))
}

fn millis(value: Seconds) -> i64 {
    whole(value.0 * 1000.0)
}

/// A span from milliseconds.
pub fn seconds(millis: i64) -> Seconds {
    Seconds(millis as f64 / 1000.0)
}

/// KiB, rounded to the nearest.
pub fn kib(value: Bytes) -> i64 {
    (value.0.saturating_add(512) / 1024).cast_signed()
}

/// A small number; one that is too large stays large.
pub fn small(value: i64) -> u32 {
    u32::try_from(value.max(0)).unwrap_or(u32::MAX)
}

/// A size from KiB.
pub fn bytes(kib: i64) -> Bytes {
    Bytes(kib.unsigned_abs().saturating_mul(1024))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_kept_to_their_rounding() {
        assert_eq!(share(Reading::Known(Fraction::new(0.12345))), Some(1235));
        assert_eq!(share(Reading::Missing(Why::NoSensor)), None);
        assert_eq!(part(1235), Fraction::new(0.1235));
        assert_eq!((rate(Reading::Known(BytesPerSec(1234.5))), millis(Seconds(2.0004))), (Some(1235), 2000));
        assert_eq!(seconds(2500), Seconds(2.5));
        assert_eq!([511, 512, 1536, 10 << 20].map(|bytes| kib(Bytes(bytes))), [0, 1, 2, 10 << 10]);
        assert_eq!(bytes(10 << 10), Bytes(10 << 20));
    }
}
