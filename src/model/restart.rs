//! What the system says about restarting the PC.

/// A program that asked the system not to restart for now.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Inhibitor {
    /// The program, in its own words.
    pub who: String,
    /// Its reason, in its own words.
    pub why: String,
}

/// What was asked of the system before a restart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RestartCheck {
    /// Programs that block it.
    pub inhibitors: Vec<Inhibitor>,
    /// The system asks for a password first.
    pub asks_password: bool,
}

/// Why the PC is not restarted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RestartError {
    /// This user must not restart it.
    NotAllowed,
    /// Programs block it, and this user cannot override that.
    Inhibited(Vec<Inhibitor>),
    /// Other users are signed in, and this user cannot override that.
    OthersSignedIn,
    /// A restart or shutdown is under way already.
    UnderWay,
    /// Nothing here can restart it; the system's words, where it has any.
    NotHere(String),
    /// The system does not answer.
    NoAnswer,
    /// The system was told to restart and has not answered: it may still do it.
    Unconfirmed,
    /// The system's words.
    Failed(String),
}
