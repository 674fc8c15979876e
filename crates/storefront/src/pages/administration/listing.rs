//! A listing as operators see it.

use actix_web::http::StatusCode;
use udam_domain::administration::{ListingStory, Operator, Suspendable};
use udam_domain::id::ListingId;

use super::story_page::{Card, Fact, StoryPage, suspension};
use super::{acts, done, history, paths, suspending};
use crate::error::PageError;
use crate::form::Form;
use crate::format;
use crate::request::Request;
use crate::response::{PageResult, private};

/// Shows a listing with its history.
pub(crate) async fn show(request: Request) -> PageResult {
    let by = request.operator().await?;
    let page = page(&request, &by, Form::default()).await?;
    private(StatusCode::OK, &page)
}

/// Suspends it.
pub(crate) async fn suspend(request: Request) -> PageResult {
    let what = Suspendable::Listing(request.path_id()?);
    suspending::set(request, what, true, page).await
}

/// Restores it.
pub(crate) async fn restore(request: Request) -> PageResult {
    let what = Suspendable::Listing(request.path_id()?);
    suspending::set(request, what, false, page).await
}

async fn page(request: &Request, by: &Operator, form: Form) -> Result<StoryPage, PageError> {
    let id: ListingId = request.path_id()?;
    let path = paths::listing(id);
    let administration = &request.marketplace().administration;
    let asked = history::page(request);
    let found = administration.listing(by, id, asked).await?;
    let story = found.ok_or(PageError::NotFound)?;
    let is_suspended = story.suspended_at.is_some();
    let action = suspension(&path, is_suspended, form);
    Ok(StoryPage {
        layout: request.layout().with_notice(done(request)),
        title: format!("Listing: {}", story.service_name),
        status: (is_suspended || story.seller_suspended_at.is_some()).then_some("suspended"),
        text: None,
        cards: vec![card(&story)],
        history: Some(history::table(&story.history.items)),
        next: history::next(&path, story.history.next),
        action: acts(by).then_some(action),
    })
}

fn card(story: &ListingStory) -> Card {
    let (id, seller) = (story.id, story.seller_id);
    let (available, held) = (story.available.get(), story.held.get());
    let mut facts = vec![
        Fact::linked("Listing", id.to_string(), format!("/listings/{id}")),
        Fact::linked("Seller", story.seller.as_str(), paths::account(seller)),
        Fact::new("State", format::status(story.state.into())),
        Fact::new("Price", format!("{} per unit", format::money(story.price))),
        Fact::new("Available", format::units(available)),
        Fact::new("Held", format::units(held)),
        Fact::new("Sold", format::count(story.sold)),
        Fact::new("Revenue", format::money(story.revenue)),
        Fact::new("Published", format::second(story.created_at)),
        Fact::time("Suspended", story.suspended_at, "No"),
        Fact::time("Seller suspended", story.seller_suspended_at, "No"),
    ];
    let access = if story.through_gateway {
        "Through the gateway"
    } else {
        "By the seller's key"
    };
    facts.push(Fact::new("Access", access));
    let endpoint = story.endpoint_url.as_ref();
    facts.extend(endpoint.map(|url| Fact::new("Endpoint", url.as_str())));
    Card {
        id: "listing-facts",
        heading: "Listing",
        facts,
    }
}
