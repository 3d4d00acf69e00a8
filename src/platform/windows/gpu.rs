//! GPU usage, total and by process, from the performance counters "GPU Engine" that Task Manager shows, too (Windows 10
//! 1709 and later, WDDM 2.0 drivers and later). They need no special rights. The library is loaded at the first use,
//! which is not on the sampling thread.

use std::collections::HashMap;
use std::ffi::c_void;
use std::mem::offset_of;

use windows_sys::Win32::Foundation::{STATUS_BUFFER_TOO_SMALL, STATUS_SUCCESS, STATUS_UNSUCCESSFUL};

use super::ntdll::{Buffer, library_procedure, u32_at, u64_at, usize_at};
use super::wide::wide;
use crate::model::{Fraction, Pid, Reading, Why};
use crate::platform::status_codes::{Counter, counter};

const LIBRARY: &str = "pdh.dll";
/// English counter names work on every Windows.
const COUNTER: &str = r"\GPU Engine(*)\Utilization Percentage";
/// `PDH_FMT_DOUBLE`.
const DOUBLE: u32 = 0x200;
/// `PDH_CSTATUS_VALID_DATA`, `PDH_CSTATUS_NEW_DATA`.
const VALID: [u32; 2] = [0, 1];

// A handle is an opaque pointer.
type Open = unsafe extern "system" fn(*const u16, usize, *mut isize) -> u32;
type Add = unsafe extern "system" fn(isize, *const u16, usize, *mut isize) -> u32;
type Collect = unsafe extern "system" fn(isize) -> u32;
type Array = unsafe extern "system" fn(isize, u32, *mut u32, *mut u32, *mut c_void) -> u32;

/// `PDH_FMT_COUNTERVALUE_ITEM_W`; the name lies behind all items in the same answer.
#[repr(C)]
struct Item {
    name: *const u16,
    status: u32,
    value: f64,
}

/// Share of time in which a process kept an engine busy.
#[derive(Clone, Debug, PartialEq)]
struct Part {
    pid: Pid,
    /// Adapter and engine number: `luid_0x00000000_0x0000D4E2_phys_0_eng_0`.
    engine: String,
    share: f64,
}

/// An open query for the counter, over all processes and engines.
struct Query {
    query: isize,
    counter: isize,
}

impl Query {
    #[expect(unsafe_code, reason = "calls functions looked up by name")]
    fn open() -> Option<Self> {
        let open = library_procedure(LIBRARY, c"PdhOpenQueryW")?;
        let add = library_procedure(LIBRARY, c"PdhAddEnglishCounterW")?;
        let path = wide(COUNTER);
        let mut opened = Self { query: 0, counter: 0 };
        // SAFETY: the types are those of the documented functions; the path is zero-terminated, both handles are
        // written.
        let status = unsafe {
            let (open, add): (Open, Add) = (std::mem::transmute(open), std::mem::transmute(add));
            match open(std::ptr::null(), 0, &raw mut opened.query) {
                0 => add(opened.query, path.as_ptr(), 0, &raw mut opened.counter),
                status => status,
            }
        };
        (status == 0).then_some(opened)
    }

    /// Reads the counter. Its values cover the time since the previous call: there are none at the first call, nor
    /// while no engine is in use ([`Why::NotYet`]). A failure is [`Why::Stale`].
    #[expect(unsafe_code, reason = "calls functions looked up by name")]
    fn read(&self) -> Reading<Vec<Part>> {
        let procedures = library_procedure(LIBRARY, c"PdhCollectQueryData")
            .zip(library_procedure(LIBRARY, c"PdhGetFormattedCounterArrayW"));
        let Some((collect, array)) = procedures else { return Reading::Missing(Why::Unsupported) };
        // SAFETY: the types are those of the documented functions; the handle is open.
        let (collected, array) = unsafe {
            let collect: Collect = std::mem::transmute(collect);
            let array: Array = std::mem::transmute(array);
            (collect(self.query), array)
        };
        if collected != 0 {
            return Reading::Missing(why_none(collected));
        }
        let mut last = 0;
        let (mut answer, mut count) = (Buffer::with_room_for(0), 0);
        let filled = answer.fill(|buffer, room, needed| {
            // SAFETY: `fill` provides `room` bytes, aligned for every item, and a place for the length, which must
            // first hold the available room.
            let status = unsafe {
                *needed = room;
                array(self.counter, DOUBLE, needed, &raw mut count, buffer)
            };
            last = status;
            match counter(status) {
                Counter::Valid => STATUS_SUCCESS,
                Counter::MoreData => STATUS_BUFFER_TOO_SMALL,
                Counter::NoData | Counter::Failed => STATUS_UNSUCCESSFUL,
            }
        });
        match filled {
            Ok(()) => Reading::Known(parts(answer.bytes(), answer.address(), count as usize)),
            Err(_) => Reading::Missing(why_none(last)),
        }
    }
}

/// Why an answer has no values.
const fn why_none(status: u32) -> Why {
    match counter(status) {
        Counter::NoData => Why::NotYet,
        _ => Why::Stale,
    }
}

impl Drop for Query {
    #[expect(unsafe_code, reason = "calls a function looked up by name")]
    fn drop(&mut self) {
        let Some(close) = library_procedure(LIBRARY, c"PdhCloseQuery") else { return };
        // SAFETY: the type is that of the documented function; the handle is open and not used afterwards.
        unsafe {
            let close: Collect = std::mem::transmute(close);
            close(self.query);
        }
    }
}

/// Parses the items of an answer that was at `address`, without those that are 0 or have no value.
fn parts(bytes: &[u8], address: usize, count: usize) -> Vec<Part> {
    let mut found = Vec::new();
    for item in bytes.chunks_exact(size_of::<Item>()).take(count) {
        let share = f64::from_bits(u64_at(item, offset_of!(Item, value))) / 100.0;
        let valid = VALID.contains(&u32_at(item, offset_of!(Item, status))) && share.is_finite() && share > 0.0;
        let name = usize_at(item, offset_of!(Item, name)).checked_sub(address).and_then(|at| bytes.get(at..));
        if let Some((pid, engine)) = name.filter(|_| valid).map(text).as_deref().and_then(instance) {
            found.push(Part { pid, engine: engine.to_owned(), share });
        }
    }
    found
}

/// Reads a zero-terminated text.
fn text(bytes: &[u8]) -> String {
    let units = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
    String::from_utf16_lossy(&units.take_while(|unit| *unit != 0).collect::<Vec<u16>>())
}

/// Parses `pid_4711_luid_0x00000000_0x0000D4E2_phys_0_eng_3_engtype_VideoDecode` into process and engine.
fn instance(name: &str) -> Option<(Pid, &str)> {
    let (pid, engine) = name.strip_prefix("pid_")?.split_once('_')?;
    Some((pid.parse().ok()?, engine.split("_engtype_").next()?))
}

/// Usage of the busiest engine. Engines are not added up by type: an adapter can have several of one.
fn total(parts: &[Part]) -> Fraction {
    let mut engines: HashMap<&str, f64> = HashMap::new();
    for part in parts {
        *engines.entry(&part.engine).or_default() += part.share;
    }
    Fraction::new(engines.into_values().fold(0.0, f64::max))
}

/// Usage of each process on its busiest engine, highest first.
fn by_process(parts: &[Part]) -> Vec<(Pid, Fraction)> {
    let mut processes: HashMap<Pid, f64> = HashMap::new();
    for part in parts {
        let share = processes.entry(part.pid).or_default();
        *share = share.max(part.share);
    }
    let mut list: Vec<(Pid, Fraction)> =
        processes.into_iter().map(|(pid, share)| (pid, Fraction::new(share))).collect();
    list.sort_by(|a, b| b.1.get().total_cmp(&a.1.get()).then(a.0.cmp(&b.0)));
    list
}

/// The query, opened at the first reading.
#[derive(Default)]
enum Source {
    #[default]
    New,
    Open(Query),
    /// This Windows or driver lacks the counter.
    Without,
}

impl Source {
    fn read(&mut self) -> Reading<Vec<Part>> {
        if let Self::New = self {
            *self = Query::open().map_or(Self::Without, Self::Open);
        }
        match self {
            Self::Open(query) => query.read(),
            _ => Reading::Missing(Why::Unsupported),
        }
    }
}

/// Total GPU usage, which no other sensor reports.
#[derive(Default)]
pub struct GpuTotal(Source);

impl GpuTotal {
    /// Creates the reader; nothing is queried yet.
    pub fn new() -> Option<Self> {
        Some(Self::default())
    }

    /// Share of time in which the busiest engine worked since the previous call; known from the second call on. Takes
    /// some milliseconds, and longer once to load the library.
    pub fn read(&mut self) -> Reading<Fraction> {
        self.0.read().map(|parts| total(&parts))
    }
}

/// GPU usage by process.
#[derive(Default)]
pub struct GpuUsers(Source);

impl GpuUsers {
    /// Creates the reader; nothing is queried yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Share of time in which each process kept its busiest engine working since the previous call, without those that
    /// used none; known from the second call on. Takes some milliseconds.
    pub fn read(&mut self) -> Reading<Vec<(Pid, Fraction)>> {
        self.0.read().map(|parts| by_process(&parts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_an_instance_tells_process_and_engine() {
        let name = "pid_4711_luid_0x00000000_0x0000D4E2_phys_0_eng_3_engtype_VideoDecode";
        assert_eq!(instance(name), Some((4711, "luid_0x00000000_0x0000D4E2_phys_0_eng_3")));
        for other in ["", "pid_", "pid_x_eng_0", "pid_5", "luid_0x0", "pid_99999999999_eng_0"] {
            assert_eq!(instance(other), None, "{other}");
        }
    }

    /// An answer as the library writes it to `address`: items, followed by their names.
    fn answer(items: &[(&str, u32, f64)], address: usize) -> Vec<u8> {
        let (mut bytes, mut names) = (Vec::new(), Vec::new());
        let behind = items.len() * size_of::<Item>();
        for (name, status, value) in items {
            let mut item = vec![0_u8; size_of::<Item>()];
            let mut put = |at: usize, bytes: &[u8]| item[at..at + bytes.len()].copy_from_slice(bytes);
            put(offset_of!(Item, name), &(address + behind + names.len()).to_le_bytes());
            put(offset_of!(Item, status), &status.to_le_bytes());
            put(offset_of!(Item, value), &value.to_le_bytes());
            bytes.extend(item);
            names.extend(wide(name).into_iter().flat_map(u16::to_le_bytes));
        }
        [bytes, names].concat()
    }

    #[test]
    fn an_answer_becomes_a_total_and_the_users() {
        let items = [
            ("pid_10_luid_0x0_0x1_phys_0_eng_0_engtype_3D", 0, 55.0),
            ("pid_10_luid_0x0_0x1_phys_0_eng_3_engtype_VideoDecode", 0, 70.0),
            ("pid_11_luid_0x0_0x1_phys_0_eng_0_engtype_3D", 1, 30.0),
            ("pid_12_luid_0x0_0x1_phys_0_eng_0_engtype_3D", 0, 0.0),
            ("pid_13_luid_0x0_0x1_phys_0_eng_0_engtype_3D", 0xc000_0bba, 99.0),
            ("nobody", 0, 99.0),
        ];
        let bytes = answer(&items, 0x5000);
        let parts = parts(&bytes, 0x5000, items.len());
        assert_eq!(parts.len(), 3);
        assert!((total(&parts).get() - 0.85).abs() < 1e-9, "the drawing engine of both");
        assert_eq!(by_process(&parts), [(10, Fraction::new(0.7)), (11, Fraction::new(0.3))]);
        assert_eq!((total(&[]), by_process(&[])), (Fraction::ZERO, Vec::new()));
        for address in [0, 0x4fff_ffff, usize::MAX] {
            assert!(super::parts(&bytes, address, items.len()).is_empty(), "names elsewhere are not read");
        }
        assert!(super::parts(&bytes[..7], 0x5000, 9).is_empty());
    }

    #[test]
    fn a_windows_without_the_counter_says_so() {
        let (mut total, mut users) = (GpuTotal::new().expect("there is something to ask"), GpuUsers::new());
        for _ in 0..2 {
            let why = (total.read().why(), users.read().why());
            assert!(matches!(why.0, None | Some(Why::NotYet | Why::Unsupported)), "{why:?}");
            assert!(matches!(why.1, None | Some(Why::NotYet | Why::Unsupported)), "{why:?}");
            assert_eq!((why_none(0x8000_07D5), why_none(0xC000_0BBC)), (Why::NotYet, Why::Stale));
        }
    }
}
