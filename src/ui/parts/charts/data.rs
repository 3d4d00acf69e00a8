//! Computes what the charts of a period draw: pure data, no drawing, no texts.
//!
//! A period has more samples than a chart has pixels. Each bucket of time keeps its lowest and its highest sample, so a
//! short peak stays visible. Buckets are aligned to absolute time, so their points stay the same while the left edge
//! moves on. Maxima and the order of the programs come from every sample.

use std::collections::HashMap;
use std::sync::Arc;

use crate::model::{At, BytesPerSec, Fraction, History, Reading, Sample};
use crate::ui::intent::Period;

/// Number of programs with a colour of their own.
pub(super) const NAMED: usize = 3;
/// Buckets across a period: with two points each, about one point for each pixel of a chart.
const BUCKETS: f64 = 300.0;
/// Seconds for which the newest value holds when no other one follows.
const HOLDS: f64 = 5.0;

/// A point of a line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Point<'s> {
    at: At,
    /// Seconds relative to the right edge; negative before it.
    pub(super) x: f64,
    pub(super) y: f64,
    /// The sample the value comes from.
    pub(super) sample: &'s Sample,
}

/// The samples of a period.
pub(super) struct ChartData<'s> {
    /// Oldest first; true where a gap precedes the sample. Begins with the sample before the period, so that lines
    /// reach the left edge.
    samples: Vec<(&'s Sample, bool)>,
    begin: At,
    edge: At,
    /// Length of a bucket in ms.
    bucket: i64,
    /// True if the newest value holds up to the right edge.
    holds: bool,
}

impl<'s> ChartData<'s> {
    /// The samples of `history` in the period; empty until the period has been read.
    pub(super) fn new(history: Option<&'s History>, period: Period, now: At) -> Self {
        let (begin, edge) = (period.begin(now), period.edge(now));
        let bucket = ((period.range.seconds().0 * 1000.0 / BUCKETS) as i64).max(1);
        let from = At(begin.0.div_euclid(bucket) * bucket);
        let mut samples: Vec<(&Sample, bool)> = Vec::new();
        for (sample, gap) in history.into_iter().flat_map(|history| history.samples_with_gaps().rev()) {
            if sample.span.0 > 0.0 {
                samples.push((sample, gap));
            } else if gap && let Some(next) = samples.last_mut() {
                // It covers no time and is left out: the gap moves to the sample that follows.
                next.1 = true;
            }
            if sample.at < from {
                break;
            }
        }
        samples.reverse();
        let newest = samples.last().map(|(sample, _)| sample.at);
        let holds = !period.is_recorded() && newest.is_some_and(|at| at < edge && edge.since(at).0 < HOLDS);
        Self { samples, begin, edge, bucket, holds }
    }

    /// The lines of a value, cut at gaps and where the value is missing, with at most two points per bucket.
    pub(super) fn lines(&self, value: impl Fn(&Sample) -> Option<f64>) -> Vec<Vec<Point<'s>>> {
        let mut lines: Vec<Vec<Point<'s>>> = Vec::new();
        let mut goes_on = false;
        for (sample, gap) in &self.samples {
            let Some(y) = value(sample) else {
                goes_on = false;
                continue;
            };
            if *gap || !goes_on {
                // A value holds from the start of its span, so that a single one is drawn too.
                lines.push(vec![self.point(sample.at - sample.span, y, sample)]);
            }
            goes_on = true;
            lines.last_mut().into_iter().for_each(|line| line.push(self.point(sample.at, y, sample)));
        }
        if let Some(line) = lines.last_mut().filter(|_| self.holds && goes_on)
            && let Some(newest) = line.last().copied()
        {
            line.push(self.point(self.edge, newest.y, newest.sample));
        }
        lines.iter().map(|line| self.thinned(line)).collect()
    }

    fn point(&self, at: At, y: f64, sample: &'s Sample) -> Point<'s> {
        Point { at, x: at.0.saturating_sub(self.edge.0) as f64 / 1000.0, y, sample }
    }

    /// The ends of the line, and the lowest and the highest point of each bucket.
    fn thinned(&self, line: &[Point<'s>]) -> Vec<Point<'s>> {
        let bucket = |point: &Point<'_>| point.at.0.div_euclid(self.bucket);
        let mut thinned: Vec<Point<'s>> = line.first().copied().into_iter().collect();
        let rest = line.get(1..line.len().saturating_sub(1)).unwrap_or_default();
        for points in rest.chunk_by(|a, b| bucket(a) == bucket(b)) {
            let ends =
                [points.iter().min_by(|a, b| a.y.total_cmp(&b.y)), points.iter().max_by(|a, b| a.y.total_cmp(&b.y))];
            let mut ends: Vec<Point<'s>> = ends.into_iter().flatten().copied().collect();
            ends.sort_by_key(|point| point.at);
            ends.dedup_by_key(|point| point.at);
            thinned.extend(ends);
        }
        thinned.extend(line.last().filter(|_| line.len() > 1));
        thinned
    }

    /// Samples that reach into the period.
    fn visible(&self) -> impl Iterator<Item = &'s Sample> {
        self.samples.iter().map(|(sample, _)| *sample).filter(|sample| sample.at > self.begin)
    }

    /// The highest value in the period.
    pub(super) fn maximum(&self, value: impl Fn(&Sample) -> Option<f64>) -> Option<f64> {
        self.visible().filter_map(value).max_by(f64::total_cmp)
    }

    /// The programs with the most processor time over the period, busiest first; they get the colours.
    pub(super) fn busiest(&self) -> Vec<Arc<str>> {
        let mut sums: HashMap<&Arc<str>, f64> = HashMap::new();
        for sample in self.visible() {
            for program in &sample.programs {
                *sums.entry(&program.name).or_default() += program.cpu.get() * sample.span.0;
            }
        }
        let mut sums: Vec<(&Arc<str>, f64)> = sums.into_iter().collect();
        sums.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(b.0)));
        sums.into_iter().take(NAMED).map(|(name, _)| Arc::clone(name)).collect()
    }
}

/// Upper bounds of the stacked layers at each point: everything else first, the busiest program last.
pub(super) fn layers(line: &[Point<'_>], named: &[Arc<str>]) -> Vec<Vec<f64>> {
    let mut tops = vec![Vec::with_capacity(line.len()); named.len() + 1];
    for Point { y: total, sample, .. } in line {
        let of = |name: &Arc<str>| sample.program(name).map_or(0.0, |program| program.cpu.get());
        let sum: f64 = named.iter().map(of).sum();
        let mut top = (total - sum).max(0.0);
        tops[0].push(top);
        for (layer, name) in tops.iter_mut().skip(1).zip(named.iter().rev()) {
            top += of(name);
            layer.push(top.min(1.0));
        }
    }
    tops
}

/// Share of all processors in use.
pub(super) fn cpu(sample: &Sample) -> Option<f64> {
    sample.cpu.get().map(Fraction::get)
}

/// Share of one program; `None` where the total was not measured.
pub(super) fn program_cpu(sample: &Sample, name: &str) -> Option<f64> {
    sample.cpu.get()?;
    Some(sample.program(name).map_or(0.0, |program| program.cpu.get()))
}

/// Read and write rates together.
pub(super) fn disk(sample: &Sample) -> Reading<BytesPerSec> {
    sum(sample.disk_read, sample.disk_write)
}

/// Receive and send rates together.
pub(super) fn network(sample: &Sample) -> Reading<BytesPerSec> {
    sum(sample.net_rx, sample.net_tx)
}

fn sum(a: Reading<BytesPerSec>, b: Reading<BytesPerSec>) -> Reading<BytesPerSec> {
    match (a, b) {
        (Reading::Known(a), Reading::Known(b)) => Reading::Known(BytesPerSec(a.0 + b.0)),
        (Reading::Missing(why), _) | (_, Reading::Missing(why)) => Reading::Missing(why),
    }
}

/// The sample that covers `at`, if there is one. `live` is the newest sample of all.
pub(super) fn sample_at<'s>(history: Option<&'s History>, live: Option<&'s Arc<Sample>>, at: At) -> Option<&'s Sample> {
    match history?.samples().find(|sample| sample.at >= at) {
        Some(sample) => Some(&**sample).filter(|sample| sample.at.since(at).0 <= sample.span.0 + 0.5),
        None => live.map(|sample| &**sample).filter(|sample| at >= sample.at && at.since(sample.at).0 < HOLDS),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Machine, ProgramSample, Seconds};
    use crate::ui::intent::Range;

    /// Start in seconds since 1970, deliberately not the start of a bucket.
    const BEGIN: i64 = 1_700_000_003;

    fn sample(second: i64, share: f64) -> Sample {
        let share = Fraction::new(share);
        Sample { at: At((BEGIN + second) * 1000), span: Seconds(2.0), cpu: Reading::Known(share), ..Sample::default() }
    }

    fn history(samples: impl IntoIterator<Item = Sample>) -> History {
        let mut history = History::new(Machine::default());
        for sample in samples {
            history.push(Arc::new(sample));
        }
        history
    }

    /// One sample every 2 s for 70 minutes, with one peak caused by a program.
    fn hour_with_peak(peak: i64) -> History {
        history((2..=4200).step_by(2).map(|second| {
            let mut sample = sample(second, if second == peak { 0.9 } else { 0.1 });
            if second == peak {
                let (name, cpu) = ("peak".into(), Fraction::new(0.8));
                sample.programs = vec![ProgramSample { name, cpu, ..ProgramSample::default() }];
            }
            sample
        }))
    }

    fn hour(history: &History, now: i64) -> ChartData<'_> {
        ChartData::new(Some(history), Range::Hour.into(), At((BEGIN + now) * 1000))
    }

    #[test]
    fn a_peak_of_two_seconds_is_in_the_hour_wherever_its_edge_is() {
        for peak in [1000, 1002, 1004, 2222] {
            let history = hour_with_peak(peak);
            for now in 4200..4260 {
                let data = hour(&history, now);
                let lines = data.lines(cpu);
                let drawn =
                    lines.iter().flatten().filter(|point| point.y > 0.5).map(|point| point.at).collect::<Vec<_>>();
                assert_eq!(drawn, [At((BEGIN + peak) * 1000)], "at {now}");
                assert_eq!(data.maximum(cpu), Some(0.9));
                assert_eq!(data.busiest(), ["peak".into()]);
            }
        }
    }

    #[test]
    fn the_points_stay_where_they_are_while_the_edge_moves_on() {
        let history = history((2..=4200).step_by(2).map(|second| sample(second, (second % 97) as f64 / 97.0)));
        let inner = |now: i64| {
            let within = At((BEGIN + 700) * 1000)..At((BEGIN + 4100) * 1000);
            let lines = hour(&history, now).lines(cpu);
            lines
                .iter()
                .flatten()
                .map(|point| (point.at, point.y.to_bits()))
                .filter(|(at, _)| within.contains(at))
                .collect::<Vec<_>>()
        };
        let first = inner(4200);
        assert!((4201..4240).all(|now| inner(now) == first));
        let data = hour(&history, 4200);
        let points: usize = data.lines(cpu).iter().map(Vec::len).sum();
        assert!((500..=606).contains(&points), "{points}");
    }

    #[test]
    fn the_maximum_is_that_of_the_period() {
        let history = hour_with_peak(1000);
        assert_eq!(hour(&history, 4599).maximum(cpu), Some(0.9));
        assert_eq!(hour(&history, 4600).maximum(cpu), Some(0.1), "it ended when the period begins");
    }

    /// The first sample after a gap may cover no time: it has no rates yet.
    #[test]
    fn nothing_is_drawn_across_a_gap_or_a_missing_value() {
        let first_after = Sample { span: Seconds(0.0), cpu: Reading::default(), ..sample(100, 0.0) };
        let unknown = Sample { cpu: Reading::default(), ..sample(104, 0.0) };
        let samples = [sample(2, 0.5), sample(4, 0.6), first_after, sample(102, 0.7), unknown, sample(106, 0.8)];
        let history = history(samples);
        let data = hour(&history, 110);
        let drawn = |lines: &[Vec<Point<'_>>]| -> Vec<Vec<(f64, f64)>> {
            lines.iter().map(|line| line.iter().map(|point| (point.x + 110.0, point.y)).collect()).collect()
        };
        let expected = [
            vec![(0.0, 0.5), (2.0, 0.5), (4.0, 0.6)],
            vec![(100.0, 0.7), (102.0, 0.7)],
            vec![(104.0, 0.8), (106.0, 0.8), (110.0, 0.8)],
        ];
        assert_eq!(drawn(&data.lines(cpu)), expected);
        let program = drawn(&data.lines(|sample| program_cpu(sample, "any")));
        assert_eq!(
            program.iter().map(Vec::len).collect::<Vec<_>>(),
            [3, 2, 3],
            "not there is 0, not measured is nothing"
        );
        assert!(data.lines(|sample| sample.temperature.get().map(|celsius| celsius.0)).is_empty());
    }

    #[test]
    fn layers_add_up_to_the_total_of_their_sample() {
        let programs = [("a", 0.3), ("b", 0.1)].map(|(name, share)| ProgramSample {
            name: name.into(),
            cpu: Fraction::new(share),
            ..ProgramSample::default()
        });
        let history = history([Sample { programs: programs.into(), ..sample(2, 0.5) }]);
        let data = hour(&history, 2);
        let named = data.busiest();
        assert_eq!(named, ["a".into(), "b".into()]);
        let tops: Vec<f64> = layers(&data.lines(cpu)[0], &named).iter().map(|layer| layer[0]).collect();
        assert!(tops.iter().zip([0.1, 0.2, 0.5]).all(|(top, expected)| (top - expected).abs() < 1e-12), "{tops:?}");
    }

    #[test]
    fn the_sample_at_a_moment_is_the_one_that_covers_it() {
        let history = history([sample(2, 0.5), sample(4, 0.6), sample(100, 0.7)]);
        let at = |second: i64| sample_at(Some(&history), history.latest(), At((BEGIN + second) * 1000)).and_then(cpu);
        assert_eq!(
            [at(3), at(4), at(50), at(99), at(104), at(106)],
            [Some(0.6), Some(0.6), None, Some(0.7), Some(0.7), None]
        );
    }
}
