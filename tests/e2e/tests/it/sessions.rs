//! Sessions end when they are told to, at once and everywhere, and by themselves when their time is
//! up.

use anyhow::Result;
use serde_json::json;
use udam_testkit::{Client, Market, MarketBuilder, PASSWORD, unique_email};

use crate::expect::{assert_answer, assert_problem};

/// Sessions of one new account, one for each server, by turns.
async fn sessions(market: &Market, count: usize) -> Result<(String, Vec<Client>)> {
    let email = unique_email("ada");
    market.client()?.register(&email, PASSWORD).await?;
    let mut sessions = Vec::new();
    for number in 0..count {
        let visitor = market.client()?.at(market.address(number));
        let login = visitor.log_in(&email, PASSWORD).await?;
        sessions.push(visitor.with_session(login.text_at("/session_token")));
    }
    Ok((email, sessions))
}

/// Whether the session opens anything: the same on every server.
async fn is_alive(market: &Market, session: &Client) -> Result<bool> {
    let mut statuses = Vec::new();
    for server in 0..market.servers.len() {
        statuses.push(
            session
                .at(market.address(server))
                .get("/v1/tokens")
                .await?
                .status,
        );
    }
    assert!(
        statuses.iter().all(|status| *status == statuses[0]),
        "{statuses:?}"
    );
    Ok(statuses[0] == 200)
}

#[tokio::test]
async fn ending_one_session_leaves_the_others() -> Result<()> {
    let market = MarketBuilder::new().servers(2).start().await?;
    let (_, sessions) = sessions(&market, 3).await?;
    let list = sessions[0].sessions().await?;
    assert_eq!(list.items().len(), 4);
    let current: Vec<_> = list
        .items()
        .iter()
        .filter(|session| session["current"] == true)
        .collect();
    assert_eq!(current.len(), 1);
    // The newest comes first: that is the last one's.
    let path = format!(
        "/v1/auth/sessions/{}",
        list.items()[0]["id"].as_str().unwrap()
    );
    assert_eq!(sessions[0].delete(&path).await?.status, 204);
    assert!(!is_alive(&market, &sessions[2]).await?);
    assert!(is_alive(&market, &sessions[1]).await? && is_alive(&market, &sessions[0]).await?);
    assert_problem(&sessions[0].delete(&path).await?, 404, "not_found");
    assert_eq!(sessions[0].sessions().await?.items().len(), 3);
    Ok(())
}

#[tokio::test]
async fn sessions_are_listed_a_page_at_a_time() -> Result<()> {
    let market = MarketBuilder::new().start().await?;
    let (_, sessions) = sessions(&market, 4).await?;
    let all = sessions[0].sessions().await?;
    let (mut listed, mut cursor) = (Vec::new(), String::new());
    for length in [2, 2, 1] {
        let path = format!("/v1/auth/sessions?limit=2{cursor}");
        let page = sessions[0].get(&path).await?;
        assert_eq!(page.items().len(), length);
        listed.extend(page.items().to_vec());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => assert_eq!(length, 1),
        }
    }
    assert_eq!(listed, all.items());
    Ok(())
}

#[tokio::test]
async fn logging_out_everywhere_ends_every_session_of_the_account_only() -> Result<()> {
    let market = MarketBuilder::new().servers(2).start().await?;
    let (_, of_ada) = sessions(&market, 3).await?;
    let other = market.sign_up("grace").await?;
    let answer = of_ada[1].post_empty("/v1/auth/logout-everywhere").await?;
    assert_answer(&answer, 200);
    assert_eq!(answer.json(), &json!({"ok": true}));
    for session in &of_ada {
        assert!(!is_alive(&market, session).await?);
    }
    assert!(is_alive(&market, &other).await?);
    Ok(())
}

#[tokio::test]
async fn a_new_password_ends_every_other_session_and_the_old_password() -> Result<()> {
    let market = MarketBuilder::new().servers(2).start().await?;
    let (email, sessions) = sessions(&market, 3).await?;
    let new = "another good password";
    let change = json!({"current_password": PASSWORD, "new_password": new});
    assert_eq!(
        sessions[0]
            .post("/v1/auth/password", change.clone())
            .await?
            .status,
        204
    );
    assert!(is_alive(&market, &sessions[0]).await?);
    assert!(!is_alive(&market, &sessions[1]).await? && !is_alive(&market, &sessions[2]).await?);

    let there = market.client()?.at(market.address(1));
    assert_problem(
        &there.log_in(&email, PASSWORD).await?,
        401,
        "invalid_credentials",
    );
    assert_eq!(there.log_in(&email, new).await?.status, 200);
    assert_problem(
        &sessions[0].post("/v1/auth/password", change).await?,
        401,
        "invalid_credentials",
    );
    Ok(())
}

#[tokio::test]
async fn of_two_password_changes_at_once_one_is_made() -> Result<()> {
    let market = MarketBuilder::new().servers(2).start().await?;
    let (email, sessions) = sessions(&market, 2).await?;
    let change = |number: usize| {
        let change =
            json!({"current_password": PASSWORD, "new_password": format!("new password {number}")});
        sessions[number].post("/v1/auth/password", change)
    };
    let (first, second) = futures::future::try_join(change(0), change(1)).await?;
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 401]);
    let winner = usize::from(second.status == 204);
    let login = market
        .client()?
        .log_in(&email, &format!("new password {winner}"))
        .await?;
    assert_eq!(login.status, 200);
    Ok(())
}

#[tokio::test]
async fn a_session_ends_when_its_time_is_up_however_much_it_is_used() -> Result<()> {
    let market = MarketBuilder::new()
        .set("UDAM_SESSION_TTL", "1h")
        .start()
        .await?;
    let (_, sessions) = sessions(&market, 1).await?;
    age(&market, 59).await?;
    market
        .database
        .execute("UPDATE sessions SET last_seen_at = now()")
        .await?;
    assert!(is_alive(&market, &sessions[0]).await?);
    age(&market, 2).await?;
    market
        .database
        .execute("UPDATE sessions SET last_seen_at = now()")
        .await?;
    assert!(!is_alive(&market, &sessions[0]).await?);
    Ok(())
}

#[tokio::test]
async fn a_session_that_is_left_idle_ends_and_one_in_use_does_not() -> Result<()> {
    let market = MarketBuilder::new()
        .set("UDAM_SESSION_IDLE_TTL", "10m")
        .start()
        .await?;
    let (_, sessions) = sessions(&market, 2).await?;
    for _ in 0..3 {
        age(&market, 9).await?;
        // Its use is noted, and counts from now.
        assert!(is_alive(&market, &sessions[0]).await?);
    }
    assert!(!is_alive(&market, &sessions[1]).await?);
    age(&market, 11).await?;
    assert!(!is_alive(&market, &sessions[0]).await?);
    Ok(())
}

/// Lets so many minutes pass for all sessions: to the server's clock they are that much older.
async fn age(market: &Market, minutes: u32) -> Result<()> {
    let statement = format!(
        "UPDATE sessions SET
             created_at = created_at - interval '{minutes} minutes',
             last_seen_at = last_seen_at - interval '{minutes} minutes',
             expires_at = expires_at - interval '{minutes} minutes'"
    );
    market.database.execute(&statement).await
}

#[tokio::test]
async fn an_order_needs_a_living_session_as_everything_else_does() -> Result<()> {
    let market = MarketBuilder::new()
        .set("UDAM_SESSION_TTL", "1h")
        .start()
        .await?;
    let seller = market.sign_up("seller").await?;
    let listing = seller.publish(udam_testkit::weather_listing(5)).await?;
    let buyer = market.sign_up("buyer").await?;
    assert_eq!(buyer.buy(listing.id(), 1).await?.status, 201);
    age(&market, 61).await?;
    assert_problem(&buyer.buy(listing.id(), 1).await?, 401, "unauthenticated");
    market.verify().await?;
    Ok(())
}
