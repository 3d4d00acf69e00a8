//! Validates real output against the JSON Schemas in `assets/schema`.

use serde_json::Value;

/// Recordings with deliberate errors.
const INVALID: [&str; 2] = ["bad_lines.jsonl", "percent_instead_of_fraction.jsonl"];

pub(crate) fn schema(name: &str) -> jsonschema::Validator {
    let path = crate::root().join("assets/schema").join(name);
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(path).expect("schema")).expect("json");
    jsonschema::options().with_draft(jsonschema::Draft::Draft202012).build(&schema).expect("a valid schema")
}

pub(crate) fn assert_valid(validator: &jsonschema::Validator, value: &Value) {
    let errors: Vec<String> =
        validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
}

#[test]
fn the_check_of_this_machine_is_valid_and_its_parts_add_up() {
    let output = crate::program().args(["check", "--json", "--seconds", "3"]).output().expect("started");
    let report: Value = serde_json::from_slice(&output.stdout).expect("json");
    assert_valid(&schema("check-1.schema.json"), &report);
    let sample = &report["sample"];
    let top: f64 = sample["top"].as_array().expect("top").iter().filter_map(|process| process["cpu"].as_f64()).sum();
    let sum = top + sample["everything_else_cpu"].as_f64().expect("rest");
    let total = sample["cpu"].as_f64().expect("total");
    assert!((sum - total).abs() < 0.01, "{sum} is not {total}");
    let found = report["findings"].as_array().expect("findings").iter().any(|finding| finding["severity"] != "ok");
    assert_eq!(output.status.code(), Some(i32::from(found)));
}

#[test]
fn the_check_up_of_this_machine_is_valid_and_complete() {
    let begin = std::time::Instant::now();
    let output = crate::program().args(["checkup", "--json"]).output().expect("started");
    assert!(begin.elapsed().as_secs() < 30, "{:?}", begin.elapsed());
    let report: Value = serde_json::from_slice(&output.stdout).expect("json");
    assert_valid(&schema("checkup-1.schema.json"), &report);
    let checks = report["checks"].as_array().expect("checks");
    for (check, number) in checks.iter().zip(1..) {
        assert_eq!(check["id"], format!("C-{number}"));
        let figures = check["figures"].as_object().expect("figures");
        for (name, _) in figures.iter().filter(|(_, value)| value.is_null()) {
            assert!(figures[&format!("{name}_missing")].is_string(), "{name}");
        }
    }
    let must_act = checks.iter().any(|check| check["result"] == "act");
    assert_eq!(output.status.code(), Some(i32::from(must_act)));
}

#[test]
fn a_schema_refuses_what_is_wrong() {
    let validator = schema("check-1.schema.json");
    assert!(!validator.is_valid(&serde_json::json!({ "schema": "mimamori.check/1" })));
    let validator = schema("checkup-1.schema.json");
    let words = serde_json::json!({ "sentence": "a", "saw": [], "next": "b" });
    let check = |id: String| {
        let text = serde_json::json!({ "ja": words, "en": words });
        serde_json::json!({ "id": id, "result": "ok", "text": text, "figures": {}, "remedies": [] })
    };
    let report = |count: usize| {
        let checks: Vec<Value> = (1..=count).map(|number| check(format!("C-{number}"))).collect();
        serde_json::json!({ "schema": "mimamori.checkup/1", "at": "2026-11-30T00:00:00Z", "checks": checks })
    };
    assert!(validator.is_valid(&report(18)));
    assert!(!validator.is_valid(&report(17)) && !validator.is_valid(&report(19)));
}

#[test]
fn every_recorded_history_is_valid() {
    let validator = schema("history-1.schema.json");
    let mut count = 0;
    for entry in std::fs::read_dir(crate::root().join("tests/scenarios")).expect("scenarios").flatten() {
        let path = entry.path();
        if path.extension().is_none_or(|extension| extension != "jsonl")
            || INVALID.iter().any(|name| path.ends_with(name))
        {
            continue;
        }
        for line in std::fs::read_to_string(&path).expect("text").lines().filter(|line| !line.is_empty()) {
            let value: Value = serde_json::from_str(line).expect("json");
            assert_valid(&validator, &value);
            count += 1;
        }
    }
    assert!(count > 100);
}

#[test]
fn a_replay_prints_valid_changes() {
    let file = crate::root().join("tests/scenarios/browser_load.jsonl");
    let output = crate::program().arg("replay").arg(file).arg("--json").output().expect("started");
    let validator = schema("replay-1.schema.json");
    let text = String::from_utf8(output.stdout).expect("text");
    assert!(text.lines().count() >= 2);
    let mut is_found = false;
    for line in text.lines() {
        let change: Value = serde_json::from_str(line).expect("json");
        assert_valid(&validator, &change);
        // What the tables know about the program is reported, too.
        for finding in change["findings"].as_array().expect("findings") {
            is_found |= finding["advice"] == "close"
                && finding["text"]["en"]["what"].as_str().is_some_and(|what| what.ends_with(": Web browser"))
                && finding["text"]["ja"]["what"].as_str().is_some_and(|what| what.ends_with("：Web ブラウザー"));
        }
    }
    assert!(is_found, "{text}");
}
