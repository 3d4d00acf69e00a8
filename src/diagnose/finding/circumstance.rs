//! What decides which steps can be followed on this PC.

/// Rules out some of the usual steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Circumstance {
    /// Its program runs as another user or belongs to the system: the user cannot close it.
    OutOfReach,
    /// The PC is a virtual machine: nothing can be plugged in or unplugged.
    Virtual,
}
