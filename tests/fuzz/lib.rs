//! The modules that parse external input, and those that process it, compiled without window and tray. The layering
//! makes this possible, and a test enforces it.

#![allow(dead_code, reason = "the rest of the program is not here")]

extern crate self as mimamori;

#[path = "../../src/checkup/mod.rs"]
pub mod checkup;
#[path = "../../src/diagnose/mod.rs"]
pub mod diagnose;
#[path = "../../src/explain/mod.rs"]
pub mod explain;
#[path = "../../src/icon.rs"]
pub mod icon;
#[path = "../../src/knowledge/mod.rs"]
pub mod knowledge;
#[path = "../../src/model/mod.rs"]
pub mod model;
pub mod platform;
#[path = "../../src/ipc/protocol.rs"]
pub mod protocol;
#[path = "../../src/recorder/mod.rs"]
pub mod recorder;
#[path = "../../src/remedy/mod.rs"]
pub mod remedy;
#[path = "../../src/report/mod.rs"]
pub mod report;
pub mod sampler;
#[path = "../score/mod.rs"]
pub mod score;
#[path = "../../src/settings.rs"]
pub mod settings;

#[path = "../support/replay.rs"]
pub mod replay;

/// As in the tests.
pub mod support {
    pub use crate::replay;
}

use std::path::Path;
use std::sync::LazyLock;

use diagnose::Finding;
use explain::{Lang, Texts, explain};
use knowledge::Knowledge;
use model::Sample;

/// The built-in tables.
pub static KNOWLEDGE: LazyLock<Knowledge> = LazyLock::new(|| Knowledge::builtin().expect("the tables of a good build"));
static TEXTS: LazyLock<[Texts; 2]> = LazyLock::new(|| [Lang::Ja, Lang::En].map(Texts::new));

/// A folder whose files are in memory, where there is one: each input of some targets is a tree of files.
pub fn memory_folder() -> &'static Path {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { memory } else { Path::new("/tmp") }
}

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
