//! Icons, painted: no font has them in all sizes, and states must differ in shape, not only in colour.

use std::f32::consts::{PI, TAU};

use eframe::egui::{Color32, Painter, Pos2, Rect, Shape, Stroke, pos2, vec2};

/// An icon, named after its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// No problem: a tick in a circle.
    Ok,
    /// Something to know: an i in a circle.
    Info,
    /// Warning: a triangle with an exclamation mark.
    Warning,
    /// Needs action: a filled octagon with an exclamation mark.
    Critical,
    /// Not known: a question mark in a circle.
    Unknown,
    /// Not due yet: an empty circle.
    Later,
    /// Screen Now: a clock.
    Clock,
    /// Screen Check-up: a list with a tick.
    Checkup,
    /// Screen Restart: an open circle with an arrow.
    Restart,
    /// Screen History: a list with marks.
    History,
    /// Screen Settings: two sliders.
    Settings,
}

/// Paints an icon into a square.
pub fn paint(painter: &Painter, icon: Icon, rect: Rect, colour: Color32) {
    let width = (rect.width() / 11.0).max(1.5);
    let stroke = Stroke::new(width, colour);
    let at = |x: f32, y: f32| pos2(rect.left() + rect.width() * x, rect.top() + rect.height() * y);
    let line = |points: &[(f32, f32)]| {
        painter.add(Shape::line(points.iter().map(|(x, y)| at(*x, *y)).collect(), stroke));
    };
    match icon {
        Icon::Ok => {
            painter.circle_stroke(rect.center(), rect.width() * 0.46, stroke);
            line(&[(0.28, 0.52), (0.44, 0.68), (0.73, 0.35)]);
        }
        Icon::Warning => {
            let corners = vec![at(0.5, 0.06), at(0.97, 0.92), at(0.03, 0.92)];
            painter.add(Shape::closed_line(corners, stroke));
            line(&[(0.5, 0.38), (0.5, 0.64)]);
            painter.circle_filled(at(0.5, 0.78), width * 0.7, colour);
        }
        Icon::Critical => {
            let corners: Vec<Pos2> = (0..8_u8)
                .map(|n| f32::from(n) * TAU / 8.0 + PI / 8.0)
                .map(|angle| rect.center() + vec2(angle.cos(), angle.sin()) * rect.width() * 0.5)
                .collect();
            painter.add(Shape::closed_line(corners, stroke));
            line(&[(0.5, 0.24), (0.5, 0.58)]);
            painter.circle_filled(at(0.5, 0.74), width * 0.8, colour);
        }
        Icon::Info => {
            painter.circle_stroke(rect.center(), rect.width() * 0.46, stroke);
            painter.circle_filled(at(0.5, 0.3), width * 0.8, colour);
            line(&[(0.5, 0.46), (0.5, 0.74)]);
        }
        Icon::Unknown => {
            painter.circle_stroke(rect.center(), rect.width() * 0.46, stroke);
            line(&[(0.36, 0.38), (0.42, 0.28), (0.56, 0.26), (0.65, 0.36), (0.6, 0.47), (0.5, 0.54), (0.5, 0.62)]);
            painter.circle_filled(at(0.5, 0.76), width * 0.7, colour);
        }
        Icon::Checkup => {
            line(&[(0.18, 0.1), (0.82, 0.1), (0.82, 0.94), (0.18, 0.94), (0.18, 0.1)]);
            line(&[(0.38, 0.1), (0.62, 0.1)]);
            line(&[(0.33, 0.54), (0.45, 0.68), (0.68, 0.38)]);
        }
        Icon::Later => {
            painter.circle_stroke(rect.center(), rect.width() * 0.4, stroke);
        }
        Icon::Clock => {
            painter.circle_stroke(rect.center(), rect.width() * 0.45, stroke);
            line(&[(0.5, 0.24), (0.5, 0.52), (0.68, 0.64)]);
        }
        Icon::History => {
            for y in [0.2, 0.5, 0.8] {
                painter.circle_filled(at(0.14, y), width * 1.1, colour);
                line(&[(0.36, y), (0.94, y)]);
            }
        }
        Icon::Settings => {
            for (y, knob) in [(0.3, 0.66), (0.7, 0.34)] {
                line(&[(0.06, y), (knob - 0.12, y)]);
                line(&[(knob + 0.12, y), (0.94, y)]);
                painter.circle_stroke(at(knob, y), rect.width() * 0.11, stroke);
            }
        }
        Icon::Restart => {
            let radius = rect.width() * 0.4;
            let (begin, sweep) = (-PI * 0.25, PI * 1.5);
            let point = |angle: f32| rect.center() + vec2(angle.cos(), angle.sin()) * radius;
            let arc: Vec<Pos2> = (0..=24_u8).map(|n| point(begin + f32::from(n) / 24.0 * sweep)).collect();
            painter.add(Shape::line(arc, stroke));
            // The arrowhead points along the circle.
            let end = begin + sweep;
            let (along, across) = (vec2(-end.sin(), end.cos()), vec2(end.cos(), end.sin()));
            let (tip, side) = (rect.width() * 0.30, rect.width() * 0.22);
            let head = vec![point(end) + along * tip, point(end) + across * side, point(end) - across * side];
            painter.add(Shape::convex_polygon(head, colour, Stroke::NONE));
        }
    }
}
