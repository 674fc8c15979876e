//! Being sent to pay.

use anyhow::Result;
use udam_testkit::MarketBuilder;

use super::stage::{Stage, on_tab, page};
use crate::expect::{assert_answer, assert_problem};

#[tokio::test]
async fn asking_again_leads_to_the_same_page() -> Result<()> {
    let stage = Stage::with(MarketBuilder::new().servers(2), 10).await?;
    let buyer = stage.buyer.at(stage.market.address(1));
    let order = buyer.buy_with_key(&stage.listing, 2, "the one").await?;
    assert_answer(&order, 201);
    assert_eq!(order.header("idempotent-replayed"), "");

    for client in [&stage.buyer, &buyer] {
        let again = client.check_out(order.id()).await?;
        assert_answer(&again, 200);
        assert_eq!(again.json(), order.json());
        let replay = client.buy_with_key(&stage.listing, 2, "the one").await?;
        assert_eq!((replay.status, replay.json()), (201, order.json()));
        assert_eq!(replay.header("idempotent-replayed"), "true");
    }
    assert_eq!(stage.now(&order).await?.json(), order.json());
    let sessions = stage.sandbox.state().await?;
    assert_eq!(sessions.sessions().len(), 1);
    assert_eq!(sessions.sessions_for(order.id()).len(), 1);

    stage.pay(&order).await?;
    let fulfilled = stage.until(&order, "fulfilled").await?;
    let replay = buyer.buy_with_key(&stage.listing, 2, "the one").await?;
    assert_eq!((replay.status, replay.json()), (201, fulfilled.json()));
    stage.end().await
}

#[tokio::test]
async fn asking_many_times_at_once_opens_one_session() -> Result<()> {
    let stage = Stage::with(MarketBuilder::new().servers(2), 10).await?;
    let requests = (0..20).map(|number| {
        let buyer = stage.buyer.at(stage.market.address(number));
        let listing = &stage.listing;
        async move { buyer.buy_with_key(listing, 2, "the one").await }
    });
    let answers = futures::future::try_join_all(requests).await?;
    // Some may have met the session's opening half done, and may ask again.
    for answer in &answers {
        assert!(matches!(answer.status, 201 | 502), "{}", answer.text);
    }
    let order = stage
        .buyer
        .buy_with_key(&stage.listing, 2, "the one")
        .await?;
    assert_eq!(order.status, 201);
    for answer in answers.iter().filter(|answer| answer.status == 201) {
        assert_eq!(answer.json(), order.json());
    }
    assert_eq!(stage.sandbox.state().await?.sessions().len(), 1);
    stage.end().await
}

#[tokio::test]
async fn only_the_buyer_is_sent_to_pay() -> Result<()> {
    let stage = Stage::set().await?;
    let order = stage.order(1).await?;
    let other = stage.market.sign_up("other").await?;
    for stranger in [&other, &stage.seller] {
        assert_problem(&stranger.check_out(order.id()).await?, 404, "not_found");
    }
    let nobody = stage.market.client()?.check_out(order.id()).await?;
    assert_problem(&nobody, 401, "unauthenticated");
    // The seller sees the order, and not where it is paid.
    let sold = stage
        .seller
        .get(&format!("/v1/orders/{}", order.id()))
        .await?;
    assert_eq!((sold.status, page(&sold)), (200, ""));
    assert_eq!(sold["payment_requires_confirmation"], true);
    stage.end().await
}

#[tokio::test]
async fn an_order_that_does_not_await_payment_is_not_sent_to_pay() -> Result<()> {
    let stage = Stage::set().await?;
    let trifle = stage.trifle("1.00").await?;
    let small = on_tab(&stage.buyer, &trifle, 1).await?;
    let fulfilled = stage.bought(1).await?;
    let canceled = stage.order(1).await?;
    stage.buyer.cancel(canceled.id()).await?;
    let refunded = stage.bought(1).await?;
    stage.seller.refund(refunded.id()).await?;
    for order in [small, fulfilled, canceled, refunded] {
        assert_problem(
            &stage.buyer.check_out(order.id()).await?,
            409,
            "invalid_state",
        );
    }
    stage.end().await
}

#[tokio::test]
async fn the_session_outlives_the_reservation_it_is_for() -> Result<()> {
    let stage = Stage::set().await?;
    let order = stage.order(1).await?;
    let books = stage.sandbox.state().await?;
    let session = &books.sessions()[0];
    let lapses: jiff::Timestamp = order["expires_at"].as_str().unwrap().parse()?;
    assert!(session["expires_at"].as_i64().unwrap() >= lapses.as_second());
    assert!(lapses.as_second() >= udam_testkit::webhook::now() + 29 * 60);
    assert_eq!(
        (&session["amount_total"], &session["currency"]),
        (&700.into(), &"usd".into())
    );
    stage.end().await
}
