//! A browser was updated while it runs: the old one goes on until it is closed.

use crate::diagnose::finding::{Confidence, Finding, RuleId, Severity, Subject};
use crate::knowledge::Knowledge;
use crate::model::{History, Mark, ProgramKind, ProgramSample};

pub(in crate::diagnose) fn find(history: &History, knowledge: &Knowledge) -> Option<Finding> {
    let latest = history.latest()?;
    let old =
        |program: &&ProgramSample| program.kind == ProgramKind::Browser && program.origin.has(Mark::UpdateWaiting);
    let program = latest.programs.iter().find(old)?;
    let subject = Subject::program(program, knowledge, |member| member.cpu.get());
    Some(Finding::new(RuleId::BrowserUpdate, Severity::Ok, Confidence::High, subject, latest.at, Vec::new()))
}

#[cfg(test)]
mod tests {
    use crate::diagnose::RuleId;
    use crate::diagnose::rules::fixture::Scene;
    use crate::diagnose::rules::fixture::process;

    #[test]
    fn a_browser_whose_file_was_replaced_is_told() {
        let mut scene = Scene::linux();
        scene.run(&[process(10, "/usr/lib/chromium/chromium (deleted)", 0.01)], 10.0);
        assert!(scene.diagnose().iter().any(|finding| finding.rule == RuleId::BrowserUpdate));
    }
}
