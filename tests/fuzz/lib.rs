//! The modules that parse external input, and those that process it, compiled without window, database and tray. The
//! layering makes this possible, and a test enforces it.

#![allow(dead_code, reason = "the rest of the program is not here")]

extern crate self as mimamori;

#[path = "../../src/diagnose/mod.rs"]
pub mod diagnose;
#[path = "../../src/explain/mod.rs"]
pub mod explain;
#[path = "../../src/recorder/inbox.rs"]
pub mod inbox;
#[path = "../../src/knowledge/mod.rs"]
pub mod knowledge;
#[path = "../../src/model/mod.rs"]
pub mod model;
#[path = "../../src/ipc/protocol.rs"]
pub mod protocol;
#[path = "../../src/remedy/mod.rs"]
pub mod remedy;
#[path = "../../src/report/mod.rs"]
pub mod report;
#[path = "../score/mod.rs"]
pub mod score;
#[path = "../../src/settings.rs"]
pub mod settings;

/// Opens files as the do-nothing platform does: the real ones need the operating system.
pub mod platform {
    use std::fs::{File, OpenOptions, create_dir_all, metadata, read};
    use std::io::{ErrorKind, Result};
    use std::path::Path;

    /// How one of our own files is opened for writing.
    #[derive(Clone, Copy, PartialEq, Eq)]
    pub enum Writing {
        /// At its end.
        Append,
        /// From its beginning, leaving what is behind.
        Keep,
        /// Emptied first.
        Anew,
    }

    pub fn read_bytes(path: &Path, limit: u64) -> Result<Vec<u8>> {
        if metadata(path)?.len() > limit { Err(ErrorKind::FileTooLarge.into()) } else { read(path) }
    }

    pub fn read_text(path: &Path, limit: u64) -> Result<String> {
        String::from_utf8(read_bytes(path, limit)?).map_err(|_| ErrorKind::InvalidData.into())
    }

    pub fn open_ordinary(path: &Path) -> Result<File> {
        File::open(path)
    }

    pub fn open_private(path: &Path, writing: Writing) -> Result<File> {
        let mut options = OpenOptions::new();
        options
            .create(true)
            .append(writing == Writing::Append)
            .write(true)
            .truncate(writing == Writing::Anew)
            .open(path)
    }

    pub fn make_private_folder(folder: &Path) -> Result<()> {
        create_dir_all(folder)
    }

    pub fn is_in_foreign_home(_path: &Path) -> bool {
        false
    }
}

#[path = "../support/replay.rs"]
pub mod replay;

/// As in the tests.
pub mod support {
    pub use crate::replay;
}

use std::sync::LazyLock;

use diagnose::Finding;
use explain::{Lang, Texts, explain};
use knowledge::Knowledge;
use model::Sample;

/// The built-in tables.
pub static KNOWLEDGE: LazyLock<Knowledge> = LazyLock::new(|| Knowledge::builtin().expect("the tables of a good build"));
static TEXTS: LazyLock<[Texts; 2]> = LazyLock::new(|| [Lang::Ja, Lang::En].map(Texts::new));

/// Does what the program does with every result: words in both languages, a plan, JSON.
///
/// # Panics
/// When a finding has no words, or a figure that is not finite.
pub fn render_all(sample: &Sample, findings: &[Finding]) {
    let texts = [&TEXTS[0], &TEXTS[1]];
    for finding in findings {
        for evidence in &finding.evidence {
            assert!(evidence.observed.is_finite(), "{finding:?}");
        }
        for texts in texts {
            let words = explain(finding, &KNOWLEDGE, texts);
            assert!(!words.headline.is_empty() && !words.todo.is_empty(), "{finding:?}");
        }
        let plan = remedy::plan(finding, None);
        let json = report::finding_json(finding, &plan, &KNOWLEDGE, &texts, report::AtForm::Text);
        assert!(json.is_object());
    }
    assert!(report::sample_json(sample, &sample.programs).is_object());
}
