//! Asking the installed antivirus about a file, on a thread of its own: it takes minutes on a slow PC.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, TryRecvError, channel};

use serde_json::json;

use super::{Host, Reply, Thread};
use crate::diagnose::Subject;
use crate::model::{Event, EventKind};
use crate::remedy::{NotScanned, ScanStatus, ScanVerdict};
use crate::scanner::{self, Scanner};

/// A scan in progress.
pub(super) struct RunningScan {
    subject: Subject,
    stop: Arc<AtomicBool>,
    verdict: Receiver<ScanVerdict>,
}

impl Drop for RunningScan {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

impl<H: Host> Thread<H> {
    /// Scans the file of a program; one at a time.
    pub(super) fn scan(&mut self, subject: Subject) {
        let (Some(scanner), Some(path)) = (self.scanner.clone(), subject.path.clone()) else { return };
        if self.scan.is_some() {
            return;
        }
        let (stop, (outbox, verdict)) = (Arc::<AtomicBool>::default(), channel());
        let antivirus = scanner.antivirus;
        let begun = self.host.now();
        let run = {
            let stop = Arc::clone(&stop);
            move || {
                // Nobody waits for it when the window has gone.
                let _ = outbox.send(scanner::scan(&scanner, Path::new(&path), &stop));
            }
        };
        let status = ScanStatus { subject: subject.clone(), antivirus, begun, verdict: None };
        if let Err(error) = std::thread::Builder::new().name("scan".into()).spawn(run) {
            let verdict = Some(ScanVerdict::NotScanned(NotScanned::Other(error.to_string())));
            self.replies.send(Reply::Scan(Some(Box::new(ScanStatus { verdict, ..status }))));
            return;
        }
        self.scan = Some(RunningScan { subject, stop, verdict });
        self.replies.send(Reply::Scan(Some(Box::new(status))));
    }

    /// Ends the scan, or no longer shows its result.
    pub(super) fn end_scan(&mut self) {
        match &self.scan {
            // Its verdict says so.
            Some(scan) => scan.stop.store(true, Ordering::Relaxed),
            None => drop(self.replies.send(Reply::Scan(None))),
        }
    }

    /// Takes the result when there is one.
    pub(super) fn follow_scan(&mut self) {
        let Some(scan) = &self.scan else { return };
        let verdict = match scan.verdict.try_recv() {
            Err(TryRecvError::Empty) => return,
            Ok(verdict) => verdict,
            Err(TryRecvError::Disconnected) => ScanVerdict::NotScanned(NotScanned::Other(String::new())),
        };
        let subject = scan.subject.clone();
        self.scan = None;
        let event = Event::new(self.host.now(), EventKind::Action, &subject.group);
        self.record(&event.with(json!({ "remedy": "scan", "verdict": verdict.id() })));
        let Some(antivirus) = self.scanner.as_ref().map(|scanner: &Scanner| scanner.antivirus) else { return };
        let status = ScanStatus { subject, antivirus, begun: self.host.now(), verdict: Some(verdict) };
        self.replies.send(Reply::Scan(Some(Box::new(status))));
    }
}
