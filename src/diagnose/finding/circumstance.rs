//! Conditions of the PC that rule out some of the suggested steps.

/// A condition under which some of the usual steps cannot be followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Circumstance {
    /// Its program runs as another user or belongs to the system: the user cannot close it.
    OutOfReach,
    /// The PC is a virtual machine: nothing can be plugged in or unplugged.
    Virtual,
}
