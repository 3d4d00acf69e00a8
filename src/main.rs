//! The program: window, agent and command line. On Windows it has no console; `mimamori-cli` prints there.
#![windows_subsystem = "windows"]

fn main() {
    mimamori::cli::run(Some(&mimamori::ui::open));
}
