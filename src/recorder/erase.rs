//! Erasing the recording at the user's request: nothing of it can be read from the files afterwards.

use std::path::Path;

use rusqlite::Connection;

use super::inbox::Inbox;
use super::types::Tier;
use super::{RecorderError, file, prune, schema};
use crate::model::At;

/// Tables beside those of the samples.
const TABLES: [&str; 6] = ["space", "volume", "event", "program", "autostart", "run"];

/// Erases the recording at `path` with its inbox and quarantined files, while no recorder has it open; an open one uses
/// [`super::Recorder::erase`].
///
/// # Errors
/// `Locked` when a recorder or a reader has it open: call again for the rest. As [`super::Recorder::open`] otherwise.
pub fn erase(path: &Path, now: At) -> Result<(), RecorderError> {
    if path.exists() {
        let _lock = file::lock(path)?;
        let opening = file::open(path, now)?;
        let transaction = opening.db.unchecked_transaction()?;
        delete_rows(&transaction)?;
        transaction.commit()?;
        scrub(&opening.db)?;
        file::remove_quarantined(path)?;
    }
    Inbox::beside(path).discard();
    Ok(())
}

/// Deletes every row and overwrites it with zeros; [`scrub`] writes them to the file.
pub fn delete_rows(db: &Connection) -> Result<(), RecorderError> {
    db.pragma_update(None, "secure_delete", true)?;
    let samples = Tier::ALL.iter().map(|tier| schema::table(*tier));
    let samples = samples.flat_map(|table| [table.to_owned(), format!("{table}_usage")]);
    let tables = samples.chain(TABLES.map(str::to_owned));
    let deleted = tables.into_iter().try_for_each(|table| db.execute(&format!("DELETE FROM {table}"), []).map(|_| ()));
    db.pragma_update(None, "secure_delete", false)?;
    Ok(deleted?)
}

/// Call after [`delete_rows`] is committed: overwrites the old pages in the file, compacts it and empties the log.
pub fn scrub(db: &Connection) -> Result<(), RecorderError> {
    prune::empty_log_now(db)?;
    prune::compact(db)?;
    prune::empty_log_now(db)
}
