//! Browsers: what is looked for about one that runs, and what was seen.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Deserialize;

use super::{At, Pid, Reading};

/// What a browser is built on: where its add-ons are listed, and how an update waits for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BrowserFamily {
    /// A profile has a folder `Extensions` with a folder for each add-on, named by its id.
    Chromium,
    /// A profile has a file `extensions.json` with the list of its add-ons.
    Firefox,
}

/// Whether a browser blocks advertisements without an add-on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OwnBlocking {
    /// It has nothing of its own.
    #[default]
    Never,
    /// The user can switch it on; whether that was done is not looked at.
    Optional,
    /// From the start.
    Always,
}

/// Where a browser keeps what is looked at. Places of the other system are in the lists too: the platform knows which
/// are its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrowserPlaces {
    /// What it is built on.
    pub family: BrowserFamily,
    /// Whether it blocks advertisements itself.
    pub own_blocking: OwnBlocking,
    /// Folders with its profiles: `%LOCALAPPDATA%\…` on Windows, `~/…` on Linux.
    pub profiles: Vec<String>,
    /// Where an administrator's settings are: a key of the registry on Windows, a folder on Linux.
    pub policies: Vec<String>,
    /// Files that say how far an update is, one name may be `*`; `@` is the folder of the program.
    pub update_states: Vec<String>,
}

/// A question about a browser that runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrowserQuestion {
    /// Its English name.
    pub name: Arc<str>,
    /// A process of it.
    pub pid: Pid,
    /// Its program file, as the system tells it.
    pub path: Option<Arc<str>>,
    /// The folder with its profiles that its command line names, if it does.
    pub own_profiles: Option<String>,
    /// Other people run it too, or it runs with profiles in several places: whose pages are busy is not known.
    pub shared: bool,
    /// It was started with add-ons that are in none of its lists.
    pub unlisted_add_ons: bool,
    /// Where to look.
    pub places: Arc<BrowserPlaces>,
    /// Ids of the add-ons that block advertisements.
    pub blockers: Arc<BTreeSet<String>>,
}

/// What was seen about a browser that runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BrowserState {
    /// Its English name: the identity of the program.
    pub name: Arc<str>,
    /// The date of its program file: when it was built (packages of Linux, Chromium's installer) or installed (Firefox's
    /// updater). The two are days apart.
    pub dated_at: Reading<At>,
    /// A newer one is installed or downloaded and waits for the browser to be closed.
    pub update_waiting: Reading<bool>,
    /// An add-on that blocks advertisements is installed in one of its profiles, or it blocks them itself.
    pub ad_blocking: Reading<bool>,
}
