//! Exit codes of the program.

/// How the program ends; the codes above 2 are those of `sysexits.h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::VariantArray)]
#[repr(u8)]
pub enum Exit {
    /// Nothing to do.
    Fine = 0,
    /// Something was found.
    Found = 1,
    /// The command line is wrong.
    Usage = 2,
    /// Not possible here.
    Unavailable = 69,
    /// A mistake of the program.
    Internal = 70,
    /// Not now; it starts itself again later.
    TryAgain = 75,
    /// Ctrl-C.
    Interrupted = 130,
}

impl Exit {
    /// The number that a script sees.
    pub const fn code(self) -> u8 {
        self as u8
    }
}
