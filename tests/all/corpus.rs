//! The corpus: short histories of a PC (`tests/scenarios/corpus`), replayed through the program's own code. Each case
//! says what must be found and by when, and what must never be reported. `--nocapture` prints the tables.

use std::fmt::Write as _;

use mimamori::diagnose::{RuleId, Severity};
use mimamori::explain::{Lang, Texts, explain};
use mimamori::knowledge::{Busy, Knowledge};

use crate::support::case::{Case, CaseOrigin, Forbidden};
use crate::support::corpus::{KNOWN_WRONG, Outcome, Pace, folder, judge_all, read_all};
use crate::support::paced::PacedReplay;
use crate::support::{story, table};

/// Folder of the expected texts of the last findings.
const EXPECTED: &str = "../scenarios/corpus/expected";

#[test]
fn every_case_ends_as_it_should() {
    let knowledge = Knowledge::builtin().expect("tables");
    let cases = read_all(&folder()).expect("cases that can be read");
    for (case, ..) in KNOWN_WRONG {
        assert!(cases.iter().any(|(name, _)| name == case), "KNOWN_WRONG: no case {case}");
    }
    let outcomes = judge_all(cases, 0, Pace::Window, &knowledge);
    println!("{}\n{}\n{}", table::times(&outcomes), table::confusion(&outcomes), table::summary(&outcomes));
    let problems: Vec<String> = outcomes
        .iter()
        .filter(|outcome| !outcome.problems().is_empty())
        .map(|outcome| format!("{} ({})\n  {}", outcome.name, outcome.case.title, outcome.problems().join("\n  ")))
        .collect();
    let texts = [Lang::Ja, Lang::En].map(Texts::new);
    insta::with_settings!({ prepend_module_to_snapshot => false, snapshot_path => EXPECTED, omit_expression => true }, {
        for outcome in &outcomes {
            insta::assert_snapshot!(outcome.name.as_str(), words(outcome, &knowledge, &texts));
        }
        // Identical on every system, to the last digit of each figure.
        let line = |outcome: &Outcome| format!("{} {:016x}\n", outcome.name, outcome.digest);
        insta::assert_snapshot!("all_findings_byte_for_byte", outcomes.iter().map(line).collect::<String>());
    });
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// On a calm PC the agent reads programs only every half minute: it must find the same, at most that much later. Cases
/// whose samples are minutes apart have no samples in between.
#[test]
fn every_case_ends_as_it_should_at_the_pace_of_the_agent() {
    let knowledge = Knowledge::builtin().expect("tables");
    let mut cases = read_all(&folder()).expect("cases that can be read");
    cases.retain(|(_, case)| case.step <= 2.0);
    let outcomes = judge_all(cases, 0, Pace::Agent, &knowledge);
    println!("{}\n{}\n{}", table::times(&outcomes), table::confusion(&outcomes), table::summary(&outcomes));
    let problems: Vec<String> = outcomes
        .iter()
        .filter(|outcome| !outcome.problems().is_empty())
        .map(|outcome| format!("{} ({})\n  {}", outcome.name, outcome.case.title, outcome.problems().join("\n  ")))
        .collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// Precondition of the test above: programs are hardly ever read on a calm PC, and every time on a busy one.
#[test]
fn the_pace_of_the_agent_leaves_out_what_is_calm() {
    let knowledge = Knowledge::builtin().expect("tables");
    let cases = read_all(&folder()).expect("cases that can be read");
    let scans = |name: &str| {
        let (_, case) = cases.iter().find(|(of, _)| of == name).expect("the case");
        let lines = story::lines(name, 0, &Case { activity: Pace::Agent.activity(), ..case.clone() });
        let mut replay = PacedReplay::begin(&lines[0], &knowledge).expect("a header");
        let seen = lines[1..].iter().filter(|line| replay.line(line).expect("a line").is_some()).count();
        seen as f64 / (lines.len() - 1) as f64
    };
    let (calm, busy) = (scans("calm_office_linux"), scans("cpu_hog_for_minutes"));
    assert!(calm < 0.4 && busy > 0.8, "{calm:.2} of the calm samples, {busy:.2} of the busy ones");
}

/// The findings after the last sample in both languages: headline, subject, what was observed, the first step. Lines
/// shared by several findings are written once.
fn words(outcome: &Outcome, knowledge: &Knowledge, texts: &[Texts; 2]) -> String {
    let mut text = outcome.case.title.clone() + "\n";
    for texts in texts {
        let _ = writeln!(text, "\n{}", texts.lang().code());
        let mut reported: Vec<String> = Vec::new();
        for finding in &outcome.last {
            let mark = match finding.severity {
                Severity::Ok => '○',
                Severity::Warning => '▲',
                Severity::Critical => '■',
            };
            let words = explain(finding, knowledge, texts);
            let _ = writeln!(text, "{mark} {}", words.headline);
            let what = words.what.into_iter().map(|what| format!("  {what}"));
            let lines = what.chain(words.saw.into_iter().map(|saw| format!("  - {saw}")));
            for line in lines.chain(words.todo.into_iter().take(1).map(|todo| format!("  1. {todo}"))) {
                if !reported.contains(&line) {
                    let _ = writeln!(text, "{line}");
                    reported.push(line);
                }
            }
        }
    }
    text
}

#[test]
fn the_corpus_speaks_about_every_rule() {
    let cases = read_all(&folder()).expect("cases that can be read");
    assert!(cases.len() >= 60, "only {} cases", cases.len());
    for &rule in RuleId::ALL {
        let is_expected = cases.iter().any(|(_, case)| case.expect.iter().any(|expected| expected.rule == rule));
        assert!(is_expected, "no case wants {}", rule.id());
        let is_of_rule = |forbidden: &Forbidden| matches!(forbidden, Forbidden::Rule(of, _) if *of == rule);
        assert!(cases.iter().any(|(_, case)| case.forbid.iter().any(is_of_rule)), "no case forbids {}", rule.id());
    }
}

#[test]
fn the_corpus_speaks_about_every_normal_load() {
    let cases = read_all(&folder()).expect("cases that can be read");
    // No program of our tables is a game; an administrator can add one.
    for busy in Busy::ALL.iter().copied().filter(|busy| *busy != Busy::Game) {
        let is_expected = cases.iter().any(|(_, case)| case.expect.iter().any(|expected| expected.busy == Some(busy)));
        assert!(is_expected, "no case wants a load that is normal because of {}", busy.id());
    }
}

#[test]
fn what_the_generator_writes_is_a_valid_history_and_always_the_same() {
    let validator = crate::schemas::schema("history-1.schema.json");
    for (name, case) in read_all(&folder()).expect("cases that can be read").into_iter().step_by(5) {
        let lines = story::lines(&name, 0, &case);
        assert_eq!(lines, story::lines(&name, 0, &case), "{name}");
        for line in lines.iter().take(20) {
            crate::schemas::assert_valid(&validator, &serde_json::from_str(line).expect("json"));
        }
    }
}

#[test]
fn a_mistake_in_a_case_is_reported() {
    let good = "title = \"a\"\nmade = \"scripted\"\nos = \"linux\"\nforbid = [\"alarm\"]\n[[part]]\nseconds = 4\n";
    assert_eq!(Case::read(good).expect("a case").made, CaseOrigin::Scripted);
    for (bad, reason) in [
        (good.replace("linux", "amiga"), "no system"),
        (good.replace("alarm", "alarms"), "no rule"),
        (good.replace("seconds = 4", "seconds = 1"), "shorter than a sample"),
        (good.replace("seconds = 4", "seconds = 4\nruns = { x = 0.1 }"), "no program called x"),
        (good.replace("seconds = 4", "secs = 4"), "secs"),
        (good.replace("[\"alarm\"]", "[]"), "nothing is expected"),
        (good.replace("scripted", "recorded"), "`how`"),
    ] {
        let error = Case::read(&bad).expect_err(reason);
        assert!(error.contains(reason), "{error}");
    }
}
