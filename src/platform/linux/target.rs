//! A process held by a pidfd from the check to the end of an action, so that signals can reach no other process.

use std::fs;
use std::os::fd::OwnedFd;
use std::os::unix::fs::MetadataExt;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid as RawPid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

use super::priority;
use super::processes::{start_time_of, state_of};
use crate::model::{Closable, Pid, ProcKey, ProcState, SavedPriority};
use crate::platform::types::ActError;

/// A checked and open process.
#[derive(Debug)]
pub struct Target {
    key: ProcKey,
    pidfd: OwnedFd,
    /// Its program file; `None` where that cannot be seen.
    file: Option<FileId>,
    close_requested: bool,
}

/// Device and inode, which stay the same when a file is renamed or deleted while it runs.
type FileId = (u64, u64);

impl Target {
    /// Opens the process and then verifies its identity: if the start time still matches after the pidfd was opened,
    /// the pidfd cannot refer to a later process with the same id. A process that runs another program by now (exec) is
    /// not the one that was checked either.
    ///
    /// # Errors
    /// [`ActError::Gone`] when it has ended, [`ActError::Refused`] when the system denies access.
    pub fn open(what: &Closable) -> Result<Self, ActError> {
        let key = what.key();
        let pid = i32::try_from(key.pid).ok().and_then(RawPid::from_raw).ok_or(ActError::Gone)?;
        let pidfd = pidfd_open(pid, PidfdFlags::empty()).map_err(from_errno)?;
        if start_time_of(key.pid) != Some(key.start_time) {
            return Err(ActError::Gone);
        }
        let file = file_of(key.pid);
        if file.is_some() && what.file().is_some_and(|checked| !runs(key.pid, checked)) {
            return Err(ActError::Gone);
        }
        let target = Self { key, pidfd, file, close_requested: false };
        // A zombie accepts signals without an error.
        if target.is_running() { Ok(target) } else { Err(ActError::Gone) }
    }

    /// Identity of the process.
    pub const fn key(&self) -> ProcKey {
        self.key
    }

    /// Returns `true` until the process has ended, or runs another program.
    pub fn is_running(&self) -> bool {
        !self.wait(Duration::ZERO) && (self.file.is_none() || file_of(self.key.pid) == self.file)
    }

    /// Sends a signal, unless the process has become another program.
    fn send(&self, signal: Signal) -> Result<(), ActError> {
        if !self.is_running() {
            return Err(ActError::Gone);
        }
        pidfd_send_signal(&self.pidfd, signal).map_err(from_errno)
    }

    /// What it is doing.
    pub fn state(&self) -> ProcState {
        state_of(self.key)
    }

    /// Sends SIGTERM, once: Chromium takes a second one as an order to die at once
    /// (chrome/browser/shutdown_signal_handlers_posix.cc), and would reopen its pages at the next start.
    ///
    /// # Errors
    /// [`ActError::Gone`] or [`ActError::Refused`].
    pub fn ask_to_close(&mut self) -> Result<(), ActError> {
        if self.close_requested {
            return Ok(());
        }
        self.send(Signal::TERM)?;
        self.close_requested = true;
        Ok(())
    }

    /// Sends SIGKILL.
    ///
    /// # Errors
    /// [`ActError::Gone`] or [`ActError::Refused`].
    pub fn force_close(&mut self) -> Result<(), ActError> {
        self.send(Signal::KILL)
    }

    /// Returns `true` when [`Self::lower_priority`] can be undone. `family` are all processes of the program.
    pub fn can_restore_priority(&self, family: &[Pid]) -> bool {
        priority::can_restore(self.key.pid, family)
    }

    /// Lets others go first: the lowest nice value and I/O class for all threads, or the lowest CPU weight of its control
    /// group. `family` are all processes of the program; a group with others in it is left alone.
    ///
    /// # Errors
    /// [`ActError::Gone`] or [`ActError::Refused`].
    pub fn lower_priority(&mut self, family: &[Pid]) -> Result<SavedPriority, ActError> {
        priority::lower(self.key.pid, family, || self.is_running())
    }

    /// Undoes [`Self::lower_priority`].
    ///
    /// # Errors
    /// [`ActError::Gone`], or [`ActError::Refused`] where an ordinary user cannot raise a priority.
    pub fn restore_priority(&mut self, saved: &SavedPriority) -> Result<(), ActError> {
        priority::restore(self.key.pid, saved, || self.is_running())
    }

    /// Stops it until [`Self::resume`].
    ///
    /// # Errors
    /// [`ActError::Gone`] or [`ActError::Refused`].
    pub fn pause(&mut self) -> Result<(), ActError> {
        self.send(Signal::STOP)
    }

    /// Lets it go on.
    ///
    /// # Errors
    /// [`ActError::Gone`] or [`ActError::Refused`].
    pub fn resume(&mut self) -> Result<(), ActError> {
        self.send(Signal::CONT)
    }

    /// Waits up to `timeout` for the process to end; returns whether it has.
    pub fn wait(&self, timeout: Duration) -> bool {
        let timeout = Timespec {
            tv_sec: i64::try_from(timeout.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: timeout.subsec_nanos().into(),
        };
        let mut fds = [PollFd::new(&self.pidfd, PollFlags::IN)];
        // An error would mean a broken descriptor, impossible for one we own: counts as still running.
        poll(&mut fds, Some(&timeout)).is_ok_and(|ready| ready > 0)
    }
}

fn file_of(pid: Pid) -> Option<FileId> {
    fs::metadata(format!("/proc/{pid}/exe")).ok().map(|file| (file.dev(), file.ino()))
}

/// Returns `true` when the process runs the file `checked`. The system adds a word to the name of one that was deleted.
fn runs(pid: Pid, checked: &str) -> bool {
    let plain = |name: &str| name.strip_suffix(" (deleted)").unwrap_or(name).to_owned();
    let Ok(now) = fs::read_link(format!("/proc/{pid}/exe")) else { return true };
    plain(&now.to_string_lossy()) == plain(checked)
}

pub(super) fn from_errno(error: rustix::io::Errno) -> ActError {
    match error {
        rustix::io::Errno::SRCH | rustix::io::Errno::INVAL => ActError::Gone,
        rustix::io::Errno::NOSYS => ActError::Unsupported,
        _ => ActError::Refused,
    }
}
