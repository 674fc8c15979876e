//! The API as its clients meet it, over mocked ports. Whatever a test sends, the answer has to be one
//! that the OpenAPI document announces.

mod access_keys;
mod accounts;
mod bodies;
mod calls;
mod checkouts;
mod cross_origin;
mod gateway_terms;
mod limits;
mod listings;
mod measurements;
mod orders;
mod payments;
mod probes;
mod protocol;
mod receipts;
mod sales;
mod secrets;
mod sessions;
mod tab;
mod tokens;
mod usage;
mod webhooks;

use std::sync::Arc;

use actix_web::http::header::HeaderMap;
use actix_web::http::{Method, header};
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::{App, web};
use serde_json::{Value, json};
use udam_domain::gateway::{Balance, TermsVersion, TokenUnits};
use udam_domain::id::{AccountId, ListingId, OrderId, TokenId};
use udam_domain::listing::ServiceChanges;
use udam_domain::time::Timestamp;
use udam_domain::token::{Token, TokenGateway, TokenState};
use udam_domain::units::Units;
use udam_web::access_log;
use uuid::Uuid;

use super::testing::{TOKEN, TestApi, ada};
use super::{Api, configure};

/// An answer, read to its end.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) text: String,
    pub(super) body: Value,
}

impl Answer {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The status and code of a problem.
    pub(super) fn problem(&self) -> (u16, &str) {
        assert_eq!(
            self.header("content-type"),
            Some("application/problem+json")
        );
        assert_eq!(self.body["status"], self.status);
        assert_eq!(
            self.body["request_id"],
            self.header("x-request-id").unwrap()
        );
        (self.status, self.body["code"].as_str().unwrap())
    }

    /// The names of the fields that did not fit.
    pub(super) fn fields(&self) -> Vec<&str> {
        assert_eq!(self.problem(), (422, "invalid_request"));
        let errors = self.body["errors"].as_array().unwrap();
        errors
            .iter()
            .map(|error| error["field"].as_str().unwrap())
            .collect()
    }
}

/// Sends one request to an API over these ports.
pub(super) async fn send(api: TestApi, request: TestRequest) -> Answer {
    send_to(&api.into_data(), request).await
}

/// Sends one request.
pub(super) async fn send_to(api: &web::Data<Api>, request: TestRequest) -> Answer {
    let app = App::new()
        .wrap(access_log(Arc::clone(&api.marketplace.entropy)))
        .configure(configure(api.clone()));
    let app = init_service(app).await;
    let request = request.to_request();
    let (method, path) = (request.method().clone(), request.path().to_owned());
    let response = call_service(&app, request).await;
    let status = response.status().as_u16();
    let headers = response.headers().clone();
    let text = String::from_utf8_lossy(&read_body(response).await).into_owned();
    let body = serde_json::from_str(&text).unwrap_or(Value::Null);
    let answer = Answer {
        status,
        headers,
        text,
        body,
    };
    assert_announced(api, &method, &path, &answer);
    answer
}

/// Fails unless the OpenAPI document tells of such an answer.
fn assert_announced(api: &Api, method: &Method, path: &str, answer: &Answer) {
    let document: Value = serde_json::from_slice(&api.document).unwrap();
    let method = if *method == Method::HEAD {
        &Method::GET
    } else {
        method
    };
    let paths = document["paths"].as_object().unwrap();
    let matching = paths.iter().filter(|(template, _)| matches(template, path));
    // The most literal template is the one that routes.
    let Some((_, item)) = matching.min_by_key(|(template, _)| template.matches('{').count()) else {
        return;
    };
    let Some(operation) = item.get(method.as_str().to_lowercase()) else {
        return;
    };
    let announced = &operation["responses"][answer.status.to_string()];
    assert!(announced.is_object(), "{method} {path} answered {answer:?}");
    if let Some(media_type) = answer.header("content-type") {
        let essence = media_type.split(';').next().unwrap();
        assert!(
            announced["content"][essence].is_object() || path.starts_with("/docs"),
            "{method} {path} answered as {essence}"
        );
    }
}

fn matches(template: &str, path: &str) -> bool {
    let (template, path) = (template.split('/'), path.split('/'));
    template.clone().count() == path.clone().count()
        && template
            .zip(path)
            .all(|(part, given)| part.starts_with('{') || part == given)
}

pub(super) fn get(path: &str) -> TestRequest {
    TestRequest::get().uri(path)
}

pub(super) fn post(path: &str) -> TestRequest {
    TestRequest::post().uri(path)
}

/// A request that carries Ada's session.
pub(super) fn as_ada(request: TestRequest) -> TestRequest {
    request.insert_header((header::AUTHORIZATION, format!("Bearer {TOKEN}")))
}

/// An identifier's text form.
pub(super) fn id<T: ToString>(make: impl FnOnce(Uuid) -> T) -> String {
    make(Uuid::from_u128(9)).to_string()
}

/// A body that a listing is published with.
pub(super) fn listing_body() -> Value {
    json!({
        "service_name": "Weather",
        "api_key": "sk_live_secret",
        "price_per_unit": "2.50",
        "unit_description": "1,000 requests",
        "available_units": 10,
    })
}

/// The token of [`id`], of Ada's, by the seller's key.
pub(super) fn token() -> Token {
    Token {
        id: TokenId::from_uuid(Uuid::from_u128(9)),
        order_id: OrderId::from_uuid(Uuid::from_u128(9)),
        listing_id: ListingId::from_uuid(Uuid::from_u128(9)),
        buyer_id: ada().id,
        seller_id: AccountId::from_uuid(Uuid::from_u128(5)),
        service_name: "Weather".parse().unwrap(),
        units: Units::new(3).unwrap(),
        state: TokenState::Active,
        expires_at: NOW,
        created_at: NOW,
        revealed_at: None,
        service_changes: ServiceChanges::default(),
        gateway: None,
    }
}

/// The token of [`id`], through the gateway.
pub(super) fn gateway_token() -> Token {
    let units = Units::new(3).unwrap();
    Token {
        gateway: Some(TokenGateway {
            terms: TermsVersion::FIRST,
            units: TokenUnits::new(Balance::new(units, 1).unwrap(), 0).unwrap(),
        }),
        ..token()
    }
}

/// A path of the token of [`id`].
pub(super) fn token_path(below: &str) -> String {
    format!("/v1/tokens/{}{below}", id(TokenId::from_uuid))
}

pub(super) const NOW: Timestamp = Timestamp::UNIX_EPOCH;
