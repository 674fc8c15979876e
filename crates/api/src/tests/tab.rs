use serde_json::json;
use udam_domain::id::{ChargeId, OrderId};
use udam_domain::money::{Currency, Money};
use udam_domain::order::TabCarrier;
use udam_domain::page::{Page, PageLimit, PageRequest};
use udam_domain::payment::{CarryingCharge, ChargeState, Tab, TabOrder};
use udam_domain::time::Timestamp;

use super::checkouts::PAGE;
use super::orders::order;
use super::*;
use crate::testing::ada;

const CHARGE: &str = "chg_00000000000000000000000007";

fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::USD)
}

fn charge(state: ChargeState) -> CarryingCharge {
    let is_open = state == ChargeState::Open;
    CarryingCharge {
        id: CHARGE.parse().unwrap(),
        order_id: Some(order().id),
        tab: usd(525),
        total: usd(3_522),
        state,
        payment_url: is_open.then(|| PAGE.to_owned()),
        expires_at: Timestamp::UNIX_EPOCH,
        paid_at: (!is_open).then_some(NOW),
    }
}

#[actix_web::test]
async fn a_tab_shows_the_amount_owed() {
    for (owed, has_paid, open, limit) in [
        (Some(300), true, "3.00", "25.00"),
        (Some(300), false, "3.00", "5.00"),
        (None, false, "0.00", "5.00"),
    ] {
        let mut api = TestApi::signed_in();
        let tab = move |buyer_id| {
            Ok(owed.map(|minor| Tab {
                buyer_id,
                open: usd(minor),
                owed_since: None,
                has_paid,
            }))
        };
        api.mocks.tab_reader.expect_tab().returning(tab);
        let none = api.mocks.tab_reader.expect_open_charges();
        none.returning(|_| Ok(Vec::new()));
        let answer = send(api, as_ada(get("/v1/tab"))).await;
        let expected = json!({"open": open, "limit": limit, "currency": "USD", "checkouts": []});
        assert_eq!(answer.body, expected);
    }
}

#[actix_web::test]
async fn a_tab_names_the_payments_that_include_it() {
    let mut api = TestApi::signed_in();
    api.mocks.tab_reader.expect_tab().returning(|_| Ok(None));
    let alone = CarryingCharge {
        order_id: None,
        total: usd(525),
        payment_url: None,
        ..charge(ChargeState::Open)
    };
    let open = vec![charge(ChargeState::Open), alone];
    let charges = api.mocks.tab_reader.expect_open_charges();
    charges.withf(|buyer| *buyer == ada().id);
    charges.return_once(|_| Ok(open));
    let answer = send(api, as_ada(get("/v1/tab"))).await;
    let expected = json!([
        {
            "order_id": order().id.to_string(), "amount": "5.25", "total": "35.22",
            "payment_url": PAGE, "expires_at": "1970-01-01T00:00:00Z",
        },
        {
            "order_id": null, "amount": "5.25", "total": "5.25",
            "payment_url": null, "expires_at": "1970-01-01T00:00:00Z",
        },
    ]);
    assert_eq!(answer.body["checkouts"], expected);
}

#[actix_web::test]
async fn a_tab_is_itemised_in_pages() {
    let mut api = TestApi::signed_in();
    let asked = PageRequest {
        after: None,
        limit: PageLimit::new(2).unwrap(),
    };
    let on_tab = |carried_by| TabOrder {
        order: order(),
        carried_by,
    };
    let items = vec![
        on_tab(None),
        on_tab(Some(TabCarrier::Tab)),
        on_tab(Some(TabCarrier::Order(order().id))),
    ];
    let orders = api.mocks.tab_reader.expect_orders();
    orders.withf(move |buyer, page| *buyer == ada().id && *page == asked);
    orders.return_once(|_, _| {
        Ok(Page {
            items,
            next: Some(order().id),
        })
    });
    let answer = send(api, as_ada(get("/v1/tab/orders?limit=2"))).await;
    let id = order().id.to_string();
    let included = answer.body["data"].as_array().unwrap().iter();
    let included: Vec<_> = included.map(|item| item["included_in"].clone()).collect();
    assert_eq!(
        included,
        [
            json!(null),
            json!({"order_id": null}),
            json!({"order_id": id})
        ]
    );
    let first = &answer.body["data"][0];
    assert_eq!(first["order_id"], id.as_str());
    assert_eq!(first["amount"], order().total.to_string());
    assert!(answer.body["next_cursor"].is_string());
}

#[actix_web::test]
async fn payments_of_a_tab_are_listed_in_pages_with_what_they_cleared() {
    let mut api = TestApi::signed_in();
    let id: ChargeId = CHARGE.parse().unwrap();
    let paid = api.mocks.tab_reader.expect_paid_charges();
    paid.withf(|buyer, page| *buyer == ada().id && page.after.is_none());
    paid.returning(move |_, _| {
        Ok(Page {
            items: vec![charge(ChargeState::Paid)],
            next: Some(id),
        })
    });
    let again = api.mocks.tab_reader.expect_paid_charges();
    again.withf(move |_, page| page.after == Some(id));
    again.returning(|_, _| {
        Ok(Page {
            items: Vec::new(),
            next: None,
        })
    });
    let api = api.into_data();
    let answer = send_to(&api, as_ada(get("/v1/tab/payments"))).await;
    let expected = json!({
        "id": CHARGE, "order_id": order().id.to_string(), "amount": "5.25", "total": "35.22",
        "currency": "USD", "paid_at": NOW.to_string(),
    });
    assert_eq!(answer.body["data"], json!([expected]));
    let next = answer.body["next_cursor"].as_str().unwrap();
    let answer = send_to(
        &api,
        as_ada(get(&format!("/v1/tab/payments?cursor={next}"))),
    )
    .await;
    assert_eq!(answer.body, json!({"data": [], "next_cursor": null}));
}

#[actix_web::test]
async fn the_orders_of_a_payment_are_its_buyer_s_once_it_is_paid() {
    let path = format!("/v1/tab/payments/{CHARGE}/orders");
    for (found, status) in [
        (None, 404),
        (Some(ChargeState::Open), 404),
        (Some(ChargeState::Closed), 404),
        (Some(ChargeState::Paid), 200),
    ] {
        let mut api = TestApi::signed_in();
        let charges = api.mocks.tab_reader.expect_charge();
        charges.withf(|id, buyer| id.to_string() == CHARGE && *buyer == ada().id);
        charges.return_once(move |_, _| Ok(found.map(charge)));
        let cleared = |_, _, _: PageRequest<OrderId>| {
            Ok(Page {
                items: vec![order()],
                next: None,
            })
        };
        api.mocks
            .tab_reader
            .expect_cleared_orders()
            .returning(cleared);
        let answer = send(api, as_ada(get(&path))).await;
        assert_eq!(answer.status, status);
        if status == 200 {
            assert_eq!(answer.body["data"][0]["order_id"], order().id.to_string());
        }
    }
}
