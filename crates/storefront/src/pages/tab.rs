//! The visitor's tab: what is owed and for which orders, paying it, and what was paid.

pub(crate) mod paid;
pub(crate) mod payments;

use actix_web::http::StatusCode;
use askama::Template;
use udam_domain::money::Money;
use udam_domain::order::TabCarrier;
use udam_domain::page::{PageLimit, PageRequest};
use udam_domain::payment::{CarryingCharge, TabOrder};
use udam_domain::policy::Unchargeable;
use udam_domain::time::Timestamp;
use udam_domain::{CheckoutError, OpenChargeError};

use super::orders;
use crate::error::PageError;
use crate::format;
use crate::layout::{Layout, Notice};
use crate::request::Request;
use crate::response::{PageResult, private};
use crate::table::{Cell, Column, Link, Table};

/// Payments that the page of the tab shows. All of them are on a page of their own.
const SHOWN_PAYMENTS: i64 = 3;

const COLUMNS: [Column; 5] = [
    Column::text("Service"),
    Column::text("Placed"),
    Column::number("Units"),
    Column::number("Amount"),
    Column::text("Included in"),
];

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
    /// Unfinished payments that include a part of the tab.
    checkouts: Vec<Checkout>,
    can_pay: bool,
    text: String,
    /// The orders on the tab.
    table: Table,
    /// Address of the next page of orders.
    next: Option<String>,
    /// The last payments.
    payments: Table,
    has_more_payments: bool,
}

/// An unfinished payment that includes a part of the tab.
struct Checkout {
    text: String,
    link: Option<Link>,
}

#[derive(Template)]
#[template(path = "pay_tab.html")]
struct PayTabPage {
    layout: Layout,
    /// URL of the payment page.
    url: String,
    /// Text of the link to it: what is charged.
    pay: String,
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
            let tabs = &request.marketplace().readers.tabs;
            let charges = tabs.open_charges(buyer.account_id).await?;
            let is_it =
                |charge: &&CarryingCharge| charge.payment_url.as_ref() == Some(&session.url);
            let amount = charges.iter().find(is_it).map(|charge| charge.total);
            let page = PayTabPage {
                layout: request.layout(),
                // It may have been paid in this moment.
                pay: amount.map_or_else(
                    || "Pay at the payment provider".to_owned(),
                    |amount| format!("Pay {}", format::money(amount)),
                ),
                url: session.url,
            };
            return private(StatusCode::OK, &page);
        }
        Err(CheckoutError::Charge(OpenChargeError::NothingOwed)) => (
            StatusCode::CONFLICT,
            "There is nothing to pay here: your tab is empty, or the payment of an order includes it. Pay or \
             cancel that order.",
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
    let tabs = &request.marketplace().readers.tabs;
    let tab = tabs.tab(buyer).await?;
    let limits = settings.tab_limits;
    let (open, limit) = tab.map_or((Money::zero(settings.currency), limits.new), |tab| {
        (tab.open, limits.of(&tab))
    });
    let charges = tabs.open_charges(buyer).await?;
    let on_tab = tabs.orders(buyer, request.list_page()).await?;
    let last = PageRequest {
        after: None,
        limit: PageLimit::new(SHOWN_PAYMENTS).unwrap_or_default(),
    };
    let paid = tabs.paid_charges(buyer, last).await?;
    let remaining = limit.minor().saturating_sub(open.minor()).max(0);
    let has_provider = request.marketplace().payments.is_some();
    let now = request.marketplace().clock.now();
    let (can_pay, text) = next_action(open, &charges, settings.smallest_charge, has_provider);
    Ok(TabPage {
        layout: request.layout(),
        open: format::money(open),
        limit: format::money(limit),
        remaining: format::money(Money::new(remaining, limit.currency())),
        immediate_below: settings.immediate_below(),
        used_percent: used_percent(open, limit),
        checkouts: charges.iter().map(|charge| checkout(charge, now)).collect(),
        can_pay,
        text,
        table: Table {
            caption: "Orders on your tab, newest first",
            columns: &COLUMNS,
            rows: on_tab.items.iter().map(row).collect(),
        },
        next: on_tab.next.map(|last| format!("/tab?after={last}")),
        payments: payments::table("Last payments of your tab", &paid.items),
        has_more_payments: paid.next.is_some(),
    })
}

fn row(TabOrder { order, carried_by }: &TabOrder) -> Vec<Cell> {
    let units = format::units(order.units.get());
    let placed = format::instant(order.created_at);
    let carrier = match carried_by {
        None => Cell::text("No payment yet"),
        Some(TabCarrier::Tab) => Cell::text("An open payment of the tab"),
        Some(TabCarrier::Order(id)) => Cell::link(
            orders::path(*id, None),
            "An unpaid order",
            format!(", with {units} of {}, placed {placed}", order.service_name),
        ),
    };
    vec![
        Cell::link(
            orders::path(order.id, None),
            order.service_name.as_str(),
            format!(", {units}, placed {placed}"),
        ),
        Cell::Text(placed),
        Cell::Text(format::count(order.units)),
        Cell::Text(format::money(order.total)),
        carrier,
    ]
}

fn checkout(charge: &CarryingCharge, now: Timestamp) -> Checkout {
    let amount = format::money(charge.tab);
    match charge.carrier() {
        TabCarrier::Order(id) => Checkout {
            text: format!("The payment of an order includes {amount} of your tab."),
            link: Some(Link::new(orders::path(id, None), "View that order", "")),
        },
        TabCarrier::Tab if charge.expires_at <= now => Checkout {
            text: format!("A payment of {amount} of your tab has run out, and is being closed."),
            link: None,
        },
        TabCarrier::Tab => Checkout {
            text: format!(
                "A payment of {amount} of your tab is open until {}.",
                format::instant(charge.expires_at)
            ),
            link: charge
                .payment_url
                .clone()
                .map(|url| Link::new(url, "Continue to the payment page", "")),
        },
    }
}

/// Whether the tab can be paid now, and what to do next.
fn next_action(
    open: Money,
    charges: &[CarryingCharge],
    smallest: Money,
    has_provider: bool,
) -> (bool, String) {
    let of_orders = charges.iter().filter(|charge| charge.order_id.is_some());
    let in_orders: i64 = of_orders.map(|charge| charge.tab.minor()).sum();
    if open.minor() <= 0 {
        (false, "You owe nothing.".to_owned())
    } else if !has_provider {
        let text =
            "This marketplace cannot take payments yet. The amount stays on your tab until it can.";
        (false, text.to_owned())
    } else if in_orders == open.minor() {
        let text = "All of your tab is paid with that order. If you cancel the order, you can pay the tab here.";
        (false, text.to_owned())
    } else if open.minor() < smallest.minor() {
        let least = format::money(smallest);
        (
            false,
            format!("The smallest payment is {least}. You can pay once you owe that much."),
        )
    } else {
        let text =
            "Pay whenever you like, or together with your next order that goes through checkout.";
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
