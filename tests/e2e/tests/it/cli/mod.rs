//! The other commands of `udam`.

mod dev;
mod keys;
mod verify;
