//! Maps the columns of a recording: `tests/score/maps/*.toml`.

use std::collections::BTreeMap;

use serde::Deserialize;

/// Fields a column can provide. In addition to those of a history: a share of memory, idle CPU or free memory, and a
/// throttling flag instead of a count.
pub const FIELDS: [&str; 19] = [
    "cpu",
    "cpu_idle",
    "disk_busy",
    "disk_read_bps",
    "disk_write_bps",
    "fan_rpm",
    "frequency_hz",
    "gpu",
    "mem_available_bytes",
    "mem_total_bytes",
    "mem_used_bytes",
    "mem_used_share",
    "net_rx_bps",
    "net_tx_bps",
    "swap_total_bytes",
    "swap_used_bytes",
    "temp_c",
    "throttled",
    "user_idle_s",
];

/// The map of a recording.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Map {
    /// End of the path of its files; `*` matches anything within one component.
    #[serde(rename = "match")]
    pub pattern: String,
    /// Where it comes from.
    #[serde(default)]
    pub source: Option<String>,
    /// Operating system of the PC.
    #[serde(default = "windows")]
    pub os: String,
    /// Logical processors.
    #[serde(default = "four")]
    pub cpus: u32,
    /// Memory in bytes.
    #[serde(default)]
    pub mem_bytes: Option<u64>,
    /// The time of a row.
    pub time: Time,
    /// The label of a row.
    #[serde(default)]
    pub label: Label,
    /// Columns by field of the history.
    pub columns: BTreeMap<String, Column>,
}

/// The time of a row.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Time {
    /// Its columns, joined by a space; none: `step` seconds from row to row.
    #[serde(default)]
    pub columns: Vec<String>,
    /// `unix` (seconds, or milliseconds if too large for that), `rfc3339`, or a strptime format.
    #[serde(default = "unix")]
    pub form: String,
    /// Seconds between rows without a time column.
    #[serde(default = "one")]
    pub step: f64,
    /// Sort the rows first.
    #[serde(default)]
    pub sort: bool,
    /// Seconds between two rows above which a new stretch starts.
    #[serde(default = "minute")]
    pub gap: f64,
}

/// The label of a row.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// The column.
    #[serde(default)]
    pub column: Option<String>,
    /// Values that mean that a secret miner is running.
    #[serde(default)]
    pub bad: Vec<String>,
    /// One label for all rows.
    #[serde(default)]
    pub always: Option<bool>,
}

/// A column.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Its name.
    #[serde(rename = "column")]
    pub name: String,
    /// Which column of that name, counted from 1.
    #[serde(default = "first")]
    pub nth: usize,
    /// Factor.
    #[serde(default = "one")]
    pub scale: f64,
    /// A monotonic counter, converted to a rate per second.
    #[serde(default)]
    pub counter: bool,
}

impl Map {
    /// Reads a map.
    ///
    /// # Errors
    /// The reason why it is invalid.
    pub fn read(text: &str) -> Result<Self, String> {
        let map: Self = toml::from_str(text).map_err(|error| error.to_string().trim().replace('\n', " "))?;
        if let Some(field) = map.columns.keys().find(|field| !FIELDS.contains(&field.as_str())) {
            return Err(format!("no field called {field}; there are {}", FIELDS.join(", ")));
        }
        if let Some((field, _)) = map.columns.iter().find(|(_, column)| !column.scale.is_finite() || column.nth == 0) {
            return Err(format!("{field}: no such scale or number"));
        }
        if map.label.column.is_some() == map.label.always.is_some() && map.label.column.is_some() {
            return Err("label: a column or always, not both".to_owned());
        }
        let positive = |value: f64| value.is_finite() && value > 0.0;
        if !positive(map.time.step) || !positive(map.time.gap) || map.pattern.is_empty() || map.cpus == 0 {
            return Err("step, gap, cpus and match must say something".to_owned());
        }
        Ok(map)
    }

    /// True if a file is one of its recordings.
    pub fn is_for(&self, path: &str) -> bool {
        let path = path.replace('\\', "/").to_lowercase();
        let pattern = self.pattern.to_lowercase();
        let begins = path.match_indices('/').map(|(at, _)| at + 1);
        std::iter::once(0).chain(begins).any(|begin| is_like(&pattern, &path[begin..]))
    }
}

/// True if a pattern with `*` matches a whole path.
fn is_like(pattern: &str, path: &str) -> bool {
    let Some((head, tail)) = pattern.split_once('*') else { return pattern == path };
    let Some(rest) = path.strip_prefix(head) else { return false };
    let end = rest.find('/').unwrap_or(rest.len());
    (0..=end).any(|skip| rest.is_char_boundary(skip) && is_like(tail, &rest[skip..]))
}

fn windows() -> String {
    "windows".to_owned()
}
fn unix() -> String {
    "unix".to_owned()
}
const fn four() -> u32 {
    4
}
const fn first() -> usize {
    1
}
const fn one() -> f64 {
    1.0
}
const fn minute() -> f64 {
    60.0
}

#[cfg(test)]
mod tests {
    use super::*;

    pub const GOOD: &str = "match = \"lab/*.csv\"\n[time]\ncolumns = [\"t\"]\n[columns]\ncpu = { column = \"c\" }\n";

    #[test]
    fn a_map_is_read_strictly() {
        let map = Map::read(GOOD).expect("a map");
        assert_eq!((map.columns["cpu"].nth, map.time.form.as_str(), map.label.always), (1, "unix", None));
        for (bad, reason) in [
            (GOOD.replace("cpu =", "cpus ="), "no field called cpus"),
            (GOOD.replace("column = \"c\"", "column = \"c\", nth = 0"), "no such scale or number"),
            (GOOD.replace("[columns]", "zone = 1\n[columns]"), "zone"),
            (GOOD.replace("[columns]", "gap = -1.0\n[columns]"), "must say something"),
            (GOOD.replace("[columns]", "[label]\ncolumn = \"l\"\nalways = true\n[columns]"), "not both"),
            (GOOD.replace("match", "matches"), "match"),
        ] {
            let error = Map::read(&bad).expect_err(reason);
            assert!(error.contains(reason), "{error}");
        }
    }

    #[test]
    fn a_pattern_is_the_end_of_a_path() {
        let map = Map::read(GOOD).expect("a map");
        for path in ["lab/a.csv", "/x/lab/b.CSV", r"C:\x\lab\c.csv", "lab/.csv"] {
            assert!(map.is_for(path), "{path}");
        }
        for path in ["lab/a/b.csv", "collab/a.csv", "lab/a.csv.gz", "a.csv"] {
            assert!(!map.is_for(path), "{path}");
        }
    }

    #[test]
    fn every_map_that_is_there_can_be_read() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/score/maps");
        let mut count = 0;
        for entry in std::fs::read_dir(folder).expect("maps").flatten() {
            let text = std::fs::read_to_string(entry.path()).expect("text");
            assert_eq!(Map::read(&text).err(), None, "{}", entry.path().display());
            count += 1;
        }
        assert!(count >= 2);
    }
}
