//! Shows the tray and notifications with fixed texts and prints every event as a line, for the tests beside it.
//! Reads commands from standard input, one a line.
#![allow(clippy::print_stdout, reason = "this is what it is for")]

use std::io::BufRead;
use std::sync::mpsc;
use std::thread;
use std::time::Instant;

use mimamori::platform::{
    DesktopEvent, Endpoint, MenuLine, Notifier, Tray, TrayAction, TrayIcon, TrayView, autostart_set, autostart_state,
};

fn item(action: TrayAction, text: &str, default: bool, checked: Option<bool>) -> MenuLine {
    MenuLine::Item { action, text: text.into(), default, checked, enabled: true }
}

fn view(icon: TrayIcon, tooltip: &str) -> TrayView {
    let menu = vec![
        item(TrayAction::CheckNow, "今すぐ調べる", false, None),
        item(TrayAction::Open, "Open a_b & c", true, None),
        MenuLine::Separator,
        item(TrayAction::Pause, "Pause", false, Some(icon == TrayIcon::Paused)),
        item(TrayAction::Quit, "Quit", false, None),
    ];
    TrayView { icon, tooltip: tooltip.into(), menu }
}

fn main() {
    let (events, received) = mpsc::channel();
    let begin = Instant::now();
    let tray = Tray::start(&view(TrayIcon::Fine, "Fine\n<b>chrome</b> & co"), events.clone().into());
    println!("start {} {:?}", begin.elapsed().as_millis(), tray.as_ref().map(|_| ()));
    let mut notifier = Notifier::new("Mimamori", events.into());
    thread::spawn(move || {
        for event in received {
            match event {
                DesktopEvent::SessionEnding(saved) => {
                    println!("SessionEnding");
                    let _ = saved.send(());
                }
                event => println!("{event:?}"),
            }
        }
    });
    let mut tray = tray.ok();
    let mut endpoint = None;
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        let words: Vec<&str> = line.split(' ').collect();
        let begin = Instant::now();
        let answer = match (words.as_slice(), &tray) {
            (["act"], Some(tray)) => {
                tray.update(&view(TrayIcon::Critical, "Act\nsomething"));
                String::new()
            }
            (["pause"], Some(tray)) => {
                tray.update(&view(TrayIcon::Paused, "Paused"));
                String::new()
            }
            (["show", tag, title, body], _) => format!("{:?}", notifier.show(tag, title, body, *tag == "urgent")),
            (["withdraw", tag], _) => {
                notifier.withdraw(tag);
                String::new()
            }
            (["autostart", exe, argument], _) => {
                let set = autostart_set(std::path::Path::new(exe), &[argument], true);
                format!("{set:?} {:?}", autostart_state())
            }
            (["listen"], _) => {
                endpoint = Endpoint::listen("agent", <[u8]>::to_ascii_uppercase).ok();
                format!("{}", endpoint.is_some())
            }
            (["drop"], _) => {
                tray = None;
                String::new()
            }
            _ => "no such command".into(),
        };
        println!("did {} {} {answer}", words[0], begin.elapsed().as_millis());
    }
    drop(endpoint);
}
