//! A map and a foreign recording, separated by a line of `---`: parsed, converted, replayed. Without a map its columns
//! are guessed.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mimamori::score::map::Map;
use mimamori::score::run::score_csv;

const BETWEEN: &[u8] = b"\n---\n";

fuzz_target!(|data: &[u8]| {
    let at = data.windows(BETWEEN.len()).position(|part| part == BETWEEN);
    let (map, csv) = at.map_or((&[][..], data), |at| (&data[..at], &data[at + BETWEEN.len()..]));
    let mut maps = Vec::new();
    if let Ok(mut map) = Map::read(&String::from_utf8_lossy(map)) {
        assert!(map.time.gap > 0.0);
        "x.csv".clone_into(&mut map.pattern);
        maps.push(("map".to_owned(), map));
    }
    // A recording is hours long; most of the time per row is spent on the diagnosis, which has a target of its own.
    let end = csv.iter().enumerate().filter(|(_, byte)| **byte == b'\n').nth(40).map_or(csv.len(), |(at, _)| at);
    if let Ok(scored) = score_csv("x.csv", &csv[..end], &maps, &mimamori::KNOWLEDGE) {
        assert!(!mimamori::score::run::print(&scored).is_empty());
    }
});
