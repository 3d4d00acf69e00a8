//! The script among the arguments of a runtime. Arguments are private: they can hold a password. Only what is surely the
//! name of a script file, an archive, a module or a class is returned, whatever the runtime does with the rest.

/// Longest name of an application, in characters.
const LONGEST: usize = 40;

/// How a runtime reads its command line, up to the script.
#[derive(Default)]
struct Grammar {
    /// Extensions of its scripts.
    endings: &'static [&'static str],
    /// Letters of options after which no script follows: the next argument is code, or it reads from its input.
    code: &'static str,
    /// Letters of options whose value is the rest of the argument or, if there is none, the next argument.
    value: &'static str,
    /// Letters of options whose value is always the next argument.
    next: &'static str,
    /// Letters of options whose value is the rest of the argument.
    attached: &'static str,
    /// Letters of options without a value.
    flags: &'static str,
    /// Letters of options whose value is a module.
    module: &'static str,
    /// Letters of options whose value is the script.
    script: &'static str,
    /// Long options after which no script follows.
    long_code: &'static [&'static str],
    /// Long options whose value is the next argument.
    long_value: &'static [&'static str],
    /// Long options whose value is the script.
    long_script: &'static [&'static str],
    /// Commands that come before a script.
    commands: &'static [&'static str],
}

/// The effect of one argument.
enum Effect {
    /// It stands alone.
    None,
    /// The next argument belongs to it.
    TakesNext,
    /// No script follows.
    Ends,
    /// Its value is a module; `None`: the next argument.
    Module(Option<String>),
    /// Its value is the script; `None`: the next argument.
    Script(Option<String>),
    /// It is not known, and neither is whether the next argument belongs to it.
    Unknown,
}

/// The name of the script that `runtime` runs; `None` for code in an argument, and wherever it is not certain.
pub(super) fn script(runtime: &str, args: &[String]) -> Option<String> {
    let given = args.get(1..)?;
    match runtime {
        "java" | "javaw" => java(given),
        "powershell" | "pwsh" => powershell(given),
        "cscript" | "wscript" => {
            let script = given.iter().find(|arg| !arg.starts_with("//"))?;
            file(script, &["vbs", "vbe", "js", "jse", "wsf", "wsh"], false)
        }
        "mshta" => file(given.first()?, &["hta"], false),
        _ => grammar(runtime)?.script(given),
    }
}

fn grammar(runtime: &str) -> Option<Grammar> {
    const JS: &[&str] = &["js", "mjs", "cjs", "jsx", "ts", "mts", "cts", "tsx"];
    let grammar = match runtime {
        "bash" | "dash" | "sh" | "zsh" => Grammar {
            endings: &["sh", "bash", "zsh", "ksh", "dash", "command"],
            code: "cs",
            next: "oO",
            flags: "abefhiklmnprtuvxBCEHPTDI",
            long_value: &["rcfile", "init-file", "emulate"],
            ..Grammar::default()
        },
        "python" | "pythonw" | "pypy" => Grammar {
            endings: &["py", "pyw", "pyc", "pyz"],
            code: "c",
            value: "WX",
            flags: "bBdEhiIOPqRsSuvVx",
            module: "m",
            long_value: &["check-hash-based-pycs", "jit"],
            ..Grammar::default()
        },
        "perl" => Grammar {
            endings: &["pl", "plx", "pm", "cgi", "perl", "t"],
            code: "eEnp",
            value: "I",
            attached: "MmFxdV",
            flags: "0123456789acCDfhilsStTuUvwWX",
            ..Grammar::default()
        },
        "ruby" => Grammar {
            endings: &["rb", "rbw", "ru"],
            code: "enp",
            value: "CXIrE",
            attached: "FKTWx",
            flags: "0123456789acdhilsSUvwy",
            long_value: &["encoding", "external-encoding", "internal-encoding"],
            ..Grammar::default()
        },
        "lua" => Grammar { endings: &["lua", "luac"], code: "e", value: "l", flags: "iEvW", ..Grammar::default() },
        "php" | "php-cgi" => Grammar {
            endings: &["php", "phar", "phtml"],
            code: "rBREFa",
            value: "cdStTzb",
            flags: "nehHilmqCsvw",
            script: "f",
            long_code: &["run", "process-begin", "process-code", "process-end", "process-file", "interactive"],
            long_value: &["php-ini", "define", "server", "docroot", "zend-extension"],
            long_script: &["file"],
            ..Grammar::default()
        },
        "node" | "nodejs" => Grammar {
            endings: JS,
            code: "epi",
            value: "rC",
            flags: "chv",
            long_code: &["eval", "print", "interactive", "run"],
            long_value: &[
                "require",
                "import",
                "loader",
                "experimental-loader",
                "conditions",
                "env-file",
                "env-file-if-exists",
                "input-type",
                "title",
                "watch-path",
                "redirect-warnings",
                "diagnostic-dir",
                "icu-data-dir",
                "openssl-config",
                "test-reporter",
                "unhandled-rejections",
                "dns-result-order",
                "disable-warning",
            ],
            commands: &["inspect", "debug"],
            ..Grammar::default()
        },
        "deno" => Grammar {
            endings: JS,
            value: "cL",
            flags: "Aqhr",
            long_code: &["eval"],
            long_value: &[
                "config",
                "import-map",
                "lock",
                "log-level",
                "seed",
                "env-file",
                "location",
                "cert",
                "preload",
            ],
            commands: &["run", "serve"],
            ..Grammar::default()
        },
        "bun" => Grammar {
            endings: JS,
            code: "ep",
            value: "rcF",
            flags: "bhivy",
            long_code: &["eval", "print"],
            long_value: &[
                "preload",
                "require",
                "import",
                "config",
                "cwd",
                "env-file",
                "filter",
                "define",
                "tsconfig-override",
            ],
            commands: &["run"],
            ..Grammar::default()
        },
        "dotnet" => Grammar {
            endings: &["dll", "exe"],
            long_value: &[
                "depsfile",
                "runtimeconfig",
                "additionalprobingpath",
                "additional-deps",
                "fx-version",
                "roll-forward",
                "roll-forward-on-no-candidate-fx",
            ],
            commands: &["exec"],
            ..Grammar::default()
        },
        "mono" => Grammar {
            endings: &["exe", "dll"],
            attached: "O",
            flags: "v",
            long_value: &["config", "profile-load"],
            ..Grammar::default()
        },
        "electron" | "nw" => Grammar {
            endings: &["asar", "js", "cjs", "mjs", "nw"],
            code: "i",
            value: "r",
            flags: "hva",
            long_code: &["interactive"],
            long_value: &["require"],
            long_script: &["app"],
            ..Grammar::default()
        },
        _ => return None,
    };
    Some(grammar)
}

impl Grammar {
    fn script(&self, given: &[String]) -> Option<String> {
        let mut rest = given.iter().map(String::as_str).peekable();
        let mut is_certain = true;
        while let Some(arg) = rest.next() {
            let effect = match arg.strip_prefix("--") {
                Some("") => return self.file(rest.next()?, is_certain),
                Some(long) => self.long(long),
                None => match arg.strip_prefix(['-', '+']) {
                    // The script is read from the input, and what follows are its arguments.
                    Some("") => return None,
                    Some(letters) => self.letters(letters),
                    None if self.commands.contains(&arg) => Effect::None,
                    None => return self.file(arg, is_certain),
                },
            };
            match effect {
                Effect::None => {}
                Effect::TakesNext => drop(rest.next()),
                Effect::Ends => return None,
                Effect::Module(value) => {
                    let value = value.as_deref().or_else(|| rest.next()).filter(|_| is_certain)?;
                    return class(value, false);
                }
                Effect::Script(value) => return self.file(value.as_deref().or_else(|| rest.next())?, is_certain),
                Effect::Unknown => is_certain = false,
            }
        }
        None
    }

    fn long(&self, option: &str) -> Effect {
        let (name, value) = option.split_once('=').map_or((option, None), |(name, value)| (name, Some(value)));
        match value {
            _ if self.long_code.contains(&name) => Effect::Ends,
            _ if self.long_script.contains(&name) => Effect::Script(value.map(str::to_owned)),
            Some(_) => Effect::None,
            None if self.long_value.contains(&name) => Effect::TakesNext,
            None => Effect::Unknown,
        }
    }

    /// One letter after the other, as in `-ec`.
    fn letters(&self, letters: &str) -> Effect {
        let (mut all_known, mut takes_next) = (true, false);
        for (at, letter) in letters.char_indices() {
            let value = Some(&letters[at + letter.len_utf8()..]).filter(|value| !value.is_empty());
            match letter {
                _ if self.code.contains(letter) => return Effect::Ends,
                _ if self.module.contains(letter) => return Effect::Module(value.map(str::to_owned)),
                _ if self.script.contains(letter) => return Effect::Script(value.map(str::to_owned)),
                _ if self.next.contains(letter) => takes_next = true,
                _ if self.value.contains(letter) && value.is_none() => return Effect::TakesNext,
                _ if self.value.contains(letter) || self.attached.contains(letter) => return Effect::None,
                _ => all_known &= self.flags.contains(letter),
            }
        }
        match (all_known, takes_next) {
            (_, true) => Effect::TakesNext,
            (true, false) => Effect::None,
            (false, false) => Effect::Unknown,
        }
    }

    fn file(&self, arg: &str, is_certain: bool) -> Option<String> {
        file(arg, self.endings, is_certain)
    }
}

/// The archive or class after the options of the JVM.
fn java(given: &[String]) -> Option<String> {
    const VALUE: [&str; 15] = [
        "-cp",
        "-classpath",
        "--class-path",
        "-p",
        "--module-path",
        "--upgrade-module-path",
        "--add-modules",
        "--limit-modules",
        "--add-reads",
        "--add-exports",
        "--add-opens",
        "--patch-module",
        "--enable-native-access",
        "--source",
        "--illegal-native-access",
    ];
    const FLAGS: [&str; 20] = [
        "-D",
        "-X",
        "-ea",
        "-esa",
        "-enable",
        "-da",
        "-dsa",
        "-disable",
        "-verbose",
        "-server",
        "-client",
        "-javaagent:",
        "-agentlib:",
        "-agentpath:",
        "-splash:",
        "-showversion",
        "--show-version",
        "--enable-preview",
        "-d32",
        "-d64",
    ];
    let mut rest = given.iter().map(String::as_str);
    let mut is_certain = true;
    while let Some(arg) = rest.next() {
        match arg {
            "-jar" => return file(rest.next()?, &["jar", "war", "ear"], is_certain),
            "-m" | "--module" => return class(base(rest.next()?), false).filter(|_| is_certain),
            _ if VALUE.contains(&arg) => drop(rest.next()),
            _ if arg.starts_with("--") && arg.contains('=') || arg.starts_with('@') => {}
            _ if arg.starts_with('-') => is_certain &= FLAGS.iter().any(|flag| arg.starts_with(flag)),
            _ => return file(arg, &["java"], false).or_else(|| class(arg, true).filter(|_| is_certain)),
        }
    }
    None
}

/// The script of PowerShell. It knows its options by any abbreviation, with any case and several dashes.
fn powershell(given: &[String]) -> Option<String> {
    /// Options in the order in which PowerShell tries them, with the shortest abbreviation.
    const OPTIONS: [(&str, usize, Kind); 25] = [
        ("noexit", 3, Kind::Flag),
        ("nologo", 3, Kind::Flag),
        ("noninteractive", 4, Kind::Flag),
        ("noprofile", 3, Kind::Flag),
        ("noprofileloadtime", 10, Kind::Flag),
        ("interactive", 1, Kind::Flag),
        ("login", 1, Kind::Flag),
        ("mta", 1, Kind::Flag),
        ("sta", 1, Kind::Flag),
        ("file", 1, Kind::Script),
        ("configurationname", 4, Kind::Value),
        ("configurationfile", 14, Kind::Value),
        ("custompipename", 2, Kind::Value),
        ("executionpolicy", 2, Kind::Value),
        ("ep", 2, Kind::Value),
        ("inputformat", 2, Kind::Value),
        ("if", 2, Kind::Value),
        ("outputformat", 1, Kind::Value),
        ("of", 2, Kind::Value),
        ("psconsolefile", 1, Kind::Value),
        ("settingsfile", 2, Kind::Value),
        ("version", 1, Kind::Value),
        ("windowstyle", 1, Kind::Value),
        ("workingdirectory", 2, Kind::Value),
        ("wd", 2, Kind::Value),
    ];
    #[derive(Clone, Copy)]
    enum Kind {
        Flag,
        Value,
        Script,
    }
    const DASHES: [char; 4] = ['-', '\u{2013}', '\u{2014}', '\u{2015}'];
    let mut rest = given.iter().map(String::as_str);
    while let Some(arg) = rest.next() {
        let is_option = arg.starts_with(DASHES) || arg.starts_with('/') && !arg[1..].contains('/');
        if !is_option {
            return file(arg, &["ps1"], false);
        }
        let option = arg.trim_start_matches('/').trim_start_matches(DASHES).to_lowercase();
        let mut known = OPTIONS.iter().filter(|(name, least, _)| option.len() >= *least && name.starts_with(&option));
        match known.next()?.2 {
            Kind::Flag => {}
            Kind::Value => drop(rest.next()),
            Kind::Script => return file(rest.next()?, &["ps1"], true),
        }
    }
    None
}

/// The name of a script file: it has one of the extensions or, if this is certainly the place of the script, is a path.
/// Anything with a blank in its name may be code.
fn file(arg: &str, endings: &[&str], is_certain: bool) -> Option<String> {
    let arg = arg.trim_end_matches(['/', '\\']);
    let has_drive = arg.as_bytes().get(1) == Some(&b':') && arg.starts_with(|c: char| c.is_ascii_alphabetic());
    let is_path = has_drive || ["/", "./", "../", "\\\\", ".\\"].iter().any(|start| arg.starts_with(start));
    let name = base(arg);
    let has_ending = name.rsplit_once('.').is_some_and(|(stem, ending)| {
        !stem.is_empty() && endings.iter().any(|known| known.eq_ignore_ascii_case(ending))
    });
    let is_script = has_ending || is_certain && is_path;
    if !is_script || !is_path && arg.contains(char::is_whitespace) {
        return None;
    }
    // The application of Electron is an archive or folder of the same name everywhere.
    let name = match name {
        "app.asar" | "app" | "resources" | "." => super::application::folder_of(arg)?,
        name => name.to_owned(),
    };
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '+');
    (name.chars().all(is_name) && name.chars().any(char::is_alphabetic)).then(|| shorten(&name))
}

/// The name of a module or a class: identifiers with dots between them. A class begins with a capital letter.
fn class(arg: &str, is_class: bool) -> Option<String> {
    let is_identifier = |part: &str| {
        part.starts_with(|c: char| c.is_alphabetic() || c == '_')
            && part.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '$' | '-'))
    };
    let last = arg.rsplit('.').next().unwrap_or_default();
    let is_capital = !is_class || last.starts_with(char::is_uppercase);
    (is_capital && arg.split('.').all(is_identifier)).then(|| shorten(arg))
}

pub(super) fn base(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// At most [`LONGEST`] characters, the end of a longer name: that of a class follows its package.
pub(super) fn shorten(name: &str) -> String {
    let skip = name.chars().count().saturating_sub(LONGEST);
    name.chars().skip(skip).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script_in(line: &[&str]) -> Option<String> {
        let args: Vec<String> = line.iter().map(|&arg| arg.to_owned()).collect();
        script(line[0], &args)
    }

    #[test]
    fn a_script_is_found_behind_the_options() {
        for (line, name) in [
            (&["bash", "/opt/a/run.sh", "-p", "x"][..], "run.sh"),
            (&["bash", "-e", "-o", "pipefail", "backup.sh"], "backup.sh"),
            (&["bash", "-euo", "pipefail", "/opt/a/backup"], "backup"),
            (&["bash", "-oe", "pipefail", "--posix", "a.sh"], "a.sh"),
            (&["perl", "-i.bak", "-l012", "fix.pl"], "fix.pl"),
            (&["bash", "+x", "--norc", "backup.sh"], "backup.sh"),
            (&["bash", "-O", "extglob", "--rcfile", "b.sh", "a.sh"], "a.sh"),
            (&["sh", "--", "./a"], "a"),
            (&["sh", "/home/a/my scripts/a.sh"], "a.sh"),
            (&["python", "-u", "/home/a/rates.py", "x"], "rates.py"),
            (&["python", "-W", "ignore", "-Xdev", "rates.py"], "rates.py"),
            (&["python", "-um", "http.server"], "http.server"),
            (&["python", "-mhttp.server"], "http.server"),
            (&["python", "--check-hash-based-pycs", "always", "a.py"], "a.py"),
            (&["python", "--unheard-of", "a.py"], "a.py"),
            (&["perl", "-Iblib/lib", "-MStrict", "-w", "t.pl"], "t.pl"),
            (&["perl", "/usr/local/bin/report"], "report"),
            (&["ruby", "-C", "X", "-rjson", "a.rb"], "a.rb"),
            (&["lua", "-l", "socket", "a.lua"], "a.lua"),
            (&["php", "-n", "-d", "memory_limit=1G", "-f", "a.php"], "a.php"),
            (&["php", "-S", "127.0.0.1:80", "router.php"], "router.php"),
            (&["node", "--require", "x.js", "-r", "y.js", "--max-old-space-size=9", "server.mjs"], "server.mjs"),
            (&["node", "--env-file", "secret.env", "server.js"], "server.js"),
            (&["node", "inspect", "server.js"], "server.js"),
            (&["deno", "run", "-A", "--config", "deno.json", "https://u:p@a.example/mod.ts"], "mod.ts"),
            (&["bun", "run", "index.ts"], "index.ts"),
            (&["dotnet", "exec", "--depsfile", "a.deps.json", "--runtimeconfig", "b.json", "C.dll"], "C.dll"),
            (&["mono", "--debug", "-O=all", "/opt/x/Ledger.exe"], "Ledger.exe"),
            (&["electron", "--no-sandbox", "/usr/lib/element/app.asar"], "element"),
            (&["java", "-Dpassword=x", "-Xmx2g", "-jar", "/opt/a/ledger.jar"], "ledger.jar"),
            (&["java", "-cp", "a:b", "--add-opens", "java.base/x=ALL", "org.example.Invoices"], "org.example.Invoices"),
            (&["java", "-p", "mods", "-m", "org.example/org.example.Main"], "org.example.Main"),
            (&["java", "Main.java"], "Main.java"),
            (
                &["pwsh", "-NoP", "-ex", "Bypass", "-w", "hidden", "-f", r"C:\it\clean.ps1", "-Password", "x"],
                "clean.ps1",
            ),
            (&["powershell", "/nologo", "-EP", "Bypass", "–File", "clean.ps1"], "clean.ps1"),
            (&["powershell", ".\\clean.ps1", "-Password", "x"], "clean.ps1"),
            (&["wscript", "//B", "//E:vbscript", r"C:\it\log in.vbs"], ""),
            (&["wscript", "//B", r"C:\it\login.vbs"], "login.vbs"),
            (&["mshta", r"C:\it\form.hta"], "form.hta"),
        ] {
            assert_eq!(script_in(line).unwrap_or_default(), name, "{line:?}");
        }
    }

    /// Regression: an option that was not understood made the code or the argument behind it the name of a program, so
    /// that passwords were shown and recorded.
    #[test]
    fn what_is_not_surely_a_script_is_never_a_name() {
        for line in [
            &["bash", "-ec", "mysql -pSECRET db"][..],
            &["bash", "-ce", "SECRET"],
            &["bash", "-c", "SECRET.sh"],
            &["sh", "-ec", "SECRET a b"],
            &["sh", "-xc", "SECRET"],
            &["sh", "-e", "-c", "/SECRET"],
            &["bash", "-s", "SECRET"],
            &["bash", "-xs", "--", "SECRET.sh"],
            &["bash", "-o", "SECRET"],
            &["bash", "-oc", "pipefail", "SECRET.sh"],
            &["zsh", "--emulate", "sh", "-c", "SECRET.zsh"],
            &["bash", "--unheard-of", "/SECRET"],
            &["bash", "-", "SECRET.sh"],
            &["bash", "SECRET"],
            &["bash", "mysql -pSECRET a.sh"],
            &["pwsh", "-NoProfile", "-Command", "Login -Password SECRET"],
            &["pwsh", "-NoProfile", "-Co", "Login -Password SECRET"],
            &["pwsh", "-C", "Login -Password SECRET"],
            &["pwsh", "-com", "SECRET.ps1"],
            &["pwsh", "--command", "SECRET.ps1"],
            &["pwsh", "/c", "SECRET.ps1"],
            &["pwsh", "-cwa", "SECRET.ps1"],
            &["pwsh", "-CommandWithArgs", "SECRET.ps1"],
            &["pwsh", "-NoP", "-W", "Hidden", "-Enc", "U0VDUkVU"],
            &["pwsh", "-e", "U0VDUkVU"],
            &["pwsh", "-EC", "U0VDUkVU.ps1"],
            &["pwsh", "-encodedcom", "U0VDUkVU.ps1"],
            &["pwsh", "-ea", "U0VDUkVU.ps1"],
            &["pwsh", "-EncodedArguments", "U0VDUkVU.ps1"],
            &["pwsh", "-unheard", "SECRET.ps1"],
            &["powershell", "Login", "-Password", "SECRET"],
            &["powershell", "–Command", "SECRET.ps1"],
            &["powershell", "-File", "SECRET"],
            &["powershell", "-ConfigurationName", "SECRET"],
            &["python", "-bc", "SECRET"],
            &["python", "-c", "SECRET.py"],
            &["python", "-Bucprint('SECRET')", "x.py"],
            &["python", "-", "SECRET"],
            &["python", "-u", "-", "SECRET.py"],
            &["python", "--check-hash-based-pycs", "SECRET"],
            &["python", "--unheard-of", "/SECRET"],
            &["python", "-m", "a SECRET"],
            &["python", "-m", "--password=SECRET"],
            &["perl", "-ne", "SECRET"],
            &["perl", "-lane", "SECRET.pl"],
            &["perl", "-i.orig", "-pe", "SECRET.pl"],
            &["perl", "-0777ne", "SECRET.pl"],
            &["perl", "-E", "SECRET"],
            &["perl", "-", "SECRET"],
            &["ruby", "-ne", "SECRET"],
            &["ruby", "-", "SECRET.rb"],
            &["ruby", "-C", "SECRET"],
            &["node", "-pe", "SECRET"],
            &["node", "-e", "SECRET.js"],
            &["node", "--eval", "SECRET.js"],
            &["node", "--eval=x", "SECRET.js"],
            &["node", "--print", "SECRET.js"],
            &["node", "-", "SECRET.js"],
            &["node", "-i", "SECRET"],
            &["node", "--run", "SECRET"],
            &["node", "--unheard-of", "SECRET"],
            &["lua", "-", "SECRET"],
            &["lua", "-e", "SECRET.lua"],
            &["php", "-r", "SECRET"],
            &["php", "-S", "SECRET"],
            &["php", "-d", "SECRET"],
            &["php", "-R", "SECRET.php"],
            &["php", "--run", "SECRET.php"],
            &["deno", "eval", "SECRET.ts"],
            &["deno", "task", "SECRET"],
            &["bun", "-e", "SECRET.js"],
            &["bun", "run", "SECRET"],
            &["bun", "x", "SECRET.js"],
            &["dotnet", "run", "SECRET.dll"],
            &["dotnet", "exec", "--depsfile", "SECRET"],
            &["dotnet", "user-secrets", "set", "SECRET"],
            &["mono", "--config", "SECRET"],
            &["electron", "-i", "SECRET.js"],
            &["java", "--unheard-of", "Secret"],
            &["java", "-unheard-of", "com.example.Secret"],
            &["java", "-cp", "SECRET"],
            &["java", "-jar", "SECRET"],
            &["java", "secret"],
            &["java", "-m", "a/SECRET word"],
            &["wscript", "SECRET"],
            &["mshta", "javascript:SECRET('a b')"],
            &["mshta", "vbscript:Execute(\"SECRET.hta\")"],
        ] {
            assert_eq!(script_in(line), None, "{line:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_arguments_make_it_panic(which in 0..20_usize, args in proptest::collection::vec("[-/+a-zé=.ー–]{0,8}", 0..6)) {
            let runtimes = ["bash", "perl", "pwsh", "java", "node", "php", "dotnet", "wscript", "mshta", "python"];
            let runtime = runtimes[which % runtimes.len()];
            let name = script(runtime, &args);
            proptest::prop_assert!(name.is_none_or(|name| !name.contains(char::is_whitespace)));
        }
    }
}
