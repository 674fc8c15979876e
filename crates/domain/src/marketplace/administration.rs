use std::sync::Arc;

use crate::administration::{Operator, Suspend, Suspendable};
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

impl Administration {
    /// The use cases over these ports.
    #[must_use]
    pub const fn new(store: Arc<dyn AdministrationStore>, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock }
    }

    /// The account as an operator; `None` if it has no role.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn operator(&self, actor: Actor) -> Result<Option<Operator>, StoreError> {
        let role = self.store.role(actor.account_id).await?;
        Ok(role.map(|role| Operator::new(actor, role)))
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
    use crate::administration::Role;
    use crate::fixtures::account_id;
    use crate::mocks::FixedClock;
    use crate::ports::MockAdministrationStore;

    #[test]
    fn only_an_account_with_a_role_is_an_operator() {
        let mut store = MockAdministrationStore::new();
        store
            .expect_role()
            .returning(|account| Ok((account == account_id(1)).then_some(Role::Support)));
        let clock = Arc::new(FixedClock::default());
        let administration = Administration::new(Arc::new(store), clock);
        let role = |account| {
            let actor = Actor::from(account_id(account));
            let operator = block_on(administration.operator(actor)).unwrap();
            operator.map(|operator| (operator.actor(), operator.role()))
        };
        assert_eq!(role(1), Some((Actor::from(account_id(1)), Role::Support)));
        assert_eq!(role(2), None);
    }
}
