//! A browser was updated while it runs: the old version stays in use until it is closed.

use crate::diagnose::finding::{Confidence, Finding, RuleId, Severity, Subject};
use crate::diagnose::series;
use crate::knowledge::Knowledge;
use crate::model::{History, OriginFlag, ProgramKind, ProgramSample, Reading};

pub(in crate::diagnose) fn find(history: &History, knowledge: &Knowledge) -> Option<Finding> {
    let latest = history.latest()?;
    // Linux replaces the file of a running program, which the process itself shows; on Windows the new version waits
    // beside it.
    let waits = |name: &str| {
        latest.condition.browser(name).is_some_and(|browser| browser.update_waiting == Reading::Known(true))
    };
    let old = |program: &&ProgramSample| {
        program.kind == ProgramKind::Browser && (program.origin.has(OriginFlag::UpdateWaiting) || waits(&program.name))
    };
    let program = latest.programs.iter().find(old)?;
    let subject = Subject::program(program, knowledge, |member| member.cpu.get());
    let name = &program.name;
    let since = series::state_since(history, |sample| {
        let browser = sample.condition.browser(name);
        let replaced = sample.program(name).is_some_and(|program| program.origin.has(OriginFlag::UpdateWaiting));
        replaced || browser.is_some_and(|browser| browser.update_waiting == Reading::Known(true))
    })?;
    Some(Finding::new(RuleId::BrowserUpdate, Severity::Ok, Confidence::High, subject, since, Vec::new()))
}

#[cfg(test)]
mod tests {
    use crate::diagnose::RuleId;
    use crate::diagnose::rules::fixture::{Scene, browser, process};
    use crate::model::{BrowserState, Reading};

    #[test]
    fn a_browser_whose_file_was_replaced_is_reported() {
        let mut scene = Scene::linux();
        scene.run(&[process(10, "/usr/lib/chromium/chromium (deleted)", 0.01)], 10.0);
        assert!(scene.diagnose().iter().any(|finding| finding.rule == RuleId::BrowserUpdate));
    }

    #[test]
    fn an_update_that_waits_beside_a_running_browser_is_reported() {
        let is_reported = |name: &str, update_waiting| {
            let mut scene = Scene::windows();
            let state = BrowserState { name: name.into(), update_waiting, ..BrowserState::default() };
            let chrome = process(10, r"C:\Program Files\Google\Chrome\Application\chrome.exe", 0.01);
            scene.run_with(&[chrome], 10.0, |sample| sample.condition = browser(&state));
            scene.diagnose().iter().any(|finding| finding.rule == RuleId::BrowserUpdate)
        };
        assert!(is_reported("Google Chrome", Reading::Known(true)));
        assert!(
            !is_reported("Google Chrome", Reading::Known(false)) && !is_reported("Google Chrome", Reading::default())
        );
        assert!(!is_reported("Firefox", Reading::Known(true)), "that one does not run");
    }
}
