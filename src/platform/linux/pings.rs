//! Whether the window in front answers, on X11: it is asked by the protocol with which window managers ask before they
//! offer to end a program (Extended Window Manager Hints 1.5, `_NET_WM_PING`). Only the window somebody waits for is
//! asked, and not again while a question to it is open. What does not answer is only believed to hang when it has
//! answered before, and when the X server says that it belongs to the process that the window names.

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

/// A window that has not answered for so long does not respond: as Windows has it (`IsHungAppWindow`).
const HUNG: Duration = Duration::from_secs(5);
/// Questions are told apart by a number where others have a time. Window managers look for theirs among the answers;
/// some count from 1 (Openbox), so ours begin where nobody counts to.
const FIRST: u32 = 0x6d69_6d61;

/// A question without an answer.
struct Open {
    window: Window,
    number: u32,
    asked: Instant,
}

/// Asks, and hears the answers.
pub(super) struct Pings {
    protocols: Atom,
    ping: Atom,
    open: Vec<Open>,
    /// Windows that have answered.
    known: BTreeSet<Window>,
    number: u32,
}

impl Pings {
    /// Listens at `root`, to which windows answer; `None` when the X server refuses.
    pub(super) fn new(connection: &RustConnection, root: Window) -> Option<Self> {
        let atom = |name: &[u8]| Some(connection.intern_atom(false, name).ok()?.reply().ok()?.atom);
        let (protocols, ping) = (atom(b"WM_PROTOCOLS")?, atom(b"_NET_WM_PING")?);
        // The hints say that an answer goes to those who listen for the windows of the root; Qt sends it to those who
        // listen for what happens to the root itself.
        let mask = EventMask::SUBSTRUCTURE_NOTIFY | EventMask::STRUCTURE_NOTIFY;
        let listen = ChangeWindowAttributesAux::new().event_mask(mask);
        connection.change_window_attributes(root, &listen).ok()?.check().ok()?;
        Some(Self { protocols, ping, open: Vec::new(), known: BTreeSet::new(), number: FIRST })
    }

    /// Takes the answers that are there. Everything else that windows tell the root is forgotten: to be called often.
    pub(super) fn listen(&mut self, connection: &RustConnection) {
        while let Ok(Some(event)) = connection.poll_for_event() {
            let Event::ClientMessage(answer) = event else { continue };
            if answer.type_ != self.protocols || answer.format != 32 {
                continue;
            }
            let [protocol, number, window, ..] = answer.data.as_data32();
            let count = self.open.len();
            if protocol == self.ping {
                self.open.retain(|open| (open.window, open.number) != (window, number));
            }
            if self.open.len() < count {
                self.known.insert(window);
            }
        }
    }

    /// Those of `windows` (all there are, with the process that each names) of which an answer is waited for in vain.
    /// Asks the one `in_front` when no question to it is open; its answer is heard at the next look.
    pub(super) fn look(
        &mut self,
        connection: &RustConnection,
        windows: &BTreeMap<Window, Pid>,
        in_front: Option<Window>,
    ) -> BTreeSet<Window> {
        self.listen(connection);
        self.open.retain(|open| windows.contains_key(&open.window));
        self.known.retain(|window| windows.contains_key(window));
        if let Some(window) = in_front.filter(|window| self.open.iter().all(|open| open.window != *window)) {
            // A window that has just gone cannot be asked, and need not be.
            let _ = self.ask(connection, window);
        }
        let late = self.open.iter().filter(|open| open.asked.elapsed() >= HUNG && self.known.contains(&open.window));
        let is_its_own = |window: &Window| client_pid(connection, *window).as_ref() == windows.get(window);
        late.map(|open| open.window).filter(is_its_own).collect()
    }

    /// Asks `window`, if it takes part in this. Does not wait for the answer.
    fn ask(&mut self, connection: &RustConnection, window: Window) -> Option<()> {
        let question = connection.get_property(false, window, self.protocols, AtomEnum::ATOM, 0, 64).ok()?;
        if !question.reply().ok()?.value32()?.any(|protocol| protocol == self.ping) {
            return None;
        }
        self.number = self.number.wrapping_add(1);
        let event = ClientMessageEvent::new(32, window, self.protocols, [self.ping, self.number, window, 0, 0]);
        // An error of a window that went meanwhile is no event for anybody.
        connection.send_event(false, window, EventMask::NO_EVENT, event).ok()?.ignore_error();
        connection.flush().ok()?;
        self.open.push(Open { window, number: self.number, asked: Instant::now() });
        Some(())
    }
}

/// The process at the other end of the connection that made `window`, as the kernel told the X server (X-Resource 1.2).
/// What a window says of itself is another number in a container, and of another PC when it comes from there.
fn client_pid(connection: &RustConnection, window: Window) -> Option<Pid> {
    let spec = ClientIdSpec { client: window, mask: ClientIdMask::LOCAL_CLIENT_PID };
    let reply = connection.res_query_client_ids(&[spec]).ok()?.reply().ok()?;
    reply.ids.iter().find_map(|id| id.value.first().copied())
}
