//! Indexes and foreign keys, put aside while many rows are written: to build an index over all rows at
//! once, and to check all references by one join, takes a tenth of the time.

use anyhow::Context;
use tokio_postgres::Client;

/// Statements that put back what has been put aside.
pub(crate) struct Aside {
    indexes: String,
    foreign_keys: String,
}

const FOREIGN_KEYS: &str = "\
-- bulk::set_aside, foreign keys
SELECT
    coalesce(string_agg(format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname), ';'), '')
        AS set_aside,
    coalesce(
        string_agg(
            format(
                'ALTER TABLE %s ADD CONSTRAINT %I %s',
                conrelid::regclass, conname, pg_get_constraintdef(oid)
            ),
            ';' ORDER BY conname
        ),
        ''
    ) AS put_back
FROM pg_constraint
WHERE contype = 'f' AND connamespace = current_schema()::regnamespace";

// Those of primary keys and unique constraints stay: foreign keys refer to them.
const INDEXES: &str = "\
-- bulk::set_aside, indexes
SELECT
    coalesce(string_agg(format('DROP INDEX %s', i.indexrelid::regclass), ';'), '') AS set_aside,
    coalesce(string_agg(pg_get_indexdef(i.indexrelid), ';' ORDER BY c.relname), '') AS put_back
FROM pg_index i
JOIN pg_class c ON c.oid = i.indexrelid
WHERE c.relnamespace = current_schema()::regnamespace
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid AND contype IN ('p', 'u', 'x'))";

// For this transaction alone: more memory than a server would be given for one of many.
const ROOM: &str = "\
SET LOCAL statement_timeout = 0;
SET LOCAL work_mem = '256MB';
SET LOCAL maintenance_work_mem = '512MB';
SET LOCAL synchronous_commit = off";

/// Puts them aside, in the transaction under way.
pub(crate) async fn set_aside(client: &Client) -> anyhow::Result<Aside> {
    client.batch_execute(ROOM).await?;
    Ok(Aside {
        foreign_keys: drop_all(client, FOREIGN_KEYS).await?,
        indexes: drop_all(client, INDEXES).await?,
    })
}

/// Answers the statements that put back what has been dropped.
async fn drop_all(client: &Client, which: &str) -> anyhow::Result<String> {
    let row = client.query_one(which, &[]).await?;
    client
        .batch_execute(row.try_get("set_aside")?)
        .await
        .context("cannot put indexes and foreign keys aside")?;
    Ok(row.try_get("put_back")?)
}

impl Aside {
    /// Puts them back, each checked against all rows.
    pub(crate) async fn put_back(self, client: &Client) -> anyhow::Result<()> {
        client
            .batch_execute(&self.indexes)
            .await
            .context("cannot build the indexes")?;
        client
            .batch_execute(&self.foreign_keys)
            .await
            .context("a foreign key does not hold")
    }
}
