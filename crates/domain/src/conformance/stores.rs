use std::sync::Arc;

use async_trait::async_trait;

use crate::opaque_debug::opaque_debug;
use crate::policy::OrderPolicy;
use crate::ports::{
    AccountStore, AlertStore, ComplaintStore, ListingIndex, ListingReader, ListingStore,
    OrderReader, OrderStore, PaymentBacklog, PaymentEventLog, PaymentStore, TabReader, TokenReader,
    TokenStore,
};

/// Makes the stores that are tested.
#[async_trait]
pub trait StoreFactory: Send + Sync {
    /// Returns stores without any data that go by `policy`. It may panic if it cannot make them: the test has
    /// failed then.
    async fn fresh(&self, policy: OrderPolicy) -> Stores;
}

/// The storage ports of one marketplace, which share their data.
#[derive(Clone)]
pub struct Stores {
    /// Accounts and tabs.
    pub accounts: Arc<dyn AccountStore>,
    /// Listings, written.
    pub listings: Arc<dyn ListingStore>,
    /// Listings, read.
    pub listing_reader: Arc<dyn ListingReader>,
    /// Ids of the listings on sale.
    pub listing_index: Arc<dyn ListingIndex>,
    /// Orders, written.
    pub orders: Arc<dyn OrderStore>,
    /// Orders, read.
    pub order_reader: Arc<dyn OrderReader>,
    /// Tabs, read.
    pub tab_reader: Arc<dyn TabReader>,
    /// Tokens, written.
    pub tokens: Arc<dyn TokenStore>,
    /// Tokens, read.
    pub token_reader: Arc<dyn TokenReader>,
    /// Complaints.
    pub complaints: Arc<dyn ComplaintStore>,
    /// Charges and events.
    pub payments: Arc<dyn PaymentStore>,
    /// Unfinished payments.
    pub backlog: Arc<dyn PaymentBacklog>,
    /// Alerts.
    pub alerts: Arc<dyn AlertStore>,
    /// Events that were read.
    pub event_log: Arc<dyn PaymentEventLog>,
}

opaque_debug!(Stores);
