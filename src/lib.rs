//! Mimamori (見守り) says why a PC is slow.
pub mod diagnose;
pub mod explain;
pub mod knowledge;
pub mod model;
pub mod platform;
pub mod remedy;
pub mod report;
pub mod sampler;
