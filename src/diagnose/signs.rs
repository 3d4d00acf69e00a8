//! Signs of secret mining: what a load shows without inspecting the program. Each becomes a sentence with its points.
//! The rules decide for which load they are collected, and what they are worth together.

use super::finding::{Severity, Sign, SignClass, SignKind};
use super::series::{self, Point};
use crate::knowledge::Knowledge;
use crate::model::{
    Autostart, BytesPerSec, Celsius, DisplayName, Fraction, History, OriginFlag, ProcKey, ProgramSample, Reading,
    Seconds,
};

/// The signs of one load, each with its points from `thresholds.toml`.
pub(super) struct Signs<'a> {
    knowledge: &'a Knowledge,
    list: Vec<Sign>,
    usual_idle: Option<Celsius>,
    /// What starts with the PC or the session: name and program file.
    autostarts: Vec<(&'a str, &'a str)>,
}

/// What must follow a drop of the load for it to count.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum FollowUp {
    /// The program still runs, or works again later: it was not ended.
    Program,
    /// The load returns later: a program such as a browser has other reasons to stay.
    Load,
}

impl<'a> Signs<'a> {
    /// No signs yet.
    pub(super) fn new(history: &'a History, knowledge: &'a Knowledge) -> Self {
        let listed = history.latest().and_then(|latest| latest.condition.autostarts.known());
        let file = |entry: &'a Autostart| Some((entry.name.as_str(), entry.file.as_deref()?));
        let autostarts = listed.into_iter().flatten().filter_map(file).collect();
        Self { knowledge, list: Vec::new(), usual_idle: history.usual_idle().temperature, autostarts }
    }

    /// Sum of all points.
    pub(super) fn score(&self) -> i32 {
        self.list.iter().map(|sign| sign.points).sum()
    }

    /// The signs, most points first.
    pub(super) fn weightiest_first(mut self) -> Vec<Sign> {
        self.list.sort_by_key(|sign| std::cmp::Reverse(sign.points));
        self.list
    }

    pub(super) fn has_behaviour(&self) -> bool {
        self.list.iter().any(|sign| sign.kind.class() == SignClass::Behaviour)
    }

    fn add(&mut self, kind: SignKind, text: Option<String>, figure: Option<f64>) {
        let points = self.knowledge.thresholds.mining.points.get(kind.id()).copied().unwrap_or(0);
        if points != 0 {
            self.list.push(Sign { kind, points, text, figure });
        }
    }

    pub(super) fn has_strong(&self) -> bool {
        self.list.iter().any(|sign| sign.kind.is_strong())
    }

    /// Adds the signs of what the program is and where it comes from.
    pub(super) fn add_identity(&mut self, program: &ProgramSample) {
        let origin = &program.origin;
        let folder = || program.path.as_deref().map(folder_of);
        let parent = || origin.parent.as_deref().map(str::to_owned);
        let texts: [(OriginFlag, SignKind, Option<String>); 11] = [
            (OriginFlag::MinerName, SignKind::MinerName, None),
            (OriginFlag::MinerArguments, SignKind::MinerArguments, origin.argument.clone()),
            (OriginFlag::WrongFolder, SignKind::WrongFolder, folder()),
            (OriginFlag::WrongParent, SignKind::WrongParent, parent()),
            (OriginFlag::KernelName, SignKind::KernelName, program.path.as_deref().map(str::to_owned)),
            (OriginFlag::ImitatedName, SignKind::ImitatedName, folder()),
            (OriginFlag::ScriptHostParent, SignKind::ScriptHostParent, parent()),
            (OriginFlag::SchedulerParent, SignKind::SchedulerParent, parent()),
            (OriginFlag::Unsigned, SignKind::Unsigned, None),
            (OriginFlag::New, SignKind::New, None),
            (OriginFlag::PoolPort, SignKind::PoolPort, None),
        ];
        let days = self.knowledge.thresholds.mining.new_days;
        for (mark, kind, text) in texts {
            if origin.has(mark) {
                self.add(kind, text, (kind == SignKind::New).then_some(days));
            }
        }
        // A folder is one piece of evidence, however many things are odd about it.
        let folders = [
            (OriginFlag::HiddenFile, SignKind::HiddenFile),
            (OriginFlag::HiddenPlace, SignKind::HiddenPlace),
            (OriginFlag::MemoryFile, SignKind::MemoryFile),
            (OriginFlag::DeletedFile, SignKind::DeletedFile),
            (OriginFlag::OddFolder, SignKind::OddFolder),
            (OriginFlag::TemporaryFolder, SignKind::TemporaryFolder),
        ];
        if let Some((_, kind)) = folders.into_iter().find(|(mark, _)| origin.has(*mark)) {
            let in_memory = || Some(program.name.to_string());
            self.add(kind, if kind == SignKind::MemoryFile { in_memory() } else { folder() }, None);
        }
        if origin.is_disguised() || origin.has(OriginFlag::TemporaryFolder) {
            self.add_company(program);
        }
    }

    /// Adds what tells nothing about an ordinary program and something about a disguised one.
    fn add_company(&mut self, program: &ProgramSample) {
        let path = program.path.as_deref().unwrap_or_default();
        let starts = self.autostarts.iter().find(|(_, file)| file.eq_ignore_ascii_case(path));
        if let Some(name) = starts.map(|(name, _)| DisplayName::new(name).as_str().to_owned()) {
            self.add(SignKind::Autostart, Some(name), None);
        }
    }

    /// Adds the signs of what the program does by itself, and when the user comes and goes.
    pub(super) fn add_behaviour(&mut self, program: &ProgramSample, points: &[Point<'_>]) {
        let limits = &self.knowledge.thresholds;
        let returns = count_returns(points, limits.steady.program, limits.mining.back_seconds);
        if returns >= 2 {
            self.add(SignKind::CameBack, program.origin.parent.as_deref().map(str::to_owned), Some(f64::from(returns)));
        }
        self.add_presence(points, FollowUp::Program);
        if program.origin.has(OriginFlag::NeverBusy) {
            self.add(SignKind::NeverBusy, None, None);
        }
        match program.window {
            // Programs in a terminal have no window of their own.
            Reading::Known(false) if program.origin.has(OriginFlag::FromTerminal) => {}
            Reading::Known(false) => self.add(SignKind::NoWindow, None, None),
            // A secret program shows no window.
            Reading::Known(true) => self.add(SignKind::Window, None, None),
            Reading::Missing(_) => {}
        }
    }

    /// Adds the signs of what a load does when the user comes and goes, whichever program it belongs to.
    pub(super) fn add_presence(&mut self, points: &[Point<'_>], required: FollowUp) {
        let limits = &self.knowledge.thresholds;
        let is_opened = |before: &Point, now: &Point| {
            before.sample.watched == Reading::Known(false) && now.sample.watched == Reading::Known(true)
        };
        let drops = self.count_drops(points, is_opened, Some(required));
        if drops > 0 {
            self.add(SignKind::FellWhenWatched, None, Some(f64::from(drops)));
        }
        let away = limits.mining.away_seconds.0;
        let is_back = |before: &Point, now: &Point| {
            let idle = |point: &Point| point.sample.user_idle.get().map(|idle| idle.0);
            idle(before).is_some_and(|idle| idle >= away) && idle(now).is_some_and(|idle| idle < away / 2.0)
        };
        let drops_on_return = self.count_drops(points, is_back, None);
        if drops_on_return >= 2 && !self.is_moving_data(points) {
            self.add(SignKind::OnlyWhileAway, None, Some(f64::from(drops_on_return)));
        }
    }

    /// True if the load comes with disk traffic: backups and indexers also wait for an idle PC, but they read and
    /// write; mining does not.
    fn is_moving_data(&self, points: &[Point<'_>]) -> bool {
        let limits = &self.knowledge.thresholds;
        let loaded = points.iter().filter(|point| point.cpu >= limits.steady.program);
        let moved: Vec<(f64, f64)> =
            loaded.filter_map(|point| Some((point.program?.disk.get()?.0, point.span))).collect();
        series::shape(moved.into_iter()).is_some_and(|(rate, _)| rate >= limits.wait.disk_program)
    }

    /// Number of drops of the load at moments that `at` recognises. Users open a monitoring tool to end what is slow:
    /// with `required`, a drop counts only if that follows.
    fn count_drops(
        &self,
        points: &[Point<'_>],
        at: impl Fn(&Point, &Point) -> bool,
        required: Option<FollowUp>,
    ) -> u32 {
        let (steady, mining) = (&self.knowledge.thresholds.steady, &self.knowledge.thresholds.mining);
        let (mut drops, mut restarts) = (0, 0);
        for index in 1..points.len() {
            if !at(&points[index - 1], &points[index]) {
                continue;
            }
            let moment = points[index].at;
            let before = points[..index].iter().filter(|point| moment.since(point.at).0 <= 60.0);
            let after = points[index + 1..].iter().filter(|p| p.at.since(moment) <= mining.fell_seconds);
            let (before, after): (Vec<_>, Vec<_>) = (before.collect(), after.collect());
            let mean = |points: &[&Point]| series::shape(points.iter().map(|point| (point.cpu, point.span)));
            let Some((level, _)) = mean(&before).filter(|(level, _)| *level >= steady.program) else { continue };
            // The sample of the moment itself still contains part of the load; a later one must show the drop.
            let Some(last) = after.last() else { continue };
            let running = before.iter().rev().find_map(|point| point.program);
            let is_same = |point: &Point| {
                running.is_none_or(|running| point.program.is_some_and(|program| has_process_of(program, running)))
            };
            // A program closed from its card and started again by the user has not hidden.
            let was_closed = running
                .is_some_and(|running| points[index..].iter().any(|point| point.sample.closed.contains(&running.name)));
            // At work again later, or still running. A program that is about to be ended shows neither.
            let again = |point: &Point| point.cpu >= steady.program && point.at.since(moment) > mining.fell_seconds;
            let is_same_at_work = points[index..].iter().any(|point| again(point) && is_same(point));
            let other_at_work = points[index..].iter().find(|point| again(point)).filter(|_| !was_closed);
            // The program was absent only while the monitor was open.
            let left = points[index..].iter().find(|point| point.sample.watched == Reading::Known(false));
            let is_prompt = |other: &Point| left.is_some_and(|left| other.at.since(left.at) <= mining.fell_seconds);
            let is_resting = |proof| proof == FollowUp::Program && last.program.is_some() && is_same(last);
            // A load that returns while the monitoring tool is still open does not hide: it paused by itself.
            let is_open = |point: &&Point| point.sample.watched == Reading::Known(true);
            let is_hiding = || !points[index..].iter().take_while(is_open).any(again);
            if last.cpu > level * mining.fell_to {
                continue;
            }
            match required {
                None => drops += 1,
                Some(_) if !is_hiding() => {}
                Some(proof) if is_same_at_work || is_resting(proof) => drops += 1,
                Some(_) => match other_at_work {
                    Some(other) if is_prompt(other) => drops += 1,
                    Some(_) => restarts += 1,
                    None => {}
                },
            }
        }
        // Ended, and started some time later: once, the user may have done it.
        if restarts >= 2 { drops + restarts } else { drops }
    }

    /// Adds the signs of the shape of the load of `name`, and of what goes with it.
    pub(super) fn add_load(&mut self, points: &[Point<'_>], name: &str) {
        let steady = &self.knowledge.thresholds.steady;
        let Some(newest) = series::newest(points, steady.seconds, steady.points) else { return };
        self.add_shape(points, newest);
        self.add_traffic(newest);
        self.add_surroundings(newest, name);
    }

    fn add_shape(&mut self, points: &[Point<'_>], newest: &[Point<'_>]) {
        let steady = &self.knowledge.thresholds.steady;
        let values = |points: &[Point<'_>]| series::shape(points.iter().map(|point| (point.cpu, point.span)));
        // The variation of next to nothing is no shape.
        let is_flat = |(mean, variation): &(f64, f64)| *mean >= steady.marked && *variation <= steady.variation;
        if let Some((_, variation)) = values(newest).filter(is_flat) {
            self.add(SignKind::Steady, None, Some(variation));
            let long = series::newest(points, steady.very_seconds, steady.points).and_then(values);
            if let Some((_, variation)) = long.filter(|(_, variation)| *variation <= steady.very_variation) {
                self.add(SignKind::VerySteady, None, Some(variation));
            }
        }
    }

    fn add_traffic(&mut self, newest: &[Point<'_>]) {
        let steady = &self.knowledge.thresholds.steady;
        let disk = series::mean(newest, |point| point.program.map(|program| program.disk), |rate: BytesPerSec| rate.0);
        let network = series::network(newest);
        if network.is_some_and(|rate| rate < steady.network_quiet) {
            // On Linux the disk traffic of another user's program is unknown.
            match disk {
                Some(rate) if rate < steady.disk_quiet => self.add(SignKind::Quiet, None, None),
                Some(_) => {}
                None => self.add(SignKind::QuietNetwork, None, None),
            }
        }
    }

    /// Adds the lowest priority, once the shape of the load is known: programs of the system and of tools are often that
    /// kind to others. Of another program it tells something together with a disguise, or with a load that does not move.
    pub(super) fn add_priority(&mut self, program: &ProgramSample) {
        let origin = &program.origin;
        let is_odd = origin.is_disguised() || origin.has(OriginFlag::TemporaryFolder);
        let is_ordinary = origin.has(OriginFlag::Installed) || origin.has(OriginFlag::ToolFolder);
        let is_flat = self.list.iter().any(|sign| sign.kind == SignKind::Steady);
        if origin.has(OriginFlag::LowestPriority) && (is_odd || is_flat && !is_ordinary) {
            self.add(SignKind::LowestPriority, None, None);
        }
    }

    /// Adds the signs of heat and of the graphics processor during this load.
    pub(super) fn add_surroundings(&mut self, newest: &[Point<'_>], name: &str) {
        let steady = &self.knowledge.thresholds.steady;
        let celsius = series::mean(newest, |point| Some(point.sample.temperature), |Celsius(celsius)| celsius);
        if let (Some(celsius), Some(Celsius(usual))) = (celsius, self.usual_idle)
            && celsius >= usual + self.knowledge.thresholds.mining.heat_above
        {
            self.add(SignKind::Heat, None, Some(celsius - usual));
        }
        // Where use per program is known, a game does not count against the program beside it.
        let known = newest.iter().filter(|point| point.sample.gpu_users.known().is_some());
        let own: Vec<(f64, f64)> = known.map(|p| (series::gpu_of(p.sample, name), p.span)).collect();
        let gpu = if own.is_empty() {
            series::mean(newest, |point| Some(point.sample.gpu), Fraction::get)
        } else {
            series::shape(own.into_iter()).map(|(mean, _)| mean)
        };
        if let Some(gpu) = gpu.filter(|gpu| *gpu >= steady.gpu) {
            self.add(SignKind::Gpu, None, Some(gpu));
        }
    }

    /// Adds the signs that count against the suspicion.
    pub(super) fn add_origin(&mut self, program: &ProgramSample) {
        let origin = &program.origin;
        let fake = origin.has(OriginFlag::WrongParent) || origin.has(OriginFlag::WrongFolder);
        let installed = origin.has(OriginFlag::Installed) && !fake;
        if installed && origin.has(OriginFlag::Signed) {
            self.add(SignKind::Signed, None, None);
        } else if installed {
            self.add(SignKind::Installed, None, None);
        } else if origin.has(OriginFlag::ToolFolder) && !self.has_strong() {
            self.add(SignKind::ToolFolder, program.path.as_deref().map(folder_of), None);
        }
    }

    /// [`Severity::Critical`] needs a strong sign and two classes of evidence; [`Severity::Warning`] one that is not
    /// the load.
    pub(super) fn severity(&self) -> Option<Severity> {
        let (mining, score) = (&self.knowledge.thresholds.mining, self.score());
        let mut classes: Vec<SignClass> =
            self.list.iter().filter(|sign| sign.points > 0).map(|sign| sign.kind.class()).collect();
        classes.sort_unstable();
        classes.dedup();
        if score >= mining.alarm && classes.len() >= 2 && self.has_strong() {
            return Some(Severity::Critical);
        }
        let not_only_load = classes.iter().any(|class| *class != SignClass::Load);
        (score >= mining.look && not_only_load).then_some(Severity::Warning)
    }
}

/// Number of times a program ended and was back within `back`, each time at work for at least 20 s. A compiler is also
/// started again and again, by a build that waits for it, but its runs differ in length and level. A repeated benchmark
/// or test has the same level each time, but ends by itself after the same time: such an end does not count as ended by
/// someone.
fn count_returns(points: &[Point<'_>], share: f64, back: Seconds) -> u32 {
    let mut runs: Vec<(f64, f64, f64)> = Vec::new();
    let mut current: Option<&ProgramSample> = None;
    let mut pause = 0.0;
    for point in points {
        let Some(program) = point.program.filter(|program| program.cpu.get() >= share) else {
            pause += point.span;
            continue;
        };
        let is_new = current.is_none_or(|before| is_another(before, program));
        if is_new || runs.is_empty() {
            runs.push((point.span, point.cpu, pause));
        } else if let Some((seconds, level, _)) = runs.last_mut() {
            *level = (*level * *seconds + point.cpu * point.span) / (*seconds + point.span);
            *seconds += point.span;
        }
        current = Some(program);
        pause = 0.0;
    }
    // The last run may still continue.
    let ended: Vec<f64> = runs.iter().map(|(seconds, ..)| *seconds).rev().skip(1).collect();
    let as_long =
        |seconds: f64| ended.iter().filter(|other| (*other - seconds).abs() <= (seconds * 0.1).max(4.0)).count();
    let mut returns = 0;
    for pair in runs.windows(2) {
        let [(before, level, _), (_, again, pause)] = pair else { continue };
        let same_level = (again - level).abs() <= level * 0.2;
        let by_itself = as_long(*before) >= 2;
        if *before >= 20.0 && same_level && *pause <= back.0 && !by_itself {
            returns += 1;
        }
    }
    returns
}

/// True if the two are certainly different processes.
fn is_another(before: &ProgramSample, now: &ProgramSample) -> bool {
    let whole = |program: &ProgramSample| program.members.len() as u32 == program.parts.max(1);
    whole(before)
        && whole(now)
        && !now.members.iter().any(|member| before.members.iter().any(|other| other.key == member.key))
}

fn folder_of(path: &str) -> String {
    let end = path.rfind(['/', '\\']).unwrap_or(path.len());
    path[..end.max(1).min(path.len())].to_owned()
}

/// Returns `true` when a process of `before` is part of `program`. Of a program that does next to nothing only the largest
/// process is known.
fn has_process_of(program: &ProgramSample, before: &ProgramSample) -> bool {
    let keys =
        |of: &ProgramSample| -> Vec<ProcKey> { of.members.iter().map(|member| member.key).chain(of.largest).collect() };
    let earlier = keys(before);
    keys(program).iter().any(|key| earlier.contains(key))
}
