use std::net::IpAddr;

use strum::{Display, EnumString, IntoStaticStr};

use super::notice::{SaleDigest, SoldOut, TokensExpiring, UnitsLow};
use super::{LinkPurpose, MailTopic};
use crate::account::{Device, Email, FactorChange};
use crate::id::{ChargeId, OrderId};
use crate::listing::ServiceName;
use crate::money::Money;
use crate::time::Timestamp;
use crate::units::Units;

/// Kind of a mail, as it is kept until it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Display, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
#[non_exhaustive]
pub enum MailKind {
    /// Somebody registers with the address.
    Registration,
    /// Somebody has forgotten the password of the account with the address, if there is one.
    PasswordReset,
    /// An account is to prove that its address is its own.
    EmailVerification,
    /// An account is to get this address.
    EmailChange,
    /// The address of an account has changed: to the old address and to the new one.
    EmailChanged,
    /// The password of an account has changed.
    PasswordChanged,
    /// The second factor of an account has changed, or a recovery code was used.
    SecondFactorChanged,
    /// An account was logged in to from a place that it is not known at.
    NewSignIn,
    /// A payment has arrived.
    PaymentReceipt,
    /// An order was not paid, and is closed.
    PaymentFailed,
    /// A listing has sold out.
    ListingSoldOut,
    /// Few units of a token are left.
    UnitsLow,
    /// Tokens of an account expire on a day.
    TokensExpiring,
    /// The sales of a seller on a day.
    SaleDigest,
}

impl MailKind {
    /// Topic of its mails; `None` if nobody can do without them.
    #[must_use]
    pub const fn topic(self) -> Option<MailTopic> {
        match self {
            Self::ListingSoldOut => Some(MailTopic::SoldOut),
            Self::UnitsLow => Some(MailTopic::UnitsLow),
            Self::TokensExpiring => Some(MailTopic::TokensExpiring),
            Self::SaleDigest => Some(MailTopic::SaleDigest),
            Self::Registration
            | Self::PasswordReset
            | Self::EmailVerification
            | Self::EmailChange
            | Self::EmailChanged
            | Self::PasswordChanged
            | Self::SecondFactorChanged
            | Self::NewSignIn
            | Self::PaymentReceipt
            | Self::PaymentFailed => None,
        }
    }
}

/// What a mail tells. It has no secret: that of its link is drawn when it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mail {
    /// Link that ends a registration.
    ConfirmRegistration,
    /// Somebody has registered with the address of an account: link that resets its password.
    AlreadyRegistered,
    /// Link that proves the address of an account.
    VerifyEmail,
    /// Link, to the new address, that changes the address of an account.
    ConfirmEmailChange {
        /// Address that it has.
        from: Email,
    },
    /// Link that resets a password.
    ResetPassword,
    /// The address of the account was changed.
    EmailChanged {
        /// Address that it had.
        from: Email,
        /// Address that it has.
        to: Email,
    },
    /// The password of the account was changed.
    PasswordChanged {
        /// By which proof.
        how: PasswordChange,
        /// Time of the change, UTC.
        at: Timestamp,
        /// Address that the request came from; `None` if unknown.
        address: Option<IpAddr>,
    },
    /// The second factor of the account has changed, or a recovery code was used.
    SecondFactorChanged {
        /// The change.
        what: FactorChange,
        /// Number of recovery codes that are left.
        recovery_codes: u32,
        /// Time of the change, UTC.
        at: Timestamp,
        /// Address that the request came from; `None` if unknown.
        address: Option<IpAddr>,
    },
    /// The account was logged in to from somewhere new.
    NewSignIn {
        /// Its `User-Agent`.
        device: Option<Device>,
        /// Address that the request came from; `None` if unknown.
        address: Option<IpAddr>,
        /// Time of the login, UTC.
        at: Timestamp,
    },
    /// A payment has arrived.
    PaymentReceipt(Receipt),
    /// An order was not paid, and is closed.
    PaymentFailed {
        /// The order.
        order_id: OrderId,
        /// Name of the listing.
        service_name: ServiceName,
        /// Its price.
        total: Money,
    },
    /// A listing of the account has sold out.
    ListingSoldOut(SoldOut),
    /// Few units of a token of the account are left.
    UnitsLow(UnitsLow),
    /// Tokens of the account expire soon.
    TokensExpiring(TokensExpiring),
    /// Sales of the account.
    SaleDigest(SaleDigest),
    /// Mail can be sent.
    Test,
}

/// Proof by which a password was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Display, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum PasswordChange {
    /// By who gave the one before.
    WithPassword,
    /// By a link in a mail.
    ByLink,
}

/// A payment that has arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The charge that was paid.
    pub charge_id: ChargeId,
    /// Amount of the payment.
    pub total: Money,
    /// Time at which it arrived, UTC.
    pub paid_at: Timestamp,
    /// The orders that it includes, the oldest first, [`MOST_LINES`](Self::MOST_LINES) at most.
    pub lines: Vec<ReceiptLine>,
    /// Number of further orders that it includes.
    pub further: u64,
}

/// An order that a payment includes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptLine {
    /// The order.
    pub order_id: OrderId,
    /// Name of the listing.
    pub service_name: ServiceName,
    /// Units of the order.
    pub units: Units,
    /// Its price.
    pub total: Money,
}

impl Receipt {
    /// Most orders that a receipt lists.
    pub const MOST_LINES: usize = 100;
}

impl Mail {
    /// Purpose of its link; `None` if it has none.
    #[must_use]
    pub const fn link(&self) -> Option<LinkPurpose> {
        match self {
            Self::ConfirmRegistration => Some(LinkPurpose::Register),
            Self::VerifyEmail => Some(LinkPurpose::VerifyEmail),
            Self::ConfirmEmailChange { .. } => Some(LinkPurpose::ChangeEmail),
            Self::ResetPassword | Self::AlreadyRegistered => Some(LinkPurpose::ResetPassword),
            Self::EmailChanged { .. }
            | Self::PasswordChanged { .. }
            | Self::SecondFactorChanged { .. }
            | Self::NewSignIn { .. }
            | Self::PaymentReceipt(_)
            | Self::PaymentFailed { .. }
            | Self::ListingSoldOut(_)
            | Self::UnitsLow(_)
            | Self::TokensExpiring(_)
            | Self::SaleDigest(_)
            | Self::Test => None,
        }
    }

    /// Its topic; `None` if nobody can do without it.
    #[must_use]
    pub const fn topic(&self) -> Option<MailTopic> {
        match self {
            Self::ListingSoldOut(_) => MailKind::ListingSoldOut.topic(),
            Self::UnitsLow(_) => MailKind::UnitsLow.topic(),
            Self::TokensExpiring(_) => MailKind::TokensExpiring.topic(),
            Self::SaleDigest(_) => MailKind::SaleDigest.topic(),
            _ => None,
        }
    }

    /// Name of its template.
    #[must_use]
    pub const fn template(&self) -> &'static str {
        match self {
            Self::ConfirmRegistration => "confirm_registration",
            Self::AlreadyRegistered => "already_registered",
            Self::VerifyEmail => "verify_email",
            Self::ConfirmEmailChange { .. } => "confirm_email_change",
            Self::ResetPassword => "reset_password",
            Self::EmailChanged { .. } => "email_changed",
            Self::PasswordChanged { .. } => "password_changed",
            Self::SecondFactorChanged { .. } => "second_factor_changed",
            Self::NewSignIn { .. } => "new_sign_in",
            Self::PaymentReceipt(_) => "payment_receipt",
            Self::PaymentFailed { .. } => "payment_failed",
            Self::ListingSoldOut(_) => "listing_sold_out",
            Self::UnitsLow(_) => "units_low",
            Self::TokensExpiring(_) => "tokens_expiring",
            Self::SaleDigest(_) => "sale_digest",
            Self::Test => "test",
        }
    }
}
