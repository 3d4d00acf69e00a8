//! The form of a case, explained in `tests/scenarios/corpus/README.md`.

use std::collections::BTreeMap;

use mimamori::diagnose::{Finding, RuleId, Severity, SignKind};
use mimamori::knowledge::Busy;
use mimamori::model::{OriginFlag, Protection, StopReason};
use serde::Deserialize;

/// Origin of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseOrigin {
    /// Scripted, and played by the generator.
    Scripted,
    /// The levels are those of a real recording, named in `how`.
    Recorded,
}

/// A constant, or a linear ramp over a part.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(untagged)]
pub enum Ramp {
    /// Constant.
    Level(f64),
    /// From the first to the second value.
    FromTo([f64; 2]),
}

impl Ramp {
    /// Value after `share` of the part.
    pub fn at(self, share: f64) -> f64 {
        match self {
            Self::Level(level) => level,
            Self::FromTo([from, to]) => from + (to - from) * share,
        }
    }
}

/// One case.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Title in one sentence.
    pub title: String,
    /// Origin.
    pub made: CaseOrigin,
    /// Source of a recorded case.
    #[serde(default)]
    pub how: Option<String>,
    /// `windows` or `linux`.
    pub os: String,
    /// Logical processors.
    #[serde(default = "eight")]
    pub cpus: u32,
    /// Memory of the PC.
    #[serde(default = "sixteen")]
    pub memory_gb: f64,
    /// Swap, or the commit limit on Windows.
    #[serde(default)]
    pub swap_gb: Option<f64>,
    /// Maximum clock.
    #[serde(default)]
    pub clock_ghz: Option<f64>,
    /// Usual idle temperature; not learned yet if absent.
    #[serde(default)]
    pub idle_temp_c: Option<f64>,
    /// Usual idle fan speed in revolutions per minute; not learned yet if absent.
    #[serde(default)]
    pub idle_fan_rpm: Option<f64>,
    /// Uptime at the start of the case; unknown if absent.
    #[serde(default)]
    pub uptime_days: Option<f64>,
    /// Seconds between two samples.
    #[serde(default = "two")]
    pub step: f64,
    /// True if the ordinary desktop programs run, too.
    #[serde(default = "yes")]
    pub desk: bool,
    /// Factor for the load of the desktop programs: 1 as listed; less for a PC that is otherwise calm.
    #[serde(skip, default = "whole")]
    pub activity: f64,
    /// Parts that are repeated.
    #[serde(default)]
    pub repeat: Option<Repeat>,
    /// Findings that must appear.
    #[serde(default)]
    pub expect: Vec<Expected>,
    /// Findings that must never appear.
    #[serde(default)]
    pub forbid: Vec<Forbidden>,
    /// The programs.
    #[serde(default)]
    pub program: BTreeMap<String, Program>,
    /// The parts, in order.
    pub part: Vec<Part>,
}

/// Plays the parts `from` to `to` (counted from 0) `times` in total.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Repeat {
    /// First part.
    pub from: usize,
    /// Last part.
    pub to: usize,
    /// Number of times.
    pub times: usize,
}

/// A program of the case. Flags that follow from path, name and parent are not listed: the grouper must derive them.
/// Only those that just a live system can know are.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Program {
    /// Program file; absent if the system does not report it.
    #[serde(default)]
    pub path: Option<String>,
    /// Process name; the file name if absent.
    #[serde(default)]
    pub name: Option<String>,
    /// Its parent, another program of the case or of the desk.
    #[serde(default)]
    pub parent: Option<String>,
    /// Name of a parent that has ended.
    #[serde(default)]
    pub parent_name: Option<String>,
    /// Windows services that run in it.
    #[serde(default)]
    pub services: Vec<String>,
    /// Flags that only a live system can know.
    #[serde(default)]
    pub marks: Vec<OriginFlag>,
    /// The matching part of its command line.
    #[serde(default)]
    pub argument: Option<String>,
    /// True if it has a window; unknown if absent.
    #[serde(default)]
    pub window: Option<bool>,
    /// Number of processes.
    #[serde(default = "one")]
    pub processes: usize,
    /// Share of its load in the first process; evenly distributed if absent.
    #[serde(default)]
    pub first: Option<f64>,
    /// New processes in each sample, like a compiler.
    #[serde(default)]
    pub short_lived: bool,
    /// Memory of all its processes.
    #[serde(default = "hundred")]
    pub memory_mb: f64,
    /// Coefficient of variation of its load.
    #[serde(default = "quarter")]
    pub variation: f64,
}

/// Load of a program in a part, in short or full form.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(untagged)]
pub enum Run {
    /// Share of the PC.
    Cpu(f64),
    /// The full form.
    Full(FullRun),
}

/// Activity of a program in a part.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FullRun {
    /// Share of the PC.
    pub cpu: Ramp,
    /// Memory, if it changes.
    #[serde(default)]
    pub memory_mb: Option<Ramp>,
    /// Disk traffic per second.
    #[serde(default)]
    pub disk_mb: Option<f64>,
    /// One of its windows does not respond.
    #[serde(default)]
    pub hung: bool,
    /// Overrides the program's setting.
    #[serde(default)]
    pub window: Option<bool>,
    /// Overrides the program's setting.
    #[serde(default)]
    pub variation: Option<f64>,
}

impl Run {
    /// The full form.
    pub fn full(self) -> FullRun {
        match self {
            Self::Full(full) => full,
            Self::Cpu(cpu) => FullRun {
                cpu: Ramp::Level(cpu),
                memory_mb: None,
                disk_mb: None,
                hung: false,
                window: None,
                variation: None,
            },
        }
    }
}

/// A part of the case. Absent values are those of a calm PC, or not measured.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Duration.
    pub seconds: f64,
    /// The cause begins here; at the start of the case if no part says so.
    #[serde(default)]
    pub cause: bool,
    /// Seconds of suspend before this part.
    #[serde(default)]
    pub asleep: f64,
    /// Seconds before this part in which the PC was awake but not watched.
    #[serde(default)]
    pub unwatched: f64,
    /// Running programs, by name in `program`.
    #[serde(default)]
    pub runs: BTreeMap<String, Run>,
    /// Share of the PC used by programs too small to list.
    #[serde(default = "three_hundredths")]
    pub other: Ramp,
    /// Its coefficient of variation.
    #[serde(default = "two_fifths")]
    pub other_variation: f64,
    /// Unattributed share of the PC.
    #[serde(default)]
    pub unattributed: Option<f64>,
    /// Share of memory in use.
    #[serde(default = "half")]
    pub memory: Ramp,
    /// Share of swap or commit in use.
    #[serde(default)]
    pub swap: Option<Ramp>,
    /// Network traffic in both directions, kB per second.
    #[serde(default = "eight_kb")]
    pub net_kb: Ramp,
    /// Temperature in degrees Celsius.
    #[serde(default)]
    pub temp_c: Option<Ramp>,
    /// Fan speed in revolutions per minute.
    #[serde(default)]
    pub fan_rpm: Option<Ramp>,
    /// Estimated fan effort.
    #[serde(default)]
    pub fan_effort: Option<Ramp>,
    /// Throttle events per sample.
    #[serde(default)]
    pub throttle: Option<f64>,
    /// Memory stall (PSI).
    #[serde(default)]
    pub stall_memory: Option<Ramp>,
    /// I/O stall (PSI).
    #[serde(default)]
    pub stall_io: Option<Ramp>,
    /// Load of the graphics processor.
    #[serde(default)]
    pub gpu: Option<Ramp>,
    /// Share of each program that uses it, by English name.
    #[serde(default)]
    pub gpu_users: BTreeMap<String, Ramp>,
    /// Traffic of each program that uses the network, by English name: received and sent, kB per second.
    #[serde(default)]
    pub net_users: BTreeMap<String, [f64; 2]>,
    /// Running on battery.
    #[serde(default)]
    pub on_battery: Option<bool>,
    /// A power saving mode is active.
    #[serde(default)]
    pub saver: Option<bool>,
    /// Clock as a share of the maximum.
    #[serde(default)]
    pub clock: Option<Ramp>,
    /// The user is away.
    #[serde(default)]
    pub away: bool,
    /// Share of the PC that the host of a virtual machine takes.
    #[serde(default)]
    pub stolen: Option<Ramp>,
    /// Share of the PC spent handling interrupts.
    #[serde(default)]
    pub interrupts: Option<Ramp>,
    /// Share of time in which the disk is active.
    #[serde(default)]
    pub disk_busy: Option<Ramp>,
    /// Programs closed with this program, in the first sample of the part.
    #[serde(default)]
    pub closed: Vec<String>,
    /// Volumes.
    #[serde(default)]
    pub volume: Vec<VolumePart>,
    /// The volumes do not respond.
    #[serde(default)]
    pub volumes_silent: bool,
    /// Slowly changing state.
    #[serde(default)]
    pub condition: Option<ConditionPart>,
}

/// A volume.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VolumePart {
    /// Mount point or drive letter.
    pub name: String,
    /// Size.
    pub total_gb: f64,
    /// Free.
    pub free_gb: Ramp,
}

/// A program that starts automatically.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AutostartPart {
    /// Its name in the list.
    pub name: String,
    /// Its program file.
    pub file: String,
    /// Days since it was first seen; always present if absent.
    #[serde(default)]
    pub days: Option<f64>,
}

/// An end without a shutdown.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StopPart {
    /// Hours since it was last seen running.
    pub hours: f64,
    /// Hours since it was watched again.
    pub back_hours: f64,
    /// Reason given by the system.
    pub reason: StopReason,
    /// Error code.
    #[serde(default)]
    pub code: Option<u32>,
}

/// Slowly changing state.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConditionPart {
    /// Updates wait for a restart.
    #[serde(default)]
    pub restart_pending: Option<bool>,
    /// Antivirus protection.
    #[serde(default)]
    pub antivirus: Option<Protection>,
    /// Days since the last update.
    #[serde(default)]
    pub updated_days: Option<f64>,
    /// Fast startup: shutting down keeps the kernel.
    #[serde(default)]
    pub fast_startup: Option<bool>,
    /// Programs that start automatically.
    #[serde(default)]
    pub autostarts: Option<Vec<AutostartPart>>,
    /// The last end without a shutdown.
    #[serde(default)]
    pub sudden_stop: Option<StopPart>,
    /// Browsers by English name; not read if absent.
    #[serde(default)]
    pub browsers: Option<BTreeMap<String, BrowserPart>>,
}

/// A running browser.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BrowserPart {
    /// Age of its program file in days.
    #[serde(default)]
    pub age_days: Option<f64>,
    /// An update waits.
    #[serde(default)]
    pub update_waiting: Option<bool>,
    /// Ads are blocked.
    #[serde(default)]
    pub ad_blocking: Option<bool>,
}

/// A finding that must appear.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// The rule.
    pub rule: RuleId,
    /// Severity; any if absent.
    #[serde(default)]
    pub severity: Option<Severity>,
    /// The program or volume it is about, or the program named as the cause; any if absent.
    #[serde(default)]
    pub subject: Option<String>,
    /// Why the load is normal; any reason or none if absent.
    #[serde(default)]
    pub busy: Option<Busy>,
    /// A sign it must rest on.
    #[serde(default)]
    pub sign: Option<SignKind>,
    /// Seconds after the cause began.
    pub within: f64,
}

impl Expected {
    /// True if this finding matches.
    pub fn matches(&self, finding: &Finding) -> bool {
        let about = |name: &String| {
            finding.subject.group == *name || finding.cause.as_ref().is_some_and(|cause| cause.group == *name)
        };
        finding.rule == self.rule
            && self.severity.is_none_or(|severity| finding.severity == severity)
            && self.subject.as_ref().is_none_or(about)
            && self.busy.is_none_or(|busy| finding.busy == Some(busy))
            && self.sign.is_none_or(|kind| finding.signs.iter().any(|sign| sign.kind == kind))
    }
}

/// A finding that must never appear: `alarm`, `anything` (worse than ok), a rule, or a rule with a severity
/// (`hot/act`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Forbidden {
    /// Anything worse than ok.
    Anything,
    /// One rule, at this severity or at any.
    Rule(RuleId, Option<Severity>),
}

impl Forbidden {
    /// "May be secret mining", at critical severity.
    pub const ALARM: Self = Self::Rule(RuleId::SecretMining, Some(Severity::Critical));

    /// True if this finding matches.
    pub fn matches(self, finding: &Finding) -> bool {
        match self {
            Self::Anything => finding.severity > Severity::Ok,
            Self::Rule(rule, severity) => finding.rule == rule && severity.is_none_or(|s| finding.severity == s),
        }
    }
}

impl TryFrom<String> for Forbidden {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let (rule, severity) = match text.as_str() {
            "anything" => return Ok(Self::Anything),
            "alarm" => return Ok(Self::ALARM),
            other => other.split_once('/').map_or((other, None), |(rule, severity)| (rule, Some(severity))),
        };
        let found = RuleId::ALL.iter().copied().find(|known| known.id() == rule);
        let severity = match severity {
            None => None,
            Some("ok") => Some(Severity::Ok),
            Some("look") => Some(Severity::Warning),
            Some("act") => Some(Severity::Critical),
            Some(other) => return Err(format!("no severity: {other}")),
        };
        found.map(|rule| Self::Rule(rule, severity)).ok_or_else(|| format!("no rule: {text}"))
    }
}

impl Case {
    /// Reads a case.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(text: &str) -> Result<Self, String> {
        let case: Self = toml::from_str(text).map_err(|error| error.to_string())?;
        if !["windows", "linux"].contains(&case.os.as_str()) {
            return Err(format!("no system: {}", case.os));
        }
        if (case.made == CaseOrigin::Recorded) != case.how.is_some() {
            return Err("`how` belongs to a recorded case".to_owned());
        }
        if case.part.is_empty() || case.part.iter().any(|part| part.seconds < case.step) || case.step <= 0.0 {
            return Err("a part is shorter than a sample".to_owned());
        }
        let bad = |repeat: &Repeat| repeat.from > repeat.to || repeat.to >= case.part.len() || repeat.times == 0;
        if case.repeat.as_ref().is_some_and(bad) {
            return Err("`repeat` names parts that are not there".to_owned());
        }
        for (part, number) in case.part.iter().zip(0..) {
            if let Some(name) = part.runs.keys().find(|name| !case.program.contains_key(*name)) {
                return Err(format!("part {number}: no program called {name}"));
            }
        }
        for (name, program) in &case.program {
            if program.path.is_none() && program.name.is_none() {
                return Err(format!("program {name}: neither path nor name"));
            }
            if !case.part.iter().any(|part| part.runs.contains_key(name)) {
                return Err(format!("program {name} never runs"));
            }
        }
        if case.expect.is_empty() && case.forbid.is_empty() {
            return Err("nothing is expected and nothing forbidden".to_owned());
        }
        Ok(case)
    }

    /// The parts in the order they are played, repetitions included.
    pub fn played(&self) -> Vec<&Part> {
        let Some(repeat) = self.repeat else { return self.part.iter().collect() };
        let again = std::iter::repeat_n(&self.part[repeat.from..=repeat.to], repeat.times).flatten();
        self.part[..repeat.from].iter().chain(again).chain(&self.part[repeat.to + 1..]).collect()
    }

    /// Seconds from the start to the cause.
    pub fn cause(&self) -> f64 {
        let played = self.played();
        let first = played.iter().position(|part| part.cause).unwrap_or(0);
        let gap = |part: &Part| part.asleep + part.unwatched;
        let before: f64 = played[..first].iter().map(|part| part.seconds + gap(part)).sum();
        before + gap(played[first])
    }

    /// True if a secret miner must be found: every other case must stay without an alarm.
    pub fn has_alarm(&self) -> bool {
        self.expect.iter().any(|e| e.rule == RuleId::SecretMining && e.severity == Some(Severity::Critical))
    }
}

const fn eight() -> u32 {
    8
}
const fn sixteen() -> f64 {
    16.0
}
const fn whole() -> f64 {
    1.0
}

const fn two() -> f64 {
    2.0
}
const fn yes() -> bool {
    true
}
const fn one() -> usize {
    1
}
const fn hundred() -> f64 {
    100.0
}
const fn quarter() -> f64 {
    0.25
}
const fn two_fifths() -> f64 {
    0.4
}
const fn three_hundredths() -> Ramp {
    Ramp::Level(0.03)
}
const fn half() -> Ramp {
    Ramp::Level(0.45)
}
const fn eight_kb() -> Ramp {
    Ramp::Level(8.0)
}
