//! The rules, one per file.

pub(super) mod all_well;
pub(super) mod antivirus_off;
pub(super) mod browser_load;
pub(super) mod browser_old;
pub(super) mod browser_update;
pub(super) mod came_back;
pub(super) mod catching_up;
pub(super) mod cpu_hog;
pub(super) mod device_load;
pub(super) mod disk_busy;
pub(super) mod disk_nearly_full;
pub(super) mod disk_shrinking;
pub(super) mod full_load;
pub(super) mod gpu_busy;
pub(super) mod host_busy;
pub(super) mod hot;
pub(super) mod hot_but_idle;
pub(super) mod known_busy;
pub(super) mod long_uptime;
pub(super) mod many_small;
pub(super) mod memory_growth;
pub(super) mod memory_pressure;
pub(super) mod network_busy;
pub(super) mod new_autostart;
pub(super) mod no_ad_blocking;
pub(super) mod not_responding;
pub(super) mod page_opened;
pub(super) mod paging;
pub(super) mod power_limited;
pub(super) mod restart_pending;
pub(super) mod secret_mining;
pub(super) mod slow_volume;
pub(super) mod slowed_by_heat;
pub(super) mod sudden_stop;
pub(super) mod unattributed_load;
pub(super) mod updates_old;
pub(super) mod web_page_load;

#[cfg(test)]
pub(super) mod fixture;
