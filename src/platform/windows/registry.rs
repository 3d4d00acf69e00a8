//! The two things read from the registry: a text, and whether a key is there.

use windows_sys::Win32::Foundation::{ERROR_ACCESS_DENIED, ERROR_FILE_NOT_FOUND, ERROR_PATH_NOT_FOUND, ERROR_SUCCESS};
use windows_sys::Win32::System::Registry::{
    HKEY_LOCAL_MACHINE, KEY_QUERY_VALUE, KEY_WOW64_64KEY, RRF_RT_REG_SZ, RRF_SUBKEY_WOW6464KEY, RegCloseKey,
    RegGetValueW, RegOpenKeyExW,
};

use super::wide::{text_of, wide};
use crate::model::{Reading, Why};

/// A text of the machine's part of the registry.
#[expect(unsafe_code, reason = "reads the registry")]
pub(super) fn text(key: &str, value: &str) -> Option<String> {
    let (key, value) = (wide(key), wide(value));
    let mut units = [0_u16; 256];
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
    (status == ERROR_SUCCESS).then(|| text_of(&units)).filter(|text| !text.is_empty())
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
}
