//! Browsers: what is checked about a running one, and the result.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Deserialize;

use super::{At, Pid, Reading};

/// Engine family of a browser; decides where its add-ons are listed and how a pending update shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BrowserFamily {
    /// A profile has a folder `Extensions` with one folder per add-on, named by its id.
    Chromium,
    /// A profile has a file `extensions.json` that lists its add-ons.
    Firefox,
}

/// Built-in ad blocking of a browser.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OwnBlocking {
    /// None.
    #[default]
    Never,
    /// The user can enable it; whether that was done is not checked.
    Optional,
    /// Enabled by default.
    Always,
}

/// Where a browser keeps its state. Contains the locations of all systems; the platform picks its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrowserPlaces {
    /// Engine family.
    pub family: BrowserFamily,
    /// Address of the page of its settings for JavaScript. Only a person can open it.
    pub scripts_page: String,
    /// Built-in ad blocking.
    pub own_blocking: OwnBlocking,
    /// Profile folders: `%LOCALAPPDATA%\…` on Windows, `~/…` on Linux.
    pub profiles: Vec<String>,
    /// Policies of an administrator: a registry key on Windows, a folder on Linux.
    pub policies: Vec<String>,
    /// Files with the state of an update; one path component may be `*`, `@` is the program's folder.
    pub update_states: Vec<String>,
}

/// What to check about a running browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrowserQuestion {
    /// Its English name.
    pub name: Arc<str>,
    /// One of its processes.
    pub pid: Pid,
    /// Path of its program file, as reported by the system.
    pub path: Option<Arc<str>>,
    /// Profile folder named on its command line, if any.
    pub own_profiles: Option<String>,
    /// Several users run it, or it runs with profiles in several folders: it is unknown whose pages cause the load.
    pub shared: bool,
    /// It was started with add-ons that none of its lists contain.
    pub unlisted_add_ons: bool,
    /// Where it keeps its state.
    pub places: Arc<BrowserPlaces>,
    /// Ids of ad-blocking add-ons.
    pub blockers: Arc<BTreeSet<String>>,
}

/// State of a running browser.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BrowserState {
    /// Its English name, which identifies the program.
    pub name: Arc<str>,
    /// Date of its program file: of the build (Linux packages, Chromium's installer) or of the installation (Firefox's
    /// updater). The two are days apart.
    pub dated_at: Reading<At>,
    /// A newer version is installed or downloaded and waits for the browser to be closed.
    pub update_waiting: Reading<bool>,
    /// One of its profiles has an ad-blocking add-on, or it blocks ads itself.
    pub ad_blocking: Reading<bool>,
    /// One of its profiles opens the pages of the last session again at each start.
    pub restores_session: Reading<bool>,
    /// Every profile warns before a page without https.
    pub https_only: Reading<bool>,
}
