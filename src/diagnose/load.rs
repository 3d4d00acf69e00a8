//! Programs that use most of the CPU, computed once for the three rules that report them.

use crate::knowledge::{Busy, Knowledge};
use crate::model::{At, Fraction, HeldMeans, History, ProgramKind, ProgramSample, Sample, Seconds};

use super::finding::{Confidence, Evidence, EvidenceKind, Finding, RuleId, Severity, Subject};

/// Class of a load; decides which rule reports it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Browser,
    Busy(Busy),
    Other,
}

/// Seconds of a sample that always count as load, whatever its mean. A longer part counts only if the mean proves it.
const CERTAIN_SECONDS: f64 = 4.0;

/// A program whose load has lasted long enough to report.
pub(super) struct Load {
    pub(super) class: Class,
    pub(super) subject: Subject,
    pub(super) since: At,
    pub(super) seconds: Seconds,
    pub(super) mean: f64,
    pub(super) total: f64,
    pub(super) busiest_part: f64,
    pub(super) threshold: f64,
    pub(super) is_critical: bool,
}

pub(super) fn loads(history: &History, knowledge: &Knowledge) -> Vec<Load> {
    // The first sample after a start has no rates yet; use the newest that has.
    let mut newest = history.unbroken().filter(|sample| sample.span.0 > 0.0);
    let Some(latest) = newest.next() else { return Vec::new() };
    // In an odd sample a program may be missing or at rest: the one before shows it as it is.
    let before = newest.next().map_or(&[][..], |sample| &sample.programs[..]);
    let of_latest = latest.programs.iter().map(|program| {
        let other = before.iter().find(|other| other.name == program.name);
        other.filter(|other| other.cpu.get() > program.cpu.get() * 2.0).unwrap_or(program)
    });
    let missing = before.iter().filter(|program| latest.program(&program.name).is_none());
    let mut loads: Vec<Load> =
        of_latest.chain(missing).filter_map(|program| load(history, knowledge, program)).collect();
    loads.sort_by(|a, b| b.mean.total_cmp(&a.mean));
    loads.truncate(3);
    loads
}

fn load(history: &History, knowledge: &Knowledge, program: &ProgramSample) -> Option<Load> {
    let (limits, hold) = (&knowledge.thresholds.cpu, knowledge.thresholds.hold_seconds);
    let name = &*program.name;
    let one_core = 1.0 / f64::from(history.machine().cpus.max(1));
    let threshold = if program.kind == ProgramKind::Browser { limits.browser } else { limits.program };
    let held_load = |is_load: &dyn Fn(f64, f64) -> bool, least: Seconds| {
        let measure = |sample: &Sample| {
            let (program, total) = (sample.program(name), sample.cpu.get().map(Fraction::get));
            let cpu = program.map_or(0.0, |program| program.cpu.get());
            let part = program.map(|program| program.busiest_part.get());
            let holds = is_load(cpu, total.unwrap_or(0.0)).then(|| certain(cpu, sample.span));
            (holds, [Some(cpu), total, part])
        };
        let is_certain = |held: &HeldMeans<3>| held.certain.0 >= hold.0.min(least.0);
        history.held_means(measure).filter(|held| held.seconds >= least && is_certain(held))
    };
    let is_noticeable =
        |cpu: f64, total: f64| cpu >= threshold || cpu >= limits.program_when_full && total >= limits.full;
    let stuck_at = (limits.stuck_cores * one_core).max(limits.stuck_program);
    let is_stuck = |cpu: f64, _| cpu >= stuck_at;
    let held = held_load(&is_noticeable, hold).or_else(|| held_load(&is_stuck, limits.stuck_seconds))?;
    let [mean, total, busiest_part] = held.means;
    let LoadSpan { since, seconds, mean } = whole_load(history, name, &held, mean?);
    let total = total.unwrap_or(mean);
    let busiest_part = busiest_part.unwrap_or(0.0);
    let class = match knowledge.named(name) {
        _ if program.kind == ProgramKind::Browser => Class::Browser,
        Some(known) => match (known.busy, known.usual_minutes) {
            // Busy for longer than is usual for it is no longer normal.
            (Some(busy), Some(minutes)) if seconds.0 <= f64::from(minutes) * 60.0 => Class::Busy(busy),
            _ => Class::Other,
        },
        None => Class::Other,
    };
    Some(Load {
        class,
        subject: Subject::program(program, knowledge, |member| member.cpu.get()),
        mean,
        total,
        busiest_part,
        threshold: threshold.min(mean),
        is_critical: mean >= limits.act && seconds >= limits.act_seconds,
        since,
        seconds,
    })
}

/// Time within `span` for which a load of this mean must have been at half of it or more. A sample over half a minute
/// shows a burst as a longer and smaller load; but since nothing exceeds the whole PC, a high mean cannot come from a
/// short burst.
fn certain(mean: f64, span: Seconds) -> Seconds {
    let half = mean / 2.0;
    Seconds(span.0.min(CERTAIN_SECONDS.max(span.0 * (mean - half) / (1.0 - half))))
}

struct LoadSpan {
    since: At,
    seconds: Seconds,
    mean: f64,
}

/// Extends a load that began before the oldest sample: an endless scan is recognised by its duration, and an agent
/// keeps only half an hour. An earlier load below half of the mean does not count as part of it.
fn whole_load(history: &History, name: &str, held: &HeldMeans<3>, mean: f64) -> LoadSpan {
    let earlier = history.earlier(name).filter(|earlier| held.begins_with_history && earlier.cpu >= mean / 2.0);
    earlier.map_or(LoadSpan { since: held.since, seconds: held.seconds, mean }, |earlier| {
        let seconds = earlier.seconds.0 + held.seconds.0;
        let mean = (earlier.cpu * earlier.seconds.0 + mean * held.seconds.0) / seconds;
        LoadSpan { since: earlier.since, seconds: Seconds(seconds), mean }
    })
}

impl Load {
    /// The finding of a rule about this load.
    pub(super) fn finding(&self, rule: RuleId, severity: Severity) -> Finding {
        let seconds = self.seconds;
        let mut evidence = vec![
            Evidence::with_threshold(EvidenceKind::ProgramCpu, self.mean, self.threshold, seconds),
            Evidence::new(EvidenceKind::TotalCpu, self.total, seconds),
        ];
        if self.subject.parts > 1 {
            evidence.push(Evidence::new(EvidenceKind::Parts, f64::from(self.subject.parts), seconds));
            evidence.push(Evidence::new(EvidenceKind::BusiestPartCpu, self.busiest_part, seconds));
        }
        Finding::new(rule, severity, Confidence::from_duration(seconds), self.subject.clone(), self.since, evidence)
    }
}
