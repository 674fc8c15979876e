//! What a development server shows besides. Nothing of it is part of this crate: it is handed in.

use std::sync::Arc;

use async_trait::async_trait;
use udam_domain::StoreError;
use udam_web::PasswordlessLogIn;

/// What makes a storefront one of development: cookies then travel over plain HTTP, too.
pub struct Development {
    /// Logs in whoever leaves the password blank.
    pub log_in: Arc<dyn PasswordlessLogIn>,
    /// What pages say about it.
    pub texts: DevelopmentTexts,
    /// A page in the storefront's layout.
    pub demo: Box<dyn DemoPage>,
}

/// What pages say in development.
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

/// A page in the storefront's layout.
#[async_trait]
pub trait DemoPage: Send + Sync {
    /// Makes the page. Its forms carry `csrf` as a hidden field of that name.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn show(&self, csrf: &str) -> Result<DemoContent, StoreError>;

    /// Does what the page's form asks for, and returns soon. The page is shown again then.
    fn start(&self);
}

/// What a demo page consists of.
#[derive(Debug, Clone)]
pub struct DemoContent {
    /// Title, as text.
    pub title: String,
    /// Main part, as HTML.
    pub main: String,
    /// Whether the browser loads it again in a second.
    pub refresh: bool,
}
