//! What a caller may choose about a cluster.

use std::path::PathBuf;
use std::time::Duration;

/// How a cluster is run; the default suits `udam dev`.
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
    /// The directory with `postgres`, `initdb` and `pg_ctl`; found by itself when absent.
    pub binaries: Option<PathBuf>,
    /// The database that the cluster's own URL names; created if it is missing.
    pub database: String,
    /// Server settings, each as its name and value. They win over this crate's, except for those
    /// that keep the cluster private: it listens on a TCP port of 127.0.0.1 and nowhere else.
    pub parameters: Vec<(String, String)>,
    /// How long `initdb`, and then the server, may take. Recovery after a crash is part of it.
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
