//! Mimamori (見守り) says why a PC is slow.
pub mod diagnose;
pub mod knowledge;
pub mod model;
pub mod platform;
pub mod sampler;
