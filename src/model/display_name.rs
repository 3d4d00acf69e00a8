//! Makes process names safe to draw: whoever starts a process chooses its name.

use std::fmt;

/// A short name in which every invisible or dangerous character is made visible.
///
/// Control characters, line breaks, bidirectional controls and isolates, zero-width characters, tags and private-use
/// characters become `<U+XXXX>`, so that a name cannot reverse, hide or break the text beside it. (System Informer made
/// the same class visible in January 2026; this set also has U+061C, the isolates U+2066-2069 and the tags
/// U+E0000-E007F.)
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DisplayName(String);

impl DisplayName {
    /// Maximum length in characters; longer names are cut in the middle so that the ending stays visible.
    pub const MAX_CHARS: usize = 64;

    /// Makes `raw` safe and short.
    pub fn new(raw: &str) -> Self {
        Self::with_limit(raw, Self::MAX_CHARS)
    }

    /// Like [`Self::new`] with another maximum length, e.g. for a path; at least 8.
    pub fn with_limit(raw: &str, max_chars: usize) -> Self {
        let max_chars = max_chars.max(8);
        // Only both ends are processed, so that a 4 KB name costs no more than a short one.
        let (head, tail) = ends(raw, max_chars);
        let mut visible: Vec<char> = head.chars().chain(tail.chars()).flat_map(make_visible).collect();
        if visible.len() > max_chars {
            let head_len = max_chars * 2 / 3;
            let tail_len = max_chars - head_len - 1;
            let tail_at = visible.len() - tail_len;
            visible.splice(head_len..tail_at, ['…']);
        }
        let name: String = visible.into_iter().collect();
        let name = name.trim();
        Self(if name.is_empty() { "?".to_owned() } else { name.to_owned() })
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The first and last `max_chars` characters of a long text, or a short one whole and an empty rest.
fn ends(raw: &str, max_chars: usize) -> (&str, &str) {
    if raw.len() <= max_chars * 8 {
        return (raw, "");
    }
    // The two ends cannot overlap: more than 8 bytes per character, and a character has at most 4.
    let head_end = raw.char_indices().nth(max_chars).map_or(raw.len(), |(at, _)| at);
    let tail_start = raw.char_indices().rev().nth(max_chars - 1).map_or(0, |(at, _)| at);
    (&raw[..head_end], &raw[tail_start..])
}

/// Makes every invisible or dangerous character of a text visible, except its line feeds. For whole outputs; a single name
/// is a [`DisplayName`].
pub fn visible_lines(text: &str) -> String {
    let mut visible = String::with_capacity(text.len());
    for c in text.chars() {
        if c == '\n' { visible.push(c) } else { visible.extend(make_visible(c)) }
    }
    visible
}

/// Makes every invisible or dangerous character of a text visible, its line feeds included. For a text of any length
/// within a sentence; a name is a [`DisplayName`].
pub fn visible_line(text: &str) -> String {
    text.chars().flat_map(make_visible).collect()
}

fn make_visible(c: char) -> Vec<char> {
    if is_dangerous(c) { format!("<U+{:04X}>", u32::from(c)).chars().collect() } else { vec![c] }
}

/// True if a character is invisible, changes how its neighbours are drawn, or is none (`U+FDD0` and the like).
pub fn is_dangerous(c: char) -> bool {
    c.is_control()
        || u32::from(c) & 0xFFFE == 0xFFFE
        || matches!(u32::from(c),
            0x00AD | 0x034F | 0x061C | 0x115F | 0x1160 | 0x17B4 | 0x17B5 | 0x180B..=0x180E
            | 0x200B..=0x200F | 0x2028..=0x202E | 0x2060..=0x206F | 0x3164 | 0xFE00..=0xFE0F | 0xFEFF
            | 0xFFA0 | 0xFFF0..=0xFFFB | 0xE000..=0xF8FF | 0xFDD0..=0xFDEF | 0x1D173..=0x1D17A | 0xE0000..=0xE0FFF)
}

impl fmt::Display for DisplayName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for DisplayName {
    fn from(raw: &str) -> Self {
        Self::new(raw)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_names_stay_as_they_are() {
        for name in ["chrome.exe", "見守り", "Isolated Web Co", "a) S 1 1 1", "=1+2"] {
            assert_eq!(DisplayName::new(name).as_str(), name);
        }
    }

    #[test]
    fn hostile_characters_become_visible() {
        assert_eq!(DisplayName::new("a\nb").as_str(), "a<U+000A>b");
        assert_eq!(DisplayName::new("\u{1b}[2Jx").as_str(), "<U+001B>[2Jx");
        assert_eq!(DisplayName::new("gpj\u{202e}exe").as_str(), "gpj<U+202E>exe");
        assert_eq!(DisplayName::new("a\u{2066}b").as_str(), "a<U+2066>b");
        assert_eq!(DisplayName::new("  ").as_str(), "?");
    }

    #[test]
    fn a_text_keeps_its_lines_and_nothing_else_that_is_invisible() {
        assert_eq!(
            visible_lines("見守り\n\u{9b}31m\u{7f}\u{202e}\r\u{fdd1}\n"),
            "見守り\n<U+009B>31m<U+007F><U+202E><U+000D><U+FDD1>\n"
        );
    }

    #[test]
    fn a_long_name_keeps_its_ending() {
        let name = DisplayName::new(&format!("{}.exe", "x".repeat(4096)));
        assert_eq!(name.as_str().chars().count(), DisplayName::MAX_CHARS);
        assert!(name.as_str().ends_with("x.exe"));
        assert!(name.as_str().contains('…'));
    }

    proptest::proptest! {
        #[test]
        fn any_text_becomes_short_and_harmless(raw in "\\PC*|.*", limit in 8_usize..100) {
            let name = DisplayName::with_limit(&raw, limit);
            proptest::prop_assert!(!name.as_str().is_empty());
            proptest::prop_assert!(name.as_str().chars().count() <= limit);
            proptest::prop_assert!(!name.as_str().chars().any(is_dangerous));
        }
    }
}
