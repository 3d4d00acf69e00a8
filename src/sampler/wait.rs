//! Measures how long a piece of work has to wait for a processor: what somebody feels who types while others compute.

use std::hint::black_box;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::model::Seconds;

/// Pieces of work.
const PIECES: u32 = 100;
/// Pause between two pieces, as between the keys of somebody who types.
const PAUSE: Duration = Duration::from_millis(4);
/// Rounds of a loop in a piece, about a millisecond.
const ROUNDS: u32 = 400_000;

/// Mean wait of a piece of about a millisecond for its turn. Takes about half a second, during which this thread works a
/// fifth of the time; less when `stop` is set meanwhile.
pub fn processor_wait(stop: &AtomicBool) -> Seconds {
    let mut pauses = Vec::new();
    let mut pieces = Vec::new();
    for _ in 0..PIECES {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let begin = Instant::now();
        std::thread::sleep(PAUSE);
        let middle = Instant::now();
        let mut sum = 0_u32;
        for round in 0..ROUNDS {
            sum = black_box(sum.wrapping_add(round));
        }
        black_box(sum);
        pauses.push(middle - begin);
        pieces.push(middle.elapsed());
    }
    Seconds((late(&pauses) + late(&pieces)).as_secs_f64())
}

/// By how much the mean is longer than the shortest, which did not wait.
fn late(times: &[Duration]) -> Duration {
    let shortest = times.iter().min().copied().unwrap_or_default();
    let count = u32::try_from(times.len()).unwrap_or(u32::MAX).max(1);
    (times.iter().sum::<Duration>() / count).saturating_sub(shortest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_longer_than_the_shortest_was_waited() {
        let times = [3, 1, 1, 3].map(Duration::from_millis);
        assert_eq!(late(&times), Duration::from_millis(1));
        assert_eq!(late(&[]), Duration::ZERO);
    }

    #[test]
    fn a_measurement_ends_and_is_a_number() {
        assert!(processor_wait(&AtomicBool::new(false)).0.is_finite());
        assert_eq!(processor_wait(&AtomicBool::new(true)), Seconds(0.0), "stopped at once");
    }
}
