//! Owner of a process: the user of its token and its session, compared with ours.

use std::io::{Error, ErrorKind, Result};
use std::os::windows::io::{AsRawHandle, BorrowedHandle, FromRawHandle, OwnedHandle};
use std::ptr::null_mut;

use windows_sys::Win32::Foundation::{ERROR_SUCCESS, LocalFree};
use windows_sys::Win32::Security::Authorization::{GetSecurityInfo, SE_FILE_OBJECT};
use windows_sys::Win32::Security::{
    GetLengthSid, GetTokenInformation, IsValidSid, OWNER_SECURITY_INFORMATION, TOKEN_QUERY, TOKEN_USER, TokenUser,
};
use windows_sys::Win32::System::Threading::{GetCurrentProcess, OpenProcessToken};

use super::sessions::own_session;
use crate::model::Owner;

/// A user, as a security identifier (SID).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct User(Vec<u8>);

impl User {
    /// User of a process; `None` when the system does not report it.
    #[expect(unsafe_code, reason = "reads a token")]
    pub(super) fn of(process: BorrowedHandle<'_>) -> Option<Self> {
        let mut token = null_mut();
        // SAFETY: the process handle is open; on success the token handle is ours to close.
        let token = unsafe {
            if OpenProcessToken(process.as_raw_handle(), TOKEN_QUERY, &raw mut token) == 0 {
                return None;
            }
            OwnedHandle::from_raw_handle(token)
        };
        // A TOKEN_USER and the longest SID, 68 bytes, behind it; aligned as the system requires.
        let mut memory = [0_u64; 16];
        let mut length = 0;
        // SAFETY: `memory` is writable for its size; after success it starts with a TOKEN_USER whose pointer points
        // into it or is not valid, which IsValidSid detects.
        unsafe {
            let room = size_of_val(&memory) as u32;
            let place = memory.as_mut_ptr();
            if GetTokenInformation(token.as_raw_handle(), TokenUser, place.cast(), room, &raw mut length) == 0 {
                return None;
            }
            let sid = (*place.cast::<TOKEN_USER>()).User.Sid;
            if sid.is_null() || IsValidSid(sid) == 0 {
                return None;
            }
            Some(Self(std::slice::from_raw_parts(sid.cast::<u8>(), GetLengthSid(sid) as usize).to_vec()))
        }
    }

    /// Owner of a file that is open for reading.
    ///
    /// # Errors
    /// The system's error.
    #[expect(unsafe_code, reason = "reads a security descriptor")]
    pub(super) fn owning(file: BorrowedHandle<'_>) -> Result<Self> {
        let (mut sid, mut descriptor) = (null_mut(), null_mut());
        // SAFETY: the handle is open; on success the owner points into the descriptor, which is ours to free afterwards.
        unsafe {
            let status = GetSecurityInfo(
                file.as_raw_handle(),
                SE_FILE_OBJECT,
                OWNER_SECURITY_INFORMATION,
                &raw mut sid,
                null_mut(),
                null_mut(),
                null_mut(),
                &raw mut descriptor,
            );
            if status != ERROR_SUCCESS {
                return Err(Error::from_raw_os_error(status.cast_signed()));
            }
            let user = if sid.is_null() || IsValidSid(sid) == 0 {
                Err(ErrorKind::InvalidData.into())
            } else {
                Ok(Self(std::slice::from_raw_parts(sid.cast::<u8>(), GetLengthSid(sid) as usize).to_vec()))
            };
            LocalFree(descriptor);
            user
        }
    }

    /// Returns `true` for the administrators' group, the system, and the installer of Windows ("TrustedInstaller").
    pub(super) fn is_administrator(&self) -> bool {
        const INSTALLER: [u32; 6] = [80, 956_008_885, 3_418_522_649, 1_831_038_044, 1_853_292_631, 2_271_478_464];
        let [1, _, 0, 0, 0, 0, 0, 5, rest @ ..] = self.0.as_slice() else { return false };
        let numbers: Vec<u32> = rest.as_chunks().0.iter().map(|chunk| u32::from_le_bytes(*chunk)).collect();
        // "Well-known SIDs": S-1-5-18 is the system, S-1-5-32-544 the group.
        matches!(numbers.as_slice(), [18] | [32, 544]) || numbers == INSTALLER
    }

    /// Returns `true` for the system's own accounts: 18 to 20 SYSTEM and its services, 80 a service by name, 90 and 96
    /// the window manager and font drivers; all below authority 5, "NT".
    fn is_system(&self) -> bool {
        let [1, _, 0, 0, 0, 0, 0, 5, first @ ..] = self.0.as_slice() else { return false };
        let first = first.first_chunk().map(|chunk| u32::from_le_bytes(*chunk));
        matches!(first, Some(18..=20 | 80 | 90 | 96))
    }
}

/// Our own user and session, for comparison.
pub(super) struct OwnIdentity {
    user: Option<User>,
    session: Option<u32>,
}

impl OwnIdentity {
    /// Reads them once.
    #[expect(unsafe_code, reason = "our own process handle")]
    pub(super) fn new() -> Self {
        // SAFETY: the pseudo-handle of the current process is always valid and need not be closed.
        let process = unsafe { BorrowedHandle::borrow_raw(GetCurrentProcess()) };
        Self { user: User::of(process), session: own_session() }
    }

    /// Owner of a process with this user (where readable) and session. Session 0 is where Windows keeps its services;
    /// no program of a user at the screen runs there.
    pub(super) fn owner(&self, user: Option<&User>, session: u32) -> Owner {
        let same_session = self.session == Some(session);
        match user {
            Some(user) if user.is_system() => Owner::System,
            Some(user) if same_session && self.user.as_ref() == Some(user) => Owner::Me,
            _ if session == 0 => Owner::System,
            Some(_) => Owner::Other,
            // In another session but not of the system: another user's.
            None if !same_session && self.session.is_some() => Owner::Other,
            None => Owner::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::windows::io::AsHandle;

    use super::*;

    fn user(numbers: &[u32]) -> User {
        let mut bytes = vec![1, numbers.len() as u8, 0, 0, 0, 0, 0, 5];
        bytes.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
        User(bytes)
    }

    #[test]
    fn a_process_is_ours_by_user_and_session() {
        let (own_process, other) = (user(&[21, 1, 2, 3, 1001]), user(&[21, 1, 2, 3, 1002]));
        let own_identity = OwnIdentity { user: Some(own_process.clone()), session: Some(2) };
        assert_eq!(own_identity.owner(Some(&own_process), 2), Owner::Me);
        assert_eq!(own_identity.owner(Some(&own_process), 3), Owner::Other);
        assert_eq!(own_identity.owner(Some(&own_process), 0), Owner::System);
        assert_eq!(own_identity.owner(Some(&other), 2), Owner::Other);
        for service in [18, 19, 20, 80, 90, 96] {
            assert_eq!(own_identity.owner(Some(&user(&[service, 0])), 2), Owner::System);
        }
        assert_eq!(own_identity.owner(None, 0), Owner::System);
        assert_eq!(own_identity.owner(None, 3), Owner::Other);
        assert_eq!(own_identity.owner(None, 2), Owner::Unknown);
    }

    #[test]
    fn somebody_signed_in_from_afar_in_session_0_still_owns_their_programs() {
        let own_process = user(&[21, 1, 2, 3, 1001]);
        let own_identity = OwnIdentity { user: Some(own_process.clone()), session: Some(0) };
        assert_eq!(own_identity.owner(Some(&own_process), 0), Owner::Me);
        assert_eq!(own_identity.owner(Some(&user(&[18])), 0), Owner::System);
        assert_eq!(OwnIdentity { user: None, session: None }.owner(None, 1), Owner::Unknown);
    }

    #[test]
    fn administrators_are_those_that_windows_lets_write_for_everyone() {
        for administrator in [&[18][..], &[32, 544], &[80, 956008885, 3418522649, 1831038044, 1853292631, 2271478464]] {
            assert!(user(administrator).is_administrator(), "{administrator:?}");
        }
        // Users, another service, an account of this PC, the local service.
        for other in [&[32, 545][..], &[80, 1, 2, 3, 4, 5], &[21, 1, 2, 3, 500], &[19]] {
            assert!(!user(other).is_administrator(), "{other:?}");
        }
    }

    #[test]
    fn a_file_has_an_owner() {
        let file = tempfile::tempfile().expect("a file");
        assert!(User::owning(file.as_handle()).expect("an owner").0.len() >= 12);
    }

    #[test]
    fn we_are_somebody() {
        let own_identity = OwnIdentity::new();
        assert!(own_identity.user.is_some_and(|user| user.0.len() >= 12));
        assert!(own_identity.session.is_some());
    }
}
