use anyhow::Result;
use futures::future::try_join_all;
use udam_testkit::{MarketBuilder, PASSWORD, unique_email, wait_until, weather_listing};

use crate::expect::{assert_problem, assert_tally, tally};
use crate::scenes::on_sale;

#[tokio::test]
async fn whoever_guesses_passwords_is_told_to_wait() -> Result<()> {
    let market = MarketBuilder::new()
        .set("UDAM_RATE_LIMIT", "on")
        .start()
        .await?;
    let visitor = market.client()?;
    let email = unique_email("ada");
    let guesses = (0..14).map(|guess| {
        let (visitor, email) = (&visitor, &email);
        async move {
            visitor
                .log_in(email, &format!("guess number {guess}"))
                .await
        }
    });
    let answers = try_join_all(guesses).await?;
    assert_tally(
        &answers,
        &[("401 invalid_credentials", 10), ("429 rate_limited", 4)],
    );
    for answer in answers.iter().filter(|answer| answer.status == 429) {
        assert_problem(answer, 429, "rate_limited");
        let wait: u64 = answer.header("retry-after").parse()?;
        assert!((1..=60).contains(&wait), "{wait}");
    }
    // Everything else goes on.
    assert_eq!(visitor.get("/v1/listings").await?.status, 200);
    Ok(())
}

#[tokio::test]
async fn whoever_guesses_one_password_is_told_to_wait_even_where_callers_are_not_limited()
-> Result<()> {
    let market = MarketBuilder::new()
        .set("UDAM_RATE_LIMIT", "off")
        .start()
        .await?;
    let visitor = market.client()?;
    let (mut guesses, mut answer) = (0, visitor.log_in("ada@example.com", "a guess").await?);
    while answer.status != 429 {
        assert_problem(&answer, 401, "invalid_credentials");
        guesses += 1;
        assert!(guesses < 40, "nobody is told to wait");
        answer = visitor.log_in("Ada@example.com", "a guess").await?;
    }
    assert_problem(&answer, 429, "rate_limited");
    assert!(guesses >= 20, "{guesses}");
    let other = visitor.log_in("grace@example.com", "a guess").await?;
    assert_problem(&other, 401, "invalid_credentials");
    Ok(())
}

#[tokio::test]
async fn a_client_that_takes_everybody_s_turn_is_told_to_wait_and_probes_never_are() -> Result<()> {
    let market = MarketBuilder::new()
        .set("UDAM_RATE_LIMIT", "on")
        .start()
        .await?;
    let visitor = market.client()?;
    let mut limited: usize = 0;
    for _ in 0..20 {
        let answers = try_join_all((0..100).map(|_| visitor.get("/v1/listings?limit=1"))).await?;
        limited += tally(&answers)
            .remove("429 rate_limited")
            .unwrap_or_default();
        if limited > 0 {
            break;
        }
    }
    assert!(limited > 0);
    let probes = try_join_all((0..50).map(|_| visitor.get("/healthz"))).await?;
    assert!(probes.iter().all(|probe| probe.status == 200));
    Ok(())
}

#[tokio::test]
async fn a_server_that_has_lost_its_database_says_so_and_recovers() -> Result<()> {
    let market = MarketBuilder::new().start().await?;
    let (_seller, listing) = on_sale(&market, weather_listing(5)).await?;
    let buyer = market.sign_up("buyer").await?;
    market.database.refuse_connections().await?;
    for answer in [
        buyer.buy(&listing, 1).await?,
        buyer.get("/v1/listings").await?,
        buyer.log_in(&unique_email("ada"), PASSWORD).await?,
        buyer.get("/readyz").await?,
    ] {
        assert_problem(&answer, 503, "overloaded");
        assert_eq!(answer.header("retry-after"), "1");
    }
    assert_eq!(buyer.get("/healthz").await?.status, 200);

    market.database.accept_connections().await?;
    wait_until("the server to recover", async || {
        Ok(buyer.get("/readyz").await?.status == 200)
    })
    .await?;
    assert_eq!(buyer.buy(&listing, 1).await?.status, 201);
    market.verify().await?;
    Ok(())
}
