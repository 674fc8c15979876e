//! The data, and what several ports read of it.

use std::collections::{BTreeMap, HashMap, HashSet};

use udam_domain::account::{NameSkeleton, Network, NetworkDay, NewAccount};
use udam_domain::audit::{Actor, AuditAction};
use udam_domain::complaint::Complaint;
use udam_domain::id::{AccountId, ChargeId, ListingId, OrderId, RefundId, TokenId};
use udam_domain::money::Money;
use udam_domain::order::{
    IdempotencyKey, LetGo, Order, OrderState, PaymentRoute, Tab, payment_url,
};
use udam_domain::page::{Page, PageRequest};
use udam_domain::payment::{ChargeState, EventId, earns_credit};
use udam_domain::time::Timestamp;
use udam_domain::token::Token;
use udam_domain::{RaisedAlert, StoreError};

use super::rows::{AuditRecord, ChargeRow, KeptEvent, ListingRow, OrderRow, RefundRow};

/// Whose sessions are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum SessionsOf {
    Account(AccountId),
    /// Buyers of the network who have never paid.
    Network(Network),
}

#[derive(Clone, Default)]
pub(super) struct Data {
    pub(super) accounts: BTreeMap<AccountId, NewAccount>,
    /// What the names of sellers look like.
    pub(super) taken_names: HashMap<AccountId, NameSkeleton>,
    pub(super) tabs: HashMap<AccountId, Money>,
    pub(super) let_go_holds: HashMap<(AccountId, ListingId), LetGo>,
    /// Amounts that buyers who have never paid have put on their tabs.
    pub(super) networks: HashMap<NetworkDay, Money>,
    pub(super) listings: BTreeMap<ListingId, ListingRow>,
    pub(super) orders: BTreeMap<OrderId, OrderRow>,
    pub(super) keys: HashMap<(AccountId, IdempotencyKey), OrderId>,
    pub(super) tokens: BTreeMap<TokenId, Token>,
    pub(super) charges: BTreeMap<ChargeId, ChargeRow>,
    pub(super) refunds: BTreeMap<RefundId, RefundRow>,
    pub(super) events: HashSet<EventId>,
    /// Times at which sessions of accounts and of networks were opened.
    pub(super) opened_sessions: HashMap<SessionsOf, Vec<Timestamp>>,
    pub(super) kept: Vec<KeptEvent>,
    pub(super) read_until: Option<Timestamp>,
    pub(super) alerts: Vec<RaisedAlert>,
    /// Complaints, each with the account that has sent it; resolved with their alerts.
    pub(super) complaints: Vec<(AccountId, Complaint)>,
    audit: Vec<AuditRecord>,
}

impl Data {
    /// Whether a seller other than this account has a name that looks like this.
    pub(super) fn is_taken(&self, skeleton: &NameSkeleton, own: AccountId) -> bool {
        let mut taken = self.taken_names.iter();
        taken.any(|(seller, taken)| *seller != own && taken == skeleton)
    }

    pub(super) fn record(&mut self, action: AuditAction, actor: Actor, at: Timestamp) {
        let account_id = Some(actor.account_id);
        self.audit.push(AuditRecord {
            action,
            account_id,
            at,
        });
    }

    /// Records what the payment provider has reported.
    pub(super) fn record_report(&mut self, action: AuditAction, at: Timestamp) {
        self.audit.push(AuditRecord {
            action,
            account_id: None,
            at,
        });
    }

    /// An order with its token and its payment, as they are now.
    pub(super) fn order(&self, id: OrderId) -> Option<Order> {
        let row = self.orders.get(&id)?;
        let mut order = row.order.clone();
        let token = self.tokens.values().find(|token| token.order_id == id);
        order.token_id = token.map(|token| token.id);
        order.fulfilled_at = token.map(|token| token.created_at);
        if let Some(listing) = self.listings.get(&order.listing_id) {
            order.service_name = listing.published.details.service_name.clone();
        }
        let charge = row.charge.and_then(|charge| self.charges.get(&charge));
        let session = charge.and_then(|charge| charge.charge.session.clone());
        let awaits = order.state == OrderState::AwaitingPayment;
        order.tab_carried = charge.filter(|_| awaits).map(|row| row.charge.tab);
        order.paid_at = charge.and_then(|row| row.paid_at);
        order.payment_url = payment_url(session.map(|session| session.url), order.state);
        Some(order)
    }

    /// The buyer's orders on the tab that no charge carries.
    pub(super) fn uncarried(&self, buyer: AccountId) -> impl Iterator<Item = &Order> {
        let on_tab = move |row: &&OrderRow| {
            row.order.buyer_id == buyer
                && row.order.route == PaymentRoute::Tab
                && row.order.state == OrderState::Fulfilled
                && row.charge.is_none()
        };
        self.orders.values().filter(on_tab).map(|row| &row.order)
    }

    pub(super) fn tab(&self, buyer_id: AccountId) -> Option<Tab> {
        let open = *self.tabs.get(&buyer_id)?;
        let mut charges = self.charges.values();
        Some(Tab {
            buyer_id,
            open,
            owed_since: self.owed_since(buyer_id),
            has_paid: charges.any(|row| {
                row.charge.buyer_id == buyer_id && earns_credit(row.state, &row.disputes)
            }),
        })
    }

    /// Time of the buyer's oldest order on the tab that no payment has cleared.
    fn owed_since(&self, buyer: AccountId) -> Option<Timestamp> {
        self.on_tab(buyer).map(|row| row.order.created_at).min()
    }

    /// The buyer's orders on the tab that no payment has cleared, the oldest first.
    pub(super) fn on_tab(&self, buyer: AccountId) -> impl DoubleEndedIterator<Item = &OrderRow> {
        self.orders.values().filter(move |row| {
            let paid = row.charge.and_then(|charge| self.charges.get(&charge));
            row.order.buyer_id == buyer
                && row.order.route == PaymentRoute::Tab
                && row.order.state == OrderState::Fulfilled
                && paid.is_none_or(|charge| charge.state != ChargeState::Paid)
        })
    }

    pub(super) fn take_off_tab(
        &mut self,
        buyer: AccountId,
        amount: Money,
    ) -> Result<(), StoreError> {
        let tab = self.tabs.get_mut(&buyer).ok_or_else(missing)?;
        *tab = tab.checked_sub(amount)?;
        Ok(())
    }
}

/// The page of these items, which come the newest first.
pub(super) fn page<T, P: Copy + Ord>(
    newest_first: impl Iterator<Item = T>,
    request: PageRequest<P>,
    id: impl Fn(&T) -> P,
) -> Page<T, P> {
    let items = page_rows(newest_first, request, &id);
    Page::from_surplus(items, request.limit, id)
}

/// The items of a page, and one more if others follow.
pub(super) fn page_rows<T, P: Copy + Ord>(
    newest_first: impl Iterator<Item = T>,
    request: PageRequest<P>,
    id: impl Fn(&T) -> P,
) -> Vec<T> {
    let with_surplus = usize::from(request.limit.get()).saturating_add(1);
    let rest = newest_first.filter(|item| request.after.is_none_or(|after| id(item) < after));
    rest.take(with_surplus).collect()
}

/// A row that has to be there and is not.
pub(super) fn missing() -> StoreError {
    StoreError::Failed("a row that has to be there is missing".into())
}
