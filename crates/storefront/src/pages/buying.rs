//! Buying from a listing's page.

use actix_web::http::StatusCode;
use udam_domain::id::ListingId;
use udam_domain::listing::ListingStatus;
use udam_domain::marketplace::{BuyUnits, CheckoutOutcome, Purchase};
use udam_domain::money::Money;
use udam_domain::order::{IdempotencyKey, Rejection};
use udam_domain::units::Units;
use udam_domain::{PlaceOrderError, StoreError};
use uuid::Uuid;

use super::{listing, orders, paying};
use crate::error::PageError;
use crate::format;
use crate::request::Request;
use crate::response::{PageResult, see_other};

/// Buys units, and shows the order.
pub(crate) async fn buy(mut request: Request) -> PageResult {
    let listing_id: ListingId = request.path_id()?;
    let authority = request.authority()?;
    let key = order_key(&request)?;
    let price = price_shown(&request)?;
    let Some(units) = request.form.read::<Units>("units") else {
        let refusal = Refusal(
            StatusCode::UNPROCESSABLE_ENTITY,
            "Nothing was bought: say how many units you want.".to_owned(),
        );
        return again(request, listing_id, None, price, refusal).await;
    };
    let orders = &request.marketplace().orders;
    let purchase = BuyUnits {
        listing_id,
        units,
        expected_price: Some(price),
        idempotency_key: Some(key),
    };
    match orders.buy(authority, purchase).await {
        Ok(bought) => Ok(see_other(&path(&bought))),
        Err(error) => {
            let refusal = refusal(listing_id, error)?;
            again(request, listing_id, Some(units), price, refusal).await
        }
    }
}

/// Where the order is shown, with what is to be said of it there. One whose checkout failed is kept, and
/// its page offers to try again.
fn path(bought: &Purchase) -> String {
    let news = match &bought.checkout {
        CheckoutOutcome::Unchargeable(_) => Some("too_small"),
        CheckoutOutcome::Failed(error) => {
            paying::log_failure(error, bought.order.id);
            None
        }
        CheckoutOutcome::NotNeeded | CheckoutOutcome::Opened => None,
    };
    let news = news.or(bought.replayed.then_some("before"));
    orders::path(bought.order.id, news)
}

/// The name that the listing's page gave to the order. A UUID can be written in several ways, which all
/// name the same order.
fn order_key(request: &Request) -> Result<IdempotencyKey, PageError> {
    let key: Option<Uuid> = request.form.value("order_key").parse().ok();
    key.and_then(|key| key.to_string().parse().ok())
        .ok_or(PageError::BadRequest)
}

/// What the listing's page said that a unit costs.
fn price_shown(request: &Request) -> Result<Money, PageError> {
    let minor = request.form.value("price_minor").parse();
    let minor = minor.map_err(|_no_number| PageError::BadRequest)?;
    Ok(Money::new(minor, request.store.settings.currency))
}

/// Why the listing's page comes again instead of an order, as a status and as sentences.
struct Refusal(StatusCode, String);

/// What to say on the listing's page, if there is something to be done about it there.
fn refusal(id: ListingId, error: PlaceOrderError) -> Result<Refusal, PageError> {
    let (status, why) = match error {
        PlaceOrderError::Unauthenticated => {
            let return_to = format!("/listings/{id}");
            return Err(PageError::LoginRequired { return_to });
        }
        PlaceOrderError::IdempotencyKeyReused => (
            StatusCode::CONFLICT,
            "This form has placed another order already. Look at the units, and press Buy to place \
             one more."
                .to_owned(),
        ),
        PlaceOrderError::Rejected(Rejection::PaymentsUnavailable) => (
            StatusCode::SERVICE_UNAVAILABLE,
            "Nothing was bought: that has to be paid first, and this marketplace cannot take payments \
             yet. A smaller order goes on your tab, as long as the tab has room."
                .to_owned(),
        ),
        // The price itself is said wherever it has changed.
        PlaceOrderError::Rejected(Rejection::PriceChanged { .. }) => (
            StatusCode::CONFLICT,
            "Nothing was bought: look at the total, and press Buy if you still want it.".to_owned(),
        ),
        PlaceOrderError::Rejected(rejection) => match rejection.into() {
            PageError::Conflict(why) => (
                StatusCode::CONFLICT,
                format!("{why} {}", advice(rejection)),
            ),
            trouble => return Err(trouble),
        },
        PlaceOrderError::Unavailable(error @ StoreError::Unreachable(_)) => {
            return Err(PageError::OutcomeUnknown {
                advice: "Reload this page: your browser sends the same form again, which buys once, \
                         however often it is sent.",
                cause: error.into(),
            });
        }
        error => return Err(error.into()),
    };
    Ok(Refusal(status, why))
}

/// What to do about it.
const fn advice(rejection: Rejection) -> &'static str {
    match rejection {
        Rejection::InsufficientUnits { available } if available.is_empty() => {
            "Nothing was bought. Come back later, or look for another."
        }
        Rejection::InsufficientUnits { .. } | Rejection::TotalTooLarge => {
            "Nothing was bought: ask for fewer units."
        }
        Rejection::ListingUnavailable
        | Rejection::PaymentsUnavailable
        | Rejection::PriceChanged { .. }
        | Rejection::CurrencyMismatch => "Nothing was bought. Look for another.",
    }
}

/// The listing's page as it is now, with what was typed, and with what a unit costs if that is not what
/// the buyer was shown.
async fn again(
    mut request: Request,
    id: ListingId,
    units: Option<Units>,
    shown: Money,
    Refusal(status, mut why): Refusal,
) -> PageResult {
    let mut form = std::mem::take(&mut request.form);
    if let Some(units) = units {
        form.set("units", units.get().to_string());
    }
    let found = request.marketplace().readers.listings.find(id).await?;
    let listing = found.ok_or(PageError::NotFound)?;
    let price = listing.details.price_per_unit.amount();
    if price != shown && listing.status() == ListingStatus::Active {
        why = format!("The price is now {} a unit. {why}", format::money(price));
    }
    let page = listing::page(&request, listing, form, units).await?;
    page.refused(status, why)
}

#[cfg(test)]
pub(super) mod tests;
