//! Resources shared by the whole process: texts, knowledge, language, time zone.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::tz::TimeZone;

use crate::diagnostic_log::{Crash, DiagnosticLog, Role};
use crate::explain::{Lang, Texts, knowledge_note, system_reason};
use crate::knowledge::{Knowledge, KnowledgeError, KnowledgeNote, OVERRIDE_LIMIT, Rejected};
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

/// A file that overrides the built-in knowledge.
struct OverrideFile {
    path: PathBuf,
    /// Counts for all users, so that only an administrator may have written it.
    is_shared: bool,
}

/// The override files in merge order: the administrator's for the whole PC, then the user's own.
fn knowledge_overrides() -> Vec<OverrideFile> {
    let of_user = directories::ProjectDirs::from("", "", "mimamori");
    let folders = [
        (platform::shared_config_folder(), true),
        (of_user.map(|folders| folders.config_local_dir().to_owned()), false),
    ];
    let files = folders
        .into_iter()
        .filter_map(|(folder, is_shared)| Some(OverrideFile { path: folder?.join("knowledge.toml"), is_shared }));
    files.collect()
}

/// Merges the existing files into `knowledge`; a mistake costs one entry and is reported.
fn with_overrides(mut knowledge: Knowledge, files: &[OverrideFile]) -> (Knowledge, Vec<OverrideNote>) {
    let mut notes = Vec::new();
    for OverrideFile { path, is_shared } in files {
        let limit = OVERRIDE_LIMIT as u64;
        let text = if *is_shared {
            platform::read_administrators_text(path, limit)
        } else {
            platform::read_text(path, limit).map(Some)
        };
        let found = match text {
            Ok(Some(text)) => {
                let (merged, found) = knowledge.with_override(&text);
                knowledge = merged;
                found.into_iter().map(Ok).collect()
            }
            Ok(None) => vec![Ok(KnowledgeNote::of_file(Rejected::NotAdministrators))],
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Err(error) if error.kind() == ErrorKind::FileTooLarge => {
                vec![Ok(KnowledgeNote::of_file(Rejected::TooLong))]
            }
            Err(error) => vec![Err(error.to_string())],
        };
        notes.extend(found.into_iter().map(|problem| OverrideNote { file: path.clone(), problem }));
    }
    (knowledge, notes)
}

/// The first language in the user's preferences.
fn system_lang() -> Lang {
    sys_locale::get_locale().map_or(Lang::En, |locale| Lang::from_locale(&locale))
}
