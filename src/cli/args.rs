//! Command-line arguments. Help and errors come from the text files, so that they appear in the user's language.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, ArgMatches, value_parser};
use fluent_bundle::FluentArgs;
use strum::VariantArray;

use crate::context::Context;
use crate::exit::Exit;
use crate::explain::{Lang, Texts};
use crate::ipc::WindowOptions;
use crate::model::{DisplayName, Seconds};
use crate::remedy::Action;
use crate::settings::Renderer;

/// Options of `mimamori check`.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckOptions {
    /// Duration of the check.
    pub seconds: Seconds,
    /// JSON instead of text.
    pub json: bool,
    /// File for the result instead of standard output.
    pub output: Option<PathBuf>,
    /// Language of the text, if given.
    pub lang: Option<Lang>,
}

impl Default for CheckOptions {
    fn default() -> Self {
        Self { seconds: Seconds(6.0), json: false, output: None, lang: None }
    }
}

/// Options of `mimamori checkup`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckupOptions {
    /// JSON instead of text.
    pub json: bool,
    /// File for the result instead of standard output.
    pub output: Option<PathBuf>,
    /// Language of the text, if given.
    pub lang: Option<Lang>,
}

/// Options of `mimamori history`.
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryOptions {
    /// Length of the period, up to now.
    pub since: Seconds,
    /// JSON instead of text.
    pub json: bool,
    /// File for the result instead of standard output.
    pub output: Option<PathBuf>,
    /// Language of the text, if given.
    pub lang: Option<Lang>,
}

/// Options of `fix`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FixOptions {
    /// The remedy to carry out; `None` lists those available.
    pub action: Option<Action>,
    /// A process's number, a program's name, or the number of a remedy.
    pub target: Option<String>,
    /// Also do what can lose something.
    pub yes: bool,
    /// JSON instead of text.
    pub json: bool,
    /// File for the result instead of standard output.
    pub output: Option<PathBuf>,
    /// Language of the text, if given.
    pub lang: Option<Lang>,
}

/// The command to run.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Open the window.
    Window(WindowOptions),
    /// Check the PC and print the findings.
    Check(CheckOptions),
    /// Run the check-up and print its answers.
    Checkup(CheckupOptions),
    /// Run the agent.
    Agent(crate::agent::Options),
    /// Print the recording.
    History(HistoryOptions),
    /// Carry out a remedy, or list what can be done.
    Fix(FixOptions),
    /// Diagnose a recorded history.
    Replay {
        /// The history file.
        file: PathBuf,
        /// JSON lines instead of text.
        json: bool,
        /// File for the result instead of standard output.
        output: Option<PathBuf>,
        /// Language of the text, if given.
        lang: Option<Lang>,
    },
}

/// Why the arguments contain no command to run.
#[derive(Debug)]
pub enum EarlyExit {
    /// Help or version was requested.
    Help(String),
    /// The arguments are wrong.
    Usage(String),
}

/// Parses the arguments, of which the first is the program.
///
/// # Errors
/// The text to print before ending.
pub fn parse(args: impl IntoIterator<Item = OsString>, context: &Context) -> Result<Command, EarlyExit> {
    let args: Vec<OsString> = args.into_iter().collect();
    // Help and errors need the language before parsing.
    let following = args.iter().zip(args.iter().skip(1)).find(|(name, _)| *name == "--lang").map(|(_, value)| value);
    let joined = || args.iter().find_map(|arg| arg.to_str()?.strip_prefix("--lang="));
    let lang_name = following.and_then(|value| value.to_str()).or_else(joined);
    let lang = lang_name.and_then(lang_named).unwrap_or(context.lang);
    let texts = context.texts(lang);
    match command(texts, called_as(args.first())).try_get_matches_from(args) {
        Ok(matches) => Ok(from_matches(&matches)),
        Err(error) if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) => {
            Err(EarlyExit::Help(error.to_string()))
        }
        Err(error) => Err(EarlyExit::Usage(texts.with_one("cli-error-usage", "detail", explain(&error, texts)))),
    }
}

/// The name to type: in consoles of Windows that is the twin of the program, which prints.
fn called_as(program: Option<&OsString>) -> &'static str {
    let file = program.map(|program| PathBuf::from(program).with_extension(""));
    let is_twin = file.is_some_and(|file| file.file_name().is_some_and(|name| name == "mimamori-cli"));
    if is_twin { "mimamori-cli" } else { "mimamori" }
}

fn lang_named(name: &str) -> Option<Lang> {
    Lang::ALL.iter().copied().find(|lang| lang.code() == name)
}

fn explain(error: &clap::Error, texts: &Texts) -> String {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(value)) => value.clone(),
        Some(ContextValue::Strings(values)) => values.join(", "),
        _ => String::new(),
    };
    let id = match error.kind() {
        ErrorKind::UnknownArgument | ErrorKind::InvalidSubcommand => "cli-error-unknown-argument",
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => "cli-error-invalid-value",
        ErrorKind::MissingRequiredArgument => "cli-error-missing",
        _ => "cli-error-other",
    };
    // `--since <TIME>`; without a value clap names none, which is not the same as an empty one.
    let argument = text(ContextKind::InvalidArg);
    let name = argument.trim_start_matches('-').split(' ').next().unwrap_or_default();
    let allowed = format!("cli-allowed-{name}");
    let has_value =
        error.get(ContextKind::InvalidValue).is_some_and(|value| *value != ContextValue::String(String::new()))
            || error.kind() == ErrorKind::ValueValidation;
    let id = match id {
        "cli-error-invalid-value" if !texts.has(&allowed) => id,
        "cli-error-invalid-value" if has_value => "cli-error-invalid-value-allowed",
        "cli-error-invalid-value" => "cli-error-no-value",
        _ => id,
    };
    let value = [ContextKind::InvalidValue, ContextKind::InvalidSubcommand, ContextKind::InvalidArg].map(text);
    let mut args = FluentArgs::new();
    let value = value.into_iter().find(|value| !value.is_empty() && (*value != argument || !has_value));
    args.set("value", value.map_or_else(String::new, |value| DisplayName::new(&value).as_str().to_owned()));
    args.set("allowed", texts.get(&allowed));
    args.set("argument", DisplayName::new(&argument).as_str().to_owned());
    texts.with(id, &args)
}

/// Parses `30m`, `1h` or `7d`.
fn parse_since(text: &str) -> Result<Seconds, String> {
    let (number, unit) = text.split_at(text.len() - text.chars().next_back().map_or(0, char::len_utf8));
    let unit: fn(f64) -> Seconds = match unit {
        "m" => Seconds::from_minutes,
        "h" => Seconds::from_hours,
        "d" => Seconds::from_days,
        _ => return Err(String::new()),
    };
    let number: u16 = number.parse().map_err(|_| String::new())?;
    if number == 0 { Err(String::new()) } else { Ok(unit(number.into())) }
}

fn command(texts: &Texts, program: &'static str) -> clap::Command {
    let options = texts.get("cli-heading-options");
    let arguments = texts.get("cli-heading-arguments");
    let lang = Arg::new("lang")
        .long("lang")
        .value_name("ja|en")
        .hide_possible_values(true)
        .value_parser(PossibleValuesParser::new(["ja", "en"]))
        .help(texts.get("cli-arg-lang"));
    let json = Arg::new("json").long("json").action(ArgAction::SetTrue).help(texts.get("cli-arg-json"));
    let output = Arg::new("output")
        .long("output")
        .value_name(texts.get("cli-usage-file"))
        .value_parser(value_parser!(PathBuf))
        .help(texts.get("cli-arg-output"));
    let help = Arg::new("help").short('h').long("help").action(ArgAction::Help).help(texts.get("cli-arg-help"));
    let version =
        Arg::new("version").short('V').long("version").action(ArgAction::Version).help(texts.get("cli-arg-version"));
    let renderer = Arg::new("renderer")
        .long("renderer")
        .value_name("glow|wgpu")
        .hide_possible_values(true)
        .value_parser(PossibleValuesParser::new(["glow", "wgpu"]))
        .help(texts.get("cli-arg-renderer"));
    let seconds = Arg::new("seconds")
        .long("seconds")
        .value_name("N")
        .value_parser(value_parser!(u32).range(2..=3600))
        .help(texts.get("cli-arg-seconds"));
    let file = Arg::new("file")
        .value_name(texts.get("cli-usage-file"))
        .required(true)
        .value_parser(value_parser!(PathBuf))
        .help(texts.get("cli-arg-file"))
        .help_heading(arguments.clone());
    let since =
        Arg::new("since").long("since").value_name("TIME").value_parser(parse_since).help(texts.get("cli-arg-since"));
    let action = Arg::new("action")
        .value_name(texts.get("cli-usage-action"))
        .hide_possible_values(true)
        .value_parser(PossibleValuesParser::new(Action::ALL.iter().map(|action| action.id())))
        .help(texts.with_one("cli-arg-action", "actions", action_names()))
        .help_heading(arguments.clone())
        .requires("target")
        .required_unless_present("list");
    let target = Arg::new("target")
        .value_name(texts.get("cli-usage-target"))
        .value_parser(value_parser!(String))
        .help(texts.get("cli-arg-target"))
        .help_heading(arguments.clone());
    let list = Arg::new("list")
        .long("list")
        .action(ArgAction::SetTrue)
        .conflicts_with_all(["action", "target", "yes"])
        .help(texts.get("cli-arg-list"));
    let yes = Arg::new("yes").long("yes").action(ArgAction::SetTrue).help(texts.get("cli-arg-yes"));
    // Internal options: the system starts the agent, and the agent opens the window.
    let hidden = |name: &'static str| Arg::new(name).long(name).hide(true);
    let wait = hidden("wait").value_parser(value_parser!(f64));
    let quiet = hidden("quiet").action(ArgAction::SetTrue);
    let finding = hidden("finding").value_parser(value_parser!(String));
    let settings = hidden("settings").action(ArgAction::SetTrue);
    let part = |name: &'static str, about: &str| {
        clap::Command::new(name)
            .about(texts.get(about))
            .disable_help_flag(true)
            .help_template(template(texts, None))
            .override_usage(match name {
                "replay" => {
                    format!("{program} {name} [{}] <{}>", texts.get("cli-usage-options"), texts.get("cli-usage-file"))
                }
                "fix" => format!(
                    "{program} {name} --list | <{}> <{}> [{}]",
                    texts.get("cli-usage-action"),
                    texts.get("cli-usage-target"),
                    texts.get("cli-usage-options")
                ),
                _ => format!("{program} {name} [{}]", texts.get("cli-usage-options")),
            })
            .next_help_heading(options.clone())
    };
    clap::Command::new("mimamori")
        .about(texts.get("cli-about"))
        .version(env!("CARGO_PKG_VERSION"))
        .disable_help_flag(true)
        .disable_version_flag(true)
        .disable_help_subcommand(true)
        .subcommand_help_heading(texts.get("cli-heading-commands"))
        .help_template(template(texts, Some(program)))
        .override_usage(format!("{program} [{}] [{}]", texts.get("cli-usage-options"), texts.get("cli-usage-command")))
        .next_help_heading(options.clone())
        .args([lang.clone(), renderer, help.clone(), version, finding, settings])
        .subcommand(part("check", "cli-about-check").args([
            seconds,
            json.clone(),
            output.clone(),
            lang.clone(),
            help.clone(),
        ]))
        .subcommand(part("checkup", "cli-about-checkup").args([
            json.clone(),
            output.clone(),
            lang.clone(),
            help.clone(),
        ]))
        .subcommand(part("agent", "cli-about-agent").args([wait, quiet, lang.clone(), help.clone()]))
        .subcommand(part("history", "cli-about-history").args([
            since,
            json.clone(),
            output.clone(),
            lang.clone(),
            help.clone(),
        ]))
        .subcommand(part("fix", "cli-about-fix").args([
            action,
            target,
            list,
            yes,
            json.clone(),
            output.clone(),
            lang.clone(),
            help.clone(),
        ]))
        .subcommand(part("replay", "cli-about-replay").args([file, json, output, lang, help]))
}

/// The names of all actions, for the help.
fn action_names() -> String {
    Action::ALL.iter().map(|action| action.id()).collect::<Vec<_>>().join(", ")
}

/// clap's default template with translated headings, followed by examples for `program` and exit codes, if it is given.
fn template(texts: &Texts, program: Option<&str>) -> String {
    let usage = texts.get("cli-heading-usage");
    let mut template = format!("{{about}}\n\n{usage}: {{usage}}\n\n{{all-args}}\n");
    if let Some(program) = program {
        let examples = [
            ("mimamori", "cli-example-window"),
            ("mimamori check --seconds 10 --lang en", "cli-example-check"),
            ("mimamori check --json --output pc.json", "cli-example-json"),
            ("mimamori checkup", "cli-example-checkup"),
            ("mimamori history --since 1h", "cli-example-history"),
            ("mimamori fix background blender", "cli-example-fix"),
            ("mimamori replay history.jsonl", "cli-example-replay"),
        ];
        template.push_str(&format!("\n{}:\n", texts.get("cli-heading-examples")));
        for (line, id) in examples {
            // The window is opened by the program itself, not by its twin.
            let line = line.replace("mimamori ", &format!("{program} "));
            template.push_str(&format!("  {line:<44}{}\n", texts.get(id)));
        }
        template.push_str(&format!("\n{}:\n", texts.get("cli-heading-exit-codes")));
        for code in Exit::VARIANTS.iter().map(|exit| exit.code()) {
            template.push_str(&format!("  {code:<6}{}\n", texts.get(&format!("exit-{code}"))));
        }
    }
    template
}

fn from_matches(matches: &ArgMatches) -> Command {
    let lang = |matches: &ArgMatches| matches.get_one::<String>("lang").and_then(|name| lang_named(name));
    match matches.subcommand() {
        Some(("check", matches)) => Command::Check(CheckOptions {
            seconds: matches
                .get_one::<u32>("seconds")
                .map_or(CheckOptions::default().seconds, |n| Seconds(f64::from(*n))),
            json: matches.get_flag("json"),
            output: matches.get_one::<PathBuf>("output").cloned(),
            lang: lang(matches),
        }),
        Some(("checkup", matches)) => Command::Checkup(CheckupOptions {
            json: matches.get_flag("json"),
            output: matches.get_one::<PathBuf>("output").cloned(),
            lang: lang(matches),
        }),
        Some(("agent", matches)) => Command::Agent(crate::agent::Options {
            quiet: matches.get_flag("quiet"),
            wait: Seconds(matches.get_one::<f64>("wait").copied().filter(|wait| wait.is_finite()).unwrap_or(0.0)),
            lang: lang(matches),
        }),
        Some(("history", matches)) => Command::History(HistoryOptions {
            since: matches.get_one::<Seconds>("since").copied().unwrap_or(Seconds::from_hours(1.0)),
            json: matches.get_flag("json"),
            output: matches.get_one::<PathBuf>("output").cloned(),
            lang: lang(matches),
        }),
        Some(("fix", matches)) => Command::Fix(FixOptions {
            action: matches.get_one::<String>("action").and_then(|name| Action::named(name)),
            target: matches.get_one::<String>("target").cloned(),
            yes: matches.get_flag("yes"),
            json: matches.get_flag("json"),
            output: matches.get_one::<PathBuf>("output").cloned(),
            lang: lang(matches),
        }),
        Some(("replay", matches)) => Command::Replay {
            file: matches.get_one::<PathBuf>("file").cloned().unwrap_or_default(),
            json: matches.get_flag("json"),
            output: matches.get_one::<PathBuf>("output").cloned(),
            lang: lang(matches),
        },
        _ => Command::Window(WindowOptions {
            renderer: matches.get_one::<String>("renderer").map(|name| match name.as_str() {
                "wgpu" => Renderer::Wgpu,
                _ => Renderer::Glow,
            }),
            lang: lang(matches),
            finding: matches.get_one::<String>("finding").cloned(),
            settings: matches.get_flag("settings"),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_words(words: &str) -> Result<Command, EarlyExit> {
        let context = Context { lang: Lang::En, ..Context::new().expect("assets") };
        parse(std::iter::once("mimamori").chain(words.split_whitespace()).map(OsString::from), &context)
    }

    #[test]
    fn commands_are_understood() {
        assert_eq!(parse_words("").expect("window"), Command::Window(WindowOptions::default()));
        let check = CheckOptions { seconds: Seconds(3.0), json: true, output: None, lang: Some(Lang::Ja) };
        assert_eq!(parse_words("check --seconds 3 --json --lang ja").expect("check"), Command::Check(check));
        let checkup = CheckupOptions { json: true, output: Some("a.json".into()), lang: Some(Lang::En) };
        assert_eq!(
            parse_words("checkup --json --output a.json --lang en").expect("checkup"),
            Command::Checkup(checkup)
        );
        let history =
            HistoryOptions { since: Seconds::from_days(7.0), json: true, output: Some("a.json".into()), lang: None };
        assert_eq!(
            parse_words("history --since 7d --json --output a.json").expect("history"),
            Command::History(history)
        );
        let replay = Command::Replay { file: "a.jsonl".into(), json: false, output: None, lang: None };
        assert_eq!(parse_words("replay a.jsonl").expect("replay"), replay);
    }

    #[test]
    fn the_arguments_of_a_window_ask_for_the_same_window() {
        let context = Context { lang: Lang::En, ..Context::new().expect("assets") };
        let all = WindowOptions {
            renderer: Some(Renderer::Wgpu),
            lang: Some(Lang::Ja),
            finding: Some("cpu_hog:- 日本 \"x".to_owned()),
            settings: true,
        };
        for options in [WindowOptions::default(), all] {
            let words = std::iter::once("mimamori".to_owned()).chain(options.arguments()).map(OsString::from);
            assert_eq!(parse(words, &context).expect("understood"), Command::Window(options));
        }
    }

    #[test]
    fn mistakes_get_one_sentence_in_the_users_language() {
        for (words, part) in [
            ("check --seconds 1", "\"1\" cannot be used for --seconds"),
            ("chekc", "\"chekc\" is not an option or command"),
            ("check --jsno", "\"--jsno\" is not"),
            ("replay", "FILE"),
            ("check --lang ja --seconds x", "使えません"),
            ("history --since yesterday", "\"yesterday\" cannot be used for --since"),
            ("history --since 0h", "\"0h\" cannot be used"),
            ("history --since 日", "\"日\" cannot be used"),
            ("history --since", "--since <TIME> needs a value: a number of minutes, hours or days"),
            ("history --since=", "\"\" cannot be used for --since <TIME>; allowed is a number of minutes"),
            ("check --lang xx", "\"xx\" cannot be used for --lang <ja|en>; allowed is ja or en"),
            ("check --lang=ja --seconds 0", "2 から 3600"),
            ("--renderer vulkan", "glow or wgpu"),
            ("check --output=", "--output <FILE> needs a value: the path of a file"),
            ("check --seconds", "--seconds <N> needs a value: a whole number from 2 to 3600"),
        ] {
            let Err(EarlyExit::Usage(text)) = parse_words(words) else { panic!("{words}") };
            assert!(text.contains(part) && !text.contains('\n'), "{words}: {text}");
        }
    }

    #[test]
    fn help_has_examples_in_both_languages() {
        for (words, parts) in [
            ("--help", ["Usage", "check --json", "Exit codes"]),
            ("--lang ja --help", ["使い方", "check --json", "終了コード"]),
            ("check --help", ["--seconds", "--json", "--lang"]),
        ] {
            let Err(EarlyExit::Help(text)) = parse_words(words) else { panic!("{words}") };
            assert!(parts.iter().all(|part| text.contains(part)), "{text}");
        }
    }

    /// Regression: 75, with which an agent over budget ends, was missing.
    #[test]
    fn help_names_every_exit_code_in_both_languages() {
        for &lang in Lang::ALL {
            let Err(EarlyExit::Help(text)) = parse_words(&format!("--lang {} --help", lang.code())) else {
                panic!("help")
            };
            for code in ["0", "1", "2", "69", "70", "74", "75", "130"] {
                let meaning = text.lines().find_map(|line| line.trim_start().strip_prefix(&format!("{code} ")));
                assert!(meaning.is_some_and(|meaning| !meaning.trim().is_empty()), "{code}: {text}");
            }
            let texts = Texts::new(lang);
            assert!(Exit::VARIANTS.iter().all(|exit| texts.has(&format!("exit-{}", exit.code()))));
        }
    }
}
