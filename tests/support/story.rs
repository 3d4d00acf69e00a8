//! Generates the lines of a `mimamori.history/1` from a case, with noise on everything, as on a real PC.

use std::collections::HashMap;

use mimamori::report::HISTORY_SCHEMA;
use serde_json::{Map, Value, json};

use super::case::{AutostartPart, BrowserPart, Case, Part, Program, Ramp};
use super::rng::{Drift, Rng};

/// 2026-11-23 01:00 UTC, in seconds.
const BEGIN: f64 = 1_795_395_600.0;
const GB: f64 = (1_u64 << 30) as f64;
const MB: f64 = (1_u64 << 20) as f64;
const DAY: f64 = 86_400.0;

/// Ordinary desktop programs: name in the case, file, share of the PC, memory in MB, processes, window, parent.
type DeskProgram = (&'static str, &'static str, f64, f64, usize, bool, &'static str);

const WINDOWS_DESK: &[DeskProgram] = &[
    ("wininit", r"C:\Windows\System32\wininit.exe", 0.0, 6.0, 1, false, ""),
    ("services", r"C:\Windows\System32\services.exe", 0.001, 12.0, 1, false, "wininit"),
    ("svchost", r"C:\Windows\System32\svchost.exe", 0.004, 160.0, 6, false, "services"),
    ("explorer", r"C:\Windows\explorer.exe", 0.003, 190.0, 1, true, ""),
    ("outlook", r"C:\Program Files\Microsoft Office\root\Office16\OUTLOOK.EXE", 0.006, 420.0, 1, true, "explorer"),
    ("edge", r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe", 0.012, 640.0, 5, true, "explorer"),
    (
        "defender",
        r"C:\ProgramData\Microsoft\Windows Defender\Platform\4.18.26100.1-0\MsMpEng.exe",
        0.004,
        230.0,
        1,
        false,
        "services",
    ),
];

const LINUX_DESK: &[DeskProgram] = &[
    ("systemd", "/usr/lib/systemd/systemd", 0.001, 14.0, 1, false, ""),
    ("cron", "/usr/sbin/cron", 0.0, 4.0, 1, false, "systemd"),
    ("gnome-shell", "/usr/bin/gnome-shell", 0.012, 310.0, 1, false, "systemd"),
    ("terminal", "/usr/libexec/gnome-terminal-server", 0.002, 70.0, 1, true, "systemd"),
    ("bash", "/usr/bin/bash", 0.0, 6.0, 1, false, "terminal"),
    ("firefox", "/usr/lib/firefox-esr/firefox-esr", 0.012, 760.0, 5, true, "gnome-shell"),
];

/// Default share of everything else on a desk.
const DESK_LOAD: f64 = 0.03;

/// A program with its current state.
struct Player {
    /// Name in the case.
    key: String,
    facts: Program,
    drift: Vec<Drift>,
    /// Pid of its first process, and its start time: both are new after every pause.
    pid: u64,
    start: u64,
    there: bool,
    usual: f64,
}

/// The whole history, line by line; the tests use seed 0.
pub fn lines(name: &str, seed: u32, case: &Case) -> Vec<String> {
    let name = if seed == 0 { name.to_owned() } else { format!("{name} {seed}") };
    let mut story = Story::new(&name, case);
    let mut lines = vec![story.header()];
    for part in case.played() {
        story.play(part, &mut lines);
    }
    lines
}

struct Story<'a> {
    case: &'a Case,
    rng: Rng,
    players: Vec<Player>,
    other: Drift,
    memory: Drift,
    slow: HashMap<&'static str, Drift>,
    /// Seconds since the start.
    now: f64,
    idle: f64,
    throttled: f64,
    next_pid: u64,
}

impl<'a> Story<'a> {
    fn new(name: &str, case: &'a Case) -> Self {
        let desk = if case.os == "windows" { WINDOWS_DESK } else { LINUX_DESK };
        let desk = if case.desk { desk } else { &[] };
        let desk = desk.iter().map(|(key, path, cpu, memory, processes, window, parent)| {
            let program = Program {
                path: Some((*path).to_owned()),
                name: None,
                parent: (!parent.is_empty()).then(|| (*parent).to_owned()),
                parent_name: None,
                services: Vec::new(),
                marks: Vec::new(),
                argument: None,
                window: Some(*window),
                processes: *processes,
                first: None,
                short_lived: false,
                memory_mb: *memory,
                variation: 0.8,
            };
            ((*key).to_owned(), program, *cpu * case.activity)
        });
        let own = case.program.iter().map(|(key, program)| (key.clone(), program.clone(), 0.0));
        let mut next_pid = 400;
        let players = desk
            .filter(|(key, ..)| !case.program.contains_key(key))
            .chain(own)
            .map(|(key, facts, usual)| {
                let pid = next_pid;
                next_pid += 40;
                let drift = vec![Drift::default(); facts.processes];
                Player { key, facts, drift, pid, start: 0, there: false, usual }
            })
            .collect();
        let rng = Rng::of(name);
        let (other, memory) = (Drift::default(), Drift::default());
        Self { case, rng, players, other, memory, slow: HashMap::new(), now: 0.0, idle: 3.0, throttled: 7.0, next_pid }
    }

    fn header(&self) -> String {
        let case = self.case;
        let mut header = json!({
            "schema": HISTORY_SCHEMA,
            "os": case.os,
            "cpus": case.cpus,
            "mem_bytes": (case.memory_gb * GB) as u64,
        });
        if let Some(days) = case.uptime_days {
            header["booted_at"] = json!(BEGIN - days * DAY);
        }
        if let Some(celsius) = case.idle_temp_c {
            header["idle_temp_c"] = json!(celsius);
        }
        if let Some(rpm) = case.idle_fan_rpm {
            header["idle_fan_rpm"] = json!(rpm);
        }
        if let Some(clock) = case.clock_ghz {
            header["max_frequency_hz"] = json!((clock * 1e9) as u64);
        }
        header.to_string()
    }

    fn play(&mut self, part: &Part, lines: &mut Vec<String>) {
        self.now += part.asleep + part.unwatched;
        let count = (part.seconds / self.case.step).round().max(1.0) as usize;
        for index in 0..count {
            let share = if count > 1 { index as f64 / (count - 1) as f64 } else { 1.0 };
            self.now += self.case.step;
            // A timer is never exact.
            let at = self.now + self.rng.share() * 0.04;
            let mut sample = self.sample(part, share, index == 0);
            sample.insert("at".into(), json!(((BEGIN + at) * 1000.0).round() / 1000.0));
            lines.push(Value::Object(sample).to_string());
        }
    }

    fn sample(&mut self, part: &Part, share: f64, is_first: bool) -> Map<String, Value> {
        let (processes, programs) = self.processes(part, share);
        // Only the normal activity of a desk is scaled, not what the case is about.
        let level = part.other.at(share);
        let level = if level <= DESK_LOAD { level * self.case.activity } else { level };
        let mut other = self.other.around(level, part.other_variation, &mut self.rng);
        let nobody = part.unattributed.map(|level| self.noisy("nobody", Ramp::Level(level), share, 0.15));
        let interrupts = part.interrupts.map(|ramp| self.noisy("interrupts", ramp, share, 0.15));
        let stolen = part.stolen.map(|ramp| self.noisy("stolen", ramp, share, 0.15));
        let fixed = programs + nobody.unwrap_or(0.0) + interrupts.unwrap_or(0.0) + stolen.unwrap_or(0.0);
        other = other.min((1.0 - fixed).max(0.0));
        let total_bytes = self.case.memory_gb * GB;
        let memory = (part.memory.at(share) + 0.004 * self.memory.next(&mut self.rng)).clamp(0.01, 0.995);
        self.idle = if part.away { self.idle.max(5.0) + self.case.step } else { self.rng.share() * 15.0 };
        let mut map = Map::new();
        let mut put = |name: &str, value: Value| {
            map.insert(name.to_owned(), value);
        };
        put("span_s", json!(self.case.step));
        put("cpu", json!(short((fixed + other).min(1.0))));
        put("everything_else_cpu", json!(short(other + nobody.unwrap_or(0.0))));
        put("mem_used_bytes", json!((memory * total_bytes) as u64));
        put("user_idle_s", json!(short(self.idle)));
        put("watched", json!(false));
        let network = self.noisy("network", part.net_kb, share, 0.4) * 1000.0;
        put("net_rx_bps", json!((network * 0.8) as u64));
        put("net_tx_bps", json!((network * 0.2) as u64));
        // Measured shares, temperatures and stalls: with a little noise, within their range.
        let shares = [
            ("gpu", part.gpu),
            ("fan_effort", part.fan_effort),
            ("disk_busy", part.disk_busy),
            ("pressure_memory", part.stall_memory),
            ("pressure_io", part.stall_io),
        ];
        for (name, ramp) in shares {
            if let Some(ramp) = ramp {
                put(name, json!(short(self.noisy(name, ramp, share, 0.03).min(1.0))));
            }
        }
        if !part.gpu_users.is_empty() {
            let user = |(name, ramp): (&String, &Ramp)| json!({ "program": name, "gpu": short(ramp.at(share)) });
            put("gpu_users", part.gpu_users.iter().map(user).collect());
        }
        if !part.net_users.is_empty() {
            let user = |(name, [rx, tx]): (&String, &[f64; 2])| json!({ "program": name, "rx_bps": (rx * 1000.0) as u64, "tx_bps": (tx * 1000.0) as u64 });
            put("net_users", part.net_users.iter().map(user).collect());
        }
        if part.stall_memory.is_some() || part.stall_io.is_some() {
            for name in ["pressure_cpu", "pressure_memory", "pressure_io"] {
                map.entry(name).or_insert(json!(0.0));
            }
        }
        let mut put = |name: &str, value: Value| {
            map.insert(name.to_owned(), value);
        };
        for (name, value) in [("unattributed_cpu", nobody), ("interrupts", interrupts), ("stolen", stolen)] {
            if let Some(value) = value {
                put(name, json!(short(value)));
            }
        }
        if let Some(ramp) = part.temp_c {
            put("temp_c", json!(short(self.noisy("temp", ramp, share, 0.01))));
        }
        if let Some(ramp) = part.fan_rpm {
            put("fan_rpm", json!(self.noisy("fan", ramp, share, 0.02) as u64));
        }
        if let Some((ramp, swap)) = part.swap.zip(self.case.swap_gb) {
            put("swap_total_bytes", json!((swap * GB) as u64));
            put("swap_used_bytes", json!((ramp.at(share).min(1.0) * swap * GB) as u64));
        }
        if let Some(events) = part.throttle {
            self.throttled += events;
            put("throttle_events", json!(self.throttled as u64));
        }
        if let Some((ramp, clock)) = part.clock.zip(self.case.clock_ghz) {
            put("frequency_hz", json!((self.noisy("clock", ramp, share, 0.04).min(1.0) * clock * 1e9) as u64));
        }
        for (name, flag) in [("on_battery", part.on_battery), ("battery_saver", part.saver)] {
            if let Some(flag) = flag {
                put(name, json!(flag));
            }
        }
        if is_first && part.asleep > 0.0 {
            put("slept_s", json!(part.asleep));
        }
        if is_first && !part.closed.is_empty() {
            put("closed", json!(part.closed));
        }
        if part.volumes_silent {
            put("volumes_missing", json!("stale"));
        } else if !part.volume.is_empty() {
            let volumes = part.volume.iter().map(|volume| {
                json!({
                    "name": volume.name,
                    "total_bytes": (volume.total_gb * GB) as u64,
                    "free_bytes": (volume.free_gb.at(share) * GB) as u64,
                })
            });
            put("volumes", volumes.collect());
        }
        if let Some(condition) = &part.condition {
            let ago = |days: Option<f64>| days.map(|days| BEGIN - days * DAY);
            let autostart =
                |entry: &AutostartPart| json!({ "name": entry.name, "file": entry.file, "since": ago(entry.days) });
            let autostarts = condition.autostarts.as_ref().map(|list| list.iter().map(autostart).collect::<Vec<_>>());
            let browsers = condition.browsers.as_ref().map(|browsers| -> Value {
                let browser = |(name, browser): (&String, &BrowserPart)| {
                    json!({
                        "name": name,
                        "dated_at": ago(browser.age_days),
                        "update_waiting": browser.update_waiting,
                        "ad_blocking": browser.ad_blocking,
                    })
                };
                browsers.iter().map(browser).collect()
            });
            put(
                "condition",
                json!({
                    "restart_pending": condition.restart_pending,
                    "antivirus": condition.antivirus,
                    "updated_at": ago(condition.updated_days),
                    "fast_startup": condition.fast_startup,
                    "autostarts": autostarts,
                    "browsers": browsers,
                    "sudden_stop": condition.sudden_stop.map(|stop| {
                        let ago = |hours: f64| BEGIN - hours * 3600.0;
                        json!({ "at": ago(stop.hours), "back": ago(stop.back_hours), "reason": stop.reason, "code": stop.code })
                    }),
                }),
            );
        }
        put("top", Value::Array(processes));
        map
    }

    /// The processes, and their total use, scaled down where it would exceed the whole PC.
    fn processes(&mut self, part: &Part, share: f64) -> (Vec<Value>, f64) {
        let mut list: Vec<(Map<String, Value>, f64)> = Vec::new();
        let seconds = self.now.max(0.0) as u64 + 100_000;
        let running: Vec<bool> = self
            .players
            .iter()
            .map(|player| {
                player.usual > 0.0
                    || !self.case.program.contains_key(&player.key)
                    || part.runs.contains_key(&player.key)
            })
            .collect();
        // First which programs run, then their parents.
        for (player, runs) in self.players.iter_mut().zip(&running) {
            if *runs && (!player.there || player.facts.short_lived) && self.case.program.contains_key(&player.key) {
                player.pid = self.next_pid;
                player.start = seconds;
                self.next_pid += player.facts.processes as u64 + 3;
            }
            player.there = *runs;
        }
        let parents: HashMap<String, u64> =
            self.players.iter().filter(|player| player.there).map(|player| (player.key.clone(), player.pid)).collect();
        for index in 0..self.players.len() {
            let player = &mut self.players[index];
            if !player.there {
                continue;
            }
            let run = part.runs.get(&player.key).map(|run| run.full());
            let level = run.map_or(player.usual, |run| run.cpu.at(share));
            let variation = run.and_then(|run| run.variation).unwrap_or(player.facts.variation);
            let memory = run.and_then(|run| run.memory_mb).map_or(player.facts.memory_mb, |ramp| ramp.at(share));
            let count = player.facts.processes.max(1);
            let first = player.facts.first.unwrap_or(1.0 / count as f64);
            let rest = if count > 1 { (1.0 - first) / (count - 1) as f64 } else { 0.0 };
            let parent = player.facts.parent.as_ref().and_then(|parent| parents.get(parent)).copied();
            for part_number in 0..count {
                let share_of_part = if part_number == 0 { first } else { rest };
                let cpu = player.drift[part_number].around(level * share_of_part, variation, &mut self.rng);
                let mut map = Map::new();
                map.insert("pid".into(), json!(player.pid + part_number as u64));
                map.insert("start".into(), json!(player.start));
                // The other processes of a program are children of its first one.
                let parent = if part_number > 0 && !player.facts.short_lived { Some(player.pid) } else { parent };
                map.insert("parent".into(), json!(parent.unwrap_or(1)));
                let path = player.facts.path.as_deref();
                let file = path.and_then(|path| path.rsplit(['/', '\\']).next());
                let name = player.facts.name.as_deref().or(file).unwrap_or("?");
                map.insert("name".into(), json!(name));
                if let Some(path) = path {
                    map.insert("path".into(), json!(path));
                }
                map.insert("mem_bytes".into(), json!((memory * MB / count as f64) as u64));
                if let Some(disk) = run.and_then(|run| run.disk_mb) {
                    let rate = disk * MB / count as f64 * (0.7 + 0.6 * self.rng.share());
                    map.insert("disk_read_bps".into(), json!((rate * 0.4) as u64));
                    map.insert("disk_write_bps".into(), json!((rate * 0.6) as u64));
                } else {
                    let rate = 3000.0 * self.rng.share();
                    map.insert("disk_read_bps".into(), json!(0));
                    map.insert("disk_write_bps".into(), json!(rate as u64));
                }
                let window = run.and_then(|run| run.window).or(player.facts.window);
                if let Some(window) = window {
                    map.insert("window".into(), json!(window && part_number == 0));
                }
                if run.is_some_and(|run| run.hung) && part_number == 0 {
                    map.insert("hung".into(), json!(true));
                }
                if !player.facts.marks.is_empty() {
                    map.insert("marks".into(), json!(player.facts.marks));
                }
                if !player.facts.services.is_empty() {
                    map.insert("services".into(), json!(player.facts.services));
                }
                if let Some(parent) = &player.facts.parent_name {
                    map.insert("parent_name".into(), json!(parent));
                }
                if let Some(argument) = &player.facts.argument {
                    map.insert("argument".into(), json!(argument));
                }
                list.push((map, cpu));
            }
        }
        let fixed = part.unattributed.unwrap_or(0.0)
            + part.interrupts.map_or(0.0, |ramp| ramp.at(share))
            + part.stolen.map_or(0.0, |ramp| ramp.at(share));
        let most = (0.99 - fixed).max(0.05);
        let all: f64 = list.iter().map(|(_, cpu)| cpu).sum();
        let scale = if all > most { most / all } else { 1.0 };
        let processes = list.into_iter().map(|(mut map, cpu)| {
            map.insert("cpu".into(), json!(short(cpu * scale)));
            Value::Object(map)
        });
        (processes.collect(), all * scale)
    }

    fn noisy(&mut self, name: &'static str, ramp: Ramp, share: f64, variation: f64) -> f64 {
        self.slow.entry(name).or_default().around(ramp.at(share), variation, &mut self.rng)
    }
}

/// Rounds to four decimals, the precision of a real PC.
fn short(value: f64) -> f64 {
    (value * 10_000.0).round() / 10_000.0
}
