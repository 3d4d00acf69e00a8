//! Sensors from `/sys` and `/proc/pressure`. Needs no root, no driver, no daemon.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::read_line;
use crate::model::{Celsius, Fraction, Hertz, Power, Pressure, Reading, Rpm, Seconds, Why};
use crate::platform::types::SensorValues;

/// Drivers whose temperatures are of the processor or the whole PC; others (disks, Wi-Fi) do not show its heat.
const CPU_DRIVERS: [&str; 8] =
    ["coretemp", "k10temp", "zenpower", "acpitz", "cpu_thermal", "thinkpad", "dell_smm", "asus"];

/// Drivers of GPUs. Their fans follow the card's own heat: one stands still while the card is idle, another spins
/// whatever the PC does, so neither shows how the PC is cooled.
const GRAPHICS_DRIVERS: [&str; 8] = ["amdgpu", "radeon", "nouveau", "nvidia", "nvidia_gpu", "i915", "xe", "nova"];

/// Sensor files of this PC: searched once, read every tick.
pub struct Sensors {
    temperatures: Vec<PathBuf>,
    fans: Vec<PathBuf>,
    frequencies: Vec<PathBuf>,
    throttle: Vec<PathBuf>,
    gpus: Vec<PathBuf>,
    supplies: Vec<PathBuf>,
    disks: Option<DiskTimes>,
}

/// Accumulated busy time of each disk, in milliseconds.
struct DiskTimes {
    at: Instant,
    busy: HashMap<String, u64>,
}

impl Sensors {
    /// Searches for sensors.
    pub fn new() -> Self {
        Self::below(Path::new("/sys"))
    }

    fn below(root: &Path) -> Self {
        let mut temperatures = Vec::new();
        let mut fans = Vec::new();
        for monitor in children(&root.join("class/hwmon")) {
            let driver = fs::read_to_string(monitor.join("name")).unwrap_or_default();
            let of_cpu = CPU_DRIVERS.contains(&driver.trim());
            let of_graphics = GRAPHICS_DRIVERS.contains(&driver.trim());
            for file in children(&monitor) {
                let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
                if of_cpu && name.starts_with("temp") && name.ends_with("_input") {
                    temperatures.push(file);
                } else if !of_graphics && name.starts_with("fan") && name.ends_with("_input") {
                    fans.push(file);
                }
            }
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
            disks: None,
        }
    }

    /// Reads all sensors.
    pub fn read(&mut self) -> SensorValues {
        SensorValues {
            frequency: self.frequency(),
            temperature: greatest(&self.temperatures).map(|milli| Celsius(milli as f64 / 1000.0)),
            fan: greatest(&self.fans).map(|rpm| Rpm(rpm.max(0) as u32)),
            throttle_events: greatest(&self.throttle).map(|count| count.max(0) as u64),
            pressure: pressure(),
            gpu: greatest(&self.gpus).map(|percent| Fraction::new(percent as f64 / 100.0)),
            disk_busy: self.disk_busy(),
            power: self.power(),
            uptime: uptime(),
        }
    }

    /// Partitions, loop devices and stacked devices are skipped: their time counts with the disks below them.
    fn disk_busy(&mut self) -> Reading<Fraction> {
        let text = match fs::read_to_string("/proc/diskstats") {
            Ok(text) => text,
            Err(error) => return error.into(),
        };
        let is_disk = |name: &str| Path::new("/sys/block").join(name).join("device").exists();
        let now = DiskTimes { at: Instant::now(), busy: parse_disk_times(&text, is_disk) };
        if now.busy.is_empty() {
            return Reading::Missing(Why::NoSensor);
        }
        let share = self.disks.as_ref().and_then(|last| busiest(&last.busy, &now.busy, now.at - last.at));
        self.disks = Some(now);
        Reading::from_option(share, Why::NotYet)
    }

    fn frequency(&self) -> Reading<Hertz> {
        let known: Vec<i64> = self.frequencies.iter().filter_map(|path| number(path)).collect();
        if known.is_empty() {
            return Reading::from_option(frequency_of_cpuinfo(), Why::NoSensor);
        }
        Reading::Known(Hertz(
            known.iter().map(|khz| khz.max(&0).unsigned_abs()).sum::<u64>() / known.len() as u64 * 1000,
        ))
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

fn number(path: &Path) -> Option<i64> {
    fs::read_to_string(path).ok()?.trim().parse().ok()
}

/// Greatest number in `files`: without files there is no sensor; files that cannot be read are stale.
fn greatest(files: &[PathBuf]) -> Reading<i64> {
    if files.is_empty() {
        return Reading::Missing(Why::NoSensor);
    }
    Reading::from_option(files.iter().filter_map(|path| number(path)).max(), Why::Stale)
}

/// Fallback for virtual machines, which have no frequency driver: the kernel's own estimate.
fn frequency_of_cpuinfo() -> Option<Hertz> {
    let text = fs::read_to_string("/proc/cpuinfo").ok()?;
    let clocks: Vec<f64> = text
        .lines()
        .filter(|line| line.starts_with("cpu MHz"))
        .filter_map(|line| line.split(':').nth(1)?.trim().parse().ok())
        .collect();
    let count = clocks.len();
    (count > 0).then(|| Hertz((clocks.iter().sum::<f64>() / count as f64 * 1e6) as u64))
}

/// Parses field 10 after the name, "milliseconds spent doing I/O" (kernel documentation, admin-guide/iostats).
fn parse_disk_times(text: &str, is_disk: impl Fn(&str) -> bool) -> HashMap<String, u64> {
    let busy = |line: &str| {
        let fields: Vec<&str> = line.split_ascii_whitespace().collect();
        let milliseconds = fields.get(12)?.parse().ok()?;
        let name = fields.get(2).filter(|name| is_disk(name))?;
        Some(((*name).to_owned(), milliseconds))
    };
    text.lines().filter_map(busy).collect()
}

/// Share of `elapsed` in which the busiest disk was busy.
fn busiest(before: &HashMap<String, u64>, now: &HashMap<String, u64>, elapsed: Duration) -> Option<Fraction> {
    let grown = |(name, busy): (&String, &u64)| Some(busy.saturating_sub(*before.get(name)?));
    let longest = now.iter().filter_map(grown).max()?;
    (!elapsed.is_zero()).then(|| Fraction::new(longest as f64 / 1000.0 / elapsed.as_secs_f64()))
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

    #[test]
    fn of_the_disks_the_busiest_is_reported_and_partitions_are_none() {
        let text = "   8 0 sda 1 0 8 5 1 0 8 5 0 900 10\n   8 1 sda1 1 0 8 5 1 0 8 5 0 2000 10\n   8 16 sdb 1 0 8 5 1 0 8 5 0 1200 10\n";
        let is_disk = |name: &str| name.len() == 3;
        let now = parse_disk_times(text, is_disk);
        assert_eq!(now.len(), 2);
        let before = HashMap::from([("sda".to_owned(), 800), ("sdb".to_owned(), 200)]);
        assert_eq!(busiest(&before, &now, Duration::from_secs(2)), Some(Fraction::new(0.5)));
        assert!(parse_disk_times("hello\n", is_disk).is_empty());
    }

    #[test]
    fn sensors_are_found_and_read_as_they_are() {
        let root = tempfile::tempdir().expect("folder");
        let write = |path: &str, text: &str| {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().expect("parent")).expect("folders");
            fs::write(path, text).expect("file");
        };
        write("class/hwmon/hwmon0/name", "nvme\n");
        write("class/hwmon/hwmon0/temp1_input", "99000\n");
        write("class/hwmon/hwmon1/name", "coretemp\n");
        write("class/hwmon/hwmon1/temp1_input", "61000\n");
        write("class/hwmon/hwmon1/temp2_input", "64500\n");
        write("class/hwmon/hwmon1/fan1_input", "2300\n");
        let values = Sensors::below(root.path()).read();
        assert_eq!(values.temperature, Reading::Known(Celsius(64.5)));
        assert_eq!(values.fan, Reading::Known(Rpm(2300)));
        assert_eq!(values.throttle_events, Reading::Missing(Why::NoSensor));
    }

    #[test]
    fn the_fan_of_a_graphics_card_is_not_that_of_the_pc() {
        let root = tempfile::tempdir().expect("folder");
        let write = |path: &str, text: &str| {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().expect("parent")).expect("folders");
            fs::write(path, text).expect("file");
        };
        for (index, driver) in ["amdgpu", "nouveau", "xe"].into_iter().enumerate() {
            write(&format!("class/hwmon/hwmon{index}/name"), &format!("{driver}\n"));
            write(&format!("class/hwmon/hwmon{index}/fan1_input"), "3300\n");
        }
        let fan = || Sensors::below(root.path()).read().fan;
        assert_eq!(fan(), Reading::Missing(Why::NoSensor));
        write("class/hwmon/hwmon9/name", "nct6798\n");
        write("class/hwmon/hwmon9/fan2_input", "900\n");
        assert_eq!(fan(), Reading::Known(Rpm(900)));
    }

    #[test]
    fn a_pc_without_sensors_says_so() {
        let root = tempfile::tempdir().expect("folder");
        let values = Sensors::below(root.path()).read();
        assert_eq!(values.temperature, Reading::Missing(Why::NoSensor));
        assert_eq!(values.fan, Reading::Missing(Why::NoSensor));
    }
}
