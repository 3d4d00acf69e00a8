//! Answers a question from the findings about it, and from the figures where there are none.

use super::check::{Arg, Check, CheckResult, Phrase, Place, Sentence};
use super::check_id::CheckId;
use super::checks::{self, Own};
use crate::diagnose::{Finding, RuleId, Severity};
use crate::knowledge::Knowledge;
use crate::model::{At, History, ProcKey, ProgramSample, SystemFacts, Why};
use crate::remedy::Plan;

/// What the answers are derived from.
#[derive(Clone, Copy)]
pub struct Inputs<'a> {
    /// The samples; the newest is what is the case now.
    pub history: &'a History,
    /// Every program that runs: a sample keeps those that matter.
    pub programs: &'a [ProgramSample],
    /// The findings that screen Now shows, worst first.
    pub findings: &'a [(Finding, Plan)],
    /// What the samples do not carry.
    pub facts: &'a SystemFacts,
    /// The tables.
    pub knowledge: &'a Knowledge,
    /// Start time of a process, where the system reports it.
    pub started: &'a dyn Fn(ProcKey) -> Option<At>,
}

/// Rules whose findings are a note on screen Now, but the very thing that their check asks about.
const ASKED_FOR: [RuleId; 5] =
    [RuleId::LongUptime, RuleId::RestartPending, RuleId::UpdatesOld, RuleId::BrowserOld, RuleId::BrowserUpdate];

/// Rules whose notes say less than the answer of the check itself, which counts or names all.
const ANSWERED_BY_FIGURES: [RuleId; 2] = [RuleId::NewAutostart, RuleId::NoAdBlocking];

/// Answers the question.
pub fn check(id: CheckId, inputs: &Inputs<'_>) -> Check {
    let own = checks::own(id, inputs);
    let mut decisive = inputs.findings.iter().filter(|(finding, _)| {
        let is_note = finding.severity == Severity::Ok && ANSWERED_BY_FIGURES.contains(&finding.rule);
        CheckId::of_rule(finding.rule) == Some(id) && !is_note
    });
    let worst = decisive.next();
    let also: Vec<Finding> = decisive.map(|(finding, _)| finding.clone()).collect();
    let result = worst.map_or(own.result, |(finding, _)| result_of(finding)).max(match worst {
        // A note must not hide what the figures say.
        Some(_) if own.result >= CheckResult::Look => own.result,
        _ => CheckResult::Ok,
    });
    let touching = || {
        let other = inputs.findings.iter().find(|(finding, _)| {
            finding.severity > Severity::Ok && id.is_touched_by(finding) && CheckId::of_rule(finding.rule) != Some(id)
        })?;
        Some((CheckId::of_rule(other.0.rule)?, &other.0))
    };
    match worst {
        Some(decided) if result_of(&decided.0) == result => decided_by(id, decided, also, own),
        _ => match touching() {
            Some((see, finding)) if result_of(finding) >= result => see_other(id, see, finding, own),
            _ => by_figures(id, own),
        },
    }
}

/// The answer where nothing could be measured, and why.
pub fn unanswered(id: CheckId, why: Why) -> Check {
    by_figures(id, Own::not_known(id, why))
}

fn result_of(finding: &Finding) -> CheckResult {
    match finding.severity {
        Severity::Critical => CheckResult::Act,
        Severity::Warning => CheckResult::Look,
        Severity::Ok if ASKED_FOR.contains(&finding.rule) => CheckResult::Look,
        Severity::Ok => CheckResult::Ok,
    }
}

/// Lines about one program that repeat what a finding about it says.
const OF_PROGRAMS: [&str; 4] = ["checkup-saw-cpu", "checkup-saw-memory", "checkup-saw-network", "checkup-saw-graphics"];

fn decided_by(id: CheckId, decided: &(Finding, Plan), also: Vec<Finding>, mut own: Own) -> Check {
    let named = decided.0.program().map(|program| program.group.as_str());
    let is_named = |arg: &Arg| matches!(arg, Arg::Program(name) if Some(&**name) == named);
    own.saw.retain(|line| !OF_PROGRAMS.contains(&&*line.id) || !line.args.iter().any(|(_, arg)| is_named(arg)));
    let place = match decided.0.rule {
        RuleId::LongUptime | RuleId::RestartPending => Place::Restart,
        _ => Place::Finding,
    };
    Check {
        id,
        result: result_of(&decided.0),
        sentence: Sentence::Finding(Box::new(decided.clone())),
        also,
        saw: own.saw,
        figures: own.figures,
        next: Phrase::new("checkup-next-nothing"),
        place: Some(place),
    }
}

fn see_other(id: CheckId, see: CheckId, finding: &Finding, own: Own) -> Check {
    Check {
        id,
        result: result_of(finding),
        sentence: Sentence::See(see, Box::new(finding.clone())),
        also: Vec::new(),
        saw: own.saw,
        figures: own.figures,
        next: Phrase::new("checkup-next-see").with("check", Arg::Name(see.code())),
        place: Some(Place::Check(see)),
    }
}

fn by_figures(id: CheckId, own: Own) -> Check {
    let next = own.next.unwrap_or_else(|| match own.result {
        CheckResult::NotKnown => Phrase::new(format!("checkup-{}-by-hand", id.id())),
        _ => Phrase::new("checkup-next-nothing"),
    });
    Check {
        id,
        result: own.result,
        sentence: Sentence::Own(own.sentence),
        also: Vec::new(),
        saw: own.saw,
        figures: own.figures,
        next,
        place: own.place,
    }
}
