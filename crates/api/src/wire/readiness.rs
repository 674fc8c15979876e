use serde::Serialize;
use udam_web::Check;
use utoipa::ToSchema;

/// Says that the server is ready.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReadyResponse {
    /// Always `ok`.
    #[schema(example = "ok")]
    pub status: &'static str,
    /// Name of the check.
    pub checks: ChecksResponse,
}

/// What a server needs to be ready: `ok`, `failed`, or `unknown` after one that failed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Checks)]
pub(crate) struct ChecksResponse {
    /// The server has not been asked to stop.
    #[schema(example = "ok")]
    running: &'static str,
    /// The database answers.
    #[schema(example = "ok")]
    database: &'static str,
    /// The database accepts writes.
    #[schema(example = "ok")]
    writable: &'static str,
    /// The schema is not older than the server.
    #[schema(example = "ok")]
    migrations: &'static str,
}

impl ReadyResponse {
    /// All checks have passed.
    pub(crate) fn new() -> Self {
        Self {
            status: "ok",
            checks: ChecksResponse::new(None),
        }
    }
}

impl ChecksResponse {
    /// The checks, of which one may have failed.
    pub(crate) fn new(failed: Option<Check>) -> Self {
        let result = |check: Check| match failed {
            Some(failed) if failed == check => "failed",
            Some(failed) if failed < check => "unknown",
            _ => "ok",
        };
        Self {
            running: result(Check::Running),
            database: result(Check::Database),
            writable: result(Check::Writable),
            migrations: result(Check::Migrations),
        }
    }
}
