//! Loads the texts in `assets/text` (Fluent). A missing text shows its id; a test catches that first.

use std::borrow::Cow;
use std::fmt;
use std::sync::OnceLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use serde::{Deserialize, Serialize};
use strum::VariantArray;
use unic_langid::LanguageIdentifier;

use crate::model::{is_dangerous, visible_line};

/// A language of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, VariantArray)]
#[serde(rename_all = "snake_case")]
pub enum Lang {
    /// Japanese.
    Ja,
    /// English.
    En,
}

impl Lang {
    /// Both languages.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The language for a locale name such as `ja-JP` or `ja_JP.UTF-8`: Japanese for Japanese, otherwise English.
    pub fn from_locale(locale: &str) -> Self {
        if locale.to_ascii_lowercase().starts_with("ja") { Self::Ja } else { Self::En }
    }

    /// Language code, `ja` or `en`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Ja => "ja",
            Self::En => "en",
        }
    }

    /// The other language.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Ja => Self::En,
            Self::En => Self::Ja,
        }
    }

    fn sources(self) -> [(&'static str, &'static str); 6] {
        macro_rules! files {
            ($lang:literal) => {
                [
                    ("findings.ftl", include_str!(concat!("../../assets/text/", $lang, "/findings.ftl"))),
                    ("causes.ftl", include_str!(concat!("../../assets/text/", $lang, "/causes.ftl"))),
                    ("checkup.ftl", include_str!(concat!("../../assets/text/", $lang, "/checkup.ftl"))),
                    ("cli.ftl", include_str!(concat!("../../assets/text/", $lang, "/cli.ftl"))),
                    ("agent.ftl", include_str!(concat!("../../assets/text/", $lang, "/agent.ftl"))),
                    ("ui.ftl", include_str!(concat!("../../assets/text/", $lang, "/ui.ftl"))),
                ]
            };
        }
        match self {
            Self::Ja => files!("ja"),
            Self::En => files!("en"),
        }
    }
}

/// All texts of one language, parsed on first use: most runs need only one language.
pub struct Texts {
    lang: Lang,
    bundle: OnceLock<FluentBundle<FluentResource>>,
}

impl Texts {
    /// The built-in texts.
    pub const fn new(lang: Lang) -> Self {
        Self { lang, bundle: OnceLock::new() }
    }

    /// Locale for the formatting of numbers and plurals.
    fn identifier(&self) -> LanguageIdentifier {
        self.lang.code().parse().unwrap_or_default()
    }

    fn bundle(&self) -> &FluentBundle<FluentResource> {
        self.bundle.get_or_init(|| {
            let mut bundle = FluentBundle::new_concurrent(vec![self.identifier()]);
            // Isolation marks would be drawn as boxes, and DisplayName already neutralises names.
            bundle.set_use_isolating(false);
            for (_, source) in self.lang.sources() {
                // A syntax error costs only the text it is in; a test catches that first.
                let read = FluentResource::try_new(source.to_owned());
                bundle.add_resource_overriding(read.unwrap_or_else(|(what_could_be_read, _)| what_could_be_read));
            }
            bundle
        })
    }

    /// The language.
    pub const fn lang(&self) -> Lang {
        self.lang
    }

    /// True if there is a text with this id.
    pub fn has(&self, id: &str) -> bool {
        self.bundle().has_message(id)
    }

    /// A text without arguments.
    pub fn get(&self, id: &str) -> String {
        self.format(id, None)
    }

    /// A text with arguments.
    pub fn with(&self, id: &str, args: &FluentArgs<'_>) -> String {
        self.format(id, Some(args))
    }

    /// A text with one argument.
    pub fn with_one(&self, id: &str, name: &'static str, value: impl Into<Cow<'static, str>>) -> String {
        let mut args = FluentArgs::new();
        args.set(name, value.into());
        self.with(id, &args)
    }

    fn format(&self, id: &str, args: Option<&FluentArgs<'_>>) -> String {
        let Some(pattern) = self.bundle().get_message(id).and_then(|message| message.value()) else {
            return id.to_owned();
        };
        let mut errors = Vec::new();
        let args = args.map(visible);
        self.bundle().format_pattern(pattern, args.as_ref(), &mut errors).into_owned()
    }
}

/// Arguments in which every invisible character is made visible. Names of programs, mounts, devices and files come from
/// others: a line feed in one would begin a line that looks like ours.
fn visible<'a>(args: &'a FluentArgs<'_>) -> FluentArgs<'a> {
    let shown = args.iter().map(|(name, value)| {
        let value = match value {
            FluentValue::String(text) if text.contains(is_dangerous) => visible_line(text).into(),
            FluentValue::String(text) => FluentValue::String(Cow::Borrowed(text)),
            other => other.clone(),
        };
        (Cow::Borrowed(name), value)
    });
    shown.collect()
}

impl fmt::Debug for Texts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Texts").field("lang", &self.lang).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    /// Ids with the names of the arguments of each text.
    fn shape(lang: Lang) -> BTreeMap<String, BTreeSet<String>> {
        let mut shape = BTreeMap::new();
        let mut id = String::new();
        for line in lang.sources().iter().flat_map(|(_, source)| source.lines()) {
            if !line.starts_with([' ', '#', '}'])
                && let Some((name, _)) = line.split_once(" =")
            {
                assert!(!shape.contains_key(name), "{name} twice");
                id = name.to_owned();
            }
            let names = line
                .split('$')
                .skip(1)
                .map(|rest| rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect::<String>());
            if !id.is_empty() && !line.starts_with('#') {
                shape.entry(id.clone()).or_insert_with(BTreeSet::new).extend(names);
            }
        }
        shape
    }

    #[test]
    fn every_text_can_be_read() {
        for &lang in Lang::ALL {
            assert_eq!(Texts::new(lang).identifier().to_string(), lang.code());
            for (file, source) in lang.sources() {
                if let Err((_, errors)) = FluentResource::try_new(source.to_owned()) {
                    panic!("{lang:?} {file}: {errors:?}");
                }
            }
        }
    }

    #[test]
    fn both_languages_have_the_same_texts_with_the_same_arguments() {
        let (ja, en) = (shape(Lang::Ja), shape(Lang::En));
        let ids = |shape: &BTreeMap<String, BTreeSet<String>>| shape.keys().cloned().collect::<BTreeSet<_>>();
        assert_eq!(ids(&ja), ids(&en));
        for (id, names) in &en {
            assert_eq!(&ja[id], names, "{id}");
        }
    }

    /// Terminology: words not to use, and the ones to use instead, so that one thing has one name.
    const TERMS: [(&str, &str); 22] = [
        ("パソコンの力", "処理能力"),
        ("仮想通貨", "暗号資産"),
        ("を計算する", "を採掘する"),
        ("マイニングソフト", "採掘プログラム"),
        ("通風口", "通気口"),
        ("清掃", "掃除"),
        ("この版", "このバージョン"),
        ("新しい版", "新しいバージョン"),
        ("フォルダ ", "フォルダー"),
        ("フォルダの", "フォルダーの"),
        ("ブラウザの", "ブラウザーの"),
        ("ユーザが", "ユーザーが"),
        ("ログイン", "サインイン"),
        ("ログオン", "サインイン"),
        ("ダイアログ", "ウィンドウ"),
        ("プロセッサ", "CPU"),
        ("ウイルススキャン", "ウイルス検査"),
        ("リブート", "再起動"),
        ("試験", "テスト"),
        ("揺れ", "変動"),
        ("終了を頼", "終了を依頼"),
        ("終了を求め", "終了を依頼"),
    ];

    #[test]
    fn japanese_has_one_word_for_one_thing_and_its_own_signs() {
        for (file, source) in Lang::Ja.sources() {
            for line in source.lines().filter(|line| !line.starts_with('#')) {
                for (avoided, used) in TERMS {
                    assert!(!line.contains(avoided), "{file}: {used} in place of {avoided}: {line}");
                }
                let is_japanese = |c: char| c >= '\u{3040}';
                let mut before = ' ';
                for (at, c) in line.char_indices() {
                    let after = line[at + c.len_utf8()..].chars().next().unwrap_or(' ');
                    let beside = is_japanese(before) || is_japanese(after);
                    assert!(!(beside && ":()!?".contains(c)), "{file}: a half-width {c}: {line}");
                    assert!(!('０'..='９').contains(&c) && c != '％', "{file}: a full-width {c}: {line}");
                    before = c;
                }
                for counter in ["件", "分", "秒", "個", "日", "回", "時間", "%"] {
                    assert!(!line.contains(&format!("}} {counter}")), "{file}: a space before {counter}: {line}");
                }
            }
        }
    }

    #[test]
    fn the_texts_can_be_read() {
        for &lang in Lang::ALL {
            let texts = Texts::new(lang);
            assert_eq!(texts.get("no-such-text"), "no-such-text");
            assert!(texts.has("all_well-headline"));
        }
    }

    /// Regression: a mount named like the lines of a report forged one.
    #[test]
    fn no_argument_begins_a_line() {
        for &lang in Lang::ALL {
            let text = Texts::new(lang).with_one("disk_nearly_full-headline", "name", "/mnt/A\n○ Fine\u{202e}\n\nZ");
            assert!(text.contains("/mnt/A<U+000A>○ Fine<U+202E><U+000A><U+000A>Z"), "{text}");
        }
    }

    #[test]
    fn a_locale_chooses_the_language() {
        assert_eq!(Lang::from_locale("ja_JP.UTF-8"), Lang::Ja);
        assert_eq!(Lang::from_locale("JA-jp"), Lang::Ja);
        assert_eq!(Lang::from_locale("en-US"), Lang::En);
        assert_eq!(Lang::from_locale("C"), Lang::En);
    }
}
