//! The same main without a window, for consoles and scripts on Windows.

fn main() {
    mimamori::cli::run(None);
}
