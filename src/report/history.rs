//! Reads the form `mimamori.history/1`: JSON lines, a header and then one sample per line. Every field except `at` may
//! be absent, which means missing, never 0.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::model::{
    At, Autostart, BrowserState, Bytes, BytesPerSec, Celsius, Condition, Fraction, Given, Hertz, IdleBaseline, Machine,
    Memory, Origin, Os, Owner, Power, Pressure, ProcFacts, ProcKey, ProcSample, ProcState, Reading, Rpm, Sample,
    Seconds, SuddenStop, Swap, Traffic, Use, Volume, Why,
};

/// Name and version of the form.
pub const HISTORY_SCHEMA: &str = "mimamori.history/1";

/// How a history writes time; the output uses the same form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AtForm {
    /// RFC 3339, `2026-11-23T01:02:03Z`.
    #[default]
    Text,
    /// Seconds since 1970, possibly with a fraction.
    Seconds,
}

/// Why a file is not a history.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoHistory {
    /// It is empty.
    #[error("empty")]
    Empty,
    /// The first line is not the header of a history.
    #[error("no header")]
    NoHeader,
    /// A history of an unknown version.
    #[error("unknown version {0}")]
    Version(String),
}

/// A line that was skipped.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    /// Not JSON.
    #[error("not JSON: {0}")]
    NotJson(String),
    /// Longer than any sample.
    #[error("too long")]
    TooLong,
    /// No time.
    #[error("no \"at\"")]
    NoTime,
    /// Not later than the previous line.
    #[error("not later than the line before")]
    NotLater,
}

/// A recorded sample with the processes it lists.
pub struct RecordedSample {
    /// The sample; its processes are not grouped into programs yet.
    pub sample: Sample,
    /// The processes in `top`.
    pub processes: Vec<ProcSample>,
}

/// Reads a history line by line.
#[derive(Debug)]
pub struct HistoryReader {
    machine: Machine,
    form: AtForm,
    last: Option<At>,
    usual_interval: Option<Seconds>,
    usual_idle: IdleBaseline,
    seq: u64,
}

impl HistoryReader {
    /// Starts with the first line that is not empty.
    ///
    /// # Errors
    /// Why the file is not a history.
    pub fn begin(header: &str) -> Result<Self, NoHistory> {
        if header.trim().is_empty() {
            return Err(NoHistory::Empty);
        }
        let value: Value =
            serde_json::from_str(header.trim_start_matches('\u{feff}')).map_err(|_| NoHistory::NoHeader)?;
        let schema = value.get("schema").and_then(Value::as_str).ok_or(NoHistory::NoHeader)?;
        if schema != HISTORY_SCHEMA {
            let ours = schema.starts_with("mimamori.history/");
            return Err(if ours { NoHistory::Version(schema.to_owned()) } else { NoHistory::NoHeader });
        }
        let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        let machine = Machine {
            os: Os::from_name(&text("os").unwrap_or_default()),
            os_name: Reading::from_option(text("os_name"), Why::Unsupported),
            cpus: value.get("cpus").and_then(Value::as_u64).map_or(1, |cpus| cpus.clamp(1, 4096) as u32),
            memory: Reading::from_option(value.get("mem_bytes").and_then(Value::as_u64).map(Bytes), Why::Unsupported),
            boot_id: Reading::from_option(text("boot_id"), Why::Unsupported),
            booted_at: Machine::boot_time(value.get("booted_at").and_then(read_at).map(|(at, _)| at)),
            max_frequency: Reading::from_option(
                value.get("max_frequency_hz").and_then(Value::as_u64).map(Hertz),
                Why::Unsupported,
            ),
            is_swap_in_memory: Reading::from_option(
                value.get("swap_in_memory").and_then(Value::as_bool),
                Why::Unsupported,
            ),
            is_virtual: Reading::from_option(value.get("virtual").and_then(Value::as_bool), Why::Unsupported),
        };
        let usual_idle = IdleBaseline {
            temperature: value.as_object().and_then(|header| celsius(header, "idle_temp_c").get()),
            fan: value.get("idle_fan_rpm").and_then(Value::as_f64).filter(|rpm| *rpm >= 0.0).map(|rpm| Rpm(rpm as u32)),
        };
        Ok(Self { machine, form: AtForm::Text, last: None, usual_interval: None, usual_idle, seq: 0 })
    }

    /// The PC on which the history was recorded.
    pub const fn machine(&self) -> &Machine {
        &self.machine
    }

    /// Idle baseline of the PC.
    pub const fn usual_idle(&self) -> IdleBaseline {
        self.usual_idle
    }

    /// How the history writes time.
    pub const fn form(&self) -> AtForm {
        self.form
    }

    /// Reads one line; `Ok(None)` for an empty one.
    ///
    /// # Errors
    /// Why the line was skipped; the next one can still be read.
    pub fn line(&mut self, line: &str) -> Result<Option<RecordedSample>, LineError> {
        if line.trim().is_empty() {
            return Ok(None);
        }
        let value: Value = serde_json::from_str(line).map_err(|error| LineError::NotJson(error.to_string()))?;
        let map = value.as_object().ok_or_else(|| LineError::NotJson("no object".to_owned()))?;
        let (at, form) = map.get("at").and_then(read_at).ok_or(LineError::NoTime)?;
        if self.last.is_some_and(|last| at <= last) {
            return Err(LineError::NotLater);
        }
        let step = self.last.map(|last| at.since(last));
        let usual_interval = self.usual_interval.or(step).unwrap_or_default();
        // Unless stated, a sample after a gap covers at most three times the usual interval: what happened in the gap
        // is unknown. So is the time that the first one covers.
        let stated_span =
            map.get("span_s").and_then(Value::as_f64).filter(|span| span.is_finite() && *span >= 0.0).map(Seconds);
        let span = stated_span.or(step.map(|step| Seconds(step.0.min(usual_interval.0 * 3.0)))).unwrap_or_default();
        if let Some(step) = step.filter(|step| step.0 <= usual_interval.0 * 3.0) {
            self.usual_interval = Some(step);
        }
        self.last = Some(at);
        self.form = form;
        let recorded = self.sample(map, at, span);
        self.seq += 1;
        Ok(Some(recorded))
    }

    fn sample(&self, map: &Map<String, Value>, at: At, span: Seconds) -> RecordedSample {
        // Some recorders nest the fields as the check does.
        let map = map.get("sample").and_then(Value::as_object).unwrap_or(map);
        let total = number(map, "mem_total_bytes").or(self.machine.memory.map(|bytes| bytes.0 as f64));
        let memory = zip_readings(number(map, "mem_used_bytes"), total)
            .map(|(used, total)| Memory { used: Bytes(used as u64), total: Bytes(total as u64) });
        let swap = zip_readings(number(map, "swap_used_bytes"), number(map, "swap_total_bytes"))
            .map(|(used, total)| Swap { used: Bytes(used as u64), total: Bytes(total as u64) });
        let pressure = |name: &str| fraction(map, name).get();
        let pressures = pressure("pressure_cpu").zip(pressure("pressure_memory")).zip(pressure("pressure_io"));
        let processes: Vec<ProcSample> = map
            .get("top")
            .and_then(Value::as_array)
            .map(|top| top.iter().filter_map(|entry| process(entry.as_object()?)).collect())
            .unwrap_or_default();
        let rate = |name: &str| number(map, name).map(BytesPerSec);
        let flag = |name: &str| map.get(name).and_then(Value::as_bool);
        let power = flag("on_battery").or(flag("battery_saver")).map(|_| Power {
            on_battery: flag("on_battery").unwrap_or_default(),
            saver: flag("battery_saver").unwrap_or_default(),
        });
        let sample = Sample {
            seq: self.seq,
            at,
            span,
            slept: number(map, "slept_s").map(Seconds),
            cpu: fraction(map, "cpu"),
            per_core: Vec::new(),
            frequency: number(map, "frequency_hz").map(|hertz| Hertz(hertz as u64)),
            memory,
            swap,
            volumes: volumes(map),
            silent_volumes: list(map, "silent_volumes"),
            disk_read: rate("disk_read_bps"),
            disk_write: rate("disk_write_bps"),
            net_rx: rate("net_rx_bps"),
            net_tx: rate("net_tx_bps"),
            temperature: celsius(map, "temp_c"),
            fan: number(map, "fan_rpm").map(|rpm| Rpm(rpm as u32)),
            fan_effort: fraction(map, "fan_effort"),
            throttle_events: number(map, "throttle_events").map(|count| count as u64),
            pressure: Reading::from_option(
                pressures.map(|((cpu, memory), io)| Pressure { cpu, memory, io }),
                Why::Unsupported,
            ),
            gpu: fraction(map, "gpu"),
            gpu_users: users(map, "gpu_users", |user| fraction(user, "gpu").get()),
            net_users: users(map, "net_users", |user| {
                let rate = |name| number(user, name).map(BytesPerSec).get().unwrap_or_default();
                Some(Traffic { rx: rate("rx_bps"), tx: rate("tx_bps") })
            }),
            power: Reading::from_option(power, Why::Unsupported),
            user_idle: number(map, "user_idle_s").map(Seconds),
            foreground: number(map, "foreground_pid").map(|pid| pid as u32),
            interrupts: fraction(map, "interrupts"),
            stolen: fraction(map, "stolen"),
            disk_busy: fraction(map, "disk_busy"),
            watched: Reading::from_option(flag("watched"), Why::Unsupported),
            closed: texts(map, "closed").map(Into::into).collect(),
            condition: Arc::new(condition(map)),
            program_span: span,
            program_total: fraction(map, "cpu"),
            programs: Vec::new(),
            top: Vec::new(),
            everything_else: fraction(map, "everything_else_cpu"),
            unattributed: fraction(map, "unattributed_cpu"),
            process_count: number(map, "process_count").get().unwrap_or(0.0) as u32,
        };
        RecordedSample { sample, processes }
    }
}

/// Numbers are seconds since 1970, or milliseconds if too large for that.
fn read_at(value: &Value) -> Option<(At, AtForm)> {
    if let Some(text) = value.as_str() {
        let time: Timestamp = text.parse().ok()?;
        return Some((At(time.as_millisecond()), AtForm::Text));
    }
    let number = value.as_f64().filter(|number| number.is_finite() && number.abs() < 1e15)?;
    let milliseconds = if number.abs() > 1e11 { number } else { number * 1000.0 };
    Some((At(milliseconds.round() as i64), AtForm::Seconds))
}

impl<T> Reading<T> {
    fn or(self, other: Self) -> Self {
        match self {
            Self::Known(_) => self,
            Self::Missing(_) => other,
        }
    }
}

fn zip_readings<A, B>(a: Reading<A>, b: Reading<B>) -> Reading<(A, B)> {
    match (a, b) {
        (Reading::Known(a), Reading::Known(b)) => Reading::Known((a, b)),
        (Reading::Missing(why), _) | (_, Reading::Missing(why)) => Reading::Missing(why),
    }
}

/// Limit of what any unit here can have: more bytes than any PC has, and more per second than any line or disk moves.
const GREATEST: f64 = 1e16;

/// A number that is neither negative nor beyond [`GREATEST`], otherwise the recorded reason if there is one.
fn number(map: &Map<String, Value>, name: &str) -> Reading<f64> {
    match map.get(name).and_then(Value::as_f64) {
        Some(number) if (0.0..=GREATEST).contains(&number) => Reading::Known(number),
        Some(_) => Reading::Missing(Why::OutOfRange),
        None => {
            let why = map.get(&format!("{name}_missing")).and_then(|why| serde_json::from_value(why.clone()).ok());
            Reading::Missing(why.unwrap_or(Why::Unsupported))
        }
    }
}

/// A share. Slightly above 1 is rounding; far above 1 is another unit and is rejected.
fn fraction(map: &Map<String, Value>, name: &str) -> Reading<Fraction> {
    match number(map, name) {
        Reading::Known(value) if value > 1.05 => Reading::Missing(Why::OutOfRange),
        other => other.map(Fraction::new),
    }
}

fn texts<'a>(map: &'a Map<String, Value>, name: &str) -> impl Iterator<Item = &'a str> {
    map.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

fn celsius(map: &Map<String, Value>, name: &str) -> Reading<Celsius> {
    match number(map, name) {
        // The same bounds as for a live sensor (`sampler::thermal`).
        Reading::Known(value) if !(5.0..=115.0).contains(&value) => Reading::Missing(Why::OutOfRange),
        other => other.map(Celsius),
    }
}

fn volumes(map: &Map<String, Value>) -> Reading<Vec<Volume>> {
    let why = map.get("volumes_missing").and_then(|why| serde_json::from_value(why.clone()).ok());
    let list = map.get("volumes").and_then(Value::as_array).filter(|_| why.is_none());
    // A check writes an empty list beside the reason.
    if list.is_none() {
        return Reading::Missing(why.unwrap_or(Why::Unsupported));
    }
    Reading::Known(self::list(map, "volumes"))
}

/// The entries of a list that can be read.
fn list<T: serde::de::DeserializeOwned>(map: &Map<String, Value>, name: &str) -> Vec<T> {
    let entries = map.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    entries.iter().filter_map(|entry| serde_json::from_value(entry.clone()).ok()).collect()
}

/// Programs and their use of a resource; incomplete entries are skipped.
fn users<T>(
    map: &Map<String, Value>,
    name: &str,
    part: impl Fn(&Map<String, Value>) -> Option<T>,
) -> Reading<Vec<Use<T>>> {
    let user = |user: &Value| {
        let user = user.as_object()?;
        Some(Use { program: user.get("program")?.as_str()?.into(), part: part(user)? })
    };
    match map.get(name).and_then(Value::as_array) {
        Some(list) => Reading::Known(list.iter().filter_map(user).collect()),
        None => Reading::Missing(number(map, name).why().unwrap_or(Why::Unsupported)),
    }
}

/// Recorded origin of a process. Unknown flags are skipped.
fn origin(map: &Map<String, Value>) -> Origin {
    let marks = map.get("marks").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let text = |name: &str| map.get(name).and_then(Value::as_str);
    Origin {
        marks: marks.iter().filter_map(|mark| serde_json::from_value(mark.clone()).ok()).collect(),
        parent: text("parent_name").map(Into::into),
        argument: text("argument").map(str::to_owned),
    }
}

/// Slowly changing state, from the object `condition`.
fn condition(map: &Map<String, Value>) -> Condition {
    let Some(map) = map.get("condition").and_then(Value::as_object) else { return Condition::default() };
    let browsers = map.get("browsers").and_then(Value::as_array);
    Condition {
        restart_pending: flag(map, "restart_pending"),
        antivirus: word(map, "antivirus"),
        updated_at: point_in_time(map, "updated_at"),
        fast_startup: flag(map, "fast_startup"),
        reserved_memory: number(map, "reserved_memory_bytes").map(|bytes| Bytes(bytes as u64)),
        autostarts: Reading::from_option(map.get("autostarts").and_then(autostarts), Why::Unsupported),
        browsers: Reading::from_option(
            browsers.map(|list| list.iter().filter_map(Value::as_object).filter_map(browser).collect()),
            Why::Unsupported,
        ),
        sudden_stop: map.get("sudden_stop").and_then(sudden_stop),
    }
}

fn sudden_stop(stop: &Value) -> Option<SuddenStop> {
    Some(SuddenStop {
        at: read_at(stop.get("at")?)?.0,
        back: read_at(stop.get("back")?)?.0,
        reason: serde_json::from_value(stop.get("reason")?.clone()).ok()?,
        code: stop.get("code").and_then(Value::as_u64).and_then(|code| u32::try_from(code).ok()),
    })
}

fn autostarts(list: &Value) -> Option<Vec<Autostart>> {
    let entry = |entry: &Value| {
        let text = |name: &str| entry.get(name).and_then(Value::as_str).map(str::to_owned);
        let since = entry.get("since").and_then(read_at).map(|(at, _)| at);
        Some(Autostart { name: text("name")?, file: text("file"), since })
    };
    Some(list.as_array()?.iter().filter_map(entry).collect())
}

fn browser(map: &Map<String, Value>) -> Option<BrowserState> {
    Some(BrowserState {
        name: map.get("name")?.as_str()?.into(),
        dated_at: point_in_time(map, "dated_at"),
        update_waiting: flag(map, "update_waiting"),
        ad_blocking: flag(map, "ad_blocking"),
        ..BrowserState::default()
    })
}

fn flag(map: &Map<String, Value>, name: &str) -> Reading<bool> {
    Reading::from_option(map.get(name).and_then(Value::as_bool), Why::Unsupported)
}

fn point_in_time(map: &Map<String, Value>, name: &str) -> Reading<At> {
    Reading::from_option(map.get(name).and_then(read_at).map(|(at, _)| at), Why::Unsupported)
}

fn word<T: serde::de::DeserializeOwned>(map: &Map<String, Value>, name: &str) -> Reading<T> {
    let value = map.get(name).and_then(|value| serde_json::from_value(value.clone()).ok());
    Reading::from_option(value, Why::Unsupported)
}

fn process(map: &Map<String, Value>) -> Option<ProcSample> {
    let text = |name: &str| map.get(name).and_then(Value::as_str).map(str::to_owned);
    let whole = |name: &str| {
        let value = map.get(name)?;
        value.as_u64().or_else(|| value.as_f64().map(|float| float as u64)).or_else(|| value.as_str()?.parse().ok())
    };
    let given = Given { group: text("group"), origin: origin(map) };
    let facts = ProcFacts {
        key: ProcKey { pid: whole("pid").unwrap_or(0) as u32, start_time: whole("start").unwrap_or(0) },
        parent: whole("parent").unwrap_or(0) as u32,
        name: text("name").or_else(|| given.group.clone())?,
        path: Reading::from_option(text("path").filter(|path| !path.is_empty()), Why::NoPermission),
        // Recordings have it as a flag.
        hidden: Reading::Missing(Why::Unsupported),
        args: Reading::Missing(Why::Unsupported),
        owner: map.get("owner").and_then(|owner| serde_json::from_value(owner.clone()).ok()).unwrap_or(Owner::Unknown),
        kernel: false,
        services: map
            .get("services")
            .and_then(Value::as_array)
            .map_or_else(Vec::new, |names| names.iter().filter_map(Value::as_str).map(str::to_owned).collect()),
        // Set even without a group: it marks the process as recorded, so that it can never be closed.
        given: Some(Box::new(given)),
    };
    Some(ProcSample {
        facts: Arc::new(facts),
        cpu: fraction(map, "cpu"),
        memory: number(map, "mem_bytes").map(|bytes| Bytes(bytes as u64)),
        disk_read: number(map, "disk_read_bps").map(BytesPerSec),
        disk_write: number(map, "disk_write_bps").map(BytesPerSec),
        window: Reading::from_option(map.get("window").and_then(Value::as_bool), Why::Unsupported),
        hung: map.get("hung").and_then(Value::as_bool).unwrap_or_default(),
        threads: whole("threads").unwrap_or(0) as u32,
        state: ProcState::Unknown,
        // Recordings have it as a flag of the program.
        lowest_priority: Reading::Missing(Why::Unsupported),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = r#"{"schema":"mimamori.history/1","os":"windows","cpus":4,"mem_bytes":1000}"#;

    #[test]
    fn only_a_history_is_read() {
        assert_eq!(HistoryReader::begin("").expect_err("empty"), NoHistory::Empty);
        assert_eq!(HistoryReader::begin("hello").expect_err("text"), NoHistory::NoHeader);
        assert_eq!(HistoryReader::begin(r#"{"a":1}"#).expect_err("json"), NoHistory::NoHeader);
        let newer = r#"{"schema":"mimamori.history/9"}"#;
        assert_eq!(HistoryReader::begin(newer).expect_err("newer"), NoHistory::Version("mimamori.history/9".into()));
        assert_eq!(HistoryReader::begin(HEADER).expect("history").machine().cpus, 4);
    }

    #[test]
    fn absent_is_missing_and_nonsense_is_out_of_range() {
        let mut reader = HistoryReader::begin(HEADER).expect("history");
        let line =
            r#"{"at":"2026-11-23T00:00:00Z","mem_used_bytes":900,"gpu":70,"temp_c":255,"cpu_missing":"no_permission"}"#;
        let sample = reader.line(line).expect("read").expect("sample").sample;
        assert_eq!(sample.cpu, Reading::Missing(Why::NoPermission));
        assert_eq!(sample.gpu, Reading::Missing(Why::OutOfRange));
        assert_eq!(sample.temperature, Reading::Missing(Why::OutOfRange));
        assert_eq!(sample.net_rx, Reading::Missing(Why::Unsupported));
        assert_eq!(sample.memory, Reading::Known(Memory { used: Bytes(900), total: Bytes(1000) }));
    }

    /// Regressions: a PC that was not restarted for 20,780 days and usually has -300 °C, and a rate of 280 digits.
    #[test]
    fn what_no_pc_has_is_out_of_range() {
        let header = HEADER.replace('}', r#","idle_temp_c":-300,"booted_at":0}"#);
        let mut reader = HistoryReader::begin(&header).expect("history");
        assert_eq!(reader.usual_idle().temperature, None);
        assert_eq!(reader.machine().booted_at, Reading::Missing(Why::OutOfRange));
        let line = r#"{"at":"2026-11-23T00:00:00Z","net_rx_bps":1e290,"disk_read_bps":1e300,"disk_write_bps":3e9}"#;
        let sample = reader.line(line).expect("read").expect("sample").sample;
        assert_eq!(sample.net_rx, Reading::Missing(Why::OutOfRange));
        assert_eq!(sample.disk_read, Reading::Missing(Why::OutOfRange));
        assert_eq!(sample.disk_write.get().map(|rate| rate.0), Some(3e9));
    }

    #[test]
    fn what_is_usual_at_rest_is_in_the_header() {
        let usual = |header: &str| HistoryReader::begin(header).expect("history").usual_idle();
        assert_eq!(usual(HEADER), IdleBaseline::default());
        let learned = HEADER.replace('}', r#","idle_temp_c":41.5,"idle_fan_rpm":1900}"#);
        assert_eq!(usual(&learned), IdleBaseline { temperature: Some(Celsius(41.5)), fan: Some(Rpm(1900)) });
        let still = HEADER.replace('}', r#","idle_fan_rpm":0}"#);
        assert_eq!(usual(&still).fan, Some(Rpm(0)), "a fan that stands still is known");
    }

    #[test]
    fn why_volumes_are_missing_is_kept() {
        let mut reader = HistoryReader::begin(HEADER).expect("history");
        let mut volumes = |line: &str| reader.line(line).expect("read").expect("sample").sample.volumes;
        assert_eq!(volumes(r#"{"at":10,"volumes":[],"volumes_missing":"stale"}"#), Reading::Missing(Why::Stale));
        assert_eq!(volumes(r#"{"at":12,"volumes_missing":"stale"}"#), Reading::Missing(Why::Stale));
        assert_eq!(volumes(r#"{"at":14,"volumes":[]}"#), Reading::Known(Vec::new()));
        assert_eq!(volumes(r#"{"at":16}"#), Reading::Missing(Why::Unsupported));
    }

    #[test]
    fn who_uses_what_is_read_as_a_check_writes_it() {
        let mut reader = HistoryReader::begin(HEADER).expect("history");
        let sample = Sample {
            gpu_users: Reading::Known(vec![Use { program: "Chromium".into(), part: Fraction::new(0.7) }]),
            net_users: Reading::Missing(Why::NoPermission),
            ..Sample::default()
        };
        let mut line = crate::report::sample_json(&sample, &sample.programs);
        line["at"] = serde_json::json!(10);
        let read = reader.line(&line.to_string()).expect("read").expect("sample").sample;
        assert_eq!((&read.gpu_users, &read.net_users), (&sample.gpu_users, &sample.net_users));
        let line = r#"{"at":12,"net_users":[{"program":"Firefox","rx_bps":9e6},{"rx_bps":1},7],"gpu_users":[{"program":"a","gpu":70}]}"#;
        let read = reader.line(line).expect("read").expect("sample").sample;
        let firefox = Use { program: "Firefox".into(), part: Traffic { rx: BytesPerSec(9e6), tx: BytesPerSec(0.0) } };
        assert_eq!(read.net_users, Reading::Known(vec![firefox]));
        assert_eq!(read.gpu_users, Reading::Known(Vec::new()), "70 is no share");
    }

    #[test]
    fn bad_lines_are_skipped_and_the_rest_goes_on() {
        let mut reader = HistoryReader::begin(HEADER).expect("history");
        assert!(reader.line(r#"{"at":10}"#).expect("read").is_some());
        assert!(matches!(reader.line("{"), Err(LineError::NotJson(_))));
        assert_eq!(reader.line(r#"{"cpu":1}"#).err(), Some(LineError::NoTime));
        assert_eq!(reader.line(r#"{"at":10}"#).err(), Some(LineError::NotLater));
        assert!(reader.line("  ").expect("read").is_none());
        assert_eq!(reader.line(r#"{"at":12.5}"#).expect("read").expect("sample").sample.span, Seconds(2.5));
        assert_eq!(reader.form().write(At(12_500)), serde_json::json!(12.5));
    }

    proptest::proptest! {
        #[test]
        fn no_line_makes_the_reader_panic(line in "\\PC*") {
            let mut reader = HistoryReader::begin(HEADER).expect("history");
            let _ = reader.line(&line);
            let _ = reader.line(&format!("{{\"at\":1,\"top\":[{{\"name\":{line:?},\"cpu\":1e9}}]}}"));
            let _ = HistoryReader::begin(&line);
        }
    }
}
