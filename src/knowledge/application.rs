//! Which application a runtime runs. One runtime (Java, Python, Electron, Wine) runs many applications under one file
//! name; users know the applications.

use super::script::{base, script, shorten};
use super::stem;
use crate::model::ProcFacts;

/// Runtimes and interpreters, without version and `.exe`.
const RUNTIMES: [&str; 27] = [
    "bash",
    "bun",
    "cscript",
    "dash",
    "deno",
    "dotnet",
    "electron",
    "java",
    "javaw",
    "lua",
    "mono",
    "mshta",
    "node",
    "nodejs",
    "nw",
    "perl",
    "php",
    "php-cgi",
    "powershell",
    "pwsh",
    "pypy",
    "python",
    "pythonw",
    "ruby",
    "sh",
    "wscript",
    "zsh",
];

/// Folders on the way from an application to the runtime it brings along.
const OF_RUNTIME: [&str; 16] = [
    "bin",
    "jre",
    "jdk",
    "jbr",
    "lib",
    "lib64",
    "runtime",
    "java",
    "node",
    "python",
    "electron",
    "resources",
    "dist",
    "release",
    "contents",
    "macos",
];
/// Places of runtimes that all applications share.
const SHARED: [&str; 11] = [
    "/usr/",
    "/bin/",
    "/nix/store/",
    "/snap/core",
    "/opt/java",
    "/opt/jdk",
    r"\program files\java\",
    r"\program files\nodejs\",
    r"\program files\dotnet\",
    r"\windows\",
    r"\program files\powershell\",
];
/// Folders in which people keep the versions of a runtime: it lies there for all its applications.
const MANAGERS: [&str; 30] = [
    ".asdf",
    ".bun",
    ".conda",
    ".deno",
    ".dotnet",
    ".fnm",
    ".gradle",
    ".jabba",
    ".jdks",
    ".jenv",
    ".nodenv",
    ".nvm",
    ".phpenv",
    ".plenv",
    ".pyenv",
    ".rbenv",
    ".rubies",
    ".rvm",
    ".sdkman",
    ".volta",
    "anaconda",
    "candidates",
    "fnm",
    "installs",
    "miniconda",
    "miniforge",
    "mise",
    "nvm",
    "toolcache",
    "versions",
];

/// An application run by a runtime.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Application {
    /// It has this name; one whose name cannot be seen has its process id instead.
    Named(String),
    /// A process that works for the one that started it.
    Part,
}

/// The application that a process runs, if its file is a runtime. `parent` is its parent, if it still lives.
pub fn application(facts: &ProcFacts, parent: Option<&ProcFacts>) -> Option<Application> {
    let file = runtime_of(facts.file_name());
    let args = facts.args.known().map_or(&[][..], Vec::as_slice);
    if is_wine(&file) {
        let name = windows_program(&facts.name, args)?;
        return Some(Application::Named(name));
    }
    if !RUNTIMES.contains(&file.as_str()) {
        return None;
    }
    // Another name than that of its file: a script that is a program of its own, or a program that names itself.
    let is_own_name = runtime_of(&facts.name) != file && !is_cut(&facts.name, facts.file_name());
    if is_own_name && !facts.name.is_empty() {
        return None;
    }
    if matches!(file.as_str(), "electron" | "nw") && args.iter().any(|arg| arg.starts_with("--type=")) {
        return Some(Application::Part);
    }
    if let Some(name) = script(&file, args).or_else(|| bundle(facts.path.known().map_or("", String::as_str))) {
        return Some(Application::Named(format!("{name} ({file})")));
    }
    let is_same_file = parent.is_some_and(|parent| parent.path.known().is_some() && parent.path == facts.path);
    match file.as_str() {
        _ if is_same_file => Some(Application::Part),
        // A shell without a script, or with one in its arguments, belongs to whoever typed it.
        "bash" | "dash" | "sh" | "zsh" | "powershell" | "pwsh" => None,
        _ => Some(Application::Named(format!("{file} ({})", facts.key.pid))),
    }
}

impl super::Knowledge {
    /// True if the program file at `path` runs what its arguments name, so that it is no program by itself.
    pub fn is_runtime(path: &str) -> bool {
        let file = runtime_of(base(path));
        is_wine(&file) || RUNTIMES.contains(&file.as_str())
    }
}

/// The file of a runtime without its version: `python3.11`, `electron31`.
fn runtime_of(file: &str) -> String {
    stem(file).trim_end_matches(|c: char| c.is_ascii_digit() || c == '.').to_owned()
}

/// The name of a process is cut off after 15 bytes.
fn is_cut(name: &str, file: &str) -> bool {
    name.len() == 15 && file.starts_with(name)
}

fn is_wine(file: &str) -> bool {
    file == "wine" || file.starts_with("wine-preloade") || file == "wine64-preloader" || file == "wine64-preloade"
}

/// The Windows program that Wine runs: by its own path, else by the name of the process.
fn windows_program(name: &str, args: &[String]) -> Option<String> {
    let is_program = |name: &str| name.len() > 4 && name.to_ascii_lowercase().ends_with(".exe");
    let program = args.iter().find(|arg| !is_wine(&stem(base(arg))) && stem(base(arg)) != "wine-preloader");
    let by_path = program.filter(|arg| !arg.starts_with('-')).map(|arg| base(arg)).filter(|name| is_program(name));
    // A long name is cut off after 15 bytes, the extension first.
    let by_name = (is_program(name) || name.len() == 15 && !is_wine(&stem(name))).then_some(name);
    let name = by_path.or(by_name)?;
    Some(shorten(if is_program(name) { &name[..name.len() - 4] } else { name }))
}

/// The folder of the application that brings its runtime along; `None` for a runtime that many share.
fn bundle(path: &str) -> Option<String> {
    let lower = path.to_lowercase();
    let is_in = |place: &&str| if place.starts_with('/') { lower.starts_with(*place) } else { lower.contains(*place) };
    let is_managed = || lower.split(['/', '\\']).any(|folder| MANAGERS.contains(&plain_folder(folder)));
    if SHARED.iter().any(is_in) || is_managed() { None } else { folder_of(path) }
}

/// A folder without the version in its name.
fn plain_folder(folder: &str) -> &str {
    folder.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.')
}

/// The nearest folder that is not one of every application.
pub(super) fn folder_of(path: &str) -> Option<String> {
    let mut folders: Vec<&str> = path.split(['/', '\\']).collect();
    folders.pop();
    let folder = folders.into_iter().rev().find(|folder| {
        let name = runtime_of(folder);
        let name = name.trim_end_matches(['-', '_']);
        !name.is_empty() && !OF_RUNTIME.contains(&name)
    })?;
    // A folder of a user or a whole drive is no application.
    let is_place = folder.ends_with(':') || ["home", "opt", "tmp", "users"].contains(&folder.to_lowercase().as_str());
    (!is_place).then(|| shorten(folder))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ProcKey, Reading, Why};

    fn facts(name: &str, path: &str, args: &[&str]) -> ProcFacts {
        ProcFacts {
            name: name.to_owned(),
            path: Reading::Known(path.to_owned()),
            args: if args.is_empty() {
                Reading::Missing(Why::NoPermission)
            } else {
                Reading::Known(args.iter().map(|arg| (*arg).to_owned()).collect())
            },
            ..ProcFacts::new(ProcKey { pid: 5, start_time: 1 })
        }
    }

    fn named(name: &str, path: &str, args: &[&str]) -> Option<String> {
        match application(&facts(name, path, args), None)? {
            Application::Named(name) => Some(name),
            Application::Part => Some("(part)".to_owned()),
        }
    }

    #[test]
    fn a_runtime_is_told_by_what_it_runs() {
        let java = "/usr/lib/jvm/java-17/bin/java";
        for (name, path, args, expected) in [
            ("java", java, &["java", "-Xmx2g", "-jar", "/opt/ledger/ledger.jar"][..], "ledger.jar (java)"),
            (
                "java",
                java,
                &["java", "-cp", "a.jar:b.jar", "org.example.Invoices", "--port", "1"],
                "org.example.Invoices (java)",
            ),
            ("python3", "/usr/bin/python3.11", &["python3", "-u", "/home/a/rates.py", "x"], "rates.py (python)"),
            ("python3", "/usr/bin/python3.11", &["python3", "-m", "http.server"], "http.server (python)"),
            ("node", "/usr/bin/node", &["node", "--require", "x.js", "server.js"], "server.js (node)"),
            ("dotnet", "/usr/lib/dotnet/dotnet", &["dotnet", "/srv/Orders.dll"], "Orders.dll (dotnet)"),
            (
                "electron",
                "/usr/lib/electron31/electron",
                &["electron", "/usr/lib/element/app.asar"],
                "element (electron)",
            ),
            (
                "electron",
                "/usr/lib/electron31/electron",
                &["electron", "/opt/element/resources/app.asar"],
                "element (electron)",
            ),
            ("java", "/opt/app-a/jre/bin/java", &[], "app-a (java)"),
            ("javaw.exe", r"C:\Program Files\Ledger\jbr\bin\javaw.exe", &[], "Ledger (javaw)"),
            (
                "powershell.exe",
                r"C:\Windows\System32\powershell.exe",
                &["powershell", "-File", r"C:\it\clean.ps1"],
                "clean.ps1 (powershell)",
            ),
            (
                "wscript.exe",
                r"C:\Windows\System32\wscript.exe",
                &["wscript", "//B", r"C:\it\login.vbs"],
                "login.vbs (wscript)",
            ),
            ("java", java, &[], "java (5)"),
            // Regression: they had the name of a folder that all applications of the runtime share.
            ("node", "/home/a/.nvm/versions/node/v20.1.0/bin/node", &[], "node (5)"),
            ("python3.11", "/home/a/.pyenv/versions/3.11.4/bin/python3.11", &["python3.11", "-c", "x"], "python (5)"),
            ("deno", "/home/a/.deno/bin/deno", &["deno", "eval", "x"], "deno (5)"),
            ("java", "/home/a/.sdkman/candidates/java/17.0.2/bin/java", &[], "java (5)"),
            ("python3", "/home/a/miniconda3/bin/python3", &[], "python (5)"),
            ("node.exe", r"C:\Users\a\AppData\Roaming\nvm\v20.1.0\node.exe", &[], "node (5)"),
            ("java", "/home/a/.minecraft/runtime/java/bin/java", &[], ".minecraft (java)"),
        ] {
            assert_eq!(named(name, path, args).as_deref(), Some(expected), "{path} {args:?}");
        }
    }

    #[test]
    fn what_is_no_runtime_or_has_a_name_of_its_own_is_left_alone() {
        assert_eq!(named("soffice.bin", "/usr/lib/libreoffice/program/soffice.bin", &["soffice.bin", "a.ods"]), None);
        assert_eq!(named("unattended-upgr", "/usr/bin/python3.11", &["python3", "/usr/bin/unattended-upgrade"]), None);
        assert_eq!(named("bash", "/bin/bash", &["-bash"]), None);
        assert_eq!(named("sh", "/bin/sh", &["sh", "-c", "while :; do :; done"]), None);
    }

    #[test]
    fn a_part_of_an_application_belongs_to_it() {
        let electron = "/usr/lib/electron31/electron";
        assert_eq!(named("electron", electron, &["electron", "--type=renderer"]).as_deref(), Some("(part)"));
        let parent = facts("electron", electron, &[]);
        assert_eq!(application(&facts("electron", electron, &[]), Some(&parent)), Some(Application::Part));
    }

    #[test]
    fn programs_under_wine_have_their_own_names() {
        let wine = "/opt/wine-stable/bin/wine64-preloader";
        assert_eq!(named("EXCEL.EXE", wine, &[]).as_deref(), Some("EXCEL"));
        assert_eq!(named("HIDEMARU.EXE", wine, &["C:\\Tools\\Hidemaru.exe"]).as_deref(), Some("Hidemaru"));
        assert_eq!(
            named("LongNameOfAPro", wine, &["Z:\\x\\LongNameOfAProgram.exe"]).as_deref(),
            Some("LongNameOfAProgram")
        );
        assert_eq!(named("wine64-preloade", wine, &[]), None);
    }

    proptest::proptest! {
        #[test]
        fn no_arguments_make_it_panic(name in ".{0,20}", path in ".{0,60}", args in proptest::collection::vec(".{0,30}", 0..6)) {
            let args: Vec<&str> = args.iter().map(String::as_str).collect();
            let file = ["java", "electron31", "wine64-preloader", "python3"][path.len() % 4];
            let _ = named(&name, &format!("/{path}/{file}"), &args);
        }
    }
}
