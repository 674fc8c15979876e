use udam_domain::order::SalesPeriod;
use udam_domain::page::{Page, PageLimit};

use super::orders::{order, sale};
use super::*;
use crate::testing::ada;

/// An API whose seller is Ada, and which is asked for the sales of this period.
fn selling(period: SalesPeriod) -> TestApi {
    let mut api = TestApi::signed_in();
    let sales = api.mocks.order_reader.expect_of_seller();
    sales.withf(move |seller, asked, _| *seller == ada().id && *asked == period);
    sales.returning(|_, _, _| {
        Ok(Page {
            items: vec![sale()],
            next: None,
        })
    });
    api
}

fn days(from: &str, to: &str) -> SalesPeriod {
    SalesPeriod::of_days(from.parse().ok(), to.parse().ok())
}

#[actix_web::test]
async fn sales_name_the_buyer_and_the_order_and_never_an_address() {
    let api = selling(SalesPeriod::default());
    let answer = send(api, as_ada(get("/v1/me/sales"))).await;
    let sale = &answer.body["data"][0];
    assert_eq!(sale["buyer_name"], "=Ada");
    assert_eq!(sale["order_id"], order().id.to_string());
    assert!(!answer.text.contains('@'), "{}", answer.text);
}

#[actix_web::test]
async fn sales_are_those_of_the_days_asked_for() {
    for (query, period) in [
        ("?from=2026-11-01", days("2026-11-01", "")),
        ("?to=2026-11-30", days("", "2026-11-30")),
        (
            "?from=2026-11-01&to=2026-11-01",
            days("2026-11-01", "2026-11-01"),
        ),
    ] {
        for accept in ["application/json", "text/csv"] {
            let request =
                get(&format!("/v1/me/sales{query}")).insert_header((header::ACCEPT, accept));
            let answer = send(selling(period), as_ada(request)).await;
            assert_eq!(answer.status, 200, "{query}");
        }
    }
    for (query, field) in [
        ("?from=2026-11-31", "from"),
        ("?from=20261101", "from"),
        ("?to=2026-11-01T10:00:00Z", "to"),
        ("?from=2026-11-02&to=2026-11-01", "to"),
        ("?to=", "to"),
    ] {
        let request = as_ada(get(&format!("/v1/me/sales{query}")));
        assert_eq!(
            send(TestApi::signed_in(), request).await.fields(),
            [field],
            "{query}"
        );
    }
}

#[actix_web::test]
async fn sales_come_as_csv_if_the_client_prefers_it() {
    for (accept, media_type) in [
        ("text/csv", "text/csv; charset=utf-8; header=present"),
        (
            "text/csv, application/json;q=0.9",
            "text/csv; charset=utf-8; header=present",
        ),
        ("application/json, text/csv;q=0.9", "application/json"),
        ("*/*", "application/json"),
        ("text/html", "application/json"),
    ] {
        let request = get("/v1/me/sales").insert_header((header::ACCEPT, accept));
        let answer = send(selling(SalesPeriod::default()), as_ada(request)).await;
        assert_eq!(answer.header("content-type"), Some(media_type), "{accept}");
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
    let request = get("/v1/me/sales").insert_header((header::ACCEPT, "text/csv"));
    let answer = send(selling(SalesPeriod::default()), as_ada(request)).await;
    let id = order().id;
    let line = format!("{id},1970-01-01T00:00:00Z,fulfilled,'=Ada,");
    assert!(answer.text.contains(&line), "{}", answer.text);
    assert!(
        answer.text.contains(",1,2.50,2.50,0.00,USD,,\r\n"),
        "{}",
        answer.text
    );
}

#[actix_web::test]
async fn sales_as_csv_have_no_pages() {
    let limit = PageLimit::MAX.get();
    let path = format!("/v1/me/sales?limit={limit}&cursor=x");
    let request = get(&path).insert_header((header::ACCEPT, "text/csv"));
    let answer = send(TestApi::signed_in(), as_ada(request)).await;
    assert_eq!(answer.fields(), ["cursor", "limit"]);
}
