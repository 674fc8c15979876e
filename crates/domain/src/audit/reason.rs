use crate::text::{bounded_text, paragraphs};

bounded_text!(
    /// Why an operator acts: at most 1,000 characters, line breaks allowed.
    Reason,
    paragraphs,
    1_000
);

/// What an operator has changed, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditedChange {
    /// Reason of the operator.
    pub reason: Reason,
    /// The state before, in one word or a few; `None` if there was none.
    pub before: Option<String>,
    /// The state after; `None` if there is none.
    pub after: Option<String>,
}
