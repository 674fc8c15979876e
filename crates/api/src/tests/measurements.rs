use metrics_exporter_prometheus::PrometheusBuilder;
use serde_json::json;
use udam_domain::PlaceOrderError;
use udam_domain::id::ListingId;
use udam_domain::order::Rejection;

use super::*;

#[actix_web::test]
async fn requests_are_counted_by_route_and_orders_by_outcome() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let _recording = metrics::set_default_local_recorder(&recorder);
    let mut api = TestApi::signed_in();
    api.mocks
        .listing_reader
        .expect_find()
        .returning(|_| Ok(None));
    let off_sale = |_| Err(PlaceOrderError::from(Rejection::ListingUnavailable));
    api.mocks.orders.expect_place().returning(off_sale);
    let api = api.into_data();

    send_to(
        &api,
        get(&format!("/v1/listings/{}", id(ListingId::from_uuid))),
    )
    .await;
    send_to(&api, get("/made/up/path")).await;
    let brew = Method::from_bytes(b"BREW").unwrap();
    send_to(&api, TestRequest::default().method(brew).uri("/v1/tab")).await;
    let order = json!({"listing_id": id(ListingId::from_uuid), "units_requested": 1});
    send_to(&api, as_ada(post("/v1/orders").set_json(order))).await;

    let rendered = recorder.handle().render();
    for line in [
        r#"udam_http_requests_total{route="/v1/listings/{id}",method="GET",status="404"} 1"#,
        r#"udam_http_requests_total{route="unmatched",method="GET",status="404"} 1"#,
        r#"udam_http_requests_total{route="/v1/tab",method="other",status="405"} 1"#,
        r#"udam_orders_total{outcome="listing_unavailable"} 1"#,
    ] {
        assert!(rendered.contains(line), "{line} is not in\n{rendered}");
    }
    assert!(rendered.contains("udam_http_request_duration_seconds"));
    assert!(!rendered.contains("made") && !rendered.contains("BREW"));
}
