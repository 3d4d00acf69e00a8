//! Temperature: decides which sensor is plausible, and estimates fan effort where none is.

use crate::model::{Celsius, Fraction, Hertz, Reading, Seconds, Why};

/// Time constant with which a PC heats up and cools down. From the measured rise and fall of a laptop under steady load
/// (half of the rise after about 30 s, a plateau after two minutes, the same downwards): 30 s / ln 2.
const TIME_CONSTANT: Seconds = Seconds(43.0);
/// Plausible temperatures in degrees Celsius; outside these bounds a sensor is broken or absent.
const BELIEVABLE: std::ops::RangeInclusive<f64> = 5.0..=115.0;
/// When the estimated effort has ranged over this much…
const LOAD_MOVED: f64 = 0.30;
/// …a sensor that ranged over less than this many degrees does not measure heat.
const SENSOR_MOVED: f64 = 0.5;

/// Estimate of how hard the fan has to work: a first-order thermal model. The heat generated is the load, weighted with
/// the clock relative to its maximum; the result follows it with [`TIME_CONSTANT`].
#[derive(Clone, Copy, Debug, Default)]
pub struct ThermalModel {
    effort: Option<f64>,
}

impl ThermalModel {
    /// Starts in equilibrium with `load`, the mean since boot: the temperature at the start of this program is unknown,
    /// and its first seconds are the worst guess.
    pub fn begin(&mut self, load: Fraction) {
        self.effort = Some(load.get());
    }

    /// Advances the model by `span` and returns the effort; `None` until a load is known.
    pub fn step(
        &mut self,
        load: Option<Fraction>,
        clock: Option<Hertz>,
        max_clock: Option<Hertz>,
        span: Seconds,
    ) -> Option<Fraction> {
        let load = load?.get();
        let weight = match (clock, max_clock) {
            (Some(clock), Some(max)) if max.0 > 0 => (clock.0 as f64 / max.0 as f64).clamp(0.2, 1.0),
            _ => 1.0,
        };
        let heat = load * weight;
        let before = self.effort.unwrap_or(heat);
        let share = 1.0 - (-span.0 / TIME_CONSTANT.0).exp();
        let effort = before + (heat - before) * share;
        self.effort = Some(effort);
        Some(Fraction::new(effort))
    }
}

/// Decides whether a temperature sensor is plausible. Many office PCs have one that never changes (windows_exporter
/// issue 816: 27.8 or 16.8 °C for ever).
#[derive(Clone, Copy, Debug, Default)]
pub struct SensorJudge {
    temperature: Option<(f64, f64)>,
    effort: Option<(f64, f64)>,
}

impl SensorJudge {
    /// The reading if plausible, otherwise the reason why not.
    pub fn judge(&mut self, reading: Reading<Celsius>, effort: Option<Fraction>) -> Reading<Celsius> {
        let Some(celsius) = reading.get() else { return reading };
        if !BELIEVABLE.contains(&celsius.0) {
            return Reading::Missing(Why::OutOfRange);
        }
        let temperature = widen(&mut self.temperature, celsius.0);
        if let Some(effort) = effort
            && widen(&mut self.effort, effort.get()) > LOAD_MOVED
            && temperature < SENSOR_MOVED
        {
            return Reading::Missing(Why::Stale);
        }
        reading
    }
}

/// Widens a range to include `value` and returns its width.
fn widen(range: &mut Option<(f64, f64)>, value: f64) -> f64 {
    let (low, high) = range.map_or((value, value), |(low, high)| (low.min(value), high.max(value)));
    *range = Some((low, high));
    high - low
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::unnecessary_wraps, reason = "as the model takes it")]
    fn load(value: f64) -> Option<Fraction> {
        Some(Fraction::new(value))
    }

    #[test]
    fn effort_follows_the_load_with_its_time_constant() {
        let mut model = ThermalModel::default();
        assert_eq!(model.step(None, None, None, Seconds(2.0)), None);
        model.step(load(0.0), None, None, Seconds(2.0));
        let mut effort = 0.0;
        for _ in 0..15 {
            effort = model.step(load(1.0), None, None, Seconds(2.0)).expect("load").get();
        }
        assert!((effort - 0.5).abs() < 0.02, "half after 30 s: {effort}");
        for _ in 0..60 {
            effort = model.step(load(1.0), None, None, Seconds(2.0)).expect("load").get();
        }
        assert!(effort > 0.95, "nearly all after 150 s: {effort}");
    }

    #[test]
    fn a_low_clock_makes_less_heat() {
        let mut model = ThermalModel::default();
        let slow = model.step(load(1.0), Some(Hertz(1_000)), Some(Hertz(4_000)), Seconds(0.0));
        assert_eq!(slow, load(0.25));
    }

    #[test]
    fn a_sensor_that_never_moves_is_not_believed_once_the_load_has_moved() {
        let mut judge = SensorJudge::default();
        let fixed = Reading::Known(Celsius(27.8));
        assert_eq!(judge.judge(fixed, load(0.1)), fixed);
        assert_eq!(judge.judge(fixed, load(0.3)), fixed);
        assert_eq!(judge.judge(fixed, load(0.5)), Reading::Missing(Why::Stale));
        let mut judge = SensorJudge::default();
        judge.judge(Reading::Known(Celsius(45.0)), load(0.1));
        let warm = Reading::Known(Celsius(60.0));
        assert_eq!(judge.judge(warm, load(0.9)), warm);
    }

    #[test]
    fn impossible_temperatures_are_out_of_range() {
        let mut judge = SensorJudge::default();
        for celsius in [-40.0, 0.0, 4.9, 127.0, 255.0] {
            let reading = judge.judge(Reading::Known(Celsius(celsius)), load(0.1));
            assert_eq!(reading, Reading::Missing(Why::OutOfRange), "{celsius}");
        }
    }
}
