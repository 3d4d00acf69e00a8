//! Mimamori (見守り) says in plain Japanese or English why a PC is slow, mends it in one click, and looks again.
//!
//! The modules from the inside out; each imports only modules above it, never one below or beside it
//! (`tests/all/layering.rs` keeps it so):
//!
//! - [`model`] is plain data: units, processes, samples, history. A missing value has a reason.
//! - [`knowledge`] holds what is known beforehand: programs, what is protected, thresholds.
//! - [`diagnose`] makes findings out of a history.
//! - [`explain`] makes words out of findings; [`remedy`] says what can be done, carries it out step by step and judges
//!   whether it helped. All modules up to here are pure: no clock, no files, no threads, no operating system.
//! - [`report`] has the JSON forms; [`settings`] remembers what the user chose.
//! - [`icon`] draws the icon beside the clock; [`platform`] is the operating system, the only place with
//!   `cfg(target_os)` and `unsafe`.
//! - [`sampler`] takes samples from it; [`recorder`] keeps them for months in one bounded file.
//! - [`monitor`] joins the parts for a live PC.
//! - [`context`] has the texts and tables that every program needs, [`console`] what is printed, [`exit`] the exit
//!   codes, [`ipc`] the requests between agent, window and command line.
//! - [`agent`] watches in the background: tray, recording, notifications. [`ui`] is the window.
//! - [`cli`] is the command line, from which the others are started; it gets the window as an argument.

pub mod agent;
pub mod cli;
pub mod console;
pub mod context;
pub mod diagnose;
pub mod diagnostic_log;
pub mod exit;
pub mod explain;
pub mod icon;
pub mod ipc;
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
