//! What Windows tells about clock and power without administrator rights or a driver. It has no such way for
//! temperatures and fans: WMI's thermal zones need an administrator, and drivers that read the chips are
//! quarantined by security software.

use windows_sys::Win32::System::Power::{
    CallNtPowerInformation, GetSystemPowerStatus, PROCESSOR_POWER_INFORMATION, ProcessorInformation,
    SYSTEM_POWER_STATUS,
};
use windows_sys::Win32::System::SystemInformation::GetTickCount64;

use super::cpu_count;
use crate::model::{Hertz, Power, Reading, Seconds, Why};
use crate::platform::types::SensorValues;

/// `ACLineStatus`: neither plugged in nor not.
const AC_UNKNOWN: u8 = 255;
/// `BatteryFlag`: no battery, and not known.
const NO_BATTERY: u8 = 128;

/// Asks Windows each time; there is nothing to look for first.
#[derive(Default)]
pub struct Sensors;

impl Sensors {
    /// Nothing to find.
    pub fn new() -> Self {
        Self
    }

    /// Reads what there is.
    pub fn read(&mut self) -> SensorValues {
        SensorValues {
            frequency: frequencies().map(|clocks| clocks.mean),
            temperature: Reading::Missing(Why::NoSensor),
            fan: Reading::Missing(Why::NoSensor),
            throttle_events: Reading::Missing(Why::Unsupported),
            pressure: Reading::Missing(Why::Unsupported),
            // Takes too long for here: see `GpuTotal`.
            gpu: Reading::Missing(Why::Unsupported),
            disk_busy: Reading::Missing(Why::Unsupported),
            power: power(),
            uptime: uptime(),
        }
    }
}

/// Clocks of all processors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Frequencies {
    /// Mean of now.
    pub(super) mean: Hertz,
    /// The highest that one may have.
    pub(super) max: Hertz,
}

/// Asks for the clocks. Virtual machines may give 0, which is no clock.
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
    power_of(&status)
}

fn power_of(status: &SYSTEM_POWER_STATUS) -> Reading<Power> {
    if status.ACLineStatus == AC_UNKNOWN && status.BatteryFlag & NO_BATTERY != 0 {
        return Reading::Missing(Why::NoSensor);
    }
    Reading::Known(Power { on_battery: status.ACLineStatus == 0, saver: status.SystemStatusFlag == 1 })
}

/// Goes on through "shut down" with fast startup, and through sleep: both are no restart of Windows.
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
        assert_eq!(power_of(&status(1, 128, 0)), known(false, false));
        assert_eq!(power_of(&status(1, 8, 0)), known(false, false));
        assert_eq!(power_of(&status(0, 1, 1)), known(true, true));
        assert_eq!(power_of(&status(255, 128, 0)), Reading::Missing(Why::NoSensor));
        assert_eq!(power_of(&status(255, 255, 0)), Reading::Missing(Why::NoSensor));
    }

    #[test]
    fn clocks_that_are_zero_are_no_clocks() {
        let cpu = |now, max| PROCESSOR_POWER_INFORMATION { CurrentMhz: now, MaxMhz: max, ..Default::default() };
        assert_eq!(mean_and_max(&[cpu(0, 0)]), Reading::Missing(Why::NoSensor));
        let both = Frequencies { mean: Hertz(1_500_000_000), max: Hertz(3_000_000_000) };
        assert_eq!(mean_and_max(&[cpu(1000, 3000), cpu(2000, 3000), cpu(0, 0)]), Reading::Known(both));
    }

    #[test]
    fn this_pc_has_been_on_for_a_while() {
        let values = Sensors::new().read();
        assert!(values.uptime.get().is_some_and(|uptime| uptime.0 > 1.0));
        assert_eq!(values.temperature, Reading::Missing(Why::NoSensor));
    }
}
