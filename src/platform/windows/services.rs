//! Windows services by process. Their processes are all called `svchost.exe`, with command lines that only
//! administrators can read; the list of services is readable for everybody.

use std::collections::HashMap;
use std::mem::offset_of;
use std::time::{SystemTime, UNIX_EPOCH};

use windows_sys::Win32::Foundation::{ERROR_MORE_DATA, GetLastError};
use windows_sys::Win32::System::Services::{
    CloseServiceHandle, ENUM_SERVICE_STATUS_PROCESSW, EnumServicesStatusExW, OpenSCManagerW, SC_ENUM_PROCESS_INFO,
    SC_HANDLE, SC_MANAGER_CONNECT, SC_MANAGER_ENUMERATE_SERVICE, SERVICE_ACTIVE, SERVICE_STATUS_PROCESS, SERVICE_WIN32,
};

use super::ntdll::{u32_at, usize_at};
use super::wide::text_of;
use crate::model::{Pid, ProcKey};

/// The program that hosts services without one of their own.
const HOST: &str = "svchost.exe";
/// Buffer size in bytes for one part of the answer; the call accepts at most 256 KiB.
const PART_BYTES: usize = 64 * 1024;
/// Longest name of a service, 256 characters (`CreateServiceW`), and its zero.
const NAME_UNITS: usize = 257;
/// Age up to which a process may not have been in the list when it was read: 30 seconds, in 100 ns.
const YOUNG_100NS: u64 = 300_000_000;
/// Time an answer is used: 5 minutes, in 100 ns. Services that share a process come and go.
const VALID_100NS: u64 = 3_000_000_000;
/// `SERVICE_USERSERVICE_INSTANCE`: one user's copy of a service, whose name ends in a number.
const OF_A_USER: u32 = 0x80;
/// Unix epoch in Windows time, which counts 100 ns from 1601.
const UNIX_EPOCH_100NS: u64 = 116_444_736_000_000_000;

/// Running services by process.
#[derive(Default)]
pub(super) struct Services {
    by_pid: HashMap<Pid, Vec<String>>,
    /// When they were read, in Windows time.
    read_at: u64,
}

impl Services {
    /// Names of the services in process `key` called `name`, sorted, those of a user without their number. Empty for
    /// other programs than [`HOST`] and when Windows does not answer. Re-reads the list when it is old or may not
    /// contain the process yet.
    pub(super) fn of(&mut self, key: ProcKey, name: &str) -> Vec<String> {
        if !name.eq_ignore_ascii_case(HOST) {
            return Vec::new();
        }
        let now = now();
        let young = key.start_time.saturating_add(YOUNG_100NS) >= self.read_at;
        // A clock that was set back cannot tell what is newer.
        if young || now < self.read_at || now - self.read_at >= VALID_100NS {
            (self.by_pid, self.read_at) = (running(), now);
        }
        self.by_pid.get(&key.pid).cloned().unwrap_or_default()
    }
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    UNIX_EPOCH_100NS.saturating_add((since.as_nanos() / 100).try_into().unwrap_or(u64::MAX))
}

/// A connection to the service manager, closed on drop.
struct Manager(SC_HANDLE);

impl Drop for Manager {
    #[expect(unsafe_code, reason = "closes a handle")]
    fn drop(&mut self) {
        // SAFETY: the handle is ours and is closed once.
        unsafe { CloseServiceHandle(self.0) };
    }
}

#[expect(unsafe_code, reason = "asks for the services that run")]
fn running() -> HashMap<Pid, Vec<String>> {
    let mut found: HashMap<Pid, Vec<String>> = HashMap::new();
    // SAFETY: no names are given: this PC, and its default database of services.
    let manager = unsafe {
        OpenSCManagerW(std::ptr::null(), std::ptr::null(), SC_MANAGER_CONNECT | SC_MANAGER_ENUMERATE_SERVICE)
    };
    if manager.is_null() {
        return found;
    }
    let manager = Manager(manager);
    let mut answer = vec![0_u64; PART_BYTES / size_of::<u64>()];
    let mut resume = 0;
    loop {
        let (mut needed, mut number) = (0, 0);
        // SAFETY: `answer` is writable for the given number of bytes; the three numbers are written.
        let done = unsafe {
            EnumServicesStatusExW(
                manager.0,
                SC_ENUM_PROCESS_INFO,
                SERVICE_WIN32,
                SERVICE_ACTIVE,
                answer.as_mut_ptr().cast(),
                PART_BYTES as u32,
                &raw mut needed,
                &raw mut number,
                &raw mut resume,
                std::ptr::null(),
            )
        };
        // SAFETY: reads the error of the previous call.
        let more = done == 0 && unsafe { GetLastError() } == ERROR_MORE_DATA && number > 0;
        if done != 0 || more {
            for (pid, name) in entries(&answer, number as usize) {
                found.entry(pid).or_default().push(name);
            }
        }
        if !more {
            break;
        }
    }
    found.values_mut().for_each(|names| names.sort_unstable());
    found
}

/// Processes and names of the first `number` services of an answer. The names lie behind them in the same memory.
fn entries(answer: &[u64], number: usize) -> impl Iterator<Item = (Pid, String)> {
    const SIZE: usize = size_of::<ENUM_SERVICE_STATUS_PROCESSW>();
    let bytes: Vec<u8> = answer.iter().flat_map(|word| word.to_le_bytes()).collect();
    let address = answer.as_ptr() as usize;
    let entry = move |index: usize| {
        let entry = bytes.get(index * SIZE..(index + 1) * SIZE)?;
        let status = offset_of!(ENUM_SERVICE_STATUS_PROCESSW, ServiceStatusProcess);
        let pid = u32_at(entry, status + offset_of!(SERVICE_STATUS_PROCESS, dwProcessId));
        let name = usize_at(entry, offset_of!(ENUM_SERVICE_STATUS_PROCESSW, lpServiceName)).checked_sub(address)?;
        let name = bytes.get(name..)?;
        let units: Vec<u16> =
            name.as_chunks::<2>().0.iter().take(NAME_UNITS).map(|unit| u16::from_le_bytes(*unit)).collect();
        let name = text_of(&units);
        let kind = u32_at(entry, status + offset_of!(SERVICE_STATUS_PROCESS, dwServiceType));
        let name = if kind & OF_A_USER != 0 { name.rsplit_once('_').map_or(&*name, |(own, _)| own) } else { &name };
        (pid != 0 && !name.is_empty()).then(|| (pid, name.to_owned()))
    };
    (0..number).filter_map(entry)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_are_reported_for_their_hosts_only() {
        let running = running();
        assert!(!running.is_empty(), "services run on every Windows");
        assert!(running.values().flatten().all(|name| !name.is_empty() && !name.contains('\0')), "{running:?}");
        let (pid, names) = running.iter().next().expect("one");
        let mut services = Services::default();
        let key = ProcKey { pid: *pid, start_time: 1 };
        assert_eq!(services.of(key, "SvcHost.exe"), *names);
        assert_eq!(services.of(key, "winlogon.exe"), [""; 0]);
        assert_eq!(services.of(ProcKey { pid: u32::MAX, start_time: 1 }, HOST), [""; 0]);
    }

    #[test]
    fn services_are_read_again_only_for_what_may_not_be_listed() {
        let mut services = Services::default();
        let key = |start_time| ProcKey { pid: u32::MAX, start_time };
        services.of(key(1), HOST);
        let mut old = |change: &dyn Fn(&mut Services), start_time| {
            services.by_pid.insert(u32::MAX, vec!["old".into()]);
            services.read_at = now();
            change(&mut services);
            !services.of(key(start_time), HOST).is_empty()
        };
        assert!(old(&|_| (), 1));
        assert!(!old(&|_| (), now()), "a number that is used again");
        assert!(!old(&|_| (), now() - YOUNG_100NS / 2), "perhaps not in the list yet");
        assert!(!old(&|services| services.read_at = u64::MAX, 1), "the clock was set back");
        assert!(!old(&|services| services.read_at = now() - VALID_100NS, 1), "services come and go");
    }

    #[test]
    fn an_answer_that_points_elsewhere_is_not_followed() {
        let mut answer = vec![0_u64; 32];
        let status = offset_of!(ENUM_SERVICE_STATUS_PROCESSW, ServiceStatusProcess);
        let pid = status + offset_of!(SERVICE_STATUS_PROCESS, dwProcessId);
        answer[pid / 8] |= 7 << (8 * (pid % 8));
        for place in [0, 1, usize::MAX, answer.as_ptr() as usize + 8 * answer.len()] {
            answer[0] = place as u64;
            assert_eq!(entries(&answer, 1).count(), 0, "{place}");
        }
        // "a_1", and the type of the service.
        answer[20] = 0x31_005f_0061;
        answer[0] = answer.as_ptr() as u64 + 160;
        assert_eq!(entries(&answer, 1).collect::<Vec<_>>(), [(7, "a_1".to_owned())]);
        let kind = status + offset_of!(SERVICE_STATUS_PROCESS, dwServiceType);
        answer[kind / 8] |= u64::from(0x20 | OF_A_USER) << (8 * (kind % 8));
        assert_eq!(entries(&answer, 1).collect::<Vec<_>>(), [(7, "a".to_owned())], "of a user");
        assert_eq!(entries(&answer, 1000).filter(|(pid, _)| *pid == 7).count(), 1);
    }
}
