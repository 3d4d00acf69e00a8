//! What changes seldom: updates, protection, and how the PC is shut down.

use super::ntdll::library_procedure;
use super::{pending_restart, registry};
use crate::model::{Condition, Protection, Reading, Why};

/// Whether shutting down keeps the kernel: the switch in Windows' power options.
const POWER_KEY: &str = r"SYSTEM\CurrentControlSet\Control\Session Manager\Power";
/// `WSC_SECURITY_PROVIDER_ANTIVIRUS`.
const ANTIVIRUS: u32 = 4;

/// `WscGetSecurityProviderHealth`.
type Health = unsafe extern "system" fn(u32, *mut i32) -> i32;

/// Reads it. The first call loads a library.
pub fn condition() -> Condition {
    Condition {
        restart_pending: pending_restart(),
        antivirus: antivirus(),
        // Windows tells only through COM and a service that may be busy for minutes.
        updated_at: Reading::Missing(Why::Unsupported),
        fast_startup: match registry::number(POWER_KEY, "HiberbootEnabled") {
            Some(value) => Reading::Known(value == 1),
            None => Reading::Missing(Why::Unsupported),
        },
        autostarts: Reading::Missing(Why::Unsupported),
    }
}

/// The security centre's answer. Servers and some editions have none.
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
    // S_FALSE: the service of the security centre does not run; its answer means nothing then.
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
