//! What `layout.html` shows around every page.

use udam_domain::account::SignedIn;

/// The values of the layout.
#[derive(Debug, Clone, Default)]
pub(crate) struct Layout {
    /// `None` if nobody is signed in.
    pub(crate) viewer: Option<Viewer>,
    /// Whether the request failed before its session was looked up: then neither "Log in" nor "Log out" is
    /// right.
    pub(crate) account_unknown: bool,
    /// CSRF token for the page's forms; empty if the browser has no cookie to derive it from.
    pub(crate) csrf: String,
    /// Whether to show the banner of the development mode.
    pub(crate) dev: bool,
    /// Message above the page.
    pub(crate) notice: Option<Notice>,
    /// Content of the search box.
    pub(crate) search: String,
    /// Canonical URL, for search engines.
    pub(crate) canonical: Option<String>,
    /// Summary of the page, for search engines and link previews.
    pub(crate) description: Option<String>,
}

/// The signed-in visitor.
#[derive(Debug, Clone)]
pub(crate) struct Viewer {
    /// The account's name.
    pub(crate) name: String,
}

impl From<&SignedIn> for Viewer {
    fn from(signed_in: &SignedIn) -> Self {
        Self {
            name: signed_in.account.name.to_string(),
        }
    }
}

/// A message above a page.
#[derive(Debug, Clone)]
pub(crate) struct Notice {
    /// CSS class: `good`, `bad` or `plain`.
    pub(crate) kind: &'static str,
    /// One or two sentences.
    pub(crate) text: String,
}

impl Layout {
    /// Sets the message above the page.
    pub(crate) fn with_notice(mut self, kind: &'static str, text: impl Into<String>) -> Self {
        let text = text.into();
        self.notice = Some(Notice { kind, text });
        self
    }
}
