//! The readiness check.

use async_trait::async_trait;
use udam_postgres::PgPool;
use udam_web::{NotReady, Readiness};

/// Checks that the database responds and its schema is up to date.
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
        match udam_postgres::pending(&self.pool).await {
            Ok(pending) if pending.is_empty() => Ok(()),
            Ok(_) => Err(NotReady::Migrations),
            Err(error) => Err(NotReady::Database(Box::new(error))),
        }
    }
}
