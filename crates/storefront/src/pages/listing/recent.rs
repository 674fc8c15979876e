//! What somebody has just ordered of a listing, said beside the form. Whoever lost the answer to an order
//! comes back to a form that would place another one, and is not to buy again by accident.

use udam_domain::id::ListingId;
use udam_domain::order::{Order, OrderState};
use udam_domain::page::{PageLimit, PageRequest};
use udam_domain::time::SignedDuration;

use crate::error::PageError;
use crate::format;
use crate::pages::orders;
use crate::request::Request;

/// So long ago may an order be that somebody could take for one that did not come through.
const RECENT: SignedDuration = SignedDuration::from_mins(10);

/// An order of a moment ago.
pub(super) struct RecentOrder {
    /// What was ordered, and when.
    pub(super) text: String,
    /// Where it is.
    pub(super) path: String,
}

impl RecentOrder {
    /// The newest order of whoever is signed in, if it is of this listing and of a moment ago. One that
    /// was given up or taken back is not: there is nothing left that they could have twice.
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
        let orders = &request.marketplace().orders;
        let viewer = request.signed_in()?.account.id;
        let page = orders.of_buyer(viewer, newest).await?;
        let order = page.items.first();
        let Some(order) = order.filter(|order| order.listing_id == listing) else {
            return Ok(None);
        };
        let age = orders.clock.now().duration_since(order.created_at);
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
            "You ordered {units} of this {ago}, and have yet to pay."
        )),
        OrderState::Expired | OrderState::Canceled | OrderState::Refunded => None,
    }
}

/// How long ago, in whole minutes. Another server's clock may be a little ahead of ours.
fn ago(age: SignedDuration) -> String {
    match age.as_mins() {
        ..=0 => "just now".to_owned(),
        1 => "1 minute ago".to_owned(),
        minutes => format!("{minutes} minutes ago"),
    }
}

#[cfg(test)]
mod tests;
