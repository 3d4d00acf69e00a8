//! A window does not respond: its program waits for something, or is stuck.

use crate::diagnose::finding::{Confidence, Evidence, EvidenceKind, Finding, RuleId, Severity, Subject};
use crate::knowledge::Knowledge;
use crate::model::{History, Sample};

pub(in crate::diagnose) fn find(history: &History, knowledge: &Knowledge) -> Vec<Finding> {
    let limits = &knowledge.thresholds.wait;
    let Some(latest) = history.latest() else { return Vec::new() };
    let hung = latest.programs.iter().filter(|program| program.hung);
    hung.filter_map(|program| {
        let is_hung = |sample: &Sample| sample.program(&program.name).is_some_and(|program| program.hung);
        // A sample sees windows at one instant, whatever span its rates cover: a single sample proves no duration, and
        // one with a response ends the hang. Samples that could not see windows are skipped.
        let is_blind = |sample: &Sample| {
            sample.program(&program.name).is_some_and(|program| !program.hung && program.window.get().is_none())
        };
        let samples = history.unbroken().filter(|sample| !is_blind(sample));
        let since = samples.take_while(|sample| is_hung(sample)).last()?.at;
        let seconds = latest.at.since(since);
        if seconds < limits.hung_seconds {
            return None;
        }
        let evidence =
            vec![Evidence::with_threshold(EvidenceKind::HungSeconds, seconds.0, limits.hung_seconds.0, seconds)];
        // Processes by memory: a hung program often uses no CPU.
        let subject = Subject::program(program, knowledge, |member| member.memory.0 as f64);
        let confidence = Confidence::from_duration(seconds);
        Some(Finding::new(RuleId::NotResponding, Severity::Warning, confidence, subject, since, evidence))
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use crate::diagnose::RuleId;
    use crate::diagnose::rules::fixture::{Scene, process, rules};
    use crate::model::{Reading, Why};

    #[test]
    fn a_window_that_hangs_for_ten_seconds_is_reported() {
        let mut scene = Scene::windows();
        let mut office = process(10, r"C:\Program Files\Vendor\planner.exe", 0.0);
        office.hung = true;
        scene.run(&[office.clone()], 6.0);
        assert_eq!(rules(&scene), [RuleId::AllWell]);
        scene.run(&[office], 6.0);
        assert_eq!(rules(&scene), [RuleId::NotResponding]);
    }

    #[test]
    fn an_answer_in_between_begins_anew() {
        let mut scene = Scene::windows();
        let mut office = process(10, r"C:\Program Files\Vendor\planner.exe", 0.0);
        office.window = Reading::Known(true);
        let mut hung = office.clone();
        hung.hung = true;
        for _ in 0..4 {
            scene.run(std::slice::from_ref(&hung), 6.0);
            scene.run(std::slice::from_ref(&office), 2.0);
        }
        scene.run(std::slice::from_ref(&hung), 6.0);
        assert_eq!(rules(&scene), [RuleId::AllWell]);
        // A sample that could not see windows is not a response.
        office.window = Reading::Missing(Why::Unsupported);
        scene.run(&[office], 2.0);
        scene.run(&[hung], 6.0);
        assert_eq!(rules(&scene), [RuleId::NotResponding]);
    }

    #[test]
    fn one_sample_after_half_a_minute_does_not_show_for_how_long() {
        let mut scene = Scene::windows().with_step(30.0);
        let mut office = process(10, r"C:\Program Files\Vendor\planner.exe", 0.0);
        office.hung = true;
        scene.run(&[office.clone()], 30.0);
        assert_eq!(rules(&scene), [RuleId::AllWell]);
        scene.run(&[office], 30.0);
        let found = scene.diagnose();
        assert_eq!((found[0].rule, found[0].evidence[0].observed), (RuleId::NotResponding, 30.0));
    }
}
