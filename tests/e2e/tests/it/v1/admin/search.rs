//! `GET /v1/admin/search`

use anyhow::Result;
use serde_json::json;
use udam_testkit::{Client, Response};

use super::{assert_staff_alone_reads, staff};
use crate::assertions::assert_problem;
use crate::paid_market::PaidMarket;

pub(crate) const ROUTES: &[&str] = &["GET /v1/admin/search"];

async fn search(operator: &Client, name: &str) -> Result<Response> {
    let request = operator.request(reqwest::Method::GET, "/v1/admin/search");
    operator.send(request.query(&[("q", name)])).await
}

#[tokio::test]
async fn an_order_is_found_by_each_of_its_names() -> Result<()> {
    let paid = PaidMarket::start().await?;
    let order = paid.buy_and_pay(2).await?;
    let operator = staff(&paid.market, "support").await?;
    let story = format!("/v1/admin/orders/{}", order.id());
    let shown = operator.get(&story).await?;
    let text = |pointer: &str| shown.text_at(pointer).to_owned();
    let buyer = text("/buyer/id");
    for (name, kind, told) in [
        (order.id().to_owned(), "order", story.clone()),
        (text("/token/id"), "token", story.clone()),
        (text("/payment/id"), "payment", story.clone()),
        (text("/payment/session"), "payment", story.clone()),
        (text("/payment/reference"), "payment", story.clone()),
        (
            text("/buyer/email"),
            "account",
            format!("/v1/admin/accounts/{buyer}"),
        ),
        (
            paid.listing.clone(),
            "listing",
            format!("/v1/admin/listings/{}", paid.listing),
        ),
    ] {
        let found = search(&operator, &name).await?;
        let hit = &found["data"][0];
        assert_eq!(
            (&hit["type"], &hit["story"]),
            (&json!(kind), &json!(told)),
            "{name}"
        );
        assert_eq!(operator.get(&told).await?.status, 200, "{told}");
    }
    for name in [
        "pi_",
        "example.com",
        "nothing like it",
        "ord_01h455vb4pex5vsknk084sn02q",
    ] {
        assert_eq!(search(&operator, name).await?["data"], json!([]), "{name}");
    }
    let too_long = search(&operator, &"x".repeat(256)).await?;
    assert_problem(&too_long, 422, "invalid_request");
    let missing = operator.get("/v1/admin/search").await?;
    assert_problem(&missing, 422, "invalid_request");
    assert_staff_alone_reads(&paid.market, "/v1/admin/search?q=pi_1").await
}
