//! Command lines: what is a miner's, and which application a runtime runs. The file and the arguments are separated by
//! zero bytes.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mimamori::KNOWLEDGE;
use mimamori::knowledge::{Application, Knowledge, application};
use mimamori::model::{Os, ProcFacts, ProcKey, Reading, is_dangerous};

/// Longest run of letters and digits that is shown: a wallet is longer.
const LONGEST_RUN: usize = 32;

fuzz_target!(|data: &[u8]| {
    let mut parts = data.split(|byte| *byte == 0).map(|part| String::from_utf8_lossy(part).into_owned());
    let path = parts.next().unwrap_or_default();
    let args: Vec<String> = parts.collect();
    for os in [Os::Linux, Os::Windows] {
        let facts = |args: Vec<String>| ProcFacts {
            path: Reading::Known(path.clone()),
            name: path.rsplit(['/', '\\']).next().unwrap_or_default().to_owned(),
            args: Reading::Known(args),
            ..ProcFacts::new(ProcKey { pid: 9, start_time: 9 })
        };
        let own = facts(args.clone());
        let shown = KNOWLEDGE.miner_argument(&own, os);
        if let Some(shown) = &shown {
            assert!(!shown.is_empty() && shown.chars().count() < 64 && !shown.chars().any(is_dangerous), "{shown:?}");
            assert!(args.iter().any(|arg| !arg.trim().is_empty()), "nothing is no line of a miner");
            let mut runs = shown.split(|c: char| !c.is_ascii_alphanumeric());
            assert!(runs.all(|run| run.len() <= LONGEST_RUN), "{shown:?} may be a wallet");
        }
        // A blank line changes nothing.
        if !args.is_empty() {
            let longer = args.iter().cloned().chain([" \t".to_owned()]).collect();
            assert_eq!(KNOWLEDGE.miner_argument(&facts(longer), os), shown, "{args:?}");
        }
        assert_eq!(KNOWLEDGE.miner_argument(&facts(Vec::new()), os), None);
        assert!(!Knowledge::plain_name(&own).is_empty());
        let known = KNOWLEDGE.identify(&own, os);
        assert!(known.is_none_or(|program| program.os.contains(&os)));
        if let Some(Application::Named(name)) = application(&own, Some(&own)) {
            assert!(!name.trim().is_empty(), "{own:?}");
        }
    }
});
