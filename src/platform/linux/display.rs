//! The connection to the display while the window is open.

use std::ffi::c_int;
use std::sync::{Mutex, PoisonError};

use x11_dl::xlib::{Display, Xlib};

type End = Box<dyn FnOnce() + Send>;

/// What to do when the display has gone.
static END: Mutex<Option<End>> = Mutex::new(None);

/// Runs `end`, which must end the program, when the X server goes away. Without it Xlib prints a line of its own and ends
/// the program with code 1.
#[expect(unsafe_code, reason = "sets Xlib's handler")]
pub fn on_display_lost(end: impl FnOnce() + Send + 'static) {
    // A PC with Wayland only has no Xlib.
    let Ok(xlib) = Xlib::open() else { return };
    *END.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(end));
    // SAFETY: the handler has the expected signature and lives as long as the program.
    unsafe { (xlib.XSetIOErrorHandler)(Some(lost)) };
    // The library stays loaded, and keeps its handler.
    Box::leak(Box::new(xlib));
}

/// Called by Xlib on the thread that found the connection broken; Xlib ends the program when it returns.
extern "C" fn lost(_display: *mut Display) -> c_int {
    let end = END.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(end) = end {
        end();
    }
    0
}
