//! A program starts automatically, at boot or login, that did not before: mostly something just installed.

use crate::diagnose::finding::{
    Confidence, Evidence, EvidenceKind, Finding, RuleId, Severity, Sign, SignKind, Subject,
};
use crate::knowledge::{Knowledge, Label};
use crate::model::{At, Autostart, DisplayName, History, OriginFlag, Os, ProcFacts, ProcKey, Reading, Seconds, Why};

/// Most harmless entries reported, newest first. Suspicious ones are always reported: otherwise adding a few harmless
/// entries later would hide them.
const MOST_NOTES: usize = 3;

/// One finding per entry, newest first. The location of the file decides the severity: installers do not put permanent
/// programs into folders for temporary files, and do not hide them.
pub(in crate::diagnose) fn find(history: &History, knowledge: &Knowledge) -> Vec<Finding> {
    let Some(latest) = history.latest() else { return Vec::new() };
    let (limit, os) = (Seconds::from_days(knowledge.thresholds.mining.new_days), history.machine().os);
    let listed = latest.condition.autostarts.known().into_iter().flatten();
    let mut new: Vec<(&Autostart, At)> = listed
        .filter_map(|entry| Some((entry, entry.since?)))
        .filter(|(_, since)| latest.at.since(*since) <= limit)
        .collect();
    new.sort_by_key(|(_, since)| std::cmp::Reverse(*since));
    let mut notes = 0;
    new.into_iter()
        .map(|(entry, since)| (entry, since, signs(entry, knowledge, os)))
        .filter(|(_, _, signs)| {
            notes += usize::from(signs.is_empty());
            !signs.is_empty() || notes <= MOST_NOTES
        })
        .map(|(entry, since, signs)| {
            let severity = if signs.is_empty() { Severity::Ok } else { Severity::Warning };
            let name = Label::same(DisplayName::new(&entry.name).as_str());
            let subject = Subject { group: entry.name.clone(), name, path: entry.file.clone(), ..Subject::machine() };
            let age = latest.at.since(since);
            let evidence = vec![Evidence::new(EvidenceKind::KnownFor, age.0, age)];
            let found = Finding::new(RuleId::NewAutostart, severity, Confidence::High, subject, since, evidence);
            Finding { signs, ..found }
        })
        .collect()
}

/// What is suspicious about its file, by the same criteria as for a running program.
fn signs(entry: &Autostart, knowledge: &Knowledge, os: Os) -> Vec<Sign> {
    let Some(file) = &entry.file else { return Vec::new() };
    let facts = ProcFacts {
        name: file.rsplit(['/', '\\']).next().unwrap_or_default().to_owned(),
        path: Reading::Known(file.clone()),
        args: Reading::Missing(Why::Unsupported),
        ..ProcFacts::new(ProcKey { pid: 0, start_time: 0 })
    };
    let marks = knowledge.marks(&facts, None, os);
    [
        (OriginFlag::MinerName, SignKind::MinerName),
        (OriginFlag::WrongFolder, SignKind::WrongFolder),
        (OriginFlag::KernelName, SignKind::KernelName),
        (OriginFlag::ImitatedName, SignKind::ImitatedName),
        (OriginFlag::HiddenPlace, SignKind::HiddenPlace),
        (OriginFlag::HiddenFile, SignKind::HiddenFile),
        (OriginFlag::OddFolder, SignKind::OddFolder),
        (OriginFlag::TemporaryFolder, SignKind::TemporaryFolder),
    ]
    .into_iter()
    .filter(|(mark, _)| marks.contains(mark))
    .map(|(_, kind)| Sign { kind, points: 0, text: Some(file.clone()), figure: None })
    .collect()
}

#[cfg(test)]
mod tests {
    use crate::diagnose::RuleId;
    use crate::diagnose::Severity;
    use crate::diagnose::rules::fixture::Scene;
    use crate::model::{At, Autostart, Condition, Reading};

    /// A PC whose list has these files, each with the days since it was first seen.
    fn scene(files: &[(&str, Option<f64>)]) -> Scene {
        let mut scene = Scene::windows().at(100.0 * 86_400.0);
        let entry = |(file, days): &(&str, Option<f64>)| {
            let since = days.map(|days| At(((100.0 - days) * 86_400_000.0) as i64));
            Autostart { name: "Helper".to_owned(), file: Some((*file).to_owned()), since }
        };
        let autostarts = Reading::Known(files.iter().map(entry).collect());
        let condition = Condition { autostarts, ..Condition::default() };
        scene.push(10.0, |sample| sample.condition = condition.clone().into());
        scene
    }

    /// What is reported for one entry, `days` after it was first seen.
    fn reported(file: &str, days: Option<f64>) -> Vec<(RuleId, Severity)> {
        scene(&[(file, days)]).diagnose().iter().map(|finding| (finding.rule, finding.severity)).collect()
    }

    const ORDINARY: &str = r"C:\Program Files\Helper\helper.exe";

    #[test]
    fn what_was_just_installed_is_a_note() {
        assert_eq!(
            reported(ORDINARY, Some(0.5)),
            [(RuleId::AllWell, Severity::Ok), (RuleId::NewAutostart, Severity::Ok)]
        );
    }

    #[test]
    fn what_lies_where_programs_do_not_stay_is_a_warning() {
        let file = r"C:\Users\a\AppData\Local\Temp\helper.exe";
        assert_eq!(reported(file, Some(0.5)), [(RuleId::NewAutostart, Severity::Warning)]);
        let file = r"C:\Users\a\AppData\Roaming\svchost.exe";
        assert_eq!(reported(file, Some(0.5)), [(RuleId::NewAutostart, Severity::Warning)]);
    }

    #[test]
    fn harmless_ones_that_come_later_do_not_hide_a_warning() {
        let odd = r"C:\Users\a\AppData\Local\Temp\helper.exe";
        let newer = [0.1, 0.2, 0.3, 0.4].map(|days| (ORDINARY, Some(days)));
        let files: Vec<_> = newer.into_iter().chain([(odd, Some(0.5)), (odd, Some(0.6))]).collect();
        let found = scene(&files).diagnose();
        let of = |severity| found.iter().filter(|finding| finding.severity == severity).count();
        assert_eq!((of(Severity::Warning), of(Severity::Ok)), (2, super::MOST_NOTES), "{found:?}");
    }

    #[test]
    fn what_is_known_is_not_reported() {
        for days in [None, Some(60.0)] {
            assert_eq!(reported(ORDINARY, days), [(RuleId::AllWell, Severity::Ok)]);
        }
    }
}
