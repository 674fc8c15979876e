use std::sync::Arc;

use super::Administration;
use crate::administration::{
    AccountStory, Hit, ListingStory, Lookup, Operator, OrderStory, StoryPosition,
};
use crate::audit::{AuditQuery, AuditRecord};
use crate::id::{AccountId, ListingId, OrderId};
use crate::page::{Page, PageRequest};
use crate::ports::{AlertNumber, AuditReader, RaisedAlert, StoreError, WhichAlerts};

/// Inquiries, for every role.
impl Administration {
    /// Returns all that has exactly this name.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn find(&self, _by: &Operator, lookup: &Lookup) -> Result<Vec<Hit>, StoreError> {
        match lookup {
            Lookup::Nothing => Ok(Vec::new()),
            lookup => self.ports.stories.find(lookup).await,
        }
    }

    /// Returns an order with its history; `None` if there is none.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn order(
        &self,
        _by: &Operator,
        id: OrderId,
        page: PageRequest<StoryPosition>,
    ) -> Result<Option<OrderStory>, StoreError> {
        self.ports.stories.order(id, page).await
    }

    /// Returns an account with its history; `None` if there is none.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn account(
        &self,
        _by: &Operator,
        id: AccountId,
        page: PageRequest<StoryPosition>,
    ) -> Result<Option<AccountStory>, StoreError> {
        self.ports.stories.account(id, page).await
    }

    /// Returns a listing with its history; `None` if there is none.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn listing(
        &self,
        _by: &Operator,
        id: ListingId,
        page: PageRequest<StoryPosition>,
    ) -> Result<Option<ListingStory>, StoreError> {
        self.ports.stories.listing(id, page).await
    }

    /// Returns a page of alerts, those with the highest numbers first.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn alerts(
        &self,
        _by: &Operator,
        which: WhichAlerts,
        page: PageRequest<AlertNumber>,
    ) -> Result<Page<RaisedAlert, AlertNumber>, StoreError> {
        self.ports.alerts.page(which, page).await
    }

    /// Returns a page of the audit trail, the newest first.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn audit(
        &self,
        by: &Operator,
        query: AuditQuery,
        page: PageRequest<i64>,
    ) -> Result<Page<AuditRecord, i64>, StoreError> {
        self.audit_trail(by).search(query, page).await
    }

    /// The whole audit trail, to be read page by page.
    #[must_use]
    pub fn audit_trail(&self, _by: &Operator) -> Arc<dyn AuditReader> {
        Arc::clone(&self.ports.audit)
    }
}
