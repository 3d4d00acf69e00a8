//! Selects which programs of a sample are stored.

use std::cmp::Reverse;

use super::row::Usage;

/// CPU share from which every program is kept, in 1/10000 of the whole PC.
const BUSY: i64 = 500;
/// Number of programs kept for their CPU share in any case…
const BY_CPU: usize = 5;
/// …for their memory…
const BY_MEMORY: usize = 3;
/// …for their disk traffic…
const BY_DISK: usize = 3;
/// …for their disk writes: a program that fills a disk may read nothing, and would be hidden by a backup that reads
/// everything…
const BY_WRITING: usize = 2;
/// …and for their use of the graphics processor and of the network, each.
const BY_OTHER: usize = 3;
/// Most programs stored with a sample; 20 can have 5 % each. `store` numbers them with six bits.
const MOST: usize = 31;
/// Most programs stored with a mean: many can have had a short peak in an hour.
const MOST_IN_MEAN: usize = 20;

/// Stored programs of a sample, busiest first.
pub fn of_sample(programs: Vec<Usage>) -> Vec<Usage> {
    select(programs, MOST)
}

/// Stored programs of a mean, busiest first.
pub fn of_mean(programs: Vec<Usage>) -> Vec<Usage> {
    select(programs, MOST_IN_MEAN)
}

fn select(mut programs: Vec<Usage>, most: usize) -> Vec<Usage> {
    let mut keep = vec![false; programs.len()];
    let mut mark = |value: &dyn Fn(&Usage) -> i64, count: usize| {
        let mut order: Vec<usize> = (0..programs.len()).filter(|n| value(&programs[*n]) > 0).collect();
        order.sort_by_key(|n| Reverse(value(&programs[*n])));
        order.into_iter().take(count).for_each(|n| keep[n] = true);
    };
    mark(&|usage| usage.cpu, BY_CPU);
    mark(&|usage| usage.memory, BY_MEMORY);
    mark(&|usage| usage.disk.unwrap_or(0), BY_DISK);
    mark(&|usage| usage.disk_write.unwrap_or(0), BY_WRITING);
    mark(&|usage| usage.gpu.unwrap_or(0), BY_OTHER);
    mark(&|usage| usage.net_rx.unwrap_or(0).saturating_add(usage.net_tx.unwrap_or(0)), BY_OTHER);
    let remaining = most.saturating_sub(keep.iter().filter(|kept| **kept).count());
    let mut busy: Vec<usize> = (0..programs.len()).filter(|n| !keep[*n] && programs[*n].peak() >= BUSY).collect();
    busy.sort_by_key(|n| Reverse(programs[*n].peak()));
    busy.into_iter().take(remaining).for_each(|n| keep[n] = true);
    let mut kept = keep.into_iter();
    programs.retain(|_| kept.next().unwrap_or(false));
    programs.sort_by_key(|usage| Reverse(usage.cpu));
    programs
}
