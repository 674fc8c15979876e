//! The page to which the provider returns a buyer who has paid the tab.

use actix_web::http::StatusCode;
use askama::Template;
use udam_domain::id::ChargeId;
use udam_domain::money::Money;
use udam_domain::payment::{CarryingCharge, ChargeState};

use super::super::waiting::{Wait, refreshing};
use super::payments;
use crate::error::PageError;
use crate::format;
use crate::layout::Layout;
use crate::request::Request;
use crate::response::{PageResult, private, see_other};

#[derive(Template)]
#[template(path = "tab_paid.html")]
struct PaidPage {
    layout: Layout,
    heading: String,
    text: &'static str,
    /// Amount on the tab now.
    open: String,
    /// Path of the payment's page, once it has arrived.
    payment: Option<String>,
    /// Path for the script to poll; `None` if there is nothing to wait for.
    live: Option<String>,
}

/// Shows what has become of the payment and the tab. Until the provider's confirmation arrives, the page refreshes
/// itself.
pub(crate) async fn show(request: Request) -> PageResult {
    let buyer = request.signed_in()?.account.id;
    let id: ChargeId = request.path_id()?;
    let tabs = &request.marketplace().readers.tabs;
    let charge = tabs.charge(id, buyer).await?.ok_or(PageError::NotFound)?;
    let path = payments::path(id);
    let is_open = charge.state == ChargeState::Open;
    let wait = Wait::of(&request, &format!("{path}/paid"), is_open);
    if let Wait::Return(address) = wait {
        return Ok(see_other(&address));
    }
    let live = wait.refreshed();
    let tab = tabs.tab(buyer).await?;
    let open = tab.map_or(Money::zero(charge.tab.currency()), |tab| tab.open);
    let (heading, text) = message(&charge, live.is_some());
    let page = PaidPage {
        layout: request.layout(),
        heading,
        text,
        open: format::money(open),
        payment: (charge.state == ChargeState::Paid).then_some(path),
        live,
    };
    let is_live = page.live.is_some();
    Ok(refreshing(private(StatusCode::OK, &page)?, is_live))
}

/// The heading and the text of the page.
fn message(charge: &CarryingCharge, refreshes: bool) -> (String, &'static str) {
    const CONFIRMED: &str = "Your payment is being confirmed";
    match charge.state {
        ChargeState::Open if refreshes => (
            CONFIRMED.to_owned(),
            "The confirmation is on its way and usually takes a few seconds. This page updates by itself.",
        ),
        ChargeState::Open => (
            CONFIRMED.to_owned(),
            "The confirmation is taking longer than usual. You do not have to wait here: your tab shows the \
             payment as soon as it arrives.",
        ),
        ChargeState::Paid => (
            format!("Paid: {}", format::money(charge.total)),
            "Thank you. The payment has arrived.",
        ),
        ChargeState::Closed => (
            "The time to pay has run out".to_owned(),
            "If you have paid, the amount still comes off your tab, or you get your money back. You do not \
             have to do anything.",
        ),
    }
}
