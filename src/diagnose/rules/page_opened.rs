//! A web page was opened by a script, a scheduled task or a program in an odd place: perhaps by the company, perhaps by
//! malware.

use crate::diagnose::finding::{Confidence, Finding, RuleId, Severity, Subject};
use crate::knowledge::Knowledge;
use crate::model::{At, History, OriginFlag, ProgramKind, ProgramSample, Sample};

pub(in crate::diagnose) fn find(history: &History, knowledge: &Knowledge) -> Option<Finding> {
    let latest = history.latest()?;
    let report_window = knowledge.thresholds.time.page_seconds.0;
    // A page passed to a running browser shows in one sample only.
    let mut lately = history.samples().rev().take_while(|sample| latest.at.since(sample.at).0 <= report_window);
    let (seen, opened) =
        lately.find_map(|sample| Some((sample.at, sample.programs.iter().find(|program| is_opened(program))?)))?;
    let since = opened_at(history, &opened.name, seen)?;
    let program = latest.program(&opened.name).unwrap_or(opened);
    let subject = Subject::program(program, knowledge, |member| member.cpu.get());
    let parent = opened.origin.parent.as_deref().map(str::to_owned);
    let found = Finding::new(RuleId::PageOpened, Severity::Ok, Confidence::Low, subject, since, Vec::new());
    (latest.at.since(since).0 <= report_window).then_some(Finding { parent, ..found })
}

fn is_opened(program: &ProgramSample) -> bool {
    program.kind == ProgramKind::Browser && program.origin.has(OriginFlag::OpenedByStranger)
}

/// The first of the consecutive samples up to `seen` in which the browser shows this origin.
fn opened_at(history: &History, browser: &str, seen: At) -> Option<At> {
    let samples = history.samples().rev().filter(|sample| sample.at <= seen && !sample.programs.is_empty());
    let opened = |sample: &&Sample| sample.program(browser).is_some_and(is_opened);
    samples.map(|sample| &**sample).take_while(opened).last().map(|sample| sample.at - sample.span)
}

#[cfg(test)]
mod tests {
    use crate::diagnose::RuleId;
    use crate::diagnose::rules::fixture::{Scene, process};
    use crate::model::{At, OriginFlag};

    #[test]
    fn a_page_that_a_script_opened_is_reported_as_information() {
        let mut scene = Scene::windows();
        let path = r"C:\Program Files\Google\Chrome\Application\chrome.exe";
        scene.run(&[process(10, path, 0.01).marked(&[OriginFlag::OpenedByStranger])], 10.0);
        assert!(scene.diagnose().iter().any(|finding| finding.rule == RuleId::PageOpened));
    }

    #[test]
    fn it_is_reported_for_a_while_with_the_time_at_which_it_was_seen_first() {
        let mut scene = Scene::windows();
        let path = r"C:\Program Files\Google\Chrome\Application\chrome.exe";
        let browser = process(10, path, 0.01).marked(&[OriginFlag::OpenedByStranger]);
        let reported_since = |scene: &Scene| {
            let found = scene.diagnose().into_iter().find(|finding| finding.rule == RuleId::PageOpened)?;
            Some(found.since)
        };
        scene.calm(20.0);
        scene.run(std::slice::from_ref(&browser), 300.0);
        assert_eq!(reported_since(&scene), Some(At(1_020_000)));
        scene.run(&[browser], 310.0);
        assert_eq!(reported_since(&scene), None);
        // A page passed to the running browser: the passing process exists for a moment only.
        scene.run(&[process(20, path, 0.01)], 4.0);
        scene.run(&[process(20, path, 0.01).marked(&[OriginFlag::OpenedByStranger])], 2.0);
        scene.run(&[process(20, path, 0.01)], 400.0);
        assert_eq!(reported_since(&scene), Some(At(1_634_000)));
        scene.run(&[process(20, path, 0.01)], 300.0);
        assert_eq!(reported_since(&scene), None);
        // Opened anew.
        scene.run(&[process(1, r"C:\Windows\explorer.exe", 0.0)], 4.0);
        scene.run(&[process(20, path, 0.01).marked(&[OriginFlag::OpenedByStranger])], 10.0);
        assert_eq!(reported_since(&scene), Some(At(2_340_000)));
    }
}
