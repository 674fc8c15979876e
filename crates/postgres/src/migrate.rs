use std::collections::HashSet;
use std::error::Error;
use std::fmt;

use refinery::error::Kind;
use refinery::{Migration, Runner};
use thiserror::Error;
use tokio_postgres::error::SqlState;
use udam_domain::{StoreError, error_chain};

use crate::columns::Columns;
use crate::connection::{ConnectError, Timeouts};
use crate::error::{ServerError, Unreadable};
use crate::pool::PgPool;
use crate::seller_names;
use crate::settings::PoolSettings;

mod lock;
mod run;

use lock::{LockError, MigrationLock};
use run::Migrating;

mod embedded {
    refinery::embed_migrations!("migrations");
}

/// A migration that a call of [`migrate`] has applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppliedMigration {
    /// Number, from 1 on.
    pub version: i32,
    /// Name without its number, as in the file's name: `orders`.
    pub name: String,
}

impl fmt::Display for AppliedMigration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "V{}__{}", self.version, self.name)
    }
}

/// Why the schema could not be brought up to date. Migrations before the one that failed stay applied.
#[derive(Debug, Error)]
pub enum MigrateError {
    /// No connection could be configured from the settings.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The migrations applied so far could not be read.
    #[error("the migrations applied to the database could not be read")]
    Unavailable(#[from] StoreError),
    /// What the names of sellers look like could not be stored. All migrations stay applied.
    #[error("the names of sellers who have sold before could not be taken for them")]
    SellerNames(#[source] StoreError),
    /// The database has a migration with the number of an embedded one and other content.
    #[error(
        "the database was migrated with another {applied} than this build's {embedded}; restore the \
         file as it was released, or run the build that this database belongs to"
    )]
    Divergent {
        /// Name of the migration in the database.
        applied: String,
        /// Name of the migration in this build.
        embedded: String,
    },
    /// The database lacks an embedded migration and has a later one.
    #[error(
        "the database has later migrations than {}, which it lacks; give it the next free number",
        migrations.join(", ")
    )]
    OutOfOrder {
        /// Names of the missing migrations.
        migrations: Vec<String>,
    },
    /// Another session holds the lock for migrations, and has not released it in time.
    #[error(
        "the database was locked for migrations by another session for {seconds} s: {holder}; if no server \
         is migrating it, end that session with `SELECT pg_terminate_backend({pid})` and start again"
    )]
    Locked {
        /// Length of the wait, in seconds.
        seconds: u64,
        /// The session, for an operator.
        holder: String,
        /// Process id of the session.
        pid: String,
    },
    /// The role may not create tables.
    #[error(
        "{step}: this database role may not create tables; let the database's owner run `GRANT CREATE ON \
         SCHEMA public TO` this role, or make it the owner of the database"
    )]
    MayNotCreate {
        /// Failed step, as text for an operator.
        step: String,
        /// The database's error.
        source: Box<dyn Error + Send + Sync>,
    },
    /// A migration failed, and was rolled back.
    #[error("{step}")]
    Failed {
        /// Failed step, as text for an operator.
        step: String,
        /// The database's error.
        source: Box<dyn Error + Send + Sync>,
    },
}

impl From<refinery::Error> for MigrateError {
    fn from(error: refinery::Error) -> Self {
        match error.kind() {
            Kind::DivergentVersion(applied, embedded) => Self::Divergent {
                applied: applied.to_string(),
                embedded: embedded.to_string(),
            },
            Kind::Connection(step, source) => {
                let (step, error) = (step.clone(), server_error(source.as_ref()));
                match error {
                    Some(error) if error.is_privilege_missing() => Self::MayNotCreate {
                        step,
                        source: error.into(),
                    },
                    Some(error) => Self::Failed {
                        step,
                        source: error.into(),
                    },
                    None => Self::Failed {
                        step,
                        source: error_chain(source.as_ref()).into(),
                    },
                }
            }
            _ => Self::Failed {
                step: "the migrations of this build are inconsistent".to_owned(),
                source: error.into(),
            },
        }
    }
}

fn server_error(error: &(dyn Error + Send + Sync + 'static)) -> Option<ServerError> {
    let error = error.downcast_ref::<tokio_postgres::Error>()?;
    error.as_db_error().map(ServerError::from)
}

/// Applies every embedded migration that the database lacks, and returns those. Then notes what the names of sellers look
/// like who have sold before no two could have names that look alike.
///
/// Concurrent calls wait for each other; all but the first find nothing to apply. A database with later
/// migrations than this build is left unchanged: during a deploy, old servers run on the new schema.
///
/// # Errors
/// [`MigrateError`]
pub async fn migrate(settings: &PoolSettings) -> Result<Vec<AppliedMigration>, MigrateError> {
    // Without a limit for statements: building an index may take long.
    let timeouts = Timeouts {
        lock: Some(settings.lock_timeout),
        ..Timeouts::NONE
    };
    let pool = PgPool::with_timeouts(settings, timeouts)?;
    // Then no lock is needed, and one that was left behind stops nobody.
    let applied = if unapplied(&pool).await?.is_empty() {
        Vec::new()
    } else {
        apply(&pool, settings, &timeouts).await?
    };
    let taken = seller_names::take_all(&pool).await;
    taken.map_err(MigrateError::SellerNames)?;
    Ok(applied)
}

async fn apply(
    pool: &PgPool,
    settings: &PoolSettings,
    timeouts: &Timeouts,
) -> Result<Vec<AppliedMigration>, MigrateError> {
    let locking = pool.detached_client().await?;
    let lock = MigrationLock::acquire(locking, settings.migration_wait);
    let lock = lock.await.map_err(|error| match error {
        LockError::Unavailable(error) => MigrateError::Unavailable(error),
        LockError::Held { holder, pid } => MigrateError::Locked {
            seconds: settings.migration_wait.as_secs(),
            holder,
            pid,
        },
    })?;
    let mut migrating = Migrating {
        client: pool.detached_client().await?,
        settings: timeouts.for_transaction(),
    };
    let report = runner().run_async(&mut migrating).await;
    lock.release().await;
    let report = report?;
    let migrations = unapplied(pool).await?;
    if !migrations.is_empty() {
        return Err(MigrateError::OutOfOrder { migrations });
    }
    let applied = report.applied_migrations().iter();
    Ok(applied
        .map(|migration| AppliedMigration {
            version: migration.version(),
            name: migration.name().to_owned(),
        })
        .collect())
}

/// Returns the migrations of the database that this build does not have, because it is older.
///
/// # Errors
/// [`StoreError`]
pub async fn newer(pool: &PgPool) -> Result<Vec<String>, StoreError> {
    const NEWER: &str = "\
-- migrate::newer
SELECT concat('V', version, '__', name) AS name FROM refinery_schema_history
WHERE version > $1 ORDER BY version";

    let latest = runner()
        .get_migrations()
        .iter()
        .map(Migration::version)
        .max()
        .unwrap_or_default();
    let rows = pool.client().await?.rows(NEWER, &[&latest]).await?;
    Ok(rows
        .iter()
        .map(|row| row.read("name"))
        .collect::<Result<_, Unreadable>>()?)
}

/// Returns the embedded migrations that the database lacks or has with other content. If there are none,
/// this build can run on the database.
///
/// # Errors
/// [`StoreError`]
pub async fn pending(pool: &PgPool) -> Result<Vec<String>, StoreError> {
    unapplied(pool).await
}

fn runner() -> Runner {
    embedded::migrations::runner().set_abort_missing(false)
}

async fn unapplied(pool: &PgPool) -> Result<Vec<String>, StoreError> {
    const HISTORY: &str = "\
-- migrate::unapplied
SELECT version, checksum FROM refinery_schema_history";

    let rows = match pool.client().await?.try_rows(HISTORY, &[]).await {
        Ok(rows) => rows,
        Err(error) if error.code() == Some(&SqlState::UNDEFINED_TABLE) => Vec::new(),
        Err(error) => return Err(pool.statement_failed(error)),
    };
    let applied: HashSet<(i32, String)> = rows
        .iter()
        .map(|row| Ok((row.read("version")?, row.read("checksum")?)))
        .collect::<Result<_, Unreadable>>()?;
    let is_missing = |migration: &&Migration| {
        !applied.contains(&(migration.version(), migration.checksum().to_string()))
    };
    let mut missing: Vec<Migration> = runner()
        .get_migrations()
        .iter()
        .filter(is_missing)
        .cloned()
        .collect();
    missing.sort();
    Ok(missing.iter().map(Migration::to_string).collect())
}
