//! Closing a program, from the click to the verdict: opens its processes, asks them to close, kills them when that was
//! confirmed, and judges by the samples that follow.
//!
//! Time and samples are arguments. Events for the recording are returned; the caller records them.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

use serde_json::json;

use super::close::{ASK_SECONDS, CloseObservation, CloseStep, NO_LOAD, Phase, Respawn, Verdict, next};
use super::follow_up::Closed;
use super::launch::{Reopening, Start, StartFailure};
use crate::diagnose::{ProgramTable, Subject};
use crate::model::{
    ActError, At, Closable, DisplayName, Event, EventKind, Fraction, Launch, Pid, ProcKey, ProcState, ProgramKind,
    ProgramSample, Refusal, Sample, SavedPriority, Seconds,
};

/// Share of the PC from which a program running again counts as back.
const RETURN_LOAD: f64 = 0.05;
/// Time for which the processes must be in one state before it explains why they stay: whatever reads a file is blocked
/// now and then.
const STATE_SECONDS: Seconds = Seconds(2.0);

/// Time that the roots get to end their children.
const REST_SECONDS: Seconds = Seconds(2.0);
/// Time over which the load of a program that stays open is followed.
const OPEN_SECONDS: Seconds = Seconds(10.0);

/// An open process. Holding it open ensures that no action reaches a later process with the same id.
pub trait Target {
    /// Identity of the process.
    fn key(&self) -> ProcKey;
    /// Returns `true` until it has ended.
    fn is_running(&self) -> bool;
    /// What it is doing, where the system reports that.
    fn state(&self) -> ProcState;
    /// Asks it to close in a way that lets it save or refuse.
    ///
    /// # Errors
    /// Why it could not be asked.
    fn ask_to_close(&mut self) -> Result<(), ActError>;
    /// Kills it.
    ///
    /// # Errors
    /// Why it could not be killed.
    fn force_close(&mut self) -> Result<(), ActError>;
    /// Returns `true` when lowering its priority can be undone. `family` are all processes of the program.
    fn can_restore_priority(&self, _family: &[Pid]) -> bool {
        false
    }
    /// Lets every other program go first.
    ///
    /// # Errors
    /// Why its priority could not be lowered.
    fn lower_priority(&mut self, _family: &[Pid]) -> Result<SavedPriority, ActError> {
        Err(ActError::Unsupported)
    }
    /// Puts its priority back.
    ///
    /// # Errors
    /// Why it could not be put back.
    fn restore_priority(&mut self, _saved: &SavedPriority) -> Result<(), ActError> {
        Err(ActError::Unsupported)
    }
    /// Stops it until [`Self::resume`].
    ///
    /// # Errors
    /// Why it could not be stopped.
    fn pause(&mut self) -> Result<(), ActError> {
        Err(ActError::Unsupported)
    }
    /// Lets it go on.
    ///
    /// # Errors
    /// Why it could not be continued.
    fn resume(&mut self) -> Result<(), ActError> {
        Err(ActError::Unsupported)
    }
}

/// The PC at one moment.
#[derive(Clone, Copy)]
pub struct PcState<'a> {
    /// Current time.
    pub now: At,
    /// The latest sample.
    pub sample: &'a Sample,
    /// The programs in it.
    pub programs: &'a ProgramTable,
}

/// Result of a step.
#[derive(Debug, Default, PartialEq)]
#[must_use]
pub struct CloseUpdate {
    /// Events for the recording.
    pub events: Vec<Event>,
    /// There is something new to show; a countdown always is.
    pub is_news: bool,
}

/// State of a job as shown to the user.
#[derive(Clone, Debug, PartialEq)]
pub struct CloseStatus {
    /// What it is about.
    pub subject: Subject,
    /// Current phase; `Err` when the job could not begin.
    pub phase: Result<Phase, ActError>,
    /// Force is possible: the processes are open.
    pub can_force: bool,
    /// A part of it stays: the system denies access to it, or it is another user's.
    pub is_partial: bool,
    /// State of the processes that are still open, if it is the same for all of them and lasts.
    pub state: ProcState,
    /// How the program can be started again, where it can.
    pub launch: Option<Launch>,
    /// What is started when it has ended, where that was asked for.
    pub reopening: Option<Reopening>,
    /// Processes that were held, and those of them that have ended.
    pub parts: Parts,
}

/// How many processes of a program have ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    /// Ended.
    pub ended: usize,
    /// All that could be closed.
    pub all: usize,
}

/// Processes of a program that may be closed.
#[derive(Debug, PartialEq)]
pub struct ClosableParts {
    /// The processes; at least one.
    pub parts: Vec<Closable>,
    /// The program has others, which may not.
    pub is_partial: bool,
}

/// The job of closing one program.
#[derive(Debug)]
pub struct CloseJob<T> {
    status: CloseStatus,
    /// Kept open until the job is dropped.
    targets: Vec<T>,
    /// Processes at the start; those of a program that comes back are different.
    known: BTreeSet<ProcKey>,
    before: Option<Fraction>,
    program_before: Option<Fraction>,
    others_before: HashMap<Arc<str>, Fraction>,
    /// Load of the PC and of the program in the last samples while it stays open: a program whose question is answered
    /// after minutes frees what it uses then.
    open_loads: VecDeque<(At, Fraction, Fraction)>,
    ended: Option<At>,
    is_forced: bool,
    /// Since when only processes are left that were not asked, as the roots usually end them.
    rest_since: Option<At>,
    /// Of these, those that were then asked themselves.
    rest_asked: Option<BTreeSet<ProcKey>>,
    /// State of the processes at the last look, and since when.
    state: (ProcState, At),
}

impl<T: Target> CloseJob<T> {
    /// Opens the processes and asks them to close. `closable` are those of `subject` that may be closed, as seen when
    /// the user chose, not whatever has their ids now. Returns the action for the recording if one began.
    pub fn begin(
        subject: Subject,
        closable: Result<ClosableParts, Refusal>,
        pc: PcState<'_>,
        open: impl FnMut(&Closable) -> Result<T, ActError>,
    ) -> (Self, Option<Event>) {
        let mut job = Self {
            known: known(&subject, pc.programs),
            before: pc.sample.cpu.get(),
            program_before: used_by(&subject, pc),
            others_before: pc.sample.programs.iter().map(|other| (Arc::clone(&other.name), other.cpu)).collect(),
            open_loads: VecDeque::new(),
            targets: Vec::new(),
            ended: None,
            is_forced: false,
            rest_since: None,
            rest_asked: None,
            state: (ProcState::Unknown, pc.now),
            status: CloseStatus {
                subject,
                phase: Err(ActError::Gone),
                can_force: false,
                is_partial: false,
                state: ProcState::Unknown,
                launch: None,
                reopening: None,
                parts: Parts::default(),
            },
        };
        let held = match closable {
            Ok(closable) => hold(&closable, open),
            Err(Refusal::NotRunning) => Err(ActError::Gone),
            Err(_) => Err(ActError::Refused),
        };
        job.status.phase = held.and_then(|held| {
            (job.targets, job.status.can_force) = (held.targets, true);
            job.status.is_partial = held.is_partial;
            job.ask()?;
            Ok(Phase::Asking { until: pc.now + ASK_SECONDS })
        });
        let closed = Closed::new(job.roots(), job.known.clone(), job.before, job.program_before);
        let action = job.event(EventKind::Action, pc.now, json!({ "closed": closed }));
        let is_asked = job.status.phase.is_ok();
        (job, is_asked.then_some(action))
    }

    /// Returns `true` when closing `subject` is what this job does: the same program, of which a process that was asked
    /// still runs, or no process is new. It must not be asked, or killed, a second time.
    pub fn is_about(&self, subject: &Subject) -> bool {
        let is_known = || subject.members.iter().all(|member| self.known.contains(&member.key));
        self.status.subject.group == subject.group
            && self.status.can_force
            && (self.targets.iter().any(T::is_running) || is_known())
    }

    /// Current state.
    pub const fn status(&self) -> &CloseStatus {
        &self.status
    }

    /// Says how the program can be started again, as it was before it was asked to close.
    pub fn set_launch(&mut self, launch: Option<Launch>) {
        self.status.launch = launch;
    }

    /// Asks that the program is started when it has ended; see [`Self::start_due`].
    pub fn reopen(&mut self, start: Start) {
        self.status.reopening = Some(Reopening { start, result: None });
    }

    /// What to start now: it was asked for, and the program has ended.
    pub fn start_due(&self) -> Option<Start> {
        let reopening = self.status.reopening.as_ref().filter(|reopening| reopening.result.is_none())?;
        self.ended.map(|_| reopening.start)
    }

    /// Notes what became of starting it. Nothing is judged any longer: the program runs because it was asked for.
    pub fn started(&mut self, result: Result<(), StartFailure>) {
        if let Some(reopening) = &mut self.status.reopening {
            reopening.result = Some(result);
        }
    }

    /// Kills what was asked to close; the user has confirmed it. Once: further calls do nothing.
    pub fn force(&mut self, pc: PcState<'_>) -> CloseUpdate {
        if std::mem::replace(&mut self.is_forced, true) {
            return CloseUpdate::default();
        }
        let mut is_sent = false;
        for target in self.targets.iter_mut().filter(|target| target.is_running()) {
            // A process that has just ended is what was wanted; one that survives keeps `running` true.
            is_sent |= target.force_close() != Err(ActError::Gone);
        }
        let action = is_sent.then(|| self.event(EventKind::Action, pc.now, json!({ "force": true })));
        if self.status.phase.is_err() {
            self.status.phase = Ok(Phase::StillOpen);
        }
        let mut update = self.advance(CloseStep::Force, pc);
        update.events.splice(0..0, action);
        update
    }

    /// Advances the job. Call it a few times a second, also after the verdict: the program may come back.
    pub fn step(&mut self, pc: PcState<'_>) -> CloseUpdate {
        self.advance(CloseStep::Wait, pc)
    }

    fn advance(&mut self, step: CloseStep, pc: PcState<'_>) -> CloseUpdate {
        let is_started = self.status.reopening.as_ref().is_some_and(|reopening| reopening.result == Some(Ok(())));
        let Some(phase) = self.status.phase.clone().ok().filter(|_| !is_started) else {
            return CloseUpdate::default();
        };
        if phase == Phase::StillOpen {
            self.follow_open(pc);
        }
        if matches!(phase, Phase::Asking { .. } | Phase::StillOpen) {
            self.ask_rest(pc.now);
        }
        let is_waiting = matches!(phase, Phase::Asking { .. } | Phase::StillOpen | Phase::Forced { .. });
        let state_changed = is_waiting && self.update_state(pc.now);
        let new = next(phase.clone(), step, &self.observe(pc));
        if let Phase::Measuring { ended } = new {
            self.ended.get_or_insert(ended);
        }
        let ended = self.targets.iter().filter(|target| !target.is_running()).count();
        let parts = Parts { ended, all: self.targets.len() };
        let state_changed = std::mem::replace(&mut self.status.parts, parts) != parts || state_changed;
        let changed = new != phase || state_changed;
        let mut update = CloseUpdate { is_news: changed || matches!(new, Phase::Asking { .. }), events: Vec::new() };
        if let Phase::Done { verdict, .. } = &new
            && new != phase
        {
            update.events.push(self.event(EventKind::Verdict, pc.now, verdict_json(verdict, self.status.state)));
        }
        self.status.phase = Ok(new);
        update
    }

    /// Takes over what the program uses while it stays open. The greatest of some seconds: one that is closing calms down.
    fn follow_open(&mut self, pc: PcState<'_>) {
        let is_new = self.open_loads.back().is_none_or(|(at, ..)| *at < pc.sample.at);
        let used = pc.sample.cpu.get().zip(used_by(&self.status.subject, pc));
        if let Some((total, program)) = used.filter(|_| is_new && self.targets.iter().any(T::is_running)) {
            self.open_loads.push_back((pc.sample.at, total, program));
            while self.open_loads.front().is_some_and(|(at, ..)| pc.sample.at.since(*at) > OPEN_SECONDS) {
                self.open_loads.pop_front();
            }
            let greatest = self.open_loads.iter().max_by(|a, b| a.2.get().total_cmp(&b.2.get()));
            if let Some((_, total, program)) = greatest {
                (self.before, self.program_before) = (Some(*total), Some(*program));
            }
        }
    }

    fn event(&self, kind: EventKind, at: At, data: serde_json::Value) -> Event {
        Event::new(at, kind, &self.status.subject.group).with(data)
    }

    fn roots(&self) -> BTreeSet<ProcKey> {
        self.status.subject.members.iter().map(|member| member.root).collect()
    }

    /// Asks the root processes, which end their children themselves. When no root can be asked, asks the other
    /// processes.
    fn ask(&mut self) -> Result<(), ActError> {
        let roots = self.roots();
        let (mut is_requested, mut error) = (false, ActError::Gone);
        for only_roots in [true, false] {
            for target in self.targets.iter_mut().filter(|target| roots.contains(&target.key()) == only_roots) {
                match target.ask_to_close() {
                    Ok(()) => is_requested = true,
                    Err(found) => error = found,
                }
            }
            if is_requested {
                return Ok(());
            }
        }
        Err(error)
    }

    /// Asks the processes that are left when the roots have ended and have not taken them along, as those of a shell.
    fn ask_rest(&mut self, now: At) {
        let roots = self.roots();
        let is_root = |target: &T| roots.contains(&target.key());
        let has_root = self.targets.iter().any(is_root);
        let root_runs = self.targets.iter().any(|target| is_root(target) && target.is_running());
        if self.rest_asked.is_some() || !has_root || root_runs || !self.targets.iter().any(T::is_running) {
            if self.rest_asked.is_none() {
                self.rest_since = None;
            }
            return;
        }
        let since = *self.rest_since.get_or_insert(now);
        if now.since(since) < REST_SECONDS {
            return;
        }
        let left = self.targets.iter_mut().filter(|target| target.is_running());
        // One without a window cannot be asked on Windows, and is not waited for.
        let asked = left.filter_map(|target| target.ask_to_close().is_ok().then(|| target.key()));
        self.rest_asked = Some(asked.collect());
    }

    /// The processes whose end is waited for, as far as they still run.
    fn running(&self) -> impl Iterator<Item = &T> {
        let roots = self.roots();
        let has_root = self.targets.iter().any(|target| roots.contains(&target.key()));
        let is_rest = |key: ProcKey| match &self.rest_asked {
            Some(asked) => asked.contains(&key),
            None => self.rest_since.is_some(),
        };
        let is_awaited = move |target: &&T| !has_root || roots.contains(&target.key()) || is_rest(target.key());
        self.targets.iter().filter(is_awaited).filter(|target| target.is_running())
    }

    fn common_state(&self) -> ProcState {
        let mut states = self.running().map(T::state);
        let first = states.next().unwrap_or_default();
        if states.all(|state| state == first) { first } else { ProcState::Unknown }
    }

    /// Looks at the state of the processes; returns whether [`CloseStatus::state`] has changed.
    fn update_state(&mut self, now: At) -> bool {
        let state = self.common_state();
        if state != self.state.0 {
            self.state = (state, now);
        }
        let lasting = if now.since(self.state.1) >= STATE_SECONDS { state } else { ProcState::Unknown };
        std::mem::replace(&mut self.status.state, lasting) != lasting
    }

    fn observe(&self, pc: PcState<'_>) -> CloseObservation {
        // Only a sample whose whole span lies after the end shows the remaining load.
        let settled = self.ended.is_some_and(|ended| pc.sample.at - pc.sample.span >= ended);
        CloseObservation {
            now: pc.now,
            running: self.running().next().is_some(),
            before: self.before,
            program_before: self.program_before,
            after: settled.then(|| pc.sample.cpu.get()).flatten(),
            grown: settled.then(|| self.grown(pc)).flatten(),
            back: self
                .ended
                .filter(|ended| pc.sample.at >= *ended)
                .and_then(|_| respawn(&self.status.subject.group, &self.known, pc.programs)),
        }
    }

    /// The other program whose share has grown most.
    fn grown(&self, pc: PcState<'_>) -> Option<String> {
        let growth = |program: &ProgramSample| {
            let before = self.others_before.get(&program.name).copied().unwrap_or_default();
            program.cpu.get() - before.get()
        };
        let others = pc.sample.programs.iter().filter(|program| *program.name != *self.status.subject.group);
        let (program, growth) =
            others.map(|program| (program, growth(program))).max_by(|(_, a), (_, b)| a.total_cmp(b))?;
        (growth >= NO_LOAD).then(|| program.name.to_string())
    }
}

/// Returns how the program came back, if it runs in a process that is not among `known` and younger than these.
pub(super) fn respawn(group: &str, known: &BTreeSet<ProcKey>, programs: &ProgramTable) -> Option<Respawn> {
    let program = programs.program(group)?;
    let newest = known.iter().map(|key| key.start_time).max().unwrap_or(0);
    let fresh = |key: &ProcKey| !known.contains(key) && key.start_time > newest;
    // Every new shell or script has the name of a busy one; only one that is busy again counts as back.
    let busy = |key: ProcKey| -> bool {
        let tree = program.members.iter().filter(|member| member.root == key);
        tree.map(|member| member.cpu.get()).sum::<f64>() >= RETURN_LOAD
    };
    let is_back = |key: ProcKey| fresh(&key) && (program.kind == ProgramKind::Browser || busy(key));
    let root = program.members.iter().find(|member| member.root == member.key && is_back(member.key))?;
    let facts = programs.facts.get(&root.key)?;
    let parent = programs.facts.values().find(|other| other.key.pid == facts.parent);
    Some(Respawn { by: parent.map(|parent| DisplayName::new(&parent.name).as_str().to_owned()) })
}

/// The processes of a program, also those that are left alone: one of these is none that came back.
fn known(subject: &Subject, programs: &ProgramTable) -> BTreeSet<ProcKey> {
    let program = programs.programs.iter().filter(|program| *program.name == *subject.group);
    let others = program.flat_map(|program| program.members.iter());
    subject.members.iter().chain(others).map(|member| member.key).collect()
}

/// What the processes that are closed use. Of a program of which all are, its share is known even when they are not.
fn used_by(subject: &Subject, pc: PcState<'_>) -> Option<Fraction> {
    let program = pc.programs.program(&subject.group)?;
    // A sample has only the programs that use something worth noting.
    let share = pc.sample.program(&subject.group).unwrap_or(program).cpu;
    let members = program.members.iter();
    let is_closed = |key: ProcKey| subject.members.iter().any(|member| member.key == key);
    let left: f64 = members.filter(|member| !is_closed(member.key)).map(|member| member.cpu.get()).sum();
    Some(Fraction::new((share.get() - left).max(0.0)))
}

/// Processes held open.
struct Opened<T> {
    targets: Vec<T>,
    /// Another one must not be closed, or access to it was denied.
    is_partial: bool,
}

/// Opens every process that is still running. One that must not be opened, as it runs as administrator, is left alone.
fn hold<T: Target>(
    closable: &ClosableParts,
    mut open: impl FnMut(&Closable) -> Result<T, ActError>,
) -> Result<Opened<T>, ActError> {
    let mut targets = Vec::new();
    let mut refused = None;
    for what in &closable.parts {
        match open(what) {
            // A different key means another process has the id now.
            Ok(target) if target.key() == what.key() => targets.push(target),
            Ok(_) | Err(ActError::Gone) => {}
            Err(error) => refused = Some(error),
        }
    }
    if targets.is_empty() {
        return Err(refused.unwrap_or(ActError::Gone));
    }
    Ok(Opened { targets, is_partial: closable.is_partial || refused.is_some() })
}

pub(super) fn verdict_json(verdict: &Verdict, state: ProcState) -> serde_json::Value {
    match verdict {
        Verdict::Worked { before, after } => json!({ "verdict": "worked", "before": before, "after": after }),
        Verdict::NoChange { freed, by, before, after } => {
            json!({ "verdict": "no_change", "freed": freed, "by": by, "before": before, "after": after })
        }
        Verdict::WasSmall { freed, before, after } => {
            json!({ "verdict": "was_small", "freed": freed, "before": before, "after": after })
        }
        Verdict::CameBack { after, by } => json!({ "verdict": "came_back", "seconds": after.0, "by": by }),
        Verdict::Refused if state == ProcState::Blocked => json!({ "verdict": "blocked" }),
        Verdict::Refused => json!({ "verdict": "refused" }),
        Verdict::CannotTell => json!({ "verdict": "cannot_tell" }),
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::collections::BTreeMap;
    use std::rc::Rc;

    use super::*;
    use crate::diagnose::SubjectKind;
    use crate::model::{Bytes, Member, OwnProcess, Owner, ProcFacts, ProtectRules, Reading, Seconds};

    /// How a fake process reacts.
    #[derive(Clone, Copy, PartialEq)]
    enum Behaviour {
        Polite,
        Stubborn,
        /// Cannot be killed.
        Stuck,
        /// Cannot be killed either: it waits for a device.
        Blocked,
        /// Reacts to nothing until it goes on.
        Stopped,
        NoWindow,
    }

    struct Process {
        start_time: u64,
        behaviour: Behaviour,
        cpu: f64,
        parent: Pid,
        name: &'static str,
        close_requests: u32,
        forced: u32,
    }

    /// A PC where signals reach whichever process has the id, so that only the job can ensure they reach the right one.
    #[derive(Default)]
    struct Pc {
        now: i64,
        processes: BTreeMap<Pid, Process>,
        /// Load of everything else.
        rest: f64,
    }

    type Shared = Rc<RefCell<Pc>>;

    struct Held(ProcKey, Shared);

    impl Target for Held {
        fn key(&self) -> ProcKey {
            self.0
        }

        fn is_running(&self) -> bool {
            self.1.borrow().processes.get(&self.0.pid).is_some_and(|process| process.start_time == self.0.start_time)
        }

        fn ask_to_close(&mut self) -> Result<(), ActError> {
            let mut pc = self.1.borrow_mut();
            let process = pc.processes.get_mut(&self.0.pid).ok_or(ActError::Gone)?;
            process.close_requests += 1;
            match process.behaviour {
                Behaviour::NoWindow => return Err(ActError::NoWindow),
                Behaviour::Polite => drop(pc.processes.remove(&self.0.pid)),
                Behaviour::Stubborn | Behaviour::Stuck | Behaviour::Blocked | Behaviour::Stopped => {}
            }
            Ok(())
        }

        fn state(&self) -> ProcState {
            match self.1.borrow().processes.get(&self.0.pid).map(|process| process.behaviour) {
                Some(Behaviour::Blocked) => ProcState::Blocked,
                Some(Behaviour::Stopped) => ProcState::Stopped,
                _ => ProcState::Running,
            }
        }

        fn force_close(&mut self) -> Result<(), ActError> {
            let mut pc = self.1.borrow_mut();
            let process = pc.processes.get_mut(&self.0.pid).ok_or(ActError::Gone)?;
            process.forced += 1;
            match process.behaviour {
                Behaviour::Stuck => return Err(ActError::Refused),
                Behaviour::Blocked => return Ok(()),
                _ => {}
            }
            pc.processes.remove(&self.0.pid);
            Ok(())
        }
    }

    fn start(pc: &Shared, pid: Pid, start_time: u64, behaviour: Behaviour) {
        let process =
            Process { start_time, behaviour, cpu: 0.6, parent: 1, name: "burner", close_requests: 0, forced: 0 };
        pc.borrow_mut().processes.insert(pid, process);
    }

    /// The sample of the last two seconds, with its programs.
    fn sampled(pc: &Pc) -> (Sample, ProgramTable) {
        let key = |pid: Pid, process: &Process| ProcKey { pid, start_time: process.start_time };
        let members: Vec<Member> = pc
            .processes
            .iter()
            .map(|(pid, process)| {
                let key = key(*pid, process);
                Member { key, root: key, cpu: Fraction::new(process.cpu), memory: Bytes(1) }
            })
            .collect();
        let cpu: f64 = pc.processes.values().map(|process| process.cpu).sum();
        let program = ProgramSample {
            name: "burner".into(),
            cpu: Fraction::new(cpu),
            members: members.into(),
            ..ProgramSample::default()
        };
        let programs = if pc.processes.is_empty() { Vec::new() } else { vec![program] };
        let facts = pc.processes.iter().map(|(pid, process)| (key(*pid, process), Arc::new(facts(*pid, process))));
        let sample = Sample {
            at: At(pc.now),
            span: Seconds(2.0),
            cpu: Reading::Known(Fraction::new(cpu + pc.rest)),
            programs: programs.clone(),
            ..Sample::default()
        };
        (sample, ProgramTable { programs, facts: facts.collect::<HashMap<_, _>>() })
    }

    fn facts(pid: Pid, process: &Process) -> ProcFacts {
        ProcFacts {
            key: ProcKey { pid, start_time: process.start_time },
            parent: process.parent,
            name: process.name.to_owned(),
            hidden: Reading::default(),
            path: Reading::default(),
            args: Reading::default(),
            owner: Owner::Me,
            kernel: false,
            services: Vec::new(),
            given: None,
        }
    }

    /// The user clicks on what is visible now.
    fn click(pc: &Shared) -> (CloseJob<Held>, Vec<Event>) {
        let (sample, programs) = sampled(&pc.borrow());
        let subject = Subject {
            kind: SubjectKind::Program,
            group: "burner".to_owned(),
            members: programs.programs[0].members.to_vec(),
            ..Subject::machine()
        };
        begin(pc, subject, &sample, &programs)
    }

    fn begin(pc: &Shared, subject: Subject, sample: &Sample, programs: &ProgramTable) -> (CloseJob<Held>, Vec<Event>) {
        let own = OwnProcess { pid: 1000, ancestors: Vec::new(), files: Vec::new() };
        let check = |facts: &Arc<ProcFacts>| Closable::check(facts, &ProtectRules::default(), &own, |_| true);
        let is_of_subject = |facts: &&Arc<ProcFacts>| {
            subject.members.is_empty() || subject.members.iter().any(|member| member.key == facts.key)
        };
        let closable = programs.facts.values().filter(is_of_subject).map(check).collect::<Result<Vec<_>, _>>();
        let closable = closable.map(|parts| ClosableParts { parts, is_partial: false });
        let state = PcState { now: sample.at, sample, programs };
        // Like a platform that does not compare start times.
        let open = |what: &Closable| {
            let found = pc.borrow().processes.get(&what.key().pid).map(|process| process.start_time);
            let start_time = found.ok_or(ActError::Gone)?;
            Ok(Held(ProcKey { start_time, ..what.key() }, Rc::clone(pc)))
        };
        let (job, event) = CloseJob::begin(subject, closable, state, open);
        (job, event.into_iter().collect())
    }

    /// Passes time in steps of two seconds; returns the events recorded meanwhile.
    fn pass(job: &mut CloseJob<Held>, pc: &Shared, seconds: i64) -> Vec<Event> {
        let mut events = Vec::new();
        for _ in 0..seconds / 2 {
            pc.borrow_mut().now += 2000;
            let (sample, programs) = sampled(&pc.borrow());
            events.extend(job.step(PcState { now: sample.at, sample: &sample, programs: &programs }).events);
        }
        events
    }

    fn force(job: &mut CloseJob<Held>, pc: &Shared) -> Vec<Event> {
        let (sample, programs) = sampled(&pc.borrow());
        job.force(PcState { now: sample.at, sample: &sample, programs: &programs }).events
    }

    fn verdict(job: &CloseJob<Held>) -> Option<&Verdict> {
        match &job.status().phase {
            Ok(Phase::Done { verdict, .. }) => Some(verdict),
            _ => None,
        }
    }

    fn kinds(events: &[Event]) -> Vec<(EventKind, i64, &serde_json::Value)> {
        events.iter().map(|event| (event.kind, event.at.0 / 1000, &event.data["verdict"])).collect()
    }

    fn pc_with(behaviour: Behaviour) -> Shared {
        let pc = Shared::default();
        pc.borrow_mut().rest = 0.05;
        start(&pc, 7, 100, behaviour);
        pc
    }

    #[test]
    fn a_program_that_closes_when_asked_has_the_verdict_that_it_worked() {
        let pc = pc_with(Behaviour::Polite);
        let (mut job, mut events) = click(&pc);
        assert_eq!((job.status().subject.group.as_str(), job.status().can_force), ("burner", true));
        assert!(matches!(job.status().phase, Ok(Phase::Asking { until: At(12_000) })));
        events.extend(pass(&mut job, &pc, 20));
        assert_eq!(
            verdict(&job),
            Some(&Verdict::Worked { before: Fraction::new(0.65), after: Fraction::new(0.05) }),
            "{:?}",
            &job.status().phase
        );
        let none = &serde_json::Value::Null;
        assert_eq!(kinds(&events), [(EventKind::Action, 0, none), (EventKind::Verdict, 8, &"worked".into())]);
        assert!(events.iter().all(|event| event.subject == "burner"));
    }

    /// Regression: of three processes of one program the first was closed, and the second one "came back".
    #[test]
    fn a_part_that_is_closed_does_not_come_back_as_another() {
        let pc = pc_with(Behaviour::Polite);
        start(&pc, 8, 101, Behaviour::Polite);
        let (sample, programs) = sampled(&pc.borrow());
        let members = programs.programs[0].members.iter().filter(|member| member.key.pid == 7).copied().collect();
        let subject = Subject { group: "burner".to_owned(), members, ..Subject::machine() };
        let (mut job, _) = begin(&pc, subject, &sample, &programs);
        pc.borrow_mut().rest = 0.5;
        pass(&mut job, &pc, 20);
        let freed = match verdict(&job) {
            Some(Verdict::NoChange { freed, .. }) => freed.get(),
            other => panic!("{other:?}"),
        };
        assert!((freed - 0.4).abs() < 0.01, "its own part of the program's 100 %: {freed}");
        assert_eq!(pc.borrow().processes[&8].close_requests, 0);
    }

    #[test]
    fn a_load_that_stays_is_not_called_a_success() {
        let pc = pc_with(Behaviour::Polite);
        let (mut job, _) = click(&pc);
        pc.borrow_mut().rest = 0.6;
        let events = pass(&mut job, &pc, 20);
        assert!(matches!(verdict(&job), Some(Verdict::NoChange { .. })), "{:?}", &job.status().phase);
        assert_eq!(events[0].data["verdict"], "no_change");
    }

    #[test]
    fn a_program_that_stays_is_forced_only_when_that_is_confirmed() {
        let pc = pc_with(Behaviour::Stubborn);
        let (mut job, _) = click(&pc);
        assert_eq!(pass(&mut job, &pc, 60), []);
        assert_eq!(&job.status().phase, &Ok(Phase::StillOpen));
        assert_eq!((pc.borrow().processes[&7].close_requests, pc.borrow().processes[&7].forced), (1, 0));
        let mut events = force(&mut job, &pc);
        assert_eq!((events[0].kind, &events[0].data["force"]), (EventKind::Action, &true.into()));
        events.extend(pass(&mut job, &pc, 20));
        assert!(matches!(verdict(&job), Some(Verdict::Worked { .. })), "{:?}", &job.status().phase);
        assert_eq!(events[1].data["verdict"], "worked");
    }

    #[test]
    fn what_has_ended_while_the_question_was_open_is_not_told_as_closed_by_force() {
        let pc = pc_with(Behaviour::Stubborn);
        let (mut job, _) = click(&pc);
        pass(&mut job, &pc, 14);
        pc.borrow_mut().processes.remove(&7);
        let events = force(&mut job, &pc);
        assert!(events.iter().all(|event| event.kind != EventKind::Action), "{events:?}");
    }

    #[test]
    fn a_program_that_is_closed_after_minutes_frees_what_it_used_then() {
        let pc = pc_with(Behaviour::Stubborn);
        let (mut job, _) = click(&pc);
        pass(&mut job, &pc, 20);
        if let Some(process) = pc.borrow_mut().processes.get_mut(&7) {
            process.cpu = 0.2;
        }
        pc.borrow_mut().rest = 0.5;
        pass(&mut job, &pc, 60);
        pc.borrow_mut().processes.remove(&7);
        pc.borrow_mut().rest = 0.7;
        pass(&mut job, &pc, 20);
        let Some(Verdict::NoChange { freed, before, .. }) = verdict(&job) else { panic!("{:?}", verdict(&job)) };
        assert!((freed.get() - 0.2).abs() < 1e-9 && (before.get() - 0.7).abs() < 1e-9, "{freed:?} {before:?}");
    }

    #[test]
    fn what_the_system_does_not_let_go_is_refused() {
        let pc = pc_with(Behaviour::Stuck);
        let (mut job, _) = click(&pc);
        pass(&mut job, &pc, 14);
        force(&mut job, &pc);
        assert!(matches!(job.status().phase, Ok(Phase::Forced { .. })));
        let events = pass(&mut job, &pc, 20);
        assert_eq!((verdict(&job), &events[0].data["verdict"]), (Some(&Verdict::Refused), &"refused".into()));
    }

    #[test]
    fn what_waits_for_a_device_or_is_stopped_is_told_as_that_once_it_lasts() {
        for (behaviour, state) in [(Behaviour::Blocked, ProcState::Blocked), (Behaviour::Stopped, ProcState::Stopped)] {
            let pc = pc_with(Behaviour::Stubborn);
            let (mut job, _) = click(&pc);
            pass(&mut job, &pc, 60);
            assert_eq!((&job.status().phase, job.status().state), (&Ok(Phase::StillOpen), ProcState::Running));
            // For a moment.
            pc.borrow_mut().processes.get_mut(&7).expect("there").behaviour = behaviour;
            pass(&mut job, &pc, 1);
            assert_ne!(job.status().state, state);
            pass(&mut job, &pc, 5);
            assert_eq!((&job.status().phase, job.status().state), (&Ok(Phase::StillOpen), state));
            force(&mut job, &pc);
            let events = pass(&mut job, &pc, 20);
            match behaviour {
                Behaviour::Blocked => {
                    assert_eq!((verdict(&job), job.status().state), (Some(&Verdict::Refused), ProcState::Blocked));
                    assert_eq!(events[0].data["verdict"], "blocked");
                }
                _ => assert!(matches!(verdict(&job), Some(Verdict::Worked { .. })), "{:?}", verdict(&job)),
            }
        }
    }

    #[test]
    fn a_program_without_a_window_can_only_be_forced() {
        let pc = pc_with(Behaviour::NoWindow);
        let (mut job, events) = click(&pc);
        assert_eq!((&job.status().phase, events.len(), job.status().can_force), (&Err(ActError::NoWindow), 0, true));
        assert_eq!(pass(&mut job, &pc, 20), []);
        force(&mut job, &pc);
        pass(&mut job, &pc, 20);
        assert!(matches!(verdict(&job), Some(Verdict::Worked { .. })));
    }

    #[test]
    fn what_has_ended_before_the_click_is_gone() {
        let pc = pc_with(Behaviour::Polite);
        let (sample, programs) = sampled(&pc.borrow());
        let subject = Subject { members: programs.programs[0].members.to_vec(), ..Subject::machine() };
        pc.borrow_mut().processes.clear();
        let (job, events) = begin(&pc, subject, &sample, &programs);
        assert_eq!((&job.status().phase, events.len(), job.status().can_force), (&Err(ActError::Gone), 0, false));
    }

    #[test]
    fn what_must_not_be_closed_is_refused_without_being_opened() {
        let pc = pc_with(Behaviour::Polite);
        let (sample, programs) = sampled(&pc.borrow());
        let state = PcState { now: sample.at, sample: &sample, programs: &programs };
        for (refusal, error) in [(Refusal::System, ActError::Refused), (Refusal::NotRunning, ActError::Gone)] {
            let open = |_: &Closable| -> Result<Held, ActError> { unreachable!("nothing to open") };
            let (job, event) = CloseJob::begin(Subject::machine(), Err(refusal), state, open);
            assert_eq!((&job.status().phase, event), (&Err(error), None));
        }
    }

    #[test]
    fn one_part_that_the_system_refuses_stays_and_the_others_are_closed() {
        let pc = pc_with(Behaviour::Polite);
        start(&pc, 8, 101, Behaviour::Polite);
        let (sample, programs) = sampled(&pc.borrow());
        let own = OwnProcess { pid: 1000, ancestors: Vec::new(), files: Vec::new() };
        let check = |facts: &Arc<ProcFacts>| Closable::check(facts, &ProtectRules::default(), &own, |_| true);
        let state = PcState { now: sample.at, sample: &sample, programs: &programs };
        let open = |what: &Closable| {
            if what.key().pid == 8 { Err(ActError::Refused) } else { Ok(Held(what.key(), Rc::clone(&pc))) }
        };
        let closable = programs.facts.values().map(check).collect::<Result<Vec<_>, _>>();
        let closable = closable.map(|parts| ClosableParts { parts, is_partial: false });
        let (job, _) = CloseJob::begin(Subject::machine(), closable, state, open);
        assert!(job.status().phase.is_ok() && job.status().is_partial);
        let pc = pc.borrow();
        assert!(!pc.processes.contains_key(&7) && pc.processes[&8].close_requests == 0);
    }

    #[test]
    fn another_process_with_the_same_number_never_gets_a_signal() {
        let unharmed =
            |pc: &Shared| pc.borrow().processes.get(&7).map(|process| (process.close_requests, process.forced));
        // The id is reused between the sample and the click…
        let pc = pc_with(Behaviour::Polite);
        let (sample, programs) = sampled(&pc.borrow());
        let subject = Subject { members: programs.programs[0].members.to_vec(), ..Subject::machine() };
        start(&pc, 7, 200, Behaviour::Polite);
        let (job, _) = begin(&pc, subject, &sample, &programs);
        assert_eq!((&job.status().phase, unharmed(&pc)), (&Err(ActError::Gone), Some((0, 0))));
        // …or between asking and confirming force.
        let pc = pc_with(Behaviour::Stubborn);
        let (mut job, _) = click(&pc);
        pass(&mut job, &pc, 14);
        start(&pc, 7, 200, Behaviour::Polite);
        force(&mut job, &pc);
        assert_eq!(unharmed(&pc), Some((0, 0)));
        assert!(matches!(job.status().phase, Ok(Phase::Measuring { .. })));
    }

    #[test]
    fn a_program_that_comes_back_is_named_with_what_started_it_also_after_the_verdict() {
        let pc = pc_with(Behaviour::Polite);
        let (mut job, _) = click(&pc);
        pass(&mut job, &pc, 10);
        assert!(matches!(verdict(&job), Some(Verdict::Worked { .. })));
        start(&pc, 5, 50, Behaviour::Polite);
        start(&pc, 9, 300, Behaviour::Polite);
        if let Some(launcher) = pc.borrow_mut().processes.get_mut(&5) {
            (launcher.name, launcher.cpu) = ("launcher", 0.0);
        }
        if let Some(burner) = pc.borrow_mut().processes.get_mut(&9) {
            burner.parent = 5;
        }
        let events = pass(&mut job, &pc, 4);
        let back = Verdict::CameBack { after: Seconds(10.0), by: Some("launcher".to_owned()) };
        assert_eq!(verdict(&job), Some(&back));
        assert_eq!((events.len(), &events[0].data["verdict"]), (1, &"came_back".into()));
        // An idle process is no return, and neither is one that was there before.
        let pc = pc_with(Behaviour::Polite);
        let (mut job, _) = click(&pc);
        pass(&mut job, &pc, 10);
        start(&pc, 9, 300, Behaviour::Polite);
        start(&pc, 5, 50, Behaviour::Polite);
        if let Some(idle) = pc.borrow_mut().processes.get_mut(&9) {
            idle.cpu = 0.01;
        }
        pass(&mut job, &pc, 10);
        assert!(matches!(verdict(&job), Some(Verdict::Worked { .. })), "{:?}", &job.status().phase);
    }
}
