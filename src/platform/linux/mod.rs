//! Linux: `/proc`, `/sys`, X11, pidfds, and the session bus.

mod autostart;
mod autostart_list;
mod autostart_switch;
mod browsers;
mod condition;
mod connections;
mod cpu;
mod desktop;
mod display;
mod endpoint;
mod files;
mod gpu_users;
mod last_stop;
mod line;
mod net_users;
mod notifier;
mod open_files;
mod own;
mod pings;
mod priority;
mod processes;
mod restart;
mod runtime;
mod sensors;
mod signed_in;
mod system_facts;
mod target;
mod time_zone;
mod tray;
mod trim;
mod volumes;

use std::env;
use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

pub use autostart::{autostart_once, autostart_once_end, autostart_set, autostart_state};
pub use autostart_switch::{autostart_entries, autostart_switch, autostart_undo};
pub use browsers::{policy_list, program_file, user_folder};
pub use condition::condition;
pub use connections::remote_ports;
pub use cpu::CpuReader;
pub use desktop::{Desktop, work_area};
pub use display::on_display_lost;
pub use endpoint::{Endpoint, ask};
pub use files::{
    is_in_foreign_home, is_of_administrator, make_private_folder, open_ordinary, open_private, prepare_process,
};
pub use gpu_users::GpuUsers;
pub use last_stop::sudden_stop_cause;
pub use line::line_interfaces;
pub use net_users::NetUsers;
pub use notifier::Notifier;
pub use own::{
    clocks, end_program, is_network_folder, own_cpu_time, own_memory, quiet_command, raise_own_priority,
    start_detached, start_program,
};
pub use processes::{ProcessReader, may_be_of_system, sees_all_processes};
pub use restart::{restart_check, restart_pc};
pub use runtime::Lock;
pub use sensors::Sensors;
pub use signed_in::signed_in_at;
pub use system_facts::system_facts;
pub use target::Target;
pub use time_zone::time_zone;
pub use tray::Tray;
pub use trim::{GIVE_BACK_EVERY, give_back_memory};
pub use volumes::{disk_counters, mounts, space};

use crate::model::{At, Bytes, Hertz, Machine, Memory, Os, OwnProcess, Pid, ProcKey, Reading, Signature, Swap, Why};
use crate::platform::files::read_text;

/// Size limit of `/etc/os-release` in bytes.
const LONGEST_OS_RELEASE: u64 = 64 << 10;

/// Facts that stay the same while the system runs.
pub fn machine() -> Machine {
    let cpus = std::thread::available_parallelism().map_or(1, |count| count.get() as u32);
    let stat = fs::read_to_string("/proc/stat").unwrap_or_default();
    let cores = stat.lines().filter(|line| line.starts_with("cpu") && !line.starts_with("cpu ")).count();
    let booted_at = stat.lines().find_map(|line| line.strip_prefix("btime ")?.trim().parse::<i64>().ok());
    Machine {
        os: Os::Linux,
        os_name: Reading::from_option(os_name(), Why::Unsupported),
        // All processors, even those this program may not use: shares refer to the whole PC.
        cpus: if cores > 0 { cores as u32 } else { cpus },
        memory: memory().0.map(|memory| memory.total),
        boot_id: read_line(Path::new("/proc/sys/kernel/random/boot_id")),
        booted_at: Machine::boot_time(booted_at.map(|seconds| At(seconds.saturating_mul(1000)))),
        max_frequency: read_line(Path::new("/sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq"))
            .map(|khz| Hertz(khz.parse::<u64>().unwrap_or(0) * 1000)),
        is_swap_in_memory: match fs::read("/proc/swaps") {
            Ok(text) => Reading::from_option(is_swap_in_memory(&String::from_utf8_lossy(&text)), Why::NoSensor),
            Err(error) => error.into(),
        },
        is_virtual: is_virtual(),
    }
}

/// Reads `/proc/swaps`; `None` without swap.
fn is_swap_in_memory(text: &str) -> Option<bool> {
    let mut areas = text.lines().skip(1).peekable();
    areas.peek()?;
    Some(areas.all(|area| area.starts_with("/dev/zram")))
}

/// By the names in the firmware, and the bit of the processor that says so.
fn is_virtual() -> Reading<bool> {
    let name = |file: &str| read_line(&Path::new("/sys/class/dmi/id").join(file)).known().cloned();
    let names: Vec<String> = ["sys_vendor", "product_name", "board_vendor"].into_iter().filter_map(name).collect();
    let flags = fs::read("/proc/cpuinfo").map(|text| text.windows(11).any(|part| part == b" hypervisor")).ok();
    match (names.is_empty(), flags) {
        (true, None) => Reading::Missing(Why::Unsupported),
        (_, flags) => Reading::Known(flags == Some(true) || Machine::is_virtual_model(&names.join(" "))),
    }
}

fn os_name() -> Option<String> {
    let text = read_text(Path::new("/etc/os-release"), LONGEST_OS_RELEASE).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="))?;
    Some(line.trim_matches('"').to_owned())
}

fn read_line(path: &Path) -> Reading<String> {
    match fs::read_to_string(path) {
        Ok(text) => Reading::Known(text.trim().to_owned()),
        Err(error) => error.into(),
    }
}

/// This process and its ancestors.
pub fn own_process() -> OwnProcess {
    let pid = std::process::id();
    let mut ancestors: Vec<Pid> = Vec::new();
    let mut current = pid;
    while let Some(parent) = processes::parent_of(current).filter(|parent| *parent > 0) {
        if ancestors.contains(&parent) {
            break;
        }
        ancestors.push(parent);
        current = parent;
    }
    OwnProcess { pid, ancestors, files: Vec::new() }
}

/// Memory and swap from `/proc/meminfo`.
pub fn memory() -> (Reading<Memory>, Reading<Swap>) {
    // Read every other second: the file stays open, and its first 4 KB, which hold all of it, need no allocation.
    static FILE: OnceLock<File> = OnceLock::new();
    let mut buffer = [0; 4096];
    let read = match FILE.get() {
        Some(file) => file.read_at(&mut buffer, 0),
        None => File::open("/proc/meminfo").and_then(|file| FILE.get_or_init(|| file).read_at(&mut buffer, 0)),
    };
    let length = match read {
        Ok(length) => length,
        Err(error) => {
            let why = Why::from(error);
            return (Reading::Missing(why), Reading::Missing(why));
        }
    };
    // The cache of ZFS is given back like the page cache, but the kernel does not count it as available.
    parse_memory(&String::from_utf8_lossy(&buffer[..length]), cache_of_zfs())
}

/// Parses `/proc/meminfo`, which containers and balloon drivers change: more may be available or free than there is.
fn parse_memory(text: &str, reclaimable: u64) -> (Reading<Memory>, Reading<Swap>) {
    let field = |name: &str| meminfo_field(text, name).map(|bytes| bytes.0);
    let memory = field("MemTotal").filter(|total| *total > 0).zip(field("MemAvailable"));
    let memory = memory.map(|(total, available)| Memory {
        used: Bytes(total.saturating_sub(available).saturating_sub(reclaimable)),
        total: Bytes(total),
    });
    let swap = field("SwapTotal")
        .zip(field("SwapFree"))
        .map(|(total, free)| Swap { used: Bytes(total.saturating_sub(free)), total: Bytes(total) });
    (Reading::from_option(memory, Why::Unsupported), Reading::from_option(swap, Why::Unsupported))
}

/// A field of `/proc/meminfo`, which counts in KiB.
fn meminfo_field(text: &str, name: &str) -> Option<Bytes> {
    let rest = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    let kib = rest.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok()?;
    Some(Bytes(kib.saturating_mul(1024)))
}

/// Bytes of the ZFS cache that can be given back; 0 without ZFS.
fn cache_of_zfs() -> u64 {
    static FILE: OnceLock<Option<File>> = OnceLock::new();
    let Some(file) = FILE.get_or_init(|| File::open("/proc/spl/kstat/zfs/arcstats").ok()) else { return 0 };
    let mut buffer = [0; 16384];
    let length = file.read_at(&mut buffer, 0).unwrap_or_default();
    reclaimable_arc(&String::from_utf8_lossy(&buffer[..length]))
}

/// Size of the cache above its minimum. Source: OpenZFS, `arc_c_min` is never given back.
fn reclaimable_arc(text: &str) -> u64 {
    let field = |name: &str| {
        let line = text.lines().find(|line| line.split_ascii_whitespace().next() == Some(name))?;
        line.split_ascii_whitespace().nth(2)?.parse::<u64>().ok()
    };
    field("size").zip(field("c_min")).map_or(0, |(size, least)| size.saturating_sub(least))
}

/// Returns `true` when there is a display to open a window on.
pub fn has_display() -> bool {
    ["WAYLAND_DISPLAY", "WAYLAND_SOCKET", "DISPLAY"]
        .iter()
        .any(|name| env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// Reports whether another user is signed in: their folder in `/run/user` (made by logind at sign-in).
pub fn has_other_users() -> Reading<bool> {
    let own = rustix::process::getuid().as_raw();
    match fs::read_dir("/run/user") {
        Ok(entries) => Reading::Known(entries.flatten().any(|entry| {
            let uid = entry.file_name().to_string_lossy().parse::<u32>().ok();
            uid.is_some_and(|uid| uid >= 1000 && uid != own)
        })),
        Err(error) => error.into(),
    }
}

/// Reports whether an update requests a restart: the marker file of Debian and Ubuntu.
pub fn pending_restart() -> Reading<bool> {
    if Path::new("/etc/debian_version").exists() {
        Reading::Known(Path::new("/run/reboot-required").exists())
    } else {
        Reading::Missing(Why::Unsupported)
    }
}

/// Programs are not signed on Linux: the package manager verifies its packages, and only at installation.
pub fn signature(_path: &Path) -> Reading<Signature> {
    Reading::Missing(Why::Unsupported)
}

/// GPU usage beyond [`Sensors`]: none on Linux.
pub struct GpuTotal;

impl GpuTotal {
    /// Always `None`: there is no further source.
    pub fn new() -> Option<Self> {
        None
    }

    /// Never called.
    pub fn read(&mut self) -> Reading<crate::model::Fraction> {
        Reading::Missing(Why::Unsupported)
    }
}

/// Folder for an administrator's settings for all users.
pub fn shared_config_folder() -> Option<PathBuf> {
    Some(PathBuf::from("/etc/mimamori"))
}

/// Shows nothing: the caller prints.
pub fn message_box(_title: &str, _text: &str) -> bool {
    false
}

/// Does nothing: a Linux terminal needs no preparation.
pub fn prepare_console() {}

/// Time when a process was started: its start time counts clock ticks since boot.
pub fn started_at(key: ProcKey, machine: &Machine) -> Option<At> {
    let ticks_per_second = rustix::param::clock_ticks_per_second().max(1);
    let milliseconds = key.start_time.saturating_mul(1000) / ticks_per_second;
    Some(At(machine.booted_at.get()?.0.saturating_add(i64::try_from(milliseconds).ok()?)))
}

/// Width of the terminal on standard error, if it is one.
pub fn terminal_columns() -> Option<u16> {
    use std::io::IsTerminal;
    if !std::io::stderr().is_terminal() {
        return None;
    }
    let size = rustix::termios::tcgetwinsize(std::io::stderr()).ok()?;
    Some(if size.ws_col == 0 { 80 } else { size.ws_col })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn swap_is_in_memory_if_all_of_it_is() {
        let zram = "/dev/zram0                              partition\t8388604\t0\t100\n";
        let disk = "/swap.img                               file\t4194300\t0\t-2\n";
        let head = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n";
        let of = |areas: &[&str]| is_swap_in_memory(&(head.to_owned() + &areas.concat()));
        assert_eq!([of(&[zram]), of(&[zram, disk]), of(&[disk])], [Some(true), Some(false), Some(false)]);
        assert_eq!((of(&[]), is_swap_in_memory("")), (None, None));
    }

    #[test]
    fn no_more_memory_is_used_than_there_is_and_none_is_unknown() {
        let text = |total: &str, available: &str, swap: &str, free: &str| {
            format!(
                "MemTotal: {total} kB\nMemFree: 1 kB\nMemAvailable: {available} kB\nSwapTotal: {swap} kB\nSwapFree: {free} kB\n"
            )
        };
        let of = |text: &str, cache: u64| {
            let (memory, swap) = parse_memory(text, cache);
            (memory.get().map(|m| (m.used.0, m.total.0)), swap.get().map(|s| (s.used.0, s.total.0)))
        };
        assert_eq!(of(&text("1000", "400", "0", "0"), 0), (Some((600 << 10, 1000 << 10)), Some((0, 0))), "no swap");
        assert_eq!(
            of(&text("1000", "400", "10", "4"), 700 << 10).0,
            Some((0, 1000 << 10)),
            "a cache larger than the use"
        );
        assert_eq!(of(&text("1000", "4000", "10", "40"), 0), (Some((0, 1000 << 10)), Some((0, 10 << 10))), "a balloon");
        let huge = u64::MAX.to_string();
        assert_eq!(of(&text(&huge, "0", "1", "1"), 0).0, Some((u64::MAX, u64::MAX)));
        assert_eq!(of(&text("0", "0", "0", "0"), 0).0, None);
        for text in ["", "MemTotal: -5 kB\nMemAvailable: 5 kB\n", "MemTotal: 5\n", "MemTotal: 5 kB\n"] {
            assert_eq!(of(text, 0), (None, None), "{text}");
        }
    }

    #[test]
    fn the_cache_of_zfs_above_its_minimum_is_available() {
        let text = "12 1 0x01 123\nname type data\nhits 4 99\nc_min 4 1000\nc_max 4 9000\nsize 4 7500\n";
        assert_eq!(reclaimable_arc(text), 6500);
        let text = "MemTotal:       16384 kB\nHugePages_Total:       4\nHugetlb:            8192 kB\n";
        assert_eq!(meminfo_field(text, "Hugetlb"), Some(Bytes(8 << 20)));
        assert_eq!(meminfo_field(text, "HugePages_Total"), None, "a number of pages");
        assert_eq!(meminfo_field("A: 18446744073709551615 kB", "A"), Some(Bytes(u64::MAX)));
        assert_eq!(reclaimable_arc("size 4 10\nc_min 4 1000\n"), 0);
        assert_eq!(reclaimable_arc("nonsense"), 0);
    }
}
