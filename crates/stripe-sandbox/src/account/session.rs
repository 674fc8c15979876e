//! A Checkout session: what is for sale on one hosted page.

use std::collections::BTreeMap;

use super::currency::Currency;
use super::shelf::Keyed;

/// What the application attaches to an object for its own use.
pub(crate) type Metadata = BTreeMap<String, String>;

#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) id: String,
    pub(crate) created: i64,
    pub(crate) expires_at: i64,
    pub(crate) status: SessionStatus,
    /// Whether the money has come. A session can be complete before it has.
    pub(crate) paid: bool,
    pub(crate) currency: Currency,
    pub(crate) total: i64,
    pub(crate) lines: Vec<Line>,
    pub(crate) terms: Terms,
    /// None until somebody tries to pay.
    pub(crate) payment_intent: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SessionStatus {
    Open,
    Complete,
    Expired,
}

impl SessionStatus {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Complete => "complete",
            Self::Expired => "expired",
        }
    }
}

/// What of a session's request is kept as it came.
#[derive(Debug, Clone, Default)]
pub(crate) struct Terms {
    pub(crate) client_reference_id: Option<String>,
    pub(crate) metadata: Metadata,
    pub(crate) success_url: String,
    pub(crate) cancel_url: Option<String>,
    pub(crate) customer_email: Option<String>,
    pub(crate) locale: Option<String>,
    pub(crate) submit_type: Option<String>,
    /// For the payment intent that paying makes.
    pub(crate) payment_metadata: Metadata,
    pub(crate) payment_description: Option<String>,
}

/// One position of what is for sale.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) id: String,
    pub(crate) price: String,
    pub(crate) product: String,
    pub(crate) item: Item,
}

/// A position as it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Item {
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) unit_amount: i64,
    pub(crate) quantity: i64,
}

impl Item {
    /// The price of all units; none if no number can hold it.
    pub(crate) const fn amount(&self) -> Option<i64> {
        self.unit_amount.checked_mul(self.quantity)
    }
}

/// A session as it is asked for.
#[derive(Debug, Clone)]
pub(crate) struct NewSession {
    pub(crate) currency: Currency,
    pub(crate) items: Vec<Item>,
    pub(crate) expires_at: Option<i64>,
    pub(crate) terms: Terms,
}

impl Keyed for Session {
    const KIND: &'static str = "checkout.session";

    fn id(&self) -> &str {
        &self.id
    }

    fn created(&self) -> i64 {
        self.created
    }
}
