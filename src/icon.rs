//! Draws the tray icon from simple shapes. Pure: state, size and colours in, pixels out. States differ in shape, so
//! that nobody has to distinguish red from green.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use strum::VariantArray;

/// State of the tray icon.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, VariantArray)]
pub enum TrayIcon {
    /// Nothing to do: a ring with a check mark.
    #[default]
    Fine,
    /// Deserves attention: a ring with an exclamation mark.
    Warning,
    /// Needs action: a filled triangle with an exclamation mark.
    Critical,
    /// Monitoring is paused: a ring with two bars.
    Paused,
}

impl TrayIcon {
    /// All states, for tests.
    pub const ALL: &[Self] = Self::VARIANTS;
}

/// Red, green and blue.
type Rgb = [u8; 3];

/// Colours of the icon, named after the states they stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Colours {
    #[serde(deserialize_with = "colour")]
    fine: Rgb,
    #[serde(rename = "look", deserialize_with = "colour")]
    warning: Rgb,
    #[serde(rename = "act", deserialize_with = "colour")]
    critical: Rgb,
    #[serde(rename = "on_act", deserialize_with = "colour")]
    on_critical: Rgb,
    #[serde(deserialize_with = "colour")]
    paused: Rgb,
}

impl Colours {
    /// The built-in colours.
    ///
    /// # Errors
    /// The file is invalid; a test catches that first.
    pub fn builtin() -> Result<Self, toml::de::Error> {
        toml::from_str(include_str!("../assets/icons/tray.toml"))
    }
}

fn colour<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Rgb, D::Error> {
    let text = String::deserialize(deserializer)?;
    let number = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii());
    let number = number.and_then(|digits| u32::from_str_radix(digits, 16).ok());
    let number = number.ok_or_else(|| D::Error::custom(format!("{text} is no colour like #1f9457")))?;
    let [_, red, green, blue] = number.to_be_bytes();
    Ok([red, green, blue])
}

/// A point in the picture, whose corners are (0, 0) and (1, 1).
type Point = (f32, f32);

/// A shape; lengths are fractions of the picture's side.
enum Shape {
    /// A circle outline around the centre.
    Ring { radius: f32, width: f32 },
    /// A line with round ends; a dot when both ends coincide.
    Line { from: Point, to: Point, width: f32 },
    /// A filled triangle with round corners.
    Triangle { corners: [Point; 3], rounding: f32 },
}

const RING: Shape = Shape::Ring { radius: 0.42, width: 0.12 };

const fn line(from: Point, to: Point, width: f32) -> Shape {
    Shape::Line { from, to, width }
}

impl Shape {
    /// Signed distance of `point` from the edge; negative inside.
    fn distance(&self, point: Point) -> f32 {
        match *self {
            Self::Ring { radius, width } => ((point.0 - 0.5).hypot(point.1 - 0.5) - radius).abs() - width / 2.0,
            Self::Line { from, to, width } => distance_to_line(point, from, to) - width / 2.0,
            Self::Triangle { corners: [a, b, c], rounding } => {
                let edges = [(a, b), (b, c), (c, a)];
                let nearest =
                    edges.iter().map(|(from, to)| distance_to_line(point, *from, *to)).fold(f32::MAX, f32::min);
                let inside = edges.iter().all(|(from, to)| {
                    (to.0 - from.0) * (point.1 - from.1) - (to.1 - from.1) * (point.0 - from.0) >= 0.0
                });
                if inside { -nearest - rounding } else { nearest - rounding }
            }
        }
    }
}

fn distance_to_line(point: Point, from: Point, to: Point) -> f32 {
    let along = (to.0 - from.0, to.1 - from.1);
    let offset = (point.0 - from.0, point.1 - from.1);
    let length = along.0 * along.0 + along.1 * along.1;
    let part = if length > 0.0 { ((offset.0 * along.0 + offset.1 * along.1) / length).clamp(0.0, 1.0) } else { 0.0 };
    (offset.0 - part * along.0).hypot(offset.1 - part * along.1)
}

/// Shapes and their colours, bottom to top.
fn layers(icon: TrayIcon, colours: &Colours) -> Vec<(Shape, Rgb)> {
    match icon {
        TrayIcon::Fine => vec![
            (RING, colours.fine),
            (line((0.31, 0.53), (0.45, 0.66), 0.13), colours.fine),
            (line((0.45, 0.66), (0.69, 0.37), 0.13), colours.fine),
        ],
        TrayIcon::Warning => vec![
            (RING, colours.warning),
            (line((0.5, 0.29), (0.5, 0.53), 0.14), colours.warning),
            (line((0.5, 0.72), (0.5, 0.72), 0.16), colours.warning),
        ],
        TrayIcon::Critical => {
            // Clockwise, as `distance` expects.
            let corners = [(0.5, 0.13), (0.92, 0.87), (0.08, 0.87)];
            vec![
                (Shape::Triangle { corners, rounding: 0.07 }, colours.critical),
                (line((0.5, 0.38), (0.5, 0.57), 0.125), colours.on_critical),
                (line((0.5, 0.78), (0.5, 0.78), 0.145), colours.on_critical),
            ]
        }
        TrayIcon::Paused => vec![
            (RING, colours.paused),
            (line((0.375, 0.36), (0.375, 0.64), 0.125), colours.paused),
            (line((0.625, 0.36), (0.625, 0.64), 0.125), colours.paused),
        ],
    }
}

/// Returns the icon as RGBA pixels, row by row, `size` pixels wide and high; alpha is not premultiplied.
pub fn rgba(icon: TrayIcon, size: u32, colours: &Colours) -> Vec<u8> {
    let layers = layers(icon, colours);
    let side = size as f32;
    let mut picture = Vec::with_capacity(4 * size as usize * size as usize);
    for row in 0..size {
        for column in 0..size {
            let point = ((column as f32 + 0.5) / side, (row as f32 + 0.5) / side);
            let mut pixel = [0.0_f32; 4];
            for (shape, colour) in &layers {
                // Edges are smoothed over one pixel.
                let coverage = (0.5 - shape.distance(point) * side).clamp(0.0, 1.0);
                pixel = over(pixel, *colour, coverage);
            }
            picture.extend(pixel.map(|part| part.round() as u8));
        }
    }
    picture
}

/// Blends `colour` over `below` with the given coverage.
fn over(below: [f32; 4], colour: Rgb, coverage: f32) -> [f32; 4] {
    let below_alpha = below[3] / 255.0 * (1.0 - coverage);
    let alpha = coverage + below_alpha;
    if alpha <= 0.0 {
        return below;
    }
    let mix = |n: usize| (f32::from(colour[n]) * coverage + below[n] * below_alpha) / alpha;
    [mix(0), mix(1), mix(2), alpha * 255.0]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn colours() -> Colours {
        Colours::builtin().expect("assets/icons/tray.toml")
    }

    fn luminance(colour: Rgb) -> f64 {
        let part = |value: u8| {
            let value = f64::from(value) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * part(colour[0]) + 0.7152 * part(colour[1]) + 0.0722 * part(colour[2])
    }

    fn contrast(a: Rgb, b: Rgb) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn every_colour_is_seen_on_light_and_on_dark_bars() {
        let colours = colours();
        for colour in [colours.fine, colours.warning, colours.critical, colours.paused] {
            for bar in [[255, 255, 255], [32, 32, 32]] {
                assert!(contrast(colour, bar) >= 3.0, "{colour:?} on {bar:?}: {}", contrast(colour, bar));
            }
        }
        assert!(contrast(colours.on_critical, colours.critical) >= 4.0);
    }

    #[test]
    fn a_picture_has_the_right_size_and_clear_corners() {
        for &icon in TrayIcon::ALL {
            for size in [16, 22, 24, 32, 48] {
                let picture = rgba(icon, size, &colours());
                assert_eq!(picture.len(), (4 * size * size) as usize);
                let alphas: Vec<u8> = picture.chunks_exact(4).map(|pixel| pixel[3]).collect();
                assert_eq!(alphas[0], 0, "{icon:?}");
                assert!(alphas.iter().filter(|alpha| **alpha > 200).count() > (size * size / 8) as usize, "{icon:?}");
            }
        }
        assert!(rgba(TrayIcon::Fine, 0, &colours()).is_empty());
    }

    #[test]
    fn the_states_differ_without_their_colours() {
        let shape = |icon: &TrayIcon| {
            let picture = rgba(*icon, 16, &colours());
            picture.chunks_exact(4).map(|pixel| pixel[3] > 127).collect::<Vec<bool>>()
        };
        let shapes: Vec<Vec<bool>> = TrayIcon::ALL.iter().map(shape).collect();
        for (n, one) in shapes.iter().enumerate() {
            for other in &shapes[n + 1..] {
                let different = one.iter().zip(other).filter(|(a, b)| a != b).count();
                assert!(different >= 12, "only {different} of 256 pixels");
            }
        }
    }

    #[test]
    fn what_is_no_colour_is_refused() {
        let text = include_str!("../assets/icons/tray.toml");
        assert!(toml::from_str::<Colours>(&text.replace("#ffffff", "white")).is_err());
        assert!(toml::from_str::<Colours>(&text.replace("paused", "asleep")).is_err());
    }
}
