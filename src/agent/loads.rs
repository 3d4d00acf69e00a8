//! What the findings mean for the work of the agent: how much it samples and how often it writes. Pure.

use crate::diagnose::{Finding, RuleId, Severity};
use crate::knowledge::Steady;
use crate::model::Sample;

/// Whether the next tick has to sample everything, whatever the totals say. `latest` is the latest full sample, from which
/// `findings` were made.
pub fn needs_full_sample(findings: &[Finding], latest: Option<&Sample>, steady: &Steady) -> bool {
    findings.iter().any(is_moving)
        || latest.is_some_and(|latest| {
            // Only a second sample tells for how long a window has not answered.
            let hangs = latest.programs.iter().any(|program| program.hung);
            // What uses the graphics processor alone needs no processor: the totals tell nothing of it.
            hangs || latest.gpu.get().is_some_and(|share| share.get() >= steady.gpu)
        })
}

/// A load that may end any moment.
fn is_moving(finding: &Finding) -> bool {
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
    use crate::model::{At, Fraction, Reading, Seconds};

    fn finding(rule: RuleId, severity: Severity) -> Finding {
        Finding::new(rule, severity, Confidence::High, Subject::machine(), At(1_000), Vec::new())
    }

    #[test]
    fn space_that_was_lost_over_days_is_no_reason_to_look_more_often() {
        let mut shrinking = finding(RuleId::DiskShrinking, Severity::Warning);
        assert!(!is_moving(&shrinking));
        shrinking.evidence = vec![Evidence::told(EvidenceKind::HoursToFull, 2.0, Seconds(60.0))];
        assert!(is_moving(&shrinking) && is_moving(&finding(RuleId::CpuHog, Severity::Warning)));
    }

    #[test]
    fn what_the_totals_do_not_show_needs_a_full_sample() {
        let steady = crate::knowledge::Knowledge::builtin().expect("tables").thresholds.steady.clone();
        let sample = |hung, gpu| Sample {
            programs: vec![crate::model::ProgramSample { hung, ..Default::default() }],
            gpu: Reading::Known(Fraction::new(gpu)),
            ..Sample::default()
        };
        let needs = |findings: &[Finding], latest: &Sample| needs_full_sample(findings, Some(latest), &steady);
        assert!(!needs_full_sample(&[], None, &steady) && !needs(&[], &sample(false, 0.0)));
        assert!(needs(&[], &sample(true, 0.0)) && needs(&[], &sample(false, steady.gpu)));
        assert!(needs(&[finding(RuleId::CpuHog, Severity::Warning)], &sample(false, 0.0)));
        assert!(!needs(&[finding(RuleId::DiskNearlyFull, Severity::Critical)], &sample(false, 0.0)));
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
