//! Merges rows into one: time-weighted means, and peaks. Roll-ups and readers share it, so they cannot differ.

use std::collections::HashMap;
use std::sync::Arc;

use super::row::{Aggregation, COLUMNS, COUNT, Column, Row, Usage};
use super::select;

/// Difference in ms below which the spans of totals and of programs count as equal: their clocks are read a moment apart.
const TOLERANCE: i64 = 500;

/// Mean of `rows` (oldest first), stamped with the time of the newest; `None` without rows.
pub fn merge(rows: &[Row]) -> Option<Row> {
    let newest = rows.last()?;
    let mut merged = Row::new(newest.at);
    for (index, (_, aggregation)) in COLUMNS.iter().enumerate().take(COUNT) {
        merged.values[index] = column(rows, index, *aggregation);
    }
    // Only a mean has a peak: in a single row it would equal the value.
    merged.set(Column::CpuPeak, rows.iter().filter_map(Row::peak).max());
    merged.programs = select::of_mean(programs(rows));
    Some(merged)
}

fn column(rows: &[Row], index: usize, aggregation: Aggregation) -> Option<i64> {
    let mut known = rows.iter().filter_map(|row| row.values[index].map(|value| (row, value)));
    match aggregation {
        Aggregation::Mean => mean(known.map(|(row, value)| (value, row.span()))),
        Aggregation::ProgramMean => mean(known.map(|(row, value)| (value, row.program_span()))),
        Aggregation::Max => known.map(|(_, value)| value).max(),
        Aggregation::Last => known.next_back().map(|(_, value)| value),
        Aggregation::Sum => known.map(|(_, value)| value).reduce(i64::saturating_add),
    }
}

/// Weighted mean, rounded; the newest value when no weight is positive.
fn mean(values: impl Iterator<Item = (i64, i64)>) -> Option<i64> {
    let (mut sum, mut weight, mut newest) = (0.0, 0.0, None);
    for (value, time) in values {
        sum += value as f64 * time as f64;
        weight += time as f64;
        newest = Some(value);
    }
    if weight > 0.0 { Some((sum / weight).round() as i64) } else { newest }
}

/// Sums over the rows of one program.
struct Total<'a> {
    /// The row of its highest use, for what has no mean.
    busiest: &'a Usage,
    cpu: f64,
    part: f64,
    peak: i64,
    memory: f64,
    /// Time in which it was listed, in ms.
    listed: f64,
    /// Disk rate times span (bytes/s x ms), and the time in which the rate was not readable.
    disk: Option<f64>,
    disk_unreadable: f64,
    /// The same for writes, as far as readable.
    disk_write: Option<f64>,
    parts: i64,
    /// Graphics processor, received and sent; `None` if never reported.
    gpu: Option<f64>,
    net_rx: Option<f64>,
    net_tx: Option<f64>,
}

fn rate(sum: f64, time: f64) -> i64 {
    if time > 0.0 { (sum / time).round() as i64 } else { 0 }
}

/// Usage of each program. CPU, disk, graphics processor and network are means over all the time in which programs were
/// read: an absent program used nothing worth keeping. Memory is the mean over the time in which the program was listed:
/// an absent one may only be below the top, and half of a browser's memory would be a wrong figure.
fn programs(rows: &[Row]) -> Vec<Usage> {
    let time: f64 = rows.iter().map(|row| row.program_span() as f64).sum();
    let mut totals: HashMap<&Arc<str>, Total> = HashMap::new();
    let mut order: Vec<&Arc<str>> = Vec::new();
    for row in rows.iter().filter(|row| row.program_span() > 0) {
        for usage in &row.programs {
            let total = totals.entry(&usage.program.name).or_insert_with(|| {
                order.push(&usage.program.name);
                Total::new(usage)
            });
            total.add(usage, row.program_span() as f64);
        }
    }
    order.iter().filter_map(|name| totals.get(*name)).map(|total| total.usage(time)).collect()
}

impl<'a> Total<'a> {
    const fn new(first: &'a Usage) -> Self {
        Self {
            busiest: first,
            cpu: 0.0,
            part: 0.0,
            peak: 0,
            memory: 0.0,
            listed: 0.0,
            disk: None,
            disk_unreadable: 0.0,
            disk_write: None,
            parts: 0,
            gpu: None,
            net_rx: None,
            net_tx: None,
        }
    }

    fn add(&mut self, usage: &'a Usage, time: f64) {
        if usage.cpu > self.busiest.cpu {
            self.busiest = usage;
        }
        self.cpu += usage.cpu as f64 * time;
        self.part += usage.busiest_part as f64 * time;
        self.peak = self.peak.max(usage.peak());
        self.memory += usage.memory as f64 * time;
        self.listed += time;
        if usage.disk.is_none() {
            self.disk_unreadable += time;
        }
        self.parts = self.parts.max(usage.parts);
        let accumulate = |sum: &mut Option<f64>, value: Option<i64>| {
            *sum = value.map(|value| sum.unwrap_or(0.0) + value as f64 * time).or(*sum);
        };
        accumulate(&mut self.disk, usage.disk);
        accumulate(&mut self.disk_write, usage.disk_write);
        accumulate(&mut self.gpu, usage.gpu);
        accumulate(&mut self.net_rx, usage.net_rx);
        accumulate(&mut self.net_tx, usage.net_tx);
    }

    fn usage(&self, time: f64) -> Usage {
        Usage {
            program: Arc::clone(&self.busiest.program),
            cpu: rate(self.cpu, time),
            cpu_peak: Some(self.peak),
            busiest_part: rate(self.part, time),
            memory: rate(self.memory, self.listed),
            disk: self.disk.map(|sum| rate(sum, time - self.disk_unreadable)),
            // Unreadable time counts as zero: the rate is summed over days, and only what was seen may be claimed.
            disk_write: self.disk_write.map(|sum| rate(sum, time)),
            parts: self.parts,
            process: self.busiest.process,
            // Users are read only while the resource is busy: at other times nobody used much.
            gpu: self.gpu.map(|sum| rate(sum, time)),
            net_rx: self.net_rx.map(|sum| rate(sum, time)),
            net_tx: self.net_tx.map(|sum| rate(sum, time)),
        }
    }
}

/// Merges rows of totals into the row with the programs of that time. Its `span` becomes that of the merged samples: the
/// rest of `program_span` may be in rows written earlier, which merge later. Rows after the last such row, and rows that no
/// programs cover, stay as they are.
pub fn collapse(rows: Vec<Row>) -> Vec<Row> {
    let mut done: Vec<Row> = Vec::new();
    let mut waiting: Vec<Row> = Vec::new();
    for row in rows {
        if row.program_span() == 0 {
            waiting.push(row);
            continue;
        }
        let begin = row.at - row.program_span() + TOLERANCE;
        let covered = waiting.partition_point(|before| before.at <= begin);
        let mut joined = waiting.split_off(covered);
        done.append(&mut waiting);
        done.push(if joined.is_empty() { row } else { join(&mut joined, row) });
    }
    done.append(&mut waiting);
    done
}

fn join(totals: &mut Vec<Row>, mut row: Row) -> Row {
    // A single sample of programs needs no selection and has no mean.
    let programs = std::mem::take(&mut row.programs);
    totals.push(row);
    let mut merged = merge(totals).unwrap_or(Row::new(0));
    merged.programs = programs;
    merged
}

/// Merges the trailing rows that still lack their programs, without gaps between them, into one row for each `most` ms.
/// [`collapse`] would merge them anyway once the programs are read, wherever a batch ended.
pub fn join_rest(mut rows: Vec<Row>, most: i64) -> Vec<Row> {
    let rest = rows.iter().rposition(|row| row.program_span() > 0).map_or(0, |last| last + 1);
    let mut group: Vec<Row> = Vec::new();
    for row in rows.split_off(rest) {
        let span: i64 = group.iter().map(Row::span).sum();
        let follows = group.last().is_some_and(|before| (row.at - row.span() - before.at).abs() <= TOLERANCE);
        if !follows || span + row.span() > most {
            rows.extend(joined(std::mem::take(&mut group)));
        }
        group.push(row);
    }
    rows.extend(joined(group));
    rows
}

fn joined(mut group: Vec<Row>) -> Option<Row> {
    if group.len() > 1 { merge(&group) } else { group.pop() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recorder::row::Program;

    fn row(at: i64, span: i64, cpu: Option<i64>) -> Row {
        let mut row = Row::new(at);
        row.set(Column::Span, Some(span));
        row.set(Column::Cpu, cpu);
        row
    }

    fn usage(name: &str, cpu: i64, memory: i64, disk: Option<i64>) -> Usage {
        let program = Arc::new(Program { name: name.into(), kind: 0, path: "".into(), origin: Arc::default() });
        Usage {
            program,
            cpu,
            cpu_peak: None,
            busiest_part: cpu,
            memory,
            disk,
            disk_write: disk,
            parts: 1,
            process: None,
            gpu: None,
            net_rx: None,
            net_tx: None,
        }
    }

    fn with_programs(mut row: Row, span: i64, programs: Vec<Usage>) -> Row {
        row.set(Column::ProgramSpan, Some(span));
        row.set(Column::ProgramTotal, row.get(Column::Cpu));
        row.programs = programs;
        row
    }

    #[test]
    fn a_mean_is_weighted_with_time_and_a_missing_value_has_no_weight() {
        let merged = merge(&[row(2000, 2000, Some(1000)), row(8000, 6000, Some(2000)), row(10_000, 2000, None)]);
        let merged = merged.expect("rows");
        // (1000 * 2 + 2000 * 6) / 8
        assert_eq!(merged.get(Column::Cpu), Some(1750));
        assert_eq!(merged.get(Column::CpuPeak), Some(2000));
        assert_eq!((merged.at, merged.span()), (10_000, 10_000));
        assert_eq!(merged.get(Column::Temperature), None);
        assert_eq!(merge(&[]), None);
    }

    #[test]
    fn an_absent_program_used_nothing_but_keeps_its_memory() {
        let first = with_programs(row(30_000, 2000, Some(5000)), 30_000, vec![usage("a", 4000, 100, Some(80))]);
        let second = with_programs(row(40_000, 2000, Some(1000)), 10_000, vec![usage("b", 400, 50, None)]);
        let merged = merge(&[first, second]).expect("rows");
        let (a, b) = (&merged.programs[0], &merged.programs[1]);
        // a: 4000 * 30 / 40; b: 400 * 10 / 40; the total (5000 * 30 + 1000 * 10) / 40
        assert_eq!((a.cpu, a.cpu_peak, a.memory, a.disk), (3000, Some(4000), 100, Some(60)));
        assert_eq!((b.cpu, b.cpu_peak, b.memory, b.disk), (100, Some(400), 50, None));
        assert_eq!((merged.program_span(), merged.get(Column::ProgramTotal)), (40_000, Some(4000)));
    }

    #[test]
    fn what_is_only_read_while_it_is_busy_is_no_part_of_the_calm_time() {
        let film = Usage { gpu: Some(8000), net_rx: Some(900), net_tx: Some(30), ..usage("film", 100, 10, None) };
        let busy = with_programs(row(10_000, 10_000, Some(500)), 10_000, vec![film, usage("other", 100, 1, None)]);
        let calm = with_programs(row(40_000, 30_000, Some(100)), 30_000, vec![usage("film", 50, 10, None)]);
        let merged = merge(&[busy, calm]).expect("rows");
        let (film, other) = (&merged.programs[0], &merged.programs[1]);
        // 8000 * 10 / 40, and so on: never more than the mean of the whole.
        assert_eq!((film.gpu, film.net_rx, film.net_tx), (Some(2000), Some(225), Some(8)));
        assert_eq!((other.gpu, other.net_rx, other.net_tx), (None, None, None));
    }

    #[test]
    fn totals_join_the_programs_that_cover_them_and_no_others() {
        let rows = vec![
            row(1000, 2000, Some(10)), // before a gap: covered by no programs
            row(102_000, 2000, Some(100)),
            with_programs(row(104_000, 2000, Some(300)), 4000, vec![usage("a", 150, 1, None)]),
            row(106_000, 2000, Some(50)),
        ];
        let rows = collapse(rows);
        let seen: Vec<_> = rows.iter().map(|row| (row.at, row.span(), row.get(Column::Cpu))).collect();
        assert_eq!(seen, [(1000, 2000, Some(10)), (104_000, 4000, Some(200)), (106_000, 2000, Some(50))]);
        assert_eq!((rows[1].programs.len(), rows[1].peak()), (1, Some(300)));
    }

    #[test]
    fn what_waits_for_its_programs_is_one_row_until_they_are_read_and_the_same_afterwards() {
        let scanned = |at: i64| with_programs(row(at, 2000, Some(300)), 30_000, vec![usage("a", 150, 1, None)]);
        let totals = |from: i64, to: i64| (from..=to).step_by(2000).map(|at| row(at, 2000, Some(at % 700)));
        let first: Vec<Row> = [scanned(30_000)].into_iter().chain(totals(32_000, 44_000)).collect();
        let second: Vec<Row> = totals(46_000, 58_000).chain([scanned(60_000)]).collect();
        let whole = collapse(first.iter().chain(&second).cloned().collect());
        let batch = join_rest(collapse(first), 30_000);
        let seen: Vec<_> = batch.iter().map(|row| (row.at, row.span())).collect();
        assert_eq!(seen, [(30_000, 2000), (44_000, 14_000)]);
        assert_eq!(batch[1].peak(), totals(32_000, 44_000).filter_map(|row| row.get(Column::Cpu)).max());
        let mut in_two = collapse(batch.into_iter().chain(join_rest(collapse(second), 30_000)).collect());
        // The mean of a mean is rounded once more.
        let rounded = in_two[1].get(Column::Cpu).zip(whole[1].get(Column::Cpu)).expect("means");
        assert!((rounded.0 - rounded.1).abs() <= 1, "{rounded:?}");
        in_two[1].set(Column::Cpu, whole[1].get(Column::Cpu));
        assert_eq!(in_two, whole);
    }

    #[test]
    fn a_gap_and_a_time_without_programs_are_not_joined_to_one_row() {
        let rows: Vec<Row> = (2..=50).step_by(2).chain(900..=904).map(|s| row(s * 1000, 2000, Some(s))).collect();
        let joined = join_rest(rows, 30_000);
        let seen: Vec<_> = joined.iter().map(|row| (row.at, row.span())).collect();
        assert_eq!(seen[..2], [(30_000, 30_000), (50_000, 20_000)]);
        // One sample per second, each covering two: not consecutive.
        assert_eq!(seen[2..], [900, 901, 902, 903, 904].map(|s| (s * 1000, 2000)));
    }
}
