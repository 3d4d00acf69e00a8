//! Converts rows of a sheet to lines of a `mimamori.history/1`.

use jiff::civil::{self, DateTime};
use jiff::{Timestamp, tz::TimeZone};
use mimamori::report::HISTORY_SCHEMA;
use serde_json::{Map as Json, Value, json};

use super::map::{Column, Map};
use super::sheet::Sheet;

const DAY: f64 = 86_400.0;

/// A row ready for replay.
pub struct Row {
    /// Seconds since 1970.
    pub at: f64,
    /// The line of the history.
    pub line: String,
    /// The label of the row in the recording.
    pub label: Option<bool>,
    /// Time it covers, in seconds.
    pub seconds: f64,
    /// True if it starts a new stretch.
    pub begins: bool,
}

/// A recording ready for replay.
pub struct Converted {
    /// First line of the history.
    pub header: String,
    /// The other lines, in order of time.
    pub rows: Vec<Row>,
    /// What was skipped, in words.
    pub notes: Vec<String>,
}

/// Converts a sheet as far as possible.
pub fn convert(sheet: &Sheet, map: &Map) -> Converted {
    let mut notes = Vec::new();
    let mut header = json!({ "schema": HISTORY_SCHEMA, "os": map.os, "cpus": map.cpus });
    if let Some(bytes) = map.mem_bytes {
        header["mem_bytes"] = json!(bytes);
    }
    let columns: Vec<(&str, &Column, usize)> = map
        .columns
        .iter()
        .filter_map(|(field, column)| {
            let found = sheet.column(&column.name, column.nth);
            if found.is_none() {
                notes.push(format!("no column {:?} for {field}", column.name));
            }
            Some((field.as_str(), column, found?))
        })
        .collect();
    let label = map.label.column.as_ref().and_then(|name| {
        let found = sheet.column(name, 1);
        if found.is_none() {
            notes.push(format!("no column {name:?} for the label"));
        }
        found
    });
    let mut rows = timed(sheet, map, &mut notes);
    let in_order = rows.windows(2).all(|pair| pair[0].0 <= pair[1].0);
    if !in_order {
        if map.time.sort {
            notes.push("rows were put in order of time".to_owned());
        } else {
            notes.push("rows are not in order of time although the map does not say so: sorted".to_owned());
        }
        rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    }
    let all = rows.len();
    rows.dedup_by(|later, earlier| later.0 <= earlier.0);
    if rows.len() < all {
        notes.push(format!("{} rows of the same moment as another", all - rows.len()));
    }
    let mut converted: Vec<Row> = Vec::with_capacity(rows.len());
    let mut before: Option<(f64, &[String])> = None;
    let mut throttled = 0_u64;
    let (mut strange, mut empty) = (0, 0);
    for (at, row) in rows {
        let step = before.map(|(then, _)| at - then);
        let begins = step.is_none_or(|step| step > map.time.gap);
        let mut line = Json::new();
        line.insert("at".into(), json!(at));
        let mut values: Vec<(&str, f64)> = Vec::new();
        for (field, column, index) in &columns {
            let Some(now) = sheet.number(row, *index) else { continue };
            let value = if column.counter {
                let then = before.filter(|_| !begins).and_then(|(_, row)| sheet.number(row, *index));
                let Some((then, step)) = then.zip(step).filter(|(then, step)| now >= *then && *step > 0.0) else {
                    continue;
                };
                (now - then) / step
            } else {
                now
            };
            values.push((field, value * column.scale));
        }
        let find = |wanted: &str| values.iter().find(|(field, _)| *field == wanted).map(|(_, value)| *value);
        let total = find("mem_total_bytes").or(map.mem_bytes.map(|bytes| bytes as f64));
        for (field, value) in &values {
            match *field {
                "cpu_idle" => line.insert("cpu".into(), json!((1.0 - value).max(0.0))),
                "mem_available_bytes" => {
                    total.and_then(|total| line.insert("mem_used_bytes".into(), json!((total - value).max(0.0))))
                }
                "mem_used_share" => total.and_then(|total| line.insert("mem_used_bytes".into(), json!(total * value))),
                "throttled" => {
                    throttled += u64::from(*value > 0.0);
                    line.insert("throttle_events".into(), json!(throttled))
                }
                field => line.insert(field.to_owned(), json!(value)),
            };
            let is_share = ["cpu", "gpu", "disk_busy", "mem_used_share", "cpu_idle"].contains(field);
            strange += usize::from(is_share && !(-0.05..=1.05).contains(value));
        }
        empty += usize::from(!line.contains_key("cpu"));
        let label = match label {
            Some(column) => row.get(column).filter(|cell| !cell.is_empty()).map(|cell| is_bad(cell, &map.label.bad)),
            None => map.label.always,
        };
        let usual = converted.last().map_or(map.time.step, |row| row.seconds);
        let seconds = step.filter(|_| !begins).unwrap_or(usual);
        converted.push(Row { at, line: Value::Object(line).to_string(), label, seconds, begins });
        before = Some((at, row));
    }
    for (count, what) in [(strange, "shares outside of 0 to 1"), (empty, "rows without a share of the processors")] {
        if count > 0 {
            notes.push(format!("{count} {what}"));
        }
    }
    Converted { header: header.to_string(), rows: converted, notes }
}

/// Rows with a time; the others are counted.
fn timed<'a>(sheet: &'a Sheet, map: &Map, notes: &mut Vec<String>) -> Vec<(f64, &'a [String])> {
    let columns: Vec<usize> = map.time.columns.iter().filter_map(|name| sheet.column(name, 1)).collect();
    if columns.is_empty() {
        if !map.time.columns.is_empty() {
            notes.push(format!("no column {:?}: {} s from row to row", map.time.columns, map.time.step));
        }
        // Any day will do.
        let at = |index: usize| 1_700_000_000.0 + index as f64 * map.time.step;
        return sheet.rows.iter().enumerate().map(|(index, row)| (at(index), row.as_slice())).collect();
    }
    let time = |row: &[String]| {
        let text: Vec<&str> = columns.iter().filter_map(|column| Some(row.get(*column)?.as_str())).collect();
        time(&text.join(" "), &map.time.form)
    };
    let mut rows: Vec<(f64, &[String])> =
        sheet.rows.iter().filter_map(|row| Some((time(row)?, row.as_slice()))).collect();
    if map.time.form.contains("%H") && !map.time.form.contains("%d") {
        over_midnight(&mut rows);
    }
    if rows.len() < sheet.rows.len() {
        notes.push(format!("{} rows without a time (names again, a summary)", sheet.rows.len() - rows.len()));
    }
    rows
}

/// Moves times of day past midnight, where they fall by half a day or more, to the next day.
fn over_midnight(rows: &mut [(f64, &[String])]) {
    let (mut days, mut before) = (0.0, None);
    for (at, _) in rows {
        if before.is_some_and(|before| before - *at > DAY / 2.0) {
            days += 1.0;
        }
        before = Some(*at);
        *at += days * DAY;
    }
}

/// Seconds since 1970; text without a zone is taken as UTC, as only differences matter.
pub fn time(text: &str, form: &str) -> Option<f64> {
    let text = text.trim();
    let seconds = |timestamp: Timestamp| timestamp.as_millisecond() as f64 / 1000.0;
    match form {
        "unix" => {
            let number: f64 = text.parse().ok().filter(|number: &f64| number.is_finite())?;
            Some(if number.abs() > 1e11 { number / 1000.0 } else { number }).filter(|number| number.abs() < 1e11)
        }
        "rfc3339" => text.parse().ok().map(seconds),
        form => {
            // A time of day without a date gets an arbitrary one.
            let of_day = || Some(civil::date(2000, 1, 1).to_datetime(civil::Time::strptime(form, text).ok()?));
            let local = DateTime::strptime(form, text).ok().or_else(of_day)?;
            Some(seconds(local.to_zoned_datetime(TimeZone::UTC).ok()?.timestamp()))
        }
    }
}

fn is_bad(cell: &str, bad: &[String]) -> bool {
    // Some tools write 1 as "1.0".
    let cell = cell.trim().trim_end_matches(".0");
    bad.iter().any(|bad| bad.eq_ignore_ascii_case(cell))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn converted(map: &str, text: &str) -> Converted {
        let map = "match = \"x\"\n".to_owned() + map;
        convert(&Sheet::read(text.as_bytes()), &Map::read(&map).expect("a map"))
    }

    #[test]
    fn units_counters_labels_and_gaps() {
        let done = converted(
            "mem_bytes = 1000\n[time]\ncolumns = [\"t\"]\nsort = true\n[label]\ncolumn = \"bad\"\nbad = [\"1\"]\n\
             [columns]\ncpu = { column = \"cpu\", scale = 0.01 }\nnet_rx_bps = { column = \"net\", counter = true }\n\
             mem_used_share = { column = \"mem\", scale = 0.01 }\n",
            "t,cpu,net,bad,mem\n1000,50,100,0,10\n1004,25,500,1.0,20\n1002,20,100,0,30\nTotal,,,,\n2000,5,900,,40\n1004,1,1,1,1\n",
        );
        let at: Vec<f64> = done.rows.iter().map(|row| row.at).collect();
        assert_eq!(at, [1000.0, 1002.0, 1004.0, 2000.0]);
        let labels: Vec<Option<bool>> = done.rows.iter().map(|row| row.label).collect();
        assert_eq!(labels, [Some(false), Some(false), Some(true), None]);
        let begins: Vec<bool> = done.rows.iter().map(|row| row.begins).collect();
        assert_eq!(begins, [true, false, false, true]);
        let value = |row: usize, name: &str| {
            let line: Value = serde_json::from_str(&done.rows[row].line).expect("json");
            line.get(name).and_then(Value::as_f64)
        };
        assert_eq!(
            (value(0, "cpu"), value(0, "net_rx_bps"), value(1, "mem_used_bytes")),
            (Some(0.5), None, Some(300.0))
        );
        assert_eq!((value(2, "net_rx_bps"), value(3, "net_rx_bps")), (Some(200.0), None));
        let notes = done.notes.join("; ");
        for note in ["order of time", "1 rows without a time", "1 rows of the same moment"] {
            assert!(notes.contains(note), "{notes}");
        }
    }

    #[test]
    fn a_time_of_day_goes_on_after_midnight() {
        let done = converted(
            "[time]\ncolumns = [\"t\"]\nform = \"%H:%M:%S%.f\"\n[columns]\ncpu = { column = \"cpu\" }\n",
            "t,cpu\n23:59:58.500,0.1\n00:00:00.500,0.1\n00:00:02.500,0.1\n",
        );
        assert!((done.rows[2].at - done.rows[0].at - 4.0).abs() < 1e-6);
        assert!(!done.rows[1].begins);
    }

    #[test]
    fn times_of_all_kinds() {
        assert_eq!(time("1637994049", "unix"), Some(1_637_994_049.0));
        assert_eq!(time("1637994049500", "unix"), Some(1_637_994_049.5));
        assert_eq!(time("2026-02-15 02:29:09", "%Y-%m-%d %H:%M:%S%.f"), Some(1_771_122_549.0));
        assert_eq!(time("13.8.2025 13:58:50.898", "%d.%m.%Y %H:%M:%S%.f"), Some(1_755_093_530.898));
        assert_eq!(time("2026-11-23T00:00:00Z", "rfc3339"), Some(1_795_392_000.0));
        for bad in ["", "Total", "nan", "1e300", "13.13.2025 1:1:1"] {
            assert_eq!((time(bad, "unix"), time(bad, "%d.%m.%Y %H:%M:%S%.f")), (None, None), "{bad}");
        }
    }
}
