//! Random numbers that are identical on every PC and in every version, so that a case stays the same.

/// SplitMix64 (Steele, Lea, Flood 2014): good enough for noise, in eight lines.
pub struct Rng(u64);

impl Rng {
    /// Seeds with a text, mostly the name of a case (FNV-1a).
    pub fn of(text: &str) -> Self {
        Self(
            text.bytes()
                .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)),
        )
    }

    /// The next number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut value = self.0;
        value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        value ^ (value >> 31)
    }

    /// Uniform in `0.0..1.0`.
    pub fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Uniform in `0..end`; 0 for an empty range.
    pub fn below(&mut self, end: usize) -> usize {
        (self.share() * end as f64) as usize
    }

    /// Normal with mean 0 and standard deviation 1 (sum of twelve: no tails beyond 6, as a load has none).
    pub fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.share()).sum::<f64>() - 6.0
    }
}

/// Correlated noise: a load that is high now is mostly still high two seconds later.
#[derive(Clone, Copy, Default)]
pub struct Drift(f64);

impl Drift {
    /// The next value: mean 0, standard deviation 1.
    pub fn next(&mut self, rng: &mut Rng) -> f64 {
        const MEMORY: f64 = 0.6;
        self.0 = self.0 * MEMORY + rng.normal() * (1.0 - MEMORY * MEMORY).sqrt();
        self.0
    }

    /// `level` with this noise, never below 0.
    pub fn around(&mut self, level: f64, variation: f64, rng: &mut Rng) -> f64 {
        let noise = self.next(rng);
        (level * (1.0 + variation * noise)).max(0.0)
    }
}
