//! Lowers the priority of a process and puts it back: what Task Manager calls efficiency mode (the lowest priority class
//! with throttling of the execution speed), with low priorities for disk and memory.

use std::ffi::c_void;
use std::os::windows::io::{AsHandle, AsRawHandle, BorrowedHandle};

use windows_sys::Wdk::System::Threading::ProcessIoPriority;
use windows_sys::Win32::Foundation::{HANDLE, NTSTATUS};
use windows_sys::Win32::System::Threading::{
    GetPriorityClass, GetProcessInformation, IDLE_PRIORITY_CLASS, MEMORY_PRIORITY_INFORMATION, MEMORY_PRIORITY_LOW,
    PROCESS_INFORMATION_CLASS, PROCESS_POWER_THROTTLING_CURRENT_VERSION, PROCESS_POWER_THROTTLING_EXECUTION_SPEED,
    PROCESS_POWER_THROTTLING_STATE, ProcessMemoryPriority, ProcessPowerThrottling, SetPriorityClass,
    SetProcessInformation,
};

use super::ntdll::{Buffer, procedure, u32_at};
use crate::model::{ActError, SavedPriority};

/// `IoPriorityLow`. Source: `IO_PRIORITY_HINT` of the Windows driver kit.
const LOW_IO: u32 = 1;

type SetInformation = unsafe extern "system" fn(HANDLE, i32, *const c_void, u32) -> NTSTATUS;
type SuspendOrResume = unsafe extern "system" fn(HANDLE) -> NTSTATUS;

/// Lowers the priority.
pub(super) fn lower(process: BorrowedHandle<'_>) -> Result<SavedPriority, ActError> {
    let class = class_of(process).ok_or(ActError::Refused)?;
    let before = SavedPriority::Windows { class, io: io_priority(process), memory: memory_priority(process) };
    set_class(process, IDLE_PRIORITY_CLASS)?;
    // The class matters most; older versions of Windows and Wine lack some of the others.
    set_throttling(process, true);
    set_io_priority(process, LOW_IO);
    set_memory_priority(process, MEMORY_PRIORITY_LOW);
    Ok(before)
}

/// Puts back what [`lower`] changed.
pub(super) fn restore(process: BorrowedHandle<'_>, saved: &SavedPriority) -> Result<(), ActError> {
    let SavedPriority::Windows { class, io, memory } = saved else { return Err(ActError::Unsupported) };
    set_throttling(process, false);
    if let Some(io) = io {
        set_io_priority(process, *io);
    }
    if let Some(memory) = memory {
        set_memory_priority(process, *memory);
    }
    set_class(process, *class)
}

/// Stops all threads, or lets them go on.
#[expect(unsafe_code, reason = "a function that is looked up by name")]
pub(super) fn suspend(process: BorrowedHandle<'_>, stop: bool) -> Result<(), ActError> {
    let name = if stop { c"NtSuspendProcess" } else { c"NtResumeProcess" };
    let address = procedure("ntdll.dll", name).ok_or(ActError::Unsupported)?;
    // SAFETY: both functions have this signature since Windows XP; the handle is open as long as it is borrowed.
    let status = unsafe {
        let act: SuspendOrResume = std::mem::transmute(address);
        act(process.as_raw_handle())
    };
    if status >= 0 { Ok(()) } else { Err(ActError::Refused) }
}

#[expect(unsafe_code, reason = "a system call")]
fn class_of(process: BorrowedHandle<'_>) -> Option<u32> {
    // SAFETY: the handle is open as long as it is borrowed.
    let class = unsafe { GetPriorityClass(process.as_raw_handle()) };
    (class != 0).then_some(class)
}

#[expect(unsafe_code, reason = "a system call")]
fn set_class(process: BorrowedHandle<'_>, class: u32) -> Result<(), ActError> {
    // SAFETY: as above.
    let done = unsafe { SetPriorityClass(process.as_raw_handle(), class) };
    if done != 0 { Ok(()) } else { Err(ActError::Refused) }
}

/// Without control, the system decides as it did before.
fn set_throttling(process: BorrowedHandle<'_>, on: bool) {
    let mask = if on { PROCESS_POWER_THROTTLING_EXECUTION_SPEED } else { 0 };
    let state = PROCESS_POWER_THROTTLING_STATE {
        Version: PROCESS_POWER_THROTTLING_CURRENT_VERSION,
        ControlMask: mask,
        StateMask: mask,
    };
    set_information(process, ProcessPowerThrottling, &state);
}

fn set_memory_priority(process: BorrowedHandle<'_>, priority: u32) {
    set_information(process, ProcessMemoryPriority, &MEMORY_PRIORITY_INFORMATION { MemoryPriority: priority });
}

#[expect(unsafe_code, reason = "a system call")]
fn memory_priority(process: BorrowedHandle<'_>) -> Option<u32> {
    let mut answer = MEMORY_PRIORITY_INFORMATION { MemoryPriority: 0 };
    let size = size_of_val(&answer) as u32;
    // SAFETY: the handle is open as long as it is borrowed; `size` bytes are written.
    let known = unsafe {
        GetProcessInformation(process.as_raw_handle(), ProcessMemoryPriority, (&raw mut answer).cast(), size)
    };
    (known != 0 && answer.MemoryPriority != 0).then_some(answer.MemoryPriority)
}

#[expect(unsafe_code, reason = "a system call")]
fn set_information<T>(process: BorrowedHandle<'_>, class: PROCESS_INFORMATION_CLASS, value: &T) {
    let size = size_of_val(value) as u32;
    // SAFETY: the handle is open as long as it is borrowed; `size` bytes are read.
    unsafe {
        let _ = SetProcessInformation(process.as_raw_handle(), class, (&raw const *value).cast(), size);
    }
}

fn io_priority(process: BorrowedHandle<'_>) -> Option<u32> {
    let mut answer = Buffer::with_room_for(4);
    answer.query_process(process.as_handle(), ProcessIoPriority).ok()?;
    Some(u32_at(answer.bytes(), 0))
}

#[expect(unsafe_code, reason = "a function that is looked up by name")]
fn set_io_priority(process: BorrowedHandle<'_>, priority: u32) {
    let Some(address) = procedure("ntdll.dll", c"NtSetInformationProcess") else { return };
    // SAFETY: the function of that name has this signature; four bytes are read.
    unsafe {
        let set: SetInformation = std::mem::transmute(address);
        let _ = set(process.as_raw_handle(), ProcessIoPriority, (&raw const priority).cast(), 4);
    }
}
