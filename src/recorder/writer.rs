//! The only writer of the recording.

use std::fs::File;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, TransactionBehavior, params};

use super::file::{self, Opening};
use super::merge::{collapse, join_rest};
use super::pending_batch::PendingBatch;
use super::rollup::Rolled;
use super::store::{self, Programs};
use super::types::{Limits, Opened, PreviousRun, RecordedRun, Run, Tier};
use super::{RecorderError, erase, orphaned_findings, prune, schema};
use crate::model::{At, Event, EventKind, Sample, Seconds};
use crate::platform;

/// Longest span over which samples of totals are merged while their programs are not read yet, in ms: the interval at
/// which programs are read on a calm PC.
const MAX_TOTALS_SPAN: i64 = 30_000;
/// Interval of rolling up samples into means, in ms. Readers compute the means that are still missing.
pub const ROLL_EVERY: i64 = 600_000;
/// Interval of pruning old rows, in ms…
const PRUNE_EVERY: i64 = Seconds::from_hours(1.0).as_millis();
/// …and its delay after the start: a clock that is wrong after boot would make everything look old.
const PRUNE_FIRST: i64 = 600_000;
/// A clock change of at least this many ms suspends pruning for as long: a mistyped year would delete everything, and
/// is usually corrected within a day.
const CLOCK_JUMP: i64 = Seconds::from_days(1.0).as_millis();
/// Prunings between two searches for programs without rows.
const PRUNE_PROGRAMS: u32 = 24;

/// Writes the recording. Only [`Self::flush`] and the methods that say so touch the disk.
pub struct Recorder {
    path: PathBuf,
    limits: Limits,
    run: Run,
    run_id: i64,
    db: Connection,
    programs: Programs,
    pending: PendingBatch,
    /// Time of the newest row of this run in the file.
    written_to: Option<i64>,
    /// Pending shift of this run's rows in the file, in ms.
    shift_due: i64,
    rolled: Rolled,
    due: Due,
    damaged: bool,
    /// [`schema::changes`] when the tables were verified.
    schema: i64,
    /// Tables whose structure is still to be checked: one with each flush.
    unchecked: Vec<String>,
    quarantined: Option<PathBuf>,
    /// Held for as long as this recorder lives.
    _lock: Option<File>,
}

/// Due times of the work that not every flush does, in ms since 1970.
#[derive(Clone, Copy)]
struct Due {
    roll: i64,
    prune: i64,
    prune_by_size: i64,
    prunings: u32,
}

impl Due {
    const fn new(started: i64) -> Self {
        Self { roll: started, prune: started + PRUNE_FIRST, prune_by_size: i64::MIN, prunings: 0 }
    }

    fn shift(&mut self, by: i64) {
        self.roll = self.roll.saturating_add(by);
        self.prune = self.prune.saturating_add(by);
        self.prune_by_size = self.prune_by_size.saturating_add(by);
    }
}

impl Recorder {
    /// Opens the recording at `path`, creating it with its folder if necessary, and begins a run. A damaged file is
    /// quarantined as `<name>.bad-<UTC time>`; only the newest is kept. After a run that did not end cleanly the whole
    /// file is checked.
    ///
    /// # Errors
    /// `NewerSchema` (the file is left alone), `Locked` if another recorder has the file, `ReadOnly`, `Full`, `Io`.
    pub fn open(path: &Path, run: &Run, limits: Limits) -> Result<(Self, Opened), RecorderError> {
        if let Some(folder) = path.parent() {
            platform::make_private_folder(folder)?;
        }
        let lock = file::lock(path)?;
        let begun = match Self::begin(path, run, limits, file::open(path, run.started)?) {
            // What opening did not notice.
            Err(RecorderError::Damaged(_)) => Self::begin(path, run, limits, file::replace(path, run.started)?),
            begun => begun,
        };
        begun.map(|(recorder, opened)| (Self { _lock: lock, ..recorder }, opened))
    }

    fn begin(path: &Path, run: &Run, limits: Limits, opening: Opening) -> Result<(Self, Opened), RecorderError> {
        let transaction = opening.db.unchecked_transaction()?;
        let previous = previous_run(&transaction)?;
        let run_id = begin_run(&transaction, run)?;
        transaction.commit()?;
        let created = opening.created || opening.quarantined.is_some();
        // After a clean end the file was not checked when it was opened.
        let is_checked = created || previous.as_ref().is_none_or(|previous| !previous.clean);
        let opened = Opened { created, quarantined: opening.quarantined.clone(), previous };
        let recorder = Self {
            schema: schema::changes(&opening.db)?,
            unchecked: if is_checked { Vec::new() } else { schema::tables() },
            path: path.to_owned(),
            limits,
            run: run.clone(),
            run_id,
            rolled: Rolled::before(&opening.db, run.started.0)?,
            db: opening.db,
            programs: Programs::default(),
            pending: PendingBatch::default(),
            written_to: None,
            shift_due: 0,
            due: Due::new(run.started.0),
            damaged: false,
            quarantined: opening.quarantined,
            _lock: None,
        };
        Ok((recorder, opened))
    }

    /// Takes over what accumulated before the recording was open. Call it before anything else is added.
    pub fn take_over(&mut self, batch: PendingBatch) {
        self.pending = batch;
    }

    /// Buffers a sample. After an hour without a successful flush the oldest is dropped.
    pub fn add(&mut self, sample: &Sample) {
        self.pending.add(sample);
    }

    /// Buffers an event.
    pub fn note(&mut self, event: &Event) {
        self.pending.note(event);
    }

    /// Buffers the complete list of automatically started programs, by [`crate::model::Autostart::identity`]. Entries
    /// not in the recording are new from then on; the first list ever counts as always known.
    pub fn add_autostarts(&mut self, identities: Vec<String>) {
        self.pending.autostarts = Some(identities);
    }

    /// Number of samples and events lost because the disk was unavailable for too long.
    pub const fn dropped(&self) -> u64 {
        self.pending.dropped()
    }

    /// The file quarantined last, at the start or since.
    pub fn quarantined(&self) -> Option<&Path> {
        self.quarantined.as_deref()
    }

    /// Size of the recording with its log, in bytes.
    pub fn file_bytes(&self) -> u64 {
        file::bytes(&self.path)
    }

    /// Writes everything buffered in one transaction. At intervals also rolls up means and prunes by age and size.
    ///
    /// # Errors
    /// `Locked`, `ReadOnly`, `Full`, `Io`: the buffer is kept for the next attempt. `Damaged`: the same, and the next
    /// flush quarantines the file and starts a new one.
    pub fn flush(&mut self, now: At) -> Result<(), RecorderError> {
        self.try_flush(now, false).inspect_err(|error| {
            self.programs.clear();
            self.damaged |= matches!(error, RecorderError::Damaged(_));
        })
    }

    /// Applies a clock correction by `by_ms` (positive if the clock was behind): moves everything this run recorded, so
    /// that durations and gaps stay true. `now` is the corrected time. Flushes.
    ///
    /// # Errors
    /// As [`Self::flush`]; the rows in the file are then moved by the next flush.
    pub fn shift_clock(&mut self, by_ms: i64, now: At) -> Result<(), RecorderError> {
        self.pending.shift(by_ms);
        self.due.shift(by_ms);
        if by_ms.saturating_abs() >= CLOCK_JUMP {
            self.due.prune = self.due.prune.max(now.0.saturating_add(CLOCK_JUMP));
        }
        self.shift_due = self.shift_due.saturating_add(by_ms);
        self.flush(now)
    }

    /// Erases the recording and the buffer at the user's request; the run continues as one that begins now. Nothing of
    /// it can be read from the files afterwards.
    ///
    /// # Errors
    /// `Locked` while a reader has it open: no row is left, but old bytes may be, until the next attempt. `ReadOnly`,
    /// `Full`, `Io`.
    pub fn erase(&mut self, now: At) -> Result<(), RecorderError> {
        self.pending.erase();
        self.programs.clear();
        self.shift_due = 0;
        self.run.started = now;
        if !self.damaged {
            match self.delete_all() {
                // A new file replaces it; it is deleted below with the quarantined ones.
                Err(RecorderError::Damaged(_)) => self.damaged = true,
                other => other?,
            }
        }
        if self.damaged {
            self.start_new_file(now)?;
        }
        self.quarantined = None;
        self.written_to = None;
        self.rolled = Rolled::before(&self.db, now.0)?;
        self.due = Due::new(now.0);
        file::remove_quarantined(&self.path)?;
        Ok(())
    }

    fn delete_all(&mut self) -> Result<(), RecorderError> {
        let transaction = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        erase::delete_rows(&transaction)?;
        let run_id = begin_run(&transaction, &self.run)?;
        transaction.commit()?;
        self.run_id = run_id;
        erase::scrub(&self.db)
    }

    /// Writes everything buffered and marks the run as ended cleanly.
    ///
    /// # Errors
    /// As [`Self::flush`]; the buffer is lost then.
    pub fn end(mut self, now: At) -> Result<(), RecorderError> {
        self.due.roll = i64::MIN;
        self.try_flush(now, true)
    }

    fn try_flush(&mut self, now: At, clean: bool) -> Result<(), RecorderError> {
        // Rows written to a deleted file are lost when it is closed.
        if self.damaged || !self.path.exists() {
            self.start_new_file(now)?;
        }
        // Another program has changed the tables: not all of them are met in every turn.
        let schema = schema::changes(&self.db)?;
        if schema != self.schema {
            schema::verify(&self.db)?;
            self.schema = schema;
        }
        let (started, rolled) = self.write(now, clean)?;
        let newest = self.pending.rows.iter().map(|row| row.at).max();
        self.written_to = self.written_to.map(|at| at.saturating_add(self.shift_due)).max(newest);
        self.run.started = started;
        self.rolled = rolled;
        self.shift_due = 0;
        self.pending.clear_written();
        if now.0 >= self.due.roll {
            self.due.roll = now.0 + ROLL_EVERY;
        }
        // Not at the end of a run: a system that shuts down does not wait, and the next run does both.
        if clean {
            return Ok(());
        }
        if let Some(table) = self.unchecked.pop() {
            file::check(&self.db, Some(&table))?;
        }
        self.prune(now)
    }

    /// The one transaction of a flush. Returns the start of the run and the state of the roll-up after it.
    fn write(&mut self, now: At, clean: bool) -> Result<(At, Rolled), RecorderError> {
        let transaction = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut started = self.run.started;
        let mut rolled = self.rolled;
        if self.shift_due != 0 {
            shift(&transaction, self.run_id, started.0, self.written_to, self.shift_due)?;
            rolled = rolled.shifted(started.0, self.shift_due);
            started.0 = started.0.saturating_add(self.shift_due);
        }
        // Readers join totals with the programs that cover them; joining here as well makes a calm minute three rows
        // instead of thirty.
        for row in join_rest(collapse(self.pending.rows.iter().cloned().collect()), MAX_TOTALS_SPAN) {
            store::insert(&transaction, &mut self.programs, Tier::Raw, &row)?;
        }
        for space in &self.pending.spaces {
            space.insert(&transaction)?;
        }
        for event in &self.pending.events {
            insert_event(&transaction, self.run_id, event)?;
        }
        if let Some(identities) = &self.pending.autostarts {
            store::add_autostarts(&transaction, identities, now)?;
        }
        let run = "UPDATE run SET started = ?2, last_seen = ?3, clean = ?4 WHERE id = ?1";
        // The newest row also says when the run was last seen, which saves one page in most batches.
        let roll = now.0 >= self.due.roll;
        if roll || clean || self.pending.rows.is_empty() || self.shift_due != 0 {
            transaction.prepare_cached(run)?.execute(params![self.run_id, started.0, now.0, clean])?;
        }
        if roll {
            rolled = rolled.roll(&transaction, &mut self.programs, now.0)?;
        }
        transaction.commit()?;
        Ok((started, rolled))
    }

    fn prune(&mut self, now: At) -> Result<(), RecorderError> {
        if now.0 >= self.due.prune {
            self.due.prune = now.0 + PRUNE_EVERY;
            self.due.prunings += 1;
            prune::by_age(&self.db, &self.limits, now)?;
            if self.due.prunings.is_multiple_of(PRUNE_PROGRAMS) {
                self.programs.clear();
                prune::programs(&self.db)?;
            }
        }
        if self.file_bytes() > self.limits.max_bytes && now.0 >= self.due.prune_by_size {
            // Not every time: a limit below what must be kept cannot be met.
            self.due.prune_by_size = now.0 + PRUNE_FIRST;
            self.programs.clear();
            prune::by_size(&self.db, self.limits.max_bytes)?;
        }
        Ok(())
    }

    fn start_new_file(&mut self, now: At) -> Result<(), RecorderError> {
        // The old file must be closed before it is renamed, so the connection needs a stand-in.
        self.db = Connection::open_in_memory()?;
        // The cached ids belong to the old file.
        self.programs.clear();
        let opening = if self.path.exists() { file::replace(&self.path, now)? } else { file::open(&self.path, now)? };
        self.run.started.0 = self.run.started.0.saturating_add(self.shift_due);
        self.shift_due = 0;
        self.run_id = begin_run(&opening.db, &self.run)?;
        self.rolled = Rolled::before(&opening.db, self.run.started.0)?;
        self.db = opening.db;
        self.unchecked.clear();
        self.schema = schema::changes(&self.db)?;
        self.written_to = None;
        self.quarantined = opening.quarantined.or(self.quarantined.take());
        self.damaged = false;
        Ok(())
    }
}

fn previous_run(db: &Connection) -> Result<Option<PreviousRun>, RecorderError> {
    let previous = store::runs(db, At(i64::MIN))?.pop();
    if let Some(previous) = &previous {
        // From now on the newest rows belong to the new run.
        let newest = "UPDATE run SET last_seen = ?1 WHERE id = (SELECT max(id) FROM run)";
        db.execute(newest, [previous.last_seen.0])?;
        orphaned_findings::close(db, previous.last_seen)?;
    }
    Ok(previous.map(|RecordedRun { run, last_seen, clean }| PreviousRun {
        boot_id: run.boot_id,
        started: run.started,
        last_seen,
        clean,
    }))
}

fn begin_run(db: &Connection, run: &Run) -> Result<i64, RecorderError> {
    let insert = "INSERT INTO run (boot_id, version, started, last_seen, clean) VALUES (?1, ?2, ?3, ?3, 0)";
    db.execute(insert, params![run.boot_id, run.version, run.started.0])?;
    Ok(db.last_insert_rowid())
}

/// Inserts an event of run `run`.
pub fn insert_event(db: &Connection, run: i64, event: &Event) -> Result<(), RecorderError> {
    let insert = "INSERT INTO event (at, run, lasting, kind, subject, data) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let data = (!event.data.is_null()).then(|| event.data.to_string());
    let kind = event.kind;
    let values = params![event.at.0, run, kind.is_lasting(), kind.id(), event.subject, data];
    db.prepare_cached(insert)?.execute(values)?;
    Ok(())
}

/// Shifts the times of everything a run wrote; its samples are those in `started..=written_to`.
fn shift(db: &Connection, run: i64, started: i64, written_to: Option<i64>, by: i64) -> Result<(), RecorderError> {
    if let Some(last) = written_to {
        for &tier in Tier::ALL {
            store::shift(db, tier, started, last, by)?;
        }
        store::shift_key(db, "space", "at", started, last, by)?;
    }
    // As in `Event::shift`: a sudden stop has the time of the previous run.
    let others = "UPDATE event SET at = at + ?2 WHERE run = ?1 AND kind != ?3";
    db.execute(others, params![run, by, EventKind::SuddenStop.id()])?;
    // First seen by this run.
    for table in ["program", "autostart"] {
        let moved = format!("UPDATE {table} SET first_seen = first_seen + ?2 WHERE first_seen >= ?1");
        db.execute(&moved, [started, by])?;
    }
    // A finding contains the time of its start.
    let since = "UPDATE event SET data = json_set(data, '$.finding.since', data ->> '$.finding.since' + ?2) \
                 WHERE run = ?1 AND kind IN (?3, ?4) AND json_valid(data) \
                 AND json_type(data, '$.finding.since') = 'integer'";
    db.execute(since, params![run, by, EventKind::Finding.id(), EventKind::FindingEnded.id()])?;
    Ok(())
}
