//! Lowers the priority of a process and puts it back.
//!
//! The kernel first divides the processors between groups and only then, by nice values, within one. Desktops with systemd
//! start each program in a control group of its own; without that controller each session of processes is a group
//! (autogroup, sched(7)). What such a group weighs can be lowered and put back by its user, and is, if the program is
//! alone in it. A nice value can be lowered by an ordinary user, and not put back (setpriority(2), `RLIMIT_NICE`).

use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use rustix::process::{Pid as RawPid, Resource, geteuid, getpriority_process, getrlimit, setpriority_process};

use super::target::from_errno;
use crate::model::{ActError, GroupWeight, Pid, SavedPriority, ThreadPriority};

/// The lowest priority.
const LOWEST_NICE: i32 = 19;
/// The lowest weight; 100 is usual. Source: kernel documentation, cgroup-v2.
const LOWEST_WEIGHT: u32 = 1;
/// `IOPRIO_PRIO_VALUE(IOPRIO_CLASS_IDLE, 0)`: gets the disk when nobody else wants it. Source: ioprio_set(2).
const IDLE_IO: u32 = 3 << 13;
/// `IOPRIO_WHO_PROCESS`, which means a thread.
const WHO_THREAD: libc::c_int = 1;
/// Where control groups of version 2 are mounted.
const GROUPS: &str = "/sys/fs/cgroup";
/// Passes over the threads: one begun meanwhile has the priority of the thread that began it.
const PASSES: u32 = 3;

/// Returns `true` when [`lower`] can be undone.
pub(super) fn can_restore(pid: Pid, family: &[Pid]) -> bool {
    may_raise_nice(pid)
        || group_of(pid).is_some_and(|group| is_own_group(&group, family))
        || own_autogroup(pid, family).is_some()
}

/// Lowers the priority while `is_running`; see the module.
pub(super) fn lower(pid: Pid, family: &[Pid], is_running: impl Fn() -> bool) -> Result<SavedPriority, ActError> {
    let own_group = group_of(pid).filter(|group| is_own_group(group, family));
    let own_autogroup = own_autogroup(pid, family);
    let with_nice = own_group.is_none() && own_autogroup.is_none() || may_raise_nice(pid);
    let lasting = with_nice && !may_raise_nice(pid);
    let threads = lower_threads(pid, with_nice, &is_running)?;
    if threads.is_empty() {
        return Err(ActError::Gone);
    }
    let group = own_group.as_deref().and_then(lower_group);
    let autogroup = own_autogroup.filter(|nice| *nice < LOWEST_NICE && set_autogroup(pid, LOWEST_NICE).is_ok());
    Ok(SavedPriority::Linux { threads, group, autogroup, lasting })
}

/// Puts back what [`lower`] changed.
pub(super) fn restore(pid: Pid, saved: &SavedPriority, is_running: impl Fn() -> bool) -> Result<(), ActError> {
    let SavedPriority::Linux { threads, group, autogroup, .. } = saved else { return Err(ActError::Unsupported) };
    let group = group.as_ref().map_or(Ok(()), restore_group);
    let autogroup = autogroup.filter(|_| is_running()).map_or(Ok(()), |nice| set_autogroup(pid, nice));
    let usual = threads.iter().find(|thread| thread.tid == pid).or(threads.first());
    let mut result = Ok(());
    for tid in threads_of(pid) {
        let before = threads.iter().find(|thread| thread.tid == tid).or(usual);
        let Some((before, raw)) = before.zip(raw(tid)).filter(|_| is_running()) else { continue };
        if getpriority_process(Some(raw)).is_ok_and(|nice| nice != before.nice) {
            result = result.and(setpriority_process(Some(raw), before.nice).map_err(from_access));
        }
        if io_priority(tid).is_some_and(|io| io != before.io) {
            result = result.and(set_io_priority(tid, before.io));
        }
    }
    if is_running() { group.and(autogroup).and(result) } else { Err(ActError::Gone) }
}

fn lower_threads(pid: Pid, with_nice: bool, is_running: &impl Fn() -> bool) -> Result<Vec<ThreadPriority>, ActError> {
    let mut lowered: Vec<ThreadPriority> = Vec::new();
    let mut done: BTreeSet<Pid> = BTreeSet::new();
    for _ in 0..PASSES {
        let new: Vec<Pid> = threads_of(pid).into_iter().filter(|tid| done.insert(*tid)).collect();
        if new.is_empty() {
            break;
        }
        for tid in new {
            // The number of a process is not given again while it is held; that of a thread that has just ended could be.
            let Some(raw) = raw(tid).filter(|_| is_running() && is_thread_of(pid, tid)) else { continue };
            let (Ok(nice), Some(io)) = (getpriority_process(Some(raw)), io_priority(tid)) else { continue };
            if with_nice && nice < LOWEST_NICE {
                setpriority_process(Some(raw), LOWEST_NICE).map_err(from_access)?;
            }
            // Refused by some containers; the processors matter more.
            let _ = set_io_priority(tid, IDLE_IO);
            lowered.push(ThreadPriority { tid, nice, io });
        }
    }
    Ok(lowered)
}

/// Changes of priority answer `EACCES` where other calls answer `EPERM`.
fn from_access(error: rustix::io::Errno) -> ActError {
    if error == rustix::io::Errno::ACCESS { ActError::Refused } else { from_errno(error) }
}

fn raw(tid: Pid) -> Option<RawPid> {
    i32::try_from(tid).ok().and_then(RawPid::from_raw)
}

fn threads_of(pid: Pid) -> Vec<Pid> {
    let entries = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect()
}

fn is_thread_of(pid: Pid, tid: Pid) -> bool {
    Path::new(&format!("/proc/{pid}/task/{tid}")).exists()
}

/// Returns `true` when a nice value that was lowered can be put back.
fn may_raise_nice(pid: Pid) -> bool {
    if geteuid().is_root() {
        return true;
    }
    // The lowest nice value this user may set is 20 less the limit.
    let limit = getrlimit(Resource::Nice).current.map_or(40, |limit| limit.min(40) as i32);
    raw(pid).and_then(|raw| getpriority_process(Some(raw)).ok()).is_some_and(|nice| 20 - limit <= nice)
}

/// Folder of the control group of a process.
fn group_of(pid: Pid) -> Option<PathBuf> {
    let text = String::from_utf8(fs::read(format!("/proc/{pid}/cgroup")).ok()?).ok()?;
    group_folder(Path::new(GROUPS), &text)
}

/// The line of version 2, cgroups(7). Without one, or in the group of all, there is none.
fn group_folder(root: &Path, text: &str) -> Option<PathBuf> {
    let name = text.lines().find_map(|line| line.strip_prefix("0::/"))?;
    let is_plain = Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
    (!name.is_empty() && is_plain).then(|| root.join(name))
}

/// Returns `true` when every process of the group belongs to `family`, and this user may change its weight.
fn is_own_group(group: &Path, family: &[Pid]) -> bool {
    let is_leaf = || !fs::read_dir(group).into_iter().flatten().flatten().any(|entry| entry.path().is_dir());
    let Ok(processes) = fs::read_to_string(group.join("cgroup.procs")) else { return false };
    let mut all = processes.lines().map(str::parse::<Pid>);
    let is_family = !processes.is_empty() && all.all(|pid| pid.is_ok_and(|pid| family.contains(&pid)));
    is_family && is_leaf() && OpenOptions::new().write(true).open(group.join("cpu.weight")).is_ok()
}

/// Lowers the weight of a group; `None` when it is the lowest already, as after the first part of a program.
fn lower_group(group: &Path) -> Option<GroupWeight> {
    let weight = fs::read_to_string(group.join("cpu.weight")).ok()?.trim().parse().ok()?;
    let before = GroupWeight { folder: group.to_owned(), weight };
    (weight > LOWEST_WEIGHT && write_weight(group, LOWEST_WEIGHT).is_ok()).then_some(before)
}

/// Only if it still has the weight that was set here: whoever changed it since knows better.
fn restore_group(before: &GroupWeight) -> Result<(), ActError> {
    let is_group = |folder: &Path| {
        folder.starts_with(GROUPS) && folder.components().all(|part| part != Component::ParentDir) || cfg!(test)
    };
    let file = before.folder.join("cpu.weight");
    let Some(now) = fs::read_to_string(&file).ok().filter(|_| is_group(&before.folder)) else {
        return Err(ActError::Gone);
    };
    if now.trim().parse() != Ok(LOWEST_WEIGHT) {
        return Ok(());
    }
    write_weight(&before.folder, before.weight)
}

fn write_weight(group: &Path, weight: u32) -> Result<(), ActError> {
    let file = OpenOptions::new().write(true).truncate(true).open(group.join("cpu.weight"));
    let written = file.and_then(|mut file| file.write_all(weight.to_string().as_bytes()));
    written.map_err(|_| ActError::Refused)
}

/// Nice value of the autogroup of a process, if autogroups are in use and all processes of it belong to `family`.
fn own_autogroup(pid: Pid, family: &[Pid]) -> Option<i32> {
    fs::read("/proc/sys/kernel/sched_autogroup_enabled").ok().filter(|text| text.starts_with(b"1"))?;
    let autogroup = |pid: Pid| parse_autogroup(&fs::read_to_string(format!("/proc/{pid}/autogroup")).ok()?);
    let (name, nice) = autogroup(pid)?;
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let mut others = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<Pid>().ok());
    let is_shared =
        others.any(|other| !family.contains(&other) && autogroup(other).is_some_and(|(one, _)| one == name));
    (!is_shared).then_some(nice)
}

/// Parses `/autogroup-25 nice 0`.
fn parse_autogroup(text: &str) -> Option<(String, i32)> {
    let (name, nice) = text.trim().split_once(" nice ")?;
    Some((name.to_owned(), nice.parse().ok()?))
}

/// A second change within a tenth of a second is refused with `EAGAIN`.
fn set_autogroup(pid: Pid, nice: i32) -> Result<(), ActError> {
    for _ in 0..10 {
        match fs::write(format!("/proc/{pid}/autogroup"), nice.to_string()) {
            Ok(()) => return Ok(()),
            Err(error) if error.kind() == ErrorKind::WouldBlock => std::thread::sleep(Duration::from_millis(50)),
            Err(error) if error.kind() == ErrorKind::NotFound => return Err(ActError::Gone),
            Err(_) => return Err(ActError::Refused),
        }
    }
    Err(ActError::Refused)
}

#[expect(unsafe_code, reason = "a system call that the libraries do not have")]
fn io_priority(tid: Pid) -> Option<u32> {
    // SAFETY: takes two numbers and returns one.
    let answer = unsafe { libc::syscall(libc::SYS_ioprio_get, WHO_THREAD, tid) };
    u32::try_from(answer).ok()
}

#[expect(unsafe_code, reason = "a system call that the libraries do not have")]
fn set_io_priority(tid: Pid, io: u32) -> Result<(), ActError> {
    // SAFETY: takes three numbers.
    let answer = unsafe { libc::syscall(libc::SYS_ioprio_set, WHO_THREAD, tid, io) };
    if answer == 0 { Ok(()) } else { Err(ActError::Refused) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_where_the_process_says_and_never_elsewhere() {
        let folder = |text: &str| group_folder(Path::new("/g"), text);
        let app = "5:cpu:/x\n0::/user.slice/user-1000.slice/user@1000.service/app.slice/app-a.scope\n";
        let expected = "/g/user.slice/user-1000.slice/user@1000.service/app.slice/app-a.scope";
        assert_eq!(folder(app), Some(expected.into()));
        for text in ["0::/\n", "5:cpu:/x\n", "", "0::/../../etc\n", "0::/a/../../b\n"] {
            assert_eq!(folder(text), None, "{text}");
        }
    }

    #[test]
    fn an_autogroup_is_read_as_the_kernel_writes_it() {
        assert_eq!(parse_autogroup("/autogroup-25 nice 0\n"), Some(("/autogroup-25".to_owned(), 0)));
        assert_eq!(parse_autogroup("/autogroup-25 nice -5\n").map(|(_, nice)| nice), Some(-5));
        assert_eq!(parse_autogroup("nonsense"), None);
    }

    #[test]
    fn the_weight_of_a_group_is_lowered_once_and_put_back() {
        let folder = tempfile::tempdir().expect("folder");
        let group = folder.path();
        fs::write(group.join("cgroup.procs"), "70\n71\n").expect("written");
        fs::write(group.join("cpu.weight"), "100\n").expect("written");
        assert!(!is_own_group(group, &[70]), "another program is in it");
        assert!(is_own_group(group, &[70, 71, 72]));
        let before = lower_group(group).expect("lowered");
        assert_eq!((before.weight, lower_group(group)), (100, None), "by the second part of the program");
        let weight = || fs::read_to_string(group.join("cpu.weight")).expect("read").trim().parse::<u32>();
        assert!(weight().is_ok_and(|weight| weight < 100));
        assert_eq!(restore_group(&before), Ok(()));
        fs::write(group.join("cpu.weight"), "300").expect("written");
        assert_eq!((restore_group(&before), weight()), (Ok(()), Ok(300)), "changed by somebody else since");
        fs::create_dir(group.join("inner")).expect("folder");
        assert!(!is_own_group(group, &[70, 71]), "it has groups of its own");
    }
}
