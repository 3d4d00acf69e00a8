//! The command line: arguments, the check, the replay. What it prints is the same that the window shows.

mod args;
mod check;
mod history;
mod output;
mod print;
mod replay;

use std::io::ErrorKind;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::tz::{TimeZone, reset_system_time_zone_cache};

pub use args::{Command, HistoryWanted, Renderer, WindowOptions};
pub use output::Output;

use crate::explain::{Lang, Texts, knowledge_note};
use crate::knowledge::{Knowledge, KnowledgeError, KnowledgeNote};
use crate::{platform, sampler};

/// A question to the system that is not answered yet is waited for so long at the end.
const SETTLE: Duration = Duration::from_millis(300);
/// The time zone is asked for again after this long: it is no more than the target of a link, but of every frame.
const KEEP_ZONE: Duration = Duration::from_secs(5);

/// How the program ends; the numbers above 2 are those of `sysexits.h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Nothing to do.
    Fine,
    /// Something was found.
    Found,
    /// The command line is wrong.
    Usage,
    /// Not possible here.
    Unavailable,
    /// A mistake of the program.
    Internal,
    /// Not now; it starts itself again later.
    TryAgain,
    /// Ctrl-C.
    Interrupted,
}

impl Exit {
    /// The number that a script sees.
    const fn code(self) -> u8 {
        match self {
            Self::Fine => 0,
            Self::Found => 1,
            Self::Usage => 2,
            Self::Unavailable => 69,
            Self::Internal => 70,
            Self::TryAgain => 75,
            Self::Interrupted => 130,
        }
    }
}

/// Something in a file that changes what is known beforehand, which could not be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OverrideNote {
    /// The file.
    pub file: PathBuf,
    /// An entry that was left out, or what the system says when the file cannot be read.
    pub problem: Result<KnowledgeNote, String>,
}

impl OverrideNote {
    /// The problem in one sentence, without the file.
    pub fn text(&self, texts: &Texts) -> String {
        self.problem.as_ref().map_or_else(Clone::clone, |note| knowledge_note(note, texts))
    }
}

/// What every command needs.
pub struct Context {
    /// Japanese texts.
    pub ja: Arc<Texts>,
    /// English texts.
    pub en: Arc<Texts>,
    /// What is known beforehand.
    pub knowledge: Arc<Knowledge>,
    /// What could not be used of the files that change it.
    pub notes: Vec<OverrideNote>,
    /// The language of the system.
    pub lang: Lang,
}

impl Context {
    /// Reads the tables, and asks the system for its language.
    ///
    /// # Errors
    /// A table that comes with the program cannot be used: a broken build.
    pub fn new() -> Result<Self, KnowledgeError> {
        let (knowledge, notes) = with_overrides(Knowledge::builtin()?, &knowledge_overrides());
        Ok(Self {
            ja: Arc::new(Texts::new(Lang::Ja)),
            en: Arc::new(Texts::new(Lang::En)),
            knowledge: Arc::new(knowledge),
            notes,
            lang: system_lang(),
        })
    }

    /// Forgets what a program that only ever watches this PC does not ask for: it has to be small.
    fn lighten(&mut self) {
        if let Some(knowledge) = Arc::get_mut(&mut self.knowledge) {
            knowledge.keep_only(platform::machine().os);
        }
    }

    /// The time zone of the system as it is now: a PC that travels changes it. Seen within seconds, where jiff by itself
    /// would keep it for five minutes.
    pub fn zone() -> TimeZone {
        static ASKED: Mutex<Option<Instant>> = Mutex::new(None);
        let mut asked = ASKED.lock().unwrap_or_else(PoisonError::into_inner);
        if asked.is_none_or(|asked| asked.elapsed() > KEEP_ZONE) {
            *asked = Some(Instant::now());
            reset_system_time_zone_cache();
        }
        TimeZone::system()
    }

    /// The texts of one language.
    pub fn texts(&self, lang: Lang) -> &Texts {
        match lang {
            Lang::Ja => &self.ja,
            Lang::En => &self.en,
        }
    }
}

/// Files that change what is known beforehand, in the order in which they count: the administrator's for the whole PC,
/// then the user's own.
fn knowledge_overrides() -> Vec<PathBuf> {
    let of_user = directories::ProjectDirs::from("", "", "mimamori");
    let own = of_user.map(|folders| folders.config_local_dir().join("knowledge.toml"));
    platform::shared_config_folder().map(|folder| folder.join("knowledge.toml")).into_iter().chain(own).collect()
}

/// Merges every file that is there over the tables; a mistake costs one entry and is told.
fn with_overrides(mut knowledge: Knowledge, files: &[PathBuf]) -> (Knowledge, Vec<OverrideNote>) {
    let mut notes = Vec::new();
    for file in files {
        let found = match std::fs::read_to_string(file) {
            Ok(text) => {
                let (merged, found) = knowledge.with_override(&text);
                knowledge = merged;
                found.into_iter().map(Ok).collect()
            }
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Err(error) => vec![Err(error.to_string())],
        };
        notes.extend(found.into_iter().map(|problem| OverrideNote { file: file.clone(), problem }));
    }
    (knowledge, notes)
}

/// The language of the system: the first one the user has set.
pub fn system_lang() -> Lang {
    sys_locale::get_locale().map_or(Lang::En, |locale| Lang::from_locale(&locale))
}

/// Opens the window, or says in one sentence why there is none.
pub type OpenWindow<'a> = &'a dyn Fn(&Context, &WindowOptions) -> Result<Exit, String>;

/// Runs the program, and ends it. `open_window` opens the window, or says why it could not; a program without a window
/// passes `None` and prints the check.
pub fn run(open_window: Option<OpenWindow<'_>>) -> ! {
    let exit = to_the_end(open_window);
    sampler::settle(SETTLE);
    platform::end_program(exit.code())
}

fn to_the_end(open_window: Option<OpenWindow<'_>>) -> Exit {
    platform::prepare_console();
    let mut output = Output::new();
    let mut context = match Context::new() {
        Ok(context) => context,
        Err(error) => {
            output.error(&error.to_string());
            return Exit::Internal;
        }
    };
    for note in &context.notes {
        let texts = context.texts(context.lang);
        let text = format!("{}: {}", note.file.display(), note.text(texts));
        output.note(&texts.with_one("cli-knowledge-note", "note", text));
    }
    match args::parse(std::env::args_os(), &context) {
        Ok(command) => {
            if matches!(command, Command::Agent(_)) {
                context.lighten();
            }
            execute(command, &context, open_window, &mut output)
        }
        Err(args::Stop::Help(text)) => {
            output.text(&text);
            Exit::Fine
        }
        Err(args::Stop::Usage(text)) => {
            output.error(&text);
            Exit::Usage
        }
    }
}

fn execute(command: Command, context: &Context, open_window: Option<OpenWindow<'_>>, output: &mut Output) -> Exit {
    match command {
        Command::Window(options) => {
            let lang = options.lang;
            let texts = context.texts(lang.unwrap_or(context.lang));
            let reason = match open_window {
                Some(open) if crate::platform::display_available() => match open(context, &options) {
                    Ok(exit) => return exit,
                    Err(reason) => texts.with_one("cli-window-failed", "reason", reason),
                },
                _ => texts.get("cli-no-display"),
            };
            output.note(&reason);
            let check = args::Check { lang, ..args::Check::default() };
            let (exit, text) = check::run_captured(&check, context, output);
            // Where nobody sees a terminal (a Windows program without a console) the answer goes into a box.
            if open_window.is_some() && !output.has_terminal() {
                crate::platform::message_box(&texts.get("app-name"), &format!("{reason}\n\n{text}"));
            }
            exit
        }
        Command::Check(check) => check::run(&check, context, output),
        Command::Agent(options) => crate::agent::run(options, context, output),
        Command::History(wanted) => history::run(&wanted, context, output),
        Command::Replay { file, json, lang } => replay::run(&file, json, lang, context, output),
    }
}
