//! Decides when notifications are shown and withdrawn. Pure: findings and time in, [`Notice`] out.
//!
//! Sources: the Windows guideline for notifications ("once when it begins, then at most once a day while unsolved",
//! nothing right after sign-in) and GNOME's (summarise, withdraw when no longer valid).

use std::collections::{BTreeMap, BTreeSet};

use super::active_findings::ActiveFindings;
use super::session_events::ClockStep;
use crate::diagnose::{Confidence, Finding, IncidentKey, RuleId, Severity, incident_key};
use crate::model::{At, Seconds};

/// Time an incident must last before it is notified.
const LASTED: Seconds = Seconds::from_minutes(1.0);
/// Shortest interval between notifications of the same cause, whether solved in between or not.
const AGAIN: Seconds = Seconds::from_days(1.0);
/// Shortest interval between two notifications; findings that become due in between share the next one.
const APART: Seconds = Seconds::from_minutes(10.0);
/// Quiet time after sign-in.
const AFTER_SIGN_IN: Seconds = Seconds::from_minutes(5.0);
/// Quiet time after resume.
const AFTER_RESUME: Seconds = Seconds::from_minutes(2.0);

/// Interval for re-checking whether a presentation is over.
const PRESENTING: Seconds = Seconds(30.0);

/// Identity of a finding across samples and days.
pub type FindingKey = (RuleId, String);

/// A change to the notification on screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Show one notification for these findings, worst first, replacing the previous one.
    Show(Vec<FindingKey>),
    /// Withdraw the notification: it is no longer true.
    Withdraw,
}

/// State of the notification rules.
#[derive(Clone, Debug, Default)]
pub struct NotificationPolicy {
    /// Incidents with at least one finding worth a notification.
    current: ActiveFindings<()>,
    /// Times of notifications within the last [`AGAIN`], by rule and incident group.
    notified: BTreeMap<(RuleId, String), At>,
    on_screen: Vec<IncidentKey>,
    last_notified: Option<At>,
    quiet_until: Option<At>,
}

impl NotificationPolicy {
    /// Starts the quiet time after sign-in. `at` may lie after `now` when it was stamped before the clock was set.
    pub fn quiet_after_sign_in(&mut self, at: At, now: At) {
        self.extend_quiet_time(at.min(now), AFTER_SIGN_IN);
    }

    /// Starts the quiet time after a resume: whoever wakes the PC wants to use it.
    pub fn quiet_after_resume(&mut self, moment: &ClockStep) {
        if moment.slept.is_some() {
            self.extend_quiet_time(moment.at, AFTER_RESUME);
        }
    }

    /// Returns `true` when a one-off notification that is not about a current finding may be shown. Calls `presenting`
    /// only when nothing else prevents it.
    pub fn is_allowed(&mut self, now: At, presenting: impl FnOnce() -> bool) -> bool {
        if self.quiet_until.is_some_and(|until| now < until) {
            return false;
        }
        let presenting = presenting();
        if presenting {
            self.extend_quiet_time(now, PRESENTING);
        }
        !presenting
    }

    /// Extends the quiet time to `time` after `at`.
    fn extend_quiet_time(&mut self, at: At, time: Seconds) {
        self.quiet_until = self.quiet_until.max(Some(at + time));
    }

    /// Restores a notification of an earlier run.
    pub fn restore(&mut self, finding_key: &FindingKey, at: At) {
        self.note_notified(finding_key, at);
        self.last_notified = self.last_notified.max(Some(at));
    }

    fn note_notified(&mut self, (rule, group): &FindingKey, at: At) {
        let notified_at = self.notified.entry((*rule, incident_key(*rule, group).1)).or_insert(at);
        *notified_at = at.max(*notified_at);
    }

    /// Returns `true` when the same rule notified within [`AGAIN`] or, except for alarms, another rule during this
    /// incident.
    fn is_notified(&self, (rule, group): &FindingKey) -> bool {
        let this = incident_key(*rule, group);
        let begin = self.current.get(&this).map(|incident| incident.since);
        let covers = |other: RuleId, at: At| {
            !is_alarm(*rule) && incident_key(other, group) == this && begin.is_some_and(|begin| begin <= at)
        };
        self.notified.iter().any(|((other, about), at)| *about == this.1 && (other == rule || covers(*other, *at)))
    }

    /// Shifts all times by `milliseconds`, after the clock was corrected by as much.
    pub fn shift(&mut self, milliseconds: i64) {
        let moved = |at: &mut At| at.0 = at.0.saturating_add(milliseconds);
        self.current.shift(milliseconds);
        self.notified.values_mut().chain(&mut self.last_notified).chain(&mut self.quiet_until).for_each(moved);
    }

    /// Takes the findings of one full sample, which replace the previous ones. Calls `presenting` (would a notification
    /// disturb a presentation?) only when there is something to show. What is held back is notified later if it still
    /// lasts.
    pub fn step(&mut self, now: At, findings: &[&Finding], presenting: impl FnOnce() -> bool) -> Option<Notice> {
        self.track_incidents(now, findings);
        self.notified.retain(|_, at| now.since(*at) < AGAIN);
        let mut due: Vec<FindingKey> = findings
            .iter()
            .filter(|finding| is_worth_notifying(finding))
            .filter(|finding| {
                let incident = self.current.get(&finding.incident_key());
                incident.is_some_and(|incident| now.since(incident.since) >= LASTED)
            })
            .map(|finding| finding_key(finding))
            .filter(|finding_key| !self.is_notified(finding_key))
            .collect();
        // Only the worst finding of each incident.
        let mut matters = BTreeSet::new();
        due.retain(|(rule, group)| matters.insert(incident_key(*rule, group)));
        // An alarm says what an incident notified just before may really be, so it replaces that notification at once.
        let alarm = due.iter().any(|(rule, _)| is_alarm(*rule));
        let soon = !alarm && self.last_notified.is_some_and(|last| now.since(last) < APART);
        if !due.is_empty() && !soon && self.is_allowed(now, presenting) {
            for finding_key in &due {
                self.note_notified(finding_key, now);
            }
            self.last_notified = Some(now);
            self.on_screen = due.iter().map(|(rule, group)| incident_key(*rule, group)).collect();
            return Some(Notice::Show(due));
        }
        let solved = !self.on_screen.is_empty() && self.on_screen.iter().all(|shown| self.current.get(shown).is_none());
        if solved {
            self.on_screen.clear();
            return Some(Notice::Withdraw);
        }
        None
    }

    fn track_incidents(&mut self, now: At, findings: &[&Finding]) {
        for finding in findings.iter().filter(|finding| is_worth_notifying(finding)) {
            self.current.see(finding.incident_key(), finding.since, now, || ());
        }
        // Absence is judged over all findings: a rule too minor to notify may have taken the incident over.
        self.current.end_absent(now, findings.iter().copied());
    }
}

/// Returns `true` for findings worth a notification: not good news, not normal load, not a suspicion that is merely
/// unusual. The latter is shown in the window only: a false alarm about mining would cost the trust in all others.
fn is_worth_notifying(finding: &Finding) -> bool {
    finding.severity > Severity::Ok
        && !matches!(finding.rule, RuleId::AllWell | RuleId::KnownBusy)
        // A sudden stop has its own notification, which names what was busy.
        && !finding.is_over()
        && (finding.rule != RuleId::SecretMining || finding.severity == Severity::Critical)
        // Estimates are shown but not notified; after a minute every measured finding has a higher confidence.
        && finding.confidence > Confidence::Low
}

/// Returns `true` for alarms; [`is_worth_notifying`] passes this rule at [`Severity::Critical`] only.
fn is_alarm(rule: RuleId) -> bool {
    rule == RuleId::SecretMining
}

/// Returns the identity of a finding.
pub fn finding_key(finding: &Finding) -> FindingKey {
    (finding.rule, finding.subject.group.clone())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::session_events::SteadyClock;
    use super::*;
    use crate::diagnose::{Subject, SubjectKind};
    use crate::model::{Bytes, Fraction, Member, ProcKey};
    use crate::platform::Clocks;

    fn finding(rule: RuleId, group: &str, since: i64) -> Finding {
        Finding::new(
            rule,
            if rule == RuleId::AllWell { Severity::Ok } else { Severity::Warning },
            Confidence::Medium,
            Subject { kind: SubjectKind::Program, group: group.to_owned(), ..Subject::machine() },
            At(since * 1000),
            Vec::new(),
        )
    }

    /// Steps every 2 s over `range` and returns the notices with their times.
    fn run(
        notification_policy: &mut NotificationPolicy,
        range: std::ops::Range<i64>,
        findings: &[Finding],
    ) -> Vec<(i64, Notice)> {
        let all: Vec<&Finding> = findings.iter().collect();
        range
            .step_by(2)
            .filter_map(|now| Some((now, notification_policy.step(At(now * 1000), &all, || false)?)))
            .collect()
    }

    fn shows(notices: &[(i64, Notice)]) -> Vec<i64> {
        notices.iter().filter(|(_, notice)| matches!(notice, Notice::Show(_))).map(|(at, _)| *at).collect()
    }

    #[test]
    fn a_lasting_cause_is_notified_once_and_then_once_a_day() {
        let mut notification_policy = NotificationPolicy::default();
        let hog = [finding(RuleId::CpuHog, "burner", 1000)];
        assert_eq!(shows(&run(&mut notification_policy, 1010..1000 + 3 * 86_400, &hog)), [1060, 87_460, 173_860]);
    }

    #[test]
    fn a_short_burst_and_good_news_are_not_notified() {
        let mut notification_policy = NotificationPolicy::default();
        assert!(run(&mut notification_policy, 1010..1058, &[finding(RuleId::CpuHog, "burner", 1000)]).is_empty());
        assert!(run(&mut notification_policy, 1100..9000, &[finding(RuleId::AllWell, "", 0)]).is_empty());
    }

    #[test]
    fn what_begins_together_is_one_notification_and_what_comes_soon_after_waits() {
        let mut notification_policy = NotificationPolicy::default();
        let findings = [finding(RuleId::CpuHog, "a", 1000), finding(RuleId::MemoryPressure, "", 1004)];
        let notices = run(&mut notification_policy, 1010..1100, &findings);
        assert_eq!(shows(&notices), [1060]);
        let third = [findings[0].clone(), findings[1].clone(), finding(RuleId::DiskNearlyFull, "C:", 1100)];
        // The second is due at 1064, the third at 1160: both are shown ten minutes after the first.
        let later = run(&mut notification_policy, 1100..2000, &third);
        assert_eq!(shows(&later), [1660]);
        assert!(matches!(&later[0].1, Notice::Show(ids) if ids.len() == 2));
    }

    #[test]
    fn nothing_is_notified_after_sign_in_and_resume() {
        let mut notification_policy = NotificationPolicy::default();
        notification_policy.quiet_after_sign_in(At(1_000_000), At(1_002_000));
        notification_policy.quiet_after_resume(&ClockStep {
            at: At(1_000_000),
            shift: None,
            slept: Some(Seconds(60.0)),
        });
        assert_eq!(
            shows(&run(&mut notification_policy, 1010..2000, &[finding(RuleId::CpuHog, "burner", 1000)])),
            [1300]
        );
    }

    #[test]
    fn a_time_of_signing_in_that_is_still_to_come_keeps_quiet_for_no_longer() {
        let mut notification_policy = NotificationPolicy::default();
        notification_policy.quiet_after_sign_in(At(9 * 3_600_000), At(1_000_000));
        assert_eq!(
            shows(&run(&mut notification_policy, 1010..2000, &[finding(RuleId::CpuHog, "burner", 1000)])),
            [1300]
        );
    }

    #[test]
    fn a_load_of_the_morning_after_a_night_asleep_waits_two_minutes() {
        let clocks = |since_boot: i64, awake: i64| {
            let time = |seconds: i64| Duration::from_secs(seconds.unsigned_abs());
            Some(Clocks { since_boot: time(since_boot), awake: time(awake) })
        };
        let night = 8 * 3600;
        let mut clock = SteadyClock::new(At(1_000_000), clocks(1000, 1000));
        let mut notification_policy = NotificationPolicy::default();
        // Busy when the PC was suspended, and again since the resume at `night + 1004`.
        let (evening, morning) =
            (finding(RuleId::CpuHog, "burner", 900), finding(RuleId::CpuHog, "burner", night + 1004));
        let mut shown = Vec::new();
        for second in (1002..1004).chain(night + 1004..night + 1400).step_by(2) {
            let slept = if second < night { 0 } else { night };
            let moment = clock.step(At(second * 1000), clocks(second, second - slept));
            notification_policy.quiet_after_resume(&moment);
            let current = if slept == 0 { &evening } else { &morning };
            if let Some(Notice::Show(_)) = notification_policy.step(moment.at, &[current], || slept == 0) {
                shown.push(second - night - 1004);
            }
        }
        assert_eq!(shown, [120]);
    }

    #[test]
    fn a_one_off_notification_waits_for_the_same_times() {
        let mut notification_policy = NotificationPolicy::default();
        notification_policy.quiet_after_sign_in(At(1_000_000), At(1_002_000));
        let mut checks = 0;
        let mut times = (1010_i64..2000).step_by(2).filter(|now| {
            notification_policy.is_allowed(At(now * 1000), || {
                checks += 1;
                *now < 1400
            })
        });
        assert_eq!(times.next(), Some(1420));
        assert_eq!(checks, 5, "at 1300 and then each half minute");
    }

    #[test]
    fn nothing_is_notified_during_a_presentation_and_afterwards_what_still_lasts() {
        let mut notification_policy = NotificationPolicy::default();
        let (hog, hot) = (finding(RuleId::CpuHog, "burner", 1000), finding(RuleId::Hot, "", 1000));
        let mut checks = 0;
        let mut notices = Vec::new();
        for now in (1010..2000).step_by(2) {
            // The heat ends before the presentation does, the load continues.
            let all = if now < 1200 { vec![&hog, &hot] } else { vec![&hog] };
            let presenting = || {
                checks += 1;
                now < 1500
            };
            notices.extend(notification_policy.step(At(now * 1000), &all, presenting).map(|notice| (now, notice)));
        }
        assert_eq!(notices, [(1510, Notice::Show(vec![(RuleId::CpuHog, "burner".to_owned())]))]);
        // Every 30 s from 1060, and never without something to show.
        assert_eq!(checks, 16);
    }

    #[test]
    fn a_solved_cause_is_withdrawn_once() {
        let mut notification_policy = NotificationPolicy::default();
        run(&mut notification_policy, 1010..1080, &[finding(RuleId::CpuHog, "burner", 1000)]);
        let after = run(&mut notification_policy, 1080..1300, &[]);
        assert_eq!(after, [(1110, Notice::Withdraw)]);
    }

    /// Other rules take over as more becomes known about a program.
    #[test]
    fn one_load_that_other_rules_take_over_is_notified_once_and_not_withdrawn() {
        let stages = |rules: &[(i64, RuleId)]| {
            let mut notification_policy = NotificationPolicy::default();
            let mut begin = 1010;
            let mut notices = Vec::new();
            for (end, rule) in rules {
                let mut found = finding(*rule, "helper", 1000);
                let key = ProcKey { pid: 1, start_time: 1 };
                found.subject.members = vec![Member { key, root: key, cpu: Fraction::new(0.5), memory: Bytes(1) }];
                notices.extend(run(&mut notification_policy, begin..*end, &[found]));
                begin = *end;
            }
            notices
        };
        let unusual = stages(&[(1120, RuleId::CpuHog), (3000, RuleId::SecretMining), (5000, RuleId::CpuHog)]);
        assert_eq!(unusual, [(1060, Notice::Show(vec![(RuleId::CpuHog, "helper".to_owned())]))]);
        let page = stages(&[(1120, RuleId::BrowserLoad), (3000, RuleId::WebPageLoad), (5000, RuleId::BrowserLoad)]);
        assert_eq!(shows(&page), [1060]);
        assert_eq!(page.len(), 1);
    }

    #[test]
    fn another_page_of_the_same_day_and_a_program_that_comes_back_are_notified() {
        let mut notification_policy = NotificationPolicy::default();
        assert_eq!(
            shows(&run(&mut notification_policy, 1010..2000, &[finding(RuleId::BrowserLoad, "Chromium", 1000)])),
            [1060]
        );
        assert_eq!(run(&mut notification_policy, 2000..3000, &[]).len(), 1);
        assert_eq!(
            shows(&run(&mut notification_policy, 9000..9900, &[finding(RuleId::WebPageLoad, "Chromium", 9000)])),
            [9060]
        );
        let back = finding(RuleId::CameBack, "Chromium", 12_000);
        assert_eq!(shows(&run(&mut notification_policy, 12_000..12_900, &[back])), [12_060]);
    }

    #[test]
    fn a_suspicion_of_a_program_at_rest_keeps_no_notification_on_the_screen() {
        let mut notification_policy = NotificationPolicy::default();
        run(&mut notification_policy, 1010..1080, &[finding(RuleId::CpuHog, "helper", 1000)]);
        assert_eq!(
            run(&mut notification_policy, 1080..1300, &[finding(RuleId::SecretMining, "helper", 1000)]),
            [(1110, Notice::Withdraw)]
        );
    }

    #[test]
    fn an_alarm_about_a_notified_load_is_notified_at_once_and_once() {
        let mut notification_policy = NotificationPolicy::default();
        let hog = finding(RuleId::CpuHog, "helper", 1000);
        let alarm = Finding { severity: Severity::Critical, ..finding(RuleId::SecretMining, "helper", 1000) };
        assert_eq!(shows(&run(&mut notification_policy, 1010..1130, std::slice::from_ref(&hog))), [1060]);
        assert_eq!(shows(&run(&mut notification_policy, 1130..1200, std::slice::from_ref(&alarm))), [1130]);
        assert!(run(&mut notification_policy, 1200..9000, &[hog]).is_empty(), "less is known for a moment");
        assert!(run(&mut notification_policy, 9000..20_000, &[alarm]).is_empty());
    }

    #[test]
    fn memory_that_is_short_is_one_matter_whichever_program_is_the_largest() {
        let mut notification_policy = NotificationPolicy::default();
        let mut notices = Vec::new();
        for minute in 0..120_i64 {
            let largest = ["", "Chromium", "LibreOffice"][usize::try_from(minute % 3).expect("small")];
            let begin = 1010 + minute * 60;
            notices.extend(run(
                &mut notification_policy,
                begin..begin + 60,
                &[finding(RuleId::MemoryPressure, largest, 1000)],
            ));
        }
        assert_eq!(notices.len(), 1);
    }

    #[test]
    fn a_restart_of_the_program_does_not_notify_again() {
        let mut notification_policy = NotificationPolicy::default();
        notification_policy.restore(&(RuleId::CpuHog, "burner".to_owned()), At(900_000));
        assert!(run(&mut notification_policy, 1010..9000, &[finding(RuleId::CpuHog, "burner", 1000)]).is_empty());
    }

    #[test]
    fn a_clock_that_is_set_changes_nothing() {
        let mut notification_policy = NotificationPolicy::default();
        run(&mut notification_policy, 1010..1080, &[finding(RuleId::CpuHog, "burner", 1000)]);
        notification_policy.shift(-500_000);
        assert!(run(&mut notification_policy, 580..5000, &[finding(RuleId::CpuHog, "burner", 500)]).is_empty());
    }

    #[test]
    fn what_is_only_unusual_waits_in_the_window() {
        let unusual = finding(RuleId::SecretMining, "helper", 1000);
        assert!(run(&mut NotificationPolicy::default(), 1010..2000, std::slice::from_ref(&unusual)).is_empty());
        let estimate = Finding { confidence: Confidence::Low, ..finding(RuleId::Hot, "", 1000) };
        assert!(run(&mut NotificationPolicy::default(), 1010..2000, &[estimate]).is_empty());
        let alarm = Finding { severity: Severity::Critical, ..unusual };
        assert_eq!(shows(&run(&mut NotificationPolicy::default(), 1010..2000, &[alarm])).len(), 1);
    }
}
