//! `POST /v1/orders/{id}/checkout`

use anyhow::Result;
use udam_testkit::MarketBuilder;

use crate::assertions::{assert_json, assert_problem};
use crate::paid_market::{PaidMarket, buy_on_tab, payment_url};

pub(crate) const ROUTES: &[&str] = &["POST /v1/orders/{id}/checkout"];

#[tokio::test]
async fn asking_again_returns_the_same_page() -> Result<()> {
    let fixture = PaidMarket::start_with(MarketBuilder::new().servers(2), 10).await?;
    let buyer = fixture.buyer.at(fixture.market.address(1));
    let order = buyer.buy_with_key(&fixture.listing, 2, "the one").await?;
    assert_json(&order, 201);
    assert_eq!(order.header("idempotent-replayed"), "");

    for client in [&fixture.buyer, &buyer] {
        let again = client.check_out(order.id()).await?;
        assert_json(&again, 200);
        assert_eq!(again.json(), order.json());
        let replay = client.buy_with_key(&fixture.listing, 2, "the one").await?;
        assert_eq!((replay.status, replay.json()), (201, order.json()));
        assert_eq!(replay.header("idempotent-replayed"), "true");
    }
    assert_eq!(fixture.reload(&order).await?.json(), order.json());
    let sessions = fixture.sandbox.state().await?;
    assert_eq!(sessions.sessions().len(), 1);
    assert_eq!(sessions.sessions_for(order.id()).len(), 1);

    fixture.pay(&order).await?;
    let fulfilled = fixture.wait_for_status(&order, "fulfilled").await?;
    let replay = buyer.buy_with_key(&fixture.listing, 2, "the one").await?;
    assert_eq!((replay.status, replay.json()), (201, fulfilled.json()));
    fixture.finish().await
}

#[tokio::test]
async fn concurrent_checkouts_open_one_session() -> Result<()> {
    let fixture = PaidMarket::start_with(MarketBuilder::new().servers(2), 10).await?;
    let requests = (0..20).map(|number| {
        let buyer = fixture.buyer.at(fixture.market.address(number));
        let listing = &fixture.listing;
        async move { buyer.buy_with_key(listing, 2, "the one").await }
    });
    let responses = futures::future::try_join_all(requests).await?;
    // Some requests may fail because the session is being opened; they can be repeated.
    for response in &responses {
        assert!(matches!(response.status, 201 | 502), "{}", response.text);
    }
    let order = fixture
        .buyer
        .buy_with_key(&fixture.listing, 2, "the one")
        .await?;
    assert_eq!(order.status, 201);
    for response in responses.iter().filter(|response| response.status == 201) {
        assert_eq!(response.json(), order.json());
    }
    assert_eq!(fixture.sandbox.state().await?.sessions().len(), 1);
    fixture.finish().await
}

#[tokio::test]
async fn only_the_buyer_can_pay() -> Result<()> {
    let fixture = PaidMarket::start().await?;
    let order = fixture.order(1).await?;
    let other = fixture.market.sign_up("other").await?;
    for outsider in [&other, &fixture.seller] {
        assert_problem(&outsider.check_out(order.id()).await?, 404, "not_found");
    }
    let visitor = fixture.market.client()?.check_out(order.id()).await?;
    assert_problem(&visitor, 401, "unauthenticated");
    // The seller sees the order without its payment URL.
    let sold = fixture
        .seller
        .get(&format!("/v1/orders/{}", order.id()))
        .await?;
    assert_eq!((sold.status, payment_url(&sold)), (200, ""));
    assert_eq!(sold["payment_requires_confirmation"], true);
    fixture.finish().await
}

#[tokio::test]
async fn only_an_order_that_awaits_payment_has_a_checkout() -> Result<()> {
    let fixture = PaidMarket::start().await?;
    let cheap = fixture.publish_cheap("1.00").await?;
    let small = buy_on_tab(&fixture.buyer, &cheap, 1).await?;
    let fulfilled = fixture.buy_and_pay(1).await?;
    let canceled = fixture.order(1).await?;
    fixture.buyer.cancel(canceled.id()).await?;
    let refunded = fixture.buy_and_pay(1).await?;
    fixture.seller.refund(refunded.id()).await?;
    for order in [small, fulfilled, canceled, refunded] {
        assert_problem(
            &fixture.buyer.check_out(order.id()).await?,
            409,
            "invalid_state",
        );
    }
    fixture.finish().await
}

#[tokio::test]
async fn the_session_outlives_the_reservation_it_is_for() -> Result<()> {
    let fixture = PaidMarket::start().await?;
    let order = fixture.order(1).await?;
    let state = fixture.sandbox.state().await?;
    let session = &state.sessions()[0];
    let lapses: jiff::Timestamp = order["expires_at"].as_str().unwrap().parse()?;
    assert!(session["expires_at"].as_i64().unwrap() >= lapses.as_second());
    assert!(lapses.as_second() >= udam_testkit::webhook::now() + 29 * 60);
    assert_eq!(
        (&session["amount_total"], &session["currency"]),
        (&700.into(), &"usd".into())
    );
    fixture.finish().await
}
