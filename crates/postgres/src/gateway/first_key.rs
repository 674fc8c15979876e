//! The first access key of a token, which is sealed so that it can be shown again.

use udam_domain::StoreError;
use udam_domain::gateway::FirstAccessKey;
use udam_domain::listing::SealedKey;
use udam_domain::time::Timestamp;
use udam_domain::token::Token;

use super::balances;
use crate::listings::sealed_key;
use crate::transaction::{Parameters, Transaction, TxResult};

/// Returns the sealed key of a token, whose lock the transaction holds. If it has none, `new` is stored with the balance
/// of the token; `None` if there is no `new` either.
pub(crate) async fn store_or_find<E: From<StoreError>>(
    tx: &Transaction<'_>,
    token: &Token,
    new: Option<&FirstAccessKey>,
    at: Timestamp,
) -> TxResult<Option<SealedKey>, E> {
    const FIND: &str = "\
-- gateway::first_key::find
SELECT sealed_key, master_key_id FROM access_keys WHERE token_id = $1 AND sealed_key IS NOT NULL";
    const INSERT: &str = "\
-- gateway::first_key::insert
INSERT INTO access_keys (id, token_id, digest, created_at, sealed_key, master_key_id)
VALUES ($1, $2, $3, $4, $5, $6)";

    if let Some(row) = tx.row(FIND, &[&token.id.uuid()]).await? {
        return Ok(Some(sealed_key(&row)?));
    }
    let Some(new) = new else {
        return Ok(None);
    };
    balances::begin(tx, token).await?;
    let values: Parameters<'_> = &[
        &new.key.id.uuid(),
        &token.id.uuid(),
        &new.key.digest.as_bytes().as_slice(),
        &at,
        &new.sealed.ciphertext,
        &new.sealed.key_id.as_str(),
    ];
    tx.run(INSERT, values).await?;
    Ok(Some(new.sealed.clone()))
}
