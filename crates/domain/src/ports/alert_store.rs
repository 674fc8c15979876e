use std::fmt;

use async_trait::async_trait;
use thiserror::Error;

use super::StoreError;
use crate::administration::NotAllowed;
use crate::audit::{Actor, Reason};
use crate::page::{Page, PageRequest};
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

    /// Returns a page of the alerts that are not resolved, or of all of them, those with the highest numbers first.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn page(
        &self,
        which: WhichAlerts,
        page: PageRequest<AlertNumber>,
    ) -> Result<Page<RaisedAlert, AlertNumber>, StoreError>;

    /// Resolves an alert by its number, and writes an audit record. Returns the alert, `None` if there is none; resolving it
    /// again changes nothing.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn resolve(&self, resolve: ResolveAlert) -> Result<Option<RaisedAlert>, StoreError>;
}

/// Number of an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AlertNumber(pub i64);

impl fmt::Display for AlertNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Request to resolve an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResolveAlert {
    /// Its number.
    pub number: AlertNumber,
    /// Note of how it was resolved; `None` if nobody has left one.
    pub note: Option<Reason>,
    /// The operator; `None` at the command line.
    pub by: Option<Actor>,
    /// Time of the request, UTC.
    pub at: Timestamp,
}

/// Why an alert was not resolved.
#[derive(Debug, Error)]
pub enum ResolveAlertError {
    /// There is no such alert.
    #[error("there is no such alert")]
    NotFound,
    /// The role of the operator does not allow it.
    #[error(transparent)]
    NotAllowed(#[from] NotAllowed),
    /// The store failed.
    #[error("resolving an alert failed")]
    Unavailable(#[from] StoreError),
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
    pub number: AlertNumber,
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
    /// Note of how it was resolved; `None` while it is open, and if nobody has left one.
    pub resolution: Option<String>,
}
