//! Processor time from the kernel's own counters. Performance counters are not used: they are often broken in the
//! registry, slow at first use, and named in the system's language.

use std::mem::{offset_of, size_of};

use windows_sys::Wdk::System::SystemInformation::SystemProcessorPerformanceInformation;
use windows_sys::Win32::System::Threading::GetActiveProcessorGroupCount;
use windows_sys::Win32::System::WindowsProgramming::SYSTEM_PROCESSOR_PERFORMANCE_INFORMATION as Entry;

use super::ntdll::{Buffer, u64_at};
use crate::model::Why;
use crate::platform::types::{CpuTime, CpuTimes};

/// Reads processor time; keeps the buffer between ticks.
pub struct CpuReader {
    buffer: Buffer,
    groups: u16,
}

impl CpuReader {
    /// Reads the number of processor groups, each of up to 64 processors.
    #[expect(unsafe_code, reason = "asks for a number")]
    pub fn new() -> Self {
        // SAFETY: takes nothing.
        let groups = unsafe { GetActiveProcessorGroupCount() };
        Self { buffer: Buffer::with_room_for(64 * size_of::<Entry>()), groups: groups.max(1) }
    }

    /// Processor time since boot.
    ///
    /// # Errors
    /// Why the system does not report it.
    pub fn read(&mut self) -> Result<CpuTimes, Why> {
        let mut times = CpuTimes::default();
        if self.groups == 1 {
            self.buffer.query_system(SystemProcessorPerformanceInformation)?;
            add(&mut times, self.buffer.bytes());
        } else {
            // The simple call reports only the group that the calling thread happens to run in.
            for group in 0..self.groups {
                self.buffer.query_processor_group(SystemProcessorPerformanceInformation, group)?;
                add(&mut times, self.buffer.bytes());
            }
        }
        if times.total.all == 0 { Err(Why::Unsupported) } else { Ok(times) }
    }
}

impl Default for CpuReader {
    fn default() -> Self {
        Self::new()
    }
}

/// Adds the entries of an answer to `times`. Kernel time includes idle and interrupt time.
fn add(times: &mut CpuTimes, answer: &[u8]) {
    for entry in answer.chunks_exact(size_of::<Entry>()) {
        let idle = u64_at(entry, offset_of!(Entry, IdleTime));
        let kernel = u64_at(entry, offset_of!(Entry, KernelTime));
        let all = kernel.saturating_add(u64_at(entry, offset_of!(Entry, UserTime)));
        // Documented as reserved; DPC and interrupt time in every version since NT 4 (System Informer's headers).
        let reserved = offset_of!(Entry, Reserved1);
        let interrupts = u64_at(entry, reserved).saturating_add(u64_at(entry, reserved + 8));
        let busy = all.saturating_sub(idle);
        let time = CpuTime { busy, all, interrupts: interrupts.min(busy), stolen: None };
        times.total.busy = times.total.busy.saturating_add(time.busy);
        times.total.all = times.total.all.saturating_add(time.all);
        times.total.interrupts = times.total.interrupts.saturating_add(time.interrupts);
        times.per_core.push(time);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

    fn entry(idle: u64, kernel: u64, user: u64) -> Vec<u8> {
        let mut bytes = vec![0; size_of::<Entry>()];
        for (offset, value) in [
            (offset_of!(Entry, IdleTime), idle),
            (offset_of!(Entry, KernelTime), kernel),
            (offset_of!(Entry, UserTime), user),
        ] {
            bytes[offset..offset + 8].copy_from_slice(&value.to_le_bytes());
        }
        bytes
    }

    #[test]
    fn idle_time_is_part_of_kernel_time() {
        let mut times = CpuTimes::default();
        let mut answer = [entry(60, 70, 30), entry(0, 40, 60)].concat();
        answer.extend([1, 2, 3]);
        add(&mut times, &answer);
        assert_eq!(
            times.per_core,
            [
                CpuTime { busy: 40, all: 100, interrupts: 0, stolen: None },
                CpuTime { busy: 100, all: 100, interrupts: 0, stolen: None },
            ]
        );
        assert_eq!(times.total, CpuTime { busy: 140, all: 200, interrupts: 0, stolen: None });
    }

    #[test]
    fn strange_numbers_stay_in_range() {
        let mut times = CpuTimes::default();
        add(&mut times, &[entry(u64::MAX, 1, 1), entry(0, u64::MAX, u64::MAX)].concat());
        assert!(times.per_core.iter().all(|time| time.busy <= time.all));
    }

    #[test]
    fn the_clock_of_each_processor_runs() {
        let mut reader = CpuReader::new();
        let (first, start) = (reader.read().expect("read"), Instant::now());
        while start.elapsed() < Duration::from_millis(500) {
            std::hint::black_box(start.elapsed());
        }
        let second = reader.read().expect("read");
        let cpus = super::super::machine().cpus;
        assert_eq!(second.per_core.len(), cpus as usize);
        let all = (second.total.all - first.total.all) as f64 / 1e7 / f64::from(cpus);
        let expected = start.elapsed().as_secs_f64();
        assert!((all / expected - 1.0).abs() < 0.3, "{all} of {expected} s");
        assert!(second.total.busy > first.total.busy);
    }
}
