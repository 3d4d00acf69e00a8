//! `mimamori replay FILE`: diagnoses a recorded history as if it were live.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::sync::Arc;

use fluent_bundle::FluentArgs;
use serde_json::json;

use super::{PATH_CHARS, print};
use crate::console::Output;
use crate::context::Context;
use crate::diagnose::{Finding, Grouper, RuleId, Severity, diagnose};
use crate::exit::Exit;
use crate::explain::{Lang, Texts, explain, format, system_reason};
use crate::model::{At, DisplayName, History, Refusal};
use crate::platform;
use crate::remedy::{Plan, planned};
use crate::report::{AtForm, HistoryReader, LineError, NoHistory, finding_json};

/// Length limit of a line. No sample is longer, and one of 16 MB took hundreds of MB once it was parsed.
const MAX_LINE_BYTES: u64 = 512 << 10;

/// Reads `file` and prints every change of the findings.
pub(super) fn run(file: &Path, as_json: bool, lang: Option<Lang>, context: &Context, output: &mut Output) -> Exit {
    let texts = context.texts(lang.unwrap_or(context.lang));
    let name = DisplayName::with_limit(&file.to_string_lossy(), PATH_CHARS).as_str().to_owned();
    let mut lines = match platform::open_ordinary(file) {
        Ok(file) => Lines { reader: BufReader::new(file), number: 0 },
        Err(error) => {
            output.error(&cannot_read(&error, &name, texts));
            return Exit::Usage;
        }
    };
    let header = loop {
        match lines.next() {
            Ok(Some(Ok(line))) if line.trim().is_empty() => {}
            Ok(Some(Ok(line))) => break line,
            Ok(Some(Err(_))) => {
                output.error(&texts.with_one("cli-error-not-text", "file", name));
                return Exit::Usage;
            }
            Ok(None) => break String::new(),
            Err(error) => {
                output.error(&cannot_read(&error, &name, texts));
                return Exit::Unavailable;
            }
        }
    };
    let mut reader = match HistoryReader::begin(&header) {
        Ok(reader) => reader,
        Err(error) => {
            output.error(&refuse(&error, &name, texts));
            return Exit::Usage;
        }
    };
    let mut replay = Replay::new(&reader, context, texts, as_json);
    loop {
        let line = match lines.next() {
            Ok(Some(line)) => line,
            Ok(None) => break,
            // The rest of the file is unknown, so the exit code must not claim that nothing was found.
            Err(error) => {
                output.error(&cannot_read(&error, &name, texts));
                return Exit::Unavailable;
            }
        };
        let result = line.and_then(|line| reader.line(&line));
        match result {
            Ok(Some(recorded)) => {
                if let Some(text) = replay.add(recorded, reader.form(), output) {
                    if as_json {
                        output.json(&text);
                    } else {
                        output.text(&text);
                    }
                    // Nobody reads the rest, which may be long.
                    if !output.is_open() {
                        break;
                    }
                }
            }
            Ok(None) => {}
            Err(error) => {
                let mut args = FluentArgs::new();
                args.set("file", name.clone());
                args.set("line", lines.number.to_string());
                args.set("reason", texts.get(line_error(&error)));
                output.error(&texts.with("cli-error-line", &args));
            }
        }
    }
    // Without findings at all, not even that the PC is fine, silence would look like a good answer.
    if replay.printed.is_none() {
        output.note(&texts.with_one("replay-too-short", "file", name));
    }
    if replay.found { Exit::Found } else { Exit::Fine }
}

const fn line_error(error: &LineError) -> &'static str {
    match error {
        LineError::TooLong => "cli-line-too-long",
        LineError::NotJson(_) => "cli-line-not-json",
        LineError::NoTime => "cli-line-no-time",
        LineError::NotLater => "cli-line-not-later",
    }
}

fn cannot_read(error: &std::io::Error, file: &str, texts: &Texts) -> String {
    let mut args = FluentArgs::new();
    args.set("file", file.to_owned());
    args.set("reason", system_reason(&error.to_string(), texts));
    texts.with("cli-error-open", &args)
}

fn refuse(error: &NoHistory, file: &str, texts: &Texts) -> String {
    let mut args = FluentArgs::new();
    args.set("file", file.to_owned());
    match error {
        NoHistory::Empty => texts.with("cli-error-empty", &args),
        NoHistory::NoHeader => texts.with("cli-error-no-history", &args),
        NoHistory::Version(version) => {
            args.set("version", DisplayName::new(version).as_str().to_owned());
            texts.with("cli-error-version", &args)
        }
    }
}

/// The lines of a file, including those that are not UTF-8 or too long.
struct Lines<R> {
    reader: R,
    number: u64,
}

impl<R: BufRead> Lines<R> {
    /// The next line, or why it is not text; `None` at the end of the file.
    fn next(&mut self) -> std::io::Result<Option<Result<String, LineError>>> {
        let mut bytes = Vec::new();
        self.number += 1;
        let length = self.reader.by_ref().take(MAX_LINE_BYTES).read_until(b'\n', &mut bytes)?;
        if length == 0 {
            return Ok(None);
        }
        if length as u64 == MAX_LINE_BYTES && bytes.last() != Some(&b'\n') {
            // Its rest is not a line of its own: the numbers of those behind it stay right.
            self.reader.skip_until(b'\n')?;
            return Ok(Some(Err(LineError::TooLong)));
        }
        Ok(Some(String::from_utf8(bytes).map_err(|error| LineError::NotJson(error.to_string()))))
    }
}

/// A diagnosis that advances sample by sample.
pub(crate) struct Replay<'a> {
    history: History,
    grouper: Grouper,
    context: &'a Context,
    texts: &'a Texts,
    as_json: bool,
    /// Findings printed last: rule, group and severity.
    printed: Option<Vec<(RuleId, String, Severity)>>,
    found: bool,
}

impl<'a> Replay<'a> {
    pub(crate) fn new(reader: &HistoryReader, context: &'a Context, texts: &'a Texts, as_json: bool) -> Self {
        let machine = reader.machine().clone();
        Self {
            grouper: Grouper::new(machine.os),
            history: {
                let mut history = History::new(machine);
                history.set_usual_idle(reader.usual_idle());
                history
            },
            context,
            texts,
            as_json,
            printed: None,
            found: false,
        }
    }

    /// Adds a sample; returns the text to print when the findings changed.
    pub(crate) fn add(
        &mut self,
        recorded: crate::report::RecordedSample,
        form: AtForm,
        output: &Output,
    ) -> Option<String> {
        let mut sample = recorded.sample;
        self.grouper.group(&mut sample, recorded.processes, &self.context.knowledge);
        let at = sample.at;
        self.history.push(Arc::new(sample));
        let findings: Vec<(Finding, Plan)> = diagnose(&self.history, &self.context.knowledge)
            .into_iter()
            .map(|finding| {
                let refusal = self.refusal(&finding);
                planned(finding, refusal)
            })
            .collect();
        let mut now: Vec<(RuleId, String, Severity)> = findings
            .iter()
            .map(|(finding, _)| (finding.rule, finding.subject.group.clone(), finding.severity))
            .collect();
        now.sort();
        if self.printed.as_ref() == Some(&now) || (self.printed.is_none() && now.is_empty()) {
            return None;
        }
        self.printed = Some(now);
        self.found |= findings.iter().any(|(finding, _)| finding.severity > Severity::Ok);
        Some(if self.as_json { self.json(at, &findings, form) } else { self.text(at, &findings, output) })
    }

    /// Refusals that a recording can show: programs protected whoever owns them.
    fn refusal(&self, finding: &Finding) -> Option<Refusal> {
        use crate::knowledge::Protection;
        let known = self.context.knowledge.named(&finding.program()?.group)?;
        known.protect.map(|protection| match protection {
            Protection::System => Refusal::System,
            Protection::Security | Protection::Management => Refusal::Security,
        })
    }

    fn json(&self, at: At, findings: &[(Finding, Plan)], form: AtForm) -> String {
        let texts = [&*self.context.ja, &*self.context.en];
        let findings: Vec<_> = findings
            .iter()
            .map(|(finding, plan)| finding_json(finding, plan, &self.context.knowledge, &texts, form))
            .collect();
        format!("{}\n", json!({ "at": form.write(at), "findings": findings }))
    }

    fn text(&self, at: At, findings: &[(Finding, Plan)], output: &Output) -> String {
        let time = format::clock_seconds(at, &Context::zone());
        if findings.is_empty() {
            return format!("{time}  {}\n", self.texts.get("cli-changed-none"));
        }
        let mut text = String::new();
        for (finding, _) in findings {
            let words = if finding.severity == Severity::Ok {
                explain(finding, &self.context.knowledge, self.texts).headline + "\n"
            } else {
                print::finding(finding, &self.context.knowledge, self.texts, &Context::zone(), output, at)
            };
            text += &format!("{time}  {words}");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_too_long_is_one_line() {
        let text = format!("{}\nb\n", "a".repeat(MAX_LINE_BYTES as usize + 5));
        let mut lines = Lines { reader: text.as_bytes(), number: 0 };
        assert!(matches!(lines.next(), Ok(Some(Err(LineError::TooLong)))));
        assert_eq!(lines.next().expect("readable"), Some(Ok("b\n".to_owned())));
        assert_eq!(lines.number, 2);
        assert_eq!(lines.next().expect("readable"), None);
    }

    #[test]
    fn a_disk_that_fails_is_no_end_of_the_file() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
                Err(std::io::ErrorKind::HostUnreachable.into())
            }
        }
        let mut lines = Lines { reader: BufReader::new("a\n".as_bytes().chain(Broken)), number: 0 };
        assert_eq!(lines.next().expect("readable"), Some(Ok("a\n".to_owned())));
        assert!(lines.next().is_err());
    }
}
