//! All cases: reads, plays and judges them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use mimamori::diagnose::{Finding, RuleId, Severity};
use mimamori::knowledge::Knowledge;

use super::case::{Case, Expected, Forbidden};
use super::paced::PacedReplay;
use super::replay::{Replay, Step};
use super::story;

/// Known failures with their reason: counted as missed or false in the table, but not as failures of the test. Case,
/// what (`expect RULE` or `forbid RULE`), why. An entry that passes is a failure: remove it.
pub const KNOWN_WRONG: &[(&str, &str, &str)] = &[(
    "mining_in_a_page_beside_a_download",
    "expect web_page_load",
    "traffic is known of the whole PC only, and traffic is what tells a film from a page that computes",
)];

/// Folder of the cases.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios/corpus")
}

/// One expectation, and when it was met in seconds after the cause.
pub struct Met {
    /// The expectation.
    pub expected: Expected,
    /// When it was met, if ever.
    pub after: Option<f64>,
    /// Additional seconds allowed, because programs are read less often.
    pub slack: f64,
}

impl Met {
    /// True if met in time.
    pub fn is_good(&self) -> bool {
        self.after.is_some_and(|after| after <= self.expected.within + self.slack)
    }
}

/// A forbidden finding that appeared.
#[derive(Clone, Debug)]
pub struct Violation {
    /// The rule.
    pub rule: RuleId,
    /// The severity.
    pub severity: Severity,
    /// The subject.
    pub subject: String,
    /// Seconds after the start, at its first appearance.
    pub at: f64,
    /// Number of samples with it.
    pub samples: usize,
}

/// Result of a case.
pub struct Outcome {
    /// File name without its extension.
    pub name: String,
    /// The case.
    pub case: Case,
    /// Its expectations.
    pub met: Vec<Met>,
    /// Forbidden findings that appeared, by rule and severity.
    pub wrong: Vec<Violation>,
    /// Every rule with a finding: its worst severity and first appearance.
    pub rules_seen: BTreeMap<RuleId, (Severity, f64)>,
    /// The findings after the last sample.
    pub last: Vec<Finding>,
    /// Digest of all findings after each sample, byte for byte.
    pub digest: u64,
}

impl Outcome {
    /// The failures in words, without the known ones.
    pub fn problems(&self) -> Vec<String> {
        let known = |what: &str| KNOWN_WRONG.iter().any(|(case, known, _)| *case == self.name && *known == what);
        let mut problems = Vec::new();
        for met in &self.met {
            let what = format!("expect {}", met.expected.rule.id());
            let found = match met.after {
                None => "never found".to_owned(),
                Some(after) => format!("found after {after:.0} s, wanted within {:.0} s", met.expected.within),
            };
            match (met.is_good(), known(&what)) {
                (false, false) => {
                    let Expected { severity, subject, sign, .. } = &met.expected;
                    problems.push(format!("{what} {severity:?} {subject:?} {sign:?}: {found}"));
                }
                (true, true) => problems.push(format!("{what}: is right now, take it out of KNOWN_WRONG")),
                _ => {}
            }
        }
        let mut wrong_rules = BTreeSet::new();
        for wrong in &self.wrong {
            let what = format!("forbid {}", wrong.rule.id());
            wrong_rules.insert(what.clone());
            if !known(&what) {
                let Violation { severity, subject, at, samples, .. } = wrong;
                problems.push(format!("{what}: said {severity:?} about {subject:?} at {at:.0} s, {samples} times"));
            }
        }
        for (_, what, _) in
            KNOWN_WRONG.iter().filter(|(case, what, _)| *case == self.name && what.starts_with("forbid"))
        {
            if !wrong_rules.contains(*what) {
                problems.push(format!("{what}: is right now, take it out of KNOWN_WRONG"));
            }
        }
        problems
    }
}

/// Every case in the folder, sorted by name.
///
/// # Errors
/// The file that cannot be read, and why.
pub fn read_all(folder: &Path) -> Result<Vec<(String, Case)>, String> {
    let entries = std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    let read = |path: &PathBuf| {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(path).map_err(|error| format!("{name}: {error}"))?;
        Case::read(&text).map(|case| (name.clone(), case)).map_err(|error| format!("{name}: {error}"))
    };
    files.iter().map(read).collect()
}

/// How often programs are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// With every sample, as in the window.
    Window,
    /// As rarely as in the agent: [`mimamori::sampler::Pace`].
    Agent,
}

impl Pace {
    /// Factor for the load of the desktop programs. The corpus' desk is always a little busy, so that even the agent
    /// reads programs with every sample; this leaves it calm samples to skip.
    pub const fn activity(self) -> f64 {
        match self {
            Self::Window => 1.0,
            Self::Agent => 0.2,
        }
    }

    /// Seconds between two scans on a calm PC, plus one sample.
    const fn slack(self) -> f64 {
        match self {
            Self::Window => 0.0,
            Self::Agent => 32.0,
        }
    }
}

type Player<'a> = Box<dyn FnMut(&str) -> Option<Step> + 'a>;

/// Takes the lines of a history one by one.
fn player<'a>(header: &str, pace: Pace, knowledge: &'a Knowledge) -> Player<'a> {
    match pace {
        Pace::Window => {
            let mut replay = Replay::begin(header, knowledge).expect("a header");
            Box::new(move |line| replay.line(line).expect("a line that can be read"))
        }
        Pace::Agent => {
            let mut replay = PacedReplay::begin(header, knowledge).expect("a header");
            Box::new(move |line| replay.line(line).expect("a line that can be read"))
        }
    }
}

/// Plays a case with the noise of `seed` and judges it after every sample.
///
/// # Panics
/// When the generator writes a line that the reader rejects.
pub fn judge(name: &str, mut case: Case, seed: u32, pace: Pace, knowledge: &Knowledge) -> Outcome {
    case.activity = pace.activity();
    let lines = story::lines(name, seed, &case);
    let mut play = player(&lines[0], pace, knowledge);
    let cause = case.cause();
    let mut forbidden = case.forbid.clone();
    if !case.has_alarm() && !forbidden.contains(&Forbidden::ALARM) {
        forbidden.push(Forbidden::ALARM);
    }
    let mut met: Vec<Met> = case
        .expect
        .iter()
        .map(|expected| Met { expected: expected.clone(), after: None, slack: pace.slack() })
        .collect();
    let mut wrong: Vec<Violation> = Vec::new();
    let mut rules_seen: BTreeMap<RuleId, (Severity, f64)> = BTreeMap::new();
    let mut last = Vec::new();
    let mut begin = None;
    let mut digest = FNV_BEGIN;
    for line in &lines[1..] {
        let Some((sample, findings)) = play(line) else { continue };
        let begin = *begin.get_or_insert_with(|| sample.at - mimamori::model::Seconds(case.step));
        let at = super::replay::seconds(begin, sample.at);
        for met in met.iter_mut().filter(|met| met.after.is_none() && at >= cause) {
            if findings.iter().any(|finding| met.expected.matches(finding)) {
                met.after = Some(at - cause);
            }
        }
        for finding in &findings {
            let known = rules_seen.entry(finding.rule).or_insert((finding.severity, at));
            known.0 = known.0.max(finding.severity);
            if !forbidden.iter().any(|forbidden| forbidden.matches(finding)) {
                continue;
            }
            match wrong.iter_mut().find(|wrong| wrong.rule == finding.rule && wrong.severity == finding.severity) {
                Some(wrong) => wrong.samples += 1,
                None => wrong.push(Violation {
                    rule: finding.rule,
                    severity: finding.severity,
                    subject: finding.subject.group.clone(),
                    at,
                    samples: 1,
                }),
            }
        }
        add_to_digest(&mut digest, &serde_json::to_string(&findings).expect("findings"));
        last = findings;
    }
    Outcome { name: name.to_owned(), case, met, wrong, rules_seen, last, digest }
}

/// FNV-1a of 64 bits (RFC 9923): the standard library's hash may change with the compiler.
const FNV_BEGIN: u64 = 0xcbf2_9ce4_8422_2325;

fn add_to_digest(digest: &mut u64, text: &str) {
    for byte in text.bytes() {
        *digest = (*digest ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
}

/// Plays all cases on two threads, the number available to the tests.
///
/// # Panics
/// As [`judge`].
pub fn judge_all(cases: Vec<(String, Case)>, seed: u32, pace: Pace, knowledge: &Knowledge) -> Vec<Outcome> {
    let queue = std::sync::Mutex::new(cases);
    let work = || {
        let mut outcomes = Vec::new();
        loop {
            let next = queue.lock().expect("no thread panicked").pop();
            let Some((name, case)) = next else { return outcomes };
            outcomes.push(judge(&name, case, seed, pace, knowledge));
        }
    };
    let mut outcomes = std::thread::scope(|scope| {
        let threads = [scope.spawn(work), scope.spawn(work)];
        threads.into_iter().flat_map(|thread| thread.join().expect("a case panicked")).collect::<Vec<_>>()
    });
    outcomes.sort_by(|a, b| a.name.cmp(&b.name));
    outcomes
}
