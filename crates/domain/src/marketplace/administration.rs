mod inquiries;

use std::sync::Arc;

use crate::administration::{Operator, Role, Suspend, Suspendable, may_operate};
use crate::audit::{Actor, Reason};
use crate::opaque_debug::opaque_debug;
use crate::ports::{
    AdministrationStore, AlertNumber, AlertStore, AuditReader, Clock, RaisedAlert, ResolveAlert,
    ResolveAlertError, StoreError, StoryReader, SuspendError,
};
use crate::time::Timestamp;

/// What operators of the marketplace do, and what they read. Whoever has an [`Operator`] may read.
#[derive(Clone)]
pub struct Administration {
    ports: AdministrationPorts,
}

/// The ports that [`Administration`] needs.
#[derive(Clone)]
pub struct AdministrationPorts {
    /// Keeps roles and suspensions.
    pub store: Arc<dyn AdministrationStore>,
    /// Reads what operators look for.
    pub stories: Arc<dyn StoryReader>,
    /// Keeps alerts.
    pub alerts: Arc<dyn AlertStore>,
    /// Reads the audit trail.
    pub audit: Arc<dyn AuditReader>,
    /// Time at which operators act.
    pub clock: Arc<dyn Clock>,
}

impl Administration {
    /// The use cases over these ports.
    #[must_use]
    pub const fn new(ports: AdministrationPorts) -> Self {
        Self { ports }
    }

    /// The account as an operator; `None` if it has no role.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn operator(&self, actor: Actor) -> Result<Option<Operator>, StoreError> {
        let role = self.ports.store.role(actor.account_id).await?;
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

    /// Resolves an alert, with a note of what was done about it, which the audit trail has too. One that is resolved stays so,
    /// with its note.
    ///
    /// # Errors
    /// [`ResolveAlertError`]
    pub async fn resolve_alert(
        &self,
        by: Operator,
        number: AlertNumber,
        note: Reason,
    ) -> Result<RaisedAlert, ResolveAlertError> {
        may_operate(&by, Role::Operator)?;
        let resolve = ResolveAlert {
            number,
            note: Some(note),
            by: Some(by.actor()),
            at: self.ports.clock.now(),
        };
        let resolved = self.ports.alerts.resolve(resolve).await?;
        resolved.ok_or(ResolveAlertError::NotFound)
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
            at: self.ports.clock.now(),
        };
        self.ports.store.suspend(suspend).await
    }
}

opaque_debug!(Administration, AdministrationPorts);

#[cfg(test)]
mod tests;
