//! A finding as plain text for the helpdesk, to be pasted into a mail or a ticket.

use fluent_bundle::FluentArgs;
use jiff::tz::TimeZone;

use super::{Texts, explain, format, since};
use crate::diagnose::Finding;
use crate::knowledge::Knowledge;
use crate::model::{At, DisplayName};

/// Longest path, in characters.
const PATH_CHARS: usize = 300;

/// Returns what was found as a few lines: when, on which system, what, which file, what was seen, what is not known.
/// `system` is the name of the operating system, empty where it is not known.
pub fn for_helpdesk(
    finding: &Finding,
    system: &str,
    knowledge: &Knowledge,
    texts: &Texts,
    zone: &TimeZone,
    now: At,
) -> String {
    let words = explain(finding, knowledge, texts);
    let mut args = FluentArgs::new();
    args.set("version", env!("CARGO_PKG_VERSION"));
    args.set("time", format::date_clock(now, zone));
    let mut lines = vec![texts.with("helpdesk-title", &args)];
    if !system.is_empty() {
        lines.push(texts.with_one("helpdesk-system", "system", DisplayName::new(system).as_str().to_owned()));
    }
    lines.extend([String::new(), words.headline, since(finding, texts, zone, now)]);
    if let Some(path) = &finding.subject.path {
        let path = DisplayName::with_limit(path, PATH_CHARS).as_str().to_owned();
        lines.push(texts.with_one("helpdesk-file", "path", path));
    }
    lines.extend(words.saw.iter().map(|saw| format!("- {saw}")));
    lines.extend([String::new(), words.limits]);
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::{Confidence, Evidence, EvidenceKind, RuleId, Severity, Subject, SubjectKind};
    use crate::explain::Lang;
    use crate::knowledge::Label;
    use crate::model::Seconds;

    #[test]
    fn it_says_when_what_and_which_file_without_dangerous_characters() {
        let subject = Subject {
            kind: SubjectKind::Program,
            group: "helper".into(),
            name: Label::same("helper"),
            path: Some("/home/a/.cache/\u{202e}x\u{1b}[2J/helper".into()),
            ..Subject::machine()
        };
        let evidence = vec![Evidence::new(EvidenceKind::ProgramCpu, 0.5, Seconds(180.0))];
        let finding =
            Finding::new(RuleId::SecretMining, Severity::Critical, Confidence::High, subject, At(0), evidence);
        let knowledge = Knowledge::builtin().expect("tables");
        for (&lang, parts) in
            Lang::ALL.iter().zip([["Windows 11", "採掘", "ファイル"], ["Windows 11", "mining", "File:"]])
        {
            let texts = Texts::new(lang);
            let text = for_helpdesk(&finding, "Windows 11", &knowledge, &texts, &TimeZone::UTC, At(180_000));
            for part in parts {
                assert!(text.contains(part), "{part}: {text}");
            }
            assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text:?}");
            assert!(text.lines().count() >= 7, "{text}");
        }
    }
}
