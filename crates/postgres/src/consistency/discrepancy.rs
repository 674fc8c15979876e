use std::fmt;

use udam_domain::id::{AccountId, CallId, ChargeId, ListingId, OrderId, TokenId};

/// A row that disagrees with others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discrepancy {
    /// The row.
    pub subject: Subject,
    /// The disagreement, as English text for an operator.
    pub finding: String,
}

/// The row that a [`Discrepancy`] is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A listing, with its stock.
    Listing(ListingId),
    /// An account, with its tab.
    Account(AccountId),
    /// An order, with its token.
    Order(OrderId),
    /// A charge, with its orders and refunds.
    Charge(ChargeId),
    /// A token, with its balance and access keys.
    Token(TokenId),
    /// A call.
    Call(CallId),
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listing(id) => write!(f, "listing {id}"),
            Self::Account(id) => write!(f, "account {id}"),
            Self::Order(id) => write!(f, "order {id}"),
            Self::Charge(id) => write!(f, "charge {id}"),
            Self::Token(id) => write!(f, "token {id}"),
            Self::Call(id) => write!(f, "call {id}"),
        }
    }
}

impl fmt::Display for Discrepancy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.subject, self.finding)
    }
}
