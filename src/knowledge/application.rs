//! Which application a runtime runs. One runtime (Java, Python, Electron, Wine) runs many applications under one file
//! name; users know the applications.

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

/// Switches of these runtimes whose value follows as an argument of its own and names no program.
const WITH_VALUE: [&str; 16] = [
    "-cp",
    "-classpath",
    "--class-path",
    "-p",
    "--module-path",
    "--add-modules",
    "-W",
    "-X",
    "-r",
    "--require",
    "-I",
    "-ExecutionPolicy",
    "-WindowStyle",
    "--loader",
    "--import",
    "-d",
];
/// Switches whose value is the program.
const WITH_PROGRAM: [&str; 8] = ["-jar", "-m", "--module", "-f", "-file", "-File", "exec", "--app"];
/// Switches whose value is source code: the program has no name.
const WITH_CODE: [&str; 7] = ["-c", "-e", "--eval", "-Command", "-EncodedCommand", "-enc", "-r"];

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
/// Longest name of an application, in characters.
const LONGEST: usize = 40;

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
    if args.iter().any(|arg| arg.starts_with("--type=")) {
        return Some(Application::Part);
    }
    if let Some(name) = program_argument(args).or_else(|| bundle(facts.path.known().map_or("", String::as_str))) {
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
    let by_path = args.iter().take(2).map(|arg| base(arg)).find(|name| is_program(name));
    // A long name is cut off after 15 bytes, the extension first.
    let by_name = (is_program(name) || name.len() == 15 && !is_wine(&stem(name))).then_some(name);
    let name = by_path.or(by_name)?;
    Some(shorten(if is_program(name) { &name[..name.len() - 4] } else { name }))
}

/// The program among the arguments of a runtime.
fn program_argument(args: &[String]) -> Option<String> {
    let mut rest = args.iter().skip(1).map(String::as_str);
    while let Some(arg) = rest.next() {
        if WITH_CODE.contains(&arg) {
            return None;
        }
        if WITH_PROGRAM.contains(&arg) {
            if let Some(name) = rest.next().and_then(name_of) {
                return Some(name);
            }
        } else if WITH_VALUE.contains(&arg) {
            rest.next();
        } else if !(arg.starts_with('-') || arg.starts_with("//") || arg.starts_with('/') && arg.len() <= 2) {
            return name_of(arg);
        }
    }
    None
}

/// The name of a script, an archive, a module or a class; `None` for what is no name of a file.
fn name_of(arg: &str) -> Option<String> {
    let arg = arg.trim_end_matches(['/', '\\']);
    let name = base(arg);
    // The application of Electron is an archive or folder of the same name everywhere.
    let name = match name {
        "app.asar" | "app" | "resources" | "." => folder_of(arg).unwrap_or_default(),
        name => name.to_owned(),
    };
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | ' ' | '+' | '$' | ':');
    (name.chars().all(is_name) && name.chars().any(char::is_alphabetic)).then(|| shorten(&name))
}

/// The folder of the application that brings its runtime along; `None` for a runtime that many share.
fn bundle(path: &str) -> Option<String> {
    let lower = path.to_lowercase();
    let is_in = |place: &&str| if place.starts_with('/') { lower.starts_with(*place) } else { lower.contains(*place) };
    if SHARED.iter().any(is_in) { None } else { folder_of(path) }
}

/// The nearest folder that is not one of every application.
fn folder_of(path: &str) -> Option<String> {
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

fn base(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// At most [`LONGEST`] characters, the end of a longer name: that of a class follows its package.
fn shorten(name: &str) -> String {
    let skip = name.chars().count().saturating_sub(LONGEST);
    name.chars().skip(skip).collect()
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
