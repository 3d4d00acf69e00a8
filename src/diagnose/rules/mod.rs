//! The rules, one a file.

pub(super) mod all_well;
pub(super) mod browser_load;
pub(super) mod cpu_hog;
pub(super) mod disk_nearly_full;
pub(super) mod disk_shrinking;
pub(super) mod hot;
pub(super) mod hot_but_idle;
pub(super) mod known_busy;
pub(super) mod memory_pressure;

#[cfg(test)]
pub(super) mod fixture;
