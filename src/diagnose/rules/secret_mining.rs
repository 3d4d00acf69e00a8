//! A program may be mining cryptocurrency in secret: an additive score, each line of which is a sentence for the user.
//!
//! The signs and their initial weights follow published experience (Sigma, Elastic and Falco rules for the identity,
//! real captures for the shape, published evasions for the behaviour); the weights are in `thresholds.toml`. The shape
//! of a load never raises an alarm by itself: renders, compilers and tests are as flat as a miner.

use crate::diagnose::finding::{Confidence, Evidence, EvidenceKind, Finding, RuleId, Severity, Subject};
use crate::diagnose::series::{self, Point};
use crate::diagnose::signs::Signs;
use crate::knowledge::Knowledge;
use crate::model::{At, History, OriginFlag, ProgramKind, ProgramSample, Seconds};

/// A stretch of samples begins up to one sample after the load.
const STEP_TOLERANCE: f64 = 2.5;

/// A pause from which a program is told in the past tense.
const QUIET_SECONDS: f64 = 10.0;

pub(in crate::diagnose) fn find(history: &History, knowledge: &Knowledge) -> Vec<Finding> {
    let (steady, mining) = (&knowledge.thresholds.steady, &knowledge.thresholds.mining);
    // A disguised program is judged from a lower load on, and with its pauses.
    let disguised_share = steady.disguised_share(history.machine().cpus);
    let mut programs = series::loaded(history, disguised_share, working(steady.seconds), mining.recent_seconds);
    programs.retain(|program| program.origin.is_disguised());
    let loaded = series::loaded(history, steady.program, steady.seconds, mining.recent_seconds);
    for program in
        loaded.into_iter().chain(series::loaded_gpu(history, steady.gpu, steady.seconds, mining.recent_seconds))
    {
        if programs.iter().all(|other| other.name != program.name) {
            programs.push(program);
        }
    }
    programs
        .into_iter()
        .filter(|program| program.kind != ProgramKind::Browser && !program.origin.has(OriginFlag::MyWork))
        .filter_map(|program| {
            let share = if program.origin.is_disguised() { disguised_share } else { steady.program };
            judge(history, knowledge, program, share)
        })
        .collect()
}

/// How much of a time a disguised program must work: it is throttled by pauses as often as by less work.
fn working(seconds: Seconds) -> Seconds {
    Seconds(seconds.0 / 2.0)
}

fn judge(history: &History, knowledge: &Knowledge, program: &ProgramSample, share: f64) -> Option<Finding> {
    let (steady, mining) = (&knowledge.thresholds.steady, &knowledge.thresholds.mining);
    let points = series::of_program(history, &program.name, mining.recent_seconds);
    let is_loaded = |point: &&Point| {
        point.cpu >= share || point.program.is_some() && series::gpu_of(point.sample, &program.name) >= steady.gpu
    };
    let last = points.iter().rposition(|point| is_loaded(&point))?;
    let quiet_for: f64 = points[last + 1..].iter().map(|point| point.span).sum();
    let loaded = &points[..=last];
    let mut signs = Signs::new(history, knowledge);
    signs.add_identity(program);
    // A program known to work hard at times needs a sign that it is not what it claims to be.
    let named = knowledge.named(&program.name);
    let is_known = program.kind == ProgramKind::System || named.is_some_and(|known| known.busy.is_some());
    if is_known && !signs.has_strong() {
        return None;
    }
    signs.add_behaviour(program, &points);
    let is_gone = quiet_for > mining.pause_seconds.0;
    if is_gone && (quiet_for > mining.forget_seconds.0 || !signs.has_behaviour()) {
        return None;
    }
    signs.add_load(loaded, &program.name);
    signs.add_priority(program);
    signs.add_origin(program);
    let score = signs.score();
    let severity = signs.severity()?;
    let held: f64 = points.iter().filter(is_loaded).map(|point| point.span).sum();
    let since = begin(loaded, mining.pause_seconds, is_loaded)?;
    let lasts = loaded.last()?.at.since(since).0 >= steady.seconds.0 - STEP_TOLERANCE;
    let is_long = program.origin.is_disguised() && lasts && held >= working(steady.seconds).0;
    if held < steady.seconds.0 && !is_long {
        return None;
    }
    // The figures are of the same time as "since", its pauses included.
    let seconds = loaded.last()?.at.since(since);
    let stretch = || loaded.iter().filter(|point| point.at > since);
    let mean = series::shape(stretch().map(|point| (point.cpu, point.span)))?.0;
    let mut subject = Subject::program(program, knowledge, |member| member.cpu.get());
    if is_gone {
        // The processes of that time may have ended.
        subject.members.clear();
    }
    let mut evidence = vec![
        if mean >= share {
            Evidence::with_threshold(EvidenceKind::ProgramCpu, mean, share, seconds)
        } else {
            Evidence::new(EvidenceKind::ProgramCpu, mean, seconds)
        },
        Evidence::with_threshold(EvidenceKind::Score, f64::from(score), f64::from(mining.look), seconds),
    ];
    let on_gpu = stretch().map(|point| (series::gpu_of(point.sample, &program.name), point.span));
    if quiet_for >= QUIET_SECONDS {
        evidence.push(Evidence::new(EvidenceKind::QuietFor, quiet_for, Seconds(quiet_for)));
    }
    if let Some((gpu, _)) = series::shape(on_gpu).filter(|(gpu, _)| *gpu >= steady.gpu) {
        evidence.push(Evidence::with_threshold(EvidenceKind::ProgramGpu, gpu, steady.gpu, seconds));
    }
    let confidence = if severity == Severity::Critical { Confidence::Medium } else { Confidence::Low };
    Some(Finding {
        signs: signs.weightiest_first(),
        parent: program.origin.parent.as_deref().map(str::to_owned),
        ..Finding::new(RuleId::SecretMining, severity, confidence, subject, since, evidence)
    })
}

/// Start of the newest stretch of load, including pauses of at most `short`.
fn begin(points: &[Point<'_>], short: Seconds, is_loaded: impl Fn(&&Point) -> bool) -> Option<At> {
    let mut begin = None;
    let mut pause = 0.0;
    for point in points.iter().rev() {
        if is_loaded(&point) {
            begin = Some(point.at - Seconds(point.span));
            pause = 0.0;
        } else {
            pause += point.span;
            if pause > short.0 {
                break;
            }
        }
    }
    begin
}

#[cfg(test)]
mod tests {
    use crate::diagnose::rules::fixture::{Scene, process, rules};
    use crate::diagnose::{EvidenceKind, Limitation, RuleId, Severity, SignKind};
    use crate::knowledge::Knowledge;
    use crate::model::{Autostart, BytesPerSec, Celsius, Condition, OriginFlag, Reading, Seconds, Why};

    #[test]
    fn every_sign_counts_something() {
        let knowledge = Knowledge::builtin().expect("tables");
        let points = &knowledge.thresholds.mining.points;
        for &kind in SignKind::ALL {
            assert!(points.get(kind.id()).is_some_and(|points| *points != 0), "{kind:?}");
        }
    }

    #[test]
    fn the_shape_of_a_load_never_alarms_by_itself() {
        let knowledge = Knowledge::builtin().expect("tables");
        let points = &knowledge.thresholds.mining.points;
        let load: i32 = SignKind::ALL
            .iter()
            .copied()
            .filter(|kind| kind.class() == crate::diagnose::SignClass::Load)
            .map(|kind| points[kind.id()])
            .sum();
        assert!(load < knowledge.thresholds.mining.alarm, "{load}");
    }

    #[test]
    fn a_kernel_name_with_a_hidden_file_alarms_within_three_minutes() {
        let mut scene = Scene::linux();
        let fake = process(700, "/tmp/.x/kworker", 0.5).marked(&[OriginFlag::KernelName, OriginFlag::HiddenFile]);
        scene.run(std::slice::from_ref(&fake), 110.0);
        assert!(!rules(&scene).contains(&RuleId::SecretMining));
        scene.run(&[fake], 30.0);
        let found = scene.diagnose();
        assert_eq!((found[0].rule, found[0].severity), (RuleId::SecretMining, Severity::Critical));
        assert!(found.iter().all(|finding| finding.rule != RuleId::CpuHog), "said once");
    }

    #[test]
    fn a_flat_load_of_an_unknown_program_is_only_a_load() {
        let mut scene = Scene::windows();
        scene.busy(r"C:\Users\a\render.exe", 0.5, 600.0);
        assert_eq!(rules(&scene), [RuleId::CpuHog]);
    }

    #[test]
    fn a_new_program_in_a_temporary_folder_is_unusual_and_no_alarm() {
        let mut scene = Scene::windows();
        let fresh = process(700, r"C:\Users\a\AppData\Local\Temp\setup.exe", 0.4)
            .marked(&[OriginFlag::TemporaryFolder, OriginFlag::New])
            .windowless();
        scene.run(&[fresh], 400.0);
        let found = scene.diagnose();
        assert_eq!((found[0].rule, found[0].severity), (RuleId::SecretMining, Severity::Warning));
    }

    /// The score of a program at work for `work` seconds and pausing for `pause` in turn, if it is reported.
    fn score_of(path: &str, marks: &[OriginFlag], (work, pause): (f64, f64)) -> Option<f64> {
        let mut scene = Scene::linux();
        for _ in 0..4 {
            scene.run(&[process(700, path, 0.12).marked(marks).windowless()], work);
            if pause > 0.0 {
                scene.run(&[process(700, path, 0.0).marked(marks).windowless()], pause);
            }
        }
        let found = scene.diagnose().into_iter().find(|finding| finding.rule == RuleId::SecretMining)?;
        found.observed(EvidenceKind::Score)
    }

    #[test]
    fn the_lowest_priority_tells_something_beside_a_disguise_or_a_flat_load() {
        let adds = |path: &str, marks: &[OriginFlag], rhythm: (f64, f64)| {
            let with = [marks, &[OriginFlag::LowestPriority]].concat();
            score_of(path, &with, rhythm).zip(score_of(path, marks, rhythm)).map(|(with, without)| with - without)
        };
        let new = [OriginFlag::New, OriginFlag::ScriptHostParent, OriginFlag::NeverBusy];
        assert_eq!(adds("/home/a/.cache/.x/helper", &[], (30.0, 10.0)), Some(10.0));
        assert_eq!(adds("/home/a/sums/sums", &new, (130.0, 0.0)), Some(10.0));
        assert_eq!(adds("/home/a/sums/sums", &new, (100.0, 50.0)), Some(0.0), "it moves");
        assert_eq!(adds("/home/a/.cargo/bin/sums", &new, (130.0, 0.0)), Some(0.0), "tools are kind to others");
    }

    #[test]
    fn a_hidden_program_is_reported_with_its_pauses_and_an_ordinary_one_is_not() {
        assert!(score_of("/home/a/.cache/.x/helper", &[], (20.0, 18.0)).is_some());
        assert_eq!(score_of("/home/a/.cache/.x/helper", &[], (8.0, 30.0)), None, "hardly ever at work");
        assert_eq!(score_of("/home/a/sums/sums", &[], (20.0, 18.0)), None);
    }

    #[test]
    fn what_starts_by_itself_is_told_of_a_hidden_program() {
        let signs = |path: &str| {
            let mut scene = Scene::linux();
            let entry = |file: &str| Autostart { name: "Helper".into(), file: Some(file.into()), since: None };
            let autostarts = Reading::Known(vec![entry("/home/a/.cache/.x/helper"), entry("/home/a/sums/sums")]);
            let condition = std::sync::Arc::new(Condition { autostarts, ..Condition::default() });
            scene.run_with(&[process(700, path, 0.3).windowless()], 200.0, |sample| {
                sample.condition = std::sync::Arc::clone(&condition);
            });
            let found = scene.diagnose().into_iter().find(|finding| finding.rule == RuleId::SecretMining);
            found.map_or_else(Vec::new, |found| found.signs)
        };
        let hidden = signs("/home/a/.cache/.x/helper");
        let sign = hidden.iter().find(|sign| sign.kind == SignKind::Autostart).expect("a sign");
        assert_eq!(sign.text.as_deref(), Some("Helper"));
        assert!(signs("/home/a/sums/sums").iter().all(|sign| sign.kind != SignKind::Autostart));
    }

    #[test]
    fn what_the_user_called_work_is_left_alone() {
        let mut scene = Scene::linux();
        scene.run(&[process(700, "/tmp/.x/kworker", 0.5).marked(&[OriginFlag::KernelName, OriginFlag::MyWork])], 200.0);
        assert!(!rules(&scene).contains(&RuleId::SecretMining));
    }

    #[test]
    fn what_stops_while_it_is_watched_and_goes_on_after_is_reported_after_the_second_time() {
        let mut scene = Scene::windows();
        let hidden =
            |cpu| process(700, r"C:\Users\a\AppData\Roaming\helper.exe", cpu).marked(&[OriginFlag::New]).windowless();
        for _ in 0..2 {
            scene.run_with(&[hidden(0.3)], 120.0, |sample| sample.watched = Reading::Known(false));
            scene.run_with(&[hidden(0.0)], 30.0, |sample| sample.watched = Reading::Known(true));
        }
        scene.run_with(&[hidden(0.3)], 30.0, |sample| sample.watched = Reading::Known(false));
        let found = scene.diagnose();
        assert_eq!(found[0].rule, RuleId::SecretMining);
        let sign = found[0].signs.iter().find(|sign| sign.kind == SignKind::FellWhenWatched).expect("sign");
        assert_eq!(sign.figure, Some(2.0));
    }

    #[test]
    fn what_pauses_by_chance_while_it_is_watched_does_not_hide() {
        let mut scene = Scene::windows();
        let own = |cpu| {
            process(700, r"C:\Users\a\solver.exe", cpu).marked(&[OriginFlag::Unsigned, OriginFlag::New]).windowless()
        };
        scene.run_with(&[own(0.4)], 150.0, |sample| sample.watched = Reading::Known(false));
        scene.run_with(&[own(0.0)], 30.0, |sample| sample.watched = Reading::Known(true));
        let hides = |scene: &Scene| {
            scene.diagnose().iter().any(|f| f.signs.iter().any(|sign| sign.kind == SignKind::FellWhenWatched))
        };
        assert!(hides(&scene));
        scene.run_with(&[own(0.4)], 30.0, |sample| sample.watched = Reading::Known(true));
        assert!(!hides(&scene));
    }

    #[test]
    fn a_program_that_the_user_ends_in_a_monitor_is_not_suspected() {
        let mut scene = Scene::windows();
        let busy = process(700, r"C:\Users\a\sums.exe", 0.4).windowless();
        scene.run_with(std::slice::from_ref(&busy), 200.0, |sample| sample.watched = Reading::Known(false));
        // It takes the user some seconds to find it in the list.
        scene.run_with(&[busy], 6.0, |sample| sample.watched = Reading::Known(true));
        scene.run_with(&[process(1, r"C:\Windows\explorer.exe", 0.0)], 60.0, |s| s.watched = Reading::Known(true));
        assert!(!rules(&scene).contains(&RuleId::SecretMining));
    }

    /// Closed from a card, opened again by the user: the load fell while our window was open, and is there again.
    #[test]
    fn a_program_that_is_closed_and_started_again_does_not_hide() {
        let hides = |rounds: u32, next_pid: u32, is_closed: bool, pause: f64| {
            let mut scene = Scene::windows();
            let busy = |pid| process(pid, r"C:\Users\a\AppData\Roaming\helper.exe", 0.4).marked(&[OriginFlag::New]);
            let shell = || process(1, r"C:\Windows\explorer.exe", 0.0);
            for round in 0..rounds {
                let pid = 700 + round * next_pid;
                scene.run_with(&[busy(pid).windowless()], 120.0, |sample| sample.watched = Reading::Known(false));
                scene.run_with(&[shell()], 30.0, |sample| {
                    sample.watched = Reading::Known(true);
                    sample.closed.extend(is_closed.then(|| "helper".into()));
                });
                scene.run_with(&[shell()], pause, |sample| sample.watched = Reading::Known(false));
            }
            let pid = 700 + rounds * next_pid;
            scene.run_with(&[busy(pid).windowless()], 60.0, |sample| sample.watched = Reading::Known(false));
            scene.diagnose().iter().any(|f| f.signs.iter().any(|sign| sign.kind == SignKind::FellWhenWatched))
        };
        assert!(!hides(3, 1, true, 2.0), "closed here each time");
        assert!(!hides(1, 1, false, 60.0), "ended elsewhere, and started again later");
        assert!(hides(1, 1, false, 2.0), "gone for just as long as somebody looked");
        assert!(hides(2, 1, false, 60.0), "it ends whenever it is watched");
        assert!(hides(2, 0, false, 60.0), "the same process, which could not be seen meanwhile");
    }

    #[test]
    fn what_works_only_while_nobody_is_there_is_noticed() {
        let mut scene = Scene::windows();
        let own = |cpu| process(700, r"C:\Users\a\AppData\Roaming\helper.exe", cpu).windowless();
        for _ in 0..3 {
            scene.run_with(&[own(0.4)], 150.0, |sample| sample.user_idle = Reading::Known(Seconds(400.0)));
            scene.run_with(&[own(0.0)], 40.0, |sample| sample.user_idle = Reading::Known(Seconds(1.0)));
        }
        let found = scene.diagnose();
        assert_eq!(found[0].rule, RuleId::SecretMining);
        assert!(found[0].signs.iter().any(|sign| sign.kind == SignKind::OnlyWhileAway));
    }

    #[test]
    fn in_the_first_week_what_is_not_counted_is_stated() {
        let mut scene = Scene::windows();
        scene.learning(Some(Seconds(3.0 * 3600.0)));
        scene.run(&[process(700, r"C:\Users\a\AppData\Local\Temp\calc.exe", 0.4).windowless()], 200.0);
        let found = scene.diagnose();
        assert_eq!(found[0].rule, RuleId::SecretMining);
        assert_eq!(found[0].limitations, [Limitation::Learning { seconds: Seconds(10_800.0) }]);
        scene.learning(None);
        assert_eq!(scene.diagnose()[0].limitations, []);
    }

    #[test]
    fn what_somebody_ends_and_is_there_again_came_back_and_a_repeated_test_did_not() {
        let run = |lengths: [f64; 4]| {
            let mut scene = Scene::windows();
            for (pid, seconds) in (700..).zip(lengths) {
                scene.run(&[process(pid, r"C:\Users\a\AppData\Roaming\tests.exe", 0.4).windowless()], seconds);
                scene.run(&[process(1, r"C:\Windows\explorer.exe", 0.0)], 6.0);
            }
            let own = process(800, r"C:\Users\a\AppData\Roaming\tests.exe", 0.4)
                .marked(&[OriginFlag::Unsigned, OriginFlag::New]);
            scene.run(&[own.windowless()], 30.0);
            scene.diagnose().iter().any(|f| f.signs.iter().any(|sign| sign.kind == SignKind::CameBack))
        };
        assert!(run([90.0, 140.0, 50.0, 200.0]));
        assert!(!run([60.0, 62.0, 60.0, 58.0]));
    }

    #[test]
    fn a_backup_that_waits_for_an_idle_pc_is_no_miner() {
        let run = |rate: f64| {
            let mut scene = Scene::windows();
            let own = |cpu| {
                let mut own = process(700, r"C:\Hokan\hokan.exe", cpu).windowless();
                own.disk_read = Reading::Known(BytesPerSec(rate));
                own.disk_write = Reading::Known(BytesPerSec(rate));
                own
            };
            for _ in 0..3 {
                scene.run_with(&[own(0.4)], 150.0, |sample| sample.user_idle = Reading::Known(Seconds(400.0)));
                scene.run_with(&[own(0.0)], 40.0, |sample| sample.user_idle = Reading::Known(Seconds(1.0)));
            }
            scene.diagnose().iter().any(|f| f.signs.iter().any(|sign| sign.kind == SignKind::OnlyWhileAway))
        };
        assert!(run(1000.0) && !run(30e6));
    }

    #[test]
    fn a_virus_scan_that_waits_for_an_idle_pc_is_no_miner() {
        let mut scene = Scene::windows();
        let scan = |cpu| process(700, r"C:\ProgramData\Microsoft\Windows Defender\Platform\4\MsMpEng.exe", cpu);
        for _ in 0..3 {
            scene.run_with(&[scan(0.4)], 150.0, |sample| sample.user_idle = Reading::Known(Seconds(400.0)));
            scene.run_with(&[scan(0.0)], 40.0, |sample| sample.user_idle = Reading::Known(Seconds(1.0)));
        }
        assert!(!rules(&scene).contains(&RuleId::SecretMining));
    }

    /// Figures of the signs of this kind for a miner run by root on a quiet PC, with its disk and network traffic as
    /// given.
    fn signs(kind: SignKind, disk: Option<f64>, network: Option<f64>) -> Vec<Option<f64>> {
        let mut scene = Scene::linux().usually(40.0);
        let mut miner = process(700, "/tmp/.x/kworker", 0.5).marked(&[OriginFlag::KernelName, OriginFlag::New]);
        miner.disk_read = Reading::from_option(disk.map(BytesPerSec), Why::NoPermission);
        miner.disk_write = miner.disk_read;
        scene.run_with(&[miner], 200.0, |sample| {
            sample.net_rx = Reading::from_option(network.map(BytesPerSec), Why::Unsupported);
            sample.temperature = Reading::Known(Celsius(63.0));
        });
        let found =
            scene.diagnose().into_iter().find(|finding| finding.rule == RuleId::SecretMining).expect("reported");
        found.signs.iter().filter(|sign| sign.kind == kind).map(|sign| sign.figure).collect()
    }

    #[test]
    fn what_is_not_known_of_a_disk_is_not_called_quiet() {
        assert_eq!(signs(SignKind::Quiet, Some(10.0), Some(10.0)), [None]);
        assert_eq!(signs(SignKind::Quiet, None, Some(10.0)), []);
        assert_eq!(signs(SignKind::QuietNetwork, None, Some(10.0)), [None]);
        for (disk, network) in [(Some(10.0), None), (None, None), (Some(9e6), Some(10.0)), (None, Some(9e6))] {
            for kind in [SignKind::Quiet, SignKind::QuietNetwork] {
                assert!(signs(kind, disk, network).is_empty(), "{disk:?} {network:?}");
            }
        }
    }

    #[test]
    fn how_new_and_how_warm_is_reported_in_figures() {
        assert_eq!(signs(SignKind::New, None, None), [Some(5.0)]);
        assert_eq!(signs(SignKind::Heat, None, None), [Some(23.0)]);
    }
}
