use udam_domain::id::{AccountId, ChargeId, OrderId, RefundId, TokenId};
use udam_domain::money::{Currency, Money};
use udam_domain::payment::{
    CheckoutSession, DisputeState, EventId, Payment, PaymentEvent, PaymentEventKind,
    ProviderReference, ReportedDispute,
};
use udam_domain::policy::{FindUnsent, SweepPolicy};
use udam_domain::time::{SignedDuration, Timestamp, after};
use udam_domain::{
    ApplyEvent, ChargeOrder, ChargeTab, OrderStore, PaymentBacklog, PaymentEventLog, PaymentStore,
};
use udam_postgres::{PgOrderStore, PgPaymentBacklog, PgPaymentEventLog, PgPaymentStore};
use uuid::Uuid;

use super::grown::{grown, new_year};
use crate::orders::market::{claim, fresh_uuid, lapsed, policy, session_policy};

/// Size of a sweep's claim.
const BATCH: u16 = 50;

fn event_of(kind: PaymentEventKind) -> ApplyEvent {
    let name = fresh_uuid().to_string();
    ApplyEvent {
        event: PaymentEvent {
            id: EventId::new(format!("evt_{name}")),
            at: new_year(),
            kind,
        },
        refund_id: RefundId::from_uuid(fresh_uuid()),
        token_id: TokenId::from_uuid(fresh_uuid()),
        at: new_year(),
    }
}

fn session_of(charge: ChargeId) -> ProviderReference {
    ProviderReference::new(format!("cs_{}", charge.uuid().simple()))
}

fn paid_of(charge_id: Option<ChargeId>, payment: Payment) -> ApplyEvent {
    event_of(PaymentEventKind::Paid {
        charge_id,
        session: charge_id.map(session_of).unwrap(),
        payment,
    })
}

/// Two charges that match, one for each plan mode, with the payment of each.
async fn two(condition: &str) -> Vec<(ChargeId, Payment)> {
    let statement = format!(
        "SELECT id, coalesce(payment, 'pi_of_' || id), order_minor + tab_minor FROM charges
        WHERE {condition} ORDER BY id DESC LIMIT 2"
    );
    let rows = grown().await.sql().await.query(&statement, &[]).await;
    let rows = rows.unwrap();
    let charge = |row: &tokio_postgres::Row| {
        let payment = Payment {
            reference: ProviderReference::new(row.get(1)),
            amount: Money::new(row.get(2), Currency::USD),
        };
        (ChargeId::from_uuid(row.get(0)), payment)
    };
    rows.iter().map(charge).collect()
}

#[tokio::test]
async fn a_payment_event_reads_only_its_charge_and_orders() {
    const PAID: &str = "state = 'paid' AND order_id IS NOT NULL AND refunded_minor = 0";
    // A charge of a week's tab has some fifty orders at most, each with its listing, token and charge.
    const MOST: u64 = 5 * 50;

    let of_orders = two("state = 'open' AND order_id IS NOT NULL").await;
    let of_tabs = two("state = 'open' AND order_id IS NULL").await;
    let over = two("state = 'closed' AND order_id IS NOT NULL AND payable").await;
    let paid = two(PAID).await;
    let earlier = "id < (SELECT id FROM charges ORDER BY id OFFSET 9000 LIMIT 1)";
    let disputed = two(&format!("{PAID} AND {earlier}")).await;
    let bounds = [
        ("audit::record", 0),
        ("orders::", MOST),
        ("payments::", MOST),
    ];
    let held = grown().await.hold(&bounds, async |pool, time| {
        let store = PgPaymentStore::new(pool, policy());
        for (charge, payment) in [&of_orders[time], &of_tabs[time]] {
            let (charge_id, payment) = (Some(*charge), payment.clone());
            store.apply(paid_of(charge_id, payment)).await.unwrap();
        }
        let charge_id = Some(over[time].0);
        store
            .apply(event_of(PaymentEventKind::Expired {
                charge_id,
                session: session_of(over[time].0),
            }))
            .await
            .unwrap();
        store
            .apply(event_of(PaymentEventKind::Failed {
                charge_id,
                session: session_of(over[time].0),
            }))
            .await
            .unwrap();
        let (payment, refunded) = (paid[time].1.reference.clone(), paid[time].1.amount);
        store
            .apply(event_of(PaymentEventKind::Refunded { payment, refunded }))
            .await
            .unwrap();
        let (payment, amount) = (&disputed[time].1.reference, disputed[time].1.amount);
        for state in [DisputeState::Open, DisputeState::Lost] {
            let dispute = ReportedDispute {
                reference: ProviderReference::new(format!("du_{time}")),
                amount,
                state,
                is_known: true,
            };
            let payment = payment.clone();
            let kind = PaymentEventKind::Dispute { payment, dispute };
            store.apply(event_of(kind)).await.unwrap();
        }
    });
    held.await;
}

#[tokio::test]
async fn opening_a_charge_reads_only_its_order_and_tab() {
    let grown = grown().await;
    let unsent = "SELECT id FROM orders WHERE state = 'awaiting_payment' AND charge_id IS NULL
        ORDER BY id LIMIT 2";
    let orders: Vec<Uuid> = grown.all(unsent, &[]).await;
    // A buyer with many paid charges and an open tab.
    let owing = "SELECT t.account_id FROM tabs t JOIN charges c ON c.buyer_id = t.account_id
        WHERE t.open_minor > 100 AND NOT EXISTS (
            SELECT FROM charges o WHERE o.buyer_id = t.account_id AND o.state = 'open'
        )
        GROUP BY t.account_id ORDER BY count(*) DESC, t.account_id LIMIT 2";
    let buyers: Vec<Uuid> = grown.all(owing, &[]).await;
    let bounds = [
        ("PgPaymentStore::record_session", 1),
        ("orders::", 5),
        ("payments::charge::", 3),
        ("payments::", 60),
    ];
    let held = grown.hold(&bounds, async |pool, time| {
        let store = PgPaymentStore::new(pool, policy());
        let request = ChargeOrder {
            charge_id: ChargeId::from_uuid(fresh_uuid()),
            order_id: OrderId::from_uuid(orders[time]),
            buyer_id: None,
            at: new_year(),
            network: None,
        };
        let charge = store.charge_order(request).await.unwrap();
        let session = CheckoutSession {
            reference: ProviderReference::new(format!("cs_of_{}", charge.id)),
            url: "https://pay.example.com/".to_owned(),
        };
        store.record_session(charge.id, session).await.unwrap();
        let request = ChargeTab {
            charge_id: ChargeId::from_uuid(fresh_uuid()),
            buyer_id: AccountId::from_uuid(buyers[time]),
            at: new_year(),
            network: None,
        };
        store.charge_tab(request).await.unwrap();
    });
    held.await;
}

#[tokio::test]
async fn unfinished_work_is_found_without_reading_finished_rows() {
    let grown = grown().await;
    // All charges that are open or may still be paid: those of about half an hour.
    let open = "SELECT count(*) FROM (
        SELECT FROM orders WHERE state = 'awaiting_payment'
        UNION ALL SELECT FROM charges WHERE payable) AS open";
    let open: Vec<i64> = grown.all(open, &[]).await;
    let most = 2 * u64::try_from(open[0]).unwrap();
    let batch = u64::from(BATCH);
    let known: Vec<String> = grown
        .all("SELECT id FROM payment_events LIMIT 50", &[])
        .await;
    let events: Vec<EventId> = known.into_iter().map(EventId::new).collect();
    let bounds = [
        ("PgPaymentBacklog::overdue", most),
        ("PgPaymentBacklog::payable", most),
        ("PgPaymentBacklog::postpone_refund", 2),
        ("PgPaymentBacklog::refunds_owed", 3 * batch),
        ("PgPaymentEventLog::read_until", 1),
        ("PgPaymentEventLog::record_read", 0),
        ("PgPaymentEventLog::unknown", batch),
        ("PgPaymentBacklog::unsent", most),
        ("orders::moves::lapsed", most),
        ("orders::", 5 * batch),
        ("payments::", 5 * batch),
    ];
    let later = |time: usize| -> Timestamp {
        let minutes = 15 * i64::try_from(time + 1).unwrap();
        after(new_year(), SignedDuration::from_mins(minutes))
    };
    let held = grown.hold(&bounds, async |pool, time| {
        let backlog = PgPaymentBacklog::new(pool.clone());
        let unsent = FindUnsent {
            limit: BATCH,
            ..SweepPolicy::default().unsent_at(new_year())
        };
        backlog.unsent(unsent).await.unwrap();
        let payable = SweepPolicy::default().payable_at(new_year(), None);
        assert!(!backlog.payable(payable).await.unwrap().is_empty());
        let overdue = backlog.overdue(claim(later(time), BATCH)).await.unwrap();
        backlog
            .close(overdue[0].charge_id, later(time))
            .await
            .unwrap();
        let owed = backlog
            .refunds_owed(claim(later(time), BATCH))
            .await
            .unwrap();
        let is_owed = backlog.postpone_refund(owed[0].id, new_year()).await;
        assert!(is_owed.unwrap());
        let log = PgPaymentEventLog::new(pool.clone());
        assert!(log.unknown(&events).await.unwrap().is_empty());
        log.record_read(new_year()).await.unwrap();
        assert!(log.read_until().await.unwrap() >= Some(new_year()));
        let orders = PgOrderStore::new(pool, policy(), session_policy());
        assert!(
            !orders
                .release_lapsed(lapsed(later(time), BATCH))
                .await
                .unwrap()
                .is_empty()
        );
    });
    held.await;
}
