//! Starting with the session: a value of the user's `Run` key, which Task Manager shows and can switch off.

use std::io::{Error, ErrorKind, Result};
use std::path::Path;

use super::own::command_line;
use super::registry::{Hive, remove_user_value, set_user_text, value_of};
use crate::model::{AutostartState, Reading};
use crate::platform::types::NoDesktop;

/// Key that Windows reads at sign-in.
const RUN: &str = r"Software\Microsoft\Windows\CurrentVersion\Run";
/// Key where Task Manager records what the user switched off.
const APPROVED: &str = r"Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run";
/// Key of what Windows starts at the next sign-in only; it removes the value first.
const RUN_ONCE: &str = r"Software\Microsoft\Windows\CurrentVersion\RunOnce";
/// Name of our value in all of them.
const VALUE: &str = "Mimamori";
/// "A command line no longer than 260 characters" ("Run and RunOnce Registry Keys"); a longer one may be ignored.
const LONGEST: usize = 260;

/// Starts `exe` with `args` at sign-in, or no longer, and verifies the result.
///
/// # Errors
/// The registry refuses, or the command line is longer than Windows accepts.
pub fn autostart_set(exe: &Path, args: &[&str], on: bool) -> std::result::Result<(), NoDesktop> {
    KEYS.set(exe, args, on).map_err(|error| NoDesktop(error.to_string()))
}

/// Starts `exe` with `args` at the next sign-in.
///
/// # Errors
/// The registry refuses, or the command line is longer than Windows accepts.
pub fn autostart_once(exe: &Path, args: &[&str]) -> std::result::Result<(), NoDesktop> {
    let line = line_for(exe, args);
    line.and_then(|line| set_user_text(RUN_ONCE, VALUE, &line)).map_err(|error| NoDesktop(error.to_string()))
}

/// Removes what [`autostart_once`] has written, if it is there.
///
/// # Errors
/// The registry refuses.
pub fn autostart_once_end() -> std::result::Result<(), NoDesktop> {
    remove_user_value(RUN_ONCE, VALUE).map_err(|error| NoDesktop(error.to_string()))
}

fn line_for(exe: &Path, args: &[&str]) -> Result<Vec<u16>> {
    let line = command_line(exe.as_os_str(), args)?;
    if line.len() > LONGEST {
        return Err(Error::new(ErrorKind::InvalidInput, "the command line is longer than 260 characters"));
    }
    Ok(line)
}

/// Reports whether this program starts at sign-in, and who decides that.
pub fn autostart_state() -> Reading<AutostartState> {
    KEYS.state().map_or_else(Reading::from, Reading::Known)
}

/// A `Run` key and the key of what was switched off in it.
struct Keys<'a> {
    hive: Hive,
    run: &'a str,
    approved: &'a str,
}

impl Keys<'_> {
    fn is_on(&self) -> Result<bool> {
        // An odd first byte: switched off in Task Manager or in the settings of Windows.
        let switched_off =
            value_of(self.hive, self.approved, VALUE)?.is_some_and(|bytes| bytes.first().is_some_and(|b| b & 1 == 1));
        Ok(!switched_off && value_of(self.hive, self.run, VALUE)?.is_some_and(|text| text.len() > 2))
    }
}

/// The keys of the user and of the machine; tests use others.
struct AllKeys<'a> {
    user: Keys<'a>,
    /// Only administrators write here, also what is switched off.
    machine: Keys<'a>,
}

/// Those that Windows reads.
const KEYS: AllKeys<'static> = AllKeys {
    user: Keys { hive: Hive::User, run: RUN, approved: APPROVED },
    machine: Keys { hive: Hive::Machine, run: RUN, approved: APPROVED },
};

impl AllKeys<'_> {
    fn state(&self) -> Result<AutostartState> {
        Ok(match (self.machine.is_on()?, self.user.is_on()?) {
            (true, _) => AutostartState::OnForEveryone,
            (false, true) => AutostartState::On,
            (false, false) => AutostartState::Off,
        })
    }

    fn set(&self, exe: &Path, args: &[&str], on: bool) -> Result<()> {
        let Keys { run, approved, .. } = self.user;
        // Even when switching off: the record would outlive our value.
        remove_user_value(approved, VALUE)?;
        // With a value of the machine, one of the user would only start the program a second time.
        if !on || self.machine.is_on()? {
            return remove_user_value(run, VALUE);
        }
        let line = line_for(exe, args)?;
        set_user_text(run, VALUE, &line)?;
        let written: Vec<u8> = line.iter().copied().chain([0]).flat_map(u16::to_le_bytes).collect();
        if value_of(Hive::User, run, VALUE)? == Some(written) && self.user.is_on()? {
            Ok(())
        } else {
            Err(Error::other("what was written is not what is there"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::args;
    use super::super::wide::{text_of_bytes, wide};
    use super::*;
    use windows_sys::Win32::System::Registry::{HKEY_CURRENT_USER, REG_BINARY, RegDeleteTreeW, RegSetKeyValueW};

    /// Keys of a single test, removed with their contents on drop.
    struct TestKeys(String);

    impl TestKeys {
        fn new(name: &str) -> Self {
            Self(format!("Software\\Mimamori-test-{}-{name}", std::process::id()))
        }
        /// Names of keys: of the user, and two in place of the machine's.
        fn names(&self) -> [String; 4] {
            ["Run", "Approved", "MachineRun", "MachineApproved"].map(|key| format!("{}\\{key}", self.0))
        }
    }

    impl Drop for TestKeys {
        #[expect(unsafe_code, reason = "cleans up")]
        fn drop(&mut self) {
            // SAFETY: the name is zero-terminated.
            unsafe { RegDeleteTreeW(HKEY_CURRENT_USER, wide(&self.0).as_ptr()) };
        }
    }

    fn keys([run, approved, machine_run, machine_approved]: &[String; 4]) -> AllKeys<'_> {
        AllKeys {
            user: Keys { hive: Hive::User, run, approved },
            machine: Keys { hive: Hive::User, run: machine_run, approved: machine_approved },
        }
    }

    #[expect(unsafe_code, reason = "does what Task Manager does")]
    fn switch(key: &str, first: u8) {
        let bytes = [first, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8];
        // SAFETY: names are zero-terminated; the bytes and their number are given.
        let status = unsafe {
            RegSetKeyValueW(
                HKEY_CURRENT_USER,
                wide(key).as_ptr(),
                wide(VALUE).as_ptr(),
                REG_BINARY,
                bytes.as_ptr().cast(),
                12,
            )
        };
        assert_eq!(status, 0);
    }

    #[test]
    fn it_is_switched_on_and_off_and_leaves_nothing() {
        let test = TestKeys::new("on");
        let names = test.names();
        let keys = keys(&names);
        assert_eq!(keys.state().expect("read"), AutostartState::Off);
        let exe = Path::new(r"C:\Program Files\見守り 100%\$x `y`\mimamori.exe");
        keys.set(exe, &["agent", "a \"b\" \\"], true).expect("on");
        assert_eq!(keys.state().expect("read"), AutostartState::On);
        let text = text_of_bytes(&value_of(Hive::User, &names[0], VALUE).expect("read").expect("there"));
        assert_eq!(args::split(text.trim_end_matches('\0')), [&exe.to_string_lossy(), "agent", "a \"b\" \\"]);
        assert!(text.starts_with('"'));
        keys.set(exe, &[], false).expect("off");
        keys.set(exe, &[], false).expect("off again");
        assert_eq!(keys.state().expect("read"), AutostartState::Off);
        assert_eq!(value_of(Hive::User, &names[0], VALUE).expect("read"), None);
    }

    #[test]
    fn what_task_manager_switched_off_is_off_until_it_is_switched_on_here() {
        let test = TestKeys::new("approved");
        let names = test.names();
        let keys = keys(&names);
        keys.set(Path::new(r"C:\a.exe"), &[], true).expect("on");
        switch(&names[1], 3);
        assert_eq!(keys.state().expect("read"), AutostartState::Off);
        switch(&names[1], 2);
        assert_eq!(keys.state().expect("read"), AutostartState::On);
        switch(&names[1], 7);
        keys.set(Path::new(r"C:\a.exe"), &[], true).expect("on");
        assert_eq!(keys.state().expect("read"), AutostartState::On);
    }

    #[test]
    fn what_windows_would_leave_out_is_refused() {
        let test = TestKeys::new("long");
        let names = test.names();
        let keys = keys(&names);
        assert!(keys.set(Path::new(&format!(r"C:\{}.exe", "長".repeat(260))), &[], true).is_err());
        assert_eq!(keys.state().expect("read"), AutostartState::Off);
    }

    #[test]
    fn what_an_administrator_set_for_everyone_is_known_and_not_set_twice() {
        let test = TestKeys::new("everyone");
        let names = test.names();
        let keys = keys(&names);
        keys.set(Path::new(r"C:\a.exe"), &[], true).expect("on");
        set_user_text(
            &names[2],
            VALUE,
            &r#""C:\Program Files\Mimamori\mimamori.exe" agent"#.encode_utf16().collect::<Vec<_>>(),
        )
        .expect("written");
        assert_eq!(keys.state().expect("read"), AutostartState::OnForEveryone);
        keys.set(Path::new(r"C:\a.exe"), &[], true).expect("on");
        assert_eq!(value_of(Hive::User, &names[0], VALUE).expect("read"), None);
        // Switched off for everyone.
        switch(&names[3], 3);
        assert_eq!(keys.state().expect("read"), AutostartState::Off);
    }
}
