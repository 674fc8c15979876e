use tokio_postgres::Row;
use udam_domain::audit::AuditAction;
use udam_domain::listing::{KeyId, SealedKey};
use udam_domain::time::Timestamp;
use udam_domain::{KeyOwner, StoreError};
use uuid::Uuid;

use crate::audit;
use crate::columns::Columns;
use crate::error::Unreadable;
use crate::listings::sealed_key;
use crate::pool::Client;
use crate::transaction::{Transaction, TxResult};

/// The statements over the sealed keys of one kind of owner. Those that read have the columns `owner_id`, `sealed_key` and
/// `master_key_id`.
pub(super) struct KeyKind {
    pub(super) samples: &'static str,
    /// Takes the owner before the first, the id of the active master key and the most rows.
    pub(super) under_others: &'static str,
    /// Takes the owner, and two sealed keys, each by its ciphertext and master key.
    pub(super) replace: &'static str,
    pub(super) owner: fn(Uuid) -> KeyOwner,
    pub(super) rotated: AuditAction,
}

/// The replacement of one sealed key by another.
pub(super) struct Reseal {
    pub(super) from: SealedKey,
    pub(super) to: SealedKey,
    pub(super) at: Timestamp,
}

type Keys = Vec<(KeyOwner, SealedKey)>;

impl KeyKind {
    pub(super) async fn samples(&self, client: &Client) -> Result<Keys, StoreError> {
        self.read(&client.rows(self.samples, &[]).await?)
    }

    pub(super) async fn under_others(
        &self,
        client: &Client,
        active: &KeyId,
        after: Uuid,
        limit: i64,
    ) -> Result<Keys, StoreError> {
        let found = client
            .rows(self.under_others, &[&after, &active.as_str(), &limit])
            .await?;
        self.read(&found)
    }

    pub(super) async fn replace(
        &self,
        tx: &Transaction<'_>,
        owner: Uuid,
        reseal: &Reseal,
    ) -> TxResult<bool> {
        let Reseal { from, to, at } = reseal;
        let replaced = tx
            .run(
                self.replace,
                &[
                    &owner,
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
        audit::record_without_actor(tx, self.rotated, *at, owner).await?;
        Ok(true)
    }

    fn read(&self, rows: &[Row]) -> Result<Keys, StoreError> {
        let keys = rows
            .iter()
            .map(|row| Ok(((self.owner)(row.read("owner_id")?), sealed_key(row)?)));
        Ok(keys.collect::<Result<_, Unreadable>>()?)
    }
}
