//! No secret appears where it could be read: in the database, the log, an error or the metrics.

mod audit;
mod canaries;
mod leaks;
mod program;
