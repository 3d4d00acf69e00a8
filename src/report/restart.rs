//! A restart in words: what stands in the way, how it goes, what it has changed.

use fluent_bundle::FluentArgs;
use jiff::tz::TimeZone;

use crate::explain::{Lang, Texts, explain, format, program_name, system_reason};
use crate::knowledge::Knowledge;
use crate::model::{At, DisplayName, Inhibitor, RestartError};
use crate::remedy::restart::{AfterRestart, AfterVerdict, Blocker, BrowserReturn, RestartEnd, RestartPhase};

/// Longest path, in characters.
const PATH_CHARS: usize = 300;

/// State of the restart, and what to do next.
pub fn restart_text(phase: &RestartPhase, texts: &Texts) -> String {
    match phase {
        RestartPhase::Checking => texts.get("restart-checking"),
        RestartPhase::Confirm(_) => texts.get("restart-confirm-title"),
        RestartPhase::CountingDown { left } => {
            texts.with_one("restart-countdown", "seconds", format::count(left.0.ceil()))
        }
        RestartPhase::Requested { .. } => texts.get("restart-requested"),
        RestartPhase::Ended(RestartEnd::Cancelled) => texts.get("restart-cancelled"),
        RestartPhase::Ended(RestartEnd::Interrupted) => texts.get("restart-interrupted"),
        RestartPhase::Ended(RestartEnd::NotHappened) => texts.get("restart-not-happened"),
        RestartPhase::Ended(RestartEnd::Refused(error)) => error_text(error, texts),
    }
}

fn error_text(error: &RestartError, texts: &Texts) -> String {
    let id = match error {
        RestartError::NotAllowed => "restart-not-allowed",
        RestartError::Inhibited(inhibitors) if inhibitors.is_empty() => "restart-inhibited-unknown",
        RestartError::Inhibited(inhibitors) => {
            let named = |inhibitor: &Inhibitor| match inhibitor.why.as_str() {
                "" => inhibitor.who.clone(),
                why => format!("{} ({why})", inhibitor.who),
            };
            let names: Vec<String> = inhibitors.iter().map(named).collect();
            return texts.with_one("restart-inhibited", "names", joined(&names, texts));
        }
        RestartError::OthersSignedIn => "restart-others",
        RestartError::UnderWay => "restart-under-way",
        RestartError::NotHere(_) => "restart-not-here",
        RestartError::NoAnswer => "restart-no-answer",
        RestartError::Unconfirmed => "restart-unconfirmed",
        RestartError::Failed(reason) => {
            return texts.with_one("restart-failed", "reason", system_reason(reason, texts));
        }
    };
    texts.get(id)
}

/// Something that stands in the way.
pub fn blocker_text(blocker: &Blocker, knowledge: &Knowledge, texts: &Texts) -> String {
    let with_names = |id: &str, names: &[String]| texts.with_one(id, "names", programs(names, knowledge, texts));
    match blocker {
        Blocker::SeemsUnsaved(names) => with_names("restart-blocker-unsaved", names),
        Blocker::NotTicked(names) if names.is_empty() => texts.get("restart-blocker-not-ticked-unknown"),
        Blocker::NotTicked(names) => with_names("restart-blocker-not-ticked", names),
        Blocker::OthersSignedIn => texts.get("restart-blocker-others"),
        Blocker::Inhibited(Inhibitor { who, why }) => {
            let mut args = FluentArgs::new();
            args.set("who", DisplayName::new(who).as_str().to_owned());
            args.set("why", DisplayName::with_limit(why, PATH_CHARS).as_str().to_owned());
            texts.with("restart-blocker-inhibited", &args)
        }
    }
}

/// Whether the restart helped, in one sentence.
pub fn after_text(after: &AfterRestart, texts: &Texts, now: At) -> String {
    let id = match &after.verdict {
        AfterVerdict::Measuring { until } => {
            let left = until.since(now).0.max(1.0);
            return texts.with_one("after-measuring", "duration", format::duration(texts, left));
        }
        AfterVerdict::Fixed => "after-fixed",
        AfterVerdict::NotFixed(_) => "after-not-fixed",
        AfterVerdict::NothingBefore => "after-nothing-before",
        AfterVerdict::NotRestarted => "after-not-restarted",
        AfterVerdict::CannotTell => "after-cannot-tell",
    };
    texts.get(id)
}

/// What it rests on: what was found before and is found now, the load, the temperature, the browser.
pub fn after_lines(after: &AfterRestart, knowledge: &Knowledge, texts: &Texts) -> Vec<String> {
    let headline = |finding| explain(finding, knowledge, texts).headline;
    let found = after.before.iter().map(|finding| texts.with_one("after-before", "headline", headline(finding)));
    let mut lines: Vec<String> = found.collect();
    if let AfterVerdict::NotFixed(findings) = &after.verdict {
        lines.extend(findings.iter().map(|finding| {
            let mut args = FluentArgs::new();
            args.set("headline", headline(finding));
            let Some(parent) = &finding.parent else { return texts.with("after-now", &args) };
            args.set("by", DisplayName::new(parent).as_str().to_owned());
            texts.with("after-now-by", &args)
        }));
    }
    let pair = |id: &str, before: String, after: String| {
        let mut args = FluentArgs::new();
        args.set("before", before);
        args.set("after", after);
        texts.with(id, &args)
    };
    lines.extend(
        after.load.map(|(before, now)| pair("after-load", format::percent(before.get()), format::percent(now.get()))),
    );
    lines.extend(after.heat.map(|(before, now)| pair("after-heat", format::celsius(before.0), format::celsius(now.0))));
    lines.extend(browser_lines(&after.browser, knowledge, texts));
    lines
}

fn browser_lines(browser: &BrowserReturn, knowledge: &Knowledge, texts: &Texts) -> Vec<String> {
    let with_names = |id: &str, names: &[String]| vec![texts.with_one(id, "names", programs(names, knowledge, texts))];
    match browser {
        BrowserReturn::StayedAway => vec![texts.get("after-browser-stayed")],
        BrowserReturn::OpenedLater(names) => with_names("after-browser-later", names),
        BrowserReturn::CannotTell(names) => with_names("after-browser-unknown", names),
        BrowserReturn::CameBack(returned) => {
            let line = |one: &crate::remedy::restart::ReturnedBrowser| {
                let mut args = FluentArgs::new();
                args.set("name", program_name(&one.name, knowledge, texts.lang()));
                args.set("duration", format::duration(texts, one.after.0));
                let Some(by) = &one.by else { return texts.with("after-browser-back", &args) };
                args.set("by", program_name(by, knowledge, texts.lang()));
                texts.with("after-browser-back-by", &args)
            };
            returned.iter().map(line).collect()
        }
    }
}

/// The same as plain text, to be pasted into a mail or a ticket. `system` is the name of the operating system, empty where
/// it is not known.
pub fn after_for_helpdesk(
    after: &AfterRestart,
    system: &str,
    knowledge: &Knowledge,
    texts: &Texts,
    zone: &TimeZone,
    now: At,
) -> String {
    let mut args = FluentArgs::new();
    args.set("version", env!("CARGO_PKG_VERSION"));
    args.set("time", format::date_clock(now, zone));
    let mut lines = vec![texts.with("helpdesk-title", &args)];
    if !system.is_empty() {
        lines.push(texts.with_one("helpdesk-system", "system", DisplayName::new(system).as_str().to_owned()));
    }
    lines.push(String::new());
    lines.push(after_text(after, texts, now));
    lines.push(texts.with_one("after-helpdesk-at", "time", format::date_clock(after.at, zone)));
    lines.extend(after_lines(after, knowledge, texts).into_iter().map(|line| format!("- {line}")));
    if let AfterVerdict::NotFixed(findings) = &after.verdict {
        let paths = findings.iter().filter_map(|finding| finding.subject.path.as_deref());
        let shown = |path: &str| DisplayName::with_limit(path, PATH_CHARS).as_str().to_owned();
        lines.extend(paths.map(|path| texts.with_one("helpdesk-file", "path", shown(path))));
    }
    lines.join("\n") + "\n"
}

fn programs(names: &[String], knowledge: &Knowledge, texts: &Texts) -> String {
    let labels: Vec<String> = names.iter().map(|name| program_name(name, knowledge, texts.lang())).collect();
    joined(&labels, texts)
}

fn joined(names: &[String], texts: &Texts) -> String {
    names.join(match texts.lang() {
        Lang::Ja => "、",
        Lang::En => ", ",
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::{Confidence, Evidence, EvidenceKind, Finding, RuleId, Severity, Subject, SubjectKind};
    use crate::knowledge::Label;
    use crate::model::{Celsius, Fraction, Seconds};
    use crate::remedy::restart::{Restarted, ReturnedBrowser};

    fn inhibitor() -> Inhibitor {
        Inhibitor { who: "Disc\u{202e}Writer".into(), why: "burning a disc".into() }
    }

    fn finding() -> Finding {
        let subject = Subject {
            kind: SubjectKind::Program,
            group: "helper".into(),
            name: Label::same("helper"),
            path: Some("/home/a/.cache/\u{202e}x/helper".into()),
            parts: 1,
            ..Subject::machine()
        };
        let evidence = vec![Evidence::new(EvidenceKind::ProgramCpu, 0.5, Seconds(180.0))];
        let finding = Finding::new(RuleId::CpuHog, Severity::Warning, Confidence::High, subject, At(0), evidence);
        Finding { parent: Some("launcher".into()), ..finding }
    }

    fn after(verdict: AfterVerdict, browser: BrowserReturn) -> AfterRestart {
        AfterRestart {
            at: At(0),
            restarted: Restarted::Yes,
            browser,
            load: Some((Fraction::new(0.93), Fraction::new(0.06))),
            heat: Some((Celsius(84.0), Celsius(51.0))),
            before: vec![finding()],
            verdict,
        }
    }

    #[test]
    fn each_phase_and_each_refusal_has_a_whole_sentence_in_both_languages() {
        let errors = [
            RestartError::NotAllowed,
            RestartError::Inhibited(vec![inhibitor()]),
            RestartError::Inhibited(Vec::new()),
            RestartError::OthersSignedIn,
            RestartError::UnderWay,
            RestartError::NotHere("no such file".into()),
            RestartError::NoAnswer,
            RestartError::Unconfirmed,
            RestartError::Failed("something odd".into()),
        ];
        let ends = [RestartEnd::Cancelled, RestartEnd::Interrupted, RestartEnd::NotHappened];
        let ends = ends.into_iter().chain(errors.into_iter().map(RestartEnd::Refused)).map(RestartPhase::Ended);
        let phases = [
            RestartPhase::Checking,
            RestartPhase::Confirm(Vec::new()),
            RestartPhase::CountingDown { left: Seconds(29.2) },
            RestartPhase::Requested { asks_password: true },
        ];
        let phases: Vec<RestartPhase> = phases.into_iter().chain(ends).collect();
        for &lang in Lang::ALL {
            let texts = Texts::new(lang);
            let mut shown: Vec<String> = phases.iter().map(|phase| restart_text(phase, &texts)).collect();
            assert!(shown[2].contains("30"), "{}", shown[2]);
            for text in &shown {
                assert!(!text.is_empty() && !text.contains(['{', '$', '\u{202e}']), "{text}");
                assert!(!text.starts_with("restart-"), "{text}");
            }
            shown.sort();
            shown.dedup();
            assert_eq!(shown.len(), phases.len(), "each its own");
        }
    }

    #[test]
    fn what_stands_in_the_way_is_named() {
        let knowledge = Knowledge::builtin().expect("tables");
        for &lang in Lang::ALL {
            let texts = Texts::new(lang);
            for (blocker, name) in [
                (Blocker::SeemsUnsaved(vec!["Editor".into()]), "Editor"),
                (Blocker::NotTicked(vec!["Editor".into(), "Mail".into()]), "Mail"),
                (Blocker::NotTicked(Vec::new()), ""),
                (Blocker::OthersSignedIn, ""),
                (Blocker::Inhibited(inhibitor()), "burning a disc"),
            ] {
                let text = blocker_text(&blocker, &knowledge, &texts);
                assert!(text.contains(name) && !text.contains(['{', '$', '\u{202e}']), "{text}");
                assert!(!text.starts_with("restart-"), "{text}");
            }
        }
    }

    #[test]
    fn the_helpdesk_reads_what_came_back_and_what_started_it() {
        let knowledge = Knowledge::builtin().expect("tables");
        let returned = ReturnedBrowser { name: "Chromium".into(), after: Seconds(8.0), by: Some("launcher".into()) };
        let names = || vec!["Chromium".to_owned()];
        for &lang in Lang::ALL {
            let texts = Texts::new(lang);
            let browser = BrowserReturn::CameBack(vec![returned.clone()]);
            let after_not_fixed = after(AfterVerdict::NotFixed(vec![finding()]), browser);
            let (zone, now) = (TimeZone::UTC, At(240_000));
            let text = after_for_helpdesk(&after_not_fixed, "Windows 11", &knowledge, &texts, &zone, now);
            for part in ["Windows 11", "helper", "launcher", "93%", "6", "84", "51", "Chromium", "/home/a/.cache/"] {
                assert!(text.contains(part), "{part}: {text}");
            }
            assert!(!text.contains(['\u{202e}', '{', '$']) && !text.contains("after-"), "{text}");
            for verdict in [
                AfterVerdict::Measuring { until: At(300_000) },
                AfterVerdict::Fixed,
                AfterVerdict::NothingBefore,
                AfterVerdict::NotRestarted,
                AfterVerdict::CannotTell,
            ] {
                for browser in
                    [BrowserReturn::StayedAway, BrowserReturn::OpenedLater(names()), BrowserReturn::CannotTell(names())]
                {
                    let text = after_for_helpdesk(&after(verdict.clone(), browser), "", &knowledge, &texts, &zone, now);
                    assert!(!text.contains(['{', '$']) && !text.contains("after-"), "{text}");
                }
            }
        }
    }
}
