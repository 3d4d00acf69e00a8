//! Inserts and selects rows, for the writer, the roll-up and the readers.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::RangeInclusive;
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, params, params_from_iter};

use super::RecorderError;
use super::merge::merge;
use super::row::{COUNT, Program, Row, Usage, kind_of, seconds, small};
use super::schema::{columns, table};
use super::types::{RecordedRun, Run, Tier};
use super::writer::ROLL_EVERY;
use crate::model::{At, Bytes, Celsius, Fraction, Origin, ProcKey, ProgramKind, Rpm, WrittenHour};

/// Times of rows that are read: up to the year 9999, and as long before 1970. What a damaged row says beyond is no time
/// to calculate with.
const TIMES: RangeInclusive<i64> = -253_402_300_800_000..=253_402_300_800_000;
/// Values that are read, all whole numbers of small units: nothing that is measured is negative, and none of it is
/// more. Others come from damage, and count as never recorded.
const VALUES: RangeInclusive<i64> = 0..=1 << 53;
/// Ids reserved for the usages of one time.
const USAGES: i64 = 64;
/// Cache size in programs at which it is cleared: names and paths are unbounded.
const MAX_PROGRAMS: usize = 512;
/// Most identities of automatically started programs stored; a few dozen are usual.
const MAX_AUTOSTARTS: i64 = 5_000;

/// Cache of program ids. It reflects the file, so it must be cleared when a transaction is not committed.
#[derive(Debug, Default)]
pub struct Programs {
    by_program: HashMap<Arc<Program>, i64>,
    by_id: HashMap<i64, Arc<Program>>,
}

impl Programs {
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    fn cache(&mut self, id: i64, program: &Arc<Program>) {
        if self.by_id.len() >= MAX_PROGRAMS {
            self.clear();
        }
        self.by_program.insert(Arc::clone(program), id);
        self.by_id.insert(id, Arc::clone(program));
    }

    fn id(&mut self, db: &Connection, program: &Arc<Program>, at: i64) -> Result<i64, RecorderError> {
        if let Some(id) = self.by_program.get(program) {
            return Ok(*id);
        }
        let values = params![&*program.name, program.kind, &*program.path];
        let find = "SELECT id, origin FROM program WHERE name = ?1 AND kind = ?2 AND path = ?3";
        let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
        let found: Option<(i64, String)> = db.prepare_cached(find)?.query_row(values, read).optional()?;
        let origin = written(&program.origin);
        let id = if let Some((id, before)) = found {
            if before != origin {
                db.prepare_cached("UPDATE program SET origin = ?2 WHERE id = ?1")?.execute(params![id, origin])?;
            }
            id
        } else {
            let insert = "INSERT INTO program (name, kind, path, origin, first_seen) VALUES (?1, ?2, ?3, ?4, ?5)";
            let values = params![&*program.name, program.kind, &*program.path, origin, at];
            db.prepare_cached(insert)?.insert(values)?
        };
        self.cache(id, program);
        Ok(id)
    }

    fn program(&mut self, db: &Connection, id: i64) -> Result<Arc<Program>, RecorderError> {
        if let Some(program) = self.by_id.get(&id) {
            return Ok(Arc::clone(program));
        }
        let mut find = db.prepare_cached("SELECT name, kind, path, origin FROM program WHERE id = ?1")?;
        let program = find.query_row([id], |row| {
            let (name, path, origin): (String, String, String) = (row.get(0)?, row.get(2)?, row.get(3)?);
            // A newer version may have written flags that this one does not know: no origin is better than a wrong one.
            let origin = serde_json::from_str(&origin).unwrap_or_default();
            Ok(Program { name: name.into(), kind: row.get(1)?, path: path.into(), origin: Arc::new(origin) })
        })?;
        let program = Arc::new(program);
        self.cache(id, &program);
        Ok(program)
    }
}

/// Files of programs first seen between `from` and `now`; skips those without a path. A file may have stood for several
/// programs (a service host): it is as old as the first of them.
pub fn new_programs(db: &Connection, from: At, now: At) -> Result<BTreeSet<String>, RecorderError> {
    let mut select = db.prepare_cached(
        "SELECT path FROM program WHERE path <> '' GROUP BY path HAVING min(first_seen) BETWEEN ?1 AND ?2",
    )?;
    let paths = select.query_map([from.0, now.0], |row| row.get(0))?;
    Ok(paths.collect::<Result<_, _>>()?)
}

/// Most programs returned per hour…
const WRITERS: usize = 3;
/// …with at least this many bytes: less in every hour of a week stays below a reported loss (`shrink_days_bytes`).
const LEAST_WRITTEN: i64 = 8 << 20;

/// What the top writers wrote in each hour that ended in `from..=to`, and the part of the hour for which that is known.
pub fn written_hours(db: &Connection, from: At, to: At) -> Result<Vec<WrittenHour>, RecorderError> {
    let mut select = db.prepare_cached(
        "SELECT hour.at, hour.program_span, program.name, program.kind, hour_usage.disk_write * hour.program_span / 1000 AS bytes \
         FROM hour JOIN hour_usage ON hour_usage.id BETWEEN hour.at * ?3 AND hour.at * ?3 + ?3 - 1 \
         JOIN program ON program.id = hour_usage.program \
         WHERE hour.at BETWEEN ?1 AND ?2 AND hour_usage.disk_write IS NOT NULL AND hour.program_span > 0 \
         ORDER BY hour.at, bytes DESC",
    )?;
    let mut found = select.query(params![from.0, to.0, USAGES])?;
    let mut hours: Vec<WrittenHour> = Vec::new();
    while let Some(row) = found.next()? {
        let at = At(row.get(0)?);
        if hours.last().is_none_or(|hour| hour.at != at) {
            hours.push(WrittenHour { at, seconds: seconds(row.get(1)?), programs: Vec::new() });
        }
        let (kind, bytes) = (kind_of(row.get(3)?), row.get::<_, i64>(4)?);
        // The system writes on behalf of others, and must not take the place of the programs responsible.
        if kind == ProgramKind::System {
            continue;
        }
        let Some(hour) = hours.last_mut().filter(|hour| hour.programs.len() < WRITERS) else { continue };
        if bytes >= LEAST_WRITTEN {
            let name: String = row.get(2)?;
            hour.programs.push((name.into(), kind, Bytes(bytes.unsigned_abs())));
        }
    }
    Ok(hours)
}

/// Identities of automatically started programs first seen since `from`, with that time. Ignores times after `now`,
/// stamped by a clock that was ahead.
pub fn new_autostarts(db: &Connection, from: At, now: At) -> Result<BTreeMap<String, At>, RecorderError> {
    let mut select =
        db.prepare_cached("SELECT identity, first_seen FROM autostart WHERE first_seen BETWEEN ?1 AND ?2")?;
    let found = select.query_map([from.0, now.0], |row| Ok((row.get(0)?, At(row.get(1)?))))?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// Adds unknown identities as first seen at `now`. The first list ever counts as always known.
pub fn add_autostarts(db: &Connection, identities: &[String], now: At) -> Result<(), RecorderError> {
    let count: i64 = db.prepare_cached("SELECT count(*) FROM autostart")?.query_row([], |row| row.get(0))?;
    if count > MAX_AUTOSTARTS {
        return Ok(());
    }
    let first_seen = if count == 0 { 0 } else { now.0 };
    let mut insert = db.prepare_cached("INSERT OR IGNORE INTO autostart (identity, first_seen) VALUES (?1, ?2)")?;
    // The empty identity marks that there was a first list, even an empty one.
    for identity in [""].into_iter().chain(identities.iter().map(String::as_str)) {
        insert.execute(params![identity, first_seen])?;
    }
    Ok(())
}

/// Number of nearly idle minutes since `from`, and their median temperature.
pub fn idle_temperature(db: &Connection, from: At, cpu: Fraction) -> Result<(u32, Option<Celsius>), RecorderError> {
    let (count, tenths) = idle_middle(db, "temperature", "IS NOT NULL", from, cpu)?;
    Ok((count, tenths.map(|tenths| Celsius(tenths as f64 / 10.0))))
}

/// Number of nearly idle minutes with a known fan speed, and the median of those in which it turned. 0 if it stood
/// still in most of them: its speed in the others is an after-effect of work.
pub fn idle_fan(db: &Connection, from: At, cpu: Fraction) -> Result<(u32, Option<Rpm>), RecorderError> {
    let (count, _) = idle_middle(db, "fan", "IS NOT NULL", from, cpu)?;
    let (turning, rpm) = idle_middle(db, "fan", "> 0", from, cpu)?;
    let middle = if turning * 2 > count { rpm } else { (count > 0).then_some(0) };
    Ok((count, middle.map(|rpm| Rpm(small(rpm)))))
}

/// Number of minutes since `from` with a CPU share below `cpu` in which `column` satisfies `known`, and its median in
/// them.
fn idle_middle(
    db: &Connection,
    column: &str,
    known: &str,
    from: At,
    cpu: Fraction,
) -> Result<(u32, Option<i64>), RecorderError> {
    let idle = format!("FROM minute WHERE at >= ?1 AND cpu < ?2 AND {column} {known}");
    let limits = params![from.0, (cpu.get() * 10_000.0) as i64];
    let count: u32 = db.prepare_cached(&format!("SELECT count(*) {idle}"))?.query_row(limits, |row| row.get(0))?;
    let sql = format!("SELECT {column} {idle} ORDER BY {column} LIMIT 1 OFFSET ?3");
    let limits = params![from.0, (cpu.get() * 10_000.0) as i64, count / 2];
    Ok((count, db.prepare_cached(&sql)?.query_row(limits, |row| row.get(0)).optional()?))
}

/// The stored form of an origin; empty if there is nothing unusual.
fn written(origin: &Origin) -> String {
    if *origin == Origin::default() { String::new() } else { serde_json::to_string(origin).unwrap_or_default() }
}

/// Inserts a row. An existing one stays, so that writing a batch twice changes nothing.
pub fn insert(db: &Connection, programs: &mut Programs, tier: Tier, row: &Row) -> Result<(), RecorderError> {
    let table = table(tier);
    let holes = vec!["?"; COUNT + 1].join(", ");
    let sql = format!("INSERT OR IGNORE INTO {table} (at, {}) VALUES ({holes})", columns());
    let values = std::iter::once(Some(row.at)).chain(row.values);
    if db.prepare_cached(&sql)?.execute(params_from_iter(values))? == 0 {
        return Ok(());
    }
    let sql = format!(
        "INSERT OR REPLACE INTO {table}_usage \
         (id, program, cpu, cpu_peak, busiest_part, memory, disk, parts, pid, start, gpu, net_rx, net_tx, disk_write) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)"
    );
    let mut insert = db.prepare_cached(&sql)?;
    for (number, usage) in (0..USAGES).zip(&row.programs) {
        let program = programs.id(db, &usage.program, row.at)?;
        let start = usage.process.map(|key| key.start_time.cast_signed());
        insert.execute(params![
            row.at * USAGES + number,
            program,
            usage.cpu,
            usage.cpu_peak,
            usage.busiest_part,
            usage.memory,
            usage.disk,
            usage.parts,
            usage.process.map(|key| key.pid),
            start,
            usage.gpu,
            usage.net_rx,
            usage.net_tx,
            usage.disk_write
        ])?;
    }
    Ok(())
}

/// The rows of one tier whose span ends in `from..=to`, oldest first, with their programs.
pub fn rows(
    db: &Connection,
    programs: &mut Programs,
    tier: Tier,
    from: i64,
    to: i64,
) -> Result<Vec<Row>, RecorderError> {
    let table = table(tier);
    let sql = format!("SELECT at, {} FROM {table} WHERE at BETWEEN ?1 AND ?2 ORDER BY at", columns());
    let mut select = db.prepare_cached(&sql)?;
    let mut found = select.query(within(from, to))?;
    let mut rows = Vec::new();
    while let Some(found) = found.next()? {
        let mut row = Row::new(found.get(0)?);
        for (index, value) in row.values.iter_mut().enumerate() {
            *value = value_of(found, index + 1)?;
        }
        rows.push(row);
    }
    add_usages(db, programs, tier, &mut rows)?;
    Ok(rows)
}

fn add_usages(db: &Connection, programs: &mut Programs, tier: Tier, rows: &mut [Row]) -> Result<(), RecorderError> {
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return Ok(()) };
    let (first, last) = (first.at.saturating_mul(USAGES), last.at.saturating_mul(USAGES) + USAGES - 1);
    let sql = format!(
        "SELECT id, program, cpu, cpu_peak, busiest_part, memory, disk, parts, pid, start, gpu, net_rx, net_tx, \
         disk_write \
         FROM {}_usage WHERE id BETWEEN ?1 AND ?2 ORDER BY id",
        table(tier)
    );
    let mut select = db.prepare_cached(&sql)?;
    let mut found = select.query([first, last])?;
    let mut rows = rows.iter_mut().peekable();
    while let Some(found) = found.next()? {
        let id: i64 = found.get(0)?;
        let at = id.div_euclid(USAGES);
        while rows.next_if(|row| row.at < at).is_some() {}
        let Some(row) = rows.peek_mut().filter(|row| row.at == at) else { continue };
        let start: Option<i64> = found.get(9)?;
        let pid: Option<u32> = found.get(8)?;
        row.programs.push(Usage {
            program: programs.program(db, found.get(1)?)?,
            cpu: value_of(found, 2)?.unwrap_or(0),
            cpu_peak: value_of(found, 3)?,
            busiest_part: value_of(found, 4)?.unwrap_or(0),
            memory: value_of(found, 5)?.unwrap_or(0),
            disk: value_of(found, 6)?,
            parts: value_of(found, 7)?.unwrap_or(1),
            process: pid.zip(start).map(|(pid, start)| ProcKey { pid, start_time: start.cast_unsigned() }),
            gpu: value_of(found, 10)?,
            net_rx: value_of(found, 11)?,
            net_tx: value_of(found, 12)?,
            disk_write: value_of(found, 13)?,
        });
    }
    Ok(())
}

/// The part of a range in which rows are read.
fn within(from: i64, to: i64) -> [i64; 2] {
    [from.max(*TIMES.start()), to.min(*TIMES.end())]
}

/// A number of a row, if it can have been measured.
fn value_of(row: &rusqlite::Row<'_>, index: usize) -> rusqlite::Result<Option<i64>> {
    Ok(row.get::<_, Option<i64>>(index)?.filter(|value| VALUES.contains(value)))
}

/// Time of the first row of a tier in `from..=to`.
pub fn first(db: &Connection, tier: Tier, from: i64, to: i64) -> Result<Option<i64>, RecorderError> {
    let sql = format!("SELECT min(at) FROM {} WHERE at BETWEEN ?1 AND ?2", table(tier));
    Ok(db.prepare_cached(&sql)?.query_row(within(from, to), |row| row.get(0))?)
}

/// Time of the last row of a tier in `from..=to`.
pub fn last(db: &Connection, tier: Tier, from: i64, to: i64) -> Result<Option<i64>, RecorderError> {
    let sql = format!("SELECT max(at) FROM {} WHERE at BETWEEN ?1 AND ?2", table(tier));
    Ok(db.prepare_cached(&sql)?.query_row(within(from, to), |row| row.get(0))?)
}

/// Deletes all rows of a tier that end before `before`. Returns their number.
pub fn delete_before(db: &Connection, tier: Tier, before: i64) -> Result<usize, RecorderError> {
    let table = table(tier);
    let usages = before.saturating_mul(USAGES);
    db.prepare_cached(&format!("DELETE FROM {table}_usage WHERE id < ?1"))?.execute([usages])?;
    Ok(db.prepare_cached(&format!("DELETE FROM {table} WHERE at < ?1"))?.execute([before])?)
}

/// Moves the rows of a tier in `from..=to` by `by` milliseconds.
pub fn shift(db: &Connection, tier: Tier, from: i64, to: i64, by: i64) -> Result<(), RecorderError> {
    let table = table(tier);
    shift_key(db, table, "at", from, to, by)?;
    let last = to.saturating_mul(USAGES).saturating_add(USAGES - 1);
    shift_key(db, &format!("{table}_usage"), "id", from.saturating_mul(USAGES), last, by.saturating_mul(USAGES))
}

/// Distance from all keys in use at which moved rows wait for the others.
const AWAY: i64 = 1 << 61;

/// Goes by way of keys that are far away: in a single step a row could collide with the next one that has not moved yet.
/// Keys are negative while the clock is set to a time before 1970.
pub fn shift_key(db: &Connection, table: &str, key: &str, from: i64, to: i64, by: i64) -> Result<(), RecorderError> {
    let away = format!("UPDATE {table} SET {key} = {key} + ?3 + ?4 WHERE {key} BETWEEN ?1 AND ?2");
    db.execute(&away, [from, to, by, AWAY])?;
    // A row of an earlier run at the same millisecond is replaced.
    db.execute(&format!("UPDATE OR REPLACE {table} SET {key} = {key} - ?1 WHERE {key} >= ?1 / 2"), [AWAY])?;
    Ok(())
}

/// The runs last seen at `from` or later, in the order in which they began. The `last_seen` of the newest is not
/// updated with every flush; its newest row is more recent.
pub fn runs(db: &Connection, from: At) -> Result<Vec<RecordedRun>, RecorderError> {
    let mut select = db.prepare_cached("SELECT boot_id, version, started, last_seen, clean FROM run ORDER BY id")?;
    let runs = select.query_map([], |row| {
        let run = Run { boot_id: row.get(0)?, version: row.get(1)?, started: At(row.get(2)?) };
        Ok(RecordedRun { run, last_seen: At(row.get(3)?), clean: row.get(4)? })
    })?;
    let mut runs = runs.collect::<Result<Vec<_>, _>>()?;
    if let Some(newest) = runs.last_mut().filter(|run| !run.clean) {
        // Two intervals: rows of a run whose clock was wrong may lie further ahead.
        let seen = newest.last_seen.0;
        let row = last(db, Tier::Raw, seen, seen.saturating_add(2 * ROLL_EVERY))?;
        newest.last_seen.0 = row.map_or(seen, |at| at.max(seen));
    }
    runs.retain(|run| run.last_seen >= from);
    Ok(runs)
}

/// Means of a tier, grouping rows by the division in which they end.
pub fn grouped(rows: &[Row], tier: Tier) -> Vec<Row> {
    rows.chunk_by(|one, next| tier.end_of(one.at) == tier.end_of(next.at)).filter_map(merge).collect()
}
