//! One program uses most of the CPU.

use crate::diagnose::finding::{Finding, RuleId, Severity};
use crate::diagnose::load::{Class, Load};

pub(in crate::diagnose) fn find(loads: &[Load]) -> Vec<Finding> {
    loads
        .iter()
        .filter(|load| load.class == Class::Other)
        .map(|load| load.finding(RuleId::CpuHog, if load.is_critical { Severity::Critical } else { Severity::Warning }))
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::diagnose::RuleId;
    use crate::diagnose::rules::fixture::{Scene, process, rules};
    use crate::model::{Reading, Seconds};

    #[test]
    fn what_was_recorded_before_is_reported_with_the_first_sample_which_has_no_rates_yet() {
        let mut scene = Scene::windows();
        scene.busy("burner.exe", 0.5, 20.0);
        scene.push(2.0, |sample| {
            sample.span = Seconds(0.0);
            sample.cpu = Reading::default();
            sample.programs.clear();
        });
        assert_eq!(rules(&scene)[0], RuleId::CpuHog);
    }

    #[test]
    fn a_program_that_holds_half_of_the_pc_is_found_after_the_hold_time_and_not_before() {
        let mut scene = Scene::windows();
        scene.busy("burner.exe", 0.5, 6.0);
        assert!(!rules(&scene).contains(&RuleId::CpuHog));
        scene.busy("burner.exe", 0.5, 2.0);
        let found = scene.diagnose();
        assert_eq!(found[0].rule, RuleId::CpuHog);
        assert_eq!(found[0].subject.group, "burner");
        assert!((found[0].evidence[0].seconds - 8.0).abs() < 1e-9);
    }

    #[test]
    fn a_burst_is_no_finding() {
        let mut scene = Scene::windows();
        scene.calm(60.0);
        scene.busy("burner.exe", 0.9, 6.0);
        scene.calm(4.0);
        assert_eq!(rules(&scene), [RuleId::AllWell]);
    }

    #[test]
    fn one_core_of_many_counts_only_after_minutes() {
        let mut scene = Scene::windows().with_cpus(8);
        scene.busy("burner.exe", 0.125, 60.0);
        assert_eq!(rules(&scene), [RuleId::AllWell]);
        scene.busy("burner.exe", 0.125, 80.0);
        assert_eq!(rules(&scene), [RuleId::CpuHog]);
    }

    /// A load that fills a minute cannot be a short burst; a mean of one third can.
    #[test]
    fn one_long_sample_shows_a_load_when_its_mean_is_high_enough() {
        let is_found = |cpu: f64, seconds: f64| {
            let mut scene = Scene::windows().with_step(seconds);
            scene.run(&[process(10, r"C:\Program Files\Vendor\planner.exe", 0.01)], seconds);
            scene.run(&[process(10, r"C:\Program Files\Vendor\planner.exe", cpu)], seconds);
            rules(&scene).contains(&RuleId::CpuHog)
        };
        assert!(is_found(0.95, 60.0) && is_found(0.35, 60.0));
        assert!(!is_found(0.32, 20.0), "6 s of the whole PC and nothing else have that mean, too");
    }
}
