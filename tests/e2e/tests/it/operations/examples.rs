//! The examples of the OpenAPI document, which readers of `/docs` send as they stand.

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use udam_testkit::{Client, Response, expect_status, unique_email};

use crate::paid_market::PaidMarket;
use crate::setup::buy_token;
use crate::v1::tab::payments::pay_tab;

/// Those that need mail or the secret of a link, those that need a second factor or its codes, the call that Stripe alone makes, as only Stripe can sign it, and those about what takes a call through the gateway
/// first.
const NOT_SENT: [&str; 12] = [
    "/v1/auth/verify-email",
    "/v1/auth/forgot-password",
    "/v1/auth/reset-password",
    "/v1/auth/change-email",
    "/v1/auth/login/second-factor",
    "/v1/auth/totp",
    "/v1/auth/totp/confirm",
    "/v1/auth/recovery-codes",
    "/v1/auth/step-up",
    "/v1/webhooks/stripe",
    "/v1/tokens/{id}/keys/{key_id}",
    "/v1/calls/{id}/receipt",
];

/// Calls that take a role first.
const OF_OPERATORS: &str = "/v1/admin/";

/// The complaint about an order, which is found once it has been sent.
const COMPLAINT: &str = "/v1/orders/{id}/complaint";

#[tokio::test]
async fn every_documented_example_is_accepted_as_it_stands() -> Result<()> {
    let paid = PaidMarket::start().await?;
    let visitor = paid.market.client()?;
    let document = visitor.get("/openapi.json").await?.json().clone();
    // The account that the example of logging in is of.
    let register = body_example(&document["paths"]["/v1/auth/register"]["post"]);
    let register = register.context("no example")?.clone();
    expect_status(visitor.post("/v1/auth/register", register).await?, 201)?;
    let mut accepted = 0;
    for (path, item) in object(&document["paths"]) {
        for (method, operation) in object(item) {
            if NOT_SENT.contains(&path.as_str()) || path.starts_with(OF_OPERATORS) {
                continue;
            }
            let call = Call {
                paid: &paid,
                document: &document,
                operation,
                method: method.to_uppercase().parse()?,
                path,
            };
            let response = call.send(&visitor).await?;
            let accepts = matches!(response.status, 200..=299 | 409);
            ensure!(accepts, "{method} {path}: {}", response.text);
            accepted += 1;
        }
    }
    ensure!(accepted > 30, "only {accepted} calls are documented");
    Ok(())
}

#[tokio::test]
async fn the_documented_examples_make_a_purchase() -> Result<()> {
    let paid = PaidMarket::start().await?;
    let visitor = paid.market.client()?;
    let document = visitor.get("/openapi.json").await?.json().clone();
    let body = |path: &str| body_example(&document["paths"][path]["post"]).cloned();
    let register = body("/v1/auth/register").context("no example")?;
    let registered = visitor.post("/v1/auth/register", register).await?;
    expect_status(registered, 201)?;
    let log_in = body("/v1/auth/login").context("no example")?;
    let opened = expect_status(visitor.post("/v1/auth/login", log_in).await?, 200)?;
    let client = visitor.with_session(opened.text_at("/session_token"));
    let listing = body("/v1/listings").context("no example")?;
    let listing = expect_status(client.post("/v1/listings", listing).await?, 201)?;
    let mut order = body("/v1/orders").context("no example")?;
    order["listing_id"] = json!(listing.id());
    let order = expect_status(client.post("/v1/orders", order).await?, 201)?;
    assert_eq!(order["price_per_unit"], listing["price_per_unit"]);
    Ok(())
}

/// An operation of the document, sent with its own examples by an account of its own. Identifiers are those of things
/// that the account has.
struct Call<'a> {
    paid: &'a PaidMarket,
    document: &'a Value,
    operation: &'a Value,
    method: Method,
    path: &'a str,
}

impl Call<'_> {
    async fn send(&self, visitor: &Client) -> Result<Response> {
        let client = self.register(visitor).await?;
        let mut path = self.path.to_owned();
        let mut query = Vec::new();
        for parameter in self.operation["parameters"]
            .as_array()
            .into_iter()
            .flatten()
        {
            let name = parameter["name"].as_str().context("a name")?;
            let example = parameter["example"].as_str();
            match parameter["in"].as_str() {
                Some("path") => {
                    let example = example.context("a parameter of a path has no example")?;
                    let value = self.own(&client, example).await?;
                    path = path.replace(&format!("{{{name}}}"), &value);
                }
                Some("query") => query.extend(example.map(|example| (name, example))),
                _ => {}
            }
        }
        let request = client.request(self.method.clone(), &path).query(&query);
        let request = match body_example(self.operation) {
            Some(body) => {
                let mut body = body.clone();
                if let Some(id) = body.get("listing_id").and_then(Value::as_str) {
                    body["listing_id"] = json!(self.own(&client, id).await?);
                }
                request.json(&body)
            }
            None => request,
        };
        client.send(request).await
    }

    /// An account with the password of the examples.
    async fn register(&self, visitor: &Client) -> Result<Client> {
        let example = self.body_of("/v1/auth/login")?;
        let password = example["password"].as_str().context("no password")?;
        let registered = visitor.register(&unique_email("reader"), password).await?;
        let registered = expect_status(registered, 201)?;
        Ok(visitor.with_session(registered.text_at("/session_token")))
    }

    /// The identifier of something that the account has, of the same kind as that of the example.
    async fn own(&self, client: &Client, example: &str) -> Result<String> {
        let kind = example.split('_').next().unwrap_or_default();
        if kind == "ses" {
            let sessions = client.sessions().await?;
            return text(&sessions.items()[0]["id"]);
        }
        if kind == "pak" {
            let key = self.body_of("/v1/me/api-keys")?;
            let made = expect_status(client.post("/v1/me/api-keys", key).await?, 201)?;
            return Ok(made.id().to_owned());
        }
        if !["lst", "ord", "tok", "chg"].contains(&kind) {
            return Ok(example.to_owned());
        }
        let listing = self.body_of("/v1/listings")?;
        let listing = expect_status(client.publish(listing).await?, 201)?;
        if kind == "lst" {
            return Ok(listing.id().to_owned());
        }
        let token = buy_token(client, listing.id()).await?;
        if kind == "tok" {
            return Ok(token);
        }
        if kind == "chg" {
            let payments = pay_tab(self.paid, client).await?;
            return text(&payments.items()[0]["id"]);
        }
        let order = text(&client.get("/v1/orders").await?.items()[0]["id"])?;
        if (&self.method, self.path) == (&Method::GET, COMPLAINT) {
            let complaint = self.body_of(COMPLAINT)?;
            let path = format!("/v1/orders/{order}/complaint");
            expect_status(client.post(&path, complaint).await?, 201)?;
        }
        Ok(order)
    }

    fn body_of(&self, path: &str) -> Result<Value> {
        let operation = &self.document["paths"][path]["post"];
        body_example(operation)
            .cloned()
            .with_context(|| format!("POST {path} has no example"))
    }
}

fn body_example(operation: &Value) -> Option<&Value> {
    operation.pointer("/requestBody/content/application~1json/example")
}

fn object(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn text(value: &Value) -> Result<String> {
    Ok(value.as_str().context("not a text")?.to_owned())
}
