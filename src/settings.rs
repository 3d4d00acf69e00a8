//! What the user chose, and the ticks of the restart list. A missing or bad field becomes its default; a file
//! that cannot be read or written never keeps the program from starting.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::explain::Lang;
use crate::model::{At, MyFiles};
use crate::remedy::restart::Ticks;

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThemeChoice {
    /// As the system.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

/// The graphics interface that draws the window.
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

/// Watching in the background.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Background {
    /// The user was not asked yet.
    #[default]
    NotAsked,
    /// Wanted: starts with the PC.
    On,
    /// Not wanted.
    Off,
}

/// What the user chose.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Settings {
    /// Language; that of the system when not chosen.
    pub lang: Option<Lang>,
    /// Light or dark.
    pub theme: ThemeChoice,
    /// The renderer that worked last.
    pub renderer: Option<Renderer>,
    /// Watching in the background.
    pub background: Background,
    /// Ticks of the restart list.
    pub restart: Ticks,
    /// Programs that the user called their own work.
    pub mine: Vec<MyWork>,
}

/// A program that the user called their own work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MyWork {
    /// Its file.
    pub path: String,
    /// What it is called.
    pub name: String,
    /// Who had signed it when it was called so: with another signer it is not the same program.
    #[serde(default)]
    pub signer: Option<String>,
    /// Until when that is believed.
    pub until: At,
}

impl Settings {
    /// The settings in a text; what cannot be read is the default.
    pub fn read(text: &str) -> Self {
        let value: Value = serde_json::from_str(text).unwrap_or_default();
        Self {
            lang: field(&value, "lang"),
            theme: field(&value, "theme").unwrap_or_default(),
            renderer: field(&value, "renderer"),
            background: field(&value, "background").unwrap_or_default(),
            restart: field(&value, "restart").unwrap_or_default(),
            mine: field(&value, "mine").unwrap_or_default(),
        }
    }

    /// The files that are the user's own work at `now`.
    pub fn my_work(&self, now: At) -> MyFiles {
        let valid = self.mine.iter().filter(|work| now < work.until);
        valid.map(|work| (work.path.clone(), work.signer.clone())).collect()
    }

    /// This file is the user's own work until then; what has run out is forgotten.
    pub fn call_mine(&mut self, work: MyWork, now: At) {
        self.mine.retain(|other| other.path != work.path && now < other.until);
        self.mine.push(work);
    }
}

/// The recording of this user: in the folder for states where the system has one, else in that for local (never
/// roaming) data. `None` for a user without a home.
pub fn recording_path() -> Option<PathBuf> {
    let folders = directories::ProjectDirs::from("", "", "mimamori")?;
    Some(folders.state_dir().unwrap_or_else(|| folders.data_local_dir()).join("recording.db"))
}

/// Where settings are kept.
#[derive(Clone, Debug)]
pub struct SettingsFile {
    path: Option<PathBuf>,
}

impl SettingsFile {
    /// The file of this user: `settings.json` in the local (never roaming) data folder.
    pub fn of_user() -> Self {
        let folders = directories::ProjectDirs::from("", "", "mimamori");
        Self { path: folders.map(|folders| folders.data_local_dir().join("settings.json")) }
    }

    /// Another file (tests).
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: Some(path.into()) }
    }

    /// Reads the settings; what cannot be read is the default.
    pub fn load(&self) -> Settings {
        let text = self.path.as_ref().and_then(|path| fs::read_to_string(path).ok()).unwrap_or_default();
        Settings::read(&text)
    }

    /// Writes the settings: a new file in the same folder, then renamed over the old one.
    ///
    /// # Errors
    /// What the system says; the old settings stay.
    pub fn save(&self, settings: &Settings) -> std::io::Result<()> {
        let path = self.path.as_ref().ok_or(std::io::ErrorKind::NotFound)?;
        let folder = path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder)?;
        let temporary = path.with_extension(format!("{}.new", std::process::id()));
        let mut file = fs::File::create(&temporary)?;
        let written = file
            .write_all(serde_json::to_string_pretty(settings).unwrap_or_default().as_bytes())
            .and_then(|()| file.sync_all())
            .and_then(|()| fs::rename(&temporary, path));
        if written.is_err() {
            let _ = fs::remove_file(&temporary);
        }
        written
    }
}

fn field<T: DeserializeOwned>(value: &Value, name: &str) -> Option<T> {
    serde_json::from_value(value.get(name)?.clone()).ok()
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
        settings.call_mine(work.clone(), At(1000));
        settings.call_mine(work, At(1001));
        assert_eq!(
            (settings.mine.len(), settings.my_work(At(1999)).len(), settings.my_work(At(2000)).len()),
            (1, 1, 0)
        );
        file.save(&settings).expect("saved");
        assert_eq!(file.load(), settings);
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
