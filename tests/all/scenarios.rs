//! Replays recorded histories (one case per file in `tests/scenarios`) and compares the findings with both texts.

use std::path::Path;

fn replay(file: &Path, arguments: &[&str]) -> (String, i32) {
    let output = crate::program().arg("replay").arg(file).args(arguments).env("TZ", "UTC").output().expect("started");
    let text = String::from_utf8(output.stdout).expect("text") + &String::from_utf8(output.stderr).expect("text");
    let folder = file.parent().expect("folder").to_string_lossy().into_owned();
    let text = text.replace(&folder, "").replace(['/', '\\'], "/");
    (text, output.status.code().expect("exit code"))
}

#[test]
fn every_recorded_history_gives_the_same_words_as_before() {
    insta::with_settings!({ prepend_module_to_snapshot => false, snapshot_path => "../scenarios/expected", omit_expression => true }, {
        insta::glob!("../scenarios", "*.jsonl", |path| {
            let (en, code) = replay(path, &["--lang", "en"]);
            let (ja, _) = replay(path, &["--lang", "ja"]);
            insta::assert_snapshot!(format!("exit {code}\n\n{en}\n{ja}"));
        });
    });
}

/// JSON and text of a replay must agree: one diagnosis, not two.
#[test]
fn json_and_text_of_a_replay_speak_of_the_same_findings() {
    let file = crate::root().join("tests/scenarios/browser_load.jsonl");
    let (json, _) = replay(&file, &["--json"]);
    let last: serde_json::Value = serde_json::from_str(json.lines().last().expect("a change")).expect("json");
    let (text, _) = replay(&file, &["--lang", "en"]);
    for finding in last["findings"].as_array().expect("findings") {
        let headline = finding["text"]["en"]["headline"].as_str().expect("headline");
        assert!(text.contains(headline), "{headline}");
    }
}
