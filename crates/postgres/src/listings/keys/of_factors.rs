//! The secrets of second factors, confirmed or not.

use udam_domain::KeyOwner;
use udam_domain::audit::AuditAction;
use udam_domain::id::SecondFactorId;

use super::kind::KeyKind;

// One index lookup for each master key, as for listings.
const SAMPLES: &str = "\
-- PgSealedKeyStore::samples, of second factors
WITH RECURSIVE newest AS (
    (
        SELECT id, sealed_key, master_key_id FROM totp_secrets
        ORDER BY master_key_id DESC, id DESC LIMIT 1
    )
    UNION ALL
    SELECT before.id, before.sealed_key, before.master_key_id
    FROM newest
    CROSS JOIN LATERAL (
        SELECT t.id, t.sealed_key, t.master_key_id FROM totp_secrets t
        WHERE t.master_key_id < newest.master_key_id
        ORDER BY t.master_key_id DESC, t.id DESC LIMIT 1
    ) AS before
)
SELECT id AS owner_id, sealed_key, master_key_id FROM newest";

const UNDER_OTHERS: &str = "\
-- PgSealedKeyStore::sealed_under_others, of second factors
SELECT id AS owner_id, sealed_key, master_key_id FROM totp_secrets
WHERE id > $1 AND master_key_id <> $2 ORDER BY id LIMIT $3";

const REPLACE: &str = "\
-- PgSealedKeyStore::reseal, of a second factor
UPDATE totp_secrets SET sealed_key = $4, master_key_id = $5
WHERE id = $1 AND sealed_key = $2 AND master_key_id = $3";

pub(super) const OF_FACTORS: KeyKind = KeyKind {
    samples: SAMPLES,
    under_others: UNDER_OTHERS,
    replace: REPLACE,
    owner: |id| KeyOwner::SecondFactor(SecondFactorId::from_uuid(id)),
    rotated: AuditAction::SecondFactorRotated,
};
