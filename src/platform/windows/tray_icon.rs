//! The icon itself, in the form the taskbar expects.

use std::ptr::{null, null_mut};

use windows_sys::Win32::Foundation::HWND;
use windows_sys::Win32::Graphics::Gdi::{
    BI_RGB, BITMAPINFO, BITMAPINFOHEADER, CreateBitmap, CreateDIBSection, DIB_RGB_COLORS, DeleteObject, HBITMAP,
};
use windows_sys::Win32::UI::HiDpi::{GetDpiForSystem, GetDpiForWindow, GetSystemMetricsForDpi};
use windows_sys::Win32::UI::Shell::{
    NIF_ICON, NIF_INFO, NIF_MESSAGE, NIF_SHOWTIP, NIF_TIP, NIIF_INFO, NIIF_NOSOUND, NIIF_RESPECT_QUIET_TIME,
    NIIF_WARNING, NIM_ADD, NIM_DELETE, NIM_MODIFY, NIM_SETVERSION, NOTIFY_ICON_MESSAGE, NOTIFYICON_VERSION_4,
    NOTIFYICONDATAW, Shell_NotifyIconW,
};
use windows_sys::Win32::UI::WindowsAndMessaging::{
    CreateIconIndirect, DestroyIcon, FindWindowW, HICON, ICONINFO, KillTimer, SM_CXSMICON, SetTimer,
};

use super::tray::{Balloon, Desired};
use super::tray_window::ICON_EVENT;
use super::wide::wide;
use crate::icon::{self, Colours};
use crate::platform::types::TrayIcon;

/// What happened to the icon.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// It has become visible.
    Appeared,
    /// It is not visible, for the first time or after it was.
    Gone,
    /// No change.
    AsBefore,
}

/// The tray icon of a window.
pub(super) struct Icon {
    window: HWND,
    /// Whether it is visible; `None` before the first attempt.
    visible: Option<bool>,
    /// Clicks are reported in the format of version 4.
    is_version_4: bool,
    /// The picture, with what it shows and its size in pixels.
    picture: Option<(TrayIcon, i32, Picture)>,
    balloon: Option<Balloon>,
}

impl Icon {
    pub(super) fn new(window: HWND) -> Self {
        Self { window, visible: None, is_version_4: false, picture: None, balloon: None }
    }

    fn is_visible(&self) -> bool {
        self.visible == Some(true)
    }

    pub(super) fn is_version_4(&self) -> bool {
        self.is_version_4
    }

    pub(super) fn balloon_tag(&self) -> Option<String> {
        self.balloon.as_ref().map(|balloon| balloon.tag.clone())
    }

    /// Notes that the taskbar was recreated, without our icon.
    pub(super) fn forget(&mut self) {
        self.visible = None;
    }

    /// Shows the desired content; adds the icon when it is not visible.
    pub(super) fn show(&mut self, desired: &Desired, colours: &Colours) -> Shown {
        let (icon, size) = (desired.view.icon, picture_size());
        if self.picture.as_ref().is_none_or(|(of, pixels, _)| (*of, *pixels) != (icon, size)) {
            // Windows keeps its own copy, so the previous picture can be dropped.
            self.picture = Picture::new(icon, size, colours).map(|picture| (icon, size, picture));
        }
        let mut data = self.data();
        data.uFlags = NIF_MESSAGE | NIF_ICON | NIF_TIP | NIF_SHOWTIP;
        data.uCallbackMessage = ICON_EVENT;
        data.hIcon = self.picture.as_ref().map_or(null_mut(), |(_, _, picture)| picture.0);
        copy_text(&mut data.szTip, &desired.view.tooltip);
        let before = self.visible;
        let visible = (self.is_visible() && notify(NIM_MODIFY, &data)) || self.add(&mut data);
        self.visible = Some(visible);
        if visible && self.balloon != desired.balloon {
            self.balloon.clone_from(&desired.balloon);
            self.show_balloon();
        }
        match (before, visible) {
            (Some(before), after) if before == after => Shown::AsBefore,
            (_, true) => Shown::Appeared,
            (_, false) => Shown::Gone,
        }
    }

    fn add(&mut self, data: &mut NOTIFYICONDATAW) -> bool {
        // Windows reports a recreated taskbar even when only its size changed; the icon still exists then.
        if !notify(NIM_ADD, data) && !notify(NIM_MODIFY, data) {
            return false;
        }
        data.Anonymous.uVersion = NOTIFYICON_VERSION_4;
        self.is_version_4 = notify(NIM_SETVERSION, data);
        true
    }

    /// Shows the balloon, or removes it when there is none.
    fn show_balloon(&self) {
        let mut data = self.data();
        data.uFlags = NIF_INFO | NIF_SHOWTIP;
        if let Some(balloon) = &self.balloon {
            copy_text(&mut data.szInfoTitle, &balloon.title);
            // Windows shows no balloon without a text.
            copy_text(&mut data.szInfo, if balloon.body.is_empty() { " " } else { &balloon.body });
            let kind = if balloon.urgent { NIIF_WARNING } else { NIIF_INFO };
            data.dwInfoFlags = kind | NIIF_NOSOUND | NIIF_RESPECT_QUIET_TIME;
        }
        // If refused, the icon conveys the same by itself.
        notify(NIM_MODIFY, &data);
    }

    pub(super) fn remove(&mut self) {
        notify(NIM_DELETE, &self.data());
        self.visible = None;
    }

    /// Wakes the window again after `milliseconds` while the icon is not visible.
    #[expect(unsafe_code, reason = "a timer of our own window")]
    pub(super) fn try_again(&self, milliseconds: u32) {
        // SAFETY: the window is ours; a timer with the same id is reset, and killing a missing one is harmless.
        unsafe {
            if self.is_visible() {
                KillTimer(self.window, 1);
            } else {
                SetTimer(self.window, 1, milliseconds, None);
            }
        }
    }

    fn data(&self) -> NOTIFYICONDATAW {
        NOTIFYICONDATAW {
            cbSize: size_of::<NOTIFYICONDATAW>() as u32,
            hWnd: self.window,
            uID: 1,
            ..NOTIFYICONDATAW::default()
        }
    }
}

#[expect(unsafe_code, reason = "tells the taskbar")]
fn notify(what: NOTIFY_ICON_MESSAGE, data: &NOTIFYICONDATAW) -> bool {
    // SAFETY: the structure states its size, and its texts are zero-terminated.
    unsafe { Shell_NotifyIconW(what, data) != 0 }
}

/// Copies as much of `text` as fits, zero-terminated; never half a character.
fn copy_text(place: &mut [u16], text: &str) {
    let mut used = 0;
    for character in text.chars().filter(|character| *character != '\0') {
        if used + character.len_utf16() >= place.len() {
            break;
        }
        character.encode_utf16(&mut place[used..]);
        used += character.len_utf16();
    }
    place[used..].fill(0);
}

/// Width and height of an icon in pixels, at the present scale of the screen with the taskbar. The scale of the system
/// stays that of the sign-in.
#[expect(unsafe_code, reason = "asks for numbers")]
fn picture_size() -> i32 {
    // SAFETY: the name is zero-terminated; a handle that is not null may be queried, and 0 is checked.
    let size = unsafe {
        let taskbar = FindWindowW(wide("Shell_TrayWnd").as_ptr(), null());
        let scale = if taskbar.is_null() { 0 } else { GetDpiForWindow(taskbar) };
        GetSystemMetricsForDpi(SM_CXSMICON, if scale == 0 { GetDpiForSystem() } else { scale })
    };
    size.clamp(16, 256)
}

/// A picture, destroyed on drop.
struct Picture(HICON);

impl Picture {
    #[expect(unsafe_code, reason = "makes an icon")]
    fn new(icon: TrayIcon, size: i32, colours: &Colours) -> Option<Self> {
        let pixels = icon::rgba(icon, size.cast_unsigned(), colours);
        let colour = coloured(size, &pixels)?;
        // SAFETY: one bit per pixel, all zero: the alpha of the colours counts. Both bitmaps are ours, are copied, and
        // are deleted once.
        let picture = unsafe {
            let mask = CreateBitmap(size, size, 1, 1, null_mut());
            let info = ICONINFO { fIcon: 1, hbmMask: mask, hbmColor: colour, ..ICONINFO::default() };
            let picture = CreateIconIndirect(&raw const info);
            DeleteObject(mask);
            DeleteObject(colour);
            picture
        };
        (!picture.is_null()).then_some(Self(picture))
    }
}

impl Drop for Picture {
    #[expect(unsafe_code, reason = "destroys an icon")]
    fn drop(&mut self) {
        // SAFETY: ours, destroyed once.
        unsafe { DestroyIcon(self.0) };
    }
}

/// Creates a bitmap of `size` times `size` pixels.
#[expect(unsafe_code, reason = "makes a bitmap")]
fn coloured(size: i32, rgba: &[u8]) -> Option<HBITMAP> {
    let header = BITMAPINFOHEADER {
        biSize: size_of::<BITMAPINFOHEADER>() as u32,
        biWidth: size,
        // Negative: the top row comes first.
        biHeight: -size,
        biPlanes: 1,
        biBitCount: 32,
        biCompression: BI_RGB,
        ..BITMAPINFOHEADER::default()
    };
    let info = BITMAPINFO { bmiHeader: header, ..BITMAPINFO::default() };
    let mut place = null_mut();
    // SAFETY: on success `place` has four bytes per pixel, as many as `rgba`.
    unsafe {
        let bitmap = CreateDIBSection(null_mut(), &raw const info, DIB_RGB_COLORS, &raw mut place, null_mut(), 0);
        if bitmap.is_null() || place.is_null() {
            return None;
        }
        let pixels = std::slice::from_raw_parts_mut(place.cast::<u8>(), rgba.len());
        for (pixel, [red, green, blue, alpha]) in pixels.as_chunks_mut::<4>().0.iter_mut().zip(rgba.as_chunks().0) {
            *pixel = [*blue, *green, *red, *alpha];
        }
        Some(bitmap)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_between_characters() {
        let mut place = [7_u16; 5];
        copy_text(&mut place, "ab😀😀");
        assert_eq!(String::from_utf16_lossy(&place), "ab😀\0");
        copy_text(&mut place, "a\0b");
        assert_eq!(String::from_utf16_lossy(&place), "ab\0\0\0");
    }

    #[test]
    fn every_state_has_a_picture() {
        let colours = Colours::builtin().expect("colours");
        for size in [picture_size(), 16, 20, 24, 32, 40] {
            assert!(TrayIcon::ALL.iter().all(|icon| Picture::new(*icon, size, &colours).is_some()), "{size}");
        }
    }
}
