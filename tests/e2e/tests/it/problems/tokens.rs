use anyhow::Result;
use std::time::Duration;
use udam_testkit::{MarketBuilder, weather_listing};

use crate::expect::assert_problem;
use crate::scenes::{on_sale, token_of};

#[tokio::test]
async fn a_revoked_token_opens_nothing_on_any_server() -> Result<()> {
    let market = MarketBuilder::new().servers(2).start().await?;
    let (seller, listing) = on_sale(&market, weather_listing(3)).await?;
    let buyer = market.sign_up("buyer").await?;
    let token = token_of(&buyer, &listing).await?;
    let elsewhere = buyer.at(market.address(1));
    assert_eq!(elsewhere.reveal(&token).await?.status, 200);
    assert_eq!(
        seller
            .post_empty(&format!("/v1/tokens/{token}/revoke"))
            .await?
            .status,
        200
    );
    assert_problem(&elsewhere.reveal(&token).await?, 410, "token_revoked");
    assert_problem(&buyer.reveal(&token).await?, 410, "token_revoked");
    Ok(())
}

#[tokio::test]
async fn a_token_whose_time_is_up_opens_nothing() -> Result<()> {
    let market = MarketBuilder::new()
        .set("UDAM_TOKEN_TTL", "1s")
        .start()
        .await?;
    let (_seller, listing) = on_sale(&market, weather_listing(3)).await?;
    let buyer = market.sign_up("buyer").await?;
    let token = token_of(&buyer, &listing).await?;
    tokio::time::sleep(Duration::from_millis(1100)).await;
    assert_problem(&buyer.reveal(&token).await?, 410, "token_expired");
    assert_eq!(
        buyer.get(&format!("/v1/tokens/{token}")).await?["status"],
        "expired"
    );
    Ok(())
}

#[tokio::test]
async fn a_suspended_token_opens_nothing_for_now() -> Result<()> {
    let market = MarketBuilder::new().start().await?;
    let (_seller, listing) = on_sale(&market, weather_listing(3)).await?;
    let buyer = market.sign_up("buyer").await?;
    let token = token_of(&buyer, &listing).await?;
    market
        .database
        .execute("UPDATE tokens SET state = 'suspended'")
        .await?;
    assert_problem(&buyer.reveal(&token).await?, 409, "invalid_state");
    assert_eq!(
        buyer.get(&format!("/v1/tokens/{token}")).await?["status"],
        "suspended"
    );
    Ok(())
}

#[tokio::test]
async fn a_key_that_was_tampered_with_or_moved_opens_nothing_and_says_nothing() -> Result<()> {
    let market = MarketBuilder::new().start().await?;
    let (_seller, listing) = on_sale(&market, weather_listing(3)).await?;
    let (_seller, other) = on_sale(&market, weather_listing(3)).await?;
    let buyer = market.sign_up("buyer").await?;
    let tokens = [
        token_of(&buyer, &listing).await?,
        token_of(&buyer, &other).await?,
    ];
    let swap =
        "UPDATE listings l SET sealed_key = (SELECT sealed_key FROM listings o WHERE o.id <> l.id)";
    let flip =
        "UPDATE listings SET sealed_key = set_byte(sealed_key, 20, get_byte(sealed_key, 20) # 1)";
    let cut = "UPDATE listings SET sealed_key = ''";
    for tampering in [swap, flip, cut] {
        market.database.execute(tampering).await?;
        for token in &tokens {
            let answer = buyer.reveal(token).await?;
            assert_problem(&answer, 500, "internal_error");
            assert!(
                !answer.text.contains("seal") && !answer.text.contains("cipher"),
                "{}",
                answer.text
            );
        }
    }
    Ok(())
}
