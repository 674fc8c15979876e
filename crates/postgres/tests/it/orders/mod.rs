//! Orders under real locks, constraints and races.

mod agreement;
mod batch;
pub(crate) mod market;
mod model;
mod prices;
mod races;
mod sales;
mod sessions;
mod terms;
mod times;
