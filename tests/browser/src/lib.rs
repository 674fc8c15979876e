//! Tests of the pages in a real browser.
//!
//! [`DevServer`] runs a whole marketplace; [`Browser`] is a headless Chromium that emulates a [`Device`] and
//! finds elements by their visible names: `content` reads and asserts, `actions` and `keyboard` are input,
//! `inspection` takes screenshots and reads the console. [`axe`] checks accessibility, [`html`] validity.
//!
//! Below that, `driver` runs the one chromedriver of the process, `session` a browser of it, and `wait` retries
//! until a page is ready. `page.js` runs in the page to find elements there. It also works on pages that
//! forbid scripts and in browsers with JavaScript off, because `WebDriver`'s scripts are exempt.
//!
//! No test is skipped where a program is missing: it fails, and says what to install. What may not live here:
//! expectations of the marketplace. They are in `tests`.

mod actions;
pub mod axe;
mod browser;
mod commands;
mod content;
mod dev_server;
mod device;
mod driver;
pub mod html;
mod inspection;
mod json;
mod keyboard;
mod network_log;
mod npm;
mod programs;
mod session;
mod temp_dir;
mod wait;

pub use browser::Browser;
pub use dev_server::DevServer;
pub use device::{Device, Scheme};
pub use fantoccini::key::Key;
pub use keyboard::Focused;
