//! What is done with secrets and money leaves a record behind, or is not done.

use anyhow::Result;
use serde_json::json;
use udam_testkit::{Client, Market, MarketBuilder, PASSWORD, unique_email, weather_listing};

use crate::expect::assert_problem;
use crate::scenes::{list, token_of};

/// A seller and a buyer, and what the latter has bought of the former.
struct Trade {
    market: Market,
    seller: Client,
    buyer: Client,
    email: String,
    listing: String,
    order: String,
    token: String,
}

async fn trade() -> Result<Trade> {
    let market = MarketBuilder::new().start().await?;
    let seller = market.sign_up("seller").await?;
    let listing = list(&seller, weather_listing(9)).await?;
    let email = unique_email("buyer");
    let registered = market.client()?.register(&email, PASSWORD).await?;
    let buyer = market
        .client()?
        .with_session(registered.text_at("/session_token"));
    let token = token_of(&buyer, &listing).await?;
    let orders = buyer.get("/v1/orders").await?;
    let order = orders.text_at("/data/0/id").to_owned();
    Ok(Trade {
        market,
        seller,
        buyer,
        email,
        listing,
        order,
        token,
    })
}

impl Trade {
    /// Everything that is recorded, in an order in which each can be done; answers with statuses.
    async fn act(&self) -> Result<Vec<u16>> {
        let (seller, buyer) = (&self.seller, &self.buyer);
        let listing = format!("/v1/listings/{}", self.listing);
        let password = json!({"current_password": PASSWORD, "new_password": "another password"});
        let answers = [
            buyer.log_in(&self.email, PASSWORD).await?,
            buyer.reveal(&self.token).await?,
            seller
                .patch(&listing, json!({"api_key": "sk-weather-2"}))
                .await?,
            buyer
                .post_empty(&format!("/v1/tokens/{}/revoke", self.token))
                .await?,
            seller
                .post_empty(&format!("/v1/orders/{}/refund", self.order))
                .await?,
            buyer.post("/v1/auth/password", password).await?,
        ];
        Ok(answers.iter().map(|answer| answer.status).collect())
    }

    async fn recorded(&self, action: &str) -> Result<i64> {
        let statement = format!("SELECT count(*) FROM audit_events WHERE action = '{action}'");
        self.market.database.count(&statement).await
    }
}

#[tokio::test]
async fn what_is_done_with_secrets_and_money_is_on_record() -> Result<()> {
    let trade = trade().await?;
    let before = trade.recorded("logged_in").await?;
    assert_eq!(trade.act().await?, [200, 200, 200, 200, 200, 204]);
    assert_eq!(trade.recorded("logged_in").await?, before + 1);
    let actions = [
        "key_revealed",
        "key_replaced",
        "token_revoked",
        "order_refunded",
        "password_changed",
    ];
    for action in actions {
        assert_eq!(trade.recorded(action).await?, 1, "{action}");
    }
    let named = "SELECT count(*) FROM audit_events WHERE account_id IS NULL OR address IS NULL";
    assert_eq!(trade.market.database.count(named).await?, 0);
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_put_on_record_is_not_done() -> Result<()> {
    let trade = trade().await?;
    let sessions = trade.buyer.sessions().await?.items().len();
    let database = &trade.market.database;
    database
        .execute("ALTER TABLE audit_events ADD CONSTRAINT nothing_more CHECK (false) NOT VALID")
        .await?;
    assert_eq!(trade.act().await?, [500; 6]);
    let refused = trade.buyer.reveal(&trade.token).await?;
    assert_problem(&refused, 500, "internal_error");
    database
        .execute("ALTER TABLE audit_events DROP CONSTRAINT nothing_more")
        .await?;

    assert_eq!(trade.buyer.sessions().await?.items().len(), sessions);
    assert_eq!(
        trade.buyer.reveal(&trade.token).await?["api_key"],
        "sk-weather-1"
    );
    assert_eq!(trade.buyer.get("/v1/tab").await?["open"], "1.00");
    assert_eq!(
        trade.buyer.log_in(&trade.email, PASSWORD).await?.status,
        200
    );
    trade.market.verify().await?;
    Ok(())
}
