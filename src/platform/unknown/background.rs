//! Support for background programs: none here.

use std::io::{ErrorKind, Result};
use std::path::Path;
use std::time::Duration;

use crate::model::{At, AutostartState, Bytes, Reading, Why};
use crate::platform::types::{Clocks, DesktopEvents, NoDesktop, StopCause, TrayView};

fn nothing() -> NoDesktop {
    NoDesktop("this system is not known".into())
}

/// The tray icon: not supported.
#[derive(Debug)]
pub struct Tray;

impl Tray {
    /// Always fails.
    ///
    /// # Errors
    /// Always.
    pub fn start(_view: &TrayView, _events: DesktopEvents) -> std::result::Result<Self, NoDesktop> {
        Err(nothing())
    }

    /// Does nothing.
    pub fn update(&self, _view: &TrayView) {}
}

/// Notifications: not supported.
#[derive(Debug)]
pub struct Notifier;

impl Notifier {
    /// Creates the notifier.
    pub fn new(_app_name: &str, _events: DesktopEvents) -> Self {
        Self
    }

    /// Always fails.
    ///
    /// # Errors
    /// Always.
    pub fn show(&mut self, _tag: &str, _title: &str, _body: &str, _urgent: bool) -> std::result::Result<(), NoDesktop> {
        Err(nothing())
    }

    /// Always missing.
    pub fn is_presenting(&mut self) -> Reading<bool> {
        Reading::Missing(Why::Unsupported)
    }

    /// Does nothing.
    pub fn withdraw(&mut self, _tag: &str) {}
}

/// A local endpoint: not supported.
#[derive(Debug)]
pub struct Endpoint;

impl Endpoint {
    /// Always fails.
    ///
    /// # Errors
    /// Always [`ErrorKind::Unsupported`].
    pub fn listen(_name: &str, _handle: impl Fn(&[u8]) -> Vec<u8> + Send + 'static) -> Result<Self> {
        Err(ErrorKind::Unsupported.into())
    }
}

/// Always fails.
///
/// # Errors
/// Always [`ErrorKind::Unsupported`].
pub fn ask(_name: &str, _request: &[u8], _timeout: Duration) -> Result<Vec<u8>> {
    Err(ErrorKind::Unsupported.into())
}

/// A single-instance lock: not supported.
#[derive(Debug)]
pub struct Lock;

impl Lock {
    /// Always fails.
    ///
    /// # Errors
    /// Always [`ErrorKind::Unsupported`].
    pub fn take(_name: &str) -> Result<Option<Self>> {
        Err(ErrorKind::Unsupported.into())
    }
}

/// Always fails.
///
/// # Errors
/// Always.
pub fn autostart_set(_exe: &Path, _args: &[&str], _on: bool) -> std::result::Result<(), NoDesktop> {
    Err(nothing())
}

/// Always fails.
///
/// # Errors
/// Always.
pub fn autostart_once(_exe: &Path, _args: &[&str]) -> std::result::Result<(), NoDesktop> {
    Err(nothing())
}

/// There is nothing to remove.
///
/// # Errors
/// Never.
pub fn autostart_once_end() -> std::result::Result<(), NoDesktop> {
    Ok(())
}

/// Always missing.
pub fn autostart_state() -> Reading<AutostartState> {
    Reading::Missing(Why::Unsupported)
}

/// Always missing.
pub fn clocks() -> Reading<Clocks> {
    Reading::Missing(Why::Unsupported)
}

/// Always missing.
pub fn signed_in_at() -> Reading<At> {
    Reading::Missing(Why::Unsupported)
}

/// Always missing.
pub fn sudden_stop_cause(_previous_boot_id: Option<&str>, _last_seen: At) -> Reading<StopCause> {
    Reading::Missing(Why::Unsupported)
}

/// Does nothing.
pub fn raise_own_priority() {}

/// Always missing.
pub fn own_memory() -> Reading<Bytes> {
    Reading::Missing(Why::Unsupported)
}

/// Always missing.
pub fn own_cpu_time() -> Reading<Duration> {
    Reading::Missing(Why::Unsupported)
}

/// Exits at once. Everything that must be written or reported is done before.
pub fn end_program(code: u8) -> ! {
    std::process::exit(i32::from(code))
}

/// Not supported: treats every folder as local.
pub fn is_network_folder(_path: &Path) -> bool {
    false
}

/// Always fails.
///
/// # Errors
/// Always [`ErrorKind::Unsupported`].
pub fn start_detached(_exe: &Path, _args: &[&str]) -> Result<()> {
    Err(ErrorKind::Unsupported.into())
}

/// A program that works for this one.
pub fn quiet_command(exe: &Path) -> std::process::Command {
    std::process::Command::new(exe)
}

/// Starts no program.
///
/// # Errors
/// Always [`ErrorKind::Unsupported`].
pub fn start_program(_exe: &Path, _args: &[&str]) -> Result<()> {
    Err(ErrorKind::Unsupported.into())
}
