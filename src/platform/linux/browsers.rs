//! Locations of browser files, and policies set by an administrator.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::model::Pid;
use crate::platform::files::read_bytes;

/// Size limit of a policy file in bytes.
const LONGEST_POLICY: u64 = 1 << 20;
/// Files read of a folder of policies.
const MOST_POLICIES: usize = 200;

/// Path for reading the program file of a process. The kernel's link also reaches a file that was deleted or that only
/// the process can see (flatpak, snap); it is not readable for other users' processes, where the path has to do.
pub fn program_file(pid: Pid, path: Option<&Path>) -> Option<PathBuf> {
    let link = PathBuf::from(format!("/proc/{pid}/exe"));
    if fs::metadata(&link).is_ok() { Some(link) } else { path.map(Path::to_owned) }
}

/// Resolves a location from the tables to a folder of this user: `~/…`, or an absolute path. `None` for one of another
/// system.
pub fn user_folder(place: &str) -> Option<PathBuf> {
    if place.starts_with('/') {
        return Some(PathBuf::from(place));
    }
    let rest = place.strip_prefix("~/")?;
    if let Some(below) = rest.strip_prefix(".config/") {
        let moved = env::var_os("XDG_CONFIG_HOME").map(PathBuf::from).filter(|folder| folder.is_absolute());
        if let Some(folder) = moved {
            return Some(folder.join(below));
        }
    }
    Some(env::home_dir()?.join(rest))
}

/// Entries of a list policy in all files of the folder `place` (Chromium's format on Linux).
pub fn policy_list(place: &str, name: &str) -> Vec<String> {
    if !place.starts_with('/') {
        return Vec::new();
    }
    let files = fs::read_dir(place).into_iter().flatten().flatten().map(|entry| entry.path());
    let json = files.filter(|file| file.extension().is_some_and(|extension| extension == "json"));
    let texts = json.take(MOST_POLICIES).filter_map(|file| read_bytes(&file, LONGEST_POLICY).ok());
    let policies = texts.filter_map(|text| serde_json::from_slice::<Value>(&text).ok());
    let lists = policies.filter_map(|policy| policy.get(name)?.as_array().cloned());
    lists.flatten().filter_map(|entry| entry.as_str().map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_is_collected_from_all_files() {
        let folder = tempfile::tempdir().expect("a folder");
        let place = folder.path().to_str().expect("text");
        assert_eq!(policy_list(place, "ExtensionInstallForcelist"), Vec::<String>::new());
        for (name, text) in [
            ("a.json", r#"{"ExtensionInstallForcelist":["one;https://a.example","two"],"Other":["x"]}"#),
            ("b.json", r#"{"ExtensionInstallBlocklist":["three"]}"#),
            ("c.json", "not json"),
            ("d.txt", r#"{"ExtensionInstallForcelist":["four"]}"#),
        ] {
            fs::write(folder.path().join(name), text).expect("written");
        }
        assert_eq!(policy_list(place, "ExtensionInstallForcelist"), ["one;https://a.example", "two"]);
        assert!(policy_list(r"SOFTWARE\Policies\Google\Chrome", "ExtensionInstallForcelist").is_empty());
    }

    #[test]
    fn places_of_another_system_are_none() {
        assert!(user_folder("~/.mozilla/firefox").is_some_and(|folder| folder.ends_with(".mozilla/firefox")));
        assert_eq!(user_folder("/opt/x"), Some(PathBuf::from("/opt/x")));
        assert_eq!(user_folder(r"%APPDATA%\Mozilla"), None);
    }

    #[test]
    fn the_file_of_a_process_is_found_without_its_path() {
        let own = env::current_exe().expect("own path");
        let file = program_file(std::process::id(), None).expect("a link");
        assert_eq!(fs::canonicalize(file).expect("there"), fs::canonicalize(&own).expect("there"));
        assert_eq!(program_file(Pid::MAX, Some(&own)), Some(own));
    }
}
