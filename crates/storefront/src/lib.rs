//! The storefront: the marketplace as pages, for people with a browser and for machines that read
//! pages.
//!
//! It is a driving adapter like the JSON API, over the same use cases. A request becomes a `Request`,
//! which knows who is signed in and has checked that a form was sent from one of our own pages; a function of
//! `pages` calls the use cases and renders a template; `response` sends it with the headers that keep
//! browsers safe. A failure is an `PageError`, which is a page as well. Templates are
//! files in `templates`, the stylesheet and the little script there is are files in `assets`. What a
//! development server shows besides is handed in as [`Development`].
//!
//! What may not live here: a rule of the business, a query, or a page that needs JavaScript to buy.

mod assets;
mod cookies;
mod development;
mod error;
mod error_page;
mod forgery;
mod form;
pub mod format;
mod layout;
mod pages;
mod request;
mod response;
mod routes;
mod table;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use actix_web::web;
use udam_domain::Marketplace;
use udam_domain::money::{Currency, Money};
use udam_web::Admission;
use url::Url;

pub use development::{DemoContent, DemoPage, Development, DevelopmentTexts};

/// All that pages are made from.
pub struct Storefront {
    marketplace: Marketplace,
    settings: StorefrontSettings,
    dependencies: StorefrontDependencies,
}

/// What the storefront needs besides the use cases.
pub struct StorefrontDependencies {
    /// Shared with the other adapters: a client has one allowance.
    pub admission: Arc<Admission>,
    /// What a development server shows besides; `None` in production.
    pub development: Option<Development>,
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
}

/// What the marketplace is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Real keys and real money: cookies travel over TLS only.
    Production,
    /// One machine's own: plain HTTP will do.
    Development,
}

impl Storefront {
    /// A storefront over these use cases.
    #[must_use]
    pub fn new(
        marketplace: Marketplace,
        settings: StorefrontSettings,
        dependencies: StorefrontDependencies,
    ) -> Self {
        Self {
            marketplace,
            settings,
            dependencies,
        }
    }

    const fn stage(&self) -> Stage {
        match self.dependencies.development {
            Some(_) => Stage::Development,
            None => Stage::Production,
        }
    }

    fn development_texts(&self) -> Option<DevelopmentTexts> {
        let development = self.dependencies.development.as_ref();
        development.map(|development| development.texts)
    }
}

/// Registers every page.
pub fn configure(store: web::Data<Storefront>) -> impl Fn(&mut web::ServiceConfig) + Clone {
    move |app| routes::register(app, &store)
}

pub use routes::unknown_path;
