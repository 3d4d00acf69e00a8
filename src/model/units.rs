//! Units as types, so that a percentage cannot be mixed up with a fraction. Base units are stored; only
//! `explain::format` turns them into text.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

/// A share of a whole, `0.0..=1.0`. CPU shares are always of the **whole PC**, never of one core.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fraction(f64);

impl Fraction {
    /// Nothing of the whole.
    pub const ZERO: Self = Self(0.0);
    /// All of the whole.
    pub const ONE: Self = Self(1.0);

    /// Clamps `value` into `0.0..=1.0`; NaN becomes 0.
    pub fn new(value: f64) -> Self {
        if value.is_nan() { Self::ZERO } else { Self(value.clamp(0.0, 1.0)) }
    }

    /// The share as a number in `0.0..=1.0`.
    pub const fn get(self) -> f64 {
        self.0
    }
}

/// An amount of memory or disk space in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Bytes(pub u64);

impl Bytes {
    /// One binary megabyte (2^20 bytes), the "MB" of Windows and of the texts on screen.
    pub const MIB: u64 = 1 << 20;
    /// One binary gigabyte (2^30 bytes), the "GB" of Windows and of the texts on screen.
    pub const GIB: u64 = 1 << 30;

    /// This amount as a share of `total`; zero when `total` is zero.
    pub fn of(self, total: Self) -> Fraction {
        if total.0 == 0 { Fraction::ZERO } else { Fraction::new(self.0 as f64 / total.0 as f64) }
    }
}

/// A transfer rate in bytes per second, never negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BytesPerSec(pub f64);

/// A temperature in degrees Celsius.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Celsius(pub f64);

/// A clock frequency in hertz.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hertz(pub u64);

/// Revolutions per minute of a fan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Rpm(pub u32);

/// A length of time in seconds, never negative. Totally ordered: NaN is greater than any other value.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seconds(pub f64);

impl Seconds {
    /// No time.
    pub const ZERO: Self = Self(0.0);

    /// A number of minutes.
    pub const fn from_minutes(minutes: f64) -> Self {
        Self(minutes * 60.0)
    }

    /// A number of hours.
    pub const fn from_hours(hours: f64) -> Self {
        Self(hours * 3600.0)
    }

    /// A number of days.
    pub const fn from_days(days: f64) -> Self {
        Self(days * 86_400.0)
    }

    /// The length in hours.
    pub const fn as_hours(self) -> f64 {
        self.0 / Self::from_hours(1.0).0
    }

    /// The length in days.
    pub const fn as_days(self) -> f64 {
        self.0 / Self::from_days(1.0).0
    }

    /// The length in whole milliseconds.
    pub const fn as_millis(self) -> i64 {
        (self.0 * 1000.0) as i64
    }
}

impl PartialEq for Seconds {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Seconds {}

impl PartialOrd for Seconds {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Seconds {
    fn cmp(&self, other: &Self) -> Ordering {
        // An empty sum is -0.0; adding 0.0 makes it equal to 0.0.
        (self.0 + 0.0).total_cmp(&(other.0 + 0.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fraction_is_never_outside_its_range() {
        assert_eq!(Fraction::new(1.7), Fraction::ONE);
        assert_eq!(Fraction::new(-0.1), Fraction::ZERO);
        assert_eq!(Fraction::new(f64::NAN), Fraction::ZERO);
    }

    #[test]
    fn a_share_of_nothing_is_nothing() {
        assert_eq!(Bytes(5).of(Bytes(0)), Fraction::ZERO);
        assert!((Bytes(1).of(Bytes(4)).get() - 0.25).abs() < 1e-12);
    }

    #[test]
    fn lengths_of_time_have_one_order_and_one_size() {
        assert_eq!(Seconds::from_days(1.0), Seconds(86_400.0));
        assert!((Seconds::from_hours(36.0).as_days() - 1.5).abs() < 1e-12);
        assert!((Seconds::from_minutes(90.0).as_hours() - 1.5).abs() < 1e-12);
        assert_eq!(Seconds(1.5).as_millis(), 1_500);
        assert_eq!(Seconds([].iter().sum()), Seconds::ZERO);
        let mut lengths = [Seconds(2.0), Seconds(f64::INFINITY), Seconds(-0.0), Seconds(0.5)];
        lengths.sort();
        assert_eq!(lengths, [Seconds::ZERO, Seconds(0.5), Seconds(2.0), Seconds(f64::INFINITY)]);
    }
}
