//! Joins worker, settings and shell; the only part that eframe calls.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use eframe::egui;
use jiff::tz::TimeZone;

use super::intent::{Intent, JobView};
use super::shell::Shell;
use super::snapshot::Snapshot;
use super::theme::Theme;
use super::worker::{Reply, Worker};
use crate::cli::{Context, Renderer};
use crate::explain::{Lang, Texts};
use crate::knowledge::Knowledge;
use crate::model::{At, History, Machine, ProcKey, Refusal};
use crate::platform;
use crate::remedy::restart::{RestartFacts, Ticks, toggle};
use crate::settings::{Settings, SettingsFile, ThemeChoice};
use crate::watch::{View, now};

/// Without a sample for so long the worker is believed to be stuck.
const STALE_SECONDS: f64 = 15.0;

/// News is drawn once: a wish without any delay makes egui draw two frames, one for what may still settle.
const SOON: Duration = Duration::from_millis(1);

/// The window.
pub struct MimamoriApp {
    shell: Shell,
    theme: Theme,
    ja: Arc<Texts>,
    en: Arc<Texts>,
    knowledge: Arc<Knowledge>,
    zone: TimeZone,
    lang: Lang,
    file: SettingsFile,
    settings: Settings,
    /// `None` when the system had no thread to give.
    worker: Option<Worker>,
    machine: Machine,
    history: History,
    view: Option<View>,
    refusals: HashMap<Arc<str>, Refusal>,
    restart: RestartFacts,
    job: Option<JobView>,
    opened: At,
}

impl MimamoriApp {
    /// Called once drawing works: what it worked with is remembered.
    pub fn new(
        creation: &eframe::CreationContext<'_>,
        context: &Context,
        renderer: Renderer,
        lang: Option<Lang>,
        file: SettingsFile,
    ) -> Self {
        let ctx = &creation.egui_ctx;
        let mut settings = file.load();
        // The file is checked by a test; without it egui's own colours would do.
        let theme = match Theme::builtin() {
            Ok(theme) => theme,
            Err(error) => unreachable!("assets/theme.toml: {error}"),
        };
        super::install_fonts(ctx);
        super::install_theme(ctx, &theme);
        apply_theme(ctx, settings.theme);
        if settings.renderer != Some(renderer) {
            settings.renderer = Some(renderer);
            let _ = file.save(&settings);
        }
        let wake = ctx.clone();
        let worker = Worker::start(Arc::clone(&context.knowledge), move || wake.request_repaint_after(SOON)).ok();
        Self {
            shell: Shell::default(),
            theme,
            ja: Arc::clone(&context.ja),
            en: Arc::clone(&context.en),
            knowledge: Arc::clone(&context.knowledge),
            zone: context.zone.clone(),
            lang: lang.or(settings.lang).unwrap_or(context.lang),
            file,
            settings,
            worker,
            machine: Machine::default(),
            history: History::default(),
            view: None,
            refusals: HashMap::new(),
            restart: RestartFacts::default(),
            job: None,
            opened: now(),
        }
    }

    fn receive(&mut self) {
        let Some(worker) = &self.worker else { return };
        while let Ok(reply) = worker.replies.try_recv() {
            match reply {
                Reply::Machine(machine) => {
                    self.history = History::new((*machine).clone());
                    self.machine = *machine;
                }
                Reply::View { view, refusals } => {
                    self.history.push(Arc::clone(&view.sample));
                    self.view = Some(*view);
                    self.refusals = refusals;
                }
                Reply::Restart(facts) => self.restart = *facts,
                Reply::Job(job) => self.job = job.map(|job| *job),
            }
        }
    }

    fn obey(&mut self, intent: Intent, ctx: &egui::Context) {
        match intent {
            Intent::Show(screen) => self.shell.show(screen),
            Intent::SetLang(lang) => {
                self.lang = lang;
                self.settings.lang = Some(lang);
                ctx.send_viewport_cmd(egui::ViewportCommand::Title(self.texts().get("app-name")));
                self.save();
            }
            Intent::SetTheme(theme) => {
                self.settings.theme = theme;
                apply_theme(ctx, theme);
                self.save();
            }
            Intent::Close(subject) => self.tell_worker(|worker| worker.close(subject)),
            Intent::Force => self.tell_worker(Worker::force),
            Intent::EndJob => self.tell_worker(Worker::end_job),
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

    fn texts(&self) -> &Texts {
        match self.lang {
            Lang::Ja => &self.ja,
            Lang::En => &self.en,
        }
    }

    fn tell_worker(&self, tell: impl FnOnce(&Worker)) {
        if let Some(worker) = &self.worker {
            tell(worker);
        }
    }

    /// A choice that cannot be kept holds for this session; there is nothing a person could do about it now.
    fn save(&self) {
        let _ = self.file.save(&self.settings);
    }
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
    fn logic(&mut self, _ctx: &egui::Context, _frame: &mut eframe::Frame) {
        self.receive();
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        let time = now();
        let last = self.view.as_ref().map_or(self.opened, |view| view.sample.at);
        let age = time.since(last).0;
        let started = |key: ProcKey| platform::started_at(key, &self.machine);
        let snapshot = Snapshot {
            texts: match self.lang {
                Lang::Ja => &self.ja,
                Lang::En => &self.en,
            },
            knowledge: &self.knowledge,
            zone: &self.zone,
            theme: &self.theme,
            theme_choice: self.settings.theme,
            now: time,
            history: &self.history,
            sample: self.view.as_ref().map(|view| &view.sample),
            folded: self.view.as_ref().map(|view| &view.folded),
            findings: self.view.as_ref().map_or(&[], |view| &view.findings),
            refusals: &self.refusals,
            started: &started,
            job: self.job.as_ref(),
            restart: &self.restart,
            ticks: &self.settings.restart,
            own: self.view.as_ref().map(|view| view.own).unwrap_or_default(),
            stale_seconds: (age > STALE_SECONDS).then_some(age),
        };
        let intents = self.shell.ui(ui, &snapshot);
        for intent in intents {
            self.obey(intent, ui.ctx());
        }
        // News wakes the window; this only lets it notice that news stopped coming.
        ui.ctx().request_repaint_after(Duration::from_secs_f64(STALE_SECONDS));
    }
}
