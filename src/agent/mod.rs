//! The background agent: samples, records, diagnoses, shows a tray icon and notifies. It has no window.
//!
//! One thread does all the work in turns of 2 s and sleeps in between; tray, endpoint and notifications only send it
//! events. `active_findings`, `notification_policy`, `budget`, `session_events`, `loads` and `menu` are pure.

mod active_findings;
mod agent_loop;
mod budget;
mod finding_tracker;
mod host;
mod icon_state;
mod last_stop;
mod loads;
mod menu;
mod notices;
mod notification_policy;
mod recording_writer;
mod session_events;
mod shared_writer;

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

pub use agent_loop::KEEP;
pub use loads::needs_full_sample;

use crate::console::Output;
use crate::context::Context;
use crate::diagnostic_log::Role;
use crate::exit::Exit;
use crate::explain::{Lang, system_reason};
use crate::ipc::{self, AGENT, ANSWER, Answer, Request, WindowOptions, read_request, write};
use crate::model::{DisplayName, Reading, Seconds};
use crate::platform::{self, DesktopEvent, Endpoint, Lock, NoDesktop, Tray, TrayAction};
use crate::sampler::Sampler;
use crate::settings::{SettingsFile, home_of_another_user, recording_path};
use crate::signals;
use agent_loop::{AgentLoop, Parts};
use host::System;
use recording_writer::RecordingUnavailable;
use shared_writer::SharedWriter;

/// Length of the pause that the tray menu offers.
const PAUSE_MINUTES: u32 = 60;

/// Start options of the agent.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Options {
    /// Started by the system at sign-in: does not open the window when an agent is already running.
    pub quiet: bool,
    /// Delay before the start, at most an hour: set when an agent that was over budget restarts itself.
    pub wait: Seconds,
    /// Language, overriding the settings.
    pub lang: Option<Lang>,
}

/// Everything that wakes the agent thread.
enum AgentEvent {
    Desktop(DesktopEvent),
    Request(Request, Sender<Vec<u8>>),
    StopCause(Reading<platform::StopCause>),
    /// Outcome of starting the tray, which runs on its own thread because a session bus may be slow to answer.
    Tray(Result<Tray, NoDesktop>),
    Stop,
}

/// Interval of looking whether the start with the PC was switched elsewhere. Not with each sample: it is read from the
/// registry or from files, and samples may be further apart.
const LOOK_AT_AUTOSTART: Duration = Duration::from_secs(10);

/// Runs the agent until it is asked to stop.
pub fn run(options: Options, context: &Context, output: &mut Output) -> Exit {
    if options.wait.0 > 0.0 {
        std::thread::sleep(Duration::from_secs_f64(options.wait.min(Seconds::from_hours(1.0)).0));
    }
    let file = SettingsFile::of_user();
    let texts = context.texts(options.lang.or(file.load().lang).unwrap_or(context.lang));
    if let Some(home) = home_of_another_user() {
        let home = DisplayName::new(&home.to_string_lossy()).as_str().to_owned();
        output.error(&texts.with_one("home-of-another-user", "path", home));
        return Exit::Unavailable;
    }
    let _lock = match Lock::take(AGENT) {
        Ok(Some(lock)) => lock,
        Ok(None) => {
            output.note(&texts.get("agent-running"));
            if !options.quiet {
                let _ = ipc::send_request(AGENT, &WindowOptions::default().show());
            }
            return Exit::Fine;
        }
        Err(error) => {
            output.error(&texts.with_one("agent-not-here", "reason", system_reason(&error.to_string(), texts)));
            return Exit::Unavailable;
        }
    };
    let (log, context) = context.start_log(Role::Agent);
    platform::raise_own_priority();
    let (wakes, inbox) = channel();
    let stop = wakes.clone();
    let recording_writer: Arc<OnceLock<SharedWriter>> = Arc::default();
    let (ends, ended) = (Arc::clone(&recording_writer), Arc::clone(&recording_writer));
    // Without the handler a signal kills the process before it marks the run as clean; the next start then reports
    // that.
    let end = move || {
        let _ = stop.send(AgentEvent::Stop);
        if let Some(Err(error)) = ends.get().map(SharedWriter::end_soon) {
            log::warn!("no thread to write the recording: {error}");
        }
    };
    let is_written = move || ended.get().is_some_and(SharedWriter::has_ended);
    let handler = signals::on_stop(end, move || if is_written() { Exit::Fine } else { Exit::Interrupted });
    if let Err(error) = handler {
        log::warn!("signals cannot be handled: {error}");
    }
    let _endpoint = listen(wakes.clone());
    let parts =
        Parts { host: Box::new(System), source: Box::new(Sampler::new()), settings: file, recording: recording() };
    let agent_loop = AgentLoop::new(&context, &options, parts, wakes, output);
    let _ = recording_writer.set(agent_loop.recording_writer());
    let exit = Agent { agent_loop, inbox }.run();
    log.end();
    exit
}

/// Listens on the local endpoint. Each request is answered by the agent thread, within [`ANSWER`].
fn listen(wakes: Sender<AgentEvent>) -> Option<Endpoint> {
    let refused = || write(&Answer::Refused);
    Endpoint::listen(AGENT, move |frame| {
        let Some(request) = read_request(frame) else { return refused() };
        let (answer, answers) = channel();
        if wakes.send(AgentEvent::Request(request, answer)).is_err() {
            return refused();
        }
        answers.recv_timeout(ANSWER).unwrap_or_else(|_| refused())
    })
    .inspect_err(|error| log::warn!("no local endpoint: {error}"))
    .ok()
}

/// Outcome of handling an event.
enum Flow {
    Continue,
    /// Stop, and signal the sender once everything is written.
    Stop(Option<Sender<()>>),
}

struct Agent<'a> {
    agent_loop: AgentLoop<'a>,
    inbox: Receiver<AgentEvent>,
}

impl Agent<'_> {
    fn run(mut self) -> Exit {
        let (mut due, mut look_due) = (Instant::now(), Instant::now() + LOOK_AT_AUTOSTART);
        loop {
            if Instant::now() >= due {
                let Some(pause) = self.agent_loop.tick() else { return self.agent_loop.give_up() };
                due = Instant::now() + pause;
            }
            if Instant::now() >= look_due {
                self.agent_loop.read_autostart();
                look_due = Instant::now() + LOOK_AT_AUTOSTART;
            }
            let flow = match self.inbox.recv_timeout(due.min(look_due).saturating_duration_since(Instant::now())) {
                Ok(event) => self.handle(event, &mut due),
                Err(RecvTimeoutError::Timeout) => Flow::Continue,
                Err(RecvTimeoutError::Disconnected) => Flow::Stop(None),
            };
            if let Flow::Stop(waiting) = flow {
                self.agent_loop.end(waiting);
                return Exit::Fine;
            }
        }
    }

    /// Handles an event; sets `due` to now when the next tick must not wait.
    fn handle(&mut self, event: AgentEvent, due: &mut Instant) -> Flow {
        match event {
            AgentEvent::Desktop(event) => return self.desktop(event, due),
            AgentEvent::Request(request, reply) => {
                let (answer, flow) = self.answer(&request, due);
                // The requester may have disconnected.
                let _ = reply.send(write(&answer));
                return flow;
            }
            AgentEvent::StopCause(cause) => self.agent_loop.cause_known(&cause),
            AgentEvent::Tray(tray) => self.agent_loop.tray_started(tray),
            AgentEvent::Stop => return Flow::Stop(None),
        }
        Flow::Continue
    }

    /// Carries out a tray action or handles another desktop event.
    fn desktop(&mut self, event: DesktopEvent, due: &mut Instant) -> Flow {
        match event {
            DesktopEvent::Tray(TrayAction::Quit) => return Flow::Stop(None),
            DesktopEvent::SessionEnding(done) => return Flow::Stop(Some(done)),
            DesktopEvent::Tray(TrayAction::Open) => self.agent_loop.open(None, false),
            DesktopEvent::Tray(TrayAction::ShowFinding) => {
                let worst = self.agent_loop.worst();
                self.agent_loop.open(worst.as_deref(), false);
            }
            DesktopEvent::Tray(TrayAction::Settings) => self.agent_loop.open(None, true),
            DesktopEvent::Tray(TrayAction::CheckNow) => {
                self.agent_loop.request_full_samples();
                *due = Instant::now();
                self.agent_loop.open(None, false);
            }
            DesktopEvent::Tray(TrayAction::Pause) => {
                let minutes = if self.agent_loop.is_paused() { 0 } else { PAUSE_MINUTES };
                self.agent_loop.pause(minutes);
                *due = Instant::now();
            }
            DesktopEvent::Tray(TrayAction::StartWithPc) => self.agent_loop.toggle_autostart(),
            DesktopEvent::NotificationClicked(finding) => self.agent_loop.open(Some(&finding), false),
            other => self.agent_loop.desktop_changed(&other),
        }
        Flow::Continue
    }

    fn answer(&mut self, request: &Request, due: &mut Instant) -> (Answer, Flow) {
        let answer = match request {
            Request::Show { finding, settings } => {
                self.agent_loop.open(finding.as_deref(), *settings);
                Answer::Done
            }
            Request::Status { fresh } => {
                if *fresh {
                    self.agent_loop.write_now();
                }
                Answer::Status(Box::new(self.agent_loop.status()))
            }
            Request::Pause { minutes } => {
                if *minutes > 0 || self.agent_loop.is_paused() {
                    *due = Instant::now();
                }
                self.agent_loop.pause(*minutes);
                Answer::Done
            }
            Request::SettingsChanged => {
                let flow = if self.agent_loop.read_settings() { Flow::Continue } else { Flow::Stop(None) };
                return (Answer::Done, flow);
            }
        };
        (answer, Flow::Continue)
    }
}

/// Path of the recording, or why there cannot be one.
fn recording() -> Result<PathBuf, RecordingUnavailable> {
    let path = recording_path().ok_or(RecordingUnavailable::NoFolder)?;
    let folder = path.parent().unwrap_or(&path);
    if platform::is_network_folder(folder) {
        return Err(RecordingUnavailable::Network);
    }
    // Only logged: the recorder reports the failure and retries.
    if let Err(error) = platform::make_private_folder(folder) {
        log::warn!("the folder of the recording cannot be made: {error}");
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::rc::Rc;

    use super::host::Host;
    use super::notices::Notify;
    use super::*;
    use crate::ipc::Status;
    use crate::model::{At, AutostartState, Bytes, Event, EventKind, ProcKey, Sample};
    use crate::platform::{DesktopEvents, MenuLine, StopCause, TrayAction, TrayView};
    use crate::recorder::{Inbox, Limits, Reader, Recorder, Run, Tier};
    use crate::remedy::restart::RestartNote;
    use crate::sampler::fake::FakePc;
    use crate::settings::{Background, Settings};

    /// Record of the agent's calls to its host.
    #[derive(Default)]
    struct HostCalls {
        /// Notifications by tag, with the title when shown and `None` when withdrawn.
        notices: Vec<(At, String, Option<String>)>,
        cause_requests: u32,
        is_presenting: bool,
        autostart: AutostartState,
        /// Receives what comes of each notification.
        events: Option<DesktopEvents>,
        /// Why notifications fail, if they do.
        notifications_fail: Option<String>,
        windows_opened: u32,
        restart_note: Option<RestartNote>,
    }

    #[derive(Clone)]
    struct FakeHost(FakePc, Rc<RefCell<HostCalls>>);

    impl Host for FakeHost {
        fn now(&self) -> At {
            self.0.now()
        }

        fn signed_in_at(&self) -> Option<At> {
            None
        }

        fn own_cpu_time(&self) -> Option<Duration> {
            Some(Duration::ZERO)
        }

        fn own_memory(&self) -> Option<Bytes> {
            None
        }

        fn give_back_memory(&self) {}

        fn notifier(&self, _app_name: &str, events: DesktopEvents) -> Box<dyn Notify> {
            self.1.borrow_mut().events = Some(events);
            Box::new(self.clone())
        }

        fn start_tray(&self, _view: TrayView, _events: DesktopEvents, _wakes: Sender<AgentEvent>) {}

        fn ask_stop_cause(&self, _boot_id: Option<String>, _last_seen: At, _wakes: Sender<AgentEvent>) {
            self.1.borrow_mut().cause_requests += 1;
        }

        fn autostart_state(&self) -> Reading<AutostartState> {
            Reading::Known(self.1.borrow().autostart)
        }

        fn set_autostart(&self, on: bool) -> Result<(), String> {
            self.1.borrow_mut().autostart = if on { AutostartState::On } else { AutostartState::Off };
            Ok(())
        }

        fn open_window(&self, _options: &WindowOptions) -> std::io::Result<()> {
            self.1.borrow_mut().windows_opened += 1;
            Ok(())
        }

        fn restart_note(&self) -> Option<RestartNote> {
            self.1.borrow().restart_note.clone()
        }

        fn start_again(&self, _wait: Seconds) {}
    }

    impl Notify for FakeHost {
        fn show(&mut self, tag: &str, title: &str, _body: &str, _urgent: bool) -> Result<(), NoDesktop> {
            let mut calls = self.1.borrow_mut();
            let result = match &calls.notifications_fail {
                Some(reason) => DesktopEvent::NotificationsFailed(reason.clone()),
                None => DesktopEvent::NotificationShown(tag.to_owned()),
            };
            calls.notices.push((self.0.now(), tag.to_owned(), Some(title.to_owned())));
            if let Some(events) = &calls.events {
                events.send(result);
            }
            Ok(())
        }

        fn withdraw(&mut self, tag: &str) {
            self.1.borrow_mut().notices.push((self.0.now(), tag.to_owned(), None));
        }

        fn is_presenting(&mut self) -> Reading<bool> {
            Reading::Known(self.1.borrow().is_presenting)
        }
    }

    /// An agent on a fake PC, with its own recording and settings.
    struct Rig<'a> {
        pc: FakePc,
        calls: Rc<RefCell<HostCalls>>,
        agent: Agent<'a>,
        file: SettingsFile,
        recording: PathBuf,
        _folder: tempfile::TempDir,
    }

    const BURNER: ProcKey = ProcKey { pid: 4_000_007, start_time: 7 };

    fn context() -> Context {
        Context { lang: Lang::En, ..Context::new().expect("tables") }
    }

    impl<'a> Rig<'a> {
        fn new(context: &'a Context) -> Self {
            Self::after(context, |_, _| {})
        }

        /// Like [`Self::new`], with `before` preparing the recording of an earlier run.
        fn after(context: &'a Context, before: impl FnOnce(&FakePc, &std::path::Path)) -> Self {
            let folder = tempfile::tempdir().expect("folder");
            let (pc, calls) = (FakePc::calm(), Rc::<RefCell<HostCalls>>::default());
            let file = SettingsFile::at(folder.path().join("settings.json"));
            file.save(&Settings { background: Background::On, ..Settings::default() }).expect("saved");
            let recording = folder.path().join("recording.db");
            before(&pc, &recording);
            let parts = Parts {
                host: Box::new(FakeHost(pc.clone(), Rc::clone(&calls))),
                source: pc.source(),
                settings: file.clone(),
                recording: Ok(recording.clone()),
            };
            let (wakes, inbox) = channel();
            let agent_loop = AgentLoop::new(context, &Options::default(), parts, wakes, &mut Output::new());
            let agent = Agent { agent_loop, inbox };
            Self { pc, calls, agent, file, recording, _folder: folder }
        }

        /// Ticks for `seconds` of fake time.
        fn run(&mut self, seconds: i64) {
            let end = self.pc.now().0 + seconds * 1000;
            while self.pc.now().0 < end {
                let pause = self.agent.agent_loop.tick().expect("it costs nothing");
                while let Ok(event) = self.agent.inbox.try_recv() {
                    self.agent.handle(event, &mut Instant::now());
                }
                self.pc.pass(pause);
            }
        }

        /// Sends a request as another process would; returns the answer and whether the agent keeps running.
        fn ask(&mut self, request: Request) -> (Answer, bool) {
            let (answer, answers) = channel();
            let flow = self.agent.handle(AgentEvent::Request(request, answer), &mut Instant::now());
            let answer = serde_json::from_slice(&answers.recv().expect("an answer")).expect("an answer");
            (answer, matches!(flow, Flow::Continue))
        }

        fn status(&mut self) -> Status {
            match self.ask(Request::Status { fresh: false }) {
                (Answer::Status(status), true) => *status,
                other => panic!("{other:?}"),
            }
        }

        fn reader(&mut self) -> Reader {
            // Resuming while not paused only flushes; pausing has flushed already.
            if !self.agent.agent_loop.is_paused() {
                assert_eq!(self.ask(Request::Pause { minutes: 0 }), (Answer::Done, true));
            }
            Reader::open(&self.recording).expect("readable").expect("a recording")
        }

        fn events(&mut self) -> Vec<Event> {
            self.reader().events(At(0), At(i64::MAX)).expect("events")
        }

        fn samples(&mut self) -> Vec<Sample> {
            self.reader().samples(Tier::Raw, At(0), At(i64::MAX)).expect("samples")
        }

        fn count(&mut self, kind: EventKind) -> usize {
            self.events().iter().filter(|event| event.kind == kind).count()
        }

        /// Times and titles of the notifications shown.
        fn shown(&self) -> Vec<(At, String)> {
            let calls = self.calls.borrow();
            calls.notices.iter().filter_map(|(at, _, title)| Some((*at, title.clone()?))).collect()
        }

        fn withdrawn(&self) -> usize {
            self.calls.borrow().notices.iter().filter(|(_, _, title)| title.is_none()).count()
        }

        /// Asserts that nothing was recorded between `from` and `to`: no sample inside, and none whose span reaches
        /// across.
        fn assert_gap(&mut self, from: At, to: At) {
            let samples = self.samples();
            assert!(samples.iter().any(|sample| sample.at <= from) && samples.iter().any(|sample| sample.at > to));
            for sample in &samples {
                let begin = sample.at - sample.span;
                assert!(
                    sample.at <= from || begin >= to,
                    "{:?} s up to {:?} in {from:?} to {to:?}",
                    sample.span,
                    sample.at
                );
            }
        }
    }

    #[test]
    fn a_load_is_notified_once_and_the_notification_goes_when_it_is_over() {
        let context = context();
        let mut rig = Rig::new(&context);
        rig.run(60);
        assert_eq!(rig.shown(), [], "calm");
        let calm = rig.pc.0.borrow().sampled.len();
        assert!(
            rig.pc.0.borrow().sampled.iter().filter(|(_, depth)| *depth == crate::sampler::Depth::Totals).count()
                > calm / 2
        );
        rig.pc.start(BURNER, "burner", 0.8);
        let begin = rig.pc.now();
        rig.run(900);
        let shown = rig.shown();
        assert_eq!(shown.len(), 1, "{shown:?}");
        assert!((56.0..80.0).contains(&shown[0].0.since(begin).0), "{shown:?}");
        assert_eq!(rig.agent.agent_loop.worst().as_deref(), Some("cpu_hog:burner"));
        assert_eq!((rig.withdrawn(), rig.count(EventKind::Notified)), (0, 1));
        rig.pc.end(BURNER.pid);
        rig.run(120);
        assert_eq!((rig.shown().len(), rig.withdrawn(), rig.agent.agent_loop.worst()), (1, 1, None));
        let kinds: Vec<EventKind> = rig.events().iter().map(|event| event.kind).collect();
        let expected = [EventKind::Started, EventKind::Finding, EventKind::Notified, EventKind::FindingEnded];
        assert_eq!(kinds, expected);
    }

    #[test]
    fn the_window_is_opened_after_a_restart_that_was_asked_for_there() {
        let context = context();
        let mut rig = Rig::new(&context);
        assert_eq!(rig.calls.borrow().windows_opened, 0, "nobody asked");
        for (boot_id, opened) in [("this start", 0), ("the start before", 1)] {
            let note = serde_json::json!({ "at": rig.pc.now(), "boot_id": boot_id });
            rig.calls.borrow_mut().restart_note = Some(serde_json::from_value(note).expect("a note"));
            rig.agent.agent_loop.open_after_restart();
            assert_eq!(rig.calls.borrow().windows_opened, opened, "{boot_id}");
        }
    }

    #[test]
    fn nothing_is_shown_during_a_presentation() {
        let context = context();
        let mut rig = Rig::new(&context);
        rig.calls.borrow_mut().is_presenting = true;
        rig.pc.start(BURNER, "burner", 0.8);
        rig.run(300);
        assert_eq!(rig.shown(), []);
        rig.calls.borrow_mut().is_presenting = false;
        rig.run(60);
        assert_eq!(rig.shown().len(), 1);
    }

    #[test]
    fn a_pause_samples_records_and_shows_nothing_until_it_is_over() {
        let context = context();
        let mut rig = Rig::new(&context);
        rig.pc.start(BURNER, "burner", 0.8);
        rig.run(120);
        let begin = rig.pc.now();
        assert_eq!(rig.ask(Request::Pause { minutes: 10 }), (Answer::Done, true));
        let (sampled, shown) = (rig.pc.0.borrow().sampled.len(), rig.shown().len());
        assert_eq!((shown, rig.withdrawn(), rig.count(EventKind::Paused)), (1, 1, 1));
        let until = rig.status().paused_until.expect("paused");
        assert!((until.since(begin).0 - 600.0).abs() < 3.0, "{until:?}");
        rig.run(560);
        assert_eq!(rig.pc.0.borrow().sampled.len(), sampled);
        assert_eq!((rig.shown().len(), rig.agent.agent_loop.worst()), (shown, None));
        rig.run(200);
        assert_eq!((rig.status().paused_until, rig.count(EventKind::Resumed)), (None, 1));
        assert!(rig.pc.0.borrow().sampled.len() > sampled + 10);
        rig.assert_gap(begin, At(begin.0 + 598_000));
        // Resuming by hand works as well.
        rig.ask(Request::Pause { minutes: 60 });
        rig.run(60);
        rig.ask(Request::Pause { minutes: 0 });
        rig.run(20);
        assert_eq!((rig.status().paused_until, rig.count(EventKind::Resumed)), (None, 2));
    }

    /// By the window, in the settings of the system, by an administrator: nobody tells the agent.
    #[test]
    fn the_menu_follows_whoever_switches_the_start_with_the_pc() {
        let context = context();
        let mut rig = Rig::new(&context);
        let line = |rig: &Rig<'_>| {
            let menu = rig.agent.agent_loop.tray_view().menu.into_iter();
            let mut lines = menu.filter_map(|line| match line {
                MenuLine::Item { action: TrayAction::StartWithPc, checked, enabled, .. } => Some((checked?, enabled)),
                _ => None,
            });
            lines.next().expect("the line")
        };
        assert_eq!(line(&rig), (false, true));
        for (state, expected) in [
            (AutostartState::On, (true, true)),
            (AutostartState::OnForEveryone, (true, false)),
            (AutostartState::Off, (false, true)),
        ] {
            rig.calls.borrow_mut().autostart = state;
            rig.agent.agent_loop.read_autostart();
            assert_eq!(line(&rig), expected);
        }
        rig.agent.agent_loop.toggle_autostart();
        assert_eq!((line(&rig), rig.calls.borrow().autostart), ((true, true), AutostartState::On));
        rig.agent.agent_loop.toggle_autostart();
        assert_eq!(rig.calls.borrow().autostart, AutostartState::Off);
    }

    /// Regression: History said that the user was told of a load when Windows had dropped the notification.
    #[test]
    fn a_notification_that_was_not_shown_is_not_in_the_history_and_is_shown_after_a_restart() {
        let context = context();
        let mut rig = Rig::new(&context);
        rig.calls.borrow_mut().notifications_fail = Some("switched off".to_owned());
        rig.pc.start(BURNER, "burner", 0.8);
        rig.run(300);
        assert_eq!((rig.shown().len(), rig.count(EventKind::Notified)), (1, 0), "asked for, and failed");
        assert_eq!(rig.count(EventKind::Trouble), 1);
        let recorded: Vec<Event> = rig.events();
        // The failure does not say which notification it belongs to, so this one can still be shown.
        let tag = rig.calls.borrow().notices.first().map(|(_, tag, _)| tag.clone()).expect("asked for");
        rig.agent.agent_loop.desktop_changed(&DesktopEvent::NotificationShown(tag));
        assert_eq!(rig.count(EventKind::Notified), 1);
        let mut again = Rig::after(&context, |pc, path| {
            let run = Run { boot_id: None, version: String::new(), started: At(pc.now().0 - 7_200_000) };
            let (mut recorder, _) = Recorder::open(path, &run, Limits::default()).expect("opened");
            for event in &recorded {
                recorder.note(event);
            }
            recorder.end(At(pc.now().0 - 60_000)).expect("ended");
        });
        again.pc.start(BURNER, "burner", 0.8);
        again.run(300);
        assert_eq!((again.shown().len(), again.count(EventKind::Notified)), (1, 1));
    }

    #[test]
    fn the_settings_are_read_when_they_were_changed_and_not_with_each_status() {
        let context = context();
        let mut rig = Rig::new(&context);
        rig.run(10);
        let save = |rig: &Rig<'_>, lang, background| {
            rig.file.save(&Settings { lang: Some(lang), background, ..Settings::default() }).expect("saved");
        };
        save(&rig, Lang::Ja, Background::Off);
        for fresh in [false, true] {
            let (answer, goes_on) = rig.ask(Request::Status { fresh });
            assert!(matches!(answer, Answer::Status(_)) && goes_on);
        }
        assert_eq!(rig.ask(Request::SettingsChanged), (Answer::Done, false), "no longer wanted");
        let mut rig = Rig::new(&context);
        save(&rig, Lang::Ja, Background::On);
        rig.status();
        rig.pc.start(BURNER, "burner", 0.8);
        rig.run(120);
        assert!(rig.shown()[0].1.is_ascii(), "{:?}", rig.shown());
        let mut rig = Rig::new(&context);
        save(&rig, Lang::Ja, Background::On);
        assert_eq!(rig.ask(Request::SettingsChanged), (Answer::Done, true));
        rig.pc.start(BURNER, "burner", 0.8);
        rig.run(120);
        assert!(!rig.shown()[0].1.is_ascii(), "{:?}", rig.shown());
    }

    #[test]
    fn sleep_is_a_gap_after_which_nothing_is_shown_for_two_minutes() {
        let context = context();
        let mut rig = Rig::new(&context);
        rig.run(60);
        let asleep = rig.pc.now();
        rig.pc.sleep(Duration::from_hours(8));
        rig.pc.start(BURNER, "burner", 0.8);
        let awake = rig.pc.now();
        rig.run(300);
        let shown = rig.shown();
        assert!(shown.len() == 1 && (118.0..130.0).contains(&shown[0].0.since(awake).0), "{awake:?} {shown:?}");
        let slept: Vec<Event> = rig.events().into_iter().filter(|event| event.kind == EventKind::Suspended).collect();
        assert_eq!((slept.len(), slept[0].data["seconds"].as_f64()), (1, Some(28_800.0)));
        rig.assert_gap(asleep, At(awake.0 - 2000));
    }

    #[test]
    fn a_clock_that_is_set_moves_the_pause_and_what_was_seen() {
        let context = context();
        let mut rig = Rig::new(&context);
        rig.pc.start(BURNER, "burner", 0.8);
        rig.run(40);
        rig.pc.0.borrow_mut().now.0 += 86_400_000;
        rig.run(10);
        // Without the shift, the load would count as a day old and be shown at once.
        assert_eq!((rig.shown(), rig.count(EventKind::ClockChanged)), (Vec::new(), 1));
        // Recorded rows move with the clock.
        let recorded = rig.pc.now().since(rig.samples()[0].at).0;
        assert!((40.0..60.0).contains(&recorded), "{recorded}");
        rig.run(60);
        assert_eq!(rig.shown().len(), 1);
        rig.ask(Request::Pause { minutes: 10 });
        rig.pc.0.borrow_mut().now.0 += 7_200_000;
        rig.run(60);
        let left = rig.status().paused_until.expect("still paused").since(rig.pc.now()).0;
        assert!((480.0..=540.0).contains(&left), "{left}");
    }

    #[test]
    fn a_sudden_stop_is_recorded_notified_once_and_known_to_the_rules() {
        let context = context();
        let mut rig = Rig::after(&context, |pc, path| {
            let started = At(pc.now().0 - 7_200_000);
            let run = Run { boot_id: Some("the start before".to_owned()), version: "0".to_owned(), started };
            let (mut recorder, _) = Recorder::open(path, &run, Limits::default()).expect("opened");
            recorder.flush(At(pc.now().0 - 3_700_000)).expect("written");
        });
        assert_eq!(rig.calls.borrow().cause_requests, 1);
        rig.run(20);
        assert_eq!((rig.shown(), rig.agent.agent_loop.worst()), (Vec::new(), None), "not known yet");
        for _ in 0..2 {
            let cause = AgentEvent::StopCause(Reading::Known(StopCause::PowerLost));
            assert!(matches!(rig.agent.handle(cause, &mut Instant::now()), Flow::Continue));
            rig.run(60);
            assert_eq!((rig.shown().len(), rig.count(EventKind::SuddenStop)), (1, 1));
        }
        assert_eq!(rig.agent.agent_loop.worst().as_deref(), Some("sudden_stop:"));
        // A run that ended in order is no sudden stop.
        let rig = Rig::after(&context, |pc, path| {
            let started = At(pc.now().0 - 7_200_000);
            let run = Run { boot_id: Some("the start before".to_owned()), version: "0".to_owned(), started };
            let (recorder, _) = Recorder::open(path, &run, Limits::default()).expect("opened");
            recorder.end(At(pc.now().0 - 3_700_000)).expect("ended");
        });
        assert_eq!(rig.calls.borrow().cause_requests, 0);
    }

    #[test]
    fn what_was_notified_before_a_restart_is_not_notified_again() {
        let context = context();
        let mut rig = Rig::after(&context, |pc, path| {
            let run = Run { boot_id: None, version: "0".to_owned(), started: At(pc.now().0 - 7_200_000) };
            let (mut recorder, _) = Recorder::open(path, &run, Limits::default()).expect("opened");
            let notified = Event::new(At(pc.now().0 - 3_600_000), EventKind::Notified, "burner");
            recorder.note(&notified.with(serde_json::json!({ "rule": "cpu_hog" })));
            recorder.end(At(pc.now().0 - 3_500_000)).expect("ended");
        });
        rig.pc.start(BURNER, "burner", 0.8);
        rig.run(300);
        assert_eq!((rig.shown(), rig.agent.agent_loop.worst().as_deref()), (Vec::new(), Some("cpu_hog:burner")));
    }

    /// The window that closes a program may end before it has a verdict.
    #[test]
    fn the_verdict_of_a_window_that_crashed_is_finished_and_looked_at_again_after_minutes() {
        let context = context();
        let mut rig = Rig::new(&context);
        rig.pc.start(BURNER, "burner", 0.8);
        rig.run(30);
        let asked = |at| {
            let closed = serde_json::json!({ "roots": [BURNER], "known": [BURNER], "cpu": 0.82, "used": 0.8 });
            Event::new(at, EventKind::Action, "burner").with(serde_json::json!({ "closed": closed }))
        };
        Inbox::beside(&rig.recording).put(&asked(rig.pc.now())).expect("put");
        rig.run(40);
        rig.pc.end(BURNER.pid);
        let verdicts = |rig: &mut Rig<'_>| -> Vec<String> {
            let events = rig.events().into_iter().filter(|event| event.kind == EventKind::Verdict);
            events.filter_map(|event| event.data["verdict"].as_str().map(str::to_owned)).collect()
        };
        rig.run(20);
        assert!(verdicts(&mut rig).is_empty());
        rig.run(90);
        assert_eq!(verdicts(&mut rig), ["worked"]);
        rig.run(300);
        assert_eq!(verdicts(&mut rig), ["worked", "stayed_away"]);
        rig.pc.start(ProcKey { pid: 4_000_099, start_time: 9000 }, "burner", 0.8);
        rig.run(1700);
        assert_eq!(verdicts(&mut rig), ["worked", "stayed_away", "came_back"]);

        // The same in the middle: the agent was started again, once in the same boot and once after a restart of the PC.
        for (boot, expected) in [("this start", vec!["stayed_away"]), ("another", vec![])] {
            let mut rig = Rig::after(&context, |pc, path| {
                let ago = |seconds: i64| At(pc.now().0 - seconds * 1000);
                let run = Run { boot_id: Some(boot.to_owned()), version: "0".to_owned(), started: ago(7200) };
                let (mut recorder, _) = Recorder::open(path, &run, Limits::default()).expect("opened");
                recorder.note(&asked(ago(200)));
                let worked = Event::new(ago(190), EventKind::Verdict, "burner");
                recorder.note(&worked.with(serde_json::json!({ "verdict": "worked", "before": 0.8, "after": 0.1 })));
                recorder.end(ago(60)).expect("ended");
            });
            rig.run(180);
            let last = verdicts(&mut rig).into_iter().filter(|verdict| verdict != "worked").collect::<Vec<_>>();
            assert_eq!(last, expected, "{boot}");
        }
    }

    /// Regression: on a PC that gave it no processor the turn outlasted the patience of the signal handler, and the rows
    /// of up to three minutes were lost with the mark of a clean end.
    #[test]
    fn an_agent_in_the_middle_of_a_turn_loses_no_row_at_a_signal() {
        let context = context();
        let mut rig = Rig::new(&context);
        rig.run(3);
        // Not written since the start.
        let reader = || Reader::open(&rig.recording).expect("readable").expect("a recording");
        assert_eq!(reader().samples(Tier::Raw, At(0), At(i64::MAX)).expect("samples").len(), 0);
        let writer = rig.agent.agent_loop.recording_writer();
        let ending = writer.end_soon().expect("a thread");
        assert!(!writer.has_ended(), "the agent has time to end by itself");
        ending.join().expect("ended");
        assert!(writer.has_ended());
        let (samples, run) = {
            let reader = reader();
            let samples = reader.samples(Tier::Raw, At(0), At(i64::MAX)).expect("samples");
            (samples, reader.runs(At(0)).expect("runs").pop().expect("a run"))
        };
        assert!(!samples.is_empty() && run.clean, "{samples:?} {run:?}");
        // The turn is over after all: nothing is written twice, and nothing opens the recording again.
        rig.run(200);
        let Rig { agent, recording, _folder, .. } = rig;
        agent.agent_loop.end(None);
        let reader = Reader::open(&recording).expect("readable").expect("a recording");
        let events = reader.events(At(0), At(i64::MAX)).expect("events");
        assert_eq!(events.iter().filter(|event| event.kind == EventKind::Stopped).count(), 1);
        assert_eq!(reader.samples(Tier::Raw, At(0), At(i64::MAX)).expect("samples"), samples);
        assert_eq!(reader.runs(At(0)).expect("runs").len(), 1);
    }

    #[test]
    fn the_end_is_marked_as_clean_and_takes_the_notification_back() {
        let context = context();
        let mut rig = Rig::new(&context);
        rig.pc.start(BURNER, "burner", 0.8);
        rig.run(120);
        assert_eq!((rig.shown().len(), rig.withdrawn()), (1, 0));
        let (done, was_done) = channel();
        let ending = AgentEvent::Desktop(DesktopEvent::SessionEnding(done));
        let Flow::Stop(waiting) = rig.agent.handle(ending, &mut Instant::now()) else { panic!("goes on") };
        rig.agent.agent_loop.end(waiting);
        was_done.try_recv().expect("the system waits for this");
        assert_eq!(
            rig.calls.borrow().notices.last().map(|(_, tag, title)| (tag.as_str(), title.is_none())),
            Some(("cpu_hog:burner", true))
        );
        let reader = Reader::open(&rig.recording).expect("readable").expect("a recording");
        let kinds: Vec<EventKind> =
            reader.events(At(0), At(i64::MAX)).expect("events").iter().map(|event| event.kind).collect();
        assert!(kinds.contains(&EventKind::FindingEnded) && kinds.contains(&EventKind::Stopped), "{kinds:?}");
        let run = Run { boot_id: None, version: "0".to_owned(), started: rig.pc.now() };
        let (_, opened) = Recorder::open(&rig.recording, &run, Limits::default()).expect("opened");
        assert_eq!(opened.previous.map(|previous| previous.clean), Some(true));
    }
}
