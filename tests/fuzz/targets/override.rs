//! `knowledge.toml` of an administrator or a user: nothing in it may panic, weaken protection or remove a program.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mimamori::KNOWLEDGE;
use mimamori::model::Os;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let (merged, notes) = KNOWLEDGE.with_override(&text);
    for note in notes {
        assert!(!note.to_string().is_empty());
    }
    assert!(merged.protect.system.is_superset(&KNOWLEDGE.protect.system));
    assert!(merged.protect.security.is_superset(&KNOWLEDGE.protect.security));
    assert!(merged.programs().len() >= KNOWLEDGE.programs().len());
    assert!(merged.thresholds.cpu.program.is_finite() && merged.thresholds.cpu.program >= 0.0);
    // A second file (the user's over the administrator's) must not remove anything either.
    let (again, _) = merged.with_override(&text);
    assert!(again.programs().len() >= merged.programs().len());
    assert!(again.protect.security.is_superset(&merged.protect.security));
    for program in merged.programs() {
        assert!(!program.os.is_empty() && program.os.iter().all(|os| matches!(os, Os::Windows | Os::Linux)));
    }
});
