//! The visitor's last order of a listing, shown beside its form. A buyer whose browser lost the response
//! to an order comes back to a form that would place another one; the notice keeps them from buying
//! twice.

use udam_domain::id::ListingId;
use udam_domain::order::{Order, OrderState};
use udam_domain::page::{PageLimit, PageRequest};
use udam_domain::time::SignedDuration;

use crate::error::PageError;
use crate::format;
use crate::pages::orders;
use crate::request::Request;

/// Age up to which a buyer could take an order for one that failed.
const RECENT: SignedDuration = SignedDuration::from_mins(10);

/// An order younger than [`RECENT`].
pub(super) struct RecentOrder {
    /// Units ordered and their age, as a sentence.
    pub(super) text: String,
    /// Path of the order's page.
    pub(super) path: String,
}

impl RecentOrder {
    /// The visitor's newest order, if it is of this listing, recent, and still open or fulfilled.
    pub(super) async fn of(
        request: &Request,
        listing: ListingId,
    ) -> Result<Option<Self>, PageError> {
        if !request.is_signed_in() {
            return Ok(None);
        }
        let newest = PageRequest {
            after: None,
            limit: PageLimit::new(1).unwrap_or_default(),
        };
        let orders = &request.marketplace().readers.orders;
        let viewer = request.signed_in()?.account.id;
        let page = orders.of_buyer(viewer, newest).await?;
        let order = page.items.first();
        let Some(order) = order.filter(|order| order.listing_id == listing) else {
            return Ok(None);
        };
        let age = request
            .marketplace()
            .clock
            .now()
            .duration_since(order.created_at);
        Ok(text(order, age).map(|text| Self {
            text,
            path: orders::path(order.id, None),
        }))
    }
}

fn text(order: &Order, age: SignedDuration) -> Option<String> {
    if age >= RECENT {
        return None;
    }
    let units = format::units(order.units.get());
    let ago = ago(age);
    match order.state {
        OrderState::Fulfilled => Some(format!("You bought {units} of this {ago}.")),
        OrderState::AwaitingPayment => Some(format!(
            "You ordered {units} of this {ago} and have not paid yet."
        )),
        OrderState::Expired | OrderState::Canceled | OrderState::Refunded => None,
    }
}

/// The age in whole minutes. It can be negative: another server's clock may be a little ahead of ours.
fn ago(age: SignedDuration) -> String {
    match age.as_mins() {
        ..=0 => "just now".to_owned(),
        1 => "1 minute ago".to_owned(),
        minutes => format!("{minutes} minutes ago"),
    }
}

#[cfg(test)]
mod tests;
