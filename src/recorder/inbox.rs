//! Passes events of the window (actions and their verdicts) to the recording. The agent is its only writer, so the
//! window appends lines to a small file beside it, which the agent drains.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::model::{At, Event, EventKind};
use crate::platform::{self, Writing};

/// Longest line that is read, in bytes; the window writes no longer one.
const LINE_BYTES: usize = 4096;
/// Largest file that is read, in bytes; only a malfunction makes it larger.
const FILE_BYTES: u64 = 1 << 20;

/// The file beside a recording.
#[derive(Clone, Debug)]
pub struct Inbox {
    path: PathBuf,
    taken: PathBuf,
    erase: PathBuf,
}

impl Inbox {
    /// The inbox of the recording at `recording`.
    pub fn beside(recording: &Path) -> Self {
        Self {
            path: recording.with_extension("inbox"),
            taken: recording.with_extension("inbox-taken"),
            erase: recording.with_extension("forget"),
        }
    }

    /// Appends an event. Lines of several windows do not mix: each is a single write in append mode.
    ///
    /// # Errors
    /// As reported by the system; nothing is appended then.
    pub fn put(&self, event: &Event) -> std::io::Result<()> {
        let mut line = json!({
            "at": event.at.0, "kind": event.kind.id(), "subject": event.subject, "data": event.data,
        })
        .to_string();
        line.push('\n');
        if line.len() > LINE_BYTES || fs::metadata(&self.path).is_ok_and(|metadata| metadata.len() > FILE_BYTES) {
            return Err(std::io::ErrorKind::FileTooLarge.into());
        }
        if let Some(folder) = self.path.parent() {
            platform::make_private_folder(folder)?;
        }
        platform::open_private(&self.path, Writing::Append)?.write_all(line.as_bytes())
    }

    /// True if events are waiting; costs one lookup in the folder.
    pub fn is_waiting(&self) -> bool {
        is_file(&self.path)
    }

    /// Size of the waiting events in bytes.
    pub fn bytes(&self) -> u64 {
        let size =
            |path: &Path| fs::symlink_metadata(path).ok().filter(fs::Metadata::is_file).map_or(0, |file| file.len());
        size(&self.path) + size(&self.taken)
    }

    /// The waiting events, without taking them.
    pub fn peek(&self) -> Vec<Event> {
        let mut events = read(&self.taken);
        events.extend(read(&self.path));
        events
    }

    /// Takes the events; they stay in a second file until [`Self::drop_taken`].
    pub fn take(&self) -> Vec<Event> {
        if !is_file(&self.taken) && is_file(&self.path) {
            // It stays for the next time.
            if let Err(error) = fs::rename(&self.path, &self.taken) {
                log::warn!("the inbox cannot be taken: {error}");
            }
        }
        read(&self.taken)
    }

    /// Asks the agent to erase the recording, which it does with its next flush.
    ///
    /// # Errors
    /// As reported by the system.
    pub fn request_erase(&self) -> std::io::Result<()> {
        platform::open_private(&self.erase, Writing::Anew).map(|_| ())
    }

    /// True if an erase was requested and is not done yet.
    pub fn is_erase_requested(&self) -> bool {
        is_file(&self.erase)
    }

    /// Withdraws the request, done or no longer wanted. Returns false if there was none.
    pub fn finish_erase(&self) -> bool {
        fs::remove_file(&self.erase).is_ok()
    }

    /// Discards all waiting events.
    pub fn discard(&self) {
        remove(&self.path);
        remove(&self.taken);
    }

    /// Deletes the taken events, once they are in the recording.
    pub fn drop_taken(&self) {
        remove(&self.taken);
    }
}

/// Removes a file that need not exist. What remains would be recorded once more.
fn remove(path: &Path) {
    if let Err(error) = fs::remove_file(path)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        log::warn!("{} cannot be removed: {error}", path.display());
    }
}

/// Returns `true` for a file; what else somebody has put in its place is not ours.
fn is_file(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|data| data.is_file())
}

/// Events of a file; other lines are skipped.
fn read(path: &Path) -> Vec<Event> {
    let Ok(file) = platform::open_ordinary(path) else { return Vec::new() };
    let lines = BufReader::new(file.take(FILE_BYTES * 2)).split(b'\n');
    lines.map_while(Result::ok).filter(|line| line.len() <= LINE_BYTES).filter_map(|line| parse(&line)).collect()
}

fn parse(line: &[u8]) -> Option<Event> {
    let value: Value = serde_json::from_slice(line).ok()?;
    let text = |name: &str| value.get(name).and_then(Value::as_str);
    Some(Event {
        at: At(value.get("at")?.as_i64()?),
        kind: EventKind::from_id(text("kind")?)?,
        subject: text("subject").unwrap_or_default().to_owned(),
        data: value.get("data").cloned().unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_is_taken_once_and_nothing_is_lost_in_between() {
        let folder = tempfile::tempdir().expect("folder");
        let inbox = Inbox::beside(&folder.path().join("deep/recording.db"));
        let event = Event::new(At(5), EventKind::Action, "burner\n\"x\"").with(json!({"force": true}));
        inbox.put(&event).expect("put");
        assert_eq!(inbox.take(), std::slice::from_ref(&event));
        let second = Event::new(At(6), EventKind::Verdict, "burner");
        inbox.put(&second).expect("put");
        // Not in the recording yet: a second attempt (or another start) finds it again, while the new one waits.
        assert_eq!(inbox.take(), std::slice::from_ref(&event));
        assert_eq!(inbox.peek(), [event, second.clone()]);
        inbox.drop_taken();
        assert_eq!(inbox.take(), [second]);
        inbox.drop_taken();
        assert!(inbox.take().is_empty() && inbox.peek().is_empty());
    }

    #[test]
    fn a_file_somebody_else_filled_is_read_up_to_a_limit() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("inbox");
        let event = |at: i64| format!("{{\"at\":{at},\"kind\":\"action\",\"subject\":\"a\"}}\n");
        let filling = format!("{}\n", "x".repeat(1023)).repeat(1536);
        // Puts stop at the first limit, which several windows may exceed together: everything of that is read.
        fs::write(&path, format!("{}{filling}{}{filling}{}", event(1), event(2), event(3))).expect("written");
        assert_eq!(read(&path).iter().map(|event| event.at.0).collect::<Vec<_>>(), [1, 2]);
    }

    #[test]
    fn lines_that_are_no_events_are_left_out() {
        for line in ["", "{", "[]", r#"{"at":1}"#, r#"{"at":"x","kind":"action"}"#, r#"{"at":1,"kind":"unheard of"}"#] {
            assert_eq!(parse(line.as_bytes()), None, "{line}");
        }
    }
}
