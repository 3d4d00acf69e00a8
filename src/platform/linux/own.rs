//! This program itself: its cost, starting others, and the location of its folder.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

use super::volumes::parse_mounts;
use crate::model::{Bytes, Reading, VolumeKind, Why};
use crate::platform::types::{Clocks, MountPoint};

/// Slightly above ordinary programs, so that a busy PC does not starve its monitor.
const NICENESS: i32 = -5;
/// Behind all ordinary programs.
const LAST: i32 = 19;
/// Stack size in bytes of threads that only wait.
pub(super) const SMALL_STACK: usize = 64 << 10;

/// Two monotonic clocks: one counts suspends, the other does not.
pub fn clocks() -> Reading<Clocks> {
    let read = |clock| {
        let time = clock_gettime(clock);
        Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or(0))
    };
    // In this order, so that `since_boot` is never behind `awake`.
    let awake = read(ClockId::Monotonic);
    Reading::Known(Clocks { since_boot: read(ClockId::Boottime), awake })
}

/// Raises the priority of this process slightly, where the system allows it. Call it before other threads are started:
/// each has its own priority, inherited from its creator.
pub fn raise_own_priority() {
    // Refused for ordinary users.
    let _ = rustix::process::setpriority_process(None, NICENESS);
}

/// Memory of this program, with shared pages divided among their users (PSS).
pub fn own_memory() -> Reading<Bytes> {
    match fs::read_to_string("/proc/self/smaps_rollup") {
        Ok(text) => Reading::from_option(pss(&text), Why::Unsupported),
        Err(error) => error.into(),
    }
}

fn pss(text: &str) -> Option<Bytes> {
    let kib = text.lines().find_map(|line| line.strip_prefix("Pss:"))?.trim().strip_suffix(" kB")?;
    Some(Bytes(kib.trim().parse::<u64>().ok()?.saturating_mul(1024)))
}

/// Processor time of this program since its start, over all threads.
pub fn own_cpu_time() -> Reading<Duration> {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Reading::Known(Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or(0)))
}

/// Exits at once. Everything that must be written or reported is done before.
pub fn end_program(code: u8) -> ! {
    std::process::exit(i32::from(code))
}

/// Returns `true` when `path`, or the folder it will be created in, is on a network file system; `false` when unknown.
pub fn is_network_folder(path: &Path) -> bool {
    let real = path.ancestors().find_map(|ancestor| fs::canonicalize(ancestor).ok());
    let mounts = parse_mounts(&fs::read("/proc/self/mountinfo").unwrap_or_default());
    real.is_some_and(|real| is_on_network(&real, &mounts))
}

/// The mount with the longest matching path decides.
fn is_on_network(path: &Path, mounts: &[MountPoint]) -> bool {
    let above = mounts.iter().filter(|mount| path.starts_with(&mount.path));
    let nearest = above.max_by_key(|mount| mount.path.as_os_str().len());
    let kind = nearest.and_then(|mount| VolumeKind::of(&mount.mount));
    matches!(kind, Some(VolumeKind::Network | VolumeKind::Account))
}

/// Starts a program that outlives this one: in its own session, without our input and output.
///
/// # Errors
/// The system's error: not found, not permitted.
pub fn start_detached(exe: &Path, args: &[&str]) -> std::io::Result<()> {
    start(Command::new(exe).args(args))
}

/// Starts another program that outlives this one, in the user's home folder and with the user's rights.
///
/// # Errors
/// [`ErrorKind::PermissionDenied`] for a file that would get other rights than ours; else the system's error.
pub fn start_program(exe: &Path, args: &[&str]) -> std::io::Result<()> {
    let file = fs::metadata(exe)?;
    let raises = file.mode() & 0o6000 != 0
        || rustix::fs::getxattr(exe, "security.capability", &mut [0_u8; 64][..]).is_ok_and(|length| length > 0);
    if raises {
        return Err(ErrorKind::PermissionDenied.into());
    }
    let home = std::env::home_dir().filter(|home| home.is_dir()).unwrap_or_else(|| PathBuf::from("/"));
    start(Command::new(exe).args(args).current_dir(home))
}

/// A program that works for this one, without a window and behind all others.
#[expect(unsafe_code, reason = "a call between fork and exec")]
pub fn quiet_command(exe: &Path) -> Command {
    let mut command = Command::new(exe);
    // SAFETY: only a system call is made, no memory is allocated and no lock is taken.
    unsafe {
        command.pre_exec(|| {
            let _ = rustix::process::setpriority_process(None, LAST);
            Ok(())
        });
    }
    command
}

#[expect(unsafe_code, reason = "a call between fork and exec")]
fn start(command: &mut Command) -> std::io::Result<()> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // SAFETY: only system calls are made, no memory is allocated and no lock is taken.
    unsafe {
        command.pre_exec(|| {
            rustix::process::setsid()?;
            // Our raised priority is not for others. Refused when it would be an increase.
            let _ = rustix::process::setpriority_process(None, 0);
            Ok(())
        });
    }
    let mut child = command.spawn()?;
    // Somebody must wait for it, or it stays in the process list as a zombie while this program runs.
    let wait = move || child.wait();
    if let Err(error) = thread::Builder::new().name("child".into()).stack_size(SMALL_STACK).spawn(wait) {
        log::warn!("no thread that waits for a child: {error}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    const MOUNTS: &str = r"22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:26 / /home rw - nfs4 server:/home rw
31 30 8:2 / /home/local\040disk rw - ext4 /dev/sda2 rw
32 22 0:30 / /mnt/over rw - ext4 /dev/sda3 rw
33 22 0:31 / /mnt/over rw - fuse.sshfs host: rw
broken line";

    #[test]
    fn the_nearest_mount_decides_whether_a_folder_is_on_the_network() {
        // A name that is no UTF-8 must not hide the others.
        let text = [MOUNTS.as_bytes(), b"\n40 22 8:3 / /mnt/pok\xe9 rw - ext4 /dev/sda4 rw\n"].concat();
        let mounts = parse_mounts(&text);
        let is_on_network = |path: &str| is_on_network(Path::new(path), &mounts);
        assert!(is_on_network("/home/me/.local") && is_on_network("/mnt/over/a"));
        for local in ["/var/lib", "/homely", "/home/local disk/a"] {
            assert!(!is_on_network(local), "{local}");
        }
        assert!(!is_network_folder(Path::new("/proc/no/such/folder")));
    }

    #[test]
    fn clocks_and_costs_are_read() {
        let clocks = clocks().get().expect("clocks");
        assert!(clocks.since_boot >= clocks.awake && clocks.awake > Duration::ZERO);
        assert!(own_memory().get().is_some_and(|memory| memory.0 > 100_000));
        assert!(own_cpu_time().get().is_some_and(|time| time > Duration::ZERO));
        assert_eq!(pss("Rss:    9 kB\nPss:       7 kB\nPss_Dirty: 1 kB\n"), Some(Bytes(7168)));
    }

    #[test]
    fn what_is_started_leaves_nothing_behind() {
        let folder = tempfile::tempdir().expect("folder");
        let file = folder.path().join("said");
        let command = format!("cut -d' ' -f1,6 /proc/$$/stat > '{0}.new'; mv '{0}.new' '{0}'", file.display());
        start_detached(Path::new("/bin/sh"), &["-c", &command]).expect("started");
        let end = Instant::now() + Duration::from_secs(10);
        while !file.exists() && Instant::now() < end {
            thread::sleep(Duration::from_millis(20));
        }
        let output = fs::read_to_string(&file).expect("it ran");
        let (pid, session) = output.trim().split_once(' ').expect("two numbers");
        assert_eq!(pid, session, "a session of its own");
        while Path::new("/proc").join(pid).exists() && Instant::now() < end {
            thread::sleep(Duration::from_millis(20));
        }
        assert!(!Path::new("/proc").join(pid).exists(), "an entry that stays");
        assert!(start_detached(Path::new("/no/such/program"), &[]).is_err());
    }
}
