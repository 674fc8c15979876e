use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

use super::currency::Currency;

/// Key-value pairs that an application attaches to an object; Stripe only stores them.
pub(crate) type Metadata = BTreeMap<String, String>;

/// A Checkout session: what is for sale on one hosted page.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Session {
    pub(crate) id: String,
    /// Creation time, in seconds since 1970.
    pub(crate) created: i64,
    /// Expiry time of an open session, in seconds since 1970.
    pub(crate) expires_at: i64,
    pub(crate) status: SessionStatus,
    /// Whether the money has arrived. With a delayed payment method a session completes before that.
    pub(crate) paid: bool,
    pub(crate) currency: Currency,
    /// Sum of the line items, in minor units.
    pub(crate) total: i64,
    pub(crate) lines: Vec<LineItem>,
    pub(crate) options: SessionOptions,
    /// Id of the payment intent; `None` before the first attempt to pay.
    pub(crate) payment_intent: Option<String>,
    /// `payment`, unless a test asks for another.
    pub(crate) mode: String,
    /// Whether it claims to be about real money.
    pub(crate) livemode: bool,
}

/// Text of a redirect URL that the session's id takes the place of.
const ID_PLACEHOLDER: &str = "{CHECKOUT_SESSION_ID}";

impl Session {
    /// URL that a buyer who has paid is sent to.
    pub(crate) fn success_url(&self) -> String {
        self.with_id(&self.options.success_url)
    }

    /// URL that a buyer who has not paid is sent to, if there is one.
    pub(crate) fn cancel_url(&self) -> Option<String> {
        let url = self.options.cancel_url.as_ref();
        url.map(|url| self.with_id(url))
    }

    /// Stripe does not replace a percent-encoded placeholder either.
    fn with_id(&self, url: &str) -> String {
        url.replace(ID_PLACEHOLDER, &self.id)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, Serialize, Deserialize)]
#[strum(serialize_all = "snake_case", const_into_str)]
pub(crate) enum SessionStatus {
    Open,
    Complete,
    Expired,
}

/// Parameters of a session that are stored as they were sent.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct SessionOptions {
    pub(crate) client_reference_id: Option<String>,
    pub(crate) metadata: Metadata,
    /// May contain `{CHECKOUT_SESSION_ID}`.
    pub(crate) success_url: String,
    pub(crate) cancel_url: Option<String>,
    pub(crate) customer_email: Option<String>,
    pub(crate) locale: Option<String>,
    pub(crate) submit_type: Option<String>,
    /// Metadata of the payment intent and its charges.
    pub(crate) payment_metadata: Metadata,
    /// Description of the payment intent and its charges.
    pub(crate) payment_description: Option<String>,
}

/// A line item with its generated ids.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct LineItem {
    pub(crate) id: String,
    /// Id of the price.
    pub(crate) price: String,
    /// Id of the product.
    pub(crate) product: String,
    pub(crate) item: NewLineItem,
}

/// A line item as requested.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct NewLineItem {
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    /// Price of one unit, in minor units.
    pub(crate) unit_amount: i64,
    pub(crate) quantity: i64,
}

impl NewLineItem {
    /// Price of all units, in minor units; `None` on overflow.
    pub(crate) const fn amount(&self) -> Option<i64> {
        self.unit_amount.checked_mul(self.quantity)
    }
}

/// Another payment of what a session is for, as if a second session had been opened.
#[derive(Debug, Clone, Default)]
pub(crate) struct RepeatedPayment {
    /// Id of the second session; `None` = a new one.
    pub(crate) session: Option<String>,
    /// In minor units; `None` = as for the first.
    pub(crate) amount: Option<i64>,
    /// `None` = as for the first.
    pub(crate) currency: Option<Currency>,
    /// `None` = as for the first.
    pub(crate) mode: Option<String>,
    pub(crate) livemode: bool,
}

/// A session as requested.
#[derive(Debug, Clone)]
pub(crate) struct NewSession {
    pub(crate) currency: Currency,
    pub(crate) items: Vec<NewLineItem>,
    /// Requested expiry, in seconds since 1970; `None` = a day from now.
    pub(crate) expires_at: Option<i64>,
    pub(crate) options: SessionOptions,
}
