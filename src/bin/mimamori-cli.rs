//! The same program without the window, for consoles and scripts on Windows.

fn main() {
    mimamori::cli::run(None);
}
