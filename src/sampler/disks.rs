//! Throughput and load of the disks, from their counters.

use std::collections::HashMap;

use super::awake::AwakeInstant;
use crate::model::{BytesPerSec, Fraction, Reading, Why};
use crate::platform::{self, DiskCounters};

/// Longest time a disk needs for one request, in seconds: a seek and a turn of a slow disk take about 20 ms. More time
/// for fewer requests is a counter that runs by itself (netdata issue 5744: an idle drive busy 80 % of the time).
const SLOWEST_REQUEST: f64 = 0.05;

/// Rates of all disks together.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Throughput {
    /// Read from all disks.
    pub read: Reading<BytesPerSec>,
    /// Written to all disks.
    pub written: Reading<BytesPerSec>,
    /// Share of time in which the busiest disk was busy.
    pub busy: Reading<Fraction>,
}

/// Turns counters into rates. The rates of a disk begin with its second reading, also after it was away: what it
/// counted before belongs to another time.
#[derive(Default)]
pub struct DiskRates {
    last: Option<(AwakeInstant, HashMap<String, DiskCounters>)>,
}

impl DiskRates {
    /// Reads the counters; rates cover the time since the last call.
    pub fn read(&mut self) -> Throughput {
        self.step(platform::disk_counters(), AwakeInstant::now())
    }

    fn step(&mut self, counters: Result<Vec<(String, DiskCounters)>, Why>, now: AwakeInstant) -> Throughput {
        let counters = match counters {
            Ok(counters) => counters,
            Err(why) => {
                let missing = Reading::Missing(why);
                return Throughput { read: missing, written: missing, busy: Reading::Missing(why) };
            }
        };
        let current: HashMap<String, DiskCounters> = counters.into_iter().collect();
        let last = self.last.replace((now, current.clone()));
        let Some((then, before)) = last else { return Throughput::default() };
        let seconds = now.since(then).as_secs_f64();
        if seconds <= 0.0 {
            return Throughput::default();
        }
        let (mut read, mut written, mut busy) = (0, 0, None);
        for (name, new) in &current {
            let Some(old) = before.get(name).filter(|old| old.is_before(new)) else { continue };
            read += new.read.0 - old.read.0;
            written += new.written.0 - old.written.0;
            if let Some(share) = busy_share(old, new, seconds) {
                busy = Some(share.max(busy.unwrap_or(0.0)));
            }
        }
        let rate = |bytes: u64| Reading::Known(BytesPerSec(bytes as f64 / seconds));
        let why = if current.values().any(|disk| disk.busy.is_some()) { Why::NotYet } else { Why::Unsupported };
        Throughput {
            read: rate(read),
            written: rate(written),
            busy: Reading::from_option(busy.map(Fraction::new), why),
        }
    }
}

impl DiskCounters {
    /// True if `later` can be a later reading of the same disk: counters only grow.
    fn is_before(&self, later: &Self) -> bool {
        self.read <= later.read && self.written <= later.written && self.requests <= later.requests
    }
}

fn busy_share(old: &DiskCounters, new: &DiskCounters, seconds: f64) -> Option<f64> {
    let busy = new.busy?.saturating_sub(old.busy?).as_secs_f64();
    let is_queued = old.pending > 0 && new.pending > 0;
    let most = (new.requests - old.requests + old.pending.max(new.pending)) as f64 * SLOWEST_REQUEST;
    Some(if is_queued { busy } else { busy.min(most) } / seconds)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;
    use crate::model::Bytes;

    struct Rig {
        rates: DiskRates,
        now: AwakeInstant,
    }

    impl Rig {
        fn new() -> Self {
            Self { rates: DiskRates::default(), now: AwakeInstant { instant: Instant::now(), awake: None } }
        }

        /// The rates two seconds later.
        fn step(&mut self, disks: &[(&str, DiskCounters)]) -> Throughput {
            self.now.instant += Duration::from_secs(2);
            let disks = disks.iter().map(|(name, counters)| ((*name).to_owned(), *counters)).collect();
            self.rates.step(Ok(disks), self.now)
        }
    }

    fn disk(read: u64, written: u64, requests: u64, busy_ms: u64) -> DiskCounters {
        let busy = Some(Duration::from_millis(busy_ms));
        DiskCounters { read: Bytes(read), written: Bytes(written), requests, pending: 0, busy }
    }

    fn rates(of: Throughput) -> (Option<f64>, Option<f64>, Option<f64>) {
        (of.read.get().map(|rate| rate.0), of.written.get().map(|rate| rate.0), of.busy.get().map(Fraction::get))
    }

    #[test]
    fn rates_cover_the_time_between_two_readings() {
        let mut rig = Rig::new();
        assert_eq!(rates(rig.step(&[("a", disk(500, 500, 10, 100))])), (None, None, None));
        assert_eq!(rates(rig.step(&[("a", disk(2500, 900, 50, 1100))])), (Some(1000.0), Some(200.0), Some(0.5)));
        assert_eq!(rates(rig.step(&[("a", disk(2500, 900, 50, 1100))])), (Some(0.0), Some(0.0), Some(0.0)));
    }

    #[test]
    fn a_disk_that_comes_back_moved_nothing_meanwhile() {
        let mut rig = Rig::new();
        let system = ("a", disk(0, 0, 0, 0));
        rig.step(&[system, ("stick", disk(0, 400 << 20, 900, 10))]);
        rig.step(&[system]);
        assert_eq!(rates(rig.step(&[system, ("stick", disk(0, 900 << 20, 1900, 10))])).1, Some(0.0));
        // Another one under the same name has counted less.
        assert_eq!(rates(rig.step(&[system, ("stick", disk(0, 1 << 20, 19, 10))])).1, Some(0.0));
        assert_eq!(rates(rig.step(&[system, ("stick", disk(0, 3 << 20, 19, 10))])).1, Some(1_048_576.0));
    }

    #[test]
    fn the_busiest_disk_counts_and_a_counter_that_runs_by_itself_does_not() {
        let mut rig = Rig::new();
        rig.step(&[("nvme", disk(0, 0, 18_000, 0)), ("hdd", disk(0, 0, 0, 0))]);
        let share = |of: Throughput| rates(of).2.expect("a share");
        let busy = share(rig.step(&[("nvme", disk(0, 4096, 18_001, 1900)), ("hdd", disk(0, 1 << 20, 200, 1000))]));
        assert!((busy - 0.5).abs() < 1e-9, "{busy}");
        let busy = share(rig.step(&[("nvme", disk(0, 8192, 18_002, 3800)), ("hdd", disk(0, 1 << 20, 200, 1000))]));
        assert!(busy < 0.03, "{busy}");
    }

    #[test]
    fn a_disk_that_hangs_on_one_request_is_busy() {
        let mut rig = Rig::new();
        let hung = |busy| DiskCounters { pending: 1, ..disk(0, 0, 5, busy) };
        rig.step(&[("a", hung(0))]);
        assert_eq!(rates(rig.step(&[("a", hung(2000))])).2, Some(1.0));
    }

    #[test]
    fn without_counters_the_reason_is_kept() {
        let rates = DiskRates::default().step(Err(Why::NoSensor), AwakeInstant::now());
        assert_eq!((rates.read.why(), rates.busy.why()), (Some(Why::NoSensor), Some(Why::NoSensor)));
        let mut rig = Rig::new();
        let silent = DiskCounters { busy: None, ..disk(0, 0, 0, 0) };
        rig.step(&[("a", silent)]);
        assert_eq!(rig.step(&[("a", silent)]).busy, Reading::Missing(Why::Unsupported));
    }
}
