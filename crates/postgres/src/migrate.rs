use std::collections::HashSet;
use std::error::Error;
use std::fmt;

use refinery::error::Kind;
use refinery::{Migration, Runner};
use thiserror::Error;
use tokio_postgres::Client;
use tokio_postgres::error::SqlState;
use udam_domain::{StoreError, error_chain};

use crate::columns::Columns;
use crate::connection::{ConnectError, Timeouts};
use crate::error::{ServerError, Unreadable, store_error};
use crate::pool::PgPool;
use crate::settings::PoolSettings;

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
            Kind::Connection(step, source) => Self::Failed {
                step: step.clone(),
                source: match server_error(source.as_ref()) {
                    Some(error) => error.into(),
                    None => error_chain(source.as_ref()).into(),
                },
            },
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

/// Applies every embedded migration that the database lacks, and returns those.
///
/// Concurrent calls wait for each other; all but the first find nothing to apply. A database with later
/// migrations than this build is left unchanged: during a deploy, old servers run on the new schema.
///
/// # Errors
/// [`MigrateError`]
pub async fn migrate(settings: &PoolSettings) -> Result<Vec<AppliedMigration>, MigrateError> {
    // Released when the connection closes, also if the process is killed. The number is "udam" in ASCII; it
    // must be the same in every release.
    const LOCK: &str = "-- migrate::migrate\nSELECT pg_advisory_lock(x'7564616d'::bigint)";

    // Without timeouts: another server may be migrating, and building an index may take long.
    let pool = PgPool::with_timeouts(settings, Timeouts::NONE)?;
    let mut client = pool.detached_client().await?;
    client.batch_execute(LOCK).await.map_err(store_error)?;
    limit_lock_waits(&client, settings)
        .await
        .map_err(store_error)?;
    let report = runner().run_async(&mut *client).await?;
    let migrations = unapplied(&pool).await?;
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

/// Sets the usual lock timeout. While a migration waits for the lock of a table behind a long query, all
/// other queries on that table wait behind the migration.
async fn limit_lock_waits(
    client: &Client,
    settings: &PoolSettings,
) -> Result<(), tokio_postgres::Error> {
    const LIMIT: &str =
        "-- migrate::limit_lock_waits\nSELECT set_config('lock_timeout', $1, false)";

    let millis = settings.lock_timeout.as_millis().max(1).to_string();
    client.execute(LIMIT, &[&millis]).await.map(drop)
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
