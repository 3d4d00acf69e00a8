//! The graphics processor is busy, and which program uses it where the system reports that.

use crate::diagnose::finding::{Confidence, Evidence, EvidenceKind, Finding, RuleId, Severity, Subject};
use crate::diagnose::users::heaviest;
use crate::knowledge::Knowledge;
use crate::model::{Fraction, History, Sample};

pub(in crate::diagnose) fn find(history: &History, knowledge: &Knowledge) -> Option<Finding> {
    let limits = &knowledge.thresholds.wait;
    let away = knowledge.thresholds.mining.away_seconds;
    let share = |sample: &Sample| sample.gpu.get().map(Fraction::get);
    let held = history
        .held(|sample| share(sample).is_some_and(|share| share >= limits.gpu))
        .filter(|held| held.seconds >= limits.gpu_seconds)?;
    // Busy while nobody is at the screen: worth more than a note.
    let idle = history.latest()?.user_idle.get().is_some_and(|idle| idle.0 >= away.0 + limits.gpu_seconds.0);
    let severity = if idle { Severity::Warning } else { Severity::Ok };
    let mut evidence =
        vec![Evidence::with_threshold(EvidenceKind::GpuUsed, held.mean(share)?, limits.gpu, held.seconds)];
    let user = heaviest(&held, history.latest()?, |sample| &sample.gpu_users, Fraction::get, limits.gpu_program);
    if let Some(user) = &user {
        evidence.push(Evidence::with_threshold(EvidenceKind::ProgramGpu, user.part, limits.gpu_program, user.seconds));
    }
    let cause = user.map(|user| Subject::program(user.program, knowledge, |member| member.cpu.get()));
    let confidence = Confidence::from_duration(held.seconds);
    let found = Finding::new(RuleId::GpuBusy, severity, confidence, Subject::machine(), held.since, evidence);
    Some(Finding { cause, ..found })
}

#[cfg(test)]
mod tests {
    use crate::diagnose::rules::fixture::{Scene, process};
    use crate::diagnose::{EvidenceKind, Finding, RuleId, Severity};
    use crate::model::{Fraction, Reading, Seconds, Use, Why};

    /// Scene with a game and a desktop; each entry is their use of the graphics processor, or `None` where unknown.
    fn found(users: &[Option<&[(&str, f64)]>]) -> Finding {
        let mut scene = Scene::linux();
        let processes = [process(10, "/opt/game/nebula", 0.2), process(11, "/usr/bin/gnome-shell", 0.05)];
        for users in users {
            scene.run_with(&processes, 20.0, |sample| {
                sample.gpu = Reading::Known(Fraction::new(0.95));
                let user = |(name, part): &(&str, f64)| Use { program: (*name).into(), part: Fraction::new(*part) };
                let users = users.map(|users| users.iter().map(user).collect());
                sample.gpu_users = Reading::from_option(users, Why::NotYet);
            });
        }
        let found = scene.diagnose();
        found.into_iter().find(|finding| finding.rule == RuleId::GpuBusy).expect("reported")
    }

    #[test]
    fn the_program_that_uses_most_of_it_is_named_with_its_part() {
        let two_users: &[_] = &[("nebula", 0.8), ("GNOME Shell", 0.1)];
        let finding = found(&[None, Some(two_users), Some(&[("nebula", 0.6)]), None]);
        assert_eq!(finding.cause.as_ref().map(|cause| cause.group.as_str()), Some("nebula"));
        assert!(finding.observed(EvidenceKind::ProgramGpu).is_some_and(|part| (part - 0.7).abs() < 1e-9));
        assert!(finding.evidence.iter().any(|e| e.kind == EvidenceKind::ProgramGpu && (e.seconds - 40.0).abs() < 1e-9));
    }

    #[test]
    fn nobody_is_named_for_a_little_or_without_knowing() {
        let many: &[_] = &[("nebula", 0.25)];
        for users in [[None; 4], [Some(&[][..]); 4], [Some(many); 4], [Some(&[("gone", 0.9)][..]); 4]] {
            let finding = found(&users);
            assert!(finding.cause.is_none() && finding.evidence.len() == 1, "{finding:?}");
        }
    }

    #[test]
    fn a_busy_graphics_processor_matters_when_nobody_is_there() {
        let mut scene = Scene::windows();
        let mut reported = |idle| {
            scene.push(64.0, |sample| {
                sample.gpu = Reading::Known(Fraction::new(0.95));
                sample.user_idle = Reading::Known(Seconds(idle));
            });
            scene.diagnose().iter().find(|finding| finding.rule == RuleId::GpuBusy).map(|finding| finding.severity)
        };
        assert_eq!(reported(5.0), Some(Severity::Ok));
        assert_eq!(reported(600.0), Some(Severity::Warning));
    }
}
