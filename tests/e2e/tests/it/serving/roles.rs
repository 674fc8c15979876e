//! The role of servers. All markets of these tests are served by it; here is what it may not do, and what servers do
//! besides answering.

use anyhow::Result;
use serde_json::json;
use udam_testkit::{PASSWORD, Upstream, connect, unique_email, wait_until};

use crate::gateway::{Service, called_listing, market};
use crate::setup::publish;

/// SQLSTATE of a privilege that is missing.
const INSUFFICIENT_PRIVILEGE: &str = "42501";

#[tokio::test]
async fn the_role_of_servers_sells_calls_and_sweeps_and_may_do_nothing_else() -> Result<()> {
    let market = market()
        .set("UDAM_RECONCILE_INTERVAL", "1s")
        .start()
        .await?;
    let upstream = Upstream::start().await?;
    let visitor = market.client()?;
    let seller = market.sign_up("restricted-seller").await?;
    let listing = publish(&seller, called_listing(&upstream.base(), 1_000, json!({}))).await?;
    let email = unique_email("restricted-buyer");
    let registered = visitor.register(&email, PASSWORD).await?;
    let buyer = visitor.with_session(registered.text_at("/session_token"));
    let service = Service::of(seller.clone(), buyer.clone(), listing.clone(), 10).await?;
    assert_eq!(service.call("/").await?.status, 200);
    assert_eq!(service.settled().await?, [9, 1]);
    assert_eq!(visitor.log_in(&email, "not my password").await?.status, 401);
    let path = format!("/v1/listings/{listing}");
    let edited = seller.patch(&path, json!({"price_per_unit": "0.02"}));
    assert_eq!(edited.await?.status, 200);
    assert_eq!(buyer.log_out().await?.status, 200);
    let recorded = market
        .database
        .count("SELECT count(*) FROM audit_events")
        .await?;
    assert_eq!(recorded, 7);

    let old_day = "SELECT make_day_of_calls('2020-02-29')";
    market.database.execute(old_day).await?;
    wait_until(
        "days to be made ahead and an old one to be dropped",
        async || {
            let days = "SELECT count(*) FROM pg_inherits WHERE inhparent = 'calls'::regclass \
                AND to_regclass('calls_2020_02_29') IS NULL";
            Ok(market.database.count(days).await? == 9)
        },
    )
    .await?;
    market.verify().await?;
    let logs = market.logs();
    assert!(!logs.contains(INSUFFICIENT_PRIVILEGE), "{logs}");

    let sql = connect(&market.database.server_url()?).await?;
    for statement in [
        "DELETE FROM audit_events",
        "UPDATE audit_events SET account_id = NULL",
        "TRUNCATE audit_events",
        "DROP TABLE audit_events",
        "DELETE FROM refinery_schema_history",
        "DELETE FROM orders",
        "TRUNCATE orders",
        "UPDATE calls SET units = 0",
        "DELETE FROM payment_events",
        "ALTER TABLE calls ALTER COLUMN units DROP NOT NULL",
        "CREATE TABLE mine ()",
        "CREATE FUNCTION mine() RETURNS void LANGUAGE sql AS ''",
        "SET ROLE udam_owner",
    ] {
        let refused = sql.batch_execute(statement).await.unwrap_err();
        let code = refused.code().map(|code| code.code().to_owned());
        assert_eq!(
            code.as_deref(),
            Some(INSUFFICIENT_PRIVILEGE),
            "{statement}: {refused}"
        );
    }
    Ok(())
}
