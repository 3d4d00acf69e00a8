//! No test is skipped by an attribute: an ignored one is a child process that another test starts.

use std::fs;

#[test]
fn an_ignored_test_is_started_by_another_one() {
    let mut problems = Vec::new();
    for file in crate::rust_files(&["src", "tests"]) {
        let text = fs::read_to_string(&file).expect("a source");
        for (before, after) in text.match_indices("#[ignore").map(|(at, _)| text.split_at(at)) {
            // Skips this very line and comments.
            if !before.rsplit('\n').next().is_some_and(|line| line.trim().is_empty()) {
                continue;
            }
            let reason =
                after.strip_prefix("#[ignore = \"").and_then(|rest| rest.split('"').next()).unwrap_or_default();
            let name = after.split("fn ").nth(1).and_then(|rest| rest.split('(').next()).unwrap_or_default();
            let starter = reason.strip_prefix("started by ").unwrap_or_default();
            // Another test of this file, or the file it names.
            let by_file = fs::read_to_string(crate::root().join(starter)).is_ok_and(|script| script.contains(name));
            if starter.is_empty() || text.matches(name).count() < 2 && !by_file {
                problems.push(format!("{}: {name} is ignored: {reason:?}", file.display()));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}
