//! The registry: values and keys of the machine, and values of the user.

use std::io::{Error, ErrorKind, Result};

use windows_sys::Win32::Foundation::{
    ERROR_ACCESS_DENIED, ERROR_FILE_NOT_FOUND, ERROR_KEY_DELETED, ERROR_MORE_DATA, ERROR_NO_MORE_ITEMS,
    ERROR_PATH_NOT_FOUND, ERROR_SUCCESS, ERROR_UNSUPPORTED_TYPE, WIN32_ERROR,
};
use windows_sys::Win32::System::Registry::{
    HKEY, HKEY_CURRENT_USER, HKEY_LOCAL_MACHINE, KEY_ENUMERATE_SUB_KEYS, KEY_QUERY_VALUE, KEY_WOW64_64KEY, REG_BINARY,
    REG_SZ, RRF_NOEXPAND, RRF_RT_REG_BINARY, RRF_RT_REG_DWORD, RRF_RT_REG_EXPAND_SZ, RRF_RT_REG_SZ,
    RRF_SUBKEY_WOW6464KEY, RegCloseKey, RegDeleteKeyValueW, RegEnumKeyExW, RegEnumValueW, RegGetValueW, RegOpenKeyExW,
    RegSetKeyValueW,
};

use super::wide::{text_of, wide};
use crate::model::{Reading, Why};

/// A part of the registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hive {
    /// The machine's, for all users.
    Machine,
    /// The user's.
    User,
}

impl Hive {
    const fn handle(self) -> HKEY {
        match self {
            Self::Machine => HKEY_LOCAL_MACHINE,
            Self::User => HKEY_CURRENT_USER,
        }
    }
}

/// Text value of the machine, with variables expanded; at most 1,023 characters.
pub(super) fn text(key: &str, value: &str) -> Option<String> {
    read_text(key, value).ok().flatten()
}

/// Like [`text`]; `Ok(None)` for a missing or unusable value, which will be the same next time.
///
/// # Errors
/// The system's error, for failures that may be temporary.
#[expect(unsafe_code, reason = "reads the registry")]
pub(super) fn read_text(key: &str, value: &str) -> Result<Option<String>> {
    let (key, value) = (wide(key), wide(value));
    let mut units = [0_u16; 1024];
    let mut bytes = size_of_val(&units) as u32;
    // SAFETY: names are zero-terminated; `units` is writable for `bytes`; only text values are requested.
    let status = unsafe {
        RegGetValueW(
            HKEY_LOCAL_MACHINE,
            key.as_ptr(),
            value.as_ptr(),
            RRF_RT_REG_SZ | RRF_SUBKEY_WOW6464KEY,
            std::ptr::null_mut(),
            units.as_mut_ptr().cast(),
            &raw mut bytes,
        )
    };
    Ok(was_read(status)?.then(|| text_of(&units)).filter(|text| !text.is_empty()))
}

/// Number value of the machine.
pub(super) fn number(key: &str, value: &str) -> Option<u32> {
    read_number(key, value).ok().flatten()
}

/// Like [`number`], with the distinction of [`read_text`].
///
/// # Errors
/// The system's error, for failures that may be temporary.
#[expect(unsafe_code, reason = "reads the registry")]
pub(super) fn read_number(key: &str, value: &str) -> Result<Option<u32>> {
    let (key, value) = (wide(key), wide(value));
    let mut number = 0_u32;
    let mut bytes = size_of_val(&number) as u32;
    // SAFETY: names are zero-terminated; `number` is writable for `bytes`; only number values are requested.
    let status = unsafe {
        RegGetValueW(
            HKEY_LOCAL_MACHINE,
            key.as_ptr(),
            value.as_ptr(),
            RRF_RT_REG_DWORD | RRF_SUBKEY_WOW6464KEY,
            std::ptr::null_mut(),
            (&raw mut number).cast(),
            &raw mut bytes,
        )
    };
    Ok(was_read(status)?.then_some(number))
}

/// Returns `true` when a value was read; `false` when it is missing, denied to this user, of another type, or too long.
fn was_read(status: WIN32_ERROR) -> Result<bool> {
    match status {
        ERROR_SUCCESS => Ok(true),
        ERROR_FILE_NOT_FOUND
        | ERROR_PATH_NOT_FOUND
        | ERROR_KEY_DELETED
        | ERROR_ACCESS_DENIED
        | ERROR_UNSUPPORTED_TYPE
        | ERROR_MORE_DATA => Ok(false),
        error => Err(Error::from_raw_os_error(error.cast_signed())),
    }
}

/// Reports whether a key exists. One that may not be opened does.
#[expect(unsafe_code, reason = "opens a key of the registry")]
pub(super) fn has_key(key: &str) -> Reading<bool> {
    let key = wide(key);
    let mut handle = std::ptr::null_mut();
    // SAFETY: the name is zero-terminated; on success the handle is ours and closed at once.
    let status = unsafe {
        let access = KEY_QUERY_VALUE | KEY_WOW64_64KEY;
        let status = RegOpenKeyExW(HKEY_LOCAL_MACHINE, key.as_ptr(), 0, access, &raw mut handle);
        if status == ERROR_SUCCESS {
            RegCloseKey(handle);
        }
        status
    };
    match status {
        ERROR_SUCCESS | ERROR_ACCESS_DENIED => Reading::Known(true),
        ERROR_FILE_NOT_FOUND | ERROR_PATH_NOT_FOUND => Reading::Known(false),
        _ => Reading::Missing(Why::Unsupported),
    }
}

/// Longest name of a key, including its zero ("Registry Element Size Limits").
const LONGEST_NAME: usize = 256;

/// Calls `see` with the name of each key below a key of the machine.
#[expect(unsafe_code, reason = "lists keys of the registry")]
pub(super) fn keys_below(key: &str, mut see: impl FnMut(&str)) -> Reading<()> {
    let key = wide(key);
    let mut handle = std::ptr::null_mut();
    // SAFETY: the name is zero-terminated; on success the handle is ours.
    let status = unsafe {
        let access = KEY_ENUMERATE_SUB_KEYS | KEY_WOW64_64KEY;
        RegOpenKeyExW(HKEY_LOCAL_MACHINE, key.as_ptr(), 0, access, &raw mut handle)
    };
    match status {
        ERROR_SUCCESS => {}
        ERROR_ACCESS_DENIED => return Reading::Missing(Why::NoPermission),
        _ => return Reading::Missing(Why::Unsupported),
    }
    let mut status = ERROR_SUCCESS;
    let mut index = 0;
    while status == ERROR_SUCCESS {
        let mut units = [0_u16; LONGEST_NAME];
        let mut length = units.len() as u32;
        // SAFETY: the handle is open; `units` is writable for `length`, which counts units; the rest is not requested.
        status = unsafe {
            let (name, none) = (units.as_mut_ptr(), std::ptr::null_mut());
            RegEnumKeyExW(
                handle,
                index,
                name,
                &raw mut length,
                std::ptr::null(),
                none,
                std::ptr::null_mut(),
                std::ptr::null_mut(),
            )
        };
        if status == ERROR_SUCCESS {
            see(&text_of(&units));
        }
        index += 1;
    }
    // SAFETY: the handle is ours and not used afterwards.
    unsafe { RegCloseKey(handle) };
    if status == ERROR_NO_MORE_ITEMS { Reading::Known(()) } else { Reading::Missing(Why::Unsupported) }
}

/// Longest name of a value, including its zero (same source).
const LONGEST_VALUE_NAME: usize = 16_384;

/// Calls `see` with name and bytes of each value of a key; never when there is no such key. Values longer than
/// [`LONGEST`] are skipped.
///
/// # Errors
/// The system's error; `see` may have been called for some of the values.
#[expect(unsafe_code, reason = "lists values of the registry")]
pub(super) fn values_of(hive: Hive, key: &str, mut see: impl FnMut(&str, &[u8])) -> Result<()> {
    let key = wide(key);
    let mut handle = std::ptr::null_mut();
    // SAFETY: the name is zero-terminated; on success the handle is ours.
    let status =
        unsafe { RegOpenKeyExW(hive.handle(), key.as_ptr(), 0, KEY_QUERY_VALUE | KEY_WOW64_64KEY, &raw mut handle) };
    match status {
        ERROR_SUCCESS => {}
        ERROR_FILE_NOT_FOUND | ERROR_PATH_NOT_FOUND => return Ok(()),
        error => return Err(Error::from_raw_os_error(error.cast_signed())),
    }
    let (mut name, mut bytes) = (vec![0_u16; LONGEST_VALUE_NAME], vec![0_u8; LONGEST]);
    let mut index = 0;
    let end = loop {
        let (mut units, mut length) = (name.len() as u32, bytes.len() as u32);
        // SAFETY: the handle is open; `name` is writable for `units`, which counts units, and `bytes` for `length`.
        let status = unsafe {
            RegEnumValueW(
                handle,
                index,
                name.as_mut_ptr(),
                &raw mut units,
                std::ptr::null(),
                std::ptr::null_mut(),
                bytes.as_mut_ptr(),
                &raw mut length,
            )
        };
        match status {
            ERROR_SUCCESS => see(&text_of(&name), bytes.get(..length as usize).unwrap_or_default()),
            ERROR_MORE_DATA => {}
            end => break end,
        }
        index += 1;
    };
    // SAFETY: the handle is ours and not used afterwards.
    unsafe { RegCloseKey(handle) };
    match end {
        // The key was deleted while it was read: it has no values now.
        ERROR_NO_MORE_ITEMS | ERROR_KEY_DELETED => Ok(()),
        error => Err(Error::from_raw_os_error(error.cast_signed())),
    }
}

/// Longest value read, in bytes; ours are far shorter.
const LONGEST: usize = 64 << 10;

/// A value, text or binary, as bytes; `None` when there is none.
///
/// # Errors
/// The system's error.
#[expect(unsafe_code, reason = "reads the registry")]
pub(super) fn value_of(hive: Hive, key: &str, value: &str) -> Result<Option<Vec<u8>>> {
    let (key, value) = (wide(key), wide(value));
    let mut bytes = vec![0_u8; LONGEST];
    let mut length = bytes.len() as u32;
    // SAFETY: names are zero-terminated; `bytes` is writable for `length`.
    let status = unsafe {
        RegGetValueW(
            hive.handle(),
            key.as_ptr(),
            value.as_ptr(),
            RRF_RT_REG_SZ | RRF_RT_REG_EXPAND_SZ | RRF_RT_REG_BINARY | RRF_NOEXPAND | RRF_SUBKEY_WOW6464KEY,
            std::ptr::null_mut(),
            bytes.as_mut_ptr().cast(),
            &raw mut length,
        )
    };
    match status {
        ERROR_SUCCESS => {
            bytes.truncate(length as usize);
            Ok(Some(bytes))
        }
        ERROR_FILE_NOT_FOUND | ERROR_PATH_NOT_FOUND => Ok(None),
        error => Err(Error::from_raw_os_error(error.cast_signed())),
    }
}

/// Writes a text value of the user; creates the key when missing.
///
/// # Errors
/// The system's error.
#[expect(unsafe_code, reason = "writes to the registry")]
pub(super) fn set_user_text(key: &str, value: &str, text: &[u16]) -> Result<()> {
    let (key, value) = (wide(key), wide(value));
    let text: Vec<u16> = text.iter().copied().chain([0]).collect();
    // SAFETY: names and text are zero-terminated, and the length of the text includes its zero.
    let status = unsafe {
        let length = size_of_val(text.as_slice()) as u32;
        RegSetKeyValueW(HKEY_CURRENT_USER, key.as_ptr(), value.as_ptr(), REG_SZ, text.as_ptr().cast(), length)
    };
    done(status)
}

/// Writes a binary value of the user; creates the key when missing.
///
/// # Errors
/// The system's error.
#[expect(unsafe_code, reason = "writes to the registry")]
pub(super) fn set_user_bytes(key: &str, value: &str, bytes: &[u8]) -> Result<()> {
    let (key, value) = (wide(key), wide(value));
    let length = u32::try_from(bytes.len()).map_err(|_| ErrorKind::InvalidInput)?;
    // SAFETY: names are zero-terminated; `length` bytes are read.
    let status = unsafe {
        RegSetKeyValueW(HKEY_CURRENT_USER, key.as_ptr(), value.as_ptr(), REG_BINARY, bytes.as_ptr().cast(), length)
    };
    done(status)
}

/// Removes a value of the user, if it exists.
///
/// # Errors
/// The system's error.
#[expect(unsafe_code, reason = "writes to the registry")]
pub(super) fn remove_user_value(key: &str, value: &str) -> Result<()> {
    let (key, value) = (wide(key), wide(value));
    // SAFETY: names are zero-terminated.
    match unsafe { RegDeleteKeyValueW(HKEY_CURRENT_USER, key.as_ptr(), value.as_ptr()) } {
        ERROR_FILE_NOT_FOUND | ERROR_PATH_NOT_FOUND => Ok(()),
        status => done(status),
    }
}

fn done(status: WIN32_ERROR) -> Result<()> {
    if status == ERROR_SUCCESS { Ok(()) } else { Err(Error::from_raw_os_error(status.cast_signed())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_every_windows_has_is_found() {
        let key = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion";
        assert_eq!(has_key(key), Reading::Known(true));
        assert!(text(key, "CurrentBuild").is_some_and(|build| build.parse::<u32>().is_ok()));
        assert_eq!(has_key(r"SOFTWARE\Microsoft\No such key"), Reading::Known(false));
        assert_eq!(text(key, "No such value"), None);
    }

    #[test]
    fn a_key_that_is_not_there_has_no_values_and_that_is_no_failure() {
        let listed = values_of(Hive::User, r"Software\Mimamori no such key", |_, _| panic!("there is none"));
        assert!(listed.is_ok(), "{listed:?}");
        let key = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion";
        let mut names = Vec::new();
        values_of(Hive::Machine, key, |name, _| names.push(name.to_owned())).expect("listed");
        assert!(names.iter().any(|name| name == "CurrentBuild"), "{names:?}");
        assert_eq!(read_number(key, "CurrentBuild").expect("told"), None, "a text is no number");
        assert_eq!(read_text(key, "No such value").expect("told"), None);
    }

    #[test]
    fn what_may_be_different_the_next_time_is_a_failure() {
        assert!(was_read(ERROR_SUCCESS).is_ok_and(|read| read));
        for none in [ERROR_FILE_NOT_FOUND, ERROR_ACCESS_DENIED, ERROR_MORE_DATA, ERROR_UNSUPPORTED_TYPE] {
            assert!(was_read(none).is_ok_and(|read| !read), "{none}");
        }
        // ERROR_NOT_ENOUGH_MEMORY, ERROR_NO_SYSTEM_RESOURCES
        for failure in [8, 1450] {
            assert!(was_read(failure).is_err(), "{failure}");
        }
    }

    #[test]
    fn keys_are_listed_by_name() {
        let mut names = Vec::new();
        let listed = keys_below(r"SOFTWARE\Microsoft\Windows", |name| names.push(name.to_owned()));
        assert_eq!(listed, Reading::Known(()));
        assert!(names.iter().any(|name| name == "CurrentVersion"), "{names:?}");
        let none = keys_below(r"SOFTWARE\Microsoft\No such key", |_| panic!("there is none"));
        assert_eq!(none, Reading::Missing(Why::Unsupported));
    }
}
