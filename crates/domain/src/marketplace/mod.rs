//! The use cases: what people and services do on the marketplace, each over the ports it needs.
//!
//! A use case takes who acts (an [`Actor`](crate::audit::Actor) or an
//! [`Authority`](crate::order::Authority)) and a request, takes the time from its clock, and returns what
//! came of it. How the actor was authenticated is not its concern. Reading needs no use case: see
//! [`Readers`].
//!
//! Errors are not `non_exhaustive` where an adapter maps each of them to an answer of its own: a new one is
//! to stop its compilation until it has been given one.
//!
//! [`Marketplace`] holds all of them. A service that needs only some makes those: [`Orders`] alone sells
//! units.

mod access_keys;
mod account_error;
mod account_keys;
mod accounts;
mod administration;
mod assembly;
mod calls;
mod catalogue;
mod complaints;
mod event_replay;
mod gateway;
mod key_rotation;
mod mail_links;
mod mails;
mod orders;
mod payments;
mod personal_data;
mod probes;
mod purchase;
mod reconciliation;
mod second_factors;
mod sessions;
mod subscriptions;
mod tokens;
mod webhooks;

pub use access_keys::{AccessKeyPorts, AccessKeys, FurtherKey};
pub use account_error::{ChangePasswordError, LogInError, RegisterError, RenameError};
pub use account_keys::{AccountKeyPorts, AccountKeys, MakeKey, MakeKeyError};
pub use accounts::{
    AccountPorts, Accounts, ChangePassword, CreateAccount, OpenedSession, Register,
};
pub use administration::{Administration, AdministrationPorts, OperatorError};
pub use assembly::{EventPorts, Marketplace, MarketplacePorts, ProviderPorts, Readers};
pub use calls::{BeginCall, BeginCallError, BegunCall, CallEnd, CallPorts, Calls};
pub use catalogue::{
    Catalogue, CataloguePorts, ChangeListingError, OtherCurrency, PrivateEndpoint, PublishError,
    PublishListing,
};
pub use complaints::{ComplaintPorts, Complaints};
pub use event_replay::{EventReplay, EventReplayPorts, ReplayError, Replayed};
pub use gateway::{Gateway, GatewayPorts};
pub use key_rotation::{KeyRotation, KeyRotationPorts, RotateKeysError, Rotated};
pub use mail_links::{
    ChangeEmail, ChangeEmailError, MailLinkPorts, MailLinks, ResetPassword, ResetPasswordError,
};
pub use mails::{MailPorts, MailStep, Mails};
pub use orders::{BuyUnits, OrderPorts, Orders};
pub use payments::{PaymentPorts, Payments};
pub use personal_data::{DeleteAccount, DeleteAccountError, PersonalData};
pub use probes::{ProbeCall, ProbeError, ProbePorts, Probes};
pub use purchase::{CheckoutOutcome, Purchase};
pub use reconciliation::{EventFeedPorts, Reconciliation, ReconciliationPorts, Sweep, SweepError};
pub use second_factors::{
    BeginFactorError, ConfirmFactorError, ConfirmedFactor, FactorSetup, FinishLogInError,
    RecoveryCodesError, RemoveFactorError, SecondFactorPorts, SecondFactors, StepUpError,
};
pub use sessions::{SessionPorts, Sessions};
pub use subscriptions::Subscriptions;
pub use tokens::{OpenTokenError, TokenPorts, Tokens};
pub use webhooks::{WebhookPorts, Webhooks};
