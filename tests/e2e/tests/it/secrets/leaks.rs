//! Requests with secrets in them, valid and invalid ones, leave no secret behind.

use anyhow::{Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use udam_testkit::{Client, Market, MarketBuilder, unique_email, weather_listing};

use super::canaries::{API_KEY, Canaries, MISTYPED, NEXT_API_KEY, NEXT_PASSWORD, PASSWORD};
use crate::setup::with_fields;

/// Valid requests of every kind, which handle secrets as they should.
async fn send_valid_requests(
    market: &Market,
    canaries: &mut Canaries,
) -> Result<(Client, Client, Client)> {
    let visitor = market.client()?;
    let mut people = Vec::new();
    for name in ["seller", "buyer", "other"] {
        let email = unique_email(name);
        let registered = visitor.register(&email, PASSWORD).await?;
        canaries.add("a session", registered.text_at("/session_token"));
        let login = visitor.log_in(&email, PASSWORD).await?;
        canaries.add("a session", login.text_at("/session_token"));
        people.push(visitor.with_session(login.text_at("/session_token")));
    }
    let [seller, buyer, other]: [Client; 3] = people.try_into().unwrap();
    let listing = seller
        .publish(with_fields(
            weather_listing(9),
            [("api_key", json!(API_KEY))],
        ))
        .await?;
    let order = buyer.buy_with_key(listing.id(), 1, "once").await?;
    let token = order.text_at("/token_id");
    ensure!(
        buyer.reveal(token).await?["api_key"] == API_KEY,
        "the API key is not the canary"
    );
    let path = format!("/v1/listings/{}", listing.id());
    seller
        .patch(&path, json!({"api_key": NEXT_API_KEY}))
        .await?;
    ensure!(
        buyer.reveal(token).await?["api_key"] == NEXT_API_KEY,
        "the API key is not the canary"
    );
    let change = json!({"current_password": PASSWORD, "new_password": NEXT_PASSWORD});
    ensure!(
        buyer.post("/v1/auth/password", change).await?.status == 204,
        "no new password"
    );
    seller
        .post_empty(&format!("/v1/orders/{}/refund", order.id()))
        .await?;
    for path in [
        "/v1/listings?q=weather",
        "/v1/me/listings",
        "/v1/me/sales",
        "/v1/orders",
        "/v1/tokens",
        "/v1/tab",
    ] {
        for client in [&seller, &buyer, &other] {
            client.get(path).await?;
        }
    }
    buyer.sessions().await?;
    Ok((seller, buyer, other))
}

/// Invalid requests of every kind, with secrets where they do not belong.
async fn send_invalid_requests(seller: &Client, buyer: &Client, other: &Client) -> Result<()> {
    let visitor = buyer.signed_out();
    let email = unique_email("careless");
    for secret in [API_KEY, PASSWORD, MISTYPED, buyer.session()] {
        let wrong: [Value; 4] = [
            json!(secret),
            json!([secret]),
            json!({"secret": secret}),
            json!(format!("{secret}\n")),
        ];
        for wrong in wrong {
            visitor
                .post(
                    "/v1/auth/register",
                    json!({"email": wrong, "password": wrong, "name": [wrong]}),
                )
                .await?;
            visitor
                .post("/v1/auth/login", json!({"email": email, "password": wrong}))
                .await?;
            let listing = with_fields(
                weather_listing(1),
                [
                    ("api_key", json!([wrong])),
                    ("price_per_unit", wrong.clone()),
                ],
            );
            seller
                .publish(with_fields(
                    listing,
                    [
                        ("available_units", wrong.clone()),
                        ("currency", wrong.clone()),
                    ],
                ))
                .await?;
            seller
                .publish(with_fields(
                    weather_listing(1),
                    [(
                        "endpoint_url",
                        json!(format!("https://u:{secret}@example.com")),
                    )],
                ))
                .await?;
            buyer
                .post(
                    "/v1/orders",
                    json!({"listing_id": wrong, "units_requested": wrong}),
                )
                .await?;
            buyer
                .post(
                    "/v1/auth/password",
                    json!({"current_password": wrong, "new_password": wrong}),
                )
                .await?;
            buyer.post("/v1/auth/logout", wrong).await?;
        }
        for broken in [
            format!("{{\"password\": \"{secret}"),
            format!("\"{secret}\""),
            format!("{secret}=1"),
            secret.to_owned(),
        ] {
            for path in ["/v1/auth/login", "/v1/auth/register", "/v1/listings"] {
                let request = other
                    .request(Method::POST, path)
                    .header("Content-Type", "application/json");
                other.send(request.body(broken.clone())).await?;
                other
                    .send(other.request(Method::POST, path).body(broken.clone()))
                    .await?;
            }
        }
        for path in [
            format!("/v1/tokens/{secret}"),
            format!("/v1/auth/sessions/{secret}"),
            format!("/{secret}"),
            format!("/v1/listings?cursor={secret}"),
            format!("/v1/listings?limit={secret}&sort={secret}&seller={secret}"),
        ] {
            other.get(&path).await?;
            other.post_empty(&path).await?;
        }
        for header in ["X-Request-Id", "Idempotency-Key", "Cookie", "X-Api-Key"] {
            let request = other
                .request(Method::GET, "/v1/tokens")
                .header(header, format!("{secret} {secret}"));
            other.send(request).await?;
        }
        other.with_session(secret).get("/v1/tokens").await?;
        other
            .with_session(&format!("{secret}x"))
            .buy("lst_01h455vb4pex5vsknk084sn02q", 1)
            .await?;
    }
    Ok(())
}

#[tokio::test]
async fn no_secret_is_in_logs_errors_metrics_or_the_database() -> Result<()> {
    let market = MarketBuilder::new().servers(2).start().await?;
    let mut canaries = Canaries::of(&market).await?;
    let (seller, buyer, other) = send_valid_requests(&market, &mut canaries).await?;
    send_invalid_requests(&seller, &buyer, &other).await?;
    market
        .database
        .execute("UPDATE listings SET sealed_key = ''")
        .await?;
    let tokens = buyer.get("/v1/tokens").await?;
    buyer
        .reveal(tokens.items()[0]["id"].as_str().unwrap())
        .await?;
    market.run(&["verify"]).await?;

    let metrics = market.operator(0)?.get("/metrics").await?;
    canaries.assert_none_in("the metrics", &metrics.text);
    let problems = market.errors.all();
    assert!(problems.len() > 100);
    for problem in &problems {
        canaries.assert_none_in("an error", problem);
    }
    canaries.assert_none_in("a log", &market.logs());
    canaries.assert_none_in("the database", &market.database.dump().await?);
    assert!(
        market.logs().contains("/v1/listings"),
        "nothing is logged at all"
    );
    Ok(())
}

#[tokio::test]
async fn the_database_holds_only_sealed_keys_hashes_and_digests() -> Result<()> {
    let market = MarketBuilder::new().start().await?;
    let mut canaries = Canaries::of(&market).await?;
    let (_, buyer, _) = send_valid_requests(&market, &mut canaries).await?;
    let dump = market.database.dump().await?;
    canaries.assert_none_in("the database", &dump);
    assert!(dump.contains("$argon2id$v=19$m=19456,t=2,p=1$"));
    // The stored digest of a session is not accepted as a token.
    let database = market.database.connect().await?;
    let digests = database
        .query("SELECT encode(token_digest, 'hex') FROM sessions", &[])
        .await?;
    for digest in digests {
        let digest: String = digest.get(0);
        assert_eq!(
            buyer.with_session(&digest).get("/v1/tokens").await?.status,
            401
        );
        assert_eq!(
            buyer
                .with_session(&format!("udam_ses_{digest}"))
                .get("/v1/tokens")
                .await?
                .status,
            401
        );
    }
    Ok(())
}
