//! The marketplace as people meet it: its pages in a real browser.
//!
//! [`Shop`] is a whole marketplace; [`Browser`] a Chromium with somebody at it, who looks through a
//! [`Device`] and goes by what is written on things: `reading`, `acting` and `keyboard` have
//! what they do, `inspection` what only a reviewer asks for. [`axe`] judges whether everybody can use
//! a page, [`html`] whether it is written to the standard.
//!
//! Below that, `driver` runs the one chromedriver of the process, `session` a browser of it, and
//! `page.js` is what runs in a page to find things there. It works on pages that forbid scripts, and
//! in browsers that run none: what a driver asks for is not the page's.
//!
//! Nothing is left out where something is not installed: then a test fails, and says what installs
//! it. What may not live here: an expectation of the marketplace, which the tests have.

mod acting;
pub mod axe;
mod browser;
mod commands;
mod device;
mod driver;
pub mod html;
mod inspection;
mod journal;
mod keyboard;
mod npm;
mod patience;
mod reading;
mod scratch;
mod session;
mod shop;
mod tools;

pub use browser::Browser;
pub use device::{Device, Scheme};
pub use fantoccini::key::Key;
pub use keyboard::Focused;
pub use shop::Shop;
