//! Resources shared by the whole process: texts, knowledge, language, time zone.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::tz::TimeZone;

use crate::diagnostic_log::{Crash, DiagnosticLog, Role};
use crate::explain::{Lang, Texts, knowledge_note, system_reason};
use crate::knowledge::{Knowledge, KnowledgeError, KnowledgeNote, OVERRIDE_LIMIT};
use crate::platform;
use crate::settings::recording_path;

/// Interval for re-reading the time zone: cheap (a small file), but requested with every frame.
const KEEP_ZONE: Duration = Duration::from_secs(5);

/// A problem in a file that overrides the built-in knowledge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OverrideNote {
    /// The file.
    pub file: PathBuf,
    /// An entry that was left out, or the system's message when the file cannot be read.
    pub problem: Result<KnowledgeNote, String>,
}

impl OverrideNote {
    /// The problem in one sentence, without the file.
    pub fn text(&self, texts: &Texts) -> String {
        self.problem.as_ref().map_or_else(|reason| system_reason(reason, texts), |note| knowledge_note(note, texts))
    }
}

/// Texts, knowledge and language.
#[derive(Clone)]
pub struct Context {
    /// Japanese texts.
    pub ja: Arc<Texts>,
    /// English texts.
    pub en: Arc<Texts>,
    /// The built-in tables with their overrides.
    pub knowledge: Arc<Knowledge>,
    /// Problems in the override files.
    pub notes: Vec<OverrideNote>,
    /// Language of the system.
    pub lang: Lang,
    /// Unexpected end of the previous process with the same role.
    pub crash: Option<Crash>,
}

impl Context {
    /// Loads the tables and reads the system's language.
    ///
    /// # Errors
    /// A built-in table is invalid: a broken build.
    pub fn new() -> Result<Self, KnowledgeError> {
        let (knowledge, notes) = with_overrides(Knowledge::builtin()?, &knowledge_overrides());
        Ok(Self {
            ja: Arc::new(Texts::new(Lang::Ja)),
            en: Arc::new(Texts::new(Lang::En)),
            knowledge: Arc::new(knowledge),
            notes,
            lang: system_lang(),
            crash: None,
        })
    }

    /// Starts the diagnostic log of this process in the folder of the recording. The returned context has
    /// [`Self::crash`] set.
    pub fn start_log(&self, role: Role) -> (DiagnosticLog, Self) {
        let folder = recording_path().and_then(|path| path.parent().map(Path::to_owned));
        let system = platform::machine().os_name.known().cloned().unwrap_or_default();
        let log = DiagnosticLog::start(role, folder.as_deref(), system);
        let context = Self { crash: log.previous_crash().cloned(), ..self.clone() };
        (log, context)
    }

    /// Drops the knowledge about other systems: the agent only ever monitors this PC and has to be small.
    pub fn lighten(&mut self) {
        if let Some(knowledge) = Arc::get_mut(&mut self.knowledge) {
            knowledge.keep_only(platform::machine().os);
        }
    }

    /// The system's current time zone, at most seconds old: it changes when a PC travels, and jiff by itself caches it
    /// for five minutes.
    pub fn zone() -> TimeZone {
        static ZONE: Mutex<Option<(Instant, TimeZone)>> = Mutex::new(None);
        let mut zone = ZONE.lock().unwrap_or_else(PoisonError::into_inner);
        let known = zone.take().filter(|(read, _)| read.elapsed() <= KEEP_ZONE);
        zone.insert(known.unwrap_or_else(|| (Instant::now(), platform::time_zone()))).1.clone()
    }

    /// The texts in `lang`.
    pub fn texts(&self, lang: Lang) -> &Texts {
        match lang {
            Lang::Ja => &self.ja,
            Lang::En => &self.en,
        }
    }
}

/// Files that override the built-in knowledge, in merge order: the administrator's for the whole PC, then the user's
/// own.
fn knowledge_overrides() -> Vec<PathBuf> {
    let of_user = directories::ProjectDirs::from("", "", "mimamori");
    let own = of_user.map(|folders| folders.config_local_dir().join("knowledge.toml"));
    platform::shared_config_folder().map(|folder| folder.join("knowledge.toml")).into_iter().chain(own).collect()
}

/// Merges the existing files into `knowledge`; a mistake costs one entry and is reported.
fn with_overrides(mut knowledge: Knowledge, files: &[PathBuf]) -> (Knowledge, Vec<OverrideNote>) {
    let mut notes = Vec::new();
    for file in files {
        let found = match platform::read_text(file, OVERRIDE_LIMIT as u64) {
            Ok(text) => {
                let (merged, found) = knowledge.with_override(&text);
                knowledge = merged;
                found.into_iter().map(Ok).collect()
            }
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Err(error) if error.kind() == ErrorKind::FileTooLarge => vec![Ok(KnowledgeNote::too_long())],
            Err(error) => vec![Err(error.to_string())],
        };
        notes.extend(found.into_iter().map(|problem| OverrideNote { file: file.clone(), problem }));
    }
    (knowledge, notes)
}

/// The first language in the user's preferences.
fn system_lang() -> Lang {
    sys_locale::get_locale().map_or(Lang::En, |locale| Lang::from_locale(&locale))
}
