//! Processor time from `/proc/stat`.

use std::fs::File;
use std::os::unix::fs::FileExt;

use crate::model::Why;
use crate::platform::types::{CpuTime, CpuTimes};

/// Limit on the bytes read: enough for the lines of several thousand processors.
const LONGEST: usize = 1 << 20;

/// Reads processor time; keeps file and buffer between ticks.
pub struct CpuReader {
    file: Option<File>,
    buffer: Vec<u8>,
}

impl CpuReader {
    /// Opens `/proc/stat`.
    pub fn new() -> Self {
        Self { file: File::open("/proc/stat").ok(), buffer: vec![0; 4096] }
    }

    /// Processor time since boot.
    ///
    /// # Errors
    /// [`Why::Unsupported`] when `/proc` is missing or not readable.
    pub fn read(&mut self) -> Result<CpuTimes, Why> {
        let file = self.file.as_mut().ok_or(Why::Unsupported)?;
        loop {
            // One call from the start of the file; what follows the processors (every interrupt of a server) is not
            // needed.
            let length = file.read_at(&mut self.buffer, 0).map_err(|_| Why::Unsupported)?;
            let text = String::from_utf8_lossy(&self.buffer[..length]);
            if length == self.buffer.len() && !text.contains("\nintr") && length < LONGEST {
                self.buffer.resize(length * 2, 0);
                continue;
            }
            let times = parse(&text);
            return if times.total.all == 0 { Err(Why::Unsupported) } else { Ok(times) };
        }
    }
}

impl Default for CpuReader {
    fn default() -> Self {
        Self::new()
    }
}

pub(super) fn parse(stat: &str) -> CpuTimes {
    let mut times = CpuTimes::default();
    for line in stat.lines() {
        let Some(rest) = line.strip_prefix("cpu") else { break };
        let (label, numbers) = rest.split_once(' ').unwrap_or((rest, ""));
        let time = parse_times(numbers);
        if label.is_empty() { times.total = time } else { times.per_core.push(time) }
    }
    times
}

/// user nice system idle iowait irq softirq steal guest guest_nice; guest time is included in user and nice. Waiting
/// for a disk counts as idle; time stolen by the host as busy, because the user cannot have it.
fn parse_times(numbers: &str) -> CpuTime {
    let mut field = [0_u64; 8];
    for (slot, number) in field.iter_mut().zip(numbers.split_ascii_whitespace()) {
        *slot = number.parse().unwrap_or(0);
    }
    let sum = |fields: &[u64]| fields.iter().fold(0_u64, |sum, field| sum.saturating_add(*field));
    let all = sum(&field);
    let busy = all.saturating_sub(sum(&field[3..5]));
    CpuTime { busy, all, interrupts: sum(&field[5..7]).min(busy), stolen: Some(field[7].min(busy)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_for_a_disk_is_not_work() {
        let times = parse("cpu  10 0 5 60 20 2 3 0 5 0\ncpu0 10 0 5 60 20 2 3 0 5 0\nintr 5 1\n");
        assert_eq!(times.total, CpuTime { busy: 20, all: 100, interrupts: 5, stolen: Some(0) });
        assert_eq!(times.per_core.len(), 1);
    }

    #[test]
    fn what_the_host_takes_is_busy_and_known() {
        let times = parse("cpu  10 0 5 40 0 0 0 45 0 0\nintr 5 1\n");
        assert_eq!(times.total, CpuTime { busy: 60, all: 100, interrupts: 0, stolen: Some(45) });
    }

    #[test]
    fn a_pc_with_many_processors_has_a_longer_file() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        let lines = "cpu0 1 0 1 8 0 0 0 0 0 0\n".repeat(200);
        std::fs::write(file.path(), format!("cpu  200 0 200 1600 0 0 0 0 0 0\n{lines}intr 5 1\n")).expect("written");
        let mut reader = CpuReader { file: File::open(file.path()).ok(), buffer: vec![0; 64] };
        let times = reader.read().expect("times");
        assert_eq!((times.total.all, times.per_core.len()), (2000, 200));
    }

    #[test]
    fn a_strange_file_gives_nothing() {
        assert_eq!(parse("hello\n"), CpuTimes::default());
        let endless = parse_times("18446744073709551615 9 9 9 9 9 9 9");
        assert_eq!((endless.all, endless.busy), (u64::MAX, u64::MAX - 18));
        assert_eq!(parse_times("x y"), CpuTime { stolen: Some(0), ..CpuTime::default() });
    }
}
