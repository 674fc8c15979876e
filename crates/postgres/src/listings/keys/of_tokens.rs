//! The first access keys of tokens. A deleted one is not sealed any more.

use tokio_postgres::Row;
use udam_domain::audit::AuditAction;
use udam_domain::id::TokenId;
use udam_domain::listing::{KeyId, SealedKey};
use udam_domain::{KeyOwner, StoreError};
use uuid::Uuid;

use super::{Reseal, sealed_key};
use crate::audit;
use crate::columns::Columns;
use crate::error::Unreadable;
use crate::pool::Client;
use crate::transaction::{Transaction, TxResult};

pub(super) async fn samples(client: &Client) -> Result<Vec<(KeyOwner, SealedKey)>, StoreError> {
    // One index lookup for each master key, as for listings.
    const SAMPLES: &str = "\
-- PgSealedKeyStore::samples, of tokens
WITH RECURSIVE newest AS (
    (
        SELECT token_id, sealed_key, master_key_id FROM access_keys
        WHERE sealed_key IS NOT NULL
        ORDER BY master_key_id DESC, id DESC LIMIT 1
    )
    UNION ALL
    SELECT before.token_id, before.sealed_key, before.master_key_id
    FROM newest
    CROSS JOIN LATERAL (
        SELECT k.token_id, k.sealed_key, k.master_key_id FROM access_keys k
        WHERE k.sealed_key IS NOT NULL AND k.master_key_id < newest.master_key_id
        ORDER BY k.master_key_id DESC, k.id DESC LIMIT 1
    ) AS before
)
SELECT token_id, sealed_key, master_key_id FROM newest";

    read(&client.rows(SAMPLES, &[]).await?)
}

pub(super) async fn under_others(
    client: &Client,
    active: &KeyId,
    after: Uuid,
    limit: i64,
) -> Result<Vec<(KeyOwner, SealedKey)>, StoreError> {
    const UNDER_OTHERS: &str = "\
-- PgSealedKeyStore::sealed_under_others, of tokens
SELECT token_id, sealed_key, master_key_id FROM access_keys
WHERE sealed_key IS NOT NULL AND token_id > $1 AND master_key_id <> $2 ORDER BY token_id LIMIT $3";

    let found = client
        .rows(UNDER_OTHERS, &[&after, &active.as_str(), &limit])
        .await?;
    read(&found)
}

pub(super) async fn replace(
    tx: &Transaction<'_>,
    token: TokenId,
    reseal: &Reseal,
) -> TxResult<bool> {
    const REPLACE: &str = "\
-- PgSealedKeyStore::reseal, of a token
UPDATE access_keys SET sealed_key = $4, master_key_id = $5
WHERE token_id = $1 AND sealed_key = $2 AND master_key_id = $3";

    let Reseal { from, to, at } = reseal;
    let replaced = tx
        .run(
            REPLACE,
            &[
                &token.uuid(),
                &from.ciphertext,
                &from.key_id.as_str(),
                &to.ciphertext,
                &to.key_id.as_str(),
            ],
        )
        .await?;
    if replaced == 0 {
        return Ok(false);
    }
    audit::record_without_actor(tx, AuditAction::AccessKeyRotated, *at, token.uuid()).await?;
    Ok(true)
}

fn read(rows: &[Row]) -> Result<Vec<(KeyOwner, SealedKey)>, StoreError> {
    let keys = rows.iter().map(|row| {
        let owner = KeyOwner::Token(row.read("token_id")?);
        Ok((owner, sealed_key(row)?))
    });
    Ok(keys.collect::<Result<_, Unreadable>>()?)
}
