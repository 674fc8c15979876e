//! Accounts of sellers and buyers, their passwords, and their sessions.

mod account_key;
mod client;
mod deletion;
mod digest;
mod disguise;
mod email;
mod failed_attempts;
mod log_in_place;
mod look;
mod network;
mod password;
mod record;
mod second_factor;
mod session;
mod step_up;
mod weak_password;

use crate::audit::Actor;
use crate::id::AccountId;
use crate::text::{bounded_text, line};
use crate::time::Timestamp;

pub use account_key::{
    AccountKey, AccountKeyDigest, AccountKeyInfo, AccountKeyName, KeyHolder, NewAccountKey,
    NoScope, RevokeAccountKey, Scope, ScopeMissing, Scopes,
};
pub use client::Client;
pub use deletion::{EraseAccount, Nobody, Obligation, Obligations};
pub(crate) use digest::digest;
pub use digest::{DeviceDigest, SessionDigest};
pub use disguise::NameRefused;
pub use email::{Email, EmailError};
pub use failed_attempts::{
    AttemptKind, AttemptLimits, AttemptOutcome, FailedAttempts, TooManyAttempts,
};
pub use log_in_place::{AttemptSource, LogInPlace};
pub use look::NameSkeleton;
pub use network::{Network, NetworkDay};
pub use password::{Password, PasswordError, PasswordHash};
pub use record::AccountRecord;
pub use second_factor::{
    ChallengeDigest, ChallengeSecret, Challenged, ConfirmFactor, FactorChange, FactorProof,
    FactorProofError, FactorRemover, Factors, FinishLogIn, NewChallenge, NewFactor, RecoveryCode,
    RecoveryCodeDigest, RecoveryCodeError, RemoveFactor, RenewSession, ReplaceRecoveryCodes,
    StepUp, StoredFactor, TotpCode, TotpCodeError, TotpSecret, TotpStep, UsedFactor,
};
pub use session::{Device, NewSession, Origin, Session, SessionToken, SignedIn};
pub use step_up::{PROOF_HOLDS_FOR, StepUpRequired, check_proof};
pub use weak_password::WeakPassword;

bounded_text!(
    /// Name of an account: one line of at most 100 characters.
    AccountName,
    line,
    100
);

impl AccountName {
    /// Number of characters of the identifier that [`neutral`](Self::neutral) shows.
    const NEUTRAL_LENGTH: usize = 8;

    /// Name of an account that was registered without one: `Member` and the last characters of its identifier,
    /// which are random. It tells nothing of the address.
    #[must_use]
    pub fn neutral(id: AccountId) -> Self {
        let text = id.to_string();
        let start = text.len().saturating_sub(Self::NEUTRAL_LENGTH);
        Self(format!("Member {}", text.get(start..).unwrap_or(&text)))
    }
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Identifier, drawn when it was registered.
    pub id: AccountId,
    /// Address that it logs in with; no two accounts share one.
    pub email: Email,
    /// Name that others see.
    pub name: AccountName,
}

/// An account about to be registered.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// The account.
    pub account: Account,
    /// Hash of its password; `None` for an account that no password logs in to.
    pub password_hash: Option<PasswordHash>,
    /// Time of registration, UTC.
    pub registered_at: Timestamp,
}

/// An account with the hash of its password.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// The account.
    pub account: Account,
    /// The stored hash; `None` for an account that no password logs in to.
    pub password_hash: Option<PasswordHash>,
    /// Whether an operator has suspended the account.
    pub is_suspended: bool,
    /// Whether logging in asks for a second factor.
    pub has_factor: bool,
}

/// Request to change the name of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenameAccount {
    /// The account, acting on itself.
    pub actor: Actor,
    /// Its new name.
    pub name: AccountName,
    /// Time of the request, UTC.
    pub at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::account_id;

    #[test]
    fn a_neutral_name_is_a_valid_one_made_of_the_identifier() {
        let id: AccountId = "acc_01h455vb4pex5vsknk084sn02q".parse().unwrap();
        let name = AccountName::neutral(id);
        assert_eq!(name.as_str(), "Member 084sn02q");
        assert_eq!(name.as_str().parse::<AccountName>(), Ok(name.clone()));
        assert_ne!(AccountName::neutral(account_id(2)), name);
    }
}
