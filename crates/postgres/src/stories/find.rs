//! Finding things by their exact names.

use futures::FutureExt;
use strum::VariantArray;
use tokio_postgres::Row;
use udam_domain::StoreError;
use udam_domain::account::Email;
use udam_domain::administration::{Hit, HitKind, StoryId};
use udam_domain::id::{AccountId, CallId, ChargeId, ListingId, OrderId, RefundId, TokenId};
use udam_domain::payment::EventId;
use uuid::Uuid;

use crate::columns::{Columns, stored_as_text};
use crate::error::Unreadable;
use crate::pool::PgPool;
use crate::transaction::Parameters;

stored_as_text!(HitKind);

// A call is a part of the story of the order of its token, and what belongs to a charge for a tab alone of that of its buyer.
const BY_ID: &str = "\
-- stories::by_id
SELECT 'account' AS kind, a.id, NULL::text AS name, 'account' AS story, a.id AS story_id
FROM accounts a WHERE a.id = $1 AND 'account' = ANY ($2)
UNION ALL
SELECT 'order', o.id, NULL, 'order', o.id FROM orders o WHERE o.id = $1 AND 'order' = ANY ($2)
UNION ALL
SELECT 'token', t.id, NULL, 'order', t.order_id FROM tokens t WHERE t.id = $1 AND 'token' = ANY ($2)
UNION ALL
SELECT 'listing', l.id, NULL, 'listing', l.id FROM listings l WHERE l.id = $1 AND 'listing' = ANY ($2)
UNION ALL
SELECT 'call', c.id, NULL, 'order', t.order_id
FROM calls c JOIN tokens t ON t.id = c.token_id WHERE c.id = $1 AND 'call' = ANY ($2)
UNION ALL
SELECT 'call', c.id, NULL, 'order', t.order_id
FROM open_calls c JOIN tokens t ON t.id = c.token_id WHERE c.id = $1 AND 'call' = ANY ($2)
UNION ALL
SELECT
    'payment', c.id, NULL, CASE WHEN c.order_id IS NULL THEN 'account' ELSE 'order' END,
    coalesce(c.order_id, c.buyer_id)
FROM charges c WHERE c.id = $1 AND 'payment' = ANY ($2)
UNION ALL
SELECT
    'refund', r.id, NULL, CASE WHEN coalesce(r.order_id, c.order_id) IS NULL THEN 'account' ELSE 'order' END,
    coalesce(r.order_id, c.order_id, c.buyer_id)
FROM refunds r JOIN charges c ON c.id = r.charge_id WHERE r.id = $1 AND 'refund' = ANY ($2)";

const BY_EMAIL: &str = "\
-- stories::by_email
SELECT 'account' AS kind, a.id, NULL::text AS name, 'account' AS story, a.id AS story_id
FROM accounts a WHERE a.email = $1";

// A payment comes with the orders that it pays for.
const BY_REFERENCE: &str = "\
-- stories::by_reference
WITH paid AS (
    SELECT c.id, c.order_id, c.buyer_id FROM charges c WHERE c.payment = $1
    UNION SELECT c.id, c.order_id, c.buyer_id FROM charges c WHERE c.session = $1
    UNION SELECT c.id, c.order_id, c.buyer_id
    FROM refunds r JOIN charges c ON c.id = r.charge_id WHERE r.other_payment = $1 AND r.attempts = 0
)
SELECT
    'payment' AS kind, p.id, $1::text AS name,
    CASE WHEN p.order_id IS NULL THEN 'account' ELSE 'order' END AS story,
    coalesce(p.order_id, p.buyer_id) AS story_id
FROM paid p
UNION ALL
(SELECT 'order', o.id, NULL, 'order', o.id FROM paid p JOIN orders o ON o.charge_id = p.id LIMIT $2)
UNION ALL
SELECT
    'refund', r.id, $1, CASE WHEN coalesce(r.order_id, c.order_id) IS NULL THEN 'account' ELSE 'order' END,
    coalesce(r.order_id, c.order_id, c.buyer_id)
FROM refunds r JOIN charges c ON c.id = r.charge_id WHERE r.reference = $1
UNION ALL
SELECT
    'dispute', c.id, $1, CASE WHEN c.order_id IS NULL THEN 'account' ELSE 'order' END,
    coalesce(c.order_id, c.buyer_id)
FROM disputes d JOIN charges c ON c.id = d.charge_id WHERE d.reference = $1
UNION ALL
SELECT 'event', NULL, $1, 'event', NULL FROM received_events e WHERE e.id = $1
LIMIT $2";

pub(super) async fn by_id(
    pool: &PgPool,
    id: Uuid,
    kind: Option<HitKind>,
) -> Result<Vec<Hit>, StoreError> {
    let kinds: Vec<&str> = match &kind {
        Some(kind) => vec![kind.into()],
        None => HitKind::VARIANTS.iter().map(Into::into).collect(),
    };
    rows(pool, BY_ID, &[&id, &kinds]).await
}

pub(super) async fn by_email(pool: &PgPool, email: &Email) -> Result<Vec<Hit>, StoreError> {
    rows(pool, BY_EMAIL, &[&email.as_str()]).await
}

pub(super) async fn by_reference(
    pool: &PgPool,
    reference: &str,
    most: i64,
) -> Result<Vec<Hit>, StoreError> {
    rows(pool, BY_REFERENCE, &[&reference, &most]).await
}

/// Runs a statement with plans by key, in a transaction: the tables that it looks into may be of any size.
async fn rows(
    pool: &PgPool,
    statement: &'static str,
    names: Parameters<'_>,
) -> Result<Vec<Hit>, StoreError> {
    pool.transaction(|tx| {
        async move {
            let found = tx.rows(statement, names).await?;
            let hits: Result<Vec<Hit>, Unreadable> = found.iter().map(hit).collect();
            Ok(hits?)
        }
        .boxed()
    })
    .await
}

fn hit(row: &Row) -> Result<Hit, Unreadable> {
    let kind: HitKind = row.read("kind")?;
    let name: Option<String> = row.read("name")?;
    let id: Option<Uuid> = row.read("id")?;
    let about: Option<Uuid> = row.read("story_id")?;
    let story: String = row.read("story")?;
    let event = EventId::new(name.clone().unwrap_or_default());
    Ok(Hit {
        kind,
        id: name
            .or_else(|| id.map(|id| identifier(kind, id)))
            .unwrap_or_default(),
        story: match (story.as_str(), about) {
            ("account", Some(id)) => StoryId::Account(AccountId::from_uuid(id)),
            ("order", Some(id)) => StoryId::Order(OrderId::from_uuid(id)),
            ("listing", Some(id)) => StoryId::Listing(ListingId::from_uuid(id)),
            _ => StoryId::Event(event),
        },
    })
}

/// The identifier of a row of this kind, as clients know it.
fn identifier(kind: HitKind, id: Uuid) -> String {
    match kind {
        HitKind::Account => AccountId::from_uuid(id).to_string(),
        HitKind::Order => OrderId::from_uuid(id).to_string(),
        HitKind::Token => TokenId::from_uuid(id).to_string(),
        HitKind::Listing => ListingId::from_uuid(id).to_string(),
        HitKind::Call => CallId::from_uuid(id).to_string(),
        HitKind::Refund => RefundId::from_uuid(id).to_string(),
        HitKind::Payment | HitKind::Dispute | HitKind::Event => ChargeId::from_uuid(id).to_string(),
    }
}
