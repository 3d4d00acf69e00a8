//! The form of a case: `tests/scenarios/corpus/README.md` explains it.

use std::collections::BTreeMap;

use mimamori::diagnose::{Finding, RuleId, Severity, SignKind};
use mimamori::knowledge::Busy;
use mimamori::model::{OriginFlag, Protection, StopReason};
use serde::Deserialize;

/// How a case came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Made {
    /// Written down and played by the generator.
    Scripted,
    /// The levels are those of a real recording; `how` says which.
    Recorded,
}

/// A value, or one that goes evenly from the first to the second over a part.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(untagged)]
pub enum Ramp {
    /// The same all the time.
    Level(f64),
    /// From here to there.
    FromTo([f64; 2]),
}

impl Ramp {
    /// The value after `share` of the part.
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
    /// One sentence.
    pub title: String,
    /// How it came to be.
    pub made: Made,
    /// For a recorded one: from what.
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
    /// Highest clock.
    #[serde(default)]
    pub clock_ghz: Option<f64>,
    /// Temperature that it usually has at rest; not learned yet when absent.
    #[serde(default)]
    pub idle_temp_c: Option<f64>,
    /// Speed that its fan usually has at rest, revolutions a minute; not learned yet when absent.
    #[serde(default)]
    pub idle_fan_rpm: Option<f64>,
    /// How long the PC ran before the story begins; unknown when absent.
    #[serde(default)]
    pub uptime_days: Option<f64>,
    /// Seconds between two samples.
    #[serde(default = "two")]
    pub step: f64,
    /// Whether the ordinary programs of a desk are there too.
    #[serde(default = "yes")]
    pub desk: bool,
    /// What the programs of the desk do in it, 1 as written down; less for a PC on which hardly anything happens beside.
    #[serde(skip, default = "whole")]
    pub bustle: f64,
    /// Parts that are played again.
    #[serde(default)]
    pub repeat: Option<Repeat>,
    /// What has to be found.
    #[serde(default)]
    pub expect: Vec<Expected>,
    /// What must never be said.
    #[serde(default)]
    pub forbid: Vec<Forbidden>,
    /// Who plays.
    #[serde(default)]
    pub program: BTreeMap<String, Program>,
    /// What happens.
    pub part: Vec<Part>,
}

/// The parts `from` to `to` (counted from 0) are played `times` in all.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Repeat {
    /// First.
    pub from: usize,
    /// Last.
    pub to: usize,
    /// How often.
    pub times: usize,
}

/// A program of the story. Marks that follow from path, name and parent are not written here: the program has to find
/// them itself. Only what a live system alone can know is.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Program {
    /// Its file; absent when the system keeps it secret.
    #[serde(default)]
    pub path: Option<String>,
    /// Name of the process; the file name when absent.
    #[serde(default)]
    pub name: Option<String>,
    /// Another program of the story or of the desk that started it.
    #[serde(default)]
    pub parent: Option<String>,
    /// The same, where what started it is gone.
    #[serde(default)]
    pub parent_name: Option<String>,
    /// The services of Windows that run in it.
    #[serde(default)]
    pub services: Vec<String>,
    /// What only a live system can see.
    #[serde(default)]
    pub marks: Vec<OriginFlag>,
    /// The matching part of the command line.
    #[serde(default)]
    pub argument: Option<String>,
    /// Whether it has a window; unknown when absent.
    #[serde(default)]
    pub window: Option<bool>,
    /// Its processes.
    #[serde(default = "one")]
    pub processes: usize,
    /// Share of its load in the first process; even when absent.
    #[serde(default)]
    pub first: Option<f64>,
    /// Other processes in each sample, as a compiler has.
    #[serde(default)]
    pub short_lived: bool,
    /// Memory of all its processes.
    #[serde(default = "hundred")]
    pub memory_mb: f64,
    /// Deviation of its load against the mean.
    #[serde(default = "quarter")]
    pub variation: f64,
}

/// What a program does in a part: its share of the PC, or more than that.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(untagged)]
pub enum Run {
    /// Share of the PC.
    Cpu(f64),
    /// All there is to say.
    Full(FullRun),
}

/// What a program does in a part.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FullRun {
    /// Share of the PC.
    pub cpu: Ramp,
    /// Memory, where it changes.
    #[serde(default)]
    pub memory_mb: Option<Ramp>,
    /// Read and written a second.
    #[serde(default)]
    pub disk_mb: Option<f64>,
    /// A window of it does not answer.
    #[serde(default)]
    pub hung: bool,
    /// Other than usual.
    #[serde(default)]
    pub window: Option<bool>,
    /// Other than usual.
    #[serde(default)]
    pub variation: Option<f64>,
}

impl Run {
    /// The long form.
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

/// A stretch of the story. What is absent is as on a calm PC, or not measured.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// How long.
    pub seconds: f64,
    /// Here begins what has to be found; the beginning of the story when no part says so.
    #[serde(default)]
    pub cause: bool,
    /// The PC slept for so long before.
    #[serde(default)]
    pub asleep: f64,
    /// It was awake, and nobody watched for so long before.
    #[serde(default)]
    pub unwatched: f64,
    /// Who runs, by the names of `program`.
    #[serde(default)]
    pub runs: BTreeMap<String, Run>,
    /// Share of the PC in programs too small to be listed.
    #[serde(default = "three_hundredths")]
    pub other: Ramp,
    /// How much that moves.
    #[serde(default = "two_fifths")]
    pub other_variation: f64,
    /// Share of the PC in nobody's name.
    #[serde(default)]
    pub unattributed: Option<f64>,
    /// Share of memory in use.
    #[serde(default = "half")]
    pub memory: Ramp,
    /// Share of swap or commit in use.
    #[serde(default)]
    pub swap: Option<Ramp>,
    /// Network in both directions, kB a second.
    #[serde(default = "eight_kb")]
    pub net_kb: Ramp,
    /// Degrees.
    #[serde(default)]
    pub temp_c: Option<Ramp>,
    /// Revolutions a minute of the fan.
    #[serde(default)]
    pub fan_rpm: Option<Ramp>,
    /// Estimate of fan effort.
    #[serde(default)]
    pub fan_effort: Option<Ramp>,
    /// Slow-downs by heat in each sample.
    #[serde(default)]
    pub throttle: Option<f64>,
    /// Pressure stalls.
    #[serde(default)]
    pub stall_memory: Option<Ramp>,
    /// Pressure stalls.
    #[serde(default)]
    pub stall_io: Option<Ramp>,
    /// Graphics processor.
    #[serde(default)]
    pub gpu: Option<Ramp>,
    /// Who uses it, by English names: its share.
    #[serde(default)]
    pub gpu_users: BTreeMap<String, Ramp>,
    /// Who uses the network, by English names: received and sent, kB a second.
    #[serde(default)]
    pub net_users: BTreeMap<String, [f64; 2]>,
    /// Running from the battery.
    #[serde(default)]
    pub on_battery: Option<bool>,
    /// A power saving mode is on.
    #[serde(default)]
    pub saver: Option<bool>,
    /// Clock against the highest.
    #[serde(default)]
    pub clock: Option<Ramp>,
    /// Nobody is there.
    #[serde(default)]
    pub away: bool,
    /// Share of the PC spent answering devices.
    #[serde(default)]
    pub interrupts: Option<Ramp>,
    /// Share of time in which the disk is busy.
    #[serde(default)]
    pub disk_busy: Option<Ramp>,
    /// Closed with this program, at the first sample of the part.
    #[serde(default)]
    pub closed: Vec<String>,
    /// Volumes.
    #[serde(default)]
    pub volume: Vec<VolumePart>,
    /// The volumes do not answer.
    #[serde(default)]
    pub volumes_silent: bool,
    /// What changes seldom.
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

/// Something that starts with the PC.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AutostartPart {
    /// Its name in the list.
    pub name: String,
    /// Its program file.
    pub file: String,
    /// Days since it was first seen; always there when left out.
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
    /// Why, as the system tells it.
    pub reason: StopReason,
    /// The number of the error.
    #[serde(default)]
    pub code: Option<u32>,
}

/// What changes seldom.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConditionPart {
    /// Updates wait for a restart.
    #[serde(default)]
    pub restart_pending: Option<bool>,
    /// Protection against malware.
    #[serde(default)]
    pub antivirus: Option<Protection>,
    /// Days since the last update.
    #[serde(default)]
    pub updated_days: Option<f64>,
    /// Shutting down keeps the kernel.
    #[serde(default)]
    pub fast_startup: Option<bool>,
    /// What starts with the PC.
    #[serde(default)]
    pub autostarts: Option<Vec<AutostartPart>>,
    /// The last end without a shutdown.
    #[serde(default)]
    pub sudden_stop: Option<StopPart>,
    /// Browsers by their English names; not looked at when absent.
    #[serde(default)]
    pub browsers: Option<BTreeMap<String, BrowserPart>>,
}

/// A browser that runs.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BrowserPart {
    /// Days since the date of its program file.
    #[serde(default)]
    pub age_days: Option<f64>,
    /// A newer one waits.
    #[serde(default)]
    pub update_waiting: Option<bool>,
    /// Something blocks advertisements.
    #[serde(default)]
    pub ad_blocking: Option<bool>,
}

/// Something that has to be found.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// Which rule.
    pub rule: RuleId,
    /// How bad; any when absent.
    #[serde(default)]
    pub severity: Option<Severity>,
    /// The program or volume it is about, or the program named as the cause; any when absent.
    #[serde(default)]
    pub subject: Option<String>,
    /// Why the load is normal; any reason, or none, when absent.
    #[serde(default)]
    pub busy: Option<Busy>,
    /// A sign it has to rest on.
    #[serde(default)]
    pub sign: Option<SignKind>,
    /// Seconds after the cause began.
    pub within: f64,
}

impl Expected {
    /// Whether this finding is the one.
    pub fn is(&self, finding: &Finding) -> bool {
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

/// Something that must never be said: `alarm`, `anything` (worse than ok), a rule, or a rule and a severity
/// (`hot/act`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Forbidden {
    /// Anything that is not ok.
    Anything,
    /// One rule; at this severity, or at any.
    Rule(RuleId, Option<Severity>),
}

impl Forbidden {
    /// "May be secret mining", told as something to act on.
    pub const ALARM: Self = Self::Rule(RuleId::SecretMining, Some(Severity::Critical));

    /// Whether this finding is it.
    pub fn is(self, finding: &Finding) -> bool {
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
        if (case.made == Made::Recorded) != case.how.is_some() {
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

    /// The parts as they are played.
    pub fn played(&self) -> Vec<&Part> {
        let Some(repeat) = self.repeat else { return self.part.iter().collect() };
        let again = std::iter::repeat_n(&self.part[repeat.from..=repeat.to], repeat.times).flatten();
        self.part[..repeat.from].iter().chain(again).chain(&self.part[repeat.to + 1..]).collect()
    }

    /// Seconds from the beginning to what has to be found.
    pub fn cause(&self) -> f64 {
        let played = self.played();
        let first = played.iter().position(|part| part.cause).unwrap_or(0);
        let gap = |part: &Part| part.asleep + part.unwatched;
        let before: f64 = played[..first].iter().map(|part| part.seconds + gap(part)).sum();
        before + gap(played[first])
    }

    /// Whether a secret miner is to be found: every other case must stay without an alarm.
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
