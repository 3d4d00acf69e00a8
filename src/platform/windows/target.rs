//! A process held by a handle from the check to the end of an action: its id is not reused while the handle is open.

use std::os::windows::io::{AsHandle, AsRawHandle, OwnedHandle};
use std::time::Duration;

use windows_sys::Wdk::System::Threading::ProcessBreakOnTermination;
use windows_sys::Win32::Foundation::{ERROR_ACCESS_DENIED, HANDLE, WAIT_OBJECT_0};
use windows_sys::Win32::System::Threading::{
    PROCESS_QUERY_LIMITED_INFORMATION, PROCESS_SET_INFORMATION, PROCESS_SUSPEND_RESUME, PROCESS_SYNCHRONIZE,
    PROCESS_TERMINATE, TerminateProcess, WaitForSingleObject,
};
use windows_sys::core::BOOL;

use super::ntdll::{Buffer, procedure, u32_at};
use super::priority;
use super::processes::{open, start_time_of};
use super::toplevel::Window;
use crate::model::{Closable, Pid, ProcKey, ProcState, SavedPriority};
use crate::platform::types::ActError;

/// Rights to query a process, kill it and wait for its end. None of them allows reading its memory.
const RIGHTS: u32 = PROCESS_TERMINATE | PROCESS_QUERY_LIMITED_INFORMATION | PROCESS_SYNCHRONIZE;
/// Exit code of a killed process, as with Task Manager.
const EXIT_CODE: u32 = 1;

/// `IsProcessCritical`, available since Windows 8.1 but not under Wine.
type IsProcessCritical = unsafe extern "system" fn(HANDLE, *mut BOOL) -> BOOL;

/// A checked and open process.
#[derive(Debug)]
pub struct Target {
    key: ProcKey,
    process: OwnedHandle,
    close_requested: bool,
}

impl Target {
    /// Opens the process and then verifies its identity, and that Windows can live without it: killing a critical
    /// process stops the PC at once.
    ///
    /// # Errors
    /// [`ActError::Gone`] when it has ended, [`ActError::Refused`] when it is critical or the system denies access.
    pub fn open(what: &Closable) -> Result<Self, ActError> {
        let key = what.key();
        let process = open(key.pid, RIGHTS).map_err(|error| from_error(&error))?;
        let target = Self { key, process, close_requested: false };
        if start_time_of(target.process.as_handle()) != Some(key.start_time) || !target.is_running() {
            return Err(ActError::Gone);
        }
        if target.is_critical() { Err(ActError::Refused) } else { Ok(target) }
    }

    /// Identity of the process.
    pub const fn key(&self) -> ProcKey {
        self.key
    }

    /// Returns `true` until the process has ended.
    pub fn is_running(&self) -> bool {
        !self.wait(Duration::ZERO)
    }

    /// Unknown: Windows reports the states of threads, of which one that waits for a device is like any other.
    #[expect(clippy::unused_self, reason = "the same on all platforms")]
    pub const fn state(&self) -> ProcState {
        ProcState::Unknown
    }

    /// Asks all its windows to close, like a click on their close buttons. All at once: a browser restores the windows
    /// that were closed together. Only once, as a second request may answer the question raised by the first.
    ///
    /// # Errors
    /// [`ActError::NoWindow`] when there is no window to ask, [`ActError::Gone`] or [`ActError::Refused`].
    pub fn ask_to_close(&mut self) -> Result<(), ActError> {
        if !self.is_running() {
            return Err(ActError::Gone);
        }
        if self.close_requested {
            return Ok(());
        }
        let windows = Window::all().unwrap_or_default();
        let own: Vec<Window> =
            windows.into_iter().filter(|window| window.is_own() && window.process() == Some(self.key.pid)).collect();
        let answers: Vec<Result<(), ActError>> = own.into_iter().map(Window::ask_to_close).collect();
        if answers.iter().any(Result::is_ok) {
            self.close_requested = true;
            Ok(())
        } else if answers.contains(&Err(ActError::Refused)) {
            Err(ActError::Refused)
        } else {
            Err(ActError::NoWindow)
        }
    }

    /// Kills it. Unsaved work is lost; its children live on.
    ///
    /// # Errors
    /// [`ActError::Gone`] or [`ActError::Refused`].
    #[expect(unsafe_code, reason = "ends a process")]
    pub fn force_close(&mut self) -> Result<(), ActError> {
        if !self.is_running() {
            return Err(ActError::Gone);
        }
        // SAFETY: the handle is ours and open.
        if unsafe { TerminateProcess(self.process.as_raw_handle(), EXIT_CODE) } != 0 {
            return Ok(());
        }
        let error = from_error(&std::io::Error::last_os_error());
        // A process that is already ending cannot be killed.
        Err(if self.is_running() { error } else { ActError::Gone })
    }

    /// Always `true`: a user may raise the priority of an own process up to where it was.
    #[expect(clippy::unused_self, reason = "not so on other platforms")]
    pub const fn can_restore_priority(&self, _family: &[Pid]) -> bool {
        true
    }

    /// Lets others go first: efficiency mode, and low priorities for disk and memory.
    ///
    /// # Errors
    /// [`ActError::Gone`] or [`ActError::Refused`].
    pub fn lower_priority(&mut self, _family: &[Pid]) -> Result<SavedPriority, ActError> {
        priority::lower(self.with(PROCESS_SET_INFORMATION)?.as_handle())
    }

    /// Undoes [`Self::lower_priority`].
    ///
    /// # Errors
    /// [`ActError::Gone`] or [`ActError::Refused`].
    pub fn restore_priority(&mut self, saved: &SavedPriority) -> Result<(), ActError> {
        priority::restore(self.with(PROCESS_SET_INFORMATION)?.as_handle(), saved)
    }

    /// Stops it until [`Self::resume`].
    ///
    /// # Errors
    /// [`ActError::Gone`] or [`ActError::Refused`].
    pub fn pause(&mut self) -> Result<(), ActError> {
        priority::suspend(self.with(PROCESS_SUSPEND_RESUME)?.as_handle(), true)
    }

    /// Lets it go on.
    ///
    /// # Errors
    /// [`ActError::Gone`] or [`ActError::Refused`].
    pub fn resume(&mut self) -> Result<(), ActError> {
        priority::suspend(self.with(PROCESS_SUSPEND_RESUME)?.as_handle(), false)
    }

    /// A second handle with the rights `access`, which is to the same process: its id is not given again while the first
    /// one is open.
    fn with(&self, access: u32) -> Result<OwnedHandle, ActError> {
        if !self.is_running() {
            return Err(ActError::Gone);
        }
        open(self.key.pid, access | PROCESS_QUERY_LIMITED_INFORMATION).map_err(|error| from_error(&error))
    }

    /// Waits up to `timeout` for the process to end; returns whether it has.
    #[expect(unsafe_code, reason = "waits for a process")]
    pub fn wait(&self, timeout: Duration) -> bool {
        // The greatest number would mean "forever".
        let milliseconds = timeout.as_millis().min(u128::from(u32::MAX - 1)) as u32;
        // SAFETY: the handle is ours and open.
        unsafe { WaitForSingleObject(self.process.as_raw_handle(), milliseconds) == WAIT_OBJECT_0 }
    }

    /// Returns `true` when Windows stops with this process. When that cannot be determined, only the list of protected
    /// names guards it.
    #[expect(unsafe_code, reason = "a function that is looked up by name")]
    fn is_critical(&self) -> bool {
        let mut critical: BOOL = 0;
        if let Some(address) = procedure("kernel32.dll", c"IsProcessCritical") {
            // SAFETY: the function of that name has this signature; the handle is open and the answer is written.
            let known = unsafe {
                let ask: IsProcessCritical = std::mem::transmute(address);
                ask(self.process.as_raw_handle(), &raw mut critical)
            };
            if known != 0 {
                return critical != 0;
            }
        }
        let mut answer = Buffer::with_room_for(4);
        let known = answer.query_process(self.process.as_handle(), ProcessBreakOnTermination);
        known.is_ok() && u32_at(answer.bytes(), 0) != 0
    }
}

/// Maps errors; an unused process id is reported as an "invalid parameter".
fn from_error(error: &std::io::Error) -> ActError {
    if error.raw_os_error() == Some(ERROR_ACCESS_DENIED.cast_signed()) { ActError::Refused } else { ActError::Gone }
}

#[cfg(test)]
mod tests {
    use super::super::tests::waiting_child;
    use super::*;
    use crate::model::{OwnProcess, Owner, Pid, ProcFacts, ProtectRules};
    use crate::platform::{Desktop, ProcessReader, message_box};
    use std::process::{Child, Command, Stdio};
    use std::time::Instant;

    fn closable(key: ProcKey) -> Closable {
        let facts = ProcFacts { parent: 1, name: "child.exe".to_owned(), owner: Owner::Me, ..ProcFacts::new(key) };
        let own_process = OwnProcess { pid: std::process::id(), ancestors: Vec::new(), files: Vec::new() };
        Closable::check(&facts, &ProtectRules::default(), &own_process, |_| true).expect("an ordinary program")
    }

    fn key_of(pid: Pid) -> ProcKey {
        let mut key = None;
        let visit = &mut |raw: &crate::platform::RawProc<'_>| {
            if raw.key.pid == pid {
                key = Some(raw.key);
            }
        };
        ProcessReader::new().read(visit).expect("the list is readable");
        key.expect("it is in the list")
    }

    #[test]
    fn a_program_without_windows_is_ended_by_force_and_then_gone() {
        let mut child = waiting_child(&[]);
        let mut target = Target::open(&closable(key_of(child.id()))).expect("opened");
        assert!(target.is_running());
        assert_eq!(target.ask_to_close(), Err(ActError::NoWindow));
        assert!(!target.wait(Duration::from_millis(50)));
        assert_eq!(target.force_close(), Ok(()));
        assert!(target.wait(Duration::from_secs(10)) && !target.is_running());
        assert_eq!(target.force_close(), Err(ActError::Gone));
        assert_eq!(target.ask_to_close(), Err(ActError::Gone));
        assert_eq!(child.wait().expect("waited").code(), Some(EXIT_CODE.cast_signed()));
        assert_eq!(Target::open(&closable(target.key())).err(), Some(ActError::Gone));
    }

    #[test]
    fn a_priority_is_lowered_and_put_back() {
        let mut child = waiting_child(&[]);
        let mut target = Target::open(&closable(key_of(child.id()))).expect("opened");
        let class = |target: &mut Target| match target.lower_priority(&[]) {
            Ok(SavedPriority::Windows { class, .. }) => class,
            other => panic!("{other:?}"),
        };
        let before = target.lower_priority(&[]).expect("lowered");
        assert!(!before.is_lasting());
        let lowest = class(&mut target);
        assert_eq!(target.restore_priority(&before), Ok(()));
        let again = class(&mut target);
        assert_ne!(again, lowest, "it was back");
        assert!(matches!(before, SavedPriority::Windows { class, .. } if class == again));
        assert_eq!((target.pause(), target.resume()), (Ok(()), Ok(())));
        child.kill().expect("ended");
        child.wait().expect("waited");
        assert_eq!(target.lower_priority(&[]), Err(ActError::Gone));
    }

    #[test]
    fn a_process_with_another_start_time_is_left_alone() {
        let mut child = waiting_child(&[]);
        let key = key_of(child.id());
        let other = ProcKey { start_time: key.start_time + 1, ..key };
        assert_eq!(Target::open(&closable(other)).err(), Some(ActError::Gone));
        assert!(child.try_wait().expect("asked").is_none());
        child.kill().expect("ended");
        child.wait().expect("waited");
    }

    #[test]
    fn a_number_that_nobody_has_is_gone() {
        let nobody = ProcKey { pid: 0xFFFF_FF00, start_time: 1 };
        assert_eq!(Target::open(&closable(nobody)).err(), Some(ActError::Gone));
    }

    /// Not a test: a program with a window that stays until it is asked to close, started by the next test.
    #[test]
    #[ignore = "started by the next test"]
    fn child_with_a_window() {
        assert!(message_box("mimamori test", "This window is closed by a test"));
    }

    fn child_of_ours() -> Child {
        let name = concat!(module_path!(), "::child_with_a_window");
        let name = name.split_once("::").map_or(name, |(_crate, path)| path);
        let exe = std::env::current_exe().expect("own path");
        Command::new(exe).args(["--exact", name, "--ignored"]).stdout(Stdio::null()).spawn().expect("started")
    }

    #[test]
    fn a_program_with_a_window_is_asked_and_ends_by_itself() {
        let mut child = child_of_ours();
        let mut desktop = Desktop::new();
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            let owners = desktop.window_owners().known().cloned().expect("a desktop");
            // Some window is in front then, not always the new one: Windows may keep the one that the user works with.
            if owners.iter().any(|owner| owner.pid == child.id()) && desktop.foreground().known().is_some() {
                break;
            }
            assert!(Instant::now() < deadline, "no window came up");
            std::thread::sleep(Duration::from_millis(50));
        }
        let mut target = Target::open(&closable(key_of(child.id()))).expect("opened");
        assert_eq!(target.ask_to_close(), Ok(()));
        assert_eq!(target.ask_to_close(), Ok(()));
        assert!(target.wait(Duration::from_secs(20)), "it did not close");
        assert!(child.wait().expect("waited").success(), "it ended by itself and in order");
    }
}
