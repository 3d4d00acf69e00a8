//! Why the PC went off last time, from the event log.

use windows_sys::Win32::System::EventLog::{
    EVT_HANDLE, EvtClose, EvtNext, EvtQuery, EvtQueryChannelPath, EvtQueryReverseDirection, EvtRender,
    EvtRenderEventXml,
};

use super::wide::{text_of, wide};
use crate::model::{At, Reading, Why};
use crate::platform::stop_events::{Event, cause};
use crate::platform::types::StopCause;

/// Other providers use the same ids, so the provider is part of the query.
const QUERY: &str = "*[System[(EventID=41 and Provider[@Name='Microsoft-Windows-Kernel-Power']) or \
     ((EventID=6006 or EventID=6008) and Provider[@Name='EventLog']) or \
     (EventID=1074 and Provider[@Name='User32'])]]";
/// Limit on the events read, newest first: covers months of daily use.
const MOST: usize = 64;
/// Time limit per event, in milliseconds.
const PATIENCE: u32 = 1000;

/// Why the PC went off after this program was last seen at `last_seen`. Windows does not number its boots, so the time
/// decides.
pub fn sudden_stop_cause(_previous_boot_id: Option<&str>, last_seen: At) -> Reading<StopCause> {
    match events() {
        Some(texts) => {
            let events: Vec<Event> = texts.iter().filter_map(|text| Event::parse(text)).collect();
            Reading::from_option(cause(&events, last_seen), Why::NoSensor)
        }
        None => Reading::Missing(Why::Unsupported),
    }
}

/// Events about ends as XML, newest first; `None` when the event log does not answer.
#[expect(unsafe_code, reason = "reads the event log")]
fn events() -> Option<Vec<String>> {
    let (log, query) = (wide("System"), wide(QUERY));
    // SAFETY: both texts are zero-terminated; the handle is ours to close.
    let results = unsafe { EvtQuery(0, log.as_ptr(), query.as_ptr(), EvtQueryChannelPath | EvtQueryReverseDirection) };
    let results = Handle::new(results)?;
    let mut texts = Vec::new();
    while texts.len() < MOST {
        let mut event: isize = 0;
        let mut count = 0;
        // SAFETY: room for one handle, which is ours to close.
        let more = unsafe { EvtNext(results.0, 1, &raw mut event, PATIENCE, 0, &raw mut count) } != 0;
        let Some(event) = Handle::new(event).filter(|_| more && count > 0) else { break };
        texts.extend(render(&event));
    }
    Some(texts)
}

/// Renders an event as XML.
#[expect(unsafe_code, reason = "reads an event")]
fn render(event: &Handle) -> Option<String> {
    let mut units = vec![0_u16; 16 << 10];
    let (mut used, mut properties) = (0, 0);
    let room = size_of_val(units.as_slice()) as u32;
    // SAFETY: `units` is writable for `room` bytes and receives a zero-terminated text; a longer event is refused.
    let done = unsafe {
        EvtRender(0, event.0, EvtRenderEventXml, room, units.as_mut_ptr().cast(), &raw mut used, &raw mut properties)
    };
    (done != 0).then(|| text_of(&units))
}

/// An event log handle, closed on drop.
struct Handle(EVT_HANDLE);

impl Handle {
    fn new(handle: EVT_HANDLE) -> Option<Self> {
        (handle != 0).then_some(Self(handle))
    }
}

impl Drop for Handle {
    #[expect(unsafe_code, reason = "closes a handle")]
    fn drop(&mut self) {
        // SAFETY: ours, closed once.
        unsafe { EvtClose(self.0) };
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::is_wine;
    use super::*;

    #[test]
    fn the_log_has_no_cause_for_an_end_still_to_come() {
        // Wine has no event log.
        let why = if is_wine() { Why::Unsupported } else { Why::NoSensor };
        assert_eq!(sudden_stop_cause(None, At(i64::MAX)), Reading::Missing(why));
    }
}
