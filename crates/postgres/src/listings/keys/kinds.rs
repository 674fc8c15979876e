//! What has sealed keys.

use udam_domain::KeyOwner;
use udam_domain::audit::AuditAction;
use udam_domain::id::{ListingId, SecondFactorId, TokenId};

use super::kind::KeyKind;

/// The statements over the sealed keys of a table, whose primary key is `id`. Its arguments are the end of the statements' names,
/// the table, and the column of their owner.
macro_rules! key_kind {
    ($of:literal, $table:literal, $owner:literal, $owner_of:expr, $rotated:expr) => {
        KeyKind {
            // One index lookup for each master key, instead of a scan of all rows: the newest row of the last master key, then of
            // the last one before that, and so on.
            samples: concat!(
                "-- PgSealedKeyStore::samples",
                $of,
                "
WITH RECURSIVE newest AS (
    (
        SELECT ",
                $owner,
                " AS owner_id, sealed_key, master_key_id FROM ",
                $table,
                "
        WHERE sealed_key IS NOT NULL
        ORDER BY master_key_id DESC, id DESC LIMIT 1
    )
    UNION ALL
    SELECT before.owner_id, before.sealed_key, before.master_key_id
    FROM newest
    CROSS JOIN LATERAL (
        SELECT k.",
                $owner,
                " AS owner_id, k.sealed_key, k.master_key_id FROM ",
                $table,
                " k
        WHERE k.sealed_key IS NOT NULL AND k.master_key_id < newest.master_key_id
        ORDER BY k.master_key_id DESC, k.id DESC LIMIT 1
    ) AS before
)
SELECT owner_id, sealed_key, master_key_id FROM newest"
            ),
            under_others: concat!(
                "-- PgSealedKeyStore::sealed_under_others",
                $of,
                "
SELECT ",
                $owner,
                " AS owner_id, sealed_key, master_key_id FROM ",
                $table,
                "
WHERE sealed_key IS NOT NULL AND ",
                $owner,
                " > $1 AND master_key_id <> $2 ORDER BY ",
                $owner,
                " LIMIT $3"
            ),
            replace: concat!(
                "-- PgSealedKeyStore::reseal",
                $of,
                "
UPDATE ",
                $table,
                " SET sealed_key = $4, master_key_id = $5
WHERE ",
                $owner,
                " = $1 AND sealed_key = $2 AND master_key_id = $3"
            ),
            owner: $owner_of,
            rotated: $rotated,
        }
    };
}

/// The keys of sellers.
pub(super) const OF_LISTINGS: KeyKind = key_kind!(
    "",
    "listings",
    "id",
    |id| KeyOwner::Listing(ListingId::from_uuid(id)),
    AuditAction::KeyRotated
);

/// The first access keys of tokens. A deleted one is not sealed any more.
pub(super) const OF_TOKENS: KeyKind = key_kind!(
    ", of tokens",
    "access_keys",
    "token_id",
    |id| KeyOwner::Token(TokenId::from_uuid(id)),
    AuditAction::AccessKeyRotated
);

/// The secrets of second factors, confirmed or not.
pub(super) const OF_FACTORS: KeyKind = key_kind!(
    ", of second factors",
    "totp_secrets",
    "id",
    |id| KeyOwner::SecondFactor(SecondFactorId::from_uuid(id)),
    AuditAction::SecondFactorRotated
);
