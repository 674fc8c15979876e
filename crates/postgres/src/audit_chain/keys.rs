use async_trait::async_trait;
use tokio_postgres::Row;
use udam_domain::audit::SealedAuditKey;
use udam_domain::listing::{KeyId, SealedKey};
use udam_domain::time::Timestamp;
use udam_domain::{AuditKeyStore, StoreError};

use crate::columns::Columns;
use crate::error::Unreadable;
use crate::pool::PgPool;

/// Keeps the keys of the audit chain in PostgreSQL, sealed.
#[derive(Debug, Clone)]
pub struct PgAuditKeyStore {
    pool: PgPool,
}

impl PgAuditKeyStore {
    /// A store over `pool`.
    #[must_use]
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }
}

#[async_trait]
impl AuditKeyStore for PgAuditKeyStore {
    async fn all(&self) -> Result<Vec<SealedAuditKey>, StoreError> {
        const ALL: &str = "\
-- PgAuditKeyStore::all
SELECT key_id, master_key_id, sealed_key FROM audit_keys ORDER BY created_at, key_id, master_key_id";

        let client = self.pool.client().await?;
        let found = client.rows(ALL, &[]).await?;
        let keys = found.iter().map(sealed_key);
        Ok(keys.collect::<Result<_, Unreadable>>()?)
    }

    async fn keep(&self, keys: Vec<SealedAuditKey>, at: Timestamp) -> Result<(), StoreError> {
        const KEEP: &str = "\
-- PgAuditKeyStore::keep
INSERT INTO audit_keys (key_id, master_key_id, sealed_key, created_at)
SELECT key_id, master_key_id, sealed_key, $4
FROM unnest($1::text[], $2::text[], $3::bytea[]) AS given (key_id, master_key_id, sealed_key)
ON CONFLICT (key_id, master_key_id) DO NOTHING";

        let ids: Vec<&str> = keys.iter().map(|key| key.key_id.as_str()).collect();
        let masters = keys.iter().map(|key| key.sealed.key_id.as_str());
        let masters: Vec<&str> = masters.collect();
        let sealed = keys.iter().map(|key| key.sealed.ciphertext.as_slice());
        let sealed: Vec<&[u8]> = sealed.collect();
        let client = self.pool.client().await?;
        client.run(KEEP, &[&ids, &masters, &sealed, &at]).await?;
        Ok(())
    }
}

fn sealed_key(row: &Row) -> Result<SealedAuditKey, Unreadable> {
    Ok(SealedAuditKey {
        key_id: row.read::<KeyId>("key_id")?,
        sealed: SealedKey {
            key_id: row.read("master_key_id")?,
            ciphertext: row.read("sealed_key")?,
        },
    })
}
