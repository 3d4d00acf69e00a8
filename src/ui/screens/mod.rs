//! The screens, one per file: each draws a snapshot and returns intents.

pub mod checkup;
pub mod history;
pub mod now;
pub mod restart;
pub mod settings;
