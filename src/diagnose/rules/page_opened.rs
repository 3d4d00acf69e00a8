//! A web page was opened by a script or a schedule: perhaps by the company, perhaps by nobody you know.

use crate::diagnose::finding::{Confidence, Finding, RuleId, Severity, Subject};
use crate::knowledge::Knowledge;
use crate::model::{History, Mark, ProgramKind, ProgramSample};

pub(in crate::diagnose) fn find(history: &History, knowledge: &Knowledge) -> Option<Finding> {
    let latest = history.latest()?;
    let opened =
        |program: &&ProgramSample| program.kind == ProgramKind::Browser && program.origin.has(Mark::OpenedByStranger);
    let program = latest.programs.iter().find(opened)?;
    let subject = Subject::program(program, knowledge, |member| member.cpu.get());
    let parent = program.origin.parent.as_deref().map(str::to_owned);
    let found = Finding::new(RuleId::PageOpened, Severity::Ok, Confidence::Low, subject, latest.at, Vec::new());
    Some(Finding { parent, ..found })
}

#[cfg(test)]
mod tests {
    use crate::diagnose::RuleId;
    use crate::diagnose::rules::fixture::{Scene, process};
    use crate::model::Mark;

    #[test]
    fn a_page_that_a_script_opened_is_told_as_information() {
        let mut scene = Scene::windows();
        let path = r"C:\Program Files\Google\Chrome\Application\chrome.exe";
        scene.run(&[process(10, path, 0.01).marked(&[Mark::OpenedByStranger])], 10.0);
        assert!(scene.diagnose().iter().any(|finding| finding.rule == RuleId::PageOpened));
    }
}
