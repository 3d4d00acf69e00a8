//! Not a test: the program driven by tests/windows/tray.py. Shows the tray and notifications with fixed texts and
//! writes every event as a line into a file. (An example would be built with another standard library, and all
//! dependencies with it.)

use std::io::Write;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use mimamori::platform::{DesktopEvent, MenuLine, Notifier, Tray, TrayAction, TrayIcon, TrayView};

fn item(action: TrayAction, text: &str, default: bool, checked: Option<bool>) -> MenuLine {
    MenuLine::Item { action, text: text.into(), default, checked, enabled: true }
}

fn view(icon: TrayIcon, tooltip: &str) -> TrayView {
    let menu = vec![
        item(TrayAction::Open, "Open window", true, None),
        item(TrayAction::CheckNow, "Check R&D", false, None),
        MenuLine::Separator,
        item(TrayAction::Pause, "Pause", false, Some(true)),
        item(TrayAction::Quit, "Quit", false, None),
    ];
    TrayView { icon, tooltip: tooltip.into(), menu }
}

/// Environment: `MIMAMORI_TRAY_LOG`, path of the log. Ends after Quit or two minutes. "Check" shows a notification.
#[test]
#[ignore = "started by tests/windows/tray.py"]
fn tray_probe() {
    let path = std::env::var_os("MIMAMORI_TRAY_LOG").expect("the name of the log");
    let mut log = std::fs::File::create(path).expect("a log");
    let (events, received) = mpsc::channel();
    let begin = Instant::now();
    let tray = Tray::start(&view(TrayIcon::Fine, "Fine\nchrome & co"), events.clone().into());
    writeln!(log, "start {} {:?}", begin.elapsed().as_millis(), tray.as_ref().map(|_| ())).expect("written");
    let mut notifier = Notifier::new("Mimamori", events.into());
    while begin.elapsed() < Duration::from_mins(2) {
        let Ok(event) = received.recv_timeout(Duration::from_secs(1)) else { continue };
        writeln!(log, "{event:?}").expect("written");
        match (event, &tray) {
            (DesktopEvent::Tray(TrayAction::CheckNow), Ok(tray)) => {
                tray.update(&view(TrayIcon::Critical, "Act"));
                notifier.show("hot", "Title", "Body of the balloon", true).expect("room");
            }
            (DesktopEvent::SessionEnding(saved), _) => {
                writeln!(log, "saved").expect("written");
                let _ = saved.send(());
            }
            (DesktopEvent::Tray(TrayAction::Quit), _) => break,
            _ => {}
        }
    }
    let begin = Instant::now();
    drop(tray);
    writeln!(log, "dropped {}", begin.elapsed().as_millis()).expect("written");
}
