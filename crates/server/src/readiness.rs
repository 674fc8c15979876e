//! The readiness check.

use async_trait::async_trait;
use udam_postgres::{DatabaseState, PgPool};
use udam_web::{NotReady, Readiness};

/// Checks that the database responds, accepts writes, and its schema is up to date.
#[derive(Debug, Clone)]
pub(crate) struct PgReadiness {
    pool: PgPool,
}

impl PgReadiness {
    /// A check over `pool`.
    #[must_use]
    pub(crate) const fn new(pool: PgPool) -> Self {
        Self { pool }
    }
}

#[async_trait]
impl Readiness for PgReadiness {
    async fn check(&self) -> Result<(), NotReady> {
        match udam_postgres::state(&self.pool).await {
            Ok(DatabaseState::Ready) => Ok(()),
            Ok(DatabaseState::ReadOnly) => Err(NotReady::ReadOnly),
            Ok(DatabaseState::Outdated) => Err(NotReady::Migrations),
            Err(error) => Err(NotReady::Database(Box::new(error))),
        }
    }
}
