//! Addresses of what operators read about.

use udam_domain::administration::StoryId;
use udam_domain::id::{AccountId, ListingId, OrderId};
use url::form_urlencoded;

/// The page of a story.
pub(super) fn story(id: &StoryId) -> String {
    match id {
        StoryId::Account(id) => account(*id),
        StoryId::Order(id) => order(*id),
        StoryId::Listing(id) => listing(*id),
        StoryId::Event(id) => event(id),
    }
}

pub(super) fn account(id: AccountId) -> String {
    format!("/admin/accounts/{id}")
}

pub(super) fn order(id: OrderId) -> String {
    format!("/admin/orders/{id}")
}

pub(super) fn listing(id: ListingId) -> String {
    format!("/admin/listings/{id}")
}

/// The page of an event of the payment provider's, by its id there.
pub(super) fn event(id: impl std::fmt::Display) -> String {
    format!("/admin/webhooks/{id}")
}

/// The page of an alert, by its number.
pub(super) fn alert(number: impl std::fmt::Display) -> String {
    format!("/admin/alerts/{number}")
}

/// The search for what has this name.
pub(super) fn search(name: &str) -> String {
    let name: String = form_urlencoded::byte_serialize(name.as_bytes()).collect();
    format!("/admin?q={name}")
}
