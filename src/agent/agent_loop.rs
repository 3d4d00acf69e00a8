//! One turn of the agent: sample, record, diagnose, notify.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use serde_json::json;

use super::budget::{Budget, BudgetCheck, next_wait};
use super::finding_tracker::FindingTracker;
use super::host::Host;
use super::icon_state::IconState;
use super::last_stop::{self, LastStop};
use super::loads::{is_calm, needs_full_sample};
use super::menu::{TrayState, Words, tray_view};
use super::notices::{NO_NOTIFICATIONS, Notices};
use super::notification_policy::{FindingKey, Notice, NotificationPolicy, finding_key};
use super::recording_writer::{RecordingNotice, RecordingUnavailable, RecordingWriter};
use super::session_events::{SessionEvents, SessionFacts, SteadyClock, clock_events};
use super::shared_writer::SharedWriter;
use super::{AgentEvent, Options};
use crate::console::Output;
use crate::context::Context;
use crate::diagnose::{Finding, RuleId, Severity, is_monitoring_tool};
use crate::exit::Exit;
use crate::explain::{Texts, event_text, system_reason};
use crate::ipc::{Status, WindowOptions, finding_id};
use crate::model::{
    At, Autostart, AutostartState, Condition, Event, EventKind, History, MyFiles, Reading, Sample, Seconds, Why,
};
use crate::monitor::{LEARN_EVERY, Monitor, Observation, PacedSample};
use crate::platform::{self, DesktopEvent, DesktopEvents, NoDesktop, StopCause, Tray, TrayView};
use crate::recorder::{Reader, Run};
use crate::remedy::restart::NoteState;
use crate::remedy::{FOLLOWED_FOR, FollowUps};
use crate::sampler::{Pace, SampleSource};
use crate::settings::{Background, SettingsFile};

/// Length of the history result in memory: as much as the rules need. Everything older is in the recording.
pub const KEEP: Seconds = Seconds(1800.0);
/// Turn length while paused; bounds how late the end of a pause is noticed.
const PAUSED_STEP: Duration = Duration::from_secs(30);
/// Number of turns with full samples after "check now".
const FULL_SAMPLES: u32 = 5;
/// Turn after which the memory that only the start needed is given back.
const STARTUP_TICKS: u64 = 4;

/// Dependencies of the loop; tests pass fakes.
pub(super) struct Parts {
    pub(super) host: Box<dyn Host>,
    pub(super) source: Box<dyn SampleSource>,
    pub(super) settings: SettingsFile,
    /// Path of the recording, or why there cannot be one.
    pub(super) recording: Result<PathBuf, RecordingUnavailable>,
}

/// State of the agent. All methods run on the agent thread.
pub(super) struct AgentLoop<'a> {
    context: &'a Context,
    texts: &'a Texts,
    host: Box<dyn Host>,
    settings: SettingsFile,
    recording: Option<PathBuf>,
    monitor: Monitor,
    pace: Pace,
    clock: SteadyClock,
    session_events: SessionEvents,
    finding_tracker: FindingTracker,
    follow_ups: FollowUps,
    notification_policy: NotificationPolicy,
    budget: Budget,
    recording_writer: SharedWriter,
    icon: IconState,
    autostart: Reading<AutostartState>,
    notices: Notices,
    last_stop: LastStop,
    findings: Vec<Finding>,
    sample: Option<Arc<Sample>>,
    background: Background,
    /// The condition whose autostart list was recorded last.
    autostarts: Option<Arc<Condition>>,
    paused_until: Option<At>,
    full_samples_due: u32,
    ticks: u64,
    /// A full sample was taken since memory was last given back (at `memory_returned_at`).
    memory_is_stale: bool,
    memory_returned_at: Instant,
    started: At,
    at: At,
    options: Options,
    wakes: Sender<AgentEvent>,
}

impl<'a> AgentLoop<'a> {
    pub(super) fn new(
        context: &'a Context,
        options: &Options,
        parts: Parts,
        wakes: Sender<AgentEvent>,
        output: &mut Output,
    ) -> Self {
        let Parts { host, source, settings: file, recording: path } = parts;
        let settings = file.load();
        let texts = context.texts(options.lang.or(settings.lang).unwrap_or(context.lang));
        let knowledge = Arc::clone(&context.knowledge);
        let monitor = Monitor::with_source(source, knowledge, |machine| History::short(machine, KEEP));
        let started = host.now();
        let run = Run {
            boot_id: monitor.machine().boot_id.known().cloned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            started,
        };
        let recording = path.as_ref().ok().cloned();
        let mut agent_loop = Self {
            pace: Pace::new(monitor.machine().cpus),
            clock: SteadyClock::new(started, monitor.clocks().get()),
            session_events: SessionEvents::default(),
            finding_tracker: FindingTracker::default(),
            follow_ups: FollowUps::default(),
            notification_policy: NotificationPolicy::default(),
            budget: Budget::default(),
            recording_writer: SharedWriter::new(RecordingWriter::open(path, run)),
            icon: IconState::new(Instant::now()),
            autostart: host.autostart_state(),
            notices: Notices::new(host.notifier(&texts.get("app-name"), desktop_events(&wakes))),
            last_stop: LastStop::default(),
            findings: Vec::new(),
            sample: None,
            background: settings.background,
            autostarts: None,
            paused_until: None,
            full_samples_due: 0,
            ticks: 0,
            memory_is_stale: false,
            memory_returned_at: Instant::now(),
            started,
            at: started,
            options: *options,
            host,
            settings: file,
            recording: recording.clone(),
            monitor,
            context,
            texts,
            wakes,
        };
        agent_loop.learn(settings.my_files(started));
        agent_loop.quiet_after_sign_in();
        agent_loop.restore(recording.as_deref());
        agent_loop.begin(recording.as_deref(), output);
        agent_loop
    }

    /// Records the autostart list when it changed, and re-learns at once which entries are new.
    fn note_autostarts(&mut self, condition: &Arc<Condition>) {
        if self.autostarts.as_ref().is_some_and(|noted| Arc::ptr_eq(noted, condition)) {
            return;
        }
        let identities = |condition: &Condition| {
            let list = condition.autostarts.known()?;
            Some(list.iter().map(Autostart::identity).collect::<BTreeSet<String>>())
        };
        let Some(listed) = identities(condition) else { return };
        let noted = self.autostarts.replace(Arc::clone(condition));
        if noted.and_then(|noted| identities(&noted)).as_ref() == Some(&listed) {
            return;
        }
        self.recording_writer.set_autostarts(listed.into_iter().collect());
        self.recording_writer.flush(self.at);
        self.learn_again();
    }

    /// Updates the monitor: which programs are the user's work (`my_files`), and what the recording knows as first seen
    /// recently.
    fn learn(&mut self, my_files: MyFiles) {
        self.monitor.learn(self.recording.as_deref(), self.at, my_files);
    }

    fn learn_again(&mut self) {
        self.learn(self.settings.load().my_files(self.at));
    }

    fn quiet_after_sign_in(&mut self) {
        // Fallback without a sign-in time: an agent started by the system (`quiet`) means the user has just signed in.
        let signed_in = self.host.signed_in_at().or(self.options.quiet.then_some(self.started));
        if let Some(signed_in) = signed_in {
            self.notification_policy.quiet_after_sign_in(signed_in, self.started);
        }
    }

    /// Restores from the recording which findings were notified within the last day, and which programs were closed in
    /// the last minutes of this boot.
    fn restore(&mut self, path: Option<&Path>) {
        let Some(Ok(Some(reader))) = path.map(Reader::open) else { return };
        // Numbers of processes mean nothing in another boot, so the first run of this one is where they begin.
        let boot_id = self.monitor.machine().boot_id.known();
        let runs =
            reader.runs(self.started - FOLLOWED_FOR).unwrap_or_default().into_iter().map(|recorded| recorded.run);
        let of_boot = runs.filter(|run| run.boot_id.is_some() && run.boot_id.as_ref() == boot_id);
        if let Some(first) = of_boot.map(|run| run.started).min() {
            let mut events = reader.events(first.max(self.started - FOLLOWED_FOR), self.started).unwrap_or_default();
            events.sort_by_key(|event| event.at);
            for event in events {
                self.follow_ups.note(&event);
            }
        }
        let day = self.started - Seconds::from_days(1.0);
        for event in reader.events(day, self.started).unwrap_or_default() {
            let rule = serde_json::from_value::<RuleId>(event.data["rule"].clone());
            if let (EventKind::Notified, Ok(rule)) = (event.kind, rule) {
                self.notification_policy.restore(&(rule, event.subject), event.at);
            }
        }
    }

    fn begin(&mut self, path: Option<&Path>, output: &mut Output) {
        let boot = self.monitor.machine().boot_id.known();
        let before = self.recording_writer.previous().map(|previous| previous.boot_id);
        let restarted = before.is_some_and(|before| before.is_some() && before.as_ref() != boot);
        let data = json!({ "version": env!("CARGO_PKG_VERSION"), "restarted": restarted });
        self.recording_writer.note(&Event::new(self.started, EventKind::Started, "").with(data));
        let stop = self.wakes.clone();
        self.monitor.when_session_ends(move || {
            let _ = stop.send(AgentEvent::Stop);
        });
        self.host.start_tray(self.tray_view(), desktop_events(&self.wakes), self.wakes.clone());
        self.check_sudden_stop(path);
        self.report_notices();
        // Nobody reads the output of an agent started at sign-in, so problems in the knowledge files go into the
        // history.
        if let Some(first) = self.context.notes.first() {
            // The faulty line without its file: there is no room for both, and the line says more.
            let reason = first.text(&self.context.en);
            log::warn!("{reason}");
            if let Some(mut event) = self.notices.report_trouble(self.at, "trouble-knowledge", &reason) {
                event.data["note"] = json!(first.problem.as_ref().ok());
                event.data["more"] = json!(self.context.notes.len() - 1);
                self.recording_writer.note(&event);
            }
        }
        if let Some(crash) = &self.context.crash {
            self.trouble("trouble-crash", &crash.log.display().to_string());
        }
        if let Some(trouble) = self.recording_writer.trouble() {
            let reason = system_reason(trouble.reason(), self.texts);
            output.note(&self.texts.with_one(trouble.text(), "reason", reason));
        }
        self.open_after_restart();
    }

    /// Opens the window that shows what a restart has changed, if one was requested there. The window removes the note.
    pub(super) fn open_after_restart(&mut self) {
        let Some(note) = self.host.restart_note() else { return };
        let signed_in = Reading::from_option(self.host.signed_in_at(), Why::Unsupported);
        if note.state(self.started, &self.monitor.machine().boot_id, signed_in) == NoteState::Due {
            self.open(None, false);
        }
    }

    pub(super) fn tray_started(&mut self, tray: Result<Tray, NoDesktop>) {
        if let Ok(tray) = tray {
            self.icon.started(tray);
            self.update_tray();
        } else {
            Output::new().note(&self.texts.get("trouble-no-tray"));
            self.trouble("trouble-no-tray", "");
        }
    }

    /// Catches up on the previous run when the recording could not be opened at the start (held by a backup, disk full)
    /// and now is.
    fn catch_up(&mut self) {
        if self.recording_writer.previous().is_none() {
            return;
        }
        let path = self.recording_writer.path();
        self.restore(path.as_deref());
        self.learn_again();
        self.check_sudden_stop(path.as_deref());
    }

    fn check_sudden_stop(&mut self, path: Option<&Path>) {
        let Some(previous) = self.recording_writer.take_previous() else { return };
        let boot = self.monitor.machine().boot_id.known();
        if let Some((boot_id, last_seen)) = self.last_stop.check_previous(previous, path, boot) {
            self.host.ask_stop_cause(boot_id, last_seen, self.wakes.clone());
        }
    }

    /// Records the system's answer to why the PC went off.
    pub(super) fn cause_known(&mut self, cause: &Reading<StopCause>) {
        let Some(event) = self.last_stop.record_cause(cause) else { return };
        self.recording_writer.note(&event);
        self.recording_writer.flush(self.at);
        self.learn_again();
    }

    /// Notifies about the sudden stop as soon as the policy allows it.
    fn notify_sudden_stop(&mut self) {
        let notices = &mut self.notices;
        let due = self.last_stop.take_due(self.at, &mut self.notification_policy, || notices.is_presenting());
        let Some(stop) = due else { return };
        let text = event_text(&stop, &self.context.knowledge, self.texts, &Context::zone());
        let shown = self.notices.show(
            &finding_id(RuleId::SuddenStop.id(), ""),
            &last_stop::title(&stop, self.texts),
            &text,
            false,
        );
        self.note_failure(&shown);
    }

    /// Runs one turn. Returns the time until the next, or `None` when the agent stays over budget and has to end.
    pub(super) fn tick(&mut self) -> Option<Duration> {
        let moment = self.clock.step(self.host.now(), self.monitor.clocks().get());
        self.at = moment.at;
        if let Some(shift) = moment.shift {
            self.shift(shift);
        }
        self.notification_policy.quiet_after_resume(&moment);
        for event in clock_events(&moment) {
            self.recording_writer.note(&event);
        }
        if self.is_paused() {
            self.recording_writer.step(self.at, true);
            self.monitor.rest();
            // Redraws the end of the pause, a local time, in case the time zone has changed.
            self.update_tray();
            return Some(PAUSED_STEP);
        }
        if self.paused_until.take().is_some() {
            self.recording_writer.note(&Event::new(self.at, EventKind::Resumed, ""));
            self.monitor.restart_interval(self.at);
            self.update_tray();
            return Some(Duration::from_secs_f64(self.pace.step().0));
        }
        self.ticks += 1;
        if self.ticks.is_multiple_of(LEARN_EVERY) {
            self.learn_again();
        }
        let steady = &self.context.knowledge.thresholds.steady;
        let is_due = self.full_samples_due > 0 || self.follow_ups.is_due(self.at);
        let needs_full = is_due || needs_full_sample(&self.findings, self.sample.as_deref(), steady);
        self.full_samples_due = self.full_samples_due.saturating_sub(1);
        match self.monitor.sample_paced(self.at, &mut self.pace, needs_full) {
            PacedSample::Totals(sample) => self.note_totals(&sample),
            PacedSample::Everything(observation) => {
                self.note_everything(*observation);
                self.memory_is_stale = true;
            }
        }
        self.recording_writer.step(self.at, is_calm(&self.findings));
        self.catch_up();
        for event in self.recording_writer.take_recorded() {
            if event.is_close() {
                let is_seen = self.monitor.history_mut().note_closed(&event.subject, event.at);
                if !is_seen {
                    self.monitor.note_closed(&event.subject);
                }
            } else if event.is_start() {
                self.monitor.note_started(&event.subject);
            }
            self.follow_ups.note(&event);
        }
        self.report_notices();
        self.notify_sudden_stop();
        // A full sample allocates far more than the totals-only turns until the next one.
        let is_due = self.memory_returned_at.elapsed() >= platform::GIVE_BACK_EVERY;
        if self.ticks == STARTUP_TICKS || self.ticks > STARTUP_TICKS && self.memory_is_stale && is_due {
            self.host.give_back_memory();
            (self.memory_is_stale, self.memory_returned_at) = (false, Instant::now());
        }
        self.check_budget().then(|| Duration::from_secs_f64(self.pace.step().0))
    }

    fn shift(&mut self, milliseconds: i64) {
        self.monitor.history_mut().shift(milliseconds);
        self.notification_policy.shift(milliseconds);
        self.finding_tracker.shift(milliseconds);
        self.follow_ups.shift(milliseconds);
        self.recording_writer.shift(milliseconds, self.at);
        self.started.0 = self.started.0.saturating_add(milliseconds);
        if let Some(until) = &mut self.paused_until {
            until.0 = until.0.saturating_add(milliseconds);
        }
    }

    fn note_totals(&mut self, sample: &Sample) {
        self.recording_writer.add(sample);
        let facts = SessionFacts { idle: sample.user_idle.get(), ..SessionFacts::default() };
        for event in self.session_events.step(sample.at, &facts) {
            self.recording_writer.note(&event);
        }
    }

    fn note_everything(&mut self, observation: Observation) {
        self.recording_writer.add(&observation.sample);
        let group_of = |pid| {
            let mut programs = observation.program_table.programs.iter();
            programs.find(|program| program.members.iter().any(|member| member.key.pid == pid))
        };
        let foreground = observation.sample.foreground.get().and_then(|pid| Some((pid, &*group_of(pid)?.name)));
        let knowledge = &self.context.knowledge;
        let monitors = observation.program_table.facts.values().filter(|facts| is_monitoring_tool(facts, knowledge));
        let facts = SessionFacts {
            idle: observation.sample.user_idle.get(),
            foreground,
            monitors: Some(monitors.map(|facts| facts.file_name()).collect()),
        };
        for event in self.session_events.step(observation.sample.at, &facts) {
            self.recording_writer.note(&event);
        }
        self.note_autostarts(&observation.sample.condition);
        let verdicts = self.follow_ups.look(self.at, &observation.sample, &observation.program_table);
        for event in verdicts {
            self.recording_writer.note(&event);
        }
        self.findings = observation.findings.into_iter().map(|(finding, _)| finding).collect();
        self.sample = Some(observation.sample);
        for event in self.finding_tracker.step(self.at, &self.findings) {
            self.recording_writer.note(&event);
        }
        let all: Vec<&Finding> = self.findings.iter().collect();
        let notices = &mut self.notices;
        match self.notification_policy.step(self.at, &all, || notices.is_presenting()) {
            Some(Notice::Show(keys)) => self.notify(&keys),
            Some(Notice::Withdraw) => self.notices.withdraw(),
            None => {}
        }
        self.update_tray();
    }

    fn notify(&mut self, keys: &[FindingKey]) {
        let Some(worst) = self.findings.iter().find(|finding| keys.contains(&finding_key(finding))) else { return };
        let shown = self.notices.notify(worst, keys, &self.context.knowledge, self.texts);
        self.note_failure(&shown);
    }

    /// Records the findings of a notification once it was shown: the history lists what the user was told, and a
    /// notification that failed is shown after a restart.
    fn note_shown(&mut self, tag: &str) {
        let keys = self.notices.take_shown(tag);
        if keys.is_empty() {
            return;
        }
        for (rule, group) in keys {
            let data = json!({ "rule": rule.id() });
            self.recording_writer.note(&Event::new(self.at, EventKind::Notified, &group).with(data));
        }
        // Written at once: a restart must not repeat a notification because the process was killed.
        self.recording_writer.flush(self.at);
    }

    fn note_failure(&mut self, shown: &Result<(), NoDesktop>) {
        if shown.is_err() {
            self.trouble(NO_NOTIFICATIONS, "");
        }
    }

    /// Reports a fault of the agent itself once, in the log and in the history.
    fn trouble(&mut self, id: &'static str, reason: &str) {
        if let Some(event) = self.notices.report_trouble(self.at, id, reason) {
            log::warn!("{}", self.context.en.with_one(id, "reason", reason.to_owned()));
            self.recording_writer.note(&event);
        }
    }

    fn report_notices(&mut self) {
        if self.recording_writer.trouble().is_none() {
            self.notices.clear_troubles(&RecordingUnavailable::TEXTS);
        }
        for notice in self.recording_writer.take_notices() {
            match notice {
                RecordingNotice::InMemory(trouble) => self.trouble(trouble.text(), trouble.reason()),
                RecordingNotice::Quarantined => self.trouble("trouble-damaged", ""),
                // Findings and autostarts under way begin again in the new recording.
                RecordingNotice::Erased => {
                    self.finding_tracker = FindingTracker::default();
                    self.autostarts = None;
                }
            }
        }
    }

    /// Checks the agent's own cost; `false` when it has to end.
    fn check_budget(&mut self) -> bool {
        let awake = self.monitor.clocks().get().map_or(0.0, |clocks| clocks.awake.as_secs_f64());
        let cpu_time = self.host.own_cpu_time();
        let result = self.budget.check(awake, cpu_time, || self.host.own_memory(), &mut self.pace);
        if result == BudgetCheck::Slowed {
            self.recording_writer.note(&Event::new(self.at, EventKind::Slowed, ""));
        }
        result != BudgetCheck::GiveUp
    }

    /// Ends cleanly and starts the agent again after a delay.
    pub(super) fn give_up(self) -> Exit {
        let wait = next_wait(self.options.wait, self.at.since(self.started));
        self.end_with(json!({ "cause": "too_costly" }), None).start_again(wait);
        Exit::TryAgain
    }

    /// The writer, for whoever ends the program.
    pub(super) fn recording_writer(&self) -> SharedWriter {
        self.recording_writer.clone()
    }

    /// Writes everything, marks the run as clean and then signals `waiting`.
    pub(super) fn end(self, waiting: Option<Sender<()>>) {
        self.end_with(json!({}), waiting);
    }

    fn end_with(mut self, why: serde_json::Value, waiting: Option<Sender<()>>) -> Box<dyn Host> {
        self.notices.withdraw();
        self.end_tracked_findings();
        self.recording_writer.note(&Event::new(self.at, EventKind::Stopped, "").with(why));
        self.recording_writer.end(self.at);
        // Must precede dropping the tray: the system ends the session only after this signal, and the one waiting is
        // the thread of the tray's window, for which the drop waits.
        let _ = waiting.map(|waiting| waiting.send(()));
        self.host
    }

    fn end_tracked_findings(&mut self) {
        for event in self.finding_tracker.end() {
            self.recording_writer.note(&event);
        }
    }

    pub(super) fn open(&mut self, finding: Option<&str>, settings: bool) {
        // The window requests fresh figures itself when it starts.
        let options = WindowOptions { finding: finding.map(str::to_owned), settings, ..WindowOptions::default() };
        if let Err(error) = self.host.open_window(&options) {
            self.trouble("trouble-window", &error.to_string());
        }
    }

    /// Takes a full sample and flushes, so that a window reads current figures from the recording.
    pub(super) fn write_now(&mut self) {
        self.full_samples_due = self.full_samples_due.max(1);
        // Ignored: [`Budget::keep`] reports [`BudgetCheck::GiveUp`] again on the next regular turn.
        let _ = self.tick();
        self.recording_writer.flush(self.at);
    }

    /// Id of the worst finding, `None` when all is well.
    pub(super) fn worst(&self) -> Option<String> {
        let worst = self.findings.first().filter(|finding| finding.severity > Severity::Ok)?;
        Some(finding_id(worst.rule.id(), &worst.subject.group))
    }

    pub(super) const fn request_full_samples(&mut self) {
        self.full_samples_due = FULL_SAMPLES;
    }

    pub(super) fn is_paused(&self) -> bool {
        self.paused_until.is_some_and(|until| self.at < until)
    }

    /// Pauses monitoring for `minutes`; 0 resumes.
    pub(super) fn pause(&mut self, minutes: u32) {
        if minutes > 0 {
            if self.paused_until.is_none() {
                self.end_tracked_findings();
                self.recording_writer.note(&Event::new(self.at, EventKind::Paused, ""));
            }
            self.paused_until = Some(self.at + Seconds::from_minutes(minutes.into()));
            self.findings.clear();
            self.notices.withdraw();
        } else if self.paused_until.is_some() {
            self.paused_until = Some(self.at);
        }
        self.recording_writer.flush(self.at);
        self.update_tray();
    }

    pub(super) fn toggle_autostart(&mut self) {
        let on = !self.autostart.get().is_some_and(AutostartState::is_on);
        if let Err(reason) = self.host.set_autostart(on) {
            self.trouble("trouble-autostart", &reason);
        }
        self.autostart = self.host.autostart_state();
        self.update_tray();
    }

    /// Re-reads whether the agent starts with the PC, which the window, the system's settings or an administrator may have
    /// changed.
    pub(super) fn read_autostart(&mut self) {
        let state = self.host.autostart_state();
        if std::mem::replace(&mut self.autostart, state) != state {
            self.update_tray();
        }
    }

    /// Re-reads the settings, for example after a change of language; `false` when background monitoring was switched
    /// off.
    pub(super) fn read_settings(&mut self) -> bool {
        let settings = self.settings.load();
        self.texts = self.context.texts(self.options.lang.or(settings.lang).unwrap_or(self.context.lang));
        let ended = settings.background == Background::Off && self.background != Background::Off;
        self.background = settings.background;
        self.autostart = self.host.autostart_state();
        self.update_tray();
        self.learn(settings.my_files(self.at));
        !ended
    }

    pub(super) fn desktop_changed(&mut self, event: &DesktopEvent) {
        match event {
            DesktopEvent::TrayShown => {
                self.icon.set_shown(true);
                self.notices.clear_troubles(&["trouble-no-tray"]);
            }
            DesktopEvent::TrayHidden => {
                self.icon.set_shown(false);
                self.trouble("trouble-no-tray", "");
            }
            DesktopEvent::NotificationShown(tag) => {
                self.notices.clear_troubles(&[NO_NOTIFICATIONS]);
                self.note_shown(tag);
            }
            DesktopEvent::NotificationsFailed(reason) => self.trouble(NO_NOTIFICATIONS, reason),
            _ => {}
        }
    }

    pub(super) fn tray_view(&self) -> TrayView {
        let state = TrayState {
            findings: &self.findings,
            sample: self.sample.as_deref(),
            paused_until: self.paused_until.filter(|until| self.at < *until),
            autostart: self.autostart,
            is_recording: self.recording_writer.trouble().is_none(),
        };
        let context = self.context;
        tray_view(&state, Words { texts: self.texts, knowledge: &context.knowledge, zone: &Context::zone() })
    }

    fn update_tray(&mut self) {
        if self.icon.is_started() {
            self.icon.update(Instant::now(), self.tray_view());
        }
    }

    pub(super) fn status(&self) -> Status {
        Status {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            pid: std::process::id(),
            since: self.started,
            paused_until: self.paused_until.filter(|until| self.at < *until),
            samples: self.ticks,
            cpu: self.budget.cpu(),
            memory_bytes: self.host.own_memory().map(|bytes| bytes.0),
            recording_bytes: self.recording_writer.bytes(),
            trouble: self.recording_writer.trouble().map(|trouble| trouble.text().to_owned()),
            trouble_reason: self
                .recording_writer
                .trouble()
                .map(|trouble| trouble.reason().to_owned())
                .unwrap_or_default(),
            slowed: self.pace.is_slowed(),
            tray: self.icon.is_shown(),
        }
    }
}

/// Forwards desktop events to the agent thread.
fn desktop_events(wakes: &Sender<AgentEvent>) -> DesktopEvents {
    let wakes = wakes.clone();
    // The agent may have ended meanwhile.
    DesktopEvents::new(move |event| drop(wakes.send(AgentEvent::Desktop(event))))
}
