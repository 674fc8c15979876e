use async_trait::async_trait;

use super::StoreError;
use crate::payment::PaymentAlert;
use crate::time::Timestamp;

/// Keeps the alerts that an operator works off.
///
/// An alert is known by its kind and its subject: raised again, it is counted, and its latest finding stands.
/// [`PaymentStore::apply`](super::PaymentStore::apply) raises alerts in the same store, in the step that finds
/// them.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait AlertStore: Send + Sync {
    /// Raises an alert. Returns whether an operator does not know it yet: it is new, or had been resolved, and
    /// is open again.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn raise(&self, alert: &PaymentAlert, at: Timestamp) -> Result<bool, StoreError>;

    /// Returns the alerts that are not resolved, or all of them, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn list(&self, which: WhichAlerts) -> Result<Vec<RaisedAlert>, StoreError>;

    /// Resolves an alert by its number. Returns whether there is one; resolving it again changes nothing.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn resolve(&self, number: i64, at: Timestamp) -> Result<bool, StoreError>;
}

/// Selects alerts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WhichAlerts {
    /// Those that are not resolved.
    Open,
    /// All of them.
    All,
}

/// An alert that was raised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RaisedAlert {
    /// Number by which an operator resolves it, ascending by the time at which it was raised first.
    pub number: i64,
    /// The alert, with its latest finding.
    pub alert: PaymentAlert,
    /// Number of times that it was raised.
    pub count: i64,
    /// Time at which it was raised first, UTC.
    pub first_at: Timestamp,
    /// Time at which it was raised last, UTC.
    pub last_at: Timestamp,
    /// Time at which it was resolved, UTC; `None` while it is open.
    pub resolved_at: Option<Timestamp>,
}
