//! Slowly changing state of a PC, read on a thread of its own at long intervals.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{At, BrowserState, Bytes, Event, EventKind, Reading};

/// State of antivirus protection as the system reports it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Protection {
    /// On and up to date.
    Good,
    /// On, but in need of attention: mostly out of date.
    Poor,
    /// Paused.
    Paused,
    /// Off, or not monitored.
    Off,
}

/// A program that the system starts automatically, at boot or at login.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Autostart {
    /// Its name in the system's list.
    pub name: String,
    /// Its program file, where the system reports it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// When it was first seen; `None` if it was there from the beginning, or was never recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<At>,
}

impl Autostart {
    /// Identity that survives new versions of a program, but not another file in its place.
    ///
    /// Numbers with dots (`152.0.7933.0`) are versions, in names as well: Chrome's updater registers under a new name
    /// with each. So are path components that consist only of digits and separators (`24`, `1_2`), and the hash before
    /// a name in the stores of Nix and Guix. A number without a dot beside other characters is not: "Tool 2" is not
    /// "Tool 3", and `svchost1` must not pass for `svchost`. The price: a program whose versions look like that is
    /// reported once for each, as a note.
    pub fn identity(&self) -> String {
        let file = self.file.as_deref().unwrap_or_default().to_lowercase();
        let mut in_store = false;
        let parts = file.split(['/', '\\']).map(|part| {
            let part = if std::mem::replace(&mut in_store, part == "store") { without_hash(part) } else { part };
            let is_version = part.starts_with(|c: char| c.is_ascii_digit())
                && part.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '_' | '-'));
            if is_version { "*".to_owned() } else { without_versions(part) }
        });
        let parts: Vec<String> = parts.collect();
        format!("{}\n{}", without_versions(&self.name), parts.join("/"))
    }
}

/// Replaces each run of digits and dots that begins and ends with a digit and contains a dot by `*`.
fn without_versions(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, from) = rest.split_at(start);
        let end = from.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(from.len());
        let (run, behind) = from.split_at(end);
        let number = run.trim_end_matches('.');
        kept.push_str(before);
        kept.push_str(if number.contains('.') { "*" } else { number });
        kept.push_str(&run[number.len()..]);
        rest = behind;
    }
    kept + rest
}

/// `name` for the `9vq2…-name` of a package store: the hash changes with each version.
fn without_hash(part: &str) -> &str {
    let name = part.split_at_checked(STORE_HASH).filter(|(hash, _)| hash.bytes().all(|b| b.is_ascii_alphanumeric()));
    name.and_then(|(_, name)| name.strip_prefix('-')).unwrap_or(part)
}

/// Characters of base 32 before each name in the stores of Nix and Guix (160 bits).
const STORE_HASH: usize = 32;

/// Why a PC ended without a shutdown, as the system reports it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StopReason {
    /// Power was lost or the PC hung: the system found no clean shutdown.
    PowerLost,
    /// The power button was held down.
    PowerButton,
    /// The system stopped because of an error.
    SystemError,
}

/// An end of this PC without a shutdown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SuddenStop {
    /// When it was last seen running. It may have ended later.
    pub at: At,
    /// When it was watched again.
    pub back: At,
    /// Why it ended.
    pub reason: StopReason,
    /// Error code (Windows bug check code).
    pub code: Option<u32>,
}

impl SuddenStop {
    /// From an event of the run that began at `back`; `None` for other events, and if the system gave no reason.
    pub fn of(event: &Event, back: At) -> Option<Self> {
        if event.kind != EventKind::SuddenStop {
            return None;
        }
        let reason = serde_json::from_value(event.data["cause"].clone()).ok()?;
        let code = event.data["code"].as_u64().and_then(|code| u32::try_from(code).ok());
        Some(Self { at: event.at, back, reason, code })
    }
}

/// State of a PC apart from its load.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Condition {
    /// Updates wait for a restart.
    pub restart_pending: Reading<bool>,
    /// Antivirus protection.
    pub antivirus: Reading<Protection>,
    /// When system updates were last installed (Windows) or checked for (Linux).
    pub updated_at: Reading<At>,
    /// Shutting down keeps the kernel for the next boot (Windows fast startup), so only a restart starts afresh.
    pub fast_startup: Reading<bool>,
    /// Memory set apart as huge pages (Linux): no program but those that ask for such pages can use it, and it is in
    /// nobody's share of the memory.
    pub reserved_memory: Reading<Bytes>,
    /// Programs that start automatically, by name.
    pub autostarts: Reading<Vec<Autostart>>,
    /// The running browsers.
    pub browsers: Reading<Arc<[BrowserState]>>,
    /// The last end without a shutdown; `None` if none was recorded, or the system gave no reason.
    pub sudden_stop: Option<SuddenStop>,
}

impl Condition {
    /// State of the browser with this English name.
    pub fn browser(&self, name: &str) -> Option<&BrowserState> {
        self.browsers.known()?.iter().find(|browser| &*browser.name == name)
    }
}

/// Whether the program starts with the session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AutostartState {
    /// It does not.
    #[default]
    Off,
    /// It does.
    On,
    /// It does for every user, by an administrator; this user cannot switch it off.
    OnForEveryone,
}

impl AutostartState {
    /// Returns `true` when it starts.
    pub const fn is_on(self) -> bool {
        matches!(self, Self::On | Self::OnForEveryone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_version_is_the_same_and_another_file_is_not() {
        let identity = |name: &str, file: &str| {
            Autostart { name: name.to_owned(), file: Some(file.to_owned()), since: None }.identity()
        };
        let old = identity("Chat", r"C:\Program Files\Chat\24.1.5\chat.exe");
        assert_eq!(old, identity("Chat", r"C:\Program Files\Chat\25.0\Chat.exe"));
        assert_ne!(old, identity("Chat", r"C:\Users\a\chat.exe"));
        assert_ne!(old, identity("Talk", r"C:\Program Files\Chat\25.0\chat.exe"));
    }

    #[test]
    fn a_version_within_a_name_does_not_make_it_another() {
        let same = |(name, file): (&str, &str), (newer, at): (&str, &str)| {
            let identity = |name: &str, file: &str| {
                Autostart { name: name.to_owned(), file: Some(file.to_owned()), since: None }.identity()
            };
            identity(name, file) == identity(newer, at)
        };
        let chrome = |version: &str| {
            let name = format!("Google Updater Internal Service (GoogleUpdaterInternalService{version})");
            (name, format!(r"C:\Program Files (x86)\Google\GoogleUpdater\{version}\updater.exe"))
        };
        let (old, new) = (chrome("152.0.7933.0"), chrome("153.0.1.12"));
        assert!(same((&old.0, &old.1), (&new.0, &new.1)));
        let packaged = r"C:\Program Files\WindowsApps\Foo_1.2.3.0_x64__8wekyb3d8bbwe\foo.exe";
        assert!(same(("Foo", packaged), ("Foo", &packaged.replace("1.2.3.0", "1.10.0.0"))));
        assert!(!same(("Foo", packaged), ("Foo", &packaged.replace("8wekyb3d8bbwe", "0000000000000"))));
        let nix = "/nix/store/9vq2hzrkmbfp8ncwcy4lsdx1aj5i3g06-foo-1.2.3/bin/food";
        let newer = "/nix/store/0a1b2c3d4f5g6h7i8j9k0l1m2n3p4q5r-foo-1.3/bin/food";
        assert!(same(("food", nix), ("food", newer)));
        assert!(!same(("food", nix), ("food", "/home/a/9vq2hzrkmbfp8ncwcy4lsdx1aj5i3g06-foo-1.2.3/bin/food")));
        assert!(same(("Tool v1.2", "/opt/tool"), ("Tool v1.3.1", "/opt/tool")));
        assert!(!same(("Tool 2", "/opt/tool"), ("Tool 3", "/opt/tool")));
        assert!(!same(("Tool", "/opt/tool/run1.sh"), ("Tool", "/opt/tool/run2.sh")));
        // Dots alone, at the end of a number, or beside multi-byte characters.
        for text in ["見守り 3.", "1", "...", "a.1", "ver１.２", ""] {
            assert_eq!(without_versions(text), text);
        }
        assert_eq!(without_versions("見守り1.2.版3.4"), "見守り*.版*");
        assert_eq!(without_hash("見守り見守り見守り見守り-a"), "見守り見守り見守り見守り-a");
    }
}
