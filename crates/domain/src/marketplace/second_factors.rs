mod error;
mod proof;

use std::sync::Arc;

use super::accounts::{Accounts, OpenedSession};
use crate::account::{
    ChallengeSecret, Client, ConfirmFactor, FactorProof, FactorRemover, FinishLogIn, NewFactor,
    Password, RecoveryCode, RecoveryCodeDigest, RemoveFactor, RenewSession, ReplaceRecoveryCodes,
    SessionToken, SignedIn, StepUp, TotpCode, TotpSecret, UsedFactor,
};
use crate::audit::Actor;
use crate::id::SecondFactorId;
use crate::opaque_debug::opaque_debug;
use crate::ports::{
    AttemptBy, ChallengeMint, Clock, Entropy, FactorVault, LogInChallengeStore, OneTimeCodes,
    PasswordAttemptStore, SecondFactorStore, SessionMint, StoreError,
};
use crate::secret::Secret;
use crate::time::{Timestamp, after};

pub use error::{
    BeginFactorError, ConfirmFactorError, FinishLogInError, RecoveryCodesError, RemoveFactorError,
    StepUpError,
};

/// Adding and removing second factors, ending logins by them, and proving them again.
#[derive(Clone)]
pub struct SecondFactors {
    store: Arc<dyn SecondFactorStore>,
    challenges: Arc<dyn LogInChallengeStore>,
    codes: Arc<dyn OneTimeCodes>,
    challenge_mint: Arc<dyn ChallengeMint>,
    vault: Arc<dyn FactorVault>,
    accounts: Accounts,
    attempts: Arc<dyn PasswordAttemptStore>,
    session_mint: Arc<dyn SessionMint>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    issuer: String,
}

/// The ports of second factors alone.
#[derive(Clone)]
pub struct SecondFactorPorts {
    /// Keeps factors.
    pub store: Arc<dyn SecondFactorStore>,
    /// Keeps logins that wait for them.
    pub challenges: Arc<dyn LogInChallengeStore>,
    /// Computes codes.
    pub codes: Arc<dyn OneTimeCodes>,
    /// Makes and recognizes secrets of logins.
    pub challenge_mint: Arc<dyn ChallengeMint>,
    /// Seals and opens secrets.
    pub vault: Arc<dyn FactorVault>,
    /// Name of the marketplace in the apps of its users.
    pub issuer: String,
}

/// The ports that [`SecondFactors`] shares with other use cases.
#[derive(Clone)]
pub(super) struct SharedFactorPorts {
    pub(super) attempts: Arc<dyn PasswordAttemptStore>,
    pub(super) session_mint: Arc<dyn SessionMint>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) entropy: Arc<dyn Entropy>,
}

/// Setup of an app for the codes of a factor that was begun.
#[derive(Debug, Clone)]
pub struct FactorSetup {
    /// The secret, to be typed in.
    pub secret: TotpSecret,
    /// Address with the secret in it, to be shown as a QR code.
    pub uri: Secret,
}

/// A factor that was confirmed. Neither its recovery codes nor the token can be read again.
#[derive(Debug, Clone)]
pub struct ConfirmedFactor {
    /// The codes that stand in for the app, once each.
    pub recovery_codes: Vec<RecoveryCode>,
    /// Token that the session goes on under.
    pub token: SessionToken,
}

impl SecondFactors {
    pub(super) fn new(
        ports: SecondFactorPorts,
        shared: SharedFactorPorts,
        accounts: Accounts,
    ) -> Self {
        Self {
            store: ports.store,
            challenges: ports.challenges,
            codes: ports.codes,
            challenge_mint: ports.challenge_mint,
            vault: ports.vault,
            accounts,
            attempts: shared.attempts,
            session_mint: shared.session_mint,
            clock: shared.clock,
            entropy: shared.entropy,
            issuer: ports.issuer,
        }
    }

    /// Begins to add a factor, or another in place of the one there is, and returns its secret for the app. Nothing asks for it
    /// before it is [confirmed](Self::confirm).
    ///
    /// The password is asked for, as whoever has got hold of a session could keep its owner out otherwise.
    ///
    /// # Errors
    /// [`BeginFactorError`]
    pub async fn begin(
        &self,
        actor: Actor,
        signed_in: &SignedIn,
        password: Password,
    ) -> Result<FactorSetup, BeginFactorError> {
        let now = self.clock.now();
        signed_in.check_step_up(now)?;
        let (email, session) = (&signed_in.account.email, signed_in.session.id);
        self.accounts
            .confirm(actor, email, password, Some(session))
            .await?;
        let id = SecondFactorId::mint(now, self.entropy.as_ref());
        let secret = self.codes.new_secret();
        let factor = NewFactor {
            id,
            actor,
            secret: self.vault.seal(id, &secret).await?,
            at: now,
        };
        self.store.begin(factor).await?;
        Ok(self.setup(secret, signed_in))
    }

    /// The factor that the account has begun to add; `None` if it has not lately.
    ///
    /// # Errors
    /// [`ConfirmFactorError`]
    pub async fn begun(
        &self,
        signed_in: &SignedIn,
    ) -> Result<Option<FactorSetup>, ConfirmFactorError> {
        let now = self.clock.now();
        signed_in.check_step_up(now)?;
        let found = self.store.find(signed_in.account.id, now).await?;
        let Some(begun) = found.begun else {
            return Ok(None);
        };
        let secret = self.vault.open(begun.id, &begun.secret).await?;
        Ok(Some(self.setup(secret, signed_in)))
    }

    /// Number of recovery codes that the account has left.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn recovery_codes_left(&self, signed_in: &SignedIn) -> Result<u32, StoreError> {
        let found = self.store.find(signed_in.account.id, self.clock.now());
        Ok(found.await?.recovery_codes)
    }

    /// Confirms a factor by the first code of its app: logging in asks for it from then on. Ends all other sessions.
    ///
    /// # Errors
    /// [`ConfirmFactorError`]
    pub async fn confirm(
        &self,
        actor: Actor,
        signed_in: &SignedIn,
        code: TotpCode,
    ) -> Result<ConfirmedFactor, ConfirmFactorError> {
        let now = self.clock.now();
        signed_in.check_step_up(now)?;
        let found = self.store.find(actor.account_id, now).await?;
        let begun = found.begun.ok_or(ConfirmFactorError::NotBegun)?;
        let step = self.step_of(&begun, code, now).await?;
        let step = step.ok_or(ConfirmFactorError::WrongCode)?;
        let (recovery_codes, digests) = self.new_recovery_codes();
        let (token, digest) = self.session_mint.mint();
        let confirm = ConfirmFactor {
            actor,
            factor: begun.id,
            step,
            recovery_codes: digests,
            session: RenewSession {
                session: signed_in.session.id,
                digest,
            },
            at: now,
        };
        if !self.store.confirm(confirm).await? {
            return Err(ConfirmFactorError::NotBegun);
        }
        Ok(ConfirmedFactor {
            recovery_codes,
            token,
        })
    }

    /// Removes the factor of the account, and returns the token that the session goes on under. Ends all other sessions.
    ///
    /// # Errors
    /// [`RemoveFactorError`]
    pub async fn remove(
        &self,
        actor: Actor,
        signed_in: &SignedIn,
    ) -> Result<SessionToken, RemoveFactorError> {
        let now = self.clock.now();
        signed_in.check_step_up(now)?;
        let (token, digest) = self.session_mint.mint();
        let session = RenewSession {
            session: signed_in.session.id,
            digest,
        };
        let remove = RemoveFactor {
            account: actor.account_id,
            by: FactorRemover::Owner { actor, session },
            at: now,
        };
        if self.store.remove(remove).await? {
            Ok(token)
        } else {
            Err(RemoveFactorError::NoFactor)
        }
    }

    /// Replaces all recovery codes of the account, and returns the new ones, which are shown once.
    ///
    /// # Errors
    /// [`RecoveryCodesError`]
    pub async fn replace_recovery_codes(
        &self,
        actor: Actor,
        signed_in: &SignedIn,
    ) -> Result<Vec<RecoveryCode>, RecoveryCodesError> {
        let now = self.clock.now();
        signed_in.check_step_up(now)?;
        let (codes, digests) = self.new_recovery_codes();
        let replace = ReplaceRecoveryCodes {
            actor,
            codes: digests,
            at: now,
        };
        if self.store.replace_recovery_codes(replace).await? {
            Ok(codes)
        } else {
            Err(RecoveryCodesError::NoFactor)
        }
    }

    /// Records that the session has proved the factor, and returns until when that holds.
    ///
    /// # Errors
    /// [`StepUpError`]
    pub async fn step_up(
        &self,
        actor: Actor,
        signed_in: &SignedIn,
        proof: FactorProof,
    ) -> Result<Timestamp, StepUpError> {
        let now = self.clock.now();
        let found = self.store.find(actor.account_id, now).await?;
        let factor = found.active.ok_or(StepUpError::NoFactor)?;
        let session = signed_in.session.id;
        let by = AttemptBy::Session(session);
        let email = &signed_in.account.email;
        let attempt = self.admit(email, by, actor.address, now).await?;
        let prove = async |used: UsedFactor| {
            let step_up = StepUp {
                actor,
                session,
                used,
                at: now,
            };
            self.store.step_up(step_up).await
        };
        self.prove::<StepUpError>(attempt, &factor, proof, prove)
            .await?;
        Ok(after(now, crate::account::PROOF_HOLDS_FOR))
    }

    /// Ends a login whose password was right by the second factor, and opens its session.
    ///
    /// # Errors
    /// [`FinishLogInError`]; after `WrongCode`, the same challenge can be tried again.
    pub async fn finish_log_in(
        &self,
        challenge: &ChallengeSecret,
        proof: FactorProof,
        client: impl Into<Client>,
    ) -> Result<OpenedSession, FinishLogInError> {
        let client = client.into();
        let digest = self.challenge_mint.recognize(challenge);
        let digest = digest.ok_or(FinishLogInError::NoChallenge)?;
        let now = self.clock.now();
        let found = self.challenges.find(digest, now).await?;
        let challenged = found.ok_or(FinishLogInError::NoChallenge)?;
        let by = AttemptBy::Visitor(client.places());
        let (email, address) = (&challenged.account.email, client.origin.address);
        let attempt = self.admit(email, by, address, now).await?;
        let account = challenged.account.clone();
        let (session, opened) = self.accounts.new_session(account, client, true, now);
        let prove = async |used: UsedFactor| {
            let finish = FinishLogIn {
                digest,
                used,
                session,
            };
            self.challenges.finish(finish).await
        };
        self.prove::<FinishLogInError>(attempt, &challenged.factor, proof, prove)
            .await?;
        Ok(opened)
    }

    fn setup(&self, secret: TotpSecret, signed_in: &SignedIn) -> FactorSetup {
        let uri = secret.uri(&self.issuer, &signed_in.account.email);
        FactorSetup { secret, uri }
    }

    fn new_recovery_codes(&self) -> (Vec<RecoveryCode>, Vec<RecoveryCodeDigest>) {
        let codes = (0..RecoveryCode::COUNT).map(|_| self.codes.new_recovery_code());
        codes.unzip()
    }
}

opaque_debug!(SecondFactors, SecondFactorPorts, SharedFactorPorts);

#[cfg(test)]
mod tests;
