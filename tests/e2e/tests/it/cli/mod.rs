//! The other commands of `udam`.

mod audit;
mod dev;
mod keys;
mod operators_page;
mod verify;
