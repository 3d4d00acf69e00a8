//! What changes seldom about a PC: read now and then, on a thread of its own.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{At, BrowserState, Reading};

/// What the system says about its protection against malware.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Protection {
    /// On and up to date.
    Good,
    /// On, but something has to be done: mostly out of date.
    Poor,
    /// Paused for a while.
    Paused,
    /// Off, or nobody watches over it.
    Off,
}

/// Something that the system starts by itself, with the PC or when the user signs in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Autostart {
    /// Its name in the list of the system.
    pub name: String,
    /// Its program file, where the system tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// When it was first seen; `None` for what was there from the beginning, and where nobody has recorded it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<At>,
}

impl Autostart {
    /// What stays the same from one version of a program to the next, and not when another file takes its place.
    pub fn identity(&self) -> String {
        let file = self.file.as_deref().unwrap_or_default().to_lowercase();
        let parts = file.split(['/', '\\']).map(|part| {
            let is_version = part.starts_with(|c: char| c.is_ascii_digit())
                && part.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '_' | '-'));
            if is_version { "*" } else { part }
        });
        format!("{}\n{}", self.name, parts.collect::<Vec<_>>().join("/"))
    }
}

/// The state of a PC beside its load.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Condition {
    /// Updates wait for a restart.
    pub restart_pending: Reading<bool>,
    /// Protection against malware.
    pub antivirus: Reading<Protection>,
    /// When updates of the system were last installed (Windows), or looked for (Linux).
    pub updated_at: Reading<At>,
    /// Shutting down keeps the kernel for the next start (Windows' fast start-up): only a restart begins anew.
    pub fast_startup: Reading<bool>,
    /// What starts by itself, by name.
    pub autostarts: Reading<Vec<Autostart>>,
    /// The browsers that run.
    pub browsers: Reading<Arc<[BrowserState]>>,
}

impl Condition {
    /// What is known of the browser with this English name.
    pub fn browser(&self, name: &str) -> Option<&BrowserState> {
        self.browsers.known()?.iter().find(|browser| &*browser.name == name)
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
}
