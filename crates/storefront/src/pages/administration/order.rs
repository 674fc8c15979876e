//! An order as operators see it.

use actix_web::http::StatusCode;
use udam_domain::administration::{ChargeFacts, Operator, OrderStory, TokenFacts};
use udam_domain::id::OrderId;
use udam_domain::order::ReturnedUnits;
use udam_domain::time::Timestamp;

use super::story_page::{Action, Card, Fact, StoryPage};
use super::{acts, done, history, paths, reason};
use crate::error::PageError;
use crate::form::Form;
use crate::format;
use crate::request::Request;
use crate::response::{PageResult, private, see_other};

/// Shows an order with its history.
pub(crate) async fn show(request: Request) -> PageResult {
    let by = request.operator().await?;
    let page = page(&request, &by, Form::default()).await?;
    private(StatusCode::OK, &page)
}

/// Refunds an order.
pub(crate) async fn refund(mut request: Request) -> PageResult {
    let by = request.operator().await?;
    let id: OrderId = request.path_id()?;
    let mut form = std::mem::take(&mut request.form);
    let Some(reason) = reason(&mut form) else {
        let page = page(&request, &by, form).await?;
        return private(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    let units = if form.value("return_units") == "yes" {
        ReturnedUnits::ForSale
    } else {
        ReturnedUnits::StaySold
    };
    let orders = &request.marketplace().orders;
    orders.refund_by_operator(by, id, units, reason).await?;
    Ok(see_other(
        &request.with_flash(&paths::order(id), "refunded"),
    ))
}

async fn page(request: &Request, by: &Operator, form: Form) -> Result<StoryPage, PageError> {
    let id: OrderId = request.path_id()?;
    let path = paths::order(id);
    let marketplace = request.marketplace();
    let asked = history::page(request);
    let found = marketplace.administration.order(by, id, asked).await?;
    let story = found.ok_or(PageError::NotFound)?;
    let total = format::money(story.order.total);
    let action = Action {
        heading: "Refund",
        path: format!("{path}/refund"),
        meaning: format!(
            "The token is revoked, and {total} come off the buyer's tab or go back through the payment provider. \
             This cannot be undone."
        ),
        label: "Reason",
        button: format!("Refund {total}"),
        asks_for_units: true,
        form,
    };
    let can_refund = acts(by) && story.order.state.is_refundable();
    let mut cards = vec![order_card(&story)];
    cards.extend(story.charge.as_ref().map(payment_card));
    let now = marketplace.clock.now();
    cards.extend(story.token.as_ref().map(|token| token_card(token, now)));
    Ok(StoryPage {
        layout: request.layout().with_notice(done(request)),
        title: format!("Order: {}", story.order.service_name),
        status: Some(story.order.state.into()),
        text: None,
        cards,
        history: Some(history::table(&story.history.items)),
        next: history::next(&path, story.history.next),
        action: can_refund.then_some(action),
    })
}

fn order_card(story: &OrderStory) -> Card {
    let order = &story.order;
    let (buyer, seller, listing) = (order.buyer_id, order.seller_id, order.listing_id);
    let units = format::units(order.units.get());
    let price = format::money(order.price_per_unit);
    Card {
        id: "order-facts",
        heading: "Order",
        facts: vec![
            Fact::new("Order", order.id.to_string()),
            Fact::linked("Buyer", story.buyer.as_str(), paths::account(buyer)),
            Fact::linked("Seller", story.seller.as_str(), paths::account(seller)),
            Fact::linked("Listing", listing.to_string(), paths::listing(listing)),
            Fact::new("Units", format!("{units} at {price}")),
            Fact::new("Total", format::money(order.total)),
            Fact::new("Refunded", format::money(order.refunded)),
            Fact::new("Placed", format::second(order.created_at)),
        ],
    }
}

fn payment_card(charge: &ChargeFacts) -> Card {
    let state: &str = charge.state.into();
    let more = if charge.may_be_paid {
        ", may still be paid"
    } else {
        ""
    };
    let mut facts = vec![
        Fact::new("Payment", charge.id.to_string()),
        Fact::new("State", format!("{}{more}", format::status(state))),
        Fact::new("Total", format::money(charge.total)),
        Fact::new("For the tab", format::money(charge.tab)),
        Fact::new("Refunded", format::money(charge.refunded)),
        Fact::time("Paid", charge.paid_at, "Not yet"),
    ];
    let session = charge.session.as_ref();
    facts.extend(session.map(|session| Fact::new("Session", session.as_str())));
    let payment = charge.payment.as_ref();
    facts.extend(payment.map(|payment| Fact::new("At the provider", payment.as_str())));
    Card {
        id: "payment-facts",
        heading: "Payment",
        facts,
    }
}

fn token_card(token: &TokenFacts, now: Timestamp) -> Card {
    let status: &str = token.state.status(token.expires_at, now).into();
    let mut facts = vec![
        Fact::new("Token", token.id.to_string()),
        Fact::new("Status", format::status(status)),
        Fact::time("First revealed", token.revealed_at, "Never"),
        Fact::new("Expires", format::instant(token.expires_at)),
    ];
    facts.extend(
        token
            .left
            .map(|left| Fact::new("Units left", format::count(left))),
    );
    Card {
        id: "token-facts",
        heading: "Token",
        facts,
    }
}
