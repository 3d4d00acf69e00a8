//! Joins worker, settings and shell; the only type that eframe calls.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use eframe::egui;

use super::intent::{Intent, Screen};
use super::shell::Shell;
use super::snapshot::{Erasing, Past, Recorded, Snapshot};
use super::theme::Theme;
use super::update_hold::UpdateHold;
use super::worker::{Command, Reply, Worker};
use crate::context::Context;
use crate::diagnose::{Finding, RuleId, Subject, incident_key};
use crate::explain::Lang;
use crate::ipc::{Answer, Request, WINDOW, WindowOptions, read_request, write};
use crate::model::{At, History, Machine, ProcKey, Refusal, Seconds};
use crate::monitor::{Observation, now};
use crate::platform::{self, Endpoint};
use crate::remedy::CloseStatus;
use crate::remedy::restart::{RestartFacts, Ticks, toggle};
use crate::settings::{Background, MyWork, Renderer, Settings, SettingsFile, ThemeChoice};

/// Time without a sample after which the worker counts as hung, in seconds.
const STALE_SECONDS: f64 = 15.0;

/// Delay of the repaint for an update. Without any delay egui draws a second frame, for what may still settle.
const SOON: Duration = Duration::from_millis(1);
/// Interval for re-checking updates deferred while the pointer is down.
const HELD: Duration = Duration::from_millis(100);

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
    view: Option<Observation>,
    refusals: HashMap<Arc<str>, Refusal>,
    /// Defers updates while the pointer is down.
    press: UpdateHold,
    /// Start of the window on the monotonic clock.
    begun: Instant,
    restart: RestartFacts,
    job: Option<CloseStatus>,
    past: Option<Past>,
    recorded: Recorded,
    background_error: Option<String>,
    erasing: Erasing,
    /// Finding to open once there are findings: `rule:group`.
    wanted: Option<String>,
    /// Requests from other processes of this user.
    asked: Receiver<Request>,
    /// Files whose signature was already requested.
    asked_signatures: HashSet<String>,
    _endpoint: Option<Endpoint>,
    clock: Box<dyn Fn() -> At>,
    opened: At,
}

/// Connections of the window; tests supply their own.
struct Joints {
    worker: Option<Worker>,
    asked: Receiver<Request>,
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
        let mine = file.load().my_work(now());
        let wake = move || wake.request_repaint_after(SOON);
        let (asks, asked) = channel();
        let joints = Joints {
            worker: Worker::start(Arc::clone(&context.knowledge), mine, wake).ok(),
            asked,
            endpoint: listen(ctx, asks),
            clock: Box::new(now),
        };
        Self::of(ctx, context, renderer, options, file, joints)
    }

    fn of(
        ctx: &egui::Context,
        context: &Context,
        renderer: Renderer,
        options: &WindowOptions,
        file: SettingsFile,
        joints: Joints,
    ) -> Self {
        let Joints { worker, asked, endpoint, clock } = joints;
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
            view: None,
            refusals: HashMap::new(),
            press: UpdateHold::default(),
            begun: Instant::now(),
            restart: RestartFacts::default(),
            job: None,
            past: None,
            recorded: Recorded::default(),
            background_error: None,
            erasing: Erasing::No,
            wanted: options.finding.clone(),
            asked,
            asked_signatures: HashSet::new(),
            _endpoint: endpoint,
            opened: clock(),
            clock,
        }
    }

    fn receive(&mut self, ctx: &egui::Context) {
        let pressed = ctx.input(|input| input.pointer.any_down() || input.pointer.any_released());
        if self.press.holds(pressed, self.begun.elapsed()) {
            // A pointer that stays still causes no further frame.
            ctx.request_repaint_after(HELD);
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
                Reply::Erased(Ok(())) => {
                    self.erasing = Erasing::Done;
                    self.past = None;
                    // Read again by the screen that shows it.
                    self.recorded = Recorded::default();
                }
                Reply::Erased(Err(reason)) => self.erasing = Erasing::Failed(reason),
                Reply::Observation { view, refusals } => {
                    self.history.push(Arc::clone(&view.sample));
                    self.view = Some(*view);
                    self.refusals = refusals;
                }
                Reply::Restart(facts) => self.restart = *facts,
                Reply::Job(job) => self.job = job.map(|job| *job),
            }
        }
    }

    /// Comes to the front when another process of this user asks for it.
    fn come(&mut self, ctx: &egui::Context) {
        let mut asked = false;
        while let Ok(request) = self.asked.try_recv() {
            asked = true;
            if let Request::Show { finding, settings } = request {
                self.wanted = finding.or(self.wanted.take());
                if settings {
                    self.shell.show(Screen::Settings);
                }
            }
        }
        if asked {
            ctx.send_viewport_cmd(egui::ViewportCommand::Minimized(false));
            ctx.send_viewport_cmd(egui::ViewportCommand::Visible(true));
            ctx.send_viewport_cmd(egui::ViewportCommand::Focus);
        }
        self.show_wanted();
    }

    /// Opens the requested finding; one that has ended is in the history.
    fn show_wanted(&mut self) {
        let Some(view) = &self.view else { return };
        // The first sample has no rates yet: a finding may come with the second.
        if view.findings.is_empty() {
            return;
        }
        let Some(wanted) = self.wanted.take() else { return };
        let found = wanted.split_once(':').and_then(|(rule, group)| {
            let rule: RuleId = serde_json::from_value(rule.into()).ok()?;
            let mut findings = view.findings.iter().map(|(finding, _)| finding);
            // Another rule may report the same incident by now.
            let same = findings.clone().find(|finding| finding.identity() == (rule, group));
            same.or_else(|| findings.find(|finding| finding.incident_key() == incident_key(rule, group)))
        });
        match found.map(Finding::identity) {
            Some((rule, group)) => self.shell.show_finding(rule, group),
            None => self.shell.show(Screen::History),
        }
    }

    fn obey(&mut self, intent: Intent, ctx: &egui::Context) {
        match intent {
            Intent::Show(screen) => self.shell.show(screen),
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
                self.save();
                self.send(Command::Background(on));
            }
            Intent::DismissCrash => self.context.crash = None,
            Intent::Erase => {
                self.erasing = Erasing::UnderWay;
                self.send(Command::Erase);
            }
            Intent::Close(subject) => self.send(Command::Close(subject)),
            Intent::Force => self.send(Command::Force),
            Intent::EndJob => self.send(Command::EndJob),
            Intent::AskSignature(path) => {
                if self.asked_signatures.insert(path.clone()) {
                    self.send(Command::AskSignature(path));
                }
                return;
            }
            Intent::CallMine(subject) => self.call_mine(&subject),
            Intent::NoLongerMine(path) => {
                self.settings.mine.retain(|work| work.path != path);
                self.mine_changed();
            }
            Intent::Tick(step) => {
                toggle(step, &self.restart, &mut self.settings.restart);
                self.save();
            }
            Intent::ResetTicks => {
                self.settings.restart = Ticks::default();
                self.save();
            }
        }
        ctx.request_repaint();
    }

    fn call_mine(&mut self, subject: &Subject) {
        let Some(path) = subject.path.clone() else { return };
        let days = self.context.knowledge.thresholds.mining.mine_days;
        let (time, name) = ((self.clock)(), subject.group.clone());
        let signer = self.view.as_ref().and_then(|view| view.signatures.get(&path)?.signer().map(str::to_owned));
        let work = MyWork { path, name, signer, until: time + Seconds::from_days(days) };
        self.settings.call_mine(work, time);
        self.mine_changed();
    }

    /// Saves the choice and sends it to this window's worker, which notifies the agent.
    fn mine_changed(&self) {
        self.save();
        self.send(Command::Mine(self.settings.my_work((self.clock)())));
    }

    /// Age of the newest sample if it is too old: the worker hangs or has ended.
    fn stale_seconds(&self, now: At) -> Option<f64> {
        let last = self.view.as_ref().map_or(self.opened, |view| view.sample.at);
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
fn listen(ctx: &egui::Context, asks: Sender<Request>) -> Option<Endpoint> {
    let wake = ctx.clone();
    Endpoint::listen(WINDOW, move |frame| {
        let shown = matches!(read_request(frame), Some(show @ Request::Show { .. }) if asks.send(show.clone()).is_ok());
        let answer = if shown { Answer::Done } else { Answer::Refused };
        wake.request_repaint();
        write(&answer)
    })
    .ok()
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
        self.come(ctx);
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        let time = (self.clock)();
        let zone = Context::zone();
        let started = |key: ProcKey| platform::started_at(key, &self.machine);
        let snapshot = Snapshot {
            texts: self.context.texts(self.lang),
            knowledge: &self.context.knowledge,
            zone: &zone,
            theme: &self.theme,
            mine: &self.settings.mine,
            theme_choice: self.settings.theme,
            background: self.settings.background,
            background_error: self.background_error.as_deref(),
            erasing: &self.erasing,
            past: self.past.as_ref(),
            recorded: &self.recorded,
            now: time,
            history: &self.history,
            sample: self.view.as_ref().map(|view| &view.sample),
            program_table: self.view.as_ref().map(|view| &view.program_table),
            signatures: self.view.as_ref().map(|view| &*view.signatures),
            findings: self.view.as_ref().map_or(&[], |view| &view.findings),
            refusals: &self.refusals,
            started: &started,
            job: self.job.as_ref(),
            restart: &self.restart,
            ticks: &self.settings.restart,
            own: self.view.as_ref().map(|view| view.own).unwrap_or_default(),
            crash: self.context.crash.as_ref(),
            stale_seconds: self.stale_seconds(time),
        };
        let intents = self.shell.ui(ui, &snapshot);
        for intent in intents {
            self.obey(intent, ui.ctx());
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
    use crate::model::{MyFiles, Sample, SelfUsage};

    /// The window without a display: the test sends its replies and receives its commands.
    struct Rig {
        app: MimamoriApp,
        ctx: egui::Context,
        now: Rc<Cell<At>>,
        commands: Receiver<Command>,
        replies: Option<Sender<Reply>>,
        asks: Sender<Request>,
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
            let (clock, (asks, asked)) = (Rc::clone(&now), channel());
            let joints = Joints { worker: Some(worker), asked, endpoint: None, clock: Box::new(move || clock.get()) };
            let ctx = egui::Context::default();
            let options = WindowOptions::default();
            let app = MimamoriApp::of(&ctx, &context, Renderer::Glow, &options, file.clone(), joints);
            Self { app, ctx, now, commands, replies: Some(replies), asks, file, _folder: folder }
        }

        /// One frame: advances the clock, then receives replies and requests.
        fn frame(&mut self, seconds: i64) {
            self.now.set(At(self.now.get().0 + seconds * 1000));
            self.app.receive(&self.ctx);
            self.app.come(&self.ctx);
        }

        fn reply(&self, reply: Reply) {
            self.replies.as_ref().expect("the thread lives").send(reply).expect("the window listens");
        }

        /// Delivers a sample after `seconds`.
        fn sample(&mut self, seconds: i64) {
            self.now.set(At(self.now.get().0 + seconds * 1000));
            let view = Observation {
                sample: Arc::new(Sample { at: self.now.get(), ..Sample::default() }),
                program_table: Arc::default(),
                findings: Vec::new(),
                own: SelfUsage::default(),
                signatures: Arc::default(),
            };
            self.reply(Reply::Observation { view: Box::new(view), refusals: HashMap::new() });
            self.frame(0);
        }

        fn stale(&self) -> Option<f64> {
            self.app.stale_seconds(self.now.get())
        }
    }

    #[test]
    fn a_thread_that_is_lost_is_said_after_a_while_and_not_while_it_lives() {
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
        rig.app.obey(Intent::Close(Subject::machine()), &rig.ctx.clone());
        drop(std::mem::replace(&mut rig.commands, channel().1));
        rig.app.obey(Intent::Force, &rig.ctx.clone());
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
        rig.app.obey(Intent::Close(subject.clone()), &ctx);
        rig.app.obey(Intent::Force, &ctx);
        rig.app.obey(Intent::EndJob, &ctx);
        let commands: Vec<Command> = rig.commands.try_iter().collect();
        assert_eq!(commands, [Command::Close(subject.clone()), Command::Force, Command::EndJob]);
        let phase = Err(crate::model::ActError::Gone);
        let job = CloseStatus { subject, phase, can_force: false };
        rig.reply(Reply::Job(Some(Box::new(job.clone()))));
        rig.frame(0);
        assert_eq!(rig.app.job, Some(job));
        rig.reply(Reply::Job(None));
        rig.frame(0);
        assert_eq!(rig.app.job, None);
    }

    #[test]
    fn choices_are_saved_before_the_agent_is_told() {
        let mut rig = Rig::new();
        let ctx = rig.ctx.clone();
        rig.app.obey(Intent::SetLang(Lang::Ja), &ctx);
        assert_eq!((rig.commands.try_recv(), rig.file.load().lang), (Ok(Command::SettingsChanged), Some(Lang::Ja)));
        rig.app.obey(Intent::SetBackground(false), &ctx);
        assert_eq!(
            (rig.commands.try_recv(), rig.file.load().background),
            (Ok(Command::Background(false)), Background::Off)
        );
        let subject = Subject { path: Some("/opt/sums".into()), ..Subject::machine() };
        rig.app.obey(Intent::CallMine(subject), &ctx);
        let mine = MyFiles::from([("/opt/sums".to_owned(), None)]);
        assert_eq!(
            (rig.commands.try_recv(), rig.file.load().my_work(rig.now.get())),
            (Ok(Command::Mine(mine.clone())), mine)
        );
        // It is trusted for some days only.
        let days = rig.app.context.knowledge.thresholds.mining.mine_days;
        assert!(rig.file.load().my_work(rig.now.get() + Seconds::from_days(days)).is_empty());
    }

    #[test]
    fn another_program_can_ask_for_a_finding_which_waits_for_the_first_findings() {
        let mut rig = Rig::new();
        let show = Request::Show { finding: Some("cpu_hog:burner".to_owned()), settings: false };
        rig.asks.send(show).expect("the window listens");
        rig.sample(2);
        assert_eq!(rig.app.wanted.as_deref(), Some("cpu_hog:burner"));
    }
}
