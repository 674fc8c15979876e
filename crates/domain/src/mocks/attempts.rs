use async_trait::async_trait;

use crate::account::{AttemptOutcome, AttemptSource};
use crate::ports::{
    AdmitAttemptError, AdmittedAttempt, AttemptBy, PasswordAttempt, PasswordAttemptStore,
    StoreError,
};

/// Admits every attempt at a password, and counts none.
#[derive(Debug, Clone, Copy, Default)]
pub struct UnlimitedAttempts;

#[async_trait]
impl PasswordAttemptStore for UnlimitedAttempts {
    async fn admit(&self, attempt: PasswordAttempt) -> Result<AdmittedAttempt, AdmitAttemptError> {
        Ok(AdmittedAttempt {
            kind: attempt.kind,
            email: attempt.email,
            source: match attempt.by {
                AttemptBy::Visitor(_) => AttemptSource::Strangers,
                AttemptBy::Session(session) => AttemptSource::Session(session),
            },
            address: attempt.address,
            at: attempt.at,
        })
    }

    async fn settle(
        &self,
        _attempt: AdmittedAttempt,
        _outcome: AttemptOutcome,
    ) -> Result<(), StoreError> {
        Ok(())
    }
}
