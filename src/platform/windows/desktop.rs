//! User activity and windows. Of titles only the first character is read.

use windows_sys::Win32::Foundation::RECT;
use windows_sys::Win32::System::SystemInformation::GetTickCount64;
use windows_sys::Win32::UI::HiDpi::{
    DPI_AWARENESS_CONTEXT_PER_MONITOR_AWARE_V2, GetDpiForSystem, SetThreadDpiAwarenessContext,
};
use windows_sys::Win32::UI::Input::KeyboardAndMouse::{GetLastInputInfo, LASTINPUTINFO};
use windows_sys::Win32::UI::WindowsAndMessaging::{SPI_GETWORKAREA, SystemParametersInfoW, USER_DEFAULT_SCREEN_DPI};

use super::toplevel::Window;
use crate::model::{Pid, Reading, Seconds, Why};
use crate::platform::types::{DesktopSnapshot, WindowOwner, WorkArea};

/// The desktop of the session this program runs in.
#[derive(Default)]
pub struct Desktop;

impl Desktop {
    /// Creates the reader; there is nothing to connect to.
    pub fn new() -> Self {
        Self
    }

    /// Does nothing: Windows itself tracks which windows respond.
    pub fn watch_hung_windows(&mut self) {}

    /// Never calls `ended`: the tray's window is notified of the end of the session.
    pub fn when_session_ends(&self, _ended: impl FnOnce() + Send + 'static) {}

    /// Time since the last input in this session.
    #[expect(unsafe_code, reason = "fills a structure")]
    pub fn user_idle(&mut self) -> Reading<Seconds> {
        let mut last = LASTINPUTINFO { cbSize: size_of::<LASTINPUTINFO>() as u32, dwTime: 0 };
        // SAFETY: the structure is writable and states its size.
        let (known, now) = unsafe { (GetLastInputInfo(&raw mut last) != 0, GetTickCount64()) };
        // The input time has 32 bits and wraps around every 49 days.
        let idle = (now as u32).wrapping_sub(last.dwTime);
        Reading::from_option(known.then(|| Seconds(f64::from(idle) / 1000.0)), Why::Unsupported)
    }

    /// Last input and foreground window; neither call blocks.
    pub fn snapshot(&mut self) -> DesktopSnapshot {
        let window = Reading::from_option(Window::in_front().map(Window::number), Why::NotYet);
        DesktopSnapshot { user_idle: self.user_idle(), window }
    }

    /// Process of the foreground window. Briefly none now and then, and none while the screen is locked.
    pub fn foreground(&mut self) -> Reading<Pid> {
        Reading::from_option(Window::in_front().and_then(Window::process), Why::NotYet)
    }

    /// Processes with windows that a user can see and use.
    pub fn window_owners(&mut self) -> Reading<Vec<WindowOwner>> {
        let Some(windows) = Window::all() else { return Reading::Missing(Why::Unsupported) };
        let mut owners: Vec<WindowOwner> = windows
            .into_iter()
            .filter(|window| window.is_usable())
            .filter_map(|window| {
                let seems_unsaved = WindowOwner::is_unsaved_mark(&window.beginning_of_title());
                Some(WindowOwner { pid: window.process()?, hung: window.is_hung(), seems_unsaved })
            })
            .collect();
        owners.sort_unstable();
        owners.dedup();
        Reading::Known(owners)
    }
}

/// Work area of the main screen.
#[expect(unsafe_code, reason = "fills a structure")]
pub fn work_area() -> Option<WorkArea> {
    let mut area = RECT::default();
    // SAFETY: the rectangle is writable. The awareness of this thread is put back: without it the figures would be those of
    // a screen without a scale, or not, depending on the manifest.
    let (known, scale) = unsafe {
        let before = SetThreadDpiAwarenessContext(DPI_AWARENESS_CONTEXT_PER_MONITOR_AWARE_V2);
        let known = SystemParametersInfoW(SPI_GETWORKAREA, 0, (&raw mut area).cast(), 0) != 0;
        let scale = GetDpiForSystem() as f32 / USER_DEFAULT_SCREEN_DPI as f32;
        SetThreadDpiAwarenessContext(before);
        (known, scale)
    };
    let points = |pixels: i32| pixels as f32 / scale;
    known.then(|| WorkArea {
        x: points(area.left),
        y: points(area.top),
        width: points(area.right - area.left),
        height: points(area.bottom - area.top),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_desktop_answers_without_a_person() {
        let mut desktop = Desktop::new();
        assert!(desktop.user_idle().get().is_some_and(|idle| idle.0 >= 0.0));
        assert!(desktop.window_owners().known().is_some());
        assert!(work_area().is_some_and(|area| area.width >= 640.0 && area.height >= 480.0));
    }
}
