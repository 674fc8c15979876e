use async_trait::async_trait;
use tokio_postgres::Row;
use udam_domain::gateway::ReceiptKey;
use udam_domain::time::Timestamp;
use udam_domain::{ReceiptKeyStore, StoreError};

use crate::columns::{Cause, Columns, Stored};
use crate::error::Unreadable;
use crate::pool::PgPool;

/// Keeps the public keys of receipts in PostgreSQL.
#[derive(Debug, Clone)]
pub struct PgReceiptKeyStore {
    pool: PgPool,
}

impl PgReceiptKeyStore {
    /// A store over `pool`.
    #[must_use]
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }
}

#[async_trait]
impl ReceiptKeyStore for PgReceiptKeyStore {
    async fn publish(
        &self,
        keys: Vec<ReceiptKey>,
        at: Timestamp,
    ) -> Result<Vec<ReceiptKey>, StoreError> {
        const ADD: &str = "\
-- PgReceiptKeyStore::publish, add
INSERT INTO receipt_keys (key_id, public_key, created_at)
SELECT key_id, public_key, $3 FROM unnest($1::text[], $2::bytea[]) AS given (key_id, public_key)
ON CONFLICT (key_id) DO NOTHING";
        const READ: &str = "\
-- PgReceiptKeyStore::publish, read
SELECT key_id, public_key FROM receipt_keys ORDER BY created_at, key_id";

        let (ids, public_keys): (Vec<&str>, Vec<&[u8]>) = keys
            .iter()
            .map(|key| (key.id.as_str(), key.public_key.as_slice()))
            .unzip();
        let client = self.pool.client().await?;
        client.run(ADD, &[&ids, &public_keys, &at]).await?;
        let found = client.rows(READ, &[]).await?;
        Ok(found
            .iter()
            .map(receipt_key)
            .collect::<Result<_, Unreadable>>()?)
    }
}

fn receipt_key(row: &Row) -> Result<ReceiptKey, Unreadable> {
    let PublicKey(public_key) = row.read("public_key")?;
    Ok(ReceiptKey {
        id: row.read("key_id")?,
        public_key,
    })
}

struct PublicKey([u8; ReceiptKey::LENGTH]);

impl Stored for PublicKey {
    type Column = Vec<u8>;

    fn load(column: Vec<u8>) -> Result<Self, Cause> {
        let bytes = column
            .try_into()
            .map_err(|_other: Vec<u8>| "a public key has 32 bytes")?;
        Ok(Self(bytes))
    }
}
