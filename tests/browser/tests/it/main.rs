//! The pages of the marketplace in a real browser: `journeys` through several pages, `pages` one by one, and
//! `harness`, the tests of the harness itself.

mod harness;
mod journeys;
mod pages;
mod site;
