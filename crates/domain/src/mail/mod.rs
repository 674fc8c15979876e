//! Mail: what people are told by e-mail, the links that they act on, and when sending is tried again.
//!
//! A mail is written with what it tells, in one transaction, and sent later. The secret of its link is drawn when it is
//! sent: what is kept of it is a digest.

mod content;
mod link;
mod notice;
mod outcome;
mod policy;
mod request;
mod sweep;
mod topic;

pub use content::{Mail, MailKind, PasswordChange, Receipt, ReceiptLine};
pub use link::{LinkDigest, LinkPurpose, LinkSecret, MailLink};
pub use notice::{ExpiringToken, ListingSales, SaleDigest, SoldOut, TokensExpiring, UnitsLow};
pub use outcome::{MailOutcome, SendError};
pub use policy::MailPolicy;
pub use request::{ClaimMail, ClaimedMail, NewLink, Recipient};
pub use sweep::{NoticePolicy, Stretch, SweptNotice};
pub use topic::{MailPreferences, MailPreferencesEdit, MailTopic, UnsubscribeSecret};
