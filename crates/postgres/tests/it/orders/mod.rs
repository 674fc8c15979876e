//! Orders: the rules under real locks, real constraints and real races.

mod agreement;
mod batch;
mod model;
mod prices;
mod races;
mod sales;
mod sessions;
mod times;
pub(crate) mod world;
