//! Texts from the tables about a finding's program: what it is, and what to do when it slows the PC down.

use fluent_bundle::FluentArgs;

use super::Texts;
use crate::diagnose::{Circumstance, Finding, RuleId};
use crate::knowledge::{Advice, Knowledge, KnownProgram};
use crate::model::ProgramKind;

/// The table entry of the program that `finding` is about, if there is one.
pub fn known_of<'a>(finding: &Finding, knowledge: &'a Knowledge) -> Option<&'a KnownProgram> {
    knowledge.named(&finding.program()?.group)
}

/// What the program is, in one line; `None` if its name says so already.
pub(super) fn what(finding: &Finding, known: &KnownProgram, texts: &Texts) -> Option<String> {
    let (name, what) = (known.name.get(texts.lang()), known.what.get(texts.lang()));
    if name.eq_ignore_ascii_case(what) {
        return None;
    }
    let mut args = FluentArgs::new();
    args.set("name", name.to_owned());
    args.set("what", what.to_owned());
    // A disguised program takes a well-known name: this describes the name, not what runs under it.
    let id = if finding.rule == RuleId::SecretMining { "known-what-usual" } else { "known-what" };
    Some(texts.with(id, &args))
}

/// What to do when the program slows the PC down.
pub fn advice(known: &KnownProgram, texts: &Texts) -> String {
    let mut args = FluentArgs::new();
    args.set("name", known.name.get(texts.lang()).to_owned());
    if let Some(minutes) = known.usual_minutes {
        args.set("minutes", minutes.to_string());
    }
    let id = match known.advice {
        Advice::Wait if known.usual_minutes.is_some() => "wait-minutes",
        // What the system needs must stay; what it shows or plays can be closed.
        Advice::Close if known.protect.is_some() => "close-others",
        advice => advice.id(),
    };
    texts.with(&format!("advice-{id}"), &args)
}

/// The advice for a program that may be out of the user's reach.
pub(super) fn advice_for(finding: &Finding, known: &KnownProgram, texts: &Texts) -> String {
    let is_out_of_reach = finding.circumstances.contains(&Circumstance::OutOfReach);
    let id = match known.advice {
        Advice::Close if is_out_of_reach => "advice-close-others",
        Advice::ShutDown | Advice::Restart | Advice::Ask if is_out_of_reach => "advice-ask-others",
        _ => return advice(known, texts),
    };
    texts.with_one(id, "name", known.name.get(texts.lang()).to_owned())
}

/// Text variants that fit the advice, most specific first; a rule's text for one of them takes precedence over its
/// general text.
pub(super) fn variants(finding: &Finding, known: &KnownProgram) -> Vec<&'static str> {
    let is_out_of_reach = finding.circumstances.contains(&Circumstance::OutOfReach);
    let is_own = known.protect.is_none() && known.kind == ProgramKind::Program;
    let advised: &[_] = match known.advice {
        // Where waiting is what helps, the advice says so; elsewhere the steps end or pause the program.
        _ if is_out_of_reach => match finding.rule {
            RuleId::CpuHog | RuleId::DiskBusy | RuleId::KnownBusy => &["known", "others"],
            _ => &["others", "known"],
        },
        Advice::ShutDown => &["shut_down", "known"],
        Advice::Close if known.protect.is_none() => &["close", "known"],
        Advice::Wait if known.usual_minutes.is_none() && is_own => &["passing", "known"],
        Advice::Wait => &["wait", "known"],
        _ => &["known"],
    };
    let protected = known.protect.is_some().then_some("protected");
    protected.iter().chain(advised).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::{Confidence, Evidence, EvidenceKind, Severity, Subject, SubjectKind};
    use crate::explain::{Lang, explain};
    use crate::model::{At, Seconds};

    fn finding(rule: RuleId, known: &KnownProgram) -> Finding {
        let subject = Subject {
            kind: SubjectKind::Program,
            group: known.name.en.clone(),
            name: known.name.clone(),
            ..Subject::machine()
        };
        let figures = [EvidenceKind::ProgramCpu, EvidenceKind::MemoryUsed, EvidenceKind::ProgramMemory];
        let evidence = figures.map(|kind| Evidence::new(kind, 0.5, Seconds(300.0))).to_vec();
        let mut finding = Finding::new(rule, Severity::Warning, Confidence::High, subject, At(0), evidence);
        finding.busy = known.busy.filter(|_| rule == RuleId::KnownBusy);
        finding
    }

    fn of_machine(rule: RuleId, known: &KnownProgram) -> Finding {
        let about = finding(rule, known);
        Finding { subject: Subject::machine(), cause: Some(about.subject.clone()), ..about }
    }

    /// The text of a finding about a known program says what it is and what the tables advise, in both languages.
    #[test]
    fn a_finding_about_a_known_program_tells_what_it_is_and_what_to_do() {
        let knowledge = Knowledge::builtin().expect("tables");
        // A virtual machine gives its memory back only when it is shut down.
        let is_in_place = |known: &KnownProgram| known.protect.is_some() || known.advice == Advice::ShutDown;
        for &lang in Lang::ALL {
            let texts = Texts::new(lang);
            for known in knowledge.programs() {
                let advice = advice(known, &texts);
                assert!(!advice.starts_with("advice-") && !advice.contains(['{', '$']), "{}: {advice}", known.id);
                let found = [
                    (finding(RuleId::CpuHog, known), true),
                    // The text of this rule says it already.
                    (finding(RuleId::KnownBusy, known), known.advice != Advice::Wait),
                    // Waiting does not free memory, and what may be closed should be.
                    (finding(RuleId::MemoryPressure, known), is_in_place(known)),
                    (finding(RuleId::MemoryGrowth, known), is_in_place(known)),
                    (of_machine(RuleId::DiskBusy, known), true),
                    (of_machine(RuleId::NetworkBusy, known), true),
                    (of_machine(RuleId::GpuBusy, known), true),
                ];
                let is_reported = |finding: &Finding| finding.rule != RuleId::KnownBusy || finding.busy.is_some();
                for (finding, advised) in found.into_iter().filter(|(finding, _)| is_reported(finding)) {
                    let words = explain(&finding, &knowledge, &texts);
                    let (rule, id) = (finding.rule.id(), &known.id);
                    let (name, what) = (known.name.get(lang), known.what.get(lang));
                    let line = words.what.as_deref().unwrap_or(name);
                    assert!(line.contains(what) && line.contains(name) || name.eq_ignore_ascii_case(what), "{line}");
                    assert_eq!(words.todo.contains(&advice), advised, "{rule} {id}: {:?}", words.todo);
                    for text in words.todo.iter().map(String::as_str).chain([line]) {
                        assert!(!text.contains(['{', '$']), "{rule} {id}: {text}");
                    }
                }
            }
        }
    }

    #[test]
    fn what_must_never_end_is_not_to_be_closed() {
        let knowledge = Knowledge::builtin().expect("tables");
        let texts = Texts::new(Lang::En);
        for known in knowledge.programs().iter().filter(|known| known.protect.is_some()) {
            for rule in [RuleId::CpuHog, RuleId::MemoryPressure, RuleId::MemoryGrowth] {
                let todo = explain(&finding(rule, known), &knowledge, &texts).todo;
                let close = format!("close {}", known.name.en);
                assert!(!todo.iter().any(|step| step.to_lowercase().contains(&close.to_lowercase())), "{todo:?}");
            }
        }
    }

    /// Regression: the first step for a program of another user or of the system was to close it.
    #[test]
    fn what_is_out_of_reach_is_not_to_be_closed() {
        const RULES: [RuleId; 8] = [
            RuleId::CpuHog,
            RuleId::BrowserLoad,
            RuleId::MemoryPressure,
            RuleId::MemoryGrowth,
            RuleId::NotResponding,
            RuleId::SecretMining,
            RuleId::WebPageLoad,
            RuleId::KnownBusy,
        ];
        const OF_MACHINE: [RuleId; 4] = [RuleId::DiskBusy, RuleId::NetworkBusy, RuleId::GpuBusy, RuleId::DiskShrinking];
        let knowledge = Knowledge::builtin().expect("tables");
        let (english, japanese) = (Texts::new(Lang::En), Texts::new(Lang::Ja));
        let mut stranger = knowledge.programs()[0].clone();
        stranger.name = crate::knowledge::Label::same("burner");
        for known in knowledge.programs().iter().chain([&stranger]) {
            let direct = RULES.map(|rule| finding(rule, known)).into_iter();
            let hours = Evidence::new(EvidenceKind::HoursToFull, 5.0, Seconds(300.0));
            let caused = OF_MACHINE.map(|rule| of_machine(rule, known)).into_iter().map(|mut finding| {
                finding.evidence.push(hours);
                finding
            });
            let alarm = Finding { severity: Severity::Critical, ..finding(RuleId::SecretMining, known) };
            for mut finding in direct
                .chain(caused)
                .chain([alarm])
                .filter(|finding| finding.rule != RuleId::KnownBusy || finding.busy.is_some())
            {
                finding.circumstances.push(Circumstance::OutOfReach);
                for (texts, orders) in [
                    (
                        &english,
                        &[
                            "close it",
                            "close the program",
                            "close {}",
                            "save your work and close",
                            "end it there",
                            "pause it there",
                        ][..],
                    ),
                    (
                        &japanese,
                        &[
                            "を閉じてください",
                            "閉じて開き直して",
                            "画面で処理を終了",
                            "一時停止してください",
                            "か、その中",
                        ][..],
                    ),
                ] {
                    let name = known.name.get(texts.lang()).to_lowercase();
                    for step in explain(&finding, &knowledge, texts).todo {
                        let step = step.to_lowercase();
                        let is_of_own = [
                            "programs of your own",
                            "自分のプログラム",
                            "windows and programs",
                            "ウィンドウやプログラム",
                        ]
                        .iter()
                        .any(|own| step.contains(own));
                        for order in orders.iter().map(|order| order.replace("{}", &name)) {
                            assert!(is_of_own || !step.contains(&order), "{:?} {name}: {step}", finding.rule);
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn who_is_not_in_the_tables_is_not_described() {
        let knowledge = Knowledge::builtin().expect("tables");
        let mut stranger = knowledge.programs()[0].clone();
        stranger.name = crate::knowledge::Label::same("burner");
        let words = explain(&finding(RuleId::CpuHog, &stranger), &knowledge, &Texts::new(Lang::En));
        assert_eq!(words.what, None);
        assert!(words.todo[0].starts_with("If you are not waiting"), "{:?}", words.todo);
    }

    #[test]
    fn under_suspicion_only_the_meaning_of_the_name_is_reported() {
        let knowledge = Knowledge::builtin().expect("tables");
        let known = knowledge.named("FFmpeg").expect("known");
        for (lang, line) in [
            (Lang::En, "What FFmpeg usually is: Converts video and sound"),
            (Lang::Ja, "通常の FFmpeg とは：動画や音声の変換"),
        ] {
            let words = explain(&finding(RuleId::SecretMining, known), &knowledge, &Texts::new(lang));
            assert_eq!(words.what.as_deref(), Some(line));
        }
    }
}
