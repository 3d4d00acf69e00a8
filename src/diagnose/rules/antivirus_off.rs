//! Antivirus protection is off, paused or out of date.

use crate::diagnose::finding::{Confidence, Finding, RuleId, Severity, Subject};
use crate::diagnose::series;
use crate::knowledge::Knowledge;
use crate::model::{History, Protection};

pub(in crate::diagnose) fn find(history: &History, _knowledge: &Knowledge) -> Option<Finding> {
    let latest = history.latest()?;
    let state = latest.condition.antivirus.get()?;
    let severity = match state {
        Protection::Good => return None,
        Protection::Poor | Protection::Paused => Severity::Warning,
        Protection::Off => Severity::Critical,
    };
    let since = series::state_since(history, |sample| sample.condition.antivirus.get() == Some(state))?;
    Some(Finding::new(RuleId::AntivirusOff, severity, Confidence::High, Subject::machine(), since, Vec::new()))
}

#[cfg(test)]
mod tests {
    use crate::diagnose::RuleId;
    use crate::diagnose::rules::fixture::{Scene, rules};
    use crate::model::{Condition, Protection, Reading};

    #[test]
    fn a_pc_without_protection_is_reported_and_an_unknown_one_is_not() {
        let reported = |antivirus| {
            let mut scene = Scene::windows();
            let condition = Condition { antivirus, ..Condition::default() };
            scene.push(10.0, |sample| sample.condition = condition.clone().into());
            rules(&scene)
        };
        assert_eq!(reported(Reading::Known(Protection::Off)), [RuleId::AntivirusOff]);
        let mut scene = Scene::windows();
        let begin = scene.now();
        let condition = Condition { antivirus: Reading::Known(Protection::Off), ..Condition::default() };
        scene.push(30.0, |sample| sample.condition = condition.clone().into());
        assert!(scene.diagnose()[0].since.since(begin).0 < 3.0, "since it was seen first, and not since now");
        assert_eq!(reported(Reading::Known(Protection::Good)), [RuleId::AllWell]);
        assert_eq!(reported(Reading::default()), [RuleId::AllWell]);
    }
}
