//! Merges the additions of an administrator or user, `knowledge.toml`, over the built-in tables.
//!
//! Nothing validates that file beforehand. Each entry is judged by itself; one that cannot be used is reported with its
//! line and skipped, the rest counts. An override can add and rename, but not remove protection, and it cannot change
//! what exposes a miner or an imitation of a system program: `system.toml` and `miners.toml`.
//!
//! The text is split at lines that begin with `[` before it is parsed, so that a mistake costs one entry.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::IntoDeserializer;
use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

use super::programs::KnownProgram;
use super::{Knowledge, Source, stem};
use crate::model::{Os, Seconds};

/// Maximum size of an override in bytes; a longer one is not read.
pub const OVERRIDE_LIMIT: usize = 256 * 1024;
/// Most notes kept: a file of another kind would produce one for each line.
const MOST_NOTES: usize = 100;
/// Longest name or description of a program, in characters.
const LONGEST_TEXT: usize = 120;
/// Most files, services or folders of one program.
const MOST_FILES: usize = 100;
/// Longest usual load in minutes: one that lasts a day is never usual.
const MOST_MINUTES: u32 = 1440;

/// An entry of an override that was skipped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnowledgeNote {
    /// Name of the table: `program`, `thresholds.cpu`, `monitors`; empty for the file as a whole.
    pub table: String,
    /// The entry or key.
    pub id: Option<String>,
    /// Line where it begins or is wrong, from 1.
    pub line: Option<usize>,
    /// Why it was skipped.
    pub reason: Rejected,
}

impl KnowledgeNote {
    /// The whole file was skipped.
    pub const fn of_file(reason: Rejected) -> Self {
        Self { table: String::new(), id: None, line: None, reason }
    }
}

impl fmt::Display for KnowledgeNote {
    /// `line 4: thresholds.cpu full: 7 is not a usable value`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        match (self.table.as_str(), &self.id) {
            ("", None) => {}
            ("", Some(id)) => write!(f, "{id}: ")?,
            (table, None) => write!(f, "{table}: ")?,
            (table, Some(id)) => write!(f, "{table} {id}: ")?,
        }
        self.reason.fmt(f)
    }
}

/// Why an entry of an override was skipped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr, thiserror::Error)]
#[serde(rename_all = "snake_case", tag = "kind", content = "detail")]
#[strum(serialize_all = "snake_case")]
pub enum Rejected {
    /// The file counts for all users and is not an administrator's: it was not read.
    #[error("not owned by an administrator; nothing of it is used")]
    NotAdministrators,
    /// The file is too long and was not read.
    #[error("longer than 256 KB; nothing of it is used")]
    TooLong,
    /// Not TOML, or not the form of the table.
    #[error("{0}")]
    Form(String),
    /// There is no such table or key.
    #[error("there is no such table or key")]
    UnknownKey,
    /// A value that is out of range or of the wrong type.
    #[error("{0} is not a usable value")]
    Value(String),
    /// It would weaken the protection of a program, or make a miner look harmless.
    #[error("this is protected: {0} must stay as it is")]
    Protected(String),
    /// Another program already has this file or name.
    #[error("{0} already belongs to {1}")]
    Taken(String, String),
    /// A duplicate of an earlier entry.
    #[error("given twice")]
    Twice,
}

impl Rejected {
    /// The name used in text ids and JSON.
    pub fn id(&self) -> &'static str {
        self.into()
    }
}

/// A table header with its content.
struct Part<'a> {
    line: usize,
    text: &'a str,
}

/// Splits the text before each line that begins with `[`; `[program.name]` stays with its `[[program]]`.
fn parts(text: &str) -> Vec<Part<'_>> {
    let (mut parts, mut start, mut first) = (Vec::new(), 0, 1);
    let mut at = 0;
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let header = line.trim_start();
        if header.starts_with('[') && !header.starts_with("[program.") && at > start {
            parts.push(Part { line: first, text: &text[start..at] });
            (start, first) = (at, index + 1);
        }
        at += line.len();
    }
    parts.push(Part { line: first, text: &text[start..] });
    parts
}

impl Knowledge {
    /// These tables with `text` merged over them, and notes about what was skipped. `text` has the form of
    /// `assets/schema/knowledge-1.schema.json`: programs to add or to replace by id, thresholds to change, monitors to
    /// add.
    pub fn with_override(&self, text: &str) -> (Self, Vec<KnowledgeNote>) {
        let mut merge = Merge { result: self.clone(), base: self, seen: BTreeSet::new(), notes: Vec::new() };
        if text.len() > OVERRIDE_LIMIT {
            merge.note("", None, None, Rejected::TooLong);
            return (merge.result, merge.notes);
        }
        for part in parts(text.strip_prefix('\u{feff}').unwrap_or(text)) {
            merge.part(&part);
        }
        merge.notes.truncate(MOST_NOTES);
        (merge.result, merge.notes)
    }
}

struct Merge<'a> {
    result: Knowledge,
    base: &'a Knowledge,
    /// Programs and keys already set by this text.
    seen: BTreeSet<String>,
    notes: Vec<KnowledgeNote>,
}

impl Merge<'_> {
    fn note(&mut self, table: &str, id: Option<&str>, line: Option<usize>, reason: Rejected) {
        if self.notes.len() < MOST_NOTES {
            let id = id.map(|id| id.chars().take(LONGEST_TEXT).filter(|c| !c.is_control()).collect());
            self.notes.push(KnowledgeNote { table: table.to_owned(), id, line, reason });
        }
    }

    fn part(&mut self, part: &Part) {
        let table: toml::Table = match part.text.parse() {
            Ok(table) => table,
            Err(error) => {
                let error: toml::de::Error = error;
                let before = error.span().map_or(0, |span| lines_before(part.text, span.start));
                let header = part.text.trim_start().lines().next().unwrap_or_default();
                let table: String =
                    header.chars().filter(|c| c.is_alphanumeric() || "._".contains(*c)).take(40).collect();
                let table = if header.starts_with('[') { table } else { String::new() };
                let reason = Rejected::Form(error.message().to_owned());
                return self.note(&table, None, Some(part.line + before), reason);
            }
        };
        let own_line = part.text.lines().take_while(|line| !line.trim_start().starts_with('[')).count();
        let header_line = if part.text.lines().count() > own_line { part.line + own_line } else { part.line };
        for (key, value) in table {
            let line = line_of(part, &key).unwrap_or(header_line);
            match (key.as_str(), value) {
                ("program", toml::Value::Array(entries)) => {
                    for entry in entries {
                        self.program(entry, header_line);
                    }
                }
                ("monitors", toml::Value::Array(names)) => self.monitors(names, line),
                ("thresholds", toml::Value::Table(figures)) => self.read_thresholds(&[], figures, part, line),
                ("sources", toml::Value::Table(sources)) => self.sources(sources, line),
                ("program" | "monitors" | "thresholds" | "sources", _) => {
                    self.note(&key, None, Some(line), Rejected::Value(key.clone()));
                }
                _ => self.note("", Some(&key), Some(line), Rejected::UnknownKey),
            }
        }
    }

    fn sources(&mut self, sources: toml::Table, line: usize) {
        for (id, value) in sources {
            match Source::deserialize(value.into_deserializer()) {
                Ok(source) if !self.base.sources.contains_key(&id) => {
                    self.result.sources.insert(id, source);
                }
                Ok(_) => self.note("sources", Some(&id), Some(line), Rejected::Twice),
                Err(error) => self.note("sources", Some(&id), Some(line), Rejected::Form(error.message().to_owned())),
            }
        }
    }

    fn monitors(&mut self, names: Vec<toml::Value>, line: usize) {
        for name in names {
            match name.as_str().map(stem).filter(|name| is_file_name(name)) {
                Some(name) => {
                    self.result.monitors.insert(name);
                }
                None => self.note("monitors", None, Some(line), Rejected::Value(display_value(&name))),
            }
        }
    }

    fn read_thresholds(&mut self, above: &[String], figures: toml::Table, part: &Part, line: usize) {
        let name = ["thresholds"].into_iter().chain(above.iter().map(String::as_str)).collect::<Vec<_>>().join(".");
        for (key, value) in figures {
            let line = line_of(part, &key).unwrap_or(line);
            let mut path = above.to_vec();
            path.push(key.clone());
            match (value_at(&self.result.figures, &path), value) {
                (Some(toml::Value::Table(_)), toml::Value::Table(below)) => {
                    self.read_thresholds(&path, below, part, line);
                }
                (Some(old), new) if !old.is_table() => {
                    if let Err(reason) = self.set_threshold(&path, &new) {
                        self.note(&name, Some(&key), Some(line), reason);
                    }
                }
                (Some(_), new) => {
                    self.note(&name, Some(&key), Some(line), Rejected::Value(display_value(&new)));
                }
                (None, _) => self.note(&name, Some(&key), Some(line), Rejected::UnknownKey),
            }
        }
    }

    fn set_threshold(&mut self, path: &[String], new: &toml::Value) -> Result<(), Rejected> {
        if !self.seen.insert(path.join(".")) {
            return Err(Rejected::Twice);
        }
        let refused = || Rejected::Value(display_value(new));
        let builtin = value_at(&self.base.figures, path).ok_or(Rejected::UnknownKey)?;
        let key = path.last().map_or("", String::as_str);
        // A sign may be worth 0 points.
        let is_zero_allowed = key == "falls" || (path.len() == 3 && path[1] == "points");
        let value = plausible_value(key, builtin, new, is_zero_allowed).ok_or_else(refused)?;
        if is_hiding_miners(path, builtin, &value) {
            return Err(Rejected::Protected(key.to_owned()));
        }
        let mut figures = self.result.figures.clone();
        *value_at_mut(&mut figures, path).ok_or(Rejected::UnknownKey)? = value;
        // The type of the table decides last.
        self.result.thresholds = figures.clone().try_into().map_err(|_| refused())?;
        self.result.figures = figures;
        Ok(())
    }

    fn program(&mut self, entry: toml::Value, line: usize) {
        let id = entry.get("id").and_then(toml::Value::as_str).map(str::to_owned);
        let read = KnownProgram::deserialize(entry.into_deserializer());
        let read = read.map_err(|error: toml::de::Error| Rejected::Form(error.message().to_owned()));
        if let Err(reason) = read.and_then(|program| self.take(program)) {
            self.note("program", id.as_deref(), Some(line), reason);
        }
    }

    fn take(&mut self, mut program: KnownProgram) -> Result<(), Rejected> {
        for file in &mut program.files {
            *file = stem(file.trim());
        }
        program.files.sort();
        program.files.dedup();
        let old = self.result.programs.iter().position(|known| known.id == program.id);
        if program.folders.is_empty() {
            // Without folders the built-in ones stay.
            program.folders = old.map(|at| self.result.programs[at].folders.clone()).unwrap_or_default();
        }
        for service in &mut program.services {
            *service = service.trim().to_lowercase();
        }
        program.services.sort();
        program.services.dedup();
        if program.services.is_empty() {
            program.services = old.map(|at| self.result.programs[at].services.clone()).unwrap_or_default();
        }
        program.resolve(&self.result.system.folder_sets).map_err(Rejected::Value)?;
        self.check(&program)?;
        let protected = self.base.programs.iter().find(|known| known.id == program.id && known.protect.is_some());
        protected.map_or(Ok(()), |known| check_protection(known, &program))?;
        if self.seen.contains(&format!("program {}", program.id)) {
            return Err(Rejected::Twice);
        }
        self.seen.insert(format!("program {}", program.id));
        self.result.put(old, program);
        Ok(())
    }

    /// Validates an entry.
    fn check(&self, program: &KnownProgram) -> Result<(), Rejected> {
        let value = |text: &str| Err(Rejected::Value(shortened(text)));
        let is_id = |id: &str| {
            let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            !id.is_empty() && id.len() <= 64 && id.chars().all(letters)
        };
        if !is_id(&program.id) {
            return value(&program.id);
        }
        for text in [&program.name.ja, &program.name.en, &program.what.ja, &program.what.en] {
            if !is_text(text) {
                return value(text);
            }
        }
        if program.os.is_empty() || program.os.contains(&Os::Unknown) || program.os.len() > 2 {
            return value("os");
        }
        if program.os.len() == 2 && program.os[0] == program.os[1] {
            return value("os");
        }
        let is_nothing = program.files.is_empty() && program.services.is_empty();
        if is_nothing || program.files.len() > MOST_FILES || program.folders.len() > MOST_FILES {
            return value("files");
        }
        let services = &program.services;
        if services.len() > MOST_FILES || !services.iter().all(|name| is_file_name(name)) {
            return value("services");
        }
        if let Some(file) = program.files.iter().find(|file| !is_file_name(file)) {
            return value(file);
        }
        if let Some(folder) = program.folders.iter().find(|folder| !is_folder(folder)) {
            return value(folder);
        }
        match (program.busy, program.usual_minutes) {
            (None, None) => {}
            (Some(_), Some(minutes)) if (1..=MOST_MINUTES).contains(&minutes) => {}
            _ => return value("usual_minutes"),
        }
        if !program.source.is_empty() && !self.result.sources.contains_key(&program.source) {
            return value(&program.source);
        }
        self.check_free(program)
    }

    /// Checks that the files and the name belong to no other program.
    fn check_free(&self, program: &KnownProgram) -> Result<(), Rejected> {
        if let Some((what, owner)) = self.result.taken(program) {
            return Err(Rejected::Taken(what.to_owned(), owner.id.clone()));
        }
        let old = self.base.programs.iter().find(|known| known.id == program.id);
        let system = &self.result.system;
        let of_the_system = |file: &&String| {
            let had = old.is_some_and(|old| old.files.contains(file));
            !had && (system.parts.contains_key(*file) || system.is_kernel_name(file))
        };
        match program.files.iter().find(of_the_system) {
            Some(file) => Err(Rejected::Taken(file.clone(), "the system".to_owned())),
            None => Ok(()),
        }
    }
}

/// Checks that a replaced protected entry changes only texts, not what is protected.
fn check_protection(old: &KnownProgram, new: &KnownProgram) -> Result<(), Rejected> {
    let protected = |what: &str| Err(Rejected::Protected(what.to_owned()));
    if new.protect != old.protect {
        return protected("protect");
    }
    if let Some(file) = old.files.iter().find(|file| !new.files.contains(file)) {
        return protected(file);
    }
    if let Some(service) = old.services.iter().find(|service| !new.services.contains(service)) {
        return protected(service);
    }
    if new.folders != old.folders {
        return protected("folders");
    }
    if !old.os.iter().all(|os| new.os.contains(os)) {
        return protected("os");
    }
    if new.kind != old.kind || new.part_of_parent != old.part_of_parent {
        return protected("kind");
    }
    // Recordings and findings identify the program by its English name.
    if new.name.en == old.name.en { Ok(()) } else { protected("name.en") }
}

/// True if a threshold would make a miner look harmless: anyone who can write a file of the user could hide one that
/// way. Signs of identity (name, command line, folder, parent) may count for more and be reported earlier, never the
/// reverse.
fn is_hiding_miners(path: &[String], builtin: &toml::Value, new: &toml::Value) -> bool {
    const KEPT: [&str; 7] = [
        "miner_name",
        "miner_arguments",
        "wrong_folder",
        "wrong_parent",
        "kernel_name",
        "hidden_place",
        "imitated_name",
    ];
    let (was, is) = (number(builtin), number(new));
    match path.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["mining", "points", key] => KEPT.contains(&key) && is < was,
        ["mining", "recent_seconds"] => is < was,
        ["mining", "look" | "alarm"]
        | ["steady", "program" | "marked" | "marked_cores" | "seconds" | "points" | "gpu"] => is > was,
        _ => false,
    }
}

fn number(value: &toml::Value) -> Option<f64> {
    value.as_float().or_else(|| value.as_integer().map(|whole| whole as f64))
}

/// Checks that a value has the type of the built-in one and a plausible range.
fn plausible_value(key: &str, builtin: &toml::Value, new: &toml::Value, is_zero_allowed: bool) -> Option<toml::Value> {
    let (was, number) = (number(builtin)?, number(new)?);
    let most = match key {
        _ if key.ends_with("_seconds") => Seconds::from_days(31.0).0,
        _ if key.ends_with("_bytes") => 1e15,
        _ if key.ends_with("_celsius") || key.ends_with("_above") => 150.0,
        _ if key.contains("_hours") => 8_760.0,
        // A share of something.
        _ if was <= 1.0 => 1.0,
        _ => was * 1_000.0,
    };
    // A limit of 0 would be met always, or never.
    if !number.is_finite() || !(0.0..=most).contains(&number) || (number <= 0.0 && !is_zero_allowed) {
        return None;
    }
    match builtin {
        toml::Value::Integer(_) => (number.fract() == 0.0).then_some(toml::Value::Integer(number as i64)),
        _ => Some(toml::Value::Float(number)),
    }
}

fn value_at<'a>(table: &'a toml::Table, path: &[String]) -> Option<&'a toml::Value> {
    let (first, rest) = path.split_first()?;
    let mut value = table.get(first)?;
    for key in rest {
        value = value.get(key)?;
    }
    Some(value)
}

fn value_at_mut<'a>(table: &'a mut toml::Table, path: &[String]) -> Option<&'a mut toml::Value> {
    let (first, rest) = path.split_first()?;
    let mut value = table.get_mut(first)?;
    for key in rest {
        value = value.get_mut(key)?;
    }
    Some(value)
}

/// True for text that can be drawn: not empty or too long, no line breaks, no bidirectional controls.
fn is_text(text: &str) -> bool {
    let is_bidi_control =
        |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    !text.trim().is_empty()
        && text.chars().count() <= LONGEST_TEXT
        && !text.chars().any(|c| c.is_control() || is_bidi_control(c))
}

fn is_file_name(name: &str) -> bool {
    is_text(name) && !name.contains(['/', '\\', '*'])
}

/// True for an absolute folder of one system, but not the root of a drive: everything would be below that.
fn is_folder(folder: &str) -> bool {
    let drive = folder.as_bytes().get(1) == Some(&b':') && folder.as_bytes().get(2) == Some(&b'\\');
    let top = if drive { 3 } else { 1 };
    is_text(folder) && folder.len() <= 260 && (drive || folder.starts_with('/')) && folder.len() > top
}

/// A value for display; for a compound one only its type.
fn display_value(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => shortened(text),
        toml::Value::Integer(number) => number.to_string(),
        toml::Value::Float(number) => number.to_string(),
        toml::Value::Boolean(word) => word.to_string(),
        toml::Value::Datetime(_) | toml::Value::Array(_) | toml::Value::Table(_) => value.type_str().to_owned(),
    }
}

fn shortened(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(LONGEST_TEXT).collect()
}

/// Line of a key in the file. A plain search is enough, it is only displayed.
fn line_of(part: &Part, key: &str) -> Option<usize> {
    let is_key_line =
        |line: &str| line.trim_start().strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with('='));
    part.text.lines().position(is_key_line).map(|index| part.line + index)
}

fn lines_before(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::{Busy, Protection};
    use crate::model::{Owner, ProcFacts, ProcKey, Reading, Why};

    const GOOD: &str = include_str!("../../assets/knowledge/example-override.toml");

    fn over(text: &str) -> (Knowledge, Vec<KnowledgeNote>) {
        Knowledge::builtin().expect("tables").with_override(text)
    }

    /// The only note, as displayed.
    fn note(text: &str) -> String {
        let (_, notes) = over(text);
        assert_eq!(notes.len(), 1, "{notes:?}");
        notes[0].to_string()
    }

    fn program(lines: &str) -> String {
        format!(
            "[[program]]\nid = \"ours\"\nos = [\"windows\"]\nkind = \"program\"\nname = {{ ja = \"我々\", en = \"Ours\" }}\n\
             what = {{ ja = \"業務\", en = \"Work\" }}\n{lines}\n"
        )
    }

    fn facts(path: &str) -> ProcFacts {
        ProcFacts {
            parent: 1,
            name: path.rsplit(['/', '\\']).next().unwrap_or_default().to_owned(),
            path: Reading::Known(path.to_owned()),
            args: Reading::Missing(Why::NoPermission),
            owner: Owner::Me,
            ..ProcFacts::new(ProcKey { pid: 9, start_time: 9 })
        }
    }

    #[test]
    fn a_good_override_counts_as_a_whole() {
        let (knowledge, notes) = over(GOOD);
        assert_eq!(notes, []);
        let erp = knowledge.identify(&facts(r"C:\Program Files\ERP\erpbatch.exe"), Os::Windows).expect("known");
        assert_eq!((erp.id.as_str(), erp.busy, erp.usual_minutes), ("company-erp", Some(Busy::Work), Some(90)));
        assert!(knowledge.identify(&facts(r"C:\Users\a\erpbatch.exe"), Os::Windows).is_none());
        assert!(knowledge.protect.security.contains("inventoryagent"));
        assert!(knowledge.is_monitoring_tool("OurMonitor.exe") && knowledge.is_monitoring_tool("taskmgr.exe"));
        assert!((knowledge.thresholds.cpu.program - 0.4).abs() < 1e-9);
        assert!((knowledge.thresholds.hold_seconds.0 - 12.0).abs() < 1e-9);
        assert_eq!(knowledge.thresholds.disk.act_bytes, 2_147_483_648);
        let before = Knowledge::builtin().expect("tables");
        assert_eq!(knowledge.programs().len(), before.programs().len() + 2);
        let (again, notes) = knowledge.with_override("monitors = [\"second\"]");
        assert!(notes.is_empty() && again.is_monitoring_tool("second") && again.is_monitoring_tool("ourmonitor"));
        let (same, notes) = before.with_override("\u{feff}# nothing\n");
        assert!(notes.is_empty() && same.programs() == before.programs() && same.thresholds == before.thresholds);
    }

    #[test]
    fn a_bad_entry_is_reported_and_the_rest_counts() {
        let text = format!(
            "monitors = [\"one\", 5]\n[thresholds.cpu]\nprogram = 0.5\nfull = 7.0\n{}{}",
            "[[program]]\nid = broken\n",
            program("files = [\"Ours.EXE\"]")
        );
        let (knowledge, notes) = over(&text);
        let displayed: Vec<String> = notes.iter().map(KnowledgeNote::to_string).collect();
        assert_eq!(
            displayed[..2],
            ["line 1: monitors: 5 is not a usable value", "line 4: thresholds.cpu full: 7 is not a usable value"]
        );
        assert!(displayed.len() == 3 && displayed[2].starts_with("line 6: program: "), "{displayed:?}");
        assert!(knowledge.is_monitoring_tool("one") && (knowledge.thresholds.cpu.program - 0.5).abs() < 1e-9);
        assert!(knowledge.identify(&facts(r"D:\ours.exe"), Os::Windows).is_some());
    }

    #[test]
    fn each_mistake_has_its_reason() {
        assert_eq!(note("colour = 1"), "line 1: colour: there is no such table or key");
        assert!(note("[thresholds]\nnothing = 1").contains("thresholds nothing: there is no such"));
        assert!(note("[thresholds.sources]\ncpu = [\"own\"]").contains("thresholds sources: there is no such"));
        for (key, value) in [
            ("hold_seconds", "0"),
            ("steady.points", "0"),
            ("hold_seconds", "-1"),
            ("hold_seconds", "nan"),
            ("hold_seconds", "1e99"),
            ("cpu", "1"),
            ("hold_seconds", "\"8\""),
        ] {
            assert!(note(&format!("[thresholds]\n{key} = {value}")).contains("is not a usable value"), "{key} {value}");
        }
        assert!(note("[thresholds.disk]\nact_bytes = 1.5").contains("1.5 is not"));
        for hides in [
            "mining.points.kernel_name = 44",
            "mining.points.miner_name = 0",
            "mining.look = 41",
            "mining.alarm = 90",
            "mining.recent_seconds = 1",
            "steady.marked = 1.0",
            "steady.points = 9",
            "steady.seconds = 100000",
        ] {
            assert!(note(&format!("[thresholds]\n{hides}")).contains("is protected"), "{hides}");
        }
        for sees in ["points.kernel_name = 60", "points.steady = 0", "look = 30"] {
            let (_, notes) =
                Knowledge::builtin().expect("tables").with_override(&format!("[thresholds]\nmining.{sees}"));
            assert!(notes.is_empty(), "{sees}: {notes:?}");
        }
        assert!(note("thresholds.cpu.program = 0.4\n[thresholds.cpu]\nprogram = 0.5").contains("given twice"));
        assert!(note(&program("files = []")).contains("files is not a usable value"));
        assert!(note(&program("files = [\"a/b\"]")).contains("a/b"));
        assert!(note(&program("files = [\"ours\"]\nbusy = \"work\"")).contains("usual_minutes"));
        assert!(note(&program("files = [\"ours\"]\ncolour = 1")).contains("unknown field"));
        assert!(note(&program("files = [\"ours\"]\nfolders = ['C:\\']")).contains("is not a usable value"));
        assert!(note(&program("files = [\"ours\"]\nfolders = [\"@nowhere\"]")).contains("@nowhere"));
        assert!(note(&program("files = [\"ours\"]\nsource = \"hearsay\"")).contains("hearsay"));
        assert!(note(&program("files = [\"excel\"]")).contains("excel already belongs to excel"));
        assert!(note(&program("files = [\"ntdll\", \"bcdedit\"]")).contains("bcdedit already belongs"));
        assert!(note(&program("services = [\"a/b\"]")).contains("services is not a usable value"));
        assert!(note(&program("services = [\"WuauServ\"]")).contains("wuauserv already belongs to windows-update"));
        let twice = program("files = [\"ours\"]").repeat(2);
        assert!(note(&twice).ends_with("program ours: given twice"), "{}", note(&twice));
        let long = "#".repeat(OVERRIDE_LIMIT + 1);
        assert!(note(&long).contains("longer than 256 KB"));
        assert!(over(&"[x\n".repeat(5_000)).1.len() <= MOST_NOTES);
    }

    #[test]
    fn protection_can_be_given_but_not_taken() {
        let builtin = Knowledge::builtin().expect("tables");
        let core = |changes: &str, files: &str| {
            format!(
                "[[program]]\nid = \"windows-services\"\nos = [\"windows\"]\nkind = \"system\"\n\
                 name = {{ ja = \"会社の言い方\", en = \"Windows services\" }}\nwhat = {{ ja = \"a\", en = \"b\" }}\n\
                 files = [{files}]\n{changes}\n"
            )
        };
        let two_files = "\"svchost\", \"services\"";
        for text in [
            core("", two_files),
            core("protect = \"management\"", two_files),
            core("protect = \"system\"", "\"svchost\""),
            core("protect = \"system\"\nfolders = ['C:\\Users\\']", two_files),
            core("protect = \"system\"", two_files).replace("\"windows\"]", "\"linux\"]"),
            core("protect = \"system\"", two_files).replace("en = \"Windows services\"", "en = \"Mine\""),
        ] {
            assert!(note(&text).contains("must stay as it is"), "{text}");
            assert_eq!(over(&text).0.programs(), builtin.programs());
        }
        let (knowledge, notes) = over(&core("protect = \"system\"", two_files));
        assert_eq!(notes, []);
        assert_eq!(knowledge.named("Windows services").map(|known| known.name.ja.as_str()), Some("会社の言い方"));
        assert!(knowledge.is_misplaced(&facts(r"C:\Users\a\svchost.exe"), Os::Windows));
        for id in builtin.programs().iter().filter(|known| known.protect.is_some()).map(|known| &known.id) {
            assert!(knowledge.programs().iter().any(|known| known.id == *id && known.protect.is_some()), "{id}");
        }
        // A second file cannot undo the protection by the first one.
        let (ours, _) = builtin.with_override(&program("files = [\"ours\"]\nprotect = \"management\""));
        let (after, notes) = ours.with_override(&program("files = [\"ours\"]"));
        assert!(notes.len() == 1 && after.protect.security.contains("ours"));
        assert!(
            after.programs().iter().any(|known| known.protect == Some(Protection::Management) && known.id == "ours")
        );
    }

    /// Random changes to a valid file: never a panic, never less protection, the built-in programs stay.
    #[test]
    fn no_text_breaks_the_tables() {
        let builtin = Knowledge::builtin().expect("tables");
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut next = move |below: usize| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state % below.max(1) as u64) as usize
        };
        let scraps = [
            "[",
            "]",
            "[[program]]",
            "=",
            "\"",
            "'''",
            "\n",
            "{",
            "}",
            "nan",
            "-1",
            "9e999",
            "\\u0000",
            "@",
            "日本",
            "\u{202e}",
            "[thresholds.cpu]",
        ];
        for _ in 0..2_000 {
            let mut text: Vec<char> = GOOD.chars().collect();
            for _ in 0..=next(6) {
                let at = next(text.len());
                match next(4) {
                    0 => drop(text.drain(at..(at + next(40)).min(text.len()))),
                    1 => drop(text.splice(at..at, scraps[next(scraps.len())].chars())),
                    2 => text.swap(at, 0),
                    _ => text.truncate(at),
                }
                if text.is_empty() {
                    text.push('x');
                }
            }
            let text: String = text.into_iter().collect();
            let (knowledge, notes) = builtin.with_override(&text);
            assert!(notes.len() <= MOST_NOTES);
            assert!(knowledge.protect.system.is_superset(&builtin.protect.system), "{text}");
            assert!(knowledge.protect.security.is_superset(&builtin.protect.security), "{text}");
            assert!(knowledge.programs().len() >= builtin.programs().len());
            assert!(knowledge.thresholds.cpu.program.is_finite() && knowledge.thresholds.cpu.program >= 0.0);
        }
    }
}
