use std::net::{IpAddr, SocketAddr};

use anyhow::{Context, Result};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::response::{ErrorResponses, Response};
use crate::wait::DEFAULT_TIMEOUT;

/// An HTTP client of the API, signed in or not.
///
/// A call fails only if there is no response; which one it should be is for the test to say.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    errors: ErrorResponses,
    session: Option<String>,
}

impl Client {
    /// A client of the server at this address, not signed in.
    pub fn new(address: SocketAddr, errors: ErrorResponses) -> Result<Self> {
        Ok(Self {
            http: http_client(None)?,
            base: format!("http://{address}"),
            errors,
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

    /// The same client with connections of its own, from this address of this machine.
    pub fn from_source(&self, source: IpAddr) -> Result<Self> {
        Ok(Self {
            http: http_client(Some(source))?,
            ..self.clone()
        })
    }

    /// The same client with this session token.
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

    /// The session token; empty if it is not signed in.
    #[must_use]
    pub fn session(&self) -> &str {
        self.session.as_deref().unwrap_or_default()
    }

    /// A request with the session's `Authorization`, to be completed and sent with [`send`](Self::send).
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        match &self.session {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// Sends a request.
    pub async fn send(&self, request: RequestBuilder) -> Result<Response> {
        let response = request.send().await.context("calling udam")?;
        let response = Response::read(response)
            .await
            .context("reading the response of udam")?;
        self.errors.record(&response);
        Ok(response)
    }

    /// `GET`.
    pub async fn get(&self, path: &str) -> Result<Response> {
        self.send(self.request(Method::GET, path)).await
    }

    /// `DELETE`.
    pub async fn delete(&self, path: &str) -> Result<Response> {
        self.send(self.request(Method::DELETE, path)).await
    }

    /// `PATCH` with a JSON body.
    pub async fn patch(&self, path: &str, body: Value) -> Result<Response> {
        self.send(self.request(Method::PATCH, path).json(&body))
            .await
    }

    /// `POST` with a JSON body.
    pub async fn post(&self, path: &str, body: Value) -> Result<Response> {
        self.send(self.request(Method::POST, path).json(&body))
            .await
    }

    /// `POST` without a body.
    pub async fn post_empty(&self, path: &str) -> Result<Response> {
        self.send(self.request(Method::POST, path)).await
    }

    /// `POST /v1/auth/register`.
    pub async fn register(&self, email: &str, password: &str) -> Result<Response> {
        let body = json!({"email": email, "password": password});
        self.post("/v1/auth/register", body).await
    }

    /// `POST /v1/auth/login`.
    pub async fn log_in(&self, email: &str, password: &str) -> Result<Response> {
        let body = json!({"email": email, "password": password});
        self.post("/v1/auth/login", body).await
    }

    /// `POST /v1/auth/logout`.
    pub async fn log_out(&self) -> Result<Response> {
        self.post_empty("/v1/auth/logout").await
    }

    /// `GET /v1/auth/sessions`.
    pub async fn sessions(&self) -> Result<Response> {
        self.get("/v1/auth/sessions").await
    }

    /// `POST /v1/listings`.
    pub async fn publish(&self, listing: Value) -> Result<Response> {
        self.post("/v1/listings", listing).await
    }

    /// `POST /v1/orders`.
    pub async fn buy(&self, listing_id: &str, units: u32) -> Result<Response> {
        self.post("/v1/orders", order_body(listing_id, units)).await
    }

    /// `POST /v1/orders` with an `Idempotency-Key`.
    pub async fn buy_with_key(&self, listing_id: &str, units: u32, key: &str) -> Result<Response> {
        let request = self
            .request(Method::POST, "/v1/orders")
            .header("Idempotency-Key", key);
        self.send(request.json(&order_body(listing_id, units)))
            .await
    }

    /// `POST /v1/orders/{id}/checkout`.
    pub async fn check_out(&self, order_id: &str) -> Result<Response> {
        self.post_empty(&format!("/v1/orders/{order_id}/checkout"))
            .await
    }

    /// `POST /v1/orders/{id}/cancel`.
    pub async fn cancel(&self, order_id: &str) -> Result<Response> {
        self.post_empty(&format!("/v1/orders/{order_id}/cancel"))
            .await
    }

    /// `POST /v1/orders/{id}/refund`, which returns no units to the listing.
    pub async fn refund(&self, order_id: &str) -> Result<Response> {
        self.post_empty(&format!("/v1/orders/{order_id}/refund"))
            .await
    }

    /// `POST /v1/tokens/{id}/reveal`.
    pub async fn reveal(&self, token_id: &str) -> Result<Response> {
        self.post_empty(&format!("/v1/tokens/{token_id}/reveal"))
            .await
    }

    /// `POST /v1/tokens/{id}/revoke`.
    pub async fn revoke(&self, token_id: &str) -> Result<Response> {
        self.post_empty(&format!("/v1/tokens/{token_id}/revoke"))
            .await
    }
}

fn http_client(source: Option<IpAddr>) -> Result<reqwest::Client> {
    let builder = reqwest::Client::builder()
        .timeout(DEFAULT_TIMEOUT)
        .user_agent("udam-testkit")
        .local_address(source)
        .no_proxy();
    Ok(builder.build()?)
}

fn order_body(listing_id: &str, units: u32) -> Value {
    json!({"listing_id": listing_id, "units_requested": units})
}
