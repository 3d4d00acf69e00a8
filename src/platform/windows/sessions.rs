//! Signed-in users, and whether this session has a screen.

use std::ffi::c_void;
use std::ptr::null_mut;

use windows_sys::Win32::System::RemoteDesktop::{
    ProcessIdToSessionId, WTS_CURRENT_SERVER_HANDLE, WTS_CURRENT_SESSION, WTS_INFO_CLASS, WTS_SESSION_INFOW, WTSActive,
    WTSDisconnected, WTSDomainName, WTSEnumerateSessionsW, WTSFreeMemory, WTSINFOW, WTSQuerySessionInformationW,
    WTSSessionInfo, WTSUserName,
};
use windows_sys::Win32::System::StationsAndDesktops::{
    GetProcessWindowStation, GetUserObjectInformationW, UOI_FLAGS, USEROBJECTFLAGS,
};
use windows_sys::Win32::UI::WindowsAndMessaging::WSF_VISIBLE;

use super::wide::text_of;
use crate::model::{At, Reading, Why};

/// Returns `true` when there is a screen to open a window on: services and remote shells run without one. A remote
/// desktop counts as a screen.
#[expect(unsafe_code, reason = "asks about the window station")]
pub fn has_display() -> bool {
    let mut flags = USEROBJECTFLAGS::default();
    let mut length = 0;
    // SAFETY: the handle belongs to the process and is not closed; the structure is written.
    let known = unsafe {
        let room = size_of::<USEROBJECTFLAGS>() as u32;
        let place = (&raw mut flags).cast();
        GetUserObjectInformationW(GetProcessWindowStation(), UOI_FLAGS, place, room, &raw mut length)
    };
    known == 0 || flags.dwFlags & WSF_VISIBLE.cast_unsigned() != 0
}

/// Returns the session of this process.
#[expect(unsafe_code, reason = "asks for a number")]
pub(super) fn own_session() -> Option<u32> {
    let mut session = 0;
    // SAFETY: the number is written.
    let is_known = unsafe { ProcessIdToSessionId(std::process::id(), &raw mut session) } != 0;
    is_known.then_some(session)
}

/// Reports whether another user is signed in on this PC: at the screen, remotely, or switched away.
pub fn has_other_users() -> Reading<bool> {
    let Some(own) = own_session() else { return Reading::Missing(Why::Unsupported) };
    let Some(sessions) = sessions() else { return Reading::Missing(Why::Unsupported) };
    let ours = user_of(own);
    let others = sessions.into_iter().filter(|session| *session != own).filter_map(user_of);
    Reading::Known({ others }.any(|user| Some(&user) != ours.as_ref()))
}

/// Sessions in which a user may be signed in.
#[expect(unsafe_code, reason = "reads a list that Windows allocates")]
fn sessions() -> Option<Vec<u32>> {
    let mut list: *mut WTS_SESSION_INFOW = null_mut();
    let mut count = 0;
    // SAFETY: both places are written; on success `list` has `count` entries and is freed with its guard.
    unsafe {
        if WTSEnumerateSessionsW(WTS_CURRENT_SERVER_HANDLE, 0, 1, &raw mut list, &raw mut count) == 0 {
            return None;
        }
        let list = Allocated::new(list)?;
        let entries = std::slice::from_raw_parts(list.0, count as usize);
        let used = entries.iter().filter(|entry| entry.State == WTSActive || entry.State == WTSDisconnected);
        Some(used.map(|entry| entry.SessionId).collect())
    }
}

/// Domain and name of a session's user, for comparison only; `None` when nobody is signed in.
fn user_of(session: u32) -> Option<(String, String)> {
    let name = session_text(session, WTSUserName).filter(|name| !name.is_empty())?;
    Some((session_text(session, WTSDomainName).unwrap_or_default().to_lowercase(), name.to_lowercase()))
}

#[expect(unsafe_code, reason = "reads a text that Windows allocates")]
fn session_text(session: u32, what: WTS_INFO_CLASS) -> Option<String> {
    let mut text: *mut u16 = null_mut();
    let mut bytes = 0;
    // SAFETY: both places are written; on success `text` has `bytes` bytes and is freed with its guard.
    unsafe {
        let server = WTS_CURRENT_SERVER_HANDLE;
        if WTSQuerySessionInformationW(server, session, what, &raw mut text, &raw mut bytes) == 0 {
            return None;
        }
        let text = Allocated::new(text)?;
        Some(text_of(std::slice::from_raw_parts(text.0, bytes as usize / 2)))
    }
}

/// Time when the user signed in to this session.
#[expect(unsafe_code, reason = "reads a structure that Windows allocates")]
pub fn signed_in_at() -> Reading<At> {
    let mut info: *mut u16 = null_mut();
    let mut bytes = 0;
    // SAFETY: both places are written; on success `info` has `bytes` bytes and is freed with its guard.
    let time = unsafe {
        let (server, session) = (WTS_CURRENT_SERVER_HANDLE, WTS_CURRENT_SESSION);
        if WTSQuerySessionInformationW(server, session, WTSSessionInfo, &raw mut info, &raw mut bytes) == 0 {
            None
        } else {
            // Cast to bytes: what the call declares as text is this structure.
            let info = Allocated::new(info.cast::<u8>()).filter(|_| bytes as usize >= size_of::<WTSINFOW>());
            info.map(|info| std::ptr::read_unaligned(info.0.cast::<c_void>().cast::<WTSINFOW>()).LogonTime)
        }
    };
    // Services run in a session without sign-in, where the time is 0.
    let time = time.and_then(|time| u64::try_from(time).ok()).filter(|time| *time > 0);
    Reading::from_option(time.map(super::at), Why::Unsupported)
}

/// Memory allocated by Windows for an answer; freed on drop.
struct Allocated<T>(*mut T);

impl<T> Allocated<T> {
    /// Takes over what the call returned; `None` for null.
    fn new(memory: *mut T) -> Option<Self> {
        (!memory.is_null()).then_some(Self(memory))
    }
}

impl<T> Drop for Allocated<T> {
    #[expect(unsafe_code, reason = "gives memory back")]
    fn drop(&mut self) {
        // SAFETY: it came from one of the calls above and is freed once.
        unsafe { WTSFreeMemory(self.0.cast::<c_void>()) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_answer_or_say_that_they_do_not() {
        let others = has_other_users();
        assert!(others.get().is_some() || others.why() == Some(Why::Unsupported), "{others:?}");
    }

    #[test]
    fn somebody_signed_in_before_now_or_nobody_says_when() {
        let at = signed_in_at();
        assert!(at.get().is_none_or(|at| at > At(1_600_000_000_000)), "{at:?}");
    }

    #[test]
    fn tests_run_where_there_is_a_screen() {
        assert!(has_display());
    }
}
