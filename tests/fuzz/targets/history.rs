//! A file for `mimamori replay`: arbitrary bytes, read line by line and diagnosed.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mimamori::support::replay::Replay;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let mut lines = text.lines();
    let Some(Ok(mut replay)) = lines.next().map(|header| Replay::begin(header, &mimamori::KNOWLEDGE)) else { return };
    for line in lines.take(200) {
        if let Ok(Some((sample, findings))) = replay.line(line) {
            mimamori::render_all(&sample, &findings);
        }
    }
});
