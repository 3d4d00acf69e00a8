//! Reads `assets/knowledge/browsers.toml`: where browsers keep their state, and the ids of ad-blocking add-ons.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Deserialize;

use super::Knowledge;
use super::programs::{KnownProgram, Source};
use super::system::TableError;
use crate::model::{BrowserFamily, BrowserPlaces, OwnBlocking, ProgramKind};

/// Switches of Chromium's family that belong to the PC and the profile rather than to one session.
const LASTING: [&str; 9] = [
    "--user-data-dir",
    "--profile-directory",
    "--no-sandbox",
    "--disable-gpu",
    "--ozone-platform",
    "--password-store",
    "--proxy-pac-url",
    "--proxy-server",
    "--lang",
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    browser: Vec<Browser>,
    blocker: Vec<Blocker>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Browser {
    program: String,
    family: BrowserFamily,
    scripts_page: String,
    #[serde(default)]
    own_blocking: OwnBlocking,
    profiles: Vec<String>,
    #[serde(default)]
    policies: Vec<String>,
    #[serde(default)]
    update_states: Vec<String>,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Blocker {
    name: String,
    ids: Vec<String>,
    source: String,
}

/// Both tables.
#[derive(Clone, Debug)]
pub(super) struct Browsers {
    /// Keyed by program id.
    places: BTreeMap<String, Arc<BrowserPlaces>>,
    blockers: Arc<BTreeSet<String>>,
}

impl Browsers {
    pub(super) fn read(
        text: &str,
        sources: &BTreeMap<String, Source>,
        programs: &[KnownProgram],
    ) -> Result<Self, TableError> {
        let table: Table = toml::from_str(text).map_err(TableError::Syntax)?;
        let named = table.browser.iter().map(|browser| &browser.source);
        let mut named = named.chain(table.blocker.iter().map(|blocker| &blocker.source));
        if let Some(unknown) = named.find(|id| !sources.contains_key(*id)) {
            return Err(TableError::Unknown(unknown.clone()));
        }
        let is_browser = |id: &str| programs.iter().any(|known| known.id == id && known.kind == ProgramKind::Browser);
        let mut places = BTreeMap::new();
        for browser in table.browser {
            let Browser { program, family, scripts_page, own_blocking, profiles, policies, update_states, source: _ } =
                browser;
            if !is_browser(&program) {
                return Err(TableError::Unknown(program));
            }
            let found = BrowserPlaces { family, scripts_page, own_blocking, profiles, policies, update_states };
            if places.insert(program.clone(), Arc::new(found)).is_some() {
                return Err(TableError::Duplicate(program));
            }
        }
        let (mut names, mut blockers) = (BTreeSet::new(), BTreeSet::new());
        for Blocker { name, ids, source: _ } in table.blocker {
            if let Some(twice) = ids.iter().find(|id| !blockers.insert((*id).clone())) {
                return Err(TableError::Duplicate(twice.clone()));
            }
            if !names.insert(name.clone()) {
                return Err(TableError::Duplicate(name));
            }
        }
        Ok(Self { places, blockers: Arc::new(blockers) })
    }
}

/// The arguments one by one. On Linux, Chromium joins its own by blanks when it names its process (`setproctitle`), so
/// that they are one; a blank before a switch, an address or a path then begins the next.
fn apart(args: &[String]) -> Cow<'_, [String]> {
    const BEGINS: [&str; 7] = ["--", "/", "~", "http:", "https:", "file:", "about:"];
    let [line] = args else { return Cow::Borrowed(args) };
    let is_begin = |at: &usize| BEGINS.iter().any(|begin| line[at + 1..].starts_with(begin));
    let mut ends: Vec<usize> = line.match_indices(' ').map(|(at, _)| at).filter(is_begin).collect();
    ends.push(line.len());
    let begins = std::iter::once(0).chain(ends.iter().map(|end| end + 1));
    Cow::Owned(begins.zip(&ends).map(|(begin, &end)| line[begin..end].trim_end().to_owned()).collect())
}

impl Knowledge {
    /// Where the browser with this English name keeps its state; `None` for one whose update schedule and folders are
    /// unknown.
    pub fn browser_places(&self, english: &str) -> Option<&Arc<BrowserPlaces>> {
        self.browsers.places.get(&self.named(english)?.id)
    }

    /// Ids of ad-blocking add-ons of all browsers.
    pub const fn ad_blockers(&self) -> &Arc<BTreeSet<String>> {
        &self.browsers.blockers
    }

    /// The profile folder named on the browser's command line, if any.
    pub fn profiles_argument(args: &[String]) -> Option<String> {
        let args = apart(args);
        let chromium = args.iter().find_map(|arg| arg.strip_prefix("--user-data-dir=").map(str::to_owned));
        let is_firefox = |arg: &String| ["-profile", "--profile"].contains(&arg.as_str());
        chromium.or_else(|| args.get(args.iter().position(is_firefox)? + 1).cloned())
    }

    /// The switch with which a browser of Chromium's family runs no script until it is closed. Source: Chromium's
    /// `WebViewImpl::UpdateWebPreferences`, which applies it to every page.
    pub const NO_SCRIPT: &str = "--blink-settings=scriptEnabled=false";
    /// Name of the folder of the profile in which Firefox runs no script.
    pub const NO_SCRIPT_PROFILE: &str = "firefox-without-javascript";

    /// The arguments that say where a browser keeps its profile and how it runs on this PC; without them it would start
    /// as another one, or not at all. Never a page, and nothing about a session.
    pub fn lasting_switches(family: BrowserFamily, args: &[String]) -> Vec<String> {
        match family {
            BrowserFamily::Chromium => {
                let name = |arg: &str| arg.split_once('=').map_or(arg, |(name, _)| name).to_owned();
                let is_kept = |arg: &&String| LASTING.contains(&name(arg).as_str());
                apart(args).iter().skip(1).filter(is_kept).cloned().collect()
            }
            BrowserFamily::Firefox => {
                let own = Self::profiles_argument(args).filter(|folder| !folder.ends_with(Self::NO_SCRIPT_PROFILE));
                own.map_or_else(Vec::new, |folder| vec!["-profile".to_owned(), folder])
            }
        }
    }

    /// True if a browser was started so that it runs no script.
    pub fn is_without_javascript(args: &[String]) -> bool {
        let is_firefox = || {
            let folder = Self::profiles_argument(args)?;
            Some(folder.trim_end_matches(['/', '\\']).ends_with(Self::NO_SCRIPT_PROFILE))
        };
        apart(args).iter().any(|arg| arg == Self::NO_SCRIPT) || is_firefox().unwrap_or(false)
    }

    /// True if the browser was started with add-ons that none of its lists contain. Debian's Chromium always passes
    /// this switch, mostly empty.
    pub fn has_unlisted_add_ons(args: &[String]) -> bool {
        let is_some = |arg: &String| arg.strip_prefix("--load-extension=").is_some_and(|folders| !folders.is_empty());
        apart(args).iter().any(is_some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_is_of_one_system_and_every_browser_has_one_on_each() {
        let knowledge = Knowledge::builtin().expect("tables");
        assert!(knowledge.browsers.places.len() >= 7);
        for (program, places) in &knowledge.browsers.places {
            let is_windows = |place: &&String| place.starts_with('%');
            let (windows, linux): (Vec<&String>, Vec<&String>) = places.profiles.iter().partition(is_windows);
            assert!(!windows.is_empty() && !linux.is_empty(), "{program}");
            assert!(windows.iter().all(|place| place[1..].contains('%') && !place.contains('/')), "{program}");
            assert!(linux.iter().all(|place| place.starts_with("~/") && !place.contains('\\')), "{program}");
            for policy in &places.policies {
                assert!(policy.starts_with(r"SOFTWARE\Policies\") || policy.starts_with("/etc/"), "{policy}");
            }
            assert_eq!(places.family == BrowserFamily::Firefox, !places.update_states.is_empty(), "{program}");
        }
    }

    #[test]
    fn arguments_that_a_browser_has_joined_are_told_apart() {
        let words = |line: &str| line.split('|').map(str::to_owned).collect::<Vec<_>>();
        let line = "/opt/c/chrome --user-data-dir=/home/a/my profile --no-sandbox --load-extension= --lang=en https://a.example/b?c";
        let apart_already = "/opt/c/chrome|--user-data-dir=/home/a/my profile|--no-sandbox|--load-extension=|--lang=en|https://a.example/b?c";
        for args in [vec![line.to_owned()], words(apart_already)] {
            assert_eq!(Knowledge::profiles_argument(&args).as_deref(), Some("/home/a/my profile"));
            assert!(!Knowledge::has_unlisted_add_ons(&args) && !Knowledge::is_without_javascript(&args));
            let kept = Knowledge::lasting_switches(BrowserFamily::Chromium, &args);
            assert_eq!(kept, words("--user-data-dir=/home/a/my profile|--no-sandbox|--lang=en"));
        }
        let without = format!("/opt/c/chrome {} --hide-crash-restore-bubble /home/a/page.html", Knowledge::NO_SCRIPT);
        assert!(Knowledge::is_without_javascript(&[without]));
        assert!(Knowledge::has_unlisted_add_ons(&["/opt/c/chrome --load-extension=/home/a/x --lang=en".to_owned()]));
        for odd in
            [vec![], vec![String::new()], vec![" ".to_owned()], vec!["a  --".to_owned()], vec!["日本 /語".to_owned()]]
        {
            assert!(!Knowledge::is_without_javascript(&odd) && Knowledge::profiles_argument(&odd).is_none());
        }
    }

    #[test]
    fn ids_of_add_ons_are_of_a_form_that_browsers_give() {
        let knowledge = Knowledge::builtin().expect("tables");
        assert!(knowledge.ad_blockers().len() >= 20);
        for id in &**knowledge.ad_blockers() {
            let chromium = id.len() == 32 && id.bytes().all(|byte| (b'a'..=b'p').contains(&byte));
            let firefox = id.contains('@') || (id.starts_with('{') && id.ends_with('}') && id.len() == 38);
            assert!(chromium || firefox, "{id}");
        }
    }

    #[test]
    fn browsers_are_found_by_the_names_of_their_programs() {
        let knowledge = Knowledge::builtin().expect("tables");
        let family = |name| knowledge.browser_places(name).map(|places| places.family);
        assert_eq!(family("Google Chrome"), Some(BrowserFamily::Chromium));
        assert_eq!(family("Firefox"), Some(BrowserFamily::Firefox));
        assert_eq!(family("Sleipnir"), None);
        assert_eq!(family("Notepad"), None);
    }

    #[test]
    fn command_lines_name_other_profiles() {
        let args = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let chrome = args("chrome --flag --user-data-dir=/srv/p");
        assert_eq!(Knowledge::profiles_argument(&chrome).as_deref(), Some("/srv/p"));
        assert_eq!(Knowledge::profiles_argument(&args("firefox -profile /srv/f")).as_deref(), Some("/srv/f"));
        assert_eq!(Knowledge::profiles_argument(&args("firefox --profile")), None);
        assert_eq!(Knowledge::profiles_argument(&[]), None);
        assert!(Knowledge::has_unlisted_add_ons(&args("chromium --load-extension=/usr/share/x")));
        assert!(!Knowledge::has_unlisted_add_ons(&args("chromium --load-extension= about:blank")));
        assert!(!Knowledge::has_unlisted_add_ons(&chrome));
    }
}
