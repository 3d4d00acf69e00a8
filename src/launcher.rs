//! Starts programs for the user: one that was closed, or a browser without JavaScript, for which Firefox needs a profile
//! of its own.

use std::fs;
use std::io::{Error, ErrorKind};
use std::path::{Path, PathBuf};

use crate::knowledge::Knowledge;
use crate::model::Launch;
use crate::platform;
use crate::settings::recording_path;

/// Preferences of the profile without JavaScript: nothing opens by itself, and nothing is asked.
const PREFERENCES: &str = r#"user_pref("javascript.enabled", false);
user_pref("browser.startup.page", 0);
user_pref("browser.startup.homepage_override.mstone", "ignore");
user_pref("browser.aboutwelcome.enabled", false);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("browser.sessionstore.resume_from_crash", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("toolkit.winRegisterApplicationRestart", false);
"#;

/// Folder of the profile without JavaScript; `None` if this user has no folder for data.
pub fn no_script_profile() -> Option<PathBuf> {
    recording_path().map(|path| path.with_file_name(Knowledge::NO_SCRIPT_PROFILE))
}

/// Starts `launch` with the rights of this user.
///
/// # Errors
/// The system's error: not found, not permitted.
pub fn start(launch: &Launch) -> Result<(), Error> {
    let args: Vec<&str> = launch.args.iter().map(String::as_str).collect();
    if let Some(profile) = no_script_profile().filter(|profile| args.iter().any(|arg| Path::new(arg) == profile)) {
        prepare(&profile)?;
    }
    platform::start_program(Path::new(&launch.path), &args)
}

/// Deletes the profile without JavaScript, with the traces of what was visited. Call it when no browser uses it.
pub fn remove_profile() {
    if let Some(profile) = no_script_profile()
        && let Err(error) = fs::remove_dir_all(&profile)
        && error.kind() != ErrorKind::NotFound
    {
        log::warn!("the profile without JavaScript cannot be deleted: {error}");
    }
}

/// Begins the profile anew.
fn prepare(profile: &Path) -> Result<(), Error> {
    match fs::remove_dir_all(profile) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    platform::replace_private(&profile.join("user.js"), PREFERENCES.as_bytes(), || Ok(()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_profile_without_javascript_is_always_a_new_one() {
        let folder = tempfile::tempdir().expect("folder");
        let profile = folder.path().join("state").join(Knowledge::NO_SCRIPT_PROFILE);
        for _ in 0..2 {
            prepare(&profile).expect("written");
            let names: Vec<_> =
                fs::read_dir(&profile).expect("folder").flatten().map(|entry| entry.file_name()).collect();
            assert_eq!(names, ["user.js"]);
            let text = fs::read_to_string(profile.join("user.js")).expect("read");
            assert!(text.contains(r#""javascript.enabled", false"#));
            fs::write(profile.join("cookies.sqlite"), "private").expect("written");
        }
    }
}
