//! Sensors from `/sys` and `/proc/pressure`. Needs no root, no driver, no daemon.

use std::collections::HashMap;
use std::fs;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use super::read_line;
use crate::model::{Celsius, Fraction, Hertz, Power, Pressure, Reading, Rpm, Seconds, Why};
use crate::platform::types::SensorValues;

/// Drivers whose temperatures are measured in the processor.
const CPU_DRIVERS: [&str; 4] = ["coretemp", "k10temp", "zenpower", "cpu_thermal"];
/// Drivers whose temperatures are of the whole PC, or of places in it, where the processor has no sensor. Others (disks,
/// Wi-Fi) do not show its heat.
const PC_DRIVERS: [&str; 4] = ["acpitz", "thinkpad", "dell_smm", "asus"];

/// Drivers of GPUs. Their fans follow the card's own heat: one stands still while the card is idle, another spins
/// whatever the PC does, so neither shows how the PC is cooled.
const GRAPHICS_DRIVERS: [&str; 8] = ["amdgpu", "radeon", "nouveau", "nvidia", "nvidia_gpu", "i915", "xe", "nova"];

/// Clocks of a processor, in kHz: the fastest overclocked one ran at 9 GHz.
const KILOHERTZ: RangeInclusive<i64> = 1..=20_000_000;

/// Sensor files of this PC: searched once, read every tick.
pub struct Sensors {
    temperatures: Vec<PathBuf>,
    fans: Vec<PathBuf>,
    frequencies: Vec<PathBuf>,
    throttle: Vec<PathBuf>,
    gpus: Vec<PathBuf>,
    supplies: Vec<PathBuf>,
}

impl Sensors {
    /// Searches for sensors.
    pub fn new() -> Self {
        Self::below(Path::new("/sys"))
    }

    /// Searches in a folder that stands for `/sys`.
    pub(super) fn below(root: &Path) -> Self {
        let (mut temperatures, mut of_pc, mut fans) = (Vec::new(), Vec::new(), Vec::new());
        for monitor in children(&root.join("class/hwmon")) {
            let driver = fs::read_to_string(monitor.join("name")).unwrap_or_default();
            let of_cpu = CPU_DRIVERS.contains(&driver.trim());
            let is_whole = PC_DRIVERS.contains(&driver.trim());
            // "Tctl" is a figure for controlling fans, with an offset of up to 27 degrees. Where the processor also
            // says its true temperature, as "Tdie", that counts. Source: kernel documentation, hwmon/k10temp.
            let labels = labels(&monitor);
            let has_die = labels.values().any(|label| label == "Tdie");
            let of_graphics = GRAPHICS_DRIVERS.contains(&driver.trim());
            for file in children(&monitor) {
                let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
                let is_control = has_die && labels.get(&name).is_some_and(|label| label == "Tctl");
                if (of_cpu || is_whole) && name.starts_with("temp") && name.ends_with("_input") && !is_control {
                    if of_cpu { &mut temperatures } else { &mut of_pc }.push(file);
                } else if !of_graphics && name.starts_with("fan") && name.ends_with("_input") {
                    fans.push(file);
                }
            }
        }
        if temperatures.is_empty() {
            temperatures = of_pc;
        }
        if temperatures.is_empty() {
            temperatures = children(&root.join("class/thermal"))
                .into_iter()
                .filter(|zone| {
                    let kind = fs::read_to_string(zone.join("type")).unwrap_or_default();
                    ["x86_pkg_temp", "acpitz", "cpu-thermal", "cpu_thermal"].contains(&kind.trim())
                })
                .map(|zone| zone.join("temp"))
                .filter(|file| file.exists())
                .collect();
        }
        let cpus = children(&root.join("devices/system/cpu"));
        let of_each_cpu =
            |file: &str| cpus.iter().map(|cpu| cpu.join(file)).filter(|path| path.exists()).collect::<Vec<_>>();
        Self {
            temperatures,
            fans,
            frequencies: of_each_cpu("cpufreq/scaling_cur_freq"),
            throttle: of_each_cpu("thermal_throttle/package_throttle_count"),
            gpus: children(&root.join("class/drm"))
                .into_iter()
                .map(|card| card.join("device/gpu_busy_percent"))
                .filter(|path| path.exists())
                .collect(),
            supplies: children(&root.join("class/power_supply")),
        }
    }

    /// Reads all sensors.
    pub fn read(&mut self) -> SensorValues {
        SensorValues {
            frequency: self.frequency(),
            temperatures: self
                .temperatures
                .iter()
                .map(|path| value(path).map(|milli| Celsius(milli / 1000.0)))
                .collect(),
            fans: self
                .fans
                .iter()
                .map(|path| within(path, 0..=i64::from(u32::MAX)).map(|rpm| Rpm(rpm as u32)))
                .collect(),
            throttle_events: greatest(&self.throttle),
            pressure: pressure(),
            gpus: self
                .gpus
                .iter()
                .map(|path| within(path, 0..=100).map(|percent| Fraction::new(percent as f64 / 100.0)))
                .collect(),
            power: self.power(),
            uptime: uptime(),
        }
    }

    fn frequency(&self) -> Reading<Hertz> {
        let clocks: Vec<Reading<i64>> = self.frequencies.iter().map(|path| within(path, KILOHERTZ)).collect();
        let known: Vec<u64> = clocks.iter().filter_map(Reading::get).map(i64::unsigned_abs).collect();
        match (known.len() as u64, clocks.iter().find_map(Reading::why)) {
            (0, Some(Why::OutOfRange)) => Reading::Missing(Why::OutOfRange),
            (0, _) => Reading::from_option(frequency_of_cpuinfo(), Why::NoSensor),
            (count, _) => Reading::Known(Hertz(known.iter().sum::<u64>() / count * 1000)),
        }
    }

    fn power(&self) -> Reading<Power> {
        let text = |path: &Path| fs::read_to_string(path).map(|text| text.trim().to_owned()).ok();
        let profile = text(Path::new("/sys/firmware/acpi/platform_profile"));
        let of_kind = |kind: &str| {
            self.supplies
                .iter()
                .filter(|supply| {
                    // Batteries of mice and the like have the scope "Device".
                    text(&supply.join("type")).as_deref() == Some(kind)
                        && text(&supply.join("scope")).as_deref() != Some("Device")
                })
                .collect::<Vec<_>>()
        };
        let (mains, batteries) = (of_kind("Mains"), of_kind("Battery"));
        if mains.is_empty() && batteries.is_empty() && profile.is_none() {
            return Reading::Missing(Why::NoSensor);
        }
        let plugged = mains.iter().any(|supply| number(&supply.join("online")) == Some(1));
        let draining = batteries.iter().any(|battery| text(&battery.join("status")).as_deref() == Some("Discharging"));
        Reading::Known(Power {
            on_battery: draining && !plugged,
            saver: profile.as_deref().is_some_and(|profile| profile == "low-power" || profile == "quiet"),
        })
    }
}

impl Default for Sensors {
    fn default() -> Self {
        Self::new()
    }
}

fn children(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder).map(|entries| entries.flatten().map(|entry| entry.path()).collect()).unwrap_or_default();
    paths.sort();
    paths
}

/// The labels of a monitor's temperatures, by the name of the file with the value.
fn labels(monitor: &Path) -> HashMap<String, String> {
    let label = |file: PathBuf| {
        let name = file.file_name()?.to_str()?.strip_suffix("_label")?.to_owned() + "_input";
        Some((name, fs::read_to_string(&file).ok()?.trim().to_owned()))
    };
    children(monitor).into_iter().filter_map(label).collect()
}

/// A value; a file that cannot be read is a sensor that does not answer.
fn value(path: &Path) -> Reading<f64> {
    Reading::from_option(number(path).map(|number| number as f64), Why::Stale)
}

/// A value that is impossible outside of `bounds`.
fn within(path: &Path, bounds: RangeInclusive<i64>) -> Reading<i64> {
    match number(path) {
        Some(number) if !bounds.contains(&number) => Reading::Missing(Why::OutOfRange),
        number => Reading::from_option(number, Why::Stale),
    }
}

fn number(path: &Path) -> Option<i64> {
    fs::read_to_string(path).ok()?.trim().parse().ok()
}

/// Greatest count in `files`: without files there is no sensor; files that cannot be read are stale.
fn greatest(files: &[PathBuf]) -> Reading<u64> {
    if files.is_empty() {
        return Reading::Missing(Why::NoSensor);
    }
    Reading::from_option(files.iter().filter_map(|path| u64::try_from(number(path)?).ok()).max(), Why::Stale)
}

/// Fallback for virtual machines, which have no frequency driver: the kernel's own estimate.
fn frequency_of_cpuinfo() -> Option<Hertz> {
    let text = fs::read_to_string("/proc/cpuinfo").ok()?;
    let clocks: Vec<f64> = text
        .lines()
        .filter(|line| line.starts_with("cpu MHz"))
        .filter_map(|line| line.split(':').nth(1)?.trim().parse().ok())
        .filter(|mhz: &f64| KILOHERTZ.contains(&((mhz * 1000.0) as i64)))
        .collect();
    let count = clocks.len();
    (count > 0).then(|| Hertz((clocks.iter().sum::<f64>() / count as f64 * 1e6) as u64))
}

fn uptime() -> Reading<Seconds> {
    match read_line(Path::new("/proc/uptime")) {
        Reading::Known(text) => {
            let seconds = text.split(' ').next().and_then(|number| number.parse().ok());
            Reading::from_option(seconds.map(Seconds), Why::OutOfRange)
        }
        Reading::Missing(why) => Reading::Missing(why),
    }
}

fn pressure() -> Reading<Pressure> {
    let some = |file: &str| match fs::read_to_string(format!("/proc/pressure/{file}")) {
        Ok(text) => Reading::from_option(parse_pressure(&text), Why::OutOfRange),
        Err(error) => error.into(),
    };
    match (some("cpu"), some("memory"), some("io")) {
        (Reading::Known(cpu), Reading::Known(memory), Reading::Known(io)) => {
            Reading::Known(Pressure { cpu, memory, io })
        }
        (Reading::Missing(why), ..) | (_, Reading::Missing(why), _) | (.., Reading::Missing(why)) => {
            // Without psi=1 at boot the files exist, but reading fails with EOPNOTSUPP.
            Reading::Missing(if matches!(why, Why::NoSensor | Why::Stale) { Why::Unsupported } else { why })
        }
    }
}

/// Parses `some avg10=1.23 avg60=…`, the first line: the share over the last ten seconds.
fn parse_pressure(text: &str) -> Option<Fraction> {
    let line = text.lines().find(|line| line.starts_with("some "))?;
    let value = line.split(' ').find_map(|field| field.strip_prefix("avg10="))?;
    value.parse::<f64>().ok().map(|percent| Fraction::new(percent / 100.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pressure_is_a_share_of_ten_seconds() {
        let text = "some avg10=12.50 avg60=1.00 avg300=0.00 total=5\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n";
        assert_eq!(parse_pressure(text), Some(Fraction::new(0.125)));
        assert_eq!(parse_pressure("nothing"), None);
    }

    /// Files below a folder that stands for `/sys`.
    struct Sys(tempfile::TempDir);

    impl Sys {
        fn new(files: &[(&str, &str)]) -> Self {
            let root = tempfile::tempdir().expect("folder");
            for (path, text) in files {
                let path = root.path().join(path);
                fs::create_dir_all(path.parent().expect("parent")).expect("folders");
                fs::write(path, format!("{text}\n")).expect("file");
            }
            Self(root)
        }

        fn read(&self) -> SensorValues {
            Sensors::below(self.0.path()).read()
        }
    }

    fn celsius(values: &SensorValues) -> Vec<f64> {
        values.temperatures.iter().filter_map(Reading::get).map(|celsius| celsius.0).collect()
    }

    #[test]
    fn sensors_are_found_and_read_as_they_are() {
        let values = Sys::new(&[
            ("class/hwmon/hwmon0/name", "nvme"),
            ("class/hwmon/hwmon0/temp1_input", "99000"),
            ("class/hwmon/hwmon1/name", "coretemp"),
            ("class/hwmon/hwmon1/temp1_input", "61000"),
            ("class/hwmon/hwmon1/temp2_input", "64500"),
            ("class/hwmon/hwmon1/fan1_input", "2300"),
            ("class/drm/card0/device/gpu_busy_percent", "37"),
        ])
        .read();
        assert_eq!(celsius(&values), [61.0, 64.5]);
        assert_eq!(values.fans, [Reading::Known(Rpm(2300))]);
        assert_eq!(values.gpus, [Reading::Known(Fraction::new(0.37))]);
        assert_eq!(values.throttle_events, Reading::Missing(Why::NoSensor));
    }

    #[test]
    fn a_figure_for_fans_is_no_temperature_where_there_is_a_true_one() {
        let files = [
            ("class/hwmon/hwmon2/name", "k10temp"),
            ("class/hwmon/hwmon2/temp1_input", "91250"),
            ("class/hwmon/hwmon2/temp1_label", "Tctl"),
            ("class/hwmon/hwmon2/temp2_input", "64250"),
            ("class/hwmon/hwmon2/temp2_label", "Tdie"),
        ];
        assert_eq!(celsius(&Sys::new(&files).read()), [64.25]);
        // Without an offset there is only the one.
        assert_eq!(celsius(&Sys::new(&files[..3]).read()), [91.25]);
    }

    #[test]
    fn the_processor_counts_more_than_places_of_the_pc() {
        let files = [
            ("class/hwmon/hwmon0/name", "acpitz"),
            ("class/hwmon/hwmon0/temp1_input", "97000"),
            ("class/hwmon/hwmon1/name", "coretemp"),
            ("class/hwmon/hwmon1/temp1_input", "48000"),
        ];
        assert_eq!(celsius(&Sys::new(&files).read()), [48.0]);
        assert_eq!(celsius(&Sys::new(&files[..2]).read()), [97.0]);
    }

    #[test]
    fn the_fan_of_a_graphics_card_is_not_that_of_the_pc() {
        let of_cards: Vec<(String, &str)> = ["amdgpu", "nouveau", "xe"]
            .into_iter()
            .enumerate()
            .flat_map(|(index, driver)| {
                let file = |name: &str| format!("class/hwmon/hwmon{index}/{name}");
                [(file("name"), driver), (file("fan1_input"), "3300")]
            })
            .collect();
        let mut files: Vec<(&str, &str)> = of_cards.iter().map(|(path, text)| (path.as_str(), *text)).collect();
        assert_eq!(Sys::new(&files).read().fans, []);
        files.extend([("class/hwmon/hwmon9/name", "nct6798"), ("class/hwmon/hwmon9/fan2_input", "900")]);
        assert_eq!(Sys::new(&files).read().fans, [Reading::Known(Rpm(900))]);
    }

    #[test]
    fn impossible_values_are_no_values() {
        let values = Sys::new(&[
            ("class/hwmon/hwmon0/name", "nct6798"),
            ("class/hwmon/hwmon0/fan1_input", "-1"),
            ("class/hwmon/hwmon0/fan2_input", "9000000000"),
            ("class/drm/card0/device/gpu_busy_percent", "255"),
            ("class/drm/card1/device/gpu_busy_percent", "-1"),
            ("devices/system/cpu/cpu0/cpufreq/scaling_cur_freq", "9223372036854775807"),
            ("devices/system/cpu/cpu1/cpufreq/scaling_cur_freq", "0"),
            ("devices/system/cpu/cpu0/thermal_throttle/package_throttle_count", "-3"),
        ])
        .read();
        assert_eq!(values.fans, [Reading::Missing(Why::OutOfRange); 2]);
        assert_eq!(values.gpus, [Reading::Missing(Why::OutOfRange); 2]);
        assert_eq!(values.frequency, Reading::Missing(Why::OutOfRange));
        assert_eq!(values.throttle_events, Reading::Missing(Why::Stale));
        let one = Sys::new(&[
            ("devices/system/cpu/cpu0/cpufreq/scaling_cur_freq", "9223372036854775807"),
            ("devices/system/cpu/cpu1/cpufreq/scaling_cur_freq", "2400000"),
        ]);
        assert_eq!(one.read().frequency, Reading::Known(Hertz(2_400_000_000)));
    }

    #[test]
    fn a_pc_without_sensors_has_none() {
        let values = Sys::new(&[]).read();
        assert!(values.temperatures.is_empty() && values.fans.is_empty() && values.gpus.is_empty());
    }
}
