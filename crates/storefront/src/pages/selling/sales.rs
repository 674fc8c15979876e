//! What others have bought of the seller.

use actix_web::http::StatusCode;
use askama::Template;
use udam_domain::order::{Order, OrderState};
use udam_domain::page::PageRequest;

use super::address;
use crate::answer::{Answer, private};
use crate::shell::Shell;
use crate::visit::Visit;
use crate::words;

const REFUNDED: &str = "Refunded. The token is revoked, and the buyer gets back what the order cost, or \
    owes it no longer.";

const REVOKED: &str =
    "Revoked. The token opens nothing from now on; the order stays paid unless you refund it.";

#[derive(Template)]
#[template(path = "sales.html")]
struct SalesPage {
    shell: Shell,
    sales: Vec<Sale>,
    is_first: bool,
    next: Option<String>,
}

/// One order, as its seller sees it.
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
            placed: words::instant(order.created_at),
            service_name: order.service_name.to_string(),
            listing_path: address(order.listing_id),
            units: words::count(order.units),
            total: words::money(order.total),
            status,
            status_text: words::status(status),
            refund_path: can_be_refunded.then(|| super::refund::address(order.id)),
            revoke_path: token.map(|token| format!("/tokens/{token}/revoke")),
        }
    }
}

/// Shows a page of it, the newest first.
pub(crate) async fn show(visit: Visit) -> Answer {
    let seller = visit.account()?.account.id;
    let request = PageRequest {
        after: visit.form.value("after").parse().ok(),
        ..PageRequest::default()
    };
    let is_first = request.after.is_none();
    let orders = &visit.marketplace().orders;
    let page = orders.of_seller(seller, request).await?;
    let mut shell = visit.shell();
    match visit.done() {
        "refunded" => shell = shell.saying("good", REFUNDED),
        "revoked" => shell = shell.saying("good", REVOKED),
        _ => {}
    }
    let page = SalesPage {
        shell,
        sales: page.items.iter().map(Sale::from).collect(),
        is_first,
        next: page.next.map(|id| format!("/my/sales?after={id}")),
    };
    private(StatusCode::OK, &page)
}
