//! This program itself: its cost, starting others, and the location of its folder.

use std::ffi::OsStr;
use std::io::{Error, ErrorKind, Result};
use std::os::windows::ffi::OsStrExt;
use std::os::windows::io::{FromRawHandle, OwnedHandle};
use std::os::windows::process::CommandExt;
use std::path::{Component, Path, Prefix};
use std::process::Command;
use std::ptr::null;
use std::time::Duration;

use windows_sys::Win32::Foundation::FILETIME;
use windows_sys::Win32::Storage::FileSystem::GetDriveTypeW;
use windows_sys::Win32::System::ProcessStatus::{
    K32GetProcessMemoryInfo, PROCESS_MEMORY_COUNTERS, PROCESS_MEMORY_COUNTERS_EX,
};
use windows_sys::Win32::System::SystemInformation::GetTickCount64;
use windows_sys::Win32::System::Threading::{
    ABOVE_NORMAL_PRIORITY_CLASS, BELOW_NORMAL_PRIORITY_CLASS, CREATE_NEW_CONSOLE, CREATE_NEW_PROCESS_GROUP,
    CREATE_NO_WINDOW, CreateProcessW, DETACHED_PROCESS, GetCurrentProcess, GetProcessTimes, PROCESS_INFORMATION,
    STARTUPINFOW, SetPriorityClass, TerminateProcess,
};
use windows_sys::Win32::System::WindowsProgramming::{DRIVE_REMOTE, QueryUnbiasedInterruptTime};

use super::args;
use super::ntdll::procedure;
use super::wide::wide;
use crate::model::{Bytes, Reading, Why};
use crate::platform::types::Clocks;

/// `QueryInterruptTime`, in a library that not every program may link to.
type QueryInterruptTime = unsafe extern "system" fn(*mut u64);

/// Two monotonic clocks: one counts suspends, the other does not.
#[expect(unsafe_code, reason = "reads two clocks, one looked up by name")]
pub fn clocks() -> Reading<Clocks> {
    let mut awake = 0;
    // SAFETY: the number is written.
    if unsafe { QueryUnbiasedInterruptTime(&raw mut awake) } == 0 {
        return Reading::Missing(Why::Unsupported);
    }
    let awake = hundred_ns(awake);
    // Read second, so that it is never behind `awake`. Its fallback is up to 16 ms behind.
    let since_boot = since_boot().max(awake);
    Reading::Known(Clocks { since_boot, awake })
}

#[expect(unsafe_code, reason = "reads a clock that is looked up by name")]
fn since_boot() -> Duration {
    match procedure("kernelbase.dll", c"QueryInterruptTime") {
        Some(address) => {
            let mut time = 0;
            // SAFETY: the function of that name has this signature since Windows 10; the number is written.
            unsafe {
                let query: QueryInterruptTime = std::mem::transmute(address);
                query(&raw mut time);
            }
            hundred_ns(time)
        }
        // SAFETY: takes nothing.
        None => Duration::from_millis(unsafe { GetTickCount64() }),
    }
}

fn hundred_ns(count: u64) -> Duration {
    Duration::from_nanos(count.saturating_mul(100))
}

/// Raises the priority of this process slightly, so that a busy PC does not starve its monitor.
#[expect(unsafe_code, reason = "sets a number of our own process")]
pub fn raise_own_priority() {
    // SAFETY: takes the pseudo-handle of our own process and a number. Refused without effect.
    unsafe { SetPriorityClass(GetCurrentProcess(), ABOVE_NORMAL_PRIORITY_CLASS) };
}

/// Private bytes of this program; the working set under Wine, which does not report them.
#[expect(unsafe_code, reason = "fills a structure")]
pub fn own_memory() -> Reading<Bytes> {
    let mut memory = PROCESS_MEMORY_COUNTERS_EX::default();
    let room = size_of::<PROCESS_MEMORY_COUNTERS_EX>() as u32;
    // SAFETY: the structure is writable for its size, which is given; the longer one begins with the shorter one.
    let known = unsafe {
        let place: *mut PROCESS_MEMORY_COUNTERS = (&raw mut memory).cast();
        K32GetProcessMemoryInfo(GetCurrentProcess(), place, room) != 0
    };
    let used = if memory.PrivateUsage > 0 { memory.PrivateUsage } else { memory.WorkingSetSize };
    Reading::from_option(known.then_some(Bytes(used as u64)).filter(|bytes| bytes.0 > 0), Why::Unsupported)
}

/// Processor time of this program since its start, over all threads.
#[expect(unsafe_code, reason = "reads the times of our own process")]
pub fn own_cpu_time() -> Reading<Duration> {
    let none = FILETIME { dwLowDateTime: 0, dwHighDateTime: 0 };
    let (mut created, mut ended, mut kernel, mut user) = (none, none, none, none);
    // SAFETY: takes the pseudo-handle of our own process; the four places are written.
    let known = unsafe {
        GetProcessTimes(GetCurrentProcess(), &raw mut created, &raw mut ended, &raw mut kernel, &raw mut user) != 0
    };
    let time = |time: FILETIME| hundred_ns(u64::from(time.dwHighDateTime) << 32 | u64::from(time.dwLowDateTime));
    Reading::from_option(known.then(|| time(kernel) + time(user)), Why::Unsupported)
}

/// Exits at once. Everything that must be written or reported is done before.
///
/// Does not use `ExitProcess`: it kills the other threads wherever they are, and then runs code of every loaded
/// library, including those injected by an antivirus or a driver. A lock held by a killed thread is never released, and
/// the process never ends.
#[expect(unsafe_code, reason = "ends our own process")]
pub fn end_program(code: u8) -> ! {
    // SAFETY: takes the pseudo-handle of our own process.
    unsafe { TerminateProcess(GetCurrentProcess(), u32::from(code)) };
    // Reached only if the system refuses.
    std::process::exit(i32::from(code))
}

/// Returns `true` when `path` is on a network drive; `false` when unknown.
#[expect(unsafe_code, reason = "asks about a drive")]
pub fn is_network_folder(path: &Path) -> bool {
    let Ok(path) = std::path::absolute(path) else { return false };
    let Some(Component::Prefix(prefix)) = path.components().next() else { return false };
    match prefix.kind() {
        Prefix::UNC(..) | Prefix::VerbatimUNC(..) => true,
        Prefix::Disk(letter) | Prefix::VerbatimDisk(letter) => {
            let root = wide(&format!("{}:\\", char::from(letter)));
            // SAFETY: the text is zero-terminated.
            unsafe { GetDriveTypeW(root.as_ptr()) == DRIVE_REMOTE }
        }
        _ => false,
    }
}

/// Starts a program that outlives this one, without a console and without our open handles.
///
/// # Errors
/// The system's error: not found, not permitted.
pub fn start_detached(exe: &Path, args: &[&str]) -> Result<()> {
    start(exe, args, DETACHED_PROCESS, None)
}

/// Starts another program that outlives this one, in the user's profile folder; one that needs a console gets its own.
/// It has our rights: the system refuses a file that asks for an administrator's (error 740).
///
/// # Errors
/// The system's error: not found, not permitted.
pub fn start_program(exe: &Path, args: &[&str]) -> Result<()> {
    start(exe, args, CREATE_NEW_CONSOLE, std::env::home_dir().filter(|home| home.is_dir()).as_deref())
}

/// A program that works for this one, without a window and behind ordinary ones.
pub fn quiet_command(exe: &Path) -> Command {
    let mut command = Command::new(exe);
    command.creation_flags(CREATE_NO_WINDOW | BELOW_NORMAL_PRIORITY_CLASS);
    command
}

#[expect(unsafe_code, reason = "std would hand down every handle that may be inherited")]
fn start(exe: &Path, args: &[&str], console: u32, folder: Option<&Path>) -> Result<()> {
    let folder: Option<Vec<u16>> = folder.map(|folder| folder.as_os_str().encode_wide().chain([0]).collect());
    let program: Vec<u16> = exe.as_os_str().encode_wide().chain([0]).collect();
    let mut line: Vec<u16> = command_line(exe.as_os_str(), args)?.into_iter().chain([0]).collect();
    let start = STARTUPINFOW { cb: size_of::<STARTUPINFOW>() as u32, ..STARTUPINFOW::default() };
    let mut started = PROCESS_INFORMATION::default();
    let flags = console | CREATE_NEW_PROCESS_GROUP;
    // SAFETY: the texts are zero-terminated, `line` is writable; on success both handles are ours and closed at once.
    unsafe {
        let done = CreateProcessW(
            program.as_ptr(),
            line.as_mut_ptr(),
            null(),
            null(),
            0,
            flags,
            null(),
            folder.as_ref().map_or(null(), |folder| folder.as_ptr()),
            &raw const start,
            &raw mut started,
        );
        if done == 0 {
            return Err(Error::last_os_error());
        }
        drop(OwnedHandle::from_raw_handle(started.hProcess));
        drop(OwnedHandle::from_raw_handle(started.hThread));
    }
    Ok(())
}

/// Builds a command line that Windows and the program split as intended. The program is always quoted, so that
/// `C:\Program Files\…` can never mean `C:\Program.exe`.
pub(super) fn command_line(exe: &OsStr, args: &[&str]) -> Result<Vec<u16>> {
    let exe: Vec<u16> = exe.encode_wide().collect();
    if exe.is_empty() || exe.contains(&0) || exe.contains(&u16::from(b'"')) || args.iter().any(|a| a.contains('\0')) {
        return Err(ErrorKind::InvalidInput.into());
    }
    let quote = u16::from(b'"');
    let mut line: Vec<u16> = [&[quote], exe.as_slice(), &[quote]].concat();
    for argument in args {
        line.push(u16::from(b' '));
        line.extend(args::quoted(argument).encode_utf16());
    }
    Ok(line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    #[test]
    fn clocks_and_costs_are_read() {
        let before = clocks().get().expect("clocks");
        std::thread::sleep(Duration::from_millis(100));
        let after = clocks().get().expect("clocks");
        let passed = [after.awake.saturating_sub(before.awake), after.since_boot.saturating_sub(before.since_boot)];
        assert!(passed.iter().all(|time| (60..2000).contains(&time.as_millis())), "{passed:?}");
        assert!(before.since_boot >= before.awake);
        assert!(own_memory().get().is_some_and(|memory| memory.0 > 100_000));
        assert!(own_cpu_time().get().is_some());
        raise_own_priority();
    }

    #[test]
    fn folders_of_other_pcs_are_known_by_their_path() {
        for path in [r"\\server\share\me", r"\\?\UNC\server\share"] {
            assert!(is_network_folder(Path::new(path)), "{path}");
        }
        for path in [r"C:\Users", r"\\?\C:\Users", "relative", r"\\.\pipe\a"] {
            assert!(!is_network_folder(Path::new(path)), "{path}");
        }
    }

    #[test]
    fn a_command_line_is_taken_apart_as_it_was_meant() {
        let exe = r"C:\Program Files\見守り & 100% $x `y`\mimamori.exe";
        let long = "長".repeat(2000);
        for argument in ["", "agent", "two words", r#"quo"te"#, r"back\", r#"\\"\"#, "見守り", "%PATH%", "$x`y`", &long]
        {
            let line = command_line(OsStr::new(exe), &["agent", argument]).expect("a line");
            assert_eq!(args::split(&String::from_utf16_lossy(&line)), [exe, "agent", argument]);
        }
        for exe in ["", "a\"b", "a\0b"] {
            assert!(command_line(OsStr::new(exe), &[]).is_err(), "{exe:?}");
        }
    }

    #[test]
    fn what_is_started_runs_by_itself() {
        let folder = tempfile::tempdir().expect("folder");
        let file = folder.path().join("said.txt");
        let cmd = std::env::var_os("ComSpec").expect("a command interpreter");
        let command = format!("echo ran> {}", file.display());
        start_detached(Path::new(&cmd), &["/d", "/c", &command]).expect("started");
        let end = Instant::now() + Duration::from_secs(20);
        let ran = || std::fs::read_to_string(&file).is_ok_and(|text| text.contains("ran"));
        while !ran() && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(50));
        }
        assert!(ran());
        assert!(start_detached(Path::new(r"C:\no such program.exe"), &[]).is_err());
    }
}
