//! JSON forms: the result of a check (`mimamori.check/1`) and of the check-up (`mimamori.checkup/1`) and recorded histories (`mimamori.history/1`). Their schemas
//! are in `assets/schema`. And what became of a remedy, in words. Pure: text in, data out.

mod check;
mod checkup;
mod history;
mod remedy;
mod restart;

pub use check::{CHECK_SCHEMA, CheckReport, finding_json, sample_json};
pub use checkup::{CHECKUP_SCHEMA, CheckupReport};
pub use history::{AtForm, HISTORY_SCHEMA, HistoryReader, LineError, NoHistory, RecordedSample};
pub use remedy::{
    Started, act_error_text, background_not_ended_text, background_status_text, background_text, close_text,
    no_start_text, not_lowered_text, refusal_text, scan_text, start_text,
};
pub use restart::{after_for_helpdesk, after_lines, after_text, blocker_text, restart_text};
