//! Finds the program in a Windows command line; free of system calls so that every platform tests it.

/// Extensions of the files that Windows runs directly.
const PROGRAMS: [&str; 16] = [
    ".exe", ".com", ".bat", ".cmd", ".scr", ".pif", ".vbs", ".vbe", ".js", ".jse", ".wsf", ".hta", ".ps1", ".msc",
    ".lnk", ".url",
];

/// Returns the program of a command line: what stands in quotes; a first word without a path as it is; of an unquoted
/// path, which may contain blanks, the shortest prefix that ends like a program, as Windows searches for it. `None`
/// without such an end: the rest may be arguments, which are private (they can hold a password).
pub(super) fn program_of(line: &str) -> Option<&str> {
    let line = line.trim();
    let line = line.strip_prefix(r"\??\").unwrap_or(line);
    if let Some(quoted) = line.strip_prefix('"') {
        return quoted.split_once('"').map(|(file, _)| file).filter(|file| !file.is_empty());
    }
    let first = line.split_whitespace().next()?;
    if !first.contains('\\') && first.get(1..2) != Some(":") {
        return Some(first);
    }
    let blanks = line.char_indices().filter(|(_, c)| c.is_whitespace()).map(|(at, _)| at);
    blanks.chain([line.len()]).map(|end| &line[..end]).find(|file| is_program(file))
}

fn is_program(file: &str) -> bool {
    let ending = file.rfind('.').map(|dot| &file[dot..]).unwrap_or_default();
    PROGRAMS.iter().any(|program| ending.eq_ignore_ascii_case(program))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_shown_without_its_arguments() {
        for (line, file) in [
            (r#""C:\Program Files\a b\x.exe" --quiet"#, r"C:\Program Files\a b\x.exe"),
            (r"C:\Program Files\a b\x.exe /min", r"C:\Program Files\a b\x.exe"),
            (r"C:\a.exec\x.EXE", r"C:\a.exec\x.EXE"),
            (r"\??\D:\svc.exe", r"D:\svc.exe"),
            (r"cmd /c start C:\x\tool.exe", "cmd"),
            (r"powershell -File a.ps1 -Password p C:\x\tool.exe", "powershell"),
            (r"C:\Program Files\Foo\run.cmd", r"C:\Program Files\Foo\run.cmd"),
            (r"C:\Program Files\Foo\run.cmd C:\x\tool.exe", r"C:\Program Files\Foo\run.cmd"),
            (r"C:\見守り　ツール\走る.Bat p", r"C:\見守り　ツール\走る.Bat"),
            (r"\\server\share\My Tool\x.exe -p", r"\\server\share\My Tool\x.exe"),
            ("C:/tools/x.exe -p", "C:/tools/x.exe"),
            ("  notepad.exe  a.txt", "notepad.exe"),
            ("見守り p", "見守り"),
        ] {
            assert_eq!(program_of(line), Some(file), "{line}");
        }
    }

    #[test]
    fn what_cannot_be_told_from_arguments_is_not_shown() {
        for line in [
            "",
            "  ",
            r"C:\tools\helper -password p",
            r"C:\tools\x.exe,1 p",
            r#""C:\tools\x.exe -password p"#,
            r#""""#,
            r"\??\",
        ] {
            assert_eq!(program_of(line), None, "{line}");
        }
    }
}
