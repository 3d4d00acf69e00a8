//! Restarting the PC: the checklist before, the restart itself, and what it changed. The system is asked by whoever runs
//! the [`RestartJob`].

mod after;
mod checklist;
mod job;

pub use after::{
    AfterFacts, AfterRestart, AfterVerdict, BrowserReturn, NoteState, RestartNote, Restarted, ReturnedBrowser, SETTLE,
    StartedBrowser,
};
pub use checklist::{RestartFacts, Step, StepState, Ticks, state, toggle};
pub use job::{Blocker, COUNTDOWN, RestartEnd, RestartJob, RestartOrder, RestartPhase};
