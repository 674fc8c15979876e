//! The second factor of an account: codes of an app (TOTP, RFC 6238), and the recovery codes of who has lost it.

mod recovery;
mod totp;

use std::str::FromStr;

use strum::{Display, EnumString, IntoStaticStr};
use thiserror::Error;

use super::{Account, NewSession, PasswordHash, SessionDigest, digest};
use crate::audit::Actor;
use crate::id::{AccountId, SecondFactorId, SessionId};
use crate::listing::SealedKey;
use crate::secret::presented_secret;
use crate::time::{SignedDuration, Timestamp, after};

pub use recovery::{RecoveryCode, RecoveryCodeDigest, RecoveryCodeError};
pub use totp::{TotpCode, TotpCodeError, TotpSecret, TotpStep};

digest!(
    /// SHA-256 of the secret of a challenge; the secret itself is never stored.
    ChallengeDigest
);

presented_secret!(
    /// The secret of a login whose password was right, and which the second factor ends.
    ChallengeSecret
);

/// Proof that somebody has the second factor of an account.
#[derive(Debug, Clone)]
pub enum FactorProof {
    /// The code that the app shows.
    Code(TotpCode),
    /// One of the recovery codes.
    Recovery(RecoveryCode),
}

/// Why a text is neither a code of an app nor a recovery code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("must be the six digits that your app shows, or one of your recovery codes")]
pub struct FactorProofError;

impl FromStr for FactorProof {
    type Err = FactorProofError;

    /// Either kind, for a form with one field: neither is ever taken for the other.
    fn from_str(text: &str) -> Result<Self, FactorProofError> {
        text.parse()
            .map(Self::Code)
            .or_else(|TotpCodeError| text.parse().map(Self::Recovery))
            .map_err(|RecoveryCodeError| FactorProofError)
    }
}

/// A proof that is right as far as its account's secret goes. Storage accepts it once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UsedFactor {
    /// The code of this step.
    Code {
        /// The factor.
        factor: SecondFactorId,
        /// The step, later than all that were used.
        step: TotpStep,
    },
    /// The recovery code with this digest, if the account has it still.
    Recovery(RecoveryCodeDigest),
}

/// A factor as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFactor {
    /// Identifier, which its secret is sealed for.
    pub id: SecondFactorId,
    /// Its secret.
    pub secret: SealedKey,
    /// Step of the last code that was used. Codes up to it are refused.
    pub last_step: TotpStep,
}

/// The factors of an account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Factors {
    /// The one that logging in asks for; `None` if it asks for none.
    pub active: Option<StoredFactor>,
    /// One that was begun and not confirmed yet.
    pub begun: Option<StoredFactor>,
    /// Number of recovery codes that were not used yet.
    pub recovery_codes: u32,
}

/// A factor about to be stored, to be confirmed by its first code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFactor {
    /// Identifier.
    pub id: SecondFactorId,
    /// The account, acting on itself.
    pub actor: Actor,
    /// Its secret, sealed for the identifier.
    pub secret: SealedKey,
    /// Time of the request, UTC.
    pub at: Timestamp,
}

impl NewFactor {
    /// Time for which a factor can be confirmed.
    pub const OPEN_FOR: SignedDuration = SignedDuration::from_hours(1);
}

/// The session that a factor is changed in goes on under a new token. All others of the account end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RenewSession {
    /// The session.
    pub session: SessionId,
    /// Digest of its new token.
    pub digest: SessionDigest,
}

/// Request to make a factor that was begun the one of its account.
#[derive(Debug, Clone)]
pub struct ConfirmFactor {
    /// The account, acting on itself.
    pub actor: Actor,
    /// The factor.
    pub factor: SecondFactorId,
    /// Step of the code that it was confirmed by, which is used up.
    pub step: TotpStep,
    /// Digests of its recovery codes, in place of all that there were.
    pub recovery_codes: Vec<RecoveryCodeDigest>,
    /// The session of the request.
    pub session: RenewSession,
    /// Time of the request, UTC.
    pub at: Timestamp,
}

/// Request to remove the factor of an account, with its recovery codes.
#[derive(Debug, Clone, Copy)]
pub struct RemoveFactor {
    /// The account.
    pub account: AccountId,
    /// The account itself, or who removes it from the command line.
    pub by: FactorRemover,
    /// Time of the request, UTC.
    pub at: Timestamp,
}

/// Somebody who removes the factor of an account.
#[derive(Debug, Clone, Copy)]
pub enum FactorRemover {
    /// The account itself.
    Owner {
        /// The account, acting from the address of the request.
        actor: Actor,
        /// The session of the request.
        session: RenewSession,
    },
    /// An operator at the command line, for an owner who has lost everything. All sessions end.
    Operator,
}

/// Request to replace all recovery codes of an account that has a factor.
#[derive(Debug, Clone)]
pub struct ReplaceRecoveryCodes {
    /// The account, acting on itself.
    pub actor: Actor,
    /// Digests of the new ones.
    pub codes: Vec<RecoveryCodeDigest>,
    /// Time of the request, UTC.
    pub at: Timestamp,
}

/// Request to record that a session has proved the factor again.
#[derive(Debug, Clone, Copy)]
pub struct StepUp {
    /// The account, acting on itself.
    pub actor: Actor,
    /// The session.
    pub session: SessionId,
    /// The proof.
    pub used: UsedFactor,
    /// Time of the request, UTC.
    pub at: Timestamp,
}

/// A login that waits for the second factor.
#[derive(Debug, Clone)]
pub struct NewChallenge {
    /// Digest of its secret.
    pub digest: ChallengeDigest,
    /// The account whose password was right.
    pub account: AccountId,
    /// Hash that the password was verified against: a new password ends the login.
    pub verified: Option<PasswordHash>,
    /// Time of the request, UTC.
    pub at: Timestamp,
}

impl NewChallenge {
    /// Time for which the second factor can be given.
    pub const OPEN_FOR: SignedDuration = SignedDuration::from_mins(5);

    /// Time from which it is refused, UTC.
    #[must_use]
    pub fn expires_at(&self) -> Timestamp {
        after(self.at, Self::OPEN_FOR)
    }
}

/// The account and factor that a challenge waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenged {
    /// The account.
    pub account: Account,
    /// Its factor.
    pub factor: StoredFactor,
}

/// Request to end a login by the second factor.
#[derive(Debug, Clone)]
pub struct FinishLogIn {
    /// Digest of the challenge's secret.
    pub digest: ChallengeDigest,
    /// The proof.
    pub used: UsedFactor,
    /// The session that it opens.
    pub session: NewSession,
}

/// Change of a second factor that its account is told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Display, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum FactorChange {
    /// It was added, or replaced.
    Added,
    /// Its account has removed it.
    Removed,
    /// An operator has removed it.
    RemovedByOperator,
    /// New recovery codes were made.
    CodesReplaced,
    /// A recovery code was used.
    CodeUsed,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_field_takes_either_kind_of_proof() {
        let proof = |text: &str| text.parse::<FactorProof>();
        assert!(matches!(proof(" 123 456 "), Ok(FactorProof::Code(_))));
        let recovery = proof("0000-1111-2222-3333-4444-5555");
        assert!(matches!(recovery, Ok(FactorProof::Recovery(_))));
        for text in ["", "12345", "1234567", "0000-1111", "abc def"] {
            assert_eq!(proof(text).unwrap_err(), FactorProofError, "{text}");
        }
    }

    #[test]
    fn no_secret_prints() {
        let code: FactorProof = "123456".parse().unwrap();
        let recovery: FactorProof = "0000-1111-2222-3333-4444-5555".parse().unwrap();
        let secret = TotpSecret::new("JBSWY3DP".to_owned());
        let challenge = ChallengeSecret::new("udam_chl_1".to_owned());
        let printed = format!("{code:?} {recovery:?} {secret:?} {challenge:?}");
        for text in ["123456", "0000", "JBSWY3DP", "udam_chl"] {
            assert!(!printed.contains(text), "{printed}");
        }
    }
}
