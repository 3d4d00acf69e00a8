//! Attributes processor time of processes that start and end between two scans. Linux adds the time of a reaped child
//! to its parent (`cutime` and `cstime`, proc_pid_stat(5)): a compiler that runs a hundred times a minute is the work
//! of its parent.

use std::collections::HashMap;
use std::time::Duration;

use crate::model::{Bytes, Fraction, Pid, ProcSample, Reading};

/// Most ancestors followed; reused pids can form a cycle.
const MAX_PARENTS: usize = 64;
/// Share of the PC above which inherited time must be old; coarse clocks can show slightly more than the whole.
const MAX_SHARE: f64 = 1.25;

/// A process that ended since the last scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ended {
    /// Its parent.
    pub(super) parent: Pid,
    /// Usage of it and of its ended children that was already counted.
    pub(super) counted: CountedUsage,
}

/// Usage of a process that was already counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct CountedUsage {
    /// Processor time.
    pub(super) time: Duration,
    /// Bytes read and written; `None` if never readable.
    pub(super) io: Option<(Bytes, Bytes)>,
}

/// A process that inherited time of reaped children since the last scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct InheritedTime {
    /// Index of the process in this scan.
    pub(super) index: usize,
    /// Its pid.
    pub(super) pid: Pid,
    /// Time inherited.
    pub(super) time: Duration,
}

/// Inherited processor time: index of the process in the scan, and share of the whole PC.
pub(super) type InheritedShare = (usize, f64);

/// Already counted usage of everything that ended below each living process; it must not be counted again as work of
/// the survivor.
pub(super) fn counted_below(ended: &HashMap<Pid, Ended>) -> HashMap<Pid, CountedUsage> {
    let mut below: HashMap<Pid, CountedUsage> = HashMap::new();
    for one in ended.values() {
        let mut ancestor = one.parent;
        for _ in 0..MAX_PARENTS {
            match ended.get(&ancestor) {
                Some(next) => ancestor = next.parent,
                None => break,
            }
        }
        let none = CountedUsage { time: Duration::ZERO, io: Some((Bytes(0), Bytes(0))) };
        let sum = below.entry(ancestor).or_insert(none);
        sum.time += one.counted.time;
        let add = |a: Bytes, b: Bytes| Bytes(a.0.saturating_add(b.0));
        sum.io = sum.io.zip(one.counted.io).map(|(a, b)| (add(a.0, b.0), add(a.1, b.1)));
    }
    below
}

/// Inherited time that was not counted yet, with the index of the process.
pub(super) fn uncounted(inherited: &[InheritedTime], below: &HashMap<Pid, CountedUsage>) -> Vec<(usize, Duration)> {
    let counted = |one: &InheritedTime| below.get(&one.pid).map_or(Duration::ZERO, |counted| counted.time);
    let rest = inherited.iter().map(|one| (one.index, one.time.saturating_sub(counted(one))));
    rest.filter(|(_, rest)| !rest.is_zero()).collect()
}

/// Adds inherited shares to their processes, as far as the measured total leaves room beside the processes. A share
/// much larger than the PC is old work of hidden children, such as those of `sudo` on a PC that hides other users'
/// processes: none of it is known to be recent.
pub(super) fn charge(processes: &mut [ProcSample], inherited: &[InheritedShare], measured: Reading<Fraction>) {
    let Some(total) = measured.get() else { return };
    let inherited = || inherited.iter().filter(|(_, share)| *share <= MAX_SHARE);
    let measured_sum: f64 = processes.iter().filter_map(|process| process.cpu.get()).map(Fraction::get).sum();
    let (available, inherited_sum) =
        ((total.get() - measured_sum).max(0.0), inherited().map(|(_, share)| share).sum::<f64>());
    if inherited_sum <= 0.0 {
        return;
    }
    let part = (available / inherited_sum).min(1.0);
    for (index, share) in inherited() {
        if let Some(process) = processes.get_mut(*index) {
            process.cpu = process.cpu.map(|cpu| Fraction::new(cpu.get() + share * part));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::{ProcFacts, ProcKey, ProcState};

    const fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn inherited(index: usize, pid: Pid, time: u64) -> InheritedTime {
        InheritedTime { index, pid, time: seconds(time) }
    }

    /// Ended processes: pid, parent, seconds already counted.
    fn ended<const N: usize>(list: [(Pid, Pid, u64); N]) -> HashMap<Pid, Ended> {
        let io = |bytes: u64| Some((Bytes(bytes), Bytes(10 * bytes)));
        let counted = |time: u64| CountedUsage { time: seconds(time), io: io(time) };
        list.map(|(pid, parent, time)| (pid, Ended { parent, counted: counted(time) })).into()
    }

    fn rest(inherited: &[InheritedTime], ended: &HashMap<Pid, Ended>) -> Vec<(usize, Duration)> {
        uncounted(inherited, &counted_below(ended))
    }

    #[test]
    fn what_nobody_saw_is_the_work_of_what_started_it() {
        assert_eq!(rest(&[inherited(3, 10, 5)], &HashMap::new()), [(3, seconds(5))]);
        assert_eq!(rest(&[], &ended([(11, 10, 4)])), []);
    }

    #[test]
    fn what_was_seen_before_is_not_counted_twice() {
        let gone = ended([(11, 10, 4), (12, 10, 1)]);
        assert_eq!(rest(&[inherited(3, 10, 7)], &gone), [(3, seconds(2))]);
        assert_eq!(rest(&[inherited(3, 10, 5)], &gone), []);
        // System clocks are coarse: the last scan may have rounded up.
        assert_eq!(rest(&[inherited(3, 10, 4)], &gone), []);
    }

    #[test]
    fn a_whole_tree_that_has_ended_counts_for_the_one_that_is_left() {
        // make (10) started sh (11), which started the compiler (12).
        let gone = ended([(11, 10, 0), (12, 11, 3)]);
        assert_eq!(rest(&[inherited(0, 10, 5)], &gone), [(0, seconds(2))]);
    }

    #[test]
    fn bytes_of_all_that_ended_are_added_up_and_unknown_if_one_is() {
        let mut gone = ended([(11, 10, 1), (12, 11, 3), (21, 20, 1)]);
        gone.entry(21).and_modify(|one| one.counted.io = None);
        let below = counted_below(&gone);
        assert_eq!(below[&10].io, Some((Bytes(4), Bytes(40))));
        assert_eq!(below[&20].io, None);
        assert!(!below.contains_key(&11));
    }

    fn charged(cpu: f64, inherited: &[InheritedShare], total: Reading<Fraction>) -> Vec<f64> {
        let process = |cpu| ProcSample {
            cpu: Reading::Known(Fraction::new(cpu)),
            threads: 1,
            state: ProcState::Running,
            ..ProcSample::new(Arc::new(ProcFacts::new(ProcKey { pid: 7, start_time: 7 })))
        };
        let mut processes = vec![process(cpu), process(0.0)];
        charge(&mut processes, inherited, total);
        processes.iter().map(|process| process.cpu.get().map_or(-1.0, |cpu| (cpu.get() * 100.0).round())).collect()
    }

    #[test]
    fn the_parts_stay_within_the_load_of_the_pc() {
        let total = Reading::Known(Fraction::new(0.5));
        assert_eq!(charged(0.1, &[(1, 0.3)], total), [10.0, 30.0]);
        assert_eq!(charged(0.1, &[(0, 0.4), (1, 0.4)], total), [30.0, 20.0], "as much as there is, in proportion");
        assert_eq!(charged(0.6, &[(1, 0.3)], total), [60.0, 0.0]);
        let all = Reading::Known(Fraction::new(1.0));
        assert_eq!(charged(0.0, &[(1, 1.01)], all), [0.0, 100.0], "clocks are coarse");
        assert_eq!(charged(0.1, &[(1, 900.0)], total), [10.0, 0.0], "an hour of work cannot be of two seconds");
        assert_eq!(charged(0.1, &[(1, 0.3)], Reading::default()), [10.0, 0.0]);
        assert_eq!(charged(0.1, &[], total), [10.0, 0.0]);
        assert_eq!(charged(0.1, &[(9, 0.3)], total), [10.0, 0.0]);
    }

    #[test]
    fn a_circle_of_parents_ends() {
        assert_eq!(rest(&[inherited(0, 10, 5)], &ended([(11, 12, 1), (12, 11, 1)])), [(0, seconds(5))]);
    }
}
