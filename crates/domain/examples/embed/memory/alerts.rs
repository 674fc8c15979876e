use async_trait::async_trait;
use udam_domain::page::{Page, PageRequest};
use udam_domain::payment::PaymentAlert;
use udam_domain::time::Timestamp;
use udam_domain::{AlertNumber, AlertStore, RaisedAlert, ResolveAlert, StoreError, WhichAlerts};

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

    async fn page(
        &self,
        which: WhichAlerts,
        page: PageRequest<AlertNumber>,
    ) -> Result<Page<RaisedAlert, AlertNumber>, StoreError> {
        let mut alerts = self.list(which).await?;
        alerts.retain(|raised| page.after.is_none_or(|after| raised.number < after));
        alerts.reverse();
        Ok(Page::from_surplus(alerts, page.limit, |raised| {
            raised.number
        }))
    }

    async fn resolve(&self, resolve: ResolveAlert) -> Result<Option<RaisedAlert>, StoreError> {
        self.change(|data| {
            let mut alerts = data.alerts.iter_mut();
            let found = alerts.find(|raised| raised.number == resolve.number);
            Ok(found.map(|raised| {
                if raised.resolved_at.is_none() {
                    raised.resolved_at = Some(resolve.at);
                    raised.resolution = resolve.note.map(|note| note.to_string());
                }
                raised.clone()
            }))
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
            raised.resolution = None;
            return raised.resolved_at.take().is_some();
        }
        let number = i64::try_from(self.alerts.len()).unwrap_or(i64::MAX);
        self.alerts.push(RaisedAlert {
            number: AlertNumber(number),
            alert: alert.clone(),
            count: 1,
            first_at: at,
            last_at: at,
            resolved_at: None,
            resolution: None,
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
