use std::net::IpAddr;

use super::{Accounts, OpenedSession};
use crate::account::{
    Account, AttemptKind, AttemptOutcome, Client, Email, NewChallenge, Password, PasswordHash,
};
use crate::id::AccountId;
use crate::marketplace::account_error::LogInError;
use crate::ports::{
    AdmitAttemptError, AdmittedAttempt, AttemptBy, HashingError, PasswordAttempt, StoreError,
};

impl Accounts {
    /// Opens a session for the account with this address and password, and records where from: the account is
    /// recognized there the next time, and its owner no longer waits for the failures of strangers.
    ///
    /// # Errors
    /// [`LogInError`], after the same work whether or not the account exists. `SecondFactorRequired` if the password is right
    /// and the account has a second factor: [`SecondFactors::finish_log_in`](crate::marketplace::SecondFactors::finish_log_in)
    /// goes on from there.
    pub async fn log_in(
        &self,
        email: &Email,
        password: Password,
        client: impl Into<Client>,
    ) -> Result<OpenedSession, LogInError> {
        let client = client.into();
        let by = AttemptBy::Visitor(client.places());
        let attempt = self.admit(email, by, client.origin.address).await?;
        let found = self.store.find_credentials(email).await?;
        let hash = found.as_ref().and_then(|found| found.password_hash.clone());
        let is_right = self
            .attempt::<LogInError>(attempt, password, hash.clone())
            .await?;
        let found = found
            .filter(|_| is_right)
            .ok_or(LogInError::InvalidCredentials)?;
        // Only who knows the password learns of it.
        if found.is_suspended {
            return Err(LogInError::Suspended);
        }
        if found.has_factor {
            return Err(self.challenge(found.account.id, hash).await?);
        }
        let opened = self.open(found.account, hash, client, false).await?;
        opened.ok_or(LogInError::InvalidCredentials)
    }

    /// Opens a challenge, which the second factor of the account ends.
    async fn challenge(
        &self,
        account: AccountId,
        verified: Option<PasswordHash>,
    ) -> Result<LogInError, StoreError> {
        let (secret, digest) = self.challenge_mint.mint();
        let challenge = NewChallenge {
            digest,
            account,
            verified,
            at: self.clock.now(),
        };
        let expires_at = challenge.expires_at();
        self.challenges.open(challenge).await?;
        Ok(LogInError::SecondFactorRequired { secret, expires_at })
    }

    /// Counts an attempt at a password, before it is verified.
    pub(super) async fn admit(
        &self,
        email: &Email,
        by: AttemptBy,
        address: Option<IpAddr>,
    ) -> Result<AdmittedAttempt, AdmitAttemptError> {
        let attempt = PasswordAttempt {
            kind: AttemptKind::Password,
            email: email.clone(),
            by,
            address,
            at: self.clock.now(),
        };
        self.attempts.admit(attempt).await
    }

    /// Verifies the password of an attempt that was admitted, and records the outcome.
    pub(super) async fn attempt<E: From<HashingError> + From<StoreError>>(
        &self,
        attempt: AdmittedAttempt,
        password: Password,
        hash: Option<PasswordHash>,
    ) -> Result<bool, E> {
        let has_hash = hash.is_some();
        let verified = self.verify(password, hash).await;
        let outcome = match verified {
            Ok(true) if has_hash => AttemptOutcome::Right,
            Ok(_) => AttemptOutcome::Wrong,
            Err(_) => AttemptOutcome::Unverified,
        };
        self.attempts.settle(attempt, outcome).await?;
        verified?;
        Ok(outcome == AttemptOutcome::Right)
    }

    /// Whether the password is the hash's: as it is compared, or as it was typed, which hashes of earlier
    /// releases were made of. The work depends on the password alone.
    async fn verify(
        &self,
        password: Password,
        hash: Option<PasswordHash>,
    ) -> Result<bool, HashingError> {
        let typed = password.as_typed();
        let is_right = self.passwords.verify(password, hash.clone()).await?;
        match typed {
            Some(typed) => Ok(self.passwords.verify(typed, hash).await? || is_right),
            None => Ok(is_right),
        }
    }

    /// Opens a session for the account with this address without its password: the caller has
    /// authenticated its owner in a way of its own, which counts as a proof of the second factor as well. `None` if
    /// there is no such account.
    ///
    /// # Errors
    /// [`StoreError`]; `Overloaded` if the account is suspended, or its password is changed at the same time.
    pub async fn open_session(
        &self,
        email: &Email,
        client: impl Into<Client>,
    ) -> Result<Option<OpenedSession>, StoreError> {
        let Some(found) = self.store.find_credentials(email).await? else {
            return Ok(None);
        };
        let has_factor = found.has_factor;
        let opened = self.open(
            found.account,
            found.password_hash,
            client.into(),
            has_factor,
        );
        opened
            .await?
            .map_or(Err(StoreError::Overloaded), |opened| Ok(Some(opened)))
    }

    /// `None` when the password was changed since it was verified.
    async fn open(
        &self,
        account: Account,
        verified: Option<PasswordHash>,
        client: Client,
        has_factor: bool,
    ) -> Result<Option<OpenedSession>, StoreError> {
        let now = self.clock.now();
        let (session, opened) = self.new_session(account, client, has_factor, now);
        let open = self.sessions.open(session, verified).await?;
        Ok(open.then_some(opened))
    }
}
