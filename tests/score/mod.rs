//! Scores the diagnosis on recordings of others: reads what they wrote, whatever it looks like, makes a
//! `mimamori.history/1` of it, replays that, and compares with the label. Prints figures and judges none.

#![allow(dead_code, reason = "included by the tests and by the score, which use different parts")]

pub mod convert;
pub mod guess;
pub mod labels;
pub mod map;
pub mod run;
pub mod sheet;
