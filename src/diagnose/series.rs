//! The load of one program over time, back to the last gap.

use std::collections::BTreeMap;

use crate::model::{At, Fraction, History, ProgramSample, Reading, Sample, Seconds};

/// One sample of a program. A program missing from a sample used nothing worth keeping.
pub(super) struct Point<'a> {
    pub(super) at: At,
    pub(super) span: f64,
    pub(super) cpu: f64,
    pub(super) sample: &'a Sample,
    pub(super) program: Option<&'a ProgramSample>,
}

/// The samples of `name` within `recent`, oldest first. Only samples in which programs were read.
pub(super) fn of_program<'a>(history: &'a History, name: &str, recent: Seconds) -> Vec<Point<'a>> {
    points_of(history, recent, |sample| {
        let program = sample.program(name);
        (program.map_or(0.0, |program| program.cpu.get()), program)
    })
}

/// The same for a load that belongs to no program.
pub(super) fn of_load(history: &History, recent: Seconds, cpu: impl Fn(&Sample) -> f64) -> Vec<Point<'_>> {
    points_of(history, recent, |sample| (cpu(sample), None))
}

fn points_of<'a>(
    history: &'a History,
    recent: Seconds,
    measure: impl Fn(&'a Sample) -> (f64, Option<&'a ProgramSample>),
) -> Vec<Point<'a>> {
    let point = |sample: &'a Sample| {
        let (cpu, program) = measure(sample);
        Point { at: sample.at, span: sample.span.0, cpu, sample, program }
    };
    let mut points: Vec<Point> = program_samples(history, recent).map(point).collect();
    points.reverse();
    points
}

/// Samples with programs since the last gap, newest first.
fn program_samples(history: &History, recent: Seconds) -> impl Iterator<Item = &Sample> {
    let newest = history.latest().map(|sample| sample.at).unwrap_or_default();
    let samples = history.unbroken().map(|sample| &**sample);
    samples
        .take_while(move |sample| newest.since(sample.at) <= recent)
        .filter(|sample| sample.span.0 > 0.0 && !sample.programs.is_empty())
}

/// Programs at `share` of the PC or above for `seconds` in total within `recent`, each in its newest such sample.
pub(super) fn loaded(history: &History, share: f64, seconds: Seconds, recent: Seconds) -> Vec<&ProgramSample> {
    let mut times = LoadTimes::default();
    for sample in program_samples(history, recent) {
        // Each sample lists the busiest first: the rest need not be read.
        let busiest = sample.programs.partition_point(|program| program.cpu.get() >= share);
        times.add(sample, &sample.programs[..busiest]);
    }
    times.of_at_least(seconds)
}

/// The same by known use of the graphics processor.
pub(super) fn loaded_gpu(history: &History, share: f64, seconds: Seconds, recent: Seconds) -> Vec<&ProgramSample> {
    let mut times = LoadTimes::default();
    for sample in program_samples(history, recent).filter(|sample| sample.gpu_users.known().is_some()) {
        times.add(sample, sample.programs.iter().filter(|program| gpu_of(sample, &program.name) >= share));
    }
    times.of_at_least(seconds)
}

/// Total time and newest sample of each program.
#[derive(Default)]
struct LoadTimes<'a>(BTreeMap<&'a str, (f64, &'a ProgramSample)>);

impl<'a> LoadTimes<'a> {
    fn add(&mut self, sample: &Sample, programs: impl IntoIterator<Item = &'a ProgramSample>) {
        for program in programs {
            self.0.entry(&program.name).or_insert((0.0, program)).0 += sample.span.0;
        }
    }

    fn of_at_least(self, seconds: Seconds) -> Vec<&'a ProgramSample> {
        self.0.into_values().filter(|(time, _)| *time >= seconds.0).map(|(_, program)| program).collect()
    }
}

/// Time of the earliest sample of those up to the latest for which `is_so` holds, without a gap; `None` if it does not hold
/// for the latest one.
pub(super) fn state_since(history: &History, is_so: impl Fn(&Sample) -> bool) -> Option<At> {
    history.unbroken().take_while(|sample| is_so(sample)).last().map(|sample| sample.at)
}

/// Known use of the graphics processor by `name`; 0 if unknown.
pub(super) fn gpu_of(sample: &Sample, name: &str) -> f64 {
    let mut users = sample.gpu_users.known().into_iter().flatten();
    users.find(|user| &*user.program == name).map_or(0.0, |user| user.part.get())
}

/// Number of values per outlier (missing, zero, doubled) that is left out of the variation.
const ODD_ONE_IN: usize = 60;
/// Minimum number of values from which an outlier is left out.
const ODD_FROM: usize = 20;

/// Mean and coefficient of variation (standard deviation over mean) of `(value, weight)`, the variation without the
/// values farthest from the median; `None` unless both total weight and mean are positive.
pub(super) fn shape(values: impl Iterator<Item = (f64, f64)>) -> Option<(f64, f64)> {
    let mut values: Vec<(f64, f64)> = values.collect();
    let (mean, weight) = weighted_mean(&values);
    if weight <= 0.0 || mean <= 0.0 {
        return None;
    }
    if values.len() >= ODD_FROM {
        values.sort_by(|a, b| a.0.total_cmp(&b.0));
        let median = values[values.len() / 2].0;
        values.sort_by(|a, b| (a.0 - median).abs().total_cmp(&(b.0 - median).abs()));
        values.truncate(values.len() - values.len().div_ceil(ODD_ONE_IN));
    }
    let (usual, weight) = weighted_mean(&values);
    let square = values.iter().map(|(value, weight)| (value - usual).powi(2) * weight).sum::<f64>() / weight;
    Some((mean, square.sqrt() / mean))
}

fn weighted_mean(values: &[(f64, f64)]) -> (f64, f64) {
    let weight: f64 = values.iter().map(|(_, weight)| weight).sum();
    (values.iter().map(|(value, weight)| value * weight).sum::<f64>() / weight, weight)
}

/// The newest points that cover `seconds`; `None` if too few do, or fewer than `least`.
pub(super) fn newest<'a, 'b>(points: &'b [Point<'a>], seconds: Seconds, least: usize) -> Option<&'b [Point<'a>]> {
    let mut covered = 0.0;
    let count = points.iter().rev().position(|point| {
        covered += point.span;
        covered >= seconds.0 - 0.5
    })? + 1;
    (count >= least).then(|| &points[points.len() - count..])
}

/// Time-weighted mean of a value over points; `None` if it was never known.
pub(super) fn mean<T: Copy>(
    points: &[Point<'_>],
    pick: impl Fn(&Point<'_>) -> Option<Reading<T>>,
    value: impl Fn(T) -> f64,
) -> Option<f64> {
    let (mut sum, mut weight) = (0.0, 0.0);
    for point in points {
        if let Some(Reading::Known(known)) = pick(point) {
            sum += value(known) * point.span;
            weight += point.span;
        }
    }
    (weight > 0.0).then(|| sum / weight)
}

/// Traffic of the whole PC in bytes per second; `None` if it was never known.
pub(super) fn network(points: &[Point<'_>]) -> Option<f64> {
    let rate = |rate: crate::model::BytesPerSec| rate.0;
    let rx = mean(points, |point| Some(point.sample.net_rx), rate)?;
    Some(rx + mean(points, |point| Some(point.sample.net_tx), rate).unwrap_or(0.0))
}

/// Ratio of traffic on the wire to the payload known of other programs: headers and acknowledgements.
const WIRE: f64 = 1.1;

/// Upper bound of the traffic of `name` in bytes per second: the total of the PC minus the known traffic of other
/// programs. `None` if traffic per program was never known.
pub(super) fn network_at_most(points: &[Point<'_>], name: &str) -> Option<f64> {
    let (mut sum, mut weight) = (0.0, 0.0);
    for point in points {
        let (Some(rx), Some(users)) = (point.sample.net_rx.get(), point.sample.net_users.known()) else { continue };
        let all = rx.0 + point.sample.net_tx.get().map_or(0.0, |tx| tx.0);
        let others: f64 = users.iter().filter(|user| &*user.program != name).map(|user| user.part.total()).sum();
        // The two are not read at the same instant, so only their sums over the whole time are comparable.
        sum += (all - others * WIRE) * point.span;
        weight += point.span;
    }
    (weight > 0.0).then(|| (sum / weight).max(0.0))
}

/// A counter of the graphics processor at or above this is full.
const FULL: f64 = 0.995;

/// True if the counter of the graphics processor has been full in every sample and no program is known to use it: some
/// drivers report 100 % for ever.
pub(super) fn is_gpu_stuck(history: &History) -> bool {
    let known = |sample: &&Sample| sample.gpu.get().is_some();
    let is_used = |sample: &Sample| sample.gpu_users.known().is_some_and(|users| !users.is_empty());
    let mut samples = history.samples().map(|sample| &**sample).filter(known).peekable();
    samples.peek().is_some()
        && samples.all(|sample| sample.gpu.get().is_some_and(|gpu| gpu.get() >= FULL) && !is_used(sample))
}

/// Share of the PC's processors in use.
pub(super) fn total(sample: &Sample) -> Option<f64> {
    sample.cpu.get().map(Fraction::get)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flat_line_has_no_variation_and_a_zigzag_has() {
        let flat = [(0.4, 2.0); 10];
        let (mean, variation) = shape(flat.into_iter()).expect("known");
        assert!((mean - 0.4).abs() < 1e-9 && variation < 1e-9);
        let zigzag = [(0.2, 2.0), (0.6, 2.0)];
        let (mean, variation) = shape(zigzag.into_iter()).expect("known");
        assert!((mean - 0.4).abs() < 1e-9 && (variation - 0.5).abs() < 1e-9);
        for odd in [0.0, 0.8] {
            let (_, variation) = shape(flat.into_iter().cycle().take(59).chain([(odd, 2.0)])).expect("known");
            assert!(variation < 1e-9, "one odd value in sixty: {variation}");
        }
        assert_eq!(shape(std::iter::empty()), None);
        assert_eq!(shape([(0.0, 1.0)].into_iter()), None);
    }
}
