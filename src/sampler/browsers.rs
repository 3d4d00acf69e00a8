//! State of the running browsers, read on a thread of its own because a profile may lie on a network drive that does not
//! answer: age of the program file, pending update, ad blocking, and whether it restores its pages and insists on https.
//!
//! Of a profile only the names of its add-ons and two settings are read; never history, cookies, addresses or pages.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde::Deserialize;

use super::threads;
use crate::model::{At, BrowserFamily, BrowserQuestion, BrowserState, OwnBlocking, Reading, Why};
use crate::platform;

/// Interval between two readings; another browser that starts is read at once.
const AGAIN: Duration = Duration::from_mins(10);
/// Most folders of one browser that are searched; users have a few profiles.
const MOST_PROFILES: usize = 200;
/// Largest list of add-ons that is read, in bytes; real ones have a few hundred KB.
const LONGEST_LIST: u64 = 16 << 20;
/// Oldest plausible date of a browser, 2010. Some packages (flatpak, nix) date every file near 1970.
const FIRST_DATE: At = At(1_262_304_000_000);
/// Suffix that Linux adds to the path of a deleted file.
const DELETED: &str = " (deleted)";
/// The policy that installs add-ons in every profile. Source: Chrome Enterprise policy list.
const FORCED: &str = "ExtensionInstallForcelist";

/// Reads the state of browsers on demand. A thread exists only during a read, and never more than one.
#[derive(Default)]
pub struct Browsers {
    last_request: Option<(Vec<BrowserQuestion>, Instant)>,
    inbox: Option<Receiver<Vec<BrowserState>>>,
    known: Option<Arc<[BrowserState]>>,
}

impl Browsers {
    /// Requests the state of the browsers running at `now`. Never blocks.
    pub fn request(&mut self, now: Instant, questions: Vec<BrowserQuestion>) {
        self.receive();
        let is_stale = |requested_at: &Instant| now.saturating_duration_since(*requested_at) >= AGAIN;
        let is_known = self
            .last_request
            .as_ref()
            .is_some_and(|(before, requested_at)| *before == questions && !is_stale(requested_at));
        // A thread that hangs stays; no second one is started.
        if is_known || self.inbox.is_some() {
            return;
        }
        self.last_request = Some((questions.clone(), now));
        if questions.is_empty() {
            self.known = Some(Arc::default());
            return;
        }
        let (outbox, inbox) = channel();
        let work = move || {
            // A failed send means that the program is about to exit.
            let _ = outbox.send(questions.iter().map(state).collect());
        };
        if threads::start("browsers", work) {
            self.inbox = Some(inbox);
        }
    }

    /// The newest result; it may be some minutes old, which is enough for what changes by days.
    pub fn latest(&mut self) -> Option<&Arc<[BrowserState]>> {
        self.receive();
        self.known.as_ref()
    }

    fn receive(&mut self) {
        match self.inbox.as_ref().map(Receiver::try_recv) {
            None | Some(Err(TryRecvError::Empty)) => {}
            Some(Ok(states)) => {
                // An equal result keeps the same allocation: every sample of a history holds it.
                if self.known.as_deref() != Some(states.as_slice()) {
                    self.known = Some(states.into());
                }
                self.inbox = None;
            }
            Some(Err(TryRecvError::Disconnected)) => self.inbox = None,
        }
    }
}

fn state(question: &BrowserQuestion) -> BrowserState {
    let (restores_session, https_only) = settings(question);
    BrowserState {
        name: Arc::clone(&question.name),
        dated_at: dated_at(question),
        update_waiting: update_waiting(question),
        ad_blocking: ad_blocking(question),
        restores_session,
        https_only,
    }
}

fn dated_at(question: &BrowserQuestion) -> Reading<At> {
    let path = question.path.as_deref().map(Path::new);
    let Some(file) = platform::program_file(question.pid, path) else { return Reading::Missing(Why::NoPermission) };
    let beside = match question.places.family {
        // The executable of Firefox may stay when the rest is updated; this file names the build.
        BrowserFamily::Firefox => path.and_then(Path::parent).map(|folder| folder.join("application.ini")),
        BrowserFamily::Chromium => None,
    };
    let modified = |file: &Path| fs::metadata(file).and_then(|metadata| metadata.modified());
    match modified(&file) {
        Ok(date) => date_of(beside.and_then(|beside| modified(&beside).ok()).map_or(date, |beside| beside.max(date))),
        Err(error) => error.into(),
    }
}

fn date_of(date: SystemTime) -> Reading<At> {
    let milliseconds = date.duration_since(UNIX_EPOCH).ok().and_then(|since| i64::try_from(since.as_millis()).ok());
    match milliseconds.map(At) {
        Some(at) if at >= FIRST_DATE => Reading::Known(at),
        _ => Reading::Missing(Why::OutOfRange),
    }
}

fn update_waiting(question: &BrowserQuestion) -> Reading<bool> {
    let Some(path) = question.path.as_deref() else { return Reading::Missing(Why::NoPermission) };
    if path.ends_with(DELETED) {
        return Reading::Known(true);
    }
    match question.places.family {
        BrowserFamily::Chromium => staged(Path::new(path)),
        BrowserFamily::Firefox => pending(question, Path::new(path)),
    }
}

/// While Chromium runs, its installer on Windows puts the new program file beside the old one and renames it at the next
/// start (chrome/installer: `new_chrome.exe`; Edge's is called `new_msedge.exe`). Linux replaces the file itself.
fn staged(path: &Path) -> Reading<bool> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if !name.to_lowercase().ends_with(".exe") {
        return Reading::Missing(Why::Unsupported);
    }
    let is_there = |name: &str| path.with_file_name(name).try_exists();
    match (is_there("new_chrome.exe"), is_there(&format!("new_{name}"))) {
        (Ok(one), Ok(other)) => Reading::Known(one || other),
        (Err(error), _) | (_, Err(error)) => error.into(),
    }
}

/// Firefox writes the state of an update into `update.status`: `pending…` once downloaded, `applied…` once unpacked,
/// both to be used at the next start (toolkit/mozapps/update). Every installation has its own folder, named by a hash
/// of its path that is not resolved here, so several must agree.
fn pending(question: &BrowserQuestion, path: &Path) -> Reading<bool> {
    let mut states = BTreeSet::new();
    for place in &question.places.update_states {
        let Some(files) = files_at(place, path.parent()) else { continue };
        states.extend(files.iter().map(|file| {
            let mut text = String::new();
            let read = platform::open_ordinary(file).and_then(|file| file.take(64).read_to_string(&mut text));
            read.is_ok() && ["pending", "applied"].iter().any(|word| text.starts_with(word))
        }));
    }
    match (states.contains(&true), states.contains(&false)) {
        (true, false) => Reading::Known(true),
        (false, true) => Reading::Known(false),
        _ => Reading::Missing(Why::Unsupported),
    }
}

/// Files that match a table entry; `None` if there is no such folder.
fn files_at(place: &str, program: Option<&Path>) -> Option<Vec<PathBuf>> {
    if let Some(rest) = place.strip_prefix("@/") {
        let file = program?.join(rest);
        return file.parent()?.parent()?.is_dir().then(|| vec![file]);
    }
    let (folder, rest) = place.split_once('*')?;
    let folders = fs::read_dir(platform::user_folder(folder)?).ok()?.flatten().take(MOST_PROFILES);
    let rest = rest.trim_start_matches(['\\', '/']);
    Some(folders.map(|entry| entry.path().join(rest)).collect())
}

fn ad_blocking(question: &BrowserQuestion) -> Reading<bool> {
    let places = &question.places;
    if places.own_blocking == OwnBlocking::Always {
        return Reading::Known(true);
    }
    if question.shared {
        return Reading::Missing(Why::Unsupported);
    }
    let is_blocker = |id: &str| question.blockers.contains(id);
    // The entry is the id of an add-on, then its source.
    let is_forced = |entry: &String| is_blocker(entry.split(';').next().unwrap_or_default());
    if places.policies.iter().any(|place| platform::policy_list(place, FORCED).iter().any(is_forced)) {
        return Reading::Known(true);
    }
    let (mut profiles, mut unread) = (0, None);
    for profile in profiles_of(question) {
        let found = match places.family {
            BrowserFamily::Chromium => chromium_blocks(&profile, is_blocker),
            BrowserFamily::Firefox => firefox_blocks(&profile, is_blocker),
        };
        match found {
            Reading::Known(true) => return found,
            Reading::Known(false) => profiles += 1,
            Reading::Missing(Why::NoSensor) => {}
            Reading::Missing(why) => unread = Some(why),
        }
    }
    let may_block = question.unlisted_add_ons || places.own_blocking == OwnBlocking::Optional;
    match unread {
        Some(why) => Reading::Missing(why),
        None if profiles == 0 || may_block => Reading::Missing(Why::Unsupported),
        None => Reading::Known(false),
    }
}

/// Folders that may be profiles of the browser.
fn profiles_of(question: &BrowserQuestion) -> Vec<PathBuf> {
    let folders: Vec<PathBuf> = match &question.own_profiles {
        Some(own) => Some(PathBuf::from(own)).filter(|own| own.is_absolute()).into_iter().collect(),
        None => question.places.profiles.iter().filter_map(|place| platform::user_folder(place)).collect(),
    };
    folders.iter().flat_map(|folder| profiles_in(folder)).collect()
}

/// The folder itself, because some browsers have a single profile, and its subfolders.
fn profiles_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().take(MOST_PROFILES);
    std::iter::once(folder.to_owned()).chain(entries.map(|entry| entry.path())).collect()
}

/// True if a folder of a Chromium profile's add-ons has the id of a blocker; [`Why::NoSensor`] if the folder is not a
/// profile.
fn chromium_blocks(profile: &Path, is_blocker: impl Fn(&str) -> bool) -> Reading<bool> {
    match fs::read_dir(profile.join("Extensions")) {
        Ok(mut entries) => Reading::Known(
            entries.any(|entry| entry.is_ok_and(|entry| is_blocker(&entry.file_name().to_string_lossy()))),
        ),
        // A profile without any add-ons has no such folder.
        Err(_) if !profile.join("Extensions").exists() && profile.join("Preferences").is_file() => {
            Reading::Known(false)
        }
        Err(error) if is_nothing(&error) => Reading::Missing(Why::NoSensor),
        Err(error) => error.into(),
    }
}

/// True if an ad blocker is enabled in a Firefox profile; [`Why::NoSensor`] if the folder is not a profile.
fn firefox_blocks(profile: &Path, is_blocker: impl Fn(&str) -> bool) -> Reading<bool> {
    #[derive(Deserialize)]
    struct List {
        addons: Vec<AddOn>,
    }
    #[derive(Deserialize)]
    struct AddOn {
        id: String,
        #[serde(default)]
        active: bool,
    }
    let file = match platform::open_ordinary(&profile.join("extensions.json")) {
        Ok(file) => file,
        Err(error) if is_nothing(&error) => return Reading::Missing(Why::NoSensor),
        Err(error) => return error.into(),
    };
    // Deserialises only the two fields and skips the rest. If Firefox is writing the file, the next read succeeds.
    match serde_json::from_reader::<_, List>(BufReader::new(file.take(LONGEST_LIST))) {
        Ok(list) => Reading::Known(list.addons.iter().any(|add_on| add_on.active && is_blocker(&add_on.id))),
        Err(_) => Reading::Missing(Why::OutOfRange),
    }
}

/// The two settings of a profile that are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct ProfileSettings {
    restores_session: bool,
    https_only: bool,
}

/// Whether any profile restores its pages, and whether all insist on https. What a policy of an administrator sets
/// instead is not read.
fn settings(question: &BrowserQuestion) -> (Reading<bool>, Reading<bool>) {
    let unknown = |why| (Reading::Missing(why), Reading::Missing(why));
    if question.shared {
        return unknown(Why::Unsupported);
    }
    let (mut of_all, mut unread) = (None, None);
    for profile in profiles_of(question) {
        let found = match question.places.family {
            BrowserFamily::Chromium => chromium_settings(&profile),
            BrowserFamily::Firefox => firefox_settings(&profile),
        };
        match found {
            Reading::Known(found) => {
                let before = of_all.unwrap_or(ProfileSettings { restores_session: false, https_only: true });
                of_all = Some(ProfileSettings {
                    restores_session: before.restores_session || found.restores_session,
                    https_only: before.https_only && found.https_only,
                });
            }
            Reading::Missing(Why::NoSensor) => {}
            Reading::Missing(why) => unread = Some(why),
        }
    }
    match (of_all, unread) {
        (_, Some(why)) => unknown(why),
        (None, None) => unknown(Why::Unsupported),
        (Some(found), None) => (Reading::Known(found.restores_session), Reading::Known(found.https_only)),
    }
}

/// Settings of a Chromium profile. Windows keeps the protected ones in a file of their own, which wins.
/// `session.restore_on_startup` is 1 for the last session and 6 for that and a list (session_startup_pref.h);
/// `https_only_mode_enabled` is "always use secure connections". What is not in the files has its default, off.
fn chromium_settings(profile: &Path) -> Reading<ProfileSettings> {
    #[derive(Default, Deserialize)]
    struct Preferences {
        #[serde(default)]
        session: Session,
        https_only_mode_enabled: Option<bool>,
    }
    #[derive(Default, Deserialize)]
    struct Session {
        restore_on_startup: Option<i64>,
    }
    let read = |name: &str| {
        let file = platform::open_ordinary(&profile.join(name))?;
        serde_json::from_reader::<_, Preferences>(BufReader::new(file.take(LONGEST_LIST))).map_err(std::io::Error::from)
    };
    let ordinary = match read("Preferences") {
        Ok(preferences) => preferences,
        Err(error) if is_nothing(&error) => return Reading::Missing(Why::NoSensor),
        Err(error) => return error.into(),
    };
    let protected = match read("Secure Preferences") {
        Ok(preferences) => preferences,
        Err(error) if is_nothing(&error) => Preferences::default(),
        Err(error) => return error.into(),
    };
    let restore = protected.session.restore_on_startup.or(ordinary.session.restore_on_startup);
    let https_only = protected.https_only_mode_enabled.or(ordinary.https_only_mode_enabled);
    Reading::Known(ProfileSettings {
        restores_session: matches!(restore, Some(1 | 6)),
        https_only: https_only == Some(true),
    })
}

/// Settings of a Firefox profile: `prefs.js` lists those that differ from their defaults, one a line.
fn firefox_settings(profile: &Path) -> Reading<ProfileSettings> {
    let mut text = String::new();
    let file = match platform::open_ordinary(&profile.join("prefs.js")) {
        Ok(file) => file,
        Err(error) if is_nothing(&error) => return Reading::Missing(Why::NoSensor),
        Err(error) => return error.into(),
    };
    if let Err(error) = file.take(LONGEST_LIST).read_to_string(&mut text) {
        return error.into();
    }
    let value = |name: &str| {
        let set = text.lines().filter_map(|line| line.strip_prefix("user_pref(\"")?.strip_prefix(name));
        set.filter_map(|rest| rest.strip_prefix("\",")?.trim().strip_suffix(");")).next_back().map(str::trim)
    };
    Reading::Known(ProfileSettings {
        restores_session: value("browser.startup.page") == Some("3"),
        https_only: value("dom.security.https_only_mode") == Some("true"),
    })
}

/// There is no such file, or the supposed profile folder is a file.
fn is_nothing(error: &std::io::Error) -> bool {
    matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::BrowserPlaces;

    const UBLOCK: &str = "cjpalhdlnbpafiamejdnhcphjbkeiagm";

    fn question(family: BrowserFamily, profiles: &Path) -> BrowserQuestion {
        BrowserQuestion {
            name: "Browser".into(),
            pid: 0,
            path: None,
            own_profiles: Some(profiles.to_string_lossy().into_owned()),
            shared: false,
            unlisted_add_ons: false,
            places: Arc::new(BrowserPlaces {
                scripts_page: String::new(),
                family,
                own_blocking: OwnBlocking::Never,
                profiles: Vec::new(),
                policies: Vec::new(),
                update_states: vec!["@/updates/0/update.status".to_owned()],
            }),
            blockers: Arc::new([UBLOCK, "uBlock0@raymondhill.net"].map(str::to_owned).into()),
        }
    }

    fn with_own_blocking(question: &BrowserQuestion, own_blocking: OwnBlocking) -> BrowserQuestion {
        let places = BrowserPlaces { own_blocking, ..(*question.places).clone() };
        BrowserQuestion { places: Arc::new(places), ..question.clone() }
    }

    fn put(path: &Path, text: &str) {
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, text).expect("written");
    }

    #[test]
    fn a_blocker_of_chromium_is_a_folder_with_its_id() {
        let folder = tempfile::tempdir().expect("a folder");
        let question = question(BrowserFamily::Chromium, folder.path());
        assert_eq!(ad_blocking(&question), Reading::Missing(Why::Unsupported), "no profile");
        put(&folder.path().join("Local State"), "{}");
        put(&folder.path().join("Crashpad/settings.dat"), "");
        assert_eq!(ad_blocking(&question), Reading::Missing(Why::Unsupported), "no profile yet");
        put(&folder.path().join("Default/Preferences"), "{}");
        assert_eq!(ad_blocking(&question), Reading::Known(false));
        let other = folder.path().join("Default/Extensions/nmmhkkegccagdldgiimedpiccmgmieda/1.0/manifest.json");
        put(&other, "{}");
        assert_eq!(ad_blocking(&question), Reading::Known(false));
        let unlisted = BrowserQuestion { unlisted_add_ons: true, ..question.clone() };
        assert_eq!(ad_blocking(&unlisted), Reading::Missing(Why::Unsupported));
        let optional = with_own_blocking(&question, OwnBlocking::Optional);
        assert_eq!(ad_blocking(&optional), Reading::Missing(Why::Unsupported));
        assert_eq!(ad_blocking(&with_own_blocking(&question, OwnBlocking::Always)), Reading::Known(true));
        put(&folder.path().join("Profile 2/Extensions").join(UBLOCK).join("1.60/manifest.json"), "{}");
        assert_eq!(ad_blocking(&question), Reading::Known(true));
        assert_eq!(ad_blocking(&optional), Reading::Known(true));
    }

    #[test]
    fn a_browser_with_a_single_profile_keeps_it_in_the_folder_itself() {
        let folder = tempfile::tempdir().expect("a folder");
        put(&folder.path().join("Preferences"), "{}");
        put(&folder.path().join("Extensions").join(UBLOCK).join("x"), "");
        assert_eq!(ad_blocking(&question(BrowserFamily::Chromium, folder.path())), Reading::Known(true));
    }

    #[test]
    fn a_blocker_of_firefox_counts_while_it_is_switched_on() {
        let folder = tempfile::tempdir().expect("a folder");
        let question = question(BrowserFamily::Firefox, folder.path());
        put(&folder.path().join("profiles.ini"), "");
        put(&folder.path().join("Crash Reports/x"), "");
        assert_eq!(ad_blocking(&question), Reading::Missing(Why::Unsupported));
        let list = folder.path().join("a1b2.default-release/extensions.json");
        let with = |active| {
            let other = r#"{"id":"addon@darkreader.org","version":"4","active":true,"userDisabled":false}"#;
            let blocker = format!(r#"{{"id":"uBlock0@raymondhill.net","type":"extension","active":{active}}}"#);
            put(&list, &format!(r#"{{"schemaVersion":37,"addons":[{other},{blocker}]}}"#));
            ad_blocking(&question)
        };
        assert_eq!(with(false), Reading::Known(false));
        assert_eq!(with(true), Reading::Known(true));
        put(&list, r#"{"schemaVersion":37,"addons":[{"id":"uBl"#);
        assert_eq!(ad_blocking(&question), Reading::Missing(Why::OutOfRange), "it is being written");
    }

    #[test]
    fn settings_are_those_of_the_profiles() {
        let folder = tempfile::tempdir().expect("a folder");
        let question = question(BrowserFamily::Chromium, folder.path());
        let missing = (Reading::Missing(Why::Unsupported), Reading::Missing(Why::Unsupported));
        assert_eq!(settings(&question), missing, "no profile");
        let known = |restores, https| (Reading::Known(restores), Reading::Known(https));
        let file = folder.path().join("Default/Preferences");
        for (text, expected) in [
            ("{}", known(false, false)),
            (
                r#"{"session":{"restore_on_startup":1,"x":[1]},"https_only_mode_enabled":true,"y":{}}"#,
                known(true, true),
            ),
            (r#"{"session":{"restore_on_startup":5}}"#, known(false, false)),
        ] {
            put(&file, text);
            assert_eq!(settings(&question), expected, "{text}");
        }
        put(&folder.path().join("Default/Secure Preferences"), r#"{"session":{"restore_on_startup":6}}"#);
        assert_eq!(settings(&question), known(true, false), "the protected value wins");
        put(&folder.path().join("Profile 1/Preferences"), r#"{"https_only_mode_enabled":true}"#);
        assert_eq!(settings(&question), known(true, false), "one profile restores, not all insist");
        put(&file, "{\"session\":");
        assert!(settings(&question).0.known().is_none(), "it is being written");
        let shared = BrowserQuestion { shared: true, ..question };
        assert_eq!(settings(&shared), missing);
    }

    #[test]
    fn settings_of_firefox_are_lines() {
        let folder = tempfile::tempdir().expect("a folder");
        let question = question(BrowserFamily::Firefox, folder.path());
        let file = folder.path().join("a1b2.default-release/prefs.js");
        for (text, restores, https) in [
            ("// Mozilla User Preferences\n", false, false),
            (
                "user_pref(\"browser.startup.page\", 3);\nuser_pref(\"dom.security.https_only_mode\", true);\n",
                true,
                true,
            ),
            ("user_pref(\"browser.startup.page_x\", 3);\n// user_pref(\"browser.startup.page\", 3);\n", false, false),
        ] {
            put(&file, text);
            assert_eq!(settings(&question), (Reading::Known(restores), Reading::Known(https)), "{text}");
        }
    }

    #[test]
    fn an_update_waits_beside_the_program_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let waits = |family, name: &str| {
            let path = folder.path().join(name).to_string_lossy().into_owned();
            update_waiting(&BrowserQuestion { path: Some(path.into()), ..question(family, folder.path()) })
        };
        assert_eq!(waits(BrowserFamily::Chromium, "msedge.exe"), Reading::Known(false));
        put(&folder.path().join("new_msedge.exe"), "");
        assert_eq!(waits(BrowserFamily::Chromium, "msedge.exe"), Reading::Known(true));
        assert_eq!(waits(BrowserFamily::Chromium, "chrome"), Reading::Missing(Why::Unsupported));
        assert_eq!(waits(BrowserFamily::Chromium, "chrome (deleted)"), Reading::Known(true));
        assert_eq!(
            waits(BrowserFamily::Firefox, "firefox"),
            Reading::Missing(Why::Unsupported),
            "never updated itself"
        );
        let status = folder.path().join("updates/0/update.status");
        for (text, expected) in [("pending-service\n", true), ("applied\n", true), ("downloading\n", false)] {
            put(&status, text);
            assert_eq!(waits(BrowserFamily::Firefox, "firefox"), Reading::Known(expected), "{text}");
        }
        fs::remove_file(&status).expect("removed");
        assert_eq!(waits(BrowserFamily::Firefox, "firefox"), Reading::Known(false));
    }

    #[test]
    fn the_date_of_the_program_file_is_its_age() {
        let own = std::env::current_exe().expect("own path").to_string_lossy().into_owned();
        let folder = tempfile::tempdir().expect("a folder");
        let question = question(BrowserFamily::Chromium, folder.path());
        let question = BrowserQuestion { pid: std::process::id(), path: Some(own.as_str().into()), ..question };
        let modified = fs::metadata(&own).and_then(|metadata| metadata.modified()).expect("a date");
        if platform::program_file(0, Some(Path::new(&own))).is_some() {
            assert_eq!(dated_at(&question), date_of(modified));
        }
        assert_eq!(date_of(UNIX_EPOCH + Duration::from_secs(1)), Reading::Missing(Why::OutOfRange));
    }

    #[test]
    fn nobody_waits_for_an_answer() {
        let folder = tempfile::tempdir().expect("a folder");
        let question = question(BrowserFamily::Chromium, folder.path());
        let (mut browsers, now) = (Browsers::default(), Instant::now());
        assert_eq!(browsers.latest(), None);
        browsers.request(now, vec![question.clone()]);
        let first = loop {
            if let Some(states) = browsers.latest() {
                break Arc::clone(states);
            }
            std::thread::sleep(Duration::from_millis(2));
        };
        assert_eq!((first.len(), &*first[0].name), (1, "Browser"));
        // The same browsers are not read again for a while, and an equal result keeps its allocation.
        browsers.request(now + AGAIN / 2, vec![question.clone()]);
        assert!(browsers.inbox.is_none());
        browsers.request(now + AGAIN, vec![question]);
        while browsers.inbox.is_some() {
            browsers.receive();
        }
        assert!(Arc::ptr_eq(browsers.latest().expect("known"), &first));
        browsers.request(now + AGAIN, Vec::new());
        assert!(browsers.latest().expect("known").is_empty());
    }
}
