//! The check-up: every answer in both languages, and that none contradicts a finding.

use std::fmt::Write as _;
use std::sync::Arc;

use jiff::tz::TimeZone;
use mimamori::checkup::{
    Check, CheckId, CheckResult, CheckState, CheckupRun, Inputs, LONGEST_RUN, Sentence, check, check_words, unanswered,
    without_private,
};
use mimamori::diagnose::{
    Confidence, Evidence, EvidenceKind, Finding, RuleId, Severity, Subject, SubjectKind, diagnose,
};
use mimamori::explain::{Lang, Texts};
use mimamori::knowledge::{Knowledge, Label};
use mimamori::model::{
    At, Autostart, BrowserState, Bytes, BytesPerSec, Celsius, Condition, Fraction, History, Machine, Member, Memory,
    Os, Power, ProcKey, ProgramKind, ProgramSample, Protection, Reading, RecordedStops, Rpm, Sample, Seconds, Swap,
    SystemFacts, Traffic, Use, Volume, VolumeKind, VolumePoint, Why,
};
use mimamori::remedy::{Plan, planned};

const DAY: i64 = 86_400_000;
/// 2026-11-30.
const NOW: At = At(20_787 * DAY);

/// What a PC shows, to be changed by each case.
struct Pc {
    machine: Machine,
    sample: Sample,
    programs: Vec<ProgramSample>,
    facts: SystemFacts,
    trend: Vec<VolumePoint>,
    learning: Option<Seconds>,
    /// Added to those that the rules find.
    findings: Vec<Finding>,
}

fn program(name: &str, kind: ProgramKind, cpu: f64, memory: u64, window: Reading<bool>) -> ProgramSample {
    ProgramSample {
        name: name.into(),
        kind,
        cpu: Fraction::new(cpu),
        memory: Bytes(memory << 20),
        parts: 3,
        window,
        members: [2, 3]
            .map(|pid| {
                let key = ProcKey { pid, start_time: u64::from(pid) };
                Member { key, root: key, cpu: Fraction::new(cpu / 2.0), memory: Bytes(memory << 19) }
            })
            .into(),
        ..ProgramSample::default()
    }
}

fn volume(name: &str, kind: VolumeKind, total: u64, free: u64) -> Volume {
    Volume { name: name.to_owned(), kind, total: Bytes(total << 30), free: Bytes(free << 30) }
}

impl Pc {
    /// An ordinary PC with nothing wrong.
    fn well(os: Os) -> Self {
        let is_windows = os == Os::Windows;
        let root = if is_windows { "C:" } else { "/" };
        let share = |share| Reading::Known(Fraction::new(share));
        let browser = BrowserState {
            name: "Google Chrome".into(),
            dated_at: Reading::Known(At(NOW.0 - 12 * DAY)),
            update_waiting: Reading::Known(false),
            ad_blocking: Reading::Known(true),
            restores_session: Reading::Known(true),
            https_only: Reading::Known(true),
        };
        let entry = |name: &str| Autostart { name: name.to_owned(), ..Autostart::default() };
        let condition = Condition {
            restart_pending: Reading::Known(false),
            antivirus: if is_windows { Reading::Known(Protection::Good) } else { Reading::Missing(Why::Unsupported) },
            updated_at: Reading::Known(At(NOW.0 - 3 * DAY)),
            fast_startup: Reading::Known(is_windows),
            autostarts: Reading::Known(vec![entry("OneDrive"), entry("Teams")]),
            browsers: Reading::Known(vec![browser].into()),
            ..Condition::default()
        };
        let sample = Sample {
            at: NOW,
            span: Seconds(2.0),
            program_span: Seconds(2.0),
            cpu: share(0.12),
            memory: Reading::Known(Memory { used: Bytes(6 << 30), total: Bytes(16 << 30) }),
            swap: Reading::Known(Swap { used: Bytes(8 << 30), total: Bytes(20 << 30) }),
            volumes: Reading::Known(vec![
                volume(root, VolumeKind::Disk, 256, 120),
                volume("/media/alice/Backup", VolumeKind::Removable, 1000, 300),
            ]),
            disk_read: Reading::Known(BytesPerSec(2e6)),
            disk_write: Reading::Known(BytesPerSec(5e5)),
            disk_busy: share(0.04),
            net_rx: Reading::Known(BytesPerSec(3e5)),
            net_tx: Reading::Known(BytesPerSec(2e4)),
            net_users: Reading::Known(vec![Use {
                program: "Google Chrome".into(),
                part: Traffic { rx: BytesPerSec(2.8e5), tx: BytesPerSec(1e4) },
            }]),
            temperature: Reading::Known(Celsius(48.0)),
            fan: Reading::Known(Rpm(2100)),
            fan_effort: share(0.3),
            gpu: share(0.06),
            gpu_users: Reading::Known(vec![Use { program: "Google Chrome".into(), part: Fraction::new(0.05) }]),
            power: Reading::Known(Power { on_battery: false, saver: false }),
            unattributed: share(0.0),
            condition: condition.into(),
            ..Sample::default()
        };
        let programs = vec![
            program("Google Chrome", ProgramKind::Browser, 0.07, 1800, Reading::Known(true)),
            program(
                if is_windows { "Microsoft Defender Antivirus" } else { "ClamAV" },
                ProgramKind::Program,
                0.02,
                240,
                Reading::Known(false),
            ),
            program("LibreOffice", ProgramKind::Program, 0.004, 600, Reading::Known(true)),
        ];
        Self {
            machine: Machine {
                os,
                cpus: 4,
                memory: Reading::Known(Bytes(16 << 30)),
                booted_at: Reading::Known(At(NOW.0 - 2 * DAY)),
                is_virtual: Reading::Known(false),
                ..Machine::default()
            },
            sample,
            programs,
            facts: SystemFacts {
                packages_changed_at: if is_windows {
                    Reading::Missing(Why::Unsupported)
                } else {
                    Reading::Known(At(NOW.0 - 4 * DAY))
                },
                virus_list_at: if is_windows {
                    Reading::Missing(Why::NoSensor)
                } else {
                    Reading::Known(At(NOW.0 - DAY))
                },
                installed_services: Reading::Known(Vec::new()),
                stops: Reading::Known(RecordedStops { from: At(NOW.0 - 40 * DAY), stops: Vec::new() }),
            },
            trend: vec![VolumePoint { at: At(NOW.0 - 3 * DAY), name: root.to_owned(), free: Bytes(124 << 30) }],
            learning: None,
            findings: Vec::new(),
        }
    }

    /// A PC that tells nothing, for this reason.
    fn silent(why: Why) -> Self {
        let mut pc = Self::well(Os::Linux);
        pc.machine = Machine { os: Os::Linux, booted_at: Reading::Missing(why), ..Machine::default() };
        let condition = Condition {
            restart_pending: Reading::Missing(why),
            antivirus: Reading::Missing(why),
            updated_at: Reading::Missing(why),
            fast_startup: Reading::Missing(why),
            autostarts: Reading::Missing(why),
            browsers: Reading::Missing(why),
            ..Condition::default()
        };
        pc.sample = Sample {
            at: NOW,
            cpu: Reading::Missing(why),
            memory: Reading::Missing(why),
            swap: Reading::Missing(why),
            volumes: Reading::Missing(why),
            disk_busy: Reading::Missing(why),
            net_rx: Reading::Missing(why),
            net_tx: Reading::Missing(why),
            temperature: Reading::Missing(why),
            fan_effort: Reading::Missing(why),
            gpu: Reading::Missing(why),
            power: Reading::Missing(why),
            condition: condition.into(),
            ..Sample::default()
        };
        pc.programs = vec![program("Firefox", ProgramKind::Browser, 0.0, 0, Reading::Missing(why))];
        pc.facts = SystemFacts {
            packages_changed_at: Reading::Missing(why),
            virus_list_at: Reading::Missing(why),
            installed_services: Reading::Missing(why),
            stops: Reading::Missing(why),
        };
        pc
    }

    fn condition(mut self, change: impl FnOnce(&mut Condition)) -> Self {
        change(Arc::make_mut(&mut self.sample.condition));
        self
    }

    fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    fn check(&self, id: CheckId, knowledge: &Knowledge) -> Check {
        let mut history = History::new(self.machine.clone());
        history.set_learning(self.learning);
        history.prepend_trend(self.trend.clone());
        history.push(Arc::new(Sample { programs: self.programs.clone(), ..self.sample.clone() }));
        let found = diagnose(&history, knowledge).into_iter().chain(self.findings.clone());
        let mut findings: Vec<(Finding, Plan)> = found.map(|finding| planned(finding, None)).collect();
        findings.sort_by_key(|(finding, _)| std::cmp::Reverse(finding.severity));
        let (programs, facts) = (&*self.programs, &self.facts);
        let started = |key: ProcKey| Some(At(NOW.0 - i64::from(key.pid) * DAY));
        check(id, &Inputs { history: &history, programs, findings: &findings, facts, knowledge, started: &started })
    }
}

/// The answer as it is read, in both languages.
fn told(case: &str, check: &Check, knowledge: &Knowledge) -> String {
    let mut text = format!("{} {case}: {}\n", check.id.code(), check.result.id());
    for &lang in Lang::ALL {
        let texts = Texts::new(lang);
        let words = check_words(check, knowledge, &texts, &TimeZone::UTC, false);
        writeln!(text, "  {}: {}", texts.get(&check.id.title()), words.sentence).expect("text");
        for saw in &words.saw {
            writeln!(text, "    - {saw}").expect("text");
        }
        writeln!(text, "    > {}", words.next).expect("text");
        for part in words.saw.iter().chain([&words.sentence, &words.next]) {
            assert!(!part.contains(['{', '}', '$']) && !part.contains("checkup-"), "{case} {lang:?}: {part}");
        }
    }
    text
}

fn finding(rule: RuleId, severity: Severity, kind: SubjectKind) -> Finding {
    let subject = Subject {
        kind,
        group: "Google Chrome".into(),
        name: Label::same("Google Chrome"),
        parts: 3,
        ..Subject::machine()
    };
    let evidence = vec![Evidence::new(EvidenceKind::ProgramCpu, 0.8, Seconds(120.0))];
    Finding::new(rule, severity, Confidence::High, subject, NOW, evidence)
}

/// Cases of each question; together they have every sentence.
fn cases() -> Vec<(CheckId, &'static str, Pc)> {
    use CheckId as C;
    let (linux, windows) = (|| Pc::well(Os::Linux), || Pc::well(Os::Windows));
    let mut cases: Vec<(CheckId, &'static str, Pc)> = Vec::new();
    for &id in CheckId::ALL {
        cases.push((id, "well, Linux", linux()));
        cases.push((id, "well, Windows", windows()));
        cases.push((id, "silent", Pc::silent(Why::Unsupported)));
    }
    let browser = |change: fn(&mut BrowserState)| {
        move |condition: &mut Condition| {
            let mut state = condition.browsers.known().expect("browsers")[0].clone();
            change(&mut state);
            condition.browsers = Reading::Known(vec![state].into());
        }
    };
    let stops = |days: &[i64]| {
        let stops = days.iter().map(|days| At(NOW.0 - days * DAY)).collect();
        Reading::Known(RecordedStops { from: At(NOW.0 - 40 * DAY), stops })
    };
    let miner = || finding(RuleId::SecretMining, Severity::Critical, SubjectKind::Browser);
    let mut add = |id, name, pc| cases.push((id, name, pc));
    add(
        C::Cpu,
        "a browser at work",
        linux().with(|pc| pc.findings = vec![finding(RuleId::BrowserLoad, Severity::Warning, SubjectKind::Browser)]),
    );
    add(C::Cpu, "mining", linux().with(|pc| pc.findings = vec![miner()]));
    add(
        C::DiskSpace,
        "nearly full",
        windows().with(|pc| pc.sample.volumes = Reading::Known(vec![volume("C:", VolumeKind::Disk, 256, 1)])),
    );
    add(C::DiskSpace, "more free than before", windows().with(|pc| pc.trend[0].free = Bytes(80 << 30)));
    add(C::Heat, "estimated", windows().with(|pc| pc.sample.temperature = Reading::Missing(Why::NoSensor)));
    add(
        C::Heat,
        "virtual",
        linux().with(|pc| {
            pc.sample.temperature = Reading::Missing(Why::NoSensor);
            pc.machine.is_virtual = Reading::Known(true);
        }),
    );
    add(C::Browser, "none", linux().with(|pc| pc.programs.remove(0).parts = 0));
    add(
        C::Browser,
        "without a window",
        linux()
            .with(|pc| pc.programs[0].window = Reading::Known(false))
            .condition(browser(|state| state.restores_session = Reading::Known(false))),
    );
    add(C::Browser, "mining", linux().with(|pc| pc.findings = vec![miner()]));
    add(C::Mining, "learning", linux().with(|pc| pc.learning = Some(Seconds::from_hours(5.0))));
    add(
        C::Mining,
        "never watched, hidden programs",
        linux().with(|pc| {
            pc.learning = Some(Seconds(0.0));
            pc.sample.unattributed = Reading::Missing(Why::NoPermission);
        }),
    );
    add(C::Mining, "mining", linux().with(|pc| pc.findings = vec![miner()]));
    add(
        C::Startup,
        "a new one",
        windows().condition(|condition| {
            condition.autostarts = Reading::Known(vec![
                Autostart { name: "OneDrive".into(), ..Autostart::default() },
                Autostart { name: "Helper".into(), since: Some(At(NOW.0 - DAY)), ..Autostart::default() },
            ]);
        }),
    );
    add(
        C::Startup,
        "a suspicious one",
        windows().condition(|condition| {
            let file = Some(r"C:\Users\alice\AppData\Local\Temp\h.exe".to_owned());
            condition.autostarts =
                Reading::Known(vec![Autostart { name: "Helper".into(), file, since: Some(At(NOW.0 - DAY)) }]);
        }),
    );
    add(C::Startup, "never recorded", linux().with(|pc| pc.learning = Some(Seconds(0.0))));
    add(
        C::Restart,
        "pending for long",
        windows()
            .with(|pc| pc.machine.booted_at = Reading::Known(At(NOW.0 - 9 * DAY)))
            .condition(|condition| condition.restart_pending = Reading::Known(true)),
    );
    add(
        C::Restart,
        "pending since today",
        linux().condition(|condition| condition.restart_pending = Reading::Known(true)),
    );
    add(C::Restart, "weeks", windows().with(|pc| pc.machine.booted_at = Reading::Known(At(NOW.0 - 30 * DAY))));
    add(
        C::Updates,
        "old",
        windows().condition(|condition| condition.updated_at = Reading::Known(At(NOW.0 - 90 * DAY))),
    );
    add(C::Antivirus, "off", windows().condition(|condition| condition.antivirus = Reading::Known(Protection::Off)));
    add(
        C::Antivirus,
        "out of date, watched by the company",
        windows()
            .with(|pc| {
                pc.programs.push(program("CrowdStrike Falcon", ProgramKind::Program, 0.0, 90, Reading::Known(false)));
            })
            .condition(|condition| condition.antivirus = Reading::Known(Protection::Poor)),
    );
    add(
        C::Antivirus,
        "none",
        linux().with(|pc| {
            pc.programs.remove(1);
            pc.facts.virus_list_at = Reading::Missing(Why::NoSensor);
        }),
    );
    add(
        C::Antivirus,
        "installed, not running",
        linux().with(|pc| {
            pc.programs.remove(1);
            pc.facts.virus_list_at = Reading::Missing(Why::NoSensor);
            pc.facts.installed_services = Reading::Known(vec!["falcon-sensor".to_owned()]);
        }),
    );
    add(C::Antivirus, "old list", linux().with(|pc| pc.facts.virus_list_at = Reading::Known(At(NOW.0 - 60 * DAY))));
    add(C::AdBlocking, "no browser", linux().with(|pc| pc.programs.remove(0).parts = 0));
    add(
        C::AdBlocking,
        "none",
        linux().condition(browser(|state| {
            (state.ad_blocking, state.https_only) = (Reading::Known(false), Reading::Known(false));
        })),
    );
    add(C::SuddenStops, "one lately", linux().with(|pc| pc.facts.stops = stops(&[20])));
    add(C::SuddenStops, "long ago", linux().with(|pc| pc.facts.stops = stops(&[35])));
    add(C::SuddenStops, "again and again", linux().with(|pc| pc.facts.stops = stops(&[20, 11, 3])));
    add(C::SuddenStops, "never recorded", linux().with(|pc| pc.facts.stops = Reading::Missing(Why::NotYet)));
    add(C::Cpu, "full for a moment", linux().with(|pc| pc.sample.cpu = Reading::Known(Fraction::new(0.97))));
    add(C::DiskBusy, "full for a moment", linux().with(|pc| pc.sample.disk_busy = Reading::Known(Fraction::new(1.0))));
    add(C::Power, "a desktop PC", linux().with(|pc| pc.sample.power = Reading::Missing(Why::NoSensor)));
    add(
        C::Power,
        "battery",
        linux().with(|pc| pc.sample.power = Reading::Known(Power { on_battery: true, saver: false })),
    );
    add(
        C::Power,
        "saver",
        linux().with(|pc| pc.sample.power = Reading::Known(Power { on_battery: true, saver: true })),
    );
    add(C::Windows, "one hangs for a moment", linux().with(|pc| pc.programs[2].hung = true));
    add(
        C::Commit,
        "no swap",
        linux().with(|pc| pc.sample.swap = Reading::Known(Swap { used: Bytes(0), total: Bytes(0) })),
    );
    cases.sort_by_key(|(id, ..)| *id);
    cases
}

#[test]
fn every_answer_has_words_in_both_languages() {
    let knowledge = Knowledge::builtin().expect("tables");
    let all = cases().into_iter().map(|(id, name, pc)| told(name, &pc.check(id, &knowledge), &knowledge));
    let mut texts: String = all.collect();
    for &why in Why::ALL {
        texts += &told(why.id(), &unanswered(CheckId::Network, why), &knowledge);
    }
    insta::assert_snapshot!("checkup_answers", texts);
}

/// No text of the check-up is left over.
#[test]
fn every_sentence_is_said_in_some_case() {
    let knowledge = Knowledge::builtin().expect("tables");
    let mut used: Vec<String> = Vec::new();
    for (id, _, pc) in cases() {
        let check = pc.check(id, &knowledge);
        used.extend(check.saw.iter().map(|phrase| phrase.id.clone()));
        used.push(check.next.id.clone());
        if let Sentence::Own(phrase) = &check.sentence {
            used.push(phrase.id.clone());
        }
    }
    let text = std::fs::read_to_string(crate::root().join("assets/text/en/checkup.ftl")).expect("texts");
    // Those of the screen are tested there.
    let of_others = [
        "checkup-title",
        "checkup-progress",
        "checkup-stop",
        "checkup-again",
        "checkup-for-two",
        "checkup-keys",
        "checkup-show-",
        "checkup-not-run",
        "checkup-pending",
        "checkup-line-",
        "checkup-spoken",
        "checkup-result-",
        "checkup-summary",
        "checkup-at",
        "checkup-see",
        "checkup-why-",
        "checkup-mail",
    ];
    for id in text.lines().filter_map(|line| line.split_once(" =")).map(|(id, _)| id) {
        let is_other = of_others.iter().any(|start| id.starts_with(start)) || id.ends_with("-title");
        assert!(is_other || !id.starts_with("checkup-") || used.iter().any(|used| used == id), "{id} is never said");
    }
}

/// What screen Now calls "look" or "to do" is never "OK" here, and what it does not mention is never "to do".
#[test]
fn no_answer_contradicts_a_finding() {
    let knowledge = Knowledge::builtin().expect("tables");
    for &rule in RuleId::ALL {
        let Some(id) = CheckId::of_rule(rule) else { continue };
        for (severity, least) in [
            (Severity::Ok, CheckResult::Ok),
            (Severity::Warning, CheckResult::Look),
            (Severity::Critical, CheckResult::Act),
        ] {
            let pc = Pc::well(Os::Linux).with(|pc| pc.findings = vec![finding(rule, severity, SubjectKind::Program)]);
            let answer = pc.check(id, &knowledge);
            assert!(answer.result >= least && answer.result <= least.max(CheckResult::Look), "{rule:?} {severity:?}");
            if severity > Severity::Ok {
                assert_eq!(answer.finding().map(|(finding, _)| finding.rule), Some(rule), "{rule:?}");
            }
            for &other in CheckId::ALL.iter().filter(|other| **other != id) {
                let answer = pc.check(other, &knowledge);
                let points_there = matches!(&answer.sentence, Sentence::See(see, _) if *see == id);
                assert!(points_there || answer.result < CheckResult::Look, "{rule:?}: {other:?}");
            }
        }
    }
}

#[test]
fn the_worst_of_several_findings_answers_and_the_others_are_named() {
    let knowledge = Knowledge::builtin().expect("tables");
    let pc = Pc::well(Os::Windows).with(|pc| {
        pc.findings = vec![
            finding(RuleId::Hot, Severity::Warning, SubjectKind::Machine),
            finding(RuleId::SlowedByHeat, Severity::Critical, SubjectKind::Machine),
        ];
    });
    let answer = pc.check(CheckId::Heat, &knowledge);
    assert_eq!(answer.finding().map(|(finding, _)| finding.rule), Some(RuleId::SlowedByHeat));
    assert_eq!((answer.result, answer.also.len()), (CheckResult::Act, 1));
}

#[test]
fn what_others_see_names_no_user_and_no_path() {
    let knowledge = Knowledge::builtin().expect("tables");
    for (id, name, pc) in cases() {
        let answer = pc.check(id, &knowledge);
        for &lang in Lang::ALL {
            let words = check_words(&answer, &knowledge, &Texts::new(lang), &TimeZone::UTC, true);
            for text in words.saw.iter().chain([&words.sentence, &words.next]) {
                let shown = without_private(text, Some("alice"));
                assert!(!shown.contains("alice") && !shown.contains('\\'), "{name}: {shown}");
            }
        }
    }
}

#[test]
fn a_run_shows_progress_can_be_stopped_and_always_ends() {
    let knowledge = Knowledge::builtin().expect("tables");
    let pc = Pc::well(Os::Linux);
    let mut history = History::new(pc.machine.clone());
    history.push(Arc::new(pc.sample.clone()));
    let inputs = Inputs {
        history: &history,
        programs: &pc.programs,
        findings: &[],
        facts: &pc.facts,
        knowledge: &knowledge,
        started: &|_| None,
    };
    let after = |seconds: f64| NOW + Seconds(seconds);
    let mut run = CheckupRun::default();
    assert!(run.is_new() && !run.is_running());
    run.start(None, NOW);
    run.step(after(1.0), Some(&pc.facts), &inputs);
    assert_eq!((run.done(), run.is_running()), (0, true));
    run.step(after(2.5), None, &inputs);
    let early = run.done();
    assert!(
        early > 0 && run.state(CheckId::Antivirus).is_some_and(|state| state.done().is_none()),
        "facts are missing"
    );
    run.step(after(4.0), Some(&pc.facts), &inputs);
    assert!(run.done() > early && run.is_running());
    run.step(after(6.0), Some(&pc.facts), &inputs);
    assert_eq!((run.done(), run.is_running()), (CheckId::ALL.len(), false));
    // One again, stopped: its answer stands again.
    let before = run.clone();
    run.start(Some(CheckId::Cpu), after(30.0));
    assert!(matches!(run.state(CheckId::Cpu), Some(CheckState::Pending { before: Some(_), .. })));
    run.cancel();
    assert_eq!(run.checks().collect::<Vec<_>>(), before.checks().collect::<Vec<_>>());
    // The first run, stopped: nothing is claimed.
    let mut stopped = CheckupRun::default();
    stopped.start(None, NOW);
    stopped.cancel();
    assert_eq!((stopped.checks().count(), stopped.is_running(), stopped.is_new()), (0, false, false));
    // No sample ever comes.
    for end in [NOW + LONGEST_RUN, NOW - Seconds(60.0)] {
        let mut lost = CheckupRun::default();
        lost.start(None, NOW);
        lost.expire(end);
        assert!(lost.checks().all(|check| check.result == CheckResult::NotKnown) && !lost.is_running());
    }
}
