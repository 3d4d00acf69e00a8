//! What this user can switch on and off of what starts by itself.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// An entry that this user can switch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AutostartEntry {
    /// Where it is, in words of the system: `desktop:NAME` for a desktop file, `run:NAME` for a value of the user's `Run`
    /// key, `folder:NAME` for a file of the user's startup folder.
    pub id: String,
    /// Its name as the system shows it.
    pub name: String,
    /// Its program file, where the system reports it.
    pub file: Option<String>,
    /// It starts by itself.
    pub on: bool,
}

/// What was changed to switch an entry, so that exactly that can be undone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AutostartChange {
    /// A file was written.
    File {
        /// The file.
        path: PathBuf,
        /// Its text before; `None` if there was none.
        before: Option<String>,
        /// Its text since.
        after: String,
    },
    /// A value of the user's registry was written.
    Value {
        /// The key below that of the user.
        key: String,
        /// The value.
        name: String,
        /// Its bytes before; `None` if there was none.
        before: Option<Vec<u8>>,
        /// Its bytes since.
        after: Vec<u8>,
    },
}
