//! Local endpoint for the user's other programs: a Unix socket in the session's runtime folder.

use std::fs::{self, Permissions};
use std::io::{Error, ErrorKind, Read, Result, Write};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, socket_with, sockopt};

use super::files::open_folder;
use super::runtime;
use crate::platform::frames::{self, Answerer, Line};

/// Pause after the system had no resources for another connection.
const PAUSE_AFTER_ERROR: Duration = Duration::from_millis(200);

/// An endpoint; answers requests until it is dropped.
#[derive(Debug)]
pub struct Endpoint {
    path: PathBuf,
    /// Dropping this wakes the thread through the other end.
    _stop: UnixStream,
}

impl Endpoint {
    /// Answers requests to `name` ("agent", "window") from programs of this user in this session. `handle` gets and
    /// returns one line of up to 4,096 bytes and runs for one request at a time.
    ///
    /// # Errors
    /// [`ErrorKind::AddrInUse`] when another process is listening already, else the system's error.
    pub fn listen(name: &str, handle: impl Fn(&[u8]) -> Vec<u8> + Send + 'static) -> Result<Self> {
        Self::listen_at(runtime::file(name, "sock")?, handle)
    }

    fn listen_at(path: PathBuf, handle: impl Fn(&[u8]) -> Vec<u8> + Send + 'static) -> Result<Self> {
        let listener = bind(&path)?;
        listener.set_nonblocking(true)?;
        let (stop, stopped) = UnixStream::pair()?;
        let answerer = Answerer::new(handle);
        let work = move || {
            while wait(&listener, &stopped) {
                match listener.accept() {
                    Ok((stream, _)) if is_ours(&stream) => answerer.serve(stream),
                    Ok(_) => {}
                    Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                    Err(_) => thread::sleep(PAUSE_AFTER_ERROR),
                }
            }
        };
        thread::Builder::new().name("endpoint".into()).spawn(work)?;
        Ok(Self { path, _stop: stop })
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        // Nobody can connect from here on; a socket that is already gone is fine, too.
        let _ = fs::remove_file(&self.path);
    }
}

/// Sends `request` to `name` and waits up to `timeout` for the answer; both are one line of up to 4,096 bytes.
///
/// # Errors
/// [`ErrorKind::NotFound`] or [`ErrorKind::ConnectionRefused`] when nobody listens, [`ErrorKind::TimedOut`] when the
/// answer takes too long, [`ErrorKind::PermissionDenied`] when the listener belongs to another user.
pub fn ask(name: &str, request: &[u8], timeout: Duration) -> Result<Vec<u8>> {
    ask_at(&runtime::file(name, "sock")?, request, timeout)
}

fn ask_at(path: &Path, request: &[u8], timeout: Duration) -> Result<Vec<u8>> {
    let end = Instant::now() + timeout;
    let mut stream = connect(path)?;
    if !is_ours(&stream) {
        return Err(ErrorKind::PermissionDenied.into());
    }
    frames::ask(&mut stream, request, end)
}

/// A short path of a socket, valid while the folder is open. A socket's path may have 107 bytes only, and the folder
/// cannot be exchanged for a link meanwhile.
fn short(path: &Path) -> Result<(OwnedFd, PathBuf)> {
    let folder = open_folder(path.parent().ok_or(ErrorKind::InvalidInput)?)?;
    let short = PathBuf::from(format!("/proc/self/fd/{}", folder.as_raw_fd()));
    Ok((folder, short.join(path.file_name().ok_or(ErrorKind::InvalidInput)?)))
}

/// Connects without blocking: a server with a full queue is hung.
fn connect(path: &Path) -> Result<UnixStream> {
    let (_folder, path) = short(path)?;
    let socket =
        socket_with(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::CLOEXEC | SocketFlags::NONBLOCK, None)?;
    rustix::net::connect(&socket, &SocketAddrUnix::new(&path)?)?;
    let stream = UnixStream::from(socket);
    stream.set_nonblocking(false)?;
    Ok(stream)
}

/// Creates the socket, replacing one that a killed program left behind.
fn bind(path: &Path) -> Result<UnixListener> {
    match connect(path) {
        Ok(_) => return Err(ErrorKind::AddrInUse.into()),
        Err(error) if error.kind() == ErrorKind::WouldBlock => return Err(ErrorKind::AddrInUse.into()),
        Err(error) if error.kind() == ErrorKind::ConnectionRefused => clear_way(path)?,
        Err(_) => {}
    }
    let (_folder, short) = short(path)?;
    let listener = UnixListener::bind(&short)?;
    // Second line of defence: the folder is private already.
    fs::set_permissions(&short, Permissions::from_mode(0o600))?;
    Ok(listener)
}

/// Removes the socket of a killed program. Anything else in its place, such as a folder, is moved aside: the folder is
/// ours alone.
fn clear_way(path: &Path) -> Result<()> {
    if fs::symlink_metadata(path)?.file_type().is_socket() {
        return fs::remove_file(path);
    }
    log::warn!("{} is no socket and is moved aside", path.display());
    fs::rename(path, path.with_extension(format!("{}.aside", std::process::id())))
}

/// Waits for a connection; `false` when it is time to stop.
fn wait(listener: &UnixListener, stopped: &UnixStream) -> bool {
    let mut fds = [PollFd::new(listener, PollFlags::IN), PollFd::new(stopped, PollFlags::IN)];
    match poll(&mut fds, None) {
        Ok(_) => fds[1].revents().is_empty(),
        // Interrupted by a signal: try again.
        Err(_) => true,
    }
}

/// Returns `true` when the peer is a process of the same user.
fn is_ours(stream: &impl AsFd) -> bool {
    sockopt::socket_peercred(stream).is_ok_and(|peer| peer.uid == rustix::process::geteuid())
}

impl Line for UnixStream {
    fn read(&mut self, buffer: &mut [u8], patience: Duration) -> Result<usize> {
        self.set_read_timeout(Some(patience))?;
        Read::read(self, buffer).map_err(as_timeout)
    }

    fn write(&mut self, bytes: &[u8], patience: Duration) -> Result<usize> {
        self.set_write_timeout(Some(patience))?;
        Write::write(self, bytes).map_err(as_timeout)
    }
}

/// A socket reports its time-out as "would block".
fn as_timeout(error: Error) -> Error {
    if error.kind() == ErrorKind::WouldBlock { ErrorKind::TimedOut.into() } else { error }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_secs(5);

    fn endpoint() -> (tempfile::TempDir, PathBuf, Endpoint) {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("agent.sock");
        let endpoint = Endpoint::listen_at(path.clone(), <[u8]>::to_ascii_uppercase).expect("listens");
        (folder, path, endpoint)
    }

    fn threads() -> usize {
        let names = fs::read_dir("/proc/self/task").expect("threads").flatten();
        names
            .filter(|task| fs::read_to_string(task.path().join("comm")).is_ok_and(|n| n.starts_with("endpoint-answer")))
            .count()
    }

    #[test]
    fn questions_are_answered_until_the_end() {
        let (_folder, path, endpoint) = endpoint();
        assert_eq!(fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o600);
        for _ in 0..20 {
            assert_eq!(ask_at(&path, b"open", SOON).expect("answered"), b"OPEN");
        }
        drop(endpoint);
        assert!(!path.exists());
        assert_eq!(ask_at(&path, b"open", SOON).expect_err("ended").kind(), ErrorKind::NotFound);
    }

    #[test]
    fn only_one_answers_and_a_socket_that_was_left_is_replaced() {
        let (_folder, path, endpoint) = endpoint();
        let second = Endpoint::listen_at(path.clone(), <[u8]>::to_vec).expect_err("in use");
        assert_eq!(second.kind(), ErrorKind::AddrInUse);
        drop(endpoint);
        drop(UnixListener::bind(&path).expect("left behind"));
        assert!(path.exists());
        let _endpoint = Endpoint::listen_at(path.clone(), <[u8]>::to_vec).expect("replaced");
        assert_eq!(ask_at(&path, b"a", SOON).expect("answered"), b"a");
    }

    /// Regressions: a path of more than 107 bytes, and a folder in the place of the socket, left the agent without an
    /// endpoint, and with it the window without the agent.
    #[test]
    fn a_long_path_and_a_folder_in_the_way_are_no_hindrance() {
        let folder = tempfile::tempdir().expect("folder");
        let deep = folder.path().join("x".repeat(120));
        fs::create_dir(&deep).expect("made");
        let path = deep.join("agent.sock");
        fs::create_dir_all(path.join("kept")).expect("made");
        let _endpoint = Endpoint::listen_at(path.clone(), <[u8]>::to_vec).expect("listens");
        assert_eq!(ask_at(&path, b"open", SOON).expect("answered"), b"open");
        let aside = path.with_extension(format!("{}.aside", std::process::id()));
        assert!(aside.join("kept").is_dir());
        let second = Endpoint::listen_at(path.clone(), <[u8]>::to_vec).expect_err("in use");
        assert_eq!(second.kind(), ErrorKind::AddrInUse);
    }

    #[test]
    fn a_folder_that_is_a_link_is_not_used() {
        let folder = tempfile::tempdir().expect("folder");
        let (aim, link) = (folder.path().join("aim"), folder.path().join("link"));
        fs::create_dir(&aim).expect("made");
        std::os::unix::fs::symlink(&aim, &link).expect("a link");
        assert!(Endpoint::listen_at(link.join("agent.sock"), <[u8]>::to_vec).is_err());
        assert_eq!(fs::read_dir(&aim).expect("read").count(), 0);
    }

    /// Regression: a request behind twenty slow connections was answered after ten seconds, when nobody waited any more.
    #[test]
    fn twenty_slow_ones_do_not_keep_the_next_from_its_answer() {
        let (_folder, path, _endpoint) = endpoint();
        let slow: Vec<UnixStream> = (0..20).map(|_| UnixStream::connect(&path).expect("connects")).collect();
        let begin = Instant::now();
        assert_eq!(ask_at(&path, b"open", SOON).expect("answered"), b"OPEN");
        assert!(begin.elapsed() < Duration::from_secs(2), "{:?}", begin.elapsed());
        drop(slow);
    }

    #[test]
    fn slow_and_talkative_ones_are_dropped_and_the_next_is_served() {
        let (_folder, path, _endpoint) = endpoint();
        let begin = Instant::now();
        let slow: Vec<UnixStream> =
            (0..frames::AT_ONCE).map(|_| UnixStream::connect(&path).expect("connects")).collect();
        let mut talkative = UnixStream::connect(&path).expect("connects");
        thread::spawn(move || while Write::write(&mut talkative, &[b'a'; 4096]).is_ok() {});
        assert_eq!(ask_at(&path, b"open", SOON).expect("answered"), b"OPEN");
        assert!(begin.elapsed() < Duration::from_secs(4), "{:?}", begin.elapsed());
        for mut stream in slow {
            assert_eq!(Read::read(&mut stream, &mut [0; 8]).expect("closed"), 0);
        }
        let end = Instant::now() + SOON;
        // Counting again could find a thread of another test.
        let mut left = threads();
        while left > 0 && Instant::now() < end {
            thread::sleep(Duration::from_millis(50));
            left = threads();
        }
        assert_eq!(left, 0, "threads that do not end");
    }

    #[test]
    fn a_server_that_does_not_answer_costs_only_the_time_given() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("agent.sock");
        let _silent = UnixListener::bind(&path).expect("listens");
        let begin = Instant::now();
        let error = ask_at(&path, b"open", Duration::from_millis(300)).expect_err("silent");
        assert_eq!(error.kind(), ErrorKind::TimedOut);
        assert!(begin.elapsed() < Duration::from_secs(2));
    }

    #[test]
    fn a_handler_that_panics_takes_only_its_connection_with_it() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("agent.sock");
        let handle = |request: &[u8]| {
            assert_ne!(request, b"bad");
            request.to_vec()
        };
        let _endpoint = Endpoint::listen_at(path.clone(), handle).expect("listens");
        for _ in 0..=frames::AT_ONCE {
            assert!(ask_at(&path, b"bad", SOON).is_err());
        }
        assert_eq!(ask_at(&path, b"good", SOON).expect("answered"), b"good");
    }
}
