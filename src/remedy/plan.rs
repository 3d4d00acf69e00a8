//! Finding -> remedies, gentle first; or the reason why there is none.

use serde::Serialize;

use crate::diagnose::{Finding, RuleId, Severity, SubjectKind};
use crate::model::Refusal;

/// What can be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RemedyId {
    /// Ask a program to close.
    CloseProgram,
    /// Close a web browser with all its windows.
    CloseBrowser,
    /// Restart the PC, with the checklist.
    Restart,
}

/// One remedy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Remedy {
    /// What.
    pub id: RemedyId,
    /// The program it is about (English name), empty for the PC.
    pub target: String,
    /// Whether something can be lost, so that it is asked before. Asking a program to close loses nothing:
    /// the program itself asks to save.
    pub needs_confirm: bool,
}

/// The remedies for a finding, the likely one first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// What can be done.
    pub remedies: Vec<Remedy>,
    /// Why the program cannot be closed, if that would have been the remedy.
    pub refusal: Option<Refusal>,
}

/// Plans for `finding`; `refusal` says why its program may not be closed, if so.
pub fn plan(finding: &Finding, refusal: Option<Refusal>) -> Plan {
    let mut plan = Plan::default();
    // What is normal needs nothing; a restart that is due is offered all the same.
    let is_due = matches!(finding.rule, RuleId::RestartPending | RuleId::LongUptime);
    if finding.severity == Severity::Ok && !is_due {
        return plan;
    }
    // What came together over days does not end with a program, and one that has ended cannot be closed.
    let program = finding.program().filter(|program| program.parts > 0 && !finding.is_over_days());
    if let Some(program) = program {
        let id = if program.kind == SubjectKind::Browser { RemedyId::CloseBrowser } else { RemedyId::CloseProgram };
        match refusal {
            None => plan.remedies.push(Remedy { id, target: program.group.clone(), needs_confirm: false }),
            Some(_) => plan.refusal = refusal,
        }
    }
    let restart_helps = match finding.rule {
        RuleId::MemoryPressure
        | RuleId::Paging
        | RuleId::ManySmall
        | RuleId::UnattributedLoad
        | RuleId::RestartPending
        | RuleId::LongUptime => true,
        RuleId::CpuHog => match plan.refusal {
            Some(refusal) => !matches!(refusal, Refusal::Ourselves | Refusal::OurAncestor),
            None => finding.program().is_none(),
        },
        _ => false,
    };
    if restart_helps {
        plan.remedies.push(Remedy { id: RemedyId::Restart, target: String::new(), needs_confirm: true });
    }
    plan
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::{Confidence, Subject};
    use crate::knowledge::Label;
    use crate::model::At;

    fn finding(rule: RuleId, kind: SubjectKind) -> Finding {
        Finding::new(
            rule,
            Severity::Warning,
            Confidence::High,
            Subject { kind, group: "Chromium".into(), name: Label::same("Chromium"), parts: 1, ..Subject::machine() },
            At(0),
            Vec::new(),
        )
    }

    fn ids(plan: &Plan) -> Vec<RemedyId> {
        plan.remedies.iter().map(|remedy| remedy.id).collect()
    }

    #[test]
    fn the_gentle_remedy_comes_first_and_asks_nothing() {
        let plan = plan(&finding(RuleId::BrowserLoad, SubjectKind::Browser), None);
        assert_eq!(ids(&plan), [RemedyId::CloseBrowser]);
        assert!(!plan.remedies[0].needs_confirm);
    }

    #[test]
    fn a_protected_program_has_a_reason_and_no_button() {
        let plan = plan(&finding(RuleId::CpuHog, SubjectKind::Program), Some(Refusal::Security));
        assert_eq!((ids(&plan), plan.refusal), (vec![RemedyId::Restart], Some(Refusal::Security)));
    }

    #[test]
    fn what_is_normal_needs_no_remedy() {
        let normal = Finding { severity: Severity::Ok, ..finding(RuleId::KnownBusy, SubjectKind::Program) };
        assert_eq!(plan(&normal, None), Plan::default());
    }
}
