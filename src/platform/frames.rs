//! One request and one answer, one line each, over a local connection; shared by all platforms. A connection that is
//! too slow or sends too much is dropped, so that it cannot block others.

use std::io::{Error, ErrorKind, Result};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Longest line in bytes, without its line feed.
pub(super) const LONGEST: usize = 4096;
/// Time limit for the other side's line.
pub(super) const PATIENCE: Duration = Duration::from_secs(2);
/// Time limit for the other side's request while others wait: ours send it at once.
const IMPATIENCE: Duration = Duration::from_millis(100);
/// Connections served concurrently.
pub(super) const AT_ONCE: usize = 4;

/// A connection to a possibly slow peer.
pub(super) trait Line {
    /// Reads available bytes, waiting up to `patience`; 0 at the end.
    fn read(&mut self, buffer: &mut [u8], patience: Duration) -> Result<usize>;
    /// Writes part of `bytes`, waiting up to `patience`; returns the number written.
    fn write(&mut self, bytes: &[u8], patience: Duration) -> Result<usize>;
}

/// Time remaining until `end`.
fn remaining(end: Instant) -> Result<Duration> {
    let remaining = end.saturating_duration_since(Instant::now());
    if remaining.is_zero() { Err(ErrorKind::TimedOut.into()) } else { Ok(remaining) }
}

fn read_line(line: &mut impl Line, end: Instant) -> Result<Vec<u8>> {
    let mut text = Vec::new();
    let mut part = [0; 1024];
    loop {
        let count = match line.read(&mut part, remaining(end)?) {
            Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
            Ok(count) => count,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let part = &part[..count];
        let whole = part.iter().position(|byte| *byte == b'\n');
        text.extend_from_slice(&part[..whole.unwrap_or(count)]);
        if text.len() > LONGEST {
            return Err(ErrorKind::InvalidData.into());
        }
        if whole.is_some() {
            return Ok(text);
        }
    }
}

fn write_line(line: &mut impl Line, text: &[u8], end: Instant) -> Result<()> {
    if text.len() > LONGEST || text.contains(&b'\n') {
        return Err(Error::new(ErrorKind::InvalidInput, "not one line of up to 4096 bytes"));
    }
    let whole = [text, b"\n"].concat();
    let mut rest = whole.as_slice();
    while !rest.is_empty() {
        match line.write(rest, remaining(end)?) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(count) => rest = rest.get(count..).unwrap_or_default(),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Sends one request and returns its answer, which must arrive before `end`.
pub(super) fn ask(line: &mut impl Line, request: &[u8], end: Instant) -> Result<Vec<u8>> {
    write_line(line, request, end)?;
    read_line(line, end)
}

/// Reads a request, for which a slow peer has less time as soon as others wait.
fn read_request(line: &mut impl Line, others_wait: impl Fn() -> bool) -> Result<Vec<u8>> {
    struct Hurried<'a, L, F>(&'a mut L, F);
    impl<L: Line, F: Fn() -> bool> Line for Hurried<'_, L, F> {
        fn read(&mut self, buffer: &mut [u8], patience: Duration) -> Result<usize> {
            let end = Instant::now() + patience;
            loop {
                match self.0.read(buffer, remaining(end)?.min(IMPATIENCE)) {
                    Err(error) if error.kind() == ErrorKind::TimedOut && !(self.1)() => {}
                    read => return read,
                }
            }
        }
        fn write(&mut self, bytes: &[u8], patience: Duration) -> Result<usize> {
            self.0.write(bytes, patience)
        }
    }
    read_line(&mut Hurried(line, others_wait), Instant::now() + PATIENCE)
}

/// Answers one request.
fn answer(line: &mut impl Line, handle: impl FnOnce(&[u8]) -> Vec<u8>, others_wait: impl Fn() -> bool) -> Result<()> {
    let request = read_request(line, others_wait)?;
    let answer = handle(&request);
    let end = Instant::now() + PATIENCE;
    write_line(line, &answer, end)?;
    // Waits until the peer has read it and closes: closing a Windows pipe first may lose the answer.
    while remaining(end).and_then(|remaining| line.read(&mut [0; 64], remaining)).is_ok_and(|count| count > 0) {}
    Ok(())
}

/// Answers connections, a few concurrently, each on its own short-lived thread. `handle` runs for one request at a
/// time.
pub(super) struct Answerer<F> {
    handle: Arc<Mutex<F>>,
    slots: Arc<ConnectionSlots>,
}

impl<F: Fn(&[u8]) -> Vec<u8> + Send + 'static> Answerer<F> {
    pub(super) fn new(handle: F) -> Self {
        Self { handle: Arc::new(Mutex::new(handle)), slots: Arc::new(ConnectionSlots::default()) }
    }

    /// Waits for a slot, no longer than a connection can last, and answers on another thread. Without a slot or a
    /// thread the connection is dropped; the peer may try again.
    pub(super) fn serve(&self, mut line: impl Line + Send + 'static) {
        let Some(slot) = ConnectionSlot::take(&self.slots) else { return };
        let handle = Arc::clone(&self.handle);
        let work = move || {
            // A slow or overlong request gets no answer, and there is nobody to report it to.
            let _ = answer(&mut line, |request| locked(&handle)(request), || slot.is_wanted());
            drop(line);
            drop(slot);
        };
        if let Err(error) = thread::Builder::new().name("endpoint-answer".into()).spawn(work) {
            log::warn!("no thread for a request: {error}");
        }
    }
}

/// Ignores poisoning: a panic while serving one connection must not stop the others.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[derive(Default)]
struct ConnectionSlots {
    taken: Mutex<usize>,
    released: Condvar,
    /// A connection is waiting for a slot.
    is_wanted: AtomicBool,
}

/// The right to be served; released on drop, even by a panic.
struct ConnectionSlot(Arc<ConnectionSlots>);

impl ConnectionSlot {
    fn take(slots: &Arc<ConnectionSlots>) -> Option<Self> {
        let taken = locked(&slots.taken);
        slots.is_wanted.store(*taken >= AT_ONCE, Ordering::Relaxed);
        let waited = slots.released.wait_timeout_while(taken, 2 * PATIENCE, |taken| *taken >= AT_ONCE);
        let (mut taken, waited) = waited.unwrap_or_else(PoisonError::into_inner);
        slots.is_wanted.store(false, Ordering::Relaxed);
        if waited.timed_out() {
            return None;
        }
        *taken += 1;
        Some(Self(Arc::clone(slots)))
    }
}

impl ConnectionSlot {
    /// Returns `true` when another connection waits for a slot.
    fn is_wanted(&self) -> bool {
        self.0.is_wanted.load(Ordering::Relaxed)
    }
}

impl Drop for ConnectionSlot {
    fn drop(&mut self) {
        *locked(&self.0.taken) -= 1;
        self.0.released.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Yields its parts one by one, then the end; keeps what is written.
    struct Parts(Vec<Vec<u8>>, Vec<u8>);

    impl Line for Parts {
        fn read(&mut self, buffer: &mut [u8], _patience: Duration) -> Result<usize> {
            if self.0.is_empty() {
                return Ok(0);
            }
            let part = self.0.remove(0);
            buffer[..part.len()].copy_from_slice(&part);
            Ok(part.len())
        }
        fn write(&mut self, bytes: &[u8], _patience: Duration) -> Result<usize> {
            let count = bytes.len().min(7);
            self.1.extend_from_slice(&bytes[..count]);
            Ok(count)
        }
    }

    fn parts(list: &[&[u8]]) -> Parts {
        Parts(list.iter().map(|part| part.to_vec()).collect(), Vec::new())
    }

    #[test]
    fn a_line_may_come_in_parts() {
        let mut line = parts(&[b"pau", b"se 5", b"\nmore"]);
        answer(&mut line, |request| [b"done with ", request].concat(), || false).expect("answered");
        assert_eq!(line.1, b"done with pause 5\n");
    }

    #[test]
    fn what_is_no_line_is_dropped() {
        let kind = |parts: &mut Parts| answer(parts, |_| Vec::new(), || false).expect_err("dropped").kind();
        assert_eq!(kind(&mut parts(&[b"no end"])), ErrorKind::UnexpectedEof);
        assert_eq!(kind(&mut parts(&[&[b'a'; 1024][..]; 5])), ErrorKind::InvalidData);
        let longest = [&[b'a'; 1024][..]; 4].to_vec();
        let mut line = parts(&[longest.as_slice(), &[b"\n"]].concat());
        assert!(answer(&mut line, <[u8]>::to_vec, || false).is_ok());
        assert_eq!(line.1.len(), LONGEST + 1);
    }

    #[test]
    fn an_answer_is_one_line_too() {
        assert!(answer(&mut parts(&[b"a\n"]), |_| b"two\nlines".to_vec(), || false).is_err());
        assert!(answer(&mut parts(&[b"a\n"]), |_| vec![b'a'; LONGEST + 1], || false).is_err());
    }

    #[test]
    fn time_runs_out() {
        let error = read_line(&mut parts(&[b"a\n"]), Instant::now()).expect_err("too late");
        assert_eq!(error.kind(), ErrorKind::TimedOut);
    }

    #[test]
    fn a_slot_is_released() {
        let slots = Arc::new(ConnectionSlots::default());
        let all: Vec<ConnectionSlot> = (0..AT_ONCE).filter_map(|_| ConnectionSlot::take(&slots)).collect();
        assert_eq!(all.len(), AT_ONCE);
        let waiting = thread::spawn({
            let slots = Arc::clone(&slots);
            move || ConnectionSlot::take(&slots).is_some()
        });
        drop(all);
        assert!(waiting.join().expect("joined"));
    }
}
