//! Statements of the database that take long.

use anyhow::Result;
use futures::future::try_join;
use udam_testkit::{MarketBuilder, wait_until};

#[tokio::test]
async fn a_slow_statement_is_logged_by_its_name() -> Result<()> {
    let market = MarketBuilder::new()
        .set("UDAM_SLOW_STATEMENT", "1s")
        .start()
        .await?;
    let account = market.sign_up("patient").await?;
    let slow = |log: &str| {
        let lines = log
            .lines()
            .filter(|line| line.contains("a statement was slow"))
            .filter(|line| line.contains("PgTokenStore::of_buyer"));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(slow(&market.logs()), [""; 0]);
    let locking = market.database.connect().await?;
    locking
        .batch_execute("BEGIN; LOCK TABLE tokens IN ACCESS EXCLUSIVE MODE")
        .await?;
    let release = async {
        wait_until("the request to wait for the lock", async || {
            let waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
                AND wait_event_type = 'Lock' AND now() - query_start > interval '1.1 s'";
            Ok(market.database.count(waiting).await? > 0)
        })
        .await?;
        Ok(locking.batch_execute("COMMIT").await?)
    };
    let (response, ()) = try_join(account.get("/v1/tokens"), release).await?;
    assert_eq!(response.status, 200);
    let logged = slow(&market.logs());
    assert_eq!(logged.len(), 1, "{logged:?}");
    assert!(logged[0].contains("\"WARN\""), "{logged:?}");
    Ok(())
}
