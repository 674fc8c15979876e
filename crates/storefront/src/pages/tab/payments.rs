//! Payments of the visitor's tab: the list, and the page of one with the orders that it has cleared.

use actix_web::http::StatusCode;
use askama::Template;
use udam_domain::id::ChargeId;
use udam_domain::order::Order;
use udam_domain::payment::{CarryingCharge, ChargeState};

use super::super::orders;
use crate::error::PageError;
use crate::format;
use crate::layout::Layout;
use crate::request::Request;
use crate::response::{PageResult, private};
use crate::table::{Cell, Column, Table};

const COLUMNS: [Column; 4] = [
    Column::text("Paid"),
    Column::number("For the tab"),
    Column::text("Together with"),
    Column::text("Status"),
];

const ORDER_COLUMNS: [Column; 5] = [
    Column::text("Service"),
    Column::text("Placed"),
    Column::number("Units"),
    Column::number("Amount"),
    Column::text("Status"),
];

#[derive(Template)]
#[template(path = "tab_payments.html")]
struct PaymentsPage {
    layout: Layout,
    table: Table,
    /// Address of the next page.
    next: Option<String>,
}

#[derive(Template)]
#[template(path = "tab_payment.html")]
struct PaymentPage {
    layout: Layout,
    /// Part for the tab.
    amount: String,
    /// All that was paid.
    total: String,
    paid: String,
    /// Path of the order that was paid with it.
    order: Option<String>,
    table: Table,
    /// Whether the first page of orders is shown.
    is_first: bool,
    /// Address of the next page of orders.
    next: Option<String>,
}

/// The path of a payment's page.
pub(super) fn path(id: ChargeId) -> String {
    format!("/tab/payments/{id}")
}

/// The table of payments.
pub(super) fn table(caption: &'static str, paid: &[CarryingCharge]) -> Table {
    Table {
        caption,
        columns: &COLUMNS,
        rows: paid.iter().map(row).collect(),
    }
}

fn row(charge: &CarryingCharge) -> Vec<Cell> {
    let paid = paid(charge);
    let amount = format::money(charge.tab);
    let with = match charge.order_id {
        None => Cell::text("Nothing else"),
        Some(id) => Cell::link(orders::path(id, None), "An order", format!(", paid {paid}")),
    };
    vec![
        Cell::link(path(charge.id), paid, format!(", {amount} for the tab")),
        Cell::Text(amount),
        with,
        Cell::Status("paid"),
    ]
}

/// Time of a payment.
fn paid(charge: &CarryingCharge) -> String {
    charge
        .paid_at
        .map_or_else(|| "–".to_owned(), format::instant)
}

/// Shows a page of the payments of the visitor's tab, newest first.
pub(crate) async fn list(request: Request) -> PageResult {
    let buyer = request.signed_in()?.account.id;
    let tabs = &request.marketplace().readers.tabs;
    let page = tabs.paid_charges(buyer, request.list_page()).await?;
    let page = PaymentsPage {
        layout: request.layout(),
        table: table("Payments of your tab, newest first", &page.items),
        next: page.next.map(|last| format!("/tab/payments?after={last}")),
    };
    private(StatusCode::OK, &page)
}

/// Shows a payment, with the orders that it has cleared.
pub(crate) async fn show(request: Request) -> PageResult {
    let buyer = request.signed_in()?.account.id;
    let id: ChargeId = request.path_id()?;
    let tabs = &request.marketplace().readers.tabs;
    let found = tabs.charge(id, buyer).await?;
    let charge = found
        .filter(|charge| charge.state == ChargeState::Paid)
        .ok_or(PageError::NotFound)?;
    let list_page = request.list_page();
    let cleared = tabs.cleared_orders(id, buyer, list_page).await?;
    let page = PaymentPage {
        layout: request.layout(),
        amount: format::money(charge.tab),
        total: format::money(charge.total),
        paid: paid(&charge),
        order: charge.order_id.map(|order| orders::path(order, None)),
        table: Table {
            caption: "Small orders that were paid, newest first",
            columns: &ORDER_COLUMNS,
            rows: cleared.items.iter().map(order_row).collect(),
        },
        is_first: list_page.after.is_none(),
        next: cleared
            .next
            .map(|last| format!("{}?after={last}", path(id))),
    };
    private(StatusCode::OK, &page)
}

fn order_row(order: &Order) -> Vec<Cell> {
    let placed = format::instant(order.created_at);
    vec![
        Cell::link(
            orders::path(order.id, None),
            order.service_name.as_str(),
            format!(", placed {placed}"),
        ),
        Cell::Text(placed),
        Cell::Text(format::count(order.units)),
        Cell::Text(format::money(order.total)),
        Cell::Status(order.state.into()),
    ]
}
