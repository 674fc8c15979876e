use async_trait::async_trait;
use udam_domain::audit::AuditAction;
use udam_domain::id::{AccountId, ListingId};
use udam_domain::listing::{
    CataloguePosition, CatalogueQuery, Change, EditListing, Listing, ListingEdit, NewListing,
    OwnListing, SealedKey, Seller, SellerSnapshot, ServiceChanges, StockChange, may_publish,
};
use udam_domain::money::Money;
use udam_domain::order::OrderState;
use udam_domain::page::{Page, PageRequest};
use udam_domain::payment::ChargeState;
use udam_domain::policy::NewListingTerms;
use udam_domain::time::{Timestamp, day_of};
use udam_domain::units::Stock;
use udam_domain::{EditListingError, ListingReader, ListingStore, PublishListingError, StoreError};

use super::data::{Data, missing, page_rows};
use super::rows::{ListingRow, OrderRow};
use super::{MemoryStore, search};

#[async_trait]
impl ListingStore for MemoryStore {
    async fn publish(
        &self,
        listing: NewListing,
        terms: NewListingTerms,
    ) -> Result<Listing, PublishListingError> {
        self.change(|data| {
            let id = listing.id;
            let seller = data.seller(listing.seller.account_id, listing.listed_at);
            may_publish(&seller.ok_or_else(missing)?, &terms, listing.listed_at)?;
            if data.listings.contains_key(&id) {
                return Err(StoreError::Failed("the listing exists".into()).into());
            }
            let row = ListingRow {
                state: NewListing::STATE,
                changes: ServiceChanges::default(),
                available: listing.units,
                held: Stock::MIN,
                sold: Stock::MIN,
                revenue: Money::zero(self.policy.currency()),
                published: listing,
            };
            let (seller, at) = (row.published.seller, row.published.listed_at);
            let own = seller.account_id;
            let account = data.accounts.get(&own).ok_or_else(missing)?;
            let skeleton = account.account.name.skeleton(own);
            if data.is_taken(&skeleton, own) {
                return Err(PublishListingError::NameTaken);
            }
            data.taken_names.insert(own, skeleton);
            data.record(AuditAction::ListingPublished, seller, at);
            data.listings.insert(id, row);
            Ok(data.listing(id).ok_or_else(missing)?)
        })
    }

    async fn edit(&self, request: EditListing) -> Result<Listing, EditListingError> {
        self.change(|data| {
            let row = data.listings.get_mut(&request.listing_id);
            let row = row.ok_or(EditListingError::NotFound)?;
            if row.published.seller.account_id != request.seller.account_id {
                return Err(EditListingError::NotYours);
            }
            change_stock(row, request.edit.stock)?;
            if request.edit.key.as_new().is_some() {
                data.record(AuditAction::KeyReplaced, request.seller, request.at);
            }
            let row = data.listings.get_mut(&request.listing_id);
            let row = row.ok_or(EditListingError::NotFound)?;
            let before = row.published.details.clone();
            change_terms(row, request.edit, request.at);
            for action in row.published.details.audited_since(&before) {
                data.record(action, request.seller, request.at);
            }
            Ok(data.listing(request.listing_id).ok_or_else(missing)?)
        })
    }
}

/// The units listed are those available, held and sold together.
fn change_stock(row: &mut ListingRow, change: StockChange) -> Result<(), EditListingError> {
    let too_many = || EditListingError::TooManyUnits(change);
    let listed = row
        .available
        .plus(row.held)
        .and_then(|sum| sum.plus(row.sold));
    let delta = change.delta(listed.ok_or_else(too_many)?, row.available);
    let delta = delta.ok_or_else(too_many)?;
    let available = i64::from(row.available.get()).saturating_add(delta);
    row.available = Stock::new(available).map_err(|_out_of_range| too_many())?;
    Ok(())
}

fn change_terms(row: &mut ListingRow, edit: ListingEdit<SealedKey>, at: Timestamp) {
    let before = row.published.details.clone();
    let after = edit.details.apply(before.clone());
    let new_key = edit.key.as_new().is_some();
    row.changes = row.changes.edited(&before, &after, new_key, at);
    row.published.details = after;
    row.state = edit.state.apply(row.state);
    if let Change::To(key) = edit.key {
        row.published.sealed_key = key;
    }
}

#[async_trait]
impl ListingReader for MemoryStore {
    async fn find(&self, id: ListingId) -> Result<Option<Listing>, StoreError> {
        Ok(self.read(|data| data.listing(id)))
    }

    async fn search(
        &self,
        query: CatalogueQuery,
    ) -> Result<Page<Listing, CataloguePosition>, StoreError> {
        let all = self.read(|data| {
            let ids = data.listings.keys();
            ids.filter_map(|id| data.listing(*id)).collect()
        });
        Ok(search::search(all, &query))
    }

    async fn of_seller(
        &self,
        seller: AccountId,
        request: PageRequest<ListingId>,
    ) -> Result<Page<OwnListing, ListingId>, StoreError> {
        Ok(self.read(|data| {
            let rows = data.listings.iter().rev();
            let own = rows.filter(|(_, row)| row.published.seller.account_id == seller);
            let own = own.filter_map(|(id, row)| {
                Some(OwnListing {
                    listing: data.listing(*id)?,
                    units_sold: row.sold.get().into(),
                    revenue: row.revenue,
                })
            });
            let own = page_rows(own, request, |own| own.listing.id);
            Page::of_long_items(
                own,
                request.limit,
                |own| own.listing.text_length(),
                |own| own.listing.id,
            )
        }))
    }
}

impl Data {
    /// What an account's right to publish depends on.
    fn seller(&self, id: AccountId, now: Timestamp) -> Option<SellerSnapshot> {
        let account = self.accounts.get(&id)?;
        let is_sale = |row: &&OrderRow| {
            let order = &row.order;
            let charge = row.charge.and_then(|charge| self.charges.get(&charge));
            order.seller_id == id
                && order.buyer_id != id
                && order.state == OrderState::Fulfilled
                && charge.is_some_and(|charge| charge.state == ChargeState::Paid)
        };
        let is_of_today = |row: &&ListingRow| {
            let listing = &row.published;
            listing.seller.account_id == id && day_of(listing.listed_at) == day_of(now)
        };
        let today = self.listings.values().filter(is_of_today).count();
        Some(SellerSnapshot {
            registered_at: account.registered_at,
            has_paid: self.tab(id)?.has_paid,
            has_sold: self.orders.values().any(|row| is_sale(&row)),
            published_today: u32::try_from(today).unwrap_or(u32::MAX),
        })
    }

    fn listing(&self, id: ListingId) -> Option<Listing> {
        let row = self.listings.get(&id)?;
        let seller = self.accounts.get(&row.published.seller.account_id)?;
        Some(Listing {
            is_suspended: false,
            id,
            seller: Seller {
                id: seller.account.id,
                name: seller.account.name.clone(),
            },
            details: row.published.details.clone(),
            available: row.available,
            state: row.state,
            created_at: row.published.listed_at,
        })
    }
}
