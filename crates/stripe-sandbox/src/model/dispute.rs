use strum::IntoStaticStr;

use super::currency::Currency;

/// A chargeback: the buyer's bank has been asked to return the money.
#[derive(Debug, Clone)]
pub(crate) struct Dispute {
    pub(crate) id: String,
    pub(crate) payment_intent: String,
    /// Id of the charge.
    pub(crate) charge: String,
    /// Id of the session.
    pub(crate) session: String,
    /// Creation time, in seconds since 1970.
    pub(crate) created: i64,
    /// In minor units.
    pub(crate) amount: i64,
    pub(crate) currency: Currency,
    /// Stripe's reason code, such as `fraudulent`.
    pub(crate) reason: String,
    pub(crate) status: DisputeStatus,
    /// Id of the balance transaction that withdrew the amount when the dispute opened.
    pub(crate) withdrawal: String,
    /// Id and time, in seconds since 1970, of the balance transaction that returned the amount; `None`
    /// unless the dispute was won.
    pub(crate) reinstatement: Option<(String, i64)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "snake_case", const_into_str)]
pub(crate) enum DisputeStatus {
    NeedsResponse,
    Won,
    Lost,
}

/// The bank's decision, from the account's side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DisputeOutcome {
    /// The account gets the amount back.
    Won,
    /// The buyer keeps the amount.
    Lost,
}
