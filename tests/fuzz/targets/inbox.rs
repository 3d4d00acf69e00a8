//! The file in which the window leaves events for the agent; anybody with the rights of the user can write to it.

#![no_main]

use std::path::PathBuf;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use mimamori::inbox::Inbox;
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
    // What was understood is the same after it was left there again, as far as there is room for it on a line.
    let kept: Vec<_> = events.into_iter().filter(|event| inbox.put(event).is_ok()).collect();
    assert_eq!(inbox.peek(), kept);
});
