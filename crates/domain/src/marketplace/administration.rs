use std::sync::Arc;

use thiserror::Error;

use crate::account::SignedIn;
use crate::administration::{NotAnOperator, Operator, Suspend, Suspendable, admit};
use crate::audit::{Actor, Reason};
use crate::opaque_debug::opaque_debug;
use crate::ports::{AdministrationStore, Clock, StoreError, SuspendError};
use crate::time::Timestamp;

/// What operators of the marketplace do.
#[derive(Clone)]
pub struct Administration {
    store: Arc<dyn AdministrationStore>,
    clock: Arc<dyn Clock>,
}

/// Why an account does not act as an operator.
#[derive(Debug, Error)]
pub enum OperatorError {
    /// It is none, or has not proved that it is itself.
    #[error(transparent)]
    Refused(#[from] NotAnOperator),
    /// The store failed.
    #[error("reading the role of an account failed")]
    Unavailable(#[from] StoreError),
}

impl Administration {
    /// The use cases over these ports.
    #[must_use]
    pub const fn new(store: Arc<dyn AdministrationStore>, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock }
    }

    /// The account that acts, which is signed in so, as an operator.
    ///
    /// # Errors
    /// [`OperatorError`]
    pub async fn operator(
        &self,
        actor: Actor,
        signed_in: &SignedIn,
    ) -> Result<Operator, OperatorError> {
        let role = self.store.role(actor.account_id).await?;
        Ok(admit(actor, role, signed_in, self.clock.now())?)
    }

    /// Suspends an account or a listing, and returns since when it is suspended. One that is suspended stays so.
    ///
    /// # Errors
    /// [`SuspendError`]
    pub async fn suspend(
        &self,
        by: Operator,
        what: Suspendable,
        reason: Reason,
    ) -> Result<Option<Timestamp>, SuspendError> {
        self.set(by, what, true, reason).await
    }

    /// Restores an account or a listing.
    ///
    /// # Errors
    /// [`SuspendError`]
    pub async fn restore(
        &self,
        by: Operator,
        what: Suspendable,
        reason: Reason,
    ) -> Result<Option<Timestamp>, SuspendError> {
        self.set(by, what, false, reason).await
    }

    async fn set(
        &self,
        by: Operator,
        what: Suspendable,
        suspended: bool,
        reason: Reason,
    ) -> Result<Option<Timestamp>, SuspendError> {
        let suspend = Suspend {
            what,
            suspended,
            by,
            reason,
            at: self.clock.now(),
        };
        self.store.suspend(suspend).await
    }
}

opaque_debug!(Administration);

#[cfg(test)]
mod tests {
    use futures::executor::block_on;

    use super::*;
    use crate::account::StepUpRequired;
    use crate::administration::Role;
    use crate::fixtures::{account_id, at, clock, signed_in};
    use crate::ports::MockAdministrationStore;

    #[test]
    fn an_operator_has_a_role_and_has_proved_a_second_factor_lately() {
        let mut store = MockAdministrationStore::new();
        store
            .expect_role()
            .returning(|account| Ok((account == account_id(1)).then_some(Role::Support)));
        let clock = clock(at(1_000));
        let administration = Administration::new(Arc::new(store), clock);
        let role = |account, has_factor, proved_at: Option<i64>| {
            let mut signed_in = signed_in(account);
            signed_in.has_factor = has_factor;
            signed_in.session.proved_at = proved_at.map(at);
            let actor = Actor::from(account_id(account));
            match block_on(administration.operator(actor, &signed_in)) {
                Ok(operator) => Ok((operator.actor(), operator.role())),
                Err(OperatorError::Refused(refused)) => Err(refused),
                Err(error) => panic!("{error}"),
            }
        };
        let operator = Ok((Actor::from(account_id(1)), Role::Support));
        assert_eq!(role(1, true, Some(101)), operator);
        let stale = Err(NotAnOperator::StepUpRequired(StepUpRequired));
        assert_eq!(role(1, true, Some(100)), stale);
        assert_eq!(role(1, true, None), stale);
        assert_eq!(role(1, false, None), Err(NotAnOperator::NoFactor));
        // Whatever it has proved.
        for has_factor in [true, false] {
            assert_eq!(role(2, has_factor, Some(1_000)), Err(NotAnOperator::NoRole));
        }
    }
}
