//! The visitor's orders: the list, and the page of one order.

mod complaint;
mod next_actions;
mod timeline;

use actix_web::http::StatusCode;
use askama::Template;
use udam_domain::ChangeOrderError;
use udam_domain::id::{AccountId, OrderId};
use udam_domain::listing::ServiceChanges;
use udam_domain::order::{Order, OrderState};
use udam_domain::policy::Unchargeable;

use self::complaint::Complaining;
use self::next_actions::NextActions;
use self::timeline::Step;
use crate::error::PageError;
use crate::format;
use crate::layout::{Layout, Notice};
use crate::pages::service_changes;
use crate::request::Request;
use crate::response::{PageResult, private, see_other};
use crate::table::{Cell, Column, Table};

const COLUMNS: [Column; 5] = [
    Column::text("Service"),
    Column::text("Placed"),
    Column::number("Units"),
    Column::number("Total"),
    Column::text("Status"),
];

#[derive(Template)]
#[template(path = "orders.html")]
struct OrdersPage {
    layout: Layout,
    table: Table,
    /// Address of the next page.
    next: Option<String>,
}

/// Shows a page of the visitor's orders, newest first.
pub(crate) async fn list(request: Request) -> PageResult {
    let buyer = request.signed_in()?.account.id;
    let orders = &request.marketplace().readers.orders;
    let page = orders.of_buyer(buyer, request.list_page()).await?;
    let page = OrdersPage {
        layout: request.layout(),
        table: Table {
            caption: "Your orders, newest first",
            columns: &COLUMNS,
            rows: page.items.iter().map(row).collect(),
        },
        next: page.next.map(|last| format!("/orders?after={last}")),
    };
    private(StatusCode::OK, &page)
}

fn row(order: &Order) -> Vec<Cell> {
    let units = format::units(order.units.get());
    let placed = format::instant(order.created_at);
    vec![
        Cell::link(
            path(order.id, None),
            order.service_name.as_str(),
            format!(", {units}, placed {placed}"),
        ),
        Cell::Text(placed),
        Cell::Text(format::count(order.units)),
        Cell::Text(format::money(order.total)),
        Cell::Status(order.state.into()),
    ]
}

#[derive(Template)]
#[template(path = "order.html")]
pub(super) struct OrderPage {
    layout: Layout,
    id: String,
    /// Path of this page.
    path: String,
    /// Path of the listing.
    listing: String,
    service_name: String,
    units: String,
    price: String,
    total: String,
    payment_method: &'static str,
    state: OrderState,
    steps: Vec<Step>,
    next: NextActions,
    /// What the seller has changed since the order, as sentences.
    changed: Option<String>,
    pub(super) complaining: Complaining,
}

impl OrderPage {
    /// Name of the order's state, as its badge has it.
    fn status(&self) -> &'static str {
        self.state.into()
    }
}

/// Notice about an order that the payment provider refuses to open a checkout for. The page below says until
/// when its units are held.
pub(super) const PAYMENT_REFUSED: &str = "The payment provider refuses this payment, and trying again does not help \
                                          now. The operator has been told. Nothing was charged. The units stay \
                                          reserved for the time shown below, unless you cancel the order.";

/// Notice about an order whose checkout is not opened yet.
pub(super) const TOO_MANY_CHECKOUTS: &str = "Too many payments were opened within an hour. Your order is kept for the time \
                                             shown below, and nothing was charged. Press Pay again later.";

/// Shows an order to its buyer or its seller.
pub(crate) async fn show(request: Request) -> PageResult {
    let mut page = page(&request, request.path_id()?).await?;
    let notice = notice(request.form.value("done"), &page);
    page.layout = page.layout.with_notice(notice);
    private(StatusCode::OK, &page)
}

/// The message of a code in the address. The code is not signed, so that it is shown only where it is true.
fn notice(code: &str, page: &OrderPage) -> Option<Notice> {
    let is_canceled = page.state == OrderState::Canceled;
    Some(match code {
        "canceled" if is_canceled => Notice::success("The order is canceled."),
        "complained" if page.complaining.sent.is_some() => {
            Notice::success("Your complaint is sent to the operator of the marketplace.")
        }
        "before" => Notice::info(
            "This form was submitted before and bought once: this is that order. To buy more, open the \
             listing again.",
        ),
        "too_small" if is_canceled => Notice::error(
            "The order was canceled: its total is less than can be charged at once, and your tab has no \
             room for it. Pay your tab, then order again.",
        ),
        "refused" if page.state == OrderState::AwaitingPayment => Notice::error(PAYMENT_REFUSED),
        "too_many" if page.state == OrderState::AwaitingPayment => {
            Notice::error(TOO_MANY_CHECKOUTS)
        }
        "too_large" if is_canceled => Notice::error(
            "The order was canceled: its total is more than can be charged at once. Order fewer units.",
        ),
        "too_fine" if is_canceled => Notice::error(
            "The order was canceled: its total is finer than can be charged. Order another number of units.",
        ),
        _ => return None,
    })
}

/// The code of the message about an order that was canceled because it cannot be charged for.
pub(super) const fn code_of(reason: Unchargeable) -> &'static str {
    match reason {
        Unchargeable::TooSmall => "too_small",
        Unchargeable::TooLarge => "too_large",
        Unchargeable::TooFine => "too_fine",
    }
}

/// Cancels an order.
pub(crate) async fn cancel(request: Request) -> PageResult {
    let id: OrderId = request.path_id()?;
    let orders = &request.marketplace().orders;
    match orders.cancel(request.actor()?, id).await {
        Ok(_) => Ok(see_other(&path(id, Some("canceled")))),
        Err(ChangeOrderError::InvalidState(state)) => {
            let reason = match state {
                OrderState::Fulfilled => {
                    "This order is fulfilled and can no longer be canceled. You have its token; only the \
                     seller can refund it."
                }
                _ => "This order is already closed, so there is nothing to cancel.",
            };
            refused(&request, id, StatusCode::CONFLICT, reason).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Responds with the order's current page, with the reason why a request was refused above it.
pub(super) async fn refused(
    request: &Request,
    id: OrderId,
    status: StatusCode,
    reason: &'static str,
) -> PageResult {
    let page = page(request, id).await?;
    let layout = page.layout.with_notice(Notice::error(reason));
    private(status, &OrderPage { layout, ..page })
}

/// The path of an order's page, with the code of a message to show.
pub(super) fn path(id: OrderId, done: Option<&str>) -> String {
    match done {
        Some(code) => format!("/orders/{id}?done={code}"),
        None => format!("/orders/{id}"),
    }
}

pub(super) async fn page(request: &Request, id: OrderId) -> Result<OrderPage, PageError> {
    let viewer = request.signed_in()?.account.id;
    let found = request
        .marketplace()
        .readers
        .orders
        .find(id, viewer)
        .await?;
    let order = found.ok_or(PageError::NotFound)?;
    let next = NextActions::of(request, &order, viewer)?;
    let changes = changes_to_know(request, &order, viewer).await?;
    let complaining = Complaining::of(request, &order, viewer).await?;
    Ok(OrderPage {
        layout: request.layout(),
        id: order.id.to_string(),
        path: path(order.id, None),
        listing: format!("/listings/{}", order.listing_id),
        service_name: order.service_name.to_string(),
        units: format::units(order.units.get()),
        price: format::money(order.price_per_unit),
        total: format::money(order.total),
        payment_method: timeline::payment_method(order.route),
        state: order.state,
        steps: timeline::steps(&order, request.marketplace().clock.now()),
        next,
        changed: service_changes::sentences(changes),
        complaining,
    })
}

/// Changes of the service that the viewer has to know of, being the holder of the order's token.
async fn changes_to_know(
    request: &Request,
    order: &Order,
    viewer: AccountId,
) -> Result<ServiceChanges, PageError> {
    let marketplace = request.marketplace();
    let token = match order.token_id {
        Some(id) if order.state == OrderState::Fulfilled => {
            marketplace.readers.tokens.find(id, viewer).await?
        }
        _ => None,
    };
    let now = marketplace.clock.now();
    Ok(token.map_or_else(ServiceChanges::default, |token| token.changes_to_know(now)))
}

#[cfg(test)]
pub(super) mod tests;
