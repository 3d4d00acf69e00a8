//! The hidden window behind the icon beside the clock. Not one for messages only: such a window hears neither that
//! the taskbar was made anew nor that the session ends.
#![allow(
    clippy::missing_const_for_thread_local,
    reason = "they are; the lint does not see it in what the macro makes on Windows"
)]

use std::cell::{Cell, RefCell};
use std::ptr::{null, null_mut};
use std::sync::Arc;
use std::sync::mpsc::{self, Sender};
use std::time::Duration;

use windows_sys::Win32::Foundation::{HWND, LPARAM, LRESULT, WPARAM};
use windows_sys::Win32::System::LibraryLoader::GetModuleHandleW;
use windows_sys::Win32::UI::HiDpi::{DPI_AWARENESS_CONTEXT_PER_MONITOR_AWARE_V2, SetThreadDpiAwarenessContext};
use windows_sys::Win32::UI::Shell::{NIN_BALLOONUSERCLICK, NIN_SELECT};
use windows_sys::Win32::UI::WindowsAndMessaging::{
    ChangeWindowMessageFilterEx, CreateWindowExW, DefWindowProcW, DestroyWindow, DispatchMessageW, EndMenu,
    GetMessageW, MSG, MSGFLT_ALLOW, PostQuitMessage, RegisterClassExW, RegisterWindowMessageW, TranslateMessage,
    WM_APP, WM_CLOSE, WM_CONTEXTMENU, WM_DESTROY, WM_ENDSESSION, WM_LBUTTONUP, WM_QUERYENDSESSION, WM_RBUTTONUP,
    WM_TIMER, WNDCLASSEXW, WS_EX_TOOLWINDOW, WS_POPUP,
};

use super::tray::{Shared, locked};
use super::tray_icon::{Icon, Shown};
use super::tray_menu;
use super::wide::wide;
use crate::platform::types::{DesktopEvent, NoDesktop, TrayAction};

/// There are new orders.
pub(super) const DO: u32 = WM_APP + 1;
/// Something was done to the icon.
pub(super) const ICON: u32 = WM_APP + 2;
/// The icon was chosen with the keyboard (shellapi.h, which windows-sys does not have).
const NIN_KEYSELECT: u32 = NIN_SELECT | 1;
/// So long after an icon could not be shown it is tried again, in milliseconds.
const TRY_AGAIN: u32 = 5000;
/// Windows ends a program that keeps the end of the session waiting for 5 s; saving takes far less.
const SAVING: Duration = Duration::from_millis(800);

thread_local! {
    /// What is shown, and to whom events go; only ever borrowed to be copied.
    static SHARED: RefCell<Option<Arc<Shared>>> = const { RefCell::new(None) };
    /// Borrowed while the taskbar is told something, in which time other messages may come in.
    static ICON_STATE: RefCell<Option<Icon>> = const { RefCell::new(None) };
    /// The message that says that the taskbar was made anew.
    static TASKBAR_CREATED: Cell<u32> = const { Cell::new(0) };
}

/// Opens the window, says whether that worked, and serves it until it is closed.
#[expect(unsafe_code, reason = "a window and its messages")]
pub(super) fn run(shared: &Arc<Shared>, started: &Sender<Result<(), NoDesktop>>) {
    // SAFETY: takes a constant; icon and menu of this thread are then drawn in the real size of the screen.
    unsafe { SetThreadDpiAwarenessContext(DPI_AWARENESS_CONTEXT_PER_MONITOR_AWARE_V2) };
    let window = match open() {
        Ok(window) => window,
        Err(error) => {
            // Whoever started us may have stopped waiting.
            let _ = started.send(Err(NoDesktop(error.to_string())));
            return;
        }
    };
    *locked(&shared.window) = window as isize;
    let name = wide("TaskbarCreated");
    // SAFETY: the text ends with a zero; the window is ours. Without the exception a program that runs as
    // administrator would not hear the desktop, which does not.
    let taskbar_created = unsafe {
        let message = RegisterWindowMessageW(name.as_ptr());
        ChangeWindowMessageFilterEx(window, message, MSGFLT_ALLOW, null_mut());
        message
    };
    TASKBAR_CREATED.set(taskbar_created);
    SHARED.set(Some(Arc::clone(shared)));
    ICON_STATE.set(Some(Icon::new(window)));
    // Whoever started us may have stopped waiting.
    let _ = started.send(Ok(()));
    // Shows the icon, or closes at once when nobody waited so long.
    obey(window);
    let mut message = MSG::default();
    // SAFETY: the message is written before it is read; -1 is an error, which a window of our own does not give.
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
    // SAFETY: both texts end with a zero and live through the calls; a class that is there already stays.
    let window = unsafe {
        let module = GetModuleHandleW(null());
        let class = WNDCLASSEXW {
            cbSize: size_of::<WNDCLASSEXW>() as u32,
            lpfnWndProc: Some(hear),
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

/// Runs `work` with the icon; `None` while the taskbar is being told something about it.
fn with_icon<T>(work: impl FnOnce(&mut Icon) -> T) -> Option<T> {
    ICON_STATE.with(|icon| icon.try_borrow_mut().ok()?.as_mut().map(work))
}

fn shared() -> Option<Arc<Shared>> {
    SHARED.with_borrow(Clone::clone)
}

/// What the window is told. A panic must not go through Windows' own code: nothing here can.
#[expect(unsafe_code, reason = "called by Windows")]
unsafe extern "system" fn hear(window: HWND, message: u32, wparam: WPARAM, lparam: LPARAM) -> LRESULT {
    match message {
        DO => obey(window),
        WM_TIMER => show(),
        ICON => used(window, (lparam & 0xFFFF) as u32),
        // From outside, as by an installer: who wants us to close wants us to end.
        WM_CLOSE => send(DesktopEvent::Tray(TrayAction::Quit)),
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
        // SAFETY: what Windows gave is given on.
        other => return unsafe { DefWindowProcW(window, other, wparam, lparam) },
    }
    0
}

fn send(event: DesktopEvent) {
    if let Some(shared) = shared() {
        shared.send(event);
    }
}

/// The session ends, and with it this process as soon as the window has answered.
fn save() {
    let (saved, done) = mpsc::channel();
    send(DesktopEvent::SessionEnding(saved));
    // Saved, or not in time: either way the session ends.
    let _ = done.recv_timeout(SAVING);
}

#[expect(unsafe_code, reason = "closes our own window")]
fn obey(window: HWND) {
    if shared().is_some_and(|shared| shared.orders().end) {
        // SAFETY: on the thread of the window; a menu that is open is closed first.
        unsafe {
            EndMenu();
            DestroyWindow(window);
        }
        return;
    }
    show();
}

/// Shows the orders; where there is no place for icons it tries again later.
fn show() {
    let Some(shared) = shared() else { return };
    let shown = with_icon(|icon| icon.show(&shared.orders(), &shared.colours));
    match shown {
        Some(Shown::Appeared) => shared.send(DesktopEvent::TrayShown),
        Some(Shown::Gone) => shared.send(DesktopEvent::TrayHidden),
        Some(Shown::AsBefore) => {}
        // Orders that came in meanwhile: again when the taskbar has answered.
        None => shared.wake(),
    }
    with_icon(|icon| icon.try_again(TRY_AGAIN));
}

/// A click, as the version of the icon tells it.
fn used(window: HWND, what: u32) {
    let modern = with_icon(|icon| icon.is_modern()).unwrap_or(false);
    match what {
        NIN_SELECT | NIN_KEYSELECT if modern => send(DesktopEvent::Tray(TrayAction::Open)),
        WM_LBUTTONUP if !modern => send(DesktopEvent::Tray(TrayAction::Open)),
        WM_CONTEXTMENU if modern => menu(window),
        WM_RBUTTONUP if !modern => menu(window),
        NIN_BALLOONUSERCLICK => {
            let tag = with_icon(|icon| icon.balloon_tag()).flatten();
            if let Some(tag) = tag {
                send(DesktopEvent::NotificationClicked(tag));
            }
        }
        _ => {}
    }
}

fn menu(window: HWND) {
    let Some(orders) = shared().map(|shared| shared.orders()) else { return };
    // Messages go on meanwhile: the menu waits for the person.
    if let Some(action) = tray_menu::choose(window, &orders.view.menu) {
        send(DesktopEvent::Tray(action));
    }
}
