use actix_web::HttpRequest;
use actix_web::http::Method;
use actix_web::http::header::AUTHORIZATION;
use ring::digest::{SHA256, digest};

use crate::form::Form;

/// A call as it came over the wire.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) form: Form,
    /// The secret key that it bears.
    pub(crate) api_key: Option<String>,
    /// Only calls that change something have one.
    pub(crate) idempotency_key: Option<String>,
}

impl Call {
    pub(crate) fn read(request: &HttpRequest, body: &[u8]) -> Self {
        let header = |name: &str| {
            let value = request.headers().get(name)?.to_str().ok()?;
            Some(value.to_owned())
        };
        let posted = request.method() == Method::POST;
        let form = if posted {
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
            idempotency_key: header("Idempotency-Key").filter(|_| posted),
        }
    }

    /// What a repetition of this call has in common with it, and no other call does.
    pub(crate) fn fingerprint(&self) -> String {
        let text = format!("{} {}\n{}", self.method, self.path, self.form.canonical());
        hex::encode(digest(&SHA256, text.as_bytes()))
    }
}
