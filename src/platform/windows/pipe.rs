//! One end of a named pipe, with time-outs on every wait.

use std::io::{Error, ErrorKind, Result};
use std::os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle};
use std::ptr::{null, null_mut};
use std::time::Duration;

use windows_sys::Win32::Foundation::{
    ERROR_BROKEN_PIPE, ERROR_IO_PENDING, ERROR_PIPE_CONNECTED, ERROR_PIPE_NOT_CONNECTED, HANDLE, INVALID_HANDLE_VALUE,
    WAIT_OBJECT_0,
};
use windows_sys::Win32::Storage::FileSystem::{ReadFile, WriteFile};
use windows_sys::Win32::System::IO::{CancelIoEx, GetOverlappedResult, OVERLAPPED};
use windows_sys::Win32::System::Pipes::{ConnectNamedPipe, GetNamedPipeServerProcessId};
use windows_sys::Win32::System::Threading::{CreateEventW, WaitForMultipleObjects};
use windows_sys::core::BOOL;

use crate::platform::frames::Line;

/// Pause after the system had no resources for another connection.
pub(super) const PAUSE_AFTER_ERROR: Duration = Duration::from_millis(200);

/// Creates a manual-reset event.
#[expect(unsafe_code, reason = "makes an event")]
pub(super) fn event() -> Result<OwnedHandle> {
    // SAFETY: takes numbers; a handle that is not null is ours to close.
    unsafe {
        let handle = CreateEventW(null(), 1, 0, null());
        if handle.is_null() { Err(Error::last_os_error()) } else { Ok(OwnedHandle::from_raw_handle(handle)) }
    }
}

/// Waits until one of `events` is signalled; returns its index, or `None` after `patience`.
#[expect(unsafe_code, reason = "waits for events")]
pub(super) fn wait(events: &[HANDLE], patience: Option<Duration>) -> Option<usize> {
    // The greatest number means "forever".
    let milliseconds = patience.map_or(u32::MAX, |time| time.as_millis().clamp(1, u128::from(u32::MAX - 1)) as u32);
    // SAFETY: the handles are open, and their number is given.
    let signalled = unsafe { WaitForMultipleObjects(events.len() as u32, events.as_ptr(), 0, milliseconds) };
    signalled.checked_sub(WAIT_OBJECT_0).map(|n| n as usize).filter(|n| *n < events.len())
}

/// One end of a pipe, and the event for its overlapped operations.
#[derive(Debug)]
pub(super) struct Pipe {
    handle: OwnedHandle,
    done: OwnedHandle,
}

impl Pipe {
    /// Takes over the handle that a call returned, or its error.
    #[expect(unsafe_code, reason = "takes over a handle")]
    pub(super) fn new(handle: HANDLE) -> Result<Self> {
        if handle == INVALID_HANDLE_VALUE {
            return Err(Error::last_os_error());
        }
        // SAFETY: just opened, and owned by nobody else.
        let handle = unsafe { OwnedHandle::from_raw_handle(handle) };
        Ok(Self { handle, done: event()? })
    }

    /// Process that created the pipe.
    #[expect(unsafe_code, reason = "asks about a pipe")]
    pub(super) fn server(&self) -> Result<u32> {
        let mut pid = 0;
        // SAFETY: the handle is open and the number is written.
        let known = unsafe { GetNamedPipeServerProcessId(self.handle.as_raw_handle(), &raw mut pid) };
        if known == 0 { Err(Error::last_os_error()) } else { Ok(pid) }
    }

    /// Waits for a client; returns whether one connected, or `None` when it is time to stop.
    #[expect(unsafe_code, reason = "waits for a connection")]
    pub(super) fn wait_for_client(&self, stopped: &OwnedHandle) -> Option<bool> {
        let mut connected = true;
        let pipe = self.handle.as_raw_handle();
        // SAFETY: the handle is open; `run` keeps the structure until the call has ended.
        let start = |overlapped: *mut OVERLAPPED| unsafe { ConnectNamedPipe(pipe, overlapped) };
        match self.run(start, &[stopped.as_raw_handle()], None) {
            Ok(_) => {}
            Err(error) if error.raw_os_error() == Some(ERROR_PIPE_CONNECTED.cast_signed()) => {}
            Err(error) if error.kind() == ErrorKind::TimedOut => return None,
            Err(_) => connected = false,
        }
        if connected {
            Some(true)
        } else {
            wait(&[stopped.as_raw_handle()], Some(PAUSE_AFTER_ERROR)).is_none().then_some(false)
        }
    }

    /// Runs an overlapped operation until it completes; returns the number of bytes moved. It is cancelled with
    /// [`ErrorKind::TimedOut`] when one of `others` is signalled or `patience` is over.
    #[expect(unsafe_code, reason = "a call that goes on after it returned")]
    fn run(
        &self,
        start: impl FnOnce(*mut OVERLAPPED) -> BOOL,
        others: &[HANDLE],
        patience: Option<Duration>,
    ) -> Result<usize> {
        let mut overlapped = OVERLAPPED { hEvent: self.done.as_raw_handle(), ..OVERLAPPED::default() };
        let overlapped = &raw mut overlapped;
        if start(overlapped) == 0 {
            let error = Error::last_os_error();
            if error.raw_os_error() != Some(ERROR_IO_PENDING.cast_signed()) {
                return Err(error);
            }
        }
        let events = [&[self.done.as_raw_handle()], others].concat();
        let in_time = wait(&events, patience) == Some(0);
        let mut moved = 0;
        // SAFETY: the handle is open; the structure lives until the last call has waited for the end of the operation,
        // cancelled or not, so that Windows never writes to it later.
        let done = unsafe {
            if !in_time {
                CancelIoEx(self.handle.as_raw_handle(), overlapped);
            }
            GetOverlappedResult(self.handle.as_raw_handle(), overlapped, &raw mut moved, 1)
        };
        match done {
            // It may have completed at the last moment.
            0 if !in_time => Err(ErrorKind::TimedOut.into()),
            0 => Err(Error::last_os_error()),
            _ => Ok(moved as usize),
        }
    }
}

impl Line for Pipe {
    #[expect(unsafe_code, reason = "reads from a pipe")]
    fn read(&mut self, buffer: &mut [u8], patience: Duration) -> Result<usize> {
        let (handle, place, room) = (self.handle.as_raw_handle(), buffer.as_mut_ptr(), buffer.len() as u32);
        // SAFETY: the buffer is writable for its length, and `run` returns only when nothing is written any more.
        let start = |overlapped: *mut OVERLAPPED| unsafe { ReadFile(handle, place, room, null_mut(), overlapped) };
        match self.run(start, &[], Some(patience)) {
            Err(error) if is_end(&error) => Ok(0),
            result => result,
        }
    }

    #[expect(unsafe_code, reason = "writes to a pipe")]
    fn write(&mut self, bytes: &[u8], patience: Duration) -> Result<usize> {
        let (handle, place, length) = (self.handle.as_raw_handle(), bytes.as_ptr(), bytes.len() as u32);
        // SAFETY: the bytes are readable for their length, and `run` returns only when nothing is read any more.
        let start = |overlapped: *mut OVERLAPPED| unsafe { WriteFile(handle, place, length, null_mut(), overlapped) };
        self.run(start, &[], Some(patience))
    }
}

/// Returns `true` when the other side has closed the pipe.
fn is_end(error: &Error) -> bool {
    let ends = [ERROR_BROKEN_PIPE, ERROR_PIPE_NOT_CONNECTED].map(u32::cast_signed);
    error.raw_os_error().is_some_and(|code| ends.contains(&code))
}
