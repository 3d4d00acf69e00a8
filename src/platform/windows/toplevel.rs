//! Top-level windows as users see them: which ones stand for a program, and which process they belong to. Calls with
//! the handle of a closed window fail harmlessly.

use windows_sys::Win32::Foundation::{ERROR_ACCESS_DENIED, GetLastError, HWND, LPARAM, RECT};
use windows_sys::Win32::Graphics::Dwm::{DWM_CLOAKED_APP, DWM_CLOAKED_SHELL, DWMWA_CLOAKED, DwmGetWindowAttribute};
use windows_sys::Win32::UI::WindowsAndMessaging::{
    EnumChildWindows, EnumWindows, GW_OWNER, GWL_EXSTYLE, GetClassNameW, GetForegroundWindow, GetShellWindow,
    GetWindow, GetWindowLongPtrW, GetWindowRect, GetWindowThreadProcessId, InternalGetWindowText, IsHungAppWindow,
    IsWindowVisible, PostMessageW, WM_CLOSE, WS_EX_TOOLWINDOW,
};
use windows_sys::core::BOOL;

use super::ntdll::procedure;
use super::wide::text_of;
use crate::model::Pid;
use crate::platform::types::ActError;

/// Class of the windows of Store apps, which belong to a helper process of the system.
const STORE_APP_FRAME: &str = "ApplicationFrameWindow";
/// Class of the windows inside those.
const STORE_APP_CONTENT: &str = "Windows.UI.Core.CoreWindow";
/// Class of the picture that stands in for a window that does not respond. It belongs to the window manager, dwm.exe.
const GHOST: &str = "Ghost";

/// `HungWindowFromGhostWindow` of user32, which is not documented: the window that a ghost stands for.
type HungWindowFromGhostWindow = unsafe extern "system" fn(HWND) -> HWND;

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
        self.is_own() && style as u32 & WS_EX_TOOLWINDOW == 0 && self.has_size() && !self.is_cloaked()
    }

    /// Returns `true` for a window that counts as visible and is not shown: of a Store app that is suspended or was started
    /// ahead of time, or hidden by its program.
    #[expect(unsafe_code, reason = "asks about a window")]
    fn is_cloaked(self) -> bool {
        let mut cloaked = 0_u32;
        // SAFETY: any handle may be queried; the number is written, and its size is given.
        let status = unsafe {
            let size = size_of_val(&cloaked) as u32;
            DwmGetWindowAttribute(self.0, DWMWA_CLOAKED as u32, (&raw mut cloaked).cast(), size)
        };
        status >= 0 && is_hidden(cloaked, &self.class())
    }

    #[expect(unsafe_code, reason = "asks about a window")]
    fn has_size(self) -> bool {
        let mut place = RECT::default();
        // SAFETY: any handle may be queried; the rectangle is written.
        let known = unsafe { GetWindowRect(self.0, &raw mut place) };
        known != 0 && place.right > place.left && place.bottom > place.top
    }

    /// Process of the window; for a Store app, the app rather than its frame; for a window that does not respond, the one
    /// that made it rather than the window manager that shows a picture in its place.
    pub(super) fn process(self) -> Option<Pid> {
        let frame = self.creator()?;
        match self.class().as_str() {
            STORE_APP_FRAME => {
                let app = self.parts().into_iter().find_map(|part| part.creator().filter(|pid| *pid != frame));
                app.or(Some(frame))
            }
            GHOST => self.behind_ghost().map_or(Some(frame), Self::creator),
            _ => Some(frame),
        }
    }

    #[expect(unsafe_code, reason = "a function that is looked up by name")]
    fn behind_ghost(self) -> Option<Self> {
        let address = procedure("user32.dll", c"HungWindowFromGhostWindow")?;
        // SAFETY: the function of that name has had this signature since Windows Vista; any handle may be queried.
        let window = unsafe {
            let behind: HungWindowFromGhostWindow = std::mem::transmute(address);
            behind(self.0)
        };
        (!window.is_null()).then_some(Self(window))
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

    /// First character of the title as Windows keeps it; the program is not asked.
    #[expect(unsafe_code, reason = "asks about a window")]
    pub(super) fn beginning_of_title(self) -> String {
        let mut units = [0_u16; 3];
        // SAFETY: any handle may be queried; `units` is writable for its length and receives a zero-terminated text.
        unsafe { InternalGetWindowText(self.0, units.as_mut_ptr(), 3) };
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

/// Returns `true` when a window of this class with these `DWM_CLOAKED_…` flags is not open to the user. The shell also
/// cloaks the windows of other virtual desktops, which are; only Store apps are hidden by it for good.
fn is_hidden(cloaked: u32, class: &str) -> bool {
    let by_shell = cloaked & DWM_CLOAKED_SHELL != 0 && matches!(class, STORE_APP_FRAME | STORE_APP_CONTENT);
    cloaked & DWM_CLOAKED_APP != 0 || by_shell
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_of_other_desktops_are_open_and_suspended_apps_are_not() {
        const DWM_CLOAKED_INHERITED: u32 = 4;
        assert!(!is_hidden(0, STORE_APP_FRAME));
        assert!(!is_hidden(DWM_CLOAKED_SHELL, "Notepad"), "on another virtual desktop");
        assert!(is_hidden(DWM_CLOAKED_SHELL, STORE_APP_FRAME) && is_hidden(DWM_CLOAKED_SHELL, STORE_APP_CONTENT));
        assert!(is_hidden(DWM_CLOAKED_APP, "Notepad"));
        assert!(!is_hidden(DWM_CLOAKED_INHERITED, "Notepad"));
    }

    #[test]
    fn what_is_no_ghost_stands_for_nothing_else() {
        if let Some(window) = Window::all().and_then(|windows| windows.into_iter().next()) {
            assert!(window.behind_ghost().is_none_or(|behind| behind.creator().is_some()));
        }
    }
}
