use std::collections::HashSet;

use async_trait::async_trait;
use udam_domain::payment::EventId;
use udam_domain::time::Timestamp;
use udam_domain::{PaymentEventLog, StoreError};

use super::MemoryStore;

#[async_trait]
impl PaymentEventLog for MemoryStore {
    async fn unknown(&self, events: &[EventId]) -> Result<HashSet<EventId>, StoreError> {
        Ok(self.read(|data| {
            let unknown = events.iter().filter(|id| !data.events.contains(id));
            unknown.cloned().collect()
        }))
    }

    async fn read_until(&self) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.read(|data| data.read_until))
    }

    async fn record_read(&self, until: Timestamp) -> Result<(), StoreError> {
        self.change(|data| {
            data.read_until = data.read_until.max(Some(until));
            Ok(())
        })
    }
}
