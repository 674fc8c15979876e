//! The orders of a seller's listings.

use actix_web::http::StatusCode;
use askama::Template;
use udam_domain::order::{Order, OrderState};

use super::edit_path;
use crate::format;
use crate::layout::{Layout, Notice};
use crate::request::Request;
use crate::response::{PageResult, private};

const REFUNDED: &str = "Refunded. The token is revoked, and the amount goes back to the buyer or comes off \
    their tab.";

const REVOKED: &str =
    "Revoked. The token no longer grants access; the order stays paid unless you refund it.";

#[derive(Template)]
#[template(path = "sales.html")]
struct SalesPage {
    layout: Layout,
    sales: Vec<Sale>,
    is_first: bool,
    next: Option<String>,
}

/// A row of the table of sales.
struct Sale {
    placed: String,
    service_name: String,
    listing_path: String,
    units: String,
    total: String,
    status: &'static str,
    status_text: String,
    refund_path: Option<String>,
    revoke_path: Option<String>,
}

impl From<&Order> for Sale {
    fn from(order: &Order) -> Self {
        let can_be_refunded = order.state == OrderState::Fulfilled;
        let token = order.token_id.filter(|_| can_be_refunded);
        let status = order.state.as_str();
        Self {
            placed: format::instant(order.created_at),
            service_name: order.service_name.to_string(),
            listing_path: edit_path(order.listing_id),
            units: format::count(order.units),
            total: format::money(order.total),
            status,
            status_text: format::status(status),
            refund_path: can_be_refunded.then(|| super::refund::address(order.id)),
            revoke_path: token.map(|token| format!("/tokens/{token}/revoke")),
        }
    }
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
        sales: page.items.iter().map(Sale::from).collect(),
        is_first,
        next: page.next.map(|id| format!("/my/sales?after={id}")),
    };
    private(StatusCode::OK, &page)
}
