//! Erasing the recording at the user's request: nothing of it can be read from the files afterwards.

use std::path::Path;

use rusqlite::Connection;

use super::inbox::Inbox;
use super::{RecorderError, file, prune, schema};
use crate::model::At;

/// Erases the recording at `path` with its inbox and quarantined files, while no recorder has it open; an open one uses
/// [`super::Recorder::erase`].
///
/// # Errors
/// `Locked` when a recorder or a reader has it open: call again for the rest. As [`super::Recorder::open`] otherwise.
pub fn erase(path: &Path, now: At) -> Result<(), RecorderError> {
    if std::fs::symlink_metadata(path).is_ok() {
        let _lock = file::lock(path)?;
        match file::open(path, now).and_then(|opening| empty(&opening.db)) {
            // A new file replaces it; it is deleted below with the quarantined ones.
            Err(RecorderError::Damaged(_)) => drop(file::replace(path, now)?),
            emptied => emptied?,
        }
        file::remove_quarantined(path)?;
    }
    Inbox::beside(path).discard();
    Ok(())
}

fn empty(db: &Connection) -> Result<(), RecorderError> {
    let transaction = db.unchecked_transaction()?;
    delete_rows(&transaction)?;
    transaction.commit()?;
    scrub(db)
}

/// Deletes every row and overwrites it with zeros; [`scrub`] writes them to the file.
pub fn delete_rows(db: &Connection) -> Result<(), RecorderError> {
    db.pragma_update(None, "secure_delete", true)?;
    let deleted =
        schema::tables().into_iter().try_for_each(|table| db.execute(&format!("DELETE FROM {table}"), []).map(|_| ()));
    db.pragma_update(None, "secure_delete", false)?;
    Ok(deleted?)
}

/// Call after [`delete_rows`] is committed: overwrites the old pages in the file, compacts it and empties the log.
pub fn scrub(db: &Connection) -> Result<(), RecorderError> {
    prune::empty_log_now(db)?;
    prune::compact(db)?;
    prune::empty_log_now(db)
}
