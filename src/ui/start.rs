//! Opens the window: with OpenGL first, then with wgpu where it is compiled in, by starting the program again. A second
//! try in the same process panics inside winit 0.30 on Windows, and without OpenGL 2 (remote desktop, virtual machines,
//! basic display drivers) only wgpu draws there. On Linux software OpenGL is always installed, so wgpu is not compiled
//! in.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::rc::Rc;
use std::time::Duration;

use eframe::egui;

use crate::context::Context;
use crate::diagnostic_log::Role;
use crate::exit::Exit;
use crate::explain::Lang;
use crate::ipc::{self, Answer, WINDOW, WindowOptions};
use crate::model::DisplayName;
use crate::platform::{self, Lock, WorkArea};
use crate::restart_file::RestartFile;
use crate::settings::{Renderer, SettingsFile, home_of_another_user};

use super::app::MimamoriApp;

/// Environment variable set for the second try, so that it is the last one.
const SECOND_TRY_ENV: &str = "MIMAMORI_RENDERER_TRIED";

/// Inner size of a new window, in points.
const SIZE: [f32; 2] = [1000.0, 700.0];
/// Smallest inner size.
const SMALLEST: [f32; 2] = [640.0, 480.0];
/// What the frame of a window adds: both borders, and the title with the lower border.
const FRAME: [f32; 2] = [16.0, 40.0];

/// Attempts to bring another window to the front, a tenth of a second apart, before this one opens anyway.
const OTHER_STARTS: usize = 20;

/// Opens the window and returns when it is closed.
///
/// # Errors
/// Why there is no window, in one sentence.
pub fn open(context: &Context, options: &WindowOptions) -> Result<Exit, String> {
    let file = SettingsFile::of_user();
    if let Some(home) = home_of_another_user() {
        let texts = context.texts(options.lang.unwrap_or(context.lang));
        let home = DisplayName::new(&home.to_string_lossy()).as_str().to_owned();
        return Err(texts.with_one("home-of-another-user", "path", home));
    }
    let second_try = std::env::var_os(SECOND_TRY_ENV).is_some();
    let only = SingleInstance::take(second_try || options.renderer.is_some(), options);
    if matches!(only, SingleInstance::Other) {
        return Ok(Exit::Fine);
    }
    let (log, context) = context.start_log(Role::Window);
    let opened = open_with(&context, options, second_try, file);
    log.end();
    opened
}

fn open_with(context: &Context, options: &WindowOptions, second_try: bool, file: SettingsFile) -> Result<Exit, String> {
    platform::raise_own_priority();
    // A window after a restart speaks the language of the one before it.
    let noted = || RestartFile::of_user().read()?.lang.map(|code| Lang::from_locale(&code));
    let options = &WindowOptions { lang: options.lang.or_else(noted), ..options.clone() };
    // The settings may name a renderer that this build lacks.
    let remembered = file.load().renderer.filter(|renderer| compiled(*renderer).is_some());
    let renderer = options.renderer.or(remembered).unwrap_or(Renderer::Glow);
    let error = match run(context, renderer, options, file) {
        Ok(exit) => return Ok(exit),
        Err(error) => error,
    };
    log::warn!("no window with {}: {error}", renderer.name());
    let other = match renderer {
        Renderer::Glow => Renderer::Wgpu,
        Renderer::Wgpu => Renderer::Glow,
    };
    if second_try || options.renderer.is_some() || compiled(other).is_none() {
        return Err(error);
    }
    // The second try keeps what the user clicked.
    start_again(&WindowOptions { renderer: Some(other), ..options.clone() }).ok_or(error)
}

/// Allows one window per user.
enum SingleInstance {
    /// This process; no other one while the lock is held. Without a lock (no folder for it) there may be two.
    Own { _lock: Option<Lock> },
    /// Another window is open and came to the front.
    Other,
}

impl SingleInstance {
    fn take(anyway: bool, options: &WindowOptions) -> Self {
        if anyway {
            return Self::Own { _lock: None };
        }
        for _ in 0..OTHER_STARTS {
            match Lock::take(WINDOW) {
                Ok(Some(lock)) => return Self::Own { _lock: Some(lock) },
                Ok(None) if ipc::send_request(WINDOW, &options.show()) == Some(Answer::Done) => return Self::Other,
                // It is still starting: two clicks in a row.
                Ok(None) => std::thread::sleep(Duration::from_millis(100)),
                Err(_) => break,
            }
        }
        // A window that hangs must not keep the user from a new one.
        Self::Own { _lock: None }
    }
}

/// The toolkit's value for a renderer; `None` where it is not compiled in.
fn compiled(renderer: Renderer) -> Option<eframe::Renderer> {
    renderer.name().parse().ok()
}

fn run(context: &Context, renderer: Renderer, options: &WindowOptions, file: SettingsFile) -> Result<Exit, String> {
    let texts = context.texts(options.lang.or(file.load().lang).unwrap_or(context.lang));
    let Some(toolkit) = compiled(renderer) else {
        return Err(texts.with_one("cli-renderer-not-compiled", "renderer", renderer.name()));
    };
    let viewport = eframe::egui::ViewportBuilder::default().with_app_id("mimamori").with_min_inner_size(SMALLEST);
    let native_options = eframe::NativeOptions {
        viewport: match platform::work_area().and_then(place_in) {
            Some((place, size)) => viewport.with_position(place).with_inner_size(size),
            None => viewport.with_inner_size(SIZE),
        },
        renderer: toolkit,
        // `fonts` installs them, with Japanese shapes whatever the system language.
        system_font_fallback: false,
        ..eframe::NativeOptions::default()
    };
    let title = texts.get("app-name");
    let has_drawn = Rc::new(Cell::new(false));
    let drawn = Rc::clone(&has_drawn);
    let create = |creation: &eframe::CreationContext<'_>| {
        let app = MimamoriApp::new(creation, context, renderer, options, file);
        let app: Box<dyn eframe::App> = Box::new(Drawn { app, drawn });
        Ok(app)
    };
    // Some drivers make a library panic instead of returning an error; either way the window did not open. A window that
    // has drawn was open: its panic is a fault of ours, which the next start reports.
    match catch_unwind(AssertUnwindSafe(|| eframe::run_native(&title, native_options, Box::new(create)))) {
        Ok(Ok(())) => Ok(Exit::Fine),
        // It was open, and then the connection to the display broke (Wayland; see `platform::on_display_lost` for X11).
        Ok(Err(error)) if has_drawn.get() => {
            log::warn!("the window has lost its display: {error}");
            Ok(Exit::Unavailable)
        }
        Ok(Err(error)) => Err(without_source_path(&error.to_string()).to_owned()),
        Err(panic) if has_drawn.get() => resume_unwind(panic),
        Err(_) => Err(renderer.name().to_owned()),
    }
}

/// Place and inner size of the window where [`SIZE`] does not fit the work area; `None` where it does, and the system puts
/// the window where it likes.
fn place_in(area: WorkArea) -> Option<([f32; 2], [f32; 2])> {
    let room = [area.width - FRAME[0], area.height - FRAME[1]];
    if room[0] >= SIZE[0] && room[1] >= SIZE[1] {
        return None;
    }
    let size = [SIZE[0].min(room[0]).max(SMALLEST[0]), SIZE[1].min(room[1]).max(SMALLEST[1])];
    // In the middle of what is left, the title in any case on the screen.
    let place = [area.x + ((room[0] - size[0]) / 2.0).max(0.0), area.y + ((room[1] - size[1]) / 2.0).max(0.0)];
    Some((place, size))
}

/// Notes that a second frame has begun, so that the first was drawn.
struct Drawn {
    app: MimamoriApp,
    drawn: Rc<Cell<bool>>,
}

impl eframe::App for Drawn {
    fn logic(&mut self, ctx: &egui::Context, frame: &mut eframe::Frame) {
        self.drawn.set(ctx.cumulative_frame_nr() > 0);
        self.app.logic(ctx, frame);
    }

    fn ui(&mut self, ui: &mut egui::Ui, frame: &mut eframe::Frame) {
        self.app.ui(ui, frame);
    }
}

/// Strips winit's own source location from the start of an error; the user needs only the reason.
fn without_source_path(error: &str) -> &str {
    match error.rfind(".rs:").and_then(|at| error[at + 4..].find(": ").map(|colon| at + 4 + colon + 2)) {
        Some(reason) => &error[reason..],
        None => error,
    }
}

/// Starts this program again with another renderer and waits for it. `None` when it could not be started.
fn start_again(options: &WindowOptions) -> Option<Exit> {
    let status = std::process::Command::new(std::env::current_exe().ok()?)
        .args(options.arguments())
        .env(SECOND_TRY_ENV, "1")
        .status()
        .ok()?;
    match status.code() {
        Some(0) => Some(Exit::Fine),
        Some(1) => Some(Exit::Found),
        Some(69) => Some(Exit::Unavailable),
        // The second process crashed before it could print the check: this one prints it.
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_fits_what_the_taskbar_leaves() {
        let area = |width, height| WorkArea { x: 0.0, y: 0.0, width, height };
        assert_eq!(place_in(area(1920.0, 1040.0)), None);
        // 1920x1080 at 150 %, 1366x768 at 100 %, a taskbar on the left and above.
        for area in
            [area(1280.0, 672.0), area(1366.0, 728.0), WorkArea { x: 60.0, y: 20.0, width: 900.0, height: 600.0 }]
        {
            let Some((place, size)) = place_in(area) else { panic!("{area:?}") };
            assert!(place[0] >= area.x && place[1] >= area.y, "{area:?}: {place:?}");
            assert!(place[0] + size[0] + FRAME[0] <= area.x + area.width, "{area:?}: {size:?}");
            assert!(place[1] + size[1] + FRAME[1] <= area.y + area.height, "{area:?}: {size:?}");
        }
        // Too small even for the smallest window: its title can be reached.
        let (place, size) = place_in(area(500.0, 400.0)).expect("a place");
        assert_eq!((place, size), ([0.0, 0.0], SMALLEST));
    }

    #[test]
    fn an_error_is_reported_without_the_place_in_the_source() {
        let error = "os error at winit/src/linux/mod.rs:788: Failed to open connection to X server";
        assert_eq!(without_source_path(error), "Failed to open connection to X server");
        assert_eq!(without_source_path("no surface"), "no surface");
    }
}
