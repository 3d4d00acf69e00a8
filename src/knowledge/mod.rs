//! Built-in knowledge: known programs, protected ones, and thresholds. The data is in `assets/knowledge/*.toml`; this
//! module validates it and answers queries about it. Pure.

mod application;
mod browsers;
mod command_line;
mod home;
mod miners;
mod origin;
mod overlay;
mod place;
mod programs;
mod script;
mod security;
mod system;
mod thresholds;

use std::collections::{BTreeMap, BTreeSet, HashMap};

pub use application::{Application, application};
pub use overlay::{KnowledgeNote, OVERRIDE_LIMIT, Rejected};
pub use programs::{Advice, Busy, KnownProgram, Label, Protection, Source};
pub use security::SecurityKind;
pub use thresholds::{
    Cpu, Disk, Growth, Heat, MemoryLimits, Mining, Paging, PowerLimits, Steady, Thresholds, Times, Wait,
};

use browsers::Browsers;
use miners::Miners;
use security::Security;
use system::{MonitoringTools, System, TableError};

use crate::model::{Fraction, Os, ProcFacts, ProtectRules, Reading};

/// Management agents recognised by folder, because their file names differ between versions (LANSCOPE on-premise and
/// cloud, SKYSEA Client View).
const MANAGED_FOLDERS: [&str; 3] = ["\\motex\\lanscope", "\\sky product\\", "\\skysea"];

/// Executables that run other programs: for these the process name says more than the file name.
const INTERPRETERS: [&str; 12] =
    ["bash", "dash", "java", "node", "perl", "php", "pwsh", "python", "python2", "python3", "ruby", "sh"];

/// All tables.
#[derive(Clone, Debug)]
pub struct Knowledge {
    programs: Vec<KnownProgram>,
    by_file: HashMap<(Os, String), usize>,
    by_name: HashMap<String, usize>,
    by_service: HashMap<String, usize>,
    sources: BTreeMap<String, Source>,
    browsers: Browsers,
    security: Security,
    system: System,
    miners: Miners,
    monitors: BTreeSet<String>,
    /// The raw thresholds, kept so that an override can change single ones.
    figures: toml::Table,
    /// Programs that must never be closed.
    pub protect: ProtectRules,
    /// Thresholds of the rules.
    pub thresholds: Thresholds,
}

/// A table that cannot be used, and where it is wrong.
#[derive(Debug, thiserror::Error)]
pub enum KnowledgeError {
    /// Not the expected form.
    #[error("{table}: {reason}")]
    Form {
        /// Name of the table.
        table: &'static str,
        /// The parser's error, with line and column.
        reason: Box<toml::de::Error>,
    },
    /// Two entries claim the same thing.
    #[error("{table}: {name} is given twice")]
    Twice {
        /// Name of the table.
        table: &'static str,
        /// The name claimed twice.
        name: String,
    },
    /// An entry names a source or a folder set that does not exist.
    #[error("{table}: {name} is not known")]
    Unknown {
        /// Name of the table.
        table: &'static str,
        /// The unknown name.
        name: String,
    },
}

/// Contents of the tables.
struct Tables {
    programs: &'static str,
    system: &'static str,
    miners: &'static str,
    monitors: &'static str,
    browsers: &'static str,
    security: &'static str,
    thresholds: &'static str,
}

const BUILTIN: Tables = Tables {
    programs: include_str!("../../assets/knowledge/programs.toml"),
    system: include_str!("../../assets/knowledge/system.toml"),
    miners: include_str!("../../assets/knowledge/miners.toml"),
    monitors: include_str!("../../assets/knowledge/monitors.toml"),
    browsers: include_str!("../../assets/knowledge/browsers.toml"),
    security: include_str!("../../assets/knowledge/security.toml"),
    thresholds: include_str!("../../assets/knowledge/thresholds.toml"),
};

impl Knowledge {
    /// The built-in tables. A test parses them, so an error here is a broken build.
    ///
    /// # Errors
    /// Names the table and the place.
    pub fn builtin() -> Result<Self, KnowledgeError> {
        Self::parse(&BUILTIN)
    }

    fn parse(tables: &Tables) -> Result<Self, KnowledgeError> {
        let form = |table| move |reason| KnowledgeError::Form { table, reason: Box::new(reason) };
        let unknown = |table| move |name| KnowledgeError::Unknown { table, name };
        let known: programs::Table = toml::from_str(tables.programs).map_err(form("programs.toml"))?;
        let sources = known.sources;
        let wrong = |table| {
            move |wrong| match wrong {
                TableError::Syntax(reason) => form(table)(reason),
                TableError::Duplicate(name) => KnowledgeError::Twice { table, name },
                TableError::Unknown(name) => unknown(table)(name),
            }
        };
        let system = System::read(tables.system, &sources).map_err(wrong("system.toml"))?;
        let browsers = Browsers::read(tables.browsers, &sources, &known.program).map_err(wrong("browsers.toml"))?;
        let security = Security::read(tables.security, &sources, &known.program).map_err(wrong("security.toml"))?;
        let (miners, unknown_source) = Miners::read(tables.miners, &sources).map_err(form("miners.toml"))?;
        unknown_source.map_or(Ok(()), |name| Err(unknown("miners.toml")(name)))?;
        let monitors: MonitoringTools = toml::from_str(tables.monitors).map_err(form("monitors.toml"))?;
        let unknown_source = monitors.sources.into_iter().find(|id| !sources.contains_key(id));
        unknown_source.map_or(Ok(()), |name| Err(unknown("monitors.toml")(name)))?;
        let mut figures: toml::Table = toml::from_str(tables.thresholds).map_err(form("thresholds.toml"))?;
        thresholds::check_sources(&mut figures, &sources).map_err(wrong("thresholds.toml"))?;
        let thresholds = figures.clone().try_into().map_err(form("thresholds.toml"))?;
        let mut knowledge = Self {
            programs: Vec::with_capacity(known.program.len()),
            by_file: HashMap::new(),
            by_name: HashMap::new(),
            by_service: HashMap::new(),
            sources,
            browsers,
            security,
            system,
            miners,
            monitors: monitors.monitors,
            figures,
            protect: ProtectRules {
                system: BTreeSet::new(),
                security: BTreeSet::new(),
                security_folders: MANAGED_FOLDERS.map(str::to_owned).to_vec(),
            },
            thresholds,
        };
        let mut ids = BTreeSet::new();
        for mut program in known.program {
            if !knowledge.sources.contains_key(&program.source) {
                return Err(unknown("programs.toml")(format!("{} (source of {})", program.source, program.id)));
            }
            program.resolve(&knowledge.system.folder_sets).map_err(unknown("programs.toml"))?;
            let taken = knowledge.taken(&program).map(|(what, _)| what.to_owned());
            let id = (!ids.insert(program.id.clone())).then(|| program.id.clone());
            if let Some(name) = taken.or(id) {
                return Err(KnowledgeError::Twice { table: "programs.toml", name });
            }
            knowledge.put(None, program);
        }
        Ok(knowledge)
    }

    /// Adds a program, or replaces the one at `place`. Protection is never removed.
    fn put(&mut self, place: Option<usize>, program: KnownProgram) {
        let index = place.unwrap_or(self.programs.len());
        if let Some(old) = self.programs.get(index) {
            self.by_file.retain(|_, at| *at != index);
            self.by_service.retain(|_, at| *at != index);
            self.by_name.remove(&old.name.en);
        }
        for os in &program.os {
            self.by_file.extend(program.files.iter().map(|file| ((*os, file.clone()), index)));
        }
        self.by_name.insert(program.name.en.clone(), index);
        self.by_service.extend(program.services.iter().map(|service| (service.clone(), index)));
        let files = program.files.iter().cloned();
        match program.protect {
            Some(Protection::System) => self.protect.system.extend(files),
            Some(Protection::Security | Protection::Management) => self.protect.security.extend(files),
            None => {}
        }
        match self.programs.get_mut(index) {
            Some(old) => *old = program,
            None => self.programs.push(program),
        }
    }

    /// Drops the programs of other systems, and what only merging an override needs. Protection is kept.
    pub fn keep_only(&mut self, os: Os) {
        let mut kept = std::mem::take(&mut self.programs);
        kept.retain(|program| program.os.contains(&os));
        kept.shrink_to_fit();
        self.by_file = HashMap::new();
        self.by_name = HashMap::new();
        self.by_service = HashMap::new();
        self.figures = toml::Table::new();
        for program in kept {
            self.put(None, program);
        }
    }

    /// The file, service or name of `program` that already belongs to another program, with that program.
    fn taken<'a>(&'a self, program: &'a KnownProgram) -> Option<(&'a str, &'a KnownProgram)> {
        let files = program.os.iter().flat_map(|os| program.files.iter().map(move |file| (*os, file)));
        files
            .filter_map(|(os, file)| Some((file.as_str(), self.by_file.get(&(os, file.clone()))?)))
            .chain(self.by_name.get(&program.name.en).map(|at| (program.name.en.as_str(), at)))
            .chain(program.services.iter().filter_map(|name| Some((name.as_str(), self.by_service.get(name)?))))
            .map(|(what, at)| (what, &self.programs[*at]))
            .find(|(_, owner)| owner.id != program.id)
    }

    /// Every known program.
    pub fn programs(&self) -> &[KnownProgram] {
        &self.programs
    }

    /// Sources of the facts, by the ids that entries name.
    pub fn sources(&self) -> &BTreeMap<String, Source> {
        &self.sources
    }

    /// The known program of a process. A file of the right name in the wrong folder is not that program; a path that
    /// the system does not reveal is no reason for doubt.
    pub fn identify(&self, facts: &ProcFacts, os: Os) -> Option<&KnownProgram> {
        let file = stem(facts.file_name());
        // A process can choose its own name, so the name counts only where the file says nothing or is an interpreter.
        let by_name = || self.by_file.get(&(os, stem(&facts.name)));
        let by_file = || self.by_file.get(&(os, file.clone()));
        let found = match &facts.path {
            _ if Self::is_interpreted(facts) => by_name().or_else(by_file),
            Reading::Known(_) => by_file(),
            Reading::Missing(_) => by_file().or_else(by_name),
        };
        let program = &self.programs[*found?];
        let path = facts.path.known().map(String::as_str);
        if program.id == "google-chrome" && path.is_some_and(|path| path.to_lowercase().contains("chromium")) {
            return self.named("Chromium");
        }
        let program = self.is_plausible_path(program, path, os).then_some(program)?;
        Some(self.of_services(facts, os).unwrap_or(program))
    }

    /// The program that owns all services in a process.
    fn of_services(&self, facts: &ProcFacts, os: Os) -> Option<&KnownProgram> {
        let is_host = os == Os::Windows && stem(facts.file_name()) == self.system.starters.service_host;
        let mut owners = facts.services.iter().map(|name| self.by_service.get(&name.to_lowercase()));
        let owner = owners.next().filter(|_| is_host)??;
        owners.all(|other| other == Some(owner)).then(|| &self.programs[*owner])
    }

    /// True if a file at `path` can be this program. Without listed folders any place will do, except those where
    /// programs are not installed: any program can take any name.
    fn is_plausible_path(&self, program: &KnownProgram, path: Option<&str>, os: Os) -> bool {
        program.is_plausible_path(path, os)
            && !(program.folders.is_empty() && path.is_some_and(|path| self.is_unusual_location(path, os)))
    }

    /// True if a process has the file name of a known program, but a path where that program cannot be.
    pub fn is_misplaced(&self, facts: &ProcFacts, os: Os) -> bool {
        let named = self.by_file.get(&(os, stem(facts.file_name())));
        let path = facts.path.known().map(String::as_str);
        named.is_some_and(|index| !self.is_plausible_path(&self.programs[*index], path, os))
    }

    /// Temperature in degrees Celsius that this effort normally causes on an office PC: an estimate, and labelled as
    /// one.
    pub fn expected_celsius(&self, effort: Fraction) -> f64 {
        let heat = &self.thresholds.heat;
        heat.model_idle_celsius + heat.model_rise_celsius * effort.get()
    }

    /// The known program with this English name, which identifies a program in recordings and findings.
    pub fn named(&self, english: &str) -> Option<&KnownProgram> {
        self.by_name.get(english).map(|index| &self.programs[*index])
    }

    /// True if the file of a process is an interpreter, for which the process name says more.
    pub fn is_interpreted(facts: &ProcFacts) -> bool {
        let file = stem(facts.file_name());
        INTERPRETERS.contains(&file.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.'))
    }

    /// Display name of a process that is not a known program: its file name without `.exe`, or the process name if the
    /// file is an interpreter or unknown.
    pub fn plain_name(facts: &ProcFacts) -> String {
        let file = facts.file_name();
        let name = if Self::is_interpreted(facts) || matches!(facts.path, Reading::Missing(_)) {
            facts.name.as_str()
        } else {
            file
        };
        let is_exe = name.len() > 4 && name.to_ascii_lowercase().ends_with(".exe");
        let name = if is_exe { name.get(..name.len() - 4).unwrap_or(name) } else { name };
        if name.is_empty() { "?".to_owned() } else { name.to_owned() }
    }
}

/// A file name in comparable form: lower case, without `.exe`.
fn stem(name: &str) -> String {
    let name = name.to_lowercase();
    name.strip_suffix(".exe").unwrap_or(&name).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Owner, ProcKey, Why};

    #[test]
    fn the_expected_temperature_rises_with_the_effort() {
        let knowledge = Knowledge::builtin().expect("tables");
        let heat = &knowledge.thresholds.heat;
        let (idle, full) = (heat.model_idle_celsius, heat.model_idle_celsius + heat.model_rise_celsius);
        let at = |effort| knowledge.expected_celsius(Fraction::new(effort));
        for (effort, expected) in [(0.0, idle), (0.5, f64::midpoint(idle, full)), (1.0, full)] {
            assert!((at(effort) - expected).abs() < 1e-9, "{effort}: {}", at(effort));
        }
    }

    fn facts(name: &str, path: Option<&str>) -> ProcFacts {
        ProcFacts {
            parent: 1,
            name: name.to_owned(),
            path: Reading::from_option(path.map(str::to_owned), Why::NoPermission),
            args: Reading::Missing(Why::NoPermission),
            owner: Owner::Me,
            ..ProcFacts::new(ProcKey { pid: 9, start_time: 9 })
        }
    }

    fn known(name: &str, path: Option<&str>, os: Os) -> Option<String> {
        Knowledge::builtin().expect("tables").identify(&facts(name, path), os).map(|program| program.id.clone())
    }

    #[test]
    fn a_host_of_services_is_what_runs_in_it() {
        let knowledge = Knowledge::builtin().expect("tables");
        let id = |path: Option<&str>, services: &[&str], os| {
            let services = services.iter().map(|name| (*name).to_owned()).collect();
            let facts = ProcFacts { services, ..facts("svchost.exe", path) };
            knowledge.identify(&facts, os).map(|program| program.id.clone())
        };
        let host = Some(r"C:\Windows\System32\svchost.exe");
        let services = Some("windows-services".to_owned());
        assert_eq!(id(host, &[], Os::Windows), services);
        assert_eq!(id(host, &["wuauserv"], Os::Windows), Some("windows-update".into()));
        assert_eq!(id(None, &["WUAUSERV", "UsoSvc"], Os::Windows), Some("windows-update".into()));
        assert_eq!(id(host, &["WpnUserService"], Os::Windows), Some("windows-notifications".into()));
        assert_eq!(id(host, &["SysMain_0"], Os::Windows), services, "any service may be called so");
        assert_eq!(id(host, &["wuauserv", "Themes"], Os::Windows), services, "either of them");
        assert_eq!(id(host, &["wuauserv", "SysMain"], Os::Windows), services);
        assert_eq!(id(Some(r"C:\Users\a\svchost.exe"), &["wuauserv"], Os::Windows), None, "anybody can say so");
        assert_eq!(id(Some("/usr/bin/svchost.exe"), &["wuauserv"], Os::Linux), None);
        assert!(knowledge.protect.system.contains("svchost"));
    }

    #[test]
    fn the_tables_are_complete_in_both_languages() {
        let knowledge = Knowledge::builtin().expect("tables");
        let mut ids = BTreeSet::new();
        for program in knowledge.programs() {
            assert!(ids.insert(&program.id), "{} twice", program.id);
            for text in [&program.name.ja, &program.name.en, &program.what.ja, &program.what.en] {
                assert!(!text.trim().is_empty(), "{}", program.id);
            }
            assert!(!program.what.ja.ends_with('。') && !program.what.en.ends_with('.'), "{}", program.id);
            assert!(!program.os.is_empty(), "{}", program.id);
            // Our own program is known by its place beside the running one.
            let has_place = program.id == "mimamori" || !program.services.is_empty();
            assert!(!program.files.is_empty() || has_place, "{}", program.id);
            assert!(program.services.iter().all(|name| *name == name.to_lowercase()), "{}", program.id);
            assert!(program.services.is_empty() || program.os == [Os::Windows], "{}", program.id);
            assert!(program.files.iter().all(|file| *file == file.to_lowercase()), "{}", program.id);
            assert_eq!(program.busy.is_some(), program.usual_minutes.is_some(), "{}", program.id);
        }
        assert!(knowledge.programs().iter().filter(|program| program.busy.is_some()).count() > 40);
        assert!(knowledge.protect.system.contains("csrss") && knowledge.protect.security.contains("msmpeng"));
    }

    #[test]
    fn the_right_name_in_the_wrong_folder_is_not_the_program() {
        let os = Os::Windows;
        assert!(
            known("MsMpEng.exe", Some(r"C:\ProgramData\Microsoft\Windows Defender\Platform\4.18\MsMpEng.exe"), os)
                .is_some()
        );
        assert!(known("MsMpEng.exe", None, os).is_some());
        assert_eq!(known("MsMpEng.exe", Some(r"C:\Users\a\AppData\MsMpEng.exe"), os), None);
        assert_eq!(known("svchost.exe", Some(r"C:\Users\a\svchost.exe"), os), None);
    }

    #[test]
    fn a_program_of_another_system_can_be_forgotten_and_what_is_protected_stays_so() {
        let mut knowledge = Knowledge::builtin().expect("tables");
        let protect = knowledge.protect.clone();
        knowledge.keep_only(Os::Linux);
        let firefox = knowledge.identify(&facts("firefox", Some("/usr/lib/firefox/firefox")), Os::Linux);
        assert_eq!(firefox.map(|program| program.id.as_str()), Some("firefox"));
        assert!(knowledge.named("Firefox").is_some() && knowledge.named("Microsoft Defender Antivirus").is_none());
        assert_eq!(knowledge.protect, protect);
    }

    #[test]
    fn browsers_are_told_apart() {
        let id = |name, path, os| known(name, Some(path), os).unwrap_or_default();
        assert_eq!(
            id("chrome.exe", r"C:\Program Files\Google\Chrome\Application\chrome.exe", Os::Windows),
            "google-chrome"
        );
        assert_eq!(
            id("chrome.exe", r"C:\Users\a\AppData\Local\Chromium\Application\chrome.exe", Os::Windows),
            "chromium"
        );
        assert_eq!(id("chromium", "/usr/lib/chromium/chromium", Os::Linux), "chromium");
        assert_eq!(id("Isolated Web Co", "/usr/lib/firefox-esr/firefox-esr", Os::Linux), "firefox");
    }

    #[test]
    fn a_name_alone_makes_no_known_program() {
        for (name, path, os) in [
            ("chrome", "/tmp/.x/chrome", Os::Linux),
            ("firefox", "/home/a/worker", Os::Linux),
            ("7z.exe", r"C:\Users\a\AppData\Local\Temp\7z.exe", Os::Windows),
            ("chrome.exe", r"C:\Users\Public\chrome.exe", Os::Windows),
            ("akonadi_control", "/home/a/bin/akonadi_control", Os::Linux),
            ("firefox", "/home/a/.cache/.x/firefox", Os::Linux),
            ("firefox", "/memfd:firefox (deleted)", Os::Linux),
        ] {
            assert_eq!(known(name, Some(path), os), None, "{path}");
        }
        assert!(known("7z.exe", Some(r"D:\Tools\7z.exe"), Os::Windows).is_some(), "people put tools anywhere");
        assert!(known("firefox", None, Os::Linux).is_some(), "what is not known is not held against it");
    }

    #[test]
    fn a_script_is_known_by_its_name_not_by_its_interpreter() {
        assert_eq!(
            known("unattended-upgr", Some("/usr/bin/python3.11"), Os::Linux).as_deref(),
            known("unattended-upgr", None, Os::Linux).as_deref()
        );
        assert!(known("unattended-upgr", None, Os::Linux).is_some());
        assert_eq!(Knowledge::plain_name(&facts("backup.py", Some("/usr/bin/python3.11"))), "backup.py");
        assert_eq!(Knowledge::plain_name(&facts("x", Some(r"C:\Tools\Burner.EXE"))), "Burner");
    }

    #[test]
    fn a_broken_table_says_where() {
        let refused = |tables: Tables| Knowledge::parse(&tables).expect_err("refused").to_string();
        let error = refused(Tables { programs: "[sources]\n[[program]]\nid = 5\n", ..BUILTIN });
        assert!(error.contains("programs.toml") && error.contains("line 3"), "{error}");
        let error = refused(Tables { monitors: "monitors = []\nsources = [\"hearsay\"]", ..BUILTIN });
        assert_eq!(error, "monitors.toml: hearsay is not known");
        let browser = "[[browser]]\nprogram = \"notepad\"\nfamily = \"firefox\"\nscripts_page = \"about:config\"\n\
                       profiles = []\nsource = \"own\"\n";
        let blockers = "[[blocker]]\nname = \"A\"\nids = [\"a@b\", \"a@b\"]\nsource = \"own\"\n";
        let error =
            refused(Tables { browsers: Box::leak((browser.to_owned() + blockers).into_boxed_str()), ..BUILTIN });
        assert_eq!(error, "browsers.toml: notepad is not known");
        let twice = browser.replace("notepad", "firefox") + blockers;
        let error = refused(Tables { browsers: Box::leak(twice.into_boxed_str()), ..BUILTIN });
        assert_eq!(error, "browsers.toml: a@b is given twice");
        for (before, after, expected) in [
            ("growth = [\"judgement\"]\n", "", "sources of growth"),
            ("growth = [\"judgement\"]\n", "growth = []\n", "sources of growth"),
            ("growth = [\"judgement\"]\n", "growth = [\"hearsay\"]\n", "hearsay"),
            ("growth = [\"judgement\"]\n", "growth = [\"judgement\"]\nrain = [\"judgement\"]\n", "rain"),
        ] {
            assert!(BUILTIN.thresholds.contains(before));
            let thresholds = Box::leak(BUILTIN.thresholds.replace(before, after).into_boxed_str());
            let error = refused(Tables { thresholds, ..BUILTIN });
            assert_eq!(error, format!("thresholds.toml: {expected} is not known"));
        }
        let error = refused(Tables { system: "x = 1", ..BUILTIN });
        assert!(error.contains("system.toml"), "{error}");
        let error = refused(Tables { miners: "x = 1", ..BUILTIN });
        assert!(error.contains("miners.toml"), "{error}");
    }
}
