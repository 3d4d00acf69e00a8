//! Parses the Windows events about the end of a session and decides why the PC went off. Free of system calls, so that its
//! tests run on every platform.

use super::types::StopCause;
use crate::model::At;

/// Event ids: started without an orderly end before (Kernel-Power; the event log itself reports that as 6008); event
/// log stopped in order; shutdown requested.
const STARTED_WITHOUT_END: u32 = 41;
const LOG_ENDED: u32 = 6006;
const SHUTDOWN_ASKED: u32 = 1074;
/// Largest distance in ms between two events about the same end: 41 and 6008 carry different times, and the clock may have
/// been set in between.
const NEAR: i64 = 10 * 60 * 1000;

/// An event about the end of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Event {
    id: u32,
    at: At,
    /// Code of the error with which the system stopped itself; 0 for none.
    bug_check: u32,
    /// The power button was held down.
    power_button: bool,
}

impl Event {
    /// Parses the XML that Windows renders for an event. Its elements come in a fixed order without comments, so
    /// searching for their names is enough.
    pub(super) fn parse(xml: &str) -> Option<Self> {
        let id = after(xml, "<EventID")?.split_once('>')?.1.split('<').next()?.trim().parse().ok()?;
        let time = after(xml, "<TimeCreated SystemTime=")?;
        let quote = time.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
        let time: jiff::Timestamp = time[1..].split(quote).next()?.parse().ok()?;
        Some(Self {
            id,
            at: At(time.as_millisecond()),
            bug_check: data(xml, "BugcheckCode").and_then(|code| u32::try_from(code).ok()).unwrap_or(0),
            power_button: data(xml, "PowerButtonTimestamp").is_some_and(|time| time != 0),
        })
    }
}

fn after<'a>(text: &'a str, what: &str) -> Option<&'a str> {
    text.split_once(what).map(|(_, rest)| rest)
}

/// Number in `EventData`, decimal or hexadecimal.
fn data(xml: &str, name: &str) -> Option<u64> {
    let rest =
        after(xml, &format!("<Data Name='{name}'>")).or_else(|| after(xml, &format!("<Data Name=\"{name}\">")))?;
    let text = rest.split('<').next()?.trim();
    text.strip_prefix("0x").map_or_else(|| text.parse().ok(), |digits| u64::from_str_radix(digits, 16).ok())
}

/// Cause of the first end after `last_seen`. Without one, the first within [`NEAR`] before it counts, as the clock may
/// have been set: not sooner, or the orderly restart just before a crash would hide the crash.
pub(super) fn cause(events: &[Event], last_seen: At) -> Option<StopCause> {
    let mut later: Vec<Event> =
        events.iter().copied().filter(|event| event.at.0 > last_seen.0.saturating_sub(NEAR)).collect();
    later.sort_by_key(|event| event.at);
    let mut ends = later.iter().filter(|event| event.id != SHUTDOWN_ASKED);
    let end = ends.clone().find(|end| end.at >= last_seen).or_else(|| ends.next());
    match end {
        Some(end) if end.id == LOG_ENDED => Some(StopCause::Orderly),
        Some(end) => {
            let near = |event: &&Event| {
                event.id == STARTED_WITHOUT_END && event.at.0.abs_diff(end.at.0) <= NEAR.unsigned_abs()
            };
            Some(later.iter().find(near).map_or(StopCause::PowerLost, of_start_without_end))
        }
        // A shutdown with fast startup keeps the kernel and does not stop the event log.
        None => later.first().map(|_| StopCause::Orderly),
    }
}

/// "Windows Kernel event ID 41": the error, then the power button; with neither, only the loss of power is known.
fn of_start_without_end(event: &Event) -> StopCause {
    match event {
        Event { bug_check: 1.., .. } => StopCause::SystemError(event.bug_check),
        Event { power_button: true, .. } => StopCause::PowerButton,
        _ => StopCause::PowerLost,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KERNEL_POWER: &str = "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>\
        <Provider Name='Microsoft-Windows-Kernel-Power' Guid='{331c3b3a-2005-44c2-ac5e-77220c37d6b4}'/>\
        <EventID>41</EventID><Version>8</Version><Level>1</Level>\
        <TimeCreated SystemTime='2026-11-20T00:05:00.1234567Z'/><Channel>System</Channel></System>\
        <EventData><Data Name='BugcheckCode'>159</Data><Data Name='BugcheckParameter1'>0x3</Data>\
        <Data Name='SleepInProgress'>0</Data><Data Name='PowerButtonTimestamp'>133000000000000000</Data>\
        </EventData></Event>";
    const EVENT_LOG: &str = "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>\
        <Provider Name='EventLog'/><EventID Qualifiers='32768'>6008</EventID>\
        <TimeCreated SystemTime=\"2026-11-20T00:05:10.000000000Z\"/></System>\
        <EventData><Data>23:59:00</Data><Data>\u{200e}2026/\u{200e}11/\u{200e}19</Data></EventData></Event>";

    fn event(id: u32, minutes: i64) -> Event {
        Event { id, at: At(minutes * 60_000), bug_check: 0, power_button: false }
    }

    const UNEXPECTED: u32 = 6008;
    const SEEN: At = At(1000 * 60_000);

    #[test]
    fn events_are_read_from_their_xml() {
        let power = Event::parse(KERNEL_POWER).expect("an event");
        assert_eq!(power, Event { id: 41, at: At(1_795_133_100_123), bug_check: 159, power_button: true });
        let log = Event::parse(EVENT_LOG).expect("an event");
        assert_eq!(log, Event { id: 6008, at: At(1_795_133_110_000), bug_check: 0, power_button: false });
        for broken in ["", "<Event>", "<EventID>x</EventID>", "<EventID>41</EventID><TimeCreated SystemTime='soon'/>"] {
            assert_eq!(Event::parse(broken), None, "{broken}");
        }
    }

    #[test]
    fn an_end_in_order_is_no_reason_to_worry() {
        let asked = event(SHUTDOWN_ASKED, 1001);
        assert_eq!(cause(&[event(LOG_ENDED, 1002), asked], SEEN), Some(StopCause::Orderly));
        assert_eq!(cause(&[asked], SEEN), Some(StopCause::Orderly), "fast start");
        let later_crash = event(STARTED_WITHOUT_END, 5000);
        assert_eq!(cause(&[later_crash, event(LOG_ENDED, 1002)], SEEN), Some(StopCause::Orderly));
        assert_eq!(cause(&[event(LOG_ENDED, 900)], SEEN), None, "long before");
        assert_eq!(cause(&[], SEEN), None);
    }

    #[test]
    fn an_end_without_notice_has_its_reason() {
        let start = event(STARTED_WITHOUT_END, 1030);
        let log = event(UNEXPECTED, 1031);
        assert_eq!(cause(&[log, start], SEEN), Some(StopCause::PowerLost));
        assert_eq!(cause(&[log], SEEN), Some(StopCause::PowerLost));
        let error = Event { bug_check: 0x9F, power_button: true, ..start };
        assert_eq!(cause(&[error, log], SEEN), Some(StopCause::SystemError(0x9F)));
        let button = Event { power_button: true, at: At(1032 * 60_000), ..start };
        assert_eq!(cause(&[button, log], SEEN), Some(StopCause::PowerButton), "written after 6008");
        assert_eq!(cause(&[start, event(SHUTDOWN_ASKED, 1002)], SEEN), Some(StopCause::PowerLost), "hung at its end");
    }

    #[test]
    fn a_crash_minutes_after_an_orderly_restart_is_a_crash() {
        let restarted = event(LOG_ENDED, 995);
        let error = Event { bug_check: 0x9F, ..event(STARTED_WITHOUT_END, 1005) };
        assert_eq!(cause(&[error, restarted], SEEN), Some(StopCause::SystemError(0x9F)));
        assert_eq!(cause(&[restarted], SEEN), Some(StopCause::Orderly), "the clock was set");
    }
}
