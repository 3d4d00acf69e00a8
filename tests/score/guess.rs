//! Guesses the meaning of an unknown recording's columns from their names and contents. Every guess is reported.

use std::collections::BTreeMap;

use super::convert::time;
use super::map::{Column, Label, Map, Time};
use super::sheet::Sheet;

/// Time formats that loggers write.
const FORMS: [&str; 11] = [
    "unix",
    "rfc3339",
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y/%m/%d %H:%M:%S%.f",
    "%Y%m%d %H:%M:%S%.f",
    "%d.%m.%Y %H:%M:%S%.f",
    "%m/%d/%Y %H:%M:%S%.f",
    "%d/%m/%Y %H:%M:%S%.f",
    "%m/%d/%Y %I:%M:%S %p",
    "%H:%M:%S%.f",
];

/// Whole names as [`plain`] makes them, best first.
const TIMES: [&str; 10] =
    ["timestamp", "ts", "datetime", "date_time", "time_stamp", "unix_time", "epoch", "time", "date", "pdh_csv"];
const CPUS: [&str; 18] = [
    "cpu_total",
    "total_cpu_usage",
    "total_cpu_utility",
    "cpu_percent",
    "cpu_usage",
    "cpu_utilization",
    "cpu_util",
    "cpu_load",
    "cpu_total_load",
    "cpu_usage_percent",
    "system_cpu_percent",
    "cpu_used",
    "overall_cpu",
    "total_cpu",
    "processor_total_processor_time",
    "processor_time",
    "cpu",
    "usage",
];
const GPUS: [&str; 8] = [
    "gpu_util",
    "gpu_usage",
    "gpu_load",
    "gpu_core_load",
    "gpu_utilization",
    "utilization_gpu",
    "gpu_d3d_usage",
    "gpu",
];
const HEATS: [&str; 9] = [
    "cpu_temp",
    "cpu_temperature",
    "cpu_package_temperature",
    "core_max",
    "temp_c",
    "temp",
    "temperature",
    "cpu_package",
    "cpu_temp_c",
];
const MEMORIES: [&str; 10] = [
    "mem_used",
    "memory_used",
    "mem_percent",
    "memory_percent",
    "ram_percent",
    "physical_memory_load",
    "ram",
    "memory",
    "memory_usage",
    "mem",
];
const RECEIVED: [&str; 8] =
    ["net_in_bps", "net_rx_bps", "net_rx", "net_in", "net_bytes_recv", "bytes_recv", "network_received", "network_in"];
const SENT: [&str; 8] =
    ["net_out_bps", "net_tx_bps", "net_tx", "net_out", "net_bytes_sent", "bytes_sent", "network_sent", "network_out"];
const LABELS: [&str; 16] = [
    "crypto_running",
    "label",
    "class",
    "target",
    "is_mining",
    "mining",
    "miner",
    "cryptojacking",
    "is_miner",
    "attack",
    "infected",
    "malicious",
    "is_malicious",
    "anomaly",
    "state",
    "mode",
];
const BAD: [&str; 14] = [
    "1",
    "true",
    "yes",
    "mining",
    "miner",
    "mine",
    "malicious",
    "attack",
    "infected",
    "cryptojacking",
    "cryptomining",
    "positive",
    "anomaly",
    "malware",
];
/// Label values that mean the opposite.
const GOOD_VALUES: [&str; 8] = ["false", "no", "normal", "benign", "idle", "negative", "baseline", "legitimate"];
/// Words in a path that label a whole recording.
const BAD_WORDS: [&str; 11] = [
    "infected",
    "miner",
    "mining",
    "cryptojacking",
    "xmrig",
    "coinimp",
    "coinhive",
    "malware",
    "nicehash",
    "monero",
    "attack",
];
const GOOD_WORDS: [&str; 9] =
    ["normal", "benign", "idle", "ordinary", "baseline", "office", "clean_use", "gaming", "harmless"];

/// A guessed map, with every guess in words. `None` if nothing looks like a load.
pub fn guess(path: &str, sheet: &Sheet) -> (Option<Map>, Vec<String>) {
    let mut notes = Vec::new();
    let names: Vec<String> = sheet.names.iter().map(|name| plain(name)).collect();
    let find = |wanted: &[&str]| wanted.iter().find_map(|wanted| names.iter().position(|name| name == wanted));
    let mut columns = BTreeMap::new();
    let mut add = |field: &str, index: usize, scale: f64, counter: bool| {
        let name = sheet.names[index].clone();
        let nth = sheet.names[..=index].iter().filter(|other| other.to_lowercase() == name.to_lowercase()).count();
        columns.insert(field.to_owned(), Column { name, nth, scale, counter });
    };
    let any_cpu = || {
        let words = ["percent", "usage", "util", "load", "total"];
        let fits = |name: &String| {
            name.contains("cpu")
                && words.iter().any(|word| name.contains(word))
                && !name.contains(|c: char| c.is_ascii_digit())
        };
        names.iter().position(fits)
    };
    let mut has_load = false;
    if let Some(index) = find(&CPUS).or_else(any_cpu) {
        if let Some((scale, why)) = share(sheet, index) {
            add("cpu", index, scale, false);
            notes.push(format!("processors: {:?} ({why})", sheet.names[index]));
            has_load = true;
        } else {
            notes.push(format!("{:?} holds no share", sheet.names[index]));
        }
    } else if let Some((index, (scale, why))) =
        find(&["cpu_idle"]).and_then(|index| Some((index, share(sheet, index)?)))
    {
        add("cpu_idle", index, scale, false);
        notes.push(format!("processors: what is left of {:?} ({why})", sheet.names[index]));
        has_load = true;
    }
    if let Some((index, (scale, why))) = find(&GPUS).and_then(|index| Some((index, share(sheet, index)?))) {
        add("gpu", index, scale, false);
        notes.push(format!("graphics: {:?} ({why})", sheet.names[index]));
        has_load = true;
    }
    if let Some(index) =
        find(&HEATS).filter(|index| range(sheet, *index).is_some_and(|(_, most)| (20.0..=115.0).contains(&most)))
    {
        add("temp_c", index, 1.0, false);
        notes.push(format!("degrees: {:?}", sheet.names[index]));
    }
    let mut mem_bytes = None;
    if let Some((index, (_, most))) = find(&MEMORIES).and_then(|index| Some((index, range(sheet, index)?))) {
        if most > 1e6 {
            add("mem_used_bytes", index, 1.0, false);
            if let Some(total) = find(&["mem_total", "memory_total"]) {
                add("mem_total_bytes", total, 1.0, false);
            }
            notes.push(format!("memory in bytes: {:?}", sheet.names[index]));
        } else if most <= 100.0 {
            add("mem_used_share", index, if most > 1.05 { 0.01 } else { 1.0 }, false);
            mem_bytes = Some(16 << 30);
            notes.push(format!("memory as a share: {:?}, of 16 GB", sheet.names[index]));
        }
    }
    for (field, wanted) in [("net_rx_bps", RECEIVED), ("net_tx_bps", SENT)] {
        if let Some(index) = find(&wanted) {
            let counter = grows(sheet, index);
            add(field, index, 1.0, counter);
            let how = if counter { "counts up" } else { "a second" };
            notes.push(format!("network: {:?} ({how})", sheet.names[index]));
        }
    }
    let (time, why) = guess_time(sheet, &names);
    notes.push(why);
    let label = guess_label(path, sheet, &names, &mut notes);
    let map = Map {
        pattern: path.to_owned(),
        source: None,
        os: "windows".to_owned(),
        cpus: 4,
        mem_bytes,
        time,
        label,
        columns,
    };
    (has_load.then_some(map), notes)
}

fn guess_time(sheet: &Sheet, names: &[String]) -> (Time, String) {
    let default = Time { columns: Vec::new(), form: "unix".into(), step: 1.0, sort: true, gap: 60.0 };
    let place = |wanted: &str| names.iter().position(|name| name == wanted);
    let date_and_time = place("date").zip(place("time")).map(|(date, time)| vec![date, time]);
    let begins = || names.iter().position(|name| TIMES.iter().any(|time| name.starts_with(time)));
    let one = || TIMES.iter().find_map(|wanted| place(wanted)).or_else(begins).map(|index| vec![index]);
    let Some(columns) = date_and_time.or_else(one) else {
        return (default, "no time: a second from row to row".to_owned());
    };
    let text = |row: &Vec<String>| {
        let cells: Option<Vec<&str>> = columns.iter().map(|column| row.get(*column).map(String::as_str)).collect();
        cells.map(|cells| cells.join(" "))
    };
    let texts: Vec<String> = sheet.rows.iter().take(200).filter_map(text).collect();
    let read = |form: &str| texts.iter().filter(|text| time(text, form).is_some()).count();
    let best = FORMS.into_iter().rev().max_by_key(|form| read(form)).filter(|form| read(form) * 2 > texts.len());
    let columns: Vec<String> = columns.iter().map(|column| sheet.names[*column].clone()).collect();
    match best {
        Some(form) => {
            let why = format!("time: {columns:?} as {form}");
            (Time { columns, form: form.to_owned(), ..default }, why)
        }
        None => (default, format!("time: {columns:?} cannot be read, a second from row to row")),
    }
}

fn guess_label(path: &str, sheet: &Sheet, names: &[String], notes: &mut Vec<String>) -> Label {
    let values = |index: usize| {
        let mut values: Vec<String> =
            sheet.rows.iter().filter_map(|row| row.get(index)).map(|value| value.to_lowercase()).collect();
        values.sort_unstable();
        values.dedup();
        values
    };
    // A column that only names the type of attack does not label rows.
    let is_label = |index: &usize| {
        let values = values(*index);
        let known = values.iter().filter(|value| {
            let value = value.trim_end_matches(".0");
            value == "0" || BAD.contains(&value) || GOOD_VALUES.contains(&value)
        });
        known.count() > 0 && values.len() <= 12
    };
    let column = LABELS.iter().filter_map(|label| names.iter().position(|name| name == label)).find(is_label);
    if let Some(index) = column {
        let values = values(index);
        let bad: Vec<String> = BAD.iter().map(|bad| (*bad).to_owned()).collect();
        notes.push(format!("label: {:?} ({} values)", sheet.names[index], values.len()));
        return Label { column: Some(sheet.names[index].clone()), bad, always: None };
    }
    let path = path.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| path.contains(word));
    let always = match (has(&BAD_WORDS), has(&GOOD_WORDS)) {
        (true, false) => Some(true),
        (false, true) => Some(false),
        _ => None,
    };
    notes.push(match always {
        Some(true) => "label: 1 by the words of its path".to_owned(),
        Some(false) => "label: 0 by the words of its path".to_owned(),
        None => "no label".to_owned(),
    });
    Label { column: None, bad: Vec::new(), always }
}

/// A name in lower case, without unit, with `_` between words.
fn plain(name: &str) -> String {
    // Windows performance logs: `\\PC\Processor(_Total)\% Processor Time`; the last component counts.
    let name = name.rsplit('\\').find(|part| !part.is_empty()).unwrap_or(name);
    let without_unit = name.split(['[', '(']).next().unwrap_or_default();
    let name = if without_unit.trim().is_empty() { name } else { without_unit };
    let mut plain = String::new();
    for c in name.chars() {
        if c.is_alphanumeric() {
            plain.extend(c.to_lowercase());
        } else if !plain.ends_with('_') && !plain.is_empty() {
            plain.push('_');
        }
    }
    plain.trim_end_matches('_').to_owned()
}

fn range(sheet: &Sheet, column: usize) -> Option<(f64, f64)> {
    let mut values = sheet.rows.iter().filter_map(|row| sheet.number(row, column));
    let first = values.next()?;
    Some(values.fold((first, first), |(least, most), value| (least.min(value), most.max(value))))
}

/// Factor that turns a column into a share, and why; `None` if it is not a share.
fn share(sheet: &Sheet, column: usize) -> Option<(f64, &'static str)> {
    let (least, most) = range(sheet, column)?;
    let name = sheet.names[column].to_lowercase();
    match most {
        _ if least < -0.01 || most > 101.0 => None,
        most if most > 1.05 => Some((0.01, "per cent")),
        _ if name.contains('%') || name.contains("percent") => Some((0.01, "per cent by its name")),
        _ => Some((1.0, "a share")),
    }
}

/// True if a column grows steadily, like a counter.
fn grows(sheet: &Sheet, column: usize) -> bool {
    let values: Vec<f64> = sheet.rows.iter().filter_map(|row| sheet.number(row, column)).collect();
    let falls = values.windows(2).filter(|pair| pair[1] < pair[0]).count();
    values.len() > 10 && falls * 50 <= values.len() && values.last() > values.first()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guessed(path: &str, text: &str) -> (Map, String) {
        let (map, notes) = guess(path, &Sheet::read(text.as_bytes()));
        (map.expect("a load"), notes.join("; "))
    }

    #[test]
    fn a_log_of_glances() {
        let (map, notes) = guessed(
            "kaggle/normal_dataset.csv",
            "timestamp,cpu_idle,cpu_system,cpu_total,cpu_user,mem_total,mem_used,mem_percent\n\
             2021-01-01 10:00:00,90.1,2,9.9,7,16000000000,8000000000,50\n2021-01-01 10:00:02,80,3,20,7,16000000000,8100000000,51\n",
        );
        assert_eq!((map.columns["cpu"].name.as_str(), map.columns["cpu"].scale), ("cpu_total", 0.01));
        assert_eq!(map.columns["mem_used_bytes"].name, "mem_used");
        assert_eq!(map.time.form, "%Y-%m-%d %H:%M:%S%.f");
        assert_eq!((map.label.always, map.label.column), (Some(false), None), "{notes}");
    }

    #[test]
    fn a_windows_log_of_one_row_a_second() {
        let (map, notes) = guessed(
            "clean_data/infected/telemetry_clean_1hz.csv",
            "ts,cpu,ram,net_in_bps,net_out_bps,gpu_util,gpu_temp_c,p1_cpu\n2026-02-15 02:29:09,9.9,29.2,2962.1,1864,1.0,49,99\n\
             2026-02-15 02:29:10,39.9,29.3,2.1,4,2.0,49,99\n",
        );
        assert_eq!((map.columns["cpu"].name.as_str(), map.columns["gpu"].scale), ("cpu", 0.01));
        assert!(map.columns.contains_key("mem_used_share") && !map.columns["net_rx_bps"].counter);
        assert_eq!(map.label.always, Some(true), "{notes}");
    }

    #[test]
    fn a_log_of_the_graphics_and_one_of_windows_itself() {
        let (map, _) = guessed(
            "x.csv",
            "Time;GPU [%];Temp [C];Label\n01.02.2026 10:00:00;97,5;71;Mining\n01.02.2026 10:00:01;98;71;Idle\n",
        );
        assert_eq!((map.columns["gpu"].scale, map.label.column.as_deref()), (0.01, Some("Label")));
        assert_eq!(map.time.form, "%d.%m.%Y %H:%M:%S%.f");
        let (map, _) = guessed(
            "perf.csv",
            "\"(PDH-CSV 4.0)\",\"\\\\PC\\Processor(_Total)\\% Processor Time\"\n\"11/23/2026 01:00:00.123\",\"4.5\"\n",
        );
        assert!(map.columns["cpu"].name.contains("Processor"));
    }

    #[test]
    fn the_name_of_an_attack_is_no_label_and_a_time_of_day_is_a_time() {
        let (map, notes) = guessed(
            "data/x.csv",
            "Attack,Mode,CPU Temperature (\u{b0}C),CPU Usage (%),Timestamp\nCoinIMP,Attack,80.0,41.5,09:42:33.000\n\
             CoinIMP,Normal,50.0,1.5,09:42:36.000\n",
        );
        assert_eq!(map.label.column.as_deref(), Some("Mode"), "{notes}");
        assert_eq!((map.time.form.as_str(), map.columns["cpu"].scale), ("%H:%M:%S%.f", 0.01));
        assert!(map.columns.contains_key("temp_c"));
    }

    #[test]
    fn what_is_no_load_is_not_taken_for_one() {
        assert!(guess("x.csv", &Sheet::read(b"name,price\na,3\n")).0.is_none());
        assert!(guess("x.csv", &Sheet::read(b"time,cpu\n1,4000\n")).0.is_none());
        assert!(guess("x.csv", &Sheet::read(b"")).0.is_none());
    }
}
