//! Conditions that change rarely: updates, antivirus, and how the PC shuts down.

use super::ntdll::library_procedure;
use super::{at, pending_restart, registry};
use crate::model::{At, Condition, Protection, Reading, Why};

/// Key with the power option that makes shutting down keep the kernel (fast startup).
const POWER_KEY: &str = r"SYSTEM\CurrentControlSet\Control\Session Manager\Power";
/// `WSC_SECURITY_PROVIDER_ANTIVIRUS`.
const ANTIVIRUS: u32 = 4;

/// Key with every package that Windows servicing has installed or is about to install.
const PACKAGES_KEY: &str = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\Packages";
/// Prefix of update packages: `Package_for_RollupFix~…` is the monthly cumulative update; others are for .NET and for
/// servicing itself. Packages with other names came with Windows or are features added later.
const UPDATE: &str = "Package_for_";
/// `CbsInstallStateInstalled`, in the value `CurrentState`. Others wait for a restart (96) or were superseded (80).
const INSTALLED: u32 = 112;

/// `WscGetSecurityProviderHealth`.
type Health = unsafe extern "system" fn(u32, *mut i32) -> i32;

/// Reads the condition. The first call loads a library.
pub fn condition() -> Condition {
    Condition {
        restart_pending: pending_restart(),
        antivirus: antivirus(),
        updated_at: updated_at(PACKAGES_KEY),
        fast_startup: match registry::number(POWER_KEY, "HiberbootEnabled") {
            Some(value) => Reading::Known(value == 1),
            None => Reading::Missing(Why::Unsupported),
        },
        // Large pages belong to the process that asked for them.
        reserved_memory: Reading::Missing(Why::Unsupported),
        autostarts: super::autostart_list::autostarts(),
        // The running browsers are not known here; `sampler::Browsers` adds them.
        browsers: Reading::Missing(Why::NotYet),
        // Only the recording knows: `monitor::Baseline`.
        sudden_stop: None,
    }
}

/// When Windows last installed one of its updates: the newest `InstallTimeHigh`/`InstallTimeLow` (a FILETIME) of an
/// installed update package. Windows' own interface (`IAutomaticUpdatesResults`) asks a service that may be busy for
/// minutes; these keys are readable for every user within milliseconds. Not covered: updates of Office, drivers,
/// programs and virus definitions. On a new PC the date is that of its image.
fn updated_at(packages: &str) -> Reading<At> {
    let mut newest = None;
    let listed = registry::keys_below(packages, |name| {
        if name.starts_with(UPDATE) {
            newest = newest.max(install_time(&format!(r"{packages}\{name}")));
        }
    });
    match listed {
        Reading::Known(()) => Reading::from_option(newest.map(at), Why::Unsupported),
        Reading::Missing(why) => Reading::Missing(why),
    }
}

/// Install time of a package in 100 ns since 1601, if it is installed.
fn install_time(package: &str) -> Option<u64> {
    let number = |value| registry::number(package, value);
    if number("CurrentState")? != INSTALLED {
        return None;
    }
    let time = u64::from(number("InstallTimeHigh")?) << 32 | u64::from(number("InstallTimeLow")?);
    (time > 0).then_some(time)
}

/// Antivirus status as reported by the security centre, which servers and some editions lack.
#[expect(unsafe_code, reason = "calls a function looked up by name")]
fn antivirus() -> Reading<Protection> {
    let Some(procedure) = library_procedure("wscapi.dll", c"WscGetSecurityProviderHealth") else {
        return Reading::Missing(Why::Unsupported);
    };
    let mut health = -1;
    // SAFETY: the type is that of the documented function; the number is written.
    let status = unsafe {
        let ask: Health = std::mem::transmute(procedure);
        ask(ANTIVIRUS, &raw mut health)
    };
    // S_FALSE: the security centre's service is not running, so its answer is meaningless.
    if status != 0 {
        return Reading::Missing(Why::Unsupported);
    }
    match health {
        0 => Reading::Known(Protection::Good),
        1 => Reading::Known(Protection::Off),
        2 => Reading::Known(Protection::Poor),
        3 => Reading::Known(Protection::Paused),
        _ => Reading::Missing(Why::OutOfRange),
    }
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::super::tests::is_wine;
    use super::*;

    fn reg(arguments: &[&str]) -> bool {
        let run = Command::new("reg").args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status();
        run.is_ok_and(|status| status.success())
    }

    #[test]
    fn the_newest_installed_update_counts() {
        let key = format!(r"SOFTWARE\Mimamori test {}", std::process::id());
        let whole = format!(r"HKLM\{key}");
        // 2026-10-14 09:00 UTC plus `n` hours, in 100 ns since 1601.
        let hour = |n: u64| 134_364_420_000_000_000 + n * 36_000_000_000;
        for (name, state, time) in [
            ("Package_for_RollupFix~31bf3856ad364e35~amd64~~26100.1.1.1", 80, hour(0)),
            ("Package_for_RollupFix~31bf3856ad364e35~amd64~~26100.2.1.1", 112, hour(2)),
            ("Package_for_DotNetRollup_481~31bf3856ad364e35~amd64~~10.0.1.1", 112, hour(1)),
            ("Package_for_RollupFix~31bf3856ad364e35~amd64~~26100.3.1.1", 96, hour(3)),
            ("Microsoft-Windows-Foundation-Package~31bf3856ad364e35~amd64~~10.0.1.1", 112, hour(4)),
        ] {
            let values =
                [("CurrentState", state), ("InstallTimeHigh", time >> 32), ("InstallTimeLow", time & 0xFFFF_FFFF)];
            for (value, number) in values {
                let (key, number) = (format!(r"{whole}\{name}"), number.to_string());
                let written = reg(&["add", &key, "/v", value, "/t", "REG_DWORD", "/d", &number, "/f", "/reg:64"]);
                if !written {
                    // Everybody is an administrator under Wine, where the check runs.
                    assert!(!is_wine(), "the registry cannot be written");
                    eprintln!("skipped: only an administrator may write there");
                    return;
                }
            }
        }
        let found = updated_at(&key);
        assert!(reg(&["delete", &whole, "/f", "/reg:64"]));
        assert_eq!(found, Reading::Known(at(hour(2))));
        assert_eq!(updated_at(&key), Reading::Missing(Why::Unsupported), "no such key any more");
    }

    #[test]
    fn a_windows_without_these_keys_says_so() {
        let updated = updated_at(PACKAGES_KEY);
        if is_wine() {
            assert_eq!(updated, Reading::Missing(Why::Unsupported));
        } else {
            assert!(updated.known().is_some_and(|at| at.0 > 946_684_800_000), "a date of this century: {updated:?}");
        }
    }
}
