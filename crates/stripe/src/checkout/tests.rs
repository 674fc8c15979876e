use stripe::StripeRequest;
use udam_domain::id::{AccountId, ChargeId, OrderId};
use udam_domain::time::Timestamp;
use udam_domain::units::Units;
use url::form_urlencoded;
use uuid::Uuid;

use super::*;

const CHARGE: &str = "chg_00000000000000000000000003";
const ORDER: &str = "ord_00000000000000000000000002";

fn money(minor: i64, code: &str) -> Money {
    Money::new(minor, code.parse().unwrap())
}

fn charge(order: Option<Money>, tab: Money) -> Charge {
    Charge {
        id: ChargeId::from_uuid(Uuid::from_u128(3)),
        buyer_id: AccountId::from_uuid(Uuid::from_u128(1)),
        order: order.map(|total| ChargedOrder {
            id: OrderId::from_uuid(Uuid::from_u128(2)),
            service_name: "Tide & wind = tables".parse().unwrap(),
            units: Units::new(12).unwrap(),
            total,
        }),
        tab,
        expires_at: Timestamp::from_millisecond(1_900_000_000_750).unwrap(),
        session: None,
    }
}

fn checkout() -> Checkout {
    Checkout {
        public_url: "https://udam.example/market".into(),
        expiry_margin: Duration::ZERO,
    }
}

/// Fields of the form, sorted.
fn fields(charge: &Charge) -> Vec<(String, String)> {
    let body = checkout().request(charge).unwrap().build().body.unwrap();
    let mut fields: Vec<_> = form_urlencoded::parse(body.as_bytes())
        .into_owned()
        .collect();
    fields.sort();
    fields
}

fn expected(fields: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut fields: Vec<_> = fields
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    fields.sort();
    fields
}

#[test]
fn an_order_and_the_open_tab_are_two_line_items_of_one_session() {
    let page = format!("https://udam.example/market/orders/{ORDER}");
    assert_eq!(
        fields(&charge(Some(money(12_50, "USD")), money(3_00, "USD"))),
        expected(&[
            ("mode", "payment"),
            ("line_items[0][price_data][currency]", "usd"),
            (
                "line_items[0][price_data][product_data][name]",
                "Tide & wind = tables × 12"
            ),
            ("line_items[0][price_data][unit_amount]", "1250"),
            ("line_items[0][quantity]", "1"),
            ("line_items[1][price_data][currency]", "usd"),
            (
                "line_items[1][price_data][product_data][name]",
                "Small orders on your tab"
            ),
            ("line_items[1][price_data][unit_amount]", "300"),
            ("line_items[1][quantity]", "1"),
            ("client_reference_id", ORDER),
            ("metadata[charge_id]", CHARGE),
            ("metadata[order_id]", ORDER),
            ("payment_intent_data[metadata][charge_id]", CHARGE),
            ("payment_intent_data[metadata][order_id]", ORDER),
            (
                "success_url",
                &format!("{page}/paid?session_id={{CHECKOUT_SESSION_ID}}")
            ),
            ("cancel_url", &page),
            ("expires_at", "1900000000"),
        ])
    );
}

#[test]
fn a_charge_for_the_tab_alone_names_no_order() {
    assert_eq!(
        fields(&charge(None, money(500, "JPY"))),
        expected(&[
            ("mode", "payment"),
            ("line_items[0][price_data][currency]", "jpy"),
            (
                "line_items[0][price_data][product_data][name]",
                "Small orders on your tab"
            ),
            ("line_items[0][price_data][unit_amount]", "500"),
            ("line_items[0][quantity]", "1"),
            ("client_reference_id", CHARGE),
            ("metadata[charge_id]", CHARGE),
            ("payment_intent_data[metadata][charge_id]", CHARGE),
            (
                "success_url",
                &format!(
                    "https://udam.example/market/tab/payments/{CHARGE}/paid?session_id={{CHECKOUT_SESSION_ID}}"
                )
            ),
            ("cancel_url", "https://udam.example/market/tab"),
            ("expires_at", "1900000000"),
        ])
    );
}

#[test]
fn without_a_tab_there_is_one_line_item() {
    let fields = fields(&charge(Some(money(12_500, "KWD")), money(0, "KWD")));
    let amounts: Vec<_> = fields
        .iter()
        .filter(|(name, _)| name.ends_with("[unit_amount]"))
        .collect();
    assert_eq!(amounts.len(), 1);
    assert_eq!(amounts[0].1, "12500");
}

#[test]
fn an_invalid_amount_is_an_error() {
    let error = |charge: Charge| checkout().request(&charge).err();
    let fine = money(12_501, "KWD");
    let nothing = money(0, "KWD");
    assert_eq!(
        error(charge(Some(fine), nothing)),
        Some(AmountError::TooFine(fine))
    );
    assert_eq!(
        error(charge(None, nothing)),
        Some(AmountError::NotPositive(nothing))
    );
}

#[test]
fn a_session_expires_later_than_its_charge_by_the_margin() {
    let with_margin = Checkout {
        expiry_margin: Duration::from_mins(10),
        ..checkout()
    };
    let charge = charge(None, money(500, "JPY"));
    assert_eq!(with_margin.expires_at(&charge), 1_900_000_600);
}

#[test]
fn the_idempotency_key_names_the_order_or_else_the_charge() {
    let order = charge(Some(money(500, "JPY")), money(0, "JPY"));
    let key = checkout().idempotency_key(&order);
    assert!(key.starts_with(&format!("order-{ORDER}-")), "{key}");
    let tab = charge(None, money(500, "JPY"));
    let key = checkout().idempotency_key(&tab);
    assert!(key.starts_with(&format!("tab-{CHARGE}-")), "{key}");
}

#[test]
fn the_idempotency_key_changes_with_the_public_url_alone() {
    let order = charge(Some(money(500, "JPY")), money(0, "JPY"));
    let moved = Checkout {
        public_url: "https://moved.example.com".to_owned(),
        ..checkout()
    };
    let key = checkout().idempotency_key(&order);
    assert_ne!(moved.idempotency_key(&order), key);
    let later = Checkout {
        expiry_margin: Duration::from_mins(10),
        ..checkout()
    };
    assert_eq!(later.idempotency_key(&order), key);
}
