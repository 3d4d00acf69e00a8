//! Starting with the session: a desktop file in the autostart folder, by the freedesktop.org specifications.

use std::fs::{self, File};
use std::io::{ErrorKind, Result, Write};
use std::path::{Path, PathBuf};
use std::{env, process};

use crate::model::{AutostartState, Reading};
use crate::platform::files::read_text;
use crate::platform::types::NoDesktop;

/// Name of our file, here and in the system's folder.
pub(super) const FILE: &str = "mimamori.desktop";
/// Name of our file that starts the window once.
const ONCE: &str = "mimamori-once.desktop";
/// Size limit of a desktop file or unit file in bytes.
pub(super) const LARGEST: u64 = 64 << 10;
/// Group of a desktop file that holds its command.
pub(super) const DESKTOP_ENTRY: &str = "[Desktop Entry]";

/// Starts `exe` with `args` at sign-in, or no longer, and verifies the result.
///
/// # Errors
/// The file cannot be written, or `exe` cannot be expressed in a desktop file.
pub fn autostart_set(exe: &Path, args: &[&str], on: bool) -> std::result::Result<(), NoDesktop> {
    Folders::of_user().and_then(|folders| folders.set(exe, args, on)).map_err(|error| NoDesktop(error.to_string()))
}

/// Starts `exe` with `args` at the next sign-in. It removes the file itself, with [`autostart_once_end`].
///
/// # Errors
/// The file cannot be written, or `exe` cannot be expressed in a desktop file.
pub fn autostart_once(exe: &Path, args: &[&str]) -> std::result::Result<(), NoDesktop> {
    Folders::of_user().and_then(|folders| folders.set_once(exe, args)).map_err(|error| NoDesktop(error.to_string()))
}

/// Removes what [`autostart_once`] has written, if it is there.
///
/// # Errors
/// The file cannot be removed.
pub fn autostart_once_end() -> std::result::Result<(), NoDesktop> {
    let removed = Folders::of_user().and_then(|folders| remove(&folders.user.join(ONCE)));
    removed.map_err(|error| NoDesktop(error.to_string()))
}

/// Returns `true` for the name of a file of ours.
pub(super) fn is_own(name: &str) -> bool {
    name == FILE || name == ONCE
}

/// Reports whether this program starts at sign-in. A file of the system is no decision for everyone: the user's file of
/// the same name overrides it.
pub fn autostart_state() -> Reading<AutostartState> {
    let is_on = Folders::of_user().and_then(|folders| folders.is_on());
    is_on.map_or_else(Reading::from, |on| Reading::Known(if on { AutostartState::On } else { AutostartState::Off }))
}

/// The user's autostart folder and the system's; a user's file overrides a system file of the same name.
pub(super) struct Folders {
    pub(super) user: PathBuf,
    pub(super) system: Vec<PathBuf>,
}

impl Folders {
    pub(super) fn of_user() -> Result<Self> {
        let folder = |name| env::var_os(name).map(PathBuf::from).filter(|path: &PathBuf| path.is_absolute());
        let user = folder("XDG_CONFIG_HOME").or_else(|| Some(env::home_dir()?.join(".config")));
        let user = user.ok_or(ErrorKind::NotFound)?.join("autostart");
        let system = env::var_os("XDG_CONFIG_DIRS").filter(|folders| !folders.is_empty());
        let system = system.unwrap_or_else(|| "/etc/xdg".into());
        Ok(Self { user, system: env::split_paths(&system).map(|folder| folder.join("autostart")).collect() })
    }

    fn is_on(&self) -> Result<bool> {
        let own = read(&self.user.join(FILE))?;
        if let Some(own) = own {
            return Ok(is_enabled(&own));
        }
        Ok(self.of_system()?.is_some_and(|text| is_enabled(&text)))
    }

    fn of_system(&self) -> Result<Option<String>> {
        for folder in &self.system {
            if let Some(text) = read(&folder.join(FILE))? {
                return Ok(Some(text));
            }
        }
        Ok(None)
    }

    fn set(&self, exe: &Path, args: &[&str], on: bool) -> Result<()> {
        let path = self.user.join(FILE);
        let text = match (on, self.of_system()?) {
            (true, _) => entry(exe, args)?,
            // Hides the system's file, which would count without one of the user's.
            (false, Some(_)) => "[Desktop Entry]\nType=Application\nName=Mimamori\nHidden=true\n".to_owned(),
            (false, None) => return remove(&path),
        };
        fs::create_dir_all(&self.user)?;
        write(&path, &text)?;
        if read(&path)?.as_deref() == Some(&text) && self.is_on()? == on {
            Ok(())
        } else {
            Err(std::io::Error::other("what was written is not what is there"))
        }
    }

    fn set_once(&self, exe: &Path, args: &[&str]) -> Result<()> {
        fs::create_dir_all(&self.user)?;
        write(&self.user.join(ONCE), &entry(exe, args)?)
    }
}

pub(super) fn read(path: &Path) -> Result<Option<String>> {
    match read_text(path, LARGEST) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

pub(super) fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Writes a new file under a name that no desktop starts, then renames it over the old one.
pub(super) fn write(path: &Path, text: &str) -> Result<()> {
    let temporary = path.with_extension(format!("{}.new", process::id()));
    // Of a process that was killed and had the same number; creating anew follows no link.
    remove(&temporary)?;
    let mut file = File::create_new(&temporary)?;
    let written =
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    written
}

/// Returns `true` when a desktop file in an autostart folder is enabled.
pub(super) fn is_enabled(text: &str) -> bool {
    value(text, DESKTOP_ENTRY, "Hidden") != Some("true")
        && value(text, DESKTOP_ENTRY, "X-GNOME-Autostart-enabled") != Some("false")
}

/// Returns the value of a key in a group of a desktop file or unit file.
pub(super) fn value<'a>(text: &'a str, section: &str, key: &str) -> Option<&'a str> {
    let mut group = "";
    text.lines().map(str::trim).find_map(|line| {
        if line.starts_with('[') {
            group = line;
        }
        let (name, value) = line.split_once('=').filter(|_| group == section)?;
        (name.trim_end() == key).then(|| value.trim_start())
    })
}

fn entry(exe: &Path, args: &[&str]) -> Result<String> {
    let exe = exe.to_str().ok_or(ErrorKind::InvalidInput)?;
    // GLib looks up the program before it turns `%%` into `%`, and the specification forbids `=` in its path.
    let shell: &[&str] = if exe.contains(['%', '=']) { &["/bin/sh", "-c", r#"exec "$0" "$@""#] } else { &[] };
    let words = shell.iter().copied().chain([exe]).chain(args.iter().copied());
    let command: Vec<String> = words.map(quoted).collect::<Result<_>>()?;
    // On top of the quoting, the value is escaped as a string, which doubles every backslash.
    let command = command.join(" ").replace('\\', r"\\");
    Ok(format!(
        "[Desktop Entry]\nType=Application\nVersion=1.0\nName=Mimamori\nExec={command}\nIcon=mimamori\n\
         Terminal=false\nNoDisplay=true\nX-GNOME-Autostart-enabled=true\n"
    ))
}

/// Quotes one word by "The Exec key" of the Desktop Entry Specification, which cannot express line breaks.
fn quoted(word: &str) -> Result<String> {
    if word.chars().any(char::is_control) {
        return Err(ErrorKind::InvalidInput.into());
    }
    let mut text = String::from('"');
    for character in word.chars() {
        match character {
            '"' | '`' | '$' | '\\' => text.extend(['\\', character]),
            '%' => text.push_str("%%"),
            _ => text.push(character),
        }
    }
    text.push('"');
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folders() -> (tempfile::TempDir, Folders) {
        let folder = tempfile::tempdir().expect("folder");
        let folders =
            Folders { user: folder.path().join("deep/autostart"), system: vec![folder.path().join("system")] };
        (folder, folders)
    }

    #[test]
    fn it_is_switched_on_and_off_and_leaves_nothing() {
        let (_folder, folders) = folders();
        assert!(!folders.is_on().expect("read"));
        folders.set(Path::new("/opt/見守り/mimamori"), &["agent"], true).expect("on");
        assert!(folders.is_on().expect("read"));
        let text = fs::read_to_string(folders.user.join(FILE)).expect("written");
        assert!(text.contains("\nExec=\"/opt/見守り/mimamori\" \"agent\"\n"), "{text}");
        folders.set(Path::new("/elsewhere"), &[], true).expect("on");
        folders.set(Path::new("/elsewhere"), &[], false).expect("off");
        folders.set(Path::new("/elsewhere"), &[], false).expect("off again");
        assert!(!folders.is_on().expect("read"));
        assert_eq!(fs::read_dir(&folders.user).expect("folder").count(), 0);
    }

    #[test]
    fn the_entry_for_one_start_is_no_start_with_the_pc() {
        let (_folder, folders) = folders();
        folders.set_once(Path::new("/opt/見守り/mimamori"), &[]).expect("written");
        assert!(!folders.is_on().expect("read"));
        let text = fs::read_to_string(folders.user.join(ONCE)).expect("written");
        assert!(text.contains("\nExec=\"/opt/見守り/mimamori\"\n") && is_enabled(&text), "{text}");
        assert!(is_own(ONCE) && is_own(FILE) && !is_own("chat.desktop"));
    }

    #[test]
    fn a_file_of_the_system_is_switched_off_by_one_of_the_user() {
        let (_folder, folders) = folders();
        fs::create_dir_all(&folders.system[0]).expect("folder");
        fs::write(folders.system[0].join(FILE), "[Desktop Entry]\nType=Application\nExec=mimamori\n").expect("file");
        assert!(folders.is_on().expect("read"));
        folders.set(Path::new("/usr/bin/mimamori"), &[], false).expect("off");
        assert!(!folders.is_on().expect("read"));
        folders.set(Path::new("/usr/bin/mimamori"), &[], true).expect("on");
        assert!(folders.is_on().expect("read"));
    }

    #[test]
    fn what_desktops_switch_off_is_off() {
        assert!(is_enabled("[Desktop Entry]\nExec=a\nHidden=false\n"));
        assert!(!is_enabled("[Desktop Entry]\nHidden = true\n"));
        assert!(!is_enabled("[Desktop Entry]\nX-GNOME-Autostart-enabled=false\n"));
        assert!(is_enabled("[Desktop Entry]\nExec=a\n[Desktop Action x]\nHidden=true\n"));
    }

    /// The specification's examples: four backslashes mean one, `\\$` a dollar sign.
    #[test]
    fn words_are_quoted_by_the_specification() {
        let exec = |word: &str| {
            let text = entry(Path::new("/a"), &[word]).expect("an entry");
            text.lines().find_map(|line| line.strip_prefix("Exec=\"/a\" ")).expect("a command").to_owned()
        };
        assert_eq!(exec("two words"), r#""two words""#);
        assert_eq!(exec(r"back\slash"), r#""back\\\\slash""#);
        assert_eq!(exec("$HOME"), r#""\\$HOME""#);
        assert_eq!(exec("`id`"), r#""\\`id\\`""#);
        assert_eq!(exec(r#"a"b"#), r#""a\\"b""#);
        assert_eq!(exec("100%"), r#""100%%""#);
        assert_eq!(exec("見守り's"), r#""見守り's""#);
        let long = "長".repeat(2000);
        assert_eq!(exec(&long), format!("\"{long}\""));
        assert!(entry(Path::new("/a\nExec=/evil"), &[]).is_err());
    }

    #[test]
    fn a_path_that_is_no_text_is_refused() {
        use std::os::unix::ffi::OsStrExt;
        let (_folder, folders) = folders();
        let exe = Path::new(std::ffi::OsStr::from_bytes(b"/opt/\x82\xa0"));
        assert!(folders.set(exe, &[], true).is_err());
        assert!(!folders.is_on().expect("read"));
    }
}
