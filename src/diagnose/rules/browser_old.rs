//! A browser whose program file is so old that it must have missed updates.

use crate::diagnose::finding::{Confidence, Evidence, EvidenceKind, Finding, RuleId, Severity, Subject};
use crate::knowledge::Knowledge;
use crate::model::{History, OriginFlag, Reading};

pub(in crate::diagnose) fn find(history: &History, knowledge: &Knowledge) -> Vec<Finding> {
    let Some(latest) = history.latest() else { return Vec::new() };
    let limit = knowledge.thresholds.time.browser_days;
    let browsers = latest.condition.browsers.known().map_or(&[][..], |browsers| &**browsers);
    browsers
        .iter()
        .filter_map(|browser| {
            let program = latest.program(&browser.name)?;
            // An update already waits: `browser_update` reports it, and closing the browser is all there is to do.
            if browser.update_waiting == Reading::Known(true) || program.origin.has(OriginFlag::UpdateWaiting) {
                return None;
            }
            let dated = browser.dated_at.get()?;
            let age = latest.at.since(dated);
            let days = age.as_days();
            if days < limit {
                return None;
            }
            let evidence = vec![Evidence::with_threshold(EvidenceKind::BrowserAge, days, limit, age)];
            let subject = Subject::program(program, knowledge, |member| member.cpu.get());
            Some(Finding::new(RuleId::BrowserOld, Severity::Ok, Confidence::Medium, subject, dated, evidence))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::diagnose::rules::fixture::{Scene, browser, process};
    use crate::diagnose::{EvidenceKind, Finding, RuleId};
    use crate::model::{At, BrowserState, Reading};

    const EDGE: &str = r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe";

    fn reported(days: f64, path: &str, state: &BrowserState) -> Option<Finding> {
        let mut scene = Scene::windows().at(days * 86_400.0);
        scene.run_with(&[process(10, path, 0.01)], 10.0, |sample| sample.condition = browser(state));
        scene.diagnose().into_iter().find(|finding| finding.rule == RuleId::BrowserOld)
    }

    #[test]
    fn three_months_without_a_newer_browser_are_reported() {
        let edge = BrowserState {
            dated_at: Reading::Known(At(0)),
            update_waiting: Reading::Known(false),
            ..BrowserState { name: "Microsoft Edge".into(), ..BrowserState::default() }
        };
        let found = reported(90.0, EDGE, &edge).expect("reported");
        assert_eq!(found.subject.group, "Microsoft Edge");
        assert!((found.observed(EvidenceKind::BrowserAge).expect("measured") - 90.0).abs() < 0.01);
        assert!(reported(40.0, EDGE, &edge).is_none());
        // `browser_update` reports this one.
        let waits = BrowserState { update_waiting: Reading::Known(true), ..edge.clone() };
        assert!(reported(90.0, EDGE, &waits).is_none());
        assert!(reported(90.0, EDGE, &BrowserState { dated_at: Reading::default(), ..edge.clone() }).is_none());
        assert!(reported(90.0, r"C:\Tools\a.exe", &edge).is_none(), "it was closed since");
    }
}
