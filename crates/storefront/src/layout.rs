//! What surrounds every page.

use udam_domain::account::SignedIn;

/// What the layout shows around a page.
#[derive(Debug, Clone, Default)]
pub(crate) struct Layout {
    /// Who is signed in.
    pub(crate) viewer: Option<Viewer>,
    /// Whether nobody has looked who it is: then neither "Log in" nor "Log out" is right.
    pub(crate) account_unknown: bool,
    /// What each form carries to show that it is ours.
    pub(crate) csrf: String,
    /// Whether to say that this is for trying things out.
    pub(crate) dev: bool,
    /// Something to say above the page.
    pub(crate) notice: Option<Notice>,
    /// What the search box holds.
    pub(crate) search: String,
    /// The address that search engines are to know the page by.
    pub(crate) canonical: Option<String>,
    /// What the page is about, for search engines and previews.
    pub(crate) description: Option<String>,
}

/// Whoever is signed in.
#[derive(Debug, Clone)]
pub(crate) struct Viewer {
    /// What they are called.
    pub(crate) name: String,
}

impl From<&SignedIn> for Viewer {
    fn from(signed_in: &SignedIn) -> Self {
        Self {
            name: signed_in.account.name.to_string(),
        }
    }
}

/// Something to say above a page.
#[derive(Debug, Clone)]
pub(crate) struct Notice {
    /// `good`, `bad` or `plain`.
    pub(crate) kind: &'static str,
    /// What it says.
    pub(crate) text: String,
}

impl Layout {
    /// Says something above the page.
    pub(crate) fn with_notice(mut self, kind: &'static str, text: impl Into<String>) -> Self {
        let text = text.into();
        self.notice = Some(Notice { kind, text });
        self
    }
}
