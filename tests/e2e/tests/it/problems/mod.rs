//! Every code that a call can be refused with.

mod access;
mod bodies;
mod fields;
mod orders;
mod paths;
mod payments;
mod pressure;
mod tokens;
