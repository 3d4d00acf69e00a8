//! Signs that add up to a suspicion.

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};

/// Class of a sign. An alarm needs signs of two classes, one of them other than the load.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SignClass {
    /// What the program is and where it comes from.
    Identity,
    /// What it does when the user comes and goes.
    Behaviour,
    /// Which hosts it connects to.
    Network,
    /// The shape of its load, and the effects of the load on the PC.
    Load,
}

/// One observation that counts for or against a suspicion.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, IntoStaticStr, VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum SignKind {
    /// File name of a known miner.
    MinerName,
    /// Command-line arguments of a miner; `text` is the part that matched.
    MinerArguments,
    /// Name of a system program, in the wrong folder.
    WrongFolder,
    /// Name of a system program, with the wrong parent process.
    WrongParent,
    /// Name of a kernel thread, but with a program file.
    KernelName,
    /// Program file in a folder for temporary files.
    TemporaryFolder,
    /// Program file in a folder where programs are not installed.
    OddFolder,
    /// Hidden program file.
    HiddenFile,
    /// Program file where it is not come across.
    HiddenPlace,
    /// Name of a part of the desktop or of the system, in the wrong folder.
    ImitatedName,
    /// Program file deleted while it runs.
    DeletedFile,
    /// Program in memory, without a file; `text` is its name.
    MemoryFile,
    /// Started by a script interpreter.
    ScriptHostParent,
    /// Started by a task scheduler.
    SchedulerParent,
    /// Starts with the PC or the session; `text` is its name in the list.
    Autostart,
    /// Runs at the lowest priority.
    LowestPriority,
    /// No valid signature.
    Unsigned,
    /// New on this PC; `figure` is the number of days within which a program counts as new.
    New,
    /// Came back after it ended; `figure` is how often.
    CameBack,
    /// Its load fell when a monitoring tool was opened; `figure` is how often.
    FellWhenWatched,
    /// Stops when the user comes back; `figure` is how often.
    OnlyWhileAway,
    /// A program that does not normally compute for long.
    NeverBusy,
    /// Shows no window.
    NoWindow,
    /// Shows a window.
    Window,
    /// Connected for a while to a port used by mining pools.
    PoolPort,
    /// Steady load; `figure` is the variation.
    Steady,
    /// Steady load for minutes.
    VerySteady,
    /// Hardly any disk or network traffic.
    Quiet,
    /// Hardly any network traffic; its disk traffic is unknown.
    QuietNetwork,
    /// Warmer than this PC's usual idle; `figure` is by how many degrees.
    Heat,
    /// The graphics processor is busy, too.
    Gpu,
    /// Signed, and in a folder where programs are installed.
    Signed,
    /// In a folder that only administrators can write to.
    Installed,
    /// In a folder of a known tool.
    ToolFolder,
}

impl SignKind {
    /// Every kind, for tests of texts and points.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The id used in texts, points and JSON.
    pub fn id(self) -> &'static str {
        self.into()
    }

    /// The class of evidence it belongs to.
    pub const fn class(self) -> SignClass {
        match self {
            Self::CameBack
            | Self::FellWhenWatched
            | Self::OnlyWhileAway
            | Self::NeverBusy
            | Self::LowestPriority
            | Self::NoWindow
            | Self::Window => SignClass::Behaviour,
            Self::Steady | Self::VerySteady | Self::Quiet | Self::QuietNetwork | Self::Heat | Self::Gpu => {
                SignClass::Load
            }
            Self::PoolPort => SignClass::Network,
            _ => SignClass::Identity,
        }
    }

    /// True if legitimate programs practically never show it; without such a sign there is no alarm.
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

/// An observed sign.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sign {
    /// The kind of sign.
    pub kind: SignKind,
    /// Points it adds to the score; negative counts against the suspicion.
    pub points: i32,
    /// What was observed, as text: a folder, a program, a part of the command line.
    pub text: Option<String>,
    /// What was observed, as a figure.
    pub figure: Option<f64>,
}
