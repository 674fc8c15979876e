//! Writes notices in the transactions of orders and calls that give rise to them. They are sent in the same round trip as what
//! they tell, and only then.

use tokio_postgres::Error;
use udam_domain::id::{AccountId, ListingId, TokenId};
use udam_domain::mail::MailKind;
use udam_domain::time::Timestamp;
use uuid::Uuid;

use crate::arrays::column;
use crate::mailing::Mailing;
use crate::transaction::Transaction;

// Of one filling of the stock it is told once, though a held unit may go back on sale and be ordered again.
pub(crate) const TELL_SOLD_OUT: &str = "\
-- mails::telling::sold_out
INSERT INTO mails (kind, subject, account_id, written_at, due_at)
SELECT $1::text, s.listing_id || ':' || s.listed, l.seller_id, $3::timestamptz, $3
FROM listing_stock s JOIN listings l ON l.id = s.listing_id
WHERE s.listing_id = ANY ($2) AND s.available = 0
ON CONFLICT ON CONSTRAINT mails_subject_key DO NOTHING";

/// Tells the sellers of listings, whose stocks the transaction has locked, that they have sold out.
pub(crate) async fn tell_sold_out(
    tx: &Transaction<'_>,
    listings: &[ListingId],
    at: Timestamp,
) -> Result<(), Error> {
    if listings.is_empty() || tx.mailing() == Mailing::Off {
        return Ok(());
    }
    let kind: &str = MailKind::ListingSoldOut.into();
    let listings: Vec<Uuid> = listings.iter().map(|id| id.uuid()).collect();
    tx.run(TELL_SOLD_OUT, &[&kind, &listings, &at])
        .await
        .map(drop)
}

pub(crate) const TELL_UNITS_LOW: &str = "\
-- mails::telling::units_low
INSERT INTO mails (kind, subject, account_id, written_at, due_at)
SELECT $1::text, low.token_id, low.buyer_id, $4::timestamptz, $4
FROM unnest($2::uuid[], $3::uuid[]) AS low (token_id, buyer_id)
ON CONFLICT ON CONSTRAINT mails_subject_key DO NOTHING";

/// Tells the buyers of tokens, whose balances the transaction has locked, that few units are left.
pub(crate) async fn tell_units_low(
    tx: &Transaction<'_>,
    tokens: &[(TokenId, AccountId)],
    at: Timestamp,
) -> Result<(), Error> {
    if tokens.is_empty() || tx.mailing() == Mailing::Off {
        return Ok(());
    }
    let kind: &str = MailKind::UnitsLow.into();
    let ids = column(tokens, |(token, _)| token.uuid());
    let buyers = column(tokens, |(_, buyer)| buyer.uuid());
    tx.run(TELL_UNITS_LOW, &[&kind, &ids, &buyers, &at])
        .await
        .map(drop)
}
