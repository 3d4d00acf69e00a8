//! The windows of the desktop, as people see them: which are a program's own, and whose they are.
//! A handle of a window that has gone meanwhile is harmless: every call says so.

use windows_sys::Win32::Foundation::{ERROR_ACCESS_DENIED, GetLastError, HWND, LPARAM, RECT};
use windows_sys::Win32::UI::WindowsAndMessaging::{
    EnumChildWindows, EnumWindows, GW_OWNER, GWL_EXSTYLE, GetClassNameW, GetForegroundWindow, GetShellWindow,
    GetWindow, GetWindowLongPtrW, GetWindowRect, GetWindowThreadProcessId, IsHungAppWindow, IsWindowVisible,
    PostMessageW, WM_CLOSE, WS_EX_TOOLWINDOW,
};
use windows_sys::core::BOOL;

use super::wide::text_of;
use crate::model::Pid;
use crate::platform::types::ActError;

/// Apps from the Store show in a window of this class, which belongs to a helper of the system.
const STORE_APP_FRAME: &str = "ApplicationFrameWindow";

/// A top-level window, or a part of one.
#[derive(Clone, Copy)]
pub(super) struct Window(HWND);

impl Window {
    /// The window in front, if there is one: none while the screen is locked.
    #[expect(unsafe_code, reason = "asks for a window")]
    pub(super) fn in_front() -> Option<Self> {
        // SAFETY: takes nothing.
        let window = unsafe { GetForegroundWindow() };
        (!window.is_null()).then_some(Self(window))
    }

    /// What tells it from other windows.
    pub(super) fn number(self) -> u64 {
        self.0.addr() as u64
    }

    /// Every top-level window; `None` without a desktop.
    #[expect(unsafe_code, reason = "a callback for each window")]
    pub(super) fn all() -> Option<Vec<Self>> {
        let mut list: Vec<Self> = Vec::with_capacity(256);
        // SAFETY: `collect` only runs during the call, while `list` is not used otherwise.
        let done = unsafe { EnumWindows(Some(collect), &raw mut list as LPARAM) };
        (done != 0).then_some(list)
    }

    #[expect(unsafe_code, reason = "a callback for each part of a window")]
    fn parts(self) -> Vec<Self> {
        let mut list: Vec<Self> = Vec::new();
        // SAFETY: as in `all`.
        unsafe { EnumChildWindows(self.0, Some(collect), &raw mut list as LPARAM) };
        list
    }

    /// A window that stands for a program: visible, and nobody's dialogue. Not the desktop itself.
    /// Programs made with older Delphi own their real window by an invisible one without size.
    #[expect(unsafe_code, reason = "asks about a window")]
    pub(super) fn is_own(self) -> bool {
        // SAFETY: any handle may be asked about.
        let (visible, owner, shell) =
            unsafe { (IsWindowVisible(self.0) != 0, GetWindow(self.0, GW_OWNER), GetShellWindow()) };
        visible && self.0 != shell && (owner.is_null() || !Self(owner).has_size())
    }

    /// Whether the system has given up waiting for it: 5 s without looking at its messages.
    #[expect(unsafe_code, reason = "asks about a window")]
    pub(super) fn is_hung(self) -> bool {
        // SAFETY: any handle may be asked about.
        unsafe { IsHungAppWindow(self.0) != 0 }
    }

    /// One that can also be seen and used: has a size and is not a tool palette.
    #[expect(unsafe_code, reason = "asks about a window")]
    pub(super) fn is_usable(self) -> bool {
        // SAFETY: any handle may be asked about.
        let style = unsafe { GetWindowLongPtrW(self.0, GWL_EXSTYLE) };
        self.is_own() && style as u32 & WS_EX_TOOLWINDOW == 0 && self.has_size()
    }

    #[expect(unsafe_code, reason = "asks about a window")]
    fn has_size(self) -> bool {
        let mut place = RECT::default();
        // SAFETY: any handle may be asked about; the rectangle is written.
        let known = unsafe { GetWindowRect(self.0, &raw mut place) };
        known != 0 && place.right > place.left && place.bottom > place.top
    }

    /// The process behind the window; for an app from the Store the app, not the frame around it.
    pub(super) fn process(self) -> Option<Pid> {
        let frame = self.creator()?;
        if self.class() == STORE_APP_FRAME {
            let app = self.parts().into_iter().find_map(|part| part.creator().filter(|pid| *pid != frame));
            return app.or(Some(frame));
        }
        Some(frame)
    }

    #[expect(unsafe_code, reason = "asks about a window")]
    fn creator(self) -> Option<Pid> {
        let mut pid = 0;
        // SAFETY: any handle may be asked about; the number is written.
        unsafe { GetWindowThreadProcessId(self.0, &raw mut pid) };
        (pid != 0).then_some(pid)
    }

    #[expect(unsafe_code, reason = "asks about a window")]
    fn class(self) -> String {
        const ROOM: i32 = 64;
        let mut units = [0_u16; ROOM as usize];
        // SAFETY: any handle may be asked about; `units` is writable for its length and gets a zero at its end.
        unsafe { GetClassNameW(self.0, units.as_mut_ptr(), ROOM) };
        text_of(&units)
    }

    /// Asks the window to close, as a click on its cross does, and does not wait for it.
    #[expect(unsafe_code, reason = "leaves a message for a window")]
    pub(super) fn ask_to_close(self) -> Result<(), ActError> {
        // SAFETY: any handle may be written to; the message carries no pointers.
        unsafe {
            if PostMessageW(self.0, WM_CLOSE, 0, 0) != 0 {
                return Ok(());
            }
            // A program that runs as administrator takes no messages from one that does not.
            Err(if GetLastError() == ERROR_ACCESS_DENIED { ActError::Refused } else { ActError::Gone })
        }
    }
}

/// Puts a window into the vector behind `list`.
#[expect(unsafe_code, reason = "called by Windows")]
unsafe extern "system" fn collect(window: HWND, list: LPARAM) -> BOOL {
    let list = std::ptr::with_exposed_provenance_mut::<Vec<Window>>(list as usize);
    if list.is_null() {
        return 0;
    }
    // SAFETY: the callers hand over a vector that lives longer than the call and is used by nobody else.
    unsafe { (*list).push(Window(window)) };
    1
}
