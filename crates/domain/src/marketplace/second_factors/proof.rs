use std::net::IpAddr;

use super::SecondFactors;
use crate::account::{
    AttemptKind, AttemptOutcome, Email, FactorProof, StoredFactor, TotpCode, TotpStep, UsedFactor,
};
use crate::ports::{
    AdmitAttemptError, AdmittedAttempt, AttemptBy, PasswordAttempt, StoreError, VaultError,
};
use crate::time::Timestamp;

/// A proof is not right, or was used before.
pub(super) struct WrongProof;

impl SecondFactors {
    /// Counts an attempt at the second factor, before it is verified.
    pub(super) async fn admit(
        &self,
        email: &Email,
        by: AttemptBy,
        address: Option<IpAddr>,
        at: Timestamp,
    ) -> Result<AdmittedAttempt, AdmitAttemptError> {
        let attempt = PasswordAttempt {
            kind: AttemptKind::SecondFactor,
            email: email.clone(),
            by,
            address,
            at,
        };
        self.attempts.admit(attempt).await
    }

    /// Verifies the proof of an attempt that was admitted, has `accept` use it up if it is right, and records the outcome.
    pub(super) async fn prove<E>(
        &self,
        attempt: AdmittedAttempt,
        factor: &StoredFactor,
        proof: FactorProof,
        accept: impl AsyncFnOnce(UsedFactor) -> Result<bool, StoreError>,
    ) -> Result<(), E>
    where
        E: From<WrongProof> + From<StoreError> + From<VaultError>,
    {
        let result = self.accepted::<E>(attempt.at, factor, proof, accept).await;
        let outcome = match result {
            Ok(true) => AttemptOutcome::Right,
            Ok(false) => AttemptOutcome::Wrong,
            Err(_) => AttemptOutcome::Unverified,
        };
        self.attempts.settle(attempt, outcome).await?;
        if result? {
            Ok(())
        } else {
            Err(WrongProof.into())
        }
    }

    async fn accepted<E: From<StoreError> + From<VaultError>>(
        &self,
        now: Timestamp,
        factor: &StoredFactor,
        proof: FactorProof,
        accept: impl AsyncFnOnce(UsedFactor) -> Result<bool, StoreError>,
    ) -> Result<bool, E> {
        let used = match proof {
            FactorProof::Code(code) => match self.step_of(factor, code, now).await? {
                Some(step) => UsedFactor::Code {
                    factor: factor.id,
                    step,
                },
                None => return Ok(false),
            },
            FactorProof::Recovery(code) => UsedFactor::Recovery(self.codes.digest(&code)),
        };
        Ok(accept(used).await?)
    }

    /// The step that a code is of, if it is right now and not used before.
    pub(super) async fn step_of(
        &self,
        factor: &StoredFactor,
        code: TotpCode,
        now: Timestamp,
    ) -> Result<Option<TotpStep>, VaultError> {
        let secret = self.vault.open(factor.id, &factor.secret).await?;
        Ok(TotpStep::of_code(now, factor.last_step, |step| {
            self.codes.code(&secret, step) == Some(code)
        }))
    }
}
