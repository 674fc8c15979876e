//! `GET /v1/admin/orders/{id}`

use anyhow::Result;

use super::super::{assert_staff_alone_reads, staff, told};
use crate::assertions::assert_problem;
use crate::paid_market::PaidMarket;

pub(crate) const ROUTES: &[&str] = &["GET /v1/admin/orders/{id}"];

#[tokio::test]
async fn an_order_has_its_facts_and_pages_of_its_history_and_no_secret() -> Result<()> {
    let paid = PaidMarket::start().await?;
    let order = paid.buy_and_pay(2).await?;
    let token = paid
        .buyer
        .get(&format!("/v1/orders/{}", order.id()))
        .await?;
    let token = token.text_at("/token_id").to_owned();
    let revealed = paid.buyer.reveal(&token).await?;
    let secret = revealed.text_at("/api_key").to_owned();
    let operator = staff(&paid.market, "operator").await?;
    let path = format!("/v1/admin/orders/{}", order.id());
    let story = operator.get(&path).await?;
    assert_eq!(story.status, 200, "{}", story.text);
    assert_eq!(story["status"], "fulfilled");
    assert_eq!(story["payment"]["status"], "paid");
    assert_eq!(story["payment"]["total"], "14.00");
    assert_eq!(story["token"]["status"], "active");
    assert!(story["token"]["revealed_at"].is_string());
    let all = told(&story["history"]);
    for what in [
        "key_revealed",
        "event_paid",
        "token_issued",
        "payment_arrived",
        "payment_opened",
        "order_placed",
    ] {
        assert!(all.contains(&what), "{what}: {all:?}");
    }
    assert!(!secret.is_empty() && !story.text.contains(&secret));
    assert!(!story.text.contains("checkout.example"), "{}", story.text);
    let mut read = Vec::new();
    let mut page = operator.get(&format!("{path}?limit=2")).await?;
    loop {
        read.extend(told(&page["history"]).into_iter().map(str::to_owned));
        let Some(cursor) = page["history"]["next_cursor"].as_str() else {
            break;
        };
        page = operator
            .get(&format!("{path}?limit=2&cursor={cursor}"))
            .await?;
    }
    assert_eq!(read, all);
    let unknown = operator
        .get("/v1/admin/orders/ord_01h455vb4pex5vsknk084sn02q")
        .await?;
    assert_problem(&unknown, 404, "not_found");
    assert_staff_alone_reads(&paid.market, &path).await
}
