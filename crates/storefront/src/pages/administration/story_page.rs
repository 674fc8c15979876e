//! The page of anything that operators read about: facts, history, and what can be done about it.

use askama::Template;

use crate::form::Form;
use crate::format;
use crate::layout::Layout;
use crate::table::Table;
use udam_domain::time::Timestamp;

#[derive(Template)]
#[template(path = "admin_story.html")]
pub(super) struct StoryPage {
    pub(super) layout: Layout,
    pub(super) title: String,
    /// Status as a badge; `None` for none.
    pub(super) status: Option<&'static str>,
    /// Text above the facts; `None` for none.
    pub(super) text: Option<String>,
    pub(super) cards: Vec<Card>,
    /// `None` of what has no history of its own.
    pub(super) history: Option<Table>,
    /// Address of the next page of the history.
    pub(super) next: Option<String>,
    /// `None` if nothing can be done, or not by this operator.
    pub(super) action: Option<Action>,
}

/// Facts under a heading.
pub(super) struct Card {
    /// Id of the heading's element.
    pub(super) id: &'static str,
    pub(super) heading: &'static str,
    pub(super) facts: Vec<Fact>,
}

/// A fact, with a link if it has a story.
pub(super) struct Fact {
    name: &'static str,
    text: String,
    href: Option<String>,
}

/// An action of operators, which takes a reason.
pub(super) struct Action {
    pub(super) heading: &'static str,
    pub(super) path: String,
    /// Its effect, as sentences.
    pub(super) meaning: String,
    /// Label of the reason.
    pub(super) label: &'static str,
    pub(super) button: String,
    /// Whether it asks if the units go back on sale.
    pub(super) asks_for_units: bool,
    pub(super) form: Form,
}

impl Fact {
    pub(super) fn new(name: &'static str, text: impl Into<String>) -> Self {
        Self {
            name,
            text: text.into(),
            href: None,
        }
    }

    /// A fact with a link.
    pub(super) fn linked(name: &'static str, text: impl Into<String>, href: String) -> Self {
        Self {
            href: Some(href),
            ..Self::new(name, text)
        }
    }

    /// A time, or a word for none.
    pub(super) fn time(name: &'static str, at: Option<Timestamp>, none: &str) -> Self {
        Self::new(name, at.map_or_else(|| none.to_owned(), format::second))
    }
}

/// Suspending or restoring what is at this path.
pub(super) fn suspension(path: &str, is_suspended: bool, form: Form) -> Action {
    if is_suspended {
        Action {
            heading: "Restore",
            path: format!("{path}/restore"),
            meaning: "It is what it was before.".to_owned(),
            label: "Reason",
            button: "Restore".to_owned(),
            asks_for_units: false,
            form,
        }
    } else {
        Action {
            heading: "Suspend",
            path: format!("{path}/suspend"),
            meaning: "Tokens grant no access from then on, and nothing is sold. The account that it is about reads the \
                      reason."
                .to_owned(),
            label: "Reason",
            button: "Suspend".to_owned(),
            asks_for_units: false,
            form,
        }
    }
}
