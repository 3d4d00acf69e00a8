//! Antivirus protection is off, paused or out of date.

use crate::diagnose::finding::{Confidence, Finding, RuleId, Severity, Subject};
use crate::knowledge::Knowledge;
use crate::model::{History, Protection};

pub(in crate::diagnose) fn find(history: &History, _knowledge: &Knowledge) -> Option<Finding> {
    let latest = history.latest()?;
    let severity = match latest.condition.antivirus.get()? {
        Protection::Good => return None,
        Protection::Poor | Protection::Paused => Severity::Warning,
        Protection::Off => Severity::Critical,
    };
    let subject = Subject::machine();
    Some(Finding::new(RuleId::AntivirusOff, severity, Confidence::High, subject, latest.at, Vec::new()))
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
        assert_eq!(reported(Reading::Known(Protection::Good)), [RuleId::AllWell]);
        assert_eq!(reported(Reading::default()), [RuleId::AllWell]);
    }
}
