//! Two native calls that report more than the documented ones, and a buffer that grows to fit their answers. One call
//! covers all processes without opening any of them, which security software would notice.

use std::ffi::{CStr, c_void};
use std::mem::offset_of;
use std::os::windows::io::{AsRawHandle, BorrowedHandle};

use windows_sys::Wdk::System::SystemInformation::{NtQuerySystemInformation, SYSTEM_INFORMATION_CLASS};
use windows_sys::Wdk::System::Threading::{NtQueryInformationProcess, PROCESSINFOCLASS};
use windows_sys::Win32::Foundation::{
    NTSTATUS, STATUS_ACCESS_DENIED, STATUS_BUFFER_OVERFLOW, STATUS_BUFFER_TOO_SMALL, STATUS_INFO_LENGTH_MISMATCH,
};
use windows_sys::Win32::System::LibraryLoader::{
    GetModuleHandleW, GetProcAddress, LOAD_LIBRARY_SEARCH_SYSTEM32, LoadLibraryExW,
};

use super::wide::wide;
use crate::model::Why;

/// Size limit of an answer: 50 000 threads take 4 MB.
const MAX_BYTES: usize = 64 << 20;

/// `NtQuerySystemInformationEx`, which windows-sys lacks.
type QuerySystemEx =
    unsafe extern "system" fn(SYSTEM_INFORMATION_CLASS, *const c_void, u32, *mut c_void, u32, *mut u32) -> NTSTATUS;

/// Memory for an answer, aligned for every system structure and reused between calls.
pub(super) struct Buffer {
    words: Vec<u64>,
    length: usize,
}

impl Buffer {
    /// Creates a buffer with an initial capacity of `bytes`.
    pub(super) fn with_room_for(bytes: usize) -> Self {
        Self { words: vec![0; bytes.div_ceil(8)], length: 0 }
    }

    /// The last answer.
    #[expect(unsafe_code, reason = "the same memory seen as bytes")]
    pub(super) fn bytes(&self) -> &[u8] {
        let length = self.length.min(self.words.len() * 8);
        // SAFETY: the vector owns at least `length` initialised bytes, and u8 has no alignment.
        unsafe { std::slice::from_raw_parts(self.words.as_ptr().cast(), length) }
    }

    /// Address of the answer; pointers inside an answer point into it.
    pub(super) fn address(&self) -> usize {
        self.words.as_ptr() as usize
    }

    /// `NtQuerySystemInformation`.
    #[expect(unsafe_code, reason = "a system call")]
    pub(super) fn query_system(&mut self, class: SYSTEM_INFORMATION_CLASS) -> Result<(), Why> {
        self.fill(|buffer, room, needed| {
            // SAFETY: `fill` provides `room` bytes and a place for the length.
            unsafe { NtQuerySystemInformation(class, buffer, room, needed) }
        })
    }

    /// `NtQuerySystemInformationEx` for one processor group.
    #[expect(unsafe_code, reason = "a system call that is looked up by name")]
    pub(super) fn query_processor_group(&mut self, class: SYSTEM_INFORMATION_CLASS, group: u16) -> Result<(), Why> {
        let address = procedure("ntdll.dll", c"NtQuerySystemInformationEx").ok_or(Why::Unsupported)?;
        // SAFETY: the function of that name has this signature since Windows 7.
        let query: QuerySystemEx = unsafe { std::mem::transmute(address) };
        self.fill(|buffer, room, needed| {
            // SAFETY: as above; the input of the processor classes is the group number, two bytes.
            unsafe { query(class, (&raw const group).cast(), 2, buffer, room, needed) }
        })
    }

    /// `NtQueryInformationProcess`.
    #[expect(unsafe_code, reason = "a system call")]
    pub(super) fn query_process(&mut self, process: BorrowedHandle<'_>, class: PROCESSINFOCLASS) -> Result<(), Why> {
        self.fill(|buffer, room, needed| {
            // SAFETY: the handle is open as long as it is borrowed; `fill` provides `room` bytes.
            unsafe { NtQueryInformationProcess(process.as_raw_handle(), class, buffer, room, needed) }
        })
    }

    /// Repeats `call` until the answer fits. Allocates more than requested, as the answer may grow between two calls.
    pub(super) fn fill(&mut self, mut call: impl FnMut(*mut c_void, u32, *mut u32) -> NTSTATUS) -> Result<(), Why> {
        self.length = 0;
        for _ in 0..8 {
            let room = self.words.len() * 8;
            let mut needed = 0_u32;
            let status = call(self.words.as_mut_ptr().cast(), room as u32, &raw mut needed);
            let needed = needed as usize;
            match status {
                STATUS_INFO_LENGTH_MISMATCH | STATUS_BUFFER_TOO_SMALL | STATUS_BUFFER_OVERFLOW => {
                    let wanted = needed.max(room) + needed.max(room) / 4 + 1024;
                    if wanted > MAX_BYTES {
                        return Err(Why::OutOfRange);
                    }
                    self.words.resize(wanted.div_ceil(8), 0);
                }
                STATUS_ACCESS_DENIED => return Err(Why::NoPermission),
                0.. => {
                    self.length = needed.min(room);
                    return Ok(());
                }
                _ => return Err(Why::Unsupported),
            }
        }
        Err(Why::Stale)
    }
}

/// Address of a function that not every Windows has, in a library that every process has loaded.
#[expect(unsafe_code, reason = "looks up a function by name")]
pub(super) fn procedure(library: &str, name: &CStr) -> Option<unsafe extern "system" fn() -> isize> {
    let library = wide(library);
    // SAFETY: both names are zero-terminated; the null of a missing library is checked.
    unsafe {
        let module = GetModuleHandleW(library.as_ptr());
        if module.is_null() { None } else { GetProcAddress(module, name.as_ptr().cast()) }
    }
}

/// Like [`procedure`], but loads the system library if necessary; it stays loaded.
#[expect(unsafe_code, reason = "loads a library and looks up a function by name")]
pub(super) fn library_procedure(library: &str, name: &CStr) -> Option<unsafe extern "system" fn() -> isize> {
    let library = wide(library);
    // SAFETY: both names are zero-terminated; only the system folder is searched; null is checked.
    unsafe {
        let module = LoadLibraryExW(library.as_ptr(), std::ptr::null_mut(), LOAD_LIBRARY_SEARCH_SYSTEM32);
        if module.is_null() { None } else { GetProcAddress(module, name.as_ptr().cast()) }
    }
}

/// Reads four bytes at `offset`; 0 outside of the answer.
pub(super) fn u32_at(bytes: &[u8], offset: usize) -> u32 {
    bytes.get(offset..).and_then(<[u8]>::first_chunk).map_or(0, |chunk| u32::from_le_bytes(*chunk))
}

/// Reads eight bytes at `offset`; 0 outside of the answer.
pub(super) fn u64_at(bytes: &[u8], offset: usize) -> u64 {
    bytes.get(offset..).and_then(<[u8]>::first_chunk).map_or(0, |chunk| u64::from_le_bytes(*chunk))
}

/// Reads a pointer or a size at `offset`; 0 outside of the answer.
pub(super) fn usize_at(bytes: &[u8], offset: usize) -> usize {
    bytes.get(offset..).and_then(<[u8]>::first_chunk).map_or(0, |chunk| usize::from_le_bytes(*chunk))
}

/// `UNICODE_STRING`: length in bytes and address of a text.
#[repr(C)]
pub(super) struct UnicodeString {
    pub(super) length: u16,
    maximum_length: u16,
    pub(super) buffer: *const u16,
}

/// Returns the text referenced by the [`UnicodeString`] at `offset` in `part`, if it lies inside `answer`, which was at
/// `address` when the system wrote it.
pub(super) fn unicode_string<'a>(part: &[u8], offset: usize, answer: &'a [u8], address: usize) -> Option<&'a [u8]> {
    let length = u32_at(part, offset + offset_of!(UnicodeString, length)) as u16;
    let start = usize_at(part, offset + offset_of!(UnicodeString, buffer)).checked_sub(address)?;
    answer.get(start..start.checked_add(length.into())?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use windows_sys::Wdk::System::SystemInformation::SystemProcessInformation;

    #[test]
    fn the_buffer_grows_to_the_answer() {
        let mut buffer = Buffer::with_room_for(16);
        buffer.query_system(SystemProcessInformation).expect("answered");
        assert!(buffer.bytes().len() > 256, "{} bytes", buffer.bytes().len());
        assert_eq!(buffer.address() % 8, 0);
    }

    #[test]
    fn what_is_missing_is_an_error() {
        assert_eq!(Buffer::with_room_for(16).query_system(9999), Err(Why::Unsupported));
        assert!(procedure("kernel32.dll", c"NoSuchFunctionHere").is_none());
        assert!(procedure("no-such-library.dll", c"GetTickCount64").is_none());
        assert!(procedure("kernel32.dll", c"GetTickCount64").is_some());
    }

    #[test]
    fn numbers_outside_of_an_answer_are_zero() {
        assert_eq!((u32_at(&[1, 0, 0, 0], 0), u32_at(&[1, 0, 0], 0), u64_at(&[1; 8], 9)), (1, 0, 0));
    }

    #[test]
    fn a_text_is_taken_from_inside_of_the_answer_only() {
        let mut answer = vec![0; size_of::<UnicodeString>()];
        answer[0] = 4;
        let behind = 0x5000 + answer.len();
        answer[offset_of!(UnicodeString, buffer)..].copy_from_slice(&behind.to_le_bytes());
        answer.extend(b"a\0b\0");
        assert_eq!(unicode_string(&answer, 0, &answer, 0x5000), Some(&b"a\0b\0"[..]));
        for address in [0, 0x4fff, 0x5001 + answer.len(), usize::MAX] {
            assert_eq!(unicode_string(&answer, 0, &answer, address), None, "{address:x}");
        }
        assert_eq!(unicode_string(&answer[..3], 0, &answer, 0x5000), None);
    }
}
