//! Presence rules.

pub(crate) mod cases;
mod generate;
mod naive;
mod properties;
mod refusals;
mod table;
