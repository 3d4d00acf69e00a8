//! Mimamori (見守り) explains in plain Japanese or English why a PC is slow, fixes it in one click, and measures again.
//!
//! # Two processes
//!
//! ```text
//! agent (tray, always on)                              window (opened on demand, ends when closed)
//!   sampler -> monitor -> Observation                    sampler -> monitor -> Observation -> Snapshot -> screens
//!     |-> recorder: samples, events -> recording.db ------> reader: the past                       |
//!     |-> FindingTracker: began, ended                   screens -> Intent -> worker -> CloseJob -> platform
//!     `-> NotificationPolicy -> notifications, tray        `-> inbox (actions, verdicts) -> agent -> recording.db
//! ```
//!
//! The processes share the recording, which only the agent writes, and talk over a local endpoint ([`ipc`]).
//! `mimamori check` runs the same sampler and monitor for a few seconds and prints the findings.
//!
//! # Modules
//!
//! From the inside out; each imports only modules listed before it (enforced by `tests/all/layering.rs`):
//!
//! - [`model`] is plain data: units, processes, samples, history. A missing value carries its reason.
//! - [`knowledge`] holds the tables: known programs, protected programs, thresholds.
//! - [`diagnose`] derives findings from a history.
//! - [`explain`] puts findings into words; [`remedy`] plans what can be done, carries it out step by step and judges
//!   whether it helped. All modules up to here are pure: no clock, no files, no threads, no operating system.
//! - [`checkup`] answers the numbered questions of the check-up from the findings and the figures; pure, too.
//! - [`report`] has the JSON formats, and the words for what became of a remedy.
//! - [`icon`] draws the tray icon; [`platform`] wraps the operating system, the only place with `cfg(target_os)` and
//!   `unsafe`; [`settings`] stores the user's choices, [`undo_file`] the remedies that can be undone, [`restart_file`] what
//!   was found before a restart; [`launcher`] starts programs for the user, [`scanner`] asks the installed antivirus about
//!   a file.
//! - [`sampler`] takes samples from it; [`recorder`] stores them for months in one bounded file.
//! - [`monitor`] combines these for a live PC.
//! - [`context`] holds the texts and tables of the process, [`console`] prints, [`exit`] lists the exit codes, [`signals`]
//!   ends the program when it is asked to, [`ipc`] carries requests between processes, [`diagnostic_log`] records this program's own faults.
//! - [`agent`] runs in the background: tray, recording, notifications. [`ui`] is the window.
//! - [`cli`] is the command line, which starts the others; it receives the window as an argument.
//!
//! # Where to change what
//!
//! | to add | change |
//! |---|---|
//! | a rule | `diagnose/rules/NAME.rs` and its entry in `diagnose/rules/mod.rs` and [`diagnose::RuleId`]; its texts in `assets/text/*/causes.ftl`, its limits in `assets/knowledge/thresholds.toml`, a case in `tests/scenarios/corpus` |
//! | a check of the check-up | [`checkup::CheckId`], its answer in `checkup/checks`, its texts in `assets/text/*/checkup.ftl`; facts that no sample has in `model/system_facts.rs` and `platform/*/system_facts.rs` |
//! | a remedy | [`remedy::RemedyId`] and `remedy/plan.rs`, [`remedy::Action`] for the command line; what it does to processes in `platform/*/target.rs`; the job in `remedy/*_job.rs`; its sentences in `report/remedy.rs`; how it is undone in [`undo_file`] |
//! | a screen | `ui/screens/NAME.rs`, [`ui::Screen`] and `ui/shell.rs`; what it shows in `ui/snapshot.rs`, what it asks for in `ui/intent.rs` and `ui/app.rs` |
//! | a sensor | `platform/{linux,windows,unknown}` with the same items, the field in `model/sample.rs`, `sampler/mod.rs`; `recorder/{row,schema}.rs` to record it |
//! | a text | both languages in `assets/text`; a figure in it in `explain/format.rs` |
//! | a known program | `assets/knowledge/programs.toml` |
//! | a request between processes | `ipc/protocol.rs`, answered in `agent/mod.rs` or `ui/app.rs` |

pub mod agent;
pub mod checkup;
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
pub mod launcher;
pub mod model;
pub mod monitor;
pub mod platform;
pub mod recorder;
pub mod remedy;
pub mod report;
pub mod restart_file;
pub mod sampler;
pub mod scanner;
pub mod settings;
pub mod signals;
pub mod ui;
pub mod undo_file;
