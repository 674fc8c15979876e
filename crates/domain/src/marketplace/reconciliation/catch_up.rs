//! Catching up on what no webhook has told: from the provider's list of events, or session by session.

use super::{EventFeedPorts, Reconciliation, Sweep, SweepError};
use crate::payment::{EventId, ListedEvents, PaymentAlert, PaymentEvent, PaymentEventKind};
use crate::ports::{Applied, GatewayError};
use crate::time::Timestamp;

impl Reconciliation {
    /// A lost webhook costs one sweep, with either kind of provider.
    pub(super) async fn catch_up(&self, sweep: &mut Sweep) -> Result<(), SweepError> {
        match &self.events {
            Some(events) => self.read_feed(events, sweep).await,
            None => self.ask_for_sessions(sweep).await,
        }
    }

    /// Reads the list period by period, the earliest first, so that a sweep that fails half-way has caught up
    /// that far.
    async fn read_feed(
        &self,
        events: &EventFeedPorts,
        sweep: &mut Sweep,
    ) -> Result<(), SweepError> {
        let now = self.payments.clock.now();
        let read_until = self.read_until(events, now).await?;
        let with_late = self.late_events.are_due(&self.policy, now);
        let mut periods = vec![self.policy.events_after(read_until, with_late)];
        while let Some(period) = periods.pop() {
            match events.feed.events(period).await {
                Ok(Some(listed)) => {
                    let newest = self.apply_listed(events, listed, sweep).await?;
                    let newest = newest.map(|newest| newest.min(now));
                    if let Some(newest) = newest.filter(|newest| *newest > read_until) {
                        events.log.record_read(newest).await?;
                    }
                }
                Ok(None) => {
                    let [earlier, later] = period.halves(now);
                    periods.extend([later, earlier]);
                }
                // The list is the provider's own: nothing but access is needed to read it.
                Err(GatewayError::Refused(cause) | GatewayError::Denied(cause)) => {
                    sweep.deny(cause.as_ref());
                    return Ok(());
                }
                Err(error @ GatewayError::Unavailable(_)) => {
                    sweep.postpone(&error);
                    return Ok(());
                }
            }
        }
        if with_late {
            self.late_events.were_read(now);
        }
        Ok(())
    }

    /// Applies those of these events that are unknown. Returns the time of the newest.
    async fn apply_listed(
        &self,
        events: &EventFeedPorts,
        listed: ListedEvents,
        sweep: &mut Sweep,
    ) -> Result<Option<Timestamp>, SweepError> {
        let ListedEvents {
            readable,
            unreadable,
        } = listed;
        if readable.is_empty() && unreadable.is_empty() {
            return Ok(None);
        }
        let newest = readable.iter().map(|event| event.at).max();
        let noted = unreadable.iter().map(EventId::unreadable);
        let ids: Vec<EventId> = readable
            .iter()
            .map(|event| event.id.clone())
            .chain(noted)
            .collect();
        let unknown = events.log.unknown(&ids).await?;
        for event in readable {
            if unknown.contains(&event.id) {
                sweep.count_caught_up(self.payments.apply(event).await?);
            }
        }
        for event in unreadable {
            if unknown.contains(&event.unreadable()) {
                self.raise(PaymentAlert::unreadable_event(&event), sweep)
                    .await?;
                self.note_unreadable(&event).await?;
            }
        }
        Ok(newest)
    }

    /// Records that an operator was told of an event that cannot be read.
    async fn note_unreadable(&self, event: &EventId) -> Result<(), SweepError> {
        let noted = PaymentEvent {
            id: event.unreadable(),
            at: self.payments.clock.now(),
            kind: PaymentEventKind::Other,
        };
        self.payments.apply(noted).await?;
        Ok(())
    }

    /// What happened long before the first sweep is not of this marketplace. Where the list begins is
    /// recorded before it is read: should the provider not answer for days, nothing is skipped.
    async fn read_until(
        &self,
        events: &EventFeedPorts,
        now: Timestamp,
    ) -> Result<Timestamp, SweepError> {
        if let Some(until) = events.log.read_until().await? {
            return Ok(until);
        }
        let first = self.policy.first_events(now);
        events.log.record_read(first).await?;
        Ok(first)
    }

    /// Asks for every session that can be paid, one after another. Those that have expired are asked for
    /// when they are ended.
    async fn ask_for_sessions(&self, sweep: &mut Sweep) -> Result<(), SweepError> {
        let now = self.payments.clock.now();
        let mut after = None;
        loop {
            let request = self.policy.payable_at(now, after);
            let found = self.backlog.payable(request).await?;
            let Some(last) = found.last() else {
                return Ok(());
            };
            after = Some(last.charge_id);
            for charge in found {
                match self.payments.gateway.session(&charge.session).await {
                    Ok(report) => {
                        let applied = self.payments.apply_report(charge.charge_id, report);
                        sweep.count_caught_up(applied.await?);
                    }
                    Err(error @ GatewayError::Refused(_)) => sweep.postpone(&error),
                    // The others would fail the same way: the next sweep asks for all of them.
                    Err(error @ (GatewayError::Unavailable(_) | GatewayError::Denied(_))) => {
                        sweep.postpone(&error);
                        return Ok(());
                    }
                }
            }
        }
    }
}

impl Sweep {
    fn count_caught_up(&mut self, applied: Applied) {
        match applied {
            Applied::Done => self.caught_up = self.caught_up.saturating_add(1),
            Applied::Repeated | Applied::Ignored => {}
            Applied::Alert(alerts) => self.alerts.extend(alerts),
        }
    }
}
