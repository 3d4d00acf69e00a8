//! The network is busy: normal during a large transfer, which slows everything else. Names the program where the system
//! reports it.

use crate::diagnose::finding::{Confidence, Evidence, EvidenceKind, Finding, RuleId, Severity, Subject};
use crate::diagnose::users::heaviest;
use crate::knowledge::Knowledge;
use crate::model::{BytesPerSec, History, Sample, Traffic};

/// Information only: a transfer is presumably something the user wanted.
pub(in crate::diagnose) fn find(history: &History, knowledge: &Knowledge) -> Option<Finding> {
    let limits = &knowledge.thresholds.wait;
    let rate = |sample: &Sample| {
        let (rx, tx): (BytesPerSec, BytesPerSec) = (sample.net_rx.get()?, sample.net_tx.get().unwrap_or_default());
        Some(rx.0 + tx.0)
    };
    let held = history
        .held(|sample| rate(sample).is_some_and(|rate| rate >= limits.network))
        .filter(|held| held.seconds >= limits.network_seconds)?;
    let mut evidence =
        vec![Evidence::with_threshold(EvidenceKind::NetworkRate, held.mean(rate)?, limits.network, held.seconds)];
    let latest = history.latest()?;
    let heaviest = |kind, part: fn(Traffic) -> f64| {
        let user = heaviest(&held, latest, |sample| &sample.net_users, part, limits.network_program)?;
        Some((kind, user))
    };
    let received = heaviest(EvidenceKind::ProgramReceived, |traffic| traffic.rx.0);
    let sent = heaviest(EvidenceKind::ProgramSent, |traffic| traffic.tx.0);
    // A program with a small part of the traffic is not the cause.
    let all = held.mean(|sample| sample.net_users.known().and_then(|_| rate(sample)));
    let user = [received, sent]
        .into_iter()
        .flatten()
        .max_by(|(_, a), (_, b)| a.part.total_cmp(&b.part))
        .filter(|(_, user)| all.is_some_and(|all| user.part * 2.0 >= all));
    if let Some((kind, user)) = &user {
        evidence.push(Evidence::with_threshold(*kind, user.part, limits.network_program, user.seconds));
    }
    let cause = user.map(|(_, user)| Subject::program(user.program, knowledge, |member| member.cpu.get()));
    let confidence = Confidence::from_duration(held.seconds);
    let found = Finding::new(RuleId::NetworkBusy, Severity::Ok, confidence, Subject::machine(), held.since, evidence);
    Some(Finding { cause, ..found })
}

#[cfg(test)]
mod tests {
    use crate::diagnose::rules::fixture::{Scene, process};
    use crate::diagnose::{EvidenceKind, Finding, RuleId};
    use crate::model::{BytesPerSec, Reading, Traffic, Use, Why};

    fn found(users: Reading<Vec<(&str, f64, f64)>>) -> Finding {
        let mut scene = Scene::linux();
        let processes = [process(10, "/usr/bin/fetch", 0.02), process(11, "/usr/bin/backup", 0.02)];
        let user = |(name, rx, tx): (&str, f64, f64)| Use {
            program: name.into(),
            part: Traffic { rx: BytesPerSec(rx), tx: BytesPerSec(tx) },
        };
        let users: Reading<Vec<_>> = users.map(|users| users.into_iter().map(user).collect());
        scene.run_with(&processes, 64.0, |sample| {
            sample.net_rx = Reading::Known(BytesPerSec(12e6));
            sample.net_users = users.clone();
        });
        let found = scene.diagnose();
        found.into_iter().find(|finding| finding.rule == RuleId::NetworkBusy).expect("reported")
    }

    #[test]
    fn the_program_that_moves_most_is_named_with_its_direction() {
        let cause = |finding: &Finding| finding.cause.as_ref().map(|cause| cause.group.clone());
        let one = found(Reading::Known(vec![("fetch", 11e6, 1e5), ("backup", 0.0, 4e6)]));
        assert_eq!((cause(&one), one.observed(EvidenceKind::ProgramReceived)), (Some("fetch".into()), Some(11e6)));
        assert_eq!(one.observed(EvidenceKind::ProgramSent), None);
        let other = found(Reading::Known(vec![("backup", 1e5, 9e6), ("fetch", 3e6, 0.0)]));
        assert_eq!((cause(&other), other.observed(EvidenceKind::ProgramSent)), (Some("backup".into()), Some(9e6)));
    }

    #[test]
    fn nobody_is_named_where_it_is_not_known() {
        let parts = [Reading::Known(vec![("fetch", 1e6, 0.0)]), Reading::Known(vec![("fetch", 5e6, 0.0)])];
        for users in [Reading::Missing(Why::NoPermission)].into_iter().chain(parts) {
            let finding = found(users);
            assert!(finding.cause.is_none() && finding.evidence.len() == 1, "{finding:?}");
        }
    }

    #[test]
    fn a_large_download_is_reported_as_information() {
        let mut scene = Scene::windows();
        scene.push(64.0, |sample| sample.net_rx = Reading::Known(BytesPerSec(12e6)));
        let rules: Vec<RuleId> = scene.diagnose().iter().map(|finding| finding.rule).collect();
        assert_eq!(rules, [RuleId::AllWell, RuleId::NetworkBusy]);
    }
}
