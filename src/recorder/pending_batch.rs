//! Samples and events not yet on disk: until the next flush, or until the recording is open.

use std::collections::VecDeque;

use super::row::{Row, Usage};
use super::select;
use super::space::{Space, SpaceWatch};
use crate::model::{Event, Sample};

/// Most samples kept: an hour at one every 2 s, about 3 MB.
const MOST_SAMPLES: usize = 1_800;
/// Most events kept.
const MOST_EVENTS: usize = 1_000;

/// Samples and events in write order, oldest first. Bounded: the oldest are dropped.
#[derive(Default)]
pub struct PendingBatch {
    pub(super) rows: VecDeque<Row>,
    pub(super) spaces: VecDeque<Space>,
    pub(super) events: VecDeque<Event>,
    /// Identities of the programs that start automatically.
    pub(super) autostarts: Option<Vec<String>>,
    space: SpaceWatch,
    dropped: u64,
}

impl PendingBatch {
    /// Adds a sample.
    pub fn add(&mut self, sample: &Sample) {
        let mut row = Row::of(sample);
        if row.program_span() > 0 {
            row.programs = select::of_sample(Usage::all_of(sample));
        }
        self.spaces.extend(self.space.points(sample));
        self.rows.push_back(row);
        self.dropped += bound(&mut self.rows, MOST_SAMPLES);
        self.dropped += bound(&mut self.spaces, MOST_SAMPLES);
    }

    /// Adds an event.
    pub fn note(&mut self, event: &Event) {
        self.events.push_back(event.clone());
        self.dropped += bound(&mut self.events, MOST_EVENTS);
    }

    /// Moves everything by `by` milliseconds after a clock correction.
    pub fn shift(&mut self, by: i64) {
        self.rows.iter_mut().for_each(|row| row.at = row.at.saturating_add(by));
        self.spaces.iter_mut().for_each(|space| space.at = space.at.saturating_add(by));
        self.events.iter_mut().for_each(|event| event.shift(by));
        self.space.shift(by);
    }

    /// Number of samples and events dropped because the disk was unavailable for too long.
    pub const fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Clears the batch after it was written.
    pub(super) fn clear_written(&mut self) {
        self.rows = VecDeque::new();
        self.spaces = VecDeque::new();
        self.events = VecDeque::new();
        self.autostarts = None;
    }

    /// Clears the batch without writing it.
    pub(super) fn erase(&mut self) {
        *self = Self { dropped: self.dropped, ..Self::default() };
    }
}

/// Drops the oldest beyond `most` and returns their number.
fn bound<T>(waiting: &mut VecDeque<T>, most: usize) -> u64 {
    let many = waiting.len().saturating_sub(most);
    waiting.drain(..many).count() as u64
}
