//! `mimamori history` on a real recording.

use mimamori::model::{
    At, Bytes, Event, EventKind, Fraction, Member, Memory, ProcKey, ProgramSample, Reading, Sample, Seconds, Use,
};
use mimamori::recorder::{Inbox, Limits, Recorder, Run};
use serde_json::{Value, json};

/// A home with a recording of the last ten minutes, one of them with a busy program.
fn home() -> tempfile::TempDir {
    let home = tempfile::tempdir().expect("folder");
    let path = home.path().join("state/mimamori/recording.db");
    let now = jiff::Timestamp::now().as_millisecond();
    let started = At(now - 600_000);
    let run = Run { boot_id: Some("a".into()), version: "0".into(), started };
    let (mut recorder, _) = Recorder::open(&path, &run, Limits::default()).expect("opened");
    for n in 1..=300_i64 {
        let busy = (100..130).contains(&n);
        let mut sample = sample(At(started.0 + n * 2000), if busy { 0.8 } else { 0.01 });
        if busy {
            sample.gpu_users = Reading::Known(vec![Use { program: "burner".into(), part: Fraction::new(0.7) }]);
        }
        recorder.add(&sample);
    }
    recorder.note(&Event::new(started, EventKind::Started, ""));
    recorder.note(&Event::new(At(now - 300_000), EventKind::SuddenStop, "").with(json!({ "cause": "power_lost" })));
    recorder.flush(At(now)).expect("written");
    let verdict = json!({ "verdict": "worked", "before": 0.8, "after": 0.05 });
    Inbox::beside(&path).put(&Event::new(At(now - 1000), EventKind::Verdict, "burner").with(verdict)).expect("put");
    home
}

fn sample(at: At, cpu: f64) -> Sample {
    let key = ProcKey { pid: 4242, start_time: 77 };
    let share = Fraction::new(cpu);
    let burner = ProgramSample {
        name: "burner".into(),
        kind: mimamori::model::ProgramKind::Program,
        cpu: share,
        busiest_part: share,
        memory: Bytes(5 * Bytes::MIB),
        disk: Reading::default(),
        parts: 1,
        path: Some("/opt/burner".into()),
        members: [Member { key, root: key, cpu: share, memory: Bytes(5 * Bytes::MIB) }].into(),
        ..ProgramSample::default()
    };
    Sample {
        at,
        span: Seconds(2.0),
        cpu: Reading::Known(Fraction::new(cpu + 0.02)),
        memory: Reading::Known(Memory { used: Bytes(3 * Bytes::GIB), total: Bytes(8 * Bytes::GIB) }),
        program_span: Seconds(2.0),
        program_total: Reading::Known(Fraction::new(cpu + 0.02)),
        programs: vec![burner],
        ..Sample::default()
    }
}

fn history(home: &tempfile::TempDir, args: &[&str]) -> std::process::Output {
    let mut program = crate::program();
    program.arg("history").args(args).env("HOME", home.path()).env("XDG_STATE_HOME", home.path().join("state"));
    program.output().expect("started")
}

#[test]
fn the_same_answer_for_scripts_and_people() {
    let home = home();
    let output = history(&home, &["--since", "30m", "--json"]);
    let timeline: Value = serde_json::from_slice(&output.stdout).expect("json");
    crate::schemas::assert_valid(&crate::schemas::schema("timeline-1.schema.json"), &timeline);
    assert_eq!(output.status.code(), Some(1), "something was found");
    let kinds: Vec<&str> =
        timeline["events"].as_array().expect("events").iter().filter_map(|event| event["kind"].as_str()).collect();
    assert_eq!(kinds, ["started", "sudden_stop", "verdict"]);
    let minutes = timeline["minutes"].as_array().expect("minutes");
    let busy = minutes.iter().filter(|minute| minute["cpu"].as_f64().is_some_and(|cpu| cpu > 0.3)).count();
    assert!((1..=2).contains(&busy), "one minute of load lies in one or two minutes: {busy}");
    let users = minutes.iter().filter(|minute| minute["gpu_users"][0]["program"] == "burner").count();
    assert!((1..=2).contains(&users), "in these minutes: {users}");
    assert!(minutes[0]["gpu_users"].is_null() && minutes[0]["net_users"].is_null(), "nobody was asked");
    let program = &minutes[0]["programs"][0];
    assert_eq!(
        (&program["name"], &program["path"], &program["pid"], &program["start"]),
        (&json!("burner"), &json!("/opt/burner"), &json!(4242), &json!(77))
    );

    let text = String::from_utf8(history(&home, &["--lang", "en"]).stdout).expect("text");
    for part in ["power was lost or it hung", "It worked: burner is closed, CPU 80% → 5.0%", "burner 1.0%"] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    let text = String::from_utf8(history(&home, &["--lang", "ja"]).stdout).expect("text");
    assert!(text.contains("効果がありました") && text.contains("1分ごとの使用状況"), "{text}");
}

#[test]
fn without_a_recording_it_says_how_to_begin_one() {
    let home = tempfile::tempdir().expect("folder");
    let output = history(&home, &["--lang", "en"]);
    assert_eq!(output.status.code(), Some(69));
    assert!(String::from_utf8_lossy(&output.stderr).contains("mimamori agent"));
}

#[test]
fn a_file_that_is_no_recording_is_an_error_and_is_left_alone() {
    let home = tempfile::tempdir().expect("folder");
    let folder = home.path().join("state/mimamori");
    std::fs::create_dir_all(&folder).expect("made");
    std::fs::write(folder.join("recording.db"), "hello, I am not a recording".repeat(100)).expect("written");
    let output = history(&home, &["--lang", "en"]);
    assert_eq!(output.status.code(), Some(69));
    assert!(String::from_utf8_lossy(&output.stderr).contains("is damaged and cannot be shown"));
    assert!(std::fs::read_to_string(folder.join("recording.db")).expect("there").starts_with("hello"));
}
