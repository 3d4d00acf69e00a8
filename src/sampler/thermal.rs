//! Temperature: decides which sensor is plausible, and estimates fan effort where none is.

use crate::model::{Celsius, Fraction, Hertz, Reading, Rpm, Seconds, Why};

/// Time constant with which a PC heats up and cools down. From the measured rise and fall of a laptop under steady load
/// (half of the rise after about 30 s, a plateau after two minutes, the same downwards): 30 s / ln 2.
const TIME_CONSTANT: Seconds = Seconds(43.0);
/// Plausible temperatures in degrees Celsius; outside these bounds a sensor is broken or absent.
const BELIEVABLE: std::ops::RangeInclusive<f64> = 5.0..=115.0;
/// Fastest fan of an office PC, in revolutions per minute: small blowers reach 8,000.
const MAX_RPM: u32 = 10_000;
/// From this share on a graphics processor is full.
const GPU_FULL: f64 = 0.995;
/// Time after which a counter that was always full is not believed.
const GPU_STUCK: Seconds = Seconds(20.0);
/// Movement is judged over one to two of these: a sensor can freeze at any time, as after a suspend.
const EPOCH: Seconds = Seconds(600.0);
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

/// Decides which sensors are plausible, each by itself: one broken sensor must not stand for all. Many office PCs have
/// one that never changes (windows_exporter issue 816: 27.8 or 16.8 °C for ever), and inputs to which nothing is
/// connected (lm-sensors: 31237 and 65535 revolutions per minute).
#[derive(Clone, Debug, Default)]
pub struct SensorJudge {
    effort: Movement,
    temperatures: Vec<Movement>,
    fans: Vec<Movement>,
    gpus: Vec<Counter>,
    epoch: f64,
}

impl SensorJudge {
    /// Begins a sample, `span` after the last one, with the estimated effort of the fan.
    pub fn begin(&mut self, effort: Option<Fraction>, span: Seconds) {
        self.epoch += span.0;
        if self.epoch >= EPOCH.0 {
            self.epoch = 0.0;
            let all = self.temperatures.iter_mut().chain(&mut self.fans).chain([&mut self.effort]);
            all.for_each(Movement::rotate);
        }
        if let Some(effort) = effort {
            self.effort.add(effort.get());
        }
        for gpu in &mut self.gpus {
            gpu.seconds += span.0;
        }
    }

    /// The warmest plausible sensor, or why there is none.
    pub fn temperature(&mut self, readings: &[Reading<Celsius>]) -> Reading<Celsius> {
        let load_moved = self.effort.width() > LOAD_MOVED;
        let judged = each(&mut self.temperatures, readings, |movement, Celsius(celsius)| {
            if !BELIEVABLE.contains(&celsius) {
                return Err(Why::OutOfRange);
            }
            movement.add(celsius);
            if load_moved && movement.width() < SENSOR_MOVED { Err(Why::Stale) } else { Ok(celsius) }
        });
        greatest(judged).map(Celsius)
    }

    /// The fastest plausible fan, or why there is none.
    pub fn fan(&mut self, readings: &[Reading<Rpm>]) -> Reading<Rpm> {
        let load_moved = self.effort.width() > LOAD_MOVED;
        let judged = each(&mut self.fans, readings, |movement, Rpm(rpm)| {
            if rpm > MAX_RPM {
                return Err(Why::OutOfRange);
            }
            movement.add(f64::from(rpm));
            // A fan that stands still is one; a turning one is never exact to the revolution.
            let is_stuck = load_moved && rpm > 0 && movement.width() < 1.0;
            if is_stuck { Err(Why::Stale) } else { Ok(f64::from(rpm)) }
        });
        greatest(judged).map(|rpm| Rpm(rpm as u32))
    }

    /// The busiest plausible graphics processor, or why there is none. A counter that has been full since the start is
    /// not believed before it moves (btop issue 914, amdgpu: 100 % for ever on an idle desktop).
    pub fn gpu(&mut self, readings: &[Reading<Fraction>]) -> Reading<Fraction> {
        let judged = each(&mut self.gpus, readings, |counter, share: Fraction| {
            counter.has_moved |= share.get() < GPU_FULL;
            let is_stuck = !counter.has_moved && counter.seconds >= GPU_STUCK.0;
            if is_stuck { Err(Why::Stale) } else { Ok(share.get()) }
        });
        greatest(judged).map(Fraction::new)
    }
}

/// A counter of a graphics processor.
#[derive(Clone, Copy, Debug, Default)]
struct Counter {
    seconds: f64,
    has_moved: bool,
}

/// The range of a value over this epoch and the one before.
#[derive(Clone, Copy, Debug, Default)]
struct Movement {
    current: Option<(f64, f64)>,
    previous: Option<(f64, f64)>,
}

impl Movement {
    fn add(&mut self, value: f64) {
        let (low, high) = self.current.unwrap_or((value, value));
        self.current = Some((low.min(value), high.max(value)));
    }

    fn rotate(&mut self) {
        self.previous = self.current.take();
    }

    fn width(&self) -> f64 {
        let ranges = || self.current.into_iter().chain(self.previous);
        let low = ranges().map(|(low, _)| low).fold(f64::INFINITY, f64::min);
        let high = ranges().map(|(_, high)| high).fold(f64::NEG_INFINITY, f64::max);
        (high - low).max(0.0)
    }
}

/// Judges each reading with the state of its sensor.
fn each<T: Copy, S: Clone + Default>(
    states: &mut Vec<S>,
    readings: &[Reading<T>],
    judge: impl Fn(&mut S, T) -> Result<f64, Why>,
) -> Vec<Result<f64, Why>> {
    states.resize(readings.len(), S::default());
    let judged = states.iter_mut().zip(readings).map(|(state, reading)| match reading {
        Reading::Known(value) => judge(state, *value),
        Reading::Missing(why) => Err(*why),
    });
    judged.collect()
}

/// The greatest value, or the first reason.
fn greatest(judged: Vec<Result<f64, Why>>) -> Reading<f64> {
    let why = judged.iter().find_map(|judged| judged.err()).unwrap_or(Why::NoSensor);
    Reading::from_option(judged.into_iter().filter_map(Result::ok).max_by(f64::total_cmp), why)
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

    /// A judge after samples with these efforts and temperatures of one sensor.
    fn judged(samples: &[(f64, f64)]) -> Reading<Celsius> {
        let mut judge = SensorJudge::default();
        let mut last = Reading::default();
        for (effort, celsius) in samples {
            judge.begin(load(*effort), Seconds(2.0));
            last = judge.temperature(&[Reading::Known(Celsius(*celsius))]);
        }
        last
    }

    #[test]
    fn a_sensor_that_never_moves_is_not_believed_once_the_load_has_moved() {
        assert_eq!(judged(&[(0.1, 27.8), (0.3, 27.8)]), Reading::Known(Celsius(27.8)));
        assert_eq!(judged(&[(0.1, 27.8), (0.3, 27.8), (0.5, 27.8)]), Reading::Missing(Why::Stale));
        assert_eq!(judged(&[(0.1, 45.0), (0.9, 60.0)]), Reading::Known(Celsius(60.0)));
    }

    #[test]
    fn a_sensor_that_freezes_later_is_noticed() {
        let moving = (0..20).map(|step| (0.1 + 0.04 * f64::from(step), 40.0 + f64::from(step)));
        let frozen = (0..700).map(|step| (if step % 100 < 50 { 0.1 } else { 0.8 }, 59.0));
        let samples: Vec<(f64, f64)> = moving.chain(frozen).collect();
        assert_eq!(judged(&samples), Reading::Missing(Why::Stale));
    }

    #[test]
    fn impossible_temperatures_are_out_of_range() {
        for celsius in [-40.0, 0.0, 4.9, 127.0, 255.0] {
            assert_eq!(judged(&[(0.1, celsius)]), Reading::Missing(Why::OutOfRange), "{celsius}");
        }
    }

    #[test]
    fn one_broken_sensor_does_not_stand_for_all() {
        let mut judge = SensorJudge::default();
        let mut readings = |effort, celsius: [f64; 3]| {
            judge.begin(load(effort), Seconds(2.0));
            judge.temperature(&celsius.map(|celsius| Reading::Known(Celsius(celsius))))
        };
        assert_eq!(readings(0.1, [255.0, 41.0, 96.0]), Reading::Known(Celsius(96.0)));
        assert_eq!(readings(0.8, [255.0, 63.0, 96.0]), Reading::Known(Celsius(63.0)), "96 has not moved");
        assert_eq!(judge.temperature(&[]), Reading::Missing(Why::NoSensor));
    }

    #[test]
    fn impossible_fans_are_left_out() {
        let fan = |rpm: &[u32]| {
            let readings: Vec<Reading<Rpm>> = rpm.iter().map(|rpm| Reading::Known(Rpm(*rpm))).collect();
            SensorJudge::default().fan(&readings)
        };
        assert_eq!(fan(&[1412, 0, 30_120, 65_535]), Reading::Known(Rpm(1412)));
        assert_eq!(fan(&[65_535]), Reading::Missing(Why::OutOfRange));
        assert_eq!((fan(&[0]), fan(&[])), (Reading::Known(Rpm(0)), Reading::Missing(Why::NoSensor)));
    }

    #[test]
    fn a_graphics_counter_that_is_always_full_is_not_believed_before_it_moves() {
        let mut judge = SensorJudge::default();
        let mut step = |share: f64, seconds: f64| {
            judge.begin(load(0.1), Seconds(seconds));
            judge.gpu(&[Reading::Known(Fraction::new(share))])
        };
        let full = Reading::Known(Fraction::new(1.0));
        assert_eq!((step(1.0, 0.0), step(1.0, 10.0)), (full, full));
        assert_eq!(step(1.0, 15.0), Reading::Missing(Why::Stale));
        assert_eq!(step(0.98, 2.0), Reading::Known(Fraction::new(0.98)));
        assert_eq!(step(1.0, 60.0), full);
    }
}
