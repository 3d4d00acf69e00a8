//! Formats findings and programs as text for a terminal or a message box.

use fluent_bundle::FluentArgs;
use jiff::tz::TimeZone;

use crate::console::{Output, Style};
use crate::diagnose::{Finding, Severity};
use crate::explain::{Texts, explain, format, program_name, severity_word, since};
use crate::knowledge::Knowledge;
use crate::model::{At, Sample};

/// Programs listed below the findings.
const PROGRAMS: usize = 8;

/// Formats one finding.
pub(super) fn finding(
    finding: &Finding,
    knowledge: &Knowledge,
    texts: &Texts,
    zone: &TimeZone,
    output: &Output,
    now: At,
) -> String {
    let words = explain(finding, knowledge, texts);
    let (mark, style) = match finding.severity {
        Severity::Ok => ('○', Style::Good),
        Severity::Warning => ('▲', Style::Warning),
        Severity::Critical => ('■', Style::Warning),
    };
    let mut lines = Vec::new();
    let word = output.styled(style, &format!("{mark} {}", texts.get(severity_word(finding))));
    lines.push(format!("{word}  {}", output.styled(Style::Strong, &words.headline)));
    lines.push(format!("  {}", output.styled(Style::Faint, &since(finding, texts, zone, now))));
    lines.extend(words.what.map(|what| format!("  {what}")));
    lines.extend(words.saw.iter().map(|saw| format!("  - {saw}")));
    lines.push(line("cli-meaning", &words.meaning, texts));
    lines.push(line("cli-todo", "", texts));
    lines.extend(words.todo.iter().zip(1..).map(|(todo, n)| format!("    {n}. {todo}")));
    lines.push(line("cli-limits", &words.limits, texts));
    lines.join("\n") + "\n"
}

fn line(label: &str, text: &str, texts: &Texts) -> String {
    let mut args = FluentArgs::new();
    args.set("label", texts.get(label));
    args.set("text", text.to_owned());
    format!("  {}", texts.with("cli-line", &args).trim_end())
}

/// Formats the busiest programs and the remainder, so that the sum adds up.
pub(super) fn programs(sample: &Sample, knowledge: &Knowledge, texts: &Texts, output: &Output) -> String {
    let mut lines = vec![row(
        &output.styled(Style::Strong, &texts.get("cli-programs")),
        &texts.get("cli-column-cpu"),
        &texts.get("cli-column-memory"),
        width(&texts.get("cli-programs")),
    )];
    for program in sample.programs.iter().take(PROGRAMS) {
        let name = program_name(&program.name, knowledge, texts.lang());
        let cells = (format::percent(program.cpu.get()), format::bytes(program.memory.0 as f64));
        lines.push(row(&name, &cells.0, &cells.1, width(&name)));
    }
    let shown: f64 = sample.programs.iter().take(PROGRAMS).map(|program| program.cpu.get()).sum();
    if let Some(total) = sample.cpu.get() {
        let name = texts.get("cli-everything-else");
        lines.push(row(&name, &format::percent((total.get() - shown).max(0.0)), "", width(&name)));
    }
    lines.join("\n") + "\n"
}

fn row(name: &str, cpu: &str, memory: &str, name_width: usize) -> String {
    let pad = 36_usize.saturating_sub(name_width).max(1);
    format!("  {name}{}{cpu:>7}  {memory:>9}", " ".repeat(pad)).trim_end().to_owned()
}

/// Returns the terminal columns of `text`: wide characters, such as Japanese ones, take two.
fn width(text: &str) -> usize {
    text.chars().map(|c| if matches!(u32::from(c), 0x1100..=0x115F | 0x2E80..=0xA4CF | 0xAC00..=0xD7A3 | 0xF900..=0xFAFF | 0xFE30..=0xFE4F | 0xFF00..=0xFF60 | 0xFFE0..=0xFFE6) { 2 } else { 1 }).sum()
}
