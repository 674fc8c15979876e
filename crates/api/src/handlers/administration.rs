use std::str::FromStr;

use udam_domain::administration::{Operator, Suspendable};
use udam_domain::audit::Reason;
use udam_domain::id::{AccountId, ListingId};

use super::{Answer, ok};
use crate::problem::ApiError;
use crate::request_context::RequestContext;
use crate::wire::{ReasonBody, SuspensionResponse, schemas};

/// Suspend an account
///
/// Its sessions end, and it cannot log in. As seller, its listings are out of the catalogue, and their tokens grant no access;
/// as buyer, so do the tokens that it has bought. Whatever begins after the answer is refused. For operators.
#[utoipa::path(
    post,
    path = "/v1/admin/accounts/{id}/suspend",
    tag = "Administration",
    security(("session" = [])),
    params(("id" = schemas::AccountId, Path, description = "Which account")),
    request_body = ReasonBody,
    responses((status = 200, description = "It is suspended", body = SuspensionResponse)),
    extensions(("x-problems" = json!(["forbidden", "second_factor_needed", "step_up_required"]))),
)]
pub(crate) async fn suspend_account(context: RequestContext) -> Answer {
    set::<AccountId>(context, Suspendable::Account, true).await
}

/// Restore an account
///
/// It can log in again, and its listings and tokens are what they were. A listing that was suspended by itself stays so. For
/// operators.
#[utoipa::path(
    post,
    path = "/v1/admin/accounts/{id}/restore",
    tag = "Administration",
    security(("session" = [])),
    params(("id" = schemas::AccountId, Path, description = "Which account")),
    request_body = ReasonBody,
    responses((status = 200, description = "It is not suspended", body = SuspensionResponse)),
    extensions(("x-problems" = json!(["forbidden", "second_factor_needed", "step_up_required"]))),
)]
pub(crate) async fn restore_account(context: RequestContext) -> Answer {
    set::<AccountId>(context, Suspendable::Account, false).await
}

/// Suspend a listing
///
/// It is out of the catalogue and takes no orders, and its tokens grant no access. Whatever begins after the answer is refused.
/// For operators.
#[utoipa::path(
    post,
    path = "/v1/admin/listings/{id}/suspend",
    tag = "Administration",
    security(("session" = [])),
    params(("id" = schemas::ListingId, Path, description = "Which listing")),
    request_body = ReasonBody,
    responses((status = 200, description = "It is suspended", body = SuspensionResponse)),
    extensions(("x-problems" = json!(["forbidden", "second_factor_needed", "step_up_required"]))),
)]
pub(crate) async fn suspend_listing(context: RequestContext) -> Answer {
    set::<ListingId>(context, Suspendable::Listing, true).await
}

/// Restore a listing
///
/// It is in the catalogue again if its seller has it on sale, and its tokens are what they were. For operators.
#[utoipa::path(
    post,
    path = "/v1/admin/listings/{id}/restore",
    tag = "Administration",
    security(("session" = [])),
    params(("id" = schemas::ListingId, Path, description = "Which listing")),
    request_body = ReasonBody,
    responses((status = 200, description = "It is not suspended", body = SuspensionResponse)),
    extensions(("x-problems" = json!(["forbidden", "second_factor_needed", "step_up_required"]))),
)]
pub(crate) async fn restore_listing(context: RequestContext) -> Answer {
    set::<ListingId>(context, Suspendable::Listing, false).await
}

async fn set<I: FromStr>(
    mut context: RequestContext,
    kind: fn(I) -> Suspendable,
    suspended: bool,
) -> Answer {
    let by = operator(&context).await?;
    let what = kind(context.id()?);
    let reason: Reason = context.body::<ReasonBody>()?.reason;
    let administration = &context.marketplace().administration;
    let suspended_at = if suspended {
        administration.suspend(by, what, reason).await?
    } else {
        administration.restore(by, what, reason).await?
    };
    Ok(ok(&SuspensionResponse { suspended_at }))
}

/// The account that is signed in, as an operator.
pub(super) async fn operator(context: &RequestContext) -> Result<Operator, ApiError> {
    let signed_in = context.session().await?;
    let administration = &context.marketplace().administration;
    let operator = administration.operator(context.actor(&signed_in), &signed_in);
    Ok(operator.await?)
}
