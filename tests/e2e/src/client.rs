use std::net::SocketAddr;

use anyhow::{Context, Result};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::answer::{Answer, Problems};
use crate::patience::LONGEST;

/// Somebody who calls the API: signed in, or not.
///
/// A call fails only when there is no answer; what the answer should be is for the test to say.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    problems: Problems,
    session: Option<String>,
}

impl Client {
    /// A visitor of the server at this address.
    ///
    /// # Errors
    /// When no client can be made.
    pub fn of(address: SocketAddr, problems: Problems) -> Result<Self> {
        let http = reqwest::Client::builder()
            .timeout(LONGEST)
            .user_agent("udam-e2e")
            .no_proxy()
            .build()?;
        Ok(Self {
            http,
            base: format!("http://{address}"),
            problems,
            session: None,
        })
    }

    /// The same client at another server.
    #[must_use]
    pub fn at(&self, address: SocketAddr) -> Self {
        Self {
            base: format!("http://{address}"),
            ..self.clone()
        }
    }

    /// The same client with this session.
    #[must_use]
    pub fn with_session(&self, token: &str) -> Self {
        Self {
            session: Some(token.to_owned()),
            ..self.clone()
        }
    }

    /// The same client without a session.
    #[must_use]
    pub fn signed_out(&self) -> Self {
        Self {
            session: None,
            ..self.clone()
        }
    }

    /// The session token, or nothing.
    #[must_use]
    pub fn session(&self) -> &str {
        self.session.as_deref().unwrap_or_default()
    }

    /// A request to be added to.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        match &self.session {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// Sends a request.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn send(&self, request: RequestBuilder) -> Result<Answer> {
        let response = request.send().await.context("calling udam")?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.context("reading the answer")?;
        let answer = Answer::new(status, headers, text);
        self.problems.note(&answer);
        Ok(answer)
    }

    /// `GET`.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn get(&self, path: &str) -> Result<Answer> {
        self.send(self.request(Method::GET, path)).await
    }

    /// `DELETE`.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn delete(&self, path: &str) -> Result<Answer> {
        self.send(self.request(Method::DELETE, path)).await
    }

    /// `PATCH` with a body.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn patch(&self, path: &str, body: Value) -> Result<Answer> {
        self.send(self.request(Method::PATCH, path).json(&body))
            .await
    }

    /// `POST` with a body.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn post(&self, path: &str, body: Value) -> Result<Answer> {
        self.send(self.request(Method::POST, path).json(&body))
            .await
    }

    /// `POST` without a body.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn call(&self, path: &str) -> Result<Answer> {
        self.send(self.request(Method::POST, path)).await
    }

    /// Registers an account.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn register(&self, email: &str, password: &str) -> Result<Answer> {
        self.post(
            "/v1/auth/register",
            json!({"email": email, "password": password}),
        )
        .await
    }

    /// Logs in.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn log_in(&self, email: &str, password: &str) -> Result<Answer> {
        self.post(
            "/v1/auth/login",
            json!({"email": email, "password": password}),
        )
        .await
    }

    /// Logs out.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn log_out(&self) -> Result<Answer> {
        self.call("/v1/auth/logout").await
    }

    /// Asks whether the session opens anything.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn sessions(&self) -> Result<Answer> {
        self.get("/v1/auth/sessions").await
    }

    /// Puts something on sale.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn list(&self, listing: Value) -> Result<Answer> {
        self.post("/v1/listings", listing).await
    }

    /// Orders units.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn buy(&self, listing_id: &str, units: u32) -> Result<Answer> {
        self.post("/v1/orders", order(listing_id, units)).await
    }

    /// Orders units, with an idempotency key.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn buy_once(&self, listing_id: &str, units: u32, key: &str) -> Result<Answer> {
        let request = self
            .request(Method::POST, "/v1/orders")
            .header("Idempotency-Key", key);
        self.send(request.json(&order(listing_id, units))).await
    }

    /// Asks where an order is paid.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn check_out(&self, order_id: &str) -> Result<Answer> {
        self.call(&format!("/v1/orders/{order_id}/checkout")).await
    }

    /// Gives an order up.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn cancel(&self, order_id: &str) -> Result<Answer> {
        self.call(&format!("/v1/orders/{order_id}/cancel")).await
    }

    /// Takes back an order that was sold.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn refund(&self, order_id: &str) -> Result<Answer> {
        self.call(&format!("/v1/orders/{order_id}/refund")).await
    }

    /// Opens a token.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn reveal(&self, token_id: &str) -> Result<Answer> {
        self.call(&format!("/v1/tokens/{token_id}/reveal")).await
    }
}

fn order(listing_id: &str, units: u32) -> Value {
    json!({"listing_id": listing_id, "units_requested": units})
}
