//! Reads the recording, even while it is being written.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rusqlite::Connection;

use super::file;
use super::merge::{collapse, merge};
use super::row::{Row, bytes, known, part};
use super::store::{self, Programs};
use super::{RecordedRun, RecorderError, Tier};
use crate::model::{
    At, Celsius, Event, EventKind, Fraction, Reading, Rpm, Sample, Seconds, SuddenStop, Volume, VolumePoint,
    WrittenHour,
};

/// One day in ms.
const DAY: i64 = Seconds::from_days(1.0).as_millis();

/// A sample with its peaks.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    /// Means over its span. Values that were not recorded are [`crate::model::Why::Unsupported`].
    pub sample: Sample,
    /// The highest share of all processors in a single sample of the span; for a raw sample its own share.
    pub cpu_peak: Reading<Fraction>,
    /// The same for each of its programs, in their order.
    pub program_peaks: Vec<Fraction>,
}

/// A read-only connection. Each result is consistent, whatever is written meanwhile.
pub struct Reader {
    db: Connection,
    programs: RefCell<Programs>,
}

impl Reader {
    /// Opens a recording; `None` if there is no file, or nothing was ever recorded in it.
    ///
    /// # Errors
    /// `NewerSchema`, `OlderSchema`, `Damaged` if it is not a recording, `Locked`, `ReadOnly` without permission to
    /// read, `Io`.
    pub fn open(path: &Path) -> Result<Option<Self>, RecorderError> {
        Ok(file::open_reader(path)?.map(|db| Self { db, programs: RefCell::default() }))
    }

    /// The samples whose span ends in `from..=to`, oldest first, with the stored programs.
    ///
    /// Samples of totals only are joined with the next sample of programs, so that CPU and programs cover the same
    /// time; those after the last one have no programs yet. `volumes` is known where free space was recorded in the
    /// span. `members` holds the busiest process, which stands for the whole program: its memory is the program's.
    /// Before the oldest row of a tier the coarser one is used; what is not rolled up yet is computed from the finer
    /// one.
    pub fn samples(&self, tier: Tier, from: At, to: At) -> Result<Vec<Sample>, RecorderError> {
        Ok(self.recorded(tier, from, to)?.into_iter().map(|recorded| recorded.sample).collect())
    }

    /// [`Self::samples`] with the peaks.
    pub fn recorded(&self, tier: Tier, from: At, to: At) -> Result<Vec<Recorded>, RecorderError> {
        let transaction = self.db.unchecked_transaction()?;
        let rows = self.rows(tier, from.0, to.0)?;
        let volumes = self.volumes(from.0, to.0)?;
        drop(transaction);
        Ok(Self::with_volumes(&rows, tier, volumes))
    }

    /// Means over `step` (a whole number of minutes), for ranges with too many minutes; otherwise like
    /// [`Self::samples`]. Where minutes are no longer kept it returns hours. Reads one day at a time, because a week of
    /// minutes is too much to hold in memory.
    pub fn means(&self, step: Seconds, from: At, to: At) -> Result<Vec<Sample>, RecorderError> {
        let step = ((step.0 / 60.0).round() as i64).max(1) * Tier::Minute.step();
        let end_of = |at: i64| (at - 1).div_euclid(step) + 1;
        let transaction = self.db.unchecked_transaction()?;
        let (mut means, mut begin) = (Vec::new(), from.0);
        while begin <= to.0 {
            // Days end on the boundary of a mean.
            let end = (end_of(begin.saturating_add(DAY)) * step).min(to.0);
            let rows = self.rows(Tier::Minute, begin, end)?;
            means.extend(rows.chunk_by(|one, next| end_of(one.at) == end_of(next.at)).filter_map(merge));
            begin = end + 1;
        }
        let volumes = self.volumes(from.0, to.0)?;
        drop(transaction);
        let means = Self::with_volumes(&means, Tier::Minute, volumes);
        Ok(means.into_iter().map(|recorded| recorded.sample).collect())
    }

    fn rows(&self, tier: Tier, from: i64, to: i64) -> Result<Vec<Row>, RecorderError> {
        let mut rows = self.older(tier, from, to)?;
        let newest_older = rows.last().map_or(from, |row| row.at + 1);
        rows.extend(self.with_rest(tier, newest_older.max(from), to)?);
        Ok(rows)
    }

    fn with_volumes(rows: &[Row], tier: Tier, volumes: Vec<(i64, Vec<Volume>)>) -> Vec<Recorded> {
        let mut volumes = volumes.into_iter().peekable();
        let mut recorded = Vec::with_capacity(rows.len());
        for (seq, row) in (0..).zip(rows) {
            let mut one = Recorded::of(row, tier, seq);
            while let Some((_, volumes)) = volumes.next_if(|(at, _)| *at <= row.at) {
                one.sample.volumes = Reading::Known(volumes);
            }
            recorded.push(one);
        }
        recorded
    }

    fn with_rest(&self, tier: Tier, from: i64, to: i64) -> Result<Vec<Row>, RecorderError> {
        let mut rows = collapse(store::rows(&self.db, &mut self.programs.borrow_mut(), tier, from, to)?);
        if let Some(finer) = tier.finer() {
            let last = store::last(&self.db, tier, 0, to)?;
            let rest = self.with_rest(finer, last.map_or(from, |last| from.max(last + 1)), to)?;
            rows.extend(store::grouped(&rest, tier));
        }
        Ok(rows)
    }

    fn older(&self, tier: Tier, from: i64, to: i64) -> Result<Vec<Row>, RecorderError> {
        let Some(coarser) = tier.coarser() else { return Ok(Vec::new()) };
        let to = store::first(&self.db, tier, 0, i64::MAX)?.map_or(to, |first| to.min(first - 1));
        if to < from {
            return Ok(Vec::new());
        }
        let mut rows = self.older(coarser, from, to)?;
        let begin = rows.last().map_or(from, |row| row.at + 1);
        rows.extend(collapse(store::rows(&self.db, &mut self.programs.borrow_mut(), coarser, begin, to)?));
        Ok(rows)
    }

    /// The volumes at each time at which free space was recorded, oldest first.
    fn volumes(&self, from: i64, to: i64) -> Result<Vec<(i64, Vec<Volume>)>, RecorderError> {
        let select = "SELECT at, name, total, free FROM space JOIN volume ON volume.id = space.volume \
                      WHERE at BETWEEN ?1 AND ?2 AND total > 0 AND free >= 0 ORDER BY at, volume.id";
        let mut select = self.db.prepare_cached(select)?;
        let mut found = select.query([from, to])?;
        let mut volumes: BTreeMap<i64, Vec<Volume>> = BTreeMap::new();
        while let Some(row) = found.next()? {
            let volume =
                Volume { name: row.get(1)?, total: bytes(row.get(2)?), free: bytes(row.get(3)?), ..Volume::default() };
            volumes.entry(row.get(0)?).or_default().push(volume);
        }
        Ok(volumes.into_iter().collect())
    }

    /// Free space of all volumes since `from`, oldest first, to the nearest KiB.
    pub fn volume_points(&self, from: At) -> Result<Vec<VolumePoint>, RecorderError> {
        let points = self.volumes(from.0, i64::MAX)?.into_iter().flat_map(|(at, volumes)| {
            volumes.into_iter().map(move |volume| VolumePoint { at: At(at), name: volume.name, free: volume.free })
        });
        Ok(points.collect())
    }

    /// What programs wrote in each whole hour that ended in `from..=to`, oldest first. Omits hours for which writes are
    /// unknown (before schema 5).
    pub fn written(&self, from: At, to: At) -> Result<Vec<WrittenHour>, RecorderError> {
        store::written_hours(&self.db, from, to)
    }

    /// The events in `from..=to`, oldest first. Skips kinds of a newer version.
    pub fn events(&self, from: At, to: At) -> Result<Vec<Event>, RecorderError> {
        let select = "SELECT at, kind, subject, data FROM event WHERE at BETWEEN ?1 AND ?2 ORDER BY at, id";
        let mut select = self.db.prepare_cached(select)?;
        let mut found = select.query([from.0, to.0])?;
        let mut events = Vec::new();
        while let Some(row) = found.next()? {
            let (kind, data): (String, Option<String>) = (row.get(1)?, row.get(3)?);
            let Some(kind) = EventKind::from_id(&kind) else { continue };
            let data = data.and_then(|data| serde_json::from_str(&data).ok()).unwrap_or_default();
            events.push(Event { at: At(row.get(0)?), kind, subject: row.get(2)?, data });
        }
        Ok(events)
    }

    /// The last end without a shutdown since `from`; `None` also if the system gave no reason for it.
    pub fn sudden_stop(&self, from: At) -> Result<Option<SuddenStop>, RecorderError> {
        let kind = EventKind::SuddenStop;
        let select = "SELECT event.at, data, started FROM event JOIN run ON run.id = run \
                      WHERE kind = ?1 AND event.at >= ?2 ORDER BY event.at DESC, event.id DESC";
        let mut select = self.db.prepare_cached(select)?;
        let mut found = select.query(rusqlite::params![kind.id(), from.0])?;
        while let Some(row) = found.next()? {
            let data: Option<String> = row.get(1)?;
            let data: serde_json::Value = data.and_then(|data| serde_json::from_str(&data).ok()).unwrap_or_default();
            // Only the agent had ended, and the PC was shut down properly later.
            if data["cause"] != "orderly" {
                let event = Event { at: At(row.get(0)?), kind, subject: String::new(), data };
                return Ok(SuddenStop::of(&event, At(row.get(2)?)));
            }
        }
        Ok(None)
    }

    /// Time for which the PC was watched, in everything that is kept. Excludes time in which it was off or suspended.
    pub fn watched(&self) -> Result<Seconds, RecorderError> {
        let last = store::last(&self.db, Tier::Hour, 0, i64::MAX)?.unwrap_or(i64::MIN);
        // Damaged rows: total() does not overflow as sum() does, and no row covers more than a day.
        let sum = "SELECT (SELECT total(span) FROM hour WHERE span BETWEEN 0 AND ?2) + \
                   (SELECT total(span) FROM minute WHERE span BETWEEN 0 AND ?2 AND at > ?1)";
        let milliseconds: f64 = self.db.prepare_cached(sum)?.query_row([last, DAY], |row| row.get(0))?;
        Ok(Seconds(milliseconds / 1000.0))
    }

    /// Number of minutes since `from` with a CPU share below `cpu`, and the median temperature in them.
    pub fn idle_temperature(&self, from: At, cpu: Fraction) -> Result<(u32, Option<Celsius>), RecorderError> {
        store::idle_temperature(&self.db, from, cpu)
    }

    /// Number of these minutes in which the fan speed is known, and the median speed while it turned; 0 if it stood
    /// still in most of them.
    pub fn idle_fan(&self, from: At, cpu: Fraction) -> Result<(u32, Option<Rpm>), RecorderError> {
        store::idle_fan(&self.db, from, cpu)
    }

    /// Paths of programs first recorded between `from` and `now`. Only programs that matter by CPU, memory or disk are
    /// recorded: one that has been idle for years is new once it becomes active.
    pub fn new_programs(&self, from: At, now: At) -> Result<BTreeSet<String>, RecorderError> {
        store::new_programs(&self.db, from, now)
    }

    /// Programs that start automatically and did not before `from`, by [`crate::model::Autostart::identity`], with the
    /// time they were first seen.
    pub fn new_autostarts(&self, from: At, now: At) -> Result<BTreeMap<String, At>, RecorderError> {
        store::new_autostarts(&self.db, from, now)
    }

    /// The runs of the agent last seen at `from` or later, in the order in which they began.
    pub fn runs(&self, from: At) -> Result<Vec<RecordedRun>, RecorderError> {
        store::runs(&self.db, from)
    }

    /// Times of the first and of the last event; `None` without events.
    pub fn event_span(&self) -> Result<Option<(At, At)>, RecorderError> {
        let select = "SELECT min(at), max(at) FROM event";
        let ends: (Option<i64>, Option<i64>) =
            self.db.prepare_cached(select)?.query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(ends.0.zip(ends.1).map(|(first, last)| (At(first), At(last))))
    }

    /// Ends of the first and of the last recorded span; `None` without samples.
    pub fn span(&self) -> Result<Option<(At, At)>, RecorderError> {
        let (mut first, mut last) = (None, None);
        for &tier in Tier::ALL {
            let oldest = store::first(&self.db, tier, 0, i64::MAX)?;
            first = [first, oldest].into_iter().flatten().min();
            last = last.max(store::last(&self.db, tier, 0, i64::MAX)?);
        }
        Ok(first.zip(last).map(|(first, last)| (At(first), At(last))))
    }
}

impl Recorded {
    fn of(row: &Row, tier: Tier, seq: u64) -> Self {
        let mut sample = row.sample(seq);
        if sample.program_span.0 > 0.0 {
            // A raw row covers the time of its programs. A mean may also contain totals that no programs cover.
            let covered = if tier == Tier::Raw { Seconds(0.0) } else { sample.span };
            sample.span = Seconds(sample.program_span.0.max(covered.0));
            sample.program_span = sample.span;
        }
        Self {
            sample,
            cpu_peak: known(row.peak().map(part)),
            program_peaks: row.programs.iter().map(|usage| part(usage.peak())).collect(),
        }
    }
}
