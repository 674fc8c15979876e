//! How PostgreSQL runs the stores' statements on a marketplace that has been open for a year: along
//! indexes, and over no more rows than what is asked for.
//!
//! The stores are called as the program calls them, and the server itself writes down how it ran what
//! they sent. A prepared statement may be planned for the values it is given or once for all values,
//! and the server chooses between the two by itself: each call is watched both ways.

mod accounts;
mod catalogue;
mod grown;
mod listings;
mod orders;
mod payments;
mod placing;
mod plan;
mod sales;
mod sitemap;
mod tokens;
