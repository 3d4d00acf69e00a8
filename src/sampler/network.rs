//! Traffic of the line: of the interfaces that connect this PC with others, each byte once.

use std::collections::HashSet;
use std::time::Duration;

use crate::model::{BytesPerSec, Reading, Why};
use crate::platform;

/// Counts the traffic.
pub struct Network {
    counters: Option<sysinfo::Networks>,
    /// All interfaces when the line was last determined.
    names: Vec<String>,
    line: HashSet<String>,
}

impl Network {
    /// Begins to count.
    pub fn new() -> Self {
        let counters = sysinfo::Networks::new_with_refreshed_list().ok();
        Self { counters, names: Vec::new(), line: HashSet::new() }
    }

    /// Bytes received and sent per second since the last call, `elapsed` ago.
    pub fn read(&mut self, elapsed: Option<Duration>) -> (Reading<BytesPerSec>, Reading<BytesPerSec>) {
        let Some(counters) = &mut self.counters else {
            return (Reading::Missing(Why::Unsupported), Reading::Missing(Why::Unsupported));
        };
        counters.refresh(true);
        let mut names: Vec<String> = counters.keys().map(|name| name.to_string_lossy().into_owned()).collect();
        names.sort_unstable();
        if names != self.names {
            self.line = platform::line_interfaces(&names).into_iter().collect();
            self.names = names;
        }
        let Some(elapsed) = elapsed.filter(|elapsed| !elapsed.is_zero()) else {
            return (Reading::Missing(Why::NotYet), Reading::Missing(Why::NotYet));
        };
        let (mut received, mut sent) = (0_u64, 0_u64);
        let line = counters.iter().filter(|(name, _)| self.line.contains(&*name.to_string_lossy()));
        for (_, data) in line {
            received = received.saturating_add(data.received());
            sent = sent.saturating_add(data.transmitted());
        }
        let rate = |bytes: u64| Reading::Known(BytesPerSec(bytes as f64 / elapsed.as_secs_f64()));
        (rate(received), rate(sent))
    }
}
