//! A web browser uses most of the CPU, all its processes together.

use crate::diagnose::finding::{Finding, RuleId, Severity};
use crate::diagnose::load::{Class, Load};

pub(in crate::diagnose) fn find(loads: &[Load]) -> Vec<Finding> {
    loads
        .iter()
        .filter(|load| load.class == Class::Browser)
        .map(|load| {
            load.finding(RuleId::BrowserLoad, if load.is_critical { Severity::Critical } else { Severity::Warning })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::diagnose::finding::{EvidenceKind, SubjectKind};
    use crate::diagnose::rules::fixture::Scene;
    use crate::diagnose::{RuleId, Severity};

    #[test]
    fn a_browser_is_found_with_all_its_parts() {
        let mut scene = Scene::windows();
        scene.busy_parts(&[("chrome.exe", 0.05), ("chrome.exe", 0.3), ("chrome.exe", 0.02)], 10.0);
        let found = scene.diagnose();
        assert_eq!((found[0].rule, found[0].severity), (RuleId::BrowserLoad, Severity::Warning));
        assert_eq!(found[0].subject.kind, SubjectKind::Browser);
        assert_eq!(found[0].subject.group, "Google Chrome");
        assert_eq!(found[0].subject.members.len(), 3);
        let share = found[0].observed(EvidenceKind::ProgramCpu).expect("measured");
        assert!((share - 0.37).abs() < 1e-9);
    }

    #[test]
    fn five_minutes_of_nearly_everything_ask_for_action() {
        let mut scene = Scene::windows();
        scene.busy_parts(&[("msedge.exe", 0.9)], 310.0);
        assert_eq!(scene.diagnose()[0].severity, Severity::Critical);
    }

    #[test]
    fn a_web_view_host_is_no_browser() {
        let mut scene = Scene::windows();
        scene.busy_parts(&[("msedgewebview2.exe", 0.5)], 10.0);
        assert_eq!(scene.diagnose()[0].rule, RuleId::CpuHog);
    }
}
