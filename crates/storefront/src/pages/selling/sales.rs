//! The orders of a seller's listings.

use actix_web::http::StatusCode;
use askama::Template;
use udam_domain::order::Order;

use super::{edit_path, refund};
use crate::format;
use crate::layout::{Layout, Notice};
use crate::request::Request;
use crate::response::{PageResult, private};
use crate::table::{Cell, Column, Link, Table};

const REFUNDED: &str = "Refunded. The token is revoked, and the amount goes back to the buyer or comes off \
    their tab.";

const REVOKED: &str =
    "Revoked. The token no longer grants access; the order stays paid unless you refund it.";

const COLUMNS: [Column; 6] = [
    Column::text("Service"),
    Column::text("Placed"),
    Column::number("Units"),
    Column::number("Total"),
    Column::text("Status"),
    Column::text("Refund or revoke"),
];

#[derive(Template)]
#[template(path = "sales.html")]
struct SalesPage {
    layout: Layout,
    table: Table,
    is_first: bool,
    /// Address of the next page.
    next: Option<String>,
}

fn row(order: &Order) -> Vec<Cell> {
    let placed = format::instant(order.created_at);
    let total = format::money(order.total);
    let mut actions = Vec::new();
    if order.state.is_refundable() {
        actions.push(Link::new(
            refund::path(order.id),
            "Refund",
            format!(" {total} for {}, placed {placed}", order.service_name),
        ));
        actions.extend(order.token_id.map(|token| {
            Link::new(
                format!("/tokens/{token}/revoke"),
                "Revoke",
                format!(" the token of {}, placed {placed}", order.service_name),
            )
        }));
    }
    vec![
        Cell::link(edit_path(order.listing_id), order.service_name.as_str(), ""),
        Cell::Text(placed),
        Cell::Text(format::count(order.units)),
        Cell::Text(total),
        Cell::Status(order.state.into()),
        Cell::Links(actions),
    ]
}

/// Shows a page of the seller's sales, newest first.
pub(crate) async fn show(request: Request) -> PageResult {
    let seller = request.signed_in()?.account.id;
    let list_page = request.list_page();
    let is_first = list_page.after.is_none();
    let orders = &request.marketplace().readers.orders;
    let page = orders.of_seller(seller, list_page).await?;
    let notice = match request.flash() {
        "refunded" => Some(Notice::success(REFUNDED)),
        "revoked" => Some(Notice::success(REVOKED)),
        _ => None,
    };
    let page = SalesPage {
        layout: request.layout().with_notice(notice),
        table: Table {
            caption: "Orders for your listings, newest first",
            columns: &COLUMNS,
            rows: page.items.iter().map(row).collect(),
        },
        is_first,
        next: page.next.map(|id| format!("/my/sales?after={id}")),
    };
    private(StatusCode::OK, &page)
}
