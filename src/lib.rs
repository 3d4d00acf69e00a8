//! Mimamori (見守り) says why a PC is slow.
pub mod model;
pub mod platform;
