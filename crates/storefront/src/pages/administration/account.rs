//! An account as operators see it.

use actix_web::http::StatusCode;
use udam_domain::administration::{AccountStory, Suspendable};
use udam_domain::id::AccountId;

use super::story_page::{Card, Fact, StoryPage, suspension};
use super::{acts, done, history, reason};
use crate::error::PageError;
use crate::form::Form;
use crate::format;
use crate::request::Request;
use crate::response::{PageResult, private, see_other};

/// Shows an account with its history.
pub(crate) async fn show(request: Request) -> PageResult {
    let page = page(&request, Form::default()).await?;
    private(StatusCode::OK, &page)
}

/// Suspends it.
pub(crate) async fn suspend(request: Request) -> PageResult {
    set(request, true).await
}

/// Restores it.
pub(crate) async fn restore(request: Request) -> PageResult {
    set(request, false).await
}

async fn set(mut request: Request, suspended: bool) -> PageResult {
    let by = request.operator().await?;
    let id: AccountId = request.path_id()?;
    let mut form = std::mem::take(&mut request.form);
    let Some(reason) = reason(&mut form) else {
        let page = page(&request, form).await?;
        return private(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    let administration = &request.marketplace().administration;
    let what = Suspendable::Account(id);
    let done = if suspended {
        administration.suspend(by, what, reason).await?;
        "suspended"
    } else {
        administration.restore(by, what, reason).await?;
        "restored"
    };
    Ok(see_other(&request.with_flash(&path(id), done)))
}

fn path(id: AccountId) -> String {
    format!("/admin/accounts/{id}")
}

async fn page(request: &Request, form: Form) -> Result<StoryPage, PageError> {
    let by = request.operator().await?;
    let id: AccountId = request.path_id()?;
    let administration = &request.marketplace().administration;
    let asked = history::page(request);
    let found = administration.account(&by, id, asked).await?;
    let story = found.ok_or(PageError::NotFound)?;
    let is_suspended = story.suspended_at.is_some();
    let action = suspension(&path(id), is_suspended, form);
    Ok(StoryPage {
        layout: request.layout().with_notice(done(request)),
        title: story.account.name.to_string(),
        status: is_suspended.then_some("suspended"),
        text: None,
        cards: vec![card(&story)],
        history: Some(history::table(&story.history.items)),
        next: history::next(&path(id), story.history.next),
        action: acts(&by).then_some(action),
    })
}

fn card(story: &AccountStory) -> Card {
    let email = &story.account.email;
    let role = story.role.map_or("None", Into::into);
    Card {
        id: "account-facts",
        heading: "Account",
        facts: vec![
            Fact::new("Account", story.account.id.to_string()),
            Fact::new("E-mail", email.as_str()),
            Fact::time("Verified", story.email_verified_at, "Not verified"),
            Fact::new("Role", format::status(role)),
            Fact::new("Registered", format::second(story.created_at)),
            Fact::new("Tab", format::money(story.tab)),
            Fact::time("Owed since", story.owed_since, "Nothing is owed"),
            Fact::time("First payment", story.paid_at, "None yet"),
            Fact::time("Suspended", story.suspended_at, "No"),
        ],
    }
}
