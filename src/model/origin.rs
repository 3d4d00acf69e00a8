//! Where a program comes from, and what is unusual about it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use strum::VariantArray;

/// An unusual property of a process that shows without inspecting its content. One alone proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, VariantArray)]
#[serde(rename_all = "snake_case")]
pub enum OriginFlag {
    /// File name of a known miner (the whole name).
    MinerName,
    /// Command-line arguments of a miner.
    MinerArguments,
    /// Name of a system program, in a folder where that program never is.
    WrongFolder,
    /// Name of a system program, with a parent that never starts it.
    WrongParent,
    /// Name of a kernel thread, but with a program file (Linux).
    KernelName,
    /// Program file in a folder for temporary files.
    TemporaryFolder,
    /// Program file in a folder where programs are not installed.
    OddFolder,
    /// Hidden program file, or in a hidden folder.
    HiddenFile,
    /// Program file in a place of a home folder, or of the PC, where it is not come across: a hidden folder within
    /// another one, or a folder in which no program belongs.
    HiddenPlace,
    /// Name of a part of the desktop or of the system, in a folder where that is never.
    ImitatedName,
    /// Program file deleted while it runs.
    DeletedFile,
    /// Program put together in memory, without a file (Linux).
    MemoryFile,
    /// Started by a script interpreter.
    ScriptHostParent,
    /// Started by a task scheduler.
    SchedulerParent,
    /// An interactive program that does not normally compute for long.
    NeverBusy,
    /// Runs at the lowest priority.
    LowestPriority,
    /// In a folder that a known tool fills with programs: version managers, virtual environments, game launchers.
    ToolFolder,
    /// In a folder that only administrators can write to.
    Installed,
    /// No valid signature; set only if that was checked.
    Unsigned,
    /// Valid signature.
    Signed,
    /// First seen on this PC a few days ago.
    New,
    /// Connected for a while to a port used by mining pools.
    PoolPort,
    /// Marked by the user as their own work.
    #[serde(rename = "mine")]
    MyWork,
    /// Program file replaced by a newer one while it runs.
    UpdateWaiting,
    /// A browser opened with an address by a script, a scheduler or an unknown program in an odd place.
    OpenedByStranger,
    /// Started by typing into a terminal, so it has no window of its own whatever it does.
    FromTerminal,
}

impl OriginFlag {
    /// Every flag, for tests of texts.
    pub const ALL: &[Self] = Self::VARIANTS;
}

/// Where a program comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Origin {
    /// What is unusual about it: sorted, without duplicates.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<OriginFlag>,
    /// File name of its parent, if that still ran when checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<Arc<str>>,
    /// The part of the command line that matched; never more of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub argument: Option<String>,
}

impl Origin {
    /// True if it has this flag.
    pub fn has(&self, mark: OriginFlag) -> bool {
        self.marks.contains(&mark)
    }

    /// What follows from its parent alone, whichever program it runs.
    #[must_use]
    pub fn of_parent(&self) -> Self {
        let by_parent = [OriginFlag::ScriptHostParent, OriginFlag::SchedulerParent, OriginFlag::FromTerminal];
        let marks = self.marks.iter().copied().filter(|mark| by_parent.contains(mark)).collect();
        Self { marks, parent: self.parent.clone(), argument: None }
    }

    /// True if it is not what it seems, or lies where no program belongs.
    pub fn is_disguised(&self) -> bool {
        use OriginFlag::{
            HiddenFile, HiddenPlace, ImitatedName, KernelName, MemoryFile, MinerArguments, MinerName, OddFolder,
            WrongFolder, WrongParent,
        };
        self.marks.iter().any(|mark| {
            matches!(
                mark,
                MinerName
                    | MinerArguments
                    | WrongFolder
                    | WrongParent
                    | KernelName
                    | OddFolder
                    | HiddenFile
                    | HiddenPlace
                    | ImitatedName
                    | MemoryFile
            )
        })
    }

    /// Both combined; `self` takes precedence where only one value fits.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let mut marks: Vec<OriginFlag> = self.marks.iter().chain(&other.marks).copied().collect();
        marks.sort_unstable();
        marks.dedup();
        Self {
            marks,
            parent: self.parent.clone().or_else(|| other.parent.clone()),
            argument: self.argument.clone().or_else(|| other.argument.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_origins_together_have_the_marks_of_both_once() {
        let one = Origin { marks: vec![OriginFlag::KernelName, OriginFlag::HiddenFile], parent: None, argument: None };
        let other = Origin {
            marks: vec![OriginFlag::MinerName, OriginFlag::HiddenFile],
            parent: Some("sh".into()),
            argument: None,
        };
        let joined = one.and(&other);
        assert_eq!(joined.marks, [OriginFlag::MinerName, OriginFlag::KernelName, OriginFlag::HiddenFile]);
        assert_eq!(joined.parent.as_deref(), Some("sh"));
    }

    #[test]
    fn an_origin_is_written_short() {
        let text = |origin: &Origin| serde_json::to_string(origin).expect("json");
        assert_eq!(text(&Origin::default()), "{}");
        assert_eq!(text(&Origin { marks: vec![OriginFlag::New], ..Origin::default() }), r#"{"marks":["new"]}"#);
    }
}
