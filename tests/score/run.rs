//! Scores one recording, from its bytes to the figures.

use std::fmt::Write as _;

use mimamori::diagnose::{EvidenceKind, Finding, RuleId, Severity};
use mimamori::knowledge::Knowledge;
use serde_json::Value;

use super::convert::{Converted, Row, convert};
use super::guess::guess;
use super::labels::{LabeledSample, Score, score};
use super::map::Map;
use super::sheet::Sheet;
use crate::support::replay::Replay;

/// Result of a recording.
pub struct Scored {
    /// Path below the folder.
    pub path: String,
    /// Rows replayed.
    pub rows: usize,
    /// Stretches without a gap.
    pub stretches: usize,
    /// Score of findings that something is unusual.
    pub unusual: Score,
    /// Score of the alarm "may be secret mining".
    pub alarm: Score,
    /// Number of rows with a finding, by rule.
    pub rules: Vec<(RuleId, usize)>,
    /// What was noticed, guessed and skipped.
    pub notes: Vec<String>,
}

/// True if a finding says that something is unusual.
pub fn is_unusual(finding: &Finding) -> bool {
    match finding.rule {
        RuleId::SecretMining | RuleId::WebPageLoad | RuleId::HotButIdle => finding.severity > Severity::Ok,
        RuleId::UnattributedLoad => finding.observed(EvidenceKind::Variation).is_some(),
        RuleId::GpuBusy => finding.severity == Severity::Warning,
        _ => false,
    }
}

fn is_alarm(finding: &Finding) -> bool {
    finding.rule == RuleId::SecretMining && finding.severity == Severity::Critical
}

/// Scores a CSV file.
///
/// # Errors
/// Why it cannot be scored.
pub fn score_csv(path: &str, bytes: &[u8], maps: &[(String, Map)], knowledge: &Knowledge) -> Result<Scored, String> {
    let sheet = Sheet::read(bytes);
    let mut notes = sheet.notes.clone();
    let map = if let Some((name, map)) = maps.iter().find(|(_, map)| map.is_for(path)) {
        notes.insert(0, format!("map {name}"));
        map.clone()
    } else {
        let (map, guesses) = guess(path, &sheet);
        notes.insert(0, format!("guessed: {}", guesses.join(", ")));
        map.ok_or_else(|| format!("no column that looks like a load ({})", guesses.join(", ")))?
    };
    let mut converted = convert(&sheet, &map);
    notes.append(&mut converted.notes);
    replay(path, &converted, notes, knowledge)
}

/// Scores a history; a line may have its own `label` (true, false, 1, 0).
///
/// # Errors
/// Why it cannot be scored.
pub fn score_history(path: &str, text: &str, knowledge: &Knowledge) -> Result<Scored, String> {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let header = lines.next().unwrap_or_default().to_owned();
    let label = |line: &str| {
        let value: Value = serde_json::from_str(line).ok()?;
        let label = value.get("label")?;
        label.as_bool().or_else(|| label.as_i64().map(|label| label != 0))
    };
    let row =
        |line: &str| Row { at: f64::NAN, line: line.to_owned(), label: label(line), seconds: f64::NAN, begins: false };
    let converted = Converted { header, rows: lines.map(row).collect(), notes: Vec::new() };
    replay(path, &converted, vec!["a history".to_owned()], knowledge)
}

fn replay(path: &str, converted: &Converted, mut notes: Vec<String>, knowledge: &Knowledge) -> Result<Scored, String> {
    let mut replay = Replay::begin(&converted.header, knowledge).map_err(|error| format!("no history: {error}"))?;
    let (mut unusual, mut alarm) = (Vec::new(), Vec::new());
    let mut rules: Vec<(RuleId, usize)> = Vec::new();
    let mut skipped = 0;
    let mut stretches = 0;
    for row in &converted.rows {
        if row.begins {
            replay.forget();
            stretches += 1;
        }
        let Ok(Some((sample, findings))) = replay.line(&row.line) else {
            skipped += 1;
            continue;
        };
        let seconds = if row.seconds.is_finite() { row.seconds } else { sample.span.0 };
        let sample = |flagged| LabeledSample { seconds, label: row.label, flagged, begins: row.begins };
        unusual.push(sample(findings.iter().any(|finding| is_unusual(finding) || is_alarm(finding))));
        alarm.push(sample(findings.iter().any(is_alarm)));
        for finding in &findings {
            match rules.iter_mut().find(|(rule, _)| *rule == finding.rule) {
                Some((_, count)) => *count += 1,
                None => rules.push((finding.rule, 1)),
            }
        }
    }
    if skipped > 0 {
        notes.push(format!("{skipped} lines were not taken by the reader"));
    }
    if unusual.is_empty() {
        return Err(format!("no row could be read ({})", notes.join("; ")));
    }
    rules.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let (unusual_score, alarm_score) = (score(&unusual), score(&alarm));
    let path = path.to_owned();
    let rows = unusual.len();
    Ok(Scored { path, rows, stretches: stretches.max(1), unusual: unusual_score, alarm: alarm_score, rules, notes })
}

/// Formats the result of one recording.
pub fn print(scored: &Scored) -> String {
    let all = &scored.unusual;
    let mut text = format!("{}\n", scored.path);
    for note in &scored.notes {
        let _ = writeln!(text, "  - {note}");
    }
    let label =
        if all.labelled > 0.0 { format!("label 1: {}", percent(all.bad / all.labelled)) } else { "no label".into() };
    let _ = writeln!(
        text,
        "  {} rows, {:.1} h in {} stretches, {label}, {} stretches of label 1",
        scored.rows,
        all.seconds / 3600.0,
        scored.stretches,
        all.episodes
    );
    let _ = writeln!(text, "  {}", heading());
    for (name, score) in [("unusual", &scored.unusual), ("alarm", &scored.alarm)] {
        let _ = writeln!(text, "  {}", line(name, score));
    }
    let rules = scored.rules.iter().filter(|(rule, _)| *rule != RuleId::AllWell);
    let rules: Vec<String> = rules.map(|(rule, count)| format!("{} {count}", rule.id())).collect();
    let _ = writeln!(
        text,
        "  rows in which a rule spoke: {}",
        if rules.is_empty() { "none".into() } else { rules.join(", ") }
    );
    text
}

fn heading() -> String {
    format!(
        "{:<8} {:>7} {:>10} {:>12} {:>10} {:>13} {:>11}",
        "flag", "windows", "recall (t)", "found", "false/h", "label 0 (t)", "first after"
    )
}

fn line(name: &str, score: &Score) -> String {
    let share = |value: Option<f64>| value.map_or("-".to_owned(), percent);
    let rate = score.false_per_hour.map_or("-".to_owned(), |rate| format!("{rate:.2}"));
    let first = score.first_flag.map_or("-".to_owned(), |first| format!("{first:.0} s"));
    let found = format!("{} of {}", score.episodes_found, score.episodes);
    format!(
        "{name:<8} {:>7} {:>10} {found:>12} {rate:>10} {:>13} {first:>11}",
        score.windows,
        share(score.recall),
        share(score.false_share),
    )
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::rng::Rng;

    const MAP: &str = "match = \"*.csv\"\nos = \"linux\"\ncpus = 2\n[time]\ncolumns = [\"t\"]\ngap = 30.0\n[label]\n\
                       column = \"l\"\nbad = [\"1\"]\n[columns]\ncpu = { column = \"c\", scale = 0.01 }\n\
                       net_rx_bps = { column = \"n\", counter = true }\n";

    fn csv() -> String {
        let mut rng = Rng::of("score");
        let mut text = "t,c,n,l\n".to_owned();
        for second in 0..400 {
            let label = u8::from((150..350).contains(&second));
            let cpu = if label == 1 { 40.0 + rng.share() } else { 5.0 + 10.0 * rng.share() };
            text += &format!("{},{cpu:.1},{},{label}\n", 1_000_000 + second * 2, second * 100);
        }
        text
    }

    #[test]
    fn a_recording_of_totals_gets_its_figures() {
        let knowledge = Knowledge::builtin().expect("tables");
        let maps = [("m".to_owned(), Map::read(MAP).expect("a map"))];
        let scored = score_csv("a.csv", csv().as_bytes(), &maps, &knowledge).expect("scored");
        assert_eq!((scored.rows, scored.unusual.windows, scored.unusual.episodes_found), (400, 1, 1));
        assert_eq!((scored.unusual.false_per_hour, scored.alarm.windows), (Some(0.0), 0));
        assert!((110.0..140.0).contains(&scored.unusual.first_flag.expect("flagged")));
        assert!(print(&scored).contains("unattributed_load"));
        let guessed = score_csv("b.txt", csv().replace("t,c,n,l", "ts,cpu,net_in,label").as_bytes(), &[], &knowledge);
        assert_eq!(guessed.expect("scored").unusual.first_flag, scored.unusual.first_flag);
    }

    #[test]
    fn a_history_is_scored_as_it_is() {
        let knowledge = Knowledge::builtin().expect("tables");
        let header = r#"{"schema":"mimamori.history/1","os":"linux","cpus":2,"mem_bytes":1000}"#;
        let lines: Vec<String> =
            (1..90).map(|n| format!(r#"{{"at":{},"cpu":0.4,"label":1}}"#, 1_000_000 + n * 2)).collect();
        let scored = score_history("a.jsonl", &format!("{header}\n{}", lines.join("\n")), &knowledge).expect("scored");
        assert_eq!((scored.rows, scored.unusual.episodes_found), (89, 1));
        assert!(score_history("a.jsonl", "hello", &knowledge).is_err());
    }

    /// Bytes flipped, lost, doubled: foreign maps and recordings may contain anything.
    #[test]
    fn nothing_that_is_in_a_file_makes_it_panic() {
        let knowledge = Knowledge::builtin().expect("tables");
        let good_map = Map::read(MAP).expect("a map");
        let short: String = csv().lines().take(12).collect::<Vec<_>>().join("\n");
        let mut rng = Rng::of("mutations");
        let mut maps_read = 0;
        for round in 0..4000 {
            let mut text = if round % 2 == 0 { MAP.as_bytes().to_vec() } else { short.as_bytes().to_vec() };
            // A heavily changed map is no longer TOML, so every second time only its values are swapped.
            if round % 4 == 0 {
                text = swap_values(MAP, &mut rng).into_bytes();
            } else {
                for _ in 0..=rng.below(6) {
                    mutate(&mut text, &mut rng);
                }
            }
            if round % 2 == 0 {
                if let Ok(map) = Map::read(&String::from_utf8_lossy(&text)) {
                    maps_read += 1;
                    let _ = score_csv("x.csv", short.as_bytes(), &[("m".into(), map)], &knowledge);
                }
            } else {
                let _ = convert(&Sheet::read(&text), &good_map);
                if round % 8 == 1 {
                    let _ = score_csv("x.csv", &text, &[], &knowledge);
                }
            }
        }
        assert!(maps_read > 100, "only {maps_read} of the maps could be read");
    }

    fn swap_values(map: &str, rng: &mut Rng) -> String {
        const OLD: [&str; 9] = ["\"t\"", "\"c\"", "\"n\"", "\"l\"", "\"linux\"", "30.0", "0.01", "true", "cpus = 2"];
        const NEW: [&str; 12] = [
            "\"t\"",
            "\"c\"",
            "\"\"",
            "\"\\u0000\"",
            "1e308",
            "1e-308",
            "0.5",
            "-1e9",
            "false",
            "cpus = 4000000000",
            "cpus = 1",
            "\"l\"",
        ];
        let mut map = map.to_owned();
        for _ in 0..=rng.below(2) {
            map = map.replace(OLD[rng.below(OLD.len())], NEW[rng.below(NEW.len())]);
        }
        map
    }

    fn mutate(text: &mut Vec<u8>, rng: &mut Rng) {
        const PIECES: [&[u8]; 14] = [
            b"\"",
            b",",
            b";",
            b"\n",
            b"\0",
            b"\xff",
            b"1e308",
            b"-1",
            b"nan",
            b"\xef\xbb\xbf",
            b"999999999999999",
            b"=",
            b"[",
            b"0.0",
        ];
        if text.is_empty() {
            return;
        }
        let at = rng.below(text.len());
        match rng.below(5) {
            0 => text[at] = rng.below(256) as u8,
            1 => drop(text.drain(at..(at + 1 + rng.below(8)).min(text.len()))),
            2 => text.truncate(at.max(1)),
            3 => drop(text.splice(at..at, PIECES[rng.below(PIECES.len())].iter().copied())),
            _ => {
                let end = (at + rng.below(40)).min(text.len());
                let piece = text[at..end].to_vec();
                drop(text.splice(at..at, piece));
            }
        }
    }
}
