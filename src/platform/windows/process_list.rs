//! Parses the answer of `NtQuerySystemInformation(SystemProcessInformation)` without trusting it: a chain of entries of
//! different lengths, each followed by its threads and its name. Of the structures here only the field offsets are
//! used.
//!
//! Layout: ntapi 0.4.3, `ntexapi.rs`; unchanged since Windows 2000 in the fields used here.

use std::ffi::c_void;
use std::mem::{offset_of, size_of};
use std::time::Duration;

use super::ntdll::{UnicodeString, u32_at, u64_at, unicode_string, usize_at};
use super::wide::text_of_bytes;
use crate::model::{Pid, ProcState};

#[repr(C)]
struct Entry {
    next_entry_offset: u32,
    number_of_threads: u32,
    working_set_private_size: u64,
    hard_fault_count: u32,
    number_of_threads_high_watermark: u32,
    cycle_time: u64,
    create_time: u64,
    user_time: u64,
    kernel_time: u64,
    image_name: UnicodeString,
    base_priority: i32,
    unique_process_id: *const c_void,
    inherited_from_unique_process_id: *const c_void,
    handle_count: u32,
    session_id: u32,
    unique_process_key: usize,
    peak_virtual_size: usize,
    virtual_size: usize,
    page_fault_count: u32,
    peak_working_set_size: usize,
    working_set_size: usize,
    quota_peak_paged_pool_usage: usize,
    quota_paged_pool_usage: usize,
    quota_peak_non_paged_pool_usage: usize,
    quota_non_paged_pool_usage: usize,
    pagefile_usage: usize,
    peak_pagefile_usage: usize,
    private_page_count: usize,
    read_operation_count: u64,
    write_operation_count: u64,
    other_operation_count: u64,
    read_transfer_count: u64,
    write_transfer_count: u64,
    other_transfer_count: u64,
}

#[repr(C)]
struct Thread {
    kernel_time: u64,
    user_time: u64,
    create_time: u64,
    wait_time: u32,
    start_address: *const c_void,
    process_id: *const c_void,
    id: *const c_void,
    priority: i32,
    base_priority: i32,
    context_switches: u32,
    state: u32,
    wait_reason: u32,
}

/// Values of `KTHREAD_STATE`.
const READY: u32 = 1;
const RUNNING: u32 = 2;
const STANDBY: u32 = 3;
const WAITING: u32 = 5;
const DEFERRED_READY: u32 = 7;

/// One process of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Process<'a> {
    pub(super) pid: Pid,
    pub(super) parent: Pid,
    pub(super) session: u32,
    /// 100 ns since 1601.
    pub(super) create_time: u64,
    /// User and kernel time together.
    pub(super) cpu_time: Duration,
    /// Physical memory in bytes: what it shares with nobody, or its whole working set where that is not known.
    pub(super) memory: u64,
    pub(super) threads: u32,
    /// Priority with which its threads begin: 4 in the class "idle" and in background mode, 6 below normal, 8 normal.
    pub(super) base_priority: u32,
    /// Bytes of all input and output, not only of disks.
    pub(super) read: u64,
    pub(super) written: u64,
    name: &'a [u8],
    thread_records: &'a [u8],
}

impl Process<'_> {
    /// Undecoded name, for hashing.
    pub(super) fn raw_name(&self) -> &[u8] {
        self.name
    }

    /// Name of the program file without its folder. The kernel's own process may have none.
    pub(super) fn name(&self) -> String {
        if self.name.is_empty() && self.pid == 4 { "System".to_owned() } else { text_of_bytes(self.name) }
    }

    /// Running when one of its threads runs or could run, as on Linux. Wine reports a state that means neither.
    pub(super) fn state(&self) -> ProcState {
        let mut state = ProcState::Unknown;
        for thread in self.thread_records.chunks_exact(size_of::<Thread>()).take(self.threads as usize) {
            match u32_at(thread, offset_of!(Thread, state)) {
                READY | RUNNING | STANDBY | DEFERRED_READY => return ProcState::Running,
                WAITING => state = ProcState::Sleeping,
                _ => {}
            }
        }
        state
    }
}

/// The processes in `bytes`, which lay at `address` when the system wrote pointers into them. The idle "process" is
/// left out: its time is not work.
pub(super) fn processes(bytes: &[u8], address: usize) -> impl Iterator<Item = Process<'_>> {
    let mut next = Some(0_usize);
    std::iter::from_fn(move || {
        let offset = next?;
        let entry = bytes.get(offset..).filter(|entry| entry.len() >= size_of::<Entry>());
        let Some(entry) = entry else {
            next = None;
            return None;
        };
        let step = u32_at(entry, offset_of!(Entry, next_entry_offset)) as usize;
        // A step shorter than an entry is the end (0) or invalid.
        next = (step >= size_of::<Entry>()).then_some(offset.saturating_add(step));
        let threads = if next.is_some() { entry.get(..step).unwrap_or(entry) } else { entry };
        Some(parse(entry, threads.get(size_of::<Entry>()..).unwrap_or(&[]), bytes, address))
    })
    .filter(|process| process.pid != 0)
}

fn parse<'a>(entry: &[u8], thread_records: &'a [u8], bytes: &'a [u8], address: usize) -> Process<'a> {
    let number = |offset| u64_at(entry, offset);
    let hundred_ns = number(offset_of!(Entry, user_time)).saturating_add(number(offset_of!(Entry, kernel_time)));
    // The working set of each process contains what it shares with others, so that a sum over the parts of a browser would
    // count it many times. Task Manager shows the private part, too. Wine reports none.
    let private = number(offset_of!(Entry, working_set_private_size));
    let memory = if private > 0 { private } else { usize_at(entry, offset_of!(Entry, working_set_size)) as u64 };
    Process {
        pid: usize_at(entry, offset_of!(Entry, unique_process_id)) as Pid,
        parent: usize_at(entry, offset_of!(Entry, inherited_from_unique_process_id)) as Pid,
        session: u32_at(entry, offset_of!(Entry, session_id)),
        create_time: number(offset_of!(Entry, create_time)),
        cpu_time: Duration::from_nanos(hundred_ns.saturating_mul(100)),
        memory,
        threads: u32_at(entry, offset_of!(Entry, number_of_threads)),
        base_priority: u32_at(entry, offset_of!(Entry, base_priority)),
        read: number(offset_of!(Entry, read_transfer_count)),
        written: number(offset_of!(Entry, write_transfer_count)),
        name: unicode_string(entry, offset_of!(Entry, image_name), bytes, address).unwrap_or(&[]),
        thread_records,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An answer as the system writes it at `address`; each process is (pid, name, thread states).
    fn answer(address: usize, list: &[(u32, &str, &[u32])]) -> Vec<u8> {
        let mut bytes: Vec<u8> = Vec::new();
        for (index, (pid, name, states)) in list.iter().enumerate() {
            let start = bytes.len();
            let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let name_at = size_of::<Entry>() + states.len() * size_of::<Thread>();
            let step = (name_at + name.len()).next_multiple_of(8);
            bytes.resize(start + step, 0);
            let mut put = |offset: usize, value: &[u8]| {
                bytes[start + offset..start + offset + value.len()].copy_from_slice(value);
            };
            let is_last = index + 1 == list.len();
            put(offset_of!(Entry, next_entry_offset), &(if is_last { 0 } else { step as u32 }).to_le_bytes());
            put(offset_of!(Entry, number_of_threads), &(states.len() as u32).to_le_bytes());
            put(offset_of!(Entry, unique_process_id), &(*pid as usize).to_le_bytes());
            put(offset_of!(Entry, create_time), &(u64::from(*pid) * 1000).to_le_bytes());
            put(offset_of!(Entry, user_time), &70_u64.to_le_bytes());
            put(offset_of!(Entry, kernel_time), &30_u64.to_le_bytes());
            put(offset_of!(Entry, base_priority), &8_i32.to_le_bytes());
            put(offset_of!(Entry, working_set_size), &4096_usize.to_le_bytes());
            put(offset_of!(Entry, read_transfer_count), &11_u64.to_le_bytes());
            put(offset_of!(Entry, write_transfer_count), &12_u64.to_le_bytes());
            let string = offset_of!(Entry, image_name);
            put(string + offset_of!(UnicodeString, length), &(name.len() as u16).to_le_bytes());
            let pointer = if name.is_empty() { 0 } else { address + start + name_at };
            put(string + offset_of!(UnicodeString, buffer), &pointer.to_le_bytes());
            for (number, state) in states.iter().enumerate() {
                let thread = size_of::<Entry>() + number * size_of::<Thread>();
                put(thread + offset_of!(Thread, state), &state.to_le_bytes());
            }
            put(name_at, &name);
        }
        bytes
    }

    #[cfg(target_pointer_width = "64")]
    #[test]
    fn the_layout_is_that_of_64_bit_windows() {
        assert_eq!((size_of::<Entry>(), size_of::<Thread>()), (0x100, 0x50));
        assert_eq!(offset_of!(Entry, unique_process_id), 0x50);
        assert_eq!(offset_of!(Entry, working_set_private_size), 0x08);
        assert_eq!(offset_of!(Entry, working_set_size), 0x90);
        assert_eq!(offset_of!(Entry, read_transfer_count), 0xE8);
        assert_eq!(offset_of!(Thread, state), 0x44);
    }

    #[test]
    fn a_list_is_read_in_order_without_the_idle_process() {
        let bytes =
            answer(0x7000, &[(0, "", &[2]), (4, "", &[]), (8, "見守り.exe", &[5, 5]), (12, "busy.exe", &[5, 2])]);
        let list: Vec<_> = processes(&bytes, 0x7000).collect();
        let names: Vec<String> = list.iter().map(Process::name).collect();
        assert_eq!(names, ["System", "見守り.exe", "busy.exe"]);
        let states: Vec<ProcState> = list.iter().map(Process::state).collect();
        assert_eq!(states, [ProcState::Unknown, ProcState::Sleeping, ProcState::Running]);
        assert_eq!((list[1].pid, list[1].create_time, list[1].threads), (8, 8000, 2));
        assert_eq!((list[1].read, list[1].written, list[1].memory), (11, 12, 4096));
        assert_eq!(list[1].base_priority, 8);
        assert_eq!(list[1].cpu_time, Duration::from_micros(10));
    }

    #[test]
    fn memory_is_what_a_process_shares_with_nobody_where_that_is_known() {
        let mut bytes = answer(0x7000, &[(8, "a.exe", &[])]);
        let memory = |bytes: &[u8]| processes(bytes, 0x7000).next().map(|process| process.memory);
        assert_eq!(memory(&bytes), Some(4096), "the working set");
        let at = offset_of!(Entry, working_set_private_size);
        bytes[at..at + 8].copy_from_slice(&1024_u64.to_le_bytes());
        assert_eq!(memory(&bytes), Some(1024));
    }

    #[test]
    fn a_name_outside_of_the_answer_is_no_name() {
        let bytes = answer(0x7000, &[(8, "a.exe", &[])]);
        for address in [0, 0x6000, 0x8000, usize::MAX] {
            let list: Vec<_> = processes(&bytes, address).collect();
            assert_eq!((list.len(), list[0].name()), (1, String::new()), "{address:x}");
        }
    }

    #[test]
    fn a_list_that_is_cut_off_ends_there() {
        let bytes = answer(0, &[(8, "a.exe", &[5]), (12, "b.exe", &[5])]);
        for length in 0..bytes.len() {
            assert!(processes(&bytes[..length], 0).count() <= 2);
        }
    }

    proptest::proptest! {
        #[test]
        fn no_answer_makes_the_parser_panic_or_turn_in_circles(
            mut bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..2000),
            step in 0_u32..600,
            address in proptest::num::usize::ANY,
        ) {
            if let Some(first) = bytes.first_chunk_mut() {
                *first = step.to_le_bytes();
            }
            for process in processes(&bytes, address) {
                let _ = (process.name(), process.state());
            }
        }
    }
}
