//! Many things at once.

mod disconnects;
mod orders;
mod payments;
mod sweeps;
