//! One purchase, from its order to its end.

use anyhow::{Context, Result, ensure};
use futures::future::try_join;
use udam_testkit::Response;

use super::follow_up;
use super::market::ChaosMarket;
use super::plan::{FollowUp, PRODUCTS, Payment, Purchase};
use crate::paid_market::{payment_url, session_id};

/// Result of a purchase, as far as its buyer knows.
#[derive(Debug)]
pub(super) enum Outcome {
    /// No units were left, or an unpaid order of its buyer's carries the tab and comes first.
    TurnedAway,
    /// An order was placed, which must end in one of these states.
    Ordered {
        purchase: Purchase,
        order: String,
        ends: &'static [&'static str],
    },
}

pub(super) const FULFILLED: &[&str] = &["fulfilled"];
const FULFILLED_OR_REFUNDED: &[&str] = &["fulfilled", "refunded"];
pub(super) const REFUNDED: &[&str] = &["refunded"];
const EXPIRED: &[&str] = &["expired"];
const CANCELED: &[&str] = &["canceled"];

pub(super) async fn run(market: &ChaosMarket, purchase: Purchase) -> Result<Outcome> {
    let outcome = place_and_pay(market, purchase).await;
    outcome.with_context(|| format!("{purchase:?}"))
}

async fn place_and_pay(market: &ChaosMarket, purchase: Purchase) -> Result<Outcome> {
    let (purchase, order) = place_for_any_buyer(market, purchase).await?;
    if order.status == 409 {
        ensure!(
            PRODUCTS[purchase.product].scarce || is_behind_another(&order),
            "sold out: {}",
            order.text
        );
        return Ok(Outcome::TurnedAway);
    }
    ensure!(order.status == 201, "{} {}", order.status, order.text);
    let ends = match order["status"].as_str() {
        Some("awaiting_payment") => pay(market, purchase, &order).await?,
        Some("fulfilled") => buy_on_tab(market, purchase, &order).await?,
        _ => anyhow::bail!("just placed: {}", order.text),
    };
    Ok(Outcome::Ordered {
        purchase,
        order: order.id().to_owned(),
        ends,
    })
}

/// Whether an unpaid order of the same buyer's comes first.
fn is_behind_another(order: &Response) -> bool {
    order["code"] == "tab_in_checkout"
}

/// Places an order, by another buyer of the same kind if its buyer has to pay another one first.
async fn place_for_any_buyer(
    market: &ChaosMarket,
    mut purchase: Purchase,
) -> Result<(Purchase, Response)> {
    let buyers = market.buyers.len();
    let mut order = place(market, purchase).await?;
    for _ in 0..buyers {
        if !is_behind_another(&order) {
            break;
        }
        purchase.buyer = (purchase.buyer + 2) % buyers;
        order = place(market, purchase).await?;
    }
    Ok((purchase, order))
}

async fn place(market: &ChaosMarket, purchase: Purchase) -> Result<Response> {
    let (buyer, listing) = (
        &market.buyers[purchase.buyer],
        &market.listings[purchase.product],
    );
    let key = format!("purchase {}", purchase.number);
    let once = || {
        let key = &key;
        market.retry(buyer, async move |buyer| {
            buyer.buy_with_key(listing, purchase.units, key).await
        })
    };
    if !purchase.doubled {
        return once().await;
    }
    let (first, second) = try_join(once(), once()).await?;
    let placed = |response: &Response| response.status == 201;
    ensure!(
        !(placed(&first) && placed(&second)) || first.id() == second.id(),
        "two orders: {} {}",
        first.text,
        second.text
    );
    // What stood in the way of the first may be gone for the second.
    Ok(if placed(&first) { first } else { second })
}

/// A small order is refunded by its seller, or together with the charge that carries it.
async fn buy_on_tab(
    market: &ChaosMarket,
    purchase: Purchase,
    order: &Response,
) -> Result<&'static [&'static str]> {
    if purchase.follow_up == FollowUp::SellerRefunds {
        return refund(market, order).await;
    }
    let carried_by_others = purchase.buyer % 2 == 1;
    Ok(if carried_by_others {
        FULFILLED_OR_REFUNDED
    } else {
        FULFILLED
    })
}

pub(super) async fn refund(
    market: &ChaosMarket,
    order: &Response,
) -> Result<&'static [&'static str]> {
    let id = order.id();
    let refunded = market.retry(&market.seller, async |seller| seller.refund(id).await);
    let refunded = refunded.await?;
    ensure!(
        refunded.status == 200,
        "{} {}",
        refunded.status,
        refunded.text
    );
    Ok(REFUNDED)
}

async fn pay(
    market: &ChaosMarket,
    purchase: Purchase,
    order: &Response,
) -> Result<&'static [&'static str]> {
    let (sandbox, session) = (&market.sandbox, session_id(order));
    let late = if PRODUCTS[purchase.product].scarce {
        FULFILLED_OR_REFUNDED
    } else {
        FULFILLED
    };
    match purchase.payment {
        Payment::Pay => press(market, order, "pay", 303).await?,
        Payment::PayTwiceAtOnce => {
            let press_pay = || sandbox.press(payment_url(order), "pay");
            let (first, second) = try_join(press_pay(), press_pay()).await?;
            ensure!(first.status.min(second.status) == 303, "neither paid");
        }
        Payment::PayAfterDecline => {
            press(market, order, "decline", 303).await?;
            press(market, order, "pay", 303).await?;
        }
        Payment::PayAsync | Payment::FailAsync => {
            let succeeds = purchase.payment == Payment::PayAsync;
            sandbox.pay_async(session).await?;
            sandbox.settle_async(session, succeeds).await?;
            if !succeeds {
                return Ok(CANCELED);
            }
        }
        Payment::Cancel => {
            cancel(market, purchase, order).await?;
            return Ok(CANCELED);
        }
        Payment::CancelAndPay => {
            cancel(market, purchase, order).await?;
            return paid_or(market, order, late, CANCELED).await;
        }
        Payment::CancelAndPayLate => {
            cancel(market, purchase, order).await?;
            sandbox.pay_late(session).await?;
            return Ok(late);
        }
        Payment::Expire => {
            press(market, order, "expire", 303).await?;
            return Ok(EXPIRED);
        }
        Payment::ExpireAndPayLate => {
            press(market, order, "expire", 303).await?;
            sandbox.pay_late(session).await?;
            return Ok(late);
        }
        Payment::Lapse => {
            market.lapse(Some(session)).await?;
            return Ok(EXPIRED);
        }
        Payment::LapseAndPay => {
            market.lapse(Some(session)).await?;
            return paid_or(market, order, late, EXPIRED).await;
        }
        Payment::Leave => return Ok(EXPIRED),
    }
    follow_up::run(market, purchase, order).await
}

async fn press(market: &ChaosMarket, order: &Response, action: &str, status: u16) -> Result<()> {
    let response = market.sandbox.press(payment_url(order), action).await?;
    ensure!(
        response.status == status,
        "{action}: {} {}",
        response.status,
        response.text
    );
    Ok(())
}

/// Pays if that is still possible; the outcome depends on which comes first.
async fn paid_or(
    market: &ChaosMarket,
    order: &Response,
    paid: &'static [&'static str],
    unpaid: &'static [&'static str],
) -> Result<&'static [&'static str]> {
    let response = market.sandbox.press(payment_url(order), "pay").await?;
    Ok(if response.status == 303 { paid } else { unpaid })
}

async fn cancel(market: &ChaosMarket, purchase: Purchase, order: &Response) -> Result<()> {
    let (buyer, id) = (&market.buyers[purchase.buyer], order.id());
    let canceled = market.retry(buyer, async |buyer| buyer.cancel(id).await);
    let canceled = canceled.await?;
    ensure!(
        canceled.status == 200,
        "{} {}",
        canceled.status,
        canceled.text
    );
    Ok(())
}
