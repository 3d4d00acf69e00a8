//! Returns unused heap to the system.

use std::time::Duration;

/// Interval between two calls of [`give_back_memory`], each of which costs a tenth of a millisecond.
pub const GIVE_BACK_EVERY: Duration = Duration::from_secs(20);

/// Returns free heap to the system. Reading the tables briefly takes some MB, which the C library would keep because of
/// the live allocations in between.
#[cfg(target_env = "gnu")]
#[expect(unsafe_code, reason = "asks the C library to give back memory")]
pub fn give_back_memory() {
    unsafe extern "C" {
        /// A glibc extension; see malloc_trim(3).
        fn malloc_trim(keep: usize) -> std::ffi::c_int;
    }
    // SAFETY: takes a number and touches no memory that is in use.
    unsafe { malloc_trim(0) };
}

/// Does nothing: only glibc has a call for it.
#[cfg(not(target_env = "gnu"))]
pub const fn give_back_memory() {}
