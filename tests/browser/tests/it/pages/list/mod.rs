//! Every page there is, in every state that looks different, and how somebody comes to it.

mod private;
mod public;
mod refusals;

use super::furnished::{Furnished, Person};

/// A page in some state.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    /// What tells it from all others, fit for a file.
    pub(crate) name: &'static str,
    /// Who looks at it.
    pub(crate) viewer: Viewer,
    /// How one comes there.
    pub(crate) way: Way,
    /// What it comes with.
    pub(crate) status: u64,
    /// What it says and no other page does that one might have landed on.
    pub(crate) says: &'static str,
}

/// Who looks at a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Viewer {
    Nobody,
    Newcomer,
    Buyer,
    Debtor,
    Seller,
}

/// How one comes to a page.
#[derive(Debug, Clone)]
pub(crate) enum Way {
    /// By its address.
    At(String),
    /// By sending these fields there, with what another page says that forms must carry.
    Sent {
        from: String,
        to: String,
        fields: Vec<(&'static str, String)>,
    },
}

impl Furnished {
    /// Who that is.
    pub(crate) fn person(&self, viewer: Viewer) -> Option<&Person> {
        match viewer {
            Viewer::Nobody => None,
            Viewer::Newcomer => Some(&self.newcomer),
            Viewer::Buyer => Some(&self.buyer),
            Viewer::Debtor => Some(&self.debtor),
            Viewer::Seller => Some(&self.seller),
        }
    }
}

impl Viewer {
    fn sees(self, name: &'static str, way: Way, says: &'static str) -> Page {
        self.is_told(200, name, way, says)
    }

    fn is_told(self, status: u64, name: &'static str, way: Way, says: &'static str) -> Page {
        Page {
            name,
            viewer: self,
            way,
            status,
            says,
        }
    }
}

fn at(path: impl Into<String>) -> Way {
    Way::At(path.into())
}

fn sent(from: &str, to: &str, fields: &[(&'static str, &str)]) -> Way {
    Way::Sent {
        from: from.to_owned(),
        to: to.to_owned(),
        fields: fields
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()))
            .collect(),
    }
}

/// All of them. Those of a marketplace that nothing has happened in are at the URL `quiet`.
pub(crate) fn pages(furnished: &Furnished, quiet: &str) -> Vec<Page> {
    let mut pages = public::shop_window(furnished);
    pages.extend(public::entrance(furnished));
    pages.extend(private::account());
    pages.extend(private::buying(furnished));
    pages.extend(private::selling(furnished));
    pages.extend(private::beginnings());
    pages.extend(refusals::refusals(furnished));
    pages.extend(public::demonstrations(quiet));
    pages
}
