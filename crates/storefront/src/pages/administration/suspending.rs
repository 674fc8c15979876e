//! Suspending and restoring an account or a listing from its page.

use actix_web::http::StatusCode;
use udam_domain::administration::{Operator, StoryId, Suspendable};

use super::story_page::StoryPage;
use super::{paths, reason};
use crate::error::PageError;
use crate::form::Form;
use crate::request::Request;
use crate::response::{PageResult, private, see_other};

/// Suspends or restores it for the reason that was given. Without one, shows its `page` again.
pub(super) async fn set(
    mut request: Request,
    what: Suspendable,
    suspended: bool,
    page: impl AsyncFnOnce(&Request, &Operator, Form) -> Result<StoryPage, PageError>,
) -> PageResult {
    let by = request.operator().await?;
    let mut form = std::mem::take(&mut request.form);
    let Some(reason) = reason(&mut form) else {
        let page = page(&request, &by, form).await?;
        return private(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    let administration = &request.marketplace().administration;
    let done = if suspended {
        administration.suspend(by, what, reason).await?;
        "suspended"
    } else {
        administration.restore(by, what, reason).await?;
        "restored"
    };
    let path = paths::story(&match what {
        Suspendable::Account(id) => StoryId::Account(id),
        Suspendable::Listing(id) => StoryId::Listing(id),
    });
    Ok(see_other(&request.with_flash(&path, done)))
}
