//! Reasons of the system in the user's language. They come as English sentences from Rust, SQLite and the toolkit, and may
//! have been recorded by another process, so they are recognised by what they say.

use std::io::{Error, ErrorKind};

use super::{Lang, Texts};
use crate::model::DisplayName;

/// Longest reason shown, in characters: it may name a path.
const REASON_CHARS: usize = 300;
/// What Rust puts in front of the system's number of an error.
const CODE: &str = "error ";

/// Kinds of errors with their text ids.
const KINDS: [(ErrorKind, &str); 17] = [
    (ErrorKind::NotFound, "reason-not-found"),
    (ErrorKind::PermissionDenied, "reason-permission"),
    (ErrorKind::ReadOnlyFilesystem, "reason-read-only"),
    (ErrorKind::StorageFull, "reason-full"),
    (ErrorKind::QuotaExceeded, "reason-full"),
    (ErrorKind::TimedOut, "reason-timed-out"),
    (ErrorKind::IsADirectory, "reason-folder"),
    (ErrorKind::NotADirectory, "reason-no-folder"),
    (ErrorKind::AlreadyExists, "reason-exists"),
    (ErrorKind::FileTooLarge, "reason-too-large"),
    (ErrorKind::InvalidData, "reason-not-text"),
    (ErrorKind::InvalidInput, "reason-not-usable"),
    (ErrorKind::Unsupported, "reason-unsupported"),
    (ErrorKind::OutOfMemory, "reason-memory"),
    (ErrorKind::ResourceBusy, "reason-in-use"),
    (ErrorKind::AddrInUse, "reason-in-use"),
    (ErrorKind::HostUnreachable, "reason-gone"),
];

/// Words by which the sentences of SQLite, the toolkit and `platform` are known, with their text ids.
const WORDS: [(&str, &str); 8] = [
    ("I/O", "reason-disk"),
    ("full", "reason-full"),
    ("unable", "reason-not-found"),
    ("readonly", "reason-read-only"),
    ("malformed", "reason-damaged"),
    ("locked", "reason-in-use"),
    ("server", "reason-display"),
    ("link", "reason-link"),
];

/// `reason` in the language of `texts`. What is not recognised is shown as it is in English; in another language it is
/// named by its number, or called unknown: the diagnostic log has the sentence.
pub fn system_reason(reason: &str, texts: &Texts) -> String {
    if reason.is_empty() {
        return String::new();
    }
    let code = reason.rsplit_once(CODE).and_then(|(_, rest)| rest.split(')').next()?.parse::<i32>().ok());
    let kind = code.map(|code| Error::from_raw_os_error(code).kind());
    let by_kind = KINDS.iter().find(|(known, _)| kind == Some(*known) || reason == known.to_string());
    let has_word = |word: &str| !is_path(reason) && reason.split_whitespace().any(|one| one == word);
    let by_word = || WORDS.iter().find(|(word, _)| has_word(word)).map(|(_, id)| *id);
    if let Some(id) = by_kind.map(|(_, id)| *id).or_else(by_word) {
        return texts.get(id);
    }
    let has_other_words = texts.lang() != Lang::En && reason.is_ascii() && reason.contains(' ');
    match code.filter(|_| has_other_words) {
        Some(code) => texts.with_one("reason-code", "code", code.to_string()),
        None if has_other_words && !is_path(reason) => texts.get("reason-unknown"),
        None => DisplayName::with_limit(reason, REASON_CHARS).as_str().to_owned(),
    }
}

/// Paths are the same in every language.
fn is_path(reason: &str) -> bool {
    reason.starts_with('/') || reason.get(1..3) == Some(":\\")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_english_reason_is_in_a_japanese_sentence() {
        let ja = Texts::new(Lang::Ja);
        let kinds = KINDS.iter().map(|(kind, _)| kind.to_string());
        let codes = (1..134).map(|code| Error::from_raw_os_error(code).to_string());
        let sentences = WORDS.iter().map(|(word, _)| format!("the recording failed: {word} error"));
        let others = ["no such table: run", "Exit Failure: 1"].map(str::to_owned);
        for reason in kinds.chain(codes).chain(sentences).chain(others) {
            let told = system_reason(&reason, &ja);
            assert!(!told.contains(|c: char| c.is_ascii_alphabetic()), "{reason}: {told}");
        }
    }

    #[test]
    fn what_is_known_has_words_and_the_rest_stays() {
        let (en, ja) = (Texts::new(Lang::En), Texts::new(Lang::Ja));
        // ERROR_DISK_FULL and ENOSPC.
        let full = Error::from_raw_os_error(if std::env::consts::OS == "windows" { 112 } else { 28 });
        assert_eq!(system_reason(&format!("x: {full}"), &ja), "ディスクがいっぱいです");
        assert_eq!(system_reason(&ErrorKind::PermissionDenied.to_string(), &en), "no permission");
        assert_eq!(system_reason("no such table: run", &en), "no such table: run");
        assert_eq!(system_reason("/home/a b/x.log", &ja), "/home/a b/x.log");
        assert_eq!(system_reason("glow", &ja), "glow");
        for texts in [&en, &ja] {
            assert!(KINDS.iter().map(|(_, id)| id).chain(WORDS.iter().map(|(_, id)| id)).all(|id| texts.has(id)));
        }
    }
}
