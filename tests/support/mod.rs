//! Shared by the tests and the score: short histories of a PC (`tests/scenarios/corpus/*.toml`), the generator that
//! turns one into a recorded history, the replay of a history through the program's own code, and the tables.

#![allow(dead_code, reason = "included by the tests and by the score, which use different parts")]
#![allow(clippy::expect_used, clippy::missing_panics_doc, reason = "a broken case ends the test with its reason")]

pub mod case;
pub mod corpus;
pub mod paced;
pub mod replay;
pub mod rng;
pub mod story;
pub mod table;
