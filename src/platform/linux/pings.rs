//! Whether the window in front answers, on X11: it is asked by the protocol with which window managers ask before they
//! offer to end a program (Extended Window Manager Hints 1.5, `_NET_WM_PING`). Only the window somebody waits for is
//! asked, and never again while a question is open: a program is not woken for nothing.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    Atom, AtomEnum, ChangeWindowAttributesAux, ClientMessageEvent, ConnectionExt as _, EventMask, Window,
};
use x11rb::rust_connection::RustConnection;

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
    number: u32,
}

impl Pings {
    /// Listens at `root`, to which windows answer; `None` when the X server refuses.
    pub(super) fn new(connection: &RustConnection, root: Window) -> Option<Self> {
        let atom = |name: &[u8]| Some(connection.intern_atom(false, name).ok()?.reply().ok()?.atom);
        let (protocols, ping) = (atom(b"WM_PROTOCOLS")?, atom(b"_NET_WM_PING")?);
        let listen = ChangeWindowAttributesAux::new().event_mask(EventMask::SUBSTRUCTURE_NOTIFY);
        connection.change_window_attributes(root, &listen).ok()?.check().ok()?;
        Some(Self { protocols, ping, open: Vec::new(), number: FIRST })
    }

    /// Takes the answers that are there. Everything else that windows tell the root is forgotten: to be called often.
    pub(super) fn listen(&mut self, connection: &RustConnection) {
        while let Ok(Some(event)) = connection.poll_for_event() {
            let Event::ClientMessage(answer) = event else { continue };
            if answer.type_ != self.protocols || answer.format != 32 {
                continue;
            }
            let [protocol, number, window, ..] = answer.data.as_data32();
            if protocol == self.ping {
                self.open.retain(|open| (open.window, open.number) != (window, number));
            }
        }
    }

    /// The windows of which answers are waited for in vain, among those there are. Asks the one `in_front` when no
    /// question to it is open; its answer is heard at the next look.
    pub(super) fn look(
        &mut self,
        connection: &RustConnection,
        windows: &[Window],
        in_front: Option<Window>,
    ) -> BTreeSet<Window> {
        self.listen(connection);
        self.open.retain(|open| windows.contains(&open.window));
        if let Some(window) = in_front.filter(|window| self.open.iter().all(|open| open.window != *window)) {
            // A window that has just gone cannot be asked, and need not be.
            let _ = self.ask(connection, window);
        }
        self.open.iter().filter(|open| open.asked.elapsed() >= HUNG).map(|open| open.window).collect()
    }

    /// Asks `window`, if it takes part in this. Does not wait for the answer.
    fn ask(&mut self, connection: &RustConnection, window: Window) -> Option<()> {
        let question = connection.get_property(false, window, self.protocols, AtomEnum::ATOM, 0, 64).ok()?;
        if !question.reply().ok()?.value32()?.any(|protocol| protocol == self.ping) {
            return None;
        }
        self.number = self.number.wrapping_add(1);
        let event = ClientMessageEvent::new(32, window, self.protocols, [self.ping, self.number, window, 0, 0]);
        // Without the reply, an error of a window that went meanwhile comes as an event, and is forgotten.
        connection.send_event(false, window, EventMask::NO_EVENT, event).ok()?.ignore_error();
        connection.flush().ok()?;
        self.open.push(Open { window, number: self.number, asked: Instant::now() });
        Some(())
    }
}
