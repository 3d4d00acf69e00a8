//! The settings file: an invalid field takes its default, and what was read survives a round trip.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mimamori::model::At;
use mimamori::settings::Settings;

fuzz_target!(|data: &[u8]| {
    let settings = Settings::read(&String::from_utf8_lossy(data));
    let written = serde_json::to_string_pretty(&settings).expect("settings are JSON");
    assert_eq!(Settings::read(&written), settings);
    assert!(settings.my_files(At(0)).len() <= settings.my_work.len());
});
