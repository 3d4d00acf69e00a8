//! Scores the diagnosis on foreign recordings: parses them whatever their form, converts them to a
//! `mimamori.history/1`, replays that, and compares with the labels. Prints figures and judges none.

#![allow(dead_code, reason = "included by the tests and by the score, which use different parts")]

pub mod convert;
pub mod guess;
pub mod labels;
pub mod map;
pub mod run;
pub mod sheet;
