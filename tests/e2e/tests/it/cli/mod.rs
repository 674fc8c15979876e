//! The other commands of `udam`.

mod dev;
mod keys;
mod operators_page;
mod verify;
