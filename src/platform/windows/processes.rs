//! Processes: one system call per tick for all of them, and a few more for each new one.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::os::windows::fs::MetadataExt;
use std::os::windows::io::{AsHandle, AsRawHandle, BorrowedHandle, FromRawHandle, OwnedHandle};
use std::path::Path;
use std::time::Duration;

use windows_sys::Wdk::System::SystemInformation::SystemProcessInformation;
use windows_sys::Wdk::System::Threading::ProcessCommandLineInformation;
use windows_sys::Win32::Foundation::FILETIME;
use windows_sys::Win32::Storage::FileSystem::{FILE_ATTRIBUTE_HIDDEN, FILE_ATTRIBUTE_SYSTEM};
use windows_sys::Win32::System::Threading::{
    GetProcessTimes, OpenProcess, PROCESS_ACCESS_RIGHTS, PROCESS_QUERY_LIMITED_INFORMATION, QueryFullProcessImageNameW,
};

use super::args;
use super::ntdll::{Buffer, unicode_string};
use super::owner::{OwnIdentity, User};
use super::process_list::processes;
use super::services::Services;
use super::wide::{text_of, text_of_bytes};
use crate::model::{Bytes, Owner, Pid, ProcFacts, ProcKey, Reading, Why};
use crate::platform::types::RawProc;

/// Initial buffer size in bytes, for an ordinary PC (300 processes with 4000 threads); grows as needed.
const LIST_BYTES: usize = 512 * 1024;
/// Characters kept of a command line; Windows allows 32 767.
const ARGS_CHARS: usize = 4096;
/// Base priority of the class "idle" and of background mode. Below it are only the kernel's own processes.
const IDLE_PRIORITY: u32 = 4;
/// Longest path in Windows, in UTF-16 units.
const PATH_UNITS: usize = 32 * 1024;

/// Reads all processes; keeps the buffer between ticks.
pub struct ProcessReader {
    list: Buffer,
    own_identity: OwnIdentity,
    services: Services,
}

impl ProcessReader {
    /// Allocates the buffer and determines our own user.
    pub fn new() -> Self {
        Self {
            list: Buffer::with_room_for(LIST_BYTES),
            own_identity: OwnIdentity::new(),
            services: Services::default(),
        }
    }

    /// Calls `visit` once per process.
    ///
    /// # Errors
    /// [`Why::NoPermission`] or [`Why::Unsupported`] when the system does not provide the list.
    pub fn read(&mut self, visit: &mut dyn FnMut(&RawProc<'_>)) -> Result<(), Why> {
        self.list.query_system(SystemProcessInformation)?;
        // Wine does not count: zero bytes for every process is not a reading.
        let mut all = processes(self.list.bytes(), self.list.address());
        let counts_io = all.any(|process| process.read > 0 || process.written > 0);
        for process in processes(self.list.bytes(), self.list.address()) {
            let mut hasher = DefaultHasher::new();
            process.raw_name().hash(&mut hasher);
            visit(&RawProc {
                key: ProcKey { pid: process.pid, start_time: process.create_time },
                parent: process.parent,
                cpu_time: process.cpu_time,
                children_time: None,
                memory: Bytes(process.memory),
                threads: process.threads,
                state: process.state(),
                lowest_priority: Reading::Known(process.base_priority == IDLE_PRIORITY),
                io: counts_io.then_some((Bytes(process.read), Bytes(process.written))),
                name_hash: hasher.finish(),
                // A process of Windows runs one program for all its life.
                image_hash: None,
                name: &|| process.name(),
            });
        }
        Ok(())
    }

    /// Path, arguments and owner of a process, read once in its lifetime. The handle is closed before this returns.
    pub fn facts(&mut self, key: ProcKey, parent: Pid, name: String) -> ProcFacts {
        let kernel = is_kernel(key.pid, parent, &name);
        let mut facts = ProcFacts {
            parent,
            name,
            path: Reading::Missing(Why::Unsupported),
            args: Reading::Missing(Why::Unsupported),
            owner: Owner::System,
            kernel,
            ..ProcFacts::new(key)
        };
        if kernel {
            return facts;
        }
        (facts.path, facts.args) = (Reading::Missing(Why::NoPermission), Reading::Missing(Why::NoPermission));
        let Some(session) = self.session_of(key) else {
            // It has ended: nothing more can be read.
            facts.owner = Owner::Unknown;
            return facts;
        };
        facts.services = self.services.of(key, &facts.name);
        let process = open(key.pid, PROCESS_QUERY_LIMITED_INFORMATION).ok();
        // The process id may have been reused since the list was read.
        let process = process.filter(|process| start_time_of(process.as_handle()) == Some(key.start_time));
        let user = process.as_ref().and_then(|process| User::of(process.as_handle()));
        facts.owner = self.own_identity.owner(user.as_ref(), session);
        if let Some(process) = process {
            facts.path = Reading::from_option(path_of(process.as_handle()), Why::NoPermission);
            facts.hidden = facts.path.known().map_or(Reading::Missing(Why::NoPermission), |path| is_hidden(path));
            facts.args = args_of(process.as_handle());
        }
        facts
    }

    /// Session of a process from the list, which is read again for a newer process.
    fn session_of(&mut self, key: ProcKey) -> Option<u32> {
        let find_session = |list: &Buffer| {
            let mut all = processes(list.bytes(), list.address());
            all.find(|process| process.pid == key.pid && process.create_time == key.start_time)
                .map(|process| process.session)
        };
        find_session(&self.list).or_else(|| {
            self.list.query_system(SystemProcessInformation).ok()?;
            find_session(&self.list)
        })
    }
}

impl Default for ProcessReader {
    fn default() -> Self {
        Self::new()
    }
}

/// Returns `true`: what only an administrator can put where it is, is known by its folder.
pub const fn may_be_of_system(_pid: Pid) -> bool {
    true
}

/// Returns `true` for processes without a program: the kernel, and its children Registry, Memory Compression, Secure
/// System.
fn is_kernel(pid: Pid, parent: Pid, name: &str) -> bool {
    pid == 4 || (parent == 4 && !name.contains('.'))
}

/// Parent and start time of each process, by process id.
pub(super) fn parents() -> HashMap<Pid, (Pid, u64)> {
    let mut list = Buffer::with_room_for(LIST_BYTES);
    if list.query_system(SystemProcessInformation).is_err() {
        return HashMap::new();
    }
    processes(list.bytes(), list.address())
        .map(|process| (process.pid, (process.parent, process.create_time)))
        .collect()
}

/// Opens a process with the rights `access`.
#[expect(unsafe_code, reason = "opens a process")]
pub(super) fn open(pid: Pid, access: PROCESS_ACCESS_RIGHTS) -> std::io::Result<OwnedHandle> {
    // SAFETY: takes no pointers; a handle that is not null is ours to close.
    unsafe {
        let handle = OpenProcess(access, 0, pid);
        if handle.is_null() { Err(std::io::Error::last_os_error()) } else { Ok(OwnedHandle::from_raw_handle(handle)) }
    }
}

/// Start time of a process in 100 ns since 1601. The other times of this call are wrong under Wine.
#[expect(unsafe_code, reason = "reads the times of a process")]
pub(super) fn start_time_of(process: BorrowedHandle<'_>) -> Option<u64> {
    let none = FILETIME { dwLowDateTime: 0, dwHighDateTime: 0 };
    let (mut created, mut ended, mut kernel, mut user) = (none, none, none, none);
    // SAFETY: the handle is open; the four places are written.
    let known = unsafe {
        GetProcessTimes(process.as_raw_handle(), &raw mut created, &raw mut ended, &raw mut kernel, &raw mut user)
    };
    (known != 0).then(|| u64::from(created.dwHighDateTime) << 32 | u64::from(created.dwLowDateTime))
}

#[expect(unsafe_code, reason = "reads the path of a process")]
fn path_of(process: BorrowedHandle<'_>) -> Option<String> {
    let mut units = vec![0_u16; PATH_UNITS];
    let mut length = units.len() as u32;
    // SAFETY: the handle is open; `units` is writable for `length` units, and `length` is written.
    let known = unsafe { QueryFullProcessImageNameW(process.as_raw_handle(), 0, units.as_mut_ptr(), &raw mut length) };
    let path = units.get(..length as usize).filter(|_| known != 0).map(text_of)?;
    (!path.is_empty()).then_some(path)
}

/// True if a program file or its folder is hidden or of the system. Asked on the drive of Windows only: another one may
/// be on the network and not answer.
fn is_hidden(path: &str) -> Reading<bool> {
    let drive = std::env::var("SystemDrive").unwrap_or_default();
    let is_local = path.get(..drive.len()).is_some_and(|start| start.eq_ignore_ascii_case(&drive));
    if drive.is_empty() || !is_local {
        return Reading::Missing(Why::Unsupported);
    }
    let path = Path::new(path);
    // AppData and ProgramData are hidden themselves.
    let is_ordinary = |folder: &&Path| {
        let name = folder.file_name().unwrap_or_default();
        name.eq_ignore_ascii_case("AppData") || name.eq_ignore_ascii_case("ProgramData") || folder.parent().is_none()
    };
    let attributes = |path: &Path| Ok::<u32, std::io::Error>(std::fs::symlink_metadata(path)?.file_attributes());
    let folder = path.parent().filter(|folder| !is_ordinary(folder));
    let all = attributes(path).and_then(|file| Ok(file | folder.map_or(Ok(0), attributes)?));
    all.map_or_else(Reading::from, |all| Reading::Known(all & (FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM) != 0))
}

/// Arguments of a process. Windows 8.1 and later return the command line for the least of rights, without reading the
/// memory of the process. Wine 10 lacks this call.
fn args_of(process: BorrowedHandle<'_>) -> Reading<Vec<String>> {
    let mut answer = Buffer::with_room_for(4096);
    if let Err(why) = answer.query_process(process, ProcessCommandLineInformation) {
        return Reading::Missing(why);
    }
    let text = unicode_string(answer.bytes(), 0, answer.bytes(), answer.address());
    let line = text.map(text_of_bytes).filter(|line| !line.is_empty());
    let line = line.map(|line| line.chars().take(ARGS_CHARS).collect::<String>());
    Reading::from_option(line.map(|line| args::split(&line)), Why::NoPermission)
}

/// Unix epoch in Windows time: 100 ns units from 1601 to 1970.
const UNIX_EPOCH: u64 = 116_444_736_000_000_000;

/// Converts a Windows time to time since 1970.
pub(super) fn since_1970(hundred_ns: u64) -> Duration {
    Duration::from_nanos(hundred_ns.saturating_sub(UNIX_EPOCH).saturating_mul(100))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{is_wine, waiting_child};
    use super::*;

    fn find(reader: &mut ProcessReader, pid: Pid) -> Option<(ProcKey, Pid, String)> {
        let mut found = None;
        reader
            .read(&mut |raw| {
                if raw.key.pid == pid {
                    found = Some((raw.key, raw.parent, (raw.name)()));
                }
            })
            .expect("the list is readable");
        found
    }

    #[test]
    fn our_own_process_is_seen_as_it_is() {
        let mut reader = ProcessReader::new();
        let (key, parent, name) = find(&mut reader, std::process::id()).expect("we are in the list");
        let facts = reader.facts(key, parent, name);
        assert_eq!(facts.owner, Owner::Me);
        let exe = std::env::current_exe().expect("own path").to_string_lossy().to_lowercase();
        assert_eq!(facts.path.clone().map(|path| path.to_lowercase()), Reading::Known(exe));
        let not_here = is_wine() && facts.args == Reading::Missing(Why::Unsupported);
        assert!(not_here || facts.args == Reading::Known(std::env::args().collect()), "{:?}", facts.args);
        assert_eq!(facts.name.to_lowercase(), facts.file_name().to_lowercase());
    }

    #[test]
    fn a_child_is_seen_with_its_start_time_and_its_arguments() {
        let mut child = waiting_child(&["a b", "\"見\""]);
        let mut reader = ProcessReader::new();
        let (key, parent, name) = find(&mut reader, child.id()).expect("the child is in the list");
        assert_eq!(parent, std::process::id());
        assert!(name.eq_ignore_ascii_case("cmd.exe"), "{name}");
        let facts = reader.facts(key, parent, name);
        assert_eq!(facts.owner, Owner::Me);
        match facts.args {
            Reading::Missing(why) => assert!(is_wine() && why == Why::Unsupported, "{why:?}"),
            Reading::Known(args) => assert!(args.ends_with(&["a b".into(), "\"見\"".into()]), "{args:?}"),
        }
        // The same id with another start time is another process.
        let other = reader.facts(ProcKey { start_time: key.start_time + 1, ..key }, parent, String::new());
        assert_eq!((other.owner, other.args.known()), (Owner::Unknown, None));
        child.kill().expect("ended");
        child.wait().expect("gone");
    }

    #[test]
    fn a_hidden_file_is_seen_as_hidden() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("helper.exe");
        std::fs::write(&file, b"").expect("a file");
        let text = file.to_string_lossy().into_owned();
        let on_drive = std::env::var("SystemDrive").is_ok_and(|drive| text.starts_with(&drive));
        let hide = |switch| std::process::Command::new("attrib").arg(switch).arg(&file).status().expect("attrib");
        // Wine keeps no attributes on most file systems.
        for (switch, hidden) in [("+h", true), ("-h", false)].into_iter().filter(|_| !is_wine()) {
            assert!(hide(switch).success());
            let expected = if on_drive { Reading::Known(hidden) } else { Reading::Missing(Why::Unsupported) };
            assert_eq!(is_hidden(&text), expected, "{switch}");
        }
        assert_eq!(is_hidden(r"\\server\share\x.exe"), Reading::Missing(Why::Unsupported));
    }

    #[test]
    fn work_is_seen_as_work_of_the_process_that_does_it() {
        let mut reader = ProcessReader::new();
        let used = |reader: &mut ProcessReader| {
            let mut time = Duration::ZERO;
            let visit = &mut |raw: &RawProc<'_>| {
                if raw.key.pid == std::process::id() {
                    time = raw.cpu_time;
                    assert!(raw.memory.0 > 1 << 20 && raw.threads > 0);
                }
            };
            reader.read(visit).expect("read");
            time
        };
        let before = used(&mut reader);
        let start = std::time::Instant::now();
        while start.elapsed() < Duration::from_millis(400) {
            std::hint::black_box(start.elapsed());
        }
        let after = used(&mut reader);
        // At least this thread's share; on a busy PC that may be only part of a processor.
        assert!(after.saturating_sub(before) >= Duration::from_millis(50), "{before:?} {after:?}");
    }

    #[test]
    fn the_kernel_has_no_program() {
        let facts = ProcessReader::new().facts(ProcKey { pid: 4, start_time: 0 }, 0, "System".to_owned());
        assert_eq!((facts.owner, facts.kernel), (Owner::System, true));
        assert!(is_kernel(120, 4, "Registry") && !is_kernel(400, 4, "smss.exe"));
    }
}
