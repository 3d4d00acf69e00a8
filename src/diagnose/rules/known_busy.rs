//! A program that is expected to be busy for a while: reported so that the user neither worries nor stops it.

use crate::diagnose::finding::{Finding, RuleId, Severity};
use crate::diagnose::load::{Class, Load};

pub(in crate::diagnose) fn find(loads: &[Load]) -> Vec<Finding> {
    loads
        .iter()
        .filter_map(|load| match load.class {
            Class::Busy(busy) => Some(Finding { busy: Some(busy), ..load.finding(RuleId::KnownBusy, Severity::Ok) }),
            Class::Browser | Class::Other => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::diagnose::rules::fixture::{Scene, rules};
    use crate::diagnose::{RuleId, Severity};
    use crate::knowledge::Busy;

    const DEFENDER: &str = r"C:\ProgramData\Microsoft\Windows Defender\Platform\4.18\MsMpEng.exe";

    #[test]
    fn a_virus_scan_is_normal() {
        let mut scene = Scene::windows();
        scene.busy(DEFENDER, 0.5, 30.0);
        let found = scene.diagnose();
        assert_eq!((found[0].rule, found[0].severity), (RuleId::KnownBusy, Severity::Ok));
        assert_eq!(found[0].busy, Some(Busy::VirusScan));
        assert!(!rules(&scene).contains(&RuleId::AllWell), "the PC is busy: the reason is said, not that all is well");
    }

    #[test]
    fn the_same_name_in_another_folder_is_not_excused() {
        let mut scene = Scene::windows();
        scene.busy(r"C:\Users\a\MsMpEng.exe", 0.5, 30.0);
        assert_eq!(scene.diagnose()[0].rule, RuleId::CpuHog);
    }

    #[test]
    fn a_scan_that_never_ends_is_no_longer_normal() {
        let mut scene = Scene::windows();
        scene.busy(DEFENDER, 0.5, 7000.0);
        assert_eq!(scene.diagnose()[0].rule, RuleId::CpuHog);
    }

    #[test]
    fn nor_is_it_where_only_half_an_hour_is_kept() {
        let mut scene = Scene::windows().keeping(1800.0);
        scene.busy(DEFENDER, 0.5, 30.0 * 60.0);
        assert_eq!(scene.diagnose()[0].rule, RuleId::KnownBusy);
        scene.busy(DEFENDER, 0.5, 5200.0);
        let found = scene.diagnose();
        assert_eq!((found[0].rule, found[0].evidence[0].seconds), (RuleId::CpuHog, 7000.0));
    }
}
