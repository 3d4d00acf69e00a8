//! JSON forms: the result of a check (`mimamori.check/1`) and recorded histories (`mimamori.history/1`). Their schemas
//! are in `assets/schema`. Pure: text in, data out.

mod check;
mod history;

pub use check::{CHECK_SCHEMA, CheckReport, finding_json, sample_json};
pub use history::{AtForm, HISTORY_SCHEMA, HistoryReader, LineError, NoHistory, RecordedSample};
