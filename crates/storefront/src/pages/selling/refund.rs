//! Refunding an order.

use actix_web::http::StatusCode;
use askama::Template;
use udam_domain::ChangeOrderError;
use udam_domain::id::OrderId;
use udam_domain::order::{Order, ReturnedUnits};
use udam_domain::payment::PaymentRoute;

use crate::error::PageError;
use crate::format;
use crate::layout::Layout;
use crate::request::Request;
use crate::response::{PageResult, private, see_other};

#[derive(Template)]
#[template(path = "refund.html")]
struct RefundPage {
    layout: Layout,
    path: String,
    service_name: String,
    units: String,
    total: String,
    placed: String,
    was_on_tab: bool,
}

/// The path of the page where an order is refunded.
pub(super) fn path(id: OrderId) -> String {
    format!("/orders/{id}/refund")
}

/// Shows what a refund means, with a button to confirm.
pub(crate) async fn confirm(request: Request) -> PageResult {
    let order = sold(&request).await?;
    if !order.state.is_refundable() {
        return Err(ChangeOrderError::InvalidState(order.state).into());
    }
    let page = RefundPage {
        layout: request.layout(),
        path: path(order.id),
        service_name: order.service_name.to_string(),
        units: format::units(order.units.get()),
        total: format::money(order.total),
        placed: format::instant(order.created_at),
        was_on_tab: order.route == PaymentRoute::Tab,
    };
    private(StatusCode::OK, &page)
}

/// Refunds the order.
pub(crate) async fn refund(request: Request) -> PageResult {
    let seller = request.actor()?;
    let id: OrderId = request.path_id()?;
    let units = if request.form.value("return_units") == "yes" {
        ReturnedUnits::ForSale
    } else {
        ReturnedUnits::StaySold
    };
    let orders = &request.marketplace().orders;
    orders.refund(seller, id, units).await?;
    Ok(see_other(&request.with_flash("/my/sales", "refunded")))
}

/// The order in the path, if the visitor is its seller.
async fn sold(request: &Request) -> Result<Order, PageError> {
    let seller = request.signed_in()?.account.id;
    let found = request
        .marketplace()
        .readers
        .orders
        .find(request.path_id()?, seller)
        .await?;
    let sold = found.filter(|order| order.seller_id == seller);
    sold.ok_or(PageError::NotFound)
}
