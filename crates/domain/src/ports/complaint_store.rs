use async_trait::async_trait;
use thiserror::Error;

use super::StoreError;
use crate::complaint::{Complaint, ComplaintRefused, SendComplaint};
use crate::id::{AccountId, OrderId};
use crate::order::OrderState;
use crate::time::RetryAfter;

/// Keeps buyers' complaints. It shares its orders with [`OrderStore`](super::OrderStore) and its alerts with
/// [`AlertStore`](super::AlertStore).
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait ComplaintStore: Send + Sync {
    /// Takes a complaint as [`complain`](crate::complaint::complain) decides, raises its
    /// [alert](Complaint::alert), and writes an audit record, all in one step. Of two calls at once about one
    /// order, one succeeds.
    ///
    /// # Errors
    /// [`SendComplaintError`]; nothing has changed then.
    async fn send(&self, request: SendComplaint) -> Result<Complaint, SendComplaintError>;

    /// Returns the buyer's latest complaint about an order. It is resolved once its alert is; an earlier one was
    /// before the next was sent.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn latest(
        &self,
        order: OrderId,
        buyer: AccountId,
    ) -> Result<Option<Complaint>, StoreError>;
}

/// Why a complaint was not taken.
#[derive(Debug, Error)]
pub enum SendComplaintError {
    /// There is no such order, or it is another buyer's.
    #[error("there is no such order")]
    NotFound,
    /// The order was never fulfilled.
    #[error("the order is {0}")]
    InvalidState(OrderState),
    /// One about the order is open.
    #[error("a complaint about the order is open")]
    AlreadyOpen,
    /// The buyer has sent too many.
    #[error("too many complaints; the next one is taken at {}", .0.until)]
    TooMany(RetryAfter),
    /// The store failed.
    #[error("sending a complaint failed")]
    Unavailable(#[from] StoreError),
}

impl From<ComplaintRefused> for SendComplaintError {
    fn from(refused: ComplaintRefused) -> Self {
        match refused {
            ComplaintRefused::NotTheirs => Self::NotFound,
            ComplaintRefused::InvalidState(state) => Self::InvalidState(state),
            ComplaintRefused::AlreadyOpen => Self::AlreadyOpen,
            ComplaintRefused::TooMany(retry) => Self::TooMany(retry),
        }
    }
}
