//! The window without a display; widgets are found by what a screen reader reads.

use std::collections::HashMap;
use std::sync::Arc;

use eframe::egui::accesskit::Toggled;
use eframe::egui::{Key, Modifiers, Pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use jiff::tz::TimeZone;
use mimamori::checkup::{CheckId, CheckupRun, Inputs};
use mimamori::diagnose::{Finding, Grouper, ProgramTable, RuleId, Severity, Sign, SignKind, Subject, diagnose};
use mimamori::diagnostic_log::Crash;
use mimamori::explain::{Lang, Texts, system_reason};
use mimamori::ipc::Status;
use mimamori::knowledge::{Knowledge, Label};
use mimamori::model::{
    ActError, Antivirus, At, Autostart, AutostartEntry, AutostartState, Bytes, Event, EventKind, Fraction, History,
    Launch, Machine, Memory, Os, Owner, ProcFacts, ProcKey, ProcSample, ProcState, ProgramSample, Reading, Refusal,
    Sample, Seconds, SelfUsage, Signature, Signatures, SystemFacts, Volume, Why,
};
use mimamori::remedy::restart::{
    AfterRestart, AfterVerdict, Blocker, BrowserReturn, RestartEnd, RestartFacts, RestartPhase, Restarted,
    ReturnedBrowser, Step, Ticks,
};
use mimamori::remedy::{
    BackgroundPhase, BackgroundStatus, BackgroundVerdict, CloseStatus, NotLowered, Parts, Phase, Plan, Reopening,
    ScanStatus, ScanVerdict, Start, StartFailure, Verdict, plan,
};
use mimamori::settings::{Background, MyWork, ThemeChoice};
use mimamori::ui::{
    Erasing, Intent, Past, Period, Range, Recorded, Screen, Shell, Snapshot, Startup, Theme, Unreadable, install_fonts,
    install_theme,
};

/// A PC with a browser that has been busy for half a minute, and the user's actions.
struct Scene {
    shell: Shell,
    texts: Texts,
    knowledge: Knowledge,
    theme: Theme,
    history: History,
    sample: Arc<Sample>,
    program_table: Arc<ProgramTable>,
    findings: Vec<(Finding, Plan)>,
    refusals: HashMap<Arc<str>, Refusal>,
    in_background: Vec<BackgroundStatus>,
    antivirus: Option<Antivirus>,
    startup: Option<Startup>,
    scan: Option<ScanStatus>,
    job: Option<CloseStatus>,
    restart: RestartFacts,
    restart_phase: Option<RestartPhase>,
    checkup: CheckupRun,
    other_texts: Texts,
    ticks: Ticks,
    background: Background,
    autostart: AutostartState,
    past: Option<Past>,
    recorded: Recorded,
    my_work: Vec<MyWork>,
    signatures: Signatures,
    erasing: Erasing,
    crash: Option<Crash>,
    intents: Vec<Intent>,
}

fn process(pid: u32, parent: u32, path: &str, cpu: f64) -> ProcSample {
    ProcSample {
        cpu: Reading::Known(Fraction::new(cpu)),
        memory: Reading::Known(Bytes(300 * Bytes::MIB)),
        threads: 4,
        state: ProcState::Running,
        ..ProcSample::new(Arc::new(ProcFacts {
            parent,
            name: path.rsplit('/').next().unwrap_or_default().to_owned(),
            path: Reading::Known(path.to_owned()),
            args: Reading::Missing(Why::NoPermission),
            owner: Owner::Me,
            ..ProcFacts::new(ProcKey { pid, start_time: u64::from(pid) })
        }))
    }
}

impl Scene {
    fn new(lang: Lang, browser_cpu: f64) -> Self {
        let knowledge = Knowledge::builtin().expect("tables");
        let machine =
            Machine { os: Os::Linux, cpus: 4, memory: Reading::Known(Bytes(16 * Bytes::GIB)), ..Machine::default() };
        let mut history = History::new(machine);
        let mut grouper = Grouper::new(Os::Linux);
        let mut last = None;
        for n in 0..15 {
            let mut sample = Sample {
                at: At(1_000_000 + n * 2000),
                span: Seconds(2.0),
                cpu: Reading::Known(Fraction::new(browser_cpu + 0.05)),
                memory: Reading::Known(Memory { used: Bytes(9 * Bytes::GIB), total: Bytes(16 * Bytes::GIB) }),
                fan_effort: Reading::Known(Fraction::new(0.4)),
                temperature: Reading::Missing(Why::NoSensor),
                ..Sample::default()
            };
            let path = "/usr/lib/chromium/chromium";
            let processes = vec![
                process(100, 1, path, 0.01),
                process(101, 100, path, browser_cpu),
                process(102, 100, path, 0.0),
                process(200, 1, "/usr/bin/\u{202e}evil\nname", 0.02),
            ];
            let program_table = grouper.group(&mut sample, processes, &knowledge);
            let sample = Arc::new(sample);
            history.push(Arc::clone(&sample));
            last = Some((sample, Arc::new(program_table)));
        }
        let (sample, program_table) = last.expect("samples");
        let findings = diagnose(&history, &knowledge).into_iter().map(|f| (f.clone(), plan(&f, None))).collect();
        Self {
            shell: Shell::default(),
            texts: Texts::new(lang),
            knowledge,
            theme: Theme::builtin().expect("theme"),
            history,
            sample,
            program_table,
            findings,
            refusals: HashMap::new(),
            job: None,
            in_background: Vec::new(),
            antivirus: None,
            startup: None,
            scan: None,
            restart: RestartFacts { boot_id: Reading::Known("a".into()), ..RestartFacts::default() },
            restart_phase: None,
            checkup: CheckupRun::default(),
            other_texts: Texts::new(lang.other()),
            ticks: Ticks::default(),
            background: Background::Off,
            autostart: AutostartState::Off,
            past: None,
            recorded: Recorded::default(),
            erasing: Erasing::No,
            my_work: Vec::new(),
            signatures: Signatures::new(),
            crash: None,
            intents: Vec::new(),
        }
    }

    fn draw(&mut self, ui: &mut eframe::egui::Ui) {
        let snapshot = Snapshot {
            texts: &self.texts,
            other_texts: &self.other_texts,
            user: Some("alice"),
            checkup: &self.checkup,
            knowledge: &self.knowledge,
            zone: &TimeZone::UTC,
            system: "Debian GNU/Linux 12",
            theme: &self.theme,
            theme_choice: ThemeChoice::System,
            background: self.background,
            autostart: Reading::Known(self.autostart),
            background_error: None,
            erasing: &self.erasing,
            my_work: &self.my_work,
            past: self.past.as_ref(),
            recorded: &self.recorded,
            now: self.sample.at,
            history: &self.history,
            sample: Some(&self.sample),
            program_table: Some(&self.program_table),
            signatures: Some(&self.signatures),
            findings: &self.findings,
            refusals: &self.refusals,
            started: &|_| Some(At(500_000)),
            job: self.job.as_ref(),
            in_background: &self.in_background,
            antivirus: self.antivirus,
            startup: self.startup.as_ref(),
            scan: self.scan.as_ref(),
            restart: &self.restart,
            restart_phase: self.restart_phase.as_ref(),
            ticks: &self.ticks,
            own: SelfUsage { cpu: Reading::Known(Fraction::new(0.001)), memory: Reading::Known(Bytes(1 << 26)) },
            crash: self.crash.as_ref(),
            stale_seconds: None,
        };
        for intent in self.shell.ui(ui, &snapshot) {
            if let Intent::Show(screen) = intent {
                self.shell.show(screen);
            }
            self.intents.push(intent);
        }
    }

    fn harness(self, size: [f32; 2]) -> Harness<'static, Self> {
        let mut harness = Harness::builder()
            .with_size(size)
            .with_context_setup(|ctx| {
                install_fonts(ctx);
                install_theme(ctx, &Theme::builtin().expect("theme"));
            })
            .build_ui_state(|ui, scene: &mut Self| scene.draw(ui), self);
        harness.run_steps(3);
        harness
    }

    fn job(mut self, phase: Result<Phase, ActError>) -> Self {
        let subject = self.findings[0].0.subject.clone();
        let state = ProcState::Unknown;
        let (launch, reopening, parts) = (None, None, Parts::default());
        self.job =
            Some(CloseStatus { subject, phase, can_force: true, is_partial: false, state, launch, reopening, parts });
        self
    }
}

/// Answers all checks with what the scene shows.
fn run_checkup(scene: &mut Scene) {
    let mut run = CheckupRun::default();
    run.start(None, scene.sample.at - Seconds(10.0));
    let facts = SystemFacts::default();
    let inputs = Inputs {
        history: &scene.history,
        programs: &scene.program_table.programs,
        findings: &scene.findings,
        facts: &facts,
        knowledge: &scene.knowledge,
        started: &|_| Some(At(500_000)),
    };
    run.step(scene.sample.at, Some(&facts), &inputs);
    scene.checkup = run;
}

fn checkup_harness(lang: Lang, browser_cpu: f64, run: bool) -> Harness<'static, Scene> {
    let mut scene = Scene::new(lang, browser_cpu);
    scene.shell.show(Screen::Checkup);
    if run {
        run_checkup(&mut scene);
    }
    scene.harness([1000.0, 3600.0])
}

/// The intents since the last call.
fn taken(harness: &mut Harness<'_, Scene>) -> Vec<Intent> {
    std::mem::take(&mut harness.state_mut().intents)
}

#[test]
fn the_check_up_runs_by_itself_and_can_be_stopped() {
    for (lang, measuring, stop) in
        [(Lang::En, "C-1 Processor: Measuring", "Stop (Esc)"), (Lang::Ja, "C-1 CPU：測定中", "中止（Esc）")]
    {
        let mut harness = checkup_harness(lang, 0.05, false);
        assert!(taken(&mut harness).contains(&Intent::RunCheckup(None)));
        let now = harness.state().sample.at;
        harness.state_mut().checkup.start(None, now);
        harness.run_steps(2);
        harness.get_by_label(measuring);
        assert!(taken(&mut harness).is_empty(), "asked for once");
        harness.get_by_label(stop).click();
        harness.run_steps(2);
        assert_eq!(taken(&mut harness), [Intent::CancelCheckup]);
        harness.key_press(Key::Escape);
        harness.run_steps(2);
        assert_eq!(taken(&mut harness), [Intent::CancelCheckup]);
        harness.state_mut().checkup.cancel();
        harness.run_steps(2);
        let not_run = match lang {
            Lang::En => "C-18 Graphics processor: Not run",
            Lang::Ja => "C-18 GPU：未点検",
        };
        harness.get_by_label(not_run);
    }
}

#[test]
fn each_answer_is_read_as_one_label() {
    for (lang, well, not_known) in [
        (
            Lang::En,
            "C-2 Memory: OK. 56% of the memory is in use (9.0 GB of 16 GB). Chromium: 900 MB of memory. ",
            "C-18 Graphics processor: Not known. Not known: it was not measured in time. Next: Look at the GPU",
        ),
        (
            Lang::Ja,
            "C-2 メモリ：正常。メモリの使用率は56%です（16 GB中 9.0 GB）。Chromium：メモリ 900 MB。",
            "C-18 GPU：不明。確認できません（時間内に測定できませんでした）。次にすること：GPU がある",
        ),
    ] {
        let harness = checkup_harness(lang, 0.05, true);
        harness.get_by_label_contains(well);
        harness.get_by_label_contains(not_known);
    }
}

#[test]
fn the_check_up_needs_no_mouse() {
    let mut harness = checkup_harness(Lang::En, 0.05, true);
    let focused = |harness: &Harness<'_, Scene>, start: &str| harness.get_by_label_contains(start).is_focused();
    let press = |harness: &mut Harness<'_, Scene>, key| {
        harness.key_press(key);
        harness.run_steps(2);
    };
    press(&mut harness, Key::F5);
    assert_eq!(taken(&mut harness), [Intent::RunCheckup(None)]);
    press(&mut harness, Key::ArrowDown);
    assert!(focused(&harness, "C-1 Processor"));
    press(&mut harness, Key::ArrowDown);
    assert!(focused(&harness, "C-2 Memory"));
    press(&mut harness, Key::ArrowUp);
    press(&mut harness, Key::ArrowUp);
    assert!(focused(&harness, "C-1 Processor"), "the first stays");
    press(&mut harness, Key::Num1);
    press(&mut harness, Key::Num4);
    assert!(focused(&harness, "C-14 Power"), "two digits are one number");
    press(&mut harness, Key::Enter);
    assert_eq!(taken(&mut harness), [Intent::RunCheckup(Some(CheckId::Power))]);
    // A step of the harness is a quarter of a second.
    harness.run_steps(8);
    press(&mut harness, Key::Num7);
    assert!(focused(&harness, "C-7 Signs"), "a digit after a pause begins another number");
    press(&mut harness, Key::End);
    assert!(focused(&harness, "C-18 Graphics"));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Num3);
    harness.run_steps(2);
    assert_eq!(taken(&mut harness).first(), Some(&Intent::Show(Screen::History)));
}

#[test]
fn an_answer_leads_to_what_can_be_done() {
    for (lang, close, details, see) in [
        (
            Lang::En,
            "Close Chromium",
            "Details",
            "C-1 Processor: Look. C-6 explains it: Chromium keeps using 61% of this PC",
        ),
        (
            Lang::Ja,
            "Chromium を閉じる",
            "詳しく見る",
            "C-1 CPU：注意。C-6 をご覧ください：Chromium がパソコンの処理能力の61%を使い続けています",
        ),
    ] {
        let mut harness = checkup_harness(lang, 0.6, true);
        harness.get_by_label_contains(see);
        harness.get_by_label(close).click();
        harness.run_steps(2);
        assert!(matches!(&*taken(&mut harness), [Intent::Close(subject)] if subject.group == "Chromium"));
        harness.get_by_label(details).click();
        harness.run_steps(2);
        assert_eq!(taken(&mut harness), [Intent::ShowFinding(RuleId::BrowserLoad, "Chromium".to_owned())]);
        harness.get_by_label("C-6").click();
        harness.run_steps(2);
        assert!(harness.get_by_label_contains("C-6 Web").is_focused());
    }
}

/// Two people look at the screen of one of them.
#[test]
fn helpdesk_mode_has_both_languages_and_nothing_of_the_user() {
    let mut scene = Scene::new(Lang::En, 0.05);
    scene.shell.show(Screen::Checkup);
    let mut sample = (*scene.sample).clone();
    let volume = |name: &str| Volume {
        name: name.to_owned(),
        kind: mimamori::model::VolumeKind::Disk,
        total: Bytes(100 << 30),
        free: Bytes(40 << 30),
    };
    sample.at = sample.at + Seconds(2.0);
    sample.volumes = Reading::Known(vec![volume("/"), volume("/media/alice/Wages")]);
    scene.sample = Arc::new(sample);
    scene.history.push(Arc::clone(&scene.sample));
    run_checkup(&mut scene);
    let mut harness = scene.harness([1000.0, 4200.0]);
    harness.get_by_label_contains("/media/alice/Wages");
    harness.get_by_label("Helpdesk mode").click();
    harness.run_steps(3);
    assert!(harness.query_by_label_contains("alice").is_none() && harness.query_by_label_contains("Wages").is_none());
    harness.get_by_label_contains("40 GB of 100 GB free on /media/…");
    harness.get_by_label("Copy for the helpdesk").click();
    harness.run_steps(2);
    let intents = taken(&mut harness);
    let Some(Intent::Copy(text)) = intents.iter().find(|intent| matches!(intent, Intent::Copy(_))) else {
        panic!("{intents:?}")
    };
    assert!(text.contains("C-7 Signs of secret mining: OK.") && text.contains("C-7 無断採掘の兆候：正常。"), "{text}");
    assert!(!text.contains("alice") && text.contains("/media/…"), "{text}");
}

#[test]
fn a_program_in_the_background_has_a_way_back() {
    for (lang, back, anyway, leave) in [
        (Lang::En, "Back to normal", "Do it all the same", "Leave it as it is"),
        (Lang::Ja, "元に戻す", "それでも行う", "そのままにする"),
    ] {
        let subject = Subject { group: "Render".into(), name: Label::same("Render"), ..Subject::machine() };
        let with = |phase| {
            let mut scene = Scene::new(lang, 0.05);
            scene.in_background = vec![BackgroundStatus { subject: subject.clone(), phase }];
            scene.harness([1000.0, 700.0])
        };
        let verdict = BackgroundVerdict::Worked { before: Seconds(0.012), after: Seconds(0.0004) };
        let mut harness = with(BackgroundPhase::Running { verdict, lasting: false });
        harness.get_by_label_contains("0.4");
        harness.get_by_label(back).click();
        harness.run_steps(2);
        assert!(harness.state().intents.contains(&Intent::EndBackground("Render".into())));
        let mut harness = with(BackgroundPhase::Failed(NotLowered::Lasting));
        harness.get_by_label(anyway).click();
        harness.run_steps(2);
        let again = Intent::RunInBackground { subject: subject.clone(), accept_lasting: true };
        assert!(harness.state().intents.contains(&again));
        let mut harness = with(BackgroundPhase::Failed(NotLowered::Lasting));
        harness.get_by_label(leave).click();
        harness.run_steps(2);
        assert!(harness.state().intents.contains(&Intent::DismissBackground("Render".into())));
    }
}

/// A browser that was closed is opened again in two ways, for as long as anybody remembers that it was.
#[test]
fn what_was_closed_can_be_started_again() {
    for (lang, again, without, back) in [
        (Lang::En, "Start Chromium again", "Open without JavaScript", "Back to normal"),
        (Lang::Ja, "Chromium をもう一度起動する", "JavaScript なしで開く", "通常に戻す"),
    ] {
        let closed = |ago: f64, verdict: Verdict| {
            let scene = Scene::new(lang, 0.5);
            let ended = scene.sample.at - Seconds(ago);
            let mut scene = scene.job(Ok(Phase::Done { ended, verdict }));
            let launch = Launch { path: "/usr/lib/chromium/chromium".to_owned(), args: Vec::new() };
            scene.job.as_mut().expect("a job").launch = Some(launch);
            scene.harness([1000.0, 700.0])
        };
        let worked = || Verdict::Worked { before: Fraction::new(0.9), after: Fraction::new(0.1) };
        for (label, intent) in [(again, Start::Again), (without, Start::WithoutJavascript)] {
            let mut harness = closed(60.0, worked());
            harness.get_by_label(label).click();
            harness.run_steps(2);
            assert!(harness.state().intents.contains(&Intent::Start(intent)));
        }
        assert!(closed(601.0, worked()).query_by_label(again).is_none(), "too late");
        let came_back = Verdict::CameBack { after: Seconds(4.0), by: None };
        assert!(closed(10.0, came_back).query_by_label(again).is_none(), "it runs");
        let mut harness = closed(60.0, worked());
        let result = Some(Err(StartFailure::FileGone));
        let job = harness.state_mut().job.as_mut().expect("a job");
        job.reopening = Some(Reopening { start: Start::Again, result });
        harness.run_steps(2);
        harness.get_by_label_contains(if lang == Lang::En { "no longer there" } else { "なくなっています" });
        harness.get_by_label(again);
        // It runs without JavaScript now.
        let mut scene = Scene::new(lang, 0.01);
        let table = Arc::make_mut(&mut scene.program_table);
        let facts = table.facts.values_mut().find(|facts| facts.key.pid == 100).expect("the browser");
        Arc::make_mut(facts).args = Reading::Known(vec!["chromium".into(), Knowledge::NO_SCRIPT.into()]);
        let mut harness = scene.harness([1000.0, 900.0]);
        harness
            .get_by_label(if lang == Lang::En {
                "Block one site for good"
            } else {
                "特定のサイトを今後もブロックする"
            })
            .click();
        harness.run_steps(8);
        harness.get_by_label(if lang == Lang::En { "Copy the address" } else { "アドレスをコピー" }).click();
        harness.run_steps(2);
        let address = "chrome://settings/content/javascript".to_owned();
        assert!(harness.state().intents.contains(&Intent::Copy(address)));
        harness.get_by_label(back).click();
        harness.run_steps(2);
        assert!(harness.state().intents.contains(&Intent::BackToNormal("Chromium".into())));
    }
}

/// What is suspected is shown to the antivirus that is there; where none can be asked, nothing is offered.
#[test]
fn a_suspected_file_is_scanned_with_progress_and_a_way_out() {
    for (lang, button, cancel, found) in [
        (Lang::En, "Scan the file with ClamAV", "Cancel", "ClamAV calls the file"),
        (Lang::Ja, "ClamAV でファイルを調べる", "中止", "「Test.Name」と判定しました"),
    ] {
        let with = |antivirus, verdict: Option<Option<ScanVerdict>>| {
            let mut scene = Scene::new(lang, 0.5);
            let finding = &mut scene.findings[0].0;
            finding.rule = RuleId::SecretMining;
            finding.subject.path = Some("/home/a/.x/render".to_owned());
            (scene.antivirus, scene.sample) = (antivirus, Arc::clone(&scene.sample));
            let (subject, begun) = (scene.findings[0].0.subject.clone(), scene.sample.at - Seconds(12.0));
            scene.scan = verdict.map(|verdict| ScanStatus { subject, antivirus: Antivirus::ClamAv, begun, verdict });
            scene.harness([1000.0, 900.0])
        };
        assert!(with(None, None).query_by_label(button).is_none());
        let mut harness = with(Some(Antivirus::ClamAv), None);
        harness.get_by_label(button).click();
        harness.run_steps(2);
        assert!(harness.state().intents.iter().any(|intent| matches!(intent, Intent::Scan(_))));
        let mut harness = with(Some(Antivirus::ClamAv), Some(None));
        harness.get_by_label_contains("12");
        harness.get_by_label(cancel).click();
        harness.run_steps(2);
        assert!(harness.state().intents.contains(&Intent::EndScan));
        let verdict = ScanVerdict::Found("Test.Name".to_owned());
        with(Some(Antivirus::ClamAv), Some(Some(verdict))).get_by_label_contains(found);
    }
}

#[test]
fn what_starts_with_the_pc_is_listed_new_first_and_switched() {
    for (lang, note, new, failed) in [
        (Lang::En, "still run", "New since", "Nothing was changed for Chat"),
        (Lang::Ja, "動いている", "から追加", "変更していません"),
    ] {
        let mut scene = Scene::new(lang, 0.02);
        let entry = |name: &str, on| AutostartEntry {
            id: format!("desktop:{name}.desktop"),
            name: name.to_owned(),
            file: Some(format!("/opt/{name}")),
            on,
        };
        let entries = Reading::Known(vec![entry("Chat", true), entry("Updater\u{202e}", false)]);
        let mut sample = (*scene.sample).clone();
        let since = Some(At(900_000));
        let of_pc = Autostart { name: "Updater\u{202e}".into(), file: Some("/opt/Updater\u{202e}".into()), since };
        let mut condition = (*sample.condition).clone();
        condition.autostarts = Reading::Known(vec![of_pc]);
        sample.condition = Arc::new(condition);
        scene.sample = Arc::new(sample);
        scene.startup = Some(Startup { entries, failure: None });
        scene.shell.show(Screen::Settings);
        let mut harness = scene.harness([1000.0, 1600.0]);
        harness.get_by_label_contains(note);
        let updater = harness.get_all_by_label_contains("Updater").next().expect("listed").rect();
        assert!(updater.top() < harness.get_by_label("Chat").rect().top(), "what is new comes first");
        assert!(harness.query_by_label_contains("\u{202e}").is_none());
        harness.get_by_label_contains(new);
        harness.get_by_label("Chat").click();
        harness.run_steps(2);
        let off = Intent::SwitchStartup { entry: entry("Chat", true), on: false };
        assert!(harness.state().intents.contains(&off));
        let failure = Some(("Chat".to_owned(), "Permission denied (os error 13)".to_owned()));
        harness.state_mut().startup.as_mut().expect("the list").failure = failure;
        harness.run_steps(2);
        harness.get_by_label_contains(failed);
    }
}

/// egui_kittest panics on a character without a glyph: draws every text of both languages with our fonts.
#[test]
fn every_text_of_both_languages_can_be_drawn() {
    for lang in ["ja", "en"] {
        let mut texts = String::new();
        for file in ["findings", "causes", "checkup", "ui", "cli", "agent"] {
            let path = crate::root().join(format!("assets/text/{lang}/{file}.ftl"));
            texts += &std::fs::read_to_string(path).expect("texts");
        }
        let mut harness =
            Harness::builder().with_size([900.0, 900.0]).with_context_setup(install_fonts).build_ui(move |ui| {
                ui.label(texts.as_str());
            });
        harness.run_steps(2);
    }
}

#[test]
fn the_answer_and_its_button_come_first_in_both_languages() {
    for (lang, headline, button) in [
        (Lang::En, "Chromium keeps using 61% of this PC", "Close Chromium"),
        (Lang::Ja, "Chromium がパソコンの処理能力の61%を使い続けています", "Chromium を閉じる"),
    ] {
        let mut harness = Scene::new(lang, 0.6).harness([1000.0, 700.0]);
        harness.get_by_label(headline);
        harness.get_by_label(button).click();
        harness.run_steps(3);
        let closing = harness.state().intents.iter().find_map(|intent| match intent {
            Intent::Close(subject) => Some(subject.clone()),
            _ => None,
        });
        let subject = closing.expect("the click asks for the action");
        assert_eq!(subject.members.len(), 3, "all parts of the browser are meant");
    }
}

#[test]
fn a_calm_pc_offers_nothing_to_close() {
    let harness = Scene::new(Lang::En, 0.01).harness([1000.0, 700.0]);
    harness.get_by_label("This PC is fine");
    assert!(harness.query_by_label("Close Chromium").is_none());
}

#[test]
fn a_protected_program_shows_the_reason_in_place_of_a_button() {
    let mut scene = Scene::new(Lang::En, 0.6);
    scene.findings[0].1 = plan(&scene.findings[0].0, Some(Refusal::Security));
    let harness = scene.harness([1000.0, 700.0]);
    harness.get_by_label("It protects or manages this PC, so Mimamori leaves it alone.");
    assert!(harness.query_by_label("Close Chromium").is_none());
}

#[test]
fn force_needs_one_confirmation_that_names_what_is_lost() {
    let mut harness = Scene::new(Lang::En, 0.6).job(Ok(Phase::StillOpen)).harness([1000.0, 700.0]);
    harness.get_by_label("Force close…").click();
    harness.run_steps(3);
    harness.get_by_label("Force Chromium to close?");
    harness.get_by_label("Anything you typed and did not save will be lost.");
    assert!(!harness.state().intents.contains(&Intent::Force));
    harness.get_by_label("Force close").click();
    harness.run_steps(3);
    assert!(harness.state().intents.contains(&Intent::Force));
    assert!(harness.query_by_label("Force Chromium to close?").is_none());
}

#[test]
fn escape_and_enter_on_the_safe_answer_keep_the_program() {
    for key in [eframe::egui::Key::Escape, eframe::egui::Key::Enter] {
        let mut harness = Scene::new(Lang::En, 0.6).job(Ok(Phase::StillOpen)).harness([1000.0, 700.0]);
        harness.get_by_label("Force close…").click();
        harness.run_steps(4);
        harness.key_press(key);
        harness.run_steps(3);
        assert!(harness.query_by_label("Force Chromium to close?").is_none(), "{key:?}");
        assert!(!harness.state().intents.contains(&Intent::Force), "{key:?}");
    }
}

#[test]
fn a_program_that_cannot_react_is_not_said_to_ask() {
    for (state, in_english, in_japanese) in [
        (ProcState::Running, "it may be asking you to save", "保存の確認"),
        (ProcState::Blocked, "usually for a disk or a network drive, and cannot close", "応答があるまで閉じられません"),
        (ProcState::Stopped, "has paused it", "一時停止"),
    ] {
        for (lang, words) in [(Lang::En, in_english), (Lang::Ja, in_japanese)] {
            let mut scene = Scene::new(lang, 0.6).job(Ok(Phase::StillOpen));
            scene.job.as_mut().expect("a job").state = state;
            scene.harness([1000.0, 700.0]).get_by_label_contains(words);
        }
    }
    let phase = Ok(Phase::Done { ended: At(0), verdict: Verdict::Refused });
    for (lang, words) in [(Lang::En, "It closes as soon as that answers."), (Lang::Ja, "応答がありしだい閉じます。")]
    {
        let mut scene = Scene::new(lang, 0.6).job(phase.clone());
        scene.job.as_mut().expect("a job").state = ProcState::Blocked;
        scene.harness([1000.0, 700.0]).get_by_label_contains(words);
    }
}

#[test]
fn a_question_is_asked_on_in_another_language_about_the_same_program() {
    let mut harness = Scene::new(Lang::En, 0.6).job(Ok(Phase::StillOpen)).harness([1000.0, 700.0]);
    harness.get_by_label("Force close…").click();
    harness.run_steps(3);
    assert!(harness.get_all_by_label("Keep it running").any(|node| node.is_focused()), "the safe answer");
    let texts = Texts::new(Lang::Ja);
    harness.state_mut().texts = texts;
    harness.run_steps(3);
    harness.get_by_label("Chromium を強制終了しますか？");
    assert!(harness.query_by_label("Force Chromium to close?").is_none());
    assert!(harness.get_by_label("やめる").is_focused(), "still the safe answer");
    harness.get_by_label("強制終了する").click();
    harness.run_steps(3);
    assert!(harness.state().intents.contains(&Intent::Force));
    assert!(harness.query_by_label("Chromium を強制終了しますか？").is_none());
}

#[test]
fn every_verdict_has_its_sentence() {
    let (before, after) = (Fraction::new(0.93), Fraction::new(0.12));
    for (verdict, sentence) in [
        (Verdict::Worked { before, after }, "It worked: CPU 93% → 12%"),
        (
            Verdict::NoChange { freed: Fraction::new(0.57), by: None, before, after: before },
            "Chromium is closed and freed 57%, but others use it now: CPU 93% → 93%",
        ),
        (
            Verdict::NoChange { freed: Fraction::new(0.57), by: Some("Software build".into()), before, after: before },
            "Chromium is closed and freed 57%. Software build is using it now: CPU 93% → 93%",
        ),
        (
            Verdict::WasSmall { freed: Fraction::new(0.02), before, after: before },
            "Chromium is closed. It used only 2.0%, so the PC is as busy as before: CPU 93% → 93%",
        ),
        (
            Verdict::CameBack { after: Seconds(4.0), by: Some("launcher".into()) },
            "Chromium came back after 4 s, started by launcher",
        ),
        (Verdict::CannotTell, "Chromium is closed. Whether it helped could not be measured."),
        (Verdict::Refused, "The system did not allow it. Chromium is still running."),
    ] {
        let phase = Phase::Done { ended: At(0), verdict };
        let harness = Scene::new(Lang::En, 0.6).job(Ok(phase)).harness([1000.0, 700.0]);
        harness.get_by_label(sentence);
    }
    // A family says how much of it has ended, also when a part stays.
    let verdict = Verdict::Worked { before, after };
    for (parts, words) in [
        (Parts { ended: 12, all: 12 }, "It worked: CPU 93% → 12% (12 of 12 parts closed)"),
        (Parts { ended: 11, all: 12 }, "It worked: CPU 93% → 12% (11 of 12 parts closed)"),
        (Parts { ended: 1, all: 1 }, "It worked: CPU 93% → 12%"),
    ] {
        let mut scene = Scene::new(Lang::En, 0.6).job(Ok(Phase::Done { ended: At(0), verdict: verdict.clone() }));
        scene.job.as_mut().expect("a job").parts = parts;
        scene.harness([1000.0, 700.0]).get_by_label(words);
    }
}

#[test]
fn a_row_opens_details_and_hostile_names_are_visible() {
    let mut harness = Scene::new(Lang::En, 0.6).harness([1000.0, 1000.0]);
    harness.get_by_label_contains("<U+202E>evil<U+000A>name").click();
    harness.run_steps(3);
    harness.get_by_label("Not in Mimamori's list. That is common and does not mean anything bad.");
    harness.get_by_label_contains("Back to the list").click();
    harness.run_steps(3);
    harness.get_by_label("What is using this PC");
}

/// A row that moves between pointing and clicking would open another program.
#[test]
fn rows_keep_their_places_under_the_pointer_and_only_while_it_is_used() {
    let mut harness = Scene::new(Lang::En, 0.5).harness([900.0, 1600.0]);
    let chromium = "Chromium: CPU";
    let is_first = |harness: &Harness<'_, Scene>| {
        let top = |name: &str| harness.get_by_label_contains(name).rect().top();
        top(chromium) < top("evil")
    };
    // Swaps the load of the two programs.
    let turn = |harness: &mut Harness<'_, Scene>| {
        let mut program_table = (*harness.state().program_table).clone();
        program_table.programs.reverse();
        harness.state_mut().program_table = Arc::new(program_table);
        harness.run_steps(1);
    };
    assert!(is_first(&harness));
    turn(&mut harness);
    assert!(!is_first(&harness), "nobody points at it: in the order of the load");
    turn(&mut harness);
    let row = harness.get_by_label_contains(chromium).rect().center();
    harness.hover_at(row);
    harness.run_steps(2);
    turn(&mut harness);
    assert!(is_first(&harness), "somebody is about to press it");
    // A step of the harness is a quarter of a second.
    harness.run_steps(24);
    assert!(!is_first(&harness), "a pointer left there hides nothing");
    turn(&mut harness);
    let press = |harness: &mut Harness<'_, Scene>, at: Pos2| {
        harness.hover_at(at + vec2(1.0, 0.0));
        harness.run_steps(1);
        harness.drag_at(at);
        turn(harness);
        harness.drop_at(at);
        harness.run_steps(3);
    };
    press(&mut harness, row);
    harness.get_by_label("Chromium");
    let back = harness.get_by_label_contains("Back to the list").rect().center();
    press(&mut harness, back);
    assert!(is_first(&harness), "a list that comes back is a new one, in the order of the load");
}

/// A keyboard user must not lose their place when a row moves or a finding appears.
#[test]
fn the_keyboard_keeps_its_place_when_a_row_moves_and_when_a_finding_comes() {
    let mut harness = Scene::new(Lang::En, 0.5).harness([900.0, 1600.0]);
    for place in ["evil", "10 min", "Show why"] {
        harness.get_by_label_contains(place).focus();
        harness.run_steps(2);
        assert!(harness.get_by_label_contains(place).is_focused(), "{place}");
        let mut program_table = (*harness.state().program_table).clone();
        program_table.programs.reverse();
        harness.state_mut().program_table = Arc::new(program_table);
        let mut second = harness.state().findings[0].clone();
        second.0.subject.group = format!("another{place}");
        second.0.evidence.truncate(1);
        if place == "10 min" {
            harness.state_mut().findings.push(second);
        }
        harness.state_mut().findings[0].0.evidence.truncate(2);
        harness.run_steps(2);
        let focused = harness.get_all_by_label_contains(place).any(|node| node.is_focused());
        assert!(focused, "{place}");
        harness.state_mut().findings.truncate(1);
        harness.run_steps(2);
    }
}

/// The next Tab would begin at the top of the window.
#[test]
fn the_keyboard_keeps_its_place_when_another_finding_takes_the_place_of_one() {
    let mut harness = Scene::new(Lang::En, 0.5).harness([900.0, 1600.0]);
    for label in ["Show why", "Close Chromium"] {
        harness.get_by_label(label).focus();
        harness.run_steps(2);
        assert!(harness.get_by_label(label).is_focused());
        let before = harness.state().findings.clone();
        let mut other = before[0].clone();
        other.0.rule = RuleId::LongUptime;
        other.0.subject = Subject::machine();
        harness.state_mut().findings = vec![other];
        harness.run_steps(3);
        assert!(harness.get_by_label("Show why").is_focused(), "after {label}");
        harness.state_mut().findings = before;
        harness.run_steps(3);
        assert!(harness.get_by_label("Show why").is_focused(), "and back");
    }
}

/// A keyboard user going through the list would otherwise skip rows, or visit some twice.
#[test]
fn rows_keep_their_places_for_the_keyboard_while_it_is_used() {
    let mut harness = Scene::new(Lang::En, 0.5).harness([1200.0, 1600.0]);
    let turn = |harness: &mut Harness<'_, Scene>| {
        let mut program_table = (*harness.state().program_table).clone();
        program_table.programs.reverse();
        harness.state_mut().program_table = Arc::new(program_table);
        harness.run_steps(1);
    };
    let is_focused = |harness: &Harness<'_, Scene>, name: &str| harness.get_by_label_contains(name).is_focused();
    harness.get_by_label_contains("Charts").focus();
    harness.run_steps(2);
    harness.key_press(Key::Tab);
    harness.run_steps(2);
    assert!(is_focused(&harness, "Chromium: CPU"));
    turn(&mut harness);
    harness.key_press(Key::Tab);
    harness.run_steps(2);
    assert!(is_focused(&harness, "evil"), "the row that was next is next");
    // A step of the harness is a quarter of a second.
    harness.run_steps(24);
    let top = |name: &str| harness.get_by_label_contains(name).rect().top();
    assert!(top("evil") < top("Chromium: CPU"), "a keyboard at rest hides nothing");
    assert!(is_focused(&harness, "evil"));
}

#[test]
fn the_keyboard_keeps_its_place_when_the_program_of_its_row_ends() {
    let mut harness = Scene::new(Lang::En, 0.5).harness([1200.0, 1600.0]);
    let programs = harness.state().program_table.programs.clone();
    let only = |harness: &mut Harness<'_, Scene>, name: &str| {
        let mut program_table = (*harness.state().program_table).clone();
        program_table.programs = programs.iter().filter(|program| program.name.contains(name)).cloned().collect();
        harness.state_mut().program_table = Arc::new(program_table);
        harness.run_steps(1);
    };
    harness.get_by_label_contains("Charts").focus();
    harness.run_steps(2);
    harness.key_press(Key::Tab);
    harness.run_steps(2);
    only(&mut harness, "evil");
    assert!(harness.get_by_label("Chromium has ended").is_focused(), "a screen reader says it");
    harness.key_press(Key::Tab);
    harness.run_steps(2);
    assert!(harness.get_by_label_contains("evil").is_focused());
    // The row goes while the keyboard is idle: the row now in its place gets the focus.
    harness.run_steps(24);
    only(&mut harness, "Chromium");
    harness.run_steps(2);
    assert!(harness.get_by_label_contains("Chromium: CPU").is_focused());
}

/// Short-lived programs come and go at the end of the list, and with them the button that shows the rest.
#[test]
fn the_keyboard_keeps_its_place_when_nothing_is_left_to_be_shown() {
    let mut harness = Scene::new(Lang::En, 0.5).harness([1200.0, 1600.0]);
    let first = harness.state().program_table.programs[0].clone();
    let count = |harness: &mut Harness<'_, Scene>, count: usize| {
        let mut program_table = (*harness.state().program_table).clone();
        let named = |number| ProgramSample { name: format!("program {number}").into(), ..first.clone() };
        program_table.programs = (0..count).map(named).collect();
        harness.state_mut().program_table = Arc::new(program_table);
        harness.run_steps(2);
    };
    count(&mut harness, 10);
    harness.get_by_label("Show 2 more programs").focus();
    harness.run_steps(2);
    count(&mut harness, 9);
    assert!(harness.get_by_label("Show 1 more program").is_focused());
    count(&mut harness, 7);
    assert!(harness.get_by_label_contains("program 6: CPU").is_focused(), "the nearest row");
    count(&mut harness, 10);
    harness.key_press(Key::Tab);
    harness.run_steps(2);
    assert!(harness.get_all_by_label_contains("program").any(|node| node.is_focused()));
}

#[test]
fn the_row_of_a_program_that_ends_under_the_pointer_stays_empty() {
    let mut harness = Scene::new(Lang::En, 0.5).harness([900.0, 1600.0]);
    let second = harness.get_by_label_contains("evil").rect();
    harness.hover_at(second.center());
    harness.run_steps(2);
    let mut program_table = (*harness.state().program_table).clone();
    program_table.programs.retain(|program| &*program.name != "Chromium");
    harness.state_mut().program_table = Arc::new(program_table);
    harness.run_steps(1);
    harness.get_by_label("Chromium has ended");
    assert_eq!(harness.get_by_label_contains("evil").rect(), second);
    harness.run_steps(24);
    assert!(harness.query_by_label("Chromium has ended").is_none());
}

#[test]
fn details_show_the_publisher_once_it_was_requested() {
    let path = "/usr/lib/chromium/chromium";
    let details = |lang: Lang, signature: Option<Signature>| {
        let mut scene = Scene::new(lang, 0.6);
        scene.signatures = signature.map(|signature| (path.to_owned(), signature)).into_iter().collect();
        scene.shell.show(Screen::Now);
        let mut harness = scene.harness([1000.0, 1000.0]);
        let row = if lang == Lang::En { "Chromium: CPU 61%, memory" } else { "Chromium：CPU 61%、メモリ" };
        harness.get_by_label_contains(row).click();
        harness.run_steps(3);
        harness
    };
    let unsigned = details(Lang::En, None);
    assert!(unsigned.state().intents.contains(&Intent::RequestSignature(path.into())));
    assert!(unsigned.query_by_label("Publisher (signature)").is_none());
    let signed = details(Lang::En, Some(Signature::Valid { signer: Some("The \u{202e}Authors".into()) }));
    signed.get_by_label("The <U+202E>Authors");
    assert!(!signed.state().intents.contains(&Intent::RequestSignature(path.into())));
    details(Lang::Ja, Some(Signature::Absent)).get_by_label("有効な署名がありません");
}

#[test]
fn what_a_known_program_is_and_what_to_do_about_it_is_reported_in_both_languages() {
    for (lang, why, line, row, details) in [
        (
            Lang::En,
            "Show why",
            "What Chromium is: Web browser",
            "Chromium: CPU 61%, memory",
            [
                "Web browser",
                "If it makes the PC slow",
                "If you do not need Chromium right now, close it or what is open in it",
            ],
        ),
        (
            Lang::Ja,
            "理由を見る",
            "Chromium とは：Web ブラウザー",
            "Chromium：CPU 61%、メモリ",
            [
                "Web ブラウザー",
                "パソコンが遅くなったときは",
                "いま Chromium を使わないなら、Chromium か、その中で開いているものを閉じてください",
            ],
        ),
    ] {
        let mut harness = Scene::new(lang, 0.6).harness([1000.0, 1400.0]);
        assert!(harness.query_by_label(line).is_none(), "{line}");
        harness.get_by_label(why).click();
        harness.run_steps(3);
        harness.get_by_label(line);
        harness.get_by_label_contains(row).click();
        harness.run_steps(3);
        for label in details {
            harness.get_by_label(label);
        }
    }
}

#[test]
fn under_suspicion_nothing_is_advised_that_fits_only_the_real_program() {
    let mut scene = Scene::new(Lang::En, 0.6);
    scene.findings[0].0.rule = RuleId::SecretMining;
    let mut harness = scene.harness([1000.0, 1400.0]);
    harness.get_by_label("Show why").click();
    harness.run_steps(3);
    harness.get_by_label_contains("Chromium: CPU 61%, memory").click();
    harness.run_steps(3);
    harness.get_by_label("What Chromium usually is: Web browser");
    harness.get_by_label("Web browser");
    assert!(harness.query_by_label("If it makes the PC slow").is_none());
}

#[test]
fn the_restart_list_knows_what_it_can_see() {
    let mut scene = Scene::new(Lang::En, 0.6);
    scene.restart.browsers = vec!["Chromium".into()];
    let mut harness = scene.harness([1000.0, 1000.0]);
    harness.get_by_label("Restart").click();
    harness.run_steps(3);
    assert!(harness.state().intents.contains(&Intent::Show(Screen::Restart)));
    harness.get_by_label_contains("Running: Chromium");
    harness.get_by_label("See whether the browser brings its pages back").click();
    harness.run_steps(3);
    assert!(harness.state().intents.contains(&Intent::Tick(Step::RestoreSetting)));
}

/// Regression: in its first seconds a full PC was "Fine", beside a headline that said that the processor is fully busy.
#[test]
fn only_what_is_fine_is_called_so_and_closing_a_browser_says_what_goes_with_it() {
    for &lang in Lang::ALL {
        let texts = Texts::new(lang);
        let mut scene = Scene::new(lang, 0.6);
        let finding = &mut scene.findings[0].0;
        (finding.rule, finding.severity) = (RuleId::FullLoad, Severity::Ok);
        let harness = scene.harness([1000.0, 1000.0]);
        harness.get_by_label(&texts.get("severity-note"));
        assert!(harness.query_by_label(&texts.get("severity-ok")).is_none());
        let harness = Scene::new(lang, 0.02).harness([1000.0, 1000.0]);
        harness.get_by_label(&texts.get("severity-ok"));
        assert!(harness.query_by_label(&texts.get("button-close-browser-note")).is_none());
        Scene::new(lang, 0.6).harness([1000.0, 1000.0]).get_by_label(&texts.get("button-close-browser-note"));
    }
}

/// The first step of an alarm is to tell the helpdesk, so that is its filled button.
#[test]
fn an_alarm_is_copied_for_the_helpdesk_before_anything_is_closed() {
    for &lang in Lang::ALL {
        let texts = Texts::new(lang);
        let mut scene = Scene::new(lang, 0.6);
        let alarm = &mut scene.findings[0].0;
        (alarm.rule, alarm.severity) = (RuleId::SecretMining, Severity::Critical);
        alarm.evidence.truncate(1);
        alarm.subject.path = Some("/tmp/.x/kworker".into());
        scene.findings[0].1 = plan(&scene.findings[0].0, None);
        let mut harness = scene.harness([1000.0, 1000.0]);
        let (copy, close) =
            (texts.get("button-tell-helpdesk"), texts.with_one("button-close-browser", "name", "Chromium"));
        let place = |harness: &Harness<'_, Scene>, label: &str| harness.get_by_label(label).rect().left();
        assert!(place(&harness, &copy) < place(&harness, &close));
        harness.get_by_label(&copy).click();
        harness.run_steps(3);
        let copied = harness.state().intents.iter().find_map(|intent| match intent {
            Intent::Copy(text) => Some(text.clone()),
            _ => None,
        });
        let copied = copied.expect("on the clipboard");
        for part in ["/tmp/.x/kworker", "Debian GNU/Linux 12", "Chromium"] {
            assert!(copied.contains(part), "{part}: {copied}");
        }
        harness.get_by_label(&texts.get("copied-for-helpdesk"));
    }
}

#[test]
fn work_that_is_suspected_can_be_called_ones_own_and_taken_back() {
    let mut scene = Scene::new(Lang::En, 0.6);
    let mut suspect = scene.findings[0].0.clone();
    suspect.rule = RuleId::SecretMining;
    suspect.evidence.truncate(1);
    suspect.subject.path = Some("/tmp/.x/kworker".into());
    suspect.signs = vec![Sign { kind: SignKind::HiddenFile, points: 20, text: Some("/tmp/.x".into()), figure: None }];
    scene.findings[0].0 = suspect.clone();
    scene.my_work = vec![MyWork {
        path: "/home/a/sums".into(),
        name: "sums".into(),
        signer: Some("Example KK".into()),
        until: At(86_400_000),
    }];
    let mut harness = scene.harness([1000.0, 1000.0]);
    harness.get_by_label("It hides: /tmp/.x");
    harness.get_by_label("This is my work").click();
    harness.run_steps(3);
    assert!(harness.state().intents.contains(&Intent::MarkMyWork(suspect.subject)));
    harness.get_by_label("Settings").click();
    harness.run_steps(3);
    harness.get_by_label("sums until 1970-01-02");
    harness.get_by_label("Only while it is signed by Example KK");
    harness.get_by_label("Take sums off the list").click();
    harness.run_steps(3);
    assert!(harness.state().intents.contains(&Intent::UnmarkMyWork("/home/a/sums".into())));
}

/// A recorded day with a burst, and its events.
fn recorded(mut scene: Scene) -> Scene {
    let now = scene.sample.at;
    let mut history = History::short(Machine::default(), Seconds(90_000.0));
    for minute in (1..120).rev() {
        let cpu = if (60..63).contains(&minute) { 0.9 } else { 0.1 };
        let mut sample =
            Sample { at: now - Seconds(f64::from(minute) * 60.0), span: Seconds(60.0), ..(*scene.sample).clone() };
        sample.cpu = Reading::Known(Fraction::new(cpu));
        sample.programs[0].cpu = Fraction::new(cpu);
        history.push(Arc::new(sample));
    }
    scene.past = Some(Past { period: Range::Day.into(), history });
    let finding = serde_json::to_value(&scene.findings[0].0).expect("json");
    let hour_ago = now - Seconds(3600.0);
    scene.recorded = Recorded {
        events: vec![
            Event::new(hour_ago, EventKind::Finding, "Chromium").with(serde_json::json!({ "finding": finding })),
            Event::new(hour_ago, EventKind::Foreground, "LibreOffice"),
        ],
        span: Some((At(0), now)),
        read: Some((now, Seconds(604_800.0))),
        ..Recorded::default()
    };
    scene
}

#[test]
fn history_lists_what_happened_and_a_click_goes_to_its_charts() {
    let mut scene = recorded(Scene::new(Lang::En, 0.6));
    scene.shell.show(Screen::History);
    let mut harness = scene.harness([1000.0, 700.0]);
    assert!(harness.query_by_label_contains("LibreOffice").is_none(), "comings and goings are not shown at first");
    harness.get_by_label_contains("Chromium keeps using 61% of this PC. Show the charts of that time").click();
    harness.run_steps(3);
    let at = harness.state().intents.iter().find_map(|intent| match intent {
        Intent::ShowMoment(at) => Some(*at),
        _ => None,
    });
    let now = harness.state().sample.at;
    let at = at.expect("the click asks for the moment");
    harness.state_mut().shell.show_moment(at, now);
    harness.run_steps(3);
    // The crosshair is at that moment, with its values and events.
    harness.get_by_label_contains("(60 min ago)");
    harness.get_by_label_contains("▼");
}

/// Charts were thinned to every n-th sample, counted from the moving left edge: a short peak came and went.
#[test]
fn the_maximum_of_an_hour_is_that_of_all_its_samples() {
    let mut harness = Scene::new(Lang::En, 0.5).harness([1000.0, 900.0]);
    harness.get_by_label("1 h").click();
    for newest in 1800..1806 {
        let mut history = History::new(Machine::default());
        for number in 0..=newest {
            let mut sample = (*harness.state().sample).clone();
            sample.at = At(1_000_000 + number * 2000);
            sample.cpu = Reading::Known(Fraction::new(if number == 1000 { 0.93 } else { 0.1 }));
            history.push(Arc::new(sample));
        }
        harness.state_mut().sample = Arc::clone(history.latest().expect("samples"));
        harness.state_mut().history = history;
        harness.run_steps(2);
        harness.get_by_label_contains("CPU: now 10%, at most 93% in the last 60 min");
    }
}

/// A minute of work three days ago vanishes in the mean of its hour.
#[test]
fn a_click_on_what_happened_days_ago_shows_the_minutes_around_it() {
    for (days, range, step) in [(3.0, Range::Hour, 60.0), (20.0, Range::Week, 3600.0)] {
        let mut scene = recorded(Scene::new(Lang::En, 0.6));
        let now = scene.sample.at + Seconds(40.0 * 86_400.0);
        scene.sample = Arc::new(Sample { at: now, ..(*scene.sample).clone() });
        let then = now - Seconds(days * 86_400.0);
        let mut harness = scene.harness([1000.0, 700.0]);
        harness.state_mut().shell.show_moment(then, now);
        harness.run_steps(2);
        let end = now.min(then + Seconds(range.seconds().0 / 2.0));
        let period = Period { range, end: Some(end) };
        assert!(harness.state().intents.contains(&Intent::LoadPast(period)), "{:?}", harness.state().intents);
        let mut history = History::short(Machine::default(), Seconds(1e6));
        for number in -5_i32..=5 {
            let at = then + Seconds(step * f64::from(number));
            let mut sample = Sample { at, span: Seconds(step), ..(*harness.state().sample).clone() };
            sample.cpu = Reading::Known(Fraction::new(if number == 0 { 0.9 } else { 0.1 }));
            sample.programs[0].cpu = Fraction::new(if number == 0 { 0.87 } else { 0.01 });
            history.push(Arc::new(sample));
        }
        harness.state_mut().past = Some(Past { period, history });
        harness.run_steps(2);
        // The crosshair is there, without current values beside it.
        harness.get_by_label_contains("CPU 90%");
        harness.get_by_label_contains("Chromium 87%");
        harness.get_by_label_contains(&format!("CPU: at most 90% in {}", if days > 7.0 { "7 days" } else { "60 min" }));
        // Nothing was recorded after it: current values must not stand in for it.
        let mut ended = History::short(Machine::default(), Seconds(1e6));
        let before = Sample { at: then - Seconds(60.0), span: Seconds(step), ..(*harness.state().sample).clone() };
        ended.push(Arc::new(before));
        harness.state_mut().past = Some(Past { period, history: ended });
        harness.run_steps(2);
        harness.get_by_label("nothing was measured then");
        harness.get_by_label("10 min").click();
        harness.run_steps(2);
        harness.get_by_label_contains("CPU: now");
    }
}

#[test]
fn history_says_what_keeps_it_from_being_written_or_read_and_what_to_do() {
    for &lang in Lang::ALL {
        let texts = Texts::new(lang);
        let drawn = |recorded: Recorded, expected: &str| {
            let mut scene = Scene::new(lang, 0.6);
            let read = Some((scene.sample.at, Seconds(604_800.0)));
            scene.recorded = Recorded { read, path: Some("/home/a/recording.db".to_owned()), ..recorded };
            scene.shell.show(Screen::History);
            let harness = scene.harness([800.0, 700.0]);
            harness.get_by_label_contains(expected);
            for empty in ["history-none-yet", "history-nothing", "history-reading"] {
                assert!(harness.query_by_label(&texts.get(empty)).is_none(), "{empty} beside {expected}");
            }
        };
        for why in Unreadable::all() {
            let sentence = texts.get(why.text());
            let begin = sentence.split(['{', '(']).next().expect("a begin").trim().to_owned();
            drawn(Recorded { unreadable: Some(why), ..Recorded::default() }, &begin);
        }
        // What prevents the agent from writing takes precedence over what cannot be read.
        for (trouble, reason) in [
            ("newer", ""),
            ("network", ""),
            ("no-folder", ""),
            ("locked", ""),
            ("read-only", ""),
            ("full", ""),
            ("io", "error 5"),
        ] {
            let trouble_reason = reason.to_owned();
            let agent = Status { trouble: Some(format!("trouble-{trouble}")), trouble_reason, ..Status::default() };
            let mut args = fluent_bundle::FluentArgs::new();
            args.set("reason", if reason.is_empty() { String::new() } else { system_reason(reason, &texts) });
            args.set("path", "/home/a/recording.db");
            let sentence = texts.with(&format!("history-trouble-{trouble}"), &args);
            let unreadable = Some(Unreadable::Older);
            drawn(Recorded { agent: Some(agent), unreadable, ..Recorded::default() }, &sentence);
        }
    }
}

#[test]
fn a_day_from_the_recording_is_requested_drawn_and_described() {
    let mut harness = recorded(Scene::new(Lang::Ja, 0.6)).harness([1000.0, 700.0]);
    harness.get_by_label("24時間").click();
    harness.run_steps(3);
    assert!(harness.state().intents.contains(&Intent::LoadPast(Range::Day.into())));
    // The maximum of that day, not of the last minute.
    harness.get_by_label_contains("90%");
}

#[test]
fn the_first_start_offers_to_keep_watching_and_settings_switch_it() {
    let mut scene = Scene::new(Lang::En, 0.6);
    scene.background = Background::NotAsked;
    let mut harness = scene.harness([1000.0, 700.0]);
    harness.get_by_label("Keep watching").click();
    harness.run_steps(3);
    assert!(harness.state().intents.contains(&Intent::SetBackground(true)));
    (harness.state_mut().background, harness.state_mut().autostart) = (Background::On, AutostartState::On);
    harness.run_steps(3);
    assert!(harness.query_by_label("Keep watching").is_none(), "asked once");
    harness.state_mut().shell.show(Screen::Settings);
    harness.run_steps(3);
    harness.get_by_label("Keep watching in the background and start with the PC").click();
    harness.run_steps(3);
    assert!(harness.state().intents.contains(&Intent::SetBackground(false)));
}

/// Switched by the icon, the settings of the system, an administrator: the window shows what is, not what was chosen in it.
#[test]
fn settings_say_whether_it_watches_and_whether_it_will_after_the_next_sign_in() {
    use AutostartState::{Off, On, OnForEveryone};
    let running = || Some(Status { cpu: Some(0.001), tray: true, ..Status::default() });
    for &lang in Lang::ALL {
        let texts = Texts::new(lang);
        let sentences = [
            "agent-state-off",
            "agent-state-off-until-sign-in",
            "agent-state-until-sign-out",
            "settings-keep-watching-everyone",
            "settings-start-watching",
        ];
        for (chosen, autostart, agent, expected) in [
            (Background::On, Off, None, vec!["agent-state-off"]),
            (Background::Off, On, None, vec!["agent-state-off-until-sign-in", "settings-start-watching"]),
            (Background::Off, On, running(), vec![]),
            (Background::On, Off, running(), vec!["agent-state-until-sign-out"]),
            (Background::NotAsked, OnForEveryone, running(), vec!["settings-keep-watching-everyone"]),
        ] {
            let mut scene = recorded(Scene::new(lang, 0.6));
            (scene.background, scene.autostart, scene.recorded.agent) = (chosen, autostart, agent);
            let mut harness = scene.harness([1000.0, 900.0]);
            assert!(harness.query_by_label(&texts.get("offer-yes")).is_none(), "{autostart:?}");
            harness.state_mut().shell.show(Screen::Settings);
            harness.run_steps(3);
            let shown: Vec<&str> =
                sentences.into_iter().filter(|id| harness.query_by_label(&texts.get(id)).is_some()).collect();
            assert_eq!(shown, expected, "{chosen:?} {autostart:?}");
            let label = texts.get("settings-keep-watching");
            let node = harness.get_by_label(&label).accesskit_node();
            assert_eq!(node.toggled() == Some(Toggled::True), autostart.is_on());
            assert_eq!(node.is_disabled(), autostart == OnForEveryone);
            if let Some(start) = harness.query_by_label(&texts.get("settings-start-watching")) {
                start.click();
                harness.run_steps(3);
                assert!(harness.state().intents.contains(&Intent::SetBackground(true)));
            }
        }
    }
}

#[test]
fn what_was_recorded_is_deleted_after_one_question_that_says_what_is_lost() {
    for &lang in Lang::ALL {
        let mut scene = recorded(Scene::new(lang, 0.6));
        scene.recorded.bytes = Some(5_000_000);
        scene.shell.show(Screen::Settings);
        let texts = Texts::new(lang);
        let mut harness = scene.harness([1000.0, 1400.0]);
        let forget = |harness: &Harness<'_, Scene>| harness.state().intents.contains(&Intent::Erase);
        let click = |harness: &mut Harness<'_, Scene>, id: &str| {
            harness.get_by_label(&texts.get(id)).click();
            harness.run_steps(3);
        };
        click(&mut harness, "settings-forget");
        harness.get_by_label(&texts.get("settings-forget-lost"));
        assert!(!forget(&harness), "not before the answer");
        click(&mut harness, "settings-forget-no");
        assert!(harness.query_by_label(&texts.get("settings-forget-lost")).is_none() && !forget(&harness));
        click(&mut harness, "settings-forget");
        click(&mut harness, "settings-forget-yes");
        assert!(forget(&harness));
        for (erasing, id) in [
            (Erasing::UnderWay, "settings-forgetting"),
            (Erasing::Done, "settings-forgotten"),
            (Erasing::Failed(None), "settings-forget-in-use"),
        ] {
            harness.state_mut().erasing = erasing;
            harness.run_steps(3);
            harness.get_by_label(&texts.get(id));
        }
        harness.state_mut().erasing = Erasing::Failed(Some("disk I/O error".to_owned()));
        harness.run_steps(3);
        harness.get_by_label_contains(&texts.get("reason-disk"));
        // Without a recording there is no button to delete it.
        harness.state_mut().recorded.bytes = None;
        harness.run_steps(3);
        assert!(harness.query_by_label(&texts.get("settings-forget")).is_none());
    }
}

/// egui_kittest also checks that every widget that takes input has a name.
#[test]
fn all_screens_draw_at_the_smallest_and_at_a_large_size_in_both_languages() {
    for &lang in Lang::ALL {
        for size in [[640.0, 480.0], [1000.0, 700.0], [2400.0, 1400.0]] {
            for &screen in Screen::ALL {
                let mut scene = recorded(Scene::new(lang, 0.6));
                scene.background = Background::NotAsked;
                scene.shell.show(screen);
                scene.harness(size).run_steps(2);
            }
        }
    }
}

#[test]
fn an_unexpected_end_is_reported_until_it_is_dismissed() {
    for &lang in Lang::ALL {
        let mut scene = Scene::new(lang, 0.6);
        scene.crash = Some(Crash { at: At(1_795_996_142_000), log: "/home/a/state/mimamori-window.log".into() });
        let texts = Texts::new(lang);
        let mut harness = scene.harness([1000.0, 700.0]);
        harness.get_by_label_contains("/home/a/state/mimamori-window.log");
        harness.get_by_label(&texts.get("crash-dismiss")).click();
        harness.run_steps(3);
        assert!(harness.state().intents.contains(&Intent::DismissCrash));
        harness.state_mut().crash = None;
        harness.run_steps(3);
        assert!(harness.query_by_label_contains("mimamori-window.log").is_none());
    }
}

/// The window with a restart that is as far as `phase`.
fn restarting(lang: Lang, phase: RestartPhase) -> Harness<'static, Scene> {
    let mut scene = Scene::new(lang, 0.05);
    scene.restart_phase = Some(phase);
    scene.harness([1000.0, 700.0])
}

#[test]
fn the_pc_is_restarted_from_the_list_in_both_languages() {
    for (lang, button) in [(Lang::En, "Restart now"), (Lang::Ja, "今すぐ再起動")] {
        let mut scene = Scene::new(lang, 0.05);
        scene.shell.show(Screen::Restart);
        let mut harness = scene.harness([1000.0, 1200.0]);
        harness.get_by_label(button).click();
        harness.run_steps(2);
        assert!(harness.state().intents.contains(&Intent::Restart));
        // While one is under way there is no second one.
        harness.state_mut().intents.clear();
        harness.state_mut().restart_phase = Some(RestartPhase::Requested { asks_password: false });
        harness.run_steps(2);
        harness.get_by_label(button).click();
        harness.run_steps(2);
        assert!(!harness.state().intents.contains(&Intent::Restart));
    }
}

#[test]
fn the_countdown_is_on_every_screen_and_ends_with_a_click_or_a_key() {
    let phase = || RestartPhase::CountingDown { left: Seconds(17.4) };
    for (lang, said, button) in
        [(Lang::En, "This PC restarts in 20 s", "Cancel"), (Lang::Ja, "20秒後に再起動します", "キャンセル")]
    {
        for &screen in Screen::ALL {
            let mut harness = restarting(lang, phase());
            harness.state_mut().shell.show(screen);
            harness.run_steps(2);
            // What a screen reader says does not change each second.
            harness.get_by_label(said);
            harness.get_by_label(button).click();
            harness.run_steps(2);
            assert!(harness.state().intents.contains(&Intent::CancelRestart), "{screen:?}");
        }
        let mut harness = restarting(lang, phase());
        harness.key_press(Key::Escape);
        harness.run_steps(2);
        assert!(harness.state().intents.contains(&Intent::CancelRestart));
    }
    // What was told to the system is not taken back.
    let mut harness = restarting(Lang::En, RestartPhase::Requested { asks_password: true });
    harness.key_press(Key::Escape);
    harness.run_steps(2);
    assert!(!harness.state().intents.contains(&Intent::CancelRestart) && harness.query_by_label("Cancel").is_none());
}

#[test]
fn what_stands_in_the_way_is_confirmed_by_name_and_the_safe_answer_is_first() {
    let phase = || RestartPhase::Confirm(vec![Blocker::NotTicked(vec!["Editor".into()]), Blocker::OthersSignedIn]);
    for (lang, names, others, restart, keep) in [
        (Lang::En, "Open now: Editor", "Another person is signed in", "Restart all the same", "Do not restart"),
        (Lang::Ja, "開いているプログラム：Editor", "ほかの人がサインイン", "それでも再起動する", "再起動しない"),
    ] {
        let mut harness = restarting(lang, phase());
        harness.run_steps(2);
        harness.get_by_label_contains(names);
        harness.get_by_label_contains(others);
        assert!(harness.get_by_label(keep).is_focused());
        assert!(harness.state().intents.is_empty());
        harness.get_by_label(restart).click();
        harness.run_steps(2);
        assert!(harness.state().intents.contains(&Intent::ConfirmRestart));
        for key in [Key::Escape, Key::Enter] {
            let mut harness = restarting(lang, phase());
            harness.run_steps(2);
            harness.key_press(key);
            harness.run_steps(2);
            assert!(harness.state().intents.contains(&Intent::CancelRestart), "{key:?}");
            assert!(!harness.state().intents.contains(&Intent::ConfirmRestart), "{key:?}");
        }
    }
}

#[test]
fn a_refusal_says_what_to_do_next() {
    for (lang, words) in [(Lang::En, "Ask them to save and to sign out"), (Lang::Ja, "サインアウトしてもらってから")]
    {
        let refused = RestartEnd::Refused(mimamori::model::RestartError::OthersSignedIn);
        let mut harness = restarting(lang, RestartPhase::Ended(refused));
        harness.get_by_label_contains(words);
        harness.get_by_label("OK").click();
        harness.run_steps(2);
        assert!(harness.state().intents.contains(&Intent::DismissRestart));
    }
}

#[test]
fn the_list_says_afterwards_whether_it_helped_and_what_came_back() {
    let returned = ReturnedBrowser { name: "Chromium".into(), after: Seconds(8.0), by: Some("session-starter".into()) };
    for (lang, verdict, back, copy, reset) in [
        (
            Lang::En,
            "The restart did not help",
            "8 s after the sign-in",
            "Copy for the helpdesk",
            "Begin the list again",
        ),
        (
            Lang::Ja,
            "再起動しても解決していません",
            "自動で戻ってきました",
            "ヘルプデスク用にコピー",
            "手順を最初から始める",
        ),
    ] {
        let mut scene = Scene::new(lang, 0.6);
        let found = scene.findings[0].0.clone();
        scene.restart.after = Some(AfterRestart {
            at: At(0),
            restarted: Restarted::Yes,
            browser: BrowserReturn::CameBack(vec![returned.clone()]),
            load: Some((Fraction::new(0.93), Fraction::new(0.61))),
            heat: None,
            before: vec![found.clone()],
            verdict: AfterVerdict::NotFixed(vec![found]),
        });
        scene.shell.show(Screen::Restart);
        let mut harness = scene.harness([1000.0, 1400.0]);
        harness.get_by_label_contains(verdict);
        harness.get_by_label_contains(back);
        harness.get_by_label(copy).click();
        harness.run_steps(2);
        let copied = harness.state().intents.iter().find_map(|intent| match intent {
            Intent::Copy(text) => Some(text.clone()),
            _ => None,
        });
        let copied = copied.expect("a text to paste");
        assert!(copied.contains("session-starter") && copied.contains("93%") && copied.contains(verdict), "{copied}");
        harness.get_by_label(reset).click();
        harness.run_steps(2);
        assert!(harness.state().intents.contains(&Intent::ResetTicks));
    }
}
