//! Console output: the only module that writes to the terminal. Handles broken pipes, colours and NO_COLOR
//! (no-color.org).

use std::io::{IsTerminal, Write};

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

/// Standard output and standard error.
#[expect(clippy::struct_excessive_bools, reason = "four independent facts about two streams")]
pub struct Output {
    colour: bool,
    terminal: bool,
    error_terminal: bool,
    progress_shown: bool,
}

impl Output {
    /// Detects what both streams are connected to.
    pub fn new() -> Self {
        let terminal = std::io::stdout().is_terminal();
        let is_colour_allowed = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        Self {
            colour: terminal && is_colour_allowed && !dumb,
            terminal,
            error_terminal: std::io::stderr().is_terminal(),
            progress_shown: false,
        }
    }

    /// Returns `true` when either stream is a terminal, so that somebody can see what is printed.
    pub const fn has_terminal(&self) -> bool {
        self.terminal || self.error_terminal
    }

    /// Returns `text` in `style`, or unchanged where colours are not wanted.
    pub fn styled(&self, style: Style, text: &str) -> String {
        let code = match style {
            Style::Strong => "1",
            Style::Good => "32",
            Style::Warning => "33",
            Style::Faint => "2",
        };
        if self.colour { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    /// Prints to standard output. A closed pipe (`| head`) is no error: the rest is dropped.
    pub fn text(&mut self, text: &str) {
        self.clear_progress();
        let mut stdout = std::io::stdout().lock();
        let _ = stdout
            .write_all(text.as_bytes())
            .and_then(|()| if text.ends_with('\n') { Ok(()) } else { stdout.write_all(b"\n") });
        let _ = stdout.flush();
    }

    /// Prints a remark to standard error.
    pub fn note(&mut self, text: &str) {
        self.clear_progress();
        let _ = writeln!(std::io::stderr(), "{text}");
    }

    /// Prints an error to standard error.
    pub fn error(&mut self, text: &str) {
        self.clear_progress();
        let _ = writeln!(std::io::stderr(), "mimamori: {text}");
    }

    /// Shows progress, on a terminal only; the next output replaces it.
    pub fn progress(&mut self, text: &str) {
        if self.error_terminal {
            let _ = write!(std::io::stderr(), "\r\u{1b}[K{text}");
            let _ = std::io::stderr().flush();
            self.progress_shown = true;
        }
    }

    fn clear_progress(&mut self) {
        if std::mem::take(&mut self.progress_shown) {
            let _ = write!(std::io::stderr(), "\r\u{1b}[K");
        }
    }
}

impl Default for Output {
    fn default() -> Self {
        Self::new()
    }
}
