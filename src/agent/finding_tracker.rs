//! Turns the findings of each moment into what is recorded: when one began and when it ended. Pure.

use std::collections::BTreeMap;

use serde_json::json;

use crate::diagnose::{Finding, RuleId, Severity};
use crate::model::{At, Event, EventKind, Seconds};

/// A finding that is away for no longer is the same one.
const ENDED: Seconds = Seconds(30.0);

struct TrackedFinding {
    /// As its beginning is recorded: its end has to be found by it.
    subject: String,
    finding: Finding,
    seen: At,
}

/// The findings under way.
#[derive(Default)]
pub(super) struct FindingTracker {
    /// By rule and by what the matter is about, see [`Finding::incident_key`].
    current: BTreeMap<(RuleId, String), TrackedFinding>,
}

impl FindingTracker {
    /// Takes the findings of this moment and returns what began and what ended.
    pub(super) fn step(&mut self, now: At, findings: &[Finding]) -> Vec<Event> {
        let mut events = Vec::new();
        // What is over is recorded as the event that it is.
        for finding in findings.iter().filter(|finding| finding.severity > Severity::Ok && !finding.is_over()) {
            let course = self.current.entry((finding.rule, finding.incident_key().1)).or_insert_with(|| {
                let subject = finding.subject.group.clone();
                events.push(event(EventKind::Finding, now, &subject, finding));
                TrackedFinding { subject, finding: finding.clone(), seen: now }
            });
            course.seen = now;
            // Its figures at the end tell more than those at the beginning.
            course.finding = Finding { since: course.finding.since.min(finding.since), ..finding.clone() };
        }
        // The load goes on when another rule knows more about it now.
        for course in self.current.values_mut() {
            let incident_key = course.finding.incident_key();
            if findings.iter().any(|finding| finding.goes_on() && finding.incident_key() == incident_key) {
                course.seen = now;
            }
        }
        self.current.retain(|_, course| {
            let ended = now.since(course.seen) > ENDED;
            if ended {
                events.push(event(EventKind::FindingEnded, course.seen, &course.subject, &course.finding));
            }
            !ended
        });
        events
    }

    /// Watching ends, for good or for a while: what is under way ends in the record when it was seen last, which does
    /// not mean that its cause is over.
    pub(super) fn end(&mut self) -> Vec<Event> {
        let finding_tracker = std::mem::take(&mut self.current).into_values();
        let end = |course: TrackedFinding| {
            let mut event = event(EventKind::FindingEnded, course.seen, &course.subject, &course.finding);
            event.data["watch"] = "ended".into();
            event
        };
        finding_tracker.map(end).collect()
    }

    /// The clock was wrong by so much and has been set.
    pub(super) fn shift(&mut self, milliseconds: i64) {
        for course in self.current.values_mut() {
            course.seen.0 = course.seen.0.saturating_add(milliseconds);
            course.finding.since.0 = course.finding.since.0.saturating_add(milliseconds);
        }
    }
}

fn event(kind: EventKind, at: At, subject: &str, finding: &Finding) -> Event {
    let seconds = at.since(finding.since).0;
    Event::new(at, kind, subject).with(json!({ "finding": finding, "seconds": seconds }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::{Confidence, RuleId, Subject};
    use crate::model::{Bytes, Fraction, Member, ProcKey};

    fn hog() -> Finding {
        Finding {
            rule: RuleId::CpuHog,
            severity: Severity::Warning,
            confidence: Confidence::Low,
            subject: Subject { group: "burner".to_owned(), ..Subject::machine() },
            since: At(1_000),
            evidence: Vec::new(),
            busy: None,
            cause: None,
            signs: Vec::new(),
            parent: None,
        }
    }

    #[test]
    fn a_course_has_one_beginning_and_one_end_whatever_flickers_in_between() {
        let mut finding_tracker = FindingTracker::default();
        let mut events = Vec::new();
        for now in (10_i64..200).step_by(2) {
            let there = now < 100 && now % 10 != 0;
            events
                .extend(finding_tracker.step(At(now * 1000), if there { vec![hog()] } else { Vec::new() }.as_slice()));
        }
        let seen: Vec<_> = events.iter().map(|event| (event.kind, event.at, event.subject.as_str())).collect();
        assert_eq!(seen, [(EventKind::Finding, At(12_000), "burner"), (EventKind::FindingEnded, At(98_000), "burner")]);
        assert_eq!(events[1].data["seconds"], 97.0);
        let finding: Finding = serde_json::from_value(events[1].data["finding"].clone()).expect("read back");
        assert_eq!(finding, hog());
    }

    #[test]
    fn a_load_that_another_rule_takes_over_is_not_over() {
        let mut finding_tracker = FindingTracker::default();
        let mut mining = Finding { rule: RuleId::SecretMining, ..hog() };
        let key = ProcKey { pid: 1, start_time: 1 };
        mining.subject.members = vec![Member { key, root: key, cpu: Fraction::new(0.5), memory: Bytes(1) }];
        let mut events = Vec::new();
        for now in (10_i64..600).step_by(2) {
            let now_told = [if now < 120 { hog() } else { mining.clone() }];
            events.extend(finding_tracker.step(At(now * 1000), if now < 400 { &now_told } else { &[] }));
        }
        let seen: Vec<_> = events.iter().map(|event| (event.kind, event.at.0 / 1000)).collect();
        let (begun, ended) = (EventKind::Finding, EventKind::FindingEnded);
        assert_eq!(seen, [(begun, 10), (begun, 120), (ended, 398), (ended, 398)]);
    }

    /// The end has to be found by its beginning when the recording is read again.
    #[test]
    fn memory_that_is_short_ends_under_the_name_it_began_with() {
        let mut finding_tracker = FindingTracker::default();
        let memory = |largest: &str| {
            let subject = Subject { group: largest.to_owned(), ..Subject::machine() };
            Finding { rule: RuleId::MemoryPressure, subject, ..hog() }
        };
        let mut events = finding_tracker.step(At(10_000), &[memory("")]);
        events.extend(finding_tracker.step(At(20_000), &[memory("Chromium")]));
        events.extend(finding_tracker.step(At(60_000), &[]));
        let seen: Vec<_> = events.iter().map(|event| (event.kind, event.subject.as_str())).collect();
        assert_eq!(seen, [(EventKind::Finding, ""), (EventKind::FindingEnded, "")]);
    }

    #[test]
    fn what_is_under_way_when_watching_ends_has_an_end_that_says_so() {
        let mut finding_tracker = FindingTracker::default();
        assert!(finding_tracker.end().is_empty());
        finding_tracker.step(At(10_000), &[hog()]);
        finding_tracker.step(At(40_000), &[hog()]);
        let ends = finding_tracker.end();
        assert_eq!(ends.len(), 1);
        let end = &ends[0];
        assert_eq!((end.kind, end.at, end.subject.as_str()), (EventKind::FindingEnded, At(40_000), "burner"));
        assert_eq!((&end.data["watch"], &end.data["seconds"]), (&"ended".into(), &39.0.into()));
        // Watching goes on after a pause: what is still there begins again, and its cause may end.
        let mut events = finding_tracker.step(At(50_000), &[hog()]);
        events.extend(finding_tracker.step(At(90_000), &[]));
        assert_eq!(
            events.iter().map(|event| event.kind).collect::<Vec<_>>(),
            [EventKind::Finding, EventKind::FindingEnded]
        );
        assert!(events.iter().all(|event| event.data.get("watch").is_none()));
    }
}
