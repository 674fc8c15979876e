//! Audit events: actions on accounts, secrets and money, with the account that acted.

mod chain;
mod mac;
mod reason;

use std::net::IpAddr;

use strum::{Display, EnumString, IntoStaticStr, VariantArray};
use uuid::Uuid;

use crate::id::{
    AccountId, AccountKeyId, ChargeId, ListingId, OrderId, SecondFactorId, SessionId, TokenId,
};
use crate::time::{SignedDuration, Timestamp};

pub use chain::{
    AuditHead, AuditLink, ChainDefect, ChainWalk, ParseAuditHeadError, SealedAuditKey, StoredRecord,
};
pub use mac::AuditMac;
pub use reason::{AuditedChange, Reason};

/// An audited action: it is written in one transaction with its audit event.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "snake_case")]
#[non_exhaustive]
pub enum AuditAction {
    /// A session was opened.
    LoggedIn,
    /// A password was given for an account that is not its own. For an address without an account it is
    /// recorded once in [`UNKNOWN_ACCOUNT_INTERVAL`] for each network.
    LogInFailed,
    /// An attempt at a password was refused because there were too many. It is recorded once for each wait.
    LogInRefused,
    /// A code was given that is not that of the account's second factor.
    SecondFactorFailed,
    /// An attempt at a second factor was refused because there were too many. It is recorded once for each wait.
    SecondFactorRefused,
    /// A second factor was added or replaced, and every other session ended.
    SecondFactorAdded,
    /// A second factor was removed, and every other session ended.
    SecondFactorRemoved,
    /// The secret of a second factor was sealed again under the active master key.
    SecondFactorRotated,
    /// New recovery codes were made.
    RecoveryCodesReplaced,
    /// A recovery code was used up.
    RecoveryCodeUsed,
    /// A session has proved the second factor again.
    SteppedUp,
    /// An account made a key by which programs act for it.
    AccountKeyMade,
    /// An account revoked such a key.
    AccountKeyRevoked,
    /// A session was ended by its account.
    LoggedOut,
    /// All sessions of an account were ended by it.
    LoggedOutEverywhere,
    /// A password was changed, and every other session ended.
    PasswordChanged,
    /// An operator had a link made that resets a password.
    ResetLinkIssued,
    /// A password was replaced by a link that was sent to its address, and every session ended.
    PasswordReset,
    /// The address of an account was verified by a link that was sent there.
    EmailVerified,
    /// The address of an account was changed, by a link that was sent to the new one.
    EmailChanged,
    /// An account changed the name that others see.
    NameChanged,
    /// An account was deleted by its owner.
    AccountDeleted,
    /// A listing was published.
    ListingPublished,
    /// A seller changed the price of a listing.
    PriceChanged,
    /// A seller changed the address of a listing's service.
    EndpointChanged,
    /// A seller changed the gateway terms of a listing.
    GatewayTermsChanged,
    /// A seller's key, or the access key that stands for it, was revealed to a buyer.
    KeyRevealed,
    /// A buyer issued a further access key of a token.
    AccessKeyIssued,
    /// A buyer deleted an access key of a token.
    AccessKeyDeleted,
    /// A seller replaced the key of a listing.
    KeyReplaced,
    /// The key of a listing was sealed again under the active master key.
    KeyRotated,
    /// The first access key of a token was sealed again under the active master key.
    AccessKeyRotated,
    /// A token was revoked.
    TokenRevoked,
    /// An order was canceled by its buyer, its seller or an operator.
    OrderCanceled,
    /// An order was refunded by its seller or an operator, or because its seller revoked a token that was never revealed.
    OrderRefunded,
    /// A buyer has complained about an order.
    ComplaintSent,
    /// The payment provider has reported that a buyer's bank disputes the payment of an order.
    DisputeOpened,
    /// The payment provider has reported how a dispute has ended.
    DisputeClosed,
    /// An operator has suspended an account.
    AccountSuspended,
    /// An operator has restored an account.
    AccountRestored,
    /// An operator has suspended a listing.
    ListingSuspended,
    /// An operator has restored a listing.
    ListingRestored,
    /// An operator has resolved an alert, about a charge if it has a subject.
    AlertResolved,
    /// An operator has resolved the complaint about an order.
    ComplaintResolved,
    /// An operator has applied an event of the payment provider's again.
    EventReplayed,
    /// An account was given a role.
    RoleGranted,
    /// The role of an account was taken away.
    RoleRevoked,
}

impl AuditAction {
    /// The identifier of what an action was about, as clients and logs have it. `account` is the account that
    /// acted.
    #[must_use]
    pub fn subject(self, subject: Uuid, account: Option<AccountId>) -> String {
        match self {
            Self::LogInFailed
            | Self::LogInRefused
            | Self::SecondFactorFailed
            | Self::SecondFactorRefused
            | Self::SecondFactorAdded
            | Self::SecondFactorRemoved
            | Self::RecoveryCodesReplaced
            | Self::RecoveryCodeUsed
            | Self::LoggedOutEverywhere
            | Self::NameChanged
            | Self::ResetLinkIssued
            | Self::PasswordReset
            | Self::EmailVerified
            | Self::EmailChanged
            | Self::AccountDeleted
            | Self::AccountSuspended
            | Self::AccountRestored
            | Self::RoleGranted
            | Self::RoleRevoked => AccountId::from_uuid(subject).to_string(),
            // Of the session that was kept, or else of the account.
            Self::PasswordChanged if account.map(AccountId::uuid) == Some(subject) => {
                AccountId::from_uuid(subject).to_string()
            }
            Self::AccountKeyMade | Self::AccountKeyRevoked => {
                AccountKeyId::from_uuid(subject).to_string()
            }
            Self::SecondFactorRotated => SecondFactorId::from_uuid(subject).to_string(),
            Self::LoggedIn | Self::LoggedOut | Self::PasswordChanged | Self::SteppedUp => {
                SessionId::from_uuid(subject).to_string()
            }
            Self::ListingPublished
            | Self::ListingSuspended
            | Self::ListingRestored
            | Self::PriceChanged
            | Self::EndpointChanged
            | Self::GatewayTermsChanged
            | Self::KeyReplaced
            | Self::KeyRotated => ListingId::from_uuid(subject).to_string(),
            Self::KeyRevealed
            | Self::AccessKeyIssued
            | Self::AccessKeyDeleted
            | Self::AccessKeyRotated
            | Self::TokenRevoked => TokenId::from_uuid(subject).to_string(),
            Self::OrderCanceled
            | Self::OrderRefunded
            | Self::ComplaintSent
            | Self::ComplaintResolved
            | Self::DisputeOpened
            | Self::DisputeClosed => OrderId::from_uuid(subject).to_string(),
            Self::AlertResolved | Self::EventReplayed => ChargeId::from_uuid(subject).to_string(),
        }
    }
}

/// Least time between two records of attempts at passwords of addresses without an account, from one network.
/// A client that invents addresses must not fill the disk.
pub const UNKNOWN_ACCOUNT_INTERVAL: SignedDuration = SignedDuration::from_hours(1);

/// The account that acts. Use cases take it as it is: the caller has authenticated it, with a session of
/// the marketplace or in a way of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Actor {
    /// The account.
    pub account_id: AccountId,
    /// Address that the request came from, for the audit record; `None` if unknown.
    pub address: Option<IpAddr>,
}

impl From<AccountId> for Actor {
    /// The account, acting from an unknown address.
    fn from(account_id: AccountId) -> Self {
        Self {
            account_id,
            address: None,
        }
    }
}

/// A record of the audit trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRecord {
    /// Number, which grows with time.
    pub number: i64,
    /// Time of the action, UTC.
    pub at: Timestamp,
    /// The action.
    pub action: AuditAction,
    /// The account that acted; `None` for an operator at the command line, the payment provider, and who failed to log in.
    pub account_id: Option<AccountId>,
    /// Address that the request came from; `None` if unknown.
    pub address: Option<IpAddr>,
    /// Identifier of what the action was about, see [`AuditAction::subject`]; `None` for an address without
    /// an account.
    pub subject: Option<Uuid>,
    /// Why, as an operator has said; `None` for who acts for itself.
    pub reason: Option<String>,
    /// What an operator has found; `None` if it changes no state.
    pub before: Option<String>,
    /// What an operator has made of it; `None` if it changes no state.
    pub after: Option<String>,
}

/// Which records of the audit trail are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AuditQuery {
    /// Those of this account, and those about it; `None` for any.
    pub account: Option<AccountId>,
    /// Those about this order, its token or its charge; `None` for any.
    pub order: Option<OrderId>,
    /// Those about this listing; `None` for any.
    pub listing: Option<ListingId>,
    /// Those of this action; `None` for any.
    pub action: Option<AuditAction>,
    /// Those from this time on; `None` for all.
    pub since: Option<Timestamp>,
    /// Those before this time; `None` for all.
    pub until: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::account_id;

    #[test]
    fn what_an_action_was_about_is_named_as_clients_know_it() {
        let subject = Uuid::from_u128(7);
        for &action in AuditAction::VARIANTS {
            let name = action.subject(subject, Some(account_id(1)));
            let (kind, _) = name.split_once('_').unwrap();
            let expected = match action.to_string().as_str() {
                "logged_in" | "logged_out" | "password_changed" | "stepped_up" => "ses",
                "log_in_failed"
                | "log_in_refused"
                | "logged_out_everywhere"
                | "reset_link_issued"
                | "password_reset"
                | "email_verified"
                | "email_changed"
                | "name_changed" => "acc",
                "second_factor_rotated" => "fac",
                "account_key_made" | "account_key_revoked" => "pak",
                action
                    if ["account", "role", "second_factor", "recovery_code"]
                        .iter()
                        .any(|kind| action.starts_with(kind)) =>
                {
                    "acc"
                }
                "key_revealed" | "token_revoked" => "tok",
                "alert_resolved" | "event_replayed" => "chg",
                action if action.starts_with("access_key") => "tok",
                action
                    if ["order", "dispute", "complaint"]
                        .iter()
                        .any(|subject| action.starts_with(subject)) =>
                {
                    "ord"
                }
                _ => "lst",
            };
            assert_eq!(kind, expected, "{action}");
        }
        let all_ended = AuditAction::PasswordChanged.subject(subject, Some(account_id(7)));
        assert_eq!(all_ended, account_id(7).to_string());
    }
}
