//! A browser reported for another reason has no ad blocking. Never reported alone: to have none is no fault.

use crate::diagnose::finding::{Confidence, Finding, RuleId, Severity};
use crate::model::{History, Reading};

/// Rules about pages, whose findings an advertisement may have caused.
const ABOUT_PAGES: [RuleId; 3] = [RuleId::WebPageLoad, RuleId::BrowserLoad, RuleId::PageOpened];

pub(in crate::diagnose) fn find(history: &History, others: &[Finding]) -> Vec<Finding> {
    let Some(latest) = history.latest() else { return Vec::new() };
    let mut found: Vec<Finding> = Vec::new();
    for about in others.iter().filter(|finding| ABOUT_PAGES.contains(&finding.rule)) {
        let browser = latest.condition.browser(&about.subject.group);
        let has_none = browser.is_some_and(|browser| browser.ad_blocking == Reading::Known(false));
        if has_none && !found.iter().any(|finding| finding.subject.group == about.subject.group) {
            let subject = about.subject.clone();
            let rule = RuleId::NoAdBlocking;
            // It is told because of the other one, and lasts as long.
            found.push(Finding::new(rule, Severity::Ok, Confidence::Medium, subject, about.since, Vec::new()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use crate::diagnose::RuleId;
    use crate::diagnose::rules::fixture::{Scene, browser, process, rules};
    use crate::model::{BrowserState, OriginFlag, Reading};

    const CHROME: &str = r"C:\Program Files\Google\Chrome\Application\chrome.exe";

    fn reported(cpu: f64, marks: &[OriginFlag], ad_blocking: Reading<bool>) -> Vec<RuleId> {
        let mut scene = Scene::windows();
        let state = BrowserState { name: "Google Chrome".into(), ad_blocking, ..BrowserState::default() };
        let processes = [process(10, CHROME, cpu).marked(marks), process(11, CHROME, 0.01)];
        scene.run_with(&processes, 140.0, |sample| sample.condition = browser(&state));
        rules(&scene)
    }

    #[test]
    fn it_is_a_hint_beside_a_page_that_is_reported() {
        let none = Reading::Known(false);
        assert_eq!(reported(0.40, &[], none), [RuleId::WebPageLoad, RuleId::NoAdBlocking]);
        let opened = reported(0.01, &[OriginFlag::OpenedByStranger], none);
        assert_eq!(opened, [RuleId::AllWell, RuleId::PageOpened, RuleId::NoAdBlocking]);
    }

    #[test]
    fn it_is_never_reported_alone_nor_when_it_is_not_known() {
        assert_eq!(reported(0.01, &[], Reading::Known(false)), [RuleId::AllWell]);
        assert_eq!(reported(0.40, &[], Reading::Known(true)), [RuleId::WebPageLoad]);
        assert_eq!(reported(0.40, &[], Reading::default()), [RuleId::WebPageLoad]);
    }
}
