use super::alerts::resolve;
use super::cases;
use crate::audit::Actor;
use crate::complaint::{Complaint, SendComplaint};
use crate::conformance::check::{Checked, equal, holds, some};
use crate::conformance::join::join_all;
use crate::conformance::market::Market;
use crate::conformance::stores::StoreFactory;
use crate::conformance::values::{at, text};
use crate::id::{AccountId, OrderId};
use crate::order::{Order, OrderState};
use crate::payment::AlertKind;
use crate::ports::{SendComplaintError, WhichAlerts};

cases! {
    a_complaint_raises_an_alert_and_is_resolved_with_it:
        "`send` raises the complaint's alert; it is resolved once the alert is, and can be sent again then.",
    only_its_buyer_complains_about_an_order_and_only_once_it_is_fulfilled:
        "`send` fails with `NotFound` for others and with `InvalidState` before fulfilment.",
    of_complaints_at_once_about_one_order_one_is_taken:
        "Of two calls at once about one order, one succeeds.",
    a_buyer_complains_no_more_than_the_rule_allows:
        "`complain`: the complaints of a buyer about all orders are counted.",
}

async fn send(
    market: &Market,
    by: AccountId,
    order_id: OrderId,
    seconds: i64,
) -> Result<Complaint, SendComplaintError> {
    let Ok(reason) = text("It does not work.") else {
        return Err(SendComplaintError::NotFound);
    };
    let request = SendComplaint {
        order_id,
        buyer: Actor::from(by),
        reason,
        at: at(seconds),
    };
    market.stores.complaints.send(request).await
}

async fn latest(market: &Market, order: &Order) -> Checked<Option<Complaint>> {
    let found = market.stores.complaints.latest(order.id, order.buyer_id);
    Ok(found.await?)
}

async fn a_complaint_raises_an_alert_and_is_resolved_with_it(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(10, 1_00).await?;
    let order = market.buy(listing, 1, 1).await?;
    equal("a complaint", latest(&market, &order).await?, None)?;
    let sent = send(&market, market.buyer, order.id, 2).await?;
    equal("time", sent.sent_at, at(2))?;
    equal("the latest", latest(&market, &order).await?, Some(sent))?;
    let others = market.stores.complaints.latest(order.id, market.other);
    equal("the latest of another", others.await?, None)?;
    let found = send(&market, market.buyer, order.id, 3).await;
    holds("AlreadyOpen", &found, |found| {
        matches!(found, Err(SendComplaintError::AlreadyOpen))
    })?;
    let alerts = &market.stores.alerts;
    let open = some("an alert", alerts.list(WhichAlerts::Open).await?.pop())?;
    let found = (open.alert.kind, open.alert.subject);
    let expected = (AlertKind::Complaint, order.id.to_string());
    equal("the alert", found, expected)?;
    alerts
        .resolve(resolve(open.number, "The seller has mended it.", 4)?)
        .await?;
    let resolved = some("the latest", latest(&market, &order).await?)?;
    equal("time of resolution", resolved.resolved_at, Some(at(4)))?;
    let again = send(&market, market.buyer, order.id, 5).await?;
    equal("the latest", latest(&market, &order).await?, Some(again))?;
    let open = alerts.list(WhichAlerts::Open).await?;
    equal("open alerts", open.len(), 1)
}

async fn only_its_buyer_complains_about_an_order_and_only_once_it_is_fulfilled(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 3_00).await?;
    let (small, large) = (
        market.buy(listing, 1, 1).await?,
        market.buy(listing, 2, 1).await?,
    );
    for account in [market.seller, market.other] {
        let found = send(&market, account, small.id, 2).await;
        holds("NotFound", &found, |found| {
            matches!(found, Err(SendComplaintError::NotFound))
        })?;
    }
    let found = send(&market, market.buyer, large.id, 2).await;
    holds("InvalidState(AwaitingPayment)", &found, |found| {
        let state = OrderState::AwaitingPayment;
        matches!(found, Err(SendComplaintError::InvalidState(found)) if *found == state)
    })?;
    let alerts = market.stores.alerts.list(WhichAlerts::All).await?;
    equal("alerts", alerts, Vec::new())
}

async fn of_complaints_at_once_about_one_order_one_is_taken(factory: &dyn StoreFactory) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(10, 1_00).await?;
    let order = market.buy(listing, 1, 1).await?;
    let sent = join_all([2, 3, 4].map(|second| send(&market, market.buyer, order.id, second)));
    let taken = sent.await.iter().filter(|sent| sent.is_ok()).count();
    equal("complaints that are taken", taken, 1)
}

async fn a_buyer_complains_no_more_than_the_rule_allows(factory: &dyn StoreFactory) -> Checked {
    let market = Market::open(factory).await?;
    let listing = market.list(20, 10).await?;
    for _ in 0..Complaint::MOST {
        let order = market.buy(listing, 1, 1).await?;
        send(&market, market.buyer, order.id, 2).await?;
    }
    let order = market.buy(listing, 1, 1).await?;
    let found = send(&market, market.buyer, order.id, 3).await;
    let tomorrow = 86_402;
    holds(
        "TooMany",
        &found,
        |found| matches!(found, Err(SendComplaintError::TooMany(retry)) if retry.until == at(tomorrow)),
    )?;
    send(&market, market.buyer, order.id, tomorrow).await?;
    Ok(())
}
