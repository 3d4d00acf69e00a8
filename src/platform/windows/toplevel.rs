//! Top-level windows as users see them: which ones stand for a program, and which process they belong to. Calls with
//! the handle of a closed window fail harmlessly.

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

/// Class of the windows of Store apps, which belong to a helper process of the system.
const STORE_APP_FRAME: &str = "ApplicationFrameWindow";

/// A top-level or child window.
#[derive(Clone, Copy)]
pub(super) struct Window(HWND);

impl Window {
    /// The foreground window, if any: none while the screen is locked.
    #[expect(unsafe_code, reason = "asks for a window")]
    pub(super) fn in_front() -> Option<Self> {
        // SAFETY: takes nothing.
        let window = unsafe { GetForegroundWindow() };
        (!window.is_null()).then_some(Self(window))
    }

    /// A number that distinguishes it from other windows.
    pub(super) fn number(self) -> u64 {
        self.0.addr() as u64
    }

    /// All top-level windows; `None` without a desktop.
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

    /// Returns `true` for a window that stands for a program: visible, not the desktop itself, and not owned by another
    /// window. Programs made with older versions of Delphi own their main window by an invisible one without size.
    #[expect(unsafe_code, reason = "asks about a window")]
    pub(super) fn is_own(self) -> bool {
        // SAFETY: any handle may be queried.
        let (visible, owner, shell) =
            unsafe { (IsWindowVisible(self.0) != 0, GetWindow(self.0, GW_OWNER), GetShellWindow()) };
        visible && self.0 != shell && (owner.is_null() || !Self(owner).has_size())
    }

    /// Returns `true` when the system counts it as hung: it has not processed messages for 5 s.
    #[expect(unsafe_code, reason = "asks about a window")]
    pub(super) fn is_hung(self) -> bool {
        // SAFETY: any handle may be queried.
        unsafe { IsHungAppWindow(self.0) != 0 }
    }

    /// Returns `true` when it is also visible to the user: it has a size and is not a tool palette.
    #[expect(unsafe_code, reason = "asks about a window")]
    pub(super) fn is_usable(self) -> bool {
        // SAFETY: any handle may be queried.
        let style = unsafe { GetWindowLongPtrW(self.0, GWL_EXSTYLE) };
        self.is_own() && style as u32 & WS_EX_TOOLWINDOW == 0 && self.has_size()
    }

    #[expect(unsafe_code, reason = "asks about a window")]
    fn has_size(self) -> bool {
        let mut place = RECT::default();
        // SAFETY: any handle may be queried; the rectangle is written.
        let known = unsafe { GetWindowRect(self.0, &raw mut place) };
        known != 0 && place.right > place.left && place.bottom > place.top
    }

    /// Process of the window; for a Store app, the app rather than its frame.
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
        // SAFETY: any handle may be queried; the number is written.
        unsafe { GetWindowThreadProcessId(self.0, &raw mut pid) };
        (pid != 0).then_some(pid)
    }

    #[expect(unsafe_code, reason = "asks about a window")]
    fn class(self) -> String {
        const ROOM: i32 = 64;
        let mut units = [0_u16; ROOM as usize];
        // SAFETY: any handle may be queried; `units` is writable for its length and receives a zero-terminated text.
        unsafe { GetClassNameW(self.0, units.as_mut_ptr(), ROOM) };
        text_of(&units)
    }

    /// Asks the window to close, like a click on its close button, and does not wait for it.
    #[expect(unsafe_code, reason = "leaves a message for a window")]
    pub(super) fn ask_to_close(self) -> Result<(), ActError> {
        // SAFETY: any handle may be written to; the message carries no pointers.
        unsafe {
            if PostMessageW(self.0, WM_CLOSE, 0, 0) != 0 {
                return Ok(());
            }
            // A program that runs as administrator accepts no messages from one that does not.
            Err(if GetLastError() == ERROR_ACCESS_DENIED { ActError::Refused } else { ActError::Gone })
        }
    }
}

/// Appends a window to the vector behind `list`.
#[expect(unsafe_code, reason = "called by Windows")]
unsafe extern "system" fn collect(window: HWND, list: LPARAM) -> BOOL {
    let list = std::ptr::with_exposed_provenance_mut::<Vec<Window>>(list as usize);
    if list.is_null() {
        return 0;
    }
    // SAFETY: the callers pass a vector that outlives the call and is used by nobody else.
    unsafe { (*list).push(Window(window)) };
    1
}
