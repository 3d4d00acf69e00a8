//! Starting a program again after it was closed: as it was, or a browser without JavaScript.

use serde::Serialize;
use strum::{IntoStaticStr, VariantArray};

use crate::diagnose::{ProgramTable, Subject};
use crate::knowledge::Knowledge;
use crate::model::{BrowserFamily, Launch, ProcFacts, ProgramKind, ProgramSample};

/// Places of programs that only their own starter can run, within its container.
const CONTAINED: [&str; 4] = ["/snap/", "/var/lib/snapd/", "/app/", r"\windowsapps\"];

/// How a program is started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Start {
    /// As it was.
    Again,
    /// A browser that runs no JavaScript, until it is closed.
    WithoutJavascript,
    /// A browser that runs JavaScript again.
    WithJavascript,
}

impl Start {
    /// The id used in texts and in the recording.
    pub fn id(self) -> &'static str {
        self.into()
    }
}

/// Why the system did not start a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StartFailure {
    /// Its file is no longer there.
    FileGone,
    /// Not allowed, or it would run with other rights than the user's.
    NotAllowed,
    /// What the system said.
    Other(String),
}

impl From<std::io::Error> for StartFailure {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::NotFound => Self::FileGone,
            std::io::ErrorKind::PermissionDenied => Self::NotAllowed,
            _ => Self::Other(error.to_string()),
        }
    }
}

/// A program that is started when the one that was asked to close has ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Reopening {
    /// How.
    pub start: Start,
    /// What became of it; `None` while the program that was asked to close still runs.
    pub result: Option<Result<(), StartFailure>>,
}

/// Why a program cannot be started again from here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, IntoStaticStr, VariantArray)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum NoStart {
    /// The system does not report its file.
    UnknownFile,
    /// It is a script or an application of a runtime: its file alone says nothing.
    Runtime,
    /// It runs in a container of its own (snap, Flatpak, Microsoft Store), which its file alone does not enter.
    Contained,
    /// No browser whose JavaScript can be switched off at its start.
    NotThisBrowser,
}

impl NoStart {
    /// Every reason, for tests and texts.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The id used in texts.
    pub fn id(self) -> &'static str {
        self.into()
    }
}

/// How `subject` is started again as it was. Ask before it is closed.
///
/// # Errors
/// Why it cannot be.
pub fn launch_of(subject: &Subject, programs: &ProgramTable, knowledge: &Knowledge) -> Result<Launch, NoStart> {
    let facts = root_of(subject, programs).ok_or(NoStart::UnknownFile)?;
    let path = facts.path.known().map(|path| path.strip_suffix(" (deleted)").unwrap_or(path));
    let is_whole = |path: &&str| path.starts_with('/') || path.get(1..3) == Some(r":\");
    let path = path.filter(is_whole).ok_or(NoStart::UnknownFile)?;
    if Knowledge::is_runtime(path) {
        return Err(NoStart::Runtime);
    }
    let lower = path.to_lowercase();
    if CONTAINED
        .iter()
        .any(|place| if place.starts_with('/') { path.starts_with(place) } else { lower.contains(place) })
    {
        return Err(NoStart::Contained);
    }
    let args = match (knowledge.browser_places(&subject.group), facts.args.known()) {
        (Some(places), Some(args)) => Knowledge::lasting_switches(places.family, args),
        _ => Vec::new(),
    };
    Ok(Launch { path: path.to_owned(), args })
}

/// How the browser `subject` is started without JavaScript; `profile` is the folder for a profile of its own, which
/// Firefox needs.
///
/// # Errors
/// Why it cannot be.
pub fn without_javascript(
    launch: &Launch,
    subject: &Subject,
    knowledge: &Knowledge,
    profile: Option<&str>,
) -> Result<Launch, NoStart> {
    let family = knowledge.browser_places(&subject.group).ok_or(NoStart::NotThisBrowser)?.family;
    let args = match family {
        BrowserFamily::Chromium => {
            let own = [Knowledge::NO_SCRIPT, "--hide-crash-restore-bubble"].map(str::to_owned);
            launch.args.iter().cloned().chain(own).collect()
        }
        BrowserFamily::Firefox => {
            let profile = profile.ok_or(NoStart::NotThisBrowser)?;
            ["-no-remote", "-profile", profile].map(str::to_owned).to_vec()
        }
    };
    Ok(Launch { path: launch.path.clone(), args })
}

/// English names of the running browsers that were started without JavaScript.
pub fn running_without_javascript(programs: &ProgramTable) -> Vec<String> {
    let is_marked = |facts: &ProcFacts| facts.args.known().is_some_and(|args| Knowledge::is_without_javascript(args));
    let has_marked = |program: &&ProgramSample| {
        let mut roots = program.members.iter().filter(|member| member.root == member.key);
        roots.any(|member| programs.facts.get(&member.key).is_some_and(|facts| is_marked(facts)))
    };
    let browsers = programs.programs.iter().filter(|program| program.kind == ProgramKind::Browser);
    browsers.filter(has_marked).map(|program| program.name.to_string()).collect()
}

/// The process that stands for the others: the root whose file is known.
fn root_of<'a>(subject: &Subject, programs: &'a ProgramTable) -> Option<&'a ProcFacts> {
    let mut roots = subject.members.iter().map(|member| member.root);
    let of = |key| programs.facts.get(&key).map(|facts| &**facts);
    roots.find_map(|key| of(key).filter(|facts| facts.path.known().is_some()))
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::sync::Arc;

    use super::*;
    use crate::model::{Bytes, Fraction, Member, ProcKey, Reading};

    const ROOT: ProcKey = ProcKey { pid: 70, start_time: 7 };

    /// A program of one process.
    fn running(group: &str, path: &str, args: &[&str]) -> (Subject, ProgramTable) {
        let facts = ProcFacts {
            path: Reading::Known(path.to_owned()),
            args: Reading::Known(args.iter().map(|&arg| arg.to_owned()).collect()),
            ..ProcFacts::new(ROOT)
        };
        let members = vec![Member { key: ROOT, root: ROOT, cpu: Fraction::new(0.5), memory: Bytes(1 << 20) }];
        let program = ProgramSample {
            kind: ProgramKind::Browser,
            members: members.clone().into(),
            name: group.into(),
            ..ProgramSample::default()
        };
        let table = ProgramTable { programs: vec![program], facts: HashMap::from([(ROOT, Arc::new(facts))]) };
        (Subject { group: group.to_owned(), members, ..Subject::machine() }, table)
    }

    #[test]
    fn a_program_is_started_by_its_file_alone() {
        let knowledge = Knowledge::builtin().expect("tables");
        let launch = |path: &str| {
            let (subject, table) = running("editor", path, &[path, "letter.txt", "--password=secret"]);
            launch_of(&subject, &table, &knowledge).map(|launch| (launch.path, launch.args))
        };
        let alone = |path: &str| Ok((path.to_owned(), Vec::new()));
        for path in ["/usr/bin/editor", r"C:\Program Files\Editor\editor.exe", "/opt/snapper/editor"] {
            assert_eq!(launch(path), alone(path));
        }
        assert_eq!(launch("/usr/bin/editor (deleted)"), alone("/usr/bin/editor"), "an update has replaced it");
        for (path, why) in [
            ("/usr/bin/python3.11", NoStart::Runtime),
            (r"C:\Java\bin\javaw.exe", NoStart::Runtime),
            ("/snap/editor/12/bin/editor", NoStart::Contained),
            ("/app/bin/editor", NoStart::Contained),
            (r"C:\Program Files\WindowsApps\Editor_1\editor.exe", NoStart::Contained),
            ("editor", NoStart::UnknownFile),
            ("", NoStart::UnknownFile),
        ] {
            assert_eq!(launch(path), Err(why), "{path}");
        }
    }

    #[test]
    fn a_browser_keeps_its_profile_and_loses_its_pages() {
        let knowledge = Knowledge::builtin().expect("tables");
        let path = "/usr/lib/chromium/chromium";
        let args =
            [path, "--user-data-dir=/home/a/p", "--restore-last-session", "--no-sandbox", "https://example.com/a"];
        let (subject, table) = running("Chromium", path, &args);
        let usual = launch_of(&subject, &table, &knowledge).expect("a program");
        assert_eq!(usual.args, ["--user-data-dir=/home/a/p", "--no-sandbox"]);
        assert_eq!(running_without_javascript(&table), Vec::<String>::new());
        let without = without_javascript(&usual, &subject, &knowledge, None).expect("a browser");
        assert_eq!(without.args[..2], usual.args[..]);
        let args: Vec<&str> = std::iter::once(path).chain(without.args.iter().map(String::as_str)).collect();
        let (subject, table) = running("Chromium", path, &args);
        assert_eq!(running_without_javascript(&table), ["Chromium"]);
        assert_eq!(launch_of(&subject, &table, &knowledge), Ok(usual), "as it was before");
    }

    #[test]
    fn firefox_gets_a_profile_of_its_own_and_goes_back_to_the_one_it_had() {
        let knowledge = Knowledge::builtin().expect("tables");
        let path = "/usr/lib/firefox-esr/firefox-esr";
        for (args, usual_args) in
            [(vec![path], vec![]), (vec![path, "-profile", "/home/a/p"], vec!["-profile", "/home/a/p"])]
        {
            let (subject, table) = running("Firefox", path, &args);
            let usual = launch_of(&subject, &table, &knowledge).expect("a program");
            assert_eq!(usual.args, usual_args);
            let profile = format!("/home/a/.local/state/mimamori/{}", Knowledge::NO_SCRIPT_PROFILE);
            let without = without_javascript(&usual, &subject, &knowledge, Some(&profile)).expect("a browser");
            assert_eq!(without.args, ["-no-remote", "-profile", &profile]);
            let args: Vec<&str> = std::iter::once(path).chain(without.args.iter().map(String::as_str)).collect();
            let (subject, table) = running("Firefox", path, &args);
            assert_eq!(running_without_javascript(&table), ["Firefox"]);
            assert_eq!(launch_of(&subject, &table, &knowledge).map(|launch| launch.args), Ok(Vec::new()));
            assert_eq!(without_javascript(&usual, &subject, &knowledge, None), Err(NoStart::NotThisBrowser));
        }
        let (subject, table) = running("editor", "/usr/bin/editor", &["editor"]);
        let usual = launch_of(&subject, &table, &knowledge).expect("a program");
        assert_eq!(without_javascript(&usual, &subject, &knowledge, Some("/p")), Err(NoStart::NotThisBrowser));
    }
}
