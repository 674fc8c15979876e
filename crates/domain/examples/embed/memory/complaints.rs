use async_trait::async_trait;
use udam_domain::audit::AuditAction;
use udam_domain::complaint::{Complaint, EarlierComplaints, SendComplaint, complain};
use udam_domain::id::{AccountId, OrderId};
use udam_domain::payment::AlertKind;
use udam_domain::time::before;
use udam_domain::{ComplaintStore, SendComplaintError, StoreError};

use super::MemoryStore;
use super::data::Data;

#[async_trait]
impl ComplaintStore for MemoryStore {
    async fn send(&self, request: SendComplaint) -> Result<Complaint, SendComplaintError> {
        self.change(|data| {
            let order = data.order(request.order_id);
            let order = order.ok_or(SendComplaintError::NotFound)?;
            let buyer = request.buyer.account_id;
            let since = before(request.at, Complaint::PERIOD);
            let of_buyer = data.complaints.iter().filter(|(by, _)| *by == buyer);
            let recent = of_buyer.map(|(_, complaint)| complaint.sent_at);
            let earlier = EarlierComplaints {
                is_open: data
                    .latest_complaint(order.id, buyer)
                    .is_some_and(|complaint| complaint.is_open()),
                recent: recent.filter(|sent_at| *sent_at > since).collect(),
            };
            let complaint = complain(&order, &earlier, &request)?;
            data.raise(&complaint.alert(), request.at);
            data.complaints.push((buyer, complaint.clone()));
            data.record(AuditAction::ComplaintSent, request.buyer, request.at);
            Ok(complaint)
        })
    }

    async fn latest(
        &self,
        order: OrderId,
        buyer: AccountId,
    ) -> Result<Option<Complaint>, StoreError> {
        Ok(self.read(|data| data.latest_complaint(order, buyer)))
    }
}

impl Data {
    /// The latest complaint, which is resolved with its alert.
    fn latest_complaint(&self, order: OrderId, buyer: AccountId) -> Option<Complaint> {
        let mut sent = self.complaints.iter().rev();
        let about =
            |(by, complaint): &&(AccountId, Complaint)| *by == buyer && complaint.order_id == order;
        let (_, complaint) = sent.find(about)?;
        let subject = order.to_string();
        let mut alerts = self.alerts.iter();
        let alert = alerts.find(|raised| {
            raised.alert.kind == AlertKind::Complaint && raised.alert.subject == subject
        });
        Some(Complaint {
            resolved_at: alert.and_then(|raised| raised.resolved_at),
            ..complaint.clone()
        })
    }
}
