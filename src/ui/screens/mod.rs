//! One screen a file: a function of the snapshot that returns intents.

pub mod history;
pub mod now;
pub mod restart;
pub mod settings;
