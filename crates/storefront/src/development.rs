//! The additions of a development server. Their implementation is in another crate and handed in.

use std::sync::Arc;

use async_trait::async_trait;
use udam_domain::StoreError;
use udam_web::PasswordlessLogIn;

/// Additions of a development server: login without a password, texts and pages of its own. Its cookies travel
/// over plain HTTP, too.
pub struct Development {
    /// Logs in by email address alone.
    pub log_in: Arc<dyn PasswordlessLogIn>,
    /// Texts on pages.
    pub texts: DevelopmentTexts,
    /// Pages in the storefront's layout.
    pub pages: Vec<Box<dyn DemoPage>>,
}

/// Texts of the development mode.
#[derive(Debug, Clone, Copy)]
pub struct DevelopmentTexts {
    /// Sentence at the top of every page.
    pub banner: &'static str,
    /// Links that follow the banner.
    pub links: &'static [DemoLink],
    /// Hint at the password that may be left blank.
    pub log_in_hint: &'static str,
    /// Sentence about accounts without a password.
    pub account_note: &'static str,
}

/// A link to a page of a development server.
#[derive(Debug, Clone, Copy)]
pub struct DemoLink {
    /// Path that it leads to.
    pub path: &'static str,
    /// Its text.
    pub text: &'static str,
}

/// Pages of a development server with one subject, in the storefront's layout, with a form that starts something.
#[async_trait]
pub trait DemoPage: Send + Sync {
    /// Patterns of their paths, such as `/dev/mail/{id}`. The form is sent to the first.
    fn paths(&self) -> &'static [&'static str];

    /// Renders a page; `None` if there is none.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn show(&self, request: DemoRequest<'_>) -> Result<Option<DemoAnswer>, StoreError>;

    /// Handles the form without blocking. The page is shown again afterwards.
    fn start(&self);
}

/// Request for a demo page.
#[derive(Debug, Clone, Copy)]
pub struct DemoRequest<'a> {
    /// Path, which one of the patterns matches.
    pub path: &'a str,
    /// Value of the hidden field `csrf` that forms carry.
    pub csrf: &'a str,
}

/// Content of a demo page.
#[derive(Debug, Clone)]
pub enum DemoAnswer {
    /// A page in the storefront's layout.
    Page(DemoContent),
    /// A whole HTML document that others have written, for a frame of a page. It runs no scripts and loads nothing; its
    /// links leave the frame.
    Document(String),
}

/// Title, HTML and behaviour of a demo page.
#[derive(Debug, Clone)]
pub struct DemoContent {
    /// Title, as text.
    pub title: String,
    /// Main part, as HTML.
    pub main: String,
    /// Whether the browser reloads it after a second.
    pub refresh: bool,
    /// Whether it frames a [document](DemoAnswer::Document).
    pub frames: bool,
}
