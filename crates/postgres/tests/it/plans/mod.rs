//! Execution plans of the stores' statements on a marketplace that has been open for a year: along
//! indexes, and over no more rows than needed.
//!
//! The stores are called as in production, and PostgreSQL logs the plan of each statement that
//! they send. A prepared statement may be planned for its values or once for all values,
//! and the server chooses between the two: each call is tested both ways.

mod accounts;
mod calls;
mod catalogue;
mod grown;
mod listings;
mod notices;
mod orders;
mod payments;
mod placing;
mod plan;
mod sales;
mod sitemap;
mod stories;
mod tabs;
mod tokens;
