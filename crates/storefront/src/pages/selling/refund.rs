//! Taking an order back.

use actix_web::http::StatusCode;
use askama::Template;
use udam_domain::ChangeOrderError;
use udam_domain::id::OrderId;
use udam_domain::order::{Order, OrderState, ReturnedUnits};
use udam_domain::payment::PaymentRoute;

use crate::answer::{Answer, private, see_other};
use crate::shell::Shell;
use crate::trouble::Trouble;
use crate::visit::Visit;
use crate::words;

#[derive(Template)]
#[template(path = "refund.html")]
struct RefundPage {
    shell: Shell,
    path: String,
    service_name: String,
    units: String,
    total: String,
    placed: String,
    was_on_tab: bool,
}

/// Where an order is refunded.
pub(super) fn address(id: OrderId) -> String {
    format!("/orders/{id}/refund")
}

/// Says what a refund does, and asks.
pub(crate) async fn ask(visit: Visit) -> Answer {
    let order = sold(&visit).await?;
    if order.state != OrderState::Fulfilled {
        return Err(ChangeOrderError::InvalidState(order.state).into());
    }
    let page = RefundPage {
        shell: visit.shell(),
        path: address(order.id),
        service_name: order.service_name.to_string(),
        units: words::units(order.units.get()),
        total: words::money(order.total),
        placed: words::instant(order.created_at),
        was_on_tab: order.route == PaymentRoute::Tab,
    };
    private(StatusCode::OK, &page)
}

/// Takes it back.
pub(crate) async fn refund(visit: Visit) -> Answer {
    let seller = visit.account()?;
    let id: OrderId = visit.id()?;
    let units = if visit.form.value("return_units") == "yes" {
        ReturnedUnits::ForSale
    } else {
        ReturnedUnits::StaySold
    };
    let orders = &visit.marketplace().orders;
    orders.refund(seller, &visit.origin(), id, units).await?;
    // The sweep sends what is owed back.
    visit.store.premises.sweep_soon();
    Ok(see_other(&visit.having_done("/my/sales", "refunded")))
}

/// The order that the path names, for its seller alone.
async fn sold(visit: &Visit) -> Result<Order, Trouble> {
    let seller = visit.account()?.account.id;
    let found = visit.marketplace().orders.find(visit.id()?, seller).await?;
    let sold = found.filter(|order| order.seller_id == seller);
    sold.ok_or(Trouble::NotFound)
}
