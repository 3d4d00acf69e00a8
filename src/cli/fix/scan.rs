//! `fix scan`: what the installed antivirus says about the file of a program.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;

use super::{Fix, Outcome, record};
use crate::console::Output;
use crate::diagnose::Subject;
use crate::exit::Exit;
use crate::explain::{format, name_of};
use crate::model::{Event, EventKind};
use crate::monitor::now;
use crate::remedy::{NotScanned, ScanVerdict};
use crate::report::scan_text;
use crate::scanner;

/// Interval between two lines of progress.
const STEP: Duration = Duration::from_millis(500);

impl Fix<'_> {
    /// Scans the file of a program. Nothing is changed, so that also the system's can be.
    pub(super) fn scan(&self, subject: &Subject, output: &mut Output) -> Outcome {
        let Some(scanner) = self.scanner.clone() else {
            return self.outcome(Exit::Unavailable, "not_possible", |texts| texts.get("scan-no-antivirus"));
        };
        let antivirus = scanner.antivirus;
        let path = subject.path.clone().unwrap_or_default();
        let begun = Instant::now();
        let done = Arc::new(AtomicBool::new(false));
        let thread = std::thread::Builder::new().name("scan".into()).spawn({
            let done = Arc::clone(&done);
            move || {
                let verdict = scanner::scan(&scanner, Path::new(&path), &AtomicBool::new(false));
                done.store(true, Ordering::Release);
                verdict
            }
        });
        let Ok(thread) = thread else {
            return self.outcome(Exit::Unavailable, "not_possible", |texts| texts.get("scan-no-antivirus"));
        };
        while !done.load(Ordering::Acquire) && !thread.is_finished() {
            let seconds = format::duration(self.texts, begun.elapsed().as_secs_f64());
            let text = self.texts.with_one("scan-running", "antivirus", antivirus.name().to_owned());
            output.progress(&format!("{text} {seconds}"));
            std::thread::sleep(STEP);
        }
        let verdict = thread.join().unwrap_or(ScanVerdict::NotScanned(NotScanned::Other(String::new())));
        record(
            &Event::new(now(), EventKind::Action, &subject.group)
                .with(json!({ "remedy": "scan", "verdict": verdict.id() })),
        );
        let (exit, result) = match &verdict {
            ScanVerdict::NothingFound => (Exit::Fine, "nothing_found"),
            ScanVerdict::Found(_) => (Exit::Found, "found"),
            ScanVerdict::NotScanned(NotScanned::NotAllowed) => (Exit::Refused, "not_scanned"),
            ScanVerdict::NotScanned(_) => (Exit::Unavailable, "not_scanned"),
        };
        let text = |texts: &_| scan_text(&name_of(subject, texts), antivirus, &verdict, texts);
        let outcome = self.outcome(exit, result, text).with("antivirus", json!(antivirus.name()));
        match &verdict {
            ScanVerdict::NothingFound => outcome,
            ScanVerdict::Found(threat) => outcome.with("threat", json!(threat)),
            ScanVerdict::NotScanned(why) => outcome.with("reason", json!(why.id())),
        }
    }
}
