//! Switches entries of the user's `Run` key and startup folder off and on, as Task Manager does: by a value beside the key of
//! what was approved, whose first byte is odd for what is off.

use std::env;
use std::fs;
use std::io::{Error, ErrorKind, Result};
use std::path::{Path, PathBuf};

use super::autostart_list::{OWN, START_UP, program};
use super::own::is_network_folder;
use super::registry::{Hive, remove_user_value, set_user_bytes, value_of, values_of};
use super::wide::text_of_bytes;
use crate::model::{AutostartChange, AutostartEntry, Reading};

/// Key of the programs started at sign-in.
const RUN: &str = r"Software\Microsoft\Windows\CurrentVersion\Run";
/// Key where Task Manager records what was switched off.
const APPROVED: &str = r"Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved";
/// A value of that key: the state, and a time that is 0 for what is on.
const VALUE: usize = 12;
const ON: u8 = 2;
const OFF: u8 = 3;

/// The entries that this user can switch, by name.
pub fn autostart_entries() -> Reading<Vec<AutostartEntry>> {
    let folder = env::var_os("APPDATA").map(|folder| PathBuf::from(folder).join(START_UP));
    listed(RUN, APPROVED, folder.as_deref()).map_or_else(Reading::from, Reading::Known)
}

/// Switches the entry `id`, and verifies the result.
///
/// # Errors
/// [`ErrorKind::NotFound`] without such an entry, else the system's error.
pub fn autostart_switch(id: &str, on: bool) -> Result<AutostartChange> {
    let entries = match autostart_entries() {
        Reading::Known(entries) => entries,
        Reading::Missing(_) => return Err(ErrorKind::Unsupported.into()),
    };
    if !entries.iter().any(|entry| entry.id == id) {
        return Err(ErrorKind::NotFound.into());
    }
    switch(APPROVED, id, on)
}

/// Undoes [`autostart_switch`].
///
/// # Errors
/// [`ErrorKind::AlreadyExists`] when somebody has changed the entry since, else the system's error.
pub fn autostart_undo(change: &AutostartChange) -> Result<()> {
    undo(APPROVED, change)
}

fn listed(run: &str, approved: &str, folder: Option<&Path>) -> Result<Vec<AutostartEntry>> {
    let is_on = |kind: &str, name: &str| -> Result<bool> {
        let value = value_of(Hive::User, &format!("{approved}\\{kind}"), name)?;
        Ok(!value.is_some_and(|bytes| bytes.first().is_some_and(|first| first & 1 == 1)))
    };
    let mut list = Vec::new();
    let mut values = Vec::new();
    values_of(Hive::User, run, |name, bytes| {
        let line = text_of_bytes(bytes);
        values.push((name.to_owned(), program(line.trim_end_matches('\0'))));
    })
    .map_err(|_| Error::from(ErrorKind::PermissionDenied))?;
    for (name, file) in values.into_iter().filter(|(name, _)| !name.is_empty() && name != OWN) {
        let on = is_on("Run", &name)?;
        list.push(AutostartEntry { id: format!("run:{name}"), name, file, on });
    }
    for entry in folder
        .filter(|folder| !is_network_folder(folder))
        .and_then(|folder| fs::read_dir(folder).ok())
        .into_iter()
        .flatten()
    {
        let path = entry?.path();
        let (Some(name), Some(shown)) = (path.file_name().and_then(|name| name.to_str()), path.file_stem()) else {
            continue;
        };
        if !name.eq_ignore_ascii_case("desktop.ini") {
            let on = is_on("StartupFolder", name)?;
            let name = name.to_owned();
            list.push(AutostartEntry {
                id: format!("folder:{name}"),
                name: shown.to_string_lossy().into_owned(),
                file: None,
                on,
            });
        }
    }
    list.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(list)
}

fn switch(approved: &str, id: &str, on: bool) -> Result<AutostartChange> {
    let (kind, name) = id.split_once(':').ok_or(ErrorKind::NotFound)?;
    let key = match kind {
        "run" => format!("{approved}\\Run"),
        "folder" => format!("{approved}\\StartupFolder"),
        _ => return Err(ErrorKind::NotFound.into()),
    };
    let before = value_of(Hive::User, &key, name)?;
    let mut after = vec![0; VALUE];
    after[0] = if on { ON } else { OFF };
    set_user_bytes(&key, name, &after)?;
    if value_of(Hive::User, &key, name)?.as_ref() != Some(&after) {
        return Err(Error::other("what was written is not what is there"));
    }
    Ok(AutostartChange::Value { key, name: name.to_owned(), before, after })
}

fn undo(approved: &str, change: &AutostartChange) -> Result<()> {
    let AutostartChange::Value { key, name, before, after } = change else { return Err(ErrorKind::Unsupported.into()) };
    // The note of what was changed is a file like any other: no other key is written.
    if ![format!("{approved}\\Run"), format!("{approved}\\StartupFolder")].contains(key) {
        return Err(ErrorKind::NotFound.into());
    }
    if value_of(Hive::User, key, name)?.as_ref() != Some(after) {
        return Err(ErrorKind::AlreadyExists.into());
    }
    match before {
        Some(before) => set_user_bytes(key, name, before),
        None => remove_user_value(key, name),
    }
}

#[cfg(test)]
mod tests {
    use super::super::registry::set_user_text;
    use super::super::wide::wide;
    use super::*;
    use windows_sys::Win32::System::Registry::{HKEY_CURRENT_USER, RegDeleteTreeW};

    #[test]
    #[expect(unsafe_code, reason = "cleans up")]
    fn entries_of_the_user_are_switched_off_and_back() {
        let root = format!("Software\\Mimamori-test-{}-switch", std::process::id());
        let (run, approved) = (format!("{root}\\Run"), format!("{root}\\Approved"));
        let units: Vec<u16> = r#""C:\Tools\chat.exe" --hidden"#.encode_utf16().collect();
        set_user_text(&run, "Chat", &units).expect("written");
        let folder = tempfile::tempdir().expect("folder");
        fs::write(folder.path().join("notes.bat"), "x").expect("written");
        let state = || {
            let list = listed(&run, &approved, Some(folder.path())).expect("a list");
            list.into_iter().map(|entry| (entry.id, entry.on)).collect::<Vec<_>>()
        };
        let of = |chat, notes| [("run:Chat".to_owned(), chat), ("folder:notes.bat".to_owned(), notes)];
        assert_eq!(state(), of(true, true));
        let chat = switch(&approved, "run:Chat", false).expect("switched");
        let notes = switch(&approved, "folder:notes.bat", false).expect("switched");
        assert_eq!(state(), of(false, false));
        undo(&approved, &chat).expect("undone");
        assert_eq!(state(), of(true, false));
        switch(&approved, "folder:notes.bat", true).expect("switched");
        let changed = undo(&approved, &notes).map_err(|error| error.kind());
        // SAFETY: the name is zero-terminated.
        unsafe { RegDeleteTreeW(HKEY_CURRENT_USER, wide(&root).as_ptr()) };
        assert_eq!(changed, Err(ErrorKind::AlreadyExists), "changed since");
        assert!(switch(&approved, "service:Chat", false).is_err());
    }
}
