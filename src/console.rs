//! Console output: the only module that writes to the terminal. Handles write errors, colours, NO_COLOR (no-color.org)
//! and dumb terminals.
//!
//! Everything passes through here, so that no name, path or text of somebody else reaches a terminal or a script with
//! escape sequences, bidirectional controls or other invisible characters in it.

use std::fmt::Write as _;
use std::io::{Error, ErrorKind, IsTerminal, Result, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::model::{is_dangerous, visible_lines};

/// Meaning of a piece of text; becomes a colour on a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// A heading.
    Strong,
    /// All well.
    Good,
    /// Deserves attention.
    Warning,
    /// Less important.
    Faint,
}

/// Styles with the noncharacter that marks their beginning and their escape code. A name cannot contain the marks
/// ([`crate::model::DisplayName`]), and a mark that is nevertheless there changes a colour at worst.
const STYLES: [(Style, char, &str); 4] = [
    (Style::Strong, '\u{fdd1}', "1"),
    (Style::Good, '\u{fdd2}', "32"),
    (Style::Warning, '\u{fdd3}', "33"),
    (Style::Faint, '\u{fdd4}', "2"),
];
/// Marks the end of a style.
const END: char = '\u{fdd0}';

/// A file for the result. It is written under another name beside it, so that an old one stays until the new one is
/// complete.
struct ResultFile {
    temporary: NamedTempFile,
    path: PathBuf,
}

/// Standard output and standard error.
#[expect(clippy::struct_excessive_bools, reason = "independent facts about two streams")]
pub struct Output {
    colour: bool,
    terminal: bool,
    error_terminal: bool,
    /// Lines on standard error can be rewritten.
    can_rewrite: bool,
    progress_shown: bool,
    /// Takes what would go to standard output.
    file: Option<ResultFile>,
    /// First failure of standard output, or of the file in its place.
    failure: Option<Error>,
}

impl Output {
    /// Detects what both streams are connected to.
    pub fn new() -> Self {
        let terminal = std::io::stdout().is_terminal();
        let error_terminal = std::io::stderr().is_terminal();
        let is_colour_allowed = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        Self {
            colour: terminal && is_colour_allowed && !dumb,
            terminal,
            error_terminal,
            can_rewrite: error_terminal && !dumb,
            progress_shown: false,
            file: None,
            failure: None,
        }
    }

    /// Writes what would go to standard output to the file `path` instead, as UTF-8 and without colours.
    /// [`Self::finish_file`] puts it there.
    ///
    /// # Errors
    /// The folder cannot be written to, or `path` is a folder or a device.
    pub fn write_to(&mut self, path: &Path) -> Result<()> {
        match path.metadata() {
            Ok(there) if there.is_dir() => return Err(ErrorKind::IsADirectory.into()),
            Ok(there) if !there.is_file() => return Err(ErrorKind::InvalidInput.into()),
            _ => {}
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let temporary = tempfile::Builder::new().prefix(".mimamori-").tempfile_in(folder)?;
        self.colour = false;
        self.file = Some(ResultFile { temporary, path: path.to_owned() });
        Ok(())
    }

    /// Puts the file of [`Self::write_to`] in its place if `keep`, unless writing failed; otherwise an older one stays.
    pub fn finish_file(&mut self, keep: bool) {
        let Some(file) = self.file.take() else { return };
        if keep && self.failure.is_none() {
            let kept = file.temporary.as_file().sync_all();
            let kept = kept.and_then(|()| file.temporary.persist(&file.path).map(drop).map_err(|error| error.error));
            self.failure = kept.err();
        }
    }

    /// Returns `true` when either stream is a terminal, so that somebody can see what is printed.
    pub const fn has_terminal(&self) -> bool {
        self.terminal || self.error_terminal
    }

    /// Returns `text` in `style`, or unchanged where colours are not wanted.
    pub fn styled(&self, style: Style, text: &str) -> String {
        match STYLES.iter().find(|(known, ..)| *known == style) {
            Some((_, mark, _)) if self.colour => format!("{mark}{text}{END}"),
            _ => text.to_owned(),
        }
    }

    /// Prints to standard output.
    pub fn text(&mut self, text: &str) {
        let text = self.coloured(&visible_lines_and_marks(text, self.colour));
        self.write(&text);
    }

    /// Prints JSON to standard output. Its readers decode `\u` escapes, so that nothing is lost.
    pub fn json(&mut self, json: &str) {
        self.write(&escaped(json));
    }

    /// Returns `false` when standard output takes no more: nobody reads it (`| head`), or it failed.
    pub const fn is_open(&self) -> bool {
        self.failure.is_none()
    }

    /// Why not everything could be printed. That nobody reads the rest (`| head`) is no error.
    pub fn failure(&self) -> Option<&Error> {
        self.failure.as_ref().filter(|error| error.kind() != ErrorKind::BrokenPipe)
    }

    fn write(&mut self, text: &str) {
        self.clear_progress();
        if self.failure.is_some() {
            return;
        }
        let written = match &mut self.file {
            Some(file) => write_lines(file.temporary.as_file_mut(), text),
            None => write_lines(&mut std::io::stdout().lock(), text),
        };
        self.failure = written.err();
    }

    /// Prints a remark to standard error.
    pub fn note(&mut self, text: &str) {
        self.clear_progress();
        let _ = writeln!(std::io::stderr(), "{}", visible_lines(text));
    }

    /// Prints an error to standard error.
    pub fn error(&mut self, text: &str) {
        self.note(&format!("mimamori: {text}"));
    }

    /// Shows progress, on a terminal only; the next output replaces it.
    pub fn progress(&mut self, text: &str) {
        if self.can_rewrite {
            let _ = write!(std::io::stderr(), "\r\u{1b}[K{}", visible_lines(text));
            let _ = std::io::stderr().flush();
            self.progress_shown = true;
        }
    }

    fn clear_progress(&mut self) {
        if std::mem::take(&mut self.progress_shown) {
            let _ = write!(std::io::stderr(), "\r\u{1b}[K");
        }
    }

    /// Replaces the marks of styles by escape codes.
    fn coloured(&self, text: &str) -> String {
        if !self.colour {
            return text.to_owned();
        }
        let marked = text.replace(END, "\u{1b}[0m");
        STYLES.iter().fold(marked, |text, (_, mark, code)| text.replace(*mark, &format!("\u{1b}[{code}m")))
    }
}

fn write_lines(to: &mut impl Write, text: &str) -> Result<()> {
    to.write_all(text.as_bytes())?;
    if !text.ends_with('\n') {
        to.write_all(b"\n")?;
    }
    to.flush()
}

/// [`visible_lines`] that leaves the marks of styles where they have a meaning.
fn visible_lines_and_marks(text: &str, has_marks: bool) -> String {
    let is_mark = |c: char| has_marks && (c == END || STYLES.iter().any(|(_, mark, _)| *mark == c));
    let mut visible = String::with_capacity(text.len());
    for part in text.split_inclusive(is_mark) {
        let mark = part.chars().next_back().filter(|c| is_mark(*c));
        let plain = &part[..part.len() - mark.map_or(0, char::len_utf8)];
        visible += &visible_lines(plain);
        visible.extend(mark);
    }
    visible
}

/// JSON in ASCII, everything else in its strings as `\u` escapes: consoles and PowerShell decode bytes by a code page that
/// is not UTF-8, and some characters are invisible or dangerous. Outside strings there is nothing else, but the line feed.
fn escaped(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for c in json.chars() {
        if c != '\n' && (!c.is_ascii() || is_dangerous(c)) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a string cannot fail.
                let _ = write!(escaped, "\\u{unit:04x}");
            }
        } else {
            escaped.push(c);
        }
    }
    escaped
}

impl Default for Output {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_keeps_its_meaning_without_dangerous_characters() {
        let text = "見\u{9b}31m\u{7f}\u{202e}\u{e0041}\n\u{1b}\"";
        let value = serde_json::json!({ text: [text] });
        let json = escaped(&format!("{value:#}\n"));
        assert!(json.is_ascii() && !json.chars().any(|c| c != '\n' && is_dangerous(c)), "{json}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&json).expect("json"), value);
    }

    #[test]
    fn a_file_is_there_as_a_whole_or_stays_as_it_was() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("結果.txt");
        let written = |text: &str, keep| {
            let mut output = Output::new();
            output.write_to(&path).expect("a file");
            output.text(text);
            output.finish_file(keep);
            assert!(output.is_open());
            std::fs::read_to_string(&path).ok()
        };
        assert_eq!(written("not kept", false), None);
        assert_eq!(written("空き容量\u{1b}", true).as_deref(), Some("空き容量<U+001B>\n"));
        assert_eq!(written("interrupted", false).as_deref(), Some("空き容量<U+001B>\n"));
        assert_eq!(std::fs::read_dir(folder.path()).expect("folder").count(), 1, "nothing else is left");
        let mut output = Output::new();
        assert_eq!(output.write_to(folder.path()).map_err(|error| error.kind()), Err(ErrorKind::IsADirectory));
        assert!(output.write_to(&folder.path().join("missing/file")).is_err());
    }

    #[test]
    fn only_styles_become_escape_codes() {
        let mut output = Output::new();
        output.colour = true;
        let line = format!("{} \u{1b}[2J\n", output.styled(Style::Good, "fine\u{7}"));
        let shown = output.coloured(&visible_lines_and_marks(&line, true));
        assert_eq!(shown, "\u{1b}[32mfine<U+0007>\u{1b}[0m <U+001B>[2J\n");
        output.colour = false;
        assert_eq!(output.styled(Style::Good, "fine"), "fine");
        assert_eq!(visible_lines_and_marks("\u{fdd2}fine\u{fdd0}", false), "<U+FDD2>fine<U+FDD0>");
    }
}
