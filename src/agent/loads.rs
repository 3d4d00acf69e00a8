//! How findings set the agent's sampling depth and write interval. Pure.

use crate::diagnose::{Finding, RuleId, Severity};
use crate::knowledge::Steady;
use crate::model::Sample;

/// Returns `true` when the next tick needs a full sample whatever the totals say. `latest` is the latest full sample,
/// from which `findings` were derived.
pub fn needs_full_sample(findings: &[Finding], latest: Option<&Sample>, steady: &Steady) -> bool {
    findings.iter().any(is_transient)
        || latest.is_some_and(|latest| {
            // Only another full sample shows for how long a window has been hung.
            let hangs = latest.programs.iter().any(|program| program.hung);
            // GPU load needs no processor time, so the totals do not show it.
            hangs || latest.gpu.get().is_some_and(|share| share.get() >= steady.gpu)
        })
}

/// Returns `true` for a load that may end at any moment.
fn is_transient(finding: &Finding) -> bool {
    let is_load = matches!(
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
            | RuleId::FullLoad
            | RuleId::UnattributedLoad
            | RuleId::DeviceLoad
            | RuleId::HostBusy
            | RuleId::DiskBusy
            | RuleId::NotResponding
            | RuleId::SlowedByHeat
    );
    is_load && !finding.is_long_term()
}

/// Returns `true` when no finding justifies the shorter write interval, that is, when losing the last minutes to a
/// power cut would matter to nobody. Standing conditions (a full disk, a pending restart, growth over days) do not
/// count: they last for weeks, and at one write a minute a calm PC writes 35 MB a day.
pub(super) fn is_calm(findings: &[Finding]) -> bool {
    findings.iter().all(|finding| finding.severity == Severity::Ok || is_standing(finding.rule))
}

/// Returns `true` for rules about a state or a development over days rather than current activity. The match is
/// exhaustive so that every new rule has to decide.
const fn is_standing(rule: RuleId) -> bool {
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
        | RuleId::FullLoad
        | RuleId::UnattributedLoad
        | RuleId::DeviceLoad
        | RuleId::HostBusy
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
    fn space_that_was_lost_over_days_is_no_reason_to_sample_more_often() {
        let mut shrinking = finding(RuleId::DiskShrinking, Severity::Warning);
        assert!(!is_transient(&shrinking));
        shrinking.evidence = vec![Evidence::new(EvidenceKind::HoursToFull, 2.0, Seconds(60.0))];
        assert!(is_transient(&shrinking) && is_transient(&finding(RuleId::CpuHog, Severity::Warning)));
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
