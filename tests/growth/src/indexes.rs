//! Drops indexes and foreign keys while many rows are inserted, and creates them again: building an index
//! over all rows at once, and checking all references with one join, takes a tenth of the time.

use anyhow::Context;
use tokio_postgres::Client;

/// The statements that create again what has been dropped.
pub(crate) struct Dropped {
    indexes: String,
    foreign_keys: String,
}

const FOREIGN_KEYS: &str = "\
-- indexes::drop_all, foreign keys
SELECT
    coalesce(string_agg(format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname), ';'), '')
        AS drop_all,
    coalesce(
        string_agg(
            format(
                'ALTER TABLE %s ADD CONSTRAINT %I %s',
                conrelid::regclass, conname, pg_get_constraintdef(oid)
            ),
            ';' ORDER BY conname
        ),
        ''
    ) AS restore
FROM pg_constraint
WHERE contype = 'f' AND connamespace = current_schema()::regnamespace";

// Those of primary keys and unique constraints stay: foreign keys refer to them. So do those of partitions, which cannot be
// dropped by themselves.
const INDEXES: &str = "\
-- indexes::drop_all, indexes
SELECT
    coalesce(string_agg(format('DROP INDEX %s', i.indexrelid::regclass), ';'), '') AS drop_all,
    coalesce(string_agg(pg_get_indexdef(i.indexrelid), ';' ORDER BY c.relname), '') AS restore
FROM pg_index i
JOIN pg_class c ON c.oid = i.indexrelid
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'i' AND NOT c.relispartition
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid AND contype IN ('p', 'u', 'x'))";

// For this transaction alone: more memory than a server gives to one of many.
const BULK_SETTINGS: &str = "\
SET LOCAL statement_timeout = 0;
SET LOCAL work_mem = '256MB';
SET LOCAL maintenance_work_mem = '512MB';
SET LOCAL synchronous_commit = off";

/// Drops them, in the transaction in progress.
pub(crate) async fn drop_all(client: &Client) -> anyhow::Result<Dropped> {
    client.batch_execute(BULK_SETTINGS).await?;
    Ok(Dropped {
        foreign_keys: drop_listed(client, FOREIGN_KEYS).await?,
        indexes: drop_listed(client, INDEXES).await?,
    })
}

/// Runs the statements that `list` selects, and returns those that undo them.
async fn drop_listed(client: &Client, list: &str) -> anyhow::Result<String> {
    let row = client.query_one(list, &[]).await?;
    client
        .batch_execute(row.try_get("drop_all")?)
        .await
        .context("dropping indexes and foreign keys")?;
    Ok(row.try_get("restore")?)
}

impl Dropped {
    /// Creates them again; each foreign key is checked against all rows.
    pub(crate) async fn restore(self, client: &Client) -> anyhow::Result<()> {
        client
            .batch_execute(&self.indexes)
            .await
            .context("creating the indexes")?;
        client
            .batch_execute(&self.foreign_keys)
            .await
            .context("adding the foreign keys, of which one does not hold")
    }
}
