//! What somebody has ordered: all of it, and one order.

mod course;
mod next;

use actix_web::http::StatusCode;
use askama::Template;
use udam_domain::ChangeOrderError;
use udam_domain::id::OrderId;
use udam_domain::order::{Order, OrderState};
use udam_domain::page::PageRequest;

use self::course::Step;
use self::next::Next;
use crate::answer::{Answer, private, see_other};
use crate::shell::Shell;
use crate::trouble::Trouble;
use crate::visit::Visit;
use crate::words;

#[derive(Template)]
#[template(path = "orders.html")]
struct OrdersPage {
    shell: Shell,
    orders: Vec<OrderRow>,
    next: Option<String>,
}

struct OrderRow {
    path: String,
    service_name: String,
    placed: String,
    units: String,
    /// The units, where no heading says what they are.
    bought: String,
    total: String,
    status: &'static str,
    status_text: String,
}

impl From<Order> for OrderRow {
    fn from(order: Order) -> Self {
        Self {
            path: path(order.id, None),
            service_name: order.service_name.to_string(),
            placed: words::instant(order.created_at),
            units: words::count(order.units),
            bought: words::units(order.units.get()),
            total: words::money(order.total),
            status: order.state.as_str(),
            status_text: words::status(order.state.as_str()),
        }
    }
}

/// Shows a page of what the visitor has ordered.
pub(crate) async fn list(visit: Visit) -> Answer {
    let buyer = visit.account()?.account.id;
    let request = PageRequest {
        after: visit.form.value("after").parse().ok(),
        ..PageRequest::default()
    };
    let page = visit.marketplace().orders.of_buyer(buyer, request).await?;
    let page = OrdersPage {
        shell: visit.shell(),
        orders: page.items.into_iter().map(OrderRow::from).collect(),
        next: page.next.map(|last| format!("/orders?after={last}")),
    };
    private(StatusCode::OK, &page)
}

#[derive(Template)]
#[template(path = "order.html")]
struct OrderPage {
    shell: Shell,
    id: String,
    path: String,
    listing: String,
    service_name: String,
    units: String,
    price: String,
    total: String,
    route: &'static str,
    status: &'static str,
    status_text: String,
    is_open: bool,
    steps: Vec<Step>,
    next: Next,
}

/// Shows an order to its buyer or its seller.
pub(crate) async fn show(visit: Visit) -> Answer {
    let page = page(&visit, visit.id()?).await?;
    // Said only where it is so: a link to here may say anything.
    let is_canceled = page.status == OrderState::Canceled.as_str();
    let (kind, text) = match visit.form.value("done") {
        "canceled" if is_canceled => ("good", "The order is canceled. Nothing was charged."),
        "before" => (
            "plain",
            "The form was sent before, and bought once: this is that order. To buy more, open the \
             listing anew.",
        ),
        "too_small" if is_canceled => (
            "bad",
            "The order had to be canceled: it costs less than can be charged at once, and your tab has \
             no room for it. Settle your tab, then order again.",
        ),
        _ => return private(StatusCode::OK, &page),
    };
    let shell = page.shell.saying(kind, text);
    private(StatusCode::OK, &OrderPage { shell, ..page })
}

/// Gives an order up.
pub(crate) async fn cancel(visit: Visit) -> Answer {
    let id: OrderId = visit.id()?;
    let orders = &visit.marketplace().orders;
    match orders.cancel(visit.account()?, &visit.origin(), id).await {
        Ok(_) => {
            // The sweep has the provider end the session, so that nobody pays for nothing.
            visit.store.premises.sweep_soon();
            Ok(see_other(&path(id, Some("canceled"))))
        }
        Err(ChangeOrderError::InvalidState(state)) => {
            let why = match state {
                OrderState::Fulfilled => {
                    "The order is paid, and cannot be canceled any more. Its token is yours; only its \
                     seller can take it back."
                }
                _ => "The order is closed already, and there is nothing to cancel.",
            };
            refused(&visit, id, StatusCode::CONFLICT, why).await
        }
        Err(error) => Err(error.into()),
    }
}

/// The order as it is now, and why what was asked of it was not done.
pub(super) async fn refused(
    visit: &Visit,
    id: OrderId,
    status: StatusCode,
    why: &'static str,
) -> Answer {
    let page = page(visit, id).await?;
    let shell = page.shell.saying("bad", why);
    private(status, &OrderPage { shell, ..page })
}

/// The address of an order's page, with a word for something it is to say.
pub(super) fn path(id: OrderId, done: Option<&str>) -> String {
    match done {
        Some(done) => format!("/orders/{id}?done={done}"),
        None => format!("/orders/{id}"),
    }
}

async fn page(visit: &Visit, id: OrderId) -> Result<OrderPage, Trouble> {
    let viewer = visit.account()?.account.id;
    let found = visit.marketplace().orders.find(id, viewer).await?;
    let order = found.ok_or(Trouble::NotFound)?;
    let next = Next::of(visit, &order, viewer).await?;
    Ok(OrderPage {
        shell: visit.shell(),
        id: order.id.to_string(),
        path: path(order.id, None),
        listing: format!("/listings/{}", order.listing_id),
        service_name: order.service_name.to_string(),
        units: words::units(order.units.get()),
        price: words::money(order.price_per_unit),
        total: words::money(order.total),
        route: course::route(order.route),
        status: order.state.as_str(),
        status_text: words::status(order.state.as_str()),
        is_open: order.state == OrderState::AwaitingPayment,
        steps: course::steps(&order, visit.marketplace().orders.clock.now()),
        next,
    })
}

#[cfg(test)]
pub(super) mod tests;
