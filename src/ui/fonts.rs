//! Fonts: one face for both languages, so that mixed text looks uniform and no glyph is missing on a PC without
//! Japanese fonts. Foreign names that need more glyphs fall back to the system's fonts, in Japanese shapes.

use std::sync::Arc;

use eframe::egui::{Context, FontData, FontDefinitions, FontFamily};
use egui_system_font_provider::SystemFontProvider;

/// Name of the bold family.
pub const BOLD: &str = "bold";
const REGULAR: &str = "regular";

/// Installs the fonts in egui.
pub fn install(ctx: &Context) {
    let mut fonts = FontDefinitions::default();
    let faces: [(&str, &'static [u8]); 2] = [
        (REGULAR, include_bytes!("../../assets/fonts/MimamoriSans-Regular.otf")),
        (BOLD, include_bytes!("../../assets/fonts/MimamoriSans-Bold.otf")),
    ];
    for (name, bytes) in faces {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
    }
    let rest = fonts.families.get(&FontFamily::Proportional).cloned().unwrap_or_default();
    let with = |first: &str| std::iter::once(first.to_owned()).chain(rest.iter().cloned()).collect::<Vec<_>>();
    fonts.families.insert(FontFamily::Proportional, with(REGULAR));
    fonts.families.insert(FontFamily::Name(BOLD.into()), with(BOLD));
    ctx.set_fonts(fonts);
    ctx.set_font_providers(vec![Arc::new(SystemFontProvider::new().with_locale(Some("ja")))]);
}
