//! Remedies for findings: what can be done, what must not be done, and whether it helped. Pure: processes are acted on
//! through a [`Target`] that the caller of [`CloseJob`] supplies.

mod action;
mod background_job;
mod close;
mod close_job;
mod follow_up;
mod launch;
mod plan;
mod scan;

pub mod restart;

pub use action::{Action, Loss};
pub use background_job::{
    BackgroundEnd, BackgroundJob, BackgroundPhase, BackgroundStatus, BackgroundVerdict, NotLowered,
};
pub use close::{ASK_SECONDS, Phase, Verdict};
pub use close_job::{ClosableParts, CloseJob, CloseStatus, CloseUpdate, Parts, PcState, Target};
pub use follow_up::{FollowUps, KEEP as FOLLOWED_FOR};
pub use launch::{NoStart, Reopening, Start, StartFailure, launch_of, running_without_javascript, without_javascript};
pub use plan::{Plan, Remedy, RemedyId, plan, planned};
pub use scan::{NotScanned, ScanStatus, ScanVerdict};
