//! Finds out which processes use the graphics processor and the network. On threads of their own, and only while the
//! resource is busy: the system must be queried about every open file of every process.

use std::time::{Duration, Instant};

use super::slow::Latest;
use crate::model::{Fraction, Pid, Reading, Traffic, Why};
use crate::platform::{GpuUsers, NetUsers};

/// Interval between reads while busy.
const EVERY: Duration = Duration::from_secs(10);
/// Time after the last load at which reading stops: a film pauses for less while it loads its next segment.
const CALM: Duration = Duration::from_secs(30);

/// Use by process id.
type UsageByPid<T> = Reading<Vec<(Pid, T)>>;

/// Reads while it is worthwhile.
#[derive(Default)]
pub struct ResourceUsers {
    gpu: ResourceQuery<Fraction>,
    network: ResourceQuery<Traffic>,
}

impl ResourceUsers {
    /// Use of the graphics processor while it is `busy`. Known from the second read on.
    pub fn gpu(&mut self, now: Instant, busy: bool) -> UsageByPid<Fraction> {
        self.gpu.poll(now, busy, || {
            let mut users = GpuUsers::new();
            Latest::start("gpu-users", move || answer(users.read()))
        })
    }

    /// Use of the network while it is `busy`. Known from the second read on.
    pub fn network(&mut self, now: Instant, busy: bool) -> UsageByPid<Traffic> {
        self.network.poll(now, busy, || {
            let mut users = NetUsers::new();
            Latest::start("net-users", move || answer(users.read()))
        })
    }
}

/// The first read only initialises the counters: no answer yet.
fn answer<T>(parts: UsageByPid<T>) -> Option<UsageByPid<T>> {
    Some(parts).filter(|parts| parts.why() != Some(Why::NotYet))
}

/// State of one repeated query.
struct ResourceQuery<T> {
    /// The reader; `None` while nothing is busy.
    reader: Option<Latest<UsageByPid<T>>>,
    requested_at: Option<Instant>,
    busy_at: Option<Instant>,
    /// Why this system cannot report it; it is then never queried again.
    unsupported: Option<Why>,
}

impl<T> Default for ResourceQuery<T> {
    fn default() -> Self {
        Self { reader: None, requested_at: None, busy_at: None, unsupported: None }
    }
}

impl<T: Clone + Send + Sync + 'static> ResourceQuery<T> {
    fn poll(&mut self, now: Instant, busy: bool, start: impl FnOnce() -> Latest<UsageByPid<T>>) -> UsageByPid<T> {
        if let Some(why) = self.unsupported {
            return Reading::Missing(why);
        }
        if busy {
            self.busy_at = Some(now);
        } else if self.busy_at.is_none_or(|busy| now.duration_since(busy) >= CALM) {
            *self = Self::default();
            return Reading::Missing(Why::NotYet);
        }
        // Starting includes the first query.
        let reader = self.reader.get_or_insert_with(|| {
            self.requested_at = Some(now);
            start()
        });
        if self.requested_at.is_none_or(|requested_at| now.duration_since(requested_at) >= EVERY) {
            self.requested_at = Some(now);
            reader.request();
        }
        let parts = match reader.latest() {
            Ok(parts) => (*parts).clone(),
            Err(why) => Reading::Missing(why),
        };
        if let Some(why @ (Why::Unsupported | Why::NoPermission)) = parts.why() {
            *self = Self { unsupported: Some(why), ..Self::default() };
        }
        parts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    /// Answers with the number of queries so far.
    fn counting(count: &Arc<AtomicU32>) -> Latest<UsageByPid<u32>> {
        let count = Arc::clone(count);
        Latest::start("test", move || Some(Reading::Known(vec![(1, count.fetch_add(1, Ordering::SeqCst) + 1)])))
    }

    #[test]
    fn nothing_runs_on_a_calm_pc_and_a_busy_one_is_queried_now_and_then() {
        let (count, begin) = (Arc::new(AtomicU32::new(0)), Instant::now());
        let mut query = ResourceQuery::default();
        let mut poll = |seconds, busy| {
            let parts = query.poll(begin + Duration::from_secs(seconds), busy, || counting(&count));
            (parts, query.reader.is_some())
        };
        // Waits for the answer: until then no further query is accepted.
        let mut answered = |seconds, number| {
            let expected = Reading::Known(vec![(1, number)]);
            (0..1000).any(|_| {
                std::thread::sleep(Duration::from_millis(10));
                poll(seconds, true).0 == expected
            })
        };
        assert!(answered(2, 1));
        assert!(answered(4, 1) && answered(11, 1), "too early for another look");
        assert!(answered(12, 2));
        assert_eq!(count.load(Ordering::SeqCst), 2);
        assert!(poll(20, false).1, "a pause in between");
        assert_eq!(poll(42, false), (Reading::Missing(Why::NotYet), false), "calm again: the thread has ended");
        assert_eq!(poll(44, false), (Reading::Missing(Why::NotYet), false));
    }

    #[test]
    fn an_unsupported_system_is_queried_once() {
        let mut query: ResourceQuery<u32> = ResourceQuery::default();
        let now = Instant::now();
        let start = || Latest::start("test", || Some(Reading::Missing(Why::NoPermission)));
        let mut parts = query.poll(now, true, start);
        while parts.why() == Some(Why::NotYet) {
            std::thread::sleep(Duration::from_millis(10));
            parts = query.poll(now, true, start);
        }
        assert_eq!((parts.why(), query.reader.is_some()), (Some(Why::NoPermission), false));
        assert_eq!(query.poll(now, true, || unreachable!("asked again")).why(), Some(Why::NoPermission));
    }
}
