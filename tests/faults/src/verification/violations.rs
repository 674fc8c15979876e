use std::time::Duration;

/// Time within which everything must have recovered by itself.
pub(crate) const RECOVERY_TIMEOUT: Duration = Duration::from_secs(10);

/// Descriptions of what is wrong, one line each.
pub(crate) type Violations = Vec<String>;
