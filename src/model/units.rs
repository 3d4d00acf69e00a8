//! Units as types, so that a percentage can never meet a fraction. Base units are stored; the only
//! place where they become text is `explain::format`.

use serde::{Deserialize, Serialize};

/// A share of a whole, `0.0..=1.0`. CPU shares are always of the **whole machine**, never of one core.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fraction(f64);

impl Fraction {
    /// Nothing of the whole.
    pub const ZERO: Self = Self(0.0);
    /// All of the whole.
    pub const ONE: Self = Self(1.0);

    /// Clamps `value` into `0.0..=1.0`; a value that is not a number becomes 0.
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

/// A length of time in seconds, never negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seconds(pub f64);

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
}
