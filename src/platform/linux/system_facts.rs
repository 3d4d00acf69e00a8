//! Facts that only the check-up needs: when packages and the list of known viruses changed, and what is installed.

use std::path::Path;

use super::condition::changed;
use crate::model::{At, Reading, SystemFacts, Why};

/// Files that package managers write whenever they install, update or remove something: dpkg, rpm (old and new place),
/// pacman, apk.
const PACKAGES: [&str; 5] = [
    "/var/lib/dpkg/status",
    "/var/lib/rpm/rpmdb.sqlite",
    "/usr/lib/sysimage/rpm/rpmdb.sqlite",
    "/var/lib/pacman/local",
    "/lib/apk/db/installed",
];

/// Daily lists of ClamAV: downloaded whole, or built from differences.
const VIRUS_LISTS: [&str; 2] = ["/var/lib/clamav/daily.cld", "/var/lib/clamav/daily.cvd"];

/// Folders of systemd's units for the system.
const UNITS: [&str; 3] = ["/usr/lib/systemd/system", "/lib/systemd/system", "/etc/systemd/system"];

/// Reads the facts; `services` are names of units to look for. A few system calls.
pub fn system_facts(services: &[String]) -> SystemFacts {
    SystemFacts {
        packages_changed_at: newest(&PACKAGES),
        virus_list_at: newest(&VIRUS_LISTS),
        installed_services: installed(&UNITS.map(Path::new), services),
        // Only the recording knows.
        stops: Reading::Missing(Why::NotYet),
    }
}

fn newest(files: &[&str]) -> Reading<At> {
    Reading::from_option(files.iter().filter_map(|file| changed(Path::new(file))).max(), Why::NoSensor)
}

/// The services with a unit in one of these folders; missing where there is none of them, as without systemd.
fn installed(folders: &[&Path], services: &[String]) -> Reading<Vec<String>> {
    if !folders.iter().any(|folder| folder.is_dir()) {
        return Reading::Missing(Why::Unsupported);
    }
    let has_unit = |service: &&String| folders.iter().any(|folder| folder.join(format!("{service}.service")).exists());
    Reading::Known(services.iter().filter(has_unit).cloned().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_is_installed_where_its_unit_is() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("falcon-sensor.service"), "[Unit]\n").expect("written");
        let services = ["falcon-sensor", "mdatp"].map(str::to_owned);
        let none = folder.path().join("none");
        assert_eq!(installed(&[&none, folder.path()], &services), Reading::Known(vec!["falcon-sensor".to_owned()]));
        assert_eq!(installed(&[&none], &services), Reading::Missing(Why::Unsupported));
    }

    #[test]
    fn the_newest_file_counts_and_none_is_no_date() {
        let folder = tempfile::tempdir().expect("a folder");
        let [old, new, none] = ["old", "new", "none"].map(|name| folder.path().join(name).display().to_string());
        for (file, seconds) in [(&old, 1_000_000), (&new, 2_000_000)] {
            let date = std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
            std::fs::File::create(file).and_then(|file| file.set_modified(date)).expect("written");
        }
        assert_eq!(newest(&[&new, &none, &old]), Reading::Known(At(2_000_000_000)));
        assert_eq!(newest(&[&none]), Reading::Missing(Why::NoSensor));
    }
}
