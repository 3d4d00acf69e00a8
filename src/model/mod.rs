//! Plain data shared by all modules: units, processes, samples and their history.
//!
//! Independent of the operating system, the clock, files and threads. A value that could not be measured is
//! [`Reading::Missing`] with its reason, never zero.

mod antivirus;
mod autostart;
mod browser;
mod condition;
mod display_name;
mod event;
mod history;
mod launch;
mod machine;
mod origin;
mod priority;
mod process;
mod protect;
mod reading;
mod restart;
mod sample;
mod signature;
mod system_facts;
mod time;
mod units;
mod volume;

pub use antivirus::Antivirus;
pub use autostart::{AutostartChange, AutostartEntry};
pub use browser::{BrowserFamily, BrowserPlaces, BrowserQuestion, BrowserState, OwnBlocking};
pub use condition::{Autostart, AutostartState, Condition, Protection, StopReason, SuddenStop};
pub use display_name::{DisplayName, is_dangerous, visible_line, visible_lines};
pub use event::{Event, EventKind};
pub use history::{Earlier, Held, HeldMeans, History, IdleBaseline, TREND_KEEP, VolumePoint, WrittenHour};
pub use launch::Launch;
pub use machine::{Machine, Os, SelfUsage};
pub use origin::{Origin, OriginFlag};
pub use priority::{GroupWeight, LoweredProcess, SavedPriority, ThreadPriority};
pub use process::{Given, MEMORY_FILE, Owner, Pid, ProcFacts, ProcKey, ProcSample, ProcState};
pub use protect::{ActError, Closable, OwnProcess, ProtectRules, Refusal};
pub use reading::{Reading, Why};
pub use restart::{Inhibitor, RestartCheck, RestartError};
pub use sample::{Member, Memory, Power, Pressure, ProgramKind, ProgramSample, Sample, Swap, Traffic, Use};
pub use signature::{MyFiles, Signature, Signatures};
pub use system_facts::{RecordedStops, SystemFacts};
pub use time::At;
pub use units::{Bytes, BytesPerSec, Celsius, Fraction, Hertz, Rpm, Seconds};
pub use volume::{Mount, SilentVolume, Volume, VolumeKind};
