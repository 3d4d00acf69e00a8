//! Closes findings without an end, whose run was killed or whose PC went off, at the last recorded moment: every
//! recorded finding has an end, and none later than anything that was observed.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, params};
use serde_json::{Value, json};

use super::RecorderError;
use super::writer::insert_event;
use crate::model::{At, Event, EventKind};

/// Closes the findings of the newest run at `last_seen`.
pub fn close(db: &Connection, last_seen: At) -> Result<(), RecorderError> {
    let newest = "SELECT id, started FROM run ORDER BY id DESC LIMIT 1";
    let newest = db.query_row(newest, [], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    let Some((run, started)): Option<(i64, i64)> = newest else { return Ok(()) };
    let kinds = [EventKind::Finding, EventKind::FindingEnded].map(EventKind::id);
    let select = "SELECT at, kind, subject, data FROM event \
                  WHERE at >= ?1 AND run = ?2 AND kind IN (?3, ?4) ORDER BY at, id";
    let mut select = db.prepare(select)?;
    let mut found = select.query(params![started, run, kinds[0], kinds[1]])?;
    let mut events = Vec::new();
    while let Some(row) = found.next()? {
        let (kind, data): (String, Option<String>) = (row.get(1)?, row.get(3)?);
        let Some(kind) = EventKind::from_id(&kind) else { continue };
        let data = data.and_then(|data| serde_json::from_str(&data).ok()).unwrap_or_default();
        events.push(Event { at: At(row.get(0)?), kind, subject: row.get(2)?, data });
    }
    // Belongs to the run that observed them: a later clock change moves only what the later run observed.
    ends(events, last_seen).iter().try_for_each(|event| insert_event(db, run, event))
}

/// The end events that `events` (oldest first) lack.
fn ends(events: Vec<Event>, last_seen: At) -> Vec<Event> {
    let mut open = BTreeMap::new();
    for event in events {
        let identity = (event.data["finding"]["rule"].to_string(), event.subject.clone());
        match event.kind {
            EventKind::Finding => open.insert(identity, event),
            _ => open.remove(&identity),
        };
    }
    let mut ends: Vec<Event> = open.into_values().map(|begin| end(begin, last_seen)).collect();
    ends.sort_by_key(|end| end.at);
    ends
}

fn end(begin: Event, last_seen: At) -> Event {
    let at = last_seen.max(begin.at);
    let since = begin.data["finding"]["since"].as_i64().map_or(begin.at, At);
    let finding = begin.data.get("finding").cloned().unwrap_or(Value::Null);
    let data = json!({ "finding": finding, "seconds": at.since(since).0, "watch": "ended" });
    Event { at, kind: EventKind::FindingEnded, subject: begin.subject, data }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_has_no_end_gets_one_and_a_second_beginning_has_the_second_end() {
        let event = |at, kind, subject: &str, rule: &str| {
            Event::new(At(at), kind, subject).with(json!({ "finding": { "rule": rule, "since": at - 1000 } }))
        };
        let events = vec![
            event(10_000, EventKind::Finding, "a", "cpu_hog"),
            event(11_000, EventKind::Finding, "a", "disk_shrinking"),
            event(20_000, EventKind::FindingEnded, "a", "cpu_hog"),
            event(30_000, EventKind::Finding, "a", "cpu_hog"),
            event(99_000, EventKind::Finding, "", "hot"),
        ];
        let ends = ends(events, At(50_000));
        let seen: Vec<_> = ends
            .iter()
            .map(|end| (end.at.0, end.data["finding"]["rule"].as_str(), end.data["seconds"].as_f64()))
            .collect();
        // A finding that began after the last sample ends when it began.
        let expected = [
            (50_000, Some("cpu_hog"), Some(21.0)),
            (50_000, Some("disk_shrinking"), Some(40.0)),
            (99_000, Some("hot"), Some(1.0)),
        ];
        assert_eq!(seen, expected);
        assert!(ends.iter().all(|end| end.kind == EventKind::FindingEnded && end.data["watch"] == "ended"));
    }
}
