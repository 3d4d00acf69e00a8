//! Clock frequency and power state, as far as Windows reports them without administrator rights or a driver.
//! Temperatures and fans are not available that way: WMI's thermal zones need an administrator, and drivers that read
//! the chips are quarantined by security software.

use windows_sys::Win32::System::Power::{
    CallNtPowerInformation, GetSystemPowerStatus, PROCESSOR_POWER_INFORMATION, ProcessorInformation,
    SYSTEM_POWER_STATUS,
};
use windows_sys::Win32::System::SystemInformation::GetTickCount64;

use super::{cpu_count, registry};
use crate::model::{Hertz, Power, Reading, Seconds, Why};
use crate::platform::types::SensorValues;

/// `ACLineStatus`: unknown.
const AC_UNKNOWN: u8 = 255;
/// `BatteryFlag`: no battery, or unknown.
const NO_BATTERY: u8 = 128;

/// Key with the chosen power plan and power mode, for all users and readable by each.
const SCHEMES: &str = r"SYSTEM\CurrentControlSet\Control\Power\User\PowerSchemes";
/// The plan "Power saver" (`GUID_MAX_POWER_SAVINGS`).
const POWER_SAVER: &str = "a1841308-3541-4fab-bc81-f71556f20b4a";
/// The mode "Best power efficiency" (`GUID_POWER_MODE_BEST_EFFICIENCY`).
const BEST_EFFICIENCY: &str = "961cc777-2547-4f9d-8174-7d86181b8a7a";

/// Reads the sensors; Windows needs no search for them.
#[derive(Default)]
pub struct Sensors;

impl Sensors {
    /// Creates the reader.
    pub fn new() -> Self {
        Self
    }

    /// Reads all sensors.
    pub fn read(&mut self) -> SensorValues {
        SensorValues {
            frequency: frequencies().map(|clocks| clocks.mean),
            temperatures: Vec::new(),
            fans: Vec::new(),
            throttle_events: Reading::Missing(Why::Unsupported),
            pressure: Reading::Missing(Why::Unsupported),
            // Too slow for here: see `GpuTotal`.
            gpus: Vec::new(),
            power: power(),
            uptime: uptime(),
        }
    }
}

/// Clock frequencies over all processors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Frequencies {
    /// Mean of the current ones.
    pub(super) mean: Hertz,
    /// Highest maximum of any processor.
    pub(super) max: Hertz,
}

/// Reads the clock frequencies. A virtual machine may report 0, which counts as unknown.
#[expect(unsafe_code, reason = "fills an array")]
pub(super) fn frequencies() -> Reading<Frequencies> {
    let mut list = vec![PROCESSOR_POWER_INFORMATION::default(); cpu_count() as usize];
    let room = size_of_val(list.as_slice()) as u32;
    // SAFETY: no input; `list` is writable for `room` bytes and any bytes are a valid entry.
    let status =
        unsafe { CallNtPowerInformation(ProcessorInformation, std::ptr::null(), 0, list.as_mut_ptr().cast(), room) };
    if status == 0 { mean_and_max(&list) } else { Reading::Missing(Why::Unsupported) }
}

fn mean_and_max(list: &[PROCESSOR_POWER_INFORMATION]) -> Reading<Frequencies> {
    let known: Vec<_> = list.iter().filter(|cpu| cpu.CurrentMhz > 0).collect();
    let sum: u64 = known.iter().map(|cpu| u64::from(cpu.CurrentMhz)).sum();
    let max = known.iter().map(|cpu| cpu.MaxMhz.max(cpu.CurrentMhz)).max();
    let clocks = max.map(|max| Frequencies {
        mean: Hertz(sum * 1_000_000 / known.len() as u64),
        max: Hertz(u64::from(max) * 1_000_000),
    });
    Reading::from_option(clocks, Why::NoSensor)
}

#[expect(unsafe_code, reason = "fills a structure")]
fn power() -> Reading<Power> {
    let mut status = SYSTEM_POWER_STATUS::default();
    // SAFETY: the structure is writable.
    if unsafe { GetSystemPowerStatus(&raw mut status) } == 0 {
        return Reading::Missing(Why::Unsupported);
    }
    let chosen = |value| registry::text(SCHEMES, value);
    let modes = Modes { plan: chosen("ActivePowerScheme"), on_mains: chosen("ActiveOverlayAcPowerScheme") };
    power_of(&status, &modes)
}

/// Choices in the settings of Windows; `None` where nothing is chosen.
struct Modes {
    plan: Option<String>,
    /// Power mode while plugged in. The one on battery is ignored: it saves power by default on many PCs and deserves
    /// no finding; there the battery saver and the actual clock frequency count.
    on_mains: Option<String>,
}

fn power_of(status: &SYSTEM_POWER_STATUS, modes: &Modes) -> Reading<Power> {
    let is = |chosen: &Option<String>, wanted: &str| {
        chosen.as_deref().is_some_and(|chosen| chosen.trim_matches(['{', '}']).eq_ignore_ascii_case(wanted))
    };
    let on_battery = status.ACLineStatus == 0;
    let is_chosen = is(&modes.plan, POWER_SAVER) || !on_battery && is(&modes.on_mains, BEST_EFFICIENCY);
    // A PC without a battery can be set to save power, too.
    if status.ACLineStatus == AC_UNKNOWN && status.BatteryFlag & NO_BATTERY != 0 && !is_chosen {
        return Reading::Missing(Why::NoSensor);
    }
    Reading::Known(Power { on_battery, saver: status.SystemStatusFlag == 1 || is_chosen })
}

/// Time since boot. "Shut down" with fast startup and suspends do not reset it: neither restarts Windows.
#[expect(unsafe_code, reason = "asks for a number")]
fn uptime() -> Reading<Seconds> {
    // SAFETY: takes nothing.
    let milliseconds = unsafe { GetTickCount64() };
    Reading::Known(Seconds(milliseconds as f64 / 1000.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(ac: u8, battery: u8, saver: u8) -> SYSTEM_POWER_STATUS {
        SYSTEM_POWER_STATUS { ACLineStatus: ac, BatteryFlag: battery, SystemStatusFlag: saver, ..Default::default() }
    }

    #[test]
    fn power_is_told_apart() {
        let known = |on_battery, saver| Reading::Known(Power { on_battery, saver });
        let power_of = |status: &SYSTEM_POWER_STATUS| power_of(status, &Modes { plan: None, on_mains: None });
        assert_eq!(power_of(&status(1, 128, 0)), known(false, false));
        assert_eq!(power_of(&status(1, 8, 0)), known(false, false));
        assert_eq!(power_of(&status(0, 1, 1)), known(true, true));
        assert_eq!(power_of(&status(255, 128, 0)), Reading::Missing(Why::NoSensor));
        assert_eq!(power_of(&status(255, 255, 0)), Reading::Missing(Why::NoSensor));
    }

    #[test]
    fn a_plan_and_a_mode_that_save_power_are_known() {
        let known = |on_battery, saver| Reading::Known(Power { on_battery, saver });
        let modes = |plan: &str, on_mains: &str| Modes { plan: Some(plan.into()), on_mains: Some(on_mains.into()) };
        let balanced = "381b4222-f694-41f0-9685-ff5bb260df2e";
        let none = "00000000-0000-0000-0000-000000000000";
        assert_eq!(power_of(&status(1, 8, 0), &modes(balanced, none)), known(false, false));
        assert_eq!(power_of(&status(1, 8, 0), &modes(POWER_SAVER, "")), known(false, true));
        let upper = BEST_EFFICIENCY.to_uppercase();
        assert_eq!(power_of(&status(1, 8, 0), &modes(balanced, &format!("{{{upper}}}"))), known(false, true));
        assert_eq!(power_of(&status(0, 1, 0), &modes(balanced, BEST_EFFICIENCY)), known(true, false), "not plugged in");
        assert_eq!(power_of(&status(255, 128, 0), &modes(balanced, BEST_EFFICIENCY)), known(false, true), "no battery");
    }

    #[test]
    fn clocks_that_are_zero_are_no_clocks() {
        let cpu = |now, max| PROCESSOR_POWER_INFORMATION { CurrentMhz: now, MaxMhz: max, ..Default::default() };
        assert_eq!(mean_and_max(&[cpu(0, 0)]), Reading::Missing(Why::NoSensor));
        let frequencies = Frequencies { mean: Hertz(1_500_000_000), max: Hertz(3_000_000_000) };
        assert_eq!(mean_and_max(&[cpu(1000, 3000), cpu(2000, 3000), cpu(0, 0)]), Reading::Known(frequencies));
    }

    #[test]
    fn this_pc_has_been_on_for_a_while() {
        let values = Sensors::new().read();
        assert!(values.uptime.get().is_some_and(|uptime| uptime.0 > 1.0));
        assert!(values.temperatures.is_empty());
    }
}
