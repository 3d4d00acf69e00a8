//! The samples of the last hours: bounded, and aware of gaps.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use super::{At, Bytes, Celsius, Machine, ProgramKind, ProgramSample, Rpm, Sample, Seconds};

/// Retention of full samples in memory. The recorder keeps the rest.
const KEEP: Seconds = Seconds::from_hours(2.0);
/// Maximum number of samples, whatever their rate.
const MAX_SAMPLES: usize = 4_000;
/// Retention of free space per volume…
pub const TREND_KEEP: Seconds = Seconds::from_days(7.0);
/// …and the interval of its points.
const TREND_STEP: Seconds = Seconds(600.0);
/// Longest sample that can count as a dip within a stretch.
const DIP_MOST: Seconds = Seconds(15.0);
/// A false newest sample is odd if the stretch is at least this many times as long: one in sixty may be missing, zero or
/// doubled without ending a load.
const ODD_SHARE: f64 = 30.0;
/// Uncovered time before a sample from which it is a gap (suspend, a stopped recorder).
const GAP_LEAST: Seconds = Seconds(5.0);
/// Number of newest samples that list every process of the programs that matter: findings and remedies name processes
/// of a recent sample. Older samples list some of them, as a list of thousands in each would be most of the memory.
const WHOLE_SAMPLES: usize = 15;
/// Share of the PC from which a program counts as working, for [`Earlier`].
const AT_WORK: f64 = 0.05;

/// Free space of one volume at one time, kept longer than samples.
#[derive(Clone, Debug, PartialEq)]
pub struct VolumePoint {
    /// Time of the point.
    pub at: At,
    /// Mount point or drive letter.
    pub name: String,
    /// Free space.
    pub free: Bytes,
}

/// What programs wrote in one hour, kept longer than samples.
#[derive(Clone, Debug, PartialEq)]
pub struct WrittenHour {
    /// End of the hour.
    pub at: At,
    /// The part of it in which programs were sampled.
    pub seconds: Seconds,
    /// The programs that wrote most, by English name: their kind, and a lower bound of what they wrote to all disks
    /// together.
    pub programs: Vec<(Arc<str>, ProgramKind, Bytes)>,
}

/// Idle baseline of a PC, learned over days; `None` until learned.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct IdleBaseline {
    /// Its temperature.
    pub temperature: Option<Celsius>,
    /// Speed of its fastest fan; 0 if the fans normally stand still.
    pub fan: Option<Rpm>,
}

/// The newest stretch of samples for which a condition held.
#[derive(Clone, Debug)]
pub struct Held {
    /// Start of the stretch: the start of the span of its first sample.
    pub since: At,
    /// Time covered by its samples.
    pub seconds: Seconds,
    /// Its samples, oldest first.
    pub samples: Vec<Arc<Sample>>,
}

impl Held {
    /// The newest part of the stretch: at most `seconds`, and at least one sample.
    #[must_use]
    pub fn last(&self, seconds: Seconds) -> Self {
        let mut covered = 0.0;
        let newest: Vec<Arc<Sample>> = self
            .samples
            .iter()
            .rev()
            .take_while(|sample| {
                let before = covered;
                covered += sample.span.0;
                before == 0.0 || covered <= seconds.0
            })
            .cloned()
            .collect();
        let since = newest.last().map_or(self.since, |first| first.at - first.span);
        let seconds = Seconds(newest.iter().map(|sample| sample.span.0).sum());
        Self { since, seconds, samples: newest.into_iter().rev().collect() }
    }

    /// [`Self::mean`] of several values in one pass: iterating over hours of samples is the expensive part.
    pub fn means<const N: usize>(&self, values: impl Fn(&Sample) -> [Option<f64>; N]) -> [Option<f64>; N] {
        let mut sums = [(0.0, 0.0); N];
        for sample in &self.samples {
            for ((sum, weight), value) in sums.iter_mut().zip(values(sample)) {
                if let Some(value) = value {
                    *sum += value * sample.span.0;
                    *weight += sample.span.0;
                }
            }
        }
        sums.map(|(sum, weight)| (weight > 0.0).then(|| sum / weight))
    }

    /// Time-weighted mean of a value over the stretch; `None` if it was never known.
    pub fn mean(&self, value: impl Fn(&Sample) -> Option<f64>) -> Option<f64> {
        self.means(|sample| [value(sample)])[0]
    }
}

/// The newest stretch of samples for which a condition held, with means over it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HeldMeans<const N: usize> {
    /// Start of the stretch: the start of the span of its first sample.
    pub since: At,
    /// Time covered by its samples.
    pub seconds: Seconds,
    /// Lower bound of the time in which the condition held: the mean of a long sample does not say for how much of it.
    pub certain: Seconds,
    /// True if it begins with the oldest sample or the one after it, and so may have begun earlier.
    pub begins_with_history: bool,
    /// Mean of each value; `None` if it was never known.
    pub means: [Option<f64>; N],
}

/// Uninterrupted work of a program before the oldest sample that is kept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Earlier {
    /// Start of the work.
    pub since: At,
    /// Duration of the work.
    pub seconds: Seconds,
    /// Mean share of the whole PC in that time.
    pub cpu: f64,
    /// It paused in the last dropped sample; one pause does not end the work, see [`History::held`].
    paused: bool,
}

/// Samples of one PC, oldest first.
#[derive(Clone, Debug, Default)]
pub struct History {
    machine: Machine,
    samples: VecDeque<Arc<Sample>>,
    /// `true` for a sample after a gap; same order as `samples`.
    after_gap: VecDeque<bool>,
    trend: Vec<VolumePoint>,
    written: Vec<WrittenHour>,
    earlier: HashMap<Arc<str>, Earlier>,
    keep: Option<Seconds>,
    idle: IdleBaseline,
    learning: Option<Seconds>,
}

impl History {
    /// Idle baseline of this PC.
    pub const fn usual_idle(&self) -> IdleBaseline {
        self.idle
    }

    /// Sets [`Self::usual_idle`].
    pub const fn set_usual_idle(&mut self, idle: IdleBaseline) {
        self.idle = idle;
    }

    /// How long this PC was watched, while that is too short for a baseline.
    pub const fn learning(&self) -> Option<Seconds> {
        self.learning
    }

    /// Sets [`Self::learning`].
    pub const fn set_learning(&mut self, watched: Option<Seconds>) {
        self.learning = watched;
    }

    /// An empty history of `machine`.
    pub fn new(machine: Machine) -> Self {
        Self { machine, ..Self::default() }
    }

    /// The same with a shorter retention, for a process that always runs and must stay small.
    pub fn short(machine: Machine, keep: Seconds) -> Self {
        Self { machine, keep: Some(keep), ..Self::default() }
    }

    /// The PC.
    pub const fn machine(&self) -> &Machine {
        &self.machine
    }

    /// Adds the newest sample. Returns `false` and drops it if it is not newer than the last one; a clock set back by a
    /// minute or more starts a new history instead.
    pub fn push(&mut self, sample: Arc<Sample>) -> bool {
        let gap = match self.samples.back() {
            Some(last) if sample.at <= last.at => {
                if last.at.since(sample.at).0 < 60.0 {
                    return false;
                }
                let (machine, keep, idle, learning) = (self.machine.clone(), self.keep, self.idle, self.learning);
                *self = Self { machine, keep, idle, learning, ..Self::default() };
                false
            }
            Some(last) => sample.at.since(last.at).0 - sample.span.0 > GAP_LEAST.0,
            None => false,
        };
        self.add_trend(&sample);
        self.samples.push_back(sample);
        self.after_gap.push_back(gap);
        self.thin_out();
        self.prune();
        true
    }

    /// Shortens the lists of processes in the newest sample that need not be whole any more.
    fn thin_out(&mut self) {
        let index = self.samples.len().checked_sub(WHOLE_SAMPLES + 1);
        let Some(sample) = index.and_then(|index| self.samples.get_mut(index)) else { return };
        if sample.programs.iter().any(ProgramSample::has_many_members) {
            Arc::make_mut(sample).programs.iter_mut().for_each(ProgramSample::limit_members);
        }
    }

    fn add_trend(&mut self, sample: &Sample) {
        for volume in sample.volumes.known().into_iter().flatten() {
            let last = self.trend.iter().rev().find(|point| point.name == volume.name);
            if last.is_none_or(|point| sample.at.since(point.at) >= TREND_STEP) {
                self.trend.push(VolumePoint { at: sample.at, name: volume.name.clone(), free: volume.free });
            }
        }
        let oldest = sample.at - TREND_KEEP;
        self.trend.retain(|point| point.at >= oldest);
    }

    fn prune(&mut self) {
        let Some(newest) = self.samples.back().map(|sample| sample.at) else { return };
        let keep = self.keep.unwrap_or(KEEP);
        while self.samples.len() > MAX_SAMPLES
            || self.samples.front().is_some_and(|first| newest.since(first.at) > keep)
        {
            let dropped = self.samples.pop_front();
            self.after_gap.pop_front();
            if let Some(dropped) = dropped {
                self.accumulate_earlier(&dropped);
            }
        }
    }

    /// Accumulates the work in a sample that is about to be dropped, per program, in `earlier`.
    fn accumulate_earlier(&mut self, dropped: &Sample) {
        if self.after_gap.front().copied().unwrap_or(true) {
            self.earlier.clear();
            return;
        }
        if dropped.span.0 <= 0.0 {
            return;
        }
        self.earlier.retain(|name, earlier| {
            let is_at_work = dropped.program(name).is_some_and(|program| program.cpu.get() >= AT_WORK);
            let is_ongoing = is_at_work || !earlier.paused && dropped.span <= DIP_MOST;
            earlier.paused = !is_at_work;
            is_ongoing
        });
        for program in dropped.programs.iter().filter(|program| program.cpu.get() >= AT_WORK) {
            let since = dropped.at - dropped.span;
            let nothing = Earlier { since, seconds: Seconds(0.0), cpu: 0.0, paused: false };
            let earlier = self.earlier.entry(Arc::clone(&program.name)).or_insert(nothing);
            let seconds = earlier.seconds.0 + dropped.span.0;
            let worked = earlier.cpu * earlier.seconds.0 + program.cpu.get() * dropped.span.0;
            (earlier.seconds, earlier.cpu) = (Seconds(seconds), worked / seconds);
        }
    }

    /// Uninterrupted work of the program called `name` up to the oldest sample, if it was working then.
    pub fn earlier(&self, name: &str) -> Option<Earlier> {
        self.earlier.get(name).copied()
    }

    /// Moves everything by `milliseconds` after a clock correction, so that durations and gaps stay true.
    pub fn shift(&mut self, milliseconds: i64) {
        let moved = |at: At| At(at.0.saturating_add(milliseconds));
        for sample in &mut self.samples {
            *sample = Arc::new(Sample { at: moved(sample.at), ..(**sample).clone() });
        }
        for point in &mut self.trend {
            point.at = moved(point.at);
        }
        for hour in &mut self.written {
            hour.at = moved(hour.at);
        }
        for earlier in self.earlier.values_mut() {
            earlier.since = moved(earlier.since);
        }
        // It was computed with the same clock.
        self.machine.booted_at = self.machine.booted_at.map(moved);
    }

    /// Marks the first sample with programs after `at`, when the user closed this program. Reported late, because the
    /// window that closes is not the process that watches. `false` if there is no such sample yet.
    #[must_use]
    pub fn note_closed(&mut self, name: &str, at: At) -> bool {
        let mut after = self.samples.iter_mut().filter(|sample| sample.at >= at);
        let Some(sample) = after.find(|sample| !sample.programs.is_empty()) else { return false };
        if !sample.closed.iter().any(|closed| &**closed == name) {
            Arc::make_mut(sample).closed.push(name.into());
        }
        true
    }

    /// Forgets that the user closed this program: they have started it again.
    pub fn note_started(&mut self, name: &str) {
        let is_it = |closed: &Arc<str>| &**closed == name;
        for sample in self.samples.iter_mut().filter(|sample| sample.closed.iter().any(is_it)) {
            Arc::make_mut(sample).closed.retain(|closed| !is_it(closed));
        }
    }

    /// Prepends free space from before this history began, oldest first.
    pub fn prepend_trend(&mut self, mut points: Vec<VolumePoint>) {
        let first = self.trend.first().map(|point| point.at);
        points.retain(|point| first.is_none_or(|first| point.at < first));
        points.append(&mut self.trend);
        self.trend = points;
    }

    /// What programs wrote over days, as far as recorded, oldest first.
    pub fn written(&self) -> &[WrittenHour] {
        &self.written
    }

    /// Sets [`Self::written`].
    pub fn set_written(&mut self, written: Vec<WrittenHour>) {
        self.written = written;
    }

    /// The newest sample.
    pub fn latest(&self) -> Option<&Arc<Sample>> {
        self.samples.back()
    }

    /// All samples, oldest first.
    pub fn samples(&self) -> impl DoubleEndedIterator<Item = &Arc<Sample>> + ExactSizeIterator {
        self.samples.iter()
    }

    /// Samples, oldest first; true for one after a gap.
    pub fn samples_with_gaps(&self) -> impl DoubleEndedIterator<Item = (&Arc<Sample>, bool)> {
        self.samples.iter().zip(self.after_gap.iter().copied())
    }

    /// Free space of one volume over days, oldest first, one point per ten minutes.
    pub fn trend(&self, volume: &str) -> impl Iterator<Item = &VolumePoint> {
        self.trend.iter().filter(move |point| point.name == volume)
    }

    /// The samples since the last gap, newest first.
    pub fn unbroken(&self) -> impl Iterator<Item = &Arc<Sample>> {
        let mut ended = false;
        self.samples_with_gaps().rev().map_while(move |(sample, gap)| {
            let this = (!ended).then_some(sample);
            ended |= gap;
            this
        })
    }

    /// Time covered by the samples since the last gap.
    pub fn unbroken_seconds(&self) -> Seconds {
        Seconds(self.unbroken().map(|sample| sample.span.0).sum())
    }

    /// [`Self::held`] with time-weighted means of some values over the stretch, in one pass. `measure` returns, if the
    /// condition holds in a sample, for how much of it at least; and the values.
    pub fn held_means<const N: usize>(
        &self,
        measure: impl Fn(&Sample) -> (Option<Seconds>, [Option<f64>; N]),
    ) -> Option<HeldMeans<N>> {
        let mut sums = [(0.0, 0.0); N];
        let mut add = |span: f64, values: [Option<f64>; N]| {
            for ((sum, weight), value) in sums.iter_mut().zip(values) {
                if let Some(value) = value {
                    *sum += value * span;
                    *weight += span;
                }
            }
        };
        let (mut first, mut seconds, mut certain) = (None, 0.0, 0.0);
        let mut pending: Option<(&Sample, [Option<f64>; N])> = None;
        let mut newest_dip = None;
        for sample in self.unbroken().filter(|sample| sample.span.0 > 0.0) {
            let (holds, values) = measure(sample);
            if let Some(Seconds(least)) = holds {
                // A dip counts as part of the stretch, but for no more time than the sample beside it.
                certain += least + pending.as_ref().map_or(0.0, |(dip, _)| dip.span.0.min(least));
                for (sample, values) in pending.take().into_iter().chain([(&**sample, values)]) {
                    add(sample.span.0, values);
                    seconds += sample.span.0;
                }
                first = Some(sample);
            } else if pending.is_some() || sample.span > DIP_MOST {
                break;
            } else {
                newest_dip = first.is_none().then_some(sample.span.0).or(newest_dip);
                pending = Some((sample, values));
            }
        }
        let first = first.filter(|_| newest_dip.is_none_or(|dip| is_odd_sample(dip, seconds)))?;
        Some(HeldMeans {
            since: first.at - first.span,
            seconds: Seconds(seconds),
            certain: Seconds(certain),
            begins_with_history: self.samples.iter().take(2).any(|oldest| oldest.at == first.at),
            means: sums.map(|(sum, weight)| (weight > 0.0).then(|| sum / weight)),
        })
    }

    /// The newest stretch without gaps in which `holds` was true. One false sample (a short dip) does not end it, two
    /// in a row do. The newest sample must hold, too, unless it follows a long stretch: one sample among many can be
    /// missing or odd.
    pub fn held(&self, holds: impl Fn(&Sample) -> bool) -> Option<Held> {
        let mut stretch: Vec<Arc<Sample>> = Vec::new();
        let mut pending: Option<Arc<Sample>> = None;
        let mut newest_dip = None;
        for sample in self.unbroken().filter(|sample| sample.span.0 > 0.0) {
            if holds(sample) {
                stretch.extend(pending.take());
                stretch.push(Arc::clone(sample));
            } else if pending.is_some() || sample.span > DIP_MOST {
                break;
            } else {
                newest_dip = stretch.is_empty().then_some(sample.span.0).or(newest_dip);
                pending = Some(Arc::clone(sample));
            }
        }
        let first = stretch.last()?;
        let seconds = stretch.iter().map(|sample| sample.span.0).sum();
        if newest_dip.is_some_and(|dip| !is_odd_sample(dip, seconds)) {
            return None;
        }
        Some(Held {
            since: first.at - first.span,
            seconds: Seconds(seconds),
            samples: stretch.into_iter().rev().collect(),
        })
    }
}

/// True for a false sample of `span` seconds at the end of a stretch of `seconds`, itself included, that is more likely
/// an odd sample than the end of what went on for so long.
fn is_odd_sample(span: f64, seconds: f64) -> bool {
    span * ODD_SHARE <= seconds
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Fraction, Member, ProcKey, Reading};

    fn sample(seconds: i64, cpu: f64) -> Arc<Sample> {
        Arc::new(Sample {
            at: At(seconds * 1000),
            span: Seconds(2.0),
            cpu: Reading::Known(Fraction::new(cpu)),
            ..Sample::default()
        })
    }

    fn busy(sample: &Sample) -> bool {
        sample.cpu.get().is_some_and(|cpu| cpu.get() > 0.5)
    }

    fn history(points: &[(i64, f64)]) -> History {
        let mut history = History::new(Machine::default());
        for (at, cpu) in points {
            history.push(sample(*at, *cpu));
        }
        history
    }

    #[test]
    fn a_short_dip_does_not_end_a_stretch_but_a_pause_does() {
        let held = history(&[(2, 0.1), (4, 0.9), (6, 0.1), (8, 0.9)]).held(busy).expect("held");
        assert_eq!((held.since, held.seconds), (At(2000), Seconds(6.0)));
        let held = history(&[(2, 0.9), (4, 0.1), (6, 0.1), (8, 0.9)]).held(busy).expect("held");
        assert_eq!(held.since, At(6000));
        assert!(history(&[(2, 0.9), (4, 0.1)]).held(busy).is_none());
    }

    #[test]
    fn one_odd_sample_after_a_long_stretch_does_not_end_it() {
        let long = (1..=40).map(|step| (step * 2, 0.9));
        let with = |end: &[(i64, f64)]| long.clone().chain(end.iter().copied()).collect::<Vec<_>>();
        let seconds = |points: &[(i64, f64)]| {
            let history = history(points);
            let means = history.held_means(|sample| (busy(sample).then_some(sample.span), [None; 1]));
            assert_eq!(means.map(|held| held.seconds), history.held(busy).map(|held| held.seconds));
            history.held(busy).map(|held| held.seconds.0)
        };
        assert_eq!(seconds(&with(&[])), Some(80.0));
        assert_eq!(seconds(&with(&[(82, 0.0)])), Some(82.0));
        assert_eq!(seconds(&with(&[(82, 0.0), (84, 0.0)])), None);
        assert_eq!(seconds(&[(2, 0.9), (4, 0.9), (6, 0.0)]), None, "it has ended");
    }

    #[test]
    fn means_over_a_stretch_are_those_of_its_samples() {
        for points in [vec![(2, 0.1), (4, 0.9), (6, 0.1), (8, 0.7)], vec![(2, 0.9), (4, 0.2), (6, 0.2), (8, 0.8)]] {
            let history = history(&points);
            let value = |sample: &Sample| sample.cpu.get().map(Fraction::get);
            let held = history.held(busy).expect("held");
            let means = history
                .held_means(|sample| (busy(sample).then_some(sample.span), [value(sample), None]))
                .expect("held");
            assert_eq!((means.since, means.seconds), (held.since, held.seconds));
            assert!((means.means[0].expect("known") - held.mean(value).expect("known")).abs() < 1e-12);
            assert_eq!(means.means[1], None);
        }
        assert_eq!(
            history(&[(2, 0.9), (4, 0.1)]).held_means(|sample| (busy(sample).then_some(sample.span), [None; 0])),
            None
        );
    }

    #[test]
    fn nothing_is_held_across_a_gap() {
        let points = [(2, 0.9), (4, 0.9), (6, 0.9), (600, 0.9), (602, 0.9)];
        let history = history(&points);
        assert_eq!(history.held(busy).expect("held").since, At(598_000));
        assert_eq!(history.unbroken().count(), 2);
    }

    #[test]
    fn a_long_sample_of_a_calm_pc_is_no_gap_but_it_is_no_short_dip_either() {
        let mut history = history(&[(2, 0.9), (4, 0.9)]);
        history.push(Arc::new(Sample { span: Seconds(30.0), ..(*sample(34, 0.1)).clone() }));
        history.push(sample(36, 0.9));
        assert_eq!(history.unbroken().count(), 4);
        assert_eq!(history.held(busy).expect("held").since, At(34_000));
    }

    #[test]
    fn a_clock_that_was_set_moves_everything_and_leaves_no_gap() {
        let mut history = history(&[(2, 0.9), (4, 0.9)]);
        history.shift(86_400_000);
        history.push(sample(86_406, 0.9));
        assert_eq!(history.held(busy).expect("held").seconds, Seconds(6.0));
        history.shift(-86_400_000);
        history.push(sample(8, 0.9));
        assert_eq!(history.held(busy).expect("held").since, At(0));
    }

    #[test]
    fn a_program_closed_by_somebody_else_is_noted_once_where_it_was() {
        let mut history = history(&[(2, 0.9), (4, 0.9)]);
        assert!(!history.note_closed("loop", At(3500)), "only totals since");
        let programs = vec![ProgramSample::default()];
        history.push(Arc::new(Sample { programs, ..(*sample(6, 0.1)).clone() }));
        for _ in 0..2 {
            assert!(history.note_closed("loop", At(3500)));
        }
        assert!(!history.note_closed("later", At(60_000)), "nobody has looked since");
        let closed: Vec<usize> = history.samples().map(|sample| sample.closed.len()).collect();
        assert_eq!(closed, [0, 0, 1]);
        let count = |history: &History| history.samples().filter(|sample| !sample.closed.is_empty()).count();
        history.note_started("other");
        assert_eq!(count(&history), 1);
        history.note_started("loop");
        assert_eq!(count(&history), 0);
    }

    #[test]
    fn a_clock_set_back_begins_anew_and_a_repeated_sample_is_refused() {
        let mut history = history(&[(1000, 0.1), (1002, 0.1)]);
        assert!(!history.push(sample(1002, 0.1)));
        assert!(history.push(sample(5, 0.1)));
        assert_eq!(history.samples().len(), 1);
    }

    #[test]
    fn who_was_at_work_before_the_oldest_sample_is_not_forgotten() {
        let working = |seconds: i64, cpu: f64| {
            let program = ProgramSample { name: "loop".into(), cpu: Fraction::new(cpu), ..ProgramSample::default() };
            Arc::new(Sample { programs: vec![program], ..(*sample(seconds, cpu)).clone() })
        };
        let mut history = History::short(Machine::default(), Seconds(20.0));
        for second in (2..=100).step_by(2) {
            // A short pause does not end the work.
            history.push(working(second, if second == 40 { 0.0 } else { 0.4 }));
        }
        let earlier = history.earlier("loop").expect("at work");
        assert_eq!(earlier.since, At(0));
        assert!((earlier.seconds.0 - 76.0).abs() < 1e-9 && (earlier.cpu - 0.4).abs() < 1e-9, "{earlier:?}");
        assert!(history.earlier("other").is_none());
        for second in (102..=160).step_by(2) {
            history.push(working(second, 0.0));
        }
        assert!(history.earlier("loop").is_none(), "it has ended");
        for second in (162..=200).step_by(2).chain((1000..=1030).step_by(2)) {
            history.push(working(second, 0.4));
        }
        assert_eq!(
            history.earlier("loop").map(|earlier| earlier.since),
            Some(At(998_000)),
            "nothing lasts across a gap"
        );
    }

    /// A browser, a build or a fork bomb: a list of all its processes in each sample was 180 MB after half an hour.
    #[test]
    fn only_the_newest_samples_list_thousands_of_processes() {
        let crowd = |seconds: i64| {
            // Busiest first; each later sample has the same processes.
            let member = |pid: u32| {
                let key = ProcKey { pid, start_time: u64::from(9_000 - pid) };
                Member { key, root: key, cpu: Fraction::new(0.1 / f64::from(pid)), memory: Bytes(1) }
            };
            let members: Arc<[Member]> = (1..=4_000).map(member).collect();
            let program = ProgramSample { name: "make".into(), parts: 4_000, members, ..ProgramSample::default() };
            Arc::new(Sample { programs: vec![program], ..(*sample(seconds, 0.5)).clone() })
        };
        let mut history = History::new(Machine::default());
        let mut kept = Vec::new();
        for second in (2..=200).step_by(2) {
            let sample = crowd(second);
            kept.push(Arc::clone(&sample));
            history.push(sample);
        }
        let lengths: Vec<usize> = history.samples().map(|sample| sample.programs[0].members.len()).collect();
        assert!(lengths.iter().rev().take(15).all(|length| *length == 4_000), "{lengths:?}");
        assert!(lengths.iter().rev().skip(15).all(|length| *length <= 32), "{lengths:?}");
        let first = &history.samples().next().expect("a sample").programs[0];
        let pids: Vec<u32> = first.members.iter().map(|member| member.key.pid).collect();
        assert!(pids.is_sorted() && pids.starts_with(&[1, 2, 3]), "the busiest: {pids:?}");
        assert!(pids.ends_with(&[3_998, 3_999, 4_000]), "and the oldest, which are there for longest: {pids:?}");
        assert_eq!(first.parts, 4_000);
        assert!(kept.iter().all(|sample| sample.programs[0].members.len() == 4_000), "others keep what they have");
    }

    #[test]
    fn a_history_is_bounded_by_count_and_by_age() {
        let mut history = History::new(Machine::default());
        for at in 1..10_000 {
            history.push(sample(at, 0.1));
        }
        assert!(history.samples().len() <= MAX_SAMPLES);
        history.push(sample(100_000, 0.1));
        assert_eq!(history.samples().len(), 1);
    }
}
