//! The visitor's tab, and paying it.

use actix_web::http::StatusCode;
use askama::Template;
use udam_domain::money::Money;
use udam_domain::policy::Unchargeable;
use udam_domain::{CheckoutError, OpenChargeError};

use crate::error::PageError;
use crate::format;
use crate::layout::{Layout, Notice};
use crate::request::Request;
use crate::response::{PageResult, private};

#[derive(Template)]
#[template(path = "tab.html")]
struct TabPage {
    layout: Layout,
    open: String,
    limit: String,
    remaining: String,
    /// Limit of orders that go on the tab; `None` if every order is paid first.
    immediate_below: Option<String>,
    /// Used part of the limit, in percent.
    used_percent: i64,
    can_pay: bool,
    text: String,
}

#[derive(Template)]
#[template(path = "pay_tab.html")]
struct PayTabPage {
    layout: Layout,
    /// URL of the payment page.
    url: String,
}

/// Shows the visitor's tab.
pub(crate) async fn show(request: Request) -> PageResult {
    private(StatusCode::OK, &page(&request).await?)
}

/// Opens a checkout for the tab, and links to the payment page.
pub(crate) async fn pay(request: Request) -> PageResult {
    let buyer = request.actor()?;
    let session = request.marketplace().orders.check_out_tab(buyer).await;
    let (status, reason) = match session {
        Ok(session) => {
            let layout = request.layout();
            let url = session.url;
            return private(StatusCode::OK, &PayTabPage { layout, url });
        }
        Err(CheckoutError::Charge(OpenChargeError::NothingOwed)) => (
            StatusCode::CONFLICT,
            "There is nothing to pay here: your tab is empty, or an order that awaits payment \
             includes it. Pay or cancel that order under Orders.",
        ),
        Err(CheckoutError::Charge(OpenChargeError::Unchargeable(reason))) => {
            (StatusCode::CONFLICT, unchargeable(reason))
        }
        Err(error @ (CheckoutError::Refused { .. } | CheckoutError::Gateway(_))) => {
            let cause = udam_domain::error_chain(&error);
            tracing::error!(cause, buyer = %buyer.account_id, "opening the checkout of a tab failed");
            let reason = if error.is_refusal() {
                "The payment provider refuses this payment, and trying again does not help now. The operator \
                 has been told. Nothing was charged, and your tab is unchanged."
            } else {
                "The payment provider did not answer. Nothing was charged, and your tab is unchanged. Try \
                 again in a moment."
            };
            (StatusCode::BAD_GATEWAY, reason)
        }
        Err(error) => return Err(error.into()),
    };
    let page = page(&request).await?;
    let layout = page.layout.with_notice(Notice::error(reason));
    private(status, &TabPage { layout, ..page })
}

/// Why the tab cannot be paid, and what becomes of it.
const fn unchargeable(reason: Unchargeable) -> &'static str {
    match reason {
        Unchargeable::TooSmall => {
            "The amount is less than can be charged at once. It stays on your tab until there is more."
        }
        Unchargeable::TooLarge => {
            "The oldest order on your tab costs more than can be charged at once. Ask its seller for a \
             refund, and order fewer units at a time."
        }
        Unchargeable::TooFine => {
            "The amount is finer than can be charged. It stays on your tab until another order makes up for \
             it."
        }
    }
}

async fn page(request: &Request) -> Result<TabPage, PageError> {
    let buyer = request.signed_in()?.account.id;
    let settings = &request.store.settings;
    let tab = request.marketplace().readers.orders.tab(buyer).await?;
    let limits = settings.tab_limits;
    let (open, limit) = tab.map_or((Money::zero(settings.currency), limits.new), |tab| {
        (tab.open, limits.of(&tab))
    });
    let remaining = limit.minor().saturating_sub(open.minor()).max(0);
    let has_provider = request.marketplace().payments.is_some();
    let (can_pay, text) = next_action(open, settings.smallest_charge, has_provider);
    Ok(TabPage {
        layout: request.layout(),
        open: format::money(open),
        limit: format::money(limit),
        remaining: format::money(Money::new(remaining, limit.currency())),
        immediate_below: settings.immediate_below(),
        used_percent: used_percent(open, limit),
        can_pay,
        text,
    })
}

/// Whether the tab can be paid now, and what to do next.
fn next_action(open: Money, smallest: Money, has_provider: bool) -> (bool, String) {
    if open.minor() <= 0 {
        (false, "You owe nothing.".to_owned())
    } else if !has_provider {
        let text =
            "This marketplace cannot take payments yet. The amount stays on your tab until it can.";
        (false, text.to_owned())
    } else if open.minor() < smallest.minor() {
        let least = format::money(smallest);
        (
            false,
            format!("The smallest payment is {least}. You can pay once you owe that much."),
        )
    } else {
        let text = "Pay whenever you like, or together with your next order that goes through \
                   checkout. A payment you have just made shows here once the provider has \
                   confirmed it.";
        (true, text.to_owned())
    }
}

fn used_percent(open: Money, limit: Money) -> i64 {
    let percent = open.minor().saturating_mul(100);
    percent
        .checked_div(limit.minor())
        .unwrap_or(0)
        .clamp(0, 100)
}

#[cfg(test)]
mod tests;
