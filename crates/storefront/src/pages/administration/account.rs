//! An account as operators see it.

use actix_web::http::StatusCode;
use udam_domain::administration::{AccountStory, Operator, Suspendable};
use udam_domain::id::AccountId;

use super::story_page::{Card, Fact, StoryPage, suspension};
use super::{acts, done, history, paths, suspending};
use crate::error::PageError;
use crate::form::Form;
use crate::format;
use crate::request::Request;
use crate::response::{PageResult, private};

/// Shows an account with its history.
pub(crate) async fn show(request: Request) -> PageResult {
    let by = request.operator().await?;
    let page = page(&request, &by, Form::default()).await?;
    private(StatusCode::OK, &page)
}

/// Suspends it.
pub(crate) async fn suspend(request: Request) -> PageResult {
    let what = Suspendable::Account(request.path_id()?);
    suspending::set(request, what, true, page).await
}

/// Restores it.
pub(crate) async fn restore(request: Request) -> PageResult {
    let what = Suspendable::Account(request.path_id()?);
    suspending::set(request, what, false, page).await
}

async fn page(request: &Request, by: &Operator, form: Form) -> Result<StoryPage, PageError> {
    let id: AccountId = request.path_id()?;
    let path = paths::account(id);
    let administration = &request.marketplace().administration;
    let asked = history::page(request);
    let found = administration.account(by, id, asked).await?;
    let story = found.ok_or(PageError::NotFound)?;
    let is_suspended = story.suspended_at.is_some();
    let action = suspension(&path, is_suspended, form);
    Ok(StoryPage {
        layout: request.layout().with_notice(done(request)),
        title: story.account.name.to_string(),
        status: is_suspended.then_some("suspended"),
        text: None,
        cards: vec![card(&story)],
        history: Some(history::table(&story.history.items)),
        next: history::next(&path, story.history.next),
        action: acts(by).then_some(action),
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
