//! Antivirus programs.

/// An antivirus that can be asked about one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Antivirus {
    /// ClamAV (Linux).
    ClamAv,
    /// Microsoft Defender Antivirus.
    Defender,
}

impl Antivirus {
    /// Its name, the same in every language.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ClamAv => "ClamAV",
            Self::Defender => "Microsoft Defender",
        }
    }
}
