//! Keeping the file small: by age, then by size.

use rusqlite::Connection;

use super::RecorderError;
use super::store;
use super::types::{Limits, Tier};
use crate::model::{At, Seconds};

/// Deleting goes on until the file is this share of its limit, so that it is not needed again at once.
const GOAL: f64 = 0.9;
/// What is never deleted for the sake of size, ms of raw samples, of minutes and of hours.
const NEWEST: [(Tier, i64); 3] = [(Tier::Raw, 600_000), (Tier::Minute, 3_600_000), (Tier::Hour, 86_400_000)];
/// Of so many parts of a tier the oldest goes at a time.
const PARTS: i64 = 8;
/// The newest events, kept whatever their size.
const NEWEST_EVENTS: i64 = 200;
/// Free pages are used again, mostly within the hour. Making the file smaller means writing all of it anew, so it is
/// done only when more than this share of it is free and at least this many bytes: a busy day that is over, or weeks
/// in which the PC was off, but not the coming and going of every day.
const FREE_SHARE: i64 = 2;
const FREE_BYTES: i64 = 8 << 20;
/// Above its limit a smaller share is worth it: after deleting down to [`GOAL`] there is always as much. What cannot be
/// deleted any more is not written anew again and again.
const FREE_SHARE_ABOVE: i64 = 20;

/// Deletes what is older than its tier keeps. One transaction.
pub fn by_age(db: &Connection, limits: &Limits, now: At) -> Result<(), RecorderError> {
    let before = |age: Seconds| now.minus(age).0;
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

/// Deletes programs that no row names any more. Reads all usages: not more often than once a day.
pub fn programs(db: &Connection) -> Result<(), RecorderError> {
    let unused = "DELETE FROM program WHERE id NOT IN (SELECT program FROM raw_usage UNION \
                  SELECT program FROM minute_usage UNION SELECT program FROM hour_usage)";
    db.execute(unused, [])?;
    Ok(())
}

/// Deletes the oldest until what is left fits into `max_bytes`, and empties the log. The file itself stays as large as
/// it was, with room for what comes, unless it is too large itself (its limit was lowered, or it grew all at once).
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

/// Deletes an oldest part of the finer tiers; of hours, then of events when nothing else is left.
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

/// Half of the events beyond the newest ones, oldest first.
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

/// Writes the file anew without its free pages. The copy is made in a file and not in memory, where all else of this
/// connection is: the agent has a budget of a few MB. A file of an older version, which kept a map of its pages to give
/// them back one by one (a third more to write every day), loses it here.
pub fn compact(db: &Connection) -> Result<(), RecorderError> {
    db.pragma_update(None, "temp_store", "FILE")?;
    let done = db.execute("VACUUM", []);
    db.pragma_update(None, "temp_store", "MEMORY")?;
    done?;
    empty_log(db)
}

/// Moves the log into the file and makes it empty. A reader may hold it; then it is emptied another time.
fn empty_log(db: &Connection) -> Result<(), RecorderError> {
    match empty_log_now(db) {
        Err(RecorderError::Locked) => Ok(()),
        done => done,
    }
}

/// The same when it may not wait.
///
/// # Errors
/// `Locked` while somebody reads what is in the log.
pub fn empty_log_now(db: &Connection) -> Result<(), RecorderError> {
    let busy: i64 = db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    if busy == 0 { Ok(()) } else { Err(RecorderError::Locked) }
}
