//! Buying from a listing's page.

use actix_web::http::StatusCode;
use udam_domain::id::ListingId;
use udam_domain::listing::ListingStatus;
use udam_domain::marketplace::{BuyUnits, CheckoutOutcome, Purchase};
use udam_domain::money::Money;
use udam_domain::order::{IdempotencyKey, Rejection, TabCarrier};
use udam_domain::units::Units;
use udam_domain::{CheckoutError, OpenChargeError, PlaceOrderError, StoreError};
use uuid::Uuid;

use super::{listing, orders, paying};
use crate::error::PageError;
use crate::format;
use crate::layout::Notice;
use crate::request::Request;
use crate::response::{PageResult, see_other};
use crate::table::Link;

/// Sends a visitor to log in, and from there back to the listing with the number of units that they want.
pub(crate) async fn log_in(mut request: Request) -> PageResult {
    let id: ListingId = request.path_id()?;
    let units = request.form.read_optional("units", str::parse::<Units>);
    let return_to = listing::path(id, units.flatten());
    if request.is_signed_in() {
        Ok(see_other(&return_to))
    } else {
        Err(PageError::LoginRequired { return_to })
    }
}

/// Buys units, and redirects to the order.
pub(crate) async fn buy(mut request: Request) -> PageResult {
    let listing_id: ListingId = request.path_id()?;
    let Ok(authority) = request.authority() else {
        let units = request.form.read_optional("units", str::parse::<Units>);
        let return_to = listing::path(listing_id, units.flatten());
        return Err(PageError::LoginRequired { return_to });
    };
    let key = order_key(&request)?;
    let price = price_shown(&request)?;
    let Some(units) = request.form.read::<Units>("units") else {
        let refusal = Refusal::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "Nothing was bought: enter the number of units you want.".to_owned(),
        );
        return show_again(request, listing_id, None, price, refusal).await;
    };
    let orders = &request.marketplace().orders;
    let purchase = BuyUnits {
        listing_id,
        units,
        expected_price: Some(price),
        idempotency_key: Some(key),
        address: request.client_address(),
    };
    match orders.buy(authority, purchase).await {
        Ok(bought) => Ok(see_other(&path(&bought))),
        Err(error) => {
            let refusal = refusal(listing_id, units, error)?;
            show_again(request, listing_id, Some(units), price, refusal).await
        }
    }
}

/// The path of the order's page, with the code of a message to show there. An order whose checkout failed
/// is kept, and its page offers to try again.
fn path(bought: &Purchase) -> String {
    let code = match &bought.checkout {
        CheckoutOutcome::Unchargeable(reason) => Some(orders::code_of(*reason)),
        CheckoutOutcome::Failed(CheckoutError::Charge(OpenChargeError::TooManySessions(_))) => {
            Some("too_many")
        }
        CheckoutOutcome::Failed(error) => {
            paying::log_failure(error, bought.order.id);
            error.is_refusal().then_some("refused")
        }
        CheckoutOutcome::NotNeeded | CheckoutOutcome::Opened => None,
    };
    let code = code.or(bought.replayed.then_some("before"));
    orders::path(bought.order.id, code)
}

/// The idempotency key that the listing's page has drawn. It is normalized, because a UUID can be written
/// in several ways.
fn order_key(request: &Request) -> Result<IdempotencyKey, PageError> {
    let key: Option<Uuid> = request.form.value("order_key").parse().ok();
    key.and_then(|key| key.to_string().parse().ok())
        .ok_or(PageError::BadRequest)
}

/// The price of one unit that the listing's page has shown.
fn price_shown(request: &Request) -> Result<Money, PageError> {
    let minor = request.form.value("price_minor").parse();
    let minor = minor.map_err(|_no_number| PageError::BadRequest)?;
    Ok(Money::new(minor, request.store.settings.currency))
}

/// Status and reason with which the listing's page is shown again, and a link to what has to be done first.
struct Refusal(StatusCode, String, Option<Link>);

impl Refusal {
    const fn new(status: StatusCode, reason: String) -> Self {
        Self(status, reason, None)
    }
}

/// The reason to show on the listing's page, if the buyer can do something about it there.
fn refusal(id: ListingId, units: Units, error: PlaceOrderError) -> Result<Refusal, PageError> {
    let (status, reason) = match error {
        PlaceOrderError::Unauthenticated => {
            let return_to = listing::path(id, Some(units));
            return Err(PageError::LoginRequired { return_to });
        }
        PlaceOrderError::IdempotencyKeyReused => (
            StatusCode::CONFLICT,
            "This form has already placed another order. Check the number of units, and press Buy to place \
             one more."
                .to_owned(),
        ),
        PlaceOrderError::Rejected(Rejection::PaymentsUnavailable) => (
            StatusCode::SERVICE_UNAVAILABLE,
            "Nothing was bought: this order has to be paid first, and this marketplace cannot take payments \
             yet."
                .to_owned(),
        ),
        // `show_again` adds the new price.
        PlaceOrderError::Rejected(Rejection::PriceChanged { .. }) => (
            StatusCode::CONFLICT,
            "Nothing was bought: check the total, and press Buy if you still want it.".to_owned(),
        ),
        PlaceOrderError::Rejected(rejection) => match rejection.into() {
            PageError::Conflict(reason) => {
                let reason = format!("{reason} {}", advice(rejection));
                return Ok(Refusal(StatusCode::CONFLICT, reason, first(rejection)));
            }
            error => return Err(error),
        },
        PlaceOrderError::Unavailable(error @ StoreError::Unreachable(_)) => {
            return Err(PageError::OutcomeUnknown {
                advice: "Reload this page: your browser submits the same form again, which buys only once, \
                         however often it is submitted.",
                cause: error.into(),
            });
        }
        error => return Err(error.into()),
    };
    Ok(Refusal::new(status, reason))
}

/// A link to what has to be paid or canceled first.
fn first(rejection: Rejection) -> Option<Link> {
    match rejection {
        Rejection::TabInCheckout(TabCarrier::Order(id)) => {
            Some(Link::new(orders::path(id, None), "View that order", ""))
        }
        Rejection::TabInCheckout(TabCarrier::Tab) => {
            Some(Link::new("/tab".to_owned(), "View your tab", ""))
        }
        Rejection::TooManyOpenCheckouts { .. } => {
            Some(Link::new("/orders".to_owned(), "View your orders", ""))
        }
        _ => None,
    }
}

/// Next step that the buyer is offered.
const fn advice(rejection: Rejection) -> &'static str {
    match rejection {
        Rejection::InsufficientUnits { available } if available.is_empty() => {
            "Nothing was bought. Come back later, or browse other listings."
        }
        Rejection::InsufficientUnits { .. }
        | Rejection::TooManyUnits { .. }
        | Rejection::TotalTooLarge => "Nothing was bought: order fewer units.",
        Rejection::TabInCheckout(TabCarrier::Tab) => {
            "Nothing was bought: finish the payment of your tab first."
        }
        Rejection::TabInCheckout(TabCarrier::Order(_)) => {
            "Nothing was bought: pay or cancel that order first."
        }
        Rejection::TooManyOpenCheckouts { .. } => {
            "Nothing was bought: pay or cancel an order that awaits payment first."
        }
        Rejection::TooManyOpenCheckoutsOfNetwork { .. } | Rejection::HeldBefore { .. } => {
            "Nothing was bought. Come back later."
        }
        Rejection::TooSmallToPay { .. } => "Nothing was bought: order more units.",
        Rejection::TotalTooFine { .. } => "Nothing was bought: order another number of units.",
        Rejection::Suspended
        | Rejection::ListingUnavailable
        | Rejection::PaymentsUnavailable
        | Rejection::PriceChanged { .. }
        | Rejection::CurrencyMismatch => "Nothing was bought. Browse other listings.",
    }
}

/// Shows the listing's current page with the submitted form and the reason, and with the new price if it
/// has changed.
async fn show_again(
    mut request: Request,
    id: ListingId,
    units: Option<Units>,
    shown: Money,
    Refusal(status, mut reason, link): Refusal,
) -> PageResult {
    let mut form = std::mem::take(&mut request.form);
    if let Some(units) = units {
        form.set("units", units.get().to_string());
    }
    let found = request.marketplace().readers.listings.find(id).await?;
    let listing = found.ok_or(PageError::NotFound)?;
    let price = listing.details.price_per_unit.amount();
    if price != shown && listing.status() == ListingStatus::Active {
        reason = format!(
            "The price is now {} per unit. {reason}",
            format::money(price)
        );
    }
    let page = listing::page(&request, listing, form, units).await?;
    page.refused(status, Notice::error(reason).with_link(link))
}

#[cfg(test)]
pub(super) mod tests;
