//! Mimamori (見守り) says in plain Japanese or English why a PC is slow, mends it in one click, and looks again.
//!
//! How it is built, from the inside out (`tests/all/layering.rs` keeps it so):
//!
//! - [`model`] is plain data: units, processes, samples, history. A missing value has a reason.
//! - [`knowledge`] holds what is known beforehand: programs, what is protected, thresholds.
//! - [`diagnose`] makes findings out of a history, [`explain`] words out of findings, [`remedy`] what can be done
//!   and whether it helped. These five are pure: no clock, no files, no threads, no operating system.
//! - [`platform`] is the operating system, the only place with `cfg(target_os)` and `unsafe`.
//!   [`icon`] draws the icon that it shows beside the clock.
//! - [`sampler`] takes samples from it. [`monitor`] joins the parts for a live PC.
//! - [`recorder`] keeps them for months in one bounded file.
//! - [`agent`] watches in the background: tray, recording, notifications.
//! - [`report`] has the JSON forms, [`cli`] the command line, [`ui`] the window.
//! - [`settings`] remembers what the user chose.

pub mod agent;
pub mod cli;
pub mod diagnose;
pub mod diagnostic_log;
pub mod explain;
pub mod icon;
pub mod knowledge;
pub mod model;
pub mod monitor;
pub mod platform;
pub mod recorder;
pub mod remedy;
pub mod report;
pub mod sampler;
pub mod settings;
pub mod ui;
