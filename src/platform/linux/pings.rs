//! Detects a hung foreground window on X11, by the protocol with which window managers check before they offer to kill
//! a program (Extended Window Manager Hints 1.5, `_NET_WM_PING`). Only the foreground window is pinged, never twice at
//! a time. It counts as hung only if it has answered before, and if the X server confirms that it belongs to the
//! process it names.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::res::{ClientIdMask, ClientIdSpec, ConnectionExt as _};
use x11rb::protocol::xproto::{
    Atom, AtomEnum, ChangeWindowAttributesAux, ClientMessageEvent, ConnectionExt as _, EventMask, Window,
};
use x11rb::rust_connection::RustConnection;

use crate::model::Pid;

/// Time without an answer after which a window counts as hung; as on Windows (`IsHungAppWindow`).
const HUNG: Duration = Duration::from_secs(5);
/// First ping number, sent where others send a timestamp. Window managers look for theirs among the answers; some count
/// from 1 (Openbox), so ours start where nobody counts to.
const FIRST: u32 = 0x6d69_6d61;

/// A ping without an answer so far.
struct Ping {
    window: Window,
    number: u32,
    sent_at: Instant,
}

/// Sends pings and receives the answers.
pub(super) struct Pings {
    protocols: Atom,
    ping: Atom,
    pending: Vec<Ping>,
    /// Windows that have answered before.
    known: BTreeSet<Window>,
    number: u32,
}

impl Pings {
    /// Listens on `root`, which receives the answers; `None` when the X server refuses.
    pub(super) fn new(connection: &RustConnection, root: Window) -> Option<Self> {
        let atom = |name: &[u8]| Some(connection.intern_atom(false, name).ok()?.reply().ok()?.atom);
        let (protocols, ping) = (atom(b"WM_PROTOCOLS")?, atom(b"_NET_WM_PING")?);
        // By the hints, answers go to listeners for the root's children; Qt sends them to listeners for the root
        // itself.
        let mask = EventMask::SUBSTRUCTURE_NOTIFY | EventMask::STRUCTURE_NOTIFY;
        let listen = ChangeWindowAttributesAux::new().event_mask(mask);
        connection.change_window_attributes(root, &listen).ok()?.check().ok()?;
        Some(Self { protocols, ping, pending: Vec::new(), known: BTreeSet::new(), number: FIRST })
    }

    /// Takes the pending answers. Drains all other events of the root window, so call it often.
    pub(super) fn listen(&mut self, connection: &RustConnection) {
        while let Ok(Some(event)) = connection.poll_for_event() {
            let Event::ClientMessage(answer) = event else { continue };
            if answer.type_ != self.protocols || answer.format != 32 {
                continue;
            }
            let [protocol, number, window, ..] = answer.data.as_data32();
            let count = self.pending.len();
            if protocol == self.ping {
                self.pending.retain(|ping| (ping.window, ping.number) != (window, number));
            }
            if self.pending.len() < count {
                self.known.insert(window);
            }
        }
    }

    /// Returns the hung windows among `windows` (all of them, with the process each one names). Pings `in_front` unless
    /// a ping is pending; its answer is received by a later call.
    pub(super) fn update(
        &mut self,
        connection: &RustConnection,
        windows: &BTreeMap<Window, Pid>,
        in_front: Option<Window>,
    ) -> BTreeSet<Window> {
        self.listen(connection);
        self.pending.retain(|ping| windows.contains_key(&ping.window));
        self.known.retain(|window| windows.contains_key(window));
        if let Some(window) = in_front.filter(|window| self.pending.iter().all(|ping| ping.window != *window)) {
            // A window that has just closed need not be pinged.
            let _ = self.ping(connection, window);
        }
        let late =
            self.pending.iter().filter(|ping| ping.sent_at.elapsed() >= HUNG && self.known.contains(&ping.window));
        let is_its_own = |window: &Window| client_pid(connection, *window).as_ref() == windows.get(window);
        late.map(|ping| ping.window).filter(is_its_own).collect()
    }

    /// Pings `window` if it supports the protocol. Does not wait for the answer.
    fn ping(&mut self, connection: &RustConnection, window: Window) -> Option<()> {
        let question = connection.get_property(false, window, self.protocols, AtomEnum::ATOM, 0, 64).ok()?;
        if !question.reply().ok()?.value32()?.any(|protocol| protocol == self.ping) {
            return None;
        }
        self.number = self.number.wrapping_add(1);
        let event = ClientMessageEvent::new(32, window, self.protocols, [self.ping, self.number, window, 0, 0]);
        // The window may have closed meanwhile; nobody handles that error.
        connection.send_event(false, window, EventMask::NO_EVENT, event).ok()?.ignore_error();
        connection.flush().ok()?;
        self.pending.push(Ping { window, number: self.number, sent_at: Instant::now() });
        Some(())
    }
}

/// Process that created `window`, as the kernel reported it to the X server (X-Resource 1.2). What a window names
/// itself differs in a container, and for windows of another PC.
fn client_pid(connection: &RustConnection, window: Window) -> Option<Pid> {
    let spec = ClientIdSpec { client: window, mask: ClientIdMask::LOCAL_CLIENT_PID };
    let reply = connection.res_query_client_ids(&[spec]).ok()?.reply().ok()?;
    reply.ids.iter().find_map(|id| id.value.first().copied())
}
