//! Colours and sizes from `assets/theme.toml`; the only place where they become egui values.

use eframe::egui::{
    self, Color32, CornerRadius, FontFamily, FontId, Margin, Stroke, TextStyle, Visuals, style::WidgetVisuals,
};
use serde::Deserialize;
use serde::de::Error as _;

/// Sizes in points; each is named after what it sizes.
#[allow(missing_docs, reason = "the names say it, and the file gives the meanings")]
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sizes {
    pub radius: u8,
    pub radius_small: u8,
    pub space: i8,
    pub headline: f32,
    pub title: f32,
    pub text: f32,
    pub small: f32,
    pub target: f32,
}

/// Colours of one theme; each is named after what it colours.
#[allow(missing_docs, reason = "the names say it, and the file gives the meanings")]
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Palette {
    #[serde(deserialize_with = "colour")]
    pub background: Color32,
    #[serde(deserialize_with = "colour")]
    pub card: Color32,
    #[serde(deserialize_with = "colour")]
    pub line: Color32,
    #[serde(deserialize_with = "colour")]
    pub control_line: Color32,
    #[serde(deserialize_with = "colour")]
    pub text: Color32,
    #[serde(deserialize_with = "colour")]
    pub muted: Color32,
    #[serde(deserialize_with = "colour")]
    pub accent: Color32,
    #[serde(deserialize_with = "colour")]
    pub on_accent: Color32,
    #[serde(deserialize_with = "colour")]
    pub ok: Color32,
    #[serde(deserialize_with = "colour")]
    pub ok_background: Color32,
    #[serde(rename = "look", deserialize_with = "colour")]
    pub warning: Color32,
    #[serde(rename = "look_background", deserialize_with = "colour")]
    pub warning_background: Color32,
    #[serde(rename = "act", deserialize_with = "colour")]
    pub critical: Color32,
    #[serde(rename = "act_background", deserialize_with = "colour")]
    pub critical_background: Color32,
    #[serde(deserialize_with = "colour")]
    pub tooltip: Color32,
    #[serde(deserialize_with = "colour")]
    pub tooltip_text: Color32,
    #[serde(deserialize_with = "colours")]
    pub series: [Color32; 4],
    #[serde(deserialize_with = "colour")]
    pub rest: Color32,
}

/// Both themes and the sizes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Theme {
    /// Sizes in points.
    pub size: Sizes,
    light: Palette,
    dark: Palette,
}

impl Theme {
    /// The built-in theme.
    ///
    /// # Errors
    /// If the file is invalid; a test catches that first.
    pub fn builtin() -> Result<Self, toml::de::Error> {
        toml::from_str(include_str!("../../assets/theme.toml"))
    }

    /// The colours in use.
    pub fn palette(&self, ui: &egui::Ui) -> &Palette {
        self.of(if ui.visuals().dark_mode { egui::Theme::Dark } else { egui::Theme::Light })
    }

    fn of(&self, theme: egui::Theme) -> &Palette {
        match theme {
            egui::Theme::Dark => &self.dark,
            egui::Theme::Light => &self.light,
        }
    }

    /// The bold face in a size.
    pub fn bold(&self, size: f32) -> FontId {
        FontId::new(size, FontFamily::Name(super::fonts::BOLD.into()))
    }

    /// A card: the frame around things that belong together.
    pub fn card(&self, ui: &egui::Ui) -> egui::Frame {
        let palette = self.palette(ui);
        egui::Frame::new()
            .fill(palette.card)
            .stroke(Stroke::new(1.0, palette.line))
            .corner_radius(CornerRadius::same(self.size.radius))
            .inner_margin(Margin::same(self.size.space * 2))
    }
}

/// A shade of `colour` for the area under a line.
pub(super) fn faint(colour: Color32) -> Color32 {
    colour.gamma_multiply(0.22)
}

/// Installs both themes in egui.
pub fn install(ctx: &egui::Context, theme: &Theme) {
    for which in [egui::Theme::Light, egui::Theme::Dark] {
        let palette = theme.of(which);
        ctx.style_mut_of(which, |style| {
            style.visuals = visuals(palette, which, theme);
            let fonts = [
                (TextStyle::Small, theme.size.small),
                (TextStyle::Body, theme.size.text),
                (TextStyle::Button, theme.size.text),
                (TextStyle::Heading, theme.size.headline),
            ];
            for (text_style, size) in fonts {
                style.text_styles.insert(text_style, FontId::proportional(size));
            }
            style.spacing.interact_size.y = theme.size.target;
            style.spacing.item_spacing = egui::vec2(f32::from(theme.size.space), f32::from(theme.size.space) * 0.75);
            style.spacing.button_padding = egui::vec2(14.0, 6.0);
            style.interaction.selectable_labels = true;
        });
    }
}

fn visuals(palette: &Palette, which: egui::Theme, theme: &Theme) -> Visuals {
    let mut visuals = match which {
        egui::Theme::Dark => Visuals::dark(),
        egui::Theme::Light => Visuals::light(),
    };
    let radius = CornerRadius::same(theme.size.radius_small);
    let widget = |background: Color32, line: Color32, text: Color32| WidgetVisuals {
        bg_fill: background,
        weak_bg_fill: background,
        bg_stroke: Stroke::new(1.0, line),
        corner_radius: radius,
        fg_stroke: Stroke::new(1.0, text),
        expansion: 0.0,
    };
    visuals.panel_fill = palette.background;
    visuals.window_fill = palette.card;
    visuals.window_stroke = Stroke::new(1.0, palette.line);
    visuals.window_corner_radius = CornerRadius::same(theme.size.radius);
    visuals.extreme_bg_color = palette.card;
    visuals.faint_bg_color = palette.background;
    visuals.hyperlink_color = palette.accent;
    visuals.warn_fg_color = palette.warning;
    visuals.error_fg_color = palette.critical;
    visuals.weak_text_color = Some(palette.muted);
    visuals.selection.bg_fill = palette.accent.gamma_multiply(0.3);
    visuals.selection.stroke = Stroke::new(2.0, palette.accent);
    visuals.widgets.noninteractive = widget(palette.card, palette.line, palette.text);
    visuals.widgets.inactive = widget(palette.card, palette.control_line, palette.text);
    visuals.widgets.hovered = widget(palette.background, palette.accent, palette.text);
    visuals.widgets.active = widget(palette.background, palette.accent, palette.accent);
    visuals.widgets.open = widget(palette.background, palette.line, palette.text);
    visuals
}

fn colour<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Color32, D::Error> {
    let text = String::deserialize(from)?;
    Color32::from_hex(&text).map_err(|error| D::Error::custom(format!("{text}: {error:?}")))
}

fn colours<'de, D: serde::Deserializer<'de>>(from: D) -> Result<[Color32; 4], D::Error> {
    let texts = <[String; 4]>::deserialize(from)?;
    let mut colours = [Color32::TRANSPARENT; 4];
    for (slot, text) in colours.iter_mut().zip(&texts) {
        *slot = Color32::from_hex(text).map_err(|error| D::Error::custom(format!("{text}: {error:?}")))?;
    }
    Ok(colours)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance and contrast as WCAG 2.2 defines them.
    fn contrast(a: Color32, b: Color32) -> f64 {
        let luminance = |colour: Color32| {
            let channel = |value: u8| {
                let value = f64::from(value) / 255.0;
                if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
            };
            0.2126 * channel(colour.r()) + 0.7152 * channel(colour.g()) + 0.0722 * channel(colour.b())
        };
        let (light, dark) = (luminance(a).max(luminance(b)), luminance(a).min(luminance(b)));
        (light + 0.05) / (dark + 0.05)
    }

    #[test]
    fn text_and_parts_can_be_seen_by_everybody() {
        let theme = Theme::builtin().expect("theme");
        for palette in [&theme.light, &theme.dark] {
            let texts = [
                (palette.text, palette.card),
                (palette.text, palette.background),
                (palette.muted, palette.card),
                (palette.muted, palette.background),
                (palette.accent, palette.card),
                (palette.accent, palette.background),
                (palette.on_accent, palette.accent),
                (palette.ok, palette.ok_background),
                (palette.ok, palette.card),
                (palette.warning, palette.warning_background),
                (palette.warning, palette.card),
                (palette.critical, palette.critical_background),
                (palette.critical, palette.card),
                (palette.tooltip_text, palette.tooltip),
            ];
            for (text, background) in texts {
                assert!(
                    contrast(text, background) >= 4.5,
                    "{text:?} on {background:?}: {}",
                    contrast(text, background)
                );
            }
            for part in palette.series.iter().chain([&palette.rest, &palette.control_line]) {
                let ratio = contrast(*part, palette.card);
                assert!(ratio >= 2.9, "{part:?}: {ratio}");
            }
        }
    }
}
