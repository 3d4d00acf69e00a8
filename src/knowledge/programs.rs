//! One entry of `assets/knowledge/programs.toml`.

use serde::{Deserialize, Serialize};

use crate::model::{Os, ProgramKind};

#[derive(Deserialize)]
pub(super) struct Table {
    pub(super) program: Vec<KnownProgram>,
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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
}

impl Busy {
    /// Every reason, for tests of the texts.
    pub const ALL: [Self; 8] = [
        Self::Update,
        Self::VirusScan,
        Self::Indexing,
        Self::Sync,
        Self::Meeting,
        Self::Backup,
        Self::Maintenance,
        Self::Install,
    ];

    /// The name used in text ids and JSON.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Update => "update",
            Self::VirusScan => "virus_scan",
            Self::Indexing => "indexing",
            Self::Sync => "sync",
            Self::Meeting => "meeting",
            Self::Backup => "backup",
            Self::Maintenance => "maintenance",
            Self::Install => "install",
        }
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
    /// Its files, lower case, without `.exe`.
    pub files: Vec<String>,
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
}

impl KnownProgram {
    /// Whether a file at `path` can be this program. An unknown path can.
    pub fn may_live_at(&self, path: Option<&str>, os: Os) -> bool {
        let Some(path) = path else { return true };
        if self.folders.is_empty() {
            return true;
        }
        let starts = |folder: &String| match os {
            Os::Windows => path.to_lowercase().starts_with(&folder.to_lowercase()),
            Os::Linux | Os::Unknown => path.starts_with(folder.as_str()),
        };
        self.folders.iter().any(starts)
    }
}
