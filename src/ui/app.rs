//! Joins worker, settings and shell; the only type that eframe calls.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use eframe::egui;

use super::intent::{Intent, Screen};
use super::shell::Shell;
use super::snapshot::{Erasing, Past, Recorded, Snapshot, Startup};
use super::theme::Theme;
use super::update_hold::UpdateHold;
use super::worker::{Command, Reply, Worker};
use crate::checkup::{CheckId, CheckupRun, Inputs};
use crate::context::Context;
use crate::diagnose::{Finding, RuleId, Subject, incident_key};
use crate::exit::Exit;
use crate::explain::Lang;
use crate::ipc::{Answer, Request, WINDOW, WindowOptions, read_request, write};
use crate::model::{
    Antivirus, At, AutostartState, History, Machine, ProcKey, Reading, Refusal, Seconds, SystemFacts, Why,
};
use crate::monitor::{Observation, now};
use crate::platform::{self, Endpoint};
use crate::remedy::restart::{RestartFacts, RestartPhase, Step, Ticks, toggle};
use crate::remedy::{BackgroundStatus, CloseStatus, ScanStatus};
use crate::settings::{Background, MyWork, Renderer, Settings, SettingsFile, ThemeChoice};
use crate::signals;

/// Time without a sample after which the worker counts as hung, in seconds.
const STALE_SECONDS: f64 = 15.0;

/// Delay of the repaint for an update. Without any delay egui draws a second frame, for what may still settle.
const REPAINT_DELAY: Duration = Duration::from_millis(1);
/// Interval for re-checking updates deferred while the pointer is down.
const RECHECK_INTERVAL: Duration = Duration::from_millis(100);

/// The window.
pub struct MimamoriApp {
    shell: Shell,
    theme: Theme,
    context: Context,
    lang: Lang,
    file: SettingsFile,
    settings: Settings,
    /// `None` if the thread could not be started.
    worker: Option<Worker>,
    machine: Machine,
    history: History,
    observation: Option<Observation>,
    refusals: HashMap<Arc<str>, Refusal>,
    /// Defers updates while the pointer is down.
    update_hold: UpdateHold,
    /// Start of the window on the monotonic clock.
    started_at: Instant,
    restart: RestartFacts,
    restart_phase: Option<RestartPhase>,
    job: Option<CloseStatus>,
    in_background: Vec<BackgroundStatus>,
    antivirus: Option<Antivirus>,
    startup: Option<Startup>,
    scan: Option<ScanStatus>,
    checkup: CheckupRun,
    /// Facts for the check-up, once read for this run.
    facts: Option<SystemFacts>,
    /// The name this user signs in with, as their home folder is called.
    user: Option<String>,
    past: Option<Past>,
    recorded: Recorded,
    background_error: Option<String>,
    autostart: Reading<AutostartState>,
    erasing: Erasing,
    /// Finding to open once there are findings: `rule:group`.
    pending_finding: Option<String>,
    /// Requests from other processes of this user.
    requests: Receiver<Request>,
    /// Files whose signature was already requested.
    requested_signatures: HashSet<String>,
    _endpoint: Option<Endpoint>,
    clock: Box<dyn Fn() -> At>,
    opened: At,
}

/// Connections of the window; tests supply their own.
struct Connections {
    worker: Option<Worker>,
    requests: Receiver<Request>,
    endpoint: Option<Endpoint>,
    clock: Box<dyn Fn() -> At>,
}

impl MimamoriApp {
    /// Called once drawing works, so that the renderer can be saved as the one that does.
    pub fn new(
        creation: &eframe::CreationContext<'_>,
        context: &Context,
        renderer: Renderer,
        options: &WindowOptions,
        file: SettingsFile,
    ) -> Self {
        let (ctx, wake) = (&creation.egui_ctx, creation.egui_ctx.clone());
        let my_files = file.load().my_files(now());
        let wake = move || wake.request_repaint_after(REPAINT_DELAY);
        let (request_sender, requests) = channel();
        let connections = Connections {
            worker: Worker::start(Arc::clone(&context.knowledge), my_files, wake).ok(),
            requests,
            endpoint: listen(ctx, request_sender),
            clock: Box::new(now),
        };
        let (window, thread) = (ctx.clone(), connections.worker.as_ref().map(Worker::closing));
        let close = move || {
            if let Some(thread) = &thread {
                thread.store(true, Ordering::Relaxed);
            }
            window.send_viewport_cmd(egui::ViewportCommand::Close);
            window.request_repaint();
        };
        // Without a handler the system ends the window at once, and the next one puts back what was lowered.
        let _ = signals::on_stop(close, || Exit::Interrupted);
        Self::with_connections(ctx, context, renderer, options, file, connections)
    }

    fn with_connections(
        ctx: &egui::Context,
        context: &Context,
        renderer: Renderer,
        options: &WindowOptions,
        file: SettingsFile,
        connections: Connections,
    ) -> Self {
        let Connections { worker, requests, endpoint, clock } = connections;
        let mut settings = file.load();
        // A test parses the file, so this cannot fail.
        let theme = match Theme::builtin() {
            Ok(theme) => theme,
            Err(error) => unreachable!("assets/theme.toml: {error}"),
        };
        super::install_fonts(ctx);
        super::install_theme(ctx, &theme);
        apply_theme(ctx, settings.theme);
        if settings.renderer != Some(renderer) {
            settings.renderer = Some(renderer);
            if let Err(error) = file.save(&settings) {
                log::warn!("the settings cannot be saved: {error}");
            }
        }
        let mut shell = Shell::default();
        if options.settings {
            shell.show(Screen::Settings);
        }
        Self {
            shell,
            theme,
            context: context.clone(),
            lang: options.lang.or(settings.lang).unwrap_or(context.lang),
            file,
            settings,
            worker,
            machine: Machine::default(),
            history: History::default(),
            observation: None,
            refusals: HashMap::new(),
            update_hold: UpdateHold::default(),
            started_at: Instant::now(),
            restart: RestartFacts::default(),
            restart_phase: None,
            job: None,
            in_background: Vec::new(),
            antivirus: None,
            startup: None,
            scan: None,
            checkup: CheckupRun::default(),
            facts: None,
            user: user_name(),
            past: None,
            recorded: Recorded::default(),
            background_error: None,
            autostart: Reading::Missing(Why::NotYet),
            erasing: Erasing::No,
            pending_finding: options.finding.clone(),
            requests,
            requested_signatures: HashSet::new(),
            _endpoint: endpoint,
            opened: clock(),
            clock,
        }
    }

    fn receive(&mut self, ctx: &egui::Context) {
        let pressed = ctx.input(|input| input.pointer.any_down() || input.pointer.any_released());
        if self.update_hold.is_held(pressed, self.started_at.elapsed()) {
            // A pointer that stays still causes no further frame.
            ctx.request_repaint_after(RECHECK_INTERVAL);
            return;
        }
        let Some(worker) = &self.worker else { return };
        while let Ok(reply) = worker.replies.try_recv() {
            match reply {
                Reply::Machine(machine) => {
                    self.history = History::new((*machine).clone());
                    self.machine = *machine;
                }
                Reply::Recent(samples) => {
                    for sample in samples {
                        self.history.push(sample);
                    }
                }
                Reply::Past(past) => self.past = Some(*past),
                Reply::Recorded(recorded) => self.recorded = *recorded,
                Reply::Background(error) => self.background_error = error,
                Reply::Autostart(state) => self.autostart = state,
                Reply::Erased(Ok(())) => {
                    self.erasing = Erasing::Done;
                    self.past = None;
                    // Read again by the screen that shows it.
                    self.recorded = Recorded::default();
                }
                Reply::Erased(Err(reason)) => self.erasing = Erasing::Failed(reason),
                Reply::Observation { observation, refusals } => {
                    self.history.push(Arc::clone(&observation.sample));
                    let inputs = Inputs {
                        history: &self.history,
                        programs: &observation.program_table.programs,
                        findings: &observation.findings,
                        // Those that were read, if they were.
                        facts: &SystemFacts::default(),
                        knowledge: &self.context.knowledge,
                        started: &|key| platform::started_at(key, &self.machine),
                    };
                    self.checkup.step((self.clock)(), self.facts.as_ref(), &inputs);
                    self.observation = Some(*observation);
                    self.refusals = refusals;
                }
                Reply::Facts(facts) => self.facts = Some(*facts),
                Reply::Restart(facts) => {
                    // The window opened by itself after a restart, to show this.
                    if facts.after.is_some() && self.restart.after.is_none() {
                        self.shell.show(Screen::Restart);
                    }
                    self.restart = *facts;
                }
                Reply::RestartJob(phase) => self.restart_phase = phase,
                Reply::Job(job) => self.job = job.map(|job| *job),
                Reply::InBackground(all) => self.in_background = all,
                Reply::Startup(startup) => self.startup = Some(*startup),
                Reply::Antivirus(antivirus) => self.antivirus = antivirus,
                Reply::Scan(scan) => self.scan = scan.map(|scan| *scan),
            }
        }
    }

    /// Comes to the front when another process of this user asks for it.
    fn handle_requests(&mut self, ctx: &egui::Context) {
        let mut is_requested = false;
        while let Ok(request) = self.requests.try_recv() {
            is_requested = true;
            if let Request::Show { finding, settings } = request {
                self.pending_finding = finding.or(self.pending_finding.take());
                if settings {
                    self.shell.show(Screen::Settings);
                }
            }
        }
        if is_requested {
            ctx.send_viewport_cmd(egui::ViewportCommand::Minimized(false));
            ctx.send_viewport_cmd(egui::ViewportCommand::Visible(true));
            ctx.send_viewport_cmd(egui::ViewportCommand::Focus);
        }
        self.show_pending_finding();
    }

    /// Opens the requested finding; one that has ended is in the history.
    fn show_pending_finding(&mut self) {
        let Some(observation) = &self.observation else { return };
        // The first sample has no rates yet: a finding may come with the second.
        if observation.findings.is_empty() {
            return;
        }
        let Some(requested) = self.pending_finding.take() else { return };
        let found = requested.split_once(':').and_then(|(rule, group)| {
            let rule: RuleId = serde_json::from_value(rule.into()).ok()?;
            let mut findings = observation.findings.iter().map(|(finding, _)| finding);
            // Another rule may report the same incident by now.
            let same = findings.clone().find(|finding| finding.identity() == (rule, group));
            same.or_else(|| findings.find(|finding| finding.incident_key() == incident_key(rule, group)))
        });
        match found.map(Finding::identity) {
            Some((rule, group)) => self.shell.show_finding(rule, group),
            None => self.shell.show(Screen::History),
        }
    }

    fn handle_intent(&mut self, intent: Intent, ctx: &egui::Context) {
        match intent {
            Intent::Show(screen) => self.shell.show(screen),
            Intent::ShowFinding(rule, group) => self.shell.show_finding(rule, &group),
            Intent::RunCheckup(which) => {
                self.checkup.start(which, (self.clock)());
                if which.is_none_or(CheckId::needs_facts) {
                    self.facts = None;
                    self.send(Command::ReadFacts);
                }
            }
            Intent::CancelCheckup => self.checkup.cancel(),
            Intent::SetLang(lang) => {
                self.lang = lang;
                self.settings.lang = Some(lang);
                ctx.send_viewport_cmd(egui::ViewportCommand::Title(self.context.texts(lang).get("app-name")));
                self.save();
                self.send(Command::SettingsChanged);
            }
            Intent::SetTheme(theme) => {
                self.settings.theme = theme;
                apply_theme(ctx, theme);
                self.save();
            }
            Intent::LoadPast(period) => self.send(Command::LoadPast(period)),
            Intent::LoadEvents(range) => self.send(Command::LoadEvents(range)),
            Intent::ShowMoment(at) => self.shell.show_moment(at, (self.clock)()),
            Intent::SetBackground(on) => {
                self.settings.background = if on { Background::On } else { Background::Off };
                // Shown at once; the worker tells what came of it.
                self.autostart = Reading::Known(if on { AutostartState::On } else { AutostartState::Off });
                self.save();
                self.send(Command::Background(on));
            }
            Intent::DismissCrash => self.context.crash = None,
            Intent::Erase => {
                self.erasing = Erasing::UnderWay;
                self.send(Command::Erase);
            }
            Intent::Copy(text) => ctx.copy_text(text),
            Intent::Close(subject) => self.send(Command::Close(subject)),
            Intent::Force => self.send(Command::Force),
            Intent::LoadStartup => self.send(Command::LoadStartup),
            Intent::SwitchStartup { entry, on } => self.send(Command::SwitchStartup { entry, on }),
            Intent::Scan(subject) => self.send(Command::Scan(subject)),
            Intent::EndScan => self.send(Command::EndScan),
            Intent::Start(start) => self.send(Command::Start(start)),
            Intent::BackToNormal(group) => self.send(Command::BackToNormal(group)),
            Intent::DismissJob => self.send(Command::DismissJob),
            Intent::RunInBackground { subject, accept_lasting } => {
                self.send(Command::RunInBackground { subject, accept_lasting });
            }
            Intent::EndBackground(group) => self.send(Command::EndBackground(group)),
            Intent::DismissBackground(group) => self.send(Command::DismissBackground(group)),
            Intent::RequestSignature(path) => {
                if self.requested_signatures.insert(path.clone()) {
                    self.send(Command::RequestSignature(path));
                }
                return;
            }
            Intent::MarkMyWork(subject) => self.mark_my_work(&subject),
            Intent::UnmarkMyWork(path) => {
                self.settings.my_work.retain(|work| work.path != path);
                self.save_my_work();
            }
            Intent::Tick(step) => {
                toggle(step, &self.restart, &mut self.settings.restart);
                self.save();
            }
            Intent::ResetTicks => {
                self.settings.restart = Ticks::default();
                self.restart.after = None;
                self.save();
                self.send(Command::DismissAfter);
            }
            Intent::Restart => {
                let is_saved = self.settings.restart.done.contains(&Step::SaveWork);
                self.send(Command::Restart { is_saved, lang: self.lang });
            }
            Intent::ConfirmRestart => self.send(Command::ConfirmRestart),
            Intent::CancelRestart => self.send(Command::CancelRestart),
            Intent::DismissRestart => self.send(Command::DismissRestart),
        }
        ctx.request_repaint();
    }

    fn mark_my_work(&mut self, subject: &Subject) {
        let Some(path) = subject.path.clone() else { return };
        let days = self.context.knowledge.thresholds.mining.mine_days;
        let (time, name) = ((self.clock)(), subject.group.clone());
        let signer = self
            .observation
            .as_ref()
            .and_then(|observation| observation.signatures.get(&path)?.signer().map(str::to_owned));
        let work = MyWork { path, name, signer, until: time + Seconds::from_days(days) };
        self.settings.mark_my_work(work, time);
        self.save_my_work();
    }

    /// Saves the choice and sends it to this window's worker, which notifies the agent.
    fn save_my_work(&self) {
        self.save();
        self.send(Command::MyFiles(self.settings.my_files((self.clock)())));
    }

    /// Age of the newest sample if it is too old: the worker hangs or has ended.
    fn stale_seconds(&self, now: At) -> Option<f64> {
        let last = self.observation.as_ref().map_or(self.opened, |observation| observation.sample.at);
        Some(now.since(last).0).filter(|age| *age > STALE_SECONDS)
    }

    fn send(&self, command: Command) {
        if let Some(worker) = &self.worker {
            worker.send(command);
        }
    }

    /// A choice that cannot be saved holds for this session; there is nothing the user could do about it now.
    fn save(&self) {
        if let Err(error) = self.file.save(&self.settings) {
            log::warn!("the settings cannot be saved: {error}");
        }
    }
}

/// Lets other processes of this user bring the window to the front. Without the endpoint a second window opens.
fn listen(ctx: &egui::Context, sender: Sender<Request>) -> Option<Endpoint> {
    let wake = ctx.clone();
    Endpoint::listen(WINDOW, move |frame| {
        let shown =
            matches!(read_request(frame), Some(show @ Request::Show { .. }) if sender.send(show.clone()).is_ok());
        let answer = if shown { Answer::Done } else { Answer::Refused };
        wake.request_repaint();
        write(&answer)
    })
    .ok()
}

/// The last part of the home folder, which systems name after the user.
fn user_name() -> Option<String> {
    std::env::home_dir()?.file_name()?.to_str().map(str::to_owned)
}

fn apply_theme(ctx: &egui::Context, choice: ThemeChoice) {
    ctx.options_mut(|options| options.fallback_theme = egui::Theme::Light);
    ctx.set_theme(match choice {
        ThemeChoice::System => egui::ThemePreference::System,
        ThemeChoice::Light => egui::ThemePreference::Light,
        ThemeChoice::Dark => egui::ThemePreference::Dark,
    });
}

impl eframe::App for MimamoriApp {
    fn logic(&mut self, ctx: &egui::Context, _frame: &mut eframe::Frame) {
        self.receive(ctx);
        self.handle_requests(ctx);
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        let time = (self.clock)();
        self.checkup.expire(time);
        let zone = Context::zone();
        let started = |key: ProcKey| platform::started_at(key, &self.machine);
        let snapshot = Snapshot {
            texts: self.context.texts(self.lang),
            other_texts: self.context.texts(self.lang.other()),
            user: self.user.as_deref(),
            checkup: &self.checkup,
            knowledge: &self.context.knowledge,
            zone: &zone,
            theme: &self.theme,
            my_work: &self.settings.my_work,
            theme_choice: self.settings.theme,
            background: self.settings.background,
            autostart: self.autostart,
            background_error: self.background_error.as_deref(),
            erasing: &self.erasing,
            past: self.past.as_ref(),
            recorded: &self.recorded,
            now: time,
            history: &self.history,
            sample: self.observation.as_ref().map(|observation| &observation.sample),
            program_table: self.observation.as_ref().map(|observation| &observation.program_table),
            signatures: self.observation.as_ref().map(|observation| &*observation.signatures),
            findings: self.observation.as_ref().map_or(&[], |observation| &observation.findings),
            refusals: &self.refusals,
            started: &started,
            system: self.machine.os_name.known().map_or("", String::as_str),
            job: self.job.as_ref(),
            in_background: &self.in_background,
            antivirus: self.antivirus,
            startup: self.startup.as_ref(),
            scan: self.scan.as_ref(),
            restart: &self.restart,
            restart_phase: self.restart_phase.as_ref(),
            ticks: &self.settings.restart,
            own: self.observation.as_ref().map(|observation| observation.own).unwrap_or_default(),
            crash: self.context.crash.as_ref(),
            stale_seconds: self.stale_seconds(time),
        };
        let intents = self.shell.ui(ui, &snapshot);
        for intent in intents {
            self.handle_intent(intent, ui.ctx());
        }
        // Updates wake the window; this only makes it notice that they stopped.
        ui.ctx().request_repaint_after(Duration::from_secs_f64(STALE_SECONDS));
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::rc::Rc;

    use super::*;
    use crate::model::{MyFiles, ProcState, Sample, SelfUsage};
    use crate::remedy::Parts;

    /// The window without a display: the test sends its replies and receives its commands.
    struct Rig {
        app: MimamoriApp,
        ctx: egui::Context,
        now: Rc<Cell<At>>,
        commands: Receiver<Command>,
        replies: Option<Sender<Reply>>,
        request_sender: Sender<Request>,
        file: SettingsFile,
        _folder: tempfile::TempDir,
    }

    impl Rig {
        fn new() -> Self {
            let folder = tempfile::tempdir().expect("folder");
            let file = SettingsFile::at(folder.path().join("settings.json"));
            let context = Context { lang: Lang::En, ..Context::new().expect("tables") };
            let (worker, commands, replies) = Worker::unconnected();
            let now = Rc::new(Cell::new(At(1_000_000)));
            let (clock, (request_sender, requests)) = (Rc::clone(&now), channel());
            let connections =
                Connections { worker: Some(worker), requests, endpoint: None, clock: Box::new(move || clock.get()) };
            let ctx = egui::Context::default();
            let options = WindowOptions::default();
            let app =
                MimamoriApp::with_connections(&ctx, &context, Renderer::Glow, &options, file.clone(), connections);
            Self { app, ctx, now, commands, replies: Some(replies), request_sender, file, _folder: folder }
        }

        /// One frame: advances the clock, then receives replies and requests.
        fn frame(&mut self, seconds: i64) {
            self.now.set(At(self.now.get().0 + seconds * 1000));
            self.app.receive(&self.ctx);
            self.app.handle_requests(&self.ctx);
        }

        fn reply(&self, reply: Reply) {
            self.replies.as_ref().expect("the thread lives").send(reply).expect("the window listens");
        }

        /// Delivers a sample after `seconds`.
        fn sample(&mut self, seconds: i64) {
            self.now.set(At(self.now.get().0 + seconds * 1000));
            let observation = Observation {
                sample: Arc::new(Sample { at: self.now.get(), ..Sample::default() }),
                program_table: Arc::default(),
                findings: Vec::new(),
                own: SelfUsage::default(),
                signatures: Arc::default(),
            };
            self.reply(Reply::Observation { observation: Box::new(observation), refusals: HashMap::new() });
            self.frame(0);
        }

        fn stale(&self) -> Option<f64> {
            self.app.stale_seconds(self.now.get())
        }
    }

    #[test]
    fn a_lost_worker_is_reported_after_a_while_and_not_while_it_lives() {
        let mut rig = Rig::new();
        rig.reply(Reply::Machine(Box::default()));
        for _ in 0..60 {
            rig.sample(2);
            assert_eq!(rig.stale(), None);
        }
        assert_eq!(rig.app.history.samples().count(), 60);
        rig.replies = None;
        rig.frame(10);
        assert_eq!(rig.stale(), None);
        rig.frame(10);
        assert_eq!(rig.stale(), Some(20.0));
        // A click must not fail then.
        rig.app.handle_intent(Intent::Close(Subject::machine()), &rig.ctx.clone());
        drop(std::mem::replace(&mut rig.commands, channel().1));
        rig.app.handle_intent(Intent::Force, &rig.ctx.clone());
        // A window without a worker reports it, too.
        let mut rig = Rig::new();
        rig.app.worker = None;
        rig.frame(20);
        assert_eq!(rig.stale(), Some(20.0));
    }

    #[test]
    fn what_is_clicked_reaches_the_worker_and_its_answer_the_screen() {
        let mut rig = Rig::new();
        let ctx = rig.ctx.clone();
        let subject = Subject { group: "burner".to_owned(), ..Subject::machine() };
        rig.app.handle_intent(Intent::Close(subject.clone()), &ctx);
        rig.app.handle_intent(Intent::Force, &ctx);
        rig.app.handle_intent(Intent::DismissJob, &ctx);
        let commands: Vec<Command> = rig.commands.try_iter().collect();
        assert_eq!(commands, [Command::Close(subject.clone()), Command::Force, Command::DismissJob]);
        let phase = Err(crate::model::ActError::Gone);
        let job = CloseStatus {
            subject,
            phase,
            can_force: false,
            is_partial: false,
            state: ProcState::Unknown,
            launch: None,
            reopening: None,
            parts: Parts::default(),
        };
        rig.reply(Reply::Job(Some(Box::new(job.clone()))));
        rig.frame(0);
        assert_eq!(rig.app.job, Some(job));
        rig.reply(Reply::Job(None));
        rig.frame(0);
        assert_eq!(rig.app.job, None);
    }

    #[test]
    fn a_restart_is_asked_for_with_what_was_ticked_and_shown_until_it_is_dismissed() {
        let mut rig = Rig::new();
        let ctx = rig.ctx.clone();
        for (tick, is_saved) in [(None, false), (Some(Step::SaveWork), true)] {
            if let Some(step) = tick {
                rig.app.handle_intent(Intent::Tick(step), &ctx);
            }
            rig.app.handle_intent(Intent::Restart, &ctx);
            assert_eq!(rig.commands.try_recv(), Ok(Command::Restart { is_saved, lang: Lang::En }));
        }
        for (intent, command) in [
            (Intent::ConfirmRestart, Command::ConfirmRestart),
            (Intent::CancelRestart, Command::CancelRestart),
            (Intent::DismissRestart, Command::DismissRestart),
            (Intent::ResetTicks, Command::DismissAfter),
        ] {
            rig.app.handle_intent(intent, &ctx);
            assert_eq!(rig.commands.try_recv(), Ok(command));
        }
        rig.reply(Reply::RestartJob(Some(RestartPhase::Checking)));
        rig.frame(0);
        assert_eq!(rig.app.restart_phase, Some(RestartPhase::Checking));
        rig.reply(Reply::RestartJob(None));
        rig.frame(0);
        assert_eq!(rig.app.restart_phase, None);
    }

    #[test]
    fn choices_are_saved_before_the_agent_is_notified() {
        let mut rig = Rig::new();
        let ctx = rig.ctx.clone();
        rig.app.handle_intent(Intent::SetLang(Lang::Ja), &ctx);
        assert_eq!((rig.commands.try_recv(), rig.file.load().lang), (Ok(Command::SettingsChanged), Some(Lang::Ja)));
        rig.app.handle_intent(Intent::SetBackground(false), &ctx);
        assert_eq!(
            (rig.commands.try_recv(), rig.file.load().background),
            (Ok(Command::Background(false)), Background::Off)
        );
        let subject = Subject { path: Some("/opt/sums".into()), ..Subject::machine() };
        rig.app.handle_intent(Intent::MarkMyWork(subject), &ctx);
        let my_files = MyFiles::from([("/opt/sums".to_owned(), None)]);
        assert_eq!(
            (rig.commands.try_recv(), rig.file.load().my_files(rig.now.get())),
            (Ok(Command::MyFiles(my_files.clone())), my_files)
        );
        // It is trusted for some days only.
        let days = rig.app.context.knowledge.thresholds.mining.mine_days;
        assert!(rig.file.load().my_files(rig.now.get() + Seconds::from_days(days)).is_empty());
    }

    #[test]
    fn another_program_can_ask_for_a_finding_which_waits_for_the_first_findings() {
        let mut rig = Rig::new();
        let show = Request::Show { finding: Some("cpu_hog:burner".to_owned()), settings: false };
        rig.request_sender.send(show).expect("the window listens");
        rig.sample(2);
        assert_eq!(rig.app.pending_finding.as_deref(), Some("cpu_hog:burner"));
    }
}
