//! The same main without a window, for consoles and scripts on Windows.

use std::process::ExitCode;

fn main() -> ExitCode {
    mimamori::cli::run(None)
}
