//! What a program in the background needs: none of it is known here.

use std::io::{ErrorKind, Result};
use std::path::Path;
use std::time::Duration;

use crate::model::{At, Bytes, Reading, Why};
use crate::platform::types::{Clocks, DesktopEvents, NoDesktop, StopCause, TrayView};

fn nothing() -> NoDesktop {
    NoDesktop("this system is not known".into())
}

/// An icon beside the clock: there is none here.
#[derive(Debug)]
pub struct Tray;

impl Tray {
    /// Always refused.
    ///
    /// # Errors
    /// Always.
    pub fn start(_view: &TrayView, _events: DesktopEvents) -> std::result::Result<Self, NoDesktop> {
        Err(nothing())
    }

    /// Nothing to change.
    pub fn update(&self, _view: &TrayView) {}
}

/// Notifications: there are none here.
#[derive(Debug)]
pub struct Notifier;

impl Notifier {
    /// Prepares for nothing.
    pub fn new(_app_name: &str, _events: DesktopEvents) -> Self {
        Self
    }

    /// Always refused.
    ///
    /// # Errors
    /// Always.
    pub fn show(&mut self, _tag: &str, _title: &str, _body: &str, _urgent: bool) -> std::result::Result<(), NoDesktop> {
        Err(nothing())
    }

    /// Not known here.
    pub fn is_presenting(&mut self) -> Reading<bool> {
        Reading::Missing(Why::Unsupported)
    }

    /// Nothing to take back.
    pub fn withdraw(&mut self, _tag: &str) {}
}

/// A place where other programs ask: there is none here.
#[derive(Debug)]
pub struct Endpoint;

impl Endpoint {
    /// Always refused.
    ///
    /// # Errors
    /// Always [`ErrorKind::Unsupported`].
    pub fn listen(_name: &str, _handle: impl Fn(&[u8]) -> Vec<u8> + Send + 'static) -> Result<Self> {
        Err(ErrorKind::Unsupported.into())
    }
}

/// Nobody answers.
///
/// # Errors
/// Always [`ErrorKind::Unsupported`].
pub fn ask(_name: &str, _request: &[u8], _timeout: Duration) -> Result<Vec<u8>> {
    Err(ErrorKind::Unsupported.into())
}

/// The right to be the only one: nobody can give it here.
#[derive(Debug)]
pub struct Lock;

impl Lock {
    /// Always refused.
    ///
    /// # Errors
    /// Always [`ErrorKind::Unsupported`].
    pub fn take(_name: &str) -> Result<Option<Self>> {
        Err(ErrorKind::Unsupported.into())
    }
}

/// Always refused.
///
/// # Errors
/// Always.
pub fn autostart_set(_exe: &Path, _args: &[&str], _on: bool) -> std::result::Result<(), NoDesktop> {
    Err(nothing())
}

/// Not known here.
pub fn autostart_is_on() -> Reading<bool> {
    Reading::Missing(Why::Unsupported)
}

/// Not known here.
pub fn clocks() -> Reading<Clocks> {
    Reading::Missing(Why::Unsupported)
}

/// Not known here.
pub fn signed_in_at() -> Reading<At> {
    Reading::Missing(Why::Unsupported)
}

/// Not known here.
pub fn sudden_stop_cause(_previous_boot_id: Option<&str>, _last_seen: At) -> Reading<StopCause> {
    Reading::Missing(Why::Unsupported)
}

/// Changes nothing.
pub fn raise_own_priority() {}

/// Not known here.
pub fn own_memory() -> Reading<Bytes> {
    Reading::Missing(Why::Unsupported)
}

/// Not known here.
pub fn own_cpu_time() -> Reading<Duration> {
    Reading::Missing(Why::Unsupported)
}

/// Ends this program at once. Everything that must be written or told is done before.
pub fn end_program(code: u8) -> ! {
    std::process::exit(i32::from(code))
}

/// Not known here: as if it were on this PC.
pub fn is_network_folder(_path: &Path) -> bool {
    false
}

/// Always refused.
///
/// # Errors
/// Always [`ErrorKind::Unsupported`].
pub fn start_detached(_exe: &Path, _args: &[&str]) -> Result<()> {
    Err(ErrorKind::Unsupported.into())
}
