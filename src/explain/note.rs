//! Explains in words which entries of an override were skipped.

use fluent_bundle::FluentArgs;

use super::{Lang, Texts};
use crate::knowledge::{KnowledgeNote, Rejected};
use crate::model::DisplayName;

/// Maximum length of a detail in characters: an error of the TOML parser is a sentence by itself.
const LONGEST: usize = 200;

/// One sentence for `note`: where the entry is, and why it was skipped.
pub fn knowledge_note(note: &KnowledgeNote, texts: &Texts) -> String {
    let shown = |text: &str| DisplayName::with_limit(text, LONGEST).as_str().to_owned();
    let mut args = FluentArgs::new();
    match &note.reason {
        // The parser speaks English only.
        Rejected::Form(_) if texts.lang() != Lang::En => args.set("detail", String::new()),
        Rejected::Form(detail) | Rejected::Value(detail) | Rejected::Protected(detail) => {
            args.set("detail", shown(detail));
        }
        Rejected::Taken(what, whose) => {
            args.set("detail", shown(what));
            args.set("owner", shown(whose));
        }
        Rejected::NotAdministrators | Rejected::TooLong | Rejected::UnknownKey | Rejected::Twice => {}
    }
    let why = texts.with(&format!("knowledge-rejected-{}", note.reason.id()), &args);
    let place = [note.table.as_str(), note.id.as_deref().unwrap_or_default()];
    let place = place.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    let mut args = FluentArgs::new();
    args.set("line", note.line.unwrap_or_default());
    args.set("place", shown(&place));
    args.set("why", why);
    let id = match (note.line.is_some(), place.is_empty()) {
        (true, false) => "knowledge-note",
        (true, true) => "knowledge-note-line",
        (false, false) => "knowledge-note-place",
        (false, true) => "knowledge-note-why",
    };
    texts.with(id, &args)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_words_in_both_languages() {
        let text = |of: &str| of.to_owned();
        let reasons = [
            Rejected::NotAdministrators,
            Rejected::TooLong,
            Rejected::Form(text("x")),
            Rejected::UnknownKey,
            Rejected::Value(text("7")),
            Rejected::Protected(text("points")),
            Rejected::Taken(text("a.exe"), text("B")),
            Rejected::Twice,
        ];
        for &lang in Lang::ALL {
            let texts = Texts::new(lang);
            for reason in &reasons {
                for (line, table, id) in
                    [(Some(4), "thresholds.cpu", Some("full")), (None, "", None), (Some(1), "", None)]
                {
                    let id = id.map(str::to_owned);
                    let note = KnowledgeNote { table: text(table), id, line, reason: reason.clone() };
                    let words = knowledge_note(&note, &texts);
                    assert!(
                        !words.contains(['{', '}', '$', '\n']) && !words.contains("knowledge-"),
                        "{lang:?}: {words}"
                    );
                    assert_eq!(words.contains("thresholds.cpu full"), !table.is_empty());
                    let json = serde_json::to_value(&note).expect("json");
                    assert_eq!(serde_json::from_value::<KnowledgeNote>(json).expect("a note"), note);
                }
            }
        }
        let note = KnowledgeNote {
            table: text("thresholds.cpu"),
            id: Some(text("full")),
            line: Some(4),
            reason: Rejected::Value(text("7")),
        };
        let words = knowledge_note(&note, &Texts::new(Lang::Ja));
        assert_eq!(words, "4行目 thresholds.cpu full：7 は使えない値です");
        assert_eq!(
            knowledge_note(&note, &Texts::new(Lang::En)),
            "line 4, thresholds.cpu full: 7 is not a usable value"
        );
    }
}
