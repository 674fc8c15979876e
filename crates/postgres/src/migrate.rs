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
use crate::connection::{Bounds, ConnectError};
use crate::error::{Refusal, Unreadable, store_error};
use crate::pool::PgPool;
use crate::settings::PoolSettings;

mod embedded {
    refinery::embed_migrations!("../../migrations");
}

/// A migration that was applied just now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppliedMigration {
    /// Its number.
    pub version: i32,
    /// What it is about.
    pub name: String,
}

impl fmt::Display for AppliedMigration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "V{}__{}", self.version, self.name)
    }
}

/// Why the schema was not brought up to date. Migrations before the one that failed stay applied.
#[derive(Debug, Error)]
pub enum MigrateError {
    /// The settings lead to no database.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The database could not be asked.
    #[error("the database could not be asked for its migrations")]
    Unavailable(#[from] StoreError),
    /// The database was migrated with a file of this number and another content.
    #[error(
        "the database was migrated with another {applied} than this build's {embedded}; restore the \
         file as it was released, or run the build that this database belongs to"
    )]
    Divergent {
        /// What the database has applied.
        applied: String,
        /// What this build would apply.
        embedded: String,
    },
    /// This build has a migration that the database has gone past without.
    #[error(
        "the database has gone past {} without applying it; give it the next free number",
        migrations.join(", ")
    )]
    OutOfOrder {
        /// The migrations left out.
        migrations: Vec<String>,
    },
    /// A migration failed.
    #[error("{step}")]
    Failed {
        /// What was under way.
        step: String,
        /// What the database said.
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
                source: match refusal(source.as_ref()) {
                    Some(refusal) => refusal.into(),
                    None => error_chain(source.as_ref()).into(),
                },
            },
            _ => Self::Failed {
                step: "the migrations of this build do not fit together".to_owned(),
                source: error.into(),
            },
        }
    }
}

fn refusal(error: &(dyn Error + Send + Sync + 'static)) -> Option<Refusal> {
    let error = error.downcast_ref::<tokio_postgres::Error>()?;
    error.as_db_error().map(Refusal::from)
}

/// Applies every embedded migration that the database does not have yet, and answers which.
///
/// Whoever comes while another migrates waits for it and finds nothing left to do. A database that is
/// ahead of this build is left as it is: during a deploy, old servers run on the new schema.
///
/// # Errors
/// [`MigrateError`]
pub async fn migrate(settings: &PoolSettings) -> Result<Vec<AppliedMigration>, MigrateError> {
    // Held by the connection, and given back with it, whatever becomes of this process. The number
    // only has to be the same in every release; it spells "udam".
    const TAKE_TURNS: &str = "-- migrate\nSELECT pg_advisory_lock(x'7564616d'::bigint)";

    // A turn is waited for as long as it takes, and building an index takes as long as it takes.
    let mut client = PgPool::bounded(settings, Bounds::NONE)?
        .detached_client()
        .await?;
    client
        .batch_execute(TAKE_TURNS)
        .await
        .map_err(store_error)?;
    limit_lock_waits(&client, settings)
        .await
        .map_err(store_error)?;
    let report = runner().run_async(&mut *client).await?;
    let migrations = unapplied(&client).await?;
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

/// The embedded migrations that the database does not have, or has with another content. None means
/// that this build can work with it.
///
/// # Errors
/// [`StoreError`]
pub async fn pending(pool: &PgPool) -> Result<Vec<String>, StoreError> {
    let client = pool.client().await?;
    unapplied(&client).await
}

fn runner() -> Runner {
    embedded::migrations::runner().set_abort_missing(false)
}

/// A migration that queues for a table behind a long query makes every other query queue behind it;
/// it gives up like anyone else.
async fn limit_lock_waits(
    client: &Client,
    settings: &PoolSettings,
) -> Result<(), tokio_postgres::Error> {
    const LIMIT: &str =
        "-- migrate::limit_lock_waits\nSELECT set_config('lock_timeout', $1, false)";

    let millis = settings.lock_timeout.as_millis().max(1).to_string();
    client.execute(LIMIT, &[&millis]).await.map(drop)
}

async fn unapplied(client: &Client) -> Result<Vec<String>, StoreError> {
    const HISTORY: &str = "\
-- migrate::unapplied
SELECT version, checksum FROM refinery_schema_history";

    let rows = match client.query(HISTORY, &[]).await {
        Ok(rows) => rows,
        Err(error) if error.code() == Some(&SqlState::UNDEFINED_TABLE) => Vec::new(),
        Err(error) => return Err(store_error(error)),
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
