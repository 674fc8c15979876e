use udam_domain::id::ListingId;
use udam_domain::marketplace::{ProbeCall, ProbeError};

use super::{Answer, ok};
use crate::request_context::RequestContext;
use crate::wire::{ProbeBody, ProbeResponse, schemas};

/// Probe the service of a listing
///
/// Calls your own service once with its key in place, and returns what it answers, or how the call ended without an answer.
/// Nothing is counted. A listing that is not sold through the gateway is called with its key as a bearer token.
#[utoipa::path(
    post,
    path = "/v1/listings/{id}/probe",
    tag = "Listings",
    security(("session" = [])),
    params(("id" = schemas::ListingId, Path, description = "Id of the listing")),
    request_body = ProbeBody,
    responses((status = 200, description = "What the call has found", body = ProbeResponse)),
)]
pub(crate) async fn probe_listing(mut context: RequestContext) -> Answer {
    let signed_in = context.signed_in().await?;
    let id: ListingId = context.id()?;
    let call: ProbeCall = context.body()?;
    let probes = &context.gateway()?.probes;
    let seller = context.actor(&signed_in);
    let found = match probes.probe(seller, id, call).await {
        Ok(answer) => ProbeResponse::from(answer),
        Err(ProbeError::Failed(failed)) => ProbeResponse::from(failed),
        Err(error) => return Err(error.into()),
    };
    Ok(ok(&found))
}
