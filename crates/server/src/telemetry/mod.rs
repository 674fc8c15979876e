//! What the program tells of itself while it runs: its log and its metrics.

mod logs;
mod measurements;

pub use logs::{LogFormat, start_logging};
pub use measurements::{MetricsError, measure_pool, start_measuring};
