//! What the agent does after programs were closed here: it finishes the verdict where the window or the command that closed
//! them ended first, and looks again after minutes whether they stayed away.
//!
//! It knows what was closed from the events of the recording alone, so that it goes on after a restart of its own.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::close::{CloseObservation, CloseStep, Phase, Verdict, next};
use super::close_job::{respawn, verdict_json};
use crate::diagnose::ProgramTable;
use crate::model::{At, Event, EventKind, Fraction, ProcKey, ProcState, Sample, Seconds};

/// Times after its end at which it is looked whether a program stayed away.
const LOOKS: [Seconds; 2] = [Seconds::from_minutes(5.0), Seconds::from_minutes(30.0)];
/// Time after the end for which the one who closed a program may still give the verdict.
const PATIENCE: Seconds = Seconds(45.0);
/// Time after which a program that is still open, or was never seen to end, is given up.
pub const KEEP: Seconds = Seconds::from_minutes(40.0);
/// Time in which most programs that were asked have ended.
const ENDS_SOON: Seconds = Seconds::from_minutes(2.0);
/// Most processes noted with an action.
const MOST: usize = 500;

/// What is recorded with the request to close a program.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Closed {
    /// The processes that were asked.
    roots: BTreeSet<ProcKey>,
    /// Every process of the program at that time.
    known: BTreeSet<ProcKey>,
    /// Share of the PC in use.
    cpu: Option<Fraction>,
    /// Share that the program used.
    used: Option<Fraction>,
}

impl Closed {
    /// `None` for more processes than are worth recording.
    pub(super) fn new(
        roots: BTreeSet<ProcKey>,
        known: BTreeSet<ProcKey>,
        cpu: Option<Fraction>,
        used: Option<Fraction>,
    ) -> Option<Self> {
        (known.len() <= MOST).then_some(Self { roots, known, cpu, used })
    }
}

/// A program that was closed.
#[derive(Debug)]
struct FollowUp {
    program: String,
    closed: Closed,
    asked: At,
    /// When it was first seen to have ended, or the verdict said so.
    ended: Option<At>,
    has_verdict: bool,
    /// Number of [`LOOKS`] that were taken.
    looks: usize,
}

/// Programs that were closed in the last minutes.
#[derive(Debug, Default)]
pub struct FollowUps(Vec<FollowUp>);

impl FollowUps {
    /// Takes over an event of the recording; one from before the last request to close its program changes nothing.
    pub fn note(&mut self, event: &Event) {
        let is_older = |one: &FollowUp| one.program == event.subject && one.asked > event.at;
        if self.0.iter().any(is_older) {
            return;
        }
        if event.is_start() {
            return self.0.retain(|one| one.program != event.subject);
        }
        if event.is_close() {
            let Ok(closed) = serde_json::from_value::<Closed>(event.data["closed"].clone()) else { return };
            if closed.roots.is_empty() {
                return;
            }
            self.0.retain(|one| one.program != event.subject);
            self.0.push(FollowUp {
                program: event.subject.clone(),
                closed,
                asked: event.at,
                ended: None,
                has_verdict: false,
                looks: 0,
            });
        } else if event.kind == EventKind::Verdict && event.data["remedy"].is_null() {
            let verdict = event.data["verdict"].as_str().unwrap_or_default();
            if matches!(verdict, "came_back" | "refused" | "blocked") {
                return self.0.retain(|one| one.program != event.subject);
            }
            for one in self.0.iter_mut().filter(|one| one.program == event.subject) {
                one.has_verdict = true;
                one.ended.get_or_insert(event.at);
                if let Some(seconds) = event.data["seconds"].as_f64().filter(|_| verdict == "stayed_away") {
                    one.looks = LOOKS.iter().filter(|look| look.0 <= seconds).count();
                    // The time of the look tells when it ended.
                    one.ended = Some(event.at - Seconds(seconds));
                }
            }
        }
    }

    /// Moves all times by `milliseconds`: the clock was set.
    pub fn shift(&mut self, milliseconds: i64) {
        for one in &mut self.0 {
            one.asked.0 = one.asked.0.saturating_add(milliseconds);
            if let Some(ended) = &mut one.ended {
                ended.0 = ended.0.saturating_add(milliseconds);
            }
        }
    }

    /// Returns `true` when a sample with all programs is needed now.
    pub fn is_due(&self, now: At) -> bool {
        self.0.iter().any(|one| match one.ended {
            Some(ended) if one.has_verdict => LOOKS.get(one.looks).is_some_and(|look| now.since(ended) >= *look),
            // The time of its end is part of the verdict. One that asks to save may stay open for long.
            Some(_) => true,
            None => now.since(one.asked) < ENDS_SOON,
        })
    }

    /// Looks at a sample with its programs. Returns the verdicts for the recording.
    pub fn look(&mut self, now: At, sample: &Sample, programs: &ProgramTable) -> Vec<Event> {
        let mut events = Vec::new();
        self.0.retain_mut(|one| {
            let verdict = one.look(now, sample, programs);
            let is_over = verdict.as_ref().is_some_and(|verdict| verdict["verdict"] == "came_back");
            let event = |data| Event::new(now, EventKind::Verdict, &one.program).with(data);
            events.extend(verdict.map(event));
            !is_over && one.looks < LOOKS.len() && now.since(one.asked) < KEEP
        });
        events
    }
}

impl FollowUp {
    fn look(&mut self, now: At, sample: &Sample, programs: &ProgramTable) -> Option<serde_json::Value> {
        let is_running = |key: &ProcKey| programs.facts.contains_key(key);
        if self.ended.is_none() && !self.closed.roots.iter().any(is_running) {
            self.ended = Some(now);
        }
        let ended = self.ended?;
        let back = respawn(&self.program, &self.closed.known, programs);
        if !self.has_verdict {
            if now.since(ended) < PATIENCE {
                return None;
            }
            let seen = CloseObservation {
                now,
                running: false,
                before: self.closed.cpu,
                program_before: self.closed.used,
                after: sample.cpu.get().filter(|_| sample.at - sample.span >= ended),
                grown: None,
                back,
            };
            let Phase::Done { verdict, .. } = next(Phase::Measuring { ended }, CloseStep::Wait, &seen) else {
                return None;
            };
            self.has_verdict = true;
            return Some(verdict_json(&verdict, ProcState::Unknown));
        }
        let look = LOOKS.get(self.looks).filter(|look| now.since(ended) >= **look)?;
        self.looks = LOOKS.iter().filter(|look| now.since(ended) >= **look).count();
        Some(match back {
            Some(back) => verdict_json(&Verdict::CameBack { after: now.since(ended), by: back.by }, ProcState::Unknown),
            None => json!({ "verdict": "stayed_away", "seconds": look.0 }),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::sync::Arc;

    use super::*;
    use crate::model::{Bytes, Member, ProcFacts, ProgramSample, Reading};

    const ROOT: ProcKey = ProcKey { pid: 70, start_time: 700 };
    const NEW: ProcKey = ProcKey { pid: 90, start_time: 900 };

    fn asked() -> Event {
        let closed = Closed::new([ROOT].into(), [ROOT].into(), Some(Fraction::new(0.9)), Some(Fraction::new(0.8)));
        Event::new(At(0), EventKind::Action, "render").with(json!({ "closed": closed }))
    }

    fn verdict(seconds: i64, data: serde_json::Value) -> Event {
        Event::new(At(seconds * 1000), EventKind::Verdict, "render").with(data)
    }

    /// The PC with the program in this process, or without it.
    fn look(follow_ups: &mut FollowUps, seconds: i64, running: Option<ProcKey>) -> Vec<serde_json::Value> {
        let cpu = Fraction::new(if running.is_some() { 0.8 } else { 0.1 });
        let mut table = ProgramTable::default();
        if let Some(key) = running {
            let members = vec![Member { key, root: key, cpu, memory: Bytes(0) }];
            table.programs =
                vec![ProgramSample { name: "render".into(), members: members.into(), ..ProgramSample::default() }];
            table.facts = HashMap::from([(key, Arc::new(ProcFacts { parent: 1, ..ProcFacts::new(key) }))]);
        }
        let at = At(seconds * 1000);
        let sample = Sample { at, span: Seconds(2.0), cpu: Reading::Known(cpu), ..Sample::default() };
        let events = follow_ups.look(at, &sample, &table);
        assert!(events.iter().all(|event| event.kind == EventKind::Verdict && event.subject == "render"));
        events.into_iter().map(|event| event.data).collect()
    }

    fn verdicts(events: &[serde_json::Value]) -> Vec<&str> {
        events.iter().filter_map(|data| data["verdict"].as_str()).collect()
    }

    #[test]
    fn a_program_that_stays_away_is_looked_at_twice() {
        let mut follow_ups = FollowUps::default();
        follow_ups.note(&asked());
        follow_ups.note(&verdict(6, json!({ "verdict": "worked", "before": 0.9, "after": 0.1 })));
        assert!(!follow_ups.is_due(At(60_000)) && look(&mut follow_ups, 60, None).is_empty());
        assert!(follow_ups.is_due(At(306_000)));
        assert_eq!(look(&mut follow_ups, 306, None), [json!({ "verdict": "stayed_away", "seconds": 300.0 })]);
        assert!(look(&mut follow_ups, 400, Some(NEW)).is_empty(), "not at every sample");
        assert_eq!(look(&mut follow_ups, 1810, None), [json!({ "verdict": "stayed_away", "seconds": 1800.0 })]);
        assert!(follow_ups.0.is_empty() && !follow_ups.is_due(At(2_000_000)));
    }

    #[test]
    fn one_that_comes_back_after_minutes_is_told_once() {
        let mut follow_ups = FollowUps::default();
        follow_ups.note(&asked());
        follow_ups.note(&verdict(6, json!({ "verdict": "no_change" })));
        let back = look(&mut follow_ups, 310, Some(NEW));
        assert_eq!((verdicts(&back), &back[0]["seconds"]), (vec!["came_back"], &json!(304.0)));
        assert!(follow_ups.0.is_empty());
    }

    #[test]
    fn the_verdict_is_finished_when_nobody_else_does() {
        let mut follow_ups = FollowUps::default();
        follow_ups.note(&asked());
        assert!(look(&mut follow_ups, 10, Some(ROOT)).is_empty(), "it is still open");
        assert!(look(&mut follow_ups, 20, None).is_empty(), "the window may still be measuring");
        let finished = look(&mut follow_ups, 70, None);
        assert_eq!(verdicts(&finished), ["worked"], "{finished:?}");
        assert_eq!(verdicts(&look(&mut follow_ups, 330, None)), ["stayed_away"]);
        // One that never ends is given up, and nothing is claimed.
        let mut follow_ups = FollowUps::default();
        follow_ups.note(&asked());
        assert!(follow_ups.is_due(At(100_000)) && !follow_ups.is_due(At(200_000)), "it costs a sample of everything");
        assert!(look(&mut follow_ups, 2300, Some(ROOT)).is_empty());
        assert_eq!(follow_ups.0.len(), 1);
        assert!(look(&mut follow_ups, 2401, Some(ROOT)).is_empty() && follow_ups.0.is_empty());
    }

    #[test]
    fn an_agent_that_starts_again_goes_on_where_it_was() {
        let mut follow_ups = FollowUps::default();
        follow_ups.note(&asked());
        follow_ups.note(&verdict(6, json!({ "verdict": "worked" })));
        follow_ups.note(&verdict(306, json!({ "verdict": "stayed_away", "seconds": 300.0 })));
        assert!(look(&mut follow_ups, 320, None).is_empty(), "it was looked at");
        assert_eq!(verdicts(&look(&mut follow_ups, 1806, None)), ["stayed_away"]);
    }

    #[test]
    fn what_the_user_started_or_the_system_refused_is_left_alone() {
        let end = [
            Event::new(At(9000), EventKind::Action, "render").with(json!({ "remedy": "again" })),
            verdict(9, json!({ "verdict": "refused" })),
            verdict(9, json!({ "verdict": "came_back", "seconds": 4.0 })),
        ];
        for end in end {
            let mut follow_ups = FollowUps::default();
            follow_ups.note(&asked());
            follow_ups.note(&end);
            assert!(follow_ups.0.is_empty(), "{end:?}");
        }
        // Another remedy of the same program, and an older version's event.
        let mut follow_ups = FollowUps::default();
        follow_ups.note(&asked());
        follow_ups.note(&verdict(9, json!({ "remedy": "run_in_background", "verdict": "worked" })));
        follow_ups.note(&Event::new(At(0), EventKind::Action, "other"));
        assert!(follow_ups.0.len() == 1 && !follow_ups.0[0].has_verdict);
        // A recording that could be read only later.
        follow_ups.note(&Event { at: At(-1), ..asked() });
        follow_ups.note(&verdict(-5, json!({ "verdict": "refused" })));
        assert_eq!((follow_ups.0.len(), follow_ups.0[0].asked), (1, At(0)));
        follow_ups.shift(-1_000_000);
        assert_eq!(follow_ups.0[0].asked, At(-1_000_000));
    }
}
