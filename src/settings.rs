//! The user's settings and the ticks of the restart checklist. A missing or invalid field becomes its default; a file
//! that cannot be read or written never keeps the program from starting.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::explain::Lang;
use crate::model::{At, MyFiles};
use crate::platform;
use crate::remedy::restart::Ticks;

/// Size limit of the file in bytes.
const LARGEST: u64 = 1 << 20;

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThemeChoice {
    /// Follow the system.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

/// Graphics API that draws the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Renderer {
    /// OpenGL.
    Glow,
    /// Vulkan, Direct3D 12 or OpenGL through wgpu.
    Wgpu,
}

impl Renderer {
    /// The name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Glow => "glow",
            Self::Wgpu => "wgpu",
        }
    }
}

/// Background monitoring.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Background {
    /// The user has not been asked yet.
    #[default]
    NotAsked,
    /// On: starts with the PC.
    On,
    /// Off.
    Off,
}

/// The user's settings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Settings {
    /// Language; `None` follows the system.
    pub lang: Option<Lang>,
    /// Light or dark.
    pub theme: ThemeChoice,
    /// The renderer that worked last.
    pub renderer: Option<Renderer>,
    /// Background monitoring.
    pub background: Background,
    /// Ticks of the restart checklist.
    pub restart: Ticks,
    /// Programs marked as the user's own work.
    #[serde(rename = "mine")]
    pub my_work: Vec<MyWork>,
}

/// A program marked as the user's own work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MyWork {
    /// Path of its file.
    pub path: String,
    /// Display name.
    pub name: String,
    /// Signer when it was marked: with another signer it is not the same program.
    #[serde(default)]
    pub signer: Option<String>,
    /// End of the mark's validity.
    pub until: At,
}

impl Settings {
    /// Parses settings; an invalid field becomes its default.
    pub fn read(text: &str) -> Self {
        let value: Value = serde_json::from_str(text).unwrap_or_default();
        Self {
            lang: field(&value, "lang"),
            theme: field(&value, "theme").unwrap_or_default(),
            renderer: field(&value, "renderer"),
            background: field(&value, "background").unwrap_or_default(),
            restart: field(&value, "restart").unwrap_or_default(),
            my_work: field(&value, "mine").unwrap_or_default(),
        }
    }

    /// Files that are the user's own work at `now`, with their signers.
    pub fn my_files(&self, now: At) -> MyFiles {
        let valid = self.my_work.iter().filter(|work| now < work.until);
        valid.map(|work| (work.path.clone(), work.signer.clone())).collect()
    }

    /// Marks a file as the user's own work; drops expired marks.
    pub fn mark_my_work(&mut self, work: MyWork, now: At) {
        self.my_work.retain(|other| other.path != work.path && now < other.until);
        self.my_work.push(work);
    }
}

/// Path of this user's recording: in the state folder where the system has one, else in the local (never roaming) data
/// folder. `None` for a user without a home, or with the home of another user (`sudo -E`): nothing is read or left there.
pub fn recording_path() -> Option<PathBuf> {
    let folders = directories::ProjectDirs::from("", "", "mimamori")?;
    recording_in(folders.state_dir().unwrap_or_else(|| folders.data_local_dir()))
}

/// The recording in a state folder. A relative one (`HOME=x`) would be another one with each working folder.
fn recording_in(folder: &Path) -> Option<PathBuf> {
    let path = folder.join("recording.db");
    (path.is_absolute() && !platform::is_in_foreign_home(&path)).then_some(path)
}

/// The home folder when it belongs to another user, as with `sudo -E`: this program must leave nothing there.
pub fn home_of_another_user() -> Option<PathBuf> {
    let home = directories::BaseDirs::new()?.home_dir().to_owned();
    platform::is_in_foreign_home(&home).then_some(home)
}

/// Location of the settings.
#[derive(Clone, Debug)]
pub struct SettingsFile {
    path: Option<PathBuf>,
}

impl SettingsFile {
    /// This user's file: `settings.json` in the local (never roaming) data folder.
    pub fn of_user() -> Self {
        let folders = directories::ProjectDirs::from("", "", "mimamori");
        let path = folders.map(|folders| folders.data_local_dir().join("settings.json"));
        Self { path: path.filter(|path| path.is_absolute()) }
    }

    /// A different file, for tests.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: Some(path.into()) }
    }

    /// Reads the settings; a file that cannot be read gives the defaults.
    pub fn load(&self) -> Settings {
        let text = self.path.as_ref().and_then(|path| platform::read_text(path, LARGEST).ok()).unwrap_or_default();
        Settings::read(&text)
    }

    /// Writes the settings to a new file in the same folder, then renames it over the old one. An old one that is no
    /// JSON, which [`Self::load`] took for the defaults, is kept as `settings.json.bad`: a comma too many in it must not
    /// cost a person what it says.
    ///
    /// # Errors
    /// The system's error; the old settings remain.
    pub fn save(&self, settings: &Settings) -> std::io::Result<()> {
        let path = self.path.as_ref().ok_or(std::io::ErrorKind::NotFound)?;
        let text = serde_json::to_string_pretty(settings).unwrap_or_default();
        platform::replace_private(path, text.as_bytes(), || keep_if_damaged(path))
    }
}

fn field<T: DeserializeOwned>(value: &Value, name: &str) -> Option<T> {
    serde_json::from_value(value.get(name)?.clone()).ok()
}

fn keep_if_damaged(path: &Path) -> std::io::Result<()> {
    let is_damaged = match platform::read_bytes(path, LARGEST) {
        Ok(text) => !text.is_empty() && serde_json::from_slice::<Value>(&text).is_err(),
        // A file without end, or no file at all, is moved out of the way as it is.
        Err(error) => {
            matches!(error.kind(), ErrorKind::FileTooLarge | ErrorKind::InvalidInput | ErrorKind::IsADirectory)
        }
    };
    if is_damaged {
        let kept = path.with_extension("json.bad");
        fs::rename(path, &kept)?;
        log::warn!("the settings were damaged and are kept in {}", kept.display());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::remedy::restart::Step;

    #[test]
    fn settings_survive() {
        let folder = tempfile::tempdir().expect("folder");
        let file = SettingsFile::at(folder.path().join("deep/settings.json"));
        assert_eq!(file.load(), Settings::default());
        let mut settings = Settings { lang: Some(Lang::Ja), theme: ThemeChoice::Dark, ..Settings::default() };
        settings.restart.done.insert(Step::SaveWork);
        let work = MyWork { path: "/home/a/sums".to_owned(), name: "sums".to_owned(), signer: None, until: At(2000) };
        settings.mark_my_work(work.clone(), At(1000));
        settings.mark_my_work(work, At(1001));
        assert_eq!(
            (settings.my_work.len(), settings.my_files(At(1999)).len(), settings.my_files(At(2000)).len()),
            (1, 1, 0)
        );
        file.save(&settings).expect("saved");
        assert_eq!(file.load(), settings);
    }

    /// Regression: `HOME=x` made the folder x in the folder where the program happened to be started.
    #[test]
    fn nothing_is_kept_relative_to_the_working_folder() {
        let folder = tempfile::tempdir().expect("folder");
        assert_eq!(recording_in(Path::new("x/.local/state/mimamori")), None);
        assert_eq!(recording_in(folder.path()), Some(folder.path().join("recording.db")));
    }

    #[test]
    fn damaged_settings_are_kept_when_new_ones_are_written() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("settings.json");
        let file = SettingsFile::at(&path);
        fs::write(&path, "{\"lang\": \"ja\",}").expect("written");
        file.save(&Settings::default()).expect("saved");
        let kept = || fs::read_to_string(path.with_extension("json.bad")).expect("kept");
        assert_eq!(kept(), "{\"lang\": \"ja\",}");
        file.save(&Settings { lang: Some(Lang::En), ..Settings::default() }).expect("saved");
        assert_eq!((kept().as_str(), file.load().lang), ("{\"lang\": \"ja\",}", Some(Lang::En)));
    }

    /// Regressions: the file was readable for everybody, a device in its place was read without end, and a folder in its
    /// place was never replaced.
    #[test]
    fn whatever_is_in_its_place_the_settings_are_saved_for_this_user_only() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("deep/settings.json");
        let file = SettingsFile::at(&path);
        let settings = Settings { lang: Some(Lang::Ja), ..Settings::default() };
        file.save(&settings).expect("saved");
        fs::remove_file(&path).expect("removed");
        fs::create_dir(&path).expect("a folder");
        assert_eq!(file.load(), Settings::default());
        file.save(&settings).expect("saved");
        assert_eq!(file.load(), settings);
        fs::write(&path, " ".repeat(LARGEST as usize + 1)).expect("written");
        assert_eq!(file.load(), Settings::default());
        assert!(path.with_extension("json.bad").is_dir(), "kept");
    }

    #[test]
    fn a_bad_field_does_not_take_the_others_with_it() {
        let settings =
            Settings::read(r#"{"lang":"klingon","theme":"dark","renderer":7,"restart":{"done":["save_work"]}}"#);
        assert_eq!((settings.lang, settings.theme, settings.renderer), (None, ThemeChoice::Dark, None));
        assert_eq!(settings.restart.done.len(), 1);
        assert_eq!(Settings::read("not json"), Settings::default());
        assert_eq!(Settings::read(""), Settings::default());
    }
}
