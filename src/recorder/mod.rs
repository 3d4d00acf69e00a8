//! The flight recorder: the history of a PC over months, in one small SQLite file.
//!
//! It stores samples with their top programs, free space of the volumes, events, and the runs of the agent. It never
//! stores window titles or command lines. [`Recorder`] is the only writer; any number of [`Reader`]s may read at the
//! same time, including from other processes.
//!
//! Samples are stored in three tiers ([`Tier`]): as the programs were read for some hours, as means of minutes for some
//! days, as means of hours for some months. Each mean keeps the peak as well, so that a short burst does not vanish. A
//! value that was not measured is stored as `NULL` without its reason, and is read back as
//! [`crate::model::Why::Unsupported`].
//!
//! A crash, even of the operating system, leaves the file intact but may lose the latest writes (SQLite's write-ahead
//! log, `synchronous = NORMAL`). The folder must be on a local disk.

mod erase;
mod error;
mod file;
mod inbox;
mod merge;
mod orphaned_findings;
mod pending_batch;
mod prune;
mod reader;
mod rollup;
mod row;
mod schema;
mod select;
mod space;
mod store;
mod types;
mod writer;

pub use erase::erase;
pub use error::RecorderError;
pub use file::bytes as file_bytes;
pub use inbox::Inbox;
pub use pending_batch::PendingBatch;
pub use reader::{Reader, Recorded};
pub use types::{Limits, Opened, PreviousRun, RecordedRun, Run, Tier};
pub use writer::Recorder;
