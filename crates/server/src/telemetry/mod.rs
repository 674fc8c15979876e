//! Logs and metrics.

mod logs;
mod measurements;

pub use logs::{LogFormat, start_logging};
pub use measurements::{MetricsError, measure_pool, start_measuring};
