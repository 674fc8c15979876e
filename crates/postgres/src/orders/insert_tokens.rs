use udam_domain::id::{AccountId, ListingId, OrderId};
use udam_domain::order::NewToken;
use udam_domain::time::Timestamp;
use udam_domain::units::Units;

use crate::arrays::column;
use crate::transaction::{Parameters, Transaction};

/// The statement that issues tokens. Its arguments are the parameter with their state and the `FROM` clause
/// with their rows.
macro_rules! insert_tokens {
    ($state:literal, $rows:literal) => {
        concat!(
            "\
INSERT INTO tokens (
    id, order_id, listing_id, buyer_id, seller_id, units, state, created_at, expires_at
)
SELECT
    token_id, id, listing_id, buyer_id, seller_id, units, ",
            $state,
            "::text, created_at, token_expires_at
FROM ",
            $rows
        )
    };
}
pub(super) use insert_tokens as insert_tokens_sql;

const INSERT_TOKENS: &str = concat!(
    "-- orders::insert_tokens::insert_tokens\n",
    insert_tokens!(
        "$9",
        "unnest(
    $1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::bigint[], $7::timestamptz[],
    $8::timestamptz[]
) AS issued (
    token_id, id, listing_id, buyer_id, seller_id, units, created_at, token_expires_at
)"
    )
);

/// A token to be issued, and the order that it is for.
pub(super) struct IssuedToken {
    pub(super) token: NewToken,
    pub(super) order_id: OrderId,
    pub(super) listing_id: ListingId,
    pub(super) buyer_id: AccountId,
    pub(super) seller_id: AccountId,
    pub(super) units: Units,
    /// Time of issue, UTC.
    pub(super) issued_at: Timestamp,
}

/// Inserts tokens of orders, whose locks the transaction holds.
pub(super) async fn insert_tokens(
    tx: &Transaction<'_>,
    tokens: &[IssuedToken],
) -> Result<(), tokio_postgres::Error> {
    if tokens.is_empty() {
        return Ok(());
    }
    let parameters: Parameters<'_> = &[
        &column(tokens, |issued| issued.token.id.uuid()),
        &column(tokens, |issued| issued.order_id.uuid()),
        &column(tokens, |issued| issued.listing_id.uuid()),
        &column(tokens, |issued| issued.buyer_id.uuid()),
        &column(tokens, |issued| issued.seller_id.uuid()),
        &column(tokens, |issued| i64::from(issued.units.get())),
        &column(tokens, |issued| issued.issued_at),
        &column(tokens, |issued| issued.token.expires_at),
        &<&str>::from(NewToken::STATE),
    ];
    tx.run(INSERT_TOKENS, parameters).await.map(drop)
}
