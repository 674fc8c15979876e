//! The storefront: the marketplace as HTML pages.
//!
//! It is a driving adapter like the JSON API, over the same use cases. `routes` lists every page. A request becomes a
//! `Request`, which knows who is signed in and has verified the form it carries; a function of `pages` calls the use
//! cases and renders a template; `response` adds the headers for browsers and caches. A failure is a `PageError`,
//! which `error_page` renders. Templates are files in `templates`, the stylesheet and the script are files in `assets`.
//! The additions of a development server are handed in as [`Development`].
//!
//! What may not live here: business rules, queries, and pages that need JavaScript to buy.

mod assets;
mod cookies;
mod csrf;
mod development;
mod device;
mod error;
mod error_page;
mod form;
pub mod format;
mod layout;
mod pages;
mod request;
mod response;
mod routes;
mod storefront;
mod table;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

use actix_web::web;

pub use development::{
    DemoAnswer, DemoContent, DemoLink, DemoPage, DemoRequest, Development, DevelopmentTexts,
};
pub use routes::unknown_path;
pub use storefront::{Storefront, StorefrontDependencies, StorefrontSettings};

/// Registers every page.
pub fn configure(store: web::Data<Storefront>) -> impl Fn(&mut web::ServiceConfig) + Clone {
    move |app| routes::register(app, &store)
}
