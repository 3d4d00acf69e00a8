//! Exit codes of the program.

/// How the program ends; the codes above 2 are those of `sysexits.h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::VariantArray)]
pub enum Exit {
    /// Nothing to do.
    Fine,
    /// Something was found.
    Found,
    /// The command line is wrong.
    Usage,
    /// Not possible here.
    Unavailable,
    /// A mistake of the program.
    Internal,
    /// Not now; it starts itself again later.
    TryAgain,
    /// Ctrl-C.
    Interrupted,
}

impl Exit {
    /// The number that a script sees.
    pub const fn code(self) -> u8 {
        match self {
            Self::Fine => 0,
            Self::Found => 1,
            Self::Usage => 2,
            Self::Unavailable => 69,
            Self::Internal => 70,
            Self::TryAgain => 75,
            Self::Interrupted => 130,
        }
    }
}
