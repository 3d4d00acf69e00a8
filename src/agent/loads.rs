//! Which findings are about what the PC does right now: how closely it is looked at and how often that is written
//! depends on them. Pure.

use crate::diagnose::{Finding, RuleId, Severity};

/// A load that may end any moment: while it is there everything is read at every turn.
pub fn is_moving(finding: &Finding) -> bool {
    let moves = matches!(
        finding.rule,
        RuleId::CpuHog
            | RuleId::BrowserLoad
            | RuleId::KnownBusy
            | RuleId::MemoryPressure
            | RuleId::DiskShrinking
            | RuleId::SecretMining
            | RuleId::WebPageLoad
            | RuleId::CameBack
            | RuleId::ManySmall
            | RuleId::UnattributedLoad
            | RuleId::DeviceLoad
            | RuleId::DiskBusy
            | RuleId::NotResponding
            | RuleId::SlowedByHeat
    );
    moves && !finding.is_over_days()
}

/// Whether nothing is going on whose last minute somebody would miss after a loss of power. What only stands (a full
/// disk, a restart that waits, a program that grows for days) is worth no more writing: it lasts for weeks, and at one
/// write a minute a calm PC writes 35 MB a day.
pub(super) fn is_calm(findings: &[Finding]) -> bool {
    findings.iter().all(|finding| finding.severity == Severity::Ok || stands(finding.rule))
}

/// How the PC is, or what takes days, in contrast to what it does now. Every rule is named: a new one has to decide.
const fn stands(rule: RuleId) -> bool {
    match rule {
        RuleId::DiskNearlyFull
        | RuleId::DiskShrinking
        | RuleId::MemoryGrowth
        | RuleId::SlowVolume
        | RuleId::PowerLimited
        | RuleId::LongUptime
        | RuleId::RestartPending
        | RuleId::AntivirusOff
        | RuleId::UpdatesOld
        | RuleId::BrowserUpdate
        | RuleId::BrowserOld
        | RuleId::NoAdBlocking
        | RuleId::NewAutostart
        | RuleId::SuddenStop
        | RuleId::AllWell => true,
        RuleId::CpuHog
        | RuleId::BrowserLoad
        | RuleId::MemoryPressure
        | RuleId::Hot
        | RuleId::HotButIdle
        | RuleId::KnownBusy
        | RuleId::SecretMining
        | RuleId::WebPageLoad
        | RuleId::PageOpened
        | RuleId::CameBack
        | RuleId::ManySmall
        | RuleId::UnattributedLoad
        | RuleId::DeviceLoad
        | RuleId::Paging
        | RuleId::DiskBusy
        | RuleId::NetworkBusy
        | RuleId::SlowedByHeat
        | RuleId::GpuBusy
        | RuleId::NotResponding
        | RuleId::CatchingUp => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::{Confidence, Evidence, EvidenceKind, Subject};
    use crate::model::{At, Seconds};

    fn finding(rule: RuleId, severity: Severity) -> Finding {
        Finding {
            rule,
            severity,
            confidence: Confidence::High,
            subject: Subject::machine(),
            since: At(1_000),
            evidence: Vec::new(),
            busy: None,
            cause: None,
            signs: Vec::new(),
            parent: None,
        }
    }

    #[test]
    fn space_that_was_lost_over_days_is_no_reason_to_look_more_often() {
        let mut shrinking = finding(RuleId::DiskShrinking, Severity::Warning);
        assert!(!is_moving(&shrinking));
        shrinking.evidence = vec![Evidence::told(EvidenceKind::HoursToFull, 2.0, Seconds(60.0))];
        assert!(is_moving(&shrinking) && is_moving(&finding(RuleId::CpuHog, Severity::Warning)));
    }

    #[test]
    fn what_stands_for_weeks_does_not_make_the_agent_write_more() {
        let standing = [RuleId::DiskNearlyFull, RuleId::RestartPending, RuleId::AntivirusOff, RuleId::BrowserOld]
            .map(|rule| finding(rule, Severity::Critical));
        assert!(is_calm(&[]) && is_calm(&standing));
        assert!(is_calm(&[finding(RuleId::KnownBusy, Severity::Ok), standing[0].clone()]));
        for rule in [RuleId::CpuHog, RuleId::SecretMining, RuleId::Hot, RuleId::Paging] {
            assert!(!is_calm(&[standing[0].clone(), finding(rule, Severity::Warning)]), "{rule:?}");
        }
    }
}
