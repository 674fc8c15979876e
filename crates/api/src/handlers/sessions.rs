use actix_web::HttpResponse;
use udam_domain::id::SessionId;

use super::{Answer, ok};
use crate::call::Call;
use crate::problem::Problem;
use crate::wire::{DoneResponse, PageResponse, SessionPageParams, SessionResponse, schemas};

/// Log out
///
/// Ends the session that asks. Its token opens nothing from the moment this has answered.
#[utoipa::path(
    post,
    path = "/v1/auth/logout",
    tag = "Sessions",
    security(("session" = [])),
    responses((status = 200, description = "The session has ended", body = DoneResponse)),
)]
pub(crate) async fn log_out(mut call: Call) -> Answer {
    let signed_in = call.signed_in().await?;
    call.no_body()?;
    let sessions = &call.marketplace().sessions;
    // That it had ended already, a moment ago, is as good.
    sessions
        .end(signed_in.account.id, signed_in.session.id)
        .await?;
    Ok(ok(&DoneResponse { ok: true }))
}

/// Log out everywhere
///
/// Ends every session of yours, the one that asks included.
#[utoipa::path(
    post,
    path = "/v1/auth/logout-everywhere",
    tag = "Sessions",
    security(("session" = [])),
    responses((status = 200, description = "All sessions have ended", body = DoneResponse)),
)]
pub(crate) async fn log_out_everywhere(mut call: Call) -> Answer {
    let signed_in = call.signed_in().await?;
    call.no_body()?;
    call.marketplace()
        .sessions
        .end_all(signed_in.account.id)
        .await?;
    Ok(ok(&DoneResponse { ok: true }))
}

/// List your sessions
///
/// All that are alive, the newest first.
#[utoipa::path(
    get,
    path = "/v1/auth/sessions",
    tag = "Sessions",
    security(("session" = [])),
    params(SessionPageParams),
    responses((status = 200, description = "A page of your sessions", body = PageResponse<SessionResponse>)),
)]
pub(crate) async fn list_sessions(call: Call) -> Answer {
    let signed_in = call.signed_in().await?;
    let page = call.page()?;
    let sessions = &call.marketplace().sessions;
    let page = sessions.of_account(signed_in.account.id, page).await?;
    let current = signed_in.session.id;
    Ok(ok(&PageResponse::new(page, (), |session| {
        SessionResponse::new(session, current)
    })))
}

/// End a session of yours
#[utoipa::path(
    delete,
    path = "/v1/auth/sessions/{id}",
    tag = "Sessions",
    security(("session" = [])),
    params(("id" = schemas::SessionId, Path, description = "Which session")),
    responses((status = 204, description = "It has ended")),
)]
pub(crate) async fn end_session(call: Call) -> Answer {
    let signed_in = call.signed_in().await?;
    let session: SessionId = call.id()?;
    if call
        .marketplace()
        .sessions
        .end(signed_in.account.id, session)
        .await?
    {
        Ok(HttpResponse::NoContent().finish())
    } else {
        Err(Problem::NotFound.into())
    }
}
