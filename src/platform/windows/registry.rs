//! The registry: values and keys of the machine, and values of the user.

use std::io::{Error, Result};

use windows_sys::Win32::Foundation::{
    ERROR_ACCESS_DENIED, ERROR_FILE_NOT_FOUND, ERROR_KEY_DELETED, ERROR_MORE_DATA, ERROR_NO_MORE_ITEMS,
    ERROR_PATH_NOT_FOUND, ERROR_SUCCESS, ERROR_UNSUPPORTED_TYPE, WIN32_ERROR,
};
use windows_sys::Win32::System::Registry::{
    HKEY, HKEY_CURRENT_USER, HKEY_LOCAL_MACHINE, KEY_ENUMERATE_SUB_KEYS, KEY_QUERY_VALUE, KEY_WOW64_64KEY, REG_SZ,
    RRF_NOEXPAND, RRF_RT_REG_BINARY, RRF_RT_REG_DWORD, RRF_RT_REG_EXPAND_SZ, RRF_RT_REG_SZ, RRF_SUBKEY_WOW6464KEY,
    RegCloseKey, RegDeleteKeyValueW, RegEnumKeyExW, RegEnumValueW, RegGetValueW, RegOpenKeyExW, RegSetKeyValueW,
};

use super::wide::{text_of, wide};
use crate::model::{Reading, Why};

/// A part of the registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hive {
    /// That of the machine, for all users.
    Machine,
    /// That of the user.
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

/// A text of the machine's part of the registry, with the variables in it put in; at most 1,023 characters.
pub(super) fn text(key: &str, value: &str) -> Option<String> {
    read_text(key, value).ok().flatten()
}

/// The same; `Ok(None)` for a value that is not there or that nobody could use, which is the same the next time.
///
/// # Errors
/// What the system says of a failure that the next time may not have.
#[expect(unsafe_code, reason = "reads the registry")]
pub(super) fn read_text(key: &str, value: &str) -> Result<Option<String>> {
    let (key, value) = (wide(key), wide(value));
    let mut units = [0_u16; 1024];
    let mut bytes = size_of_val(&units) as u32;
    // SAFETY: names end with a zero; `units` is writable for `bytes`; the kind of the value is asked to be text.
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

/// A number of the machine's part of the registry.
pub(super) fn number(key: &str, value: &str) -> Option<u32> {
    read_number(key, value).ok().flatten()
}

/// The same, told apart as by [`read_text`].
///
/// # Errors
/// What the system says of a failure that the next time may not have.
#[expect(unsafe_code, reason = "reads the registry")]
pub(super) fn read_number(key: &str, value: &str) -> Result<Option<u32>> {
    let (key, value) = (wide(key), wide(value));
    let mut number = 0_u32;
    let mut bytes = size_of_val(&number) as u32;
    // SAFETY: names end with a zero; `number` is writable for `bytes`; the kind of the value is asked to be a number.
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

/// Whether a value was read; not so one that is not there, is kept from this user, is of another kind, or is too long.
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

/// Whether a key is there. One that may not be opened is there.
#[expect(unsafe_code, reason = "opens a key of the registry")]
pub(super) fn has_key(key: &str) -> Reading<bool> {
    let key = wide(key);
    let mut handle = std::ptr::null_mut();
    // SAFETY: the name ends with a zero; on success the handle is ours and closed at once.
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

/// The longest name of a key, with the zero at its end (documented under "Registry Element Size Limits").
const LONGEST_NAME: usize = 256;

/// Shows the names of the keys below a key of the machine to `see`, one after the other.
#[expect(unsafe_code, reason = "lists keys of the registry")]
pub(super) fn keys_below(key: &str, mut see: impl FnMut(&str)) -> Reading<()> {
    let key = wide(key);
    let mut handle = std::ptr::null_mut();
    // SAFETY: the name ends with a zero; on success the handle is ours.
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
        // SAFETY: the handle is open; `units` is writable for `length`, which counts units; the rest is not asked for.
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
    // SAFETY: the handle is ours and used no more.
    unsafe { RegCloseKey(handle) };
    if status == ERROR_NO_MORE_ITEMS { Reading::Known(()) } else { Reading::Missing(Why::Unsupported) }
}

/// The longest name of a value, with the zero at its end (documented there, too).
const LONGEST_VALUE_NAME: usize = 16_384;

/// Shows the names and bytes of the values of a key to `see`, one after the other; none when there is no such key. A
/// value longer than [`LONGEST`] is left out.
///
/// # Errors
/// What the system says; `see` may have seen a part of the values then.
#[expect(unsafe_code, reason = "lists values of the registry")]
pub(super) fn values_of(hive: Hive, key: &str, mut see: impl FnMut(&str, &[u8])) -> Result<()> {
    let key = wide(key);
    let mut handle = std::ptr::null_mut();
    // SAFETY: the name ends with a zero; on success the handle is ours.
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
    // SAFETY: the handle is ours and used no more.
    unsafe { RegCloseKey(handle) };
    match end {
        // Somebody removed the key while we read it: it has no values now.
        ERROR_NO_MORE_ITEMS | ERROR_KEY_DELETED => Ok(()),
        error => Err(Error::from_raw_os_error(error.cast_signed())),
    }
}

/// The longest value of the user that is read, in bytes; ours are far shorter.
const LONGEST: usize = 64 << 10;

/// A value of the user's part of the registry, text or bytes, as bytes; `None` when there is none.
///
/// # Errors
/// What the system says.
#[expect(unsafe_code, reason = "reads the registry")]
pub(super) fn user_value(key: &str, value: &str) -> Result<Option<Vec<u8>>> {
    let (key, value) = (wide(key), wide(value));
    let mut bytes = vec![0_u8; LONGEST];
    let mut length = bytes.len() as u32;
    // SAFETY: names end with a zero; `bytes` is writable for `length`.
    let status = unsafe {
        RegGetValueW(
            HKEY_CURRENT_USER,
            key.as_ptr(),
            value.as_ptr(),
            RRF_RT_REG_SZ | RRF_RT_REG_EXPAND_SZ | RRF_RT_REG_BINARY | RRF_NOEXPAND,
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

/// Writes a text of the user's part of the registry; makes the key when it is not there.
///
/// # Errors
/// What the system says.
#[expect(unsafe_code, reason = "writes to the registry")]
pub(super) fn set_user_text(key: &str, value: &str, text: &[u16]) -> Result<()> {
    let (key, value) = (wide(key), wide(value));
    let text: Vec<u16> = text.iter().copied().chain([0]).collect();
    // SAFETY: names end with a zero, and so does the text, whose length with it is given.
    let status = unsafe {
        let length = size_of_val(text.as_slice()) as u32;
        RegSetKeyValueW(HKEY_CURRENT_USER, key.as_ptr(), value.as_ptr(), REG_SZ, text.as_ptr().cast(), length)
    };
    done(status)
}

/// Removes a value of the user's part of the registry, if it is there.
///
/// # Errors
/// What the system says.
#[expect(unsafe_code, reason = "writes to the registry")]
pub(super) fn remove_user_value(key: &str, value: &str) -> Result<()> {
    let (key, value) = (wide(key), wide(value));
    // SAFETY: names end with a zero.
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
