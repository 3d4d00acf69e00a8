//! Windows 10 and later: the native process list, the desktop and process handles. No administrator rights, no service,
//! no driver, and COM for toasts only; readings that need one of them are missing with a reason.

mod app_id;
mod args;
mod autostart;
mod autostart_list;
mod autostart_switch;
mod browsers;
mod condition;
mod connections;
mod console;
mod cpu;
mod desktop;
mod endpoint;
mod files;
mod gpu;
mod last_stop;
mod line;
mod logon;
mod notifier;
mod ntdll;
mod own;
mod owner;
mod pipe;
mod priority;
mod process_list;
mod processes;
mod registry;
mod restart;
mod runtime;
mod sensors;
mod services;
mod sessions;
mod signature;
mod system_facts;
mod target;
mod toplevel;
mod tray;
mod tray_icon;
mod tray_menu;
mod tray_window;
mod trim;
mod volumes;
mod wide;

use std::collections::HashMap;

use windows_sys::Wdk::System::SystemInformation::SystemTimeOfDayInformation;
use windows_sys::Win32::System::ProcessStatus::{K32GetPerformanceInfo, PERFORMANCE_INFORMATION};
use windows_sys::Win32::System::SystemInformation::{GlobalMemoryStatusEx, MEMORYSTATUSEX};
use windows_sys::Win32::System::Threading::{ALL_PROCESSOR_GROUPS, GetActiveProcessorCount};

pub use autostart::{autostart_once, autostart_once_end, autostart_set, autostart_state};
pub use autostart_switch::{autostart_entries, autostart_switch, autostart_undo};
pub use browsers::{policy_list, program_file, user_folder};
pub use condition::condition;
pub use connections::{NetUsers, remote_ports};
pub use console::{message_box, on_display_lost, prepare_console, terminal_columns};
pub use cpu::CpuReader;
pub use desktop::{Desktop, work_area};
pub use endpoint::{Endpoint, ask};
pub use files::{is_in_foreign_home, is_of_administrator, open_ordinary, open_private, prepare_process, time_zone};
pub use gpu::{GpuTotal, GpuUsers};
pub use last_stop::sudden_stop_cause;
pub use line::line_interfaces;
pub use notifier::Notifier;
pub use own::{
    clocks, end_program, is_network_folder, own_cpu_time, own_memory, quiet_command, raise_own_priority,
    start_detached, start_program,
};
pub use processes::{ProcessReader, may_be_of_system};
pub use restart::{restart_check, restart_pc};
pub use runtime::Lock;
pub use sensors::Sensors;
pub use sessions::{has_display, has_other_users, signed_in_at};
pub use signature::signature;
pub use system_facts::system_facts;
pub use target::Target;
pub use tray::Tray;
pub use trim::{GIVE_BACK_EVERY, give_back_memory, make_private_folder};
pub use volumes::{disk_counters, mounts, space};

use crate::model::{At, Bytes, Machine, Memory, Os, OwnProcess, Pid, ProcKey, Reading, Swap, Why};
use ntdll::{Buffer, u64_at};

/// Key with name and version of Windows.
const VERSION_KEY: &str = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion";
/// Keys that exist while an update is waiting for a restart, of Windows Update and of the component store.
const RESTART_KEYS: [&str; 2] = [
    r"SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto Update\RebootRequired",
    r"SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\RebootPending",
];
/// Key with the names of maker and model.
const FIRMWARE_KEY: &str = r"HARDWARE\DESCRIPTION\System\BIOS";
/// First build of Windows 11, whose registry still says Windows 10.
const FIRST_WINDOWS_11: u32 = 22_000;

/// Facts that stay the same while the system runs.
pub fn machine() -> Machine {
    let boot = BootTime::read();
    Machine {
        os: Os::Windows,
        os_name: Reading::from_option(os_name(), Why::Unsupported),
        cpus: cpu_count(),
        memory: memory().0.map(|memory| memory.total),
        boot_id: Reading::from_option(boot.map(BootTime::as_id), Why::Unsupported),
        booted_at: Machine::boot_time(boot.map(BootTime::at)),
        max_frequency: sensors::frequencies().map(|clocks| clocks.max),
        is_swap_in_memory: Reading::Missing(Why::Unsupported),
        is_virtual: is_virtual(),
    }
}

/// Always: one call lists every process, those of the system included.
pub fn sees_all_processes() -> bool {
    true
}

/// By the names in the firmware. The bit of the processor is also set where Windows itself runs on its hypervisor.
fn is_virtual() -> Reading<bool> {
    let names = ["SystemManufacturer", "SystemProductName"].map(|value| registry::text(FIRMWARE_KEY, value));
    let names: Vec<String> = names.into_iter().flatten().collect();
    Reading::from_option((!names.is_empty()).then(|| Machine::is_virtual_model(&names.join(" "))), Why::Unsupported)
}

/// Number of processors in all groups of 64.
#[expect(unsafe_code, reason = "asks for a number")]
fn cpu_count() -> u32 {
    // SAFETY: takes a number.
    unsafe { GetActiveProcessorCount(ALL_PROCESSOR_GROUPS) }.max(1)
}

fn os_name() -> Option<String> {
    let text = |value| registry::text(VERSION_KEY, value);
    let build = text("CurrentBuild").and_then(|build| build.parse().ok());
    let version = text("DisplayVersion").or_else(|| text("ReleaseId"));
    Some(name_of(&text("ProductName")?, build.unwrap_or(0), version.as_deref()))
}

/// Names the product: `Windows 10 Pro`, build 22631, `23H2` is "Windows 11 Pro 23H2". Servers report their right name.
fn name_of(product: &str, build: u32, version: Option<&str>) -> String {
    let product = product.strip_prefix("Microsoft ").unwrap_or(product);
    let edition = product.strip_prefix("Windows 10").filter(|_| build >= FIRST_WINDOWS_11);
    let name = edition.map_or_else(|| product.to_owned(), |edition| format!("Windows 11{edition}"));
    version.map_or_else(|| name.clone(), |version| format!("{name} {version}"))
}

/// Boot time of Windows.
#[derive(Clone, Copy)]
struct BootTime {
    /// 100 ns since 1601, by the clock as it is set now.
    time: u64,
    /// Part of `time` that is due to clock changes since boot.
    bias: u64,
}

impl BootTime {
    fn read() -> Option<Self> {
        let mut answer = Buffer::with_room_for(48);
        answer.query_system(SystemTimeOfDayInformation).ok()?;
        // SYSTEM_TIMEOFDAY_INFORMATION: BootTime, CurrentTime, TimeZoneBias, two numbers of 4 bytes, BootTimeBias.
        let boot = Self { time: u64_at(answer.bytes(), 0), bias: u64_at(answer.bytes(), 32) };
        (boot.time != 0).then_some(boot)
    }

    fn at(self) -> At {
        at(self.time)
    }

    /// Windows has no boot id. The boot time without later clock changes stays the same until the next boot; it is
    /// rounded to 10 seconds in case a Windows recomputes it each time, and no PC boots twice in 10 seconds.
    fn as_id(self) -> String {
        let seconds = processes::since_1970(self.time.wrapping_sub(self.bias)).as_secs();
        format!("boot-{}", (seconds + 5) / 10 * 10)
    }
}

/// This process and its ancestors.
pub fn own_process() -> OwnProcess {
    let pid = std::process::id();
    OwnProcess { pid, ancestors: ancestors(pid, &processes::parents()), files: Vec::new() }
}

/// Ancestors of `pid`; `parents` maps each process to its parent and start time. Process ids are reused after a parent
/// has ended: a process that started after its child is not its parent.
fn ancestors(pid: Pid, parents: &HashMap<Pid, (Pid, u64)>) -> Vec<Pid> {
    let mut ancestors: Vec<Pid> = Vec::new();
    let mut current = pid;
    while let Some((parent, started)) = parents.get(&current).copied() {
        let older = parents.get(&parent).is_some_and(|(_, parent_started)| *parent_started <= started);
        if !older || parent == pid || ancestors.contains(&parent) {
            break;
        }
        ancestors.push(parent);
        current = parent;
    }
    ancestors
}

/// Time when a process was started: its start time is a date, by the clock as it was set then.
pub fn started_at(key: ProcKey, _machine: &Machine) -> Option<At> {
    (key.start_time > 0).then(|| at(key.start_time))
}

/// Converts a Windows time (100 ns since 1601).
fn at(hundred_ns: u64) -> At {
    At(processes::since_1970(hundred_ns).as_millis() as i64)
}

/// Memory, and the commit charge in place of swap: memory promised to all programs, and its limit.
#[expect(unsafe_code, reason = "fills two structures")]
pub fn memory() -> (Reading<Memory>, Reading<Swap>) {
    let mut physical = MEMORYSTATUSEX { dwLength: size_of::<MEMORYSTATUSEX>() as u32, ..Default::default() };
    let mut commit = PERFORMANCE_INFORMATION::default();
    let room = size_of::<PERFORMANCE_INFORMATION>() as u32;
    // SAFETY: both structures are writable and their sizes are given.
    let (has_physical, has_commit) =
        unsafe { (GlobalMemoryStatusEx(&raw mut physical) != 0, K32GetPerformanceInfo(&raw mut commit, room) != 0) };
    let memory = has_physical.then(|| Memory {
        used: Bytes(physical.ullTotalPhys.saturating_sub(physical.ullAvailPhys)),
        total: Bytes(physical.ullTotalPhys),
    });
    let bytes = |pages: usize| Bytes((pages as u64).saturating_mul(commit.PageSize as u64));
    let swap = has_commit.then(|| Swap { used: bytes(commit.CommitTotal), total: bytes(commit.CommitLimit) });
    (Reading::from_option(memory, Why::Unsupported), Reading::from_option(swap, Why::Unsupported))
}

/// Folder for an administrator's settings for all users. The installer creates it, so that nobody else can.
pub fn shared_config_folder() -> Option<std::path::PathBuf> {
    Some(std::path::PathBuf::from(std::env::var_os("ProgramData")?).join("Mimamori"))
}

/// Reports whether an update is waiting for a restart.
pub fn pending_restart() -> Reading<bool> {
    let [update, store] = RESTART_KEYS.map(registry::has_key);
    match (update, store) {
        (Reading::Known(true), _) | (_, Reading::Known(true)) => Reading::Known(true),
        (Reading::Missing(why), _) | (_, Reading::Missing(why)) => Reading::Missing(why),
        _ => Reading::Known(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::windows::process::CommandExt;
    use std::process::{Child, Command, Stdio};

    /// Wine lacks a few calls; tests that need them check this.
    pub(super) fn is_wine() -> bool {
        ntdll::procedure("ntdll.dll", c"wine_get_version").is_some()
    }

    const CREATE_NO_WINDOW: u32 = 0x0800_0000;

    /// Starts a windowless program that idles until it is ended: a command interpreter whose input stays silent. It
    /// ends with this process, as its input closes then.
    pub(super) fn waiting_child(args: &[&str]) -> Child {
        Command::new("cmd.exe")
            .args(["/d", "/q", "/k", "rem"])
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .creation_flags(CREATE_NO_WINDOW)
            .spawn()
            .expect("cmd.exe starts")
    }

    #[test]
    fn windows_is_called_as_people_know_it() {
        assert_eq!(name_of("Windows 10 Pro", 22_631, Some("23H2")), "Windows 11 Pro 23H2");
        assert_eq!(name_of("Windows 10 Enterprise", 19_045, Some("22H2")), "Windows 10 Enterprise 22H2");
        assert_eq!(name_of("Windows Server 2022 Standard", 20_348, None), "Windows Server 2022 Standard");
        assert_eq!(name_of("Microsoft Windows 10", 19_043, None), "Windows 10");
    }

    #[test]
    fn the_machine_is_described() {
        let machine = machine();
        assert_eq!(machine.os, Os::Windows);
        assert!(machine.os_name.known().is_some_and(|name| name.starts_with("Windows")), "{machine:?}");
        assert!(machine.memory.get().is_some_and(|memory| memory.0 > Bytes::GIB / 4));
        assert!(machine.booted_at.get().is_some_and(|at| at > At(1_600_000_000_000)));
        assert_eq!(machine.boot_id, super::machine().boot_id);
    }

    #[test]
    fn a_start_time_is_a_date() {
        let started = |start_time| started_at(ProcKey { pid: 8, start_time }, &Machine::default());
        assert_eq!(started(133_485_408_000_000_000), Some(At(1_704_067_200_000)), "2024-01-01");
        assert_eq!(started(0), None);
    }

    #[test]
    fn a_boot_keeps_its_id_when_the_clock_is_changed() {
        let boot = BootTime { time: 134_000_000_000_000_000, bias: 0 };
        let hour = 3600 * 10_000_000;
        let later = BootTime { time: boot.time + hour, bias: hour };
        let earlier = BootTime { time: boot.time - hour, bias: 0_u64.wrapping_sub(hour) };
        assert_eq!(boot.as_id(), later.as_id());
        assert_eq!(boot.as_id(), earlier.as_id());
        assert_ne!(boot.as_id(), BootTime { time: boot.time + hour, bias: 0 }.as_id());
    }

    #[test]
    fn memory_in_use_is_part_of_all() {
        let (memory, commit) = memory();
        let (memory, commit) = (memory.get().expect("memory"), commit.get().expect("commit"));
        assert!(memory.used.0 > 0 && memory.used < memory.total, "{memory:?}");
        assert!(commit.used.0 > 0 && commit.used <= commit.total, "{commit:?}");
    }

    #[test]
    fn we_know_our_own_number_and_who_started_us() {
        let own_process = own_process();
        assert_eq!(own_process.pid, std::process::id());
        let mut child = waiting_child(&[]);
        let parents = processes::parents();
        let above: Vec<Pid> = std::iter::once(own_process.pid).chain(own_process.ancestors).collect();
        assert_eq!(ancestors(child.id(), &parents), above);
        child.kill().expect("ended");
        child.wait().expect("waited");
    }

    #[test]
    fn a_process_that_is_younger_than_its_child_is_not_its_parent() {
        let parents = HashMap::from([(40, (30, 400)), (30, (20, 300)), (20, (10, 500)), (10, (0, 100))]);
        assert_eq!(ancestors(40, &parents), [30]);
        let circle = HashMap::from([(40, (30, 400)), (30, (40, 400))]);
        assert_eq!(ancestors(40, &circle), [30]);
        assert!(ancestors(99, &circle).is_empty());
    }

    #[test]
    fn a_restart_is_pending_while_its_key_is_there() {
        let key = format!(r"HKLM\{}", RESTART_KEYS[0]);
        let reg = |words: &[&str]| Command::new("reg.exe").args(words).output().is_ok_and(|done| done.status.success());
        let before = pending_restart();
        assert!(before.get().is_some(), "every user may read these keys");
        // On Windows, users may not write them; under Wine everybody may.
        if before == Reading::Known(false) && reg(&["add", &key, "/f", "/reg:64"]) {
            let found = pending_restart();
            assert!(reg(&["delete", &key, "/f", "/reg:64"]));
            assert_eq!((found, pending_restart()), (Reading::Known(true), before));
        } else {
            assert!(!is_wine());
        }
    }
}
