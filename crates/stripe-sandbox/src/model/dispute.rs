use serde::{Deserialize, Serialize};
use strum::{Display, EnumString};

use super::currency::Currency;
use super::refund::RefundTarget;

/// A chargeback or an inquiry: the buyer's bank has been asked to return the money.
#[derive(Debug, Clone, Serialize, Deserialize)]
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
    /// Whether it has been decided; the network may decide it again.
    pub(crate) closed: bool,
    /// Withdrawals and reversals in turn, oldest first.
    pub(crate) movements: Vec<DisputeMovement>,
}

impl Dispute {
    /// Amount that is withdrawn from the account at present, in minor units.
    pub(crate) fn withdrawn(&self) -> i64 {
        let sum = self
            .movements
            .iter()
            .fold(0_i64, |sum, movement| sum.saturating_add(movement.amount));
        sum.saturating_neg()
    }

    /// Amount withdrawn while the decision is open, in minor units.
    pub(crate) fn withheld(&self) -> i64 {
        if self.closed { 0 } else { self.withdrawn() }
    }

    /// Amount that a decision has given to the buyer, in minor units.
    pub(crate) fn charged_back(&self) -> i64 {
        if self.closed { self.withdrawn() } else { 0 }
    }
}

/// A balance transaction of a dispute.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct DisputeMovement {
    pub(crate) id: String,
    /// Creation time, in seconds since 1970.
    pub(crate) created: i64,
    /// In minor units; negative if it was withdrawn from the account.
    pub(crate) amount: i64,
}

/// Status of a dispute, with room for those that Stripe has not thought of yet.
#[derive(Debug, Clone, PartialEq, Eq, EnumString, Display, Serialize, Deserialize)]
#[strum(serialize_all = "snake_case")]
pub(crate) enum DisputeStatus {
    WarningNeedsResponse,
    WarningUnderReview,
    WarningClosed,
    NeedsResponse,
    UnderReview,
    Won,
    Lost,
    Prevented,
    #[strum(default)]
    Other(String),
}

impl DisputeStatus {
    /// Whether the account is without the disputed amount; `None` if the status does not say.
    pub(crate) const fn withdraws(&self) -> Option<bool> {
        match self {
            Self::NeedsResponse | Self::UnderReview | Self::Lost => Some(true),
            Self::WarningNeedsResponse
            | Self::WarningUnderReview
            | Self::WarningClosed
            | Self::Won
            | Self::Prevented => Some(false),
            Self::Other(_) => None,
        }
    }

    /// Whether the account is asked to respond.
    pub(crate) const fn needs_response(&self) -> bool {
        matches!(self, Self::NeedsResponse | Self::WarningNeedsResponse)
    }

    /// Whether it is an inquiry, which takes no money.
    pub(crate) const fn is_inquiry(&self) -> bool {
        matches!(
            self,
            Self::WarningNeedsResponse | Self::WarningUnderReview | Self::WarningClosed
        )
    }

    /// Whether nothing more is expected to happen.
    pub(crate) const fn is_final(&self) -> bool {
        matches!(
            self,
            Self::WarningClosed | Self::Won | Self::Lost | Self::Prevented
        )
    }
}

/// A dispute as the buyer's bank opens it.
#[derive(Debug, Clone)]
pub(crate) struct NewDispute {
    pub(crate) target: RefundTarget,
    /// In minor units; `None` = what has not been refunded, or the charge's amount if all has been.
    pub(crate) amount: Option<i64>,
    /// Stripe's reason code, such as `fraudulent`.
    pub(crate) reason: String,
    pub(crate) status: DisputeStatus,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_read_and_written_as_the_same_text() {
        for text in ["warning_needs_response", "won", "prevented", "arbitrated"] {
            let status: DisputeStatus = text.parse().unwrap();
            assert_eq!(status.to_string(), text);
        }
        let unknown: DisputeStatus = "arbitrated".parse().unwrap();
        assert_eq!(unknown, DisputeStatus::Other("arbitrated".to_owned()));
    }
}
