//! Settings of a cluster.

use std::path::PathBuf;
use std::time::Duration;

/// Settings of a cluster. The default is for `udam dev`.
///
/// ```
/// use udam_embedded_postgres::Settings;
///
/// let settings = Settings {
///     parameters: vec![("log_min_duration_statement".into(), "100".into())],
///     ..Settings::default()
/// };
/// # assert_eq!(settings.database, "udam");
/// ```
#[derive(Debug, Clone)]
pub struct Settings {
    /// Directory of `postgres`, `initdb` and `pg_ctl`; `None` searches for it.
    pub binaries: Option<PathBuf>,
    /// Name of the database in [`Cluster::url`](crate::Cluster::url), created if it is missing.
    pub database: String,
    /// Server settings, as pairs of name and value. They override this crate's, except those that
    /// keep the cluster private: it listens only on a TCP port of 127.0.0.1.
    pub parameters: Vec<(String, String)>,
    /// Timeout of `initdb`, and of the start of the server including recovery after a crash.
    pub start_timeout: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            binaries: None,
            database: "udam".to_owned(),
            parameters: Vec::new(),
            start_timeout: Duration::from_mins(1),
        }
    }
}
