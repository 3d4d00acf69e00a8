//! What a system tells of its end: the journal, the login records, the event log of Windows.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mimamori::model::{At, Reading};
use mimamori::platform::{StopCause, by_events, by_journal, by_sign_ins};

/// As in the seeds.
const SEEN: At = At(1_763_900_000_000);
/// Bytes of a login record.
const RECORD: usize = 384;

fuzz_target!(|data: &[u8]| {
    let Some((which, rest)) = data.split_first() else { return };
    for seen in [SEEN, At(0), At(i64::MAX), At(i64::MIN)] {
        match which {
            b'w' => {
                let cause = by_sign_ins(rest, seen);
                assert_eq!(by_sign_ins(&rest[..rest.len() / RECORD * RECORD], seen), cause, "half a record counts");
                assert!(cause.is_none() || rest.len() >= 2 * RECORD);
            }
            b'e' => events(&String::from_utf8_lossy(rest), seen),
            _ => {
                let text = String::from_utf8_lossy(rest);
                let cause = by_journal(&text, seen);
                assert!(cause.known().is_none() || text.contains('{'));
                assert_eq!(by_journal(&format!("no json\n{text}\n{{\n"), seen), cause, "other lines count");
                // The journal knows no more than that.
                let is_told = matches!(cause, Reading::Known(StopCause::Orderly | StopCause::PowerLost));
                assert!(is_told || cause.known().is_none());
            }
        }
    }
});

fn events(text: &str, seen: At) {
    let texts: Vec<&str> = text.split('\u{1e}').collect();
    let (count, cause) = by_events(&texts, seen);
    assert!(count <= texts.len() && (cause.is_none() || count > 0));
    assert_ne!(cause, Some(StopCause::SystemError(0)), "no error is none");
    let with_others: Vec<&str> = texts.iter().flat_map(|text| [*text, "<Event>", ""]).collect();
    assert_eq!(by_events(&with_others, seen), (count, cause), "what is no event counts");
}
