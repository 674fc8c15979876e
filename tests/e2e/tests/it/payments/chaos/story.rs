//! One wish, from its order to whatever it comes to.

use anyhow::{Context, Result, ensure};
use futures::future::try_join;
use udam_testkit::Response;

use super::plan::{Aftermath, Fate, WARES, Wish};
use super::town::{Town, fulfilled};
use crate::payments::stage::{page, session};

/// What a wish has come to, as far as those know who had it.
#[derive(Debug)]
pub(super) enum Outcome {
    /// There were no units left.
    TurnedAway,
    /// There is an order, and this is how it must end.
    Ordered {
        wish: Wish,
        order: String,
        ends: &'static [&'static str],
    },
}

const SERVED: &[&str] = &["fulfilled"];
const SERVED_OR_REFUNDED: &[&str] = &["fulfilled", "refunded"];
const REFUNDED: &[&str] = &["refunded"];
const EXPIRED: &[&str] = &["expired"];
const CANCELED: &[&str] = &["canceled"];

pub(super) async fn lives(town: &Town, wish: Wish) -> Result<Outcome> {
    let told = act(town, wish).await;
    told.with_context(|| format!("{wish:?}"))
}

async fn act(town: &Town, wish: Wish) -> Result<Outcome> {
    let order = place(town, wish).await?;
    if order.status == 409 {
        ensure!(WARES[wish.ware].scarce, "sold out: {}", order.text);
        return Ok(Outcome::TurnedAway);
    }
    ensure!(order.status == 201, "{} {}", order.status, order.text);
    let ends = match order["status"].as_str() {
        Some("awaiting_payment") => go_to_pay(town, wish, &order).await?,
        Some("fulfilled") => keep_on_tab(town, wish, &order).await?,
        _ => anyhow::bail!("just placed: {}", order.text),
    };
    Ok(Outcome::Ordered {
        wish,
        order: order.id().to_owned(),
        ends,
    })
}

async fn place(town: &Town, wish: Wish) -> Result<Response> {
    let (buyer, listing) = (&town.buyers[wish.buyer], &town.listings[wish.ware]);
    let key = format!("wish {}", wish.number);
    let once = || {
        let key = &key;
        town.insist(buyer, async move |buyer| {
            buyer.buy_with_key(listing, wish.units, key).await
        })
    };
    if !wish.hasty {
        return once().await;
    }
    let (first, second) = try_join(once(), once()).await?;
    ensure!(
        first.status != 201 || first.id() == second.id(),
        "two orders: {} {}",
        first.text,
        second.text
    );
    Ok(first)
}

/// Small orders are refunded by nobody but their sellers, or with what carries them.
async fn keep_on_tab(town: &Town, wish: Wish, order: &Response) -> Result<&'static [&'static str]> {
    if wish.aftermath == Aftermath::SellerRefunds {
        return refund(town, order).await;
    }
    let carried_by_others = wish.buyer % 2 == 1;
    Ok(if carried_by_others {
        SERVED_OR_REFUNDED
    } else {
        SERVED
    })
}

async fn refund(town: &Town, order: &Response) -> Result<&'static [&'static str]> {
    let id = order.id();
    let refunded = town.insist(&town.seller, async |seller| seller.refund(id).await);
    let refunded = refunded.await?;
    ensure!(
        refunded.status == 200,
        "{} {}",
        refunded.status,
        refunded.text
    );
    Ok(REFUNDED)
}

async fn go_to_pay(town: &Town, wish: Wish, order: &Response) -> Result<&'static [&'static str]> {
    let (sandbox, session) = (&town.sandbox, session(order));
    let late = if WARES[wish.ware].scarce {
        SERVED_OR_REFUNDED
    } else {
        SERVED
    };
    match wish.fate {
        Fate::Pay => press(town, order, "pay", 303).await?,
        Fate::PayTwiceAtOnce => {
            let pay = || sandbox.press(page(order), "pay");
            let (first, second) = try_join(pay(), pay()).await?;
            ensure!(first.status.min(second.status) == 303, "neither paid");
        }
        Fate::PayAfterDecline => {
            press(town, order, "decline", 303).await?;
            press(town, order, "pay", 303).await?;
        }
        Fate::PaySlowly | Fate::FailSlowly => {
            let succeeds = wish.fate == Fate::PaySlowly;
            sandbox.pay_async(session).await?;
            sandbox.settle_async(session, succeeds).await?;
            if !succeeds {
                return Ok(CANCELED);
            }
        }
        Fate::Cancel => {
            cancel(town, wish, order).await?;
            return Ok(CANCELED);
        }
        Fate::CancelAndPay => {
            cancel(town, wish, order).await?;
            return paid_or(town, order, late, CANCELED).await;
        }
        Fate::CancelAndPayLate => {
            cancel(town, wish, order).await?;
            sandbox.pay_late(session).await?;
            return Ok(late);
        }
        Fate::Expire => {
            press(town, order, "expire", 303).await?;
            return Ok(EXPIRED);
        }
        Fate::ExpireAndPayLate => {
            press(town, order, "expire", 303).await?;
            sandbox.pay_late(session).await?;
            return Ok(late);
        }
        Fate::Lapse => {
            town.lapse(Some(session)).await?;
            return Ok(EXPIRED);
        }
        Fate::LapseAndPay => {
            town.lapse(Some(session)).await?;
            return paid_or(town, order, late, EXPIRED).await;
        }
        Fate::Leave => return Ok(EXPIRED),
    }
    afterwards(town, wish, order).await
}

async fn press(town: &Town, order: &Response, action: &str, status: u16) -> Result<()> {
    let answer = town.sandbox.press(page(order), action).await?;
    ensure!(
        answer.status == status,
        "{action}: {} {}",
        answer.status,
        answer.text
    );
    Ok(())
}

/// Pays if that is still possible, which nobody can know before.
async fn paid_or(
    town: &Town,
    order: &Response,
    paid: &'static [&'static str],
    unpaid: &'static [&'static str],
) -> Result<&'static [&'static str]> {
    let answer = town.sandbox.press(page(order), "pay").await?;
    Ok(if answer.status == 303 { paid } else { unpaid })
}

async fn cancel(town: &Town, wish: Wish, order: &Response) -> Result<()> {
    let (buyer, id) = (&town.buyers[wish.buyer], order.id());
    let canceled = town.insist(buyer, async |buyer| buyer.cancel(id).await);
    let canceled = canceled.await?;
    ensure!(
        canceled.status == 200,
        "{} {}",
        canceled.status,
        canceled.text
    );
    Ok(())
}

async fn afterwards(town: &Town, wish: Wish, order: &Response) -> Result<&'static [&'static str]> {
    let (sandbox, session) = (&town.sandbox, session(order));
    match wish.aftermath {
        Aftermath::Nothing => Ok(SERVED),
        Aftermath::SellerRefunds => {
            fulfilled(town, &town.buyers[wish.buyer], order.id()).await?;
            refund(town, order).await
        }
        Aftermath::OperatorRefunds => {
            sandbox.refund(session, None).await?;
            Ok(REFUNDED)
        }
        Aftermath::DisputeWon | Aftermath::DisputeLost => {
            let won = wish.aftermath == Aftermath::DisputeWon;
            let dispute = sandbox.dispute(session).await?;
            sandbox
                .close_dispute(&dispute, if won { "won" } else { "lost" })
                .await?;
            Ok(if won { SERVED } else { REFUNDED })
        }
    }
}
