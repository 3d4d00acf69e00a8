//! Restarting Windows: without force, and without starting programs again that registered for it, as browsers do with
//! their pages.

use std::io::Error;
use std::os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle};
use std::ptr::{null, null_mut};

use windows_sys::Win32::Foundation::{
    ERROR_ACCESS_DENIED, ERROR_CALL_NOT_IMPLEMENTED, ERROR_NOT_ALL_ASSIGNED, ERROR_PRIVILEGE_NOT_HELD,
    ERROR_SHUTDOWN_IN_PROGRESS, ERROR_SHUTDOWN_IS_SCHEDULED, ERROR_SHUTDOWN_USERS_LOGGED_ON, ERROR_SUCCESS,
    GetLastError, LUID, WIN32_ERROR,
};
use windows_sys::Win32::Security::{
    AdjustTokenPrivileges, LUID_AND_ATTRIBUTES, LookupPrivilegeValueW, SE_PRIVILEGE_ENABLED, SE_SHUTDOWN_NAME,
    TOKEN_ADJUST_PRIVILEGES, TOKEN_PRIVILEGES, TOKEN_QUERY,
};
use windows_sys::Win32::System::Shutdown::{
    InitiateShutdownW, SHTDN_REASON_FLAG_PLANNED, SHTDN_REASON_MAJOR_APPLICATION, SHTDN_REASON_MINOR_MAINTENANCE,
    SHUTDOWN_RESTART,
};
use windows_sys::Win32::System::Threading::{GetCurrentProcess, OpenProcessToken};

use crate::model::{RestartCheck, RestartError};

/// Asks whether the PC can be restarted. Windows has no list of programs that block it: it shows them itself once the
/// restart has begun.
///
/// # Errors
/// Why it cannot be restarted by this user now.
pub fn restart_check() -> Result<RestartCheck, RestartError> {
    Privilege::enable().map(|_| RestartCheck::default())
}

/// Restarts the PC: programs are asked to end, and may keep it on. The grace period is 0, because any other forces
/// programs to end.
///
/// # Errors
/// Why it is not restarted.
#[expect(unsafe_code, reason = "calls the system")]
pub fn restart_pc(_check: &RestartCheck) -> Result<(), RestartError> {
    let _privilege = Privilege::enable()?;
    let reason = SHTDN_REASON_MAJOR_APPLICATION | SHTDN_REASON_MINOR_MAINTENANCE | SHTDN_REASON_FLAG_PLANNED;
    // SAFETY: takes no texts: this PC, without a message.
    match unsafe { InitiateShutdownW(null(), null(), 0, SHUTDOWN_RESTART, reason) } {
        ERROR_SUCCESS => Ok(()),
        error => Err(refusal(error)),
    }
}

fn refusal(error: WIN32_ERROR) -> RestartError {
    let text = || Error::from_raw_os_error(error.cast_signed()).to_string();
    match error {
        ERROR_ACCESS_DENIED | ERROR_NOT_ALL_ASSIGNED | ERROR_PRIVILEGE_NOT_HELD => RestartError::NotAllowed,
        ERROR_SHUTDOWN_USERS_LOGGED_ON => RestartError::OthersSignedIn,
        ERROR_SHUTDOWN_IN_PROGRESS | ERROR_SHUTDOWN_IS_SCHEDULED => RestartError::UnderWay,
        ERROR_CALL_NOT_IMPLEMENTED => RestartError::NotHere(text()),
        _ => RestartError::Failed(text()),
    }
}

/// The right to restart, which every user holds by default and every program has to switch on. Switched off on drop.
struct Privilege {
    token: OwnedHandle,
    before: TOKEN_PRIVILEGES,
}

impl Privilege {
    #[expect(unsafe_code, reason = "changes our own token")]
    fn enable() -> Result<Self, RestartError> {
        let last = || {
            // SAFETY: takes nothing.
            refusal(unsafe { GetLastError() })
        };
        let mut token = null_mut();
        // SAFETY: takes the pseudo-handle of our own process; on success the token handle is ours to close.
        let token = unsafe {
            if OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY | TOKEN_ADJUST_PRIVILEGES, &raw mut token) == 0 {
                return Err(last());
            }
            OwnedHandle::from_raw_handle(token)
        };
        let mut number = LUID::default();
        // SAFETY: the name is zero-terminated; the number is written.
        if unsafe { LookupPrivilegeValueW(null(), SE_SHUTDOWN_NAME, &raw mut number) } == 0 {
            return Err(last());
        }
        let enabled = LUID_AND_ATTRIBUTES { Luid: number, Attributes: SE_PRIVILEGE_ENABLED };
        let wanted = TOKEN_PRIVILEGES { PrivilegeCount: 1, Privileges: [enabled] };
        let mut before = TOKEN_PRIVILEGES::default();
        let mut length = 0;
        // SAFETY: the handle is open, both structures have room for one privilege, which is given.
        let error = unsafe {
            let room = size_of::<TOKEN_PRIVILEGES>() as u32;
            let handle = token.as_raw_handle();
            if AdjustTokenPrivileges(handle, 0, &raw const wanted, room, &raw mut before, &raw mut length) == 0 {
                return Err(last());
            }
            // Succeeds also for a user who does not hold it.
            GetLastError()
        };
        if error == ERROR_SUCCESS { Ok(Self { token, before }) } else { Err(refusal(error)) }
    }
}

impl Drop for Privilege {
    #[expect(unsafe_code, reason = "changes our own token")]
    fn drop(&mut self) {
        // What was on before is not in it.
        if self.before.PrivilegeCount > 0 {
            // SAFETY: the handle is open; the structure has as many privileges as it says.
            unsafe {
                AdjustTokenPrivileges(self.token.as_raw_handle(), 0, &raw const self.before, 0, null_mut(), null_mut())
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_windows_answers_is_told_with_its_reason() {
        assert_eq!(refusal(ERROR_SHUTDOWN_USERS_LOGGED_ON), RestartError::OthersSignedIn);
        assert_eq!(refusal(ERROR_NOT_ALL_ASSIGNED), RestartError::NotAllowed);
        assert_eq!(refusal(ERROR_SHUTDOWN_IS_SCHEDULED), RestartError::UnderWay);
        assert!(matches!(refusal(ERROR_CALL_NOT_IMPLEMENTED), RestartError::NotHere(_)));
        assert!(matches!(refusal(87), RestartError::Failed(text) if !text.is_empty()));
    }

    /// Asks only: no test restarts anything.
    #[test]
    fn the_right_to_restart_is_on_during_the_call_only() {
        for _ in 0..2 {
            let check = restart_check();
            assert!(matches!(check, Ok(_) | Err(RestartError::NotAllowed)), "{check:?}");
        }
    }
}
