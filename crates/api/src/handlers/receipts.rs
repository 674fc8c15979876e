use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, HeaderValue};
use udam_domain::id::CallId;

use super::{Answer, ok};
use crate::problem::Problem;
use crate::request_context::RequestContext;
use crate::wire::{ReceiptResponse, SignedReceiptResponse, schemas};

/// Media type of JSON Web Key Sets (RFC 7517, section 8.5.2).
const KEY_SET: &str = "application/jwk-set+json";

/// Get the receipt of a call
///
/// Its buyer and its seller can get it, as long as the call is kept. The signature holds for `receipt` as the payload of
/// `jws` has it.
#[utoipa::path(
    get,
    path = "/v1/calls/{id}/receipt",
    tag = "Calls",
    security(("session" = [])),
    params(("id" = schemas::CallId, Path, description = "Which call")),
    responses((status = 200, description = "The receipt, signed", body = SignedReceiptResponse)),
)]
pub(crate) async fn find_receipt(context: RequestContext) -> Answer {
    let account = context.signed_in().await?.account.id;
    let id: CallId = context.id()?;
    let gateway = context.gateway()?;
    let call = gateway.reader.find(id, account).await?;
    let receipt = ReceiptResponse::from(call.ok_or(Problem::NotFound)?);
    let payload = serde_json::to_vec(&receipt).map_err(|_unserializable| Problem::InternalError)?;
    let jws = gateway.receipts.sign(&payload);
    Ok(ok(&SignedReceiptResponse::new(receipt, jws)))
}

/// Get the keys of receipts
///
/// The public keys of all receipts that were signed so far, as a JSON Web Key Set (RFC 7517). `kid` in the head of a
/// receipt names its key.
#[utoipa::path(
    get,
    path = "/.well-known/udam-receipts.json",
    tag = "Calls",
    responses((
        status = 200, description = "The public keys", body = Object, content_type = "application/jwk-set+json",
    )),
    extensions(("x-problems" = json!(["not_found"]))),
)]
pub(crate) async fn receipt_keys(context: RequestContext) -> Answer {
    let keys = context.gateway()?.receipts.public_keys();
    let for_minutes = HeaderValue::from_static("public, max-age=300");
    Ok(HttpResponse::Ok()
        .content_type(KEY_SET)
        .insert_header((CACHE_CONTROL, for_minutes))
        .body(keys))
}
