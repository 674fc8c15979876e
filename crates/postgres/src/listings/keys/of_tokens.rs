//! The first access keys of tokens. A deleted one is not sealed any more.

use udam_domain::KeyOwner;
use udam_domain::audit::AuditAction;
use udam_domain::id::TokenId;

use super::kind::KeyKind;

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
SELECT token_id AS owner_id, sealed_key, master_key_id FROM newest";

const UNDER_OTHERS: &str = "\
-- PgSealedKeyStore::sealed_under_others, of tokens
SELECT token_id AS owner_id, sealed_key, master_key_id FROM access_keys
WHERE sealed_key IS NOT NULL AND token_id > $1 AND master_key_id <> $2 ORDER BY token_id LIMIT $3";

const REPLACE: &str = "\
-- PgSealedKeyStore::reseal, of a token
UPDATE access_keys SET sealed_key = $4, master_key_id = $5
WHERE token_id = $1 AND sealed_key = $2 AND master_key_id = $3";

pub(super) const OF_TOKENS: KeyKind = KeyKind {
    samples: SAMPLES,
    under_others: UNDER_OTHERS,
    replace: REPLACE,
    owner: |id| KeyOwner::Token(TokenId::from_uuid(id)),
    rotated: AuditAction::AccessKeyRotated,
};
