use actix_web::http::header::{self, HeaderMap};
use actix_web::web;
use udam_web::body::{self, Body, BodyLimit};

use crate::error::PageError;

/// Reads a body for nothing but that the connection can go on.
pub(super) async fn discard(headers: &HeaderMap, body: web::Payload) -> Result<(), PageError> {
    body::read(headers, &mut body.into_inner(), BodyLimit::Client).await?;
    Ok(())
}

/// Reads a form. Its text is wiped when dropped.
pub(super) async fn read(headers: &HeaderMap, body: web::Payload) -> Result<Body, PageError> {
    let media_type = headers.get(header::CONTENT_TYPE);
    let media_type = media_type.and_then(|value| value.to_str().ok());
    let essence = media_type.and_then(|value| value.split(';').next());
    let is_form = essence.is_some_and(|essence| {
        essence
            .trim()
            .eq_ignore_ascii_case("application/x-www-form-urlencoded")
    });
    if !is_form {
        return Err(PageError::BadRequest);
    }
    Ok(body::read(headers, &mut body.into_inner(), BodyLimit::Client).await?)
}
