//! What can be done about a finding, what must not be done, and whether it helped. Pure: acting is done by
//! the worker with what `platform` holds.

mod close;
mod plan;

pub mod restart;

pub use close::{ASK_SECONDS, CloseObservation, CloseStep, MEASURE_SECONDS, Phase, Respawn, Verdict, next};
pub use plan::{Plan, Remedy, RemedyId, plan};
