//! The thread that samples, diagnoses and acts. The window sends it commands and is woken when there is news.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use super::archive;
use super::intent::{JobView, Period};
use super::snapshot::{Past, Recorded};
use crate::diagnose::{ProgramTable, Subject};
use crate::ipc;
use crate::knowledge::{Knowledge, Mining};
use serde_json::json;

use crate::model::{
    ActError, At, Event, EventKind, Fraction, Machine, MyFiles, ProcKey, ProgramKind, Reading, Refusal, Sample, Seconds,
};
use crate::monitor::{Baseline, Monitor, Observation, now};
use crate::platform::{self, Desktop, Target};
use crate::recorder::Inbox;
use crate::remedy::restart::RestartFacts;
use crate::remedy::{ASK_SECONDS, CloseObservation, CloseStep, Phase, Respawn, Verdict, next};
use crate::settings::recording_path;

/// Time between two samples.
const STEP: Duration = Duration::from_secs(2);
/// The second look comes sooner, so that the first figures do not take a whole step.
const FIRST_STEP: Duration = Duration::from_millis(700);
/// How often an action under way is looked at.
const JOB_STEP: Duration = Duration::from_millis(250);
/// A program that runs again with at least this share of the PC has come back.
const RETURN_LOAD: f64 = 0.05;
/// The restart list is looked at in one of so many samples.
const RESTART_EVERY: u64 = 3;
/// Looks between two questions to the recording for what it knows about this PC: about an hour.
const LEARN_EVERY: u64 = 1800;
/// The same for the first time.
const LEARN_SOON: u64 = 30;

/// What the window asks for.
enum Command {
    LoadPast(Period),
    LoadEvents(Seconds),
    Background(bool),
    Erase,
    Mine(MyFiles),
    SettingsChanged,
    AskSignature(String),
    Close(Subject),
    Force,
    EndJob,
}

/// News for the window.
pub enum Reply {
    /// The PC, once at the start.
    Machine(Box<Machine>),
    /// What was recorded before the window was opened, once.
    Recent(Vec<Arc<Sample>>),
    /// A range of the recording.
    Past(Box<Past>),
    /// What happened, and how the agent is.
    Recorded(Box<Recorded>),
    /// All that was recorded was deleted, or why not.
    Erased(Result<(), Option<String>>),
    /// Why watching in the background could not be switched; `None` when it was.
    Background(Option<String>),
    /// A new sample.
    Observation {
        /// What was seen.
        view: Box<Observation>,
        /// Why programs cannot be closed.
        refusals: HashMap<Arc<str>, Refusal>,
    },
    /// For the restart list.
    Restart(Box<RestartFacts>),
    /// The action changed; `None` when it was put away.
    Job(Option<Box<JobView>>),
}

/// The thread, seen from the window. It ends when this is dropped.
pub struct Worker {
    commands: Sender<Command>,
    /// News; never waited for.
    pub replies: Receiver<Reply>,
}

impl Worker {
    /// Starts the thread; `wake` is called when there is news.
    ///
    /// # Errors
    /// When the system has no thread to give.
    pub fn start(knowledge: Arc<Knowledge>, mine: MyFiles, wake: impl Fn() + Send + 'static) -> std::io::Result<Self> {
        let (commands, inbox) = channel();
        let (outbox, replies) = channel();
        let run = move || Thread::new(knowledge, mine, inbox, outbox, Box::new(wake)).run();
        std::thread::Builder::new().name("watch".to_owned()).spawn(run)?;
        Ok(Self { commands, replies })
    }

    /// Reads a period of the recording.
    pub fn load_past(&self, period: Period) {
        self.send(Command::LoadPast(period));
    }

    /// Reads what happened in the last `range`.
    pub fn load_events(&self, range: Seconds) {
        self.send(Command::LoadEvents(range));
    }

    /// Starts or ends watching in the background, now and with the PC. The choice must be saved before: the agent
    /// reads it.
    pub fn background(&self, on: bool) {
        self.send(Command::Background(on));
    }

    /// Deletes all that was recorded.
    pub fn erase(&self) {
        self.send(Command::Erase);
    }

    /// From now on these files are the user's own work. The choice must be saved before: the agent reads it.
    pub fn mine(&self, mine: MyFiles) {
        self.send(Command::Mine(mine));
    }

    /// Tells the agent that the settings were changed, after they were saved.
    pub fn settings_changed(&self) {
        self.send(Command::SettingsChanged);
    }

    /// Asks who signed this file.
    pub fn ask_signature(&self, path: String) {
        self.send(Command::AskSignature(path));
    }

    /// Asks a program to close.
    pub fn close(&self, subject: Subject) {
        self.send(Command::Close(subject));
    }

    /// Ends what was asked to close by force.
    pub fn force(&self) {
        self.send(Command::Force);
    }

    /// Puts the action away.
    pub fn end_job(&self) {
        self.send(Command::EndJob);
    }

    /// A thread that has ended is noticed by samples that stop coming, and said on screen.
    fn send(&self, command: Command) {
        let _ = self.commands.send(command);
    }
}

struct Thread {
    monitor: Monitor,
    limits: Mining,
    mine: MyFiles,
    desktop: Desktop,
    inbox: Receiver<Command>,
    outbox: Sender<Reply>,
    wake: Box<dyn Fn()>,
    view: Option<Observation>,
    job: Option<Job>,
    looks: u64,
}

/// An action: its targets are held from the first click to the end.
struct Job {
    subject: Subject,
    targets: Vec<Target>,
    known: BTreeSet<ProcKey>,
    phase: Result<Phase, ActError>,
    before: Option<Fraction>,
    program_before: Option<Fraction>,
    ended: Option<At>,
}

impl Thread {
    fn new(
        knowledge: Arc<Knowledge>,
        mine: MyFiles,
        inbox: Receiver<Command>,
        outbox: Sender<Reply>,
        wake: Box<dyn Fn()>,
    ) -> Self {
        let limits = knowledge.thresholds.mining.clone();
        let monitor = Monitor::new(knowledge);
        let mut thread = Self {
            monitor,
            limits,
            mine,
            desktop: Desktop::new(),
            inbox,
            outbox,
            wake,
            view: None,
            job: None,
            looks: 0,
        };
        thread.learn();
        thread
    }

    fn learn(&mut self) {
        self.monitor.set_baseline(Baseline::at(&self.limits, now()), self.mine.clone());
    }

    fn run(mut self) {
        if self.outbox.send(Reply::Machine(Box::new(self.monitor.machine().clone()))).is_err() {
            return;
        }
        let recent = archive::recent(now());
        self.monitor.begin_with(&recent);
        for (program, at) in archive::closed(now()) {
            // Without a look since then nothing is known of what came after it.
            let _ = self.monitor.history_mut().note_closed(&program, at);
        }
        self.tell(Reply::Recent(recent));
        let mut due = Instant::now();
        loop {
            if Instant::now() >= due {
                if !self.sample() {
                    return;
                }
                due = Instant::now() + if self.looks == 1 { FIRST_STEP } else { STEP };
            }
            let until_due = due.saturating_duration_since(Instant::now());
            let wait = if self.job.is_some() { until_due.min(JOB_STEP) } else { until_due };
            match self.inbox.recv_timeout(wait) {
                Ok(Command::LoadPast(period)) => {
                    let history = archive::past(period, self.monitor.machine(), now());
                    self.tell(Reply::Past(Box::new(Past { period, history })));
                }
                Ok(Command::LoadEvents(range)) => {
                    self.tell(Reply::Recorded(Box::new(archive::recorded(range, now()))));
                }
                Ok(Command::Background(on)) => {
                    let error = set_background(on).err();
                    self.tell(Reply::Background(error));
                }
                Ok(Command::Erase) => self.reply_erased(),
                Ok(Command::Mine(mine)) => {
                    self.monitor.know_mine(mine.clone());
                    self.mine = mine;
                    ipc::settings_changed();
                    due = Instant::now();
                }
                Ok(Command::SettingsChanged) => ipc::settings_changed(),
                Ok(Command::AskSignature(path)) => self.monitor.ask_signature(&path),
                Ok(Command::Close(subject)) => self.begin(subject),
                Ok(Command::Force) => self.force(),
                Ok(Command::EndJob) => {
                    self.job = None;
                    self.tell(Reply::Job(None));
                }
                Err(RecvTimeoutError::Timeout) => self.step(CloseStep::Wait),
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn reply_erased(&self) {
        self.tell(Reply::Erased(archive::erase(now())));
    }

    /// Takes a sample and sends it; `false` when nobody listens any more.
    fn sample(&mut self) -> bool {
        let view = self.monitor.sample();
        let refusals = self.refusals(&view.folded);
        if self.looks.is_multiple_of(RESTART_EVERY) {
            // It is drawn with the sample that follows.
            let facts = self.restart_facts(&view);
            let _ = self.outbox.send(Reply::Restart(Box::new(facts)));
        }
        self.looks += 1;
        // The agent may have asked the system about the last end of the PC when this window was opened.
        if self.looks == LEARN_SOON || self.looks.is_multiple_of(LEARN_EVERY) {
            self.learn();
        }
        self.view = Some(view.clone());
        self.step(CloseStep::Wait);
        self.tell(Reply::Observation { view: Box::new(view), refusals })
    }

    fn refusals(&self, folded: &ProgramTable) -> HashMap<Arc<str>, Refusal> {
        let heavy = |program: &crate::model::ProgramSample| program.heavy_members(|member| member.cpu.get());
        folded
            .programs
            .iter()
            .filter_map(|program| {
                let refusal = self.monitor.closable(&heavy(program), folded).err()?;
                Some((Arc::clone(&program.name), refusal))
            })
            .collect()
    }

    fn restart_facts(&mut self, view: &Observation) -> RestartFacts {
        let name_of = |pid| {
            let programs = view.folded.programs.iter();
            let found = programs.into_iter().find(|program| program.members.iter().any(|m| m.key.pid == pid));
            found.map(|program| program.name.to_string())
        };
        let own = std::process::id();
        let with_windows = self.desktop.window_owners().map(|owners| {
            let others = owners.into_iter().filter(|owner| owner.pid != own);
            let mut names: Vec<String> = others.filter_map(|owner| name_of(owner.pid)).collect();
            names.sort();
            names.dedup();
            names
        });
        let browsers = view.folded.programs.iter().filter(|program| program.kind == ProgramKind::Browser);
        let booted_at = self.monitor.machine().booted_at.get();
        RestartFacts {
            uptime: Reading::from_option(booted_at.map(|at| now().since(at)), crate::model::Why::Unsupported),
            boot_id: self.monitor.machine().boot_id.clone(),
            browsers: browsers.map(|program| program.name.to_string()).collect(),
            with_windows,
            others: platform::has_other_users(),
            pending: platform::pending_restart(),
        }
    }

    /// Checks, holds and asks. What is held is what the person saw, not what has that number now.
    fn begin(&mut self, subject: Subject) {
        let Some(view) = &self.view else { return };
        let opened = match self.monitor.closable(&subject.members, &view.folded) {
            Ok(closable) => {
                let mut targets = Vec::new();
                let mut refused = None;
                for what in &closable {
                    match Target::open(what) {
                        Ok(target) => targets.push(target),
                        Err(ActError::Gone) => {}
                        Err(error) => refused = Some(error),
                    }
                }
                match (targets.is_empty(), refused) {
                    (_, Some(error)) => Err(error),
                    (true, None) => Err(ActError::Gone),
                    (false, None) => Ok(targets),
                }
            }
            Err(Refusal::NotRunning) => Err(ActError::Gone),
            Err(_) => Err(ActError::Refused),
        };
        let program = view.sample.program(&subject.group);
        let mut job = Job {
            known: subject.members.iter().map(|member| member.key).collect(),
            before: view.sample.cpu.get(),
            program_before: program.map(|program| program.cpu),
            targets: Vec::new(),
            phase: Err(ActError::Gone),
            ended: None,
            subject,
        };
        match opened {
            Ok(targets) => {
                job.targets = targets;
                job.phase = job.ask().map(|()| Phase::Asking { until: now().minus(Seconds(-ASK_SECONDS.0)) });
            }
            Err(error) => job.phase = Err(error),
        }
        if job.phase.is_ok() {
            self.monitor.note_closed(&job.subject.group);
            record(EventKind::Action, &job.subject, json!({}));
        }
        self.job = Some(job);
        self.tell_job();
    }

    fn force(&mut self) {
        if let Some(job) = &mut self.job {
            for target in &mut job.targets {
                // One that has ended meanwhile is what was wanted; one that refuses is seen by still running.
                let _ = target.force_close();
            }
            record(EventKind::Action, &job.subject, json!({ "force": true }));
            if job.phase.is_err() {
                job.phase = Ok(Phase::StillOpen);
            }
        }
        self.step(CloseStep::Force);
    }

    fn step(&mut self, step: CloseStep) {
        let (Some(job), Some(view)) = (&mut self.job, &self.view) else { return };
        let Ok(phase) = job.phase.clone() else { return };
        let sample = job.sample(view);
        let new = next(phase.clone(), step, &sample);
        if let Phase::Measuring { ended } = new {
            job.ended.get_or_insert(ended);
        }
        let asking = matches!(new, Phase::Asking { .. });
        let changed = new != phase;
        if let Phase::Done { verdict, .. } = &new
            && changed
        {
            record(EventKind::Verdict, &job.subject, verdict_json(verdict));
        }
        job.phase = Ok(new);
        // The countdown is drawn from the time of the frame: while asking every step wakes the window.
        if changed || asking {
            self.tell_job();
        }
    }

    fn tell_job(&self) {
        let view = self.job.as_ref().map(|job| {
            let phase = job.phase.clone();
            Box::new(JobView { subject: job.subject.clone(), phase, can_force: !job.targets.is_empty() })
        });
        self.tell(Reply::Job(view));
    }

    fn tell(&self, reply: Reply) -> bool {
        let sent = self.outbox.send(reply).is_ok();
        (self.wake)();
        sent
    }
}

/// Tells the recording what was done. Without one there is nothing to tell.
fn record(kind: EventKind, subject: &Subject, data: serde_json::Value) {
    if let Some(path) = recording_path() {
        let _ = Inbox::beside(&path).put(&Event::new(now(), kind, &subject.group).with(data));
    }
}

fn verdict_json(verdict: &Verdict) -> serde_json::Value {
    match verdict {
        Verdict::Worked { before, after } => json!({ "verdict": "worked", "before": before, "after": after }),
        Verdict::NoChange { before, after } => json!({ "verdict": "no_change", "before": before, "after": after }),
        Verdict::CameBack { after, by } => json!({ "verdict": "came_back", "seconds": after.0, "by": by }),
        Verdict::Refused => json!({ "verdict": "refused" }),
        Verdict::CannotTell => json!({ "verdict": "cannot_tell" }),
    }
}

/// Starts the agent now and with the PC, or neither.
fn set_background(on: bool) -> Result<(), String> {
    let program = ipc::agent_program().map_err(|error| error.to_string())?;
    platform::autostart_set(&program, &ipc::AUTOSTART, on).map_err(|error| error.to_string())?;
    if on {
        ipc::start_in_background(&program).map_err(|error| error.to_string())?;
    }
    // A running agent ends if it is no longer wanted.
    ipc::settings_changed();
    Ok(())
}

impl Job {
    /// Asks the roots: the other parts are theirs to end. Where no root has a window, any part that has one.
    fn ask(&mut self) -> Result<(), ActError> {
        let roots: BTreeSet<ProcKey> = self.subject.members.iter().map(|member| member.root).collect();
        let (mut asked, mut error) = (false, ActError::Gone);
        for only_roots in [true, false] {
            for target in &mut self.targets {
                if roots.contains(&target.key()) == only_roots {
                    match target.ask_to_close() {
                        Ok(()) => asked = true,
                        Err(found) => error = found,
                    }
                }
            }
            if asked {
                return Ok(());
            }
        }
        Err(error)
    }

    fn sample(&self, view: &Observation) -> CloseObservation {
        let sample = &view.sample;
        // Only a sample whose whole span lies after the end tells what is left.
        let settled = self.ended.is_some_and(|ended| sample.at.minus(sample.span) >= ended);
        let roots: BTreeSet<ProcKey> = self.subject.members.iter().map(|member| member.root).collect();
        let still_asked = |target: &Target| target.is_running();
        let running = if self.targets.iter().any(|target| roots.contains(&target.key())) {
            self.targets.iter().filter(|target| roots.contains(&target.key())).any(still_asked)
        } else {
            self.targets.iter().any(still_asked)
        };
        CloseObservation {
            now: now(),
            running,
            before: self.before,
            program_before: self.program_before,
            after: settled.then(|| sample.cpu.get()).flatten(),
            back: self.ended.and_then(|ended| self.back(view, ended)),
        }
    }

    /// Whether the program runs again in a process that was not there before, and who started that.
    fn back(&self, view: &Observation, ended: At) -> Option<Respawn> {
        let program = view.folded.programs.iter().find(|program| *program.name == *self.subject.group)?;
        if view.sample.at < ended {
            return None;
        }
        let newest = self.known.iter().map(|key| key.start_time).max().unwrap_or(0);
        let fresh = |key: &ProcKey| !self.known.contains(key) && key.start_time > newest;
        // Any new shell or script has the same name as a busy one; a return is one that is busy again.
        let busy = |key: ProcKey| -> bool {
            let tree = program.members.iter().filter(|member| member.root == key);
            tree.map(|member| member.cpu.get()).sum::<f64>() >= RETURN_LOAD
        };
        let is_back = |key: ProcKey| fresh(&key) && (program.kind == ProgramKind::Browser || busy(key));
        let root = program.members.iter().find(|member| member.root == member.key && is_back(member.key))?;
        let facts = view.folded.facts.get(&root.key)?;
        let parent = view.folded.facts.values().find(|other| other.key.pid == facts.parent);
        let by = parent.map(|parent| crate::model::DisplayName::new(&parent.name).as_str().to_owned());
        Some(Respawn { by })
    }
}
