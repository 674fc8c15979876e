//! Searches and stories for operators.

use std::collections::BTreeSet;

use udam_domain::administration::{
    AccountStory, Hit, HitKind, OrderStory, Role, StoryEntry, StoryId, StoryPosition, StorySource,
};
use udam_domain::audit::{AuditAction, AuditQuery};
use udam_domain::id::{AccountId, ChargeId, OrderId, RefundId, TokenId};
use udam_domain::order::{Order, OrderState, PlaceOrder, RefundOrder, RefundedBy, ReturnedUnits};
use udam_domain::page::{PageLimit, PageRequest};
use udam_domain::payment::{
    Charge, ChargeState, CheckoutSession, EventId, Payment, PaymentEvent, PaymentEventKind,
    ProviderReference,
};
use udam_domain::token::TokenState;
use udam_domain::{
    ApplyEvent, AuditReader, ChangeOrderError, ChargeOrder, OrderStore, PaymentStore, StoryReader,
};
use udam_postgres::{PgAuditTrail, PgStoryReader};

use crate::administration::operator;
use crate::orders::market::{Market, Party, at, dollars, fresh_uuid, order_for};

/// An order of 20.00 that was paid through the provider.
struct Paid {
    market: Market,
    seller: Party,
    buyer: Party,
    order: Order,
    charge: Charge,
}

fn session() -> ProviderReference {
    ProviderReference::new("cs_1".to_owned())
}

impl Paid {
    async fn new() -> Self {
        let market = Market::new().await;
        let (seller, buyer) = (market.party().await, market.party().await);
        let listing = market.listing(seller, 1_000, 5).await;
        let placed: PlaceOrder = order_for(buyer, listing, 2);
        let order = market.orders.place(placed).await.unwrap().order;
        let request = ChargeOrder {
            charge_id: ChargeId::from_uuid(fresh_uuid()),
            order_id: order.id,
            buyer_id: Some(buyer.id),
            at: at(10),
            network: None,
        };
        let charge = market.payments.charge_order(request).await.unwrap();
        let opened = CheckoutSession {
            reference: session(),
            url: "https://pay.example.com/1".to_owned(),
        };
        market
            .payments
            .record_session(charge.id, opened)
            .await
            .unwrap();
        let paid = ApplyEvent {
            event: PaymentEvent {
                id: EventId::new("evt_1".to_owned()),
                at: at(20),
                kind: PaymentEventKind::Paid {
                    charge_id: Some(charge.id),
                    session: session(),
                    payment: Payment {
                        reference: ProviderReference::new("pi_1".to_owned()),
                        amount: dollars(2_000),
                    },
                },
            },
            refund_id: RefundId::from_uuid(fresh_uuid()),
            token_id: TokenId::from_uuid(fresh_uuid()),
            at: at(21),
        };
        market.payments.apply(paid).await.unwrap();
        Self {
            market,
            seller,
            buyer,
            order,
            charge,
        }
    }

    fn reader(&self) -> PgStoryReader {
        PgStoryReader::new(self.market.pool.clone())
    }

    async fn story(&self) -> OrderStory {
        let story = self.reader().order(self.order.id, whole()).await;
        story.unwrap().unwrap()
    }

    async fn account(&self, id: AccountId, page: PageRequest<StoryPosition>) -> AccountStory {
        self.reader().account(id, page).await.unwrap().unwrap()
    }

    async fn find(&self, name: &str) -> Vec<(HitKind, StoryId)> {
        let hits = self.reader().find(&name.parse().unwrap()).await.unwrap();
        let found = |hit: Hit| (hit.kind, hit.story);
        hits.into_iter().map(found).collect()
    }

    /// Refunds the order for an operator in this role.
    async fn refund_as(&self, role: Role) -> Result<Order, ChangeOrderError> {
        let by = operator(&self.market.database, role).await;
        let refund = RefundOrder {
            order_id: self.order.id,
            by: RefundedBy::Operator(by, "The seller does not answer.".parse().unwrap()),
            at: at(30),
            units: ReturnedUnits::ForSale,
            refund_id: RefundId::from_uuid(fresh_uuid()),
        };
        self.market.orders.refund(refund).await
    }
}

fn whole() -> PageRequest<StoryPosition> {
    PageRequest {
        after: None,
        limit: PageLimit::MAX,
    }
}

fn told(entries: &[StoryEntry]) -> Vec<&str> {
    entries.iter().map(|entry| entry.what.as_str()).collect()
}

#[tokio::test]
async fn a_thing_is_found_by_each_of_its_names_and_by_no_part_of_one() {
    let paid = Paid::new().await;
    let order = StoryId::Order(paid.order.id);
    let story = paid.story().await;
    let token = story.token.as_ref().unwrap().id;
    let seller = StoryId::Account(paid.seller.id);
    let listing = StoryId::Listing(paid.order.listing_id);
    for (name, kind, told) in [
        (paid.order.id.to_string(), HitKind::Order, &order),
        (paid.order.id.uuid().to_string(), HitKind::Order, &order),
        (token.to_string(), HitKind::Token, &order),
        (paid.charge.id.to_string(), HitKind::Payment, &order),
        (
            paid.order.listing_id.to_string(),
            HitKind::Listing,
            &listing,
        ),
        (paid.seller.id.to_string(), HitKind::Account, &seller),
        (story.seller.to_string(), HitKind::Account, &seller),
        (
            story.seller.to_string().to_uppercase(),
            HitKind::Account,
            &seller,
        ),
    ] {
        assert_eq!(paid.find(&name).await, [(kind, told.clone())], "{name}");
    }
    for reference in ["pi_1", "cs_1"] {
        let expected = [
            (HitKind::Payment, order.clone()),
            (HitKind::Order, order.clone()),
        ];
        assert_eq!(paid.find(reference).await, expected, "{reference}");
    }
    let event = StoryId::Event(EventId::new("evt_1".to_owned()));
    assert_eq!(paid.find("evt_1").await, [(HitKind::Event, event)]);
    let email = story.buyer.to_string();
    for name in ["pi_", "pi_12", "evt", &email[1..], "example.com", "%", ""] {
        assert_eq!(paid.find(name).await, [], "{name}");
    }
    let other_kind = TokenId::from_uuid(paid.order.id.uuid()).to_string();
    assert_eq!(paid.find(&other_kind).await, []);
}

#[tokio::test]
async fn an_order_has_its_facts_and_all_that_has_happened_newest_first() {
    let paid = Paid::new().await;
    let story = paid.story().await;
    assert_eq!(story.order.state, OrderState::Fulfilled);
    let charge = story.charge.unwrap();
    assert_eq!(
        (charge.id, charge.state),
        (paid.charge.id, ChargeState::Paid)
    );
    assert_eq!((charge.total, charge.tab), (dollars(2_000), dollars(0)));
    assert_eq!(charge.session, Some(session()));
    assert_eq!(charge.payment.unwrap().as_str(), "pi_1");
    assert_eq!(story.token.unwrap().state, TokenState::Active);
    let entries = &story.history.items;
    assert!(entries.is_sorted_by_key(|entry| std::cmp::Reverse(entry.position)));
    assert_eq!(
        told(entries),
        [
            "event_paid",
            "token_issued",
            "payment_arrived",
            "payment_opened",
            "order_placed",
        ]
    );
    let event = &entries[0];
    assert_eq!(event.id.as_deref(), Some("evt_1"));
    assert_eq!(event.state.as_deref(), Some("applied"));
    let unknown = OrderId::from_uuid(fresh_uuid());
    let none = paid.reader().order(unknown, whole()).await;
    assert_eq!(none.unwrap(), None);
}

#[tokio::test]
async fn an_operators_refund_is_told_with_who_why_before_and_after() {
    let paid = Paid::new().await;
    let refused = paid.refund_as(Role::Support).await;
    assert!(matches!(refused, Err(ChangeOrderError::NotAllowed(_))));
    for _ in 0..2 {
        let refunded = paid.refund_as(Role::Operator).await.unwrap();
        assert_eq!(refunded.state, OrderState::Refunded);
    }
    let entries = paid.story().await.history.items;
    let of = |source| {
        let entries = entries.iter();
        let found: Vec<_> = entries
            .filter(|entry| entry.position.source == source)
            .collect();
        found
    };
    let audited = of(StorySource::Audit);
    assert_eq!(audited.len(), 1, "{audited:#?}");
    let record = audited[0];
    assert_eq!(record.what, "order_refunded");
    assert_eq!(record.note.as_deref(), Some("The seller does not answer."));
    let states = (record.was.as_deref(), record.state.as_deref());
    assert_eq!(states, (Some("fulfilled"), Some("refunded")));
    assert!(record.by.is_some_and(|by| by != paid.seller.id));
    let refunds = of(StorySource::Refund);
    assert_eq!(refunds.len(), 1);
    assert_eq!(refunds[0].amount, Some(dollars(2_000)));
    assert_eq!(refunds[0].state.as_deref(), Some("owed"));
    paid.market.assert_consistent().await;
}

#[tokio::test]
async fn pages_of_a_history_have_each_entry_once_also_of_one_instant() {
    let paid = Paid::new().await;
    let buyer = paid.buyer.id;
    // Thirty records of one instant, by the account and about it, which the first and the last page cut through.
    paid.market
        .database
        .run(
            "INSERT INTO audit_events (at, action, account_id, subject_id)
            SELECT $1, 'name_changed', CASE WHEN n % 3 > 0 THEN $2::uuid END, $2
            FROM generate_series(1, 30) AS n",
            &[&at(1), &buyer.uuid()],
        )
        .await;
    paid.market
        .database
        .run(
            "INSERT INTO mails (kind, subject, account_id, written_at, due_at)
            VALUES ('payment_receipt', $1, $2, $3, $3)",
            &[&paid.charge.id.uuid().to_string(), &buyer.uuid(), &at(1)],
        )
        .await;
    let everything = paid.account(buyer, whole()).await.history.items;
    let sources: BTreeSet<_> = everything
        .iter()
        .map(|entry| entry.position.source)
        .collect();
    let expected = [
        StorySource::Audit,
        StorySource::Order,
        StorySource::Payment,
        StorySource::Mail,
    ];
    assert_eq!(sources, BTreeSet::from(expected));
    for limit in [1, 4, 7, 33] {
        let mut read = Vec::new();
        let mut page = PageRequest {
            after: None,
            limit: PageLimit::new(limit).unwrap(),
        };
        loop {
            let history = paid.account(buyer, page).await.history;
            read.extend(history.items);
            page.after = history.next;
            if history.next.is_none() {
                break;
            }
        }
        assert_eq!(read, everything, "pages of {limit}");
    }
}

#[tokio::test]
async fn an_account_and_a_listing_have_their_facts_and_histories() {
    let paid = Paid::new().await;
    let story = paid.account(paid.buyer.id, whole()).await;
    assert_eq!(story.account.id, paid.buyer.id);
    assert_eq!((story.tab, story.role), (dollars(0), None));
    assert_eq!(story.paid_at, Some(at(21)));
    let listing = paid.order.listing_id;
    paid.market.restock(listing, paid.seller.id, 10).await;
    let story = paid.reader().listing(listing, whole()).await.unwrap();
    let story = story.unwrap();
    assert_eq!(story.seller_id, paid.seller.id);
    assert_eq!((story.available.get(), story.sold), (13, 2));
    let entries = &story.history.items;
    assert_eq!(entries[0].note.as_deref(), Some("+10 units"));
    assert_eq!(
        told(entries),
        ["units_changed", "units_changed", "listing_published"]
    );
    let secrets = format!("{story:?}");
    assert!(!secrets.contains("sealed"), "{secrets}");
}

#[tokio::test]
async fn the_audit_trail_is_searched_by_any_of_what_it_has() {
    let paid = Paid::new().await;
    paid.refund_as(Role::Operator).await.unwrap();
    let trail = PgAuditTrail::new(paid.market.pool.clone());
    let search = async |query: AuditQuery| {
        let mut page = PageRequest {
            after: None,
            limit: PageLimit::new(1).unwrap(),
        };
        let mut found = Vec::new();
        loop {
            let read = trail.search(query, page).await.unwrap();
            found.extend(read.items);
            page.after = read.next;
            if read.next.is_none() {
                break;
            }
        }
        assert!(found.is_sorted_by_key(|record| std::cmp::Reverse((record.at, record.number))));
        let actions: Vec<_> = found.iter().map(|record| record.action).collect();
        actions
    };
    let (all, order) = (AuditQuery::default(), Some(paid.order.id));
    let refunded = AuditAction::OrderRefunded;
    let published = AuditAction::ListingPublished;
    assert_eq!(search(AuditQuery { order, ..all }).await, [refunded]);
    let listing = Some(paid.order.listing_id);
    assert_eq!(search(AuditQuery { listing, ..all }).await, [published]);
    let both = AuditQuery {
        listing,
        order,
        ..all
    };
    assert_eq!(search(both).await, []);
    let account = Some(paid.seller.id);
    let logged_in = AuditAction::LoggedIn;
    let of_seller = search(AuditQuery { account, ..all }).await;
    assert_eq!(of_seller, [published, logged_in]);
    let action = Some(refunded);
    assert_eq!(search(AuditQuery { action, ..all }).await, [refunded]);
    let other = AuditQuery {
        account,
        action,
        ..all
    };
    assert_eq!(search(other).await, []);
    let other_of_order = AuditQuery {
        account,
        order,
        ..all
    };
    assert_eq!(search(other_of_order).await, []);
    let later = AuditQuery {
        since: Some(at(30)),
        until: Some(at(31)),
        ..all
    };
    assert_eq!(search(later).await, [refunded]);
    let everything = search(all).await;
    let numbers = paid.market.database.count("audit_events").await;
    assert_eq!(i64::try_from(everything.len()).unwrap(), numbers);
}
