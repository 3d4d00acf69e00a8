//! Lists everything that starts with the session or the PC: the `Run` keys, the startup folders, and services that are
//! not part of Windows. Scheduled tasks are left out: listing them needs a Windows service that may be busy for long.
//!
//! The list is complete or missing: a part left out once would count as new the next time. What this user can never
//! read, and a startup folder on a network, are left out consistently.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::{env, fs};

use super::own::is_network_folder;
use super::registry::{Hive, keys_below, read_number, read_text, values_of};
use super::wide::text_of_bytes;
use crate::model::{Autostart, Reading, Why};
use crate::platform::program_line::program_of;

/// Key of the programs started at sign-in ("Run and RunOnce Registry Keys").
const RUN: &str = r"Software\Microsoft\Windows\CurrentVersion\Run";
/// The same for 32-bit programs, for the whole PC.
const RUN_32: &str = r"Software\WOW6432Node\Microsoft\Windows\CurrentVersion\Run";
/// Key where Task Manager records what was switched off, by an odd first byte.
const APPROVED: &str = r"Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved";
/// Key of services and drivers.
const SERVICES: &str = r"SYSTEM\CurrentControlSet\Services";
/// `SERVICE_AUTO_START`.
const AUTOMATIC: u32 = 2;
/// `SERVICE_WIN32_OWN_PROCESS | SERVICE_WIN32_SHARE_PROCESS`: not a driver.
const PROGRAM: u32 = 0x30;
/// `SERVICE_USER_SERVICE`: a per-session copy, under a name that changes.
const OF_SESSION: u32 = 0x40;
/// Startup folder, below the data folders of the user and of the PC.
pub(super) const START_UP: &str = r"Microsoft\Windows\Start Menu\Programs\StartUp";
/// Our own entry.
pub(super) const OWN: &str = "Mimamori";

/// A part of the list, or why it cannot be read.
type Part = Result<Vec<Autostart>, Why>;

/// Reads the list, sorted by name. Costs reading several hundred registry values and two folders.
pub(super) fn autostarts() -> Reading<Vec<Autostart>> {
    whole().map_or_else(Reading::Missing, Reading::Known)
}

fn whole() -> Part {
    let mut list = Vec::new();
    for (hive, key, approved) in
        [(Hive::User, RUN, "Run"), (Hive::Machine, RUN, "Run"), (Hive::Machine, RUN_32, "Run32")]
    {
        list.extend(run_values(hive, key, &format!("{APPROVED}\\{approved}"))?);
    }
    for (hive, folder) in [(Hive::User, "APPDATA"), (Hive::Machine, "ProgramData")] {
        let Some(folder) = env::var_os(folder) else { continue };
        let off = switched_off(hive, &format!("{APPROVED}\\StartupFolder"))?;
        list.extend(start_up(&PathBuf::from(folder).join(START_UP), &off)?);
    }
    list.extend(services(SERVICES)?);
    list.retain(|entry| entry.name != OWN);
    list.sort_by(|one, other| (&one.name, &one.file).cmp(&(&other.name, &other.file)));
    list.dedup();
    Ok(list)
}

fn run_values(hive: Hive, key: &str, approved: &str) -> Part {
    let off = switched_off(hive, approved)?;
    let mut list = Vec::new();
    values_of(hive, key, |name, bytes| {
        if !name.is_empty() && !off.contains(name) {
            let line = text_of_bytes(bytes);
            let file = program(line.trim_end_matches('\0'));
            list.push(Autostart { name: name.to_owned(), file, since: None });
        }
    })?;
    Ok(list)
}

fn switched_off(hive: Hive, key: &str) -> Result<BTreeSet<String>, Why> {
    let mut off = BTreeSet::new();
    values_of(hive, key, |name, bytes| {
        if bytes.first().is_some_and(|first| first & 1 == 1) {
            off.insert(name.to_owned());
        }
    })?;
    Ok(off)
}

/// Files of a startup folder. A company may keep its users' folders on a server; such a folder is never read, whether
/// or not the server answers: it could block for long, and an unreachable one must not look empty.
fn start_up(folder: &Path, off: &BTreeSet<String>) -> Part {
    if is_network_folder(folder) {
        return Ok(Vec::new());
    }
    let files = match fs::read_dir(folder) {
        Ok(files) => files,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error.into()),
    };
    let entry = |path: PathBuf| {
        let name = path.file_name()?.to_str()?;
        if off.contains(name) || name.eq_ignore_ascii_case("desktop.ini") {
            return None;
        }
        // Only the shell can resolve a link.
        let is_link = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("lnk"));
        let file = (!is_link).then(|| path.to_str().map(str::to_owned)).flatten();
        Some(Autostart { name: path.file_stem()?.to_str()?.to_owned(), file, since: None })
    };
    let mut list = Vec::new();
    for file in files {
        list.extend(entry(file?.path()));
    }
    Ok(list)
}

/// Services below `root` that start with the PC and are not part of Windows, whose own come and go with updates. A
/// service whose key this user may not read is skipped.
fn services(root: &str) -> Part {
    let mut list = Vec::new();
    let mut failed = None;
    let listed = keys_below(root, |name| match service(&format!("{root}\\{name}"), name) {
        Ok(found) => list.extend(found),
        Err(why) => failed = Some(why),
    });
    match failed.or(listed.why()) {
        Some(why) => Err(why),
        None => Ok(list),
    }
}

fn service(key: &str, name: &str) -> Result<Option<Autostart>, Why> {
    let kind = read_number(key, "Type")?.unwrap_or_default();
    if read_number(key, "Start")? != Some(AUTOMATIC) || kind & PROGRAM == 0 || kind & OF_SESSION != 0 {
        return Ok(None);
    }
    let Some(line) = read_text(key, "ImagePath")? else { return Ok(None) };
    let file = program(&line);
    if is_of_windows(file.as_deref().unwrap_or(&line)) {
        return Ok(None);
    }
    // `@file,-number` refers to a text in a library.
    let shown = read_text(key, "DisplayName")?.filter(|shown| !shown.starts_with('@'));
    Ok(Some(Autostart { name: shown.unwrap_or_else(|| name.to_owned()), file, since: None }))
}

fn is_of_windows(file: &str) -> bool {
    let file = file.to_lowercase();
    let root = env::var("SystemRoot").unwrap_or_else(|_| r"C:\Windows".to_owned()).to_lowercase();
    file.strip_prefix(&root).is_some_and(|rest| rest.starts_with('\\')) || file.starts_with(r"\systemroot\")
}

/// Program of a command line, with environment variables expanded.
pub(super) fn program(line: &str) -> Option<String> {
    let line = expanded(line);
    let file = program_of(&line)?;
    if file.contains('\\') {
        return Some(file.to_owned());
    }
    let system = PathBuf::from(env::var_os("SystemRoot")?).join("System32").join(file);
    system.is_file().then(|| system.to_str().map(str::to_owned)).flatten().or_else(|| Some(file.to_owned()))
}

/// Expands `%NAME%` where that variable exists.
fn expanded(line: &str) -> String {
    let mut text = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('%') {
        text.push_str(before);
        match after.split_once('%').and_then(|(name, after)| Some((env::var(name).ok()?, after))) {
            Some((value, after)) => {
                text.push_str(&value);
                rest = after;
            }
            None => {
                text.push('%');
                rest = after;
            }
        }
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use super::super::registry::set_user_text;
    use super::super::wide::wide;
    use super::*;
    use windows_sys::Win32::System::Registry::{HKEY_CURRENT_USER, REG_BINARY, RegDeleteTreeW, RegSetKeyValueW};

    #[test]
    fn the_program_of_a_command_line_is_found() {
        let is = |line: &str, file: &str| assert_eq!(program(line).as_deref(), Some(file), "{line}");
        is(r#""C:\Program Files\a b\x.exe" --quiet"#, r"C:\Program Files\a b\x.exe");
        is(r"C:\Program Files\a b\run.cmd C:\x.exe", r"C:\Program Files\a b\run.cmd");
        is("no-such-program --x", "no-such-program");
        assert!(program("notepad.exe").is_some_and(|file| file.to_lowercase().ends_with(r"system32\notepad.exe")));
        assert!(program(r"%SystemRoot%\x.exe").is_some_and(|file| !file.contains('%')));
        assert_eq!(expanded("100% %NO_SUCH_VARIABLE_HERE%"), "100% %NO_SUCH_VARIABLE_HERE%");
        assert_eq!(program(""), None);
    }

    #[test]
    #[expect(unsafe_code, reason = "does what Task Manager does, and cleans up")]
    fn values_are_listed_without_what_is_switched_off() {
        let root = format!("Software\\Mimamori-test-{}-list", std::process::id());
        let (run, approved) = (format!("{root}\\Run"), format!("{root}\\Approved"));
        for (name, line) in [("On", r#""C:\Tools\見守り\on.exe" x"#), ("Off", r"C:\off.exe")] {
            let units: Vec<u16> = line.encode_utf16().collect();
            set_user_text(&run, name, &units).expect("written");
        }
        let bytes = [3_u8, 0, 0, 0];
        // SAFETY: names are zero-terminated; the bytes and their number are given.
        unsafe {
            let (key, value) = (wide(&approved), wide("Off"));
            RegSetKeyValueW(HKEY_CURRENT_USER, key.as_ptr(), value.as_ptr(), REG_BINARY, bytes.as_ptr().cast(), 4);
        }
        let found = run_values(Hive::User, &run, &approved).expect("a list");
        // SAFETY: the name is zero-terminated.
        unsafe { RegDeleteTreeW(HKEY_CURRENT_USER, wide(&root).as_ptr()) };
        let on = Autostart { name: "On".to_owned(), file: Some(r"C:\Tools\見守り\on.exe".to_owned()), since: None };
        assert_eq!(found, [on]);
    }

    #[test]
    fn the_start_up_folder_is_listed() {
        let folder = tempfile::tempdir().expect("folder");
        for name in ["Chat.lnk", "run.bat", "desktop.ini", "off.bat"] {
            fs::write(folder.path().join(name), "x").expect("file");
        }
        let mut found = start_up(folder.path(), &BTreeSet::from(["off.bat".to_owned()])).expect("a list");
        found.sort_by(|one, other| one.name.cmp(&other.name));
        let names: Vec<(&str, bool)> = found.iter().map(|entry| (entry.name.as_str(), entry.file.is_some())).collect();
        assert_eq!(names, [("Chat", false), ("run", true)]);
        let nothing = BTreeSet::new();
        assert_eq!(start_up(&folder.path().join("none"), &nothing), Ok(Vec::new()));
        assert_eq!(
            start_up(Path::new(r"\\no-such-server\share\StartUp"), &nothing),
            Ok(Vec::new()),
            "never looked into"
        );
    }

    #[test]
    fn a_list_that_cannot_be_read_is_no_empty_list() {
        assert!(services(r"SYSTEM\No such key of services").is_err());
    }

    #[test]
    fn the_whole_list_can_be_read_and_has_no_part_of_windows() {
        let list = autostarts();
        let list = list.known().expect("a list");
        assert!(list.iter().all(|entry| !entry.name.is_empty()));
        assert!(is_of_windows(r"C:\windows\System32\svchost.exe") && !is_of_windows(r"C:\windowsx\svchost.exe"));
    }
}
