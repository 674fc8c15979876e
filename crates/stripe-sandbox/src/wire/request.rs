use actix_web::HttpRequest;
use actix_web::http::Method;
use actix_web::http::header::AUTHORIZATION;
use ring::digest::{SHA256, digest};

use super::form::Form;

/// A request to Stripe's API.
#[derive(Debug, Clone)]
pub(crate) struct ApiRequest {
    pub(crate) method: String,
    pub(crate) path: String,
    /// Parameters of the body, or of the query if the method is not `POST`.
    pub(crate) form: Form,
    /// Secret key of the `Authorization` header.
    pub(crate) api_key: Option<String>,
    /// Value of `Idempotency-Key`; always `None` unless the method is `POST`.
    pub(crate) idempotency_key: Option<String>,
}

impl ApiRequest {
    pub(crate) fn read(request: &HttpRequest, body: &[u8]) -> Self {
        let header = |name: &str| {
            let value = request.headers().get(name)?.to_str().ok()?;
            Some(value.to_owned())
        };
        let is_post = request.method() == Method::POST;
        let form = if is_post {
            Form::parse(body)
        } else {
            Form::parse(request.query_string().as_bytes())
        };
        let authorization = header(AUTHORIZATION.as_str());
        Self {
            method: request.method().to_string(),
            path: request.path().to_owned(),
            form,
            api_key: authorization
                .and_then(|value| Some(value.strip_prefix("Bearer ")?.trim().to_owned())),
            idempotency_key: header("Idempotency-Key").filter(|_| is_post),
        }
    }

    /// Hash of the method, the path and the parameters, by which a repeat is recognised.
    pub(crate) fn fingerprint(&self) -> String {
        let text = format!("{} {}\n{}", self.method, self.path, self.form.canonical());
        hex::encode(digest(&SHA256, text.as_bytes()))
    }
}
