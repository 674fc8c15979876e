//! Ending sessions.

use udam_domain::id::SessionId;

use crate::pages::auth::clear_session;
use crate::request::Request;
use crate::response::{PageResult, see_other};

/// Ends one session. The response is the same whether it had ended before or belongs to another account.
pub(crate) async fn end(request: Request) -> PageResult {
    let signed_in = request.signed_in()?;
    let session: SessionId = request.path_id()?;
    let sessions = &request.marketplace().sessions;
    let ended = sessions.end(request.actor()?, session).await?;
    if session == signed_in.session.id {
        return clear_session(&request, "/login?done=ended");
    }
    let code = if ended { "ended" } else { "gone" };
    Ok(see_other(&request.with_flash("/account", code)))
}

/// Ends all sessions, including this one.
pub(crate) async fn end_all(request: Request) -> PageResult {
    let actor = request.actor()?;
    request.marketplace().sessions.end_all(actor).await?;
    clear_session(&request, "/login?done=everywhere")
}
