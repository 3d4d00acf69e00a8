//! One entry of `assets/knowledge/programs.toml`.

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

/// Where a fact comes from.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// What it is, with the revision that was read.
    pub title: String,
    /// Under what terms, and what that means for us.
    pub licence: String,
    /// When it was read or last checked, `2026-07-28`. An entry may give its own.
    pub date: String,
}

/// Names of folder sets begin so in a list of folders.
const SET: char = '@';

/// Folders with the named sets put in; an error is the name of a set that does not exist.
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
    /// The same text in both languages: names that are not translated.
    pub fn same(text: &str) -> Self {
        Self { ja: text.to_owned(), en: text.to_owned() }
    }
}

/// Why a high load of a program is normal and will end.
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
    /// Keeping files the same in two places.
    Sync,
    /// A call or an online meeting.
    Meeting,
    /// A backup.
    Backup,
    /// Upkeep of the system.
    Maintenance,
    /// Installing a program.
    Install,
    /// Telling the maker how the PC is used.
    Telemetry,
    /// Preparing programs so that they start quickly (.NET).
    Optimising,
    /// Printing.
    Printing,
    /// A second PC inside this one.
    VirtualMachine,
    /// Typing Japanese.
    InputMethod,
    /// Heavy work somebody started: building software, converting a film, packing files.
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

/// What to do when a program makes the PC slow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, IntoStaticStr, VariantArray)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Advice {
    /// It ends by itself.
    Wait,
    /// Close it, or part of what is open in it.
    Close,
    /// Start it again; nothing is lost.
    Restart,
    /// Ask the person who uses it.
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

/// A program as people know it, however many files it has.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownProgram {
    /// Unique, never shown.
    pub id: String,
    /// Where it exists.
    pub os: Vec<Os>,
    /// What kind of program.
    pub kind: ProgramKind,
    /// Its name.
    pub name: Label,
    /// What it does, in a few words.
    pub what: Label,
    /// Its files, lower case, without `.exe`; may be empty for services.
    #[serde(default)]
    pub files: Vec<String>,
    /// Services of Windows that it is made of and that have no program file of their own, by their internal names in lower
    /// case; an override that gives none keeps those that the built-in entry has.
    #[serde(default)]
    pub services: Vec<String>,
    /// Where its files are; empty when anywhere.
    #[serde(default)]
    pub folders: Vec<String>,
    /// Why a high load is normal.
    pub busy: Option<Busy>,
    /// For how many minutes it is normal at most.
    pub usual_minutes: Option<u32>,
    /// Why it may never be closed.
    pub protect: Option<Protection>,
    /// A helper whose load belongs to the program that started it.
    #[serde(default)]
    pub part_of_parent: bool,
    /// What to do when it makes the PC slow.
    #[serde(default, rename = "do")]
    pub advice: Advice,
    /// Which of the sources of its table; empty for an entry of an override that names none.
    #[serde(default)]
    pub source: String,
    /// When it was checked, if not with its source.
    pub date: Option<String>,
    /// `folders`, made comparable.
    #[serde(skip)]
    places: Folders,
}

impl KnownProgram {
    /// Puts the named folder sets in; an error is the name of a set that does not exist.
    pub(super) fn resolve(&mut self, sets: &BTreeMap<String, Vec<String>>) -> Result<(), String> {
        self.folders = resolved(&self.folders, sets)?;
        self.places = Folders::new(&self.folders);
        Ok(())
    }

    /// Whether a file at `path` can be this program. An unknown path can.
    pub fn may_live_at(&self, path: Option<&str>, os: Os) -> bool {
        // On a system with no folder of its own in the list, any place will do there too.
        self.folders.is_empty()
            || path.and_then(|path| comparable(path, os)).is_none_or(|path| self.places.hold(&path, os))
    }
}
