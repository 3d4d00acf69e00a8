//! Restarting the PC through logind, over the system bus: `DBUS_SYSTEM_BUS_ADDRESS`, else the system's own.

use std::future::Future;
use std::io::ErrorKind;
use std::time::{Duration, Instant};

use async_io::Timer;
use futures_lite::{FutureExt, future};
use zbus::connection::Builder;
use zbus::{Connection, Error};

use super::has_other_users;
use crate::model::{DisplayName, Inhibitor, Reading, RestartCheck, RestartError};

/// Name, object and interface of logind.
const SERVICE: &str = "org.freedesktop.login1";
const OBJECT: &str = "/org/freedesktop/login1";
const MANAGER: &str = "org.freedesktop.login1.Manager";
/// Longest wait for an answer. The bus may have to start the service first.
const TIMEOUT: Duration = Duration::from_secs(5);
/// Longest wait while somebody types a password.
const PASSWORD_TIMEOUT: Duration = Duration::from_mins(2);

/// Asks whether the PC can be restarted, and who blocks it. Takes at most 5 s.
///
/// # Errors
/// Why it cannot be restarted by this user now.
pub fn restart_check() -> Result<RestartCheck, RestartError> {
    Logind { builder: Builder::system, other_users: has_other_users }.check(TIMEOUT)
}

/// Restarts the PC: programs are asked to end, and may keep it on. Takes at most 5 s, or 2 minutes where `check` says that
/// the system asks for a password.
///
/// # Errors
/// Why it is not restarted.
pub fn restart_pc(check: &RestartCheck) -> Result<(), RestartError> {
    let timeout = if check.asks_password { PASSWORD_TIMEOUT } else { TIMEOUT };
    Logind { builder: Builder::system, other_users: has_other_users }.restart(check, timeout)
}

/// The service on one bus; tests have their own.
struct Logind<B, O> {
    builder: B,
    other_users: O,
}

/// `what`, `who`, `why`, `mode`, user and process of a program that holds something up.
type Lock = (String, String, String, String, u32, u32);

impl<B: Fn() -> zbus::Result<Builder<'static>>, O: Fn() -> Reading<bool>> Logind<B, O> {
    fn check(&self, timeout: Duration) -> Result<RestartCheck, RestartError> {
        let end = Instant::now() + timeout;
        let bus = self.connect(end)?;
        let ask = async {
            let answer: String = call(&bus, "CanReboot", &()).await?;
            // Some systems keep the list to themselves; the restart itself is then refused.
            let locks = call::<_, Vec<Lock>>(&bus, "ListInhibitors", &()).await.unwrap_or_default();
            Ok((answer, inhibitors(locks)))
        };
        let (answer, inhibitors) = by(end, ask).map_err(|error| self.refusal(&error, &[]))?;
        match answer.as_str() {
            "yes" => Ok(RestartCheck { inhibitors, asks_password: false }),
            "challenge" => Ok(RestartCheck { inhibitors, asks_password: true }),
            "no" => Err(self.not_allowed(&inhibitors)),
            _ => Err(RestartError::NotHere(String::new())),
        }
    }

    fn restart(&self, check: &RestartCheck, timeout: Duration) -> Result<(), RestartError> {
        let end = Instant::now() + timeout;
        let bus = self.connect(end)?;
        // Interactive: where a password is needed, the desktop asks for it.
        by(end, call::<_, ()>(&bus, "Reboot", &(true,))).map_err(|error| {
            match self.refusal(&error, &check.inhibitors) {
                RestartError::NoAnswer => RestartError::Unconfirmed,
                refusal => refusal,
            }
        })
    }

    /// Without a bus nothing was asked yet.
    fn connect(&self, end: Instant) -> Result<Connection, RestartError> {
        by(end, async { (self.builder)()?.build().await }).map_err(|error| match error {
            Error::InputOutput(io) if io.kind() == ErrorKind::TimedOut => RestartError::NoAnswer,
            error => RestartError::NotHere(words(&error)),
        })
    }

    fn refusal(&self, error: &Error, inhibitors: &[Inhibitor]) -> RestartError {
        let text = || words(error);
        match error {
            Error::InputOutput(io) if io.kind() == ErrorKind::TimedOut => RestartError::NoAnswer,
            Error::MethodError(name, ..) => match name.as_str() {
                "org.freedesktop.DBus.Error.AccessDenied"
                | "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired" => self.not_allowed(inhibitors),
                "org.freedesktop.login1.BlockedByInhibitorLock" => RestartError::Inhibited(inhibitors.to_vec()),
                "org.freedesktop.login1.OperationInProgress" => RestartError::UnderWay,
                "org.freedesktop.DBus.Error.NoReply" | "org.freedesktop.DBus.Error.Timeout" => RestartError::NoAnswer,
                "org.freedesktop.DBus.Error.ServiceUnknown"
                | "org.freedesktop.DBus.Error.NameHasNoOwner"
                | "org.freedesktop.DBus.Error.UnknownMethod"
                | "org.freedesktop.DBus.Error.UnknownObject"
                | "org.freedesktop.login1.SleepVerbNotSupported" => RestartError::NotHere(text()),
                name if name.starts_with("org.freedesktop.DBus.Error.Spawn.") => RestartError::NotHere(text()),
                _ => RestartError::Failed(text()),
            },
            _ => RestartError::Failed(text()),
        }
    }

    /// The system only says no; what of it is in the way decides what to do next.
    fn not_allowed(&self, inhibitors: &[Inhibitor]) -> RestartError {
        if !inhibitors.is_empty() {
            RestartError::Inhibited(inhibitors.to_vec())
        } else if (self.other_users)() == Reading::Known(true) {
            RestartError::OthersSignedIn
        } else {
            RestartError::NotAllowed
        }
    }
}

/// Those that block a restart. Others only delay it by a few seconds, or block the lid.
fn inhibitors(locks: Vec<Lock>) -> Vec<Inhibitor> {
    let blocking = locks
        .into_iter()
        .filter(|(what, _, _, mode, ..)| mode == "block" && what.split(':').any(|what| what == "shutdown"));
    let shown = |text: &str| DisplayName::with_limit(text, 100).as_str().to_owned();
    blocking.map(|(_, who, why, ..)| Inhibitor { who: shown(&who), why: shown(&why) }).collect()
}

async fn call<A, R>(bus: &Connection, method: &str, arguments: &A) -> zbus::Result<R>
where
    A: serde::Serialize + zbus::zvariant::DynamicType,
    R: serde::de::DeserializeOwned + zbus::zvariant::Type,
{
    bus.call_method(Some(SERVICE), OBJECT, Some(MANAGER), method, arguments).await?.body().deserialize()
}

fn words(error: &Error) -> String {
    DisplayName::with_limit(&error.to_string(), 200).as_str().to_owned()
}

/// Limits `work`, and with it the handshake: a bus that hangs accepts connections and says nothing.
fn by<T>(end: Instant, work: impl Future<Output = zbus::Result<T>>) -> zbus::Result<T> {
    let too_late = async {
        Timer::at(end).await;
        Err(Error::from(std::io::Error::from(ErrorKind::TimedOut)))
    };
    future::block_on(work.or(too_late))
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader};
    use std::os::unix::net::UnixListener;
    use std::process::{Child, Command, Stdio};
    use std::sync::{Arc, Mutex};

    use super::*;

    /// A bus of its own, without anything of this PC on it.
    struct Bus {
        daemon: Child,
        address: String,
        _folder: tempfile::TempDir,
    }

    impl Bus {
        /// `None` where there is no bus daemon to test with.
        fn start() -> Option<Self> {
            let folder = tempfile::tempdir().expect("folder");
            let socket = format!("--address=unix:path={}/bus", folder.path().display());
            let mut daemon = Command::new("dbus-daemon")
                .args(["--session", "--nofork", "--print-address", &socket])
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .ok()?;
            let mut address = String::new();
            BufReader::new(daemon.stdout.take().expect("piped")).read_line(&mut address).expect("the address");
            let address = address.trim().to_owned();
            assert!(address.contains(&folder.path().display().to_string()), "{address}");
            Some(Self { daemon, address, _folder: folder })
        }

        fn logind(
            &self,
            others: bool,
        ) -> Logind<impl Fn() -> zbus::Result<Builder<'static>>, impl Fn() -> Reading<bool>> {
            let address = self.address.clone();
            Logind { builder: move || Builder::address(address.as_str()), other_users: move || Reading::Known(others) }
        }

        fn serve(&self, fake: Fake) -> zbus::blocking::Connection {
            let builder = zbus::blocking::connection::Builder::address(self.address.as_str()).expect("an address");
            let builder = builder.name(SERVICE).expect("a name").serve_at(OBJECT, fake).expect("an object");
            builder.build().expect("connected")
        }
    }

    impl Drop for Bus {
        fn drop(&mut self) {
            let _ = self.daemon.kill();
            let _ = self.daemon.wait();
        }
    }

    /// What stands for logind. It only writes down what it was asked.
    #[derive(Clone, Default)]
    struct Fake {
        can: &'static str,
        locks: Vec<Lock>,
        error: Option<&'static str>,
        hangs: bool,
        told: Arc<Mutex<Vec<bool>>>,
    }

    #[zbus::interface(name = "org.freedesktop.login1.Manager")]
    impl Fake {
        async fn can_reboot(&self) -> String {
            if self.hangs {
                Timer::after(Duration::from_mins(1)).await;
            }
            self.can.to_owned()
        }

        fn list_inhibitors(&self) -> Vec<Lock> {
            self.locks.clone()
        }

        async fn reboot(&self, interactive: bool) -> Result<(), Refused> {
            self.told.lock().expect("a lock").push(interactive);
            if self.hangs {
                Timer::after(Duration::from_mins(1)).await;
            }
            match self.error {
                None => Ok(()),
                Some("denied") => Err(Refused::AccessDenied("no".to_owned())),
                Some("blocked") => Err(Refused::Blocked("no".to_owned())),
                Some("progress") => Err(Refused::InProgress("no".to_owned())),
                Some(text) => Err(Refused::Other(text.to_owned())),
            }
        }
    }

    #[derive(Debug, zbus::DBusError)]
    #[zbus(prefix = "org.freedesktop")]
    enum Refused {
        #[zbus(error)]
        ZBus(Error),
        #[zbus(name = "DBus.Error.AccessDenied")]
        AccessDenied(String),
        #[zbus(name = "login1.BlockedByInhibitorLock")]
        Blocked(String),
        #[zbus(name = "login1.OperationInProgress")]
        InProgress(String),
        #[zbus(name = "login1.Other")]
        Other(String),
    }

    fn lock(what: &str, who: &str, mode: &str) -> Lock {
        (what.to_owned(), who.to_owned(), "busy\u{202e}".to_owned(), mode.to_owned(), 1000, 7)
    }

    fn disc() -> Inhibitor {
        Inhibitor { who: "Disc".to_owned(), why: "busy<U+202E>".to_owned() }
    }

    const SOON: Duration = Duration::from_secs(5);

    #[test]
    fn a_pc_that_can_be_restarted_is_told_once_and_interactively() {
        let Some(bus) = Bus::start() else { return };
        let locks = vec![
            lock("shutdown:sleep", "Disc", "block"),
            lock("shutdown", "Updates", "delay"),
            lock("handle-lid-switch", "Desktop", "block"),
        ];
        let fake = Fake { can: "yes", locks, ..Fake::default() };
        let _service = bus.serve(fake.clone());
        let check = bus.logind(false).check(SOON).expect("an answer");
        assert_eq!(check, RestartCheck { inhibitors: vec![disc()], asks_password: false });
        assert!(fake.told.lock().expect("a lock").is_empty(), "a question is no order");
        assert_eq!(bus.logind(false).restart(&check, SOON), Ok(()));
        assert_eq!(*fake.told.lock().expect("a lock"), [true]);
    }

    #[test]
    fn what_the_system_says_no_to_is_told_with_its_reason() {
        let Some(bus) = Bus::start() else { return };
        let nothing = RestartCheck::default();
        assert!(matches!(bus.logind(false).check(SOON), Err(RestartError::NotHere(_))), "nobody has the name");
        let locks = vec![lock("shutdown", "Disc", "block")];
        for (can, locks, others, expected) in [
            ("challenge", vec![], false, Ok(RestartCheck { inhibitors: vec![], asks_password: true })),
            ("no", vec![], false, Err(RestartError::NotAllowed)),
            ("no", vec![], true, Err(RestartError::OthersSignedIn)),
            ("no", locks.clone(), true, Err(RestartError::Inhibited(vec![disc()]))),
            ("na", vec![], false, Err(RestartError::NotHere(String::new()))),
        ] {
            let service = bus.serve(Fake { can, locks, ..Fake::default() });
            assert_eq!(bus.logind(others).check(SOON), expected, "{can}");
            service.close().expect("closed");
        }
        let blocked = RestartCheck { inhibitors: vec![disc()], asks_password: true };
        for (error, check, others, expected) in [
            ("denied", &nothing, false, RestartError::NotAllowed),
            ("denied", &nothing, true, RestartError::OthersSignedIn),
            ("denied", &blocked, false, RestartError::Inhibited(vec![disc()])),
            ("blocked", &blocked, false, RestartError::Inhibited(vec![disc()])),
            ("progress", &nothing, false, RestartError::UnderWay),
        ] {
            let service = bus.serve(Fake { error: Some(error), ..Fake::default() });
            assert_eq!(bus.logind(others).restart(check, SOON), Err(expected), "{error}");
            service.close().expect("closed");
        }
        let _service = bus.serve(Fake { error: Some("words of the system"), ..Fake::default() });
        let failed = bus.logind(false).restart(&nothing, SOON);
        assert!(
            matches!(&failed, Err(RestartError::Failed(text)) if text.contains("words of the system")),
            "{failed:?}"
        );
    }

    #[test]
    fn a_system_that_hangs_is_waited_for_no_longer_than_said() {
        let Some(bus) = Bus::start() else { return };
        let _service = bus.serve(Fake { hangs: true, ..Fake::default() });
        let (begin, short) = (Instant::now(), Duration::from_millis(300));
        assert_eq!(bus.logind(false).check(short), Err(RestartError::NoAnswer));
        assert_eq!(bus.logind(false).restart(&RestartCheck::default(), short), Err(RestartError::Unconfirmed));
        // A bus that accepts and says nothing, and none at all.
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("silent");
        let _listener = UnixListener::bind(&path).expect("bound");
        let at = |path: std::path::PathBuf| Logind {
            builder: move || Builder::address(format!("unix:path={}", path.display()).as_str()),
            other_users: || Reading::Known(false),
        };
        assert_eq!(at(path).check(short), Err(RestartError::NoAnswer));
        assert!(begin.elapsed() < Duration::from_secs(4), "{:?}", begin.elapsed());
        assert!(matches!(at(folder.path().join("none")).check(short), Err(RestartError::NotHere(_))));
    }
}
