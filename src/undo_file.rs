//! The file of remedies that can be undone, so that another run of this program can do it: after a crash of the window, or
//! for `mimamori fix undo`.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::model::{At, AutostartChange, Launch, LoweredProcess};
use crate::platform;

/// Size limit of the file in bytes.
const LARGEST: u64 = 1 << 20;
/// Most entries kept, the newest.
const MOST: usize = 50;

/// Who carried a remedy out, which decides how long it lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// The window: it lasts as long as the window is open.
    Window,
    /// A command: it lasts until it is undone.
    Command,
}

/// What is undone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "remedy", rename_all = "snake_case")]
pub enum Undo {
    /// Puts priorities back.
    Background {
        /// The processes.
        parts: Vec<LoweredProcess>,
    },
    /// Switches what starts by itself back.
    Autostart {
        /// What was changed.
        change: AutostartChange,
    },
    /// Starts a program again that was closed.
    Close {
        /// How.
        launch: Launch,
    },
    /// Lets a browser run JavaScript again.
    NoJavascript {
        /// How it is started usually.
        launch: Launch,
    },
    /// Lets stopped processes go on.
    Pause {
        /// The processes.
        parts: Vec<crate::model::ProcKey>,
    },
}

/// A remedy that can be undone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UndoEntry {
    /// Number by which it is named; unique within the file.
    pub id: u32,
    /// When it was carried out.
    pub at: At,
    /// English name of the program.
    pub program: String,
    /// Who carried it out.
    pub by: By,
    /// The boot it belongs to; numbers of processes mean nothing in another.
    pub boot_id: Option<String>,
    /// How to undo it.
    #[serde(flatten)]
    pub undo: Undo,
}

impl UndoEntry {
    /// False when it is too late: a program is started again within minutes after it was closed.
    pub fn is_offered(&self, now: At) -> bool {
        // A clock that was set back would offer it for too long.
        let is_soon = now >= self.at && now.since(self.at) <= Launch::OFFERED_FOR;
        is_soon || !matches!(self.undo, Undo::Close { .. })
    }
}

/// The file.
#[derive(Clone, Debug)]
pub struct UndoFile {
    path: Option<PathBuf>,
    boot_id: Option<String>,
}

impl UndoFile {
    /// This user's file beside the recording. `boot_id` is that of the machine.
    pub fn of_user(boot_id: Option<String>) -> Self {
        let path = crate::settings::recording_path().map(|path| path.with_file_name("remedies.json"));
        Self { path, boot_id }
    }

    /// A different file, for tests.
    pub fn at(path: impl Into<PathBuf>, boot_id: Option<String>) -> Self {
        Self { path: Some(path.into()), boot_id }
    }

    /// Remedies that can be undone, oldest first: those on processes belong to one boot. A file that cannot be read has none.
    pub fn entries(&self) -> Vec<UndoEntry> {
        let text = self.path.as_ref().and_then(|path| platform::read_text(path, LARGEST).ok()).unwrap_or_default();
        let entries: Vec<UndoEntry> = serde_json::from_str(&text).unwrap_or_default();
        let is_of_files = |entry: &UndoEntry| matches!(entry.undo, Undo::Autostart { .. });
        entries.into_iter().filter(|entry| is_of_files(entry) || entry.boot_id == self.boot_id).collect()
    }

    /// Adds a remedy, and returns its number.
    ///
    /// # Errors
    /// The system's error: what was done can then be undone by this run only.
    pub fn add(&self, at: At, program: &str, by: By, undo: Undo) -> std::io::Result<u32> {
        let mut entries = self.entries();
        // What is no longer offered must not push out what is.
        entries.retain(|entry| entry.is_offered(at));
        let id = entries.iter().map(|entry| entry.id).max().unwrap_or(0).saturating_add(1);
        let (program, boot_id) = (program.to_owned(), self.boot_id.clone());
        entries.push(UndoEntry { id, at, program, by, boot_id, undo });
        let too_many = entries.len().saturating_sub(MOST);
        self.save(&entries[too_many..])?;
        Ok(id)
    }

    /// Replaces what undoes the remedy `id`, as when parts of a program were included.
    ///
    /// # Errors
    /// The system's error.
    pub fn set(&self, id: u32, undo: &Undo) -> std::io::Result<()> {
        let mut entries = self.entries();
        for entry in entries.iter_mut().filter(|entry| entry.id == id) {
            entry.undo = undo.clone();
        }
        self.save(&entries)
    }

    /// Removes the remedy `id`, which was undone.
    ///
    /// # Errors
    /// The system's error.
    pub fn remove(&self, id: u32) -> std::io::Result<()> {
        let mut entries = self.entries();
        entries.retain(|entry| entry.id != id);
        self.save(&entries)
    }

    fn save(&self, entries: &[UndoEntry]) -> std::io::Result<()> {
        let path = self.path.as_ref().ok_or(std::io::ErrorKind::NotFound)?;
        let text = serde_json::to_string_pretty(entries).unwrap_or_default();
        platform::replace_private(path, text.as_bytes(), || Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ProcKey;

    #[test]
    fn a_remedy_is_there_until_it_is_undone_or_the_pc_restarts() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("state/remedies.json");
        let file = UndoFile::at(&path, Some("boot 1".to_owned()));
        assert_eq!(file.entries(), []);
        let launch = Launch { path: "/usr/bin/editor".to_owned(), args: Vec::new() };
        let closed = UndoEntry {
            id: 1,
            at: At(60_000),
            program: "editor".to_owned(),
            by: By::Window,
            boot_id: None,
            undo: Undo::Close { launch },
        };
        for (now, is_offered) in [(60_000, true), (660_000, true), (660_001, false), (0, false)] {
            assert_eq!(closed.is_offered(At(now)), is_offered, "{now}: a clock may be set back, too");
        }
        let many = UndoFile::at(folder.path().join("many.json"), None);
        let change = AutostartChange::Value { key: "Run".into(), name: "Chat".into(), before: None, after: vec![2] };
        many.add(At(0), "Chat", By::Window, Undo::Autostart { change }).expect("saved");
        for minute in 1..=100 {
            many.add(At(minute * 60_000), "editor", By::Window, closed.undo.clone()).expect("saved");
        }
        assert_eq!(many.entries().first().map(|entry| entry.program.clone()).as_deref(), Some("Chat"));
        assert!(many.entries().len() < 15, "{}", many.entries().len());
        let undo = |pid| Undo::Pause { parts: vec![ProcKey { pid, start_time: 7 }] };
        let first = file.add(At(1000), "render", By::Command, undo(70)).expect("saved");
        let second = file.add(At(2000), "sums", By::Window, undo(71)).expect("saved");
        assert_ne!(first, second);
        file.set(second, &undo(72)).expect("saved");
        file.remove(first).expect("saved");
        let left = file.entries();
        assert_eq!((left.len(), &left[0].undo, left[0].program.as_str()), (1, &undo(72), "sums"));
        assert_eq!(UndoFile::at(&path, Some("boot 2".to_owned())).entries(), [], "other processes have the numbers");
        std::fs::write(&path, "[{").expect("written");
        assert_eq!(file.entries(), [], "damaged");
    }
}
