//! The command line: check, checkup, history, replay, and starting agent and window. It prints the same words as the window
//! shows.

mod args;
mod check;
mod checkup;
mod fix;
mod history;
mod print;
mod replay;

use std::path::Path;
use std::sync::{Arc, Once};
use std::time::Duration;

use fluent_bundle::FluentArgs;

pub use args::{Command, HistoryOptions};

use crate::console::Output;
use crate::context::Context;
use crate::diagnostic_log::{Role, is_display_lost};
use crate::exit::Exit;
use crate::explain::system_reason;
use crate::ipc::WindowOptions;
use crate::model::{DisplayName, visible_lines};
use crate::{platform, sampler};

/// Longest path in a message, in characters.
const PATH_CHARS: usize = 200;
/// Longest wait at exit for system calls that other threads are still making.
const SETTLE: Duration = Duration::from_millis(300);

/// Opens the window, or returns in one sentence why it cannot.
pub type OpenWindow<'a> = &'a dyn Fn(&Context, &WindowOptions) -> Result<Exit, String>;

/// Runs the program and ends the process. A program without a window passes `None` and runs the check instead.
pub fn run(open_window: Option<OpenWindow<'_>>) -> ! {
    let exit = to_the_end(open_window);
    sampler::join_all(SETTLE);
    platform::end_program(exit.code())
}

fn to_the_end(open_window: Option<OpenWindow<'_>>) -> Exit {
    platform::prepare_process();
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
    let exit = run_command(&mut context, open_window, &mut output);
    let Some(error) = output.failure().map(ToString::to_string) else { return exit };
    let texts = context.texts(context.lang);
    output.error(&texts.with_one("cli-error-output", "reason", system_reason(&error, texts)));
    // Nobody has read what the other code stands for.
    if matches!(exit, Exit::Fine | Exit::Found) { Exit::Output } else { exit }
}

fn run_command(context: &mut Context, open_window: Option<OpenWindow<'_>>, output: &mut Output) -> Exit {
    match args::parse(std::env::args_os(), context) {
        Ok(command) => {
            if matches!(command, Command::Agent(_)) {
                context.lighten();
            }
            execute(command, context, open_window, output)
        }
        Err(args::EarlyExit::Help(text)) => {
            output.text(&text);
            Exit::Fine
        }
        Err(args::EarlyExit::Usage(text)) => {
            output.error(&text);
            Exit::Usage
        }
    }
}

fn execute(command: Command, context: &Context, open_window: Option<OpenWindow<'_>>, output: &mut Output) -> Exit {
    // Agent and window start their log once they know that they are the only instance.
    let log = match command {
        Command::Agent(_) | Command::Window(_) => None,
        Command::Check(_) | Command::Checkup(_) | Command::History(_) | Command::Fix(_) | Command::Replay { .. } => {
            Some(context.start_log(Role::Command).0)
        }
    };
    let file = match &command {
        Command::Check(args::CheckOptions { output: file, lang, .. })
        | Command::Checkup(args::CheckupOptions { output: file, lang, .. })
        | Command::History(args::HistoryOptions { output: file, lang, .. })
        | Command::Fix(args::FixOptions { output: file, lang, .. })
        | Command::Replay { output: file, lang, .. } => file.clone().map(|file| (file, lang.unwrap_or(context.lang))),
        Command::Agent(_) | Command::Window(_) => None,
    };
    if let Command::Replay { file: input, output: Some(file), lang, .. } = &command
        && is_same_file(input, file)
    {
        let texts = context.texts(lang.unwrap_or(context.lang));
        let name = DisplayName::with_limit(&file.to_string_lossy(), PATH_CHARS).as_str().to_owned();
        output.error(&texts.with_one("cli-error-output-is-input", "file", name));
        return Exit::Usage;
    }
    if let Some((file, lang)) = file
        && let Err(error) = output.write_to(&file)
    {
        let texts = context.texts(lang);
        let mut args = FluentArgs::new();
        args.set("file", DisplayName::with_limit(&file.to_string_lossy(), PATH_CHARS).as_str().to_owned());
        args.set("reason", system_reason(&error.to_string(), texts));
        output.error(&texts.with("cli-error-create", &args));
        return Exit::Output;
    }
    let exit = match command {
        Command::Window(options) => {
            let lang = options.lang;
            let texts = context.texts(lang.unwrap_or(context.lang));
            let reason = match open_window {
                Some(open) if platform::has_display() => match open_while_displayed(open, context, &options) {
                    Ok(exit) => return exit,
                    Err(reason) => texts.with_one("cli-window-failed", "reason", system_reason(&reason, texts)),
                },
                _ => texts.get("cli-no-display"),
            };
            output.note(&reason);
            let check = args::CheckOptions { lang, ..args::CheckOptions::default() };
            let (exit, text) = check::run_captured(&check, context, output);
            // Without a console (the Windows program started by a click) the result appears in a message box.
            if open_window.is_some() && !output.has_terminal() {
                let text = visible_lines(&format!("{reason}\n\n{text}"));
                platform::message_box(&texts.get("app-name"), &text);
            }
            exit
        }
        Command::Check(check) => check::run(&check, context, output),
        Command::Checkup(options) => checkup::run(&options, context, output),
        Command::Agent(options) => crate::agent::run(options, context, output),
        Command::History(options) => history::run(&options, context, output),
        Command::Fix(options) => fix::run(&options, context, output),
        Command::Replay { file, json, lang, .. } => replay::run(&file, json, lang, context, output),
    };
    // Of an interrupted check, or one of something that is no history, there is nothing to keep.
    output.finish_file(!matches!(exit, Exit::Interrupted | Exit::Usage | Exit::Internal));
    if let Some(log) = log {
        log.end();
    }
    exit
}

/// True if both exist and are the same, through links.
fn is_same_file(one: &Path, other: &Path) -> bool {
    one.canonicalize().ok().zip(other.canonicalize().ok()).is_some_and(|(one, other)| one == other)
}

/// Opens the window. A display that goes away while it is open ends the program with a sentence and
/// [`Exit::Unavailable`]; the libraries would end it with 1, which means that something was found.
fn open_while_displayed(open: OpenWindow<'_>, context: &Context, options: &WindowOptions) -> Result<Exit, String> {
    let lost = context.texts(options.lang.unwrap_or(context.lang)).get("cli-display-lost");
    let told = lost.clone();
    let (once, first) = (Once::new(), move || {
        Output::new().note(&told);
        platform::end_program(Exit::Unavailable.code())
    });
    // Whichever notices it first: Xlib, or the toolkit on its own connection, which panics.
    let end = Arc::new(move || once.call_once(&first));
    let (by_toolkit, before) = (Arc::clone(&end), std::panic::take_hook());
    std::panic::set_hook(Box::new(move |info| {
        if is_display_lost(info) {
            by_toolkit();
        }
        before(info);
    }));
    platform::on_display_lost(move || end());
    let exit = open(context, options)?;
    if exit == Exit::Unavailable {
        Output::new().note(&lost);
    }
    Ok(exit)
}
