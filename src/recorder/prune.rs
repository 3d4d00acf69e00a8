//! Pruning: by age, then by size.

use rusqlite::Connection;

use super::RecorderError;
use super::store;
use super::types::{Limits, Tier};
use crate::model::{At, Seconds};

/// Share of the size limit down to which rows are deleted, so that pruning is not due again at once.
const GOAL: f64 = 0.9;
/// Newest part of each tier, in ms, that is never deleted for the sake of size.
const NEWEST: [(Tier, i64); 3] = [
    (Tier::Raw, Seconds::from_minutes(10.0).as_millis()),
    (Tier::Minute, Seconds::from_hours(1.0).as_millis()),
    (Tier::Hour, Seconds::from_days(1.0).as_millis()),
];
/// Number of parts a tier is divided into; the oldest part is deleted at a time.
const PARTS: i64 = 8;
/// Number of newest events that are kept whatever their size.
const NEWEST_EVENTS: i64 = 200;
/// The file is compacted when more than one part in this many of it is free. Compacting rewrites all of it, and free
/// pages are mostly reused within the hour: it is worthwhile after an exceptionally busy day, or after weeks in which
/// the PC was off, but not for daily fluctuation.
const FREE_SHARE: i64 = 2;
const FREE_BYTES: i64 = 8 << 20;
/// The same for a file above its limit, where a smaller share suffices: deleting down to [`GOAL`] frees as much. A file
/// from which nothing more can be deleted is not rewritten over and over.
const FREE_SHARE_ABOVE: i64 = 20;

/// Deletes rows older than the retention of their tier, in one transaction.
pub fn by_age(db: &Connection, limits: &Limits, now: At) -> Result<(), RecorderError> {
    let before = |age: Seconds| (now - age).0;
    let change = db.unchecked_transaction()?;
    store::delete_before(&change, Tier::Raw, before(limits.raw))?;
    store::delete_before(&change, Tier::Minute, before(limits.minutes))?;
    store::delete_before(&change, Tier::Hour, before(limits.hours))?;
    change.execute("DELETE FROM space WHERE at < ?1", [before(limits.hours)])?;
    for (lasting, age) in [(0, limits.other_events), (1, limits.lasting_events)] {
        change.execute("DELETE FROM event WHERE at < ?1 AND lasting = ?2", [before(age), lasting])?;
    }
    let runs = "DELETE FROM run WHERE last_seen < ?1 AND id < (SELECT max(id) FROM run)";
    change.execute(runs, [before(limits.lasting_events)])?;
    change.commit()?;
    if free_bytes(db)? > FREE_BYTES.max(all_bytes(db)? / FREE_SHARE) {
        compact(db)?;
    }
    Ok(())
}

/// Deletes programs without rows. Scans all usages: call it once a day at most.
pub fn programs(db: &Connection) -> Result<(), RecorderError> {
    let unused = "DELETE FROM program WHERE id NOT IN (SELECT program FROM raw_usage UNION \
                  SELECT program FROM minute_usage UNION SELECT program FROM hour_usage)";
    db.execute(unused, [])?;
    Ok(())
}

/// Deletes the oldest rows until the rest fits into `max_bytes`, and empties the log. The file keeps its size, with
/// room for new rows, unless the file itself is too large (its limit was lowered, or it grew suddenly).
pub fn by_size(db: &Connection, max_bytes: u64) -> Result<(), RecorderError> {
    let goal = (max_bytes as f64 * GOAL) as i64;
    let mut smaller = false;
    while all_bytes(db)? - free_bytes(db)? > goal {
        let change = db.unchecked_transaction()?;
        let deleted = oldest(&change)?;
        change.commit()?;
        if deleted == 0 {
            break;
        }
        smaller = true;
    }
    if smaller {
        programs(db)?;
    }
    let all = all_bytes(db)?;
    if all > max_bytes.try_into().unwrap_or(i64::MAX) && free_bytes(db)? > all / FREE_SHARE_ABOVE {
        return compact(db);
    }
    empty_log(db)
}

/// Deletes the oldest part of the finer tiers; of the hours and then of the events only when nothing else is left.
fn oldest(db: &Connection) -> Result<usize, RecorderError> {
    let [raw, minute, hour] = NEWEST;
    let mut deleted = oldest_of(db, raw)? + oldest_of(db, minute)?;
    if deleted == 0 {
        deleted = oldest_of(db, hour)?;
        let first = store::first(db, Tier::Hour, 0, i64::MAX)?;
        deleted += first.map_or(Ok(0), |at| db.execute("DELETE FROM space WHERE at < ?1", [at]))?;
    }
    if deleted == 0 {
        deleted = events(db, 0)?;
    }
    if deleted == 0 { events(db, 1) } else { Ok(deleted) }
}

fn oldest_of(db: &Connection, (tier, keep): (Tier, i64)) -> Result<usize, RecorderError> {
    let first = store::first(db, tier, 0, i64::MAX)?;
    let last = store::last(db, tier, 0, i64::MAX)?;
    match first.zip(last) {
        Some((first, last)) if last - first > keep => {
            let part = ((last - first) / PARTS).max(1);
            store::delete_before(db, tier, (first + part).min(last - keep).max(first + 1))
        }
        _ => Ok(0),
    }
}

/// Deletes the older half of the events beyond the newest ones.
fn events(db: &Connection, lasting: i64) -> Result<usize, RecorderError> {
    let count: i64 = db.query_row("SELECT count(*) FROM event WHERE lasting = ?1", [lasting], |row| row.get(0))?;
    let many = (count - NEWEST_EVENTS + 1).max(0) / 2;
    let delete = "DELETE FROM event WHERE id IN (SELECT id FROM event WHERE lasting = ?1 ORDER BY at, id LIMIT ?2)";
    Ok(db.execute(delete, [lasting, many])?)
}

fn all_bytes(db: &Connection) -> Result<i64, RecorderError> {
    Ok(number(db, "page_count")? * number(db, "page_size")?)
}

fn free_bytes(db: &Connection) -> Result<i64, RecorderError> {
    Ok(number(db, "freelist_count")? * number(db, "page_size")?)
}

fn number(db: &Connection, pragma: &str) -> Result<i64, RecorderError> {
    Ok(db.pragma_query_value(None, pragma, |row| row.get(0))?)
}

/// Rewrites the file without its free pages. The copy is made in a file rather than in memory, as this connection does
/// otherwise: the agent has a budget of a few MB. This also drops the page map that older versions kept for incremental
/// vacuum, which cost a third more writes every day.
pub fn compact(db: &Connection) -> Result<(), RecorderError> {
    db.pragma_update(None, "temp_store", "FILE")?;
    let done = db.execute("VACUUM", []);
    db.pragma_update(None, "temp_store", "MEMORY")?;
    done?;
    empty_log(db)
}

/// Checkpoints the write-ahead log and truncates it, unless a reader holds it.
fn empty_log(db: &Connection) -> Result<(), RecorderError> {
    match empty_log_now(db) {
        Err(RecorderError::Locked) => Ok(()),
        done => done,
    }
}

/// As [`empty_log`], but reports a reader.
///
/// # Errors
/// `Locked` while a reader uses the log.
pub fn empty_log_now(db: &Connection) -> Result<(), RecorderError> {
    let busy: i64 = db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    if busy == 0 { Ok(()) } else { Err(RecorderError::Locked) }
}
