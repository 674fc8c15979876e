//! Data of `layout.html`, which surrounds every page.

use std::borrow::Cow;

use udam_domain::account::SignedIn;

use crate::development::DevelopmentTexts;
use crate::table::Link;

/// Values that `layout.html` shows around every page: visitor, notice, search text, CSRF token, metadata.
#[derive(Debug, Clone, Default)]
pub(crate) struct Layout {
    /// `None` if nobody is signed in.
    pub(crate) viewer: Option<Viewer>,
    /// Whether the request failed before its session was looked up: then neither "Log in" nor "Log out" is
    /// right.
    pub(crate) account_unknown: bool,
    /// CSRF token for the page's forms; empty if the browser has no cookie to derive it from.
    pub(crate) csrf: String,
    /// Path of the request, by which the navigation marks where the visitor is.
    pub(crate) path: String,
    /// Texts of the development mode; `None` in production.
    pub(crate) development: Option<DevelopmentTexts>,
    /// Message above the page.
    pub(crate) notice: Option<Notice>,
    /// Content of the search box.
    pub(crate) search: String,
    /// Canonical URL, for search engines.
    pub(crate) canonical: Option<String>,
    /// Summary of the page, for search engines and link previews.
    pub(crate) description: Option<String>,
}

/// The signed-in visitor's name, for the header.
#[derive(Debug, Clone)]
pub(crate) struct Viewer {
    /// The account's name.
    pub(crate) name: String,
    /// Whether it has a role, and so pages of its own.
    pub(crate) has_role: bool,
}

impl From<&SignedIn> for Viewer {
    fn from(signed_in: &SignedIn) -> Self {
        Self {
            name: signed_in.account.name.to_string(),
            has_role: signed_in.has_role,
        }
    }
}

/// A message above a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Notice {
    kind: NoticeKind,
    /// One or two sentences.
    pub(crate) text: Cow<'static, str>,
    /// Where to go next.
    pub(crate) link: Option<Link>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NoticeKind {
    Success,
    Error,
    Info,
}

impl Notice {
    /// Something was done.
    pub(crate) fn success(text: impl Into<Cow<'static, str>>) -> Self {
        Self::new(NoticeKind::Success, text)
    }

    /// Something was not done.
    pub(crate) fn error(text: impl Into<Cow<'static, str>>) -> Self {
        Self::new(NoticeKind::Error, text)
    }

    /// Something to know.
    pub(crate) fn info(text: impl Into<Cow<'static, str>>) -> Self {
        Self::new(NoticeKind::Info, text)
    }

    fn new(kind: NoticeKind, text: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind,
            text: text.into(),
            link: None,
        }
    }

    /// Sets the link after the text, if there is one.
    pub(crate) fn with_link(self, link: impl Into<Option<Link>>) -> Self {
        Self {
            link: link.into(),
            ..self
        }
    }

    /// CSS class.
    pub(crate) const fn class(&self) -> &'static str {
        match self.kind {
            NoticeKind::Success => "success",
            NoticeKind::Error => "error",
            NoticeKind::Info => "info",
        }
    }

    /// ARIA role: errors interrupt a screen reader, other messages wait.
    pub(crate) const fn role(&self) -> &'static str {
        match self.kind {
            NoticeKind::Error => "alert",
            NoticeKind::Success | NoticeKind::Info => "status",
        }
    }
}

impl Layout {
    /// Value of `aria-current` of a link in the navigation to `href`: `page` on that page, `true` on one below it.
    pub(crate) fn current(&self, href: &str) -> Option<&'static str> {
        match self.path.strip_prefix(href)? {
            "" => Some("page"),
            below if below.starts_with('/') => Some("true"),
            _ => None,
        }
    }

    /// As [`current`](Self::current), of the link to the seller's pages.
    pub(crate) fn current_selling(&self) -> Option<&'static str> {
        let own = self.current("/my/listings").or_else(|| self.current("/my"));
        own.or_else(|| self.current("/sell").map(|_publishing| "true"))
    }

    /// Sets the message above the page, if there is one.
    pub(crate) fn with_notice(mut self, notice: impl Into<Option<Notice>>) -> Self {
        self.notice = notice.into();
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_navigation_marks_the_page_and_the_section_of_a_request() {
        let at = |path: &str| Layout {
            path: path.to_owned(),
            ..Layout::default()
        };
        for (path, orders, selling) in [
            ("/orders", Some("page"), None),
            ("/orders/ord_1", Some("true"), None),
            ("/ordersabc", None, None),
            ("/my/listings", None, Some("page")),
            ("/my/listings/lst_1", None, Some("true")),
            ("/my/sales", None, Some("true")),
            ("/sell", None, Some("true")),
            ("/", None, None),
        ] {
            let layout = at(path);
            assert_eq!(layout.current("/orders"), orders, "{path}");
            assert_eq!(layout.current_selling(), selling, "{path}");
        }
    }
}
