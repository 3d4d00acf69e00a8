//! Exit codes of the program.

/// How the program ends. 69 to 77 are codes of `sysexits.h`; 130 is a shell's 128 + SIGINT.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::VariantArray)]
#[repr(u8)]
pub enum Exit {
    /// Nothing to do.
    Fine = 0,
    /// Something was found.
    Found = 1,
    /// The command line is wrong.
    Usage = 2,
    /// Not possible on this system or at this time.
    Unavailable = 69,
    /// An internal error.
    Internal = 70,
    /// What was to be printed could not be written.
    Output = 74,
    /// Ended for now; it restarts itself later.
    TryAgain = 75,
    /// A remedy was refused: it must not be done, or the system does not let it.
    Refused = 77,
    /// Interrupted with Ctrl-C.
    Interrupted = 130,
}

impl Exit {
    /// The code that scripts see.
    pub const fn code(self) -> u8 {
        self as u8
    }
}
