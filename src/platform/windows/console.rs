//! The console this program was started from, and message boxes for a program without one.

use std::ptr::null_mut;

use windows_sys::Win32::Foundation::{HANDLE, INVALID_HANDLE_VALUE};
use windows_sys::Win32::System::Console::{
    CONSOLE_SCREEN_BUFFER_INFO, ENABLE_VIRTUAL_TERMINAL_PROCESSING, GetConsoleMode, GetConsoleScreenBufferInfo,
    GetStdHandle, STD_ERROR_HANDLE, STD_HANDLE, STD_OUTPUT_HANDLE, SetConsoleMode,
};
use windows_sys::Win32::UI::WindowsAndMessaging::{MB_ICONINFORMATION, MB_OK, MB_SETFOREGROUND, MessageBoxW};

use super::wide::wide;

/// Shows a message box and waits until it is closed; returns whether it could be shown.
#[expect(unsafe_code, reason = "opens a window")]
pub fn message_box(title: &str, text: &str) -> bool {
    let (title, text) = (wide(title), wide(text));
    // SAFETY: both texts are zero-terminated and live until the box is closed; there is no parent window.
    unsafe {
        MessageBoxW(null_mut(), text.as_ptr(), title.as_ptr(), MB_OK | MB_ICONINFORMATION | MB_SETFOREGROUND) != 0
    }
}

/// Windows itself ends programs when it takes the desktop away.
pub fn on_display_lost(_end: impl FnOnce() + Send + 'static) {}

/// Enables escape sequences for colours and cursor; std itself writes UTF-16 to the console. Does nothing when output
/// is redirected.
#[expect(unsafe_code, reason = "sets modes of the console")]
pub fn prepare_console() {
    for output in [STD_OUTPUT_HANDLE, STD_ERROR_HANDLE] {
        let mut mode = 0;
        let Some(handle) = standard(output) else { continue };
        // SAFETY: takes our own handle and numbers; a handle that is no console is refused.
        unsafe {
            if GetConsoleMode(handle, &raw mut mode) != 0 {
                SetConsoleMode(handle, mode | ENABLE_VIRTUAL_TERMINAL_PROCESSING);
            }
        }
    }
}

/// Width of the console on standard error, if it is one.
#[expect(unsafe_code, reason = "asks the console")]
pub fn terminal_columns() -> Option<u16> {
    let mut info = CONSOLE_SCREEN_BUFFER_INFO::default();
    // SAFETY: the structure is written; a handle that is no console is refused.
    let known = unsafe { GetConsoleScreenBufferInfo(standard(STD_ERROR_HANDLE)?, &raw mut info) };
    (known != 0).then(|| columns(info.srWindow.Left, info.srWindow.Right))
}

/// Width of the visible part; the buffer behind it may be much wider.
fn columns(left: i16, right: i16) -> u16 {
    right.saturating_sub(left).saturating_add(1).max(1).cast_unsigned()
}

#[expect(unsafe_code, reason = "asks for a handle")]
fn standard(which: STD_HANDLE) -> Option<HANDLE> {
    // SAFETY: takes a number. The handle belongs to the process and is not closed.
    let handle = unsafe { GetStdHandle(which) };
    (!handle.is_null() && handle != INVALID_HANDLE_VALUE).then_some(handle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_console_is_as_wide_as_what_is_seen_of_it() {
        assert_eq!((columns(0, 79), columns(10, 89), columns(5, 4), columns(-1, i16::MAX)), (80, 80, 1, 32767));
    }

    #[test]
    fn without_a_console_nothing_happens() {
        prepare_console();
        assert!(terminal_columns().is_none_or(|columns| columns > 0));
    }
}
