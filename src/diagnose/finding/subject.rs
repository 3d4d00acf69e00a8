//! The program, volume or PC that a finding is about.

use serde::{Deserialize, Serialize};

use crate::knowledge::{Knowledge, Label};
use crate::model::{Member, ProgramKind, ProgramSample};

/// What kind of thing a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubjectKind {
    /// A program.
    Program,
    /// A web browser.
    Browser,
    /// A volume.
    Volume,
    /// The PC as a whole.
    Machine,
}

/// What a finding is about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Subject {
    /// What kind of thing.
    pub kind: SubjectKind,
    /// Identity over time: the English name of a program, the mount point of a volume, empty for the PC.
    pub group: String,
    /// Its name for people.
    pub name: Label,
    /// File of a program, if known.
    pub path: Option<String>,
    /// The processes that are meant. Not recorded: their numbers mean nothing later.
    #[serde(skip)]
    pub members: Vec<Member>,
    /// How many processes belong to it.
    pub parts: u32,
}

impl Subject {
    /// The PC as a whole.
    pub fn machine() -> Self {
        Self {
            kind: SubjectKind::Machine,
            group: String::new(),
            name: Label::default(),
            path: None,
            members: Vec::new(),
            parts: 0,
        }
    }

    /// A volume.
    pub fn volume(name: &str) -> Self {
        Self { kind: SubjectKind::Volume, group: name.to_owned(), name: Label::same(name), ..Self::machine() }
    }

    /// A program that was there and is not any more: it has no parts, and nothing can be done to it.
    pub fn ended(name: &str, kind: ProgramKind, knowledge: &Knowledge) -> Self {
        let program = ProgramSample { name: name.into(), kind, ..ProgramSample::default() };
        Self { parts: 0, ..Self::program(&program, knowledge, |member| member.cpu.get()) }
    }

    /// A program, with the trees that `weight` makes heavy.
    pub fn program(program: &ProgramSample, knowledge: &Knowledge, weight: impl Fn(&Member) -> f64) -> Self {
        let name =
            knowledge.named(&program.name).map_or_else(|| Label::same(&program.name), |known| known.name.clone());
        Self {
            kind: if program.kind == ProgramKind::Browser { SubjectKind::Browser } else { SubjectKind::Program },
            group: program.name.to_string(),
            name,
            path: program.path.as_deref().map(str::to_owned),
            members: program.heavy_members(weight),
            parts: program.parts,
        }
    }
}
