//! The additions of a development server. Their implementation is in another crate and handed in.

use std::sync::Arc;

use async_trait::async_trait;
use udam_domain::StoreError;
use udam_web::PasswordlessLogIn;

/// Additions of a development server: login without a password, texts and a demo page. Its cookies travel
/// over plain HTTP, too.
pub struct Development {
    /// Logs in by email address alone.
    pub log_in: Arc<dyn PasswordlessLogIn>,
    /// Texts on pages.
    pub texts: DevelopmentTexts,
    /// A page in the storefront's layout.
    pub demo: Box<dyn DemoPage>,
}

/// Texts of the development mode.
#[derive(Debug, Clone, Copy)]
pub struct DevelopmentTexts {
    /// Sentence at the top of every page.
    pub banner: &'static str,
    /// Text of the link to the demo that follows the banner.
    pub demo_link: &'static str,
    /// Path that the link leads to.
    pub demo_path: &'static str,
    /// Hint at the password that may be left blank.
    pub log_in_hint: &'static str,
    /// Sentence about accounts without a password.
    pub account_note: &'static str,
}

/// The demo of a development server: a page in the storefront's layout, with a form that starts it.
#[async_trait]
pub trait DemoPage: Send + Sync {
    /// Renders the page. Its forms carry `csrf` as a hidden field of that name.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn show(&self, csrf: &str) -> Result<DemoContent, StoreError>;

    /// Handles the page's form without blocking. The page is shown again afterwards.
    fn start(&self);
}

/// Title, HTML and refresh of a demo page.
#[derive(Debug, Clone)]
pub struct DemoContent {
    /// Title, as text.
    pub title: String,
    /// Main part, as HTML.
    pub main: String,
    /// Whether the browser reloads it after a second.
    pub refresh: bool,
}
