use udam_domain::account::AccountName;
use udam_domain::audit::AuditAction;
use udam_domain::gateway::{TermsVersion, VersionedTerms};
use udam_domain::id::{AccountId, ListingId};
use udam_domain::listing::{Listing, NewListing, SellerSnapshot, may_publish};
use udam_domain::order::OrderState;
use udam_domain::payment::ChargeState;
use udam_domain::policy::NewListingTerms;
use udam_domain::time::{day_of, start_of};
use udam_domain::{PublishListingError, StoreError};

use super::{read_back, row, stock};
use crate::audit;
use crate::columns::Columns;
use crate::gateway::terms;
use crate::seller_names;
use crate::transaction::{Parameters, Transaction, TxError, TxResult};

/// Inserts a listing with its stock and its audit record, and returns it as stored.
pub(super) async fn publish(
    tx: &Transaction<'_>,
    new: &NewListing,
    terms: &NewListingTerms,
) -> TxResult<Listing, PublishListingError> {
    let (mut seller, name) = lock_seller(tx, new, terms).await?;
    if may_publish(&seller, terms, new.listed_at).is_err() {
        // Sales are many, and decide only here.
        seller.has_sold = has_sold(tx, new.seller.account_id).await?;
    }
    may_publish(&seller, terms, new.listed_at)
        .map_err(|refused| TxError::Abort(PublishListingError::from(refused)))?;
    take_name(tx, new.seller.account_id, &name).await?;
    insert(tx, new).await?;
    stock::insert(tx, new.id, new.units, new.listed_at).await?;
    let (action, subject) = (AuditAction::ListingPublished, new.id.uuid());
    audit::record(tx, action, &new.seller, new.listed_at, subject).await?;
    read_back::listing(tx, new.id).await
}

/// Inserts the row, with the first version of its gateway terms if it has any.
async fn insert(tx: &Transaction<'_>, new: &NewListing) -> Result<(), tokio_postgres::Error> {
    let terms = new.details.gateway.clone().map(|terms| VersionedTerms {
        version: TermsVersion::FIRST,
        terms,
    });
    row::insert(tx, new, terms.as_ref().map(|terms| terms.version)).await?;
    if let Some(terms) = terms {
        terms::insert(tx, new.id, &terms, new.listed_at).await?;
    }
    Ok(())
}

/// Name of a seller, and the skeleton that it has taken.
struct NameOfSeller {
    name: AccountName,
    taken: Option<String>,
}

/// Takes what the name of the seller looks like, unless it has.
async fn take_name(
    tx: &Transaction<'_>,
    seller: AccountId,
    name: &NameOfSeller,
) -> TxResult<(), PublishListingError> {
    let skeleton = name.name.skeleton(seller);
    let has_taken = name.taken.as_deref() == Some(skeleton.as_str());
    if has_taken || seller_names::take(tx, &skeleton, seller).await? {
        Ok(())
    } else {
        Err(TxError::Abort(PublishListingError::NameTaken))
    }
}

/// Locks the account, at which the listings of one seller queue, and reads its name and what its right to publish depends
/// on, apart from its sales: nothing of an account that is too old to be new. Foreign keys to the account do not wait for
/// this lock.
async fn lock_seller(
    tx: &Transaction<'_>,
    new: &NewListing,
    terms: &NewListingTerms,
) -> TxResult<(SellerSnapshot, NameOfSeller), PublishListingError> {
    // What was taken may be older than the lock: taking it again is no error.
    const LOCK: &str = "\
-- listings::publish::lock_seller
SELECT
    a.created_at,
    a.name,
    -- What an account asked for that was deleted a moment ago is refused as well.
    a.suspended_at IS NOT NULL OR a.deleted_at IS NOT NULL AS is_suspended,
    (SELECT s.skeleton FROM seller_names s WHERE s.account_id = a.id) AS taken
FROM accounts a WHERE a.id = $1 FOR NO KEY UPDATE OF a";
    // The ids of listings begin with the time.
    const READ: &str = "\
-- listings::publish::read_seller
SELECT
    EXISTS (SELECT FROM tabs t WHERE t.account_id = $1 AND t.paid_at IS NOT NULL) AS has_paid,
    (SELECT count(*) FROM listings l WHERE l.seller_id = $1 AND l.id >= $2) AS published_today";

    let (id, now) = (new.seller.account_id.uuid(), new.listed_at);
    let account = tx.row(LOCK, &[&id]).await?;
    let account = account.ok_or_else(|| StoreError::Failed("there is no such seller".into()))?;
    if account.read("is_suspended")? {
        return Err(TxError::Abort(PublishListingError::Suspended));
    }
    let registered_at = account.read("created_at")?;
    let name = NameOfSeller {
        name: account.read("name")?,
        taken: account.read("taken")?,
    };
    let mut seller = SellerSnapshot {
        registered_at,
        has_paid: false,
        has_sold: false,
        published_today: 0,
    };
    if !terms.may_be_new(registered_at, now) {
        return Ok((seller, name));
    }
    let today = ListingId::first_at(start_of(day_of(now))).uuid();
    let row = tx.one(READ, &[&id, &today]).await?;
    let published_today: i64 = row.read("published_today")?;
    seller.has_paid = row.read("has_paid")?;
    seller.published_today = u32::try_from(published_today).unwrap_or(u32::MAX);
    Ok((seller, name))
}

/// Whether an order of another account on a listing of this seller's is fulfilled and paid.
async fn has_sold(tx: &Transaction<'_>, seller: AccountId) -> TxResult<bool, PublishListingError> {
    const HAS_SOLD: &str = "\
-- listings::publish::has_sold
SELECT EXISTS (
    SELECT FROM orders o JOIN charges c ON c.id = o.charge_id
    WHERE o.seller_id = $1 AND o.buyer_id <> $1 AND o.state = $2 AND c.state = $3
) AS has_sold";

    let (fulfilled, paid): (&str, &str) = (OrderState::Fulfilled.into(), ChargeState::Paid.into());
    let parameters: Parameters<'_> = &[&seller.uuid(), &fulfilled, &paid];
    Ok(tx.one(HAS_SOLD, parameters).await?.read("has_sold")?)
}
