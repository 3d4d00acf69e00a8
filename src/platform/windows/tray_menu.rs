//! The menu of the tray icon.

use std::ptr::null;

use windows_sys::Win32::Foundation::{HWND, POINT};
use windows_sys::Win32::UI::WindowsAndMessaging::{
    AppendMenuW, CreatePopupMenu, DestroyMenu, GetCursorPos, HMENU, MF_CHECKED, MF_GRAYED, MF_SEPARATOR, MF_STRING,
    PostMessageW, SetForegroundWindow, SetMenuDefaultItem, TPM_NONOTIFY, TPM_RETURNCMD, TPM_RIGHTBUTTON,
    TrackPopupMenu, WM_NULL,
};

use super::wide::wide;
use crate::platform::types::{MenuLine, TrayAction};

/// Shows the menu at `place`, or at the mouse, and waits for a choice; `None` when it was closed without one.
#[expect(unsafe_code, reason = "a menu")]
pub(super) fn choose(window: HWND, place: Option<POINT>, lines: &[MenuLine]) -> Option<TrayAction> {
    let menu = Menu::new(lines)?;
    let mut mouse = POINT::default();
    // SAFETY: menu and window are ours, and this is their thread. Only the foreground window learns of clicks beside
    // the menu, and without the message after it the next menu closes at once (documentation of TrackPopupMenu).
    let chosen = unsafe {
        GetCursorPos(&raw mut mouse);
        let place = place.unwrap_or(mouse);
        SetForegroundWindow(window);
        let flags = TPM_RETURNCMD | TPM_NONOTIFY | TPM_RIGHTBUTTON;
        let chosen = TrackPopupMenu(menu.0, flags, place.x, place.y, 0, window, null());
        PostMessageW(window, WM_NULL, 0, 0);
        chosen
    };
    match lines.get(usize::try_from(chosen).ok()?.checked_sub(1)?)? {
        MenuLine::Item { action, .. } => Some(*action),
        MenuLine::Separator => None,
    }
}

/// A menu, destroyed on drop. Command ids are line positions from 1, since 0 means that nothing was chosen.
struct Menu(HMENU);

impl Menu {
    #[expect(unsafe_code, reason = "makes a menu")]
    fn new(lines: &[MenuLine]) -> Option<Self> {
        // SAFETY: takes nothing; a menu that is not null is ours to destroy.
        let menu = unsafe { CreatePopupMenu() };
        if menu.is_null() {
            return None;
        }
        let menu = Self(menu);
        for (number, line) in (1_u32..).zip(lines) {
            // SAFETY: the menu is ours; the text is zero-terminated and copied.
            unsafe {
                match line {
                    MenuLine::Separator => AppendMenuW(menu.0, MF_SEPARATOR, 0, null()),
                    MenuLine::Item { text, default, checked, enabled, .. } => {
                        let tick = if *checked == Some(true) { MF_CHECKED } else { 0 };
                        let grey = if *enabled { 0 } else { MF_GRAYED };
                        AppendMenuW(menu.0, MF_STRING | tick | grey, number as usize, wide(&label(text)).as_ptr());
                        i32::from(*default && SetMenuDefaultItem(menu.0, number, 0) != 0)
                    }
                };
            }
        }
        Some(menu)
    }
}

impl Drop for Menu {
    #[expect(unsafe_code, reason = "destroys a menu")]
    fn drop(&mut self) {
        // SAFETY: ours, destroyed once.
        unsafe { DestroyMenu(self.0) };
    }
}

/// Escapes a label: a single `&` would underline the next letter, and a tab would start a second column.
fn label(text: &str) -> String {
    text.replace(|c: char| c.is_control(), " ").replace('&', "&&")
}

#[cfg(test)]
mod tests {
    use super::*;
    use windows_sys::Win32::UI::WindowsAndMessaging::{
        GetMenuDefaultItem, GetMenuItemCount, GetMenuState, MF_BYCOMMAND,
    };

    #[test]
    fn a_label_shows_what_it_says() {
        assert_eq!(label("R&D\ttab"), "R&&D tab");
    }

    #[test]
    #[expect(unsafe_code, reason = "looks at a menu")]
    fn a_menu_has_its_lines_ticks_and_default() {
        let item = |text: &str, default, checked| MenuLine::Item {
            action: TrayAction::Open,
            text: text.into(),
            default,
            checked,
            enabled: checked.is_none(),
        };
        let lines = [item("開く", true, None), MenuLine::Separator, item("Start", false, Some(true))];
        let menu = Menu::new(&lines).expect("a menu");
        // SAFETY: the menu is ours.
        unsafe {
            assert_eq!(GetMenuItemCount(menu.0), 3);
            assert_eq!(GetMenuDefaultItem(menu.0, 0, 0), 1);
            assert_eq!(GetMenuState(menu.0, 3, MF_BYCOMMAND) & MF_CHECKED, MF_CHECKED);
            assert_eq!(GetMenuState(menu.0, 3, MF_BYCOMMAND) & MF_GRAYED, MF_GRAYED);
            assert_eq!(GetMenuState(menu.0, 1, MF_BYCOMMAND) & (MF_CHECKED | MF_GRAYED), 0);
        }
    }
}
