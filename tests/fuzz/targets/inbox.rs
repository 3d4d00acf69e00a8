//! The file in which the window leaves events for the agent; any process of the user can write to it.

#![no_main]

use std::path::PathBuf;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use mimamori::recorder::Inbox;
use tempfile::TempDir;

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| tempfile::tempdir().expect("a folder"));
static RECORDING: LazyLock<PathBuf> = LazyLock::new(|| FOLDER.path().join("recording.db"));

fuzz_target!(|data: &[u8]| {
    let inbox = Inbox::beside(&RECORDING);
    inbox.discard();
    std::fs::write(RECORDING.with_extension("inbox"), data).expect("written");
    let events = inbox.peek();
    assert_eq!(inbox.take(), events);
    inbox.discard();
    // Events that were parsed survive a round trip, unless they are too long for a line.
    let kept: Vec<_> = events.into_iter().filter(|event| inbox.put(event).is_ok()).collect();
    assert_eq!(inbox.peek(), kept);
});
