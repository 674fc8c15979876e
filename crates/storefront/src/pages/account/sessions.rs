//! Ending sessions.

use udam_domain::id::SessionId;

use crate::answer::{Answer, see_other};
use crate::pages::entrance::leave;
use crate::visit::Visit;

/// Ends one of them. That it is somebody else's, or over already, is told alike.
pub(crate) async fn end(visit: Visit) -> Answer {
    let signed_in = visit.account()?;
    let session: SessionId = visit.id()?;
    let sessions = &visit.marketplace().sessions;
    let ended = sessions.end(signed_in.account.id, session).await?;
    if session == signed_in.session.id {
        return leave(&visit, "/login?done=ended");
    }
    let done = if ended { "ended" } else { "gone" };
    Ok(see_other(&visit.having_done("/account", done)))
}

/// Ends all of them, the one that asks included.
pub(crate) async fn end_all(visit: Visit) -> Answer {
    let account = visit.account()?.account.id;
    visit.marketplace().sessions.end_all(account).await?;
    leave(&visit, "/login?done=everywhere")
}
