//! A volume does not respond: a loose cable, a failing disk, a server that is gone. Programs that use it wait.

use crate::diagnose::finding::{Confidence, Evidence, EvidenceKind, Finding, RuleId, Severity, Subject};
use crate::knowledge::Knowledge;
use crate::model::{History, Sample, Why};

pub(in crate::diagnose) fn find(history: &History, knowledge: &Knowledge) -> Vec<Finding> {
    let Some(latest) = history.latest() else { return Vec::new() };
    let named = latest.silent_volumes.iter().filter_map(|volume| {
        let silent = |sample: &Sample| sample.silent_volumes.contains(volume);
        finding(history, knowledge, silent, Subject::volume(&volume.name, volume.kind))
    });
    // Not even the list of volumes comes: which one is the cause is not known.
    let all_silent = |sample: &Sample| sample.volumes.why() == Some(Why::Stale);
    named.chain(finding(history, knowledge, all_silent, Subject::machine())).collect()
}

/// The sampler waits 15 s before it reports a volume as silent.
fn finding(
    history: &History,
    knowledge: &Knowledge,
    silent: impl Fn(&Sample) -> bool,
    subject: Subject,
) -> Option<Finding> {
    let held = history.held(silent).filter(|held| held.seconds >= knowledge.thresholds.wait.silent_seconds)?;
    let evidence = vec![Evidence::new(EvidenceKind::HungSeconds, held.seconds.0, held.seconds)];
    let confidence = Confidence::from_duration(held.seconds);
    Some(Finding::new(RuleId::SlowVolume, Severity::Warning, confidence, subject, held.since, evidence))
}

#[cfg(test)]
mod tests {
    use crate::diagnose::RuleId;
    use crate::diagnose::rules::fixture::{Scene, rules};
    use crate::model::{Reading, SilentVolume, VolumeKind, Why};

    #[test]
    fn a_drive_that_does_not_answer_is_reported() {
        let mut scene = Scene::windows();
        scene.push(20.0, |sample| sample.volumes = Reading::Missing(Why::Stale));
        assert_eq!(rules(&scene), [RuleId::SlowVolume]);
        let mut scene = Scene::windows();
        scene.push(20.0, |sample| sample.volumes = Reading::Missing(Why::NotYet));
        assert_eq!(rules(&scene), [RuleId::AllWell]);
    }

    #[test]
    fn each_silent_volume_is_named_as_what_it_is() {
        let silent = |name: &str, kind| SilentVolume { name: name.to_owned(), kind };
        let mut scene = Scene::linux();
        scene.push(20.0, |sample| {
            sample.silent_volumes =
                vec![silent("/mnt/nas", VolumeKind::Network), silent("/usb", VolumeKind::Removable)];
        });
        let found: Vec<(String, VolumeKind)> =
            scene.diagnose().into_iter().map(|found| (found.subject.group, found.subject.volume)).collect();
        assert_eq!(found, [("/mnt/nas".into(), VolumeKind::Network), ("/usb".into(), VolumeKind::Removable)]);
        // It answers again.
        scene.push(4.0, |_| {});
        assert_eq!(rules(&scene), [RuleId::AllWell]);
    }
}
