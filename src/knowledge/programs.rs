//! Reads the entries of `assets/knowledge/programs.toml`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};

use super::place::{Folders, comparable};
use crate::model::{Os, ProgramKind};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    pub(super) sources: BTreeMap<String, Source>,
    pub(super) program: Vec<KnownProgram>,
}

/// Source of a fact.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Title, with the revision that was read.
    pub title: String,
    /// Licence, and what it means for us.
    pub licence: String,
    /// Date when it was read or last checked, `2026-07-28`. An entry may give its own.
    pub date: String,
}

/// Prefix of a folder set's name in a list of folders.
const SET: char = '@';

/// Expands the named sets in a list of folders; an error is the name of a set that does not exist.
pub(super) fn resolved(folders: &[String], sets: &BTreeMap<String, Vec<String>>) -> Result<Vec<String>, String> {
    let mut all = Vec::with_capacity(folders.len());
    for folder in folders {
        match folder.strip_prefix(SET) {
            Some(name) => all.extend(sets.get(name).ok_or_else(|| folder.clone())?.iter().cloned()),
            None => all.push(folder.clone()),
        }
    }
    Ok(all)
}

/// A text in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// Japanese.
    pub ja: String,
    /// English.
    pub en: String,
}

impl Label {
    /// The same text in both languages, for names that are not translated.
    pub fn same(text: &str) -> Self {
        Self { ja: text.to_owned(), en: text.to_owned() }
    }
}

/// Why high load of a program is normal and will end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, IntoStaticStr, VariantArray)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Busy {
    /// Updates of the system or of programs.
    Update,
    /// A virus scan.
    VirusScan,
    /// Building a search index.
    Indexing,
    /// Synchronising files.
    Sync,
    /// A call or an online meeting.
    Meeting,
    /// A backup.
    Backup,
    /// System maintenance.
    Maintenance,
    /// Installing a program.
    Install,
    /// Sending usage data to the vendor.
    Telemetry,
    /// Compiling programs ahead of time so that they start quickly (.NET).
    Optimising,
    /// Printing.
    Printing,
    /// Running a virtual machine.
    VirtualMachine,
    /// Japanese input.
    InputMethod,
    /// Heavy work the user started: building software, converting video, compressing files.
    Work,
    /// A game.
    Game,
}

impl Busy {
    /// Every reason, for tests of the texts.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The name used in text ids and JSON.
    pub fn id(self) -> &'static str {
        self.into()
    }
}

/// Why a program is never offered for closing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Protection {
    /// The system needs it.
    System,
    /// It protects the PC.
    Security,
    /// The company manages the PC with it.
    Management,
}

/// What to do when a program slows the PC down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, IntoStaticStr, VariantArray)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Advice {
    /// Wait: it ends by itself.
    Wait,
    /// Close it, or part of what is open in it.
    Close,
    /// Shut down what runs inside of it: a virtual machine keeps the memory that it once had.
    ShutDown,
    /// Restart it; nothing is lost.
    Restart,
    /// Ask whoever uses it.
    #[default]
    Ask,
    /// Ask the helpdesk.
    Helpdesk,
    /// Leave it alone.
    Nothing,
}

impl Advice {
    /// Every advice, for tests of the texts.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The name used in text ids and JSON.
    pub fn id(self) -> &'static str {
        self.into()
    }
}

/// A program as users know it, whatever files it consists of.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownProgram {
    /// Unique id, never shown.
    pub id: String,
    /// Systems on which it exists.
    pub os: Vec<Os>,
    /// Kind of program.
    pub kind: ProgramKind,
    /// Display name.
    pub name: Label,
    /// What it does, in a few words.
    pub what: Label,
    /// File names in lower case, without `.exe`; may be empty for services.
    #[serde(default)]
    pub files: Vec<String>,
    /// Internal names, in lower case, of Windows services it consists of that have no program file of their own. An
    /// override without any keeps those of the built-in entry.
    #[serde(default)]
    pub services: Vec<String>,
    /// Folders of its files; empty for anywhere.
    #[serde(default)]
    pub folders: Vec<String>,
    /// Why high load is normal.
    pub busy: Option<Busy>,
    /// Minutes for which that load is normal at most.
    pub usual_minutes: Option<u32>,
    /// Why it may never be closed.
    pub protect: Option<Protection>,
    /// A helper, whose load counts towards the program that started it.
    #[serde(default)]
    pub part_of_parent: bool,
    /// What to do when it slows the PC down.
    #[serde(default, rename = "do")]
    pub advice: Advice,
    /// Id of a source in its table; empty for an override entry that names none.
    #[serde(default)]
    pub source: String,
    /// Date of the last check, if not that of the source.
    pub date: Option<String>,
    /// `folders` in comparable form.
    #[serde(skip)]
    places: Folders,
}

impl KnownProgram {
    /// Expands the named folder sets; an error is the name of a set that does not exist.
    pub(super) fn resolve(&mut self, sets: &BTreeMap<String, Vec<String>>) -> Result<(), String> {
        self.folders = resolved(&self.folders, sets)?;
        self.places = Folders::new(&self.folders);
        Ok(())
    }

    /// True if a file at `path` can be this program, or if the path is unknown.
    pub fn is_plausible_path(&self, path: Option<&str>, os: Os) -> bool {
        // On a system for which no folder is listed, any place will do.
        self.folders.is_empty()
            || path.and_then(|path| comparable(path, os)).is_none_or(|path| self.places.contains(&path, os))
    }
}
