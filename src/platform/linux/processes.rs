//! Processes from `/proc`, read directly: one small file per process and tick, into reused buffers.

use std::collections::HashMap;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::{Mode, OFlags, RawDir};

use crate::model::{Bytes, Owner, Pid, ProcFacts, ProcKey, ProcState, Reading, Why};
use crate::platform::types::RawProc;

/// Upper bound of a line in `/proc/PID/stat` (52 numbers and a name of at most 64 bytes).
const STAT_BYTES: usize = 2048;
/// Bytes read of a command line; the kernel allows megabytes.
const ARGS_BYTES: usize = 4096;

/// Nice value from which a process gets next to nothing beside others: a fifteenth of an ordinary one's share and less.
const LOWEST_NICE: i8 = 15;
/// The scheduling policy for what runs only when nothing else does.
const SCHED_IDLE: &[u8] = b"5";

/// Names of processes that adopt orphans, besides process 1: session managers, and the init processes of containers.
/// The time of adopted children may be anybody's.
const SUBREAPERS: [&[u8]; 8] =
    [b"systemd", b"init", b"containerd-shim", b"conmon", b"tini", b"docker-init", b"dumb-init", b"catatonit"];

/// Reads all processes; keeps folder and buffers between ticks.
pub struct ProcessReader {
    proc_dir: Option<OwnedFd>,
    listing: Vec<MaybeUninit<u8>>,
    pids: Vec<Pid>,
    last_cpu: HashMap<ProcKey, u64>,
    tick_nanos: u64,
    page: u64,
    uid: u32,
}

/// Fields of `/proc/PID/stat` in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stat<'a> {
    name: &'a [u8],
    state: u8,
    parent: Pid,
    flags: u64,
    cpu_ticks: u64,
    children_ticks: u64,
    threads: u32,
    /// The nice value, from -20 to 19.
    nice: i8,
    start_time: u64,
    resident_pages: u64,
    image: Option<Image<'a>>,
    /// Field 41, as text.
    policy: &'a [u8],
}

/// Addresses of code, stack and data, as text. They are random for each program that is executed, and stay the same for
/// as long as it runs: the only trace of an `exec` that costs no further system call.
#[derive(Clone, Copy, Debug, Default, Hash, PartialEq, Eq)]
struct Image<'a>([&'a [u8]; 6]);

impl ProcessReader {
    /// Opens `/proc`.
    pub fn new() -> Self {
        Self::below(Path::new("/proc"))
    }

    /// Opens a folder that stands for `/proc`.
    pub(super) fn below(root: &Path) -> Self {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let ticks_per_second = rustix::param::clock_ticks_per_second().max(1);
        Self {
            proc_dir: rustix::fs::open(root, flags, Mode::empty()).ok(),
            listing: vec![MaybeUninit::uninit(); 32 * 1024],
            pids: Vec::with_capacity(512),
            last_cpu: HashMap::new(),
            tick_nanos: 1_000_000_000 / ticks_per_second,
            page: rustix::param::page_size() as u64,
            uid: rustix::process::geteuid().as_raw(),
        }
    }

    /// Calls `visit` once per process.
    ///
    /// # Errors
    /// [`Why::Unsupported`] when `/proc` cannot be listed.
    pub fn read(&mut self, visit: &mut dyn FnMut(&RawProc<'_>)) -> Result<(), Why> {
        self.list()?;
        let Some(dir) = &self.proc_dir else { return Err(Why::Unsupported) };
        let mut buffer = [0_u8; STAT_BYTES];
        let mut seen_cpu = HashMap::with_capacity(self.pids.len());
        for pid in &self.pids {
            let Some(stat) = read_at(dir, *pid, "stat", &mut buffer).and_then(parse_stat) else { continue };
            let mut hasher = DefaultHasher::new();
            stat.name.hash(&mut hasher);
            // Without new processor time, its own or from an ended child, a process has read and written nothing: that
            // saves opening `io`.
            let ticks = stat.cpu_ticks.saturating_add(stat.children_ticks);
            let key = ProcKey { pid: *pid, start_time: stat.start_time };
            let worked = self.last_cpu.get(&key) != Some(&ticks);
            seen_cpu.insert(key, ticks);
            let time = |ticks: u64| Duration::from_nanos(ticks.saturating_mul(self.tick_nanos));
            let mut io_buffer = [0_u8; 512];
            let io = worked.then(|| read_at(dir, *pid, "io", &mut io_buffer).and_then(parse_io)).flatten();
            visit(&RawProc {
                key,
                parent: stat.parent,
                cpu_time: time(stat.cpu_ticks),
                children_time: (!is_subreaper(*pid, stat.name)).then(|| time(stat.children_ticks)),
                memory: Bytes(stat.resident_pages.saturating_mul(self.page)),
                threads: stat.threads,
                state: state_of_letter(stat.state),
                lowest_priority: Reading::Known(stat.nice >= LOWEST_NICE || stat.policy == SCHED_IDLE),
                io,
                name_hash: hasher.finish(),
                image_hash: stat.image.map(|image| {
                    let mut hasher = DefaultHasher::new();
                    image.hash(&mut hasher);
                    hasher.finish()
                }),
                name: &|| String::from_utf8_lossy(stat.name).into_owned(),
            });
        }
        self.last_cpu = seen_cpu;
        Ok(())
    }

    fn list(&mut self) -> Result<(), Why> {
        let dir = self.proc_dir.as_ref().ok_or(Why::Unsupported)?;
        rustix::fs::seek(dir, rustix::fs::SeekFrom::Start(0)).map_err(|_| Why::Unsupported)?;
        self.pids.clear();
        let mut entries = RawDir::new(dir, &mut self.listing);
        while let Some(entry) = entries.next() {
            let Ok(entry) = entry else { break };
            if let Some(pid) = parse_pid(entry.file_name().to_bytes()) {
                self.pids.push(pid);
            }
        }
        Ok(())
    }

    /// Path, arguments and owner of a process: three more system calls, once in its lifetime.
    pub fn facts(&mut self, key: ProcKey, parent: Pid, name: String) -> ProcFacts {
        let folder = PathBuf::from(format!("/proc/{}", key.pid));
        let kernel = is_kernel_thread(key.pid);
        let path = match fs::read_link(folder.join("exe")) {
            _ if kernel => Reading::Missing(Why::Unsupported),
            Ok(path) => Reading::Known(path.to_string_lossy().into_owned()),
            Err(error) => error.into(),
        };
        let args = match self.proc_dir.as_ref().map(|dir| read_args(dir, key.pid)) {
            Some(Some(args)) if !kernel => Reading::Known(args),
            _ => Reading::Missing(Why::NoPermission),
        };
        let owner = if kernel { Owner::System } else { self.owner_of(key.pid) };
        ProcFacts { parent, name, path, args, owner, kernel, ..ProcFacts::new(key) }
    }

    fn owner_of(&self, pid: Pid) -> Owner {
        use std::os::unix::fs::MetadataExt;
        let Ok(metadata) = fs::metadata(format!("/proc/{pid}")) else { return Owner::Unknown };
        owner_of_user(metadata.uid(), self.uid, || is_system_service(pid))
    }
}

/// Whose the process of a user is. The accounts of services (`www-data`, `nobody`) are users: whatever breaks into a
/// service runs as one, and nothing of it is the system's.
fn owner_of_user(user: u32, own: u32, is_service: impl Fn() -> bool) -> Owner {
    match user {
        // For root, system services have the same owner; they still count as the system's.
        0 if own != 0 || is_service() => Owner::System,
        _ if user == own => Owner::Me,
        _ => Owner::Other,
    }
}

impl Default for ProcessReader {
    fn default() -> Self {
        Self::new()
    }
}

/// Threads of the kernel have this flag. Their names and the number of their parent are no proof: any program can take
/// the name, and in a PID namespace of its own the number 2.
const PF_KTHREAD: u64 = 0x0020_0000;

fn is_kernel_thread(pid: Pid) -> bool {
    let line = fs::read(format!("/proc/{pid}/stat"));
    line.is_ok_and(|line| parse_stat(&line).is_some_and(|stat| stat.flags & PF_KTHREAD != 0))
}

/// Returns `true` when the program file of a process belongs to root and nobody else can write to it, or cannot be
/// looked at. The file is reached through the kernel's link, whatever a mount namespace shows in its place.
pub fn may_be_of_system(pid: Pid) -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(format!("/proc/{pid}/exe")).map_or(true, |file| file.uid() == 0 && file.mode() & 0o022 == 0)
}

fn is_subreaper(pid: Pid, name: &[u8]) -> bool {
    // The kernel truncates names to 15 bytes.
    pid == 1 || SUBREAPERS.iter().any(|subreaper| &subreaper[..subreaper.len().min(15)] == name)
}

fn is_system_service(pid: Pid) -> bool {
    fs::read_to_string(format!("/proc/{pid}/cgroup")).is_ok_and(|text| text.contains("/system.slice/"))
}

/// Number of the first PID namespace, in which every process of the PC is seen. Source: kernel, `PROC_PID_INIT_INO`.
const FIRST_NAMESPACE: &str = "pid:[4026531836]";

/// True if every process of the PC can be seen: not from within a container, nor where `/proc` hides those of others.
pub fn sees_all_processes() -> bool {
    let namespace = fs::read_link("/proc/self/ns/pid").map(|link| link.to_string_lossy().into_owned());
    let is_first = namespace.is_ok_and(|namespace| namespace == FIRST_NAMESPACE);
    let mounts = fs::read("/proc/self/mounts").unwrap_or_default();
    is_first && (rustix::process::geteuid().is_root() || !hides_others(&String::from_utf8_lossy(&mounts)))
}

/// True if `/proc` is mounted so that processes of others are hidden (`hidepid`, proc(5)).
pub(super) fn hides_others(mounts: &str) -> bool {
    let mut of_proc = mounts.lines().filter(|line| line.split(' ').nth(1) == Some("/proc"));
    let options = of_proc.next_back().and_then(|line| line.split(' ').nth(3)).unwrap_or_default();
    let hidepid = options.split(',').find_map(|option| option.strip_prefix("hidepid="));
    hidepid.is_some_and(|value| value != "0" && value != "off")
}

/// Parent of a process, if it exists.
pub(super) fn parent_of(pid: Pid) -> Option<Pid> {
    Some(parse_stat(&fs::read(format!("/proc/{pid}/stat")).ok()?)?.parent)
}

/// Start time of a process in clock ticks since boot.
pub(super) fn start_time_of(pid: Pid) -> Option<u64> {
    Some(parse_stat(&fs::read(format!("/proc/{pid}/stat")).ok()?)?.start_time)
}

/// What a process is doing; unknown if it has ended.
pub(super) fn state_of(key: ProcKey) -> ProcState {
    let line = fs::read(format!("/proc/{}/stat", key.pid)).unwrap_or_default();
    let stat = parse_stat(&line).filter(|stat| stat.start_time == key.start_time);
    stat.map_or(ProcState::Unknown, |stat| state_of_letter(stat.state))
}

fn parse_pid(name: &[u8]) -> Option<Pid> {
    if !name.first()?.is_ascii_digit() {
        return None;
    }
    std::str::from_utf8(name).ok()?.parse().ok()
}

/// Reads `PID/file` below `dir` into `buffer` with one open, one read and one close.
fn read_at<'b>(dir: &OwnedFd, pid: Pid, file: &str, buffer: &'b mut [u8]) -> Option<&'b [u8]> {
    let mut path = [0_u8; 32];
    let length = {
        use std::io::Write;
        let mut rest = &mut path[..];
        write!(rest, "{pid}/{file}\0").ok()?;
        32 - rest.len()
    };
    let path = std::ffi::CStr::from_bytes_with_nul(&path[..length]).ok()?;
    let file = rustix::fs::openat(dir, path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()).ok()?;
    let length = rustix::io::read(&file, &mut *buffer).ok()?;
    buffer.get(..length)
}

fn read_args(dir: &OwnedFd, pid: Pid) -> Option<Vec<String>> {
    let mut buffer = [0_u8; ARGS_BYTES];
    let bytes = read_at(dir, pid, "cmdline", &mut buffer)?;
    let bytes = bytes.strip_suffix(&[0]).unwrap_or(bytes);
    if bytes.is_empty() {
        return None;
    }
    // Chromium writes its children's arguments as one string with spaces.
    let parts: Vec<&[u8]> = bytes.split(|byte| *byte == 0).collect();
    let parts = if parts.len() == 1 { bytes.split(|byte| *byte == b' ').collect() } else { parts };
    Some(parts.into_iter().map(|part| String::from_utf8_lossy(part).into_owned()).collect())
}

/// Parses a line. The name is in parentheses and may contain anything, even `) S 1 1 1`: the last `)` ends it.
fn parse_stat(line: &[u8]) -> Option<Stat<'_>> {
    let open = line.iter().position(|byte| *byte == b'(')?;
    let close = line.iter().rposition(|byte| *byte == b')')?;
    let name = line.get(open + 1..close)?;
    let mut fields = line.get(close + 1..)?.split(u8::is_ascii_whitespace).filter(|field| !field.is_empty());
    let state = *fields.next()?.first()?;
    // Field numbers of proc_pid_stat(5); slot 0 is field 4: 4 ppid, 9 flags, 14 utime, 15 stime, 16 cutime, 17 cstime,
    // 19 nice, 20 num_threads, 22 starttime, 24 rss.
    let mut numbers = [0_u64; 21];
    let mut nice = 0;
    for (index, slot) in numbers.iter_mut().enumerate() {
        let field = std::str::from_utf8(fields.next()?).ok()?;
        if index == 15 {
            nice = field.parse().unwrap_or(0);
        }
        *slot = field.parse::<i64>().map_or_else(|_| field.parse().unwrap_or(0), |number| number.max(0) as u64);
    }
    let (image, policy) = image_and_policy(fields);
    Some(Stat {
        name,
        state,
        parent: numbers[0] as Pid,
        flags: numbers[5],
        cpu_ticks: numbers[10].saturating_add(numbers[11]),
        children_ticks: numbers[12].saturating_add(numbers[13]),
        threads: numbers[16] as u32,
        nice,
        start_time: numbers[18],
        resident_pages: numbers[20],
        image,
        policy,
    })
}

/// Reads fields 25 and following: 26 startcode, 27 endcode, 28 startstack, 41 policy, 45 start_data, 46 end_data, 47
/// start_brk. The addresses are 0 for a process that has ended, and 0 or 1 for one of another user.
fn image_and_policy<'a>(fields: impl Iterator<Item = &'a [u8]>) -> (Option<Image<'a>>, &'a [u8]) {
    let (mut image, mut policy) = (Image::default(), &b""[..]);
    for (number, field) in (25_usize..=47).zip(fields) {
        match number {
            26..=28 => image.0[number - 26] = field,
            41 => policy = field,
            45..=47 => image.0[number - 42] = field,
            _ => {}
        }
    }
    let is_known = !matches!(image.0[2], b"" | b"0" | b"1") && !image.0[5].is_empty();
    (is_known.then_some(image), policy)
}

fn parse_io(text: &[u8]) -> Option<(Bytes, Bytes)> {
    let text = std::str::from_utf8(text).ok()?;
    let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok());
    Some((Bytes(field("read_bytes:")?), Bytes(field("\nwrite_bytes:").or_else(|| field("write_bytes:"))?)))
}

fn state_of_letter(letter: u8) -> ProcState {
    match letter {
        b'R' => ProcState::Running,
        b'S' | b'I' => ProcState::Sleeping,
        b'D' => ProcState::Blocked,
        b'T' | b't' => ProcState::Stopped,
        b'Z' | b'X' => ProcState::Ended,
        _ => ProcState::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(name: &str) -> Vec<u8> {
        format!("77 ({name}) R 5 1 1 0 -1 4194304 1 2 3 4 100 20 40 3 20 0 9 0 555 1000000 250 18446744073709551615")
            .into_bytes()
    }

    /// Regression: a program of www-data or nobody was said to belong to the system.
    #[test]
    fn only_what_root_runs_belongs_to_the_system() {
        for (user, own, is_service, owner) in [
            (0, 1000, false, Owner::System),
            (0, 0, true, Owner::System),
            (0, 0, false, Owner::Me),
            (1000, 1000, true, Owner::Me),
            (33, 1000, true, Owner::Other),
            (33, 0, true, Owner::Other),
            (33, 33, true, Owner::Me),
            (65_534, 1000, false, Owner::Other),
            (1234, 1000, false, Owner::Other),
        ] {
            assert_eq!(owner_of_user(user, own, || is_service), owner, "{user} seen by {own}");
        }
    }

    #[test]
    fn another_program_has_other_addresses_and_one_that_has_ended_has_none() {
        let image = |stack: &str| {
            let rest = format!(" 4096 8192 {stack} 0 0 0 0 4096 1 1 0 0 17 1 0 0 0 0 0 12288 16384 20480 9 9 9 9 0\n");
            let bytes = [line("sh"), rest.into_bytes()].concat();
            parse_stat(&bytes).expect("parsed").image.map(|image| image.0.map(<[u8]>::to_vec))
        };
        assert_eq!(
            image("140722"),
            Some([&b"4096"[..], b"8192", b"140722", b"12288", b"16384", b"20480"].map(<[u8]>::to_vec))
        );
        assert_ne!(image("140722"), image("140733"));
        assert_eq!((image("0"), image("1")), (None, None));
        assert_eq!(parse_stat(&line("sh")).expect("parsed").image, None, "a kernel that tells less");
    }

    #[test]
    fn what_gives_way_to_everything_has_the_lowest_priority() {
        let nice = |text: &str| {
            let line = format!("7 (x) R 5 1 1 0 -1 4194304 1 2 3 4 100 20 40 3 39 {text} 9 0 555 1 1 1");
            parse_stat(line.as_bytes()).expect("parsed").nice
        };
        assert_eq!(["19", "-20", "0", "x", "999"].map(nice), [19, -20, 0, 0, 0]);
        let mut child = std::process::Command::new("nice").args(["-n", "19", "sleep", "60"]).spawn().expect("nice");
        let lowest = |pid| {
            let mut found = Reading::default();
            let visit = &mut |raw: &RawProc<'_>| {
                if raw.key.pid == pid {
                    found = raw.lowest_priority;
                }
            };
            ProcessReader::new().read(visit).expect("proc is readable");
            found
        };
        let end = std::time::Instant::now() + Duration::from_secs(20);
        while lowest(child.id()) != Reading::Known(true) && std::time::Instant::now() < end {
            std::thread::sleep(Duration::from_millis(20));
        }
        let (of_child, own) = (lowest(child.id()), lowest(std::process::id()));
        let _ = child.kill();
        let _ = child.wait();
        assert_eq!((of_child, own), (Reading::Known(true), Reading::Known(false)));
    }

    #[test]
    fn hidden_processes_of_others_are_noticed() {
        let line = |options: &str| format!("sysfs /sys sysfs rw 0 0\nproc /proc proc rw,nosuid{options} 0 0\n");
        for options in [",hidepid=2", ",hidepid=1", ",gid=27,hidepid=invisible", ",hidepid=ptraceable"] {
            assert!(hides_others(&line(options)), "{options}");
        }
        for options in ["", ",hidepid=0", ",hidepid=off", ",gid=27"] {
            assert!(!hides_others(&line(options)), "{options}");
        }
    }

    #[test]
    fn hostile_names_do_not_shift_the_fields() {
        for name in ["sh", ") S 1 1 1", "a b)", "((", "x\ny", ""] {
            let bytes = line(name);
            let stat = parse_stat(&bytes).expect("parsed");
            assert_eq!(stat.name, name.as_bytes());
            assert_eq!((stat.parent, stat.cpu_ticks, stat.children_ticks, stat.threads), (5, 120, 43, 9));
            assert_eq!(stat.flags, 4_194_304);
            assert_eq!((stat.start_time, stat.resident_pages, stat.state), (555, 250, b'R'));
        }
    }

    #[test]
    fn what_takes_in_orphans_is_handed_the_work_of_anybody() {
        assert!(is_subreaper(1, b"bash") && is_subreaper(800, b"systemd") && is_subreaper(801, b"containerd-shim"));
        assert!(!is_subreaper(802, b"make") && !is_subreaper(803, b"systemd-journal"));
    }

    #[test]
    fn broken_lines_are_refused() {
        for text in ["", "1", "1 (", "1 (a", "1 (a) R", "1 (a) R 1 2 3", ")("] {
            assert_eq!(parse_stat(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn a_program_of_root_and_one_of_the_user_are_told_apart() {
        let folder = tempfile::tempdir().expect("folder");
        let copy = folder.path().join("systemd");
        fs::copy("/bin/sleep", &copy).expect("copied");
        let started = |path: &std::path::Path| std::process::Command::new(path).arg("9").spawn().expect("started");
        let (mut real, mut copied) = (started("/bin/sleep".as_ref()), started(&copy));
        // Writable for others: as good as theirs, also when the test runs as root.
        fs::set_permissions(&copy, std::os::unix::fs::PermissionsExt::from_mode(0o777)).expect("changed");
        assert!(may_be_of_system(real.id()) && !may_be_of_system(copied.id()));
        assert!(!is_kernel_thread(real.id()) && !is_kernel_thread(std::process::id()));
        for child in [&mut real, &mut copied] {
            child.kill().expect("ended");
            child.wait().expect("ended");
        }
        assert!(may_be_of_system(Pid::MAX), "nothing is known of it");
        // Where the threads of the kernel can be seen.
        if fs::read_to_string("/proc/2/comm").is_ok_and(|name| name.trim() == "kthreadd") {
            assert!(is_kernel_thread(2));
        }
    }

    #[test]
    fn our_own_process_is_seen_as_it_is() {
        let mut reader = ProcessReader::new();
        let mut found = None;
        reader
            .read(&mut |raw| {
                if raw.key.pid == std::process::id() {
                    found = Some((raw.key, raw.parent, (raw.name)()));
                }
            })
            .expect("proc is readable");
        let (key, parent, name) = found.expect("we are in the list");
        let facts = reader.facts(key, parent, name);
        assert_eq!(facts.owner, Owner::Me);
        let exe = std::env::current_exe().expect("own path").to_string_lossy().into_owned();
        assert_eq!(facts.path, Reading::Known(exe));
    }

    proptest::proptest! {
        #[test]
        fn no_line_makes_the_parser_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..400)) {
            let _ = parse_stat(&bytes);
            let _ = parse_io(&bytes);
        }
    }
}
