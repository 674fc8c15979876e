use actix_web::body::to_bytes;
use proptest::prelude::*;
use udam_domain::MockOrderReader;
use udam_domain::id::{ListingId, TokenId};
use udam_domain::money::{Currency, Money};
use udam_domain::order::{Order, OrderState};
use udam_domain::payment::PaymentRoute;
use udam_domain::units::Units;
use uuid::Uuid;

use super::*;

fn sale(number: u128, buyer: &str, service: &str) -> Sale {
    let usd = |minor| Money::new(minor, Currency::USD);
    Sale {
        buyer: buyer.parse().unwrap(),
        order: Order {
            id: OrderId::from_uuid(Uuid::from_u128(number)),
            buyer_id: AccountId::from_uuid(Uuid::from_u128(2)),
            seller_id: AccountId::from_uuid(Uuid::from_u128(1)),
            listing_id: ListingId::from_uuid(Uuid::from_u128(3)),
            service_name: service.parse().unwrap(),
            units: Units::new(1_200).unwrap(),
            price_per_unit: usd(5),
            total: usd(60_00),
            route: PaymentRoute::Checkout,
            state: OrderState::Fulfilled,
            lapses_at: None,
            token_id: Some(TokenId::from_uuid(Uuid::from_u128(4))),
            payment_url: None,
            tab_carried: None,
            refunded: usd(0),
            paid_at: Some(Timestamp::UNIX_EPOCH),
            created_at: Timestamp::UNIX_EPOCH,
            fulfilled_at: None,
            closed_at: None,
        },
    }
}

/// The response over these pages, of which each but the last names the next by its last order.
async fn csv_of(pages: Vec<Vec<Sale>>) -> String {
    let mut reader = MockOrderReader::new();
    let mut after = None;
    let count = pages.len();
    for (place, items) in pages.into_iter().enumerate() {
        let (asked, last) = (after, items.last().map(|sale| sale.order.id));
        after = last;
        let next = last.filter(|_| place + 1 < count);
        reader
            .expect_of_seller()
            .withf(move |_, _, page| page.after == asked && page.limit == PageLimit::MAX)
            .times(1)
            .return_once(move |_, _, _| Ok(Page { items, next }));
    }
    let seller = AccountId::from_uuid(Uuid::from_u128(1));
    let response = response(Arc::new(reader), seller, SalesPeriod::default());
    let response = response.await.unwrap();
    let header = |name: header::HeaderName| response.headers().get(name).unwrap().to_str().unwrap();
    assert_eq!(header(header::CONTENT_TYPE), MEDIA_TYPE);
    assert_eq!(header(header::CACHE_CONTROL), "no-store");
    let body = to_bytes(response.into_body()).await.unwrap();
    String::from_utf8(body.to_vec()).unwrap()
}

const HEAD: &str = "order_id,created_at,status,buyer_name,listing_id,service_name,units,\
    price_per_unit,total_price,refunded_amount,currency,paid_at,closed_at\r\n";

#[actix_web::test]
async fn sales_are_lines_of_decimals_with_their_currency() {
    let expected = "ord_00000000000000000000000007,1970-01-01T00:00:00Z,fulfilled,Ada,\
        lst_00000000000000000000000003,Rain,1200,0.05,60.00,0.00,USD,1970-01-01T00:00:00Z,\r\n";
    assert_eq!(
        csv_of(vec![vec![sale(7, "Ada", "Rain")]]).await,
        format!("{HEAD}{expected}")
    );
    assert_eq!(csv_of(vec![vec![]]).await, HEAD);
}

#[actix_web::test]
async fn all_pages_follow_each_other() {
    let page = |numbers: [u128; 2]| numbers.map(|number| sale(number, "Ada", "Rain")).to_vec();
    let csv = csv_of(vec![page([9, 8]), page([7, 6]), page([5, 4])]).await;
    let ids = csv
        .lines()
        .skip(1)
        .filter_map(|line| line.split(',').next());
    let ids: Vec<_> = ids.map(|id| id.chars().last().unwrap()).collect();
    assert_eq!(ids, ['9', '8', '7', '6', '5', '4']);
    assert_eq!(csv.matches("order_id").count(), 1);
}

#[actix_web::test]
async fn hostile_names_are_quoted_and_are_no_formulas() {
    for (name, written) in [
        (
            "=HYPERLINK(\"//x\",\"y\")",
            "\"'=HYPERLINK(\"\"//x\"\",\"\"y\"\")\"",
        ),
        ("+1", "'+1"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\u{ff1d}1+1", "'\u{ff1d}1+1"),
        ("a,b", "\"a,b\""),
        ("a \"b\" c", "\"a \"\"b\"\" c\""),
        ("a=b", "a=b"),
    ] {
        let csv = csv_of(vec![vec![sale(7, name, name)]]).await;
        assert_eq!(csv.matches(&format!(",{written},")).count(), 2, "{csv}");
    }
    for (text, written) in [
        ("\t=1", "'\t=1"),
        ("\rx", "'\rx"),
        ("\nx", "'\nx"),
        (" =1", "' =1"),
        (" x", " x"),
        ("", ""),
    ] {
        assert_eq!(inert(text), written);
    }
}

#[actix_web::test]
async fn a_failure_of_the_first_page_is_an_error_and_a_later_one_breaks_off() {
    let seller = AccountId::from_uuid(Uuid::from_u128(1));
    let mut reader = MockOrderReader::new();
    let first = reader.expect_of_seller();
    first.return_once(|_, _, _| Err(StoreError::Overloaded));
    let failed = response(Arc::new(reader), seller, SalesPeriod::default()).await;
    assert!(matches!(failed, Err(StoreError::Overloaded)));

    let mut reader = MockOrderReader::new();
    reader.expect_of_seller().returning(|_, _, page| {
        let item = sale(7, "Ada", "Rain");
        match page.after {
            None => Ok(Page {
                next: Some(item.order.id),
                items: vec![item],
            }),
            Some(_) => Err(StoreError::Overloaded),
        }
    });
    let response = response(Arc::new(reader), seller, SalesPeriod::default()).await;
    assert!(to_bytes(response.unwrap().into_body()).await.is_err());
}

proptest! {
    #[test]
    fn every_text_is_read_back_and_none_begins_as_a_formula(text in "\\PC{0,40}") {
        let mut writer = writer();
        writer.write_record(["x", &inert(&text), "y"]).unwrap();
        let line = finished(writer).unwrap();
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(line.as_ref());
        let record = reader.records().next().unwrap().unwrap();
        let field = record.get(1).unwrap();
        prop_assert!(field == text || field.strip_prefix('\'') == Some(&text));
        prop_assert!(!field.trim_start().starts_with(['=', '+', '-', '@']));
    }
}
