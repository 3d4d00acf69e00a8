//! Reads `assets/knowledge/system.toml` and `monitors.toml`: system programs, and what folders and parents reveal.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Deserialize;

use super::home::{self, Home};
use super::place::Folders;
use super::programs::{Source, resolved};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    folder_sets: BTreeMap<String, FolderSet>,
    containers: Places,
    temporary: Places,
    odd: Places,
    replaced: Replaced,
    hidden: Hidden,
    home: home::Table,
    imitated: ImitatedTable,
    installed: Places,
    never_busy: Files,
    kernel_threads: KernelThreads,
    starters: StarterTable,
    terminals: TerminalTable,
    program: Vec<Part>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FolderSet {
    folders: Vec<String>,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Places {
    folders: Vec<String>,
    #[serde(default)]
    excepted: Vec<String>,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Files {
    files: BTreeSet<String>,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Replaced {
    folders: Vec<String>,
    build: Vec<String>,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Hidden {
    ordinary: Vec<String>,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ImitatedTable {
    files: BTreeSet<String>,
    begins: Vec<String>,
    folders: Vec<String>,
    build: Vec<String>,
    folder_names: BTreeSet<String>,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KernelThreads {
    names: Vec<String>,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StarterTable {
    always: BTreeSet<String>,
    with_script: BTreeSet<String>,
    by_hand: BTreeSet<String>,
    desktops: BTreeSet<String>,
    openers: BTreeSet<String>,
    schedulers: BTreeSet<String>,
    service_host: String,
    scheduler_service: String,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TerminalTable {
    files: BTreeSet<String>,
    consoles: BTreeSet<String>,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Part {
    file: String,
    folders: Vec<String>,
    #[serde(default)]
    parents: BTreeSet<String>,
    source: String,
}

impl Table {
    /// The source named by each entry.
    fn sources(&self) -> impl Iterator<Item = &String> {
        let Self { folder_sets, containers, temporary, odd, replaced, hidden, installed, .. } = self;
        let places = [containers, temporary, odd, installed].map(|places| &places.source);
        let others = [&replaced.source, &hidden.source, &self.never_busy.source, &self.kernel_threads.source];
        let starters = [&self.starters.source, &self.terminals.source, &self.home.source, &self.imitated.source];
        let parts = self.program.iter().map(|part| &part.source);
        folder_sets.values().map(|set| &set.source).chain(places).chain(others).chain(starters).chain(parts)
    }
}

/// A Windows system program.
#[derive(Clone, Debug)]
pub(super) struct SystemPart {
    pub(super) folders: Folders,
    /// Its legitimate parents; empty for any.
    pub(super) parents: BTreeSet<String>,
}

/// Names that a program takes to be taken for a part of the system.
#[derive(Clone, Debug)]
pub(super) struct Imitated {
    /// Programs of the desktops of Linux.
    pub(super) files: BTreeSet<String>,
    /// How the names of their services begin.
    pub(super) begins: Vec<String>,
    /// Where these really are.
    pub(super) folders: Folders,
    /// Folders in which developers build them.
    pub(super) build: Vec<String>,
    /// Folders called like parts of Windows.
    pub(super) folder_names: BTreeSet<String>,
}

impl Imitated {
    /// True if only a part of the desktop or of the system is called so.
    pub(super) fn is_name(&self, name: &str) -> bool {
        self.files.contains(name) || self.begins.iter().any(|begin| name.starts_with(begin.as_str()))
    }
}

/// Programs that start others.
#[derive(Clone, Debug)]
pub(super) struct Starters {
    pub(super) always: BTreeSet<String>,
    pub(super) with_script: BTreeSet<String>,
    pub(super) by_hand: BTreeSet<String>,
    pub(super) desktops: BTreeSet<String>,
    pub(super) openers: BTreeSet<String>,
    pub(super) schedulers: BTreeSet<String>,
    pub(super) service_host: String,
    pub(super) scheduler_service: String,
}

/// Programs that users type commands into.
#[derive(Clone, Debug)]
pub(super) struct Terminals {
    pub(super) files: BTreeSet<String>,
    /// These count only if a desktop started them.
    pub(super) consoles: BTreeSet<String>,
}

/// Both tables.
#[derive(Clone, Debug)]
pub(super) struct System {
    pub(super) folder_sets: BTreeMap<String, Vec<String>>,
    pub(super) parts: HashMap<String, SystemPart>,
    pub(super) containers: Folders,
    pub(super) temporary: Folders,
    pub(super) not_temporary: Folders,
    pub(super) odd: Folders,
    pub(super) replaced: Folders,
    pub(super) build: Vec<String>,
    pub(super) dots_are_ordinary: Folders,
    pub(super) home: Home,
    pub(super) imitated: Imitated,
    pub(super) installed: Folders,
    pub(super) never_busy: BTreeSet<String>,
    pub(super) kernel_threads: Vec<String>,
    pub(super) starters: Starters,
    pub(super) terminals: Terminals,
}

/// An error in a table.
pub(super) enum TableError {
    Syntax(toml::de::Error),
    Duplicate(String),
    Unknown(String),
}

impl System {
    pub(super) fn read(text: &str, sources: &BTreeMap<String, Source>) -> Result<Self, TableError> {
        let table: Table = toml::from_str(text).map_err(TableError::Syntax)?;
        if let Some(unknown) = table.sources().find(|id| !sources.contains_key(*id)) {
            return Err(TableError::Unknown(unknown.clone()));
        }
        let sets: BTreeMap<String, Vec<String>> =
            table.folder_sets.into_iter().map(|(name, set)| (name, set.folders)).collect();
        let mut parts = HashMap::new();
        for part in table.program {
            let folders = Folders::new(&resolved(&part.folders, &sets).map_err(TableError::Unknown)?);
            if parts.insert(part.file.clone(), SystemPart { folders, parents: part.parents }).is_some() {
                return Err(TableError::Duplicate(part.file));
            }
        }
        let starters = table.starters;
        Ok(Self {
            parts,
            containers: Folders::new(&table.containers.folders),
            temporary: Folders::new(&table.temporary.folders),
            not_temporary: Folders::new(&table.temporary.excepted),
            odd: Folders::new(&table.odd.folders),
            replaced: Folders::new(&table.replaced.folders),
            build: table.replaced.build.iter().map(|names| format!("/{names}/")).collect(),
            dots_are_ordinary: Folders::new(&table.hidden.ordinary),
            home: Home::new(table.home),
            imitated: Imitated {
                files: table.imitated.files,
                begins: table.imitated.begins,
                folders: Folders::new(&resolved(&table.imitated.folders, &sets).map_err(TableError::Unknown)?),
                build: table.imitated.build.iter().map(|names| format!("/{names}/")).collect(),
                folder_names: table.imitated.folder_names,
            },
            installed: Folders::new(&resolved(&table.installed.folders, &sets).map_err(TableError::Unknown)?),
            never_busy: table.never_busy.files,
            kernel_threads: table.kernel_threads.names,
            starters: Starters {
                always: starters.always,
                with_script: starters.with_script,
                by_hand: starters.by_hand,
                desktops: starters.desktops,
                openers: starters.openers,
                schedulers: starters.schedulers,
                service_host: starters.service_host,
                scheduler_service: starters.scheduler_service,
            },
            terminals: Terminals { files: table.terminals.files, consoles: table.terminals.consoles },
            folder_sets: sets,
        })
    }

    /// True if only a Linux kernel thread legitimately has this name.
    pub(super) fn is_kernel_name(&self, name: &str) -> bool {
        let name = name.trim_start_matches('[').trim_end_matches(']');
        self.kernel_threads.iter().any(|thread| match name.strip_prefix(thread.as_str()) {
            Some(rest) if thread.ends_with('/') => !rest.is_empty(),
            Some(rest) => rest.trim_start_matches(|c: char| c.is_ascii_digit()).chars().next().is_none_or(|c| c == '/'),
            None => false,
        })
    }
}

/// `monitors.toml`, and the form of the same list in an override.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MonitoringTools {
    pub(super) sources: Vec<String>,
    pub(super) monitors: BTreeSet<String>,
}
