//! Defers updates while the pointer is down: a new card moves everything below it, and the click would hit something
//! else than was aimed at. Pure.

use std::time::Duration;

/// Longest time a press defers updates: a user who rests on the button still sees what the PC does.
const LONGEST: Duration = Duration::from_secs(2);

/// Decides whether updates must wait.
#[derive(Debug, Default)]
pub struct UpdateHold {
    since: Option<Duration>,
}

impl UpdateHold {
    /// True if updates wait at `now` (time since any fixed moment). `pressed`: the pointer is down, or was released in
    /// this very frame, in which the click takes effect.
    pub fn is_held(&mut self, pressed: bool, now: Duration) -> bool {
        if !pressed {
            self.since = None;
            return false;
        }
        now.saturating_sub(*self.since.get_or_insert(now)) < LONGEST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn news_waits_for_the_end_of_a_press_but_not_for_ever() {
        let at = Duration::from_millis;
        let mut press = UpdateHold::default();
        assert!(!press.is_held(false, at(0)));
        assert!(press.is_held(true, at(100)) && press.is_held(true, at(2099)));
        assert!(!press.is_held(true, at(2100)), "held for too long");
        assert!(!press.is_held(false, at(2200)));
        assert!(press.is_held(true, at(2300)), "another press");
    }
}
