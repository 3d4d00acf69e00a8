//! What prevents writing or reading the recording, and what to do next.

use eframe::egui::{self, RichText};
use fluent_bundle::FluentArgs;

use super::icon::{self, Icon};
use crate::explain::system_reason;
use crate::ui::snapshot::Snapshot;

/// The problem in one or two sentences; `None` if none is known.
pub fn trouble(snapshot: &Snapshot<'_>) -> Option<String> {
    let (recorded, texts) = (snapshot.recorded, snapshot.texts);
    // The agent's problem comes first: it says more than that nothing can be read.
    let of_agent = recorded.agent.as_ref().and_then(|status| {
        let id = format!("history-{}", status.trouble.as_ref()?);
        texts.has(&id).then_some((id, &*status.trouble_reason))
    });
    let of_reader = recorded.unreadable.as_ref().map(|why| (why.text().to_owned(), why.reason()));
    let (id, reason) = of_agent.or(of_reader)?;
    let mut args = FluentArgs::new();
    args.set("reason", system_reason(reason, texts));
    args.set("path", recorded.path.clone().unwrap_or_default());
    Some(texts.with(&id, &args))
}

/// Draws the problem.
pub fn trouble_ui(ui: &mut egui::Ui, snapshot: &Snapshot<'_>, sentence: &str) {
    let palette = snapshot.theme.palette(ui).clone();
    snapshot.theme.card(ui).fill(palette.warning_background).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal_top(|ui| {
            let (rect, _) = ui.allocate_exact_size(egui::vec2(18.0, 18.0), egui::Sense::hover());
            icon::paint(ui.painter(), Icon::Warning, rect, palette.warning);
            ui.add(egui::Label::new(RichText::new(sentence).color(palette.warning)).wrap());
        });
    });
}
