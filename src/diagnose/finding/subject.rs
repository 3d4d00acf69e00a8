//! The program, volume or PC a finding is about.

use serde::{Deserialize, Serialize};

use crate::knowledge::{Knowledge, Label};
use crate::model::{DisplayName, Member, ProgramKind, ProgramSample, VolumeKind};

/// Kind of a subject.
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
    /// Kind of the subject.
    pub kind: SubjectKind,
    /// Identity over time: English name of a program, mount point of a volume, empty for the PC.
    pub group: String,
    /// Display name.
    pub name: Label,
    /// Program file, if known.
    pub path: Option<String>,
    /// The processes to act on. Not recorded: process ids mean nothing later.
    #[serde(skip)]
    pub members: Vec<Member>,
    /// Number of its processes.
    pub parts: u32,
    /// Of a volume: what holds its data.
    #[serde(default, skip_serializing_if = "VolumeKind::is_disk")]
    pub volume: VolumeKind,
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
            volume: VolumeKind::Disk,
        }
    }

    /// A volume.
    pub fn volume(name: &str, volume: VolumeKind) -> Self {
        let shown = Label::same(DisplayName::new(name).as_str());
        Self { kind: SubjectKind::Volume, group: name.to_owned(), name: shown, volume, ..Self::machine() }
    }

    /// A program that has ended: it has no processes, and nothing can be done about it.
    pub fn ended(name: &str, kind: ProgramKind, knowledge: &Knowledge) -> Self {
        let program = ProgramSample { name: name.into(), kind, ..ProgramSample::default() };
        Self { parts: 0, ..Self::program(&program, knowledge, |member| member.cpu.get()) }
    }

    /// A program, with the process trees that are heavy by `weight`.
    pub fn program(program: &ProgramSample, knowledge: &Knowledge, weight: impl Fn(&Member) -> f64) -> Self {
        let name = knowledge
            .named(&program.name)
            .map_or_else(|| Label::same(DisplayName::new(&program.name).as_str()), |known| known.name.clone());
        Self {
            kind: if program.kind == ProgramKind::Browser { SubjectKind::Browser } else { SubjectKind::Program },
            group: program.name.to_string(),
            name,
            path: program.path.as_deref().map(str::to_owned),
            members: program.heavy_members(weight),
            parts: program.parts,
            volume: VolumeKind::Disk,
        }
    }
}
