//! Orders: the rules under real locks, real constraints and real races.

mod agreement;
mod batch;
mod model;
mod races;
mod sessions;
pub(crate) mod world;
