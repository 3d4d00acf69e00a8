//! Signals that ask this program to end: Ctrl-C, SIGTERM, SIGHUP, and the closing of the console.

use std::time::Duration;

use crate::exit::Exit;
use crate::platform;

/// Time for an orderly end. Whatever blocks then (a disk, a hung mount, a lock), the program ends without it: the next
/// start reports that the run did not end cleanly.
const PATIENCE: Duration = Duration::from_millis(800);

/// Calls `stop` when the program is asked to end, which must then end by itself; where it does not, it is ended with the
/// code that `exit` returns then.
///
/// # Errors
/// There is no thread for it, or there is a handler already. The system then ends the program at the signal.
pub fn on_stop(stop: impl Fn() + Send + 'static, exit: impl Fn() -> Exit + Send + 'static) -> Result<(), ctrlc::Error> {
    // The crate installs its handler first: without its thread signals would have no effect at all.
    std::thread::Builder::new().spawn(|| ()).map_err(ctrlc::Error::System)?;
    ctrlc::set_handler(move || {
        stop();
        std::thread::sleep(PATIENCE);
        platform::end_program(exit().code())
    })
}
