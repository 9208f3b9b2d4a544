//! Call settings: what they read, change and refuse, against a second reading and on servers.

pub(crate) mod cases;
mod generate;
mod naive;
mod properties;
mod readings;
mod refusals;
mod servers;
