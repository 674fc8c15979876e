//! Buying from a listing's page.

use actix_web::http::StatusCode;
use udam_domain::PlaceOrderError;
use udam_domain::id::ListingId;
use udam_domain::marketplace::BuyUnits;
use udam_domain::order::{IdempotencyKey, Rejection};
use udam_domain::units::Units;

use super::{listing, orders, paying};
use crate::answer::{Answer, see_other};
use crate::trouble::Trouble;
use crate::visit::Visit;

/// Places an order, has the provider told of it if it takes a payment, and shows it.
pub(crate) async fn buy(mut visit: Visit) -> Answer {
    let listing_id: ListingId = visit.id()?;
    let authority = visit.authority()?;
    let key = order_key(&visit)?;
    let Some(units) = visit.form.read::<Units>("units") else {
        let why = "Nothing was bought: say how many units you want.";
        return again(
            visit,
            listing_id,
            None,
            StatusCode::UNPROCESSABLE_ENTITY,
            why,
        )
        .await;
    };
    let ordering = &visit.marketplace().ordering;
    let request = BuyUnits {
        listing_id,
        units,
        idempotency_key: Some(key),
    };
    let placed = ordering.buy(authority, request).await;
    visit.store.premises.count_order(&placed);
    match placed {
        Ok(placed) => {
            let unpaid = paying::prepare(&visit, &placed.order).await;
            let news = unpaid.or(placed.replayed.then_some("before"));
            Ok(see_other(&orders::path(placed.order.id, news)))
        }
        Err(error) => refuse(visit, listing_id, units, error).await,
    }
}

/// The name that the listing's page gave to the order.
fn order_key(visit: &Visit) -> Result<IdempotencyKey, Trouble> {
    let key = visit.form.value("order_key");
    let key = Some(key).filter(|key| listing::is_order_key(key));
    key.and_then(|key| key.parse().ok())
        .ok_or(Trouble::Unreadable)
}

/// Says why not beside the form, where there is something to be done about it.
async fn refuse(visit: Visit, id: ListingId, units: Units, error: PlaceOrderError) -> Answer {
    let (status, why) = match error {
        PlaceOrderError::Unauthenticated => {
            let back_to = format!("/listings/{id}");
            return Err(Trouble::SignIn { back_to });
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
        PlaceOrderError::Rejected(rejection) => match rejection.into() {
            Trouble::Conflict(why) => (
                StatusCode::CONFLICT,
                format!("{why} {}", advice(rejection)),
            ),
            trouble => return Err(trouble),
        },
        error => return Err(error.into()),
    };
    again(visit, id, Some(units), status, &why).await
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
        | Rejection::CurrencyMismatch => "Nothing was bought. Look for another.",
    }
}

/// The listing's page as it is now, with what was typed.
async fn again(
    mut visit: Visit,
    id: ListingId,
    units: Option<Units>,
    status: StatusCode,
    why: &str,
) -> Answer {
    let form = std::mem::take(&mut visit.form);
    let found = visit.marketplace().catalogue.find(id).await?;
    let listing = found.ok_or(Trouble::NotFound)?;
    let page = listing::page(&visit, listing, form, units).await?;
    page.refused(status, why)
}

#[cfg(test)]
mod tests;
