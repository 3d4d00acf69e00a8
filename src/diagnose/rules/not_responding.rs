//! A window that does not answer: its program waits for something, or is stuck.

use crate::diagnose::finding::{Confidence, Evidence, EvidenceKind, Finding, RuleId, Severity, Subject};
use crate::knowledge::Knowledge;
use crate::model::{History, Sample};

pub(in crate::diagnose) fn find(history: &History, knowledge: &Knowledge) -> Vec<Finding> {
    let limits = &knowledge.thresholds.wait;
    let Some(latest) = history.latest() else { return Vec::new() };
    let hung = latest.programs.iter().filter(|program| program.hung);
    hung.filter_map(|program| {
        let is_hung = |sample: &Sample| sample.program(&program.name).is_some_and(|program| program.hung);
        let held = history.held(is_hung).filter(|held| held.seconds.0 >= limits.hung_seconds.0)?;
        let evidence =
            vec![Evidence::over(EvidenceKind::HungSeconds, held.seconds.0, limits.hung_seconds.0, held.seconds)];
        // Its processes by memory: a program that hangs often computes nothing.
        let subject = Subject::program(program, knowledge, |member| member.memory.0 as f64);
        let confidence = Confidence::from_duration(held.seconds);
        Some(Finding::new(RuleId::NotResponding, Severity::Look, confidence, subject, held.since, evidence))
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use crate::diagnose::RuleId;
    use crate::diagnose::rules::fixture::{Scene, process, rules};

    #[test]
    fn a_window_that_hangs_for_ten_seconds_is_told() {
        let mut scene = Scene::windows();
        let mut office = process(10, r"C:\Program Files\Vendor\planner.exe", 0.0);
        office.hung = true;
        scene.run(&[office.clone()], 6.0);
        assert_eq!(rules(&scene), [RuleId::AllWell]);
        scene.run(&[office], 6.0);
        assert_eq!(rules(&scene), [RuleId::NotResponding]);
    }
}
