//! What the desktop tells about people and windows. Titles are never read.

use windows_sys::Win32::System::SystemInformation::GetTickCount64;
use windows_sys::Win32::UI::Input::KeyboardAndMouse::{GetLastInputInfo, LASTINPUTINFO};

use super::toplevel::Window;
use crate::model::{Pid, Reading, Seconds, Why};
use crate::platform::types::{Glance, WindowOwner};

/// The desktop of the session this program runs in.
#[derive(Default)]
pub struct Desktop;

impl Desktop {
    /// There is nothing to connect to.
    pub fn new() -> Self {
        Self
    }

    /// The system knows by itself which windows respond.
    pub fn ask_windows(&mut self) {}

    /// Never calls `ended`: the window behind the icon is told of the end of the session.
    pub fn when_session_ends(&self, _ended: impl FnOnce() + Send + 'static) {}

    /// Time since the last input in this session.
    #[expect(unsafe_code, reason = "fills a structure")]
    pub fn user_idle(&mut self) -> Reading<Seconds> {
        let mut last = LASTINPUTINFO { cbSize: size_of::<LASTINPUTINFO>() as u32, dwTime: 0 };
        // SAFETY: the structure is writable and knows its size.
        let (known, now) = unsafe { (GetLastInputInfo(&raw mut last) != 0, GetTickCount64()) };
        // The clock of input has 32 bits and starts again every 49 days.
        let idle = (now as u32).wrapping_sub(last.dwTime);
        Reading::from_option(known.then(|| Seconds(f64::from(idle) / 1000.0)), Why::Unsupported)
    }

    /// The last input and the window in front: asking costs no waiting here.
    pub fn glance(&mut self) -> Glance {
        let window = Reading::from_option(Window::in_front().map(Window::number), Why::NotYet);
        Glance { user_idle: self.user_idle(), window }
    }

    /// The program in front. There is none for a moment now and then, and while the screen is locked.
    pub fn foreground(&mut self) -> Reading<Pid> {
        Reading::from_option(Window::in_front().and_then(Window::process), Why::NotYet)
    }

    /// The processes with windows that a person can see and use.
    pub fn window_owners(&mut self) -> Reading<Vec<WindowOwner>> {
        let Some(windows) = Window::all() else { return Reading::Missing(Why::Unsupported) };
        let mut owners: Vec<WindowOwner> = windows
            .into_iter()
            .filter(|window| window.is_usable())
            .filter_map(|window| Some(WindowOwner { pid: window.process()?, hung: window.is_hung() }))
            .collect();
        owners.sort_unstable();
        owners.dedup();
        Reading::Known(owners)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_desktop_answers_without_a_person() {
        let mut desktop = Desktop::new();
        assert!(desktop.user_idle().get().is_some_and(|idle| idle.0 >= 0.0));
        assert!(desktop.window_owners().known().is_some());
    }
}
