//! Every page of the marketplace.
//!
//! `fixture` is a marketplace with data of every kind, `inventory` lists its pages, and `survey` opens each of them
//! once and leaves screenshots in `target/storefront-screenshots`; `all_pages` asserts what must hold for all.
//! `catalogue` is a marketplace that no test changes, for exact counts: `feeds` and `page_size`. `injection` enters
//! hostile text; `headers` and `rate_limit` look at responses without a browser. `reference` is the page of the API at
//! `/docs`, and `cross_origin` what scripts of other sites can read.

mod all_pages;
mod catalogue;
mod cross_origin;
mod feeds;
mod fixture;
mod headers;
mod http;
mod injection;
mod inventory;
mod page_size;
mod rate_limit;
mod reference;
mod survey;
mod visitor;
