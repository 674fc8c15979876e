//! Rate limits.

use anyhow::Result;
use futures::future::try_join_all;
use udam_testkit::{MarketBuilder, unique_email};

use crate::assertions::{assert_outcomes, assert_problem, count_by_outcome};

#[tokio::test]
async fn password_guesses_are_rate_limited() -> Result<()> {
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
    let responses = try_join_all(guesses).await?;
    assert_outcomes(
        &responses,
        &[("401 invalid_credentials", 10), ("429 rate_limited", 4)],
    );
    for response in responses.iter().filter(|response| response.status == 429) {
        assert_problem(response, 429, "rate_limited");
        let wait: u64 = response.header("retry-after").parse()?;
        assert!((1..=60).contains(&wait), "{wait}");
        let policy = response.header("ratelimit-policy");
        assert_eq!(policy, "\"credentials\";q=10;w=30");
        let expected = format!("\"credentials\";r=0;t={wait}");
        assert_eq!(response.header("ratelimit"), expected);
    }
    // Other routes are not limited.
    let other = visitor.get("/v1/listings").await?;
    assert_eq!(other.status, 200);
    assert_eq!(other.header("ratelimit-policy"), "\"general\";q=400;w=4");
    let left = other.header("ratelimit");
    assert!(left.starts_with("\"general\";r=399;t="), "{left}");
    Ok(())
}

#[tokio::test]
async fn password_guesses_for_one_account_are_limited_even_without_caller_limits() -> Result<()> {
    let market = MarketBuilder::new()
        .set("UDAM_RATE_LIMIT", "off")
        .start()
        .await?;
    let visitor = market.client()?;
    let (mut guesses, mut response) = (0, visitor.log_in("ada@example.com", "a guess").await?);
    while response.status != 429 {
        assert_problem(&response, 401, "invalid_credentials");
        guesses += 1;
        assert!(guesses < 40, "the guesses are not limited");
        response = visitor.log_in("Ada@example.com", "a guess").await?;
    }
    assert_problem(&response, 429, "rate_limited");
    assert!(guesses >= 10, "{guesses}");
    let wait = response.header("retry-after");
    assert_eq!(
        response.header("ratelimit-policy"),
        "\"password\";q=10;w=900"
    );
    assert_eq!(
        response.header("ratelimit"),
        format!("\"password\";r=0;t={wait}")
    );
    let other = visitor.log_in("grace@example.com", "a guess").await?;
    assert_problem(&other, 401, "invalid_credentials");
    Ok(())
}

#[tokio::test]
async fn a_flood_of_requests_is_rate_limited_and_probes_are_not() -> Result<()> {
    let market = MarketBuilder::new()
        .set("UDAM_RATE_LIMIT", "on")
        .start()
        .await?;
    let visitor = market.client()?;
    let mut limited: usize = 0;
    for _ in 0..20 {
        let responses = try_join_all((0..100).map(|_| visitor.get("/v1/listings?limit=1"))).await?;
        limited += count_by_outcome(&responses)
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
