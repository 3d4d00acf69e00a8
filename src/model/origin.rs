//! Where a program comes from, and what is unusual about it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use strum::VariantArray;

/// Something unusual about a process that can be seen without looking into it. One alone proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, VariantArray)]
#[serde(rename_all = "snake_case")]
pub enum OriginFlag {
    /// Its whole file name is that of a known coin miner.
    MinerName,
    /// Its arguments are those of a coin miner.
    MinerArguments,
    /// The name of a part of the system, in a folder where that part never is.
    WrongFolder,
    /// The name of a part of the system, started by something that never starts it.
    WrongParent,
    /// The name of a kernel thread, and yet a program file (Linux).
    KernelName,
    /// Its file lies in a folder for temporary files.
    TemporaryFolder,
    /// Its file lies in a folder where programs never are.
    OddFolder,
    /// Its file or the folder of it hides.
    HiddenFile,
    /// Its file was deleted while it runs.
    DeletedFile,
    /// Started by a program that runs scripts.
    ScriptHostParent,
    /// Started by a schedule.
    SchedulerParent,
    /// A program that people look at and that never computes for long by itself.
    NeverBusy,
    /// In a folder where only an administrator can put programs.
    Installed,
    /// Its file carries no valid signature; only where that was really checked.
    Unsigned,
    /// Its file carries a valid signature.
    Signed,
    /// Seen on this PC for the first time a few days ago.
    New,
    /// Connected for a while to a port that mining pools use.
    PoolPort,
    /// The user has said: this is my work.
    Mine,
    /// Its file was replaced by a newer one while it runs.
    UpdateWaiting,
    /// A browser that was opened with an address by a script, a schedule or a stranger in an odd place.
    OpenedByStranger,
    /// Somebody started it by typing into a terminal: it has no window of its own, whatever it does.
    FromTerminal,
}

impl OriginFlag {
    /// Every mark, for tests of texts.
    pub const ALL: &[Self] = Self::VARIANTS;
}

/// Where a program comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Origin {
    /// What is unusual about it, in order, each once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<OriginFlag>,
    /// File name of the program that started it, if it was still there when looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<Arc<str>>,
    /// The part of the command line that made it a match; never more of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub argument: Option<String>,
}

impl Origin {
    /// Whether it has this mark.
    pub fn has(&self, mark: OriginFlag) -> bool {
        self.marks.contains(&mark)
    }

    /// Both together; `self` goes first where only one can be told.
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
        let both = one.and(&other);
        assert_eq!(both.marks, [OriginFlag::MinerName, OriginFlag::KernelName, OriginFlag::HiddenFile]);
        assert_eq!(both.parent.as_deref(), Some("sh"));
    }

    #[test]
    fn an_origin_is_written_short() {
        let text = |origin: &Origin| serde_json::to_string(origin).expect("json");
        assert_eq!(text(&Origin::default()), "{}");
        assert_eq!(text(&Origin { marks: vec![OriginFlag::New], ..Origin::default() }), r#"{"marks":["new"]}"#);
    }
}
