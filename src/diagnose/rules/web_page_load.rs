//! A page in a browser computes steadily, without end and without traffic. A browser does not tell which page it is, so
//! this is never more than a reason to look.

use crate::diagnose::finding::{
    Confidence, Evidence, EvidenceKind, Finding, RuleId, Severity, Sign, SignKind, Subject,
};
use crate::diagnose::series;
use crate::diagnose::signs::{FollowUp, Signs};
use crate::knowledge::Knowledge;
use crate::model::{History, ProgramKind, Reading};

pub(in crate::diagnose) fn find(history: &History, knowledge: &Knowledge) -> Vec<Finding> {
    let (steady, mining) = (&knowledge.thresholds.steady, &knowledge.thresholds.mining);
    let browsers = series::loaded(history, steady.browser, steady.seconds, mining.recent_seconds);
    browsers
        .into_iter()
        .filter(|program| program.kind == ProgramKind::Browser)
        .filter_map(|browser| {
            let points = series::of_program(history, &browser.name, mining.recent_seconds);
            let newest = series::newest(&points, steady.seconds, steady.points)?;
            let values = newest.iter().map(|point| (point.cpu, point.span));
            let (mean, variation) = series::shape(values)?;
            let part = newest.iter().filter_map(|point| Some((point.program?.busiest_part.get(), point.span)));
            let (part, _) = series::shape(part.collect::<Vec<_>>().into_iter())?;
            let network = series::network(newest);
            let is_small = |rate: f64| rate < steady.network_quiet;
            let all_is_quiet = network.is_none_or(is_small);
            // A download beside it is not traffic of the page.
            let is_quiet = all_is_quiet || series::network_at_most(newest, &browser.name).is_some_and(is_small);
            if mean < steady.browser || variation > steady.variation || part < mean * steady.browser_page || !is_quiet {
                return None;
            }
            let held = points.iter().rev().take_while(|point| point.cpu >= steady.browser);
            let seconds = crate::model::Seconds(held.clone().map(|point| point.span).sum());
            let since = held.last().map(|point| point.at - crate::model::Seconds(point.span))?;
            let mut evidence = vec![
                Evidence::with_threshold(EvidenceKind::ProgramCpu, mean, steady.browser, seconds),
                Evidence::with_threshold(EvidenceKind::Variation, variation, steady.variation, steady.seconds),
                Evidence::new(EvidenceKind::BusiestPartCpu, part, steady.seconds),
            ];
            evidence.extend(network.filter(|_| all_is_quiet).map(|rate| {
                Evidence::with_threshold(EvidenceKind::NetworkRate, rate, steady.network_quiet, steady.seconds)
            }));
            let confidence = Confidence::from_duration(seconds);
            let subject = Subject::program(browser, knowledge, |member| member.cpu.get());
            let limits = &knowledge.thresholds.cpu;
            let act = mean >= limits.act && seconds >= limits.act_seconds;
            let severity = if act { Severity::Critical } else { Severity::Warning };
            let mut signs = Signs::new(history, knowledge);
            // A browser stays open when one of its pages goes quiet: only a load that returns counts as hiding.
            signs.add_presence(&points, FollowUp::Load);
            signs.add_surroundings(newest, &browser.name);
            let mut finding = Finding::new(RuleId::WebPageLoad, severity, confidence, subject, since, evidence);
            finding.signs = signs.weightiest_first();
            if browser.window == Reading::Known(false) {
                // A tiny window hidden behind the clock stays when the others are closed.
                finding.signs.push(Sign { kind: SignKind::NoWindow, points: 0, text: None, figure: None });
            }
            Some(finding)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::diagnose::rules::fixture::{Scene, process, rules};
    use crate::diagnose::{RuleId, SignKind};
    use crate::model::{BytesPerSec, Reading, Traffic, Use};

    const CHROME: &str = r"C:\Program Files\Google\Chrome\Application\chrome.exe";

    #[test]
    fn a_page_that_computes_without_end_is_told_apart_from_a_busy_browser() {
        let mut scene = Scene::windows();
        scene.run(&[process(10, CHROME, 0.40), process(11, CHROME, 0.01)], 60.0);
        assert_eq!(rules(&scene), [RuleId::BrowserLoad]);
        scene.run(&[process(10, CHROME, 0.40), process(11, CHROME, 0.01)], 80.0);
        assert_eq!(rules(&scene), [RuleId::WebPageLoad]);
    }

    #[test]
    fn a_page_that_rests_while_a_monitor_is_open_shows_that_sign() {
        let signs = |again: f64| {
            let mut scene = Scene::windows();
            let watched = |watched| move |sample: &mut crate::model::Sample| sample.watched = Reading::Known(watched);
            scene.run_with(&[process(10, CHROME, 0.40)], 150.0, watched(false));
            scene.run_with(&[process(10, CHROME, again)], 30.0, watched(true));
            scene.run_with(&[process(10, CHROME, 0.40)], 150.0, watched(false));
            let found = scene.diagnose();
            assert_eq!(found[0].rule, RuleId::WebPageLoad);
            found[0].signs.iter().map(|sign| sign.kind).collect::<Vec<_>>()
        };
        assert_eq!(signs(0.02), [SignKind::FellWhenWatched]);
        assert_eq!(signs(0.40), []);
    }

    #[test]
    fn a_film_from_the_network_is_a_busy_browser() {
        let mut scene = Scene::windows();
        scene.run_with(&[process(10, CHROME, 0.40)], 200.0, |s| s.net_rx = Reading::Known(BytesPerSec(600_000.0)));
        assert_eq!(rules(&scene), [RuleId::BrowserLoad]);
    }

    #[test]
    fn the_traffic_of_another_program_is_not_that_of_the_page() {
        let reported = |other: f64| {
            let mut scene = Scene::linux();
            let chromium = process(10, "/usr/lib/chromium/chromium", 0.40);
            scene.run_with(&[chromium], 200.0, |sample| {
                sample.net_rx = Reading::Known(BytesPerSec(900_000.0));
                let part = Traffic { rx: BytesPerSec(other), tx: BytesPerSec(0.0) };
                sample.net_users = Reading::Known(vec![Use { program: "wget".into(), part }]);
            });
            rules(&scene)
        };
        assert_eq!(reported(860_000.0), [RuleId::WebPageLoad]);
        assert_eq!(reported(300_000.0), [RuleId::BrowserLoad], "the rest may be a film");
    }

    #[test]
    fn a_page_that_shows_something_has_it_drawn_by_another_part() {
        let mut scene = Scene::linux();
        let part = |pid, cpu| process(pid, "/usr/lib/chromium/chromium", cpu);
        scene.run(&[part(10, 0.34), part(11, 0.10)], 200.0);
        assert_eq!(rules(&scene), [RuleId::BrowserLoad]);
    }

    #[test]
    fn many_pages_at_work_are_a_busy_browser() {
        let mut scene = Scene::windows();
        let parts: Vec<_> = (0..8).map(|n| process(10 + n, CHROME, 0.05)).collect();
        scene.run(&parts, 200.0);
        assert_eq!(rules(&scene), [RuleId::BrowserLoad]);
    }
}
