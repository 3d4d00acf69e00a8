//! Locations of browser files, and policies set by an administrator.

use std::env;
use std::path::{Path, PathBuf};

use super::registry;
use super::wide::text_of_bytes;
use crate::model::Pid;

/// Limit on policy entries, which are numbered from 1.
const MOST_ENTRIES: u32 = 64;

/// Path for reading the program file of a process.
pub fn program_file(_pid: Pid, path: Option<&Path>) -> Option<PathBuf> {
    path.map(Path::to_owned)
}

/// Resolves a location from the tables to a folder of this user: `%NAME%\…`. `None` for one of another system.
pub fn user_folder(place: &str) -> Option<PathBuf> {
    let (name, rest) = place.strip_prefix('%')?.split_once('%')?;
    let folder = env::var_os(name).map(PathBuf::from).filter(|folder| folder.is_absolute())?;
    Some(folder.join(rest.trim_start_matches('\\')))
}

/// Entries of a list policy: numbered values of the key `place\name`, of the machine and of the user.
pub fn policy_list(place: &str, name: &str) -> Vec<String> {
    if !place.contains('\\') {
        return Vec::new();
    }
    let key = format!(r"{place}\{name}");
    let machine = || (1..=MOST_ENTRIES).filter_map(|number| registry::text(&key, &number.to_string()));
    let user = || {
        (1..=MOST_ENTRIES).filter_map(|number| {
            let bytes = registry::value_of(registry::Hive::User, &key, &number.to_string()).ok()??;
            Some(text_of_bytes(&bytes).trim_end_matches('\0').to_owned())
        })
    };
    let of_machine = registry::has_key(&key).get() == Some(true);
    if of_machine { machine().chain(user()).collect() } else { user().collect() }
}

#[cfg(test)]
mod tests {
    use windows_sys::Win32::System::Registry::{HKEY_CURRENT_USER, RegDeleteTreeW};

    use super::super::wide::wide;
    use super::*;

    #[test]
    #[expect(unsafe_code, reason = "cleans up")]
    fn a_policy_is_read_from_its_numbered_values() {
        let place = format!(r"SOFTWARE\Mimamori-test-{}", std::process::id());
        let key = format!(r"{place}\ExtensionInstallForcelist");
        assert!(policy_list(&place, "ExtensionInstallForcelist").is_empty());
        for (value, text) in [("1", "one;https://a.example"), ("3", "two")] {
            registry::set_user_text(&key, value, &text.encode_utf16().collect::<Vec<_>>()).expect("written");
        }
        let found = policy_list(&place, "ExtensionInstallForcelist");
        // SAFETY: the name is zero-terminated.
        unsafe { RegDeleteTreeW(HKEY_CURRENT_USER, wide(&place).as_ptr()) };
        assert_eq!(found, ["one;https://a.example", "two"]);
        assert!(policy_list("/etc/opt/chrome/policies/managed", "ExtensionInstallForcelist").is_empty());
    }

    #[test]
    fn places_of_another_system_are_none() {
        let folder = user_folder(r"%APPDATA%\Mozilla\Firefox\Profiles").expect("a folder");
        assert!(folder.is_absolute() && folder.ends_with(r"Mozilla\Firefox\Profiles"));
        assert_eq!(user_folder("~/.mozilla/firefox"), None);
        assert_eq!(user_folder(r"%NO_SUCH_NAME%\x"), None);
    }
}
