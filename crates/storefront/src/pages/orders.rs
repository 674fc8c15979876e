//! What somebody has ordered: all of it, and one order.

mod next_actions;
mod timeline;

use actix_web::http::StatusCode;
use askama::Template;
use udam_domain::ChangeOrderError;
use udam_domain::id::OrderId;
use udam_domain::order::{Order, OrderState};
use udam_domain::page::PageRequest;

use self::next_actions::NextActions;
use self::timeline::Step;
use crate::error::PageError;
use crate::format;
use crate::layout::{Layout, Notice};
use crate::request::Request;
use crate::response::{PageResult, private, see_other};

#[derive(Template)]
#[template(path = "orders.html")]
struct OrdersPage {
    layout: Layout,
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
            placed: format::instant(order.created_at),
            units: format::count(order.units),
            bought: format::units(order.units.get()),
            total: format::money(order.total),
            status: order.state.as_str(),
            status_text: format::status(order.state.as_str()),
        }
    }
}

/// Shows a page of what the visitor has ordered.
pub(crate) async fn list(request: Request) -> PageResult {
    let buyer = request.signed_in()?.account.id;
    let list_page = PageRequest {
        after: request.form.value("after").parse().ok(),
        ..PageRequest::default()
    };
    let page = request
        .marketplace()
        .readers
        .orders
        .of_buyer(buyer, list_page)
        .await?;
    let page = OrdersPage {
        layout: request.layout(),
        orders: page.items.into_iter().map(OrderRow::from).collect(),
        next: page.next.map(|last| format!("/orders?after={last}")),
    };
    private(StatusCode::OK, &page)
}

#[derive(Template)]
#[template(path = "order.html")]
struct OrderPage {
    layout: Layout,
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
    next: NextActions,
}

/// Shows an order to its buyer or its seller.
pub(crate) async fn show(request: Request) -> PageResult {
    let page = page(&request, request.path_id()?).await?;
    // Said only where it is so: a link to here may say anything.
    let is_canceled = page.status == OrderState::Canceled.as_str();
    let notice = match request.form.value("done") {
        "canceled" if is_canceled => Notice::success("The order is canceled. Nothing was charged."),
        "before" => Notice::info(
            "The form was sent before, and bought once: this is that order. To buy more, open the \
             listing anew.",
        ),
        "too_small" if is_canceled => Notice::error(
            "The order had to be canceled: it costs less than can be charged at once, and your tab has \
             no room for it. Settle your tab, then order again.",
        ),
        _ => return private(StatusCode::OK, &page),
    };
    let layout = page.layout.with_notice(notice);
    private(StatusCode::OK, &OrderPage { layout, ..page })
}

/// Gives an order up.
pub(crate) async fn cancel(request: Request) -> PageResult {
    let id: OrderId = request.path_id()?;
    let orders = &request.marketplace().orders;
    match orders.cancel(request.actor()?, id).await {
        Ok(_) => Ok(see_other(&path(id, Some("canceled")))),
        Err(ChangeOrderError::InvalidState(state)) => {
            let why = match state {
                OrderState::Fulfilled => {
                    "The order is paid, and cannot be canceled any more. Its token is yours; only its \
                     seller can take it back."
                }
                _ => "The order is closed already, and there is nothing to cancel.",
            };
            refused(&request, id, StatusCode::CONFLICT, why).await
        }
        Err(error) => Err(error.into()),
    }
}

/// The order as it is now, and why what was asked of it was not done.
pub(super) async fn refused(
    request: &Request,
    id: OrderId,
    status: StatusCode,
    why: &'static str,
) -> PageResult {
    let page = page(request, id).await?;
    let layout = page.layout.with_notice(Notice::error(why));
    private(status, &OrderPage { layout, ..page })
}

/// The address of an order's page, with a word for something it is to say.
pub(super) fn path(id: OrderId, done: Option<&str>) -> String {
    match done {
        Some(done) => format!("/orders/{id}?done={done}"),
        None => format!("/orders/{id}"),
    }
}

async fn page(request: &Request, id: OrderId) -> Result<OrderPage, PageError> {
    let viewer = request.signed_in()?.account.id;
    let found = request
        .marketplace()
        .readers
        .orders
        .find(id, viewer)
        .await?;
    let order = found.ok_or(PageError::NotFound)?;
    let next = NextActions::of(request, &order, viewer).await?;
    Ok(OrderPage {
        layout: request.layout(),
        id: order.id.to_string(),
        path: path(order.id, None),
        listing: format!("/listings/{}", order.listing_id),
        service_name: order.service_name.to_string(),
        units: format::units(order.units.get()),
        price: format::money(order.price_per_unit),
        total: format::money(order.total),
        route: timeline::route(order.route),
        status: order.state.as_str(),
        status_text: format::status(order.state.as_str()),
        is_open: order.state == OrderState::AwaitingPayment,
        steps: timeline::steps(&order, request.marketplace().clock.now()),
        next,
    })
}

#[cfg(test)]
pub(super) mod tests;
