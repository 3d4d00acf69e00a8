//! What can be done about a finding, what must not be done, and whether it helped. Pure: what acts on a process is a
//! [`Target`], which whoever runs a [`CloseJob`] brings along.

mod close;
mod close_job;
mod plan;

pub mod restart;

pub use close::{ASK_SECONDS, Phase, Verdict};
pub use close_job::{CloseJob, CloseStatus, CloseUpdate, PcState, Target};
pub use plan::{Plan, Remedy, RemedyId, plan};
