//! The graphics processor is busy, and which program uses it where the system reports that.

use std::sync::Arc;

use crate::diagnose::finding::{Confidence, Evidence, EvidenceKind, Finding, RuleId, Severity, Subject};
use crate::diagnose::series;
use crate::diagnose::users::heaviest;
use crate::knowledge::{Busy, Knowledge};
use crate::model::{Fraction, Held, History, ProgramKind, ProgramSample, Reading, Sample};

pub(in crate::diagnose) fn find(history: &History, knowledge: &Knowledge) -> Option<Finding> {
    if series::is_gpu_stuck(history) {
        return None;
    }
    let limits = &knowledge.thresholds.wait;
    let away = knowledge.thresholds.mining.away_seconds;
    let share = |sample: &Sample| sample.gpu.get().map(Fraction::get);
    let held = history
        .held(|sample| share(sample).is_some_and(|share| share >= limits.gpu))
        .filter(|held| held.seconds >= limits.gpu_seconds)?;
    // Busy while nobody is at the screen, or for minutes without anything that explains it: worth more than a note.
    let idle = history.latest()?.user_idle.get().is_some_and(|idle| idle.0 >= away.0 + limits.gpu_seconds.0);
    let mut evidence =
        vec![Evidence::with_threshold(EvidenceKind::GpuUsed, held.mean(share)?, limits.gpu, held.seconds)];
    let user = heaviest(&held, history.latest()?, |sample| &sample.gpu_users, Fraction::get, limits.gpu_program);
    if let Some(user) = &user {
        evidence.push(Evidence::with_threshold(EvidenceKind::ProgramGpu, user.part, limits.gpu_program, user.seconds));
    }
    let is_explained = match &user {
        Some(user) => explains(user.program, &held, knowledge),
        None => held
            .samples
            .last()?
            .programs
            .iter()
            .any(|program| is_for_graphics(program, knowledge) && program.cpu.get() >= MIN_CPU),
    };
    let unexplained = held.seconds >= limits.gpu_look_seconds && !is_explained;
    let severity = if idle || unexplained { Severity::Warning } else { Severity::Ok };
    let cause = user.map(|user| Subject::program(user.program, knowledge, |member| member.cpu.get()));
    let confidence = Confidence::from_duration(held.seconds);
    let found = Finding::new(RuleId::GpuBusy, severity, confidence, Subject::machine(), held.since, evidence);
    Some(Finding { cause, ..found })
}

/// Share of the PC from which a program that may use the graphics processor is at work.
const MIN_CPU: f64 = 0.01;

/// True for a program that is known, or that the user has in front of them.
fn explains(program: &ProgramSample, held: &Held, knowledge: &Knowledge) -> bool {
    let in_front = |sample: &&Arc<Sample>| {
        let front = sample.foreground.get();
        front.is_some_and(|front| program.members.iter().any(|member| member.key.pid == front))
    };
    // A game has a window; what hides has none.
    let is_shown = program.window == Reading::Known(true);
    let is_known = is_shown || knowledge.named(&program.name).is_some() || program.kind != ProgramKind::Program;
    is_known || held.samples.iter().filter(in_front).count() * 2 >= held.samples.len()
}

/// True for programs that draw or compute on the graphics processor because the user wants it: games, calls, browsers
/// with a film, renderers, virtual machines.
fn is_for_graphics(program: &ProgramSample, knowledge: &Knowledge) -> bool {
    let busy = knowledge.named(&program.name).and_then(|known| known.busy);
    let is_work = matches!(busy, Some(Busy::Game | Busy::Meeting | Busy::Work | Busy::VirtualMachine));
    is_work || program.kind == ProgramKind::Browser
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
    fn minutes_that_nothing_explains_are_worth_a_look() {
        let severity = |path: &str, user: Option<&str>, in_front: bool, seconds: f64| {
            let mut scene = Scene::linux();
            scene.calm(10.0);
            scene.run_with(&[process(10, path, 0.05)], seconds, |sample| {
                sample.gpu = Reading::Known(Fraction::new(0.93));
                sample.foreground = Reading::from_option(in_front.then_some(10), Why::NotYet);
                let users = user.map(|name| vec![Use { program: name.into(), part: Fraction::new(0.9) }]);
                sample.gpu_users = Reading::from_option(users, Why::NoPermission);
            });
            scene.diagnose().iter().find(|found| found.rule == RuleId::GpuBusy).map(|found| found.severity)
        };
        let strange = "/home/a/.cache/x/helper";
        assert_eq!(severity(strange, Some("helper"), false, 320.0), Some(Severity::Warning));
        assert_eq!(severity(strange, None, false, 320.0), Some(Severity::Warning));
        assert_eq!(severity(strange, Some("helper"), false, 200.0), Some(Severity::Ok), "not for long yet");
        assert_eq!(severity("/opt/nebula/nebula", Some("nebula"), true, 320.0), Some(Severity::Ok), "a game in front");
        assert_eq!(severity("/usr/lib/chromium/chromium", None, false, 320.0), Some(Severity::Ok), "a film");
    }

    #[test]
    fn a_counter_that_was_always_full_is_no_load() {
        let is_found = |before: &[f64]| {
            let mut scene = Scene::linux();
            for share in before.iter().copied().chain([1.0]) {
                scene.push(64.0, |sample| sample.gpu = Reading::Known(Fraction::new(share)));
            }
            scene.diagnose().iter().any(|finding| finding.rule == RuleId::GpuBusy)
        };
        assert!(!is_found(&[]) && is_found(&[0.2]));
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
