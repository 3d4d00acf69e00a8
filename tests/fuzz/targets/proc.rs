//! Files of `/proc`: a process, whose name and command line it chooses itself, the counters of processors and disks,
//! connections, options of mounts.

#![no_main]

use std::collections::HashSet;
use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use mimamori::KNOWLEDGE;
use mimamori::model::{Os, Reading, is_dangerous};
use mimamori::platform::{CpuTimes, hides_others, parse_cpu_times, parse_disks, processes_below, remote_port};
use tempfile::TempDir;

/// Greater than every process id of Linux: no real process has it.
const PID: u32 = 4_200_000;
const BETWEEN: &[u8] = b"\n---\n";

static ROOT: LazyLock<TempDir> = LazyLock::new(|| tempfile::tempdir_in(mimamori::memory_folder()).expect("a folder"));
static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = ROOT.path().join(PID.to_string());
    fs::create_dir(&folder).expect("a folder");
    folder
});

fuzz_target!(|data: &[u8]| {
    let Some((which, rest)) = data.split_first() else { return };
    match which {
        b's' => processors(&String::from_utf8_lossy(rest)),
        b'd' => disks(&String::from_utf8_lossy(rest)),
        b't' => {
            let sockets = HashSet::from([0, 1, 77]);
            let text = String::from_utf8_lossy(rest);
            let ports = text.lines().filter_map(|line| remote_port(line, &sockets)).count();
            assert!(ports <= text.matches(':').count());
        }
        b'm' => {
            let text = String::from_utf8_lossy(rest);
            assert!(!hides_others(&text) || text.contains("hidepid="));
        }
        _ => process(rest),
    }
});

fn processors(text: &str) {
    let CpuTimes { total, per_core } = parse_cpu_times(text);
    for time in [total].iter().chain(&per_core) {
        assert!(time.busy <= time.all && time.interrupts <= time.busy, "{time:?}");
        assert!(time.stolen.is_none_or(|stolen| stolen <= time.busy), "{time:?}");
    }
}

fn disks(text: &str) {
    let disks = parse_disks(text);
    assert!(disks.len() <= text.lines().count());
    let lines: Vec<&str> = text.lines().rev().collect();
    let mut backwards = parse_disks(&lines.join("\n"));
    backwards.reverse();
    assert_eq!(backwards, disks);
}

/// `stat`, `io` and `cmdline` of a process.
fn process(data: &[u8]) {
    let mut parts = data.splitn(2, |byte| *byte == 0x1e);
    let (stat, rest) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let at = rest.windows(BETWEEN.len()).position(|part| part == BETWEEN).unwrap_or(rest.len());
    let (io, args) = (&rest[..at], rest.get(at + BETWEEN.len()..).unwrap_or_default());
    let put = |file: &str, bytes: &[u8]| fs::write(FOLDER.join(file), bytes).expect("written");
    put("stat", stat);
    put("io", io);
    put("cmdline", args);
    let mut seen = Vec::new();
    let mut reader = processes_below(ROOT.path());
    for look in 0..2 {
        let visit = &mut |raw: &mimamori::platform::RawProc<'_>| {
            assert_eq!(raw.key.pid, PID);
            // Without new processor time nothing was read or written.
            assert!(look == 0 || raw.io.is_none());
            seen.push((raw.key, raw.name_hash, raw.image_hash, (raw.name)()));
        };
        reader.read(visit).expect("listed");
    }
    assert!(seen.len() != 1 && seen.iter().all(|one| *one == seen[0]), "{seen:?}");

    // Whatever a process calls itself, it cannot write the numbers behind its name.
    let name: Vec<u8> = args.iter().copied().filter(|byte| *byte != 0).take(64).collect();
    let numbers = b") S 5 1 1 0 -1 4194304 1 2 3 4 100 20 40 3 20 0 9 0 555 1000000 250 0\n";
    put("stat", &[&b"4200000 ("[..], &name, numbers].concat());
    let mut found = None;
    reader.read(&mut |raw| found = Some((raw.parent, raw.key.start_time, raw.threads))).expect("listed");
    assert_eq!(found, Some((5, 555, 9)), "{}", String::from_utf8_lossy(&name));

    let key = mimamori::model::ProcKey { pid: PID, start_time: 555 };
    let facts = reader.facts(key, 5, String::from_utf8_lossy(&name).into_owned());
    match &facts.args {
        Reading::Known(words) => assert!(!args.is_empty() && words.iter().all(|word| !word.contains('\0'))),
        Reading::Missing(_) => assert!(args.is_empty() || args == [0]),
    }
    let shown = KNOWLEDGE.miner_argument(&facts, Os::Linux);
    assert!(!args.iter().all(|byte| byte.is_ascii_whitespace() || *byte == 0) || shown.is_none(), "{shown:?}");
    assert!(!shown.is_some_and(|shown| shown.chars().any(is_dangerous)));
}
