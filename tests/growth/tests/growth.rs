//! A grown marketplace is consistent, and the same every time.
#![cfg(test)]

use tokio_postgres::Client;
use udam_growth::{GrownRows, Size, grow};
use udam_testkit::{Binary, Database};

const SMALL: Size = Size {
    accounts: 300,
    listings: 2_000,
    orders: 3_000,
};

async fn migrated() -> (Database, Client) {
    let database = Database::migrated().await.unwrap();
    let client = database.connect().await.unwrap();
    (database, client)
}

async fn grown() -> (Database, Client, GrownRows) {
    let (database, client) = migrated().await;
    let grown = grow(&client, &SMALL).await.unwrap();
    (database, client, grown)
}

async fn count(client: &Client, from: &str) -> u64 {
    let statement = format!("SELECT count(*) FROM {from}");
    let counted = client.query_one(&statement, &[]).await.unwrap();
    u64::try_from(counted.get::<_, i64>(0)).unwrap()
}

#[tokio::test]
async fn udam_verify_finds_a_grown_marketplace_consistent() {
    let (database, _client, _) = grown().await;
    let variables = [("DATABASE_URL", database.url())];
    let verified = Binary::udam().unwrap().run(["verify"], variables).await;
    verified.unwrap().success().unwrap();
}

#[tokio::test]
async fn it_has_the_requested_size_and_rows_in_every_state() {
    let (_database, client, grown) = grown().await;
    for (table, rows) in [
        ("accounts", grown.accounts),
        ("sessions", grown.accounts),
        ("tabs", grown.accounts),
        ("listings", grown.listings),
        ("listing_stock", grown.listings),
        ("orders", grown.orders),
        ("tokens", grown.tokens),
        ("charges", grown.charges),
        ("refunds", grown.refunds),
    ] {
        assert_eq!(count(&client, table).await, rows, "{table}");
    }
    assert_eq!(
        (grown.accounts, grown.listings, grown.orders),
        (300, 2_000, 3_000)
    );
    for rows in [
        "listings WHERE state = 'paused'",
        "listings WHERE description IS NULL",
        "listing_stock WHERE available = 0",
        "listing_stock WHERE held > 0",
        "orders WHERE state = 'awaiting_payment'",
        "orders WHERE state = 'expired'",
        "orders WHERE state = 'canceled'",
        "orders WHERE state = 'refunded' AND route = 'tab'",
        "orders WHERE state = 'refunded' AND route = 'checkout' AND units_returned",
        "orders WHERE state = 'awaiting_payment' AND charge_id IS NULL",
        "tabs WHERE open_minor > 0 AND owed_since IS NOT NULL",
        "tabs WHERE paid_at IS NOT NULL",
        "tokens WHERE state = 'active'",
        "charges WHERE state = 'open' AND order_id IS NULL",
        "charges WHERE state = 'paid' AND order_id IS NULL",
        "refunds WHERE sent_at IS NOT NULL",
        "payment_events",
        "received_events WHERE state = 'applied'",
    ] {
        assert!(count(&client, rows).await > 0, "no {rows}");
    }
    for impossible in [
        "orders o JOIN listings l ON l.id = o.listing_id
            WHERE o.created_at < l.created_at OR o.buyer_id = o.seller_id",
        "tabs WHERE (open_minor > 0) <> (owed_since IS NOT NULL)",
        "tabs t WHERE (t.paid_at IS NOT NULL)
            <> EXISTS (SELECT FROM charges c WHERE c.buyer_id = t.account_id AND c.state = 'paid')",
    ] {
        assert_eq!(count(&client, impossible).await, 0, "{impossible}");
    }
}

#[tokio::test]
async fn it_grows_the_same_every_time_and_restores_the_schema() {
    // Tables with an identity column are left out: it goes on counting from one run to the next.
    const ROWS: &str = "SELECT concat_ws(' ',
        (SELECT md5(string_agg(t::text, '' ORDER BY id)) FROM accounts t),
        (SELECT md5(string_agg(t::text, '' ORDER BY id)) FROM sessions t),
        (SELECT md5(string_agg(t::text, '' ORDER BY id)) FROM listings t),
        (SELECT md5(string_agg(t::text, '' ORDER BY listing_id)) FROM listing_stock t),
        (SELECT md5(string_agg(t::text, '' ORDER BY id)) FROM orders t),
        (SELECT md5(string_agg(t::text, '' ORDER BY id)) FROM tokens t),
        (SELECT md5(string_agg(t::text, '' ORDER BY id)) FROM charges t),
        (SELECT md5(string_agg(t::text, '' ORDER BY account_id)) FROM tabs t))";
    // So are the days of calls, which are made as they come.
    const SCHEMA: &str = "SELECT concat_ws(E'\n',
        (SELECT string_agg(pg_get_indexdef(indexrelid), E'\n' ORDER BY indexrelid::regclass::text)
            FROM pg_index WHERE indrelid::regclass::text !~ '^(pg_|calls_[0-9])'),
        (SELECT string_agg(conname || pg_get_constraintdef(oid) || convalidated, E'\n' ORDER BY conname)
            FROM pg_constraint WHERE connamespace = 'public'::regnamespace
                AND conrelid::regclass::text !~ '^calls_[0-9]'),
        (SELECT string_agg(nspname, ' ' ORDER BY nspname) FROM pg_namespace))";

    let text = async |client: &Client, statement: &str| {
        let row = client.query_one(statement, &[]).await.unwrap();
        row.get::<_, String>(0)
    };
    let (_database, untouched) = migrated().await;
    let (_first, first, _) = grown().await;
    let (_second, second, _) = grown().await;
    assert_eq!(text(&first, ROWS).await, text(&second, ROWS).await);
    assert_eq!(text(&first, SCHEMA).await, text(&untouched, SCHEMA).await);
}
