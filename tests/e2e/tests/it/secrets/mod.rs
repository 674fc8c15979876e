//! No secret gets to where it could be read: not the database, not the log, not an error, not the
//! metrics.

mod canaries;
mod days;
mod program;
