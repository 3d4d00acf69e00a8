//! What must not change under a pressed pointer: a card that appears moves what is below it, and the click would meet
//! something else than was aimed at. Pure.

use std::time::Duration;

/// A press does not hold news back for longer: somebody who rests on the button still sees what the PC does.
const LONGEST: Duration = Duration::from_secs(2);

/// The newest news, until it may be shown.
#[derive(Debug)]
pub struct WhilePressed<T> {
    waiting: Option<(T, Duration)>,
}

impl<T> Default for WhilePressed<T> {
    fn default() -> Self {
        Self { waiting: None }
    }
}

impl<T> WhilePressed<T> {
    /// News that came at `now` (since any fixed moment). Takes the place of what still waits, which is given back.
    pub fn offer(&mut self, news: T, now: Duration) -> Option<T> {
        let since = self.waiting.as_ref().map_or(now, |(_, since)| *since);
        self.waiting.replace((news, since)).map(|(old, _)| old)
    }

    /// Whether there is news that is not shown.
    pub const fn is_waiting(&self) -> bool {
        self.waiting.is_some()
    }

    /// What may be shown now. `pressed`: the pointer is down, or was let go in this very frame.
    pub fn take(&mut self, pressed: bool, now: Duration) -> Option<T> {
        let waited = now.saturating_sub(self.waiting.as_ref()?.1);
        if pressed && waited < LONGEST {
            return None;
        }
        self.waiting.take().map(|(news, _)| news)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn news_wait_for_the_end_of_a_press_but_not_for_ever() {
        let at = Duration::from_millis;
        let mut news = WhilePressed::default();
        assert_eq!(news.take(false, at(0)), None::<u32>);
        assert_eq!(news.offer(1, at(100)), None);
        assert_eq!(news.take(false, at(100)), Some(1), "nobody presses");
        assert_eq!(news.offer(2, at(1000)), None);
        assert_eq!(news.take(true, at(1100)), None);
        assert_eq!(news.offer(3, at(2900)), Some(2), "the newest counts");
        assert_eq!(news.take(true, at(2950)), None);
        assert_eq!(news.take(true, at(3000)), Some(3), "held for too long");
        assert_eq!(news.offer(4, at(4000)), None);
        assert_eq!(news.take(true, at(4010)), None);
        assert_eq!(news.take(false, at(4020)), Some(4));
    }
}
