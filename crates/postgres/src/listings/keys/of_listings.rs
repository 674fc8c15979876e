//! The keys of sellers.

use udam_domain::KeyOwner;
use udam_domain::audit::AuditAction;
use udam_domain::id::ListingId;

use super::kind::KeyKind;

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
SELECT id AS owner_id, sealed_key, master_key_id FROM newest";

const UNDER_OTHERS: &str = "\
-- PgSealedKeyStore::sealed_under_others
SELECT id AS owner_id, sealed_key, master_key_id FROM listings
WHERE id > $1 AND master_key_id <> $2 ORDER BY id LIMIT $3";

const REPLACE: &str = "\
-- PgSealedKeyStore::reseal
UPDATE listings SET sealed_key = $4, master_key_id = $5
WHERE id = $1 AND sealed_key = $2 AND master_key_id = $3";

pub(super) const OF_LISTINGS: KeyKind = KeyKind {
    samples: SAMPLES,
    under_others: UNDER_OTHERS,
    replace: REPLACE,
    owner: |id| KeyOwner::Listing(ListingId::from_uuid(id)),
    rotated: AuditAction::KeyRotated,
};
