//! The pages of the marketplace in a real browser. Each module is a subject; each test's name is what
//! it shows.

mod harness;
mod journeys;
mod pages;
mod site;
