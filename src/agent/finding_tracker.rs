//! Turns the findings of each full sample into begin and end events for the recording. Pure.

use serde_json::json;

use super::active_findings::{Active, ActiveFindings};
use crate::diagnose::{Finding, Severity};
use crate::model::{At, Event, EventKind};

struct Tracked {
    /// Subject of the begin event; the end event must carry the same one to be matched with it.
    subject: String,
    finding: Finding,
}

/// Findings under way, tracked per rule.
#[derive(Default)]
pub(super) struct FindingTracker(ActiveFindings<Tracked>);

impl FindingTracker {
    /// Takes the findings of one moment; returns events for those that began or ended.
    pub(super) fn step(&mut self, now: At, findings: &[Finding]) -> Vec<Event> {
        let mut events = Vec::new();
        // A finding that is over is recorded as its own event instead.
        for finding in findings.iter().filter(|finding| finding.severity > Severity::Ok && !finding.is_over()) {
            let active = self.0.see((finding.rule, finding.incident_key().1), finding.since, now, || {
                let subject = finding.subject.group.clone();
                events.push(event(EventKind::Finding, now, &subject, finding));
                Tracked { subject, finding: finding.clone() }
            });
            // The end event carries the latest figures, which say more than the first.
            active.detail.finding = finding.clone();
        }
        events.extend(self.0.end_absent(now, findings.iter()).into_iter().map(ended));
        events
    }

    /// Ends everything under way because monitoring stops or pauses. The events are stamped with the last sighting and
    /// marked `"watch": "ended"`: the cause itself may go on.
    pub(super) fn end(&mut self) -> Vec<Event> {
        let end = |active| {
            let mut event = ended(active);
            event.data["watch"] = "ended".into();
            event
        };
        self.0.take().map(end).collect()
    }

    /// Shifts all times by `milliseconds`, after the clock was corrected by as much.
    pub(super) fn shift(&mut self, milliseconds: i64) {
        self.0.shift(milliseconds);
    }
}

fn ended(Active { since, seen, detail: Tracked { subject, finding } }: Active<Tracked>) -> Event {
    event(EventKind::FindingEnded, seen, &subject, &Finding { since, ..finding })
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
        Finding::new(
            RuleId::CpuHog,
            Severity::Warning,
            Confidence::Low,
            Subject { group: "burner".to_owned(), ..Subject::machine() },
            At(1_000),
            Vec::new(),
        )
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
            let current = [if now < 120 { hog() } else { mining.clone() }];
            events.extend(finding_tracker.step(At(now * 1000), if now < 400 { &current } else { &[] }));
        }
        let seen: Vec<_> = events.iter().map(|event| (event.kind, event.at.0 / 1000)).collect();
        let (started, ended) = (EventKind::Finding, EventKind::FindingEnded);
        assert_eq!(seen, [(started, 10), (started, 120), (ended, 398), (ended, 398)]);
    }

    /// The reader matches an end with its beginning by subject.
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
        // After a pause the finding begins again, and its end is a real one.
        let mut events = finding_tracker.step(At(50_000), &[hog()]);
        events.extend(finding_tracker.step(At(90_000), &[]));
        assert_eq!(
            events.iter().map(|event| event.kind).collect::<Vec<_>>(),
            [EventKind::Finding, EventKind::FindingEnded]
        );
        assert!(events.iter().all(|event| event.data.get("watch").is_none()));
    }
}
