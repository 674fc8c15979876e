use askama::Template;

use crate::model::{LineItem, Session};

/// The page of an open session.
#[derive(Template)]
#[template(path = "checkout.html")]
pub(super) struct CheckoutPage<'a> {
    lines: Vec<Line<'a>>,
    /// Formatted with its currency, as all amounts here.
    total: String,
}

struct Line<'a> {
    name: &'a str,
    description: Option<&'a str>,
    quantity: i64,
    /// Price of one unit.
    price: String,
    /// Price of all units.
    amount: String,
}

impl<'a> CheckoutPage<'a> {
    pub(super) fn new(session: &'a Session) -> Self {
        let format = |amount| session.currency.format(amount);
        let line = |line: &'a LineItem| Line {
            name: &line.item.name,
            description: line.item.description.as_deref(),
            quantity: line.item.quantity,
            price: format(line.item.unit_amount),
            amount: line.item.amount().map(format).unwrap_or_default(),
        };
        Self {
            lines: session.lines.iter().map(line).collect(),
            total: format(session.total),
        }
    }
}

/// A page with one message.
#[derive(Template)]
#[template(path = "message.html")]
pub(super) struct MessagePage<'a> {
    title: &'a str,
    message: &'a str,
    /// URL of the link back to the application, if there is one.
    back: Option<String>,
}

impl<'a> MessagePage<'a> {
    pub(super) const fn new(title: &'a str, message: &'a str) -> Self {
        Self {
            title,
            message,
            back: None,
        }
    }

    /// The page of a complete session.
    pub(super) fn complete(session: &Session) -> Self {
        Self {
            back: Some(session.success_url()),
            ..Self::new("Already complete", "This checkout is complete.")
        }
    }

    /// The page of an expired session.
    pub(super) fn expired(session: &Session) -> Self {
        Self {
            back: session.cancel_url(),
            ..Self::new("Expired", "This checkout has expired. Nothing was charged.")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_escaped() {
        let page = MessagePage::new("<script>", "\" onload='x' & more");
        let page = page.render().unwrap();
        assert!(page.contains("&#60;script&#62;"), "{page}");
        assert!(
            page.contains("&#34; onload=&#39;x&#39; &#38; more"),
            "{page}"
        );
        assert!(!page.contains("<script>"), "{page}");
    }
}
