//! Signs that add up to a suspicion.

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};

/// What kind of evidence a sign is. Two kinds are needed for an alarm, one of them not the load.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SignClass {
    /// What the program is and where it comes from.
    Identity,
    /// What it does when people come and go.
    Behaviour,
    /// Whom it talks to.
    Network,
    /// The shape of its load, and what the load does to the PC.
    Load,
}

/// One thing that speaks for or against a suspicion.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, IntoStaticStr, VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum SignKind {
    /// The file name of a known miner.
    MinerName,
    /// Arguments of a miner; `text` is the part that matched.
    MinerArguments,
    /// A system name in the wrong folder.
    WrongFolder,
    /// A system name with the wrong parent.
    WrongParent,
    /// The name of a kernel thread, with a file.
    KernelName,
    /// In a folder for temporary files.
    TemporaryFolder,
    /// In a folder where no programs are.
    OddFolder,
    /// Its file hides.
    HiddenFile,
    /// Its file was deleted while it runs.
    DeletedFile,
    /// Started by a script.
    ScriptHostParent,
    /// Started by a schedule.
    SchedulerParent,
    /// No valid signature.
    Unsigned,
    /// New on this PC; `figure` is within how many days it was first seen.
    New,
    /// It came back after it ended; `figure` is how often.
    CameBack,
    /// Its load fell when a monitor was opened; `figure` is how often.
    FellWhenWatched,
    /// It stops when the user comes back; `figure` is how often.
    OnlyWhileAway,
    /// A program that never computes for long by itself.
    NeverBusy,
    /// No window.
    NoWindow,
    /// It shows a window.
    Window,
    /// Connected for a while to a port that mining pools use.
    PoolPort,
    /// Its load does not move; `figure` is the variation.
    Steady,
    /// It has not moved for minutes.
    VerySteady,
    /// Next to no disk and network.
    Quiet,
    /// Next to no network; its disk is not known.
    QuietNetwork,
    /// Warmer than this PC's own idle; `figure` is by how many degrees.
    Heat,
    /// The graphics processor is busy too.
    Gpu,
    /// Signed, and where programs are installed.
    Signed,
    /// Where only an administrator can put programs.
    Installed,
}

impl SignKind {
    /// Every kind, for tests of texts and points.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The id used in texts, points and JSON.
    pub fn id(self) -> &'static str {
        self.into()
    }

    /// What kind of evidence it is.
    pub const fn class(self) -> SignClass {
        match self {
            Self::CameBack
            | Self::FellWhenWatched
            | Self::OnlyWhileAway
            | Self::NeverBusy
            | Self::NoWindow
            | Self::Window => SignClass::Behaviour,
            Self::Steady | Self::VerySteady | Self::Quiet | Self::QuietNetwork | Self::Heat | Self::Gpu => {
                SignClass::Load
            }
            Self::PoolPort => SignClass::Network,
            _ => SignClass::Identity,
        }
    }

    /// Whether honest programs practically never show it: without one of these there is no alarm.
    pub const fn is_strong(self) -> bool {
        matches!(
            self,
            Self::MinerName
                | Self::MinerArguments
                | Self::WrongFolder
                | Self::WrongParent
                | Self::KernelName
                | Self::HiddenFile
                | Self::CameBack
                | Self::FellWhenWatched
        )
    }
}

/// A sign with what was seen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sign {
    /// Which one.
    pub kind: SignKind,
    /// What it counts.
    pub points: i32,
    /// What was seen, where it is a text: a folder, a program, a part of the command line.
    pub text: Option<String>,
    /// What was seen, where it is a figure.
    pub figure: Option<f64>,
}
