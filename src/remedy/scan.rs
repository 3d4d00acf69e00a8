//! What an antivirus says about one file. The result is told as theirs.

use crate::diagnose::Subject;
use crate::model::{Antivirus, At};

/// Result of asking about a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScanVerdict {
    /// It found nothing.
    NothingFound,
    /// It calls the file this.
    Found(String),
    /// It did not look.
    NotScanned(NotScanned),
}

impl ScanVerdict {
    /// The id used in the recording.
    pub const fn id(&self) -> &'static str {
        match self {
            Self::NothingFound => "nothing",
            Self::Found(_) => "found",
            Self::NotScanned(_) => "not_scanned",
        }
    }
}

/// State of a scan as shown to the user.
#[derive(Clone, Debug, PartialEq)]
pub struct ScanStatus {
    /// The program whose file it is.
    pub subject: Subject,
    /// Which antivirus was asked.
    pub antivirus: Antivirus,
    /// When it began.
    pub begun: At,
    /// What it said; `None` while it looks.
    pub verdict: Option<ScanVerdict>,
}

/// Why a file was not scanned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotScanned {
    /// The file is no longer there.
    Gone,
    /// The file must not be read, or the antivirus asks for more rights.
    NotAllowed,
    /// It is larger than the antivirus scans.
    TooLarge,
    /// The antivirus has no signatures, or is switched off.
    NotReady,
    /// It took too long.
    TooLong,
    /// The user cancelled it.
    Cancelled,
    /// What it said.
    Other(String),
}

impl NotScanned {
    /// The id used in texts.
    pub const fn id(&self) -> &'static str {
        match self {
            Self::Gone => "gone",
            Self::NotAllowed => "not_allowed",
            Self::TooLarge => "too_large",
            Self::NotReady => "not_ready",
            Self::TooLong => "too_long",
            Self::Cancelled => "cancelled",
            Self::Other(_) => "other",
        }
    }
}
