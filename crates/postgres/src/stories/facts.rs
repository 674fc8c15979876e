//! Reading what orders, accounts and listings are now.

use tokio_postgres::Row;
use udam_domain::StoreError;
use udam_domain::administration::{
    AccountStory, ChargeFacts, History, ListingStory, OrderStory, TokenFacts,
};
use udam_domain::gateway::TermsVersion;
use udam_domain::id::{AccountId, ChargeId, ListingId, OrderId, TokenId};
use udam_domain::money::Money;
use udam_domain::page::Page;

use super::history::OrderParts;
use crate::account_row::account;
use crate::columns::Columns;
use crate::error::Unreadable;
use crate::orders::{order, order_columns, order_joins};
use crate::pool::Client;

/// What has happened is read afterwards.
const UNREAD: History = Page {
    items: Vec::new(),
    next: None,
};

const ORDER: &str = concat!(
    "-- stories::order\nSELECT",
    order_columns!(),
    ",
    b.email AS buyer_email, s.email AS seller_email, o.charge_id, c.order_minor, c.session, c.payment, c.payable,
    c.refunded_minor AS charge_refunded_minor, c.created_at AS charge_created_at, c.expires_at AS charge_expires_at,
    t.state AS token_state, t.units AS token_units, t.expires_at AS token_expires_at, t.revealed_at, n.left_units",
    order_joins!(),
    "LEFT JOIN token_balances n ON n.token_id = t.id
JOIN accounts b ON b.id = o.buyer_id
JOIN accounts s ON s.id = o.seller_id
WHERE o.id = $1"
);

/// The order without its history, and what of it the history is read by.
pub(super) async fn order_facts(
    client: &Client,
    id: OrderId,
) -> Result<Option<(OrderStory, OrderParts)>, StoreError> {
    let Some(row) = client.row(ORDER, &[&id.uuid()]).await? else {
        return Ok(None);
    };
    let story = order_story(&row)?;
    let charge = story.charge.as_ref();
    let payment = charge.and_then(|charge| charge.payment.as_ref());
    let parts = OrderParts {
        order: id,
        charge: charge.map(|charge| charge.id),
        payment: payment.map(ToString::to_string),
        token: story.order.token_id,
    };
    Ok(Some((story, parts)))
}

fn order_story(row: &Row) -> Result<OrderStory, Unreadable> {
    let order = order(row)?;
    let charge = match row.read::<Option<ChargeId>>("charge_id")? {
        Some(id) => Some(charge_facts(row, id)?),
        None => None,
    };
    let token = match order.token_id {
        Some(id) => Some(token_facts(row, id)?),
        None => None,
    };
    Ok(OrderStory {
        order,
        buyer: row.read("buyer_email")?,
        seller: row.read("seller_email")?,
        charge,
        token,
        history: UNREAD,
    })
}

fn charge_facts(row: &Row, id: ChargeId) -> Result<ChargeFacts, Unreadable> {
    let (own, tab) = (row.read_money("order_minor")?, row.read_money("tab_minor")?);
    Ok(ChargeFacts {
        id,
        state: row.read("charge_state")?,
        total: Money::new(own.minor().saturating_add(tab.minor()), tab.currency()),
        tab,
        session: row.read("session")?,
        payment: row.read("payment")?,
        may_be_paid: row.read("payable")?,
        refunded: row.read_money("charge_refunded_minor")?,
        created_at: row.read("charge_created_at")?,
        expires_at: row.read("charge_expires_at")?,
        paid_at: row.read("paid_at")?,
    })
}

fn token_facts(row: &Row, id: TokenId) -> Result<TokenFacts, Unreadable> {
    Ok(TokenFacts {
        id,
        state: row.read("token_state")?,
        units: row.read("token_units")?,
        left: row.read("left_units")?,
        created_at: row.read("fulfilled_at")?,
        expires_at: row.read("token_expires_at")?,
        revealed_at: row.read("revealed_at")?,
    })
}

const ACCOUNT: &str = "\
-- stories::account
SELECT
    a.id AS account_id, a.email, a.name, a.created_at, a.email_verified_at, a.suspended_at, r.role, t.open_minor,
    t.currency, t.owed_since, t.paid_at
FROM accounts a
JOIN tabs t ON t.account_id = a.id
LEFT JOIN account_roles r ON r.account_id = a.id
WHERE a.id = $1";

/// The account without its history.
pub(super) async fn account_facts(
    client: &Client,
    id: AccountId,
) -> Result<Option<AccountStory>, StoreError> {
    let row = client.row(ACCOUNT, &[&id.uuid()]).await?;
    Ok(row.as_ref().map(account_story).transpose()?)
}

fn account_story(row: &Row) -> Result<AccountStory, Unreadable> {
    Ok(AccountStory {
        account: account(row)?,
        created_at: row.read("created_at")?,
        email_verified_at: row.read("email_verified_at")?,
        suspended_at: row.read("suspended_at")?,
        role: row.read("role")?,
        tab: row.read_money("open_minor")?,
        owed_since: row.read("owed_since")?,
        paid_at: row.read("paid_at")?,
        history: UNREAD,
    })
}

const LISTING: &str = "\
-- stories::listing
SELECT
    l.id, l.seller_id, a.email, l.service_name, l.endpoint_url, l.price_minor, l.currency, l.state, l.terms_version,
    l.suspended_at, a.suspended_at AS seller_suspended_at, s.available, s.held, s.sold, s.revenue_minor, l.created_at
FROM listings l
JOIN listing_stock s ON s.listing_id = l.id
JOIN accounts a ON a.id = l.seller_id
WHERE l.id = $1";

/// The listing without its history.
pub(super) async fn listing_facts(
    client: &Client,
    id: ListingId,
) -> Result<Option<ListingStory>, StoreError> {
    let row = client.row(LISTING, &[&id.uuid()]).await?;
    Ok(row.as_ref().map(listing_story).transpose()?)
}

fn listing_story(row: &Row) -> Result<ListingStory, Unreadable> {
    let terms: Option<TermsVersion> = row.read("terms_version")?;
    Ok(ListingStory {
        id: row.read("id")?,
        seller_id: row.read("seller_id")?,
        seller: row.read("email")?,
        service_name: row.read("service_name")?,
        endpoint_url: row.read("endpoint_url")?,
        price: row.read_money("price_minor")?,
        state: row.read("state")?,
        through_gateway: terms.is_some(),
        suspended_at: row.read("suspended_at")?,
        seller_suspended_at: row.read("seller_suspended_at")?,
        available: row.read("available")?,
        held: row.read("held")?,
        sold: row.read("sold")?,
        revenue: row.read_money("revenue_minor")?,
        created_at: row.read("created_at")?,
        history: UNREAD,
    })
}
