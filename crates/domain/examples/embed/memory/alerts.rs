use async_trait::async_trait;
use udam_domain::payment::PaymentAlert;
use udam_domain::time::Timestamp;
use udam_domain::{AlertStore, RaisedAlert, StoreError, WhichAlerts};

use super::MemoryStore;
use super::data::Data;

#[async_trait]
impl AlertStore for MemoryStore {
    async fn raise(&self, alert: &PaymentAlert, at: Timestamp) -> Result<bool, StoreError> {
        self.change(|data| Ok(data.raise(alert, at)))
    }

    async fn list(&self, which: WhichAlerts) -> Result<Vec<RaisedAlert>, StoreError> {
        let selected = |raised: &&RaisedAlert| match which {
            WhichAlerts::Open => raised.resolved_at.is_none(),
            WhichAlerts::All => true,
        };
        Ok(self.read(|data| data.alerts.iter().filter(selected).cloned().collect()))
    }

    async fn resolve(&self, number: i64, at: Timestamp) -> Result<bool, StoreError> {
        self.change(|data| {
            let mut alerts = data.alerts.iter_mut();
            let Some(raised) = alerts.find(|raised| raised.number == number) else {
                return Ok(false);
            };
            raised.resolved_at.get_or_insert(at);
            Ok(true)
        })
    }
}

impl Data {
    /// Raises an alert. Returns whether an operator does not know it yet.
    pub(super) fn raise(&mut self, alert: &PaymentAlert, at: Timestamp) -> bool {
        let same = |raised: &&mut RaisedAlert| {
            (raised.alert.kind, &raised.alert.subject) == (alert.kind, &alert.subject)
        };
        if let Some(raised) = self.alerts.iter_mut().find(same) {
            raised.alert = alert.clone();
            raised.count = raised.count.saturating_add(1);
            raised.last_at = at;
            return raised.resolved_at.take().is_some();
        }
        let number = i64::try_from(self.alerts.len()).unwrap_or(i64::MAX);
        self.alerts.push(RaisedAlert {
            number,
            alert: alert.clone(),
            count: 1,
            first_at: at,
            last_at: at,
            resolved_at: None,
        });
        true
    }

    /// Raises alerts. Returns those that an operator does not know yet.
    pub(super) fn raise_all(
        &mut self,
        alerts: Vec<PaymentAlert>,
        at: Timestamp,
    ) -> Vec<PaymentAlert> {
        let new = alerts.into_iter().filter(|alert| self.raise(alert, at));
        new.collect()
    }
}
