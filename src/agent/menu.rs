//! Contents of the tray: icon, tooltip and menu. Pure.

use fluent_bundle::FluentArgs;
use jiff::tz::TimeZone;

use crate::diagnose::{Finding, Severity};
use crate::explain::{Texts, explain, format, program_name};
use crate::knowledge::Knowledge;
use crate::model::{At, AutostartState, Reading, Sample};
use crate::platform::{MenuLine, TrayAction, TrayIcon, TrayView};

/// Longest menu line, in characters.
const LONGEST: usize = 60;
/// Length at which Windows cuts a tooltip, in characters.
const TOOLTIP: usize = 127;

/// Input of [`tray_view`].
pub struct TrayState<'a> {
    /// Findings, worst first.
    pub findings: &'a [Finding],
    /// Latest sample with programs.
    pub sample: Option<&'a Sample>,
    /// End of the pause, while paused.
    pub paused_until: Option<At>,
    /// Whether the program starts with the PC, where that is known.
    pub autostart: Reading<AutostartState>,
    /// `false` when samples are kept in memory only.
    pub is_recording: bool,
}

/// Sources of the tray's texts: language, names of programs, time zone.
#[derive(Clone, Copy)]
pub struct Words<'a> {
    /// Texts of the chosen language.
    pub texts: &'a Texts,
    /// Program names.
    pub knowledge: &'a Knowledge,
    /// Time zone of displayed times.
    pub zone: &'a TimeZone,
}

/// Returns icon, tooltip and menu for `state`.
pub fn tray_view(state: &TrayState<'_>, words: Words<'_>) -> TrayView {
    let worst = state.findings.first().filter(|finding| finding.severity > Severity::Ok);
    let icon = match (state.paused_until, worst.map(|finding| finding.severity)) {
        (Some(_), _) => TrayIcon::Paused,
        (None, Some(Severity::Critical)) => TrayIcon::Critical,
        (None, Some(_)) => TrayIcon::Warning,
        (None, None) => TrayIcon::Fine,
    };
    TrayView { icon, tooltip: tooltip(state, worst, words), menu: menu(state, worst, words) }
}

fn tooltip(state: &TrayState<'_>, worst: Option<&Finding>, words: Words<'_>) -> String {
    let Words { texts, knowledge, zone } = words;
    let word = match worst.map_or(Severity::Ok, |finding| finding.severity) {
        Severity::Ok => "severity-ok",
        Severity::Warning => "severity-look",
        Severity::Critical => "severity-act",
    };
    let first = match state.paused_until {
        Some(until) => texts.with_one("tray-tooltip-paused", "time", format::clock(until, zone)),
        None => texts.with_one("tray-tooltip", "state", texts.get(word)),
    };
    let busiest = state.sample.and_then(|sample| sample.programs.first()).filter(|program| program.cpu.get() >= 0.01);
    let second = busiest.filter(|_| state.paused_until.is_none()).map(|program| {
        let mut args = FluentArgs::new();
        args.set("name", program_name(&program.name, knowledge, texts.lang()));
        args.set("cpu", format::percent(program.cpu.get()));
        texts.with("tray-tooltip-program", &args)
    });
    // Before the program, whose name may be long: this line must not be cut.
    let trouble = (!state.is_recording).then(|| texts.get("tray-tooltip-not-recording"));
    cut(&[Some(first), trouble, second].into_iter().flatten().collect::<Vec<_>>().join("\n"), TOOLTIP)
}

fn menu(state: &TrayState<'_>, worst: Option<&Finding>, words: Words<'_>) -> Vec<MenuLine> {
    let Words { texts, knowledge, zone } = words;
    let item = |action, text: String| MenuLine::Item {
        action,
        text: cut(&text, LONGEST),
        default: false,
        checked: None,
        enabled: true,
    };
    let headline = worst.map_or_else(|| texts.get("tray-fine"), |finding| explain(finding, knowledge, texts).headline);
    let pause = match state.paused_until {
        Some(until) => texts.with_one("tray-resume", "time", format::clock(until, zone)),
        None => texts.get("tray-pause"),
    };
    let mut lines = vec![
        MenuLine::Item {
            action: TrayAction::Open,
            text: texts.get("tray-open"),
            default: true,
            checked: None,
            enabled: true,
        },
        item(TrayAction::ShowFinding, headline),
        MenuLine::Separator,
        item(TrayAction::CheckNow, texts.get("tray-check")),
        item(TrayAction::Pause, pause),
    ];
    if let Some(autostart) = state.autostart.get() {
        let (id, enabled) = match autostart {
            AutostartState::OnForEveryone => ("tray-starts-for-everyone", false),
            AutostartState::On | AutostartState::Off => ("tray-start-with-pc", true),
        };
        let (text, checked) = (texts.get(id), Some(autostart.is_on()));
        lines.push(MenuLine::Item { action: TrayAction::StartWithPc, text, default: false, checked, enabled });
    }
    lines.extend([
        MenuLine::Separator,
        item(TrayAction::Settings, texts.get("tray-settings")),
        item(TrayAction::Quit, texts.get("tray-quit")),
    ]);
    lines
}

fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::{Confidence, Evidence, EvidenceKind, RuleId, Subject, SubjectKind};
    use crate::explain::Lang;
    use crate::knowledge::Label;
    use crate::model::Seconds;

    fn hog(severity: Severity, name: &str) -> Finding {
        let subject = Subject {
            kind: SubjectKind::Program,
            group: name.to_owned(),
            name: Label::same(name),
            ..Subject::machine()
        };
        Finding::new(
            RuleId::CpuHog,
            severity,
            Confidence::High,
            subject,
            At(0),
            vec![Evidence::new(EvidenceKind::ProgramCpu, 0.5, Seconds(60.0))],
        )
    }

    fn state(findings: &[Finding], paused_until: Option<At>) -> TrayState<'_> {
        let autostart = Reading::Known(AutostartState::On);
        TrayState { findings, sample: None, paused_until, autostart, is_recording: true }
    }

    fn view(findings: &[Finding], paused_until: Option<At>, lang: Lang) -> TrayView {
        shown(&state(findings, paused_until), lang)
    }

    fn shown(state: &TrayState<'_>, lang: Lang) -> TrayView {
        let texts = Texts::new(lang);
        let knowledge = Knowledge::builtin().expect("tables");
        tray_view(state, Words { texts: &texts, knowledge: &knowledge, zone: &TimeZone::UTC })
    }

    #[test]
    fn icon_and_words_follow_the_worst_finding_and_a_pause_comes_first() {
        let fine = view(&[], None, Lang::En);
        assert_eq!((fine.icon, fine.tooltip.as_str()), (TrayIcon::Fine, "Mimamori: Fine"));
        assert_eq!(view(&[hog(Severity::Warning, "a")], None, Lang::En).icon, TrayIcon::Warning);
        let act = [hog(Severity::Critical, "a")];
        assert_eq!(view(&act, None, Lang::Ja).tooltip, "見守り：要対応");
        let paused = view(&act, Some(At(3_600_000)), Lang::En);
        assert_eq!((paused.icon, paused.tooltip.as_str()), (TrayIcon::Paused, "Mimamori: paused until 01:00"));
    }

    #[test]
    fn the_tooltip_says_that_nothing_is_recorded_in_words_that_fit() {
        for &lang in Lang::ALL {
            let tooltip = shown(&TrayState { is_recording: false, ..state(&[], None) }, lang).tooltip;
            assert_eq!(tooltip.lines().count(), 2, "{tooltip}");
            assert!(tooltip.ends_with(&Texts::new(lang).get("tray-tooltip-not-recording")), "{tooltip}");
        }
    }

    #[test]
    fn the_menu_has_every_action_once_open_first_and_no_line_is_too_long() {
        for &lang in Lang::ALL {
            let view = view(&[hog(Severity::Warning, &"long name ".repeat(20))], None, lang);
            let items: Vec<_> = view
                .menu
                .iter()
                .filter_map(|line| match line {
                    MenuLine::Item { action, text, default, .. } => Some((*action, text, *default)),
                    MenuLine::Separator => None,
                })
                .collect();
            assert_eq!((items[0].0, items[0].2), (TrayAction::Open, true));
            assert_eq!(items.len(), 7);
            assert!(items.iter().all(|(_, text, _)| !text.is_empty() && text.chars().count() <= LONGEST));
        }
    }

    #[test]
    fn what_an_administrator_set_is_shown_and_cannot_be_chosen() {
        let line = |autostart| {
            let view = shown(&TrayState { autostart: Reading::Known(autostart), ..state(&[], None) }, Lang::Ja);
            view.menu.into_iter().find_map(|line| match line {
                MenuLine::Item { action: TrayAction::StartWithPc, checked, enabled, .. } => Some((checked, enabled)),
                _ => None,
            })
        };
        assert_eq!(line(AutostartState::Off), Some((Some(false), true)));
        assert_eq!(line(AutostartState::On), Some((Some(true), true)));
        assert_eq!(line(AutostartState::OnForEveryone), Some((Some(true), false)));
    }
}
