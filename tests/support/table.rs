//! The tables that summarise the corpus.

use std::fmt::Write as _;

use mimamori::diagnose::{RuleId, Severity};

use super::case::Forbidden;
use super::corpus::{KNOWN_WRONG, Met, Outcome};

/// Rules about an overloaded PC: a finding is due within 15 s.
const OVERLOAD: [RuleId; 6] = [
    RuleId::CpuHog,
    RuleId::BrowserLoad,
    RuleId::ManySmall,
    RuleId::MemoryPressure,
    RuleId::DiskBusy,
    RuleId::DiskNearlyFull,
];
/// Rules about steady loads: they need two minutes to see that.
const FLAT: [RuleId; 2] = [RuleId::SecretMining, RuleId::WebPageLoad];

/// Rule by rule: cases in which it was expected, found in time, missed; cases in which it was forbidden but appeared;
/// and other cases in which it appeared as a warning or worse.
pub fn confusion(outcomes: &[Outcome]) -> String {
    let mut text = format!(
        "{:<18} {:>6} {:>6} {:>6} | {:>9} {:>6} | {:>5}\n",
        "rule", "wanted", "found", "missed", "forbidden", "false", "other"
    );
    for &rule in RuleId::ALL {
        let of_rule = |outcome: &&Outcome| outcome.met.iter().any(|met| met.expected.rule == rule);
        let expected: Vec<&Outcome> = outcomes.iter().filter(of_rule).collect();
        let good = |outcome: &&&Outcome| outcome.met.iter().filter(|met| met.expected.rule == rule).all(Met::is_good);
        let found = expected.iter().filter(good).count();
        let forbids = |outcome: &&Outcome| {
            outcome.case.forbid.iter().any(|forbidden| match forbidden {
                Forbidden::Anything => rule != RuleId::AllWell,
                Forbidden::Rule(forbidden, _) => *forbidden == rule,
            })
        };
        let forbidden = outcomes.iter().filter(forbids).count();
        let wrong = outcomes.iter().filter(|outcome| outcome.wrong.iter().any(|wrong| wrong.rule == rule)).count();
        let other = outcomes.iter().filter(|outcome| {
            let spoke = outcome.rules_seen.get(&rule).is_some_and(|(severity, _)| *severity > Severity::Ok);
            spoke && !of_rule(outcome) && !outcome.wrong.iter().any(|wrong| wrong.rule == rule)
        });
        let other = other.count();
        let _ = writeln!(
            text,
            "{:<18} {:>6} {found:>6} {:>6} | {forbidden:>9} {wrong:>6} | {other:>5}",
            rule.id(),
            expected.len(),
            expected.len() - found,
        );
    }
    text
}

/// The lines below the table: alarms on negatives, and detection times.
pub fn summary(outcomes: &[Outcome]) -> String {
    let negatives: Vec<&Outcome> = outcomes.iter().filter(|outcome| !outcome.case.has_alarm()).collect();
    let alarms = negatives.iter().filter(|outcome| {
        outcome.wrong.iter().any(|wrong| wrong.rule == RuleId::SecretMining && wrong.severity == Severity::Critical)
    });
    let mut text = format!(
        "{} cases; alarms on the {} without a secret miner: {}\n",
        outcomes.len(),
        negatives.len(),
        alarms.count()
    );
    let suspicious = negatives.iter().filter(|outcome| {
        let expected = outcome.met.iter().any(|met| met.expected.rule == RuleId::SecretMining);
        !expected && outcome.rules_seen.contains_key(&RuleId::SecretMining)
    });
    let names: Vec<&str> = suspicious.map(|outcome| outcome.name.as_str()).collect();
    let _ =
        writeln!(text, "\"unusual\" (secret_mining, look) where nothing of it is wanted: {} {names:?}", names.len());
    for (name, rules) in [("overload", &OVERLOAD[..]), ("flat load", &FLAT[..])] {
        let mut times: Vec<(f64, &str)> = Vec::new();
        for outcome in outcomes {
            let met = outcome.met.iter().filter(|met| rules.contains(&met.expected.rule));
            times.extend(met.filter_map(|met| Some((met.after?, outcome.name.as_str()))));
        }
        times.sort_by(|a, b| a.0.total_cmp(&b.0));
        if let Some((worst, case)) = times.last() {
            let median = times[times.len() / 2].0;
            let _ = writeln!(
                text,
                "time to the finding, {name}: median {median:.0} s, worst {worst:.0} s ({case}), {} findings",
                times.len()
            );
        }
    }
    for (case, what, why) in KNOWN_WRONG {
        let _ = writeln!(text, "known to be wrong: {case}: {what}: {why}");
    }
    text
}

/// Detection time of each steady-load and alarm expectation.
pub fn times(outcomes: &[Outcome]) -> String {
    let mut text = String::new();
    for outcome in outcomes {
        for met in &outcome.met {
            let after = met.after.map_or("never".to_owned(), |after| format!("{after:.0} s"));
            let _ = writeln!(text, "{:<44} {:<18} {after:>8}", outcome.name, met.expected.rule.id());
        }
    }
    text
}
