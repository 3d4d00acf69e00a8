//! Everything that starts with the session or the PC: desktop files of the autostart folders, and services of systemd
//! that somebody has switched on. `@reboot` lines of cron can only be read by an administrator.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs};

use super::autostart::{DESKTOP_ENTRY, FILE, Folders, is_enabled, value};
use crate::model::{Autostart, Reading, Why};

/// Where systemd keeps what an administrator has switched on.
const SYSTEM_UNITS: &str = "/etc/systemd/system";
/// The same for the services of every user.
const USER_UNITS: &str = "/etc/systemd/user";
/// What is started with the PC or the session wants to be wanted by one of these.
const TARGETS: [&str; 4] =
    ["multi-user.target.wants", "graphical.target.wants", "default.target.wants", "graphical-session.target.wants"];
/// A larger file is none of a desktop or of systemd.
const LARGEST: u64 = 256 << 10;

/// Reads the list, by name. Some dozens of small files.
pub(super) fn autostarts() -> Reading<Vec<Autostart>> {
    let Ok(folders) = Folders::of_user() else { return Reading::Missing(Why::Unsupported) };
    let own_units = folders.user.parent().map(|config| config.join("systemd/user"));
    let units = own_units.into_iter().chain([SYSTEM_UNITS.into(), USER_UNITS.into()]).collect::<Vec<PathBuf>>();
    let desktop = env::var("XDG_CURRENT_DESKTOP").unwrap_or_default();
    let mut list = desktop_files(&folders, &desktop);
    list.extend(units.iter().flat_map(|folder| services(folder)));
    list.sort_by(|one, other| (&one.name, &one.file).cmp(&(&other.name, &other.file)));
    list.dedup();
    Reading::Known(list)
}

/// The desktop files that this desktop starts. A file of the user takes the place of the system's with its name.
fn desktop_files(folders: &Folders, desktop: &str) -> Vec<Autostart> {
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    for folder in [&folders.user].into_iter().chain(&folders.system) {
        for path in entries(folder, ".desktop") {
            let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
            if name != FILE && !files.contains_key(name) {
                files.insert(name.to_owned(), text(&path).unwrap_or_default());
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
    files.iter().filter(starts).filter_map(entry).collect()
}

/// `OnlyShowIn` and `NotShowIn` of the Desktop Entry Specification.
fn is_meant_for(text: &str, desktop: &str) -> bool {
    let names = |key: &str| {
        let list = value(text, DESKTOP_ENTRY, key)?;
        Some(list.split(';').any(|name| !name.is_empty() && desktop.split(':').any(|own| own == name)))
    };
    names("OnlyShowIn").unwrap_or(true) && !names("NotShowIn").unwrap_or(false)
}

/// Services below a folder of units that start with one of the targets.
fn services(units: &Path) -> Vec<Autostart> {
    let wanted = TARGETS.iter().flat_map(|target| entries(&units.join(target), ".service"));
    let entry = |path: PathBuf| {
        let name = path.file_stem()?.to_str()?.to_owned();
        let file = text(&path).and_then(|text| program(value(&text, "[Service]", "ExecStart")?));
        Some(Autostart { name, file, since: None })
    };
    wanted.filter_map(entry).collect()
}

fn entries(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let found = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    found.filter(|path| path.as_os_str().to_str().is_some_and(|path| path.ends_with(ending))).collect()
}

fn text(path: &Path) -> Option<String> {
    fs::metadata(path).ok().filter(|file| file.is_file() && file.len() <= LARGEST)?;
    fs::read_to_string(path).ok()
}

/// The program of an `Exec` or `ExecStart` line: its first word, found like a shell finds it.
fn program(line: &str) -> Option<String> {
    // systemd: marks before the path ("Table 2. Special executable prefixes", systemd.service(5)).
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
        write(&folders.user.join(FILE), &entry("own", ""));
        let found = desktop_files(&folders, "ubuntu:GNOME");
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
        let mut found = services(folder.path());
        found.sort_by(|one, other| one.name.cmp(&other.name));
        let file = Some("/usr/lib/helper/helperd".to_owned());
        let named = |name: &str, file| Autostart { name: name.to_owned(), file, since: None };
        assert_eq!(found, [named("gone", None), named("helper", file)]);
    }

    #[test]
    fn the_program_of_a_line_is_its_first_word() {
        assert_eq!(program("sh -c 'x'").map(|path| path.ends_with("/sh")), Some(true));
        assert_eq!(program("no-such-program-of-anybody"), None);
        assert_eq!(program(""), None);
    }
}
