use actix_web::HttpResponse;
use udam_domain::id::SessionId;

use super::{Answer, ok};
use crate::problem::Problem;
use crate::request_context::RequestContext;
use crate::wire::{DoneResponse, PageResponse, SessionPageParams, SessionResponse, schemas};

/// Log out
///
/// Ends the session of the request. Its token is invalid from the moment of the response on.
#[utoipa::path(
    post,
    path = "/v1/auth/logout",
    tag = "Sessions",
    security(("session" = [])),
    responses((status = 200, description = "The session has ended", body = DoneResponse)),
)]
pub(crate) async fn log_out(mut context: RequestContext) -> Answer {
    let signed_in = context.session().await?;
    context.no_body()?;
    let sessions = &context.marketplace().sessions;
    // That it had ended already, a moment ago, is as good.
    sessions
        .end(context.actor(&signed_in), signed_in.session.id)
        .await?;
    Ok(ok(&DoneResponse { ok: true }))
}

/// Log out everywhere
///
/// Ends all your sessions, including that of the request.
#[utoipa::path(
    post,
    path = "/v1/auth/logout-everywhere",
    tag = "Sessions",
    security(("session" = [])),
    responses((status = 200, description = "All sessions have ended", body = DoneResponse)),
)]
pub(crate) async fn log_out_everywhere(mut context: RequestContext) -> Answer {
    let signed_in = context.session().await?;
    context.no_body()?;
    context
        .marketplace()
        .sessions
        .end_all(context.actor(&signed_in))
        .await?;
    Ok(ok(&DoneResponse { ok: true }))
}

/// List your sessions
///
/// Those that have not ended, the newest first.
#[utoipa::path(
    get,
    path = "/v1/auth/sessions",
    tag = "Sessions",
    security(("session" = [])),
    params(SessionPageParams),
    responses((status = 200, description = "A page of your sessions", body = PageResponse<SessionResponse>)),
)]
pub(crate) async fn list_sessions(context: RequestContext) -> Answer {
    let signed_in = context.session().await?;
    let page = context.page()?;
    let sessions = &context.marketplace().sessions;
    let page = sessions.of_account(signed_in.account.id, page).await?;
    let current = signed_in.session.id;
    Ok(ok(&PageResponse::new(page, (), |session| {
        SessionResponse::new(session, current)
    })))
}

/// End a session
///
/// It may be that of the request. A session of another account, or one that has ended, is `404`.
#[utoipa::path(
    delete,
    path = "/v1/auth/sessions/{id}",
    tag = "Sessions",
    security(("session" = [])),
    params(("id" = schemas::SessionId, Path, description = "Which session")),
    responses((status = 204, description = "It has ended")),
)]
pub(crate) async fn end_session(context: RequestContext) -> Answer {
    let signed_in = context.session().await?;
    let session: SessionId = context.id()?;
    if context
        .marketplace()
        .sessions
        .end(context.actor(&signed_in), session)
        .await?
    {
        Ok(HttpResponse::NoContent().finish())
    } else {
        Err(Problem::NotFound.into())
    }
}
