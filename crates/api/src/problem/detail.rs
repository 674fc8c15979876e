//! Details that take more than a sentence to make.

use std::borrow::Cow;

use udam_domain::account::Obligation;
use udam_domain::account::{AccountKeyInfo, Scope};
use udam_domain::id::OrderId;
use udam_domain::listing::TooManyListings;
use udam_domain::time::RetryAfter;
use udam_domain::units::Stock;
use udam_web::Check;

use super::KeptOrder;

/// Detail of a second factor that cannot be confirmed.
pub(super) const NO_FACTOR_BEGUN: &str =
    "No second factor was begun within the hour; begin with POST /v1/auth/totp.";

/// Detail of an API key that may not do what was asked.
pub(super) fn scope_missing(scope: Scope) -> String {
    format!("The call needs an API key with the scope {scope}; make one on the account page.")
}

/// Detail of an account with as many API keys as it may have.
pub(super) fn too_many_api_keys() -> String {
    let most = AccountKeyInfo::MOST;
    format!("An account may have {most} API keys; revoke one that is not used any more.")
}

/// Detail of a server that is not ready.
pub(super) const fn not_ready(failed: Check) -> &'static str {
    match failed {
        Check::Running => "The server is stopping.",
        Check::Database => "The database does not answer; the server's log has the cause.",
        Check::Writable => {
            "The database accepts no writes: it is a standby, or a failover is under way."
        }
        Check::Migrations => "The schema is older than the server; run `udam migrate`.",
    }
}

/// Detail of an account that others depend on, with what to do.
pub(super) fn obligations(found: &[Obligation]) -> String {
    let advice: Vec<_> = found
        .iter()
        .map(|obligation| format!("{}.", obligation.advice()))
        .collect();
    advice.join(" ")
}

/// Detail of an order of more units than are left.
pub(super) fn only_left(left: Stock) -> String {
    let units = if left.get() == 1 {
        "unit is"
    } else {
        "units are"
    };
    format!("Only {left} {units} left; ask for at most that.")
}

/// Detail of too many orders that await payment, with what to do.
pub(super) fn too_many_open(most: u32, of_address: bool) -> String {
    let orders = if most == 1 {
        "1 order".to_owned()
    } else {
        format!("{most} orders")
    };
    if of_address {
        format!(
            "Buyers at your address who have not paid before may have {orders} unpaid at once. Wait \
             until one of them is paid or lapses."
        )
    } else {
        format!(
            "You may have {orders} unpaid at once. Pay or cancel an order that awaits payment; \
             GET /v1/orders lists them."
        )
    }
}

/// Detail of a provider that has failed.
pub(super) fn provider_failed(order: Option<&OrderId>) -> Cow<'static, str> {
    match order {
        Some(order) => format!(
            "The order is kept, and nothing was charged. In a moment, repeat the request with \
             the same Idempotency-Key, or call POST /v1/orders/{order}/checkout."
        )
        .into(),
        None => "Nothing was charged. Try again in a moment.".into(),
    }
}

/// What has become of a payment that the provider refuses.
pub(super) fn refused(order: Option<&KeptOrder>) -> String {
    const WHY: &str = "The payment provider refuses this payment. Asking again does not help now; an operator \
                       has been told. Nothing was charged";
    match order {
        None => format!("{WHY}, and your tab is unchanged."),
        Some(KeptOrder { id, held_until }) => {
            let until = held_until.map(|until| format!(" until {until}"));
            let until = until.unwrap_or_default();
            format!(
                "{WHY}, and the order is kept: its units stay held{until}, or until you call \
                 POST /v1/orders/{id}/cancel."
            )
        }
    }
}

/// Detail of a checkout that is not opened yet.
pub(super) fn too_many_checkouts(retry: &RetryAfter, order: Option<&KeptOrder>) -> String {
    let from = retry.until;
    match order {
        None => format!("Too many checkouts were opened lately. Ask again from {from} on."),
        Some(KeptOrder { id, held_until }) => {
            let until = held_until.map(|until| format!(" until {until}"));
            let until = until.unwrap_or_default();
            format!(
                "Too many checkouts were opened lately, and the order is kept: its units stay held{until}. Call \
                 POST /v1/orders/{id}/checkout from {from} on."
            )
        }
    }
}

/// Detail of a new account that has published enough for a day.
pub(super) fn too_many_listings(refused: &TooManyListings) -> String {
    let TooManyListings { most, retry } = refused;
    format!(
        "A new account publishes {most} listings in a day at most. Publish more from {} on; who has sold something \
         that was paid, or has made a payment, is not limited.",
        retry.until
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_many_open_checkouts_has_the_number_of_orders() {
        let detail = |most| too_many_open(most, false);
        assert!(detail(1).starts_with("You may have 1 order unpaid"));
        assert!(detail(5).starts_with("You may have 5 orders unpaid"));
    }
}
