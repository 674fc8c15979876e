//! A provider that refuses payments for good.

use anyhow::Result;
use serde_json::json;

use crate::assertions::{assert_json, assert_problem};
use crate::paid_market::{PaidMarket, buy_on_tab, payment_url};

#[tokio::test]
async fn a_refused_payment_is_reported_once_and_says_that_asking_again_does_not_help() -> Result<()>
{
    let fixture = PaidMarket::start().await?;
    let refused = json!({
        "kind": "refused", "status": 400, "code": "url_invalid", "next": 1_000_000,
        "method": "POST", "path_prefix": "/v1/checkout/sessions",
    });
    fixture.sandbox.inject_fault(refused).await?;
    let answer = fixture
        .buyer
        .buy_with_key(&fixture.listing, 4, "the one")
        .await?;
    let id = answer.text_at("/order_id").to_owned();
    let order = fixture.buyer.get(&format!("/v1/orders/{id}")).await?;
    for answer in [answer, fixture.buyer.check_out(&id).await?] {
        assert_problem(&answer, 502, "payment_provider_error");
        let detail = answer.text_at("/detail");
        for part in [
            "Asking again does not help now",
            "an operator has been told",
            "its units stay held until 20",
            &format!("POST /v1/orders/{id}/cancel"),
        ] {
            assert!(detail.contains(part), "{part} is not in {detail}");
        }
    }
    let held_until = order.text_at("/expires_at");
    let again = fixture.buyer.check_out(&id).await?;
    assert!(
        again.text_at("/detail").contains(held_until),
        "{}",
        again.text
    );
    // Nor does the sweep, which asks every second once the order is ten seconds old, report it again.
    let aged = "UPDATE orders SET created_at = created_at - interval '11 s'";
    fixture.market.database.execute(aged).await?;
    fixture.wait_for_sweep().await?;
    fixture.wait_for_sweep().await?;
    assert_eq!(fixture.alert_count().await?, 1);

    let cheap = fixture.publish_cheap("1.00").await?;
    buy_on_tab(&fixture.buyer, &cheap, 1).await?;
    let tab = fixture.buyer.post_empty("/v1/tab/checkout").await?;
    assert_problem(&tab, 502, "payment_provider_error");
    assert!(
        tab.text_at("/detail").contains("your tab is unchanged"),
        "{}",
        tab.text
    );
    assert_eq!(fixture.alert_count().await?, 2);

    fixture.sandbox.clear_faults().await?;
    let open = fixture.buyer.check_out(&id).await?;
    assert_json(&open, 200);
    assert_ne!(payment_url(&open), "");
    assert_json(&fixture.buyer.cancel(&id).await?, 200);
    assert_eq!(fixture.available().await?, 10);
    fixture.finish_with_alerts().await
}
