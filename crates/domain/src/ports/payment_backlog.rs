use async_trait::async_trait;

use super::StoreError;
use crate::id::{ChargeId, OrderId, RefundId};
use crate::payment::{ProviderReference, RefundDue};
use crate::policy::{Claim, FindPayable, FindUnsent};
use crate::time::Timestamp;

/// Finds the payments that crashes, timeouts and refusals have left unfinished, over the charges and refunds
/// of [`PaymentStore`](super::PaymentStore) and the orders of [`OrderStore`](super::OrderStore).
///
/// Work that changes something at the provider is claimed by the call that returns it, so that no two servers
/// do it at once: until [`Claim::until`], no other call returns it. A claim is free again at that instant,
/// inclusive, should its server have died; work that is done is never returned again.
///
/// # Cancellation
/// A call whose future is dropped may have claimed work that nobody has received. It is returned again once
/// the claim has ended.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait PaymentBacklog: Send + Sync {
    /// Returns orders that await payment, lapse after [`FindUnsent::now`], were placed by
    /// [`FindUnsent::placed_by`], inclusive, and have no charge with a session, the first to lapse first.
    /// Nothing is claimed: opening a session twice opens one.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn unsent(&self, request: FindUnsent) -> Result<Vec<OrderId>, StoreError>;

    /// Returns open charges whose session has been opened, may still be paid, and expires after
    /// [`FindPayable::now`], by id, of those after [`FindPayable::after`]. Nothing is claimed: asking the
    /// provider how a session stands changes nothing there.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn payable(&self, request: FindPayable) -> Result<Vec<PayableCharge>, StoreError>;

    /// Claims charges whose session should no longer be payable and may still be: closed ones, and those
    /// that expire by [`Claim::now`], inclusive, and are not paid. The first to expire come first. A charge
    /// without a session is among them once it has expired or was closed.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn overdue(&self, claim: Claim) -> Result<Vec<OverdueCharge>, StoreError>;

    /// Records that a charge's session can no longer be paid, and does what
    /// [`end_charge`](crate::payment::end_charge) says of an expired one, as
    /// [`PaymentStore::apply`](super::PaymentStore::apply) does. Nothing happens if the charge is paid, or if
    /// there is none. Repeating it changes nothing.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn close(&self, charge: ChargeId, at: Timestamp) -> Result<(), StoreError>;

    /// Claims refunds in state [`Owed`](crate::payment::RefundState::Owed) whose
    /// [`not_before`](crate::payment::Refund::not_before) has come, the oldest first, by id.
    ///
    /// A refund is owed from the step that writes it:
    /// [`OrderStore::refund`](super::OrderStore::refund) or
    /// [`PaymentStore::apply`](super::PaymentStore::apply). It is owed until the provider's report of it is
    /// applied.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn refunds_owed(&self, claim: Claim) -> Result<Vec<RefundDue>, StoreError>;

    /// Records that the provider has refused a refund at `at`: it was not made, is claimed no more, and is
    /// requested again at [`retry_at`](crate::payment::retry_at) of its attempts. Returns whether it is still
    /// owed; if not, or if there is no such refund, nothing happens.
    ///
    /// # Errors
    /// [`StoreError`]
    async fn postpone_refund(&self, refund: RefundId, at: Timestamp) -> Result<bool, StoreError>;
}

/// A charge whose session can be paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayableCharge {
    /// Id of the charge.
    pub charge_id: ChargeId,
    /// Provider's id of its session.
    pub session: ProviderReference,
}

/// A charge whose session should no longer be payable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverdueCharge {
    /// Id of the charge.
    pub charge_id: ChargeId,
    /// Provider's id of its session; `None` until one has been recorded.
    pub session: Option<ProviderReference>,
    /// End of the session at the provider, UTC.
    pub since: Timestamp,
}
