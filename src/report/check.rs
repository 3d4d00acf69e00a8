//! The form `mimamori.check/1`: shares are fractions of the whole PC; an unknown value is `null`, with its reason in
//! `…_missing` beside it.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::history::AtForm;
use crate::diagnose::{Finding, RuleId};
use crate::explain::{Texts, explain, known_of};
use crate::knowledge::Knowledge;
use crate::model::{
    At, Autostart, BrowserState, Condition, Machine, Member, ProcSample, ProgramSample, Reading, Sample, SelfUsage, Use,
};
use crate::remedy::Plan;

/// Name and version of the form.
pub const CHECK_SCHEMA: &str = "mimamori.check/1";

/// Input of the report.
pub struct CheckReport<'a> {
    /// The PC.
    pub machine: &'a Machine,
    /// The newest sample.
    pub sample: &'a Sample,
    /// Every program with all its processes: a sample keeps those of some only.
    pub programs: &'a [ProgramSample],
    /// Findings with their remedies.
    pub findings: &'a [(Finding, Plan)],
    /// Resource usage of the check itself.
    pub own: SelfUsage,
    /// For display names.
    pub knowledge: &'a Knowledge,
    /// The texts of both languages.
    pub texts: [&'a Texts; 2],
}

impl CheckReport<'_> {
    /// Converts the report to JSON.
    pub fn to_json(&self) -> Value {
        let mut own = Map::new();
        put(&mut own, "cpu", &self.own.cpu);
        put(&mut own, "rss_bytes", &self.own.memory);
        let findings: Vec<Value> = self
            .findings
            .iter()
            .map(|(finding, plan)| finding_json(finding, plan, self.knowledge, &self.texts, AtForm::Text))
            .collect();
        json!({
            "schema": CHECK_SCHEMA,
            "at": AtForm::Text.write(self.sample.at),
            "machine": machine_json(self.machine),
            "sample": sample_json(self.sample, self.programs),
            "findings": findings,
            "self": own,
        })
    }
}

/// Inserts a reading: the value, or `null` and the reason.
pub(super) fn put<T: Serialize>(map: &mut Map<String, Value>, name: &str, reading: &Reading<T>) {
    match reading {
        Reading::Known(value) => {
            map.insert(name.to_owned(), json!(value));
        }
        Reading::Missing(why) => {
            map.insert(name.to_owned(), Value::Null);
            map.insert(format!("{name}_missing"), json!(why));
        }
    }
}

fn machine_json(machine: &Machine) -> Value {
    let mut map = Map::new();
    map.insert("os".into(), json!(machine.os));
    put(&mut map, "os_name", &machine.os_name);
    map.insert("cpus".into(), json!(machine.cpus));
    put(&mut map, "mem_bytes", &machine.memory);
    put(&mut map, "boot_id", &machine.boot_id);
    put(&mut map, "virtual", &machine.is_virtual);
    put(&mut map, "swap_in_memory", &machine.is_swap_in_memory);
    put(&mut map, "booted_at", &machine.booted_at.map(|at| AtForm::Text.write(at)));
    Value::Object(map)
}

/// A sample with the field names of a recorded history; `programs` group its processes.
pub fn sample_json(sample: &Sample, programs: &[ProgramSample]) -> Value {
    let mut map = Map::new();
    let of_memory = |pick: fn(&crate::model::Memory) -> u64| sample.memory.map(|memory| pick(&memory));
    put(&mut map, "cpu", &sample.cpu);
    map.insert("per_core".into(), json!(sample.per_core));
    put(&mut map, "frequency_hz", &sample.frequency);
    put(&mut map, "mem_used_bytes", &of_memory(|memory| memory.used.0));
    put(&mut map, "mem_total_bytes", &of_memory(|memory| memory.total.0));
    put(&mut map, "swap_used_bytes", &sample.swap.map(|swap| swap.used));
    put(&mut map, "swap_total_bytes", &sample.swap.map(|swap| swap.total));
    put(&mut map, "temp_c", &sample.temperature);
    put(&mut map, "fan_rpm", &sample.fan);
    put(&mut map, "fan_effort", &sample.fan_effort);
    put(&mut map, "throttle_events", &sample.throttle_events);
    put(&mut map, "pressure_cpu", &sample.pressure.map(|pressure| pressure.cpu));
    put(&mut map, "pressure_memory", &sample.pressure.map(|pressure| pressure.memory));
    put(&mut map, "pressure_io", &sample.pressure.map(|pressure| pressure.io));
    put(&mut map, "gpu", &sample.gpu);
    put(&mut map, "gpu_users", &users(&sample.gpu_users, |gpu| json!({ "gpu": gpu })));
    put(
        &mut map,
        "net_users",
        &users(&sample.net_users, |traffic| json!({ "rx_bps": traffic.rx, "tx_bps": traffic.tx })),
    );
    put(&mut map, "interrupts", &sample.interrupts);
    put(&mut map, "stolen", &sample.stolen);
    put(&mut map, "disk_busy", &sample.disk_busy);
    put(&mut map, "watched", &sample.watched);
    map.insert("condition".into(), condition_json(&sample.condition));
    put(&mut map, "disk_read_bps", &sample.disk_read);
    put(&mut map, "disk_write_bps", &sample.disk_write);
    put(&mut map, "net_rx_bps", &sample.net_rx);
    put(&mut map, "net_tx_bps", &sample.net_tx);
    put(&mut map, "on_battery", &sample.power.map(|power| power.on_battery));
    put(&mut map, "battery_saver", &sample.power.map(|power| power.saver));
    put(&mut map, "user_idle_s", &sample.user_idle);
    put(&mut map, "foreground_pid", &sample.foreground);
    put(&mut map, "volumes", &Reading::Known(sample.volumes.known().cloned().unwrap_or_default()));
    if let Some(why) = sample.volumes.why() {
        map.insert("volumes_missing".into(), json!(why));
    }
    if !sample.silent_volumes.is_empty() {
        map.insert("silent_volumes".into(), json!(sample.silent_volumes));
    }
    let top: Vec<Value> = sample.top.iter().map(|process| process_json(process, programs)).collect();
    // The total minus the listed processes, so that the figures add up.
    let listed: f64 = sample.top.iter().filter_map(|process| process.cpu.get()).map(crate::model::Fraction::get).sum();
    let rest = match (&sample.everything_else, sample.top.is_empty()) {
        (Reading::Missing(why), _) => Reading::Missing(*why),
        (rest, true) => *rest,
        _ => sample.cpu.map(|total| crate::model::Fraction::new(total.get() - listed)),
    };
    map.insert("top".into(), Value::Array(top));
    put(&mut map, "everything_else_cpu", &rest);
    put(&mut map, "unattributed_cpu", &sample.unattributed);
    map.insert("process_count".into(), json!(sample.process_count));
    Value::Object(map)
}

fn users<T: Copy>(users: &Reading<Vec<Use<T>>>, part: fn(T) -> Value) -> Reading<Vec<Value>> {
    let entry = |user: &Use<T>| {
        let mut value = part(user.part);
        value["program"] = json!(user.program);
        value
    };
    match users {
        Reading::Known(users) => Reading::Known(users.iter().map(entry).collect()),
        Reading::Missing(why) => Reading::Missing(*why),
    }
}

fn condition_json(condition: &Condition) -> Value {
    let mut map = Map::new();
    put(&mut map, "restart_pending", &condition.restart_pending);
    put(&mut map, "antivirus", &condition.antivirus);
    put(&mut map, "updated_at", &condition.updated_at.map(|at| AtForm::Text.write(at)));
    put(&mut map, "fast_startup", &condition.fast_startup);
    put(&mut map, "reserved_memory_bytes", &condition.reserved_memory);
    let list = condition.autostarts.clone().map(|list| list.iter().map(autostart_json).collect::<Vec<_>>());
    put(&mut map, "autostarts", &list);
    let browsers = condition.browsers.clone().map(|browsers| browsers.iter().map(browser_json).collect::<Vec<_>>());
    put(&mut map, "browsers", &browsers);
    if let Some(stop) = &condition.sudden_stop {
        let [at, back] = [stop.at, stop.back].map(|at| AtForm::Text.write(at));
        map.insert("sudden_stop".into(), json!({ "at": at, "back": back, "reason": stop.reason, "code": stop.code }));
    }
    Value::Object(map)
}

fn browser_json(browser: &BrowserState) -> Value {
    let mut map = Map::new();
    map.insert("name".into(), json!(browser.name));
    put(&mut map, "dated_at", &browser.dated_at.map(|at| AtForm::Text.write(at)));
    put(&mut map, "update_waiting", &browser.update_waiting);
    put(&mut map, "ad_blocking", &browser.ad_blocking);
    Value::Object(map)
}

fn autostart_json(entry: &Autostart) -> Value {
    let mut map = Map::new();
    map.insert("name".into(), json!(entry.name));
    if let Some(file) = &entry.file {
        map.insert("file".into(), json!(file));
    }
    if let Some(since) = entry.since {
        map.insert("since".into(), json!(AtForm::Text.write(since)));
    }
    Value::Object(map)
}

fn process_json(process: &ProcSample, programs: &[ProgramSample]) -> Value {
    let facts = &process.facts;
    let group = programs
        .iter()
        .find(|program| program.members.iter().any(|member| member.key == facts.key))
        .map_or_else(|| facts.given_group().map(str::to_owned), |program| Some(program.name.to_string()));
    let mut map = Map::new();
    map.insert("pid".into(), json!(facts.key.pid));
    map.insert("start".into(), json!(facts.key.start_time));
    map.insert("parent".into(), json!(facts.parent));
    map.insert("name".into(), json!(facts.name));
    put(&mut map, "path", &facts.path);
    if !facts.services.is_empty() {
        map.insert("services".into(), json!(facts.services));
    }
    map.insert("group".into(), group.map_or_else(|| json!(Knowledge::plain_name(facts)), Value::String));
    map.insert("owner".into(), json!(facts.owner));
    put(&mut map, "cpu", &process.cpu);
    put(&mut map, "mem_bytes", &process.memory);
    put(&mut map, "disk_read_bps", &process.disk_read);
    put(&mut map, "disk_write_bps", &process.disk_write);
    put(&mut map, "window", &process.window);
    if process.hung {
        map.insert("hung".into(), json!(true));
    }
    let first = |program: &&ProgramSample| program.members.first().is_some_and(|member| member.key == facts.key);
    if let Some(program) = programs.iter().find(first) {
        let origin = &program.origin;
        if !origin.marks.is_empty() {
            map.insert("marks".into(), json!(origin.marks));
        }
        if let Some(parent) = &origin.parent {
            map.insert("parent_name".into(), json!(parent));
        }
        if let Some(argument) = &origin.argument {
            map.insert("argument".into(), json!(argument));
        }
    }
    map.insert("threads".into(), json!(process.threads));
    map.insert("state".into(), json!(process.state));
    Value::Object(map)
}

/// A finding with its texts in both languages.
pub fn finding_json(finding: &Finding, plan: &Plan, knowledge: &Knowledge, texts: &[&Texts; 2], form: AtForm) -> Value {
    let words: Map<String, Value> =
        texts.iter().map(|texts| (texts.lang().code().to_owned(), json!(explain(finding, knowledge, texts)))).collect();
    let mut value = json!({
        "rule": finding.rule,
        "severity": finding.severity,
        "confidence": finding.confidence,
        "subject": subject_json(&finding.subject),
        "since": form.write(finding.since),
        "evidence": finding.evidence,
        "text": words,
        "remedies": plan.remedies,
    });
    if let Some(map) = value.as_object_mut() {
        if let Some(cause) = &finding.cause {
            map.insert("cause".into(), subject_json(cause));
        }
        // Advice for a program may be wrong for what hides behind its name.
        if let Some(known) = known_of(finding, knowledge).filter(|_| finding.rule != RuleId::SecretMining) {
            map.insert("advice".into(), json!(known.advice));
        }
        if !finding.signs.is_empty() {
            map.insert("signs".into(), json!(finding.signs));
        }
        if let Some(parent) = &finding.parent {
            map.insert("parent".into(), json!(parent));
        }
        if !finding.limitations.is_empty() {
            map.insert("limitations".into(), json!(finding.limitations));
        }
    }
    value
}

fn subject_json(subject: &crate::diagnose::Subject) -> Value {
    let pids: Vec<u32> = subject.members.iter().map(|Member { key, .. }| key.pid).collect();
    json!({
        "kind": subject.kind,
        "group": subject.group,
        "name": subject.name.en,
        "path": subject.path,
        "pids": pids,
    })
}

impl AtForm {
    /// Writes a time in this form.
    pub fn write(self, at: At) -> Value {
        match self {
            Self::Text => Timestamp::from_millisecond(at.0).map_or(Value::Null, |time| json!(time.to_string())),
            Self::Seconds if at.0 % 1000 == 0 => json!(at.0 / 1000),
            Self::Seconds => json!(at.0 as f64 / 1000.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::{Bytes, Fraction, Memory, Os, Owner, ProcFacts, ProcKey, ProcState, Why};

    #[test]
    fn a_process_at_rest_has_its_program_too() {
        let facts = ProcFacts {
            parent: 1,
            name: "svchost.exe".into(),
            path: Reading::Known(r"C:\Windows\System32\svchost.exe".into()),
            args: Reading::Missing(Why::NoPermission),
            owner: Owner::System,
            services: vec!["EventLog".into()],
            ..ProcFacts::new(ProcKey { pid: 7, start_time: 7 })
        };
        let process = ProcSample {
            cpu: Reading::Known(Fraction::ZERO),
            threads: 1,
            state: ProcState::Sleeping,
            ..ProcSample::new(Arc::new(facts))
        };
        let knowledge = Knowledge::builtin().expect("tables");
        let memory = Memory { used: Bytes(1 << 30), total: Bytes(16 << 30) };
        let mut sample = Sample { memory: Reading::Known(memory), ..Sample::default() };
        let table = crate::diagnose::Grouper::new(Os::Windows).group(&mut sample, vec![process], &knowledge);
        assert!(sample.programs[0].members.is_empty(), "a sample keeps only what matters");
        let top = &sample_json(&sample, &table.programs)["top"][0];
        assert_eq!((&top["group"], &top["services"]), (&json!("Windows event log"), &json!(["EventLog"])));
    }
}
