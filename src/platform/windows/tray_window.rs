//! The hidden window behind the tray icon. It is not a message-only window: those learn neither that the taskbar was
//! recreated nor that the session ends.
#![allow(
    clippy::missing_const_for_thread_local,
    reason = "they are; the lint does not see it in what the macro makes on Windows"
)]

use std::cell::{Cell, RefCell};
use std::ptr::{null, null_mut};
use std::sync::Arc;
use std::sync::mpsc::{self, Sender};
use std::time::Duration;

use windows_sys::Win32::Foundation::{HWND, LPARAM, LRESULT, POINT, WPARAM};
use windows_sys::Win32::System::LibraryLoader::GetModuleHandleW;
use windows_sys::Win32::UI::HiDpi::{DPI_AWARENESS_CONTEXT_PER_MONITOR_AWARE_V2, SetThreadDpiAwarenessContext};
use windows_sys::Win32::UI::Shell::{NIN_BALLOONUSERCLICK, NIN_SELECT};
use windows_sys::Win32::UI::WindowsAndMessaging::{
    ChangeWindowMessageFilterEx, CreateWindowExW, DefWindowProcW, DestroyWindow, DispatchMessageW, EndMenu,
    GetMessageW, MSG, MSGFLT_ALLOW, PostQuitMessage, RegisterClassExW, RegisterWindowMessageW, TranslateMessage,
    WM_APP, WM_CLOSE, WM_CONTEXTMENU, WM_DESTROY, WM_DISPLAYCHANGE, WM_DPICHANGED, WM_ENDSESSION, WM_LBUTTONUP,
    WM_QUERYENDSESSION, WM_RBUTTONUP, WM_SETTINGCHANGE, WM_TIMER, WNDCLASSEXW, WS_EX_TOOLWINDOW, WS_POPUP,
};

use super::tray::{Shared, locked};
use super::tray_icon::{Icon, Shown};
use super::tray_menu;
use super::wide::wide;
use crate::platform::types::{DesktopEvent, NoDesktop, TrayAction};

/// The desired state has changed.
pub(super) const DESIRED_CHANGED: u32 = WM_APP + 1;
/// The icon was clicked or otherwise used.
pub(super) const ICON_EVENT: u32 = WM_APP + 2;
/// The icon was selected with the keyboard (shellapi.h, which windows-sys lacks).
const NIN_KEYSELECT: u32 = NIN_SELECT | 1;
/// Delay before another attempt to show the icon, in milliseconds.
const TRY_AGAIN: u32 = 5000;
/// Time limit for saving. Windows kills a program that delays the end of the session for 5 s; saving takes far less.
const SAVING: Duration = Duration::from_millis(800);

thread_local! {
    /// What is shown, and the receiver of events; only borrowed to be cloned.
    static SHARED: RefCell<Option<Arc<Shared>>> = const { RefCell::new(None) };
    /// Borrowed during calls to the taskbar, in which other messages may be dispatched.
    static ICON_STATE: RefCell<Option<Icon>> = const { RefCell::new(None) };
    /// Id of the message that the taskbar was recreated.
    static TASKBAR_CREATED: Cell<u32> = const { Cell::new(0) };
}

/// Opens the window, reports on `started` whether that worked, and runs it until it is closed.
#[expect(unsafe_code, reason = "a window and its messages")]
pub(super) fn run(shared: &Arc<Shared>, started: &Sender<Result<(), NoDesktop>>) {
    // SAFETY: takes a constant; icon and menu of this thread are then drawn at the real scale of the screen.
    unsafe { SetThreadDpiAwarenessContext(DPI_AWARENESS_CONTEXT_PER_MONITOR_AWARE_V2) };
    let window = match open() {
        Ok(window) => window,
        Err(error) => {
            // The caller may have stopped waiting.
            let _ = started.send(Err(NoDesktop(error.to_string())));
            return;
        }
    };
    *locked(&shared.window) = window as isize;
    let name = wide("TaskbarCreated");
    // SAFETY: the text is zero-terminated; the window is ours. Without the filter, a program run as administrator would
    // not receive messages from the desktop, which is not.
    let taskbar_created = unsafe {
        let message = RegisterWindowMessageW(name.as_ptr());
        ChangeWindowMessageFilterEx(window, message, MSGFLT_ALLOW, null_mut());
        message
    };
    TASKBAR_CREATED.set(taskbar_created);
    SHARED.set(Some(Arc::clone(shared)));
    ICON_STATE.set(Some(Icon::new(window)));
    // The caller may have stopped waiting.
    let _ = started.send(Ok(()));
    // Shows the icon, or closes at once if the caller has given up meanwhile.
    apply_desired(window);
    let mut message = MSG::default();
    // SAFETY: the message is written before it is read; -1 is an error, which our own window does not cause.
    unsafe {
        while GetMessageW(&raw mut message, null_mut(), 0, 0) > 0 {
            TranslateMessage(&raw const message);
            DispatchMessageW(&raw const message);
        }
    }
    ICON_STATE.set(None);
    SHARED.set(None);
}

#[expect(unsafe_code, reason = "opens a window")]
fn open() -> std::io::Result<HWND> {
    let (class, title) = (wide("MimamoriTray"), wide("Mimamori"));
    // SAFETY: both texts are zero-terminated and live through the calls; an already registered class stays.
    let window = unsafe {
        let module = GetModuleHandleW(null());
        let class = WNDCLASSEXW {
            cbSize: size_of::<WNDCLASSEXW>() as u32,
            lpfnWndProc: Some(window_proc),
            hInstance: module,
            lpszClassName: class.as_ptr(),
            ..WNDCLASSEXW::default()
        };
        RegisterClassExW(&raw const class);
        let (name, title) = (class.lpszClassName, title.as_ptr());
        CreateWindowExW(WS_EX_TOOLWINDOW, name, title, WS_POPUP, 0, 0, 0, 0, null_mut(), null_mut(), module, null())
    };
    if window.is_null() { Err(std::io::Error::last_os_error()) } else { Ok(window) }
}

/// Runs `work` on the icon; `None` during a call to the taskbar about it.
fn with_icon<T>(work: impl FnOnce(&mut Icon) -> T) -> Option<T> {
    ICON_STATE.with(|icon| icon.try_borrow_mut().ok()?.as_mut().map(work))
}

fn shared() -> Option<Arc<Shared>> {
    SHARED.with_borrow(Clone::clone)
}

/// Window procedure. A panic must not unwind through Windows' own code; nothing here panics.
#[expect(unsafe_code, reason = "called by Windows")]
unsafe extern "system" fn window_proc(window: HWND, message: u32, wparam: WPARAM, lparam: LPARAM) -> LRESULT {
    match message {
        DESIRED_CHANGED => apply_desired(window),
        WM_TIMER => show(),
        ICON_EVENT => handle_click(window, (lparam & 0xFFFF) as u32, wparam),
        // Sent from outside, for example by an installer that wants this program to quit.
        WM_CLOSE => send(DesktopEvent::Tray(TrayAction::Quit)),
        // The scale or the screen with the taskbar may have changed, and with it the size of the icon.
        WM_DISPLAYCHANGE | WM_SETTINGCHANGE | WM_DPICHANGED => show(),
        WM_QUERYENDSESSION => return 1,
        WM_ENDSESSION => {
            if wparam != 0 {
                save();
            }
        }
        WM_DESTROY => {
            with_icon(Icon::remove);
            // SAFETY: takes a number.
            unsafe { PostQuitMessage(0) };
        }
        other if other == TASKBAR_CREATED.get() => {
            with_icon(Icon::forget);
            show();
        }
        // SAFETY: passes on what Windows passed in.
        other => return unsafe { DefWindowProcW(window, other, wparam, lparam) },
    }
    0
}

fn send(event: DesktopEvent) {
    if let Some(shared) = shared() {
        shared.send(event);
    }
}

/// Saves before the session ends; this process ends as soon as the window has answered.
fn save() {
    let (saved, done) = mpsc::channel();
    send(DesktopEvent::SessionEnding(saved));
    // Saved or not, the session ends now.
    let _ = done.recv_timeout(SAVING);
}

#[expect(unsafe_code, reason = "closes our own window")]
fn apply_desired(window: HWND) {
    if shared().is_some_and(|shared| shared.desired().end) {
        // SAFETY: on the thread of the window; an open menu is closed first.
        unsafe {
            EndMenu();
            DestroyWindow(window);
        }
        return;
    }
    show();
}

/// Shows the desired state; tries again later where there is no place for icons.
fn show() {
    let Some(shared) = shared() else { return };
    let shown = with_icon(|icon| icon.show(&shared.desired(), &shared.colours));
    match shown {
        Some(Shown::Appeared) => shared.send(DesktopEvent::TrayShown),
        Some(Shown::Gone) => shared.send(DesktopEvent::TrayHidden),
        Some(Shown::AsBefore) => {}
        // A change that arrived during a call to the taskbar: again once it returns.
        None => shared.wake(),
    }
    with_icon(|icon| icon.try_again(TRY_AGAIN));
}

/// Handles a click, as reported by the icon's version. Version 4 says where: at the mouse, or at the icon when the keyboard
/// was used.
fn handle_click(window: HWND, what: u32, place: WPARAM) {
    let is_version_4 = with_icon(|icon| icon.is_version_4()).unwrap_or(false);
    match what {
        NIN_SELECT | NIN_KEYSELECT if is_version_4 => send(DesktopEvent::Tray(TrayAction::Open)),
        WM_LBUTTONUP if !is_version_4 => send(DesktopEvent::Tray(TrayAction::Open)),
        WM_CONTEXTMENU if is_version_4 => menu(window, Some(point(place))),
        WM_RBUTTONUP if !is_version_4 => menu(window, None),
        NIN_BALLOONUSERCLICK => {
            let tag = with_icon(|icon| icon.balloon_tag()).flatten();
            if let Some(tag) = tag {
                send(DesktopEvent::NotificationClicked(tag));
            }
        }
        _ => {}
    }
}

/// Two signed 16-bit numbers, x and y: screens to the left of the first one or above it have negative ones.
const fn point(place: WPARAM) -> POINT {
    POINT { x: place as u16 as i16 as i32, y: (place >> 16) as u16 as i16 as i32 }
}

/// Shows the menu at `place`, or at the mouse.
fn menu(window: HWND, place: Option<POINT>) {
    let Some(desired) = shared().map(|shared| shared.desired()) else { return };
    // Messages are still dispatched while the menu waits for a choice.
    if let Some(action) = tray_menu::choose(window, place, &desired.view.menu) {
        send(DesktopEvent::Tray(action));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_left_of_the_first_screen_and_above_it_are_negative() {
        for (x, y) in [(1269, 949), (-300, 20), (5, -1)] {
            let packed = usize::from(x as i16 as u16) | usize::from(y as i16 as u16) << 16;
            let place = point(packed);
            assert_eq!((place.x, place.y), (x, y));
        }
    }
}
