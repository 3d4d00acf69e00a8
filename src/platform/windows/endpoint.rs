//! Local endpoint for the user's other programs: a named pipe that only this logon session may open. Uses the Windows
//! calls directly because every wait needs a time-out: the non-async pipe libraries wait forever.

use std::io::{Error, ErrorKind, Result};
use std::os::windows::io::{AsHandle, AsRawHandle, BorrowedHandle, OwnedHandle};
use std::ptr::{null, null_mut};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use windows_sys::Win32::Foundation::{ERROR_PIPE_BUSY, GENERIC_READ, GENERIC_WRITE};
use windows_sys::Win32::Storage::FileSystem::{
    CreateFileW, FILE_FLAG_FIRST_PIPE_INSTANCE, FILE_FLAG_OVERLAPPED, OPEN_EXISTING, PIPE_ACCESS_DUPLEX,
    SECURITY_IDENTIFICATION, SECURITY_SQOS_PRESENT,
};
use windows_sys::Win32::System::Pipes::{
    CreateNamedPipeW, PIPE_READMODE_BYTE, PIPE_REJECT_REMOTE_CLIENTS, PIPE_TYPE_BYTE, PIPE_WAIT, WaitNamedPipeW,
};
use windows_sys::Win32::System::Threading::{GetCurrentProcess, PROCESS_QUERY_LIMITED_INFORMATION, SetEvent};
use windows_sys::Win32::UI::WindowsAndMessaging::AllowSetForegroundWindow;

use super::logon::{self, ExclusiveAccess};
use super::owner::User;
use super::pipe::{PAUSE_AFTER_ERROR, Pipe, event, wait};
use super::processes;
use super::runtime::plain;
use super::wide::wide;
use crate::platform::frames::{self, AT_ONCE, Answerer, LONGEST};

/// Pipe instances: those being served, one waiting for a slot, and one waiting for a client.
const INSTANCES: u32 = AT_ONCE as u32 + 2;

/// An endpoint; answers requests until it is dropped.
#[derive(Debug)]
pub struct Endpoint {
    stop: Arc<OwnedHandle>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Endpoint {
    /// Answers requests to `name` ("agent", "window") from programs of this user in this session. `handle` gets and
    /// returns one line of up to 4,096 bytes and runs for one request at a time.
    ///
    /// # Errors
    /// [`ErrorKind::AddrInUse`] when another process is listening already, else the system's error.
    pub fn listen(name: &str, handle: impl Fn(&[u8]) -> Vec<u8> + Send + 'static) -> Result<Self> {
        let identifier = logon::identifier()?;
        let factory =
            PipeFactory { name: wide(&pipe_name(name, &identifier)?), rights: ExclusiveAccess::new(&identifier)? };
        // Wine ignores the flag by which Windows refuses a second listener.
        if exists(&factory.name) {
            return Err(ErrorKind::AddrInUse.into());
        }
        let mut idle_pipe = factory.open(FILE_FLAG_FIRST_PIPE_INSTANCE).map_err(as_in_use)?;
        let stop = Arc::new(event()?);
        let answerer = Answerer::new(handle);
        let stopped = Arc::clone(&stop);
        let work = move || {
            while let Some(connected) = idle_pipe.wait_for_client(&stopped) {
                // Creates the next instance before serving this one, so that nobody else can take the name.
                let Some(next) = factory.next(&stopped) else { return };
                let pipe = std::mem::replace(&mut idle_pipe, next);
                if connected {
                    answerer.serve(pipe);
                }
            }
        };
        Ok(Self { stop, thread: Some(thread::Builder::new().name("endpoint".into()).spawn(work)?) })
    }
}

impl Drop for Endpoint {
    #[expect(unsafe_code, reason = "signals an event")]
    fn drop(&mut self) {
        // SAFETY: the event is ours and open.
        unsafe { SetEvent(self.stop.as_raw_handle()) };
        // The name is free once the thread has ended; its waits end with the event, or with the time limit for a slot.
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Sends `request` to `name` and waits up to `timeout` for the answer; both are one line of up to 4,096 bytes. Lets the
/// listener come to the front if this process may: the user caused the request.
///
/// # Errors
/// [`ErrorKind::NotFound`] when nobody listens, [`ErrorKind::TimedOut`] when the answer takes too long,
/// [`ErrorKind::PermissionDenied`] when the listener belongs to another user.
pub fn ask(name: &str, request: &[u8], timeout: Duration) -> Result<Vec<u8>> {
    let end = Instant::now() + timeout;
    let mut pipe = connect(&wide(&pipe_name(name, &logon::identifier()?)?), end)?;
    let server = pipe.server()?;
    if !is_ours(server) {
        return Err(ErrorKind::PermissionDenied.into());
    }
    allow_to_front(server);
    frames::ask(&mut pipe, request, end)
}

fn pipe_name(name: &str, identifier: &str) -> Result<String> {
    Ok(format!(r"\\.\pipe\mimamori-{}-{identifier}", plain(name)?))
}

/// Returns `true` when the process belongs to the same user: another user may have taken the name first.
#[expect(unsafe_code, reason = "our own process handle")]
fn is_ours(pid: u32) -> bool {
    let Ok(process) = processes::open(pid, PROCESS_QUERY_LIMITED_INFORMATION) else { return false };
    // SAFETY: the pseudo-handle of our own process is always valid and need not be closed.
    let own = User::of(unsafe { BorrowedHandle::borrow_raw(GetCurrentProcess()) });
    own.is_some() && User::of(process.as_handle()) == own
}

#[expect(unsafe_code, reason = "lets another process come to the front")]
fn allow_to_front(pid: u32) {
    // SAFETY: takes a number. Refused, without effect, when this process is not in front itself.
    unsafe { AllowSetForegroundWindow(pid) };
}

/// Returns `true` when a pipe of this name exists.
#[expect(unsafe_code, reason = "asks about a name")]
fn exists(name: &[u16]) -> bool {
    // SAFETY: the name is zero-terminated. 1 ms is enough: failing because all instances are busy proves existence,
    // too.
    let free = unsafe { WaitNamedPipeW(name.as_ptr(), 1) != 0 };
    free || Error::last_os_error().kind() != ErrorKind::NotFound
}

/// Maps the errors that mean another process owns the pipe, ours or somebody else's.
fn as_in_use(error: Error) -> Error {
    match error.kind() {
        ErrorKind::PermissionDenied => ErrorKind::AddrInUse.into(),
        _ if error.raw_os_error() == Some(ERROR_PIPE_BUSY.cast_signed()) => ErrorKind::AddrInUse.into(),
        _ => error,
    }
}

/// Creates the instances of one pipe.
struct PipeFactory {
    name: Vec<u16>,
    rights: ExclusiveAccess,
}

impl PipeFactory {
    #[expect(unsafe_code, reason = "makes a pipe")]
    fn open(&self, more: u32) -> Result<Pipe> {
        let attributes = self.rights.attributes();
        let room = LONGEST as u32 + 1;
        // SAFETY: the name is zero-terminated and the rights live as long as `self`; the handle is ours to close.
        let handle = unsafe {
            CreateNamedPipeW(
                self.name.as_ptr(),
                PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED | more,
                PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_WAIT | PIPE_REJECT_REMOTE_CLIENTS,
                INSTANCES,
                room,
                room,
                0,
                &raw const attributes,
            )
        };
        Pipe::new(handle)
    }

    /// Creates another instance as soon as there is room; `None` when it is time to stop.
    fn next(&self, stopped: &OwnedHandle) -> Option<Pipe> {
        loop {
            if let Ok(pipe) = self.open(0) {
                return Some(pipe);
            }
            if wait(&[stopped.as_raw_handle()], Some(PAUSE_AFTER_ERROR)).is_some() {
                return None;
            }
        }
    }
}

/// Opens the client end; waits while all instances are busy.
#[expect(unsafe_code, reason = "opens a pipe")]
fn connect(name: &[u16], end: Instant) -> Result<Pipe> {
    loop {
        // SAFETY: the name is zero-terminated; the handle is ours to close. The flags let the server identify us, but
        // not act in our name.
        let handle = unsafe {
            let flags = FILE_FLAG_OVERLAPPED | SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION;
            CreateFileW(name.as_ptr(), GENERIC_READ | GENERIC_WRITE, 0, null(), OPEN_EXISTING, flags, null_mut())
        };
        let error = match Pipe::new(handle) {
            Err(error) if error.raw_os_error() == Some(ERROR_PIPE_BUSY.cast_signed()) => error,
            done => return done,
        };
        let left = end.saturating_duration_since(Instant::now()).as_millis();
        if left == 0 {
            return Err(Error::new(ErrorKind::TimedOut, error));
        }
        // SAFETY: the name is zero-terminated. 0 would mean the pipe's default time-out.
        unsafe { WaitNamedPipeW(name.as_ptr(), left.min(1000) as u32) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::frames::Line;

    const SOON: Duration = Duration::from_secs(10);

    /// A name that only this test uses.
    fn name(test: &str) -> String {
        format!("test{}{test}", std::process::id())
    }

    fn client(name: &str) -> Pipe {
        let identifier = logon::identifier().expect("an identifier");
        connect(&wide(&pipe_name(name, &identifier).expect("a name")), Instant::now() + SOON).expect("connects")
    }

    #[test]
    fn questions_are_answered_until_the_end() {
        let name = name("answers");
        let endpoint = Endpoint::listen(&name, <[u8]>::to_ascii_uppercase).expect("listens");
        for _ in 0..20 {
            assert_eq!(ask(&name, b"open", SOON).expect("answered"), b"OPEN");
        }
        let longest = vec![b'a'; LONGEST];
        assert_eq!(ask(&name, &longest, SOON).expect("answered").len(), LONGEST);
        drop(endpoint);
        assert_eq!(ask(&name, b"open", SOON).expect_err("ended").kind(), ErrorKind::NotFound);
    }

    #[test]
    fn only_one_answers() {
        let name = name("one");
        let endpoint = Endpoint::listen(&name, <[u8]>::to_vec).expect("listens");
        assert_eq!(Endpoint::listen(&name, <[u8]>::to_vec).expect_err("in use").kind(), ErrorKind::AddrInUse);
        drop(endpoint);
        assert!(Endpoint::listen(&name, <[u8]>::to_vec).is_ok());
    }

    #[test]
    fn slow_and_talkative_ones_are_dropped_and_the_next_is_served() {
        let name = name("slow");
        let _endpoint = Endpoint::listen(&name, <[u8]>::to_ascii_uppercase).expect("listens");
        let begin = Instant::now();
        let slow: Vec<Pipe> = (0..AT_ONCE).map(|_| client(&name)).collect();
        let mut talkative = client(&name);
        thread::spawn(move || while talkative.write(&[b'a'; 4096], SOON).is_ok() {});
        assert_eq!(ask(&name, b"open", SOON).expect("answered"), b"OPEN");
        assert!(begin.elapsed() < Duration::from_secs(6), "{:?}", begin.elapsed());
        for mut pipe in slow {
            assert!(pipe.read(&mut [0; 8], SOON).is_ok_and(|count| count == 0));
        }
    }

    #[test]
    fn a_server_that_does_not_answer_costs_only_the_time_given() {
        let name = name("silent");
        let _endpoint = Endpoint::listen(&name, |_| {
            thread::sleep(Duration::from_secs(3));
            Vec::new()
        });
        let begin = Instant::now();
        let error = ask(&name, b"open", Duration::from_millis(300)).expect_err("silent");
        assert_eq!(error.kind(), ErrorKind::TimedOut);
        assert!(begin.elapsed() < Duration::from_secs(2), "{:?}", begin.elapsed());
    }

    #[test]
    fn names_are_plain() {
        assert!(Endpoint::listen(r"..\a", <[u8]>::to_vec).is_err());
        assert_eq!(pipe_name("agent", "S-1-5-5-0-1").expect("plain"), r"\\.\pipe\mimamori-agent-S-1-5-5-0-1");
    }
}
