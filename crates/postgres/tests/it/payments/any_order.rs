//! Property: after any sequence of purchases, payments, cancellations, refunds and disputes, with events in
//! any order, each amount paid has fulfilled an order or is refunded, and `udam verify` finds nothing.

mod steps;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use tokio::runtime::Runtime;
use udam_domain::id::{ChargeId, ListingId, OrderId, RefundId, TokenId};
use udam_domain::order::{
    CancelOrder, CanceledBy, OrderState, RefundOrder, RefundedBy, ReturnedUnits,
};
use udam_domain::payment::{
    DisputeState, EventId, PaymentEvent, PaymentEventKind, ProviderReference, RefundOutcome,
    ReportedRefund, SessionStatus,
};
use udam_domain::{
    Applied, ApplyEvent, ChargeOrder, ChargeTab, OrderReader, OrderStore, PaymentBacklog,
    PaymentStore,
};

use super::provider::Provider;
use super::replays::{fingerprint, replay};
use crate::orders::market::{Market, Party, actor, at, claim, fresh_uuid, lapsed, order_for};
use steps::{Step, steps};

const CASES: u32 = 60;
const BUYERS: usize = 2;

struct SystemUnderTest<'m> {
    market: &'m Market,
    provider: Provider,
    seller: Party,
    buyers: Vec<Party>,
    listings: Vec<ListingId>,
    orders: Vec<(OrderId, Party)>,
    now: i64,
}

#[test]
fn money_and_units_balance_whatever_the_order_of_events() {
    let runtime = Runtime::new().unwrap();
    let market = runtime.block_on(Market::new());
    let config = Config {
        cases: CASES,
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new(config)
        .run(&steps(), |steps| runtime.block_on(play(&market, &steps)))
        .unwrap();
}

async fn play(market: &Market, steps: &[Step]) -> Result<(), TestCaseError> {
    let mut system = SystemUnderTest::new(market).await;
    for step in steps {
        system.step(step).await;
    }
    system.deliver_and_sweep_all().await;
    market.assert_consistent().await;
    system.assert_all_money_accounted_for().await?;
    system.assert_replays_change_nothing().await
}

impl<'m> SystemUnderTest<'m> {
    async fn new(market: &'m Market) -> Self {
        let seller = market.party().await;
        let mut buyers = Vec::new();
        for _ in 0..BUYERS {
            buyers.push(market.party().await);
        }
        let mut listings = Vec::new();
        for (price, units) in [(90, 20), (400, 6), (900, 5), (2_000, 3)] {
            listings.push(market.listing(seller, price, units).await);
        }
        let (provider, orders) = (Provider::default(), Vec::new());
        Self {
            market,
            provider,
            seller,
            buyers,
            listings,
            orders,
            now: 1,
        }
    }

    async fn step(&mut self, step: &Step) {
        let sessions = self.provider.sessions.len();
        let pick = |session: usize| session.checked_rem(sessions);
        match *step {
            Step::Buy {
                buyer,
                listing,
                units,
            } => self.buy(buyer, listing, units).await,
            Step::Charge { order } => self.charge(order).await,
            Step::ChargeTab { buyer } => self.charge_tab(buyer).await,
            Step::Pay { session, late } => {
                if let Some(session) = pick(session) {
                    self.provider.pay(session, late);
                }
            }
            Step::ExpireAtProvider { session } => {
                if let Some(session) = pick(session) {
                    self.provider.expire(session);
                }
            }
            Step::Deliver { event } => {
                if let Some(index) = event.checked_rem(self.provider.events.len()) {
                    self.deliver(self.provider.events[index].clone()).await;
                }
            }
            Step::Cancel { order } => self.cancel(order).await,
            Step::Refund { order, returned } => self.refund(order, returned).await,
            Step::RefundByOperator { session, amount } => {
                if let Some(session) = pick(session) {
                    self.provider.refund_by_operator(session, amount);
                }
            }
            Step::FailRefund { session } => {
                if let Some(session) = pick(session) {
                    self.provider.fail_refund(session);
                }
            }
            Step::Dispute {
                session,
                amount,
                inquiry,
            } => {
                if let Some(session) = pick(session) {
                    let state = if inquiry {
                        DisputeState::Inquiry
                    } else {
                        DisputeState::Open
                    };
                    self.provider.dispute(session, amount, state);
                }
            }
            Step::Decide { session, state } => {
                if let Some(session) = pick(session) {
                    self.provider.decide(session, state);
                }
            }
            Step::Wait { seconds } => self.now += seconds,
            Step::Sweep(outcome) => self.sweep(outcome).await,
        }
    }

    async fn buy(&mut self, buyer: usize, listing: usize, units: i64) {
        let buyer = self.buyers[buyer];
        let listing = self.listings[listing % self.listings.len()];
        let mut order = order_for(buyer, listing, units);
        order.placed_at = at(self.now);
        if let Ok(placed) = self.market.orders.place(order).await {
            self.orders.push((placed.order.id, buyer));
        }
    }

    async fn charge(&mut self, order: usize) {
        let Some(index) = order.checked_rem(self.orders.len()) else {
            return;
        };
        let (order_id, buyer) = self.orders[index];
        let charge_id = ChargeId::from_uuid(fresh_uuid());
        let request = ChargeOrder {
            charge_id,
            order_id,
            buyer_id: Some(buyer.id),
            at: at(self.now),
            network: None,
        };
        if let Ok(charge) = self.market.payments.charge_order(request).await {
            let session = self.provider.open(&charge);
            self.market
                .payments
                .record_session(charge.id, session)
                .await
                .unwrap();
        }
    }

    async fn charge_tab(&mut self, buyer: usize) {
        let charge_id = ChargeId::from_uuid(fresh_uuid());
        let buyer_id = self.buyers[buyer].id;
        let request = ChargeTab {
            charge_id,
            buyer_id,
            at: at(self.now),
            network: None,
        };
        if let Ok(charge) = self.market.payments.charge_tab(request).await {
            let session = self.provider.open(&charge);
            self.market
                .payments
                .record_session(charge.id, session)
                .await
                .unwrap();
        }
    }

    async fn deliver(&self, event: PaymentEvent) -> Applied {
        let event = ApplyEvent {
            event,
            refund_id: RefundId::from_uuid(fresh_uuid()),
            token_id: TokenId::from_uuid(fresh_uuid()),
            at: at(self.now),
        };
        self.market.payments.apply(event).await.unwrap()
    }

    async fn cancel(&self, order: usize) {
        let Some(index) = order.checked_rem(self.orders.len()) else {
            return;
        };
        let (order_id, buyer) = self.orders[index];
        let buyer = actor(buyer.id);
        let _ = self
            .market
            .orders
            .cancel(CancelOrder {
                order_id,
                by: CanceledBy::Party(buyer),
                at: at(self.now),
            })
            .await;
    }

    async fn refund(&self, order: usize, returned: bool) {
        let Some(index) = order.checked_rem(self.orders.len()) else {
            return;
        };
        let units = if returned {
            ReturnedUnits::ForSale
        } else {
            ReturnedUnits::StaySold
        };
        let refund = RefundOrder {
            order_id: self.orders[index].0,
            by: RefundedBy::Seller(actor(self.seller.id)),
            at: at(self.now),
            units,
            refund_id: RefundId::from_uuid(fresh_uuid()),
        };
        let _ = self.market.orders.refund(refund).await;
    }

    /// Sweeps once, as the reconciler does.
    async fn sweep(&mut self, outcome: RefundOutcome) {
        let backlog = &self.market.backlog;
        for overdue in backlog.overdue(claim(at(self.now), 100)).await.unwrap() {
            let Some(session) = self.session_of(overdue.charge_id) else {
                continue;
            };
            let report = self.provider.expire(session);
            if let SessionStatus::Paid(payment) = report.status {
                let charge_id = Some(overdue.charge_id);
                let id = EventId::new(format!("paid:{}", overdue.charge_id));
                let kind = PaymentEventKind::Paid {
                    charge_id,
                    session: report.reference,
                    payment,
                };
                self.deliver(PaymentEvent {
                    id,
                    at: at(self.now),
                    kind,
                })
                .await;
            }
            backlog
                .close(overdue.charge_id, at(self.now))
                .await
                .unwrap();
        }
        self.market
            .orders
            .release_lapsed(lapsed(at(self.now), 100))
            .await
            .unwrap();
        let owed = backlog.refunds_owed(claim(at(self.now), 100)).await;
        for due in owed.unwrap() {
            let Some(session) = self.session_of(due.charge_id) else {
                continue;
            };
            if let Some(refund) = self.provider.give(session, &due, outcome) {
                self.report(due.payment, refund).await;
                continue;
            }
            for refund in self.provider.sessions[session].refunds.clone() {
                self.report(due.payment.clone(), refund).await;
            }
            backlog.postpone_refund(due.id, at(self.now)).await.unwrap();
        }
    }

    /// Applies the provider's answer about a refund.
    async fn report(&self, payment: ProviderReference, refund: ReportedRefund) {
        let id = format!("refund:{}:{}", refund.reference, refund.outcome);
        self.deliver(PaymentEvent {
            id: EventId::new(id),
            at: at(self.now),
            kind: PaymentEventKind::Refund { payment, refund },
        })
        .await;
    }

    fn session_of(&self, charge: ChargeId) -> Option<usize> {
        self.provider
            .sessions
            .iter()
            .position(|session| session.charge_id == charge)
    }

    /// Delivers every event, the newest first, and sweeps until nothing is left. Disputes that are open are won.
    async fn deliver_and_sweep_all(&mut self) {
        for session in 0..self.provider.sessions.len() {
            for dispute in self.provider.sessions[session].disputes.clone() {
                if dispute.state == DisputeState::Open {
                    self.provider.win(session, &dispute.reference);
                }
            }
        }
        for _ in 0..4 {
            for event in self.provider.events.clone().into_iter().rev() {
                self.deliver(event).await;
            }
            self.now += 30 * 3_600;
            self.sweep(RefundOutcome::Given).await;
        }
        for event in self.provider.events.clone() {
            self.deliver(event).await;
        }
    }

    /// What the provider says has gone back is on record, and what was paid is kept or has gone back.
    async fn assert_all_money_accounted_for(&self) -> Result<(), TestCaseError> {
        for session in &self.provider.sessions {
            let (refunded, lost, owed) = self.market.gone_of(session.charge_id).await;
            if !session.paid {
                prop_assert_eq!(self.market.state_of(session.charge_id).await, "closed");
                prop_assert_eq!((refunded, lost, owed), (0, 0, 0));
                continue;
            }
            prop_assert_eq!(self.market.state_of(session.charge_id).await, "paid");
            let gone = (session.refunded(), session.lost());
            prop_assert_eq!((refunded, lost), gone, "{:?}", session);
            let kept = self.market.fulfilled_total(session.charge_id).await;
            prop_assert!(
                kept + refunded + lost + owed >= session.total,
                "{session:?}"
            );
            prop_assert!(owed == 0 || session.is_contested(), "{owed} of {session:?}");
            if session.refunds.is_empty() && session.disputes.is_empty() {
                prop_assert_eq!(kept, session.total);
            }
        }
        for (id, buyer) in &self.orders {
            let order = self
                .market
                .reader
                .find(*id, buyer.id)
                .await
                .unwrap()
                .unwrap();
            prop_assert_ne!(order.state, OrderState::AwaitingPayment);
        }
        Ok(())
    }

    /// Everything that the provider has ever said is said again, in either direction.
    async fn assert_replays_change_nothing(&self) -> Result<(), TestCaseError> {
        let before = fingerprint(self.market).await;
        let events = &self.provider.events;
        for event in events.iter().chain(events.iter().rev()) {
            replay(self.market, event).await.unwrap();
            prop_assert_eq!(&fingerprint(self.market).await, &before, "{:?}", event);
        }
        Ok(())
    }
}
