//! The tables of orders, sales, tokens and listings, which `table.html` renders.

/// A table whose first column holds the headings of its rows.
pub(crate) struct Table {
    pub(crate) caption: &'static str,
    pub(crate) columns: &'static [Column],
    pub(crate) rows: Vec<Vec<Cell>>,
}

/// A column of a table: its heading and alignment.
pub(crate) struct Column {
    pub(crate) heading: &'static str,
    /// Whether its cells are right-aligned.
    pub(crate) is_number: bool,
}

/// Content of a table cell: text, links or a status badge.
pub(crate) enum Cell {
    Text(String),
    Links(Vec<Link>),
    /// A status as a badge.
    Status(&'static str),
}

/// A link in a cell or a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) href: String,
    pub(crate) text: String,
    /// Continues the text for screen readers, so that no two links of a table read alike; may be empty.
    pub(crate) hidden_text: String,
}

impl Table {
    /// The cells of a row, each with its column and whether it is the row's heading.
    pub(crate) fn cells<'a>(
        &self,
        row: &'a [Cell],
    ) -> impl Iterator<Item = (&'static Column, &'a Cell, bool)> {
        let columns = self.columns.iter().zip(row).enumerate();
        columns.map(|(index, (column, cell))| (column, cell, index == 0))
    }
}

impl Column {
    pub(crate) const fn text(heading: &'static str) -> Self {
        Self {
            heading,
            is_number: false,
        }
    }

    pub(crate) const fn number(heading: &'static str) -> Self {
        Self {
            heading,
            is_number: true,
        }
    }
}

impl Cell {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub(crate) fn link(
        href: String,
        text: impl Into<String>,
        hidden_text: impl Into<String>,
    ) -> Self {
        Self::Links(vec![Link::new(href, text, hidden_text)])
    }
}

impl Link {
    pub(crate) fn new(
        href: String,
        text: impl Into<String>,
        hidden_text: impl Into<String>,
    ) -> Self {
        Self {
            href,
            text: text.into(),
            hidden_text: hidden_text.into(),
        }
    }
}
