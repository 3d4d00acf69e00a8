//! Parts of screens.

pub mod background_card;
pub mod charts;
pub mod crash_notice;
pub mod details;
pub mod finding_card;
pub mod icon;
pub mod javascript_card;
pub mod job_card;
pub mod notice;
pub mod offer;
pub mod programs;
pub mod recording;
pub mod restart_card;
pub mod scan_card;
pub mod startup_list;
