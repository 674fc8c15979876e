//! All pages, in every state that looks different, with the way to each.

mod errors;
mod private;
mod public;

use super::fixture::{Fixture, Person};

/// A page in some state.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    /// Unique name, which is also the screenshot's file name.
    pub(crate) name: &'static str,
    /// The account to open it with.
    pub(crate) viewer: Viewer,
    /// Steps that open it.
    pub(crate) navigation: Navigation,
    /// Expected HTTP status.
    pub(crate) status: u64,
    /// Expected text, which no other page that could be opened instead shows.
    pub(crate) text: &'static str,
}

/// The account that a page is opened with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Viewer {
    Nobody,
    Newcomer,
    Buyer,
    Debtor,
    Payer,
    Guarded,
    Seller,
}

/// Steps that open a page.
#[derive(Debug, Clone)]
pub(crate) enum Navigation {
    /// By its path or URL.
    Open(String),
    /// By submitting these fields, with the CSRF token of the page `from`.
    Submit {
        from: String,
        to: String,
        fields: Vec<(&'static str, String)>,
    },
}

impl Fixture {
    /// The account; `None` for nobody.
    pub(crate) fn person(&self, viewer: Viewer) -> Option<&Person> {
        match viewer {
            Viewer::Nobody => None,
            Viewer::Newcomer => Some(&self.newcomer),
            Viewer::Buyer => Some(&self.buyer),
            Viewer::Debtor => Some(&self.debtor),
            Viewer::Payer => Some(&self.payer),
            Viewer::Guarded => Some(&self.guarded),
            Viewer::Seller => Some(&self.seller),
        }
    }
}

impl Viewer {
    fn sees(self, name: &'static str, navigation: Navigation, text: &'static str) -> Page {
        self.gets(200, name, navigation, text)
    }

    fn gets(
        self,
        status: u64,
        name: &'static str,
        navigation: Navigation,
        text: &'static str,
    ) -> Page {
        Page {
            name,
            viewer: self,
            navigation,
            status,
            text,
        }
    }
}

fn at(path: impl Into<String>) -> Navigation {
    Navigation::Open(path.into())
}

fn sent(from: &str, to: &str, fields: &[(&'static str, &str)]) -> Navigation {
    Navigation::Submit {
        from: from.to_owned(),
        to: to.to_owned(),
        fields: fields
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()))
            .collect(),
    }
}

/// All pages. `empty` is the URL of a marketplace without data.
pub(crate) fn pages(fixture: &Fixture, empty: &str) -> Vec<Page> {
    let mut pages = public::catalogue(fixture);
    pages.extend(public::auth(fixture));
    pages.extend(private::account());
    pages.extend(private::buying(fixture));
    pages.extend(private::tab(fixture));
    pages.extend(private::selling(fixture));
    pages.extend(private::empty_states());
    pages.extend(errors::errors(fixture));
    pages.extend(public::empty_marketplace(empty));
    pages
}
