//! A valid history with arbitrary figures: whatever the reader accepts must not break a rule.

#![no_main]

use libfuzzer_sys::arbitrary::{Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use mimamori::support::replay::Replay;
use serde_json::{Map, Value, json};

const SHARES: [&str; 11] = [
    "cpu",
    "gpu",
    "interrupts",
    "disk_busy",
    "pressure_cpu",
    "pressure_memory",
    "pressure_io",
    "fan_effort",
    "everything_else_cpu",
    "unattributed_cpu",
    "temp_c",
];
const AMOUNTS: [&str; 16] = [
    "mem_used_bytes",
    "mem_total_bytes",
    "swap_used_bytes",
    "swap_total_bytes",
    "disk_read_bps",
    "disk_write_bps",
    "net_rx_bps",
    "net_tx_bps",
    "fan_rpm",
    "frequency_hz",
    "throttle_events",
    "user_idle_s",
    "foreground_pid",
    "process_count",
    "span_s",
    "temp_c",
];
const FLAGS: [&str; 3] = ["on_battery", "battery_saver", "watched"];
const NAMES: [&str; 8] =
    ["chrome.exe", "svchost.exe", "MsMpEng.exe", "xmrig", "kworker/0:1", "sums", "explorer.exe", "Isolated Web Co"];
/// Their display names.
const PROGRAMS: [&str; 4] = ["Google Chrome", "xmrig", "sums", "nobody"];
const FOLDERS: [&str; 6] =
    ["", "/usr/bin/", "/tmp/.x/", r"C:\Windows\System32\", r"C:\Users\a\AppData\Local\Temp\", r"C:\Program Files\X\"];
const MARKS: [&str; 10] = [
    "miner_name",
    "wrong_folder",
    "temporary_folder",
    "hidden_file",
    "never_busy",
    "installed",
    "unsigned",
    "new",
    "pool_port",
    "mine",
];
/// Most lines in a history, so that one run stays short.
const MOST_LINES: usize = 400;

fuzz_target!(|data: &[u8]| {
    // Running out of data ends the history.
    let _ = play(&mut Unstructured::new(data));
});

fn play(source: &mut Unstructured<'_>) -> Result<()> {
    let header = json!({
        "schema": "mimamori.history/1",
        "os": source.choose(&["windows", "linux"])?,
        "cpus": amount(source)?,
        "mem_bytes": amount(source)?,
        "booted_at": amount(source)?,
        "max_frequency_hz": amount(source)?,
        "idle_temp_c": amount(source)?,
        "idle_fan_rpm": amount(source)?,
    });
    let mut replay = Replay::begin(&header.to_string(), &mimamori::KNOWLEDGE).expect("a header");
    let mut at = *source.choose(&[1000.0, 1.7e9, 9e10, 1.7e12, -1e10, 253_402_207_200.0])?;
    let mut line = Map::new();
    let mut lines = 0;
    while !source.is_empty() && lines < MOST_LINES {
        // Most of a line stays the same from one to the next; a few fields change.
        for _ in 0..source.int_in_range(0..=5)? {
            change(&mut line, source)?;
        }
        let step = *source.choose(&[2.0, 2.0, 2.0, 0.001, 30.0, 60.0, 7200.0, 1e6])?;
        for _ in 0..source.int_in_range(1..=40)? {
            at += step;
            lines += 1;
            line.insert("at".into(), json!(at));
            if let Ok(Some((sample, findings))) = replay.line(&Value::Object(line.clone()).to_string()) {
                mimamori::render_all(&sample, &findings);
            }
        }
    }
    Ok(())
}

fn change(line: &mut Map<String, Value>, source: &mut Unstructured<'_>) -> Result<()> {
    let (name, value) = match source.int_in_range(0..=9)? {
        0 | 1 => (*source.choose(&SHARES)?, share(source)?),
        2 => (*source.choose(&AMOUNTS)?, amount(source)?),
        3 => (*source.choose(&FLAGS)?, json!(source.arbitrary::<bool>()?)),
        4 => ("volumes", json!([{ "name": "C:", "total_bytes": amount(source)?, "free_bytes": amount(source)? }])),
        5 => ("closed", json!([source.choose(&NAMES)?])),
        6 => {
            let state = *source.choose(&["good", "poor", "paused", "off", "x"])?;
            let updated = amount(source)?;
            let pending = source.arbitrary::<bool>()?;
            ("condition", json!({ "restart_pending": pending, "antivirus": state, "updated_at": updated }))
        }
        7 => ("gpu_users", json!([{ "program": source.choose(&PROGRAMS)?, "gpu": share(source)? }])),
        8 => {
            let (rx, tx) = (amount(source)?, amount(source)?);
            ("net_users", json!([{ "program": source.choose(&PROGRAMS)?, "rx_bps": rx, "tx_bps": tx }]))
        }
        _ => {
            let count = source.int_in_range(0..=3)?;
            let processes: Result<Vec<Value>> = (0..count).map(|_| process(source)).collect();
            ("top", json!(processes?))
        }
    };
    line.insert(name.to_owned(), value);
    Ok(())
}

fn process(source: &mut Unstructured<'_>) -> Result<Value> {
    let name = if source.ratio(7, 8)? { *source.choose(&NAMES)? } else { source.arbitrary::<&str>()? };
    let folder = source.choose(&FOLDERS)?;
    let marks = *source.choose(&MARKS)?;
    Ok(json!({
        "pid": source.int_in_range(0..=4)?,
        "start": source.int_in_range(0..=4)?,
        "parent": source.int_in_range(0..=4)?,
        "name": name,
        "path": format!("{folder}{name}"),
        "cpu": share(source)?,
        "mem_bytes": amount(source)?,
        "disk_read_bps": amount(source)?,
        "disk_write_bps": amount(source)?,
        "window": source.arbitrary::<bool>()?,
        "hung": source.ratio(1, 8)?,
        "marks": [marks],
        "parent_name": source.choose(&NAMES)?,
    }))
}

fn share(source: &mut Unstructured<'_>) -> Result<Value> {
    Ok(json!(*source.choose(&[0.0, 0.02, 0.12, 0.3, 0.6, 0.9, 1.0, 1.05, 5e-324, 60.0, -1.0])?))
}

fn amount(source: &mut Unstructured<'_>) -> Result<Value> {
    Ok(match source.int_in_range(0..=13)? {
        0 => json!(0),
        1 => json!(1),
        2 => json!(4),
        3 => json!(55.0),
        4 => json!(4096),
        5 => json!(12e6),
        6 => json!(4_000_000_000_u64),
        7 => json!(8_589_934_592_u64),
        8 => json!(i64::MAX),
        9 => json!(u64::MAX),
        10 => json!(1e300),
        11 => json!(5e-324),
        12 => json!(-1),
        _ => json!(source.arbitrary::<u32>()?),
    })
}
