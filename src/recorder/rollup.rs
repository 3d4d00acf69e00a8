//! Rolls up samples into means of minutes and hours. Works on the rows in the file, so a crash loses no means.

use rusqlite::Connection;

use super::RecorderError;
use super::merge::merge;
use super::store::{self, Programs};
use super::types::Tier;

/// Most means per tier and flush; the next flush continues.
const MOST: usize = 200;

/// Times of the newest means; -1 if there are none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rolled {
    minute: i64,
    hour: i64,
}

impl Rolled {
    /// The state before a run that began at `started`. Later rows are of a run whose clock was wrong.
    pub fn before(db: &Connection, started: i64) -> Result<Self, RecorderError> {
        let last = |tier| store::last(db, tier, 0, started).map(|at| at.unwrap_or(-1));
        Ok(Self { minute: last(Tier::Minute)?, hour: last(Tier::Hour)? })
    }

    /// The state after rows from `from` on were moved by `by`.
    #[must_use]
    pub fn shifted(self, from: i64, by: i64) -> Self {
        let move_at = |at: i64| if at >= from { at.saturating_add(by) } else { at };
        // Never into the time before the run, whose rows were rolled up by their own run.
        Self { minute: move_at(self.minute), hour: move_at(self.hour) }
    }

    /// Computes the means of all minutes and hours that ended by `now`.
    pub fn roll(self, db: &Connection, programs: &mut Programs, now: i64) -> Result<Self, RecorderError> {
        let minute = tier(db, programs, Tier::Minute, self.minute, now)?;
        let hour = tier(db, programs, Tier::Hour, self.hour, now)?;
        Ok(Self { minute, hour })
    }
}

fn tier(db: &Connection, programs: &mut Programs, tier: Tier, mut rolled: i64, now: i64) -> Result<i64, RecorderError> {
    let Some(finer) = tier.finer() else { return Ok(rolled) };
    for _ in 0..MOST {
        let Some(first) = store::first(db, finer, rolled + 1, now)? else { break };
        let end = tier.end_of(first);
        if end > now {
            break;
        }
        let rows = store::rows(db, programs, finer, first, end)?;
        let Some(row) = merge(&rows) else { break };
        store::insert(db, programs, tier, &row)?;
        rolled = row.at;
    }
    Ok(rolled)
}
