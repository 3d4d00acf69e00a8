//! Gives back memory that is needed only now and then.

use std::fs;
use std::ops::Range;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::Path;
use std::sync::OnceLock;
use std::time::Duration;

use rustix::mm::{Advice, madvise};

/// How long what was needed once is kept: about as long as the agent waits between two looks at all programs of a calm PC.
/// Giving back costs a tenth of a millisecond.
pub const GIVE_BACK_EVERY: Duration = Duration::from_secs(20);

/// One mapping of `/proc/self/smaps`.
struct Mapping<'a> {
    start: usize,
    end: usize,
    rights: &'a str,
    file: &'a str,
    changed: bool,
}

/// Unmaps the pages of our own program file that were used. They are clean copies of the file: what is used again is
/// mapped again, without reading the disk while it is in the page cache. Measured: 8 of 10 MB after the start, 5.5 MB
/// after ten minutes.
#[expect(unsafe_code, reason = "tells the kernel that pages are not needed")]
pub fn give_back_memory() {
    // Looking for the places costs 3 ms; they stay where they are.
    static CLEAN: OnceLock<Vec<Range<usize>>> = OnceLock::new();
    give_back_heap();
    for place in CLEAN.get_or_init(clean_places) {
        let pages = std::ptr::with_exposed_provenance_mut(place.start);
        // SAFETY: a read-only private mapping of a file without changed pages, and nothing here makes one writable; the
        // next access reads the same bytes from the file again. A program file in use is not written to (ETXTBSY).
        let _ = unsafe { madvise(pages, place.len(), Advice::LinuxDontNeed) };
    }
}

/// Where our own program file lies in memory as it is on the disk.
fn clean_places() -> Vec<Range<usize>> {
    let Ok(own) = std::env::current_exe() else { return Vec::new() };
    let Ok(text) = fs::read_to_string("/proc/self/smaps") else { return Vec::new() };
    // Relocated tables are also read-only by now, but changed since they were read: dropped they would be lost.
    let is_clean = |mapping: &Mapping| matches!(mapping.rights, "r-xp" | "r--p") && !mapping.changed;
    let clean = mappings(&text).into_iter().filter(|mapping| is_clean(mapping) && Path::new(mapping.file) == own);
    clean.map(|mapping| mapping.start..mapping.end).collect()
}

/// Reading the tables takes some MB for a moment, and what is kept lies between: the C library keeps the rest.
#[cfg(target_env = "gnu")]
#[expect(unsafe_code, reason = "asks the C library to give back memory")]
fn give_back_heap() {
    unsafe extern "C" {
        /// glibc's own; see malloc_trim(3).
        fn malloc_trim(keep: usize) -> std::ffi::c_int;
    }
    // SAFETY: takes a number, and touches nothing that is in use.
    unsafe { malloc_trim(0) };
}

#[cfg(not(target_env = "gnu"))]
const fn give_back_heap() {}

fn mappings(smaps: &str) -> Vec<Mapping<'_>> {
    let mut found: Vec<Mapping<'_>> = Vec::new();
    for line in smaps.lines() {
        if let Some(mapping) = header(line) {
            found.push(mapping);
        } else if let (Some(rest), Some(last)) = (line.strip_prefix("Anonymous:"), found.last_mut()) {
            // Not "Private_Dirty": that also counts pages of a file that was just installed and is not on the disk yet.
            last.changed = rest.trim() != "0 kB";
        }
    }
    found
}

/// `start-end rights offset device inode   path`.
fn header(line: &str) -> Option<Mapping<'_>> {
    let mut fields = line.splitn(6, ' ');
    let (start, end) = fields.next()?.split_once('-')?;
    let (start, end) = (usize::from_str_radix(start, 16).ok()?, usize::from_str_radix(end, 16).ok()?);
    let rights = fields.next().filter(|rights| rights.len() == 4)?;
    let file = fields.nth(3).unwrap_or_default().trim_start();
    // Until its lines are read a mapping counts as changed.
    Some(Mapping { start, end, rights, file, changed: true })
}

/// Makes a folder that only this user can look into, and those above it.
///
/// # Errors
/// What the system says.
pub fn make_private_folder(folder: &Path) -> std::io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_mappings_without_changed_pages_count_as_clean() {
        let smaps = "55d000-55e000 r--p 00000000 fe:00 123    /opt/a b/mimamori\nSize: 4 kB\nAnonymous:             0 kB\n\
                     VmFlags: rd mr\n55e000-55f000 r--p 00001000 fe:00 123    /opt/a b/mimamori\nAnonymous:            8 kB\n\
                     7f0000-7f1000 rw-p 00000000 00:00 0 \n";
        let found = mappings(smaps);
        let seen: Vec<_> = found.iter().map(|m| (m.start, m.rights, m.file, m.changed)).collect();
        assert_eq!(
            seen,
            [
                (0x55_d000, "r--p", "/opt/a b/mimamori", false),
                (0x55_e000, "r--p", "/opt/a b/mimamori", true),
                (0x7f_0000, "rw-p", "", true),
            ]
        );
    }

    #[test]
    fn the_program_goes_on_after_giving_back() {
        assert!(!clean_places().is_empty());
        for _ in 0..3 {
            give_back_memory();
        }
        assert!(mappings(&fs::read_to_string("/proc/self/smaps").expect("smaps")).len() > 5);
    }

    #[test]
    fn a_private_folder_is_private_also_when_it_was_there_before() {
        let folder = tempfile::tempdir().expect("folder");
        let deep = folder.path().join("a/b");
        fs::create_dir_all(&deep).expect("made");
        make_private_folder(&deep).expect("private");
        assert_eq!(fs::metadata(&deep).expect("there").permissions().mode() & 0o777, 0o700);
    }
}
