//! Tests whether a program file is below a folder. Text only; the disk is never accessed.

use crate::model::Os;

/// A path in comparable form: on Windows in lower case with `\`, without the drive letter and the prefixes of native
/// paths. `None` if it does not say where the file is.
pub(super) fn comparable(path: &str, os: Os) -> Option<String> {
    if os != Os::Windows {
        return path.starts_with('/').then(|| path.to_owned());
    }
    let lower = path.to_lowercase().replace('/', "\\");
    let rest = ["\\\\?\\unc\\", "\\\\?\\", "\\??\\", "\\\\.\\"]
        .into_iter()
        .find_map(|prefix| {
            // A network share keeps the prefix that tells it from a local folder.
            let rest = lower.strip_prefix(prefix)?;
            Some(if prefix.ends_with("unc\\") { format!("\\\\{rest}") } else { rest.to_owned() })
        })
        .unwrap_or(lower);
    if let Some(rest) = rest.strip_prefix("\\systemroot\\") {
        return Some(format!("\\windows\\{rest}"));
    }
    // A volume without its letter. Any other device (a container, a virtual disk) cannot be judged.
    if let Some(rest) = rest.strip_prefix("\\device\\harddiskvolume") {
        return rest.find('\\').map(|at| rest[at..].to_owned());
    }
    if rest.starts_with("\\device\\") {
        return None;
    }
    let mut letters = rest.chars();
    match (letters.next(), letters.next()) {
        // Windows can be installed on any drive.
        (Some(letter), Some(':')) if letter.is_ascii_alphabetic() => Some(rest[2..].to_owned()),
        _ => rest.starts_with("\\\\").then_some(rest),
    }
}

/// A folder of a table in comparable form. `*` stands for one path component.
pub(super) fn folder(folder: &str, os: Os) -> Option<String> {
    match os {
        Os::Windows => folder.contains('\\').then(|| {
            let lower = folder.to_lowercase();
            lower.get(2..).filter(|_| lower.as_bytes().get(1) == Some(&b':')).map_or(lower.clone(), str::to_owned)
        }),
        Os::Linux | Os::Unknown => folder.starts_with('/').then(|| folder.to_owned()),
    }
}

/// True if `path` begins with `folder`, both in comparable form.
pub(super) fn is_below(path: &str, folder: &str) -> bool {
    after(path, folder).is_some()
}

/// What follows `folder` in `path`, both in comparable form; `None` if it is not below it.
pub(super) fn after<'a>(path: &'a str, folder: &str) -> Option<&'a str> {
    let Some((head, tail)) = folder.split_once('*') else { return path.strip_prefix(folder) };
    let rest = path.strip_prefix(head)?;
    let end = rest.find(['/', '\\']).unwrap_or(rest.len());
    if end > 0 { after(&rest[end..], tail) } else { None }
}

/// Folders of a table, made comparable once for each system.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Folders {
    windows: Vec<String>,
    linux: Vec<String>,
}

impl Folders {
    pub(super) fn new(folders: &[String]) -> Self {
        let of = |os| folders.iter().filter_map(|text| folder(text, os)).collect();
        Self { windows: of(Os::Windows), linux: of(Os::Linux) }
    }

    /// True if a comparable path is below one of them.
    pub(super) fn contains(&self, path: &str, os: Os) -> bool {
        self.of(os).iter().any(|folder| is_below(path, folder))
    }

    /// True if a comparable path is that of a file in one of them, in no folder below it.
    pub(super) fn holds(&self, path: &str, os: Os) -> bool {
        let mut rests = self.of(os).iter().filter_map(|folder| after(path, folder));
        rests.any(|rest| !rest.contains(['/', '\\']))
    }

    fn of(&self, os: Os) -> &[String] {
        if os == Os::Windows { &self.windows } else { &self.linux }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_compared_as_the_system_means_them() {
        let windows = |path| comparable(path, Os::Windows);
        for path in [
            r"C:\Windows\System32\svchost.exe",
            r"d:\WINDOWS\system32\svchost.exe",
            r"\\?\C:\Windows\System32\svchost.exe",
            r"\??\C:\Windows\System32\svchost.exe",
            r"\SystemRoot\System32\svchost.exe",
            r"\Device\HarddiskVolume3\Windows\System32\svchost.exe",
            "C:/Windows/System32/svchost.exe",
        ] {
            assert_eq!(windows(path).as_deref(), Some(r"\windows\system32\svchost.exe"), "{path}");
        }
        assert_eq!(windows(r"\\server\c$\Windows\x.exe").as_deref(), Some(r"\\server\c$\windows\x.exe"));
        assert_eq!(windows(r"\\?\UNC\server\c\x.exe").as_deref(), Some(r"\\server\c\x.exe"));
        assert_eq!(windows(r"\Device\VhdHardDisk{1}\Files\Windows\System32\svchost.exe"), None);
        for nothing in ["", "System", "x.exe", "é:", ":"] {
            assert_eq!(windows(nothing), None, "{nothing}");
            assert_eq!(comparable(nothing, Os::Linux), None, "{nothing}");
        }
    }

    #[test]
    fn a_star_is_one_name() {
        assert!(is_below("/home/me/.local/bin/x", "/home/*/.local/"));
        assert!(!is_below("/home/me/a/.local/bin/x", "/home/*/.local/"));
        assert!(!is_below("/home//.local/x", "/home/*/.local/"));
        assert!(is_below(r"\users\田中\appdata\local\temp\x.exe", r"\users\*\appdata\local\temp\"));
        assert!(!is_below("/home", "/home/*/x"));
    }
}
