mod inquiries;

use std::sync::Arc;

use thiserror::Error;

use crate::account::SignedIn;
use crate::administration::{
    NotAnOperator, Operator, Role, Suspend, Suspendable, admit, may_operate,
};
use crate::audit::{Actor, Reason};
use crate::opaque_debug::opaque_debug;
use crate::ports::{
    AdministrationStore, AlertNumber, AlertStore, AuditReader, Clock, RaisedAlert, ResolveAlert,
    ResolveAlertError, StoreError, StoryReader, SuspendError,
};
use crate::time::Timestamp;

/// Actions and inquiries of operators. Whoever has an [`Operator`] may read.
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
    pub const fn new(ports: AdministrationPorts) -> Self {
        Self { ports }
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
        let role = self.ports.store.role(actor.account_id).await?;
        Ok(admit(actor, role, signed_in, self.ports.clock.now())?)
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
