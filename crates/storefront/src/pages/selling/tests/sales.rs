use actix_web::http::header;
use udam_domain::order::{Sale, SalesPeriod};

use super::*;

/// A store in which Ada has sold one order, and is asked for the sales of this period.
fn selling(period: SalesPeriod) -> TestStore {
    let mut store = TestStore::signed_in();
    let sales = store.mocks.order_reader.expect_of_seller();
    sales.withf(move |seller, asked, _| *seller == ada().id && *asked == period);
    sales.returning(|seller, _, _| {
        let order = order(seller, OrderState::Fulfilled);
        Ok(Page {
            next: Some(order.id),
            items: vec![Sale {
                buyer: "<i>Bo</i>".parse().unwrap(),
                order,
            }],
        })
    });
    store
}

fn november() -> SalesPeriod {
    SalesPeriod::of_days("2026-11-01".parse().ok(), "2026-11-30".parse().ok())
}

#[actix_web::test]
async fn sales_show_the_buyer_and_the_order() {
    let page = selling(SalesPeriod::default()).get("/my/sales").await;
    assert_eq!(page.status, StatusCode::OK);
    for part in [
        "&#60;i&#62;Bo",
        "href=\"/orders/ord_00000000000000000000000005\"><bdi>ord_00000000000000000000000005</bdi>",
        "href=\"/my/sales.csv\"",
        "href=\"/my/sales?after=ord_00000000000000000000000005\"",
    ] {
        assert!(page.html.contains(part), "{part} in {}", page.html);
    }
    assert!(!page.html.contains("<i>Bo") && !page.html.contains("@example"));
}

#[actix_web::test]
async fn sales_are_those_of_the_days_chosen() {
    let query = "from=2026-11-01&to=2026-11-30";
    let page = selling(november()).get(&format!("/my/sales?{query}")).await;
    assert_eq!(page.status, StatusCode::OK);
    let escaped = query.replace('&', "&#38;");
    for part in [
        format!("href=\"/my/sales.csv?{escaped}\""),
        format!("href=\"/my/sales?{escaped}&#38;after=ord_"),
        "name=\"from\" type=\"date\" value=\"2026-11-01\"".to_owned(),
    ] {
        assert!(page.html.contains(&part), "{part} in {}", page.html);
    }
    for query in ["from=x", "from=2026-11-02&to=2026-11-01"] {
        let page = selling(SalesPeriod::default())
            .get(&format!("/my/sales?{query}"))
            .await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.html.contains("Please correct"), "{}", page.html);
    }
}

#[actix_web::test]
async fn sales_are_downloaded_as_csv() {
    let mut store = TestStore::signed_in();
    let sales = store.mocks.order_reader.expect_of_seller();
    sales.withf(|seller, asked, _| *seller == ada().id && *asked == november());
    sales.returning(|seller, _, _| {
        let order = order(seller, OrderState::Fulfilled);
        Ok(Page {
            next: None,
            items: vec![Sale {
                buyer: "=1+1, Bo".parse().unwrap(),
                order,
            }],
        })
    });
    let file = store
        .get("/my/sales.csv?from=2026-11-01&to=2026-11-30")
        .await;
    assert_eq!(file.status, StatusCode::OK);
    let header = |name| file.headers.get(name).unwrap().to_str().unwrap();
    assert_eq!(
        header(header::CONTENT_TYPE),
        "text/csv; charset=utf-8; header=present"
    );
    assert!(header(header::CONTENT_DISPOSITION).starts_with("attachment;"));
    assert_eq!(header(header::CACHE_CONTROL), "no-store");
    assert!(file.html.contains("\"'=1+1, Bo\""), "{}", file.html);
    assert!(
        file.html.contains(",12,2.50,30.00,0.00,USD,"),
        "{}",
        file.html
    );
    let visitor = TestStore::new().get("/my/sales.csv").await;
    assert!(visitor.location().starts_with("/login?next="));
}
