//! The tables in `assets/knowledge`: complete, with sources, and in the form that the override schema promises.

use std::collections::BTreeSet;

use mimamori::knowledge::{Advice, Busy, Knowledge};
use serde_json::{Value, json};

use crate::schemas::{assert_valid, schema};

fn table(name: &str) -> Value {
    let path = crate::root().join("assets/knowledge").join(name);
    toml::from_str(&std::fs::read_to_string(path).expect("a table")).expect("toml")
}

fn example() -> String {
    std::fs::read_to_string(crate::root().join("assets/knowledge/example-override.toml")).expect("the example")
}

/// An existing date, not in the far future: `2026-07-28`.
fn is_date(text: &str) -> bool {
    text.parse::<jiff::civil::Date>().is_ok_and(|date| (2024..2100).contains(&date.year())) && text.len() == 10
}

#[test]
fn every_program_has_both_languages_a_source_and_a_date() {
    let table = table("programs.toml");
    let programs = table["program"].as_array().expect("programs");
    assert!(programs.len() >= 350, "{}", programs.len());
    let mut seen = BTreeSet::new();
    let mut sources = BTreeSet::new();
    for program in programs {
        let id = program["id"].as_str().expect("id");
        assert!(seen.insert(id.to_owned()), "{id} twice");
        for label in ["name", "what"] {
            for lang in ["ja", "en"] {
                let text = program[label][lang].as_str().unwrap_or_default();
                let most = if lang == "ja" { 40 } else { 60 };
                assert!(!text.trim().is_empty() && text.trim() == text, "{id}");
                assert!(label == "name" || text.chars().count() <= most, "{id}: {text}");
            }
        }
        // Given explicitly, not by default.
        let word = program["do"].as_str().unwrap_or_default();
        assert!(Advice::ALL.iter().any(|advice| advice.id() == word), "{id}: do = {word:?}");
        let source = program["source"].as_str().unwrap_or_default();
        let date = program["date"].as_str().or_else(|| table["sources"][source]["date"].as_str());
        assert!(is_date(date.unwrap_or_default()), "{id} has no date");
        sources.insert(source.to_owned());
        // Our own program is known by its place beside the running one.
        let has_place = id == "mimamori" || program["services"].is_array();
        assert!(!pairs(program).is_empty() || has_place, "{id} has no files");
        for (os, file) in pairs(program) {
            assert!(seen.insert(format!("{os}/{file}")), "{file} twice");
            assert!(file == file.to_lowercase() && file.strip_suffix(".exe").is_none(), "{id}: {file}");
        }
        if let Some(busy) = program["busy"].as_str() {
            assert!(Busy::ALL.iter().any(|known| known.id() == busy), "{id}");
        }
    }
    for (id, source) in table["sources"].as_object().expect("sources") {
        for key in ["title", "licence"] {
            assert!(source[key].as_str().is_some_and(|text| !text.is_empty()), "{id} has no {key}");
        }
        assert!(is_date(source["date"].as_str().unwrap_or_default()), "{id}");
    }
    assert!(sources.len() >= 4);
    // Every reason is used by some program; the text of an unused one could never be seen.
    let used: BTreeSet<&str> = programs.iter().filter_map(|program| program["busy"].as_str()).collect();
    assert_eq!(used.len(), Busy::ALL.len(), "{used:?}");
}

fn pairs(program: &Value) -> Vec<(String, String)> {
    let texts = |key: &str| -> Vec<String> {
        program[key].as_array().into_iter().flatten().filter_map(|text| text.as_str().map(str::to_owned)).collect()
    };
    texts("os").into_iter().flat_map(|os| texts("files").into_iter().map(move |file| (os.clone(), file))).collect()
}

#[test]
fn linux_names_are_there_as_linux_cuts_them() {
    let table = table("programs.toml");
    for program in table["program"].as_array().expect("programs") {
        // Only for programs that exist on Linux alone: long names of the others are those of Windows.
        if program["os"] != json!(["linux"]) {
            continue;
        }
        let files: BTreeSet<String> = pairs(program).into_iter().map(|(_, file)| file).collect();
        for file in files.iter().filter(|file| file.len() > 15) {
            assert!(files.contains(&file[..15]), "{}: {file}", program["id"]);
        }
    }
}

#[test]
fn the_parts_of_windows_are_complete() {
    let table = table("system.toml");
    let parts = table["program"].as_array().expect("parts");
    assert!(parts.len() >= 55, "{}", parts.len());
    let files: BTreeSet<&str> = parts.iter().filter_map(|part| part["file"].as_str()).collect();
    assert_eq!(files.len(), parts.len());
    for part in parts {
        let file = part["file"].as_str().expect("file");
        assert!(file == file.to_lowercase() && file.strip_suffix(".exe").is_none(), "{file}");
        assert!(part["folders"].as_array().is_some_and(|folders| !folders.is_empty()), "{file}");
    }
    // A misspelt parent would make every child suspicious.
    let known = Knowledge::builtin().expect("tables");
    let names: BTreeSet<&String> = known.programs().iter().flat_map(|program| &program.files).collect();
    for parent in parts.iter().filter_map(|part| part["parents"].as_array()).flatten() {
        let parent = parent.as_str().expect("a name").to_owned();
        assert!(names.contains(&parent), "{parent} is no known program");
    }
}

/// The thresholds without their sources, which an override cannot change.
fn figures() -> Value {
    let mut figures = table("thresholds.toml");
    let sources = figures.as_object_mut().and_then(|table| table.remove("sources"));
    assert!(sources.is_some_and(|sources| sources.is_object()));
    figures
}

#[test]
fn the_built_in_tables_and_the_example_have_the_form_of_an_override() {
    let validator = schema("knowledge-1.schema.json");
    let mut built_in = table("programs.toml");
    // Our own program has no file that an override could give it.
    built_in["program"].as_array_mut().expect("programs").retain(|program| program["id"] != "mimamori");
    built_in["thresholds"] = figures();
    built_in["monitors"] = table("monitors.toml")["monitors"].clone();
    assert_valid(&validator, &built_in);
    let example: Value = toml::from_str(&example()).expect("toml");
    assert_valid(&validator, &example);
    for wrong in [
        json!({ "colour": 1 }),
        json!({ "monitors": "htop" }),
        json!({ "thresholds": { "cpu": { "program": 30 } } }),
        json!({ "thresholds": { "nothing": 1 } }),
        json!({ "program": [{ "id": "x" }] }),
    ] {
        assert!(!validator.is_valid(&wrong), "{wrong}");
    }
    let mut one = example["program"][0].clone();
    for (key, value) in [("busy", json!("dancing")), ("files", json!([])), ("id", json!("Mine")), ("colour", json!(1))]
    {
        let was = one[key].clone();
        one[key] = value;
        assert!(!validator.is_valid(&json!({ "program": [one] })), "{key}");
        one[key] = was;
    }
}

#[test]
fn the_schema_knows_every_word_and_every_figure() {
    let path = crate::root().join("assets/schema/knowledge-1.schema.json");
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(path).expect("schema")).expect("json");
    let program = &schema["$defs"]["program"]["properties"];
    assert_eq!(program["busy"]["enum"], json!(Busy::ALL.iter().map(|busy| busy.id()).collect::<Vec<_>>()));
    assert_eq!(program["do"]["enum"], json!(Advice::ALL.iter().map(|advice| advice.id()).collect::<Vec<_>>()));
    let figures = figures();
    for (key, value) in figures.as_object().expect("a table") {
        let entry = &schema["properties"]["thresholds"]["properties"][key];
        assert!(entry.is_object(), "{key}");
        for inner in value.as_object().into_iter().flat_map(|table| table.keys()) {
            assert!(entry["properties"][inner].is_object(), "{key}.{inner}");
        }
    }
}

#[test]
fn the_example_counts_as_a_whole_and_is_quick_to_merge() {
    let builtin = Knowledge::builtin().expect("tables");
    let (knowledge, notes) = builtin.with_override(&example());
    assert!(notes.is_empty(), "{notes:?}");
    assert!(knowledge.programs().len() > builtin.programs().len());
    // The largest file that is read must not delay the start.
    let mut text = String::new();
    for n in 0.. {
        let entry = format!(
            "[[program]]\nid = \"p{n}\"\nos = [\"linux\"]\nkind = \"program\"\nname = {{ ja = \"p{n}\", en = \"p{n}\" }}\n\
             what = {{ ja = \"p\", en = \"p\" }}\nfiles = [\"p{n}\"]\n"
        );
        if text.len() + entry.len() > mimamori::knowledge::OVERRIDE_LIMIT {
            break;
        }
        text.push_str(&entry);
    }
    let (knowledge, notes) = builtin.with_override(&text);
    assert!(notes.is_empty(), "{notes:?}");
    assert!(knowledge.programs().len() > builtin.programs().len() + 1_000);
    // A tenth of it takes about a tenth of the time: whatever compares each with each takes a hundredth. The best of some
    // tries, so that other work on the PC counts for neither.
    let tenth = &text[..text[..text.len() / 10].rfind("[[program]]").expect("a program")];
    let best = |text: &str| {
        let time = |_| {
            let started = std::time::Instant::now();
            std::hint::black_box(builtin.with_override(text));
            started.elapsed()
        };
        (0..3).map(time).min().expect("a time").as_secs_f64()
    };
    let ratio = best(&text) / best(tenth);
    assert!(ratio < 40.0, "ten times the text takes {ratio:.1} times as long");
}
