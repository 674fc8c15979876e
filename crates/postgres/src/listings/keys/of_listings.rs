//! The keys of sellers.

use tokio_postgres::Row;
use udam_domain::audit::AuditAction;
use udam_domain::id::ListingId;
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
    // One index lookup for each master key, instead of a scan of all listings: the newest listing of the last
    // key, then of the last key before that, and so on.
    const SAMPLES: &str = "\
-- PgSealedKeyStore::samples
WITH RECURSIVE newest AS (
    (
        SELECT id, sealed_key, master_key_id FROM listings
        ORDER BY master_key_id DESC, id DESC LIMIT 1
    )
    UNION ALL
    SELECT before.id, before.sealed_key, before.master_key_id
    FROM newest
    CROSS JOIN LATERAL (
        SELECT l.id, l.sealed_key, l.master_key_id FROM listings l
        WHERE l.master_key_id < newest.master_key_id
        ORDER BY l.master_key_id DESC, l.id DESC LIMIT 1
    ) AS before
)
SELECT id, sealed_key, master_key_id FROM newest";

    read(&client.rows(SAMPLES, &[]).await?)
}

pub(super) async fn under_others(
    client: &Client,
    active: &KeyId,
    after: Uuid,
    limit: i64,
) -> Result<Vec<(KeyOwner, SealedKey)>, StoreError> {
    const UNDER_OTHERS: &str = "\
-- PgSealedKeyStore::sealed_under_others
SELECT id, sealed_key, master_key_id FROM listings
WHERE id > $1 AND master_key_id <> $2 ORDER BY id LIMIT $3";

    let found = client
        .rows(UNDER_OTHERS, &[&after, &active.as_str(), &limit])
        .await?;
    read(&found)
}

pub(super) async fn replace(
    tx: &Transaction<'_>,
    listing: ListingId,
    reseal: &Reseal,
) -> TxResult<bool> {
    const REPLACE: &str = "\
-- PgSealedKeyStore::reseal
UPDATE listings SET sealed_key = $4, master_key_id = $5
WHERE id = $1 AND sealed_key = $2 AND master_key_id = $3";

    let Reseal { from, to, at } = reseal;
    let replaced = tx
        .run(
            REPLACE,
            &[
                &listing.uuid(),
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
    audit::record_without_actor(tx, AuditAction::KeyRotated, *at, listing.uuid()).await?;
    Ok(true)
}

fn read(rows: &[Row]) -> Result<Vec<(KeyOwner, SealedKey)>, StoreError> {
    let keys = rows.iter().map(|row| {
        let owner = KeyOwner::Listing(row.read("id")?);
        Ok((owner, sealed_key(row)?))
    });
    Ok(keys.collect::<Result<_, Unreadable>>()?)
}
