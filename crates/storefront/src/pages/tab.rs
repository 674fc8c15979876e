//! What somebody owes for small orders, and settling it.

use actix_web::http::StatusCode;
use askama::Template;
use udam_domain::money::Money;
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
    room: String,
    small_order_limit: String,
    /// How much of the limit is used, in hundredths.
    used: i64,
    can_settle: bool,
    say: String,
}

#[derive(Template)]
#[template(path = "pay_tab.html")]
struct PayTabPage {
    layout: Layout,
    url: String,
}

/// Shows the visitor's tab.
pub(crate) async fn show(request: Request) -> PageResult {
    private(StatusCode::OK, &page(&request).await?)
}

/// Asks the provider where the tab is paid, and shows the way there.
pub(crate) async fn settle(request: Request) -> PageResult {
    let buyer = request.actor()?;
    let session = request.marketplace().orders.check_out_tab(buyer).await;
    let (status, why) = match session {
        Ok(session) => {
            let layout = request.layout();
            let url = session.url;
            return private(StatusCode::OK, &PayTabPage { layout, url });
        }
        Err(CheckoutError::Charge(OpenChargeError::NothingOwed)) => (
            StatusCode::CONFLICT,
            "There is nothing to settle by itself: the tab is empty, or an order that awaits payment \
             carries what is on it. Pay or cancel that order under Orders.",
        ),
        Err(CheckoutError::Charge(OpenChargeError::Unchargeable(_))) => (
            StatusCode::CONFLICT,
            "What there is to settle is less than can be charged at once. It stays on your tab until \
             there is more.",
        ),
        Err(CheckoutError::Gateway(error)) => {
            let cause = udam_domain::error_chain(&error);
            tracing::error!(cause, buyer = %buyer.account_id, "a buyer could not be sent to pay a tab");
            let why = "The payment provider does not answer. Nothing has been charged, and your tab \
                       stays as it is. Try again in a moment.";
            (StatusCode::BAD_GATEWAY, why)
        }
        Err(error) => return Err(error.into()),
    };
    let page = page(&request).await?;
    let layout = page.layout.with_notice(Notice::error(why));
    private(status, &TabPage { layout, ..page })
}

async fn page(request: &Request) -> Result<TabPage, PageError> {
    let buyer = request.signed_in()?.account.id;
    let settings = &request.store.settings;
    let tab = request.marketplace().readers.orders.tab(buyer).await?;
    let open = tab.map_or_else(|| Money::zero(settings.currency), |tab| tab.open);
    let limit = settings.tab_limit;
    let room = limit.minor().saturating_sub(open.minor()).max(0);
    let can_pay = request.marketplace().payments.is_some();
    let (can_settle, say) = what_next(open, settings.smallest_charge, can_pay);
    Ok(TabPage {
        layout: request.layout(),
        open: format::money(open),
        limit: format::money(limit),
        room: format::money(Money::new(room, limit.currency())),
        small_order_limit: format::money(settings.small_order_limit),
        used: used(open, limit),
        can_settle,
        say,
    })
}

/// Whether a tab can be settled, and what there is to say of it.
fn what_next(open: Money, smallest: Money, can_pay: bool) -> (bool, String) {
    if open.minor() <= 0 {
        (false, "You owe nothing.".to_owned())
    } else if !can_pay {
        let say = "This marketplace cannot take payments yet. What you owe stays on your tab until it \
                   can.";
        (false, say.to_owned())
    } else if open.minor() < smallest.minor() {
        let least = format::money(smallest);
        (
            false,
            format!("A payment is for {least} at least. You can settle once you owe as much."),
        )
    } else {
        let say = "Settle whenever you like. Otherwise, your next order that has to be paid carries \
                   it. A payment that you have just made shows here once the provider has confirmed \
                   it.";
        (true, say.to_owned())
    }
}

fn used(open: Money, limit: Money) -> i64 {
    let hundredths = open.minor().saturating_mul(100);
    hundredths
        .checked_div(limit.minor())
        .unwrap_or(0)
        .clamp(0, 100)
}

#[cfg(test)]
mod tests;
