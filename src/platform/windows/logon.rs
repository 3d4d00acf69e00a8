//! Access to the endpoint: for programs of this logon session, by its security identifier (SID), else of the user.

use std::io::{Error, Result};
use std::os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle};
use std::ptr::null_mut;

use windows_sys::Win32::Foundation::LocalFree;
use windows_sys::Win32::Security::Authorization::{
    ConvertSidToStringSidW, ConvertStringSecurityDescriptorToSecurityDescriptorW, SDDL_REVISION_1,
};
use windows_sys::Win32::Security::{
    GetTokenInformation, PSECURITY_DESCRIPTOR, PSID, SECURITY_ATTRIBUTES, SID_AND_ATTRIBUTES, TOKEN_GROUPS,
    TOKEN_INFORMATION_CLASS, TOKEN_QUERY, TOKEN_USER, TokenGroups, TokenUser,
};
use windows_sys::Win32::System::Threading::{GetCurrentProcess, OpenProcessToken};

use super::wide::{text_of, wide};

/// Attribute of the group that stands for a logon session (winnt.h; windows-sys has it in a large module that is not
/// needed otherwise).
const SE_GROUP_LOGON_ID: u32 = 0xC000_0000;

/// SID of this logon session as text, `S-1-5-5-…`; that of the user when the token has none.
#[expect(unsafe_code, reason = "reads our own token")]
pub(super) fn identifier() -> Result<String> {
    let mut token = null_mut();
    // SAFETY: takes the pseudo-handle of our own process; on success the token handle is ours to close.
    let token = unsafe {
        if OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &raw mut token) == 0 {
            return Err(Error::last_os_error());
        }
        OwnedHandle::from_raw_handle(token)
    };
    let groups = information(&token, TokenGroups)?;
    // SAFETY: after success the memory starts with a TOKEN_GROUPS, aligned for it; the number of groups behind it is
    // checked against the length, and their pointers point into the same memory.
    let logon = unsafe {
        let list = groups.as_ptr().cast::<TOKEN_GROUPS>();
        let room = (size_of_val(groups.as_slice()) - size_of::<usize>()) / size_of::<SID_AND_ATTRIBUTES>();
        let count = ((*list).GroupCount as usize).min(room);
        let first = (&raw const (*list).Groups).cast::<SID_AND_ATTRIBUTES>();
        let list = std::slice::from_raw_parts(first, count);
        list.iter()
            .find(|group| group.Attributes & SE_GROUP_LOGON_ID == SE_GROUP_LOGON_ID)
            .and_then(|group| text(group.Sid))
    };
    if let Some(logon) = logon {
        return Ok(logon);
    }
    let user = information(&token, TokenUser)?;
    // SAFETY: after success the memory starts with a TOKEN_USER, whose pointer points into the same memory.
    unsafe { text((*user.as_ptr().cast::<TOKEN_USER>()).User.Sid) }.ok_or_else(Error::last_os_error)
}

/// Token information, in memory aligned for every structure.
#[expect(unsafe_code, reason = "reads a token")]
fn information(token: &OwnedHandle, what: TOKEN_INFORMATION_CLASS) -> Result<Vec<usize>> {
    let mut memory = vec![0_usize; 2048];
    let mut length = 0;
    // SAFETY: the handle is open and `memory` is writable for its size, which is given.
    let done = unsafe {
        let room = size_of_val(memory.as_slice()) as u32;
        GetTokenInformation(token.as_raw_handle(), what, memory.as_mut_ptr().cast(), room, &raw mut length)
    };
    if done == 0 { Err(Error::last_os_error()) } else { Ok(memory) }
}

/// # Safety
/// `sid` must point to a valid SID.
#[expect(unsafe_code, reason = "reads a text that Windows allocates")]
unsafe fn text(sid: PSID) -> Option<String> {
    let mut units = null_mut();
    // SAFETY: the caller passes a valid SID; on success `units` is a zero-terminated text, freed once. The text of a
    // SID has at most 184 units.
    unsafe {
        if ConvertSidToStringSidW(sid, &raw mut units) == 0 {
            return None;
        }
        let length = (0..256).take_while(|n| *units.add(*n) != 0).count();
        let text = text_of(std::slice::from_raw_parts(units, length));
        LocalFree(units.cast());
        Some(text)
    }
}

/// A security descriptor with access for a single SID.
pub(super) struct ExclusiveAccess(PSECURITY_DESCRIPTOR);

impl ExclusiveAccess {
    /// Grants everything to `identifier` and inherits nothing.
    #[expect(unsafe_code, reason = "makes a structure that Windows allocates")]
    pub(super) fn new(identifier: &str) -> Result<Self> {
        let text = wide(&format!("D:P(A;;GA;;;{identifier})"));
        let mut rights = null_mut();
        // SAFETY: the text is zero-terminated; on success the memory is ours to free.
        let done = unsafe {
            let version = SDDL_REVISION_1;
            ConvertStringSecurityDescriptorToSecurityDescriptorW(text.as_ptr(), version, &raw mut rights, null_mut())
        };
        if done == 0 { Err(Error::last_os_error()) } else { Ok(Self(rights)) }
    }

    /// Attributes for system calls; must not outlive `self`.
    pub(super) fn attributes(&self) -> SECURITY_ATTRIBUTES {
        SECURITY_ATTRIBUTES {
            nLength: size_of::<SECURITY_ATTRIBUTES>() as u32,
            lpSecurityDescriptor: self.0,
            bInheritHandle: 0,
        }
    }
}

#[expect(unsafe_code, reason = "memory that is only read, and freed once")]
// SAFETY: the structure is never changed after its creation.
unsafe impl Send for ExclusiveAccess {}

impl Drop for ExclusiveAccess {
    #[expect(unsafe_code, reason = "gives memory back")]
    fn drop(&mut self) {
        // SAFETY: allocated for us, freed once.
        unsafe { LocalFree(self.0) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_sign_in_has_a_number() {
        let identifier = identifier().expect("an identifier");
        assert!(identifier.starts_with("S-1-5-"), "{identifier}");
        assert_eq!(super::identifier().expect("the same"), identifier);
        assert!(ExclusiveAccess::new(&identifier).is_ok());
        assert!(ExclusiveAccess::new("nobody at all").is_err());
    }
}
