//! Plans the remedies for a finding, gentlest first, or gives the reason why there are none.

use serde::Serialize;

use crate::diagnose::{Circumstance, Finding, RuleId, Severity, SubjectKind};
use crate::model::Refusal;

/// A kind of remedy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RemedyId {
    /// Copy what was found for the helpdesk.
    TellHelpdesk,
    /// Let every other program go first.
    RunInBackground,
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
    /// Kind of remedy.
    pub id: RemedyId,
    /// English name of the program it acts on; empty for the PC.
    pub target: String,
    /// It may lose data, so it needs a confirmation. Asking a program to close does not: the program itself offers to
    /// save.
    pub needs_confirm: bool,
}

/// Remedies for a finding, the most promising first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Available remedies.
    pub remedies: Vec<Remedy>,
    /// Why the program cannot be closed, where that would have been the remedy.
    pub refusal: Option<Refusal>,
}

/// A finding with its remedies. It learns here whether the user can close its program, for the steps it is explained
/// with.
pub fn planned(mut finding: Finding, refusal: Option<Refusal>) -> (Finding, Plan) {
    if matches!(refusal, Some(Refusal::System | Refusal::Security | Refusal::OtherUser)) {
        finding.circumstances.push(Circumstance::OutOfReach);
    }
    let plan = plan(&finding, refusal);
    (finding, plan)
}

/// Plans remedies for `finding`; `refusal` says why its program must not be closed, if so.
pub fn plan(finding: &Finding, refusal: Option<Refusal>) -> Plan {
    let mut plan = Plan::default();
    // Normal findings need nothing, but a restart that is due is offered all the same.
    let is_due = matches!(finding.rule, RuleId::RestartPending | RuleId::LongUptime);
    let background = || Remedy {
        id: RemedyId::RunInBackground,
        target: finding.program().map_or_else(String::new, |program| program.group.clone()),
        needs_confirm: false,
    };
    // Honest work goes on, and nobody has to wait for it.
    let is_work = matches!(finding.rule, RuleId::CpuHog | RuleId::KnownBusy | RuleId::FullLoad);
    let can_wait = is_work
        && refusal.is_none()
        && finding.program().is_some_and(|program| program.kind == SubjectKind::Program && program.parts > 0);
    if finding.severity == Severity::Ok && !is_due {
        if can_wait && finding.rule == RuleId::KnownBusy {
            plan.remedies.push(background());
        }
        return plan;
    }
    if can_wait {
        plan.remedies.push(background());
    }
    // Whoever closes a program first shows its owner that it was noticed, and the helpdesk nothing.
    if finding.rule == RuleId::SecretMining {
        let target = finding.subject.group.clone();
        plan.remedies.push(Remedy { id: RemedyId::TellHelpdesk, target, needs_confirm: false });
    }
    // Closing a program does not undo a trend over days, and one without processes has ended already.
    let program = finding.program().filter(|program| program.parts > 0 && !finding.is_long_term());
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
    fn a_suspicion_is_first_for_the_helpdesk_and_closing_comes_second() {
        let suspicion = finding(RuleId::SecretMining, SubjectKind::Program);
        let alarm = Finding { severity: Severity::Critical, ..suspicion.clone() };
        for finding in [suspicion, alarm] {
            assert_eq!(ids(&plan(&finding, None)), [RemedyId::TellHelpdesk, RemedyId::CloseProgram]);
            assert_eq!(ids(&plan(&finding, Some(Refusal::OtherUser))), [RemedyId::TellHelpdesk]);
        }
    }

    #[test]
    fn what_cannot_be_closed_is_out_of_reach() {
        let hog = || finding(RuleId::CpuHog, SubjectKind::Program);
        for (refusal, is_out_of_reach) in [
            (None, false),
            (Some(Refusal::NotRunning), false),
            (Some(Refusal::OurAncestor), false),
            (Some(Refusal::System), true),
            (Some(Refusal::Security), true),
            (Some(Refusal::OtherUser), true),
        ] {
            let (finding, plan) = planned(hog(), refusal);
            assert_eq!(finding.circumstances.contains(&Circumstance::OutOfReach), is_out_of_reach, "{refusal:?}");
            assert_eq!(plan.refusal, refusal);
        }
    }

    #[test]
    fn a_protected_program_has_a_reason_and_no_button() {
        let plan = plan(&finding(RuleId::CpuHog, SubjectKind::Program), Some(Refusal::Security));
        assert_eq!((ids(&plan), plan.refusal), (vec![RemedyId::Restart], Some(Refusal::Security)));
    }

    #[test]
    fn honest_work_goes_on_in_the_background() {
        let work = finding(RuleId::CpuHog, SubjectKind::Program);
        assert_eq!(ids(&plan(&work, None)), [RemedyId::RunInBackground, RemedyId::CloseProgram]);
        let browser = finding(RuleId::CpuHog, SubjectKind::Browser);
        assert_eq!(ids(&plan(&browser, None)), [RemedyId::CloseBrowser], "it is used in front");
        let suspicion = finding(RuleId::SecretMining, SubjectKind::Program);
        assert!(!ids(&plan(&suspicion, None)).contains(&RemedyId::RunInBackground));
    }

    #[test]
    fn what_is_normal_needs_no_remedy() {
        let normal = Finding { severity: Severity::Ok, ..finding(RuleId::KnownBusy, SubjectKind::Program) };
        assert_eq!(ids(&plan(&normal, None)), [RemedyId::RunInBackground], "but others need not wait for it");
        assert_eq!(plan(&normal, Some(Refusal::Security)), Plan::default());
        let fine = Finding { severity: Severity::Ok, ..finding(RuleId::AllWell, SubjectKind::Program) };
        assert_eq!(plan(&fine, None), Plan::default());
    }
}
