//! Puts an answer into words.

use fluent_bundle::FluentArgs;
use jiff::tz::TimeZone;

use super::check::{Arg, Check, Phrase, Sentence};
use super::privacy::private_volume;
use crate::diagnose::{Finding, SubjectKind};
use crate::explain::{Lang, Texts, explain, format, program_name};
use crate::knowledge::{Knowledge, Label};
use crate::model::DisplayName;

/// An answer in words.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct CheckWords {
    /// The answer.
    pub sentence: String,
    /// What was seen: short sentences with their figures.
    pub saw: Vec<String>,
    /// One step to take.
    pub next: String,
}

/// Puts `check` into the language of `texts`. `is_shown` is true while others look at the screen: volumes are then
/// named without what their owner called them. The texts may still contain paths: see [`super::without_private`].
pub fn check_words(check: &Check, knowledge: &Knowledge, texts: &Texts, zone: &TimeZone, is_shown: bool) -> CheckWords {
    let phrase = |phrase: &Phrase| words(phrase, knowledge, texts, zone, is_shown);
    let told = |finding: &Finding| explain(&masked(finding, is_shown), knowledge, texts);
    let own = check.saw.iter().map(phrase);
    let also = check.also.iter().map(|finding| told(finding).headline);
    match &check.sentence {
        Sentence::Own(sentence) => {
            CheckWords { sentence: phrase(sentence), saw: own.collect(), next: phrase(&check.next) }
        }
        Sentence::Finding(decided) => {
            let of_finding = told(&decided.0);
            let next = of_finding.todo.into_iter().next().unwrap_or_else(|| phrase(&check.next));
            CheckWords {
                sentence: of_finding.headline,
                saw: of_finding.saw.into_iter().chain(also).chain(own).collect(),
                next,
            }
        }
        Sentence::See(see, finding) => {
            let mut args = FluentArgs::new();
            args.set("check", see.code());
            args.set("headline", told(finding).headline);
            CheckWords { sentence: texts.with("checkup-see", &args), saw: own.collect(), next: phrase(&check.next) }
        }
    }
}

/// The finding without the name that somebody gave to a volume.
fn masked(finding: &Finding, is_shown: bool) -> Finding {
    let mut finding = finding.clone();
    if is_shown && finding.subject.kind == SubjectKind::Volume {
        finding.subject.name = Label::same(&private_volume(&finding.subject.group));
    }
    finding
}

fn words(phrase: &Phrase, knowledge: &Knowledge, texts: &Texts, zone: &TimeZone, is_shown: bool) -> String {
    let mut args = FluentArgs::new();
    for (name, value) in &phrase.args {
        match value {
            // A number, so that the text can choose its plural.
            Arg::Count(count) => args.set(*name, *count),
            value => args.set(*name, shown(value, knowledge, texts, zone, is_shown)),
        }
    }
    texts.with(&phrase.id, &args)
}

fn shown(value: &Arg, knowledge: &Knowledge, texts: &Texts, zone: &TimeZone, is_shown: bool) -> String {
    let lang = texts.lang();
    match value {
        Arg::Share(share) => format::percent(*share),
        Arg::Bytes(bytes) => format::bytes(*bytes),
        Arg::Rate(rate) => format::rate(*rate),
        Arg::Celsius(celsius) => format::celsius(*celsius),
        Arg::Duration(seconds) => format::duration(texts, *seconds),
        Arg::Date(at) => format::date(*at, zone),
        Arg::Count(count) => count.to_string(),
        Arg::Program(name) => program_name(name, knowledge, lang),
        Arg::Programs(names) => {
            let names: Vec<String> = names.iter().map(|name| program_name(name, knowledge, lang)).collect();
            names.join(match lang {
                Lang::Ja => "、",
                Lang::En => ", ",
            })
        }
        Arg::Volume(name) if is_shown => private_volume(name),
        Arg::Name(name) | Arg::Volume(name) => DisplayName::new(name).as_str().to_owned(),
        Arg::Text(id) => texts.get(id),
    }
}
