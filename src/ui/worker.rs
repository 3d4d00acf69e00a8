//! The thread that samples, diagnoses and acts. The window sends it commands and is woken for updates.

mod background;
mod restart;
mod scan;
mod start;
mod startup;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use self::background::Lowered;
use self::restart::{Before, RestartAnswer, Restarting};
use self::scan::RunningScan;
use super::archive;
use super::intent::Period;
use super::snapshot::{Past, Recorded, Startup};
use crate::diagnose::{ProgramTable, Subject};
use crate::explain::Lang;
use crate::ipc;
use crate::knowledge::Knowledge;
use crate::launcher;
use crate::model::{
    ActError, Antivirus, At, AutostartEntry, AutostartState, Closable, Event, Launch, Machine, MyFiles, ProcKey,
    Reading, Refusal, RestartCheck, RestartError, Sample, Seconds, SystemFacts,
};
use crate::monitor::{LEARN_EVERY, Monitor, Observation, now, system_facts};
use crate::platform::{self, Desktop, WindowOwner};
use crate::recorder::Inbox;
use crate::remedy::restart::{RestartFacts, RestartPhase};
use crate::remedy::{
    BackgroundEnd, BackgroundStatus, CloseJob, CloseStatus, CloseUpdate, PcState, ScanStatus, Start, StartFailure,
    Target, launch_of,
};
use crate::restart_file::RestartFile;
use crate::sampler;
use crate::scanner::{self, Scanner};
use crate::settings::recording_path;
use crate::undo_file::UndoFile;

/// Interval between two samples.
const STEP: Duration = Duration::from_secs(2);
/// Interval before the second sample, shorter so that the first rates come sooner.
const FIRST_STEP: Duration = Duration::from_millis(700);
/// Interval between two steps of a job.
const JOB_STEP: Duration = Duration::from_millis(250);
/// Samples between two reads of the facts for the restart list.
const RESTART_EVERY: u64 = 3;
/// Sample at which the baseline is read for the second time; after that, every [`LEARN_EVERY`].
const SECOND_LEARN: u64 = 30;

/// Jobs remembered after they are no longer shown; each holds its processes open.
const MOST_EARLIER_JOBS: usize = 16;

/// What the thread needs of the system. Tests supply their own.
trait Host {
    /// A process held open for a remedy.
    type Target: Target;
    /// Reads the clock.
    fn now(&self) -> At;
    /// Opens a process.
    fn open(&self, what: &Closable) -> Result<Self::Target, ActError>;
    /// Lists the processes that have windows.
    fn window_owners(&mut self) -> Reading<Vec<WindowOwner>>;
    /// Measures how long a piece of work waits for a processor. Blocks for half a second, unless `stop` is set.
    fn processor_wait(&self, stop: &AtomicBool) -> Seconds;
    /// Notifies the agent that the settings changed.
    fn settings_changed(&self);
    /// Starts a program with the user's rights.
    fn start(&self, launch: &Launch) -> Result<(), StartFailure>;
    /// Folder for a profile without JavaScript.
    fn no_script_profile(&self) -> Option<PathBuf>;
    /// Deletes that profile; no browser uses it.
    fn remove_profile(&self);
    /// Reports whether another user is signed in.
    fn has_other_users(&self) -> Reading<bool>;
    /// Reports whether an update is waiting for a restart.
    fn pending_restart(&self) -> Reading<bool>;
    /// Names what starts by itself and can be switched off by this user.
    fn starting(&self) -> Reading<Vec<String>>;
    /// Returns when the user signed in.
    fn signed_in_at(&self) -> Reading<At>;
    /// Returns when a process was started.
    fn started_at(&self, key: ProcKey, machine: &Machine) -> Option<At>;
    /// Asks the system, on a thread, whether it can restart.
    fn check_restart(&self, answer: Sender<RestartAnswer>);
    /// Tells the system, on a thread, to restart.
    fn restart_pc(&self, check: RestartCheck, answer: Sender<RestartAnswer>);
    /// Lets the window start at the next sign-in.
    fn start_once(&self) -> Result<(), String>;
    /// Withdraws that.
    fn end_start_once(&self) -> Result<(), String>;
    /// Reports whether the agent starts with the PC.
    fn autostart_state(&self) -> Reading<AutostartState>;
    /// Starts the agent now and at sign-in, or removes it from sign-in; a running agent ends by itself.
    fn set_background(&self, on: bool) -> Result<(), String>;
}

/// This PC.
struct System(Desktop);

impl Host for System {
    type Target = platform::Target;

    fn now(&self) -> At {
        now()
    }

    fn open(&self, what: &Closable) -> Result<Self::Target, ActError> {
        platform::Target::open(what)
    }

    fn window_owners(&mut self) -> Reading<Vec<WindowOwner>> {
        self.0.window_owners()
    }

    fn processor_wait(&self, stop: &AtomicBool) -> Seconds {
        sampler::processor_wait(stop)
    }

    fn settings_changed(&self) {
        ipc::settings_changed();
    }

    fn start(&self, launch: &Launch) -> Result<(), StartFailure> {
        launcher::start(launch).map_err(StartFailure::from)
    }

    fn no_script_profile(&self) -> Option<PathBuf> {
        launcher::no_script_profile()
    }

    fn remove_profile(&self) {
        launcher::remove_profile();
    }

    fn has_other_users(&self) -> Reading<bool> {
        platform::has_other_users()
    }

    fn pending_restart(&self) -> Reading<bool> {
        platform::pending_restart()
    }

    fn starting(&self) -> Reading<Vec<String>> {
        let entries = platform::autostart_entries();
        entries.map(|entries| entries.into_iter().filter(|entry| entry.on).map(|entry| entry.name).collect())
    }

    fn signed_in_at(&self) -> Reading<At> {
        platform::signed_in_at()
    }

    fn started_at(&self, key: ProcKey, machine: &Machine) -> Option<At> {
        platform::started_at(key, machine)
    }

    fn check_restart(&self, answer: Sender<RestartAnswer>) {
        answer_from_thread(
            &answer,
            |error| RestartAnswer::Checked(Err(error)),
            || RestartAnswer::Checked(platform::restart_check()),
        );
    }

    fn restart_pc(&self, check: RestartCheck, answer: Sender<RestartAnswer>) {
        answer_from_thread(
            &answer,
            |error| RestartAnswer::Requested(Err(error)),
            move || RestartAnswer::Requested(platform::restart_pc(&check)),
        );
    }

    fn start_once(&self) -> Result<(), String> {
        let program = ipc::window_program().map_err(|error| error.to_string())?;
        platform::autostart_once(&program, &[]).map_err(|error| error.to_string())
    }

    fn end_start_once(&self) -> Result<(), String> {
        platform::autostart_once_end().map_err(|error| error.to_string())
    }

    fn autostart_state(&self) -> Reading<AutostartState> {
        platform::autostart_state()
    }

    fn set_background(&self, on: bool) -> Result<(), String> {
        let program = ipc::agent_program().map_err(|error| error.to_string())?;
        platform::autostart_set(&program, &ipc::AUTOSTART, on).map_err(|error| error.to_string())?;
        if on { ipc::start_in_background(&program).map_err(|error| error.to_string()) } else { Ok(()) }
    }
}

/// Sends what `ask` returns, or why there is no thread for it. The restart may have been cancelled meanwhile.
fn answer_from_thread(
    answer: &Sender<RestartAnswer>,
    failed: impl FnOnce(RestartError) -> RestartAnswer,
    ask: impl FnOnce() -> RestartAnswer + Send + 'static,
) {
    let to = answer.clone();
    let work = move || drop(to.send(ask()));
    if let Err(error) = std::thread::Builder::new().name("restart".to_owned()).spawn(work) {
        drop(answer.send(failed(RestartError::Failed(error.to_string()))));
    }
}

/// A command of the window. Settings must be saved before it is sent: the agent, once notified, reads them.
#[derive(Debug, PartialEq)]
pub(super) enum Command {
    /// Read a period of the recording.
    LoadPast(Period),
    /// Read the events of this last span.
    LoadEvents(Seconds),
    /// Start or stop watching in the background, now and at login, as the settings say.
    Background(bool),
    /// Read what the check-up needs beyond the samples.
    ReadFacts,
    /// Delete the recording.
    Erase,
    /// Take over the user's own work, which the settings already contain.
    MyFiles(MyFiles),
    /// Notify the agent that the settings changed.
    SettingsChanged,
    /// Verify the signature of this file.
    RequestSignature(String),
    /// Ask a program to close.
    Close(Subject),
    /// End by force what was asked to close.
    Force,
    /// Start what was closed, or what is closing, in this way.
    Start(Start),
    /// Close the browser of this name that runs without JavaScript, and open it as usual.
    BackToNormal(String),
    /// Send what starts with the PC.
    LoadStartup,
    /// Switch an entry of that list.
    SwitchStartup {
        /// The entry.
        entry: AutostartEntry,
        /// It is to start by itself.
        on: bool,
    },
    /// Ask the antivirus about the file of a program.
    Scan(Subject),
    /// Cancel that, or dismiss its result.
    EndScan,
    /// Dismiss the job.
    DismissJob,
    /// Let a program run in the background.
    RunInBackground {
        /// The program.
        subject: Subject,
        /// Also where that lasts until it is started again.
        accept_lasting: bool,
    },
    /// Put the program of this name back.
    EndBackground(String),
    /// Dismiss what became of the program of this name.
    DismissBackground(String),
    /// Restart the PC, after a countdown.
    Restart {
        /// The user ticked that all work is saved.
        is_saved: bool,
        /// Language of the window.
        lang: Lang,
    },
    /// Restart although something stands in the way.
    ConfirmRestart,
    /// Do not restart.
    CancelRestart,
    /// Dismiss how the restart ended.
    DismissRestart,
    /// Dismiss what the last restart has changed.
    DismissAfter,
}

/// An update for the window.
pub(super) enum Reply {
    /// The PC, once at the start.
    Machine(Box<Machine>),
    /// The recorded samples from before the window opened, once.
    Recent(Vec<Arc<Sample>>),
    /// A period of the recording.
    Past(Box<Past>),
    /// Events, and the state of the agent.
    Recorded(Box<Recorded>),
    /// Outcome of deleting the recording.
    Erased(Result<(), Option<String>>),
    /// Why watching in the background could not be switched; `None` on success.
    Background(Option<String>),
    /// Whether the agent starts with the PC: at the start, and when it changed.
    Autostart(Reading<AutostartState>),
    /// A new sample.
    Observation {
        /// The sample and what was derived from it.
        observation: Box<Observation>,
        /// Why programs cannot be closed, by name.
        refusals: HashMap<Arc<str>, Refusal>,
    },
    /// Facts for the check-up.
    Facts(Box<SystemFacts>),
    /// Facts for the restart list.
    Restart(Box<RestartFacts>),
    /// The action changed; `None` when it was dismissed.
    Job(Option<Box<CloseStatus>>),
    /// Programs in the background, or that were to be, changed.
    InBackground(Vec<BackgroundStatus>),
    /// What starts with the PC.
    Startup(Box<Startup>),
    /// The antivirus that can be asked about a file, once.
    Antivirus(Option<Antivirus>),
    /// The scan changed; `None` when its result was dismissed.
    Scan(Option<Box<ScanStatus>>),
    /// The restart changed; `None` when it was dismissed.
    RestartJob(Option<RestartPhase>),
}

/// Handle of the thread, which ends when this is dropped.
pub(super) struct Worker {
    commands: Option<Sender<Command>>,
    thread: Option<JoinHandle<()>>,
    /// There are programs to put back before the window ends.
    has_lowered: Arc<AtomicBool>,
    /// The window ends.
    closing: Arc<AtomicBool>,
    /// Updates; the window never waits for them.
    pub(super) replies: Receiver<Reply>,
}

impl Worker {
    /// Starts the thread; it calls `wake` for every update.
    ///
    /// # Errors
    /// If the thread cannot be started.
    pub(super) fn start(
        knowledge: Arc<Knowledge>,
        my_files: MyFiles,
        wake: impl Fn() + Send + 'static,
    ) -> std::io::Result<Self> {
        let (commands, inbox) = channel();
        let (outbox, replies) = channel();
        let (has_lowered, closing) = (Arc::<AtomicBool>::default(), Arc::<AtomicBool>::default());
        let flags = (Arc::clone(&has_lowered), Arc::clone(&closing));
        let run = move || {
            let monitor = Monitor::new(knowledge);
            let (host, wake) = (System(Desktop::new()), Box::new(wake));
            let undo_file = UndoFile::of_user(monitor.machine().boot_id.known().cloned());
            let (to, restart_file) = (Replies { outbox, wake }, RestartFile::of_user());
            let mut thread = Thread::new(host, monitor, recording_path(), undo_file, restart_file, my_files, to);
            (thread.has_lowered, thread.closing) = flags;
            thread.scanner = scanner::installed();
            thread.run(&inbox);
        };
        let thread = std::thread::Builder::new().name("watch".to_owned()).spawn(run)?;
        Ok(Self { commands: Some(commands), thread: Some(thread), has_lowered, closing, replies })
    }

    /// The mark that the window ends, for the handler of signals: the thread then puts back what it lowered and ends,
    /// whatever the window does.
    pub(super) fn closing(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.closing)
    }

    /// Sends a command. A thread that has ended is noticed by the missing samples and reported on screen.
    pub(super) fn send(&self, command: Command) {
        if let Some(commands) = &self.commands {
            let _ = commands.send(command);
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.commands = None;
        self.closing.store(true, Ordering::Relaxed);
        // Otherwise nothing is lost when the process ends first.
        if self.has_lowered.load(Ordering::Relaxed)
            && let Some(thread) = self.thread.take()
        {
            let _ = thread.join();
        }
    }
}

/// Sends replies to the window.
struct Replies {
    outbox: Sender<Reply>,
    wake: Box<dyn Fn()>,
}

impl Replies {
    /// Sends a reply and wakes the window; `false` when the window has gone.
    fn send(&self, reply: Reply) -> bool {
        let sent = self.outbox.send(reply).is_ok();
        (self.wake)();
        sent
    }
}

struct Thread<H: Host> {
    host: H,
    monitor: Monitor,
    recording: Option<PathBuf>,
    my_files: MyFiles,
    replies: Replies,
    observation: Option<Observation>,
    job: Option<CloseJob<H::Target>>,
    /// Jobs that are no longer shown, oldest first.
    earlier_jobs: Vec<CloseJob<H::Target>>,
    /// Programs in the background.
    lowered: Vec<Lowered<H::Target>>,
    /// What became of programs that are not, until it is dismissed.
    background_notices: Vec<BackgroundStatus>,
    has_lowered: Arc<AtomicBool>,
    closing: Arc<AtomicBool>,
    undo_file: UndoFile,
    /// The entry that could not be switched, and why, until one is.
    startup_failure: Option<(String, String)>,
    scanner: Option<Scanner>,
    scan: Option<RunningScan>,
    /// First process of the last job whose end was noted.
    noted_end: Option<ProcKey>,
    restart_file: RestartFile,
    restarting: Option<Restarting>,
    /// What was noted before the last restart, until it is dismissed.
    before: Option<Before>,
    started_at: Instant,
    /// The state sent last.
    autostart: Option<Reading<AutostartState>>,
    samples: u64,
    /// Readings of the facts for the restart list.
    restart_readings: u64,
    /// What starts by itself, as read last.
    starting: Reading<Vec<String>>,
}

impl<H: Host> Thread<H> {
    fn new(
        host: H,
        monitor: Monitor,
        recording: Option<PathBuf>,
        undo_file: UndoFile,
        restart_file: RestartFile,
        my_files: MyFiles,
        replies: Replies,
    ) -> Self {
        let mut thread = Self {
            host,
            monitor,
            recording,
            my_files,
            replies,
            observation: None,
            job: None,
            earlier_jobs: Vec::new(),
            lowered: Vec::new(),
            background_notices: Vec::new(),
            has_lowered: Arc::default(),
            closing: Arc::default(),
            undo_file,
            startup_failure: None,
            scanner: None,
            scan: None,
            noted_end: None,
            restart_file,
            restarting: None,
            before: None,
            started_at: Instant::now(),
            autostart: None,
            samples: 0,
            restart_readings: 0,
            starting: Reading::default(),
        };
        thread.learn();
        thread
    }

    fn learn(&mut self) {
        self.monitor.learn(self.recording.as_deref(), self.host.now(), self.my_files.clone());
    }

    fn run(mut self, inbox: &Receiver<Command>) {
        self.serve(inbox);
        self.record_after();
        self.end_all_in_background();
    }

    fn serve(&mut self, inbox: &Receiver<Command>) {
        if !self.begin() {
            return;
        }
        let mut due = Instant::now();
        while !self.closing.load(Ordering::Relaxed) {
            self.step_restart();
            if Instant::now() >= due {
                if !self.sample() {
                    return;
                }
                due = Instant::now() + if self.samples == 1 { FIRST_STEP } else { STEP };
            }
            let until_due = due.saturating_duration_since(Instant::now());
            // A window that ends puts back soon what was lowered.
            let is_near =
                self.job.is_some() || self.scan.is_some() || !self.lowered.is_empty() || self.restarting.is_some();
            let wait = if is_near { until_due.min(JOB_STEP) } else { until_due };
            match inbox.recv_timeout(wait) {
                Ok(command) => {
                    // A change of the user's own work takes effect at once.
                    if matches!(command, Command::MyFiles(_)) {
                        due = Instant::now();
                    }
                    self.handle(command);
                }
                Err(RecvTimeoutError::Timeout) => {
                    self.advance(CloseJob::step);
                    self.follow_scan();
                }
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// Sends what is known before the first sample; `false` when the window has gone.
    fn begin(&mut self) -> bool {
        if !self.replies.send(Reply::Machine(Box::new(self.monitor.machine().clone()))) {
            return false;
        }
        // No wake-up of its own: another reply follows.
        let _ = self.replies.outbox.send(Reply::Antivirus(self.scanner.as_ref().map(|scanner| scanner.antivirus)));
        self.take_restart_note();
        let (recording, now) = (self.recording.as_deref(), self.host.now());
        let recent = archive::recent(recording, now);
        self.monitor.preload(&recent);
        for (program, at) in archive::closed_programs(recording, now) {
            // Without a sample since then there is nothing to compare with what came later.
            let _ = self.monitor.history_mut().note_closed(&program, at);
        }
        self.replies.send(Reply::Recent(recent))
    }

    fn handle(&mut self, command: Command) {
        let (recording, now) = (self.recording.as_deref(), self.host.now());
        let reply = match command {
            Command::LoadPast(period) => {
                let history = archive::past(recording, period, self.monitor.machine(), now);
                Reply::Past(Box::new(Past { period, history }))
            }
            Command::LoadEvents(range) => Reply::Recorded(Box::new(archive::recorded(recording, range, now))),
            Command::Background(on) => {
                let error = self.host.set_background(on).err();
                // A running agent ends if it is no longer wanted.
                self.host.settings_changed();
                self.autostart = None;
                self.send_autostart();
                Reply::Background(error)
            }
            Command::ReadFacts => return self.read_facts(),
            Command::Erase => Reply::Erased(archive::erase(recording, now)),
            Command::MyFiles(my_files) => {
                self.monitor.set_my_files(my_files.clone());
                self.my_files = my_files;
                return self.host.settings_changed();
            }
            Command::SettingsChanged => return self.host.settings_changed(),
            Command::RequestSignature(path) => return self.monitor.request_signature(&path),
            Command::Close(subject) => return self.begin_job(subject),
            Command::Force => return self.advance(CloseJob::force),
            Command::LoadStartup => return self.send_startup(),
            Command::SwitchStartup { entry, on } => return self.switch_startup(&entry, on),
            Command::Scan(subject) => return self.scan(subject),
            Command::EndScan => return self.end_scan(),
            Command::Start(start) => return self.reopen(start),
            Command::BackToNormal(group) => return self.back_to_normal(&group),
            Command::RunInBackground { subject, accept_lasting } => {
                return self.run_in_background(&subject, accept_lasting);
            }
            Command::EndBackground(group) => return self.end_background(&group, BackgroundEnd::Asked),
            Command::DismissBackground(group) => return self.dismiss_background(&group),
            Command::Restart { is_saved, lang } => return self.begin_restart(is_saved, lang),
            Command::ConfirmRestart => return self.confirm_restart(),
            Command::CancelRestart => return self.cancel_restart(),
            Command::DismissRestart => return self.dismiss_restart(),
            Command::DismissAfter => return self.dismiss_after(),
            Command::DismissJob => {
                self.set_job_aside();
                Reply::Job(None)
            }
        };
        self.replies.send(reply);
    }

    /// Reads the facts for the check-up on a thread of its own: a file may lie on a drive that does not answer. The window
    /// sees them with the next sample.
    fn read_facts(&self) {
        let (outbox, knowledge) = (self.replies.outbox.clone(), Arc::clone(self.monitor.knowledge()));
        let (recording, now) = (self.recording.clone(), self.host.now());
        let read = move || {
            // The window may have gone meanwhile.
            let _ = outbox.send(Reply::Facts(Box::new(system_facts(recording.as_deref(), &knowledge, now))));
        };
        // Without a thread the checks that need them say that nothing came in time.
        let _ = std::thread::Builder::new().name("facts".to_owned()).spawn(read);
    }

    /// Takes a sample and sends it; `false` when the window has gone.
    fn sample(&mut self) -> bool {
        let observation = self.monitor.sample(self.host.now());
        let refusals = self.refusals(&observation.program_table);
        if self.samples.is_multiple_of(RESTART_EVERY) {
            // No wake-up of its own: it is drawn with the sample that follows.
            let facts = self.restart_facts(&observation);
            let _ = self.replies.outbox.send(Reply::Restart(Box::new(facts)));
        }
        // Others switch it, too: the icon, the settings of the system, an administrator.
        self.send_autostart();
        self.samples += 1;
        // When this window opened, the agent may still have been querying the system about how the PC last ended.
        if self.samples == SECOND_LEARN || self.samples.is_multiple_of(LEARN_EVERY) {
            self.learn();
        }
        self.observation = Some(observation.clone());
        if self.samples == 1 {
            self.restore_left_over();
            self.remove_unused_profile();
        }
        self.follow_background();
        self.leave_to_reminder();
        self.advance(CloseJob::step);
        self.replies.send(Reply::Observation { observation: Box::new(observation), refusals })
    }

    /// Sends whether the agent starts with the PC, unless it is what was sent last. No wake-up of its own: a reply follows.
    fn send_autostart(&mut self) {
        let state = self.host.autostart_state();
        if self.autostart.replace(state) != Some(state) {
            let _ = self.replies.outbox.send(Reply::Autostart(state));
        }
    }

    fn refusals(&self, program_table: &ProgramTable) -> HashMap<Arc<str>, Refusal> {
        let heavy = |program: &crate::model::ProgramSample| program.heavy_members(|member| member.cpu.get());
        program_table
            .programs
            .iter()
            .filter_map(|program| {
                let refusal = self.monitor.closable(&heavy(program), program_table).err()?;
                Some((Arc::clone(&program.name), refusal))
            })
            .collect()
    }

    fn begin_job(&mut self, subject: Subject) {
        self.set_job_aside();
        // A double click, or a click on a card that was drawn before the program had ended.
        if let Some(index) = self.earlier_jobs.iter().position(|job| job.is_about(&subject)) {
            self.job = Some(self.earlier_jobs.remove(index));
            self.send_job();
            return;
        }
        let Some(observation) = &self.observation else { return };
        let closable = self.monitor.closable(&subject.members, &observation.program_table);
        let pc = PcState { now: self.host.now(), sample: &observation.sample, programs: &observation.program_table };
        let launch = launch_of(&subject, &observation.program_table, self.monitor.knowledge());
        let (mut job, action) = CloseJob::begin(subject, closable, pc, |what| self.host.open(what));
        job.set_launch(launch.ok());
        if let Some(action) = action {
            self.monitor.note_closed(&action.subject);
            self.record(&action);
        }
        self.job = Some(job);
        self.send_job();
    }

    /// Shows no job any longer. What it asked is remembered, so that no program is asked twice.
    fn set_job_aside(&mut self) {
        self.earlier_jobs.extend(self.job.take());
        let too_many = self.earlier_jobs.len().saturating_sub(MOST_EARLIER_JOBS);
        self.earlier_jobs.drain(..too_many);
    }

    fn advance(&mut self, act: impl FnOnce(&mut CloseJob<H::Target>, PcState<'_>) -> CloseUpdate) {
        let (Some(job), Some(observation)) = (&mut self.job, &self.observation) else { return };
        let update = act(
            job,
            PcState { now: self.host.now(), sample: &observation.sample, programs: &observation.program_table },
        );
        for event in &update.events {
            self.record(event);
        }
        self.note_ended();
        if self.start_due() || update.is_news {
            self.send_job();
        }
    }

    fn send_job(&self) {
        self.replies.send(Reply::Job(self.job.as_ref().map(|job| Box::new(job.status().clone()))));
    }

    /// Puts an event into the inbox of the recording; without a recording it is dropped.
    fn record(&self, event: &Event) {
        if let Some(path) = &self.recording
            && let Err(error) = Inbox::beside(path).put(event)
        {
            log::warn!("the agent cannot be told what was done: {error}");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::rc::Rc;

    use super::*;
    use crate::model::{EventKind, History, Pid, ProcState, SavedPriority};
    use crate::remedy::restart::{
        AfterRestart, AfterVerdict, Blocker, BrowserReturn, RestartEnd, RestartNote, Restarted,
    };
    use crate::remedy::{BackgroundPhase, BackgroundVerdict, NotLowered, Phase, Verdict};
    use crate::sampler::fake::FakePc;
    use crate::undo_file::Undo;

    impl Worker {
        /// A worker without a thread: its commands can be received, and replies sent.
        pub(in crate::ui) fn unconnected() -> (Self, Receiver<Command>, Sender<Reply>) {
            let (commands, inbox) = channel();
            let (outbox, replies) = channel();
            let (has_lowered, closing) = (Arc::default(), Arc::default());
            let worker = Self { commands: Some(commands), thread: None, has_lowered, closing, replies };
            (worker, inbox, outbox)
        }
    }

    const BURNER: ProcKey = ProcKey { pid: 4_000_007, start_time: 7 };

    /// What was done to the PC, and how its programs react.
    #[derive(Default)]
    struct Done {
        close_requested: Vec<ProcKey>,
        forced: Vec<ProcKey>,
        lowered: Vec<ProcKey>,
        started: Vec<Launch>,
        start_failure: Option<StartFailure>,
        settings_changed: u32,
        is_stubborn: bool,
        /// What is lowered cannot be put back.
        is_ordinary: bool,
        is_stuck: bool,
        autostart: AutostartState,
        autostart_error: Option<String>,
        windows: Vec<WindowOwner>,
        others: Reading<bool>,
        signed_in: Reading<At>,
        /// Where the system's answers go: it has been asked, or told, as often.
        checks: Vec<Sender<RestartAnswer>>,
        restarts: Vec<Sender<RestartAnswer>>,
        /// Entries that start the window once.
        starts_once: u32,
    }

    #[derive(Clone)]
    struct FakeHost(FakePc, Rc<RefCell<Done>>);

    struct FakeTarget(ProcKey, FakeHost);

    impl Host for FakeHost {
        type Target = FakeTarget;

        fn now(&self) -> At {
            self.0.now()
        }

        fn open(&self, what: &Closable) -> Result<FakeTarget, ActError> {
            // Whoever has the number now, as on a system without start times.
            let key = self.0.holder(what.key().pid).ok_or(ActError::Gone)?;
            Ok(FakeTarget(key, self.clone()))
        }

        fn window_owners(&mut self) -> Reading<Vec<WindowOwner>> {
            Reading::Known(self.1.borrow().windows.clone())
        }

        fn processor_wait(&self, _stop: &AtomicBool) -> Seconds {
            Seconds(if self.1.borrow().lowered.is_empty() { 0.012 } else { 0.001 })
        }

        fn settings_changed(&self) {
            self.1.borrow_mut().settings_changed += 1;
        }

        fn start(&self, launch: &Launch) -> Result<(), StartFailure> {
            let mut done = self.1.borrow_mut();
            done.started.push(launch.clone());
            done.start_failure.clone().map_or(Ok(()), Err)
        }

        fn no_script_profile(&self) -> Option<PathBuf> {
            Some("/state/firefox-without-javascript".into())
        }

        fn remove_profile(&self) {}
        fn has_other_users(&self) -> Reading<bool> {
            self.1.borrow().others
        }

        fn pending_restart(&self) -> Reading<bool> {
            Reading::Known(false)
        }

        fn starting(&self) -> Reading<Vec<String>> {
            Reading::Known(vec!["Chat".to_owned()])
        }

        fn signed_in_at(&self) -> Reading<At> {
            self.1.borrow().signed_in
        }

        fn started_at(&self, key: ProcKey, _machine: &Machine) -> Option<At> {
            // Of this PC, the start time is in seconds since it was signed in to.
            Some(self.1.borrow().signed_in.get()? + Seconds(key.start_time as f64))
        }

        fn check_restart(&self, answer: Sender<RestartAnswer>) {
            self.1.borrow_mut().checks.push(answer);
        }

        fn restart_pc(&self, _check: RestartCheck, answer: Sender<RestartAnswer>) {
            self.1.borrow_mut().restarts.push(answer);
        }

        fn start_once(&self) -> Result<(), String> {
            self.1.borrow_mut().starts_once = 1;
            Ok(())
        }

        fn end_start_once(&self) -> Result<(), String> {
            self.1.borrow_mut().starts_once = 0;
            Ok(())
        }

        fn autostart_state(&self) -> Reading<AutostartState> {
            Reading::Known(self.1.borrow().autostart)
        }

        fn set_background(&self, on: bool) -> Result<(), String> {
            let mut done = self.1.borrow_mut();
            if let Some(error) = &done.autostart_error {
                return Err(error.clone());
            }
            done.autostart = if on { AutostartState::On } else { AutostartState::Off };
            Ok(())
        }
    }

    impl Target for FakeTarget {
        fn state(&self) -> ProcState {
            ProcState::Unknown
        }

        fn key(&self) -> ProcKey {
            self.0
        }

        fn is_running(&self) -> bool {
            self.1.0.is_running(self.0)
        }

        fn can_restore_priority(&self, _family: &[Pid]) -> bool {
            !self.1.1.borrow().is_ordinary
        }

        fn lower_priority(&mut self, _family: &[Pid]) -> Result<SavedPriority, ActError> {
            let mut done = self.1.1.borrow_mut();
            done.lowered.push(self.0);
            let lasting = done.is_ordinary;
            Ok(SavedPriority::Linux { threads: Vec::new(), group: None, autogroup: None, lasting })
        }

        fn restore_priority(&mut self, _saved: &SavedPriority) -> Result<(), ActError> {
            self.1.1.borrow_mut().lowered.retain(|key| *key != self.0);
            Ok(())
        }

        fn ask_to_close(&mut self) -> Result<(), ActError> {
            let mut done = self.1.1.borrow_mut();
            done.close_requested.push(self.0);
            if !done.is_stubborn {
                self.1.0.end(self.0.pid);
            }
            Ok(())
        }

        fn force_close(&mut self) -> Result<(), ActError> {
            let mut done = self.1.1.borrow_mut();
            done.forced.push(self.0);
            if done.is_stuck {
                return Err(ActError::Refused);
            }
            self.1.0.end(self.0.pid);
            Ok(())
        }
    }

    /// The thread on a simulated PC, with a recording of its own.
    struct Rig {
        pc: FakePc,
        done: Rc<RefCell<Done>>,
        thread: Thread<FakeHost>,
        replies: Receiver<Reply>,
        recording: PathBuf,
        _folder: tempfile::TempDir,
    }

    impl Rig {
        /// After a minute in which a program was busy.
        fn new() -> Self {
            let folder = tempfile::tempdir().expect("folder");
            let recording = folder.path().join("recording.db");
            let (pc, done) = (FakePc::calm(), Rc::<RefCell<Done>>::default());
            let knowledge = Arc::new(Knowledge::builtin().expect("tables"));
            let monitor = Monitor::with_source(pc.source(), knowledge, History::new);
            let (outbox, replies) = channel();
            let host = FakeHost(pc.clone(), Rc::clone(&done));
            let to = Replies { outbox, wake: Box::new(|| {}) };
            let undo_file = UndoFile::at(recording.with_file_name("remedies.json"), None);
            let restart_file = RestartFile::at(recording.with_file_name("restart.json"));
            let my_files = MyFiles::default();
            let thread = Thread::new(host, monitor, Some(recording.clone()), undo_file, restart_file, my_files, to);
            let mut rig = Self { pc, done, thread, replies, recording, _folder: folder };
            rig.pc.start(BURNER, "burner", 0.6);
            rig.run(60);
            rig
        }

        /// Steps and samples as the thread does.
        fn run(&mut self, seconds: u32) {
            for quarter in 0..seconds * 4 {
                if quarter % 8 == 0 {
                    assert!(self.thread.sample(), "the window listens");
                }
                self.pc.pass(JOB_STEP);
                self.thread.step_restart();
                self.thread.advance(CloseJob::step);
            }
        }

        /// Clicks on the program as shown.
        fn close(&mut self) {
            let observation = self.thread.observation.as_ref().expect("a sample");
            let program = observation.sample.program("burner").expect("it runs");
            let members = program.heavy_members(|member| member.cpu.get());
            let subject = Subject { group: "burner".to_owned(), members, ..Subject::machine() };
            self.thread.handle(Command::Close(subject));
        }

        fn subject(&self) -> Subject {
            let observation = self.thread.observation.as_ref().expect("a sample");
            let program = observation.sample.program("burner").expect("it runs");
            Subject { group: "burner".to_owned(), members: program.members.to_vec(), ..Subject::machine() }
        }

        fn run_in_background(&mut self, accept_lasting: bool) {
            let subject = self.subject();
            self.thread.handle(Command::RunInBackground { subject, accept_lasting });
        }

        /// What the window shows of programs in the background.
        fn in_background(&self) -> Vec<BackgroundPhase> {
            let replies = self.replies.try_iter().filter_map(|reply| match reply {
                Reply::InBackground(all) => Some(all.iter().map(|status| status.phase).collect()),
                _ => None,
            });
            replies.last().unwrap_or_default()
        }

        fn lowered(&self) -> Vec<ProcKey> {
            self.done.borrow().lowered.clone()
        }

        /// The phases reported to the window, without repetitions.
        fn phases(&self) -> Vec<Result<Phase, ActError>> {
            let jobs = self.replies.try_iter().filter_map(|reply| match reply {
                Reply::Job(job) => job.map(|job| job.phase),
                _ => None,
            });
            let mut phases: Vec<_> = jobs.collect();
            phases.dedup();
            phases
        }

        fn verdict(&self) -> Option<Verdict> {
            match self.phases().pop()? {
                Ok(Phase::Done { verdict, .. }) => Some(verdict),
                _ => None,
            }
        }

        /// The events left for the agent to record.
        fn recorded(&self) -> Vec<(EventKind, String, serde_json::Value)> {
            let events = Inbox::beside(&self.recording).peek().into_iter();
            events.map(|event| (event.kind, event.subject, event.data)).collect()
        }

        fn verdicts(&self) -> Vec<serde_json::Value> {
            let recorded = self.recorded().into_iter().filter(|(kind, ..)| *kind == EventKind::Verdict);
            recorded.map(|(_, _, data)| data["verdict"].clone()).collect()
        }
    }

    #[test]
    fn a_click_leads_to_a_verdict_and_a_return_to_another_one() {
        let mut rig = Rig::new();
        rig.close();
        rig.run(20);
        let phases = rig.phases();
        assert!(matches!(phases[0], Ok(Phase::Asking { .. })), "{phases:?}");
        assert!(matches!(phases[1], Ok(Phase::Measuring { .. })), "{phases:?}");
        let Ok(Phase::Done { verdict: Verdict::Worked { before, after }, .. }) = &phases[2] else {
            panic!("{phases:?}")
        };
        assert!(before.get() > 0.6 && after.get() < 0.03 && phases.len() == 3, "{phases:?}");
        assert_eq!(rig.done.borrow().close_requested, [BURNER]);
        assert!(rig.recorded().iter().all(|(_, subject, _)| subject == "burner"));
        assert_eq!((rig.recorded()[0].0, rig.verdicts()), (EventKind::Action, vec!["worked".into()]));
        rig.pc.start(ProcKey { pid: 4_000_009, start_time: 900 }, "burner", 0.6);
        rig.run(6);
        assert!(matches!(rig.verdict(), Some(Verdict::CameBack { .. })));
        assert_eq!(rig.verdicts(), ["worked", "came_back"]);
        rig.thread.handle(Command::DismissJob);
        assert!(rig.thread.job.is_none() && matches!(rig.replies.try_iter().last(), Some(Reply::Job(None))));
    }

    #[test]
    fn a_program_that_stays_is_ended_only_by_force_and_the_load_is_judged_afterwards() {
        let mut rig = Rig::new();
        rig.done.borrow_mut().is_stubborn = true;
        rig.close();
        rig.run(30);
        assert_eq!(rig.phases().pop(), Some(Ok(Phase::StillOpen)));
        assert_eq!((rig.done.borrow().forced.len(), rig.verdicts().len()), (0, 0));
        rig.thread.handle(Command::Force);
        rig.pc.start(ProcKey { pid: 4_000_020, start_time: 900 }, "other", 0.6);
        rig.run(20);
        assert!(matches!(rig.verdict(), Some(Verdict::NoChange { .. })));
        assert_eq!((rig.done.borrow().forced.as_slice(), rig.verdicts()), (&[BURNER][..], vec!["no_change".into()]));
        let mut rig = Rig::new();
        (rig.done.borrow_mut().is_stubborn, rig.done.borrow_mut().is_stuck) = (true, true);
        rig.close();
        rig.run(14);
        rig.thread.handle(Command::Force);
        rig.run(20);
        assert_eq!((rig.verdict(), rig.verdicts()), (Some(Verdict::Refused), vec!["refused".into()]));
    }

    /// Regression: six clicks 40 ms apart sent three signals.
    #[test]
    fn a_program_is_asked_once_and_killed_once_however_often_somebody_clicks() {
        let mut rig = Rig::new();
        rig.done.borrow_mut().is_stubborn = true;
        for _ in 0..6 {
            rig.close();
            rig.thread.advance(CloseJob::step);
        }
        rig.run(30);
        rig.thread.handle(Command::DismissJob);
        rig.close();
        assert_eq!(rig.phases().pop(), Some(Ok(Phase::StillOpen)), "the same job is shown again");
        assert_eq!(rig.done.borrow().close_requested, [BURNER]);
        rig.done.borrow_mut().is_stuck = true;
        for _ in 0..3 {
            rig.thread.handle(Command::Force);
        }
        rig.run(20);
        rig.close();
        rig.thread.handle(Command::Force);
        assert_eq!((rig.done.borrow().close_requested.len(), rig.done.borrow().forced.len()), (1, 1));
        let actions = rig.recorded().into_iter().filter(|(kind, ..)| *kind == EventKind::Action);
        assert_eq!(actions.count(), 2, "asked, and killed");
        // A program that ended and was started again is another one.
        rig.pc.end(BURNER.pid);
        let again = ProcKey { pid: 4_000_009, start_time: 900 };
        rig.pc.start(again, "burner", 0.6);
        rig.run(6);
        rig.close();
        assert_eq!(rig.done.borrow().close_requested, [BURNER, again]);
    }

    #[test]
    fn what_took_the_number_of_the_program_is_left_alone() {
        let mut rig = Rig::new();
        let other = ProcKey { start_time: 8, ..BURNER };
        rig.pc.start(other, "burner", 0.6);
        rig.close();
        rig.run(4);
        assert_eq!(rig.phases(), [Err(ActError::Gone)]);
        // Also when the new process was sampled between the drawing and the click.
        let mut rig = Rig::new();
        let members = {
            let observation = rig.thread.observation.as_ref().expect("a sample");
            observation.sample.program("burner").expect("it runs").heavy_members(|member| member.cpu.get())
        };
        rig.pc.start(other, "burner", 0.6);
        rig.run(4);
        rig.thread.handle(Command::Close(Subject { group: "burner".to_owned(), members, ..Subject::machine() }));
        assert_eq!((rig.phases(), rig.recorded().len()), (vec![Err(ActError::Gone)], 0));
        let done = rig.done.borrow();
        assert!(done.close_requested.is_empty() && done.forced.is_empty() && rig.pc.is_running(other));
    }

    #[test]
    fn the_agent_is_notified_of_changed_settings_and_of_nothing_else() {
        let mut rig = Rig::new();
        let notified = |rig: &Rig| rig.done.borrow().settings_changed;
        rig.thread.handle(Command::LoadPast(Period::default()));
        assert_eq!(notified(&rig), 0);
        rig.thread.handle(Command::SettingsChanged);
        rig.thread.handle(Command::MyFiles(MyFiles::from([("/opt/burner/burner".to_owned(), None)])));
        assert_eq!(notified(&rig), 2);
    }

    #[test]
    fn whether_the_agent_starts_with_the_pc_is_told_when_anybody_switches_it() {
        let mut rig = Rig::new();
        let told = |rig: &Rig| {
            let states = rig.replies.try_iter().filter_map(|reply| match reply {
                Reply::Autostart(state) => state.get(),
                _ => None,
            });
            states.collect::<Vec<_>>()
        };
        assert_eq!(told(&rig), [AutostartState::Off], "once, however many samples");
        rig.done.borrow_mut().autostart = AutostartState::On;
        rig.run(4);
        assert_eq!(told(&rig), [AutostartState::On]);
        rig.thread.handle(Command::Background(false));
        assert_eq!(told(&rig), [AutostartState::Off]);
        // What could not be switched is told again, as the window already shows what was clicked.
        rig.done.borrow_mut().autostart_error = Some("read-only".to_owned());
        rig.thread.handle(Command::Background(true));
        let replies: Vec<Reply> = rig.replies.try_iter().collect();
        assert!(matches!(replies[0], Reply::Autostart(Reading::Known(AutostartState::Off))));
        assert!(matches!(&replies[1], Reply::Background(Some(reason)) if reason == "read-only"));
    }

    #[test]
    fn the_thread_ends_when_the_window_has_gone() {
        let Rig { mut thread, replies, .. } = Rig::new();
        drop(replies);
        assert!(!thread.sample());
        let (_commands, inbox) = channel();
        thread.run(&inbox);
    }

    #[test]
    fn a_program_runs_in_the_background_until_somebody_asks_for_it_back() {
        let mut rig = Rig::new();
        rig.run_in_background(false);
        let phases = rig.in_background();
        assert!(
            matches!(
                phases[..],
                [BackgroundPhase::Running { verdict: BackgroundVerdict::Worked { .. }, lasting: false }]
            ),
            "{phases:?}"
        );
        assert_eq!(rig.lowered(), [BURNER]);
        rig.run_in_background(false);
        assert_eq!(rig.lowered(), [BURNER], "once");
        let part = ProcKey { pid: 4_000_008, start_time: 8 };
        rig.pc.start(part, "burner", 0.1);
        rig.run(10);
        assert_eq!(rig.lowered(), [BURNER, part], "a part that began since");
        rig.thread.handle(Command::EndBackground("burner".to_owned()));
        assert_eq!(rig.lowered(), []);
        assert!(matches!(rig.in_background()[..], [BackgroundPhase::Ended { result: Ok(()), .. }]));
        rig.thread.handle(Command::DismissBackground("burner".to_owned()));
        assert_eq!(rig.in_background(), []);
        let recorded: Vec<EventKind> = rig.recorded().into_iter().map(|(kind, ..)| kind).collect();
        assert_eq!(recorded, [EventKind::Action, EventKind::Verdict, EventKind::Action]);
        assert!(rig.done.borrow().close_requested.is_empty());
    }

    #[test]
    fn a_program_that_is_used_again_takes_its_turn_again() {
        let mut rig = Rig::new();
        rig.run_in_background(false);
        rig.pc.set_foreground(Some(BURNER.pid));
        rig.run(4);
        assert_eq!(rig.lowered(), []);
        assert!(matches!(rig.in_background()[..], [BackgroundPhase::Ended { why: BackgroundEnd::Used, .. }]));
    }

    #[test]
    fn what_cannot_be_put_back_is_asked_before() {
        let mut rig = Rig::new();
        rig.done.borrow_mut().is_ordinary = true;
        rig.run_in_background(false);
        assert_eq!(rig.in_background(), [BackgroundPhase::Failed(NotLowered::Lasting)]);
        assert_eq!(rig.lowered(), []);
        rig.run_in_background(true);
        assert!(matches!(rig.in_background()[..], [BackgroundPhase::Running { lasting: true, .. }]));
    }

    #[test]
    fn a_window_that_ends_puts_back_what_it_lowered_and_the_next_one_what_a_crash_left() {
        let mut rig = Rig::new();
        rig.run_in_background(false);
        rig.thread.end_all_in_background();
        assert_eq!(rig.lowered(), []);
        rig.run_in_background(false);
        // The window is killed; the next one finds the file.
        let Rig { pc, done, recording, _folder, .. } = rig;
        assert_eq!(done.borrow().lowered, [BURNER]);
        let (outbox, _replies) = channel();
        let monitor = Monitor::with_source(pc.source(), Arc::new(Knowledge::builtin().expect("tables")), History::new);
        let host = FakeHost(pc, Rc::clone(&done));
        let undo_file = UndoFile::at(recording.with_file_name("remedies.json"), None);
        let to = Replies { outbox, wake: Box::new(|| {}) };
        let restart_file = RestartFile::at(recording.with_file_name("restart.json"));
        let my_files = MyFiles::default();
        let mut next = Thread::new(host, monitor, Some(recording), undo_file.clone(), restart_file, my_files, to);
        assert!(next.sample());
        assert_eq!((done.borrow().lowered.len(), undo_file.entries()), (0, vec![]));
    }

    #[test]
    fn a_program_that_has_ended_is_in_no_background() {
        let mut rig = Rig::new();
        rig.run_in_background(false);
        rig.pc.end(BURNER.pid);
        rig.run(4);
        assert_eq!((rig.in_background(), rig.thread.undo_file.entries()), (vec![], vec![]));
    }

    /// Replies of the job that is shown now.
    fn last_job(rig: &Rig) -> Option<CloseStatus> {
        let jobs = rig.replies.try_iter().filter_map(|reply| match reply {
            Reply::Job(job) => Some(job.map(|job| *job)),
            _ => None,
        });
        jobs.last().flatten()
    }

    #[test]
    fn what_was_closed_is_started_again_once_and_has_then_not_come_back() {
        let mut rig = Rig::new();
        rig.close();
        rig.run(20);
        let offered = rig.thread.undo_file.entries();
        assert!(matches!(&offered[..], [entry] if matches!(entry.undo, Undo::Close { .. })), "{offered:?}");
        rig.thread.handle(Command::Start(Start::Again));
        let started = rig.done.borrow().started.clone();
        assert_eq!(started.len(), 1, "{started:?}");
        assert!(started[0].path.ends_with("burner") && started[0].args.is_empty());
        let job = last_job(&rig).expect("shown");
        assert_eq!(job.reopening.and_then(|reopening| reopening.result), Some(Ok(())));
        assert_eq!(rig.thread.undo_file.entries(), [], "it was started already");
        rig.pc.start(ProcKey { pid: 4_000_009, start_time: 900 }, "burner", 0.6);
        rig.run(20);
        assert_eq!(rig.verdicts(), ["worked"], "the user wanted it");
        assert_eq!(
            rig.recorded().last().map(|(kind, _, data)| (*kind, data["remedy"].clone())),
            Some((EventKind::Action, "again".into()))
        );
    }

    #[test]
    fn a_program_whose_file_has_gone_says_so_and_can_be_tried_again() {
        let mut rig = Rig::new();
        rig.done.borrow_mut().start_failure = Some(StartFailure::FileGone);
        rig.close();
        rig.run(20);
        rig.thread.handle(Command::Start(Start::Again));
        let job = last_job(&rig).expect("shown");
        assert_eq!(job.reopening.and_then(|reopening| reopening.result), Some(Err(StartFailure::FileGone)));
        rig.done.borrow_mut().start_failure = None;
        rig.thread.handle(Command::Start(Start::Again));
        rig.run(5);
        assert_eq!(rig.done.borrow().started.len(), 2);
    }

    #[test]
    fn a_program_that_is_still_open_is_started_only_when_it_has_ended() {
        let mut rig = Rig::new();
        rig.done.borrow_mut().is_stubborn = true;
        rig.close();
        rig.thread.handle(Command::Start(Start::Again));
        rig.run(20);
        assert!(rig.done.borrow().started.is_empty());
        rig.pc.end(BURNER.pid);
        rig.run(2);
        assert_eq!(rig.done.borrow().started.len(), 1);
        rig.run(20);
        assert_eq!(rig.done.borrow().started.len(), 1, "once");
    }

    #[test]
    fn what_is_open_and_what_seems_unsaved_is_known_for_the_restart() {
        let mut rig = Rig::new();
        let window = |seems_unsaved, pid| WindowOwner { pid, hung: false, seems_unsaved };
        rig.pc.start(ProcKey { pid: 4_000_030, start_time: 30 }, "firefox", 0.0);
        rig.done.borrow_mut().windows =
            vec![window(false, BURNER.pid), window(true, BURNER.pid), window(true, 4_000_030), window(true, 1)];
        rig.run(20);
        let facts = rig.replies.try_iter().filter_map(|reply| match reply {
            Reply::Restart(facts) => Some(*facts),
            _ => None,
        });
        let facts = facts.last().expect("facts");
        assert_eq!(facts.with_windows.known().map(Vec::len), Some(2), "{facts:?}");
        assert_eq!(facts.unsaved, ["burner"], "a browser puts its news in front of the title");
        assert_eq!(facts.starting.known().map(Vec::as_slice), Some(&["Chat".to_owned()][..]));
    }

    /// What the window shows of the restart.
    fn restart_phases(rig: &Rig) -> Vec<RestartPhase> {
        let phases = rig.replies.try_iter().filter_map(|reply| match reply {
            Reply::RestartJob(phase) => Some(phase),
            _ => None,
        });
        phases.flatten().collect()
    }

    fn begin_restart(rig: &mut Rig) {
        rig.thread.handle(Command::Restart { is_saved: true, lang: Lang::Ja });
    }

    /// Answers every question of the restart so far.
    fn answer_checks(rig: &Rig, answer: &Result<RestartCheck, RestartError>) {
        for to in rig.done.borrow_mut().checks.drain(..) {
            let _ = to.send(RestartAnswer::Checked(answer.clone()));
        }
    }

    fn note_of(rig: &Rig) -> Option<RestartNote> {
        RestartFile::at(rig.recording.with_file_name("restart.json")).read()
    }

    /// As far as the countdown.
    fn counting_down() -> Rig {
        let mut rig = Rig::new();
        begin_restart(&mut rig);
        assert_eq!(restart_phases(&rig), [RestartPhase::Checking]);
        answer_checks(&rig, &Ok(RestartCheck::default()));
        rig.run(1);
        rig
    }

    /// As far as the order.
    fn ordered() -> Rig {
        let mut rig = counting_down();
        rig.run(30);
        answer_checks(&rig, &Ok(RestartCheck::default()));
        rig.run(1);
        rig
    }

    #[test]
    fn a_restart_is_counted_down_noted_and_ordered_once() {
        let mut rig = counting_down();
        // Clicks on a button that was drawn before.
        begin_restart(&mut rig);
        begin_restart(&mut rig);
        rig.run(20);
        let left: Vec<u32> = restart_phases(&rig)
            .iter()
            .filter_map(|phase| match phase {
                RestartPhase::CountingDown { left } => Some(left.0.ceil() as u32),
                _ => None,
            })
            .collect();
        assert_eq!(left, (10..=30).rev().collect::<Vec<u32>>(), "each second once");
        assert_eq!((rig.done.borrow().restarts.len(), note_of(&rig)), (0, None));
        rig.run(15);
        assert_eq!(rig.done.borrow().checks.len(), 1, "asked again at the end");
        assert_eq!((rig.done.borrow().restarts.len(), note_of(&rig)), (0, None));
        answer_checks(&rig, &Ok(RestartCheck::default()));
        rig.run(2);
        assert_eq!((rig.done.borrow().restarts.len(), rig.done.borrow().starts_once), (1, 1));
        let note = note_of(&rig).expect("noted");
        assert_eq!((note.boot_id.as_deref(), note.lang.as_deref()), (Some("this start"), Some("ja")));
        assert!(note.cpu.is_some_and(|cpu| cpu.get() > 0.5), "{note:?}");
        assert_eq!(note.findings.len(), 1, "{:?}", note.findings);
        assert_eq!(restart_phases(&rig).pop(), Some(RestartPhase::Requested { asks_password: false }));
        let recorded = rig.recorded();
        assert!(recorded.iter().any(|(kind, _, data)| *kind == EventKind::Action && data["remedy"] == "restart"));
    }

    #[test]
    fn a_restart_that_is_cancelled_or_whose_window_ends_never_comes() {
        let mut rig = counting_down();
        rig.thread.handle(Command::CancelRestart);
        rig.run(60);
        assert_eq!(restart_phases(&rig).pop(), Some(RestartPhase::Ended(RestartEnd::Cancelled)));
        rig.thread.handle(Command::DismissRestart);
        assert!(rig.thread.restarting.is_none());
        assert_eq!((rig.done.borrow().restarts.len(), note_of(&rig)), (0, None));
        // A PC that slept, and an answer that comes when nobody waits any longer.
        let mut rig = counting_down();
        rig.pc.sleep(Duration::from_hours(8));
        rig.run(60);
        assert_eq!(restart_phases(&rig).pop(), Some(RestartPhase::Ended(RestartEnd::Interrupted)));
        let mut rig = Rig::new();
        begin_restart(&mut rig);
        rig.thread.handle(Command::CancelRestart);
        answer_checks(&rig, &Ok(RestartCheck::default()));
        rig.run(60);
        assert_eq!(rig.done.borrow().restarts.len(), 0);
        let Rig { thread, replies, done, .. } = counting_down();
        thread.closing.store(true, Ordering::Relaxed);
        let (_commands, inbox) = channel();
        thread.run(&inbox);
        drop(replies);
        assert_eq!(done.borrow().restarts.len(), 0);
    }

    #[test]
    fn without_the_restart_nothing_waits_for_one() {
        let answered = |answer: Result<(), RestartError>| {
            let mut rig = ordered();
            let to = rig.done.borrow_mut().restarts.pop().expect("ordered");
            to.send(RestartAnswer::Requested(answer)).expect("waited for");
            rig.run(1);
            rig
        };
        let rig = answered(Err(RestartError::OthersSignedIn));
        assert_eq!((note_of(&rig), rig.done.borrow().starts_once), (None, 0));
        assert_eq!(rig.verdicts(), ["refused"]);
        let rig = answered(Err(RestartError::Unconfirmed));
        assert!(note_of(&rig).is_some(), "it may still come");
        let mut rig = answered(Ok(()));
        assert!(note_of(&rig).is_some());
        rig.run(70);
        assert_eq!(restart_phases(&rig).pop(), Some(RestartPhase::Ended(RestartEnd::NotHappened)));
        rig.thread.handle(Command::DismissRestart);
        assert_eq!((note_of(&rig), rig.done.borrow().starts_once), (None, 0));
        // Where the agent starts with the PC, it opens the window.
        let mut rig = counting_down();
        rig.done.borrow_mut().autostart = AutostartState::OnForEveryone;
        rig.run(30);
        answer_checks(&rig, &Ok(RestartCheck::default()));
        rig.run(1);
        assert!(note_of(&rig).is_some() && rig.done.borrow().starts_once == 0);
    }

    #[test]
    fn who_stands_in_the_way_is_asked_about_and_a_refusal_told() {
        let mut rig = Rig::new();
        rig.done.borrow_mut().others = Reading::Known(true);
        begin_restart(&mut rig);
        answer_checks(&rig, &Ok(RestartCheck::default()));
        rig.run(60);
        assert_eq!(restart_phases(&rig).pop(), Some(RestartPhase::Confirm(vec![Blocker::OthersSignedIn])));
        rig.thread.handle(Command::ConfirmRestart);
        rig.run(20);
        assert!(matches!(restart_phases(&rig).pop(), Some(RestartPhase::CountingDown { .. })));
        rig.thread.handle(Command::CancelRestart);
        begin_restart(&mut rig);
        answer_checks(&rig, &Err(RestartError::NotAllowed));
        rig.run(1);
        let refused = RestartPhase::Ended(RestartEnd::Refused(RestartError::NotAllowed));
        assert_eq!(restart_phases(&rig).pop(), Some(refused));
        assert_eq!(rig.done.borrow().restarts.len(), 0);
    }

    /// The window that opens by itself after a restart.
    fn window_after(boot_id: &str, prepare: impl FnOnce(&Rig)) -> Rig {
        let mut rig = Rig::new();
        let finding = rig.thread.observation.as_ref().expect("a sample").findings[0].0.clone();
        let note = RestartNote {
            at: At(rig.pc.now().0 - 120_000),
            boot_id: Some(boot_id.to_owned()),
            findings: vec![finding],
            cpu: Some(crate::model::Fraction::new(0.93)),
            temperature: None,
            browsers: Vec::new(),
            lang: None,
        };
        RestartFile::at(rig.recording.with_file_name("restart.json")).write(&note).expect("written");
        rig.done.borrow_mut().signed_in = Reading::Known(At(rig.pc.now().0 - 20_000));
        rig.done.borrow_mut().starts_once = 1;
        prepare(&rig);
        assert!(rig.thread.begin());
        rig
    }

    fn afters(rig: &Rig) -> Vec<AfterRestart> {
        let facts = rig.replies.try_iter().filter_map(|reply| match reply {
            Reply::Restart(facts) => facts.after,
            _ => None,
        });
        facts.collect()
    }

    #[test]
    fn what_a_restart_has_changed_is_shown_once_and_recorded() {
        let mut rig = window_after("the start before", |rig| {
            rig.pc.end(BURNER.pid);
            // 8 s after the sign-in.
            rig.pc.start(ProcKey { pid: 4_000_031, start_time: 8 }, "firefox", 0.0);
        });
        assert_eq!((note_of(&rig), rig.done.borrow().starts_once), (None, 0), "shown once");
        rig.run(10);
        let first = afters(&rig).pop().expect("shown");
        assert!(matches!(first.verdict, AfterVerdict::Measuring { .. }), "{first:?}");
        assert!(matches!(&first.browser, BrowserReturn::CameBack(back) if back[0].after == Seconds(8.0)), "{first:?}");
        assert_eq!(rig.verdicts().len(), 0);
        rig.run(200);
        let last = afters(&rig).pop().expect("shown");
        assert_eq!((last.restarted, &last.verdict), (Restarted::Yes, &AfterVerdict::Fixed));
        assert!(last.load.is_some_and(|(before, after)| before.get() > 0.9 && after.get() < 0.1), "{last:?}");
        assert_eq!(rig.verdicts(), ["worked"]);
        rig.thread.handle(Command::DismissAfter);
        rig.run(20);
        assert_eq!((afters(&rig).len(), rig.verdicts().len()), (0, 1));
        // The load is there again.
        let mut rig = window_after("the start before", |_| {});
        rig.run(220);
        assert!(
            matches!(afters(&rig).pop().expect("shown").verdict, AfterVerdict::NotFixed(found) if found.len() == 1)
        );
        assert_eq!(rig.verdicts(), ["no_change"]);
    }

    #[test]
    fn a_shutdown_with_fast_start_up_is_no_restart() {
        let mut rig = window_after("this start", |_| {});
        rig.run(10);
        let after = afters(&rig).pop().expect("shown");
        assert_eq!((after.restarted, after.verdict), (Restarted::No, AfterVerdict::NotRestarted));
        assert_eq!(rig.verdicts(), ["not_restarted"]);
        // In the session of the request it is still to come.
        let mut rig = window_after("this start", |rig| rig.done.borrow_mut().signed_in = Reading::default());
        rig.run(10);
        assert!(afters(&rig).is_empty() && note_of(&rig).is_some());
        // A window that ends before the verdict says that there is none.
        let mut rig = window_after("the start before", |_| {});
        rig.run(10);
        rig.thread.record_after();
        assert_eq!(rig.verdicts(), ["cannot_tell"]);
    }
}
