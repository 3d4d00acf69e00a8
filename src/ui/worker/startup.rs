//! The list of what starts with the PC, and switching it.

use serde_json::json;

use super::{Host, Reply, Thread};
use crate::model::{AutostartEntry, Event, EventKind};
use crate::platform;
use crate::ui::snapshot::Startup;
use crate::undo_file::Undo;

impl<H: Host> Thread<H> {
    /// Sends the list.
    pub(super) fn send_startup(&self) {
        let (entries, failure) = (platform::autostart_entries(), self.startup_failure.clone());
        self.replies.send(Reply::Startup(Box::new(Startup { entries, failure })));
    }

    /// Switches an entry. What this program switched off is put back as it was, unless somebody has changed it since.
    pub(super) fn switch_startup(&mut self, entry: &AutostartEntry, on: bool) {
        let noted = self.undo_file.entries().into_iter().rev().find_map(|undo| match undo.undo {
            Undo::Autostart { change } if undo.program == entry.name => Some((undo.id, change)),
            _ => None,
        });
        let is_undone = noted.is_some_and(|(id, change)| {
            let is_undone = platform::autostart_undo(&change).is_ok();
            self.forget_undo(Some(id));
            is_undone && is_switched(entry, on)
        });
        let failure = if is_undone {
            None
        } else {
            match platform::autostart_switch(&entry.id, on) {
                Ok(change) => {
                    self.add_undo(&entry.name, Undo::Autostart { change });
                    None
                }
                Err(error) => Some((entry.name.clone(), error.to_string())),
            }
        };
        if failure.is_none() {
            let data = json!({ "remedy": if on { "startup_on" } else { "startup_off" } });
            self.record(&Event::new(self.host.now(), EventKind::Action, &entry.name).with(data));
        }
        self.startup_failure = failure;
        self.send_startup();
    }
}

fn is_switched(entry: &AutostartEntry, on: bool) -> bool {
    let entries = platform::autostart_entries();
    entries.known().is_some_and(|all| all.iter().any(|other| other.id == entry.id && other.on == on))
}
