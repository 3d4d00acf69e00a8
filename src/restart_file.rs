//! The file that tells the tool after a restart what was found before it. Written right before the restart, read by the
//! next window, and removed by it.

use std::path::PathBuf;

use crate::platform;
use crate::remedy::restart::RestartNote;

/// Size limit of the file in bytes.
const LARGEST: u64 = 1 << 20;

/// The file.
#[derive(Clone, Debug)]
pub struct RestartFile {
    path: Option<PathBuf>,
}

impl RestartFile {
    /// This user's file beside the recording.
    pub fn of_user() -> Self {
        Self { path: crate::settings::recording_path().map(|path| path.with_file_name("restart.json")) }
    }

    /// A different file, for tests.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: Some(path.into()) }
    }

    /// What was noted; `None` without a file, or one that cannot be read.
    pub fn read(&self) -> Option<RestartNote> {
        let text = platform::read_text(self.path.as_ref()?, LARGEST).ok()?;
        serde_json::from_str(&text).inspect_err(|error| log::warn!("the note of a restart is damaged: {error}")).ok()
    }

    /// Writes the note as a whole or not at all.
    ///
    /// # Errors
    /// The system's error.
    pub fn write(&self, note: &RestartNote) -> std::io::Result<()> {
        let path = self.path.as_ref().ok_or(std::io::ErrorKind::NotFound)?;
        let text = serde_json::to_string_pretty(note).map_err(std::io::Error::other)?;
        platform::replace_private(path, text.as_bytes(), || Ok(()))
    }

    /// Removes the file: it was read, or there was no restart.
    pub fn remove(&self) {
        if let Some(Err(error)) = self.path.as_ref().map(std::fs::remove_file)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            log::warn!("the note of a restart cannot be removed: {error}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::At;

    #[test]
    fn a_note_is_there_until_it_is_removed_and_a_damaged_one_is_none() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("deep/restart.json");
        let file = RestartFile::at(&path);
        assert_eq!(file.read(), None);
        file.remove();
        let note = RestartNote {
            at: At(5),
            boot_id: Some("a".to_owned()),
            findings: Vec::new(),
            cpu: None,
            temperature: None,
            browsers: vec!["Firefox".to_owned()],
            lang: None,
        };
        file.write(&note).expect("written");
        assert_eq!(file.read(), Some(note));
        file.remove();
        assert_eq!(file.read(), None);
        std::fs::write(&path, "{\"at\":").expect("written");
        assert_eq!(file.read(), None);
        assert_eq!(
            RestartFile { path: None }
                .write(&serde_json::from_str("{\"at\":1,\"boot_id\":null}").expect("a note"))
                .map_err(|error| error.kind()),
            Err(std::io::ErrorKind::NotFound)
        );
    }
}
