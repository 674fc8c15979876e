//! The storefront: the marketplace as pages, for people with a browser and for machines that read
//! pages.
//!
//! It is a driving adapter like the JSON API, over the same use cases. A request becomes a `Request`,
//! which knows who is signed in and has checked that a form was sent from one of our own pages; `premises` is
//! what the server around it does for it: who may come how often, and what is counted; a function of
//! `pages` calls the use cases and renders a template; `response` sends it with the headers that keep
//! browsers safe. A failure is an `PageError`, which is a page as well. Templates are
//! files in `templates`, the stylesheet and the little script there is are files in `assets`.
//!
//! What may not live here: a rule of the business, a query, or a page that needs JavaScript to buy.

mod assets;
mod cookies;
mod error;
mod error_page;
mod forgery;
mod form;
mod format;
mod layout;
mod pages;
mod position;
mod premises;
mod request;
mod response;
mod routes;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

use actix_web::web;
use udam_domain::Marketplace;
use udam_domain::money::{Currency, Money};
use url::Url;

use pages::race::Track;

pub use premises::{Pace, Premises, Wait};

/// All that pages are made from.
pub struct Storefront {
    marketplace: Marketplace,
    settings: StorefrontSettings,
    premises: Box<dyn Premises>,
    race: Track,
}

/// What an operator has chosen that pages depend on.
#[derive(Debug, Clone)]
pub struct StorefrontSettings {
    /// Where the marketplace is reached, if that is known better than by what visitors ask for.
    pub public_url: Option<Url>,
    /// The one currency that prices are in.
    pub currency: Currency,
    /// Orders below this are served at once.
    pub small_order_limit: Money,
    /// How much a buyer may owe before paying.
    pub tab_limit: Money,
    /// Smallest amount that the payment provider can charge.
    pub smallest_charge: Money,
    /// Whether this is a marketplace to try things out on.
    pub stage: Stage,
}

/// What the marketplace is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Real keys and real money: cookies travel over TLS only.
    Production,
    /// One machine's own: plain HTTP will do, and an email address alone signs in.
    Development,
}

impl Storefront {
    /// A storefront over these use cases.
    #[must_use]
    pub fn new(
        marketplace: Marketplace,
        settings: StorefrontSettings,
        premises: Box<dyn Premises>,
    ) -> Self {
        Self {
            marketplace,
            settings,
            premises,
            race: Track::default(),
        }
    }

    fn in_development(&self) -> bool {
        self.settings.stage == Stage::Development
    }
}

/// Registers every page.
pub fn configure(store: web::Data<Storefront>) -> impl Fn(&mut web::ServiceConfig) + Clone {
    move |app| routes::register(app, &store)
}

/// What a path is answered that nothing is at, for those who would rather read a page than a problem.
pub use routes::unknown_path;
