//! The window; the only module that uses `eframe`.
//!
//! [`Shell`] draws what a [`Snapshot`] holds and returns [`Intent`]s; it never acts, waits or locks. The worker
//! thread samples, diagnoses and acts. `app` joins the two.

mod app;
mod archive;
mod fonts;
mod intent;
mod parts;
mod screens;
mod shell;
mod snapshot;
mod start;
mod theme;
mod update_hold;
mod worker;

pub use fonts::install as install_fonts;
pub use intent::{Intent, Period, Range, Screen};
pub use shell::Shell;
pub use snapshot::{Erasing, Past, Recorded, Snapshot, Startup, Unreadable};
pub use start::open;
pub use theme::{Palette, Theme, install as install_theme};
