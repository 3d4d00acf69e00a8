//! The network is busy: normal while something large is fetched, and slow for everything else meanwhile.

use crate::diagnose::finding::{Confidence, Evidence, EvidenceKind, Finding, RuleId, Severity, Subject};
use crate::knowledge::Knowledge;
use crate::model::{BytesPerSec, History, Sample};

/// Which program it is cannot be read without an administrator: never more than information.
pub(in crate::diagnose) fn find(history: &History, knowledge: &Knowledge) -> Option<Finding> {
    let limits = &knowledge.thresholds.wait;
    let rate = |sample: &Sample| {
        let (rx, tx): (BytesPerSec, BytesPerSec) = (sample.net_rx.get()?, sample.net_tx.get().unwrap_or_default());
        Some(rx.0 + tx.0)
    };
    let held = history
        .held(|sample| rate(sample).is_some_and(|rate| rate >= limits.network))
        .filter(|held| held.seconds.0 >= limits.network_seconds.0)?;
    let evidence = vec![Evidence::over(EvidenceKind::NetworkRate, held.mean(rate)?, limits.network, held.seconds)];
    let confidence = Confidence::from_duration(held.seconds);
    Some(Finding::new(RuleId::NetworkBusy, Severity::Ok, confidence, Subject::machine(), held.since, evidence))
}

#[cfg(test)]
mod tests {
    use crate::diagnose::RuleId;
    use crate::diagnose::rules::fixture::Scene;
    use crate::model::{BytesPerSec, Reading};

    #[test]
    fn a_large_download_is_told_as_information() {
        let mut scene = Scene::windows();
        scene.push(64.0, |sample| sample.net_rx = Reading::Known(BytesPerSec(12e6)));
        let rules: Vec<RuleId> = scene.diagnose().iter().map(|finding| finding.rule).collect();
        assert_eq!(rules, [RuleId::AllWell, RuleId::NetworkBusy]);
    }
}
