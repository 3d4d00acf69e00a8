//! The readers of Linux and of the event log of Windows, without what needs a desktop. Our own files are opened as the
//! do-nothing platform does.

#[path = "../../src/platform/linux/connections.rs"]
mod connections;
#[path = "../../src/platform/linux/cpu.rs"]
mod cpu;
#[path = "../../src/platform/files.rs"]
mod files;
#[path = "../../src/platform/linux/last_stop.rs"]
mod last_stop;
#[path = "../../src/platform/linux/open_files.rs"]
mod open_files;
#[path = "../../src/platform/linux/processes.rs"]
mod processes;
#[path = "../../src/platform/linux/sensors.rs"]
mod sensors;
#[path = "../../src/platform/stop_events.rs"]
mod stop_events;
#[path = "../../src/platform/types.rs"]
mod types;
#[path = "../../src/platform/linux/volumes.rs"]
mod volumes;

use std::collections::HashSet;
use std::fs::read_to_string;
use std::path::Path;

pub use files::{read_bytes, read_text, replace_private};
pub use processes::ProcessReader;
pub use sensors::Sensors;
pub use sys::{make_private_folder, open_ordinary, open_private};
pub use types::{
    ActError, Clocks, CpuTimes, DiskCounters, MountPoint, RawProc, SensorValues, Space, StopCause, Writing,
};
pub use volumes::{disk_counters, mounts, space};

use crate::model::{At, Reading, Why};

mod sys {
    use std::fs::{File, OpenOptions, create_dir_all};
    use std::io::Result;
    use std::path::Path;

    use super::Writing;

    pub fn open_ordinary(path: &Path) -> Result<File> {
        File::open(path)
    }

    pub fn is_of_administrator(_file: &File) -> Result<bool> {
        Ok(false)
    }

    pub fn open_private(path: &Path, writing: Writing) -> Result<File> {
        let mut options = OpenOptions::new();
        options
            .create(true)
            .append(writing == Writing::Append)
            .read(writing != Writing::Append)
            .write(true)
            .truncate(writing == Writing::Anew)
            .open(path)
    }

    pub fn make_private_folder(folder: &Path) -> Result<()> {
        create_dir_all(folder)
    }
}

pub fn is_in_foreign_home(_path: &Path) -> bool {
    false
}

pub fn clocks() -> Reading<Clocks> {
    Reading::Missing(Why::Unsupported)
}

fn read_line(path: &Path) -> Reading<String> {
    read_to_string(path).map_or_else(Into::into, |text| Reading::Known(text.trim().to_owned()))
}

// What the targets reach of these modules.

/// Sensors in a folder that stands for `/sys`.
pub fn sensors_below(root: &Path) -> Sensors {
    Sensors::below(root)
}

/// Processes in a folder that stands for `/proc`.
pub fn processes_below(root: &Path) -> ProcessReader {
    ProcessReader::below(root)
}

/// The text of `/proc/self/mountinfo`.
pub fn parse_mounts(text: &[u8]) -> Vec<MountPoint> {
    volumes::parse_mounts(text)
}

/// The text of `/proc/diskstats`, in which every device is a disk.
pub fn parse_disks(text: &str) -> Vec<(String, DiskCounters)> {
    volumes::parse_disks(text, |_| true)
}

/// The text of `/proc/stat`.
pub fn parse_cpu_times(text: &str) -> CpuTimes {
    cpu::parse(text)
}

/// A line of `/proc/net/tcp`.
pub fn remote_port(line: &str, sockets: &HashSet<u64>) -> Option<u16> {
    connections::remote_port(line, sockets)
}

/// The text of `/proc/self/mounts`.
pub fn hides_others(mounts: &str) -> bool {
    processes::hides_others(mounts)
}

/// The last messages of a boot.
pub fn by_journal(text: &str, last_seen: At) -> Reading<StopCause> {
    last_stop::by_journal(text, last_seen)
}

/// The login records.
pub fn by_sign_ins(bytes: &[u8], last_seen: At) -> Option<StopCause> {
    last_stop::by_sign_ins(bytes, last_seen)
}

/// Events of Windows as XML, newest first: how many could be read, and the cause that they tell.
pub fn by_events(texts: &[&str], last_seen: At) -> (usize, Option<StopCause>) {
    let events: Vec<_> = texts.iter().filter_map(|text| stop_events::Event::parse(text)).collect();
    (events.len(), stop_events::cause(&events, last_seen))
}
