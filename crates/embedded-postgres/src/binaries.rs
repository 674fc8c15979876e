//! Finding the PostgreSQL programs that this machine has.

mod install_advice;
mod installation;
mod locations;
mod search;

pub use installation::Binaries;
