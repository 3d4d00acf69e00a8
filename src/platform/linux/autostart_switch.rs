//! Switches desktop files of the autostart folders off and on, as the settings of a desktop do: the user's file of the same
//! name overrides that of the system.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Error, ErrorKind, Result};

use super::autostart::{DESKTOP_ENTRY, Folders, is_enabled, is_own, read, remove, value, write};
use super::autostart_list::{entries, is_meant_for, program};
use crate::model::{AutostartChange, AutostartEntry, Reading};

/// What an id begins with.
const KIND: &str = "desktop:";
/// Keys that switch a file off. The second is of GNOME.
const SWITCHES: [&str; 2] = ["Hidden", "X-GNOME-Autostart-enabled"];

/// The entries that this user can switch, by name.
pub fn autostart_entries() -> Reading<Vec<AutostartEntry>> {
    Folders::of_user().and_then(|folders| listed(&folders, &desktop())).map_or_else(Reading::from, Reading::Known)
}

/// Switches the entry `id`, and verifies the result.
///
/// # Errors
/// [`ErrorKind::NotFound`] without such an entry, else the system's error.
pub fn autostart_switch(id: &str, on: bool) -> Result<AutostartChange> {
    switch(&Folders::of_user()?, id, on)
}

/// Undoes [`autostart_switch`].
///
/// # Errors
/// [`ErrorKind::AlreadyExists`] when somebody has changed the entry since, else the system's error.
pub fn autostart_undo(change: &AutostartChange) -> Result<()> {
    undo(&Folders::of_user()?, change)
}

fn desktop() -> String {
    std::env::var("XDG_CURRENT_DESKTOP").unwrap_or_default()
}

/// The files of both folders by name, the user's before the system's.
fn files(folders: &Folders) -> Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    for folder in [&folders.user].into_iter().chain(&folders.system) {
        for path in entries(folder, ".desktop")? {
            let Some(name) = path.file_name().and_then(|name| name.to_str()).filter(|name| !is_own(name)) else {
                continue;
            };
            if !files.contains_key(name)
                && let Some(text) = read(&path).unwrap_or_default()
            {
                files.insert(name.to_owned(), text);
            }
        }
    }
    Ok(files)
}

fn listed(folders: &Folders, desktop: &str) -> Result<Vec<AutostartEntry>> {
    let entry = |(file, text): (String, String)| {
        // A file that only hides one of the system has no program of its own.
        let system = || folders.system.iter().find_map(|folder| read(&folder.join(&file)).ok().flatten());
        let full = if value(&text, DESKTOP_ENTRY, "Exec").is_some() { text.clone() } else { system()? };
        let name = value(&full, DESKTOP_ENTRY, "Name").unwrap_or(file.trim_end_matches(".desktop")).to_owned();
        let exec = value(&full, DESKTOP_ENTRY, "Exec")?;
        let on = is_enabled(&text);
        is_meant_for(&full, desktop).then(|| AutostartEntry {
            id: format!("{KIND}{file}"),
            name,
            file: program(exec),
            on,
        })
    };
    let mut list: Vec<AutostartEntry> = files(folders)?.into_iter().filter_map(entry).collect();
    list.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(list)
}

fn switch(folders: &Folders, id: &str, on: bool) -> Result<AutostartChange> {
    let file = id.strip_prefix(KIND).filter(|file| !file.contains('/')).ok_or(ErrorKind::NotFound)?;
    let path = folders.user.join(file);
    let before = read(&path)?;
    let of_system = folders.system.iter().find_map(|folder| read(&folder.join(file)).ok().flatten());
    let has_program = |text: &String| value(text, DESKTOP_ENTRY, "Exec").is_some();
    let base = before.clone().filter(has_program).or(of_system).ok_or(ErrorKind::NotFound)?;
    let after = switched(&base, on);
    fs::create_dir_all(&folders.user)?;
    write(&path, &after)?;
    if read(&path)?.is_some_and(|text| text == after && is_enabled(&text) == on) {
        Ok(AutostartChange::File { path, before, after })
    } else {
        Err(Error::other("what was written is not what is there"))
    }
}

fn undo(folders: &Folders, change: &AutostartChange) -> Result<()> {
    let AutostartChange::File { path, before, after } = change else { return Err(ErrorKind::Unsupported.into()) };
    // The note of what was changed is a file like any other: nothing outside of the folder is written.
    if path.parent() != Some(&folders.user) {
        return Err(ErrorKind::NotFound.into());
    }
    if read(path)?.as_ref() != Some(after) {
        return Err(ErrorKind::AlreadyExists.into());
    }
    match before {
        Some(before) => write(path, before),
        None => remove(path),
    }
}

/// The text with its switches set; everything else stays as it is.
fn switched(text: &str, on: bool) -> String {
    let mut group = "";
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        if line.trim_start().starts_with('[') {
            group = line.trim();
            lines.push(line.to_owned());
            if group == DESKTOP_ENTRY {
                lines.push(format!("Hidden={}", !on));
            }
            continue;
        }
        let key = line.split_once('=').map(|(key, _)| key.trim());
        if group != DESKTOP_ENTRY || !key.is_some_and(|key| SWITCHES.contains(&key)) {
            lines.push(line.to_owned());
        }
    }
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn folders(root: &Path) -> Folders {
        let folders = Folders { user: root.join("user"), system: vec![root.join("system")] };
        fs::create_dir_all(&folders.user).expect("folder");
        fs::create_dir_all(&folders.system[0]).expect("folder");
        folders
    }

    const CHAT: &str = "[Desktop Entry]\nName=Chat\nExec=/opt/chat/chat --hidden\nX-GNOME-Autostart-enabled=true\n\n[Desktop Action new]\nHidden=kept\n";

    #[test]
    fn an_entry_of_the_user_is_switched_off_and_on_and_back_to_the_letter() {
        let root = tempfile::tempdir().expect("folder");
        let folders = folders(root.path());
        let file = folders.user.join("chat.desktop");
        fs::write(&file, CHAT).expect("written");
        let state =
            || listed(&folders, "").expect("a list").into_iter().map(|entry| (entry.id, entry.on)).collect::<Vec<_>>();
        let id = "desktop:chat.desktop";
        assert_eq!(state(), [(id.to_owned(), true)]);
        let change = switch(&folders, id, false).expect("switched");
        assert_eq!(state(), [(id.to_owned(), false)]);
        assert!(fs::read_to_string(&file).expect("read").contains("Exec=/opt/chat/chat --hidden\n"));
        assert!(fs::read_to_string(&file).expect("read").contains("Hidden=kept"), "another group");
        undo(&folders, &change).expect("undone");
        assert_eq!(fs::read_to_string(&file).expect("read"), CHAT);
        let change = switch(&folders, id, false).expect("switched");
        switch(&folders, id, true).expect("switched");
        assert_eq!(state(), [(id.to_owned(), true)]);
        assert_eq!(
            undo(&folders, &change).map_err(|error| error.kind()),
            Err(ErrorKind::AlreadyExists),
            "changed since"
        );
    }

    #[test]
    fn an_entry_of_the_system_is_switched_for_this_user_only() {
        let root = tempfile::tempdir().expect("folder");
        let folders = folders(root.path());
        let file = folders.system[0].join("chat.desktop");
        fs::write(&file, CHAT).expect("written");
        let change = switch(&folders, "desktop:chat.desktop", false).expect("switched");
        assert_eq!(fs::read_to_string(&file).expect("read"), CHAT, "the system's stays as it is");
        let off = listed(&folders, "").expect("a list");
        assert_eq!((off[0].on, off[0].file.as_deref()), (false, Some("/opt/chat/chat")));
        undo(&folders, &change).expect("undone");
        assert!(!folders.user.join("chat.desktop").exists());
        assert!(listed(&folders, "").expect("a list")[0].on);
    }

    #[test]
    fn nothing_else_is_touched() {
        let root = tempfile::tempdir().expect("folder");
        let folders = folders(root.path());
        let outside = root.path().join("outside.desktop");
        fs::write(&outside, CHAT).expect("written");
        for id in ["desktop:../outside.desktop", "desktop:none.desktop", "run:Chat", "desktop:", ""] {
            assert!(switch(&folders, id, false).is_err(), "{id}");
        }
        let forged = AutostartChange::File { path: outside.clone(), before: None, after: CHAT.to_owned() };
        assert!(undo(&folders, &forged).is_err() && outside.exists());
        fs::write(folders.user.join("mimamori.desktop"), CHAT).expect("written");
        assert_eq!(listed(&folders, "").expect("a list"), [], "our own has a switch in Settings");
    }
}
