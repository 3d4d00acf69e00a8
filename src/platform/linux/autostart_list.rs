//! Lists everything that starts with the session or the PC: desktop files of the autostart folders, enabled systemd
//! services, and timers of the user. `@reboot` lines of cron are readable by administrators only.
//!
//! The list is complete or missing: a part left out once would count as new the next time. A file that this user may
//! not read is listed by its name, consistently.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Result};
use std::path::{Path, PathBuf};
use std::{env, fs};

use super::autostart::{DESKTOP_ENTRY, Folders, is_enabled, is_own, value};
use crate::model::{Autostart, Reading, Why};
use crate::platform::files::read_bytes;

/// Units enabled by the administrator for the system.
const SYSTEM_UNITS: &str = "/etc/systemd/system";
/// Units enabled by the administrator for all users.
const USER_UNITS: &str = "/etc/systemd/user";
/// Folders with the services that the start of the PC or the session pulls in.
const TARGETS: [&str; 4] =
    ["multi-user.target.wants", "graphical.target.wants", "default.target.wants", "graphical-session.target.wants"];
/// The folder of a user's timers that begin to run with the session.
const TIMERS: &str = "timers.target.wants";
/// Size limit in bytes; no desktop file or unit is larger.
const LARGEST: u64 = 256 << 10;

/// Reads the list, sorted by name. Costs reading a few dozen small files.
pub(super) fn autostarts() -> Reading<Vec<Autostart>> {
    let Ok(folders) = Folders::of_user() else { return Reading::Missing(Why::Unsupported) };
    let own_units = folders.user.parent().map(|config| config.join("systemd/user"));
    let units: [PathBuf; 2] = [SYSTEM_UNITS.into(), USER_UNITS.into()];
    let desktop = env::var("XDG_CURRENT_DESKTOP").unwrap_or_default();
    whole(&folders, own_units.as_deref(), &units, &desktop).map_or_else(Reading::from, Reading::Known)
}

fn whole(folders: &Folders, own_units: Option<&Path>, units: &[PathBuf], desktop: &str) -> Result<Vec<Autostart>> {
    let mut list = desktop_files(folders, desktop)?;
    for folder in own_units.into_iter().chain(units.iter().map(PathBuf::as_path)) {
        list.extend(services(folder)?);
    }
    // Those of the system are its housekeeping, dozens on every PC.
    list.extend(own_units.map(timers).transpose()?.into_iter().flatten());
    list.sort_by(|one, other| (&one.name, &one.file).cmp(&(&other.name, &other.file)));
    list.dedup();
    Ok(list)
}

/// Desktop files started by this desktop. A user's file overrides a system file of the same name.
fn desktop_files(folders: &Folders, desktop: &str) -> Result<Vec<Autostart>> {
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    for folder in [&folders.user].into_iter().chain(&folders.system) {
        for path in entries(folder, ".desktop")? {
            let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
            if !is_own(name) && !files.contains_key(name) {
                files.insert(name.to_owned(), text(&path)?.unwrap_or_default());
            }
        }
    }
    let starts = |text: &&(String, String)| is_enabled(&text.1) && is_meant_for(&text.1, desktop);
    let files: Vec<(String, String)> = files.into_iter().collect();
    let entry = |(file, text): &(String, String)| {
        let name = value(text, DESKTOP_ENTRY, "Name").unwrap_or(file.trim_end_matches(".desktop"));
        let exec = value(text, DESKTOP_ENTRY, "Exec")?;
        Some(Autostart { name: name.to_owned(), file: program(exec), since: None })
    };
    Ok(files.iter().filter(starts).filter_map(entry).collect())
}

/// Evaluates `OnlyShowIn` and `NotShowIn` of the Desktop Entry Specification.
pub(super) fn is_meant_for(text: &str, desktop: &str) -> bool {
    let names = |key: &str| {
        let list = value(text, DESKTOP_ENTRY, key)?;
        Some(list.split(';').any(|name| !name.is_empty() && desktop.split(':').any(|own| own == name)))
    };
    names("OnlyShowIn").unwrap_or(true) && !names("NotShowIn").unwrap_or(false)
}

/// Services of a unit folder that are pulled in by one of [`TARGETS`].
fn services(units: &Path) -> Result<Vec<Autostart>> {
    let mut list = Vec::new();
    for target in TARGETS {
        for path in entries(&units.join(target), ".service")? {
            let Some(name) = path.file_stem().and_then(|name| name.to_str()) else { continue };
            let file = text(&path)?.and_then(|text| program(value(&text, "[Service]", "ExecStart")?));
            list.push(Autostart { name: name.to_owned(), file, since: None });
        }
    }
    Ok(list)
}

/// Timers of a unit folder that are switched on, with the program of the service each one starts.
fn timers(units: &Path) -> Result<Vec<Autostart>> {
    let mut list = Vec::new();
    for path in entries(&units.join(TIMERS), ".timer")? {
        let Some(stem) = path.file_stem().and_then(|name| name.to_str()) else { continue };
        let timer = text(&path)?.unwrap_or_default();
        let service = value(&timer, "[Timer]", "Unit").map_or_else(|| format!("{stem}.service"), str::to_owned);
        // A timer that a package installed is a link out of this folder, and its service lies beside it.
        let real = fs::canonicalize(&path).ok().and_then(|real| real.parent().map(Path::to_owned));
        let mut file = None;
        for folder in [Some(units.to_owned()), real].into_iter().flatten().filter(|_| !service.contains('/')) {
            if file.is_none() {
                file = text(&folder.join(&service))?.and_then(|text| program(value(&text, "[Service]", "ExecStart")?));
            }
        }
        list.push(Autostart { name: format!("{stem}.timer"), file, since: None });
    }
    Ok(list)
}

/// Files of a folder with this extension; none when there is no such folder.
pub(super) fn entries(folder: &Path, ending: &str) -> Result<Vec<PathBuf>> {
    let found = match fs::read_dir(folder) {
        Ok(found) => found,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut paths = Vec::new();
    for entry in found {
        let path = entry?.path();
        if path.as_os_str().to_str().is_some_and(|path| path.ends_with(ending)) {
            paths.push(path);
        }
    }
    Ok(paths)
}

/// Text of a file; `None` when it is no text, too large, a dangling link, or not readable for this user.
fn text(path: &Path) -> Result<Option<String>> {
    match read_bytes(path, LARGEST) {
        Ok(bytes) => Ok(String::from_utf8(bytes).ok()),
        Err(error) if is_lasting(error.kind()) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Returns `true` when the next reading will find the same: dangling links, missing permissions, no ordinary file.
const fn is_lasting(error: ErrorKind) -> bool {
    matches!(
        error,
        ErrorKind::NotFound
            | ErrorKind::NotADirectory
            | ErrorKind::PermissionDenied
            | ErrorKind::IsADirectory
            | ErrorKind::InvalidInput
            | ErrorKind::FileTooLarge
    )
}

/// Program of an `Exec` or `ExecStart` line: its first word, looked up in `PATH`.
pub(super) fn program(line: &str) -> Option<String> {
    // Strips the prefixes of systemd ("Table 2. Special executable prefixes", systemd.service(5)).
    let line = line.trim_start_matches(['-', '@', ':', '+', '!', '|']);
    let word = match line.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next()?,
        None => line.split_whitespace().next()?,
    };
    if word.contains('/') {
        return Some(word.replace(r"\\", r"\"));
    }
    let folders = env::var_os("PATH")?;
    let found = env::split_paths(&folders).map(|folder| folder.join(word)).find(|path| path.is_file())?;
    found.to_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(path: &Path, text: &str) {
        fs::create_dir_all(path.parent().expect("a folder")).expect("folder");
        fs::write(path, text).expect("file");
    }

    #[test]
    fn desktop_files_are_listed_as_the_desktop_starts_them() {
        let folder = tempfile::tempdir().expect("folder");
        let folders = Folders { user: folder.path().join("user"), system: vec![folder.path().join("system")] };
        let entry = |name: &str, more: &str| format!("[Desktop Entry]\nName={name}\nExec=/opt/{name} --x\n{more}");
        write(&folders.system[0].join("a.desktop"), &entry("a", ""));
        write(&folders.system[0].join("b.desktop"), &entry("b", ""));
        write(&folders.system[0].join("c.desktop"), &entry("c", "OnlyShowIn=GNOME;Unity;\n"));
        write(&folders.system[0].join("d.desktop"), &entry("d", "OnlyShowIn=KDE;\n"));
        write(&folders.system[0].join("e.desktop"), &entry("e", "NotShowIn=GNOME;\n"));
        write(&folders.user.join("b.desktop"), &entry("b", "Hidden=true\n"));
        write(&folders.user.join("f.desktop"), "[Desktop Entry]\nExec=\"/opt/two words/f\" x\n");
        for own in ["mimamori.desktop", "mimamori-once.desktop"] {
            write(&folders.user.join(own), &entry("own", ""));
        }
        let found = desktop_files(&folders, "ubuntu:GNOME").expect("a list");
        let found: Vec<(&str, &str)> =
            found.iter().map(|entry| (entry.name.as_str(), entry.file.as_deref().unwrap_or_default())).collect();
        assert_eq!(found, [("a", "/opt/a"), ("c", "/opt/c"), ("f", "/opt/two words/f")]);
    }

    #[test]
    fn services_that_were_switched_on_are_listed() {
        let folder = tempfile::tempdir().expect("folder");
        let unit = folder.path().join("unit/helper.service");
        write(&unit, "[Unit]\nDescription=x\n[Service]\nExecStart=-/usr/lib/helper/helperd --daemon\n");
        let wants = folder.path().join("multi-user.target.wants");
        fs::create_dir_all(&wants).expect("folder");
        std::os::unix::fs::symlink(&unit, wants.join("helper.service")).expect("link");
        std::os::unix::fs::symlink("/nowhere", wants.join("gone.service")).expect("link");
        let mut found = services(folder.path()).expect("a list");
        found.sort_by(|one, other| one.name.cmp(&other.name));
        let file = Some("/usr/lib/helper/helperd".to_owned());
        let named = |name: &str, file| Autostart { name: name.to_owned(), file, since: None };
        assert_eq!(found, [named("gone", None), named("helper", file)]);
    }

    #[test]
    fn a_timer_of_the_user_is_listed_with_the_program_that_it_starts() {
        let folder = tempfile::tempdir().expect("folder");
        let (units, packaged) = (folder.path().join("user"), folder.path().join("lib"));
        let service = |program: &str| format!("[Service]\nType=oneshot\nExecStart={program} -q\n");
        write(&units.join("tidy.timer"), "[Timer]\nOnCalendar=hourly\n");
        write(&units.join("tidy.service"), &service("/home/a/.cache/.x/helper"));
        write(&packaged.join("b.timer"), "[Timer]\nUnit=other.service\n");
        write(&packaged.join("other.service"), &service("/usr/bin/other"));
        write(&units.join("off.timer"), "[Timer]\n");
        let wants = units.join(TIMERS);
        fs::create_dir_all(&wants).expect("folder");
        std::os::unix::fs::symlink(units.join("tidy.timer"), wants.join("tidy.timer")).expect("link");
        std::os::unix::fs::symlink(packaged.join("b.timer"), wants.join("b.timer")).expect("link");
        write(&wants.join("odd.timer"), "[Timer]\nUnit=../../other.service\n");
        let none = Folders { user: folder.path().join("none"), system: Vec::new() };
        let found = whole(&none, Some(&units), &[], "").expect("a list");
        let named = |name: &str, file: Option<&str>| Autostart {
            name: name.to_owned(),
            file: file.map(str::to_owned),
            since: None,
        };
        let expected = [
            named("b.timer", Some("/usr/bin/other")),
            named("odd.timer", None),
            named("tidy.timer", Some("/home/a/.cache/.x/helper")),
        ];
        assert_eq!(found, expected);
        assert_eq!(whole(&none, None, &[units], "").expect("a list"), [], "those of the system are not listed");
    }

    #[test]
    fn a_list_that_cannot_be_read_is_no_empty_list() {
        let folder = tempfile::tempdir().expect("folder");
        let none = Folders { user: folder.path().join("none"), system: Vec::new() };
        let circle = folder.path().join("circle");
        std::os::unix::fs::symlink(&circle, &circle).expect("link");
        assert_eq!(
            whole(&none, Some(&folder.path().join("none")), &[folder.path().join("none")], "")
                .expect("no folder is an empty list"),
            []
        );
        assert!(whole(&none, None, std::slice::from_ref(&circle), "").is_err());
        let broken = Folders { user: circle, system: Vec::new() };
        assert!(whole(&broken, None, &[], "").is_err());
    }

    #[test]
    fn the_program_of_a_line_is_its_first_word() {
        assert_eq!(program("sh -c 'x'").map(|path| path.ends_with("/sh")), Some(true));
        assert_eq!(program("no-such-program-of-anybody"), None);
        assert_eq!(program(""), None);
    }
}
