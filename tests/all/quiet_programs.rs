//! Programs that use little and are seen by nobody: miners that throttle themselves and hide, and honest programs of
//! the same shape. Each plays at a tenth to more than half of one processor, with pauses and without, on a small and a
//! larger PC: the first are worth a look within three minutes, the second never are.

use mimamori::diagnose::Severity;
use mimamori::knowledge::Knowledge;

use crate::support::case::Case;
use crate::support::corpus::{Pace, judge};

/// A program: what it is, system, file, parent, flags that only a live system knows, and its window.
struct Program {
    what: &'static str,
    os: &'static str,
    path: &'static str,
    parent: &'static str,
    marks: &'static [&'static str],
    window: Option<bool>,
}

const fn program(
    what: &'static str,
    os: &'static str,
    path: &'static str,
    parent: &'static str,
    marks: &'static [&'static str],
    window: Option<bool>,
) -> Program {
    Program { what, os, path, parent, marks, window }
}

/// At work and pausing, in seconds.
const PACES: [(f64, f64); 3] = [(240.0, 0.0), (20.0, 8.0), (10.0, 8.0)];
/// Shares of one processor.
const LEVELS: [f64; 4] = [0.1, 0.2, 0.3, 0.6];
/// Logical processors.
const PCS: [u32; 2] = [2, 8];

const NICE: &[&str] = &["lowest_priority"];
const BY_CRON: &[&str] = &["scheduler_parent"];
const BY_SCRIPT: &[&str] = &["script_host_parent"];
const NEW: &[&str] = &["lowest_priority", "new"];
const UNSIGNED: &[&str] = &["unsigned", "new"];

#[rustfmt::skip]
const THIEVES: &[Program] = &[
    program("named like a helper of the desktop, in a hidden folder of the cache", "linux", "/home/a/.cache/.gvfs/gvfsd-http-helper", "systemd", NICE, Some(false)),
    program("the same where windows are not known", "linux", "/home/a/.cache/.gvfs/gvfsd-http-helper", "systemd", NEW, None),
    program("a hidden folder of the settings", "linux", "/home/a/.config/.session/sessiond", "cron", NICE, Some(false)),
    program("beside the settings of the desktop", "linux", "/home/a/.config/dconf/dconfd", "systemd", NICE, Some(false)),
    program("a hidden folder of the data", "linux", "/home/a/.local/share/.icons/render", "cron", BY_CRON, Some(false)),
    program("with the keys", "linux", "/home/a/.ssh/agent/keyd", "bash", BY_SCRIPT, Some(false)),
    program("with the keys for mail", "linux", "/home/a/.gnupg/scd", "cron", BY_CRON, None),
    program("in the waste bin", "linux", "/home/a/.local/share/Trash/files/update", "systemd", NICE, Some(false)),
    program("with the fonts", "linux", "/home/a/.fonts/fc-update", "systemd", NICE, Some(false)),
    program("started with the desktop", "linux", "/home/a/.config/autostart/run", "gnome-shell", NICE, Some(false)),
    program("a file at the top of the cache", "linux", "/home/a/.cache/update", "cron", BY_CRON, Some(false)),
    program("a hidden folder among documents", "linux", "/home/a/Documents/.work/sync", "bash", BY_SCRIPT, Some(false)),
    program("named like systemd, in a home", "linux", "/home/a/.local/bin/systemd-networkd", "systemd", NICE, Some(false)),
    program("named like the sound of the desktop", "linux", "/home/a/bin/pipewire-pulse", "systemd", NICE, Some(false)),
    program("hidden among tools", "linux", "/home/a/.npm/.x/node-gyp-helper", "systemd", NICE, Some(false)),
    program("of root, in a hidden folder of the system", "linux", "/var/lib/.dbus/helper", "cron", BY_CRON, Some(false)),
    program("from memory", "linux", "/memfd:kthread (deleted)", "systemd", NEW, Some(false)),
    program("a file at the top of Roaming", "windows", r"C:\Users\a\AppData\Roaming\helper.exe", "explorer", UNSIGNED, Some(false)),
    program("in a folder called like a part of Windows", "windows", r"C:\Users\a\AppData\Roaming\RuntimeBroker\rb.exe", "explorer", UNSIGNED, Some(false)),
    program("with the settings of Windows", "windows", r"C:\Users\a\AppData\Roaming\Microsoft\Libs\sih.exe", "explorer", UNSIGNED, Some(false)),
    program("a file at the top of ProgramData", "windows", r"C:\ProgramData\audio.exe", "services", NICE, Some(false)),
    program("in a folder called like the update", "windows", r"C:\ProgramData\WindowsUpdate\wu.exe", "services", UNSIGNED, Some(false)),
    program("in the folder that all users share", "windows", r"C:\Users\Public\Libraries\lib.exe", "explorer", UNSIGNED, Some(false)),
    program("in the waste bin", "windows", r"C:\$Recycle.Bin\S-1-5-21\x.exe", "explorer", UNSIGNED, Some(false)),
];

#[rustfmt::skip]
const HONEST: &[Program] = &[
    program("node of nvm, by a script", "linux", "/home/a/.nvm/versions/node/v22.1.0/bin/node", "bash", BY_SCRIPT, Some(false)),
    program("a tool of cargo", "linux", "/home/a/.cargo/bin/watchexec", "bash", BY_SCRIPT, Some(false)),
    program("rust-analyzer", "linux", "/home/a/.rustup/toolchains/stable/bin/rust-analyzer", "gnome-shell", &[], Some(false)),
    program("python of pyenv, by cron, nice", "linux", "/home/a/.pyenv/versions/3.12.1/bin/python3.12", "cron", &["scheduler_parent", "lowest_priority"], Some(false)),
    program("python of conda, nice", "linux", "/home/a/miniconda3/envs/lab/bin/python3.11", "bash", &["script_host_parent", "lowest_priority"], Some(false)),
    program("ruby of rbenv", "linux", "/home/a/.rbenv/versions/3.3.0/bin/ruby", "bash", BY_SCRIPT, Some(false)),
    program("a browser of a test suite", "linux", "/home/a/.cache/ms-playwright/chromium-1140/chrome-linux/headless_shell", "bash", BY_SCRIPT, Some(false)),
    program("another one", "linux", "/home/a/.cache/puppeteer/chrome/linux-126/chrome-linux64/testchrome", "bash", BY_SCRIPT, Some(false)),
    program("the driver of Selenium", "linux", "/home/a/.cache/selenium/chromedriver/linux64/126/chromedriver", "bash", BY_SCRIPT, Some(false)),
    program("a bundler of a project", "linux", "/home/a/projects/app/node_modules/.pnpm/esbuild@0.21/node_modules/esbuild/bin/esbuild", "bash", BY_SCRIPT, Some(false)),
    program("a launcher of games", "linux", "/home/a/.local/share/Steam/ubuntu12_64/steam-runtime", "gnome-shell", &[], Some(false)),
    program("java of a launcher", "linux", "/home/a/.minecraft/runtime/java-runtime-gamma/linux/bin/java", "gnome-shell", &[], Some(true)),
    program("a server of an editor", "linux", "/home/a/.vscode-server/bin/0a1b/node", "bash", BY_SCRIPT, Some(false)),
    program("research while nobody needs the PC", "linux", "/home/a/fah/FahCore_a8", "systemd", NICE, Some(false)),
    program("research, installed", "linux", "/usr/bin/boinc", "systemd", NICE, Some(false)),
    program("a backup, nice, by cron", "linux", "/usr/bin/restic", "cron", &["scheduler_parent", "lowest_priority"], Some(false)),
    program("an indexer of the desktop", "linux", "/usr/libexec/tracker-extract-3", "systemd", NICE, Some(false)),
    program("the files of the network, really", "linux", "/usr/libexec/gvfsd-smb-browse", "systemd", &[], Some(false)),
    program("a desktop that somebody builds", "linux", "/home/a/src/mutter/build/src/mutter", "bash", BY_SCRIPT, Some(true)),
    program("a model in a home", "linux", "/home/a/.ollama/bin/ollama", "systemd", &[], Some(false)),
    program("a program of Flatpak", "linux", "/app/bin/converter", "systemd", NICE, Some(false)),
    program("a synchroniser in a home", "linux", "/home/a/.local/bin/syncthing", "systemd", NICE, Some(false)),
    program("a cache of a compiler", "linux", "/home/a/.cache/go-build/ab/ab12-d/exe/tool", "bash", BY_SCRIPT, Some(false)),
    program("a chat program in Roaming", "windows", r"C:\Users\a\AppData\Roaming\Chat\app\chat.exe", "explorer", &["signed"], Some(true)),
    program("a tool of cargo", "windows", r"C:\Users\a\.cargo\bin\watchexec.exe", "explorer", UNSIGNED, Some(false)),
    program("a helper of the maker of the PC", "windows", r"C:\ProgramData\Maker\Helper\helper.exe", "services", &["signed"], Some(false)),
    program("an indexer, nice", "windows", r"C:\Program Files\Search\indexer.exe", "services", &["signed", "lowest_priority"], Some(false)),
    program("a browser of a test suite", "windows", r"C:\Users\a\AppData\Local\ms-playwright\chromium-1140\chrome-win\headless_shell.exe", "explorer", &["unsigned"], Some(false)),
];

/// The story of a program at `level` of one of `cpus` processors.
fn case(program: &Program, level: f64, (work, pause): (f64, f64), cpus: u32) -> Case {
    let Program { what, os, path, parent, marks, window } = program;
    let window = window.map_or_else(String::new, |window| format!("window = {window}\n"));
    let times = if pause > 0.0 { (260.0 / (work + pause)).ceil() as usize } else { 1 };
    let resting =
        if pause > 0.0 { format!("[[part]]\nseconds = {pause}\nruns = {{ x = 0.0 }}\n") } else { String::new() };
    let last = if pause > 0.0 { 2 } else { 1 };
    let text = format!(
        "title = {what:?}\nmade = \"scripted\"\nos = {os:?}\ncpus = {cpus}\nforbid = [\"hot\"]\n\
         repeat = {{ from = 1, to = {last}, times = {times} }}\n\
         [program.x]\npath = {path:?}\nparent = {parent:?}\nmarks = {marks:?}\n{window}variation = 0.04\n\
         [[part]]\nseconds = 40\n[[part]]\nseconds = {work}\nruns = {{ x = {} }}\n{resting}",
        level / f64::from(cpus)
    );
    Case::read(&text).expect("a case")
}

/// Plays each program at every level, each time with another rhythm on another PC; every `every`th of these. Returns for
/// each after how many seconds the rule spoke, if it did, with its severity.
fn play(programs: &[Program], pace: Pace, every: usize) -> Vec<(String, Option<(Severity, f64)>)> {
    let knowledge = Knowledge::builtin().expect("tables");
    let variants = programs.iter().enumerate().flat_map(|(number, program)| {
        let variant = move |(turn, level): (usize, &f64)| {
            let turn = number + turn;
            (program, *level, PACES[turn % PACES.len()], PCS[turn % PCS.len()])
        };
        LEVELS.iter().enumerate().map(variant)
    });
    let variants = variants.step_by(every);
    let queue = std::sync::Mutex::new(variants.collect::<Vec<_>>());
    let work = || {
        let mut seen = Vec::new();
        loop {
            let next = queue.lock().expect("no thread panicked").pop();
            let Some((program, level, rhythm, cpus)) = next else { return seen };
            let what = format!("{} ({}), {level} of one of {cpus}, {rhythm:?}", program.what, program.path);
            let outcome = judge(&what, case(program, level, rhythm, cpus), 0, pace, &knowledge);
            let rule = mimamori::diagnose::RuleId::SecretMining;
            // 40 seconds pass before it begins.
            seen.push((what, outcome.rules_seen.get(&rule).map(|(severity, at)| (*severity, at - 40.0))));
        }
    };
    std::thread::scope(|scope| {
        let threads = [scope.spawn(work), scope.spawn(work)];
        threads.into_iter().flat_map(|thread| thread.join().expect("a case panicked")).collect()
    })
}

#[test]
fn a_throttled_miner_in_a_hidden_place_is_worth_a_look_within_three_minutes() {
    assert!(THIEVES.len() >= 12);
    let seen = play(THIEVES, Pace::Window, 1);
    let missed: Vec<_> = seen.iter().filter(|(_, seen)| seen.is_none_or(|(_, after)| after > 180.0)).collect();
    assert!(missed.is_empty(), "{} of {}: {missed:#?}", missed.len(), seen.len());
    // The agent reads programs every half minute while the PC is calm.
    let seen = play(THIEVES, Pace::Agent, 3);
    let missed: Vec<_> = seen.iter().filter(|(_, seen)| seen.is_none_or(|(_, after)| after > 212.0)).collect();
    assert!(missed.is_empty(), "{} of {}: {missed:#?}", missed.len(), seen.len());
}

#[test]
fn an_honest_program_of_the_same_shape_is_never_worth_a_look() {
    assert!(HONEST.len() >= 24);
    for (pace, every) in [(Pace::Window, 1), (Pace::Agent, 3)] {
        let seen = play(HONEST, pace, every);
        let wrong: Vec<_> = seen.iter().filter(|(_, seen)| seen.is_some()).collect();
        assert!(wrong.is_empty(), "{pace:?}, {} of {}: {wrong:#?}", wrong.len(), seen.len());
    }
}
