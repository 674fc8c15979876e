//! What a call costs.

use anyhow::Result;
use reqwest::Method;
use serde_json::json;
use udam_testkit::Upstream;

use super::service::{Service, market, one_service};
use crate::assertions::assert_problem;

#[tokio::test]
async fn a_call_that_succeeds_costs_its_units_and_says_so() -> Result<()> {
    let (market, upstream, service) = one_service(10, json!({"units_per_call": 3})).await?;
    let answer = service.call("/rain?at=8").await?;
    assert_eq!((answer.status, answer.text.as_str()), (200, "fine"));
    assert_eq!(answer.header("udam-units-charged"), "3");
    assert_eq!(answer.header("udam-units-remaining"), "7");
    assert!(answer.header("udam-call-id").starts_with("cal_"));
    assert!(!answer.header("server-timing").is_empty());
    assert_eq!(service.settled().await?, [7, 3]);
    let head = upstream.requests()[0].head.clone();
    assert!(head.starts_with("GET /rain?at=8 HTTP/1.1\r\n"), "{head}");
    let call = &service.calls(1).await?[0];
    assert_eq!(call["id"], answer.header("udam-call-id"));
    assert_eq!(
        (&call["outcome"], &call["state"]),
        (&json!("answered"), &json!("charged"))
    );
    assert_eq!((&call["units"], &call["status"]), (&json!(3), &json!(200)));
    market.verify().await?;
    Ok(())
}

#[tokio::test]
async fn units_run_out_exactly() -> Result<()> {
    let (_market, upstream, service) = one_service(3, json!({})).await?;
    for _ in 0..3 {
        assert_eq!(service.call("/").await?.status, 200);
    }
    let refused = service.call("/").await?;
    assert_problem(&refused, 402, "units_exhausted");
    assert_eq!(refused.header("udam-origin"), "gateway");
    assert_eq!(upstream.count(), 3);
    assert_eq!(service.settled().await?, [0, 3]);
    Ok(())
}

#[tokio::test]
async fn each_rule_charges_for_its_answers() -> Result<()> {
    let market = market().start().await?;
    let upstream = Upstream::start().await?;
    for (rule, charged) in [
        ("success", [1, 0, 0]),
        ("answered", [1, 1, 0]),
        ("always", [1, 1, 1]),
    ] {
        let terms = json!({"charge": rule});
        let service = Service::bought(&market, &upstream.base(), 10, terms).await?;
        for (status, charged) in [200, 404, 503].into_iter().zip(charged) {
            let [before, _] = service.settled().await?;
            let answer = service.call(&format!("/status/{status}")).await?;
            assert_eq!((answer.status, answer.text.as_str()), (status, "status"));
            assert_eq!(
                answer.header("udam-units-charged"),
                charged.to_string(),
                "{rule} {status}"
            );
            let [after, _] = service.settled().await?;
            assert_eq!(before - after, charged, "{rule} {status}");
        }
    }
    market.verify().await?;
    Ok(())
}

#[tokio::test]
async fn a_service_declares_its_cost_up_to_the_most_that_was_taken() -> Result<()> {
    let terms = json!({"units_per_call": 1, "max_units_per_call": 5});
    let (_market, _upstream, service) = one_service(20, terms).await?;
    for (declared, charged) in [(0, 0), (2, 2), (5, 5), (900, 5)] {
        let [before, _] = service.settled().await?;
        let answer = service.call(&format!("/units/{declared}")).await?;
        assert_eq!(answer.header("udam-units-charged"), charged.to_string());
        let [after, _] = service.settled().await?;
        assert_eq!(before - after, charged);
    }
    // What the service does not declare is what a call costs.
    assert_eq!(service.call("/").await?.header("udam-units-charged"), "1");
    Ok(())
}

#[tokio::test]
async fn a_call_may_begin_only_if_its_highest_cost_is_left() -> Result<()> {
    let terms = json!({"units_per_call": 1, "max_units_per_call": 5});
    let (_market, upstream, service) = one_service(4, terms).await?;
    assert_problem(&service.call("/").await?, 402, "units_exhausted");
    assert_eq!(upstream.count(), 0);
    Ok(())
}

#[tokio::test]
async fn any_method_is_passed_on_with_its_body() -> Result<()> {
    let (_market, upstream, service) = one_service(20, json!({})).await?;
    for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
        let request = service.request(method.clone(), "/sink").body("0123456789");
        let answer = service.buyer.send(request).await?;
        assert_eq!(
            (answer.status, answer.text.as_str()),
            (200, "10"),
            "{method}"
        );
        let head = upstream.requests().pop().unwrap().head;
        assert!(head.starts_with(&format!("{method} /sink ")), "{head}");
    }
    Ok(())
}
