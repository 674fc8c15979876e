//! The audit trail.

use anyhow::Result;
use serde_json::json;
use udam_testkit::{Client, Market, MarketBuilder, PASSWORD, unique_email, weather_listing};

use crate::assertions::assert_problem;
use crate::setup::{buy_token, publish};

/// A seller, a buyer, and an order between them.
struct Fixture {
    market: Market,
    seller: Client,
    buyer: Client,
    email: String,
    listing: String,
    order: String,
    token: String,
}

async fn fixture() -> Result<Fixture> {
    let market = MarketBuilder::new().start().await?;
    let seller = market.sign_up("seller").await?;
    let listing = publish(&seller, weather_listing(9)).await?;
    let email = unique_email("buyer");
    let registered = market.client()?.register(&email, PASSWORD).await?;
    let buyer = market
        .client()?
        .with_session(registered.text_at("/session_token"));
    let token = buy_token(&buyer, &listing).await?;
    let orders = buyer.get("/v1/orders").await?;
    let order = orders.text_at("/data/0/id").to_owned();
    Ok(Fixture {
        market,
        seller,
        buyer,
        email,
        listing,
        order,
        token,
    })
}

impl Fixture {
    /// Performs every audited action, in an order in which each is possible, and returns the statuses.
    async fn perform_all(&self) -> Result<Vec<u16>> {
        let (seller, buyer) = (&self.seller, &self.buyer);
        let listing = format!("/v1/listings/{}", self.listing);
        let terms = json!({"price_per_unit": "9.00", "endpoint_url": "https://other.example.com"});
        let password = json!({"current_password": PASSWORD, "new_password": "another password"});
        let responses = [
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
            buyer.patch("/v1/me", json!({"name": "Ada & Co."})).await?,
            seller.publish(weather_listing(1)).await?,
            seller.patch(&listing, terms).await?,
            buyer.log_in(&self.email, "not my password").await?,
            buyer.log_out().await?,
            seller.post_empty("/v1/auth/logout-everywhere").await?,
        ];
        Ok(responses.iter().map(|response| response.status).collect())
    }

    async fn recorded(&self, action: &str) -> Result<i64> {
        let statement = format!("SELECT count(*) FROM audit_events WHERE action = '{action}'");
        self.market.database.count(&statement).await
    }
}

#[tokio::test]
async fn actions_with_secrets_and_money_are_audited() -> Result<()> {
    let fixture = fixture().await?;
    let before = fixture.recorded("logged_in").await?;
    assert_eq!(
        fixture.perform_all().await?,
        [200, 200, 200, 200, 200, 204, 200, 201, 200, 401, 200, 200]
    );
    assert_eq!(fixture.recorded("logged_in").await?, before + 1);
    let actions = [
        "key_revealed",
        "key_replaced",
        "token_revoked",
        "order_refunded",
        "password_changed",
        "name_changed",
        "price_changed",
        "endpoint_changed",
        "log_in_failed",
        "logged_out",
        "logged_out_everywhere",
    ];
    for action in actions {
        assert_eq!(fixture.recorded(action).await?, 1, "{action}");
    }
    assert_eq!(fixture.recorded("listing_published").await?, 2);
    let named = "SELECT count(*) FROM audit_events
        WHERE (account_id IS NULL AND action <> 'log_in_failed') 
            OR NOT EXISTS (SELECT FROM addresses_of_actions a WHERE a.event_id = audit_events.id)";
    assert_eq!(fixture.market.database.count(named).await?, 0);
    Ok(())
}

#[tokio::test]
async fn an_action_that_cannot_be_audited_does_not_happen() -> Result<()> {
    let fixture = fixture().await?;
    let sessions = fixture.buyer.sessions().await?.items().len();
    let database = &fixture.market.database;
    database
        .execute("ALTER TABLE audit_events ADD CONSTRAINT nothing_more CHECK (false) NOT VALID")
        .await?;
    assert_eq!(fixture.perform_all().await?, [500; 12]);
    let refused = fixture.buyer.reveal(&fixture.token).await?;
    assert_problem(&refused, 500, "internal_error");
    database
        .execute("ALTER TABLE audit_events DROP CONSTRAINT nothing_more")
        .await?;

    assert_eq!(fixture.buyer.sessions().await?.items().len(), sessions);
    assert_eq!(
        fixture.buyer.reveal(&fixture.token).await?["api_key"],
        "sk-weather-1"
    );
    assert_eq!(fixture.buyer.get("/v1/tab").await?["open"], "1.00");
    assert_ne!(fixture.buyer.get("/v1/me").await?["name"], "Ada & Co.");
    assert_eq!(
        fixture.buyer.log_in(&fixture.email, PASSWORD).await?.status,
        200
    );
    fixture.market.verify().await?;
    Ok(())
}

#[tokio::test]
async fn failed_logins_are_recorded_in_a_bounded_number_of_rows() -> Result<()> {
    let market = MarketBuilder::new()
        .set("UDAM_TRUSTED_PROXIES", "127.0.0.1")
        .start()
        .await?;
    let email = unique_email("ada");
    let visitor = market.client()?;
    visitor.register(&email, PASSWORD).await?;
    let log_in = async |email: &str, from: &str| {
        let body = json!({"email": email, "password": "a guess"});
        let request = visitor.request(reqwest::Method::POST, "/v1/auth/login");
        let request = request.header("X-Forwarded-For", from);
        visitor.send(request.json(&body)).await
    };
    for _ in 0..30 {
        log_in(&email, "198.51.100.1").await?;
    }
    let database = &market.database;
    let of_account = "FROM audit_events WHERE subject_id = (SELECT id FROM accounts)
        AND (SELECT a.address FROM addresses_of_actions a WHERE a.event_id = audit_events.id)
            = '198.51.100.1'";
    let failed = format!("SELECT count(*) {of_account} AND action = 'log_in_failed'");
    let failed = database.count(&failed).await?;
    assert!((10..14).contains(&failed), "{failed}");
    // Once for each wait.
    let refused = format!("SELECT count(*) {of_account} AND action = 'log_in_refused'");
    let refused = database.count(&refused).await?;
    assert!((1..6).contains(&refused), "{refused}");

    // Addresses that nobody has can be invented without end.
    for number in 0..30 {
        let nobody = format!("nobody-{number}@example.com");
        assert_eq!(log_in(&nobody, "203.0.113.1").await?.status, 401);
        assert_eq!(log_in(&nobody, "2001:db8::1").await?.status, 401);
        let neighbour = format!("2001:db8::{number}");
        assert_eq!(log_in(&nobody, &neighbour).await?.status, 401);
    }
    let unknown = "SELECT count(*) FROM audit_events
        WHERE action = 'log_in_failed' AND subject_id IS NULL";
    assert_eq!(database.count(unknown).await?, 2);
    let hour = "UPDATE login_failures SET last_at = last_at - interval '1 hour'";
    database.execute(hour).await?;
    log_in("nobody@example.com", "203.0.113.1").await?;
    assert_eq!(database.count(unknown).await?, 3);
    Ok(())
}
